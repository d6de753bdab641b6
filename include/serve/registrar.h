/*
 * The registrar: the process that knows people. This is what its endpoints (…_registrar.c in the
 * folders of the domain) stand on, the twin of serve/front.h.
 *
 * A front asks by name: MESSAGE_ASK with JSON {ask, campaign, …}. A room has a table from names to
 * handlers. A handler gets a struct registrar_ask and ends it exactly once, now or later, with
 * registrar_reply(), registrar_refuse() or registrar_fail(); until then all of it stays valid, so
 * it is the context of what is launched for it. Nobody outside has checked anything: the handler
 * checks who is signed in and what they may do (staff/may.h), however the front came to ask.
 */
#ifndef SERVE_REGISTRAR_H
#define SERVE_REGISTRAR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/worker.h"
#include "ipc/peer.h"
#include "serve/message.h"
#include "serve/parent.h"
#include "serve/standing.h"
#include "voter/registry.h"

#define REGISTRAR_LEDGER_TIMEOUT_MS 10000

struct event_base;
struct metrics;
struct pool;

/* What the registrar has of one campaign. */
struct registrar_campaign {
    struct registrar *registrar;
    const char *id;
    const char *folder;
    struct registry *registry; /* keys, rules, roll */
    struct ipc_client *ledger;

    /* What rooms keep, each opened and closed by its own. */
    struct pass_desk *passes;
    struct staff_desk *staff;
    struct nomination_desk *nominations;
};

struct serve_options;

struct registrar {
    const struct serve_options *options;
    struct event_base *base;
    struct pool *pool; /* for pool_run() on the loop's thread: what takes a few ms */
    struct metrics *metrics;
    struct worker *worker; /* see registrar_work() */
    struct event *worked;
    struct registrar_campaign *campaigns;
    size_t campaigns_len;
};

/* The exit code of the process, for parent_options.child_main. */
int registrar_main(const struct child_spec *spec);

/* ---- asks ---- */

struct registrar_ask {
    struct registrar_campaign *campaign;
    const json_t *json;              /* all that was asked, an object */
    const struct standing *standing; /* when the table's row wants it, else NULL */
};

/* A text among the members of an object: empty when it is missing or no text. Valid as long as the
 * object. */
struct slice registrar_text(const json_t *json, const char *name);

/* Takes json, an object: the result. */
void registrar_reply(struct registrar_ask *ask, json_t *json);

/* Answers with a row of the problem table (http/problem.h). Takes extra: an object, or NULL. */
void registrar_refuse(struct registrar_ask *ask, const char *code, json_t *extra);

/* It could not be done. */
void registrar_fail(struct registrar_ask *ask, enum err err);

/* Whose session the member `token` is. False: the ask has been answered. */
bool registrar_voter(struct registrar_ask *ask, struct roll_voter *voter);

/* ---- the ledger ---- */

/* err is OK: it was judged, see answer. Else as ipc_callback, and answer is NULL: repeating the
 * same bytes is safe. */
typedef void registrar_submitted(void *context, enum err err, const struct submit_answer *answer);

/* Submits an entry to the campaign's ledger. Launch law: OK = the callback comes once, later. */
enum err registrar_submit(struct registrar_campaign *campaign, struct slice entry,
                          registrar_submitted *callback, void *context) MUST_CHECK;

/* The problem code of a refused entry. */
const char *registrar_verdict(const struct submit_answer *answer);

/* ---- long calculations ---- */

struct registrar_job {
    struct worker_job job;                   /* first */
    void (*work)(struct registrar_job *job); /* on another thread */
    void (*done)(struct registrar_job *job); /* on the loop's */
    bool worked; /* false in done: the process ends, and work was not called */
};

/* Has work called beside the loop, one job after another, then done. Launch law. ERR_LIMITED: too
 * many wait. */
enum err registrar_work(struct registrar *registrar, struct registrar_job *job) MUST_CHECK;

/* ---- rooms ---- */

struct registrar_row {
    const char *ask; /* "pass.create" */
    void (*handler)(struct registrar_ask *ask);
    bool standing; /* ask->standing is fetched before: a question to the ledger */
};

struct registrar_room {
    const struct registrar_row *rows;
    size_t rows_len;

    /* For every campaign, at start and, in the other order of rooms, at the end; both may be NULL.
     * close comes also after an open that failed or did not happen. */
    enum err (*open)(struct registrar_campaign *campaign, struct fault *fault);
    void (*close)(struct registrar_campaign *campaign);
};

extern const struct registrar_room pass_room, staff_room, account_room, act_room, key_room;
extern const struct registrar_room register_room;
extern const struct registrar_room nomination_room, me_room, moderation_room;

#endif
