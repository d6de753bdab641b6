/* Private to redis/: the server's struct, and the files it leaves in its folder. */
#ifndef SERVER_REDIS_SERVER_INNER_H
#define SERVER_REDIS_SERVER_INNER_H

#include "acl.h"
#include "base/file.h"
#include "redis/server.h"

struct redis_server {
    struct redis_server_options options;
    char folder[FILE_PATH_CAP], socket[FILE_PATH_CAP], address[FILE_PATH_CAP + 8];
    char *program;
    int lock;
    char passwords[ACL_USERS][REDIS_PASSWORD_CAP];

    pid_t pid; /* 0: not running */
    int64_t began_us, restart_us;
    unsigned backoff_ms, restarts;
    unsigned refusals; /* ends with a code of its own, in a row */
};

/* Makes the folder, locks it and finds the path of the socket. */
enum err server_take_folder(struct redis_server *server, struct fault *fault) MUST_CHECK;

/* New passwords, redis.conf, redis.acl, audit.secret. */
enum err server_write_files(struct redis_server *server, struct fault *fault) MUST_CHECK;

/* ERR_UNAVAILABLE with the last line of redis.log, which says why it does not start. */
enum err server_explain(const struct redis_server *server, const char *what, struct fault *fault);

#endif
