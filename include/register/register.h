/*
 * The register: the NGO Database as one CSV file, in the strict form of PROTOCOL.md §3. Only the
 * column `id` decides; the others are for people to read.
 */
#ifndef REGISTER_REGISTER_H
#define REGISTER_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define REGISTER_BYTES_MAX (64U << 20)
#define REGISTER_ROWS_MAX 1000000U
#define REGISTER_ID_MAX 64 /* bytes */

enum register_column {
    REGISTER_ID,
    REGISTER_BIN,
    REGISTER_NAME_KK,
    REGISTER_NAME_RU,
    REGISTER_NAME_EN,
    REGISTER_REGION,
    REGISTER_STATUS,
    REGISTER_FILED_YEAR,
    REGISTER_SOURCE_ID,
    REGISTER_KIND, /* HEAD, BRANCH, REPRESENTATION; FOREIGN_BRANCH, FOREIGN_REPRESENTATION */
    /* Lists, their items joined with "|". */
    REGISTER_FILED, /* years, with the day where it is known: "2025:2025-03-21|2026" */
    REGISTER_FORMER_NAMES,
    REGISTER_FORMER_REGION, /* as it was called then; one text */
    REGISTER_DIRECTIONS,    /* ids of the rules' categories */
    REGISTER_LAUREATE,      /* years */
    REGISTER_COLUMNS
};

struct ngo_register;

/* ERR_INVALID: not such a file (fault names the line, never a value); ERR_LIMITED: too many rows or
 * bytes, which the protocol treats the same. csv is not kept. */
enum err register_parse(struct slice csv, struct ngo_register **ngo_register,
                        struct fault *fault) MUST_CHECK;
void register_destroy(struct ngo_register *ngo_register);

/* Number of NGOs. */
size_t register_len(const struct ngo_register *ngo_register);

/* Row of an id, in [0, len). False when it is not there. */
bool register_find(const struct ngo_register *ngo_register, struct slice id, size_t *row);

/* A value, empty when the file has no such column. Valid as long as the register. */
struct slice register_value(const struct ngo_register *ngo_register, size_t row,
                            enum register_column column);

/* The column's name in the header line. */
const char *register_column_name(enum register_column column);

#endif
