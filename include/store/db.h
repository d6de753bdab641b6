/*
 * SQLite, for what cannot be derived (private.db) and what is searched (register.db). The only
 * folder that includes sqlite3; the stores of the rooms (<noun>_store.c) stand on it.
 *
 * A store keeps its SQL in one table and gives it to db_prepare(), which fills a table of ready
 * queries beside it. Values go into SQL only as bound parameters ?1, ?2 …; there is no way here to
 * run a text made at run time. One thread. A query in use:
 *
 *     bool row = false;
 *     struct db_query *find = db_fresh(store->ready[FIND]);
 *     db_bind_blob(find, 1, hash);
 *     enum err err = db_step(find, &row);
 *     if (err == OK && row)
 *         copy db_int(find, 0) …
 *     db_end(find);
 *
 * Several connections may be open on one file in several processes or stores: a writer waits up to
 * 2 s for another, then it is ERR_UNAVAILABLE. Do not nest: a transaction of one connection inside
 * one of another on the same file would wait for itself.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct db;
struct db_query;

enum db_use {
    DB_PRIVATE, /* made with mode 0600 when missing, refused when others can open it; WAL */
    DB_BUILD,   /* a new file that the caller renames into place when it is whole, mode 0644: no
                   journal, nothing synced. An old one of that name is deleted. */
    DB_READ,    /* read only, of a file that DB_BUILD made: it must not change while open */
};

/* schema: statements that may be run again ("CREATE TABLE IF NOT EXISTS …"), NULL for none.
 * ERR_DENIED: others can open the file; ERR_CONFLICT: busy; ERR_NOT_FOUND: DB_READ of no file;
 * ERR_CORRUPT: not such a database; ERR_INTERNAL. */
enum err db_open(const char *path, enum db_use use, const char *schema, struct db **db,
                 struct fault *fault) MUST_CHECK;

/* Releases all its queries too. */
void db_close(struct db *db);

/* Prepares sql[0 … count − 1] into ready; they live as long as db. */
enum err db_prepare(struct db *db, const char *const *sql, size_t count, struct db_query **ready,
                    struct fault *fault) MUST_CHECK;

/* ---- one query: bind, step, read ---- */

/* The query itself, reset and with every parameter NULL. */
struct db_query *db_fresh(struct db_query *query);

/* Parameters count from 1. Bytes are copied. An empty slice is an empty text or blob, not NULL. */
void db_bind_int(struct db_query *query, int parameter, int64_t value);
void db_bind_text(struct db_query *query, int parameter, struct slice text);
void db_bind_blob(struct db_query *query, int parameter, struct slice bytes);

/*
 * To the next row; *row says whether there is one. ERR_CONFLICT: a constraint (UNIQUE, NOT NULL,
 * CHECK, a foreign key) forbids it; ERR_UNAVAILABLE: another writer, or no space; ERR_CORRUPT;
 * ERR_INTERNAL.
 */
enum err db_step(struct db_query *query, bool *row) MUST_CHECK;

/* db_step() of a query that gives no rows, then db_end(). */
enum err db_run(struct db_query *query) MUST_CHECK;

/* Columns count from 0. NULL is 0, or an empty slice. A slice is valid until the next step, fresh
 * or end. */
int64_t db_int(struct db_query *query, int column);
struct slice db_text(struct db_query *query, int column);
struct slice db_blob(struct db_query *query, int column);
bool db_is_null(struct db_query *query, int column);

/* Ends the reading, which otherwise keeps a snapshot open and checkpoints waiting. */
void db_end(struct db_query *query);

/* ---- the connection ---- */

/* Takes the write lock at once. db_commit() that fails leaves the transaction open: roll back. */
enum err db_begin(struct db *db) MUST_CHECK;
enum err db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

/* Of a DB_PRIVATE: moves all that was committed into the file and cuts the log beside it, so that
 * what was deleted or overwritten before is in neither. While others read it is left to the next
 * time. Not within a transaction. */
void db_scrub(struct db *db);

/* Of the last INSERT: its row number. Of the last INSERT, UPDATE or DELETE: how many rows. */
int64_t db_last_row(const struct db *db);
uint64_t db_changes(const struct db *db);

/* What SQLite said of the last error; never a bound value. */
const char *db_why(const struct db *db);

#endif
