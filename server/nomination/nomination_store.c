#include "nomination/nomination_store.h"

#include "base/mem.h"
#include "store/db.h"

/* text, links, payload, salt and salt2 are NULL once erased; idx while the entry is not known to
 * stand. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS nomination (number INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
    " cat TEXT NOT NULL, ngo TEXT NOT NULL, who TEXT NOT NULL, relation TEXT NOT NULL,"
    " processing INTEGER NOT NULL, publication INTEGER NOT NULL, at INTEGER NOT NULL,"
    " idx INTEGER UNIQUE, text_idx INTEGER, wished INTEGER NOT NULL DEFAULT 0,"
    " erased INTEGER NOT NULL DEFAULT 0, c BLOB NOT NULL, salt BLOB, salt2 BLOB, text TEXT,"
    " links TEXT, payload TEXT, UNIQUE (person, cat, ngo)) STRICT;"
    "CREATE TABLE IF NOT EXISTS amendment (number INTEGER PRIMARY KEY REFERENCES nomination"
    " ON DELETE CASCADE, at INTEGER NOT NULL, c BLOB NOT NULL, salt BLOB NOT NULL, salt2 BLOB NOT "
    "NULL,"
    " text TEXT NOT NULL, links TEXT NOT NULL, payload TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS erasure (idx INTEGER PRIMARY KEY, asked INTEGER NOT NULL,"
    " due INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0) STRICT;";

enum statement {
    FIND,
    AT,
    OF_PERSON,
    PENDING,
    COUNT,
    ADD,
    LOGGED,
    DROP,
    AMEND,
    AMENDMENT,
    AMENDMENTS,
    AMENDED,
    AMENDED_DONE,
    WISH,
    OWE_PERSON,
    OWE_LOGGED,
    ERASE_PERSON,
    ERASE_AMENDMENTS,
    ERASE_AT,
    ERASE_AMENDMENT_AT,
    ERASURE_DONE,
    ERASURES,
    STATEMENTS
};

#define COLUMNS                                                                                    \
    "number, person, cat, ngo, who, relation, processing, publication, at, idx, text_idx, wished," \
    " erased, c, salt, salt2, text, links, payload"
#define GONE "text = NULL, links = NULL, payload = NULL, salt = NULL, salt2 = NULL, erased = 1"

static const char *const statements[STATEMENTS] = {
    [FIND] = "SELECT " COLUMNS " FROM nomination WHERE person = ?1 AND cat = ?2 AND ngo = ?3",
    [AT] = "SELECT " COLUMNS " FROM nomination WHERE idx = ?1",
    [OF_PERSON] = "SELECT " COLUMNS " FROM nomination WHERE person = ?1 ORDER BY number",
    [PENDING] = "SELECT " COLUMNS " FROM nomination WHERE idx IS NULL ORDER BY number",
    [COUNT] = "SELECT count(*) FROM nomination WHERE person = ?1",
    [ADD] = "INSERT INTO nomination (person, cat, ngo, who, relation, processing, publication, at,"
            " c, salt, salt2, text, links, payload)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [LOGGED] = "UPDATE nomination SET idx = ?2, text_idx = ?2 WHERE number = ?1 AND idx IS NULL",
    [DROP] = "DELETE FROM nomination WHERE number = ?1 AND idx IS NULL",
    [AMEND] = "INSERT OR REPLACE INTO amendment (number, at, c, salt, salt2, text, links,"
              " payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [AMENDMENT] = "SELECT number, c, salt, salt2, text, links, payload FROM amendment"
                  " WHERE number = ?1",
    [AMENDMENTS] = "SELECT amendment.number, idx, amendment.at, amendment.c FROM amendment"
                   " JOIN nomination ON nomination.number = amendment.number"
                   " WHERE idx IS NOT NULL",
    [AMENDED] = "UPDATE nomination SET (c, salt, salt2, text, links, payload, text_idx) ="
                " (SELECT c, salt, salt2, text, links, payload, ?2 FROM amendment"
                "  WHERE amendment.number = ?1) WHERE number = ?1 AND erased = 0 AND"
                " EXISTS (SELECT 1 FROM amendment WHERE number = ?1)",
    [AMENDED_DONE] = "DELETE FROM amendment WHERE number = ?1",
    [WISH] = "UPDATE nomination SET wished = ?2 WHERE number = ?1 AND wished = 0",
    [OWE_PERSON] = "INSERT OR IGNORE INTO erasure (idx, asked, due)"
                   " SELECT idx, ?2, ?3 FROM nomination WHERE person = ?1 AND idx IS NOT NULL"
                   " UNION SELECT text_idx, ?2, ?3 FROM nomination"
                   " WHERE person = ?1 AND text_idx IS NOT NULL",
    [OWE_LOGGED] = "INSERT OR IGNORE INTO erasure (idx, asked, due)"
                   " SELECT idx, at, at FROM nomination WHERE number = ?1 AND erased = 1",
    [ERASE_PERSON] = "UPDATE nomination SET " GONE " WHERE person = ?1",
    [ERASE_AMENDMENTS] = "DELETE FROM amendment WHERE number IN"
                         " (SELECT number FROM nomination WHERE person = ?1)",
    /* A former text is gone already when its nomination was amended. */
    [ERASE_AT] = "UPDATE nomination SET " GONE " WHERE text_idx = ?1",
    [ERASE_AMENDMENT_AT] = "DELETE FROM amendment WHERE number IN"
                           " (SELECT number FROM nomination WHERE text_idx = ?1)",
    [ERASURE_DONE] = "INSERT INTO erasure (idx, asked, due, done) VALUES (?1, ?2, ?2, 1)"
                     " ON CONFLICT (idx) DO UPDATE SET done = 1",
    [ERASURES] = "SELECT idx, asked, due FROM erasure WHERE done = 0 ORDER BY due, idx",
};

