#include <csv.h>

#include "base/base64.h"
#include "base/mem.h"
#include "create_inner.h"
#include "crypt/hash.h"
#include "nomination/nomination.h"
#include "register/register.h"

/* Nominations that were chosen before the campaign have this in place of a person. */
#define IMPORTED "imported nominees"

enum err creation_import_roll(struct creation *creation, struct fault *fault)
{
    uint64_t added = 0;
    if (creation->options->roll.len == 0)
        return OK;
    return roll_import(registry_roll(creation->registry), creation->options->roll, &added, fault);
}

enum err creation_register(struct creation *creation, struct fault *fault)
{
    struct ngo_register *ngos = NULL;
    uint8_t hash[SHA256_LEN];
    char set[2 * SHA256_LEN + 1];
    enum err err = register_parse(creation->options->ngos, &ngos, fault);
    if (err == OK)
        err = ledger_file_put(creation->options->folder, creation->options->ngos, hash, fault);
    if (err == OK) {
        hex_encode(set, hash, sizeof hash);
        err = creation_submit_staff(creation,
                                    json_pack("{s:I,s:s,s:s}", "n", (json_int_t)register_len(ngos),
                                              "set", set, "t", "register"),
                                    1, "administrator", fault);
    }
    register_destroy(ngos);
    return err == OK ? creation_flush(creation, fault) : err;
}

/* ---- nominees ------------------------------------------------------------------------------- */

/* One row of the nominees' CSV. */
struct row {
    char ngo[NOMINATION_NGO_MAX + 1], cat[RULES_CATEGORY_ID_MAX + 1];
};

struct reading {
    size_t line, column;
    int ngo_column, cat_column;
    struct row now, *rows;
    size_t len, room;
    enum err err;
    struct fault *fault;
};

static void keep(struct reading *reading, char *out, size_t cap, struct slice text)
{
    if (text.len == 0 || text.len >= cap)
        reading->err = fault_set(reading->fault, ERR_INVALID,
                                 "nominees, line %zu: a value is empty or too long", reading->line);
    else
        (void)snprintf(out, cap, "%.*s", SLICE_PRINT(text));
}

static void on_field(void *field, size_t len, void *context)
{
    struct reading *reading = context;
    struct slice text = slice_of(field, len);
    int column = (int)reading->column++;
    if (reading->err != OK)
        return;
    if (reading->line == 1 && slice_is(text, "ngo"))
        reading->ngo_column = column;
    else if (reading->line == 1 && slice_is(text, "cat"))
        reading->cat_column = column;
    else if (reading->line > 1 && column == reading->ngo_column)
        keep(reading, reading->now.ngo, sizeof reading->now.ngo, text);
    else if (reading->line > 1 && column == reading->cat_column)
        keep(reading, reading->now.cat, sizeof reading->now.cat, text);
}

static void on_row(int end, void *context)
{
    struct reading *reading = context;
    (void)end;
    if (reading->err == OK && (reading->ngo_column < 0 || reading->cat_column < 0))
        reading->err = fault_set(reading->fault, ERR_INVALID,
                                 "nominees: the header must name the columns ngo and cat");
    if (reading->err == OK && reading->line > 1) {
        GROW(reading->rows, reading->len, reading->room);
        reading->rows[reading->len++] = reading->now;
    }
    reading->now = (struct row){{0}, {0}};
    reading->line++;
    reading->column = 0;
}

static enum err read_rows(struct creation *creation, struct reading *reading)
{
    struct csv_parser parser;
    struct slice csv = creation->options->nominees;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return fault_set(reading->fault, ERR_INTERNAL, "out of memory");
    if ((csv_parse(&parser, csv.data, csv.len, on_field, on_row, reading) != csv.len ||
         csv_fini(&parser, on_field, on_row, reading) != 0) &&
        reading->err == OK)
        reading->err =
            fault_set(reading->fault, ERR_INVALID, "nominees, line %zu: not CSV", reading->line);
    csv_free(&parser);
    return reading->err;
}

/* The commitment to an imported nomination. Its salt derives from the list itself, which is no
 * secret: there is no text and no person behind it. */
static void commit_row(const struct row *row, uint8_t c[static SHA256_LEN])
{
    struct buf payload;
    uint8_t salt[SHA256_LEN];
    buf_init(&payload, 256);
    buf_printf(&payload, "%s,%s", row->ngo, row->cat);
    sha256(salt, slice_str(IMPORTED));
    hmac_sha256(c, slice_of(salt, sizeof salt), buf_slice(&payload));
    buf_release(&payload);
}

static enum err nominate_all(struct creation *creation, const struct reading *reading)
{
    enum err err = OK;
    for (size_t i = 0; i < reading->len && err == OK; i++) {
        uint8_t c[SHA256_LEN];
        struct buf entry;
        size_t len = 0;
        commit_row(&reading->rows[i], c);
        buf_init(&entry, ENTRY_LEN_MAX);
        registry_nominate(creation->registry, slice_str(reading->rows[i].cat),
                          slice_str(reading->rows[i].ngo), slice_str(IMPORTED), c, &entry);
        (void)buf_text(&entry);
        err = creation_submit(creation, (char *)buf_take(&entry, &len), reading->fault);
    }
    return err == OK ? creation_flush(creation, reading->fault) : err;
}

static bool has_moderator(const struct creation *creation)
{
    for (size_t i = 0; i < creation->staff_len; i++) {
        if (strcmp(creation->staff[i].role, "moderator") == 0)
            return true;
    }
    return false;
}

static enum err admit_all(struct creation *creation, struct fault *fault)
{
    const struct nomination_set *set = fold_nominations(creation->fold);
    const char *role = has_moderator(creation) ? "moderator" : "administrator";
    enum err err = OK;
    for (size_t i = 0; i + creation->options->undecided < nominee_len(set) && err == OK; i++) {
        uint8_t c[SHA256_LEN];
        char c_text[BASE64_LEN(SHA256_LEN) + 1];
        struct row row = {{0}, {0}};
        const struct nominee *nominee = nominee_at(set, i);
        (void)snprintf(row.ngo, sizeof row.ngo, "%s", nominee->ngo);
        commit_row(&row, c);
        base64_encode(c_text, c, sizeof c);
        err = creation_submit_staff(creation,
                                    json_pack("{s:s,s:s,s:I,s:s}", "c", c_text, "d", "admit", "ref",
                                              (json_int_t)nominee->index, "t", "moderate"),
                                    1, role, fault);
    }
    return err == OK ? creation_flush(creation, fault) : err;
}

enum err creation_nominate(struct creation *creation, struct fault *fault)
{
    struct reading reading = {.line = 1, .ngo_column = -1, .cat_column = -1, .fault = fault};
    enum err err = read_rows(creation, &reading);
    if (err == OK)
        err = nominate_all(creation, &reading);
    if (err == OK)
        err = admit_all(creation, fault);
    free(reading.rows);
    return err;
}
