#include "staff/access_store.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS access (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at INTEGER NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER IF NOT EXISTS access_stays BEFORE DELETE ON access"
    " BEGIN SELECT RAISE(ABORT, 'the register of access only grows'); END;"
    "CREATE TRIGGER IF NOT EXISTS access_stands BEFORE UPDATE ON access"
    " BEGIN SELECT RAISE(ABORT, 'the register of access only grows'); END;";

enum statement { NOTE, EACH, STATEMENTS };

static const char *const statements[STATEMENTS] = {
    [NOTE] = "INSERT INTO access (at, person, what, about) VALUES (?1, ?2, ?3, ?4)",
    [EACH] = "SELECT number, at, person, what, about FROM access WHERE number > ?1"
             " ORDER BY number LIMIT ?2",
};

struct access_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

enum err access_store_open(const char *path, struct access_store **out, struct fault *fault)
{
    struct access_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_PRIVATE, schema, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err == OK)
        *out = store;
    else
        access_store_close(store);
    return err;
}

void access_store_close(struct access_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

enum err access_note(struct access_store *store, int64_t at_unix, struct slice person,
                     const char *what, struct slice about)
{
    struct db_query *note = db_fresh(store->ready[NOTE]);
    db_bind_int(note, 1, at_unix);
    db_bind_text(note, 2, person);
    db_bind_text(note, 3, slice_str(what));
    db_bind_text(note, 4, about);
    return db_run(note);
}

enum err access_each(struct access_store *store, int64_t after, int64_t most,
                     void (*each)(void *context, const struct access *access), void *context)
{
    bool row = false;
    struct db_query *query = db_fresh(store->ready[EACH]);
    db_bind_int(query, 1, after);
    db_bind_int(query, 2, most);
    enum err err = db_step(query, &row);
    while (err == OK && row) {
        struct access access = {.number = db_int(query, 0),
                                .at_unix = db_int(query, 1),
                                .person = db_text(query, 2),
                                .what = db_text(query, 3),
                                .about = db_text(query, 4)};
        each(context, &access);
        err = db_step(query, &row);
    }
    db_end(query);
    return err;
}
