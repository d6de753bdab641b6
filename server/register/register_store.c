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
    /* Words come folded already; the index keeps no copy of them. */
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', prefix='1 2 3',"
    " tokenize='unicode61 remove_diacritics 0');";

enum build_statement { ADD, ADD_WORDS, OPTIMIZE, BUILD_STATEMENTS };
static const char *const build_statements[BUILD_STATEMENTS] = {
    [ADD] = "INSERT INTO ngo (row, " COLUMNS ") VALUES"
            " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [ADD_WORDS] = "INSERT INTO words (rowid, text) VALUES (?1, ?2)",
    [OPTIMIZE] = "INSERT INTO words (words) VALUES ('optimize')",
};

/* ?1 pattern, ?2 after, ?3 region, ?4 status, ?5 direction, ?6 filed, ?7 laureate, ?8 limit. Lists
 * hold items between bars; a year is four digits, so the start of an item tells it. */
#define FILTER                                                                                     \
    " AND (?3 = '' OR region = ?3) AND (?4 = '' OR status = ?4)"                                   \
    " AND (?5 = '' OR instr('|' || directions || '|', '|' || ?5 || '|') > 0)"                      \
    " AND (?6 = '' OR instr('|' || filed, '|' || ?6) > 0)"                                         \
    " AND (?7 = '' OR (?7 = 'any' AND laureate <> '') OR instr('|' || laureate, '|' || ?7) > 0)"
#define BY_WORDS                                                                                   \
    " FROM words JOIN ngo ON ngo.row = words.rowid WHERE words MATCH ?1 AND words.rowid > "        \
    "?2" FILTER
#define BY_PLACE " FROM ngo WHERE ?1 IS NULL AND row > ?2" FILTER

enum statement { FIND, SEARCH_WORDS, SEARCH, COUNT_WORDS, COUNT, LAUREATES, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    [FIND] = "SELECT row, " COLUMNS " FROM ngo WHERE id = ?1",
    [SEARCH_WORDS] = "SELECT row, " COLUMNS BY_WORDS " ORDER BY words.rowid LIMIT ?8",
    [SEARCH] = "SELECT row, " COLUMNS BY_PLACE " ORDER BY row LIMIT ?8",
    [COUNT_WORDS] = "SELECT count(*)" BY_WORDS,
    [COUNT] = "SELECT count(*)" BY_PLACE,
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

static enum err add_words(struct db_query *add, const struct ngo_register *ngos, size_t number,
                          int64_t row)
{
    static const enum register_column read[] = {REGISTER_NAME_KK, REGISTER_NAME_RU,
                                                REGISTER_NAME_EN, REGISTER_FORMER_NAMES,
                                                REGISTER_BIN,     REGISTER_ID};
    struct buf words;
    buf_init(&words, TEXT_MAX);
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        search_text_fold(register_value(ngos, number, read[i]), &words);
        buf_put_byte(&words, ' ');
    }
    db_bind_int(db_fresh(add), 1, row);
    db_bind_text(add, 2, buf_slice(&words));
    buf_release(&words);
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

/* The query for a filter with all bound but the limit; NULL: its text has no word, nothing fits. */
static struct db_query *bound(struct register_store *store, enum statement plain,
                              enum statement by_words, const struct register_filter *filter,
                              int64_t after)
{
    struct buf pattern;
    struct db_query *query = db_fresh(store->ready[filter->text.len == 0 ? plain : by_words]);
    buf_init(&pattern, TEXT_MAX);
    bool any = filter->text.len == 0 || search_text_pattern(filter->text, &pattern);
    if (filter->text.len > 0)
        db_bind_text(query, 1, buf_slice(&pattern));
    buf_release(&pattern);
    db_bind_int(query, 2, after);
    db_bind_text(query, 3, filter->region);
    db_bind_text(query, 4, filter->status);
    db_bind_text(query, 5, filter->direction);
    db_bind_text(query, 6, filter->filed);
    db_bind_text(query, 7, filter->laureate);
    return any ? query : NULL;
}

enum err register_store_search(struct register_store *store, const struct register_filter *filter,
                               int64_t after, unsigned most, register_row_callback *callback,
                               void *context)
{
    bool row = true;
    struct db_query *query = bound(store, SEARCH, SEARCH_WORDS, filter, after);
    if (query == NULL)
        return OK;
    db_bind_int(query, 8, most == 0 ? -1 : (int64_t)most); /* a negative LIMIT is none */
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
    struct db_query *query = bound(store, COUNT, COUNT_WORDS, filter, 0);
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