struct nomination_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

enum err nomination_store_open(const char *path, struct nomination_store **out, struct fault *fault)
{
    struct nomination_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_PRIVATE, schema, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err != OK) {
        nomination_store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void nomination_store_close(struct nomination_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

static void free_text(char *text)
{
    if (text != NULL)
        wipe(text, strlen(text));
    free(text);
}

void nomination_row_release(struct nomination_row *row)
{
    free_text(row->text);
    free_text(row->links);
    free_text(row->payload);
    wipe(row, sizeof *row);
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct db_query *query_int(struct nomination_store *store, enum statement which,
                                  int64_t first)
{
    struct db_query *query = db_fresh(store->ready[which]);
    db_bind_int(query, 1, first);
    return query;
}

static void take_name(struct db_query *query, int column, char *out, size_t cap)
{
    struct slice text = db_text(query, column);
    INVARIANT(text.len < cap);
    if (text.len > 0)
        memcpy(out, text.data, text.len);
    out[text.len] = '\0';
}

static void take_hash(struct db_query *query, int column, uint8_t out[static NOMINATION_HASH_LEN])
{
    struct slice bytes = db_blob(query, column);
    if (bytes.len == NOMINATION_HASH_LEN)
        memcpy(out, bytes.data, bytes.len);
}

static char *take_text(struct db_query *query, int column)
{
    struct slice text = db_text(query, column);
    return db_is_null(query, column) ? NULL : xstrndup(text.data, text.len);
}

/* c, salt, salt2, text, links, payload from this column on. */
static void take_payload(struct db_query *query, int first, struct nomination_row *row)
{
    take_hash(query, first, row->c);
    take_hash(query, first + 1, row->salt);
    take_hash(query, first + 2, row->salt2);
    row->text = take_text(query, first + 3);
    row->links = take_text(query, first + 4);
    row->payload = take_text(query, first + 5);
}

static void take_row(struct db_query *query, struct nomination_row *row)
{
    *row = (struct nomination_row){.number = db_int(query, 0),
                                   .person = db_int(query, 1),
                                   .as = nominator_by_name(db_text(query, 4)),
                                   .relation = relation_by_name(db_text(query, 5)),
                                   .processing = db_int(query, 6),
                                   .publication = db_int(query, 7),
                                   .at_unix = db_int(query, 8),
                                   .index = db_is_null(query, 9) ? -1 : db_int(query, 9),
                                   .text_index = db_is_null(query, 10) ? -1 : db_int(query, 10),
                                   .wished_unix = db_int(query, 11),
                                   .erased = db_int(query, 12) != 0};
    take_name(query, 2, row->cat, sizeof row->cat);
    take_name(query, 3, row->ngo, sizeof row->ngo);
    take_payload(query, 13, row);
}

static enum err take_one(struct db_query *query, struct nomination_row *row)
{
    bool found = false;
    enum err err = db_step(query, &found);
    if (err == OK && found)
        take_row(query, row);
    db_end(query);
    if (err != OK)
        return err;
    return found ? OK : ERR_NOT_FOUND;
}

enum err nomination_store_find(struct nomination_store *store, int64_t person, struct slice cat,
                               struct slice ngo, struct nomination_row *row)
{
    struct db_query *query = query_int(store, FIND, person);
    db_bind_text(query, 2, cat);
    db_bind_text(query, 3, ngo);
    return take_one(query, row);
}

enum err nomination_store_at(struct nomination_store *store, int64_t index,
                             struct nomination_row *row)
{
    return take_one(query_int(store, AT, index), row);
}

enum err nomination_store_each(struct nomination_store *store, int64_t person, bool pending,
                               void (*each)(void *context, const struct nomination_row *row),
                               void *context)
{
    struct db_query *query =
        pending ? db_fresh(store->ready[PENDING]) : query_int(store, OF_PERSON, person);
    bool found = false;
    enum err err;
    while ((err = db_step(query, &found)) == OK && found) {
        struct nomination_row row;
        take_row(query, &row);
        if (!pending || person < 0 || row.person == person)
            each(context, &row);
        nomination_row_release(&row);
    }
    db_end(query);
    return err;
}

enum err nomination_store_count(struct nomination_store *store, int64_t person, uint32_t *count)
{
    bool found = false;
    struct db_query *query = query_int(store, COUNT, person);
    enum err err = db_step(query, &found);
    if (err == OK)
        *count = (uint32_t)db_int(query, 0);
    db_end(query);
    return err;
}

/* ---- nominating ----------------------------------------------------------------------------- */

static void bind_payload(struct db_query *query, int first, const struct nomination_row *row)
{
    db_bind_blob(query, first, slice_of(row->c, sizeof row->c));
    db_bind_blob(query, first + 1, slice_of(row->salt, sizeof row->salt));
    db_bind_blob(query, first + 2, slice_of(row->salt2, sizeof row->salt2));
    db_bind_text(query, first + 3, slice_str(row->text));
    db_bind_text(query, first + 4, slice_str(row->links));
    db_bind_text(query, first + 5, slice_str(row->payload));
}

enum err nomination_store_add(struct nomination_store *store, struct nomination_row *row)
{
    struct db_query *query = query_int(store, ADD, row->person);
    db_bind_text(query, 2, slice_str(row->cat));
    db_bind_text(query, 3, slice_str(row->ngo));
    db_bind_text(query, 4, slice_str(nominator_name(row->as)));
    db_bind_text(query, 5, slice_str(relation_name(row->relation)));
    db_bind_int(query, 6, row->processing);
    db_bind_int(query, 7, row->publication);
    db_bind_int(query, 8, row->at_unix);
    bind_payload(query, 9, row);
    enum err err = db_run(query);
    row->number = err == OK ? db_last_row(store->db) : 0;
    row->index = row->text_index = -1;
    return err;
}

/* All of them or none. */
static enum err run_all(struct nomination_store *store, struct db_query *const *queries,
                        size_t count)
{
    enum err err = db_begin(store->db);
    if (err != OK)
        return err;
    for (size_t i = 0; i < count && err == OK; i++)
        err = db_run(queries[i]);
    if (err == OK)
        err = db_commit(store->db);
    if (err != OK)
        db_rollback(store->db);
    return err;
}

enum err nomination_store_logged(struct nomination_store *store, int64_t number, int64_t index)
{
    struct db_query *logged = query_int(store, LOGGED, number);
    db_bind_int(logged, 2, index);
    /* Erased while it was under way: its entry is to be followed by an `erase`. */
    return run_all(store, (struct db_query *[]){logged, query_int(store, OWE_LOGGED, number)}, 2);
}

enum err nomination_store_drop(struct nomination_store *store, int64_t number)
{
    return db_run(query_int(store, DROP, number));
}

/* ---- completing ----------------------------------------------------------------------------- */

enum err nomination_store_amend(struct nomination_store *store, const struct nomination_row *row)
{
    struct db_query *query = query_int(store, AMEND, row->number);
    db_bind_int(query, 2, row->at_unix);
    bind_payload(query, 3, row);
    return db_run(query);
}

enum err nomination_store_amendment(struct nomination_store *store, int64_t number,
                                    struct nomination_row *row)
{
    bool found = false;
    struct db_query *query = query_int(store, AMENDMENT, number);
    *row = (struct nomination_row){.number = number, .index = -1, .text_index = -1};
    enum err err = db_step(query, &found);
    if (err == OK && found)
        take_payload(query, 1, row);
    db_end(query);
    if (err != OK)
        return err;
    return found ? OK : ERR_NOT_FOUND;
}

enum err nomination_store_amendments(struct nomination_store *store,
                                     void (*each)(void *context, const struct nomination_row *row),
                                     void *context)
{
    struct db_query *query = db_fresh(store->ready[AMENDMENTS]);
    bool found = false;
    enum err err;
    while ((err = db_step(query, &found)) == OK && found) {
        struct nomination_row row = {
            .number = db_int(query, 0), .index = db_int(query, 1), .at_unix = db_int(query, 2)};
        take_hash(query, 3, row.c);
        each(context, &row);
    }
    db_end(query);
    return err;
}

enum err nomination_store_amended(struct nomination_store *store, int64_t number, int64_t index)
{
    struct db_query *done = query_int(store, AMENDED_DONE, number);
    if (index < 0)
        return db_run(done);
    struct db_query *amended = query_int(store, AMENDED, number);
    db_bind_int(amended, 2, index);
    return run_all(store, (struct db_query *[]){amended, done}, 2);
}

/* ---- withdrawing, erasing ------------------------------------------------------------------- */

enum err nomination_store_wish(struct nomination_store *store, int64_t number, int64_t now_unix)
{
    struct db_query *query = query_int(store, WISH, number);
    db_bind_int(query, 2, now_unix);
    return db_run(query);
}

enum err nomination_store_erase_person(struct nomination_store *store, int64_t person,
                                       int64_t now_unix, int64_t due_unix)
{
    struct db_query *owe = query_int(store, OWE_PERSON, person);
    db_bind_int(owe, 2, now_unix);
    db_bind_int(owe, 3, due_unix);
    enum err err = run_all(store,
                           (struct db_query *[]){owe, query_int(store, ERASE_AMENDMENTS, person),
                                                 query_int(store, ERASE_PERSON, person)},
                           3);
    if (err == OK)
        db_scrub(store->db);
    return err;
}

enum err nomination_store_erased(struct nomination_store *store, int64_t index, int64_t now_unix)
{
    struct db_query *done = query_int(store, ERASURE_DONE, index);
    db_bind_int(done, 2, now_unix);
    enum err err = run_all(store,
                           (struct db_query *[]){query_int(store, ERASE_AMENDMENT_AT, index),
                                                 query_int(store, ERASE_AT, index), done},
                           3);
    if (err == OK)
        db_scrub(store->db);
    return err;
}

enum err nomination_store_erasures(struct nomination_store *store,
                                   void (*each)(void *context, const struct erasure *erasure),
                                   void *context)
{
    struct db_query *query = db_fresh(store->ready[ERASURES]);
    bool found = false;
    enum err err;
    while ((err = db_step(query, &found)) == OK && found)
        each(context, &(struct erasure){db_int(query, 0), db_int(query, 1), db_int(query, 2)});
    db_end(query);
    return err;
}
