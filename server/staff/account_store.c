#include "staff/account_store.h"

#include "base/mem.h"
#include "base/random.h"
#include "store/db.h"

#define USED_EVERY_S 30 /* a use sooner after the last one is not written */

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS staff (person TEXT PRIMARY KEY, role TEXT NOT NULL,"
    " salt BLOB NOT NULL, hash BLOB NOT NULL, secret BLOB NOT NULL, step INTEGER NOT NULL,"
    " locked INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS staff_invitation (person TEXT PRIMARY KEY, token BLOB NOT NULL"
    " UNIQUE, role TEXT NOT NULL, secret BLOB NOT NULL, ends INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS staff_recovery (person TEXT NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (person, hash)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS staff_session (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " token BLOB NOT NULL UNIQUE, person TEXT NOT NULL, began INTEGER NOT NULL,"
    " used INTEGER NOT NULL) STRICT;";

enum statement {
    INVITE,
    INVITED,
    UNINVITE,
    FIND,
    EACH,
    SET_UP,
    KEEP_DUE,
    TAKE_STEP,
    SET_PASSWORD,
    LOCK,
    FORGET_CODES,
    ADD_CODE,
    TAKE_CODE,
    BEGIN,
    SESSION,
    USED,
    SESSIONS,
    END_ONE,
    END_OTHERS,
    EXPIRE,
    STATEMENTS
};

#define ACCOUNT_COLUMNS "person, role, salt, hash, secret, step, locked, due"
#define SESSION_COLUMNS "number, staff_session.person, role, began, used"

static const char *const statements[STATEMENTS] = {
    [INVITE] = "INSERT OR REPLACE INTO staff_invitation (person, token, role, secret, ends)"
               " VALUES (?1, ?2, ?3, ?4, ?5)",
    [INVITED] = "SELECT person, role, secret, ends FROM staff_invitation"
                " WHERE token = ?1 AND ends > ?2",
    [UNINVITE] = "DELETE FROM staff_invitation WHERE person = ?1",
    [FIND] = "SELECT " ACCOUNT_COLUMNS " FROM staff WHERE person = ?1",
    [EACH] = "SELECT " ACCOUNT_COLUMNS " FROM staff ORDER BY person",
    [SET_UP] = "INSERT OR REPLACE INTO staff (person, role, salt, hash, secret, step)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [KEEP_DUE] = "UPDATE staff SET due = ?2 WHERE person = ?1",
    [TAKE_STEP] = "UPDATE staff SET step = ?2, due = 0 WHERE person = ?1 AND step < ?2"
                  " AND locked = 0",
    [SET_PASSWORD] = "UPDATE staff SET salt = ?2, hash = ?3 WHERE person = ?1",
    [LOCK] = "UPDATE staff SET locked = ?2, due = 0 WHERE person = ?1",
    [FORGET_CODES] = "DELETE FROM staff_recovery WHERE person = ?1",
    [ADD_CODE] = "INSERT INTO staff_recovery (person, hash) VALUES (?1, ?2)",
    [TAKE_CODE] = "DELETE FROM staff_recovery WHERE person = ?1 AND hash = ?2",
    [BEGIN] = "INSERT INTO staff_session (token, person, began, used) VALUES (?1, ?2, ?3, ?3)",
    [SESSION] = "SELECT " SESSION_COLUMNS " FROM staff_session JOIN staff USING (person)"
                " WHERE token = ?1 AND locked = 0",
    [USED] = "UPDATE staff_session SET used = ?2 WHERE number = ?1",
    [SESSIONS] = "SELECT " SESSION_COLUMNS " FROM staff_session JOIN staff USING (person)"
                 " WHERE (?1 = '' OR staff_session.person = ?1) AND used > ?2 AND began > ?3"
                 " ORDER BY number DESC",
    [END_ONE] = "DELETE FROM staff_session WHERE number = ?2 AND (?1 = '' OR person = ?1)",
    [END_OTHERS] = "DELETE FROM staff_session WHERE person = ?1 AND number <> ?2",
    [EXPIRE] = "DELETE FROM staff_session WHERE used <= ?1 OR began <= ?2",
};

struct account_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

enum err account_store_open(const char *path, struct account_store **out, struct fault *fault)
{
    struct account_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_PRIVATE, schema, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err == OK)
        *out = store;
    else
        account_store_close(store);
    return err;
}

