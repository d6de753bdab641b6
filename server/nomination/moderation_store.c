#include "nomination/moderation_store.h"

#include <stdio.h>

#include "base/mem.h"
#include "store/db.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS claim (ref INTEGER PRIMARY KEY, person TEXT NOT NULL,"
    " until INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS conflict (ref INTEGER NOT NULL, person TEXT NOT NULL,"
    " PRIMARY KEY (ref, person)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS decision (idx INTEGER PRIMARY KEY, ref INTEGER NOT NULL,"
    " at INTEGER NOT NULL, d TEXT NOT NULL, payload TEXT, salt BLOB, signers TEXT NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS decision_ref ON decision (ref);"
    "CREATE TABLE IF NOT EXISTS decision_signer (person TEXT NOT NULL, idx INTEGER NOT NULL,"
    " PRIMARY KEY (person, idx)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS appeal (ref INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
    " at INTEGER NOT NULL, due INTEGER NOT NULL, open INTEGER NOT NULL DEFAULT 1, text TEXT)"
    " STRICT;"
    "CREATE TABLE IF NOT EXISTS dispute (number INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
    " cat TEXT NOT NULL, text TEXT, at INTEGER NOT NULL, due INTEGER NOT NULL, answer TEXT,"
    " answered INTEGER NOT NULL DEFAULT 0, answered_by TEXT) STRICT;";

enum statement {
    CLAIM,
    CLAIMED,
    RELEASE,
    CONFLICT_ADD,
    CONFLICT,
    DECIDED,
    DECIDED_SIGNERS,
    DECISIONS,
    HISTORY,
    REASON_ERASED,
    APPEAL_ADD,
    APPEAL_CLOSE,
    APPEALS,
    DISPUTE_ADD,
    DISPUTE,
    DISPUTE_ANSWER,
    DISPUTES,
    DISPUTES_OF,
    DISPUTES_OPEN,
    ERASE_APPEALS,
    ERASE_DISPUTES,
    STATEMENTS
};

#define DECISION "SELECT decision.idx, ref, at, d, payload, signers FROM decision"
#define DISPUTE_COLUMNS "SELECT number, person, cat, text, at, due, answer, answered FROM dispute"

static const char *const statements[STATEMENTS] = {
    [CLAIM] = "INSERT INTO claim (ref, person, until) VALUES (?1, ?2, ?3) ON CONFLICT (ref)"
              " DO UPDATE SET person = ?2, until = ?3 WHERE person = ?2 OR until <= ?4",
    [CLAIMED] = "SELECT person, until FROM claim WHERE ref = ?1 AND until > ?2",
    [RELEASE] = "DELETE FROM claim WHERE ref = ?1 AND person = ?2",
    [CONFLICT_ADD] = "INSERT OR IGNORE INTO conflict (ref, person) VALUES (?1, ?2)",
    [CONFLICT] = "SELECT 1 FROM conflict WHERE ref = ?1 AND person = ?2",
    [DECIDED] = "INSERT OR IGNORE INTO decision (idx, ref, at, d, payload, salt, signers)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [DECIDED_SIGNERS] = "INSERT OR IGNORE INTO decision_signer (idx, person)"
                        " SELECT ?1, value FROM json_each(?2)",
    [DECISIONS] = DECISION " WHERE ref = ?1 ORDER BY decision.idx",
    [HISTORY] = DECISION " JOIN decision_signer ON decision_signer.idx = decision.idx"
                         " WHERE person = ?1 ORDER BY decision.idx DESC LIMIT 500",
    [REASON_ERASED] = "UPDATE decision SET payload = NULL, salt = NULL WHERE idx = ?1",
    [APPEAL_ADD] = "INSERT INTO appeal (ref, person, at, due, text) VALUES (?1, ?2, ?3, ?4, ?5)",
    [APPEAL_CLOSE] = "UPDATE appeal SET open = 0 WHERE ref = ?1",
    [APPEALS] = "SELECT ref, at, due, open, text FROM appeal"
                " WHERE (?1 < 0 OR ref = ?1) AND (?2 = 0 OR open = 1) ORDER BY due, ref",
    [DISPUTE_ADD] = "INSERT INTO dispute (person, cat, text, at, due)"
                    " VALUES (?1, ?2, ?3, ?4, ?5)",
    [DISPUTE] = "SELECT answered FROM dispute WHERE number = ?1",
    [DISPUTE_ANSWER] = "UPDATE dispute SET answer = ?2, answered_by = ?3, answered = ?4"
                       " WHERE number = ?1 AND answered = 0",
    [DISPUTES] = DISPUTE_COLUMNS " ORDER BY answered > 0, due, number LIMIT 1000",
    [DISPUTES_OF] = DISPUTE_COLUMNS " WHERE person = ?1 ORDER BY number",
    [DISPUTES_OPEN] = "SELECT count(*) FROM dispute WHERE person = ?1 AND answered = 0",
    [ERASE_APPEALS] = "UPDATE appeal SET text = NULL WHERE person = ?1",
    [ERASE_DISPUTES] = "UPDATE dispute SET text = NULL WHERE person = ?1",
};

