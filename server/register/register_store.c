#include "register/register_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "register/search_text.h"
#include "store/db.h"

#define TEXT_MAX 65536

/* In the order of enum register_column, behind row. */
#define COLUMNS                                                                                    \
    "id, bin, name_kk, name_ru, name_en, region, status, filed_year, source_id, kind, filed,"      \
    " former_names, former_region, directions, laureate"

static const char schema[] =
    "CREATE TABLE ngo (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bin TEXT, name_kk TEXT,"
    " name_ru TEXT, name_en TEXT, region TEXT, status TEXT, filed_year TEXT, source_id TEXT,"
    " kind TEXT, filed TEXT, former_names TEXT, former_region TEXT, directions TEXT,"
    " laureate TEXT) STRICT;"
    /* Words come folded already; the index keeps no copy of them. What filters ask for stands there
     * as words too (tags), so that the index alone finds and counts. */
    "CREATE VIRTUAL TABLE words USING fts5(text, tags, content='', prefix='1 2 3',"
    " tokenize='unicode61 remove_diacritics 0');";

enum build_statement { ADD, ADD_WORDS, OPTIMIZE, BUILD_STATEMENTS };
static const char *const build_statements[BUILD_STATEMENTS] = {
    [ADD] = "INSERT INTO ngo (row, " COLUMNS ") VALUES"
            " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [ADD_WORDS] = "INSERT INTO words (rowid, text, tags) VALUES (?1, ?2, ?3)",
    [OPTIMIZE] = "INSERT INTO words (words) VALUES ('optimize')",
};

enum statement { FIND, SEARCH_WORDS, SEARCH, COUNT_WORDS, COUNT, LAUREATES, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    [FIND] = "SELECT row, " COLUMNS " FROM ngo WHERE id = ?1",
    /* ?1 the row behind which to begin, ?2 how many, ?3 the pattern */
    [SEARCH] = "SELECT row, " COLUMNS " FROM ngo WHERE row > ?1 ORDER BY row LIMIT ?2",
    [SEARCH_WORDS] = "SELECT row, " COLUMNS " FROM words JOIN ngo ON ngo.row = words.rowid"
                     " WHERE words MATCH ?3 AND words.rowid > ?1 ORDER BY words.rowid LIMIT ?2",
    [COUNT] = "SELECT count(*) FROM ngo",
    [COUNT_WORDS] = "SELECT count(*) FROM words WHERE words MATCH ?1",
    [LAUREATES] = "SELECT DISTINCT laureate FROM ngo WHERE laureate <> ''",
};

struct register_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

void register_store_path(char out[static FILE_PATH_CAP], const char *campaign_folder,
                         const char *hash)
{
    file_path(out, campaign_folder, "register/%s.db", hash);
}

/* ---- building ------------------------------------------------------------------------------- */

struct place {
    size_t number; /* in the register */
    char *key;     /* folded name, then id; owned */
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct place *)a)->key, ((const struct place *)b)->key);
}

static struct slice name_of(const struct ngo_register *ngos, size_t number)
{
    static const enum register_column order[] = {REGISTER_NAME_KK, REGISTER_NAME_RU,
                                                 REGISTER_NAME_EN};
    for (size_t i = 0; i < 3; i++) {
        struct slice name = register_value(ngos, number, order[i]);
        if (name.len > 0)
            return name;
    }
    return register_value(ngos, number, REGISTER_ID);
}

/* Signs before the first letter ("«") do not count, or half of all would stand under them. */
static char *place_key(const struct ngo_register *ngos, size_t number)
{
    struct buf folded;
    buf_init(&folded, TEXT_MAX);
    search_text_fold(name_of(ngos, number), &folded);
    const char *text = buf_text(&folded);
    static const char *const signs[] = {"«", "»", "\"", "“", "”", "'", "(", " "};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strncmp(text, signs[i], strlen(signs[i])) == 0) {
            text += strlen(signs[i]);
            i = (size_t)-1;
        }
    }
    struct slice id = register_value(ngos, number, REGISTER_ID);
    char *key = xasprintf("%s\n%.*s", text, SLICE_PRINT(id));
    buf_release(&folded);
    return key;
}

static struct place *places_of(const struct ngo_register *ngos)
{
    size_t len = register_len(ngos);
    struct place *places = xcalloc(len + 1, sizeof *places);
    for (size_t i = 0; i < len; i++)
        places[i] = (struct place){i, place_key(ngos, i)};
    if (len > 0)
        qsort(places, len, sizeof *places, by_key);
    return places;
}

