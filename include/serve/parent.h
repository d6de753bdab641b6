/*
 * The parent process of `dauys serve` (architecture §2): binds sockets, starts the private
 * redis-server, starts and watches the children, forwards signals. It reads no key and nothing
 * from the network.
 *
 * In the run folder: <name>.pid of every child, parent.pid, registrar.sock, ledger-<campaign>.sock,
 * front-<number>.sock of every front but the first, and status.json, rewritten at every change
 * (what /readyz shows besides the front's own view):
 *   {"children":[{"fault":"…","name":"ledger-x","pid":12,"restarts":0,"state":"ready"}…],
 *    "listen":["127.0.0.1:8080"],"admin":"127.0.0.1:9090","unseparated":true}
 * where the private redis-server is a child named redis, addresses have their true ports, and state
 * is one of starting, ready, waiting (for its restart), refused (exit code 78), finished (exit code
 * 0).
 *
 * A child that ends is started again, at once the first time, then after 100 ms doubling to 5 s,
 * counted anew after 10 s of life. Exit code 78 (EX_CONFIG): a ledger that refuses to run on a
 * disagreement: never restarted until SIGHUP, the others go on. Exit code 0: it is done (a closed
 * campaign). Anything else before the child said child_ready(), in the first start, ends the whole
 * server.
 */
#ifndef SERVE_PARENT_H
#define SERVE_PARENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "redis/client.h"

#define CHILD_REFUSED 78   /* exit code: EX_CONFIG */
#define CHILD_LISTEN_MAX 8 /* addresses to listen on */

enum child_kind { CHILD_FRONT, CHILD_REGISTRAR, CHILD_LEDGER };

/* What a child is given. Valid as long as the child lives. */
struct child_spec {
    enum child_kind kind;
    const char *name;            /* "front-0", "registrar", "ledger-2026" */
    unsigned number;             /* of a front: 0 … fronts − 1 */
    unsigned fronts;             /* how many fronts there are */
    const char *campaign;        /* of a ledger, else NULL */
    const char *campaign_folder; /* of a ledger, else NULL */
    const char *run_folder;
    int listen_fds[CHILD_LISTEN_MAX]; /* front: TCP, one per address; others: one Unix socket; all
                                         listening and non-blocking */
    size_t listen_len;
    int admin_fd;                /* of front 0: the admin listener, else −1 */
    int figures_fd;              /* of the other fronts: a Unix socket, front-1.sock, else −1 */
    int parent_fd;               /* private: see child_ready() */
    struct redis_endpoint redis; /* with this child's own user; address NULL: there is none */
    bool unseparated;            /* all processes run as one user: /readyz says so */
    void *context;               /* of parent_options */
};

/* The child is able to work. To be called once, from the child. */
void child_ready(const struct child_spec *spec);

/* Why the child is about to end, for the operator: logged and shown by the parent. Cut at 400
 * bytes. */
void child_fault(const struct child_spec *spec, const struct fault *fault);

struct parent_ledger {
    char *campaign; /* [a-z0-9-]{1,40}; owned by the list */
    char *folder;   /* owned by the list */
};

struct parent_options {
    const char *run_folder;    /* made when missing: 0700, or 0750 root:dauys when separated */
    const char *const *listen; /* "127.0.0.1:8080", "[::1]:8080": numeric; port 0: any free one */
    size_t listen_len;
    const char *admin; /* the admin listener's address, or NULL */
    unsigned fronts;   /* ≥ 1 */

    const char *redis_folder;    /* of the private server, or NULL: */
    struct redis_endpoint redis; /* the operator's own */

    /* The open campaigns, at start and on SIGHUP: appends to *list (malloc'ed, freed by the
     * parent). */
    enum err (*find_ledgers)(void *context, struct parent_ledger **list, size_t *len,
                             struct fault *fault);

    /* Runs in the child, after the fork, under its own user. SIGTERM (drain and end) and SIGHUP are
     * at their defaults, SIGINT and SIGPIPE are ignored. The return value is the exit code. */
    int (*child_main)(const struct child_spec *spec);
    void *context;
};

/*
 * Serves until SIGTERM or SIGINT, then drains fronts first, then registrar and ledgers, then Redis:
 * 10 s at most, after which SIGKILL. A second SIGINT or SIGTERM kills at once. Returns OK after an
 * ordered stop. ERR_CONFLICT: another parent has the run folder. Other errors: it could not start;
 * fault says why. Only for a process without threads.
 */
enum err parent_run(const struct parent_options *options, struct fault *fault) MUST_CHECK;

#endif
