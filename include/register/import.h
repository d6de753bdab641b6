/*
 * From a file of the NGO Database to the register's file (register.h). What is read is CSV in UTF-8
 * as spreadsheets write it: a header line with the names of register_column_name() in any order,
 * comma or semicolon between fields, CR, LF or both behind lines, perhaps a byte order mark.
 *
 *   id             letters, digits, . _ - up to 64 bytes; the BIN where there is none
 *   bin            twelve digits (bin.h), or empty
 *   name_kk, name_ru, name_en   at least one
 *   region         a code of the rules, or a name of one, or a former name (kept as former_region)
 *   status         ACTIVE, NO_BIN (exactly those active without a BIN), INACTIVE, LIQUIDATING,
 *                  SUSPENDED
 *   filed          years, each perhaps with its day; filed_year: one more of them
 *   directions     ids or names of the rules' categories
 *   kind           may be empty: then what the BIN says
 *   former_names, laureate, source_id   may be empty or missing
 *
 * Lists have | between their items. A line that breaks a rule is left out and reported; the others
 * are taken. The result does not depend on the order of lines, nor on when or how often it is made:
 * the same lines give the same bytes.
 */
#ifndef REGISTER_IMPORT_H
#define REGISTER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"
#include "register/register.h"

#define IMPORT_NAME_MAX 400 /* code points */
#define IMPORT_MARKS_MAX 4  /* combining marks on one letter: more is no writing of any language */

struct import_rejection {
    size_t line;        /* of the file, 1 is the first */
    const char *column; /* static; "" when it is the line as a whole */
    const char *reason; /* static, English without full stop */
};

struct import_result {
    struct buf csv;                      /* the register's file */
    size_t rows;                         /* in it */
    struct import_rejection *rejections; /* owned, in order of lines */
    size_t rejections_len, rejections_room;
    char unknown[256]; /* names of columns that were not read, joined with ", ", perhaps cut */
};

/* ERR_INVALID: it can't be read as a whole (no header, not UTF-8 in the header, a quote that is
 * never closed), and fault says why; ERR_LIMITED: too long. progress may be NULL; it is given the
 * bytes read. Release the result in any case. */
enum err register_import(struct slice file, const struct rules *rules,
                         void (*progress)(void *context, size_t bytes), void *context,
                         struct import_result *result, struct fault *fault) MUST_CHECK;
void import_result_release(struct import_result *result);

/* ---- what would change ---- */

struct import_difference {
    size_t added, removed, changed;  /* NGOs */
    size_t fields[REGISTER_COLUMNS]; /* changed values, by column */
};

/* Compares two registers; list (CSV: change,id,column,before,after) may be NULL. A NULL before is a
 * register without NGOs. */
void import_compare(const struct ngo_register *before, const struct ngo_register *after,
                    struct import_difference *difference, struct buf *list);

#endif
