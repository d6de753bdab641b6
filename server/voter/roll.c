#include "voter/roll.h"

#include <csv.h>

#include "base/crockford.h"
#include "base/mem.h"
#include "base/random.h"
#include "crypt/hash.h"
#include "store/db.h"

#define CODE_LEAST 8 /* 40 bits: with the limits on signing in, years of guessing */
#define CODE_MOST 32

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS roll (row INTEGER PRIMARY KEY, voter BLOB NOT NULL UNIQUE,"
    " code BLOB NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE IF NOT EXISTS session (token BLOB PRIMARY KEY, row INTEGER NOT NULL,"
    " ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS taken (row INTEGER NOT NULL, cat TEXT NOT NULL,"
    " PRIMARY KEY (row, cat)) STRICT, WITHOUT ROWID;";

enum statement {
    FIND_VOTER,
    ADD,
    COUNT,
    SIGN_IN,
    SESSION,
    VOTER_AT,
    EXPIRE,
    TAKE,
    TAKEN,
    STATEMENTS
};

static const char *const statements[STATEMENTS] = {
    [FIND_VOTER] = "SELECT code FROM roll WHERE voter = ?1",
    [ADD] = "INSERT INTO roll (voter, code) VALUES (?1, ?2)",
    [COUNT] = "SELECT count(*) FROM roll",
    [SIGN_IN] =
        "INSERT INTO session (token, row, ends) SELECT ?1, row, ?3 FROM roll WHERE code = ?2",
    [SESSION] = "SELECT roll.row, voter, ends FROM session JOIN roll ON roll.row = session.row"
                " WHERE token = ?1 AND ends > ?2",
    [VOTER_AT] = "SELECT row, voter, 0 FROM roll WHERE row = ?1",
    [EXPIRE] = "DELETE FROM session WHERE ends <= ?1",
    [TAKE] = "INSERT INTO taken (row, cat) SELECT ?1, ?2 WHERE"
             " EXISTS (SELECT 1 FROM taken WHERE row = ?1 AND cat = ?2) OR"
             " (SELECT count(*) FROM taken WHERE row = ?1) < ?3"
             " ON CONFLICT DO NOTHING",
    [TAKEN] = "SELECT 1 FROM taken WHERE row = ?1 AND cat = ?2",
};

struct roll {
    struct db *db;
    struct db_query *ready[STATEMENTS];
    uint8_t key[ROLL_KEY_LEN];
    int64_t expired_unix; /* when old sessions were last dropped */
};

/* ---- opening -------------------------------------------------------------------------------- */

enum err roll_open(const char *path, const uint8_t key[static ROLL_KEY_LEN], struct roll **out,
                   struct fault *fault)
{
    struct roll *roll = xcalloc(1, sizeof *roll);
    memcpy(roll->key, key, sizeof roll->key);
    enum err err = db_open(path, DB_PRIVATE, schema, &roll->db, fault);
    if (err == OK)
        err = db_prepare(roll->db, statements, STATEMENTS, roll->ready, fault);
    if (err != OK) {
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
    db_close(roll->db);
    wipe(roll->key, sizeof roll->key);
    free(roll);
}

/* The statement with its first parameter bound. */
static struct db_query *query_blob(struct roll *roll, enum statement which, struct slice first)
{
    struct db_query *query = db_fresh(roll->ready[which]);
    db_bind_blob(query, 1, first);
    return query;
}

static struct db_query *query_int(struct roll *roll, enum statement which, int64_t first)
{
    struct db_query *query = db_fresh(roll->ready[which]);
    db_bind_int(query, 1, first);
    return query;
}

/* ---- codes ---------------------------------------------------------------------------------- */

/* Keyed, because there are few enough codes to try all against an unkeyed hash. */
static enum err hash_code(const struct roll *roll, struct slice code,
                          uint8_t hash[static SHA256_LEN])
{
    uint8_t text[CODE_MOST];
    size_t len;
    if (crockford_read(code, sizeof text, text, &len) != OK || len < CODE_LEAST)
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
    struct db_query *find =
        query_blob(import->roll, FIND_VOTER, slice_of(import->voter, import->voter_len));
    bool same = db_step(find, &row) == OK && row &&
                slice_equal(db_blob(find, 0), slice_of(import->code, SHA256_LEN));
    db_end(find);
    return same;
}

static void add_row(struct import *import)
{
    if (!import->has_voter || !import->has_code) {
        fail(import, "a voter or a code is missing");
        return;
    }
    if (stands(import))
        return;
    struct db_query *add =
        query_blob(import->roll, ADD, slice_of(import->voter, import->voter_len));
    db_bind_blob(add, 2, slice_of(import->code, SHA256_LEN));
    enum err err = db_run(add);
    if (err == ERR_CONFLICT)
        fail(import, "this voter or this code is on the roll already, with another one");
    else if (err != OK)
        import->err = fault_set(import->fault, ERR_INTERNAL, "%s", db_why(import->roll->db));
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

enum err roll_import(struct roll *roll, struct slice csv, uint64_t *added, struct fault *fault)
{
    struct csv_parser parser;
    struct import import = {
        .roll = roll, .line = 1, .voter_column = -1, .code_column = -1, .fault = fault};
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return fault_set(fault, ERR_INTERNAL, "out of memory");
    enum err err = db_begin(roll->db);
    if (err != OK) {
        csv_free(&parser);
        return fault_set(fault, err, "the roll is busy");
    }
    if (csv_parse(&parser, csv.data, csv.len, on_field, on_row, &import) != csv.len ||
        csv_fini(&parser, on_field, on_row, &import) != 0)
        fail(&import, "not CSV: a quote stands where none may be");
    csv_free(&parser);
    err = import.err;
    if (err == OK && db_commit(roll->db) != OK)
        err = fault_set(fault, ERR_UNAVAILABLE, "%s", db_why(roll->db));
    if (err != OK)
        db_rollback(roll->db);
    else
        *added = import.added;
    wipe(&import, sizeof import);
    return err;
}

uint64_t roll_len(struct roll *roll)
{
    bool row = false;
    struct db_query *count = db_fresh(roll->ready[COUNT]);
    uint64_t len = db_step(count, &row) == OK && row ? (uint64_t)db_int(count, 0) : 0;
    db_end(count);
    return len;
}

/* ---- sessions ------------------------------------------------------------------------------- */

/* Tidying: when it fails it is tried again a minute later. */
static void expire(struct roll *roll, int64_t now_unix)
{
    if (now_unix < roll->expired_unix + 60)
        return;
    roll->expired_unix = now_unix;
    enum err err = db_run(query_int(roll, EXPIRE, now_unix));
    (void)err;
}

enum err roll_sign_in(struct roll *roll, struct slice code, int64_t now_unix,
                      uint8_t token[static ROLL_TOKEN_LEN], int64_t *ends_unix)
{
    uint8_t code_hash[SHA256_LEN], token_hash[SHA256_LEN];
    if (hash_code(roll, code, code_hash) != OK)
        return ERR_DENIED;
    expire(roll, now_unix);
    random_bytes(token, ROLL_TOKEN_LEN);
    sha256(token_hash, slice_of(token, ROLL_TOKEN_LEN));
    *ends_unix = now_unix + ROLL_SESSION_S;
    /* Looked for and written in one statement: each one of its own locks and unlocks the file. */
    struct db_query *add = query_blob(roll, SIGN_IN, slice_of(token_hash, sizeof token_hash));
    db_bind_blob(add, 2, slice_of(code_hash, sizeof code_hash));
    db_bind_int(add, 3, *ends_unix);
    enum err err = db_run(add);
    if (err != OK)
        return err;
    return db_changes(roll->db) == 1 ? OK : ERR_DENIED;
}

static void take_voter(struct db_query *found, struct roll_voter *voter)
{
    struct slice person = db_blob(found, 1);
    INVARIANT(person.len <= ROLL_PERSON_MAX);
    voter->row = db_int(found, 0);
    voter->person_len = person.len;
    voter->ends_unix = db_int(found, 2);
    memcpy(voter->person, person.data, person.len);
}

enum err roll_session(struct roll *roll, const uint8_t token[static ROLL_TOKEN_LEN],
                      int64_t now_unix, struct roll_voter *voter)
{
    uint8_t hash[SHA256_LEN];
    bool row = false;
    sha256(hash, slice_of(token, ROLL_TOKEN_LEN));
    struct db_query *find = query_blob(roll, SESSION, slice_of(hash, sizeof hash));
    db_bind_int(find, 2, now_unix);
    enum err err = db_step(find, &row);
    if (err == OK && row)
        take_voter(find, voter);
    db_end(find);
    if (err != OK)
        return err;
    return row ? OK : ERR_DENIED;
}

enum err roll_voter_at(struct roll *roll, int64_t row_number, struct roll_voter *voter)
{
    bool row = false;
    struct db_query *find = query_int(roll, VOTER_AT, row_number);
    enum err err = db_step(find, &row);
    if (err == OK && row)
        take_voter(find, voter);
    db_end(find);
    if (err != OK)
        return err;
    return row ? OK : ERR_NOT_FOUND;
}

static enum err take_category(struct roll *roll, const struct roll_voter *voter, struct slice cat,
                              uint32_t most)
{
    bool row = false;
    struct db_query *take = query_int(roll, TAKE, voter->row);
    db_bind_text(take, 2, cat);
    db_bind_int(take, 3, most);
    enum err err = db_run(take);
    if (err != OK || db_changes(roll->db) == 1)
        return err;
    /* Nothing was added: it had been taken before, or there are too many. */
    struct db_query *taken = query_int(roll, TAKEN, voter->row);
    db_bind_text(taken, 2, cat);
    err = db_step(taken, &row);
    db_end(taken);
    if (err != OK)
        return err;
    return row ? OK : ERR_LIMITED;
}

/* A refused request must not use up what a person may still choose. */
enum err roll_take_categories(struct roll *roll, const struct roll_voter *voter,
                              const struct slice *cats, size_t len, uint32_t most)
{
    enum err err = db_begin(roll->db);
    if (err != OK)
        return err;
    for (size_t i = 0; i < len && err == OK; i++)
        err = take_category(roll, voter, cats[i], most);
    if (err == OK)
        err = db_commit(roll->db);
    if (err != OK)
        db_rollback(roll->db);
    return err;
}