void account_store_close(struct account_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

/* The query with its first parameter bound to a text. */
static struct db_query *of_person(struct account_store *store, enum statement which,
                                  struct slice person)
{
    struct db_query *query = db_fresh(store->ready[which]);
    db_bind_text(query, 1, person);
    return query;
}

static struct db_query *of_token(struct account_store *store, enum statement which,
                                 const uint8_t *token)
{
    uint8_t hash[SHA256_LEN];
    struct db_query *query = db_fresh(store->ready[which]);
    sha256(hash, slice_of(token, ACCOUNT_TOKEN_LEN));
    db_bind_blob(query, 1, slice_of(hash, sizeof hash));
    return query;
}

/* Runs a query that must change a row: otherwise err. */
static enum err run_or(struct account_store *store, struct db_query *query, enum err none)
{
    enum err err = db_run(query);
    return err == OK && db_changes(store->db) == 0 ? none : err;
}

static bool copy(void *out, size_t len, struct slice bytes)
{
    if (bytes.len != len)
        return false;
    memcpy(out, bytes.data, len);
    return true;
}

static bool copy_person(char out[static ACCOUNT_PERSON_MAX + 1], struct slice person)
{
    if (person.len > ACCOUNT_PERSON_MAX)
        return false;
    memcpy(out, person.data, person.len);
    out[person.len] = '\0';
    return true;
}

/* ---- invitations ---------------------------------------------------------------------------- */

enum err account_invite(struct account_store *store, const char *person, enum staff_role role,
                        int64_t ends_unix, uint8_t token[static ACCOUNT_TOKEN_LEN])
{
    uint8_t hash[SHA256_LEN], secret[TOTP_SECRET_LEN];
    random_bytes(token, ACCOUNT_TOKEN_LEN);
    random_bytes(secret, sizeof secret);
    sha256(hash, slice_of(token, ACCOUNT_TOKEN_LEN));
    struct db_query *invite = of_person(store, INVITE, slice_str(person));
    db_bind_blob(invite, 2, slice_of(hash, sizeof hash));
    db_bind_text(invite, 3, slice_str(role_name(role)));
    db_bind_blob(invite, 4, slice_of(secret, sizeof secret));
    db_bind_int(invite, 5, ends_unix);
    wipe(secret, sizeof secret);
    return db_run(invite);
}

enum err account_invited(struct account_store *store, const uint8_t token[static ACCOUNT_TOKEN_LEN],
                         int64_t now_unix, struct account_invitation *invitation)
{
    bool row = false;
    struct db_query *find = of_token(store, INVITED, token);
    db_bind_int(find, 2, now_unix);
    enum err err = db_step(find, &row);
    if (err == OK && !row)
        err = ERR_DENIED;
    if (err == OK) {
        invitation->role = role_by_name(db_text(find, 1));
        invitation->ends_unix = db_int(find, 3);
        if (!copy_person(invitation->person, db_text(find, 0)) ||
            !copy(invitation->secret, TOTP_SECRET_LEN, db_blob(find, 2)) ||
            invitation->role == ROLE_COUNT)
            err = ERR_CORRUPT;
    }
    db_end(find);
    return err;
}

static enum err set_up(struct account_store *store, const struct account_invitation *invitation,
                       const struct account_setting *setting)
{
    struct db_query *query = of_person(store, SET_UP, slice_str(invitation->person));
    db_bind_text(query, 2, slice_str(role_name(invitation->role)));
    db_bind_blob(query, 3, slice_of(setting->salt, sizeof setting->salt));
    db_bind_blob(query, 4, slice_of(setting->hash, sizeof setting->hash));
    db_bind_blob(query, 5, slice_of(invitation->secret, sizeof invitation->secret));
    db_bind_int(query, 6, (int64_t)setting->step);
    return db_run(query);
}

static enum err new_codes(struct account_store *store, struct slice person,
                          char codes[static ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1])
{
    enum err err = db_run(of_person(store, FORGET_CODES, person));
    for (size_t i = 0; i < ACCOUNT_RECOVERY_CODES && err == OK; i++) {
        uint8_t hash[SHA256_LEN];
        account_recovery_make(codes[i]);
        err = account_recovery_hash(slice_str(codes[i]), hash);
        struct db_query *add = of_person(store, ADD_CODE, person);
        db_bind_blob(add, 2, slice_of(hash, sizeof hash));
        if (err == OK)
            err = db_run(add);
    }
    return err;
}

enum err account_accept(struct account_store *store, const uint8_t token[static ACCOUNT_TOKEN_LEN],
                        int64_t now_unix, const struct account_setting *setting,
                        char codes[static ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1])
{
    struct account_invitation invitation;
    enum err err = db_begin(store->db);
    if (err != OK)
        return err;
    err = account_invited(store, token, now_unix, &invitation);
    if (err == OK) {
        struct slice person = slice_str(invitation.person);
        err = set_up(store, &invitation, setting);
        if (err == OK)
            err = new_codes(store, person, codes);
        if (err == OK)
            err = account_session_end_others(store, person, 0);
        if (err == OK)
            err = db_run(of_person(store, UNINVITE, person));
        if (err == OK)
            err = db_commit(store->db);
    }
    if (err != OK)
        db_rollback(store->db);
    wipe(&invitation, sizeof invitation);
    return err;
}

/* ---- accounts ------------------------------------------------------------------------------- */

static bool read_account(struct db_query *find, struct account *account)
{
    account->role = role_by_name(db_text(find, 1));
    account->step = (uint64_t)db_int(find, 5);
    account->locked = db_int(find, 6) != 0;
    account->due_unix = db_int(find, 7);
    return copy_person(account->person, db_text(find, 0)) && account->role != ROLE_COUNT &&
           copy(account->salt, PASSWORD_SALT_LEN, db_blob(find, 2)) &&
           copy(account->hash, PASSWORD_HASH_LEN, db_blob(find, 3)) &&
           copy(account->secret, TOTP_SECRET_LEN, db_blob(find, 4));
}

enum err account_find(struct account_store *store, struct slice person, struct account *account)
{
    bool row = false;
    struct db_query *find = of_person(store, FIND, person);
    enum err err = db_step(find, &row);
    if (err == OK && !row)
        err = ERR_NOT_FOUND;
    else if (err == OK && !read_account(find, account))
        err = ERR_CORRUPT;
    db_end(find);
    return err;
}

enum err account_each(struct account_store *store,
                      void (*each)(void *context, const struct account *account), void *context)
{
    bool row = false;
    struct account account;
    struct db_query *query = db_fresh(store->ready[EACH]);
    enum err err = db_step(query, &row);
    while (err == OK && row) {
        if (!read_account(query, &account)) {
            err = ERR_CORRUPT;
            break;
        }
        each(context, &account);
        err = db_step(query, &row);
    }
    db_end(query);
    wipe(&account, sizeof account);
    return err;
}

enum err account_keep_due(struct account_store *store, struct slice person, int64_t due_unix)
{
    struct db_query *query = of_person(store, KEEP_DUE, person);
    db_bind_int(query, 2, due_unix);
    return db_run(query);
}

enum err account_take_step(struct account_store *store, struct slice person, uint64_t step)
{
    struct db_query *query = of_person(store, TAKE_STEP, person);
    db_bind_int(query, 2, (int64_t)step);
    return run_or(store, query, ERR_DENIED);
}

enum err account_take_recovery(struct account_store *store, struct slice person,
                               const uint8_t hash[static SHA256_LEN])
{
    struct db_query *query = of_person(store, TAKE_CODE, person);
    db_bind_blob(query, 2, slice_of(hash, SHA256_LEN));
    return run_or(store, query, ERR_DENIED);
}

enum err account_set_password(struct account_store *store, struct slice person,
                              const struct account_setting *setting)
{
    struct db_query *query = of_person(store, SET_PASSWORD, person);
    db_bind_blob(query, 2, slice_of(setting->salt, sizeof setting->salt));
    db_bind_blob(query, 3, slice_of(setting->hash, sizeof setting->hash));
    return run_or(store, query, ERR_NOT_FOUND);
}

enum err account_lock(struct account_store *store, struct slice person, bool locked)
{
    struct db_query *query = of_person(store, LOCK, person);
    db_bind_int(query, 2, locked);
    enum err err = run_or(store, query, ERR_NOT_FOUND);
    if (err == OK && locked)
        err = account_session_end_others(store, person, 0);
    return err == OK && locked ? db_run(of_person(store, UNINVITE, person)) : err;
}

/* ---- sessions ------------------------------------------------------------------------------- */

enum err account_session_begin(struct account_store *store, struct slice person, int64_t now_unix,
                               uint8_t token[static ACCOUNT_TOKEN_LEN])
{
    struct db_query *expire = db_fresh(store->ready[EXPIRE]);
    db_bind_int(expire, 1, now_unix - ACCOUNT_IDLE_S);
    db_bind_int(expire, 2, now_unix - ACCOUNT_ABSOLUTE_S);
    enum err err = db_run(expire);
    if (err != OK)
        return err;
    random_bytes(token, ACCOUNT_TOKEN_LEN);
    struct db_query *begin = of_token(store, BEGIN, token);
    db_bind_text(begin, 2, person);
    db_bind_int(begin, 3, now_unix);
    return db_run(begin);
}

static bool read_session(struct db_query *find, struct account_session *session)
{
    session->number = db_int(find, 0);
    session->role = role_by_name(db_text(find, 2));
    session->began_unix = db_int(find, 3);
    session->used_unix = db_int(find, 4);
    return copy_person(session->person, db_text(find, 1)) && session->role != ROLE_COUNT;
}

enum err account_session_use(struct account_store *store,
                             const uint8_t token[static ACCOUNT_TOKEN_LEN], int64_t now_unix,
                             struct account_session *session)
{
    bool row = false;
    struct db_query *find = of_token(store, SESSION, token);
    enum err err = db_step(find, &row);
    if (err == OK && !row)
        err = ERR_DENIED;
    else if (err == OK && !read_session(find, session))
        err = ERR_CORRUPT;
    db_end(find);
    if (err == OK && !account_session_lives(session->began_unix, session->used_unix, now_unix))
        err = ERR_DENIED;
    if (err != OK || now_unix < session->used_unix + USED_EVERY_S)
        return err;
    struct db_query *used = db_fresh(store->ready[USED]);
    db_bind_int(used, 1, session->number);
    db_bind_int(used, 2, now_unix);
    session->used_unix = now_unix;
    return db_run(used);
}

enum err account_session_each(struct account_store *store, struct slice person, int64_t now_unix,
                              void (*each)(void *context, const struct account_session *session),
                              void *context)
{
    bool row = false;
    struct account_session session;
    struct db_query *query = of_person(store, SESSIONS, person);
    db_bind_int(query, 2, now_unix - ACCOUNT_IDLE_S);
    db_bind_int(query, 3, now_unix - ACCOUNT_ABSOLUTE_S);
    enum err err = db_step(query, &row);
    while (err == OK && row) {
        if (!read_session(query, &session)) {
            err = ERR_CORRUPT;
            break;
        }
        each(context, &session);
        err = db_step(query, &row);
    }
    db_end(query);
    return err;
}

enum err account_session_end(struct account_store *store, struct slice person, int64_t number)
{
    struct db_query *query = of_person(store, END_ONE, person);
    db_bind_int(query, 2, number);
    return run_or(store, query, ERR_NOT_FOUND);
}

enum err account_session_end_others(struct account_store *store, struct slice person,
                                    int64_t number)
{
    struct db_query *query = of_person(store, END_OTHERS, person);
    db_bind_int(query, 2, number);
    return db_run(query);
}