/* A tag: a letter for what it is of, then the letters and digits of the value. False: it has none.
 */
static bool put_tag(struct buf *out, char kind, struct slice value)
{
    size_t before = out->len;
    buf_put_byte(out, (uint8_t)kind);
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            buf_put_byte(out, c);
    }
    return out->len > before + 1;
}

/* Of each item of a list, cut to so many bytes. */
static void put_tags(struct buf *out, char kind, struct slice list, size_t most)
{
    while (list.len > 0) {
        const uint8_t *bar = memchr(list.data, '|', list.len);
        size_t len = bar == NULL ? list.len : (size_t)(bar - list.data);
        size_t skip = bar == NULL ? len : len + 1;
        (void)put_tag(out, kind, slice_of(list.data, len < most ? len : most));
        buf_put_byte(out, ' ');
        list = slice_of(list.data + skip, list.len - skip);
    }
}

#define YEAR_LEN 4
#define ANY_LAUREATE "any"

static void put_ngo_tags(struct buf *out, const struct ngo_register *ngos, size_t number)
{
    struct slice laureate = register_value(ngos, number, REGISTER_LAUREATE);
    put_tags(out, 'r', register_value(ngos, number, REGISTER_REGION), SIZE_MAX);
    put_tags(out, 's', register_value(ngos, number, REGISTER_STATUS), SIZE_MAX);
    put_tags(out, 'd', register_value(ngos, number, REGISTER_DIRECTIONS), SIZE_MAX);
    put_tags(out, 'f', register_value(ngos, number, REGISTER_FILED), YEAR_LEN);
    put_tags(out, 'f', register_value(ngos, number, REGISTER_FILED_YEAR), YEAR_LEN);
    put_tags(out, 'l', laureate, YEAR_LEN);
    if (laureate.len > 0)
        (void)put_tag(out, 'l', slice_str(ANY_LAUREATE));
}

static enum err add_words(struct db_query *add, const struct ngo_register *ngos, size_t number,
                          int64_t row)
{
    static const enum register_column read[] = {REGISTER_NAME_KK, REGISTER_NAME_RU,
                                                REGISTER_NAME_EN, REGISTER_FORMER_NAMES,
                                                REGISTER_BIN,     REGISTER_ID};
    struct buf words, tags;
    buf_init(&words, TEXT_MAX);
    buf_init(&tags, TEXT_MAX);
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        search_text_fold(register_value(ngos, number, read[i]), &words);
        buf_put_byte(&words, ' ');
    }
    put_ngo_tags(&tags, ngos, number);
    db_bind_int(db_fresh(add), 1, row);
    db_bind_text(add, 2, buf_slice(&words));
    db_bind_text(add, 3, buf_slice(&tags));
    buf_release(&words);
    buf_release(&tags);
    return db_run(add);
}

static enum err add_ngo(struct db_query **ready, const struct ngo_register *ngos, size_t number,
                        int64_t row)
{
    struct db_query *add = db_fresh(ready[ADD]);
    db_bind_int(add, 1, row);
    for (int column = 0; column < REGISTER_COLUMNS; column++)
        db_bind_text(add, column + 2, register_value(ngos, number, (enum register_column)column));
    enum err err = db_run(add);
    return err == OK ? add_words(ready[ADD_WORDS], ngos, number, row) : err;
}

static enum err fill(struct db *db, const struct ngo_register *ngos,
                     void (*progress)(void *context, size_t rows), void *context,
                     struct fault *fault)
{
    struct db_query *ready[BUILD_STATEMENTS];
    enum err err = db_prepare(db, build_statements, BUILD_STATEMENTS, ready, fault);
    if (err != OK)
        return err;
    struct place *places = places_of(ngos);
    err = db_begin(db);
    for (size_t i = 0; i < register_len(ngos); i++) {
        if (err == OK)
            err = add_ngo(ready, ngos, places[i].number, (int64_t)i + 1);
        if (progress != NULL && i % 256 == 0)
            progress(context, i);
        free(places[i].key);
    }
    free(places);
    if (err == OK)
        err = db_run(db_fresh(ready[OPTIMIZE]));
    if (err == OK)
        err = db_commit(db);
    return err == OK ? OK : fault_set(fault, err, "%s", db_why(db));
}

