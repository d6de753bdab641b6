/* One line of an import: its fields made uniform, or the first rule that it breaks. */
#ifndef REGISTER_IMPORT_ROW_H
#define REGISTER_IMPORT_ROW_H

#include "register/import.h"

struct import_row {
    struct buf values[REGISTER_COLUMNS]; /* as read, then as they stand in the register's file */
    const char *wrong_column, *reason;   /* NULL while it is good; the first fault stays */
};

void import_row_init(struct import_row *row);
void import_row_release(struct import_row *row);
void import_row_clear(struct import_row *row);

/* The first fault counts. column may be "". */
void import_row_refuse(struct import_row *row, const char *column, const char *reason);

/* Checks every value and writes it in its one form. */
void import_row_settle(struct import_row *row, const struct rules *rules);

/* Appends the line, CRLF included. */
void import_row_put(struct import_row *row, struct buf *out);

/* Appends a field of CSV, quoted where it must be. */
void import_put_field(struct buf *out, struct slice text);

#endif
