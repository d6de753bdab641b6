#include "staff/act_store.h"

#include "base/mem.h"
#include "store/db.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS staff_act (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " type TEXT NOT NULL, body TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, salt BLOB NOT NULL,"
    " proposer TEXT NOT NULL, at INTEGER NOT NULL, needs INTEGER NOT NULL, state TEXT NOT NULL,"
    " place INTEGER NOT NULL DEFAULT 0, code TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX IF NOT EXISTS staff_act_state ON staff_act (state, number);"
    "CREATE TABLE IF NOT EXISTS staff_act_signature (number INTEGER NOT NULL, k TEXT NOT NULL,"
    " s TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (number, k)) STRICT, WITHOUT ROWID;";

enum statement {
    FIND_BODY,
    ADD,
    RENEW,
    GET,
    SIGS,
    ADD_SIG,
    FORGET_SIGS,
    SET_STATE,
    FORGET,
    OUTDO_KEYS,
    OPEN_NUMBERS,
    ENDED_NUMBERS,
    NEXT_SENT,
    STATEMENTS
};

static const char *const statements[STATEMENTS] = {
    [FIND_BODY] = "SELECT number, state, at FROM staff_act WHERE body = ?1",
    [ADD] = "INSERT INTO staff_act (type, body, payload, salt, proposer, at, needs, state)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting')",
    [RENEW] = "UPDATE staff_act SET proposer = ?2, at = ?3, state = 'waiting', code = ''"
              " WHERE number = ?1",
    [GET] = "SELECT type, body, payload, salt, proposer, at, needs, state, place, code"
            " FROM staff_act WHERE number = ?1",
    [SIGS] = "SELECT k, s, person FROM staff_act_signature WHERE number = ?1 ORDER BY k",
    [ADD_SIG] = "INSERT INTO staff_act_signature (number, k, s, person) VALUES (?1, ?2, ?3, ?4)",
    [FORGET_SIGS] = "DELETE FROM staff_act_signature WHERE number = ?1",
    [SET_STATE] = "UPDATE staff_act SET state = ?2, place = ?3, code = ?4 WHERE number = ?1",
    [FORGET] = "UPDATE staff_act SET payload = x'', salt = x''"
               " WHERE state = 'logged' AND place = ?1",
    [OUTDO_KEYS] = "UPDATE staff_act SET state = 'withdrawn' WHERE state = 'waiting'"
                   " AND type = 'key' AND proposer = ?1 AND number <> ?2"
                   " AND instr(body, '\"person\":\"' || ?1 || '\"') > 0",
    [OPEN_NUMBERS] = "SELECT number FROM staff_act WHERE state IN ('waiting', 'sent')"
                     " ORDER BY number DESC LIMIT ?1",
    [ENDED_NUMBERS] = "SELECT number FROM staff_act WHERE state NOT IN ('waiting', 'sent')"
                      " ORDER BY number DESC LIMIT ?1",
    [NEXT_SENT] = "SELECT number FROM staff_act WHERE state = 'sent' AND number > ?1"
                  " ORDER BY number LIMIT 1",
};

static const char *const state_names[ACT_STATES] = {"waiting", "sent",      "logged",
                                                    "refused", "withdrawn", "outdated"};

struct act_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

const char *act_state_name(enum act_state state)
{
    return state_names[state];
}

static enum act_state state_by_name(struct slice name)
{
    unsigned state = 0;
    while (state < ACT_STATES && !slice_is(name, state_names[state]))
        state++;
    return (enum act_state)state;
}

enum err act_store_open(const char *path, struct act_store **out, struct fault *fault)
{
    struct act_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_PRIVATE, schema, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err == OK)
        *out = store;
    else
        act_store_close(store);
    return err;
}

