#include "register/import.h"

#include <csv.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/table.h"
#include "import_row.h"

#define FIELD_BLOCK 65536 /* libcsv's default of 128 makes a long field quadratic */

/* It begins with id and BIN, which never need quotes. */
struct line {
    size_t at, len; /* in text */
    size_t id_len, bin_len;
};

struct import {
    const struct rules *rules;
    struct import_result *result;

    /* The header. */
    enum register_column *known; /* of each column of the file; REGISTER_COLUMNS: not ours */
    size_t columns, columns_room;
    unsigned seen; /* bits */
    bool header_done;
    const char *wrong; /* with the file as a whole */

    /* The line in hand. */
    struct import_row row;
    size_t field, line;

    /* Lines that are good, in the order of the file. */
    struct buf text;
    struct line *lines;
    size_t len, room;
    struct table ids, bins; /* hash → number of a line */
};

/* ---- the header ----------------------------------------------------------------------------- */

static void note_unknown(struct import *import, struct slice name)
{
    char *list = import->result->unknown;
    size_t len = strlen(list), cap = sizeof import->result->unknown;
    if (len + name.len + 3 < cap)
        (void)snprintf(list + len, cap - len, "%s%.*s", len == 0 ? "" : ", ", SLICE_PRINT(name));
}

static void header_field(struct import *import, struct slice name)
{
    enum register_column column = 0;
    while (column < REGISTER_COLUMNS && !slice_is(name, register_column_name(column)))
        column++;
    if (column == REGISTER_COLUMNS)
        note_unknown(import, name);
    else if (import->seen & 1U << column)
        import->wrong = "two columns have the same name";
    else
        import->seen |= 1U << column;
    GROW(import->known, import->columns, import->columns_room);
    import->known[import->columns++] = column;
}