struct moderation_store {
    struct db *db;
    struct db_query *ready[STATEMENTS];
};

enum err moderation_store_open(const char *path, struct moderation_store **out, struct fault *fault)
{
    struct moderation_store *store = xcalloc(1, sizeof *store);
    enum err err = db_open(path, DB_PRIVATE, schema, &store->db, fault);
    if (err == OK)
        err = db_prepare(store->db, statements, STATEMENTS, store->ready, fault);
    if (err != OK) {
        moderation_store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void moderation_store_close(struct moderation_store *store)
{
    if (store == NULL)
        return;
    db_close(store->db);
    free(store);
}

static struct db_query *query_int(struct moderation_store *store, enum statement which,
                                  int64_t first)
{
    struct db_query *query = db_fresh(store->ready[which]);
    db_bind_int(query, 1, first);
    return query;
}

/* ---- who works on what ---------------------------------------------------------------------- */

enum err moderation_claimed(struct moderation_store *store, int64_t ref, int64_t now_unix,
                            struct claim *claim)
{
    bool found = false;
    struct db_query *query = query_int(store, CLAIMED, ref);
    db_bind_int(query, 2, now_unix);
    enum err err = db_step(query, &found);
    if (err == OK && found) {
        struct slice person = db_text(query, 0);
        (void)snprintf(claim->person, sizeof claim->person, "%.*s", SLICE_PRINT(person));
        claim->until_unix = db_int(query, 1);
    }
    db_end(query);
    if (err != OK)
        return err;
    return found ? OK : ERR_NOT_FOUND;
}

enum err moderation_claim(struct moderation_store *store, int64_t ref, struct slice person,
                          int64_t now_unix, struct claim *claim)
{
    struct db_query *query = query_int(store, CLAIM, ref);
    db_bind_text(query, 2, person);
    db_bind_int(query, 3, now_unix + MODERATION_CLAIM_S);
    db_bind_int(query, 4, now_unix);
    enum err err = db_run(query);
    if (err == OK)
        err = moderation_claimed(store, ref, now_unix, claim);
    if (err != OK)
        return err == ERR_NOT_FOUND ? ERR_INTERNAL : err;
    return slice_is(person, claim->person) ? OK : ERR_CONFLICT;
}

enum err moderation_release(struct moderation_store *store, int64_t ref, struct slice person)
{
    struct db_query *query = query_int(store, RELEASE, ref);
    db_bind_text(query, 2, person);
    return db_run(query);
}

enum err moderation_conflict_add(struct moderation_store *store, int64_t ref, struct slice person)
{
    struct db_query *query = query_int(store, CONFLICT_ADD, ref);
    db_bind_text(query, 2, person);
    return db_run(query);
}

enum err moderation_conflict(struct moderation_store *store, int64_t ref, struct slice person,
                             bool *conflict)
{
    struct db_query *query = query_int(store, CONFLICT, ref);
    db_bind_text(query, 2, person);
    enum err err = db_step(query, conflict);
    db_end(query);
    return err;
}

/* ---- decisions ------------------------------------------------------------------------------ */

enum err moderation_decided(struct moderation_store *store, const struct decision *decision,
                            struct slice salt)
{
    struct db_query *query = query_int(store, DECIDED, decision->index);
    db_bind_int(query, 2, decision->ref);
    db_bind_int(query, 3, decision->at_unix);
    db_bind_text(query, 4, decision->d);
    db_bind_text(query, 5, decision->payload);
    db_bind_blob(query, 6, salt);
    db_bind_text(query, 7, decision->signers);
    struct db_query *signers = query_int(store, DECIDED_SIGNERS, decision->index);
    db_bind_text(signers, 2, decision->signers);
    enum err err = db_run(query);
    return err == OK ? db_run(signers) : err;
}

static enum err each_decision(struct db_query *query, decision_each *each, void *context)
{
    bool found = false;
    enum err err;
    while ((err = db_step(query, &found)) == OK && found)
        each(context, &(struct decision){.index = db_int(query, 0),
                                         .ref = db_int(query, 1),
                                         .at_unix = db_int(query, 2),
                                         .d = db_text(query, 3),
                                         .payload = db_text(query, 4),
                                         .signers = db_text(query, 5)});
    db_end(query);
    return err;
}

enum err moderation_decisions(struct moderation_store *store, int64_t ref, decision_each *each,
                              void *context)
{
    return each_decision(query_int(store, DECISIONS, ref), each, context);
}

enum err moderation_history(struct moderation_store *store, struct slice person,
                            decision_each *each, void *context)
{
    struct db_query *query = db_fresh(store->ready[HISTORY]);
    db_bind_text(query, 1, person);
    return each_decision(query, each, context);
}

enum err moderation_reason_erased(struct moderation_store *store, int64_t index)
{
    enum err err = db_run(query_int(store, REASON_ERASED, index));
    if (err == OK)
        db_scrub(store->db);
    return err;
}

/* ---- appeals -------------------------------------------------------------------------------- */

enum err moderation_appeal_add(struct moderation_store *store, int64_t ref, int64_t person,
                               struct slice text, int64_t now_unix, int64_t due_unix)
{
    struct db_query *query = query_int(store, APPEAL_ADD, ref);
    db_bind_int(query, 2, person);
    db_bind_int(query, 3, now_unix);
    db_bind_int(query, 4, due_unix);
    db_bind_text(query, 5, text);
    return db_run(query);
}

enum err moderation_appeal_close(struct moderation_store *store, int64_t ref)
{
    return db_run(query_int(store, APPEAL_CLOSE, ref));
}

enum err moderation_appeals(struct moderation_store *store, int64_t ref, bool open_only,
                            void (*each)(void *context, const struct appeal *appeal), void *context)
{
    struct db_query *query = query_int(store, APPEALS, ref);
    bool found = false;
    enum err err;
    db_bind_int(query, 2, open_only);
    while ((err = db_step(query, &found)) == OK && found)
        each(context, &(struct appeal){.ref = db_int(query, 0),
                                       .at_unix = db_int(query, 1),
                                       .due_unix = db_int(query, 2),
                                       .open = db_int(query, 3) != 0,
                                       .text = db_text(query, 4)});
    db_end(query);
    return err;
}

/* ---- disputes ------------------------------------------------------------------------------- */

enum err moderation_dispute_add(struct moderation_store *store, int64_t person, struct slice cat,
                                struct slice text, int64_t now_unix, int64_t due_unix,
                                int64_t *number)
{
    struct db_query *query = query_int(store, DISPUTE_ADD, person);
    db_bind_text(query, 2, cat);
    db_bind_text(query, 3, text);
    db_bind_int(query, 4, now_unix);
    db_bind_int(query, 5, due_unix);
    enum err err = db_run(query);
    *number = err == OK ? db_last_row(store->db) : 0;
    return err;
}

enum err moderation_dispute_answer(struct moderation_store *store, int64_t number,
                                   struct slice answer, struct slice by, int64_t now_unix)
{
    bool found = false;
    struct db_query *query = query_int(store, DISPUTE, number);
    enum err err = db_step(query, &found);
    bool answered = found && db_int(query, 0) > 0;
    db_end(query);
    if (err != OK)
        return err;
    if (!found || answered)
        return found ? ERR_CONFLICT : ERR_NOT_FOUND;
    query = query_int(store, DISPUTE_ANSWER, number);
    db_bind_text(query, 2, answer);
    db_bind_text(query, 3, by);
    db_bind_int(query, 4, now_unix);
    return db_run(query);
}

enum err moderation_disputes(struct moderation_store *store, int64_t person, dispute_each *each,
                             void *context)
{
    struct db_query *query =
        person < 0 ? db_fresh(store->ready[DISPUTES]) : query_int(store, DISPUTES_OF, person);
    bool found = false;
    enum err err;
    while ((err = db_step(query, &found)) == OK && found)
        each(context, &(struct dispute){.number = db_int(query, 0),
                                        .person = db_int(query, 1),
                                        .cat = db_text(query, 2),
                                        .text = db_text(query, 3),
                                        .at_unix = db_int(query, 4),
                                        .due_unix = db_int(query, 5),
                                        .answer = db_text(query, 6),
                                        .answered_unix = db_int(query, 7)});
    db_end(query);
    return err;
}

enum err moderation_disputes_open(struct moderation_store *store, int64_t person, uint32_t *count)
{
    bool found = false;
    struct db_query *query = query_int(store, DISPUTES_OPEN, person);
    enum err err = db_step(query, &found);
    if (err == OK)
        *count = (uint32_t)db_int(query, 0);
    db_end(query);
    return err;
}

enum err moderation_erase_person(struct moderation_store *store, int64_t person)
{
    enum err err = db_run(query_int(store, ERASE_APPEALS, person));
    if (err == OK)
        err = db_run(query_int(store, ERASE_DISPUTES, person));
    if (err == OK)
        db_scrub(store->db);
    return err;
}