void act_store_close(struct act_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

static struct db_query *of_number(struct act_store *store, enum statement which, int64_t number)
{
    struct db_query *query = db_fresh(store->ready[which]);
    db_bind_int(query, 1, number);
    return query;
}

/* ---- taking in ------------------------------------------------------------------------------ */

static enum act_state state_at(enum act_state state, int64_t at_unix, int64_t now_unix)
{
    bool over = state == ACT_WAITING && now_unix >= at_unix + ACT_WAITS_S;
    return over ? ACT_OUTDATED : state;
}

static enum err find_body(struct act_store *store, struct slice body, int64_t now_unix,
                          int64_t *number, enum act_state *state)
{
    bool row = false;
    struct db_query *find = db_fresh(store->ready[FIND_BODY]);
    db_bind_text(find, 1, body);
    enum err err = db_step(find, &row);
    if (err == OK && !row)
        err = ERR_NOT_FOUND;
    if (err == OK) {
        *number = db_int(find, 0);
        *state = state_at(state_by_name(db_text(find, 1)), db_int(find, 2), now_unix);
    }
    db_end(find);
    return err;
}

static enum err add(struct act_store *store, const struct signed_act *act, struct slice payload,
                    struct slice salt, struct slice by, int64_t now_unix, int64_t *number)
{
    struct db_query *query = db_fresh(store->ready[ADD]);
    db_bind_text(query, 1, slice_str(act->type));
    db_bind_text(query, 2, buf_slice(&act->body));
    db_bind_blob(query, 3, payload);
    db_bind_blob(query, 4, salt);
    db_bind_text(query, 5, by);
    db_bind_int(query, 6, now_unix);
    db_bind_int(query, 7, act->needs);
    enum err err = db_run(query);
    *number = db_last_row(store->db);
    return err;
}

static enum err renew(struct act_store *store, int64_t number, struct slice by, int64_t now_unix)
{
    enum err err = db_run(of_number(store, FORGET_SIGS, number));
    if (err != OK)
        return err;
    struct db_query *query = of_number(store, RENEW, number);
    db_bind_text(query, 2, by);
    db_bind_int(query, 3, now_unix);
    return db_run(query);
}

static enum err put(struct act_store *store, const struct signed_act *act, struct slice payload,
                    struct slice salt, struct slice by, int64_t now_unix, int64_t *number)
{
    enum act_state state = ACT_WAITING;
    enum err err = find_body(store, buf_slice(&act->body), now_unix, number, &state);
    /* The signatures of what has been sent are those of its entry. */
    if (err == OK && (state == ACT_SENT || state == ACT_LOGGED))
        return OK;
    if (err == ERR_NOT_FOUND)
        err = add(store, act, payload, salt, by, now_unix, number);
    else if (err == OK && state > ACT_LOGGED)
        err = renew(store, *number, by, now_unix);
    for (size_t i = 0; i < act->sigs_len && err == OK; i++) {
        err = act_add_signature(store, *number, &act->sigs[i]);
        err = err == ERR_CONFLICT ? OK : err;
    }
    return err;
}

enum err act_put(struct act_store *store, const struct signed_act *act, struct slice payload,
                 struct slice salt, struct slice by, int64_t now_unix, int64_t *number)
{
    enum err err = db_begin(store->db);
    if (err != OK)
        return err;
    err = put(store, act, payload, salt, by, now_unix, number);
    if (err == OK)
        err = db_commit(store->db);
    if (err != OK)
        db_rollback(store->db);
    return err;
}

static enum err read_sigs(struct act_store *store, int64_t number,
                          struct act_signature sigs[static SIGNED_ACT_SIGS], size_t *len)
{
    bool row = false;
    struct db_query *query = of_number(store, SIGS, number);
    enum err err = db_step(query, &row);
    for (*len = 0; err == OK && row && *len < SIGNED_ACT_SIGS; err = db_step(query, &row)) {
        struct act_signature *sig = &sigs[(*len)++];
        (void)snprintf(sig->k, sizeof sig->k, "%.*s", SLICE_PRINT(db_text(query, 0)));
        (void)snprintf(sig->s, sizeof sig->s, "%.*s", SLICE_PRINT(db_text(query, 1)));
        (void)snprintf(sig->person, sizeof sig->person, "%.*s", SLICE_PRINT(db_text(query, 2)));
    }
    db_end(query);
    return err;
}

enum err act_add_signature(struct act_store *store, int64_t number,
                           const struct act_signature *signature)
{
    struct act_signature sigs[SIGNED_ACT_SIGS];
    size_t len = 0;
    enum err err = read_sigs(store, number, sigs, &len);
    if (err != OK)
        return err;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(sigs[i].k, signature->k) == 0)
            return ERR_CONFLICT;
    }
    if (len == SIGNED_ACT_SIGS)
        return ERR_LIMITED;
    struct db_query *query = of_number(store, ADD_SIG, number);
    db_bind_text(query, 2, slice_str(signature->k));
    db_bind_text(query, 3, slice_str(signature->s));
    db_bind_text(query, 4, slice_str(signature->person));
    return db_run(query);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* The row's texts one after another in holder, then slices on them: holder may move as it grows. */
