#include "voter/roll.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"
#include "crypt/hash.h"

#define CODE_LEAST 8 /* 40 bits: with the limits on signing in, years of guessing */
#define CODE_MOST 32
#define BUSY_MS 2000

static const char schema[] =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS roll (row INTEGER PRIMARY KEY, voter BLOB NOT NULL UNIQUE,"
    " code BLOB NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE IF NOT EXISTS session (token BLOB PRIMARY KEY, row INTEGER NOT NULL,"
    " ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS taken (row INTEGER NOT NULL, cat TEXT NOT NULL,"
    " PRIMARY KEY (row, cat)) STRICT, WITHOUT ROWID;";

enum statement {
    FIND_CODE,
    FIND_VOTER,
    ADD,
    COUNT,
    SIGN_IN,
    SESSION,
    EXPIRE,
    TAKE,
    TAKEN,
    STATEMENTS
};

static const char *const statements[STATEMENTS] = {
    [FIND_CODE] = "SELECT row FROM roll WHERE code = ?1",
    [FIND_VOTER] = "SELECT code FROM roll WHERE voter = ?1",
    [ADD] = "INSERT INTO roll (voter, code) VALUES (?1, ?2)",
    [COUNT] = "SELECT count(*) FROM roll",
    [SIGN_IN] = "INSERT INTO session (token, row, ends) VALUES (?1, ?2, ?3)",
    [SESSION] = "SELECT roll.row, voter FROM session JOIN roll ON roll.row = session.row"
                " WHERE token = ?1 AND ends > ?2",
    [EXPIRE] = "DELETE FROM session WHERE ends <= ?1",
    [TAKE] = "INSERT INTO taken (row, cat) SELECT ?1, ?2 WHERE"
             " EXISTS (SELECT 1 FROM taken WHERE row = ?1 AND cat = ?2) OR"
             " (SELECT count(*) FROM taken WHERE row = ?1) < ?3"
             " ON CONFLICT DO NOTHING",
    [TAKEN] = "SELECT 1 FROM taken WHERE row = ?1 AND cat = ?2",
};

struct roll {
    sqlite3 *db;
    sqlite3_stmt *ready[STATEMENTS];
    uint8_t key[ROLL_KEY_LEN];
    int64_t expired_unix; /* when old sessions were last dropped */
};

/* ---- opening -------------------------------------------------------------------------------- */

/* SQLite makes its files with the mode of the first one. */
static enum err make_file(const char *path, struct fault *fault)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fstat(fd, &status) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(error));
    }
    close(fd);
    if ((status.st_mode & 077) != 0)
        return fault_set(fault, ERR_DENIED, "%s: others can open it; chmod 600 %s", path, path);
    return OK;
}

