#include "register/register.h"

#include <csv.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/table.h"

/* libcsv grows its field buffer by this; its default of 128 makes a long field quadratic. */
#define FIELD_BLOCK 65536

static const char *const column_names[] = {
    [REGISTER_ID] = "id",
    [REGISTER_BIN] = "bin",
    [REGISTER_NAME_KK] = "name_kk",
    [REGISTER_NAME_RU] = "name_ru",
    [REGISTER_NAME_EN] = "name_en",
    [REGISTER_REGION] = "region",
    [REGISTER_STATUS] = "status",
    [REGISTER_FILED_YEAR] = "filed_year",
    [REGISTER_SOURCE_ID] = "source_id",
    [REGISTER_KIND] = "kind",
    [REGISTER_FILED] = "filed",
    [REGISTER_FORMER_NAMES] = "former_names",
    [REGISTER_FORMER_REGION] = "former_region",
    [REGISTER_DIRECTIONS] = "directions",
    [REGISTER_LAUREATE] = "laureate",
};

struct cell {
    uint32_t at, len; /* in text */
};

struct row {
    struct cell cells[REGISTER_COLUMNS];
};

struct ngo_register {
    struct row *rows;
    size_t len, room;
    struct buf text; /* the values one after another */
    struct table by_id;
};

/* One parse. The header line is read first; `columns` counts its fields. */
struct reading {
    struct ngo_register *into;
    enum register_column *known; /* what each field of a line is, REGISTER_COLUMNS: none of ours */
    size_t columns, columns_room;
    unsigned seen; /* bits of the known columns that the header has */
    bool header_done;
    size_t line;  /* lines with something in them, the header included */
    size_t field; /* of the line in hand */
    struct row row;
    const char *wrong; /* the first thing that is not as it must be */
    size_t wrong_line;
};

static void refuse(struct reading *reading, const char *what)
{
    if (reading->wrong)
        return;
    reading->wrong = what;
    reading->wrong_line = reading->line + 1;
}

static void header_field(struct reading *reading, struct slice name)
{
    enum register_column column = 0;
    while (column < REGISTER_COLUMNS && !slice_is(name, column_names[column]))
        column++;
    if (column < REGISTER_COLUMNS && reading->seen & 1U << column) {
        if (column == REGISTER_ID)
            refuse(reading, "two columns are named id");
        column = REGISTER_COLUMNS; /* of the others the first is taken */
    }
    if (column < REGISTER_COLUMNS)
        reading->seen |= 1U << column;
    GROW(reading->known, reading->columns, reading->columns_room);
    reading->known[reading->columns++] = column;
}

static void got_field(void *data, size_t len, void *context)
{
    struct reading *reading = context;
    size_t field = reading->field++;
    if (reading->wrong)
        return;
    if (!reading->header_done) {
        header_field(reading, slice_of(data, len));
        return;
    }
    if (field >= reading->columns) {
        refuse(reading, "more fields than the header has");
        return;
    }
    enum register_column column = reading->known[field];
    if (column == REGISTER_COLUMNS)
        return;
    struct buf *text = &reading->into->text;
    reading->row.cells[column] = (struct cell){.at = (uint32_t)text->len, .len = (uint32_t)len};
    buf_put(text, data, len);
}

static struct slice value_of(const struct ngo_register *ngo_register, const struct row *row,
                             enum register_column column)
{
    struct cell cell = row->cells[column];
    return slice_of(cell.len ? ngo_register->text.data + cell.at : NULL, cell.len);
}

static uint64_t id_hash(const struct ngo_register *ngo_register, struct slice id)
{
    return table_hash(&ngo_register->by_id, id.data, id.len);
}

bool register_find(const struct ngo_register *ngo_register, struct slice id, size_t *row)
{
    uint64_t hash = id_hash(ngo_register, id);
    uint32_t number, step = 0;
    while (table_next(&ngo_register->by_id, hash, &step, &number))
        if (slice_equal(value_of(ngo_register, &ngo_register->rows[number], REGISTER_ID), id)) {
            *row = number;
            return true;
        }
    return false;
}