static void hold(struct stored_act *act, struct db_query *row)
{
    static const int columns[] = {0, 1, 2, 3, 4, 9};
    struct slice *const members[] = {&act->type, &act->body, &act->payload,
                                     &act->salt, &act->by,   &act->code};
    size_t at = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct slice value = db_blob(row, columns[i]);
        buf_put_slice(&act->holder, value);
        members[i]->len = value.len;
    }
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        members[i]->data = act->holder.data + at;
        at += members[i]->len;
    }
}

enum err act_get(struct act_store *store, int64_t number, int64_t now_unix, struct stored_act *act)
{
    bool row = false;
    struct db_query *query = of_number(store, GET, number);
    *act = (struct stored_act){.number = number};
    buf_init(&act->holder, 4 * ENTRY_LEN_MAX + SIGNED_ACT_PAYLOAD_MAX);
    enum err err = db_step(query, &row);
    if (err == OK && !row)
        err = ERR_NOT_FOUND;
    if (err == OK) {
        hold(act, query);
        act->at_unix = db_int(query, 5);
        act->needs = (unsigned)db_int(query, 6);
        act->state = state_at(state_by_name(db_text(query, 7)), act->at_unix, now_unix);
        act->index = (uint64_t)db_int(query, 8);
    }
    db_end(query);
    if (err == OK && (buf_failed(&act->holder) || act->state == ACT_STATES))
        err = ERR_CORRUPT;
    return err == OK ? read_sigs(store, number, act->sigs, &act->sigs_len) : err;
}

void stored_act_release(struct stored_act *act)
{
    buf_release(&act->holder);
}

enum err act_set_state(struct act_store *store, int64_t number, enum act_state state,
                       uint64_t index, const char *code)
{
    struct db_query *query = of_number(store, SET_STATE, number);
    db_bind_text(query, 2, slice_str(state_names[state]));
    db_bind_int(query, 3, (int64_t)index);
    db_bind_text(query, 4, slice_str(code));
    return db_run(query);
}

enum err act_forget(struct act_store *store, uint64_t index)
{
    enum err err = db_run(of_number(store, FORGET, (int64_t)index));
    if (err == OK)
        db_scrub(store->db);
    return err;
}

enum err act_outdo_keys(struct act_store *store, struct slice person, int64_t number)
{
    struct db_query *query = db_fresh(store->ready[OUTDO_KEYS]);
    db_bind_text(query, 1, person);
    db_bind_int(query, 2, number);
    return db_run(query);
}

static enum err put_numbers(struct act_store *store, enum statement which, int64_t *numbers,
                            size_t most, size_t *len)
{
    bool row = false;
    struct db_query *query = of_number(store, which, (int64_t)(most - *len));
    enum err err = db_step(query, &row);
    while (err == OK && row && *len < most) {
        numbers[(*len)++] = db_int(query, 0);
        err = db_step(query, &row);
    }
    db_end(query);
    return err;
}

enum err act_numbers(struct act_store *store, int64_t *numbers, size_t most, size_t *len)
{
    *len = 0;
    enum err err = put_numbers(store, OPEN_NUMBERS, numbers, most, len);
    return err == OK ? put_numbers(store, ENDED_NUMBERS, numbers, most, len) : err;
}

enum err act_next_sent(struct act_store *store, int64_t after, int64_t *number)
{
    bool row = false;
    struct db_query *query = of_number(store, NEXT_SENT, after);
    enum err err = db_step(query, &row);
    if (err == OK && !row)
        err = ERR_NOT_FOUND;
    if (err == OK)
        *number = db_int(query, 0);
    db_end(query);
    return err;
}
