/*
 * The private redis-server: configured, started, watched and stopped by the parent process.
 *
 * One folder (0700) holds its configuration, its append-only file, its log and its pid file. It
 * listens on a Unix socket only. Data it refuses to load are set aside (folder `damaged`), because
 * all of it can be rebuilt from the ledgers (I3).
 *
 * ACL users, each with a password made at every start; the files hold only their hashes:
 *   ledger     reads and writes {c:*}*, calls and loads functions
 *   front      reads {c:*}*; reads and writes session:* and limit:*, calls functions on these
 *   registrar  reads and writes limit:*, calls functions on these
 *   audit      reads everything; its password stands in the folder (`audit.secret`, 0600) for
 *              subcommands of the same operator
 */
#ifndef REDIS_SERVER_H
#define REDIS_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "redis/client.h"

#define REDIS_PASSWORD_CAP 65 /* 64 hex digits and a NUL */

struct redis_server;

struct redis_server_options {
    const char *folder;  /* made when missing */
    const char *socket;  /* path of the Unix socket; NULL: <folder>/redis.sock */
    const char *program; /* NULL: "redis-server", found in PATH */
    bool separate;       /* run as uid and gid below; the socket is then for the group too (0770) */
    uid_t uid;
    gid_t gid, socket_gid;
    unsigned start_ms; /* how long the first start may take until the socket answers; 0: 10000 */
};

/*
 * Takes the folder (a lock held by this process), ends a redis-server that an earlier run left
 * behind there, starts a new one and waits until its socket accepts.
 * ERR_CONFLICT: another living process has the folder. ERR_UNAVAILABLE: it did not start; fault
 * says why, with the last line of its log.
 */
enum err redis_server_start(const struct redis_server_options *options,
                            struct redis_server **server, struct fault *fault) MUST_CHECK;

/*
 * Reaps and restarts. Never blocks. Call it after every SIGCHLD and when the returned time is over:
 * milliseconds until it wants to be called again, −1: only after SIGCHLD. Restarts at once, then
 * after 100 ms doubling to 5 s; the count begins anew after 10 s of life.
 */
int redis_server_watch(struct redis_server *server);

/* SIGTERM, and SIGKILL when it has not ended after grace_ms. Blocks for that long at most. */
void redis_server_stop(struct redis_server *server, unsigned grace_ms);

/* Stops it at once if it still runs, frees, wipes the passwords. */
void redis_server_destroy(struct redis_server *server);

/* After a fork, in the child: forgets the server and wipes the passwords without touching the
 * process. */
void redis_server_forget(struct redis_server *server);

pid_t redis_server_pid(const struct redis_server *server); /* 0 when it is not running */
unsigned redis_server_restarts(const struct redis_server *server);

/* How user ("ledger", "front", "registrar") connects. Points into the server. */
struct redis_endpoint redis_server_endpoint(const struct redis_server *server, const char *user);

/* How a subcommand reads: address (the socket the running server was started with) and user audit.
 */
struct redis_audit {
    char address[1100];
    char password[REDIS_PASSWORD_CAP];
    struct redis_endpoint endpoint; /* points into this struct */
};
enum err redis_server_audit(const char *folder, struct redis_audit *audit,
                            struct fault *fault) MUST_CHECK;

#endif
