/* The inside of a ledger process: taking entries in and committing them, opening ballots, life. */
#ifndef SERVER_SERVE_LEDGER_PROCESS_INNER_H
#define SERVER_SERVE_LEDGER_PROCESS_INNER_H

#include <event2/event.h>

#include "base/pool.h"
#include "campaign/judge.h"
#include "ipc/peer.h"
#include "ledger/sequencer.h"
#include "ledger/tile.h"
#include "ledger_figures.h"
#include "publish.h"
#include "serve/ledger_process.h"
#include "serve/options.h"
#include "tally/opening.h"

/* The full bundle that ballots are being read from. */
struct open_bundle {
    bool held;
    uint64_t number;
    struct buf bytes;
    struct slice entries[TILE_WIDTH]; /* point into bytes */
};

struct ledger_process {
    const struct child_spec *spec;
    const struct serve_options *options;
    struct event_base *base;
    int exit_code;

    /* Keys, for the life of the process. */
    struct ed25519_secret log_key;
    struct hpke_secret *seal_key;
    char *origin;

    /* What decides. */
    struct pool *pool;
    struct fold *fold;
    struct judge inner;
    struct sequencer *sequencer;
    struct publisher *publisher;
    struct ledger_figures *figures;
    bool live; /* the rules open ballots while they come in */

    /* What waits. */
    struct ipc_server *server;
    struct ipc_request **queue;
    size_t queue_len, queue_cap;
    struct candidate *candidates; /* SEQUENCER_ENTRIES of them, used batch by batch */
    struct event *commit, *tick, *open, *term;
    int64_t committed_us;
    bool draining, ready_said;

    /* Opening of ballots: after the unseal, or live. */
    struct opening *opening;
    struct open_bundle bundle;
    bool counted; /* final counts are in the fold */
    int64_t live_us;
};

/* I7: nothing may be answered, nothing signed any more. Ends the process. */
_Noreturn void ledger_process_die(const struct fault *fault);

/* ---- ledger_process_commit.c ---- */

/* on_request of the process's server. */
void ledger_process_got_request(void *context, struct ipc_request *request);

/* Commits what waits and what is due, answers, publishes; arranges the next one. */
void ledger_process_commit(struct ledger_process *process);

/* The ledger has grown, or may have while the process was away. */
void ledger_process_after_commit(struct ledger_process *process);

/* ---- ledger_process_open.c ---- */

/* Opens some ballots; when all are open, counts them. */
void ledger_process_open(struct ledger_process *process);

#endif
