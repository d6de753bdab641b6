/* Private to the parent: its struct, its listeners, its children. */
#ifndef SERVER_SERVE_PARENT_INNER_H
#define SERVER_SERVE_PARENT_INNER_H

#include <stdint.h>
#include <sys/types.h>

#include "base/file.h"
#include "base/users.h"
#include "redis/server.h"
#include "serve/parent.h"

#define FAULT_LEN 400 /* of a child's own words */
#define ADDRESS_CAP 64
#define CHILDREN_MAX 256

enum life { LIFE_STARTING, LIFE_READY, LIFE_WAITING, LIFE_REFUSED, LIFE_FINISHED };

struct child {
    struct child_spec spec; /* its strings belong to the child below */
    char *name, *campaign, *folder;
    char socket[FILE_PATH_CAP]; /* of its Unix socket, "" for the first front */

    enum life state;
    pid_t pid;      /* 0: not running */
    int pipe;       /* what it says, −1 when not running */
    bool was_ready; /* in this life */
    int64_t began_us, restart_us;
    unsigned backoff_ms, restarts;
    char fault[FAULT_LEN + 1];
};

struct parent {
    const struct parent_options *options;
    char run[FILE_PATH_CAP];
    int lock, signals;
    bool separated;
    struct users users;         /* when separated; their group may reach the sockets */
    struct redis_server *redis; /* NULL: the operator's own */
    struct child **children;
    size_t len, room;
    char listen[CHILD_LISTEN_MAX][ADDRESS_CAP]; /* with their true ports */
    char admin[ADDRESS_CAP];

    bool first_start; /* not every child was ready yet */
    bool failed;      /* the first start failed: `fault` says why */
    struct fault fault;
    bool changed; /* status.json is to be written */

    /* Stopping: 0 not, 1 fronts, 2 the others, 3 done. */
    unsigned stage;
    int64_t stop_us; /* when it began */
};

/* ---- parent_start.c ---- */

void parent_find_users(struct parent *parent);

/* Makes and locks the run folder and ends what an earlier run left there. */
enum err parent_take_run_folder(struct parent *parent, struct fault *fault) MUST_CHECK;

/* Fronts (the first ones in `children`), registrar and ledgers, with their listeners. */
enum err parent_add_children(struct parent *parent, struct fault *fault) MUST_CHECK;
enum err parent_start_redis(struct parent *parent, struct fault *fault) MUST_CHECK;

/* Adds the ledgers of campaigns that are not there yet. */
enum err parent_add_ledgers(struct parent *parent, struct fault *fault) MUST_CHECK;

/* ---- parent_listen.c ---- */

/* A listening TCP socket on a numeric "host:port"; true_address gets its real port. With `shared`
 * further ones may listen on the same. */
enum err listen_tcp(const char *address, bool shared, int *fd,
                    char true_address[static ADDRESS_CAP], struct fault *fault) MUST_CHECK;

/* A listening Unix socket in place of whatever is at path. */
enum err listen_unix(const struct parent *parent, const char *path, int *fd,
                     struct fault *fault) MUST_CHECK;

/* The public listeners of all fronts and the admin listener. */
enum err listen_public(struct parent *parent, struct fault *fault) MUST_CHECK;

/* ---- parent_child.c ---- */

struct child *child_add(struct parent *parent, enum child_kind kind, const char *name);
void child_free(struct child *child);

/* Opens its Unix socket when it should have one and has none. */
enum err child_listen(const struct parent *parent, struct child *child,
                      struct fault *fault) MUST_CHECK;
void child_unlisten(struct child *child);

/* Forks. In the child this does not return. */
enum err child_spawn(struct parent *parent, struct child *child, struct fault *fault) MUST_CHECK;

/* Reads what it said. */
void child_hear(struct parent *parent, struct child *child);

/* Removes pid file and pipe of one that has been reaped. */
void child_bury(const struct parent *parent, struct child *child);

/* Writes status.json. */
void status_write(const struct parent *parent);

#endif