static void header_end(struct import *import)
{
    static const enum register_column names[] = {REGISTER_NAME_KK, REGISTER_NAME_RU,
                                                 REGISTER_NAME_EN};
    bool named = false;
    import->header_done = true;
    for (size_t i = 0; i < 3; i++)
        named |= (import->seen & 1U << names[i]) != 0;
    if (!(import->seen & (1U << REGISTER_ID | 1U << REGISTER_BIN)))
        import->wrong = "the header names neither id nor bin";
    else if (!named)
        import->wrong = "the header names none of name_kk, name_ru, name_en";
    else if (!(import->seen & 1U << REGISTER_STATUS))
        import->wrong = "the header does not name status";
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void reject(struct import *import, const char *column, const char *reason)
{
    struct import_result *result = import->result;
    GROW(result->rejections, result->rejections_len, result->rejections_room);
    result->rejections[result->rejections_len++] =
        (struct import_rejection){import->line, column, reason};
}

static struct slice line_id(const struct import *import, size_t number)
{
    const struct line *line = &import->lines[number];
    return slice_of(import->text.data + line->at, line->id_len);
}

static struct slice line_bin(const struct import *import, size_t number)
{
    const struct line *line = &import->lines[number];
    return slice_of(import->text.data + line->at + line->id_len + 1, line->bin_len);
}

/* Whether an earlier line has that value already. */
static bool is_known(const struct import *import, const struct table *table, struct slice value,
                     struct slice (*of)(const struct import *import, size_t number))
{
    uint32_t number = 0, step = 0;
    uint64_t hash = table_hash(table, value.data, value.len);
    while (table_next(table, hash, &step, &number)) {
        if (slice_equal(of(import, number), value))
            return true;
    }
    return false;
}

static void keep_row(struct import *import)
{
    struct slice id = buf_slice(&import->row.values[REGISTER_ID]);
    struct slice bin = buf_slice(&import->row.values[REGISTER_BIN]);
    if (is_known(import, &import->ids, id, line_id))
        import_row_refuse(&import->row, "id", "an earlier line has the same id");
    else if (bin.len > 0 && is_known(import, &import->bins, bin, line_bin))
        import_row_refuse(&import->row, "bin", "an earlier line has the same BIN");
    else if (import->len == REGISTER_ROWS_MAX)
        import_row_refuse(&import->row, "", "more than 1000000 NGOs");
    if (import->row.reason != NULL)
        return;
    size_t at = import->text.len;
    import_row_put(&import->row, &import->text);
    GROW(import->lines, import->len, import->room);
    import->lines[import->len] = (struct line){at, import->text.len - at, id.len, bin.len};
    table_add(&import->ids, table_hash(&import->ids, id.data, id.len), (uint32_t)import->len);
    if (bin.len > 0)
        table_add(&import->bins, table_hash(&import->bins, bin.data, bin.len),
                  (uint32_t)import->len);
    import->len++;
}

static void got_field(void *data, size_t len, void *context)
{
    struct import *import = context;
    size_t field = import->field++;
    if (!import->header_done) {
        header_field(import, slice_of(data, len));
        return;
    }
    if (field >= import->columns)
        return;
    enum register_column column = import->known[field];
    if (column != REGISTER_COLUMNS)
        buf_put(&import->row.values[column], data, len);
}

static void got_line(int end, void *context)
{
    struct import *import = context;
    (void)end;
    if (!import->header_done) {
        header_end(import);
    } else {
        if (import->field != import->columns)
            import_row_refuse(&import->row, "",
                              import->field < import->columns ? "fewer fields than the header has"
                                                              : "more fields than the header has");
        else
            import_row_settle(&import->row, import->rules);
        if (import->row.reason == NULL)
            keep_row(import);
        if (import->row.reason != NULL)
            reject(import, import->row.wrong_column, import->row.reason);
    }
    import->field = 0;
    import_row_clear(&import->row);
}

/* ---- the file ------------------------------------------------------------------------------- */

static int is_space(unsigned char byte)
{
    (void)byte;
    return 0; /* import_row.c takes spaces off, after the quotes */
}

/* What stands between fields: a semicolon when the first line has one and no comma. */
static unsigned char delimiter(struct slice file)
{
    const uint8_t *end = memchr(file.data, '\n', file.len);
    size_t len = end == NULL ? file.len : (size_t)(end - file.data);
    bool comma = memchr(file.data, ',', len) != NULL;
    return !comma && memchr(file.data, ';', len) != NULL ? ';' : ',';
}

/* Line by line, so that a rejection can name the line at which its record begins: libcsv is at the
 * start of a row (pstate 0) when the last one ended with the line. */
static bool feed(struct import *import, struct csv_parser *parser, struct slice file,
                 void (*progress)(void *context, size_t bytes), void *context)
{
    size_t line = 0, at = 0;
    while (at < file.len && import->wrong == NULL) {
        const uint8_t *start = file.data + at, *end = memchr(start, '\n', file.len - at);
        size_t len = end == NULL ? file.len - at : (size_t)(end - start) + 1;
        line++;
        if (parser->pstate == 0)
            import->line = line;
        if (csv_parse(parser, start, len, got_field, got_line, import) != len)
            return false;
        at += len;
        if (progress != NULL && line % 256 == 0)
            progress(context, at);
    }
    if (parser->quoted && parser->pstate == 2 && import->wrong == NULL)
        import->wrong = "a quote that is never closed";
    return csv_fini(parser, got_field, got_line, import) == 0;
}

static enum err read_lines(struct import *import, struct slice file,
                           void (*progress)(void *context, size_t bytes), void *context,
                           struct fault *fault)
{
    struct csv_parser parser;
    if (file.len >= 3 && memcmp(file.data, "\xef\xbb\xbf", 3) == 0)
        file = slice_of(file.data + 3, file.len - 3);
    if (csv_init(&parser, 0) != 0)
        return fault_set(fault, ERR_INTERNAL, "out of memory");
    csv_set_space_func(&parser, is_space);
    csv_set_blk_size(&parser, FIELD_BLOCK);
    csv_set_delim(&parser, delimiter(file));
    bool read = feed(import, &parser, file, progress, context);
    csv_free(&parser);
    if (!read && import->wrong == NULL)
        import->wrong = "it can't be read as CSV";
    if (!import->header_done && import->wrong == NULL)
        import->wrong = "no header line";
    if (import->wrong != NULL)
        return fault_set(fault, ERR_INVALID, "line %zu: %s", import->line, import->wrong);
    return OK;
}

/* ---- the result ----------------------------------------------------------------------------- */

static const uint8_t *sorted_text; /* qsort() has no context; one import at a time */

static int by_id(const void *a, const void *b)
{
    const struct line *one = a, *two = b;
    return slice_compare(slice_of(sorted_text + one->at, one->id_len),
                         slice_of(sorted_text + two->at, two->id_len));
}

static enum err write_result(struct import *import, struct fault *fault)
{
    struct buf *csv = &import->result->csv;
    sorted_text = import->text.data;
    if (import->len > 0)
        qsort(import->lines, import->len, sizeof *import->lines, by_id);
    for (int column = 0; column < REGISTER_COLUMNS; column++)
        buf_printf(csv, "%s%s", column == 0 ? "" : ",",
                   register_column_name((enum register_column)column));
    buf_put_str(csv, "\r\n");
    for (size_t i = 0; i < import->len; i++)
        buf_put(csv, import->text.data + import->lines[i].at, import->lines[i].len);
    import->result->rows = import->len;
    if (buf_failed(csv) || buf_failed(&import->text))
        return fault_set(fault, ERR_LIMITED, "the register would have more than %u bytes",
                         REGISTER_BYTES_MAX);
    return OK;
}

enum err register_import(struct slice file, const struct rules *rules,
                         void (*progress)(void *context, size_t bytes), void *context,
                         struct import_result *result, struct fault *fault)
{
    struct import import = {.rules = rules, .result = result};
    *result = (struct import_result){.rows = 0};
    buf_init(&result->csv, REGISTER_BYTES_MAX);
    buf_init(&import.text, REGISTER_BYTES_MAX);
    import_row_init(&import.row);
    table_init(&import.ids);
    table_init(&import.bins);
    enum err err = read_lines(&import, file, progress, context, fault);
    if (err == OK)
        err = write_result(&import, fault);
    table_release(&import.ids);
    table_release(&import.bins);
    import_row_release(&import.row);
    buf_release(&import.text);
    free(import.known);
    free(import.lines);
    return err;
}

void import_result_release(struct import_result *result)
{
    buf_release(&result->csv);
    free(result->rejections);
    *result = (struct import_result){.rows = 0};
}