enum err register_store_build(const char *path, const struct ngo_register *ngos,
                              void (*progress)(void *context, size_t rows), void *context,
                              struct fault *fault)
{
    struct db *db = NULL;
    /* The process's own, so that two at once do not write into one. */
    char *made = xasprintf("%s.%d", path, (int)getpid());
    enum err err = db_open(made, DB_BUILD, schema, &db, fault);
    if (err == OK)
        err = fill(db, ngos, progress, context, fault);
    db_close(db);
    if (err == OK && rename(made, path) != 0)
        err = fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    if (err != OK)
        (void)unlink(made);
    free(made);
    return err;
}

/* ---- reading -------------------------------------------------------------------------------- */

enum err register_store_open(const char *path, struct register_store **out, struct fault *fault)
{
    struct register_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_READ, NULL, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err != OK) {
        register_store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void register_store_close(struct register_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

static void take_row(struct db_query *query, register_row_callback *callback, void *context)
{
    struct register_row row = {.row = db_int(query, 0)};
    for (int column = 0; column < REGISTER_COLUMNS; column++)
        row.values[column] = db_text(query, column + 1);
    callback(context, &row);
}

/* ---- patterns ------------------------------------------------------------------------------- */

enum pattern { EVERYTHING, NOTHING, SOME };

/* Appends `{tags} : "…"` unless the filter's member is empty. False: nothing can have it. */
static bool put_condition(struct buf *out, char kind, struct slice value)
{
    if (value.len == 0)
        return true;
    buf_put_str(out, out->len == 0 ? "{tags} : \"" : " AND {tags} : \"");
    bool any = put_tag(out, kind, value);
    buf_put_str(out, "\"");
    return any;
}

static enum pattern put_pattern(struct buf *out, const struct register_filter *filter)
{
    bool possible = true;
    if (filter->text.len > 0) {
        buf_put_str(out, "{text} : (");
        possible = search_text_pattern(filter->text, out);
        buf_put_str(out, ")");
    }
    possible = possible && put_condition(out, 'r', filter->region) &&
               put_condition(out, 's', filter->status) &&
               put_condition(out, 'd', filter->direction) &&
               put_condition(out, 'f', filter->filed) && put_condition(out, 'l', filter->laureate);
    return !possible ? NOTHING : out->len == 0 ? EVERYTHING : SOME;
}

/* The query for a filter with its pattern bound; NULL: nothing can fit. */
static struct db_query *for_filter(struct register_store *store, enum statement everything,
                                   enum statement some, int parameter,
                                   const struct register_filter *filter)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    enum pattern pattern = put_pattern(&text, filter);
    struct db_query *query = NULL;
    if (pattern == EVERYTHING)
        query = db_fresh(store->ready[everything]);
    if (pattern == SOME) {
        query = db_fresh(store->ready[some]);
        db_bind_text(query, parameter, buf_slice(&text));
    }
    buf_release(&text);
    return query;
}

enum err register_store_search(struct register_store *store, const struct register_filter *filter,
                               int64_t after, unsigned most, register_row_callback *callback,
                               void *context)
{
    bool row = true;
    struct db_query *query = for_filter(store, SEARCH, SEARCH_WORDS, 3, filter);
    if (query == NULL)
        return OK;
    db_bind_int(query, 1, after);
    db_bind_int(query, 2, most == 0 ? -1 : (int64_t)most); /* a negative LIMIT is none */
    enum err err = db_step(query, &row);
    while (err == OK && row) {
        take_row(query, callback, context);
        err = db_step(query, &row);
    }
    db_end(query);
    return err;
}

enum err register_store_count(struct register_store *store, const struct register_filter *filter,
                              uint64_t *count)
{
    bool row = false;
    struct db_query *query = for_filter(store, COUNT, COUNT_WORDS, 1, filter);
    *count = 0;
    if (query == NULL)
        return OK;
    enum err err = db_step(query, &row);
    if (err == OK && row)
        *count = (uint64_t)db_int(query, 0);
    db_end(query);
    return err;
}

enum err register_store_laureates(struct register_store *store,
                                  void (*callback)(void *context, struct slice years),
                                  void *context)
{
    bool row = true;
    struct db_query *query = db_fresh(store->ready[LAUREATES]);
    enum err err = db_step(query, &row);
    while (err == OK && row) {
        callback(context, db_text(query, 0));
        err = db_step(query, &row);
    }
    db_end(query);
    return err;
}

enum err register_store_find(struct register_store *store, struct slice id,
                             register_row_callback *callback, void *context)
{
    bool row = false;
    struct db_query *query = db_fresh(store->ready[FIND]);
    db_bind_text(query, 1, id);
    enum err err = db_step(query, &row);
    if (err == OK && row)
        take_row(query, callback, context);
    db_end(query);
    return err == OK && !row ? ERR_NOT_FOUND : err;
}