static void add_row(struct reading *reading)
{
    struct ngo_register *into = reading->into;
    struct slice id = value_of(into, &reading->row, REGISTER_ID);
    size_t other;
    if (id.len < 1 || id.len > REGISTER_ID_MAX) {
        refuse(reading, "the id is empty or longer than 64 bytes");
        return;
    }
    if (into->len == REGISTER_ROWS_MAX) {
        refuse(reading, "more than 1000000 NGOs");
        return;
    }
    if (register_find(into, id, &other)) {
        refuse(reading, "an earlier line has the same id");
        return;
    }
    GROW(into->rows, into->len, into->room);
    into->rows[into->len] = reading->row;
    table_add(&into->by_id, id_hash(into, id), (uint32_t)into->len++);
}

static void got_line(int end, void *context)
{
    struct reading *reading = context;
    (void)end;
    if (!reading->wrong && !reading->header_done) {
        reading->header_done = true;
        if (!(reading->seen & 1U << REGISTER_ID))
            refuse(reading, "no column is named id");
    } else if (!reading->wrong) {
        if (reading->field != reading->columns)
            refuse(reading, "fewer fields than the header has");
        else
            add_row(reading);
    }
    reading->field = 0;
    reading->row = (struct row){0};
    reading->line++;
}

/* What libcsv takes and the protocol does not: other encodings, a byte order mark, CR alone. */
static const char *check_text(struct slice csv)
{
    bool quoted = false;
    size_t at = 0;
    if (csv.len >= 3 && memcmp(csv.data, "\xef\xbb\xbf", 3) == 0)
        return "a byte order mark";
    while (at < csv.len) {
        uint8_t byte = csv.data[at];
        if (byte >= 0x80) {
            utf8proc_int32_t point;
            utf8proc_ssize_t width =
                utf8proc_iterate(csv.data + at, (utf8proc_ssize_t)(csv.len - at), &point);
            if (width <= 0)
                return "not UTF-8";
            at += (size_t)width;
            continue;
        }
        if (byte == '"')
            quoted = !quoted;
        if (byte == '\r' && !quoted && (at + 1 == csv.len || csv.data[at + 1] != '\n'))
            return "CR without LF";
        at++;
    }
    return NULL;
}

static int is_space(unsigned char byte)
{
    (void)byte;
    return 0; /* RFC 4180 §2.4: spaces are part of a field */
}

static enum err read_lines(struct slice csv, struct reading *reading)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return ERR_INTERNAL;
    csv_set_space_func(&parser, is_space);
    csv_set_blk_size(&parser, FIELD_BLOCK);
    if (csv_parse(&parser, csv.data, csv.len, got_field, got_line, reading) != csv.len ||
        csv_fini(&parser, got_field, got_line, reading) != 0)
        refuse(reading, "a quote where RFC 4180 has none, or one that is not closed");
    csv_free(&parser);
    if (!reading->header_done)
        refuse(reading, "no header line");
    return OK;
}

enum err register_parse(struct slice csv, struct ngo_register **ngo_register, struct fault *fault)
{
    if (csv.len > REGISTER_BYTES_MAX)
        return fault_set(fault, ERR_LIMITED, "the register has more than %u bytes",
                         REGISTER_BYTES_MAX);
    const char *wrong = check_text(csv);
    if (wrong)
        return fault_set(fault, ERR_INVALID, "the register: %s", wrong);

    struct ngo_register *made = xcalloc(1, sizeof *made);
    struct reading reading = {.into = made};
    buf_init(&made->text, REGISTER_BYTES_MAX);
    table_init(&made->by_id);
    enum err err = read_lines(csv, &reading);
    free(reading.known);
    if (err == OK && reading.wrong)
        err = fault_set(fault, ERR_INVALID, "the register, line %zu (empty ones not counted): %s",
                        reading.wrong_line, reading.wrong);
    if (err != OK) {
        register_destroy(made);
        return err;
    }
    *ngo_register = made;
    return OK;
}

void register_destroy(struct ngo_register *ngo_register)
{
    if (!ngo_register)
        return;
    buf_release(&ngo_register->text);
    table_release(&ngo_register->by_id);
    free(ngo_register->rows);
    free(ngo_register);
}

size_t register_len(const struct ngo_register *ngo_register)
{
    return ngo_register->len;
}

struct slice register_value(const struct ngo_register *ngo_register, size_t row,
                            enum register_column column)
{
    INVARIANT(row < ngo_register->len);
    return value_of(ngo_register, &ngo_register->rows[row], column);
}

const char *register_column_name(enum register_column column)
{
    return column_names[column];
}
