#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define BUSY_MS 2000

struct db {
    sqlite3 *sqlite;
    struct db_query *begin, *commit, *rollback;
    /* All that were prepared here. SQLite's own list also has those of its full-text tables, which
     * are not ours to finalize. */
    sqlite3_stmt **statements;
    size_t len, room;
};

/* A query is SQLite's own statement under a name of ours: there is nothing to add to it. */
static sqlite3_stmt *statement_of(struct db_query *query)
{
    return (sqlite3_stmt *)query;
}

static enum err err_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
        return ERR_UNAVAILABLE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    default:
        return ERR_INTERNAL;
    }
}

/* ---- opening -------------------------------------------------------------------------------- */

/*
 * SQLite makes its files (-wal, -shm) with the mode of the first one. A file that is there is never
 * opened here: closing it would drop the locks of this process's other connections to it
 * (fcntl(2)), and the next process to end would take the log they write into for left over, and
 * delete it.
 */
static enum err make_private(const char *path, struct fault *fault)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    if ((fd < 0 && errno != EEXIST) || stat(path, &status) != 0)
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    if ((status.st_mode & 077) != 0)
        return fault_set(fault, ERR_DENIED, "%s: others can open it; chmod 600 %s", path, path);
    return OK;
}

static enum err make_new(const char *path, struct fault *fault)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || fchmod(fd, 0644) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(error));
    }
    close(fd);
    return OK;
}

static enum err find_file(const char *path, struct fault *fault)
{
    if (access(path, R_OK) == 0)
        return OK;
    return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_INTERNAL, "%s: %s", path,
                     strerror(errno));
}

static const struct {
    enum err (*file)(const char *path, struct fault *fault);
    int flags;
    const char *settings;
} uses[] = {
    [DB_PRIVATE] = {make_private, SQLITE_OPEN_READWRITE,
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                    "PRAGMA secure_delete=ON;"},
    [DB_BUILD] =
        {make_new, SQLITE_OPEN_READWRITE,
         "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"},
    /* The first access reads the schema, so a file that is no database is found at once. */
    [DB_READ] = {find_file, SQLITE_OPEN_READONLY, "PRAGMA query_only=ON; PRAGMA schema_version;"},
};

static const char *const transaction[] = {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};

static int open_file(struct db *db, const char *path, enum db_use use, const char *schema)
{
    int code = sqlite3_open_v2(path, &db->sqlite, uses[use].flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    /* A damaged file must not make SQLite run what somebody wrote into its schema. */
    if (code == SQLITE_OK)
        code = sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db->sqlite, uses[use].settings, NULL, NULL, NULL);
    if (code == SQLITE_OK && schema != NULL)
        code = sqlite3_exec(db->sqlite, schema, NULL, NULL, NULL);
    return code;
}

enum err db_open(const char *path, enum db_use use, const char *schema, struct db **out,
                 struct fault *fault)
{
    struct db_query *ready[3];
    enum err err = uses[use].file(path, fault);
    if (err != OK)
        return err;
    struct db *db = xcalloc(1, sizeof *db);
    int code = open_file(db, path, use, schema);
    if (code != SQLITE_OK)
        err = fault_set(fault, (code & 0xff) == SQLITE_BUSY ? ERR_CONFLICT : ERR_CORRUPT, "%s: %s",
                        path, sqlite3_errmsg(db->sqlite));
    if (err == OK)
        err = db_prepare(db, transaction, 3, ready, fault);
    if (err != OK) {
        db_close(db);
        return err;
    }
    db->begin = ready[0];
    db->commit = ready[1];
    db->rollback = ready[2];
    *out = db;
    return OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < db->len; i++)
        sqlite3_finalize(db->statements[i]);
    free(db->statements);
    sqlite3_close(db->sqlite);
    free(db);
}

enum err db_prepare(struct db *db, const char *const *sql, size_t count, struct db_query **ready,
                    struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *statement = NULL;
        int code =
            sqlite3_prepare_v3(db->sqlite, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (code != SQLITE_OK)
            return fault_set(fault, (code & 0xff) == SQLITE_BUSY ? ERR_CONFLICT : ERR_CORRUPT,
                             "%s: %s", sql[i], sqlite3_errmsg(db->sqlite));
        GROW(db->statements, db->len, db->room);
        db->statements[db->len++] = statement;
        ready[i] = (struct db_query *)statement;
    }
    return OK;
}

/* ---- one query ------------------------------------------------------------------------------ */

struct db_query *db_fresh(struct db_query *query)
{
    sqlite3_reset(statement_of(query));
    sqlite3_clear_bindings(statement_of(query));
    return query;
}

/* A parameter that is not there, or no memory: a fault of ours. */
static void bound(int code)
{
    INVARIANT(code == SQLITE_OK);
}

void db_bind_int(struct db_query *query, int parameter, int64_t value)
{
    bound(sqlite3_bind_int64(statement_of(query), parameter, value));
}

void db_bind_text(struct db_query *query, int parameter, struct slice text)
{
    bound(sqlite3_bind_text64(statement_of(query), parameter,
                              text.len == 0 ? "" : (const char *)text.data, text.len,
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(struct db_query *query, int parameter, struct slice bytes)
{
    bound(sqlite3_bind_blob64(statement_of(query), parameter,
                              bytes.len == 0 ? "" : (const void *)bytes.data, bytes.len,
                              SQLITE_TRANSIENT));
}

enum err db_step(struct db_query *query, bool *row)
{
    int code = sqlite3_step(statement_of(query));
    *row = code == SQLITE_ROW;
    return err_of(code);
}

enum err db_run(struct db_query *query)
{
    bool row = false;
    enum err err = db_step(query, &row);
    INVARIANT(!row);
    db_end(query);
    return err;
}

int64_t db_int(struct db_query *query, int column)
{
    return sqlite3_column_int64(statement_of(query), column);
}

struct slice db_text(struct db_query *query, int column)
{
    const void *text = sqlite3_column_text(statement_of(query), column);
    return slice_of(text, (size_t)sqlite3_column_bytes(statement_of(query), column));
}

struct slice db_blob(struct db_query *query, int column)
{
    const void *bytes = sqlite3_column_blob(statement_of(query), column);
    return slice_of(bytes, (size_t)sqlite3_column_bytes(statement_of(query), column));
}

bool db_is_null(struct db_query *query, int column)
{
    return sqlite3_column_type(statement_of(query), column) == SQLITE_NULL;
}

void db_end(struct db_query *query)
{
    sqlite3_reset(statement_of(query));
}

/* ---- the connection ------------------------------------------------------------------------- */

enum err db_begin(struct db *db)
{
    return db_run(db->begin);
}

enum err db_commit(struct db *db)
{
    return db_run(db->commit);
}

void db_rollback(struct db *db)
{
    /* SQLite may have rolled back by itself already (a full disk). */
    if (sqlite3_get_autocommit(db->sqlite))
        return;
    sqlite3_step(statement_of(db->rollback));
    db_end(db->rollback);
}

void db_scrub(struct db *db)
{
    (void)sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

int64_t db_last_row(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}

uint64_t db_changes(const struct db *db)
{
    return (uint64_t)sqlite3_changes(db->sqlite);
}

const char *db_why(const struct db *db)
{
    return sqlite3_errmsg(db->sqlite);
}