enum err roll_open(const char *path, const uint8_t key[static ROLL_KEY_LEN], struct roll **out,
                   struct fault *fault)
{
    enum err err = make_file(path, fault);
    if (err != OK)
        return err;
    struct roll *roll = xcalloc(1, sizeof *roll);
    memcpy(roll->key, key, sizeof roll->key);
    int code = sqlite3_open_v2(path, &roll->db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(roll->db, BUSY_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(roll->db, schema, NULL, NULL, NULL);
    for (int i = 0; i < STATEMENTS && code == SQLITE_OK; i++)
        code = sqlite3_prepare_v3(roll->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &roll->ready[i], NULL);
    if (code != SQLITE_OK) {
        err = fault_set(fault, code == SQLITE_BUSY ? ERR_CONFLICT : ERR_CORRUPT, "%s: %s", path,
                        sqlite3_errmsg(roll->db));
        roll_close(roll);
        return err;
    }
    *out = roll;
    return OK;
}

void roll_close(struct roll *roll)
{
    if (roll == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(roll->ready[i]);
    sqlite3_close(roll->db);
    wipe(roll->key, sizeof roll->key);
    free(roll);
}

/* The statement, reset and with its first parameter bound. */
static sqlite3_stmt *prepare(struct roll *roll, enum statement which, struct slice first)
{
    sqlite3_stmt *statement = roll->ready[which];
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    sqlite3_bind_blob(statement, 1, first.data, (int)first.len, SQLITE_TRANSIENT);
    return statement;
}

static sqlite3_stmt *prepare_row(struct roll *roll, enum statement which, int64_t first)
{
    sqlite3_stmt *statement = roll->ready[which];
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    sqlite3_bind_int64(statement, 1, first);
    return statement;
}

/* OK for done or a row (*row tells which). */
static enum err step(sqlite3_stmt *statement, bool *row)
{
    int code = sqlite3_step(statement);
    if (row != NULL)
        *row = code == SQLITE_ROW;
    if (code == SQLITE_BUSY || code == SQLITE_FULL)
        return ERR_UNAVAILABLE;
    return code == SQLITE_ROW || code == SQLITE_DONE ? OK : ERR_INTERNAL;
}

/* ---- codes ---------------------------------------------------------------------------------- */

/* One character of Crockford base32 as people type it: 0 to skip, −1 for one that can't be there.
 */
static int normal(uint8_t c)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if (c == ' ' || c == '-')
        return 0;
    if (c >= 'a' && c <= 'z')
        c = (uint8_t)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    return c != '\0' && strchr(alphabet, c) != NULL ? c : -1;
}

/* Keyed, because there are few enough codes to try all against an unkeyed hash. */
static enum err hash_code(const struct roll *roll, struct slice code,
                          uint8_t hash[static SHA256_LEN])
{
    uint8_t text[CODE_MOST];
    size_t len = 0;
    for (size_t i = 0; i < code.len; i++) {
        int c = normal(code.data[i]);
        if (c < 0 || (c > 0 && len == CODE_MOST))
            return ERR_INVALID;
        if (c > 0)
            text[len++] = (uint8_t)c;
    }
    if (len < CODE_LEAST)
        return ERR_INVALID;
    hmac_sha256(hash, slice_of(roll->key, sizeof roll->key), slice_of(text, len));
    wipe(text, sizeof text);
    return OK;
}

/* ---- importing ------------------------------------------------------------------------------ */

struct import {
    struct roll *roll;
    size_t line; /* of the row in hand, the header is line 1 */
    size_t column;
    int voter_column, code_column; /* −1 until the header has named it */
    uint8_t voter[ROLL_PERSON_MAX];
    size_t voter_len;
    uint8_t code[SHA256_LEN];
    bool has_voter, has_code;
    uint64_t added;
    enum err err;
    struct fault *fault;
};

static void fail(struct import *import, const char *why)
{
    if (import->err == OK)
        import->err = fault_set(import->fault, ERR_INVALID, "line %zu: %s", import->line, why);
}

static void on_field(void *field, size_t len, void *context)
{
    struct import *import = context;
    struct slice text = slice_of(field, len);
    int column = (int)import->column++;
    if (import->err != OK)
        return;
    if (import->line == 1) {
        if (slice_is(text, "voter"))
            import->voter_column = column;
        if (slice_is(text, "code"))
            import->code_column = column;
    } else if (column == import->voter_column) {
        if (len == 0 || len > ROLL_PERSON_MAX) {
            fail(import, "voter must be 1 to 64 bytes");
            return;
        }
        memcpy(import->voter, field, len);
        import->voter_len = len;
        import->has_voter = true;
    } else if (column == import->code_column) {
        if (hash_code(import->roll, text, import->code) != OK)
            fail(import, "code must be 8 to 32 letters and digits of Crockford base32");
        import->has_code = true;
    }
}

/* True when the voter stands on the roll with this very code. */
static bool stands(struct import *import)
{
    bool row = false;
    sqlite3_stmt *find =
        prepare(import->roll, FIND_VOTER, slice_of(import->voter, import->voter_len));
    if (step(find, &row) != OK || !row)
        return false;
    return slice_equal(
        slice_of(sqlite3_column_blob(find, 0), (size_t)sqlite3_column_bytes(find, 0)),
        slice_of(import->code, SHA256_LEN));
}

static void add_row(struct import *import)
{
    if (!import->has_voter || !import->has_code) {
        fail(import, "a voter or a code is missing");
        return;
    }
    if (stands(import))
        return;
    sqlite3_stmt *add = prepare(import->roll, ADD, slice_of(import->voter, import->voter_len));
    sqlite3_bind_blob(add, 2, import->code, SHA256_LEN, SQLITE_TRANSIENT);
    int code = sqlite3_step(add);
    if (code == SQLITE_CONSTRAINT)
        fail(import, "this voter or this code is on the roll already, with another one");
    else if (code != SQLITE_DONE)
        import->err =
            fault_set(import->fault, ERR_INTERNAL, "%s", sqlite3_errmsg(import->roll->db));
    else
        import->added++;
}

static void on_row(int end, void *context)
{
    struct import *import = context;
    (void)end;
    if (import->err == OK && import->line == 1 &&
        (import->voter_column < 0 || import->code_column < 0))
        fail(import, "the header must name the columns voter and code");
    if (import->err == OK && import->line > 1)
        add_row(import);
    import->line++;
    import->column = 0;
    import->has_voter = import->has_code = false;
}

static enum err run(struct roll *roll, const char *sql)
{
    return sqlite3_exec(roll->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : ERR_UNAVAILABLE;
}

enum err roll_import(struct roll *roll, struct slice csv, uint64_t *added, struct fault *fault)
{
    struct csv_parser parser;
    struct import import = {
        .roll = roll, .line = 1, .voter_column = -1, .code_column = -1, .fault = fault};
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return fault_set(fault, ERR_INTERNAL, "out of memory");
    enum err err = run(roll, "BEGIN IMMEDIATE");
    if (err != OK) {
        csv_free(&parser);
        return fault_set(fault, err, "the roll is busy");
    }
    if (csv_parse(&parser, csv.data, csv.len, on_field, on_row, &import) != csv.len ||
        csv_fini(&parser, on_field, on_row, &import) != 0)
        fail(&import, "not CSV: a quote stands where none may be");
    csv_free(&parser);
    err = import.err;
    if (err == OK && run(roll, "COMMIT") != OK)
        err = fault_set(fault, ERR_UNAVAILABLE, "%s", sqlite3_errmsg(roll->db));
    if (err != OK)
        (void)run(roll, "ROLLBACK");
    else
        *added = import.added;
    wipe(&import, sizeof import);
    return err;
}

uint64_t roll_len(struct roll *roll)
{
    bool row = false;
    sqlite3_stmt *count = roll->ready[COUNT];
    sqlite3_reset(count);
    return step(count, &row) == OK && row ? (uint64_t)sqlite3_column_int64(count, 0) : 0;
}

/* ---- sessions ------------------------------------------------------------------------------- */

static void expire(struct roll *roll, int64_t now_unix)
{
    if (now_unix < roll->expired_unix + 60)
        return;
    roll->expired_unix = now_unix;
    (void)step(prepare_row(roll, EXPIRE, now_unix), NULL);
}

enum err roll_sign_in(struct roll *roll, struct slice code, int64_t now_unix,
                      uint8_t token[static ROLL_TOKEN_LEN], int64_t *ends_unix)
{
    uint8_t hash[SHA256_LEN];
    bool row = false;
    if (hash_code(roll, code, hash) != OK)
        return ERR_DENIED;
    sqlite3_stmt *find = prepare(roll, FIND_CODE, slice_of(hash, sizeof hash));
    enum err err = step(find, &row);
    if (err != OK)
        return err;
    if (!row)
        return ERR_DENIED;
    int64_t voter = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);

    expire(roll, now_unix);
    random_bytes(token, ROLL_TOKEN_LEN);
    sha256(hash, slice_of(token, ROLL_TOKEN_LEN));
    *ends_unix = now_unix + ROLL_SESSION_S;
    sqlite3_stmt *add = prepare(roll, SIGN_IN, slice_of(hash, sizeof hash));
    sqlite3_bind_int64(add, 2, voter);
    sqlite3_bind_int64(add, 3, *ends_unix);
    return step(add, NULL);
}

enum err roll_session(struct roll *roll, const uint8_t token[static ROLL_TOKEN_LEN],
                      int64_t now_unix, struct roll_voter *voter)
{
    uint8_t hash[SHA256_LEN];
    bool row = false;
    sha256(hash, slice_of(token, ROLL_TOKEN_LEN));
    sqlite3_stmt *find = prepare(roll, SESSION, slice_of(hash, sizeof hash));
    sqlite3_bind_int64(find, 2, now_unix);
    enum err err = step(find, &row);
    if (err != OK)
        return err;
    if (!row)
        return ERR_DENIED;
    voter->row = sqlite3_column_int64(find, 0);
    voter->person_len = (size_t)sqlite3_column_bytes(find, 1);
    INVARIANT(voter->person_len <= ROLL_PERSON_MAX);
    memcpy(voter->person, sqlite3_column_blob(find, 1), voter->person_len);
    sqlite3_reset(find);
    return OK;
}

enum err roll_take_category(struct roll *roll, const struct roll_voter *voter, struct slice cat,
                            uint32_t most)
{
    bool row = false;
    sqlite3_stmt *take = prepare_row(roll, TAKE, voter->row);
    sqlite3_bind_text(take, 2, (const char *)cat.data, (int)cat.len, SQLITE_TRANSIENT);
    sqlite3_bind_int64(take, 3, most);
    enum err err = step(take, NULL);
    if (err != OK)
        return err;
    sqlite3_stmt *taken = prepare_row(roll, TAKEN, voter->row);
    sqlite3_bind_text(taken, 2, (const char *)cat.data, (int)cat.len, SQLITE_TRANSIENT);
    err = step(taken, &row);
    sqlite3_reset(taken);
    if (err != OK)
        return err;
    return row ? OK : ERR_LIMITED;
}
