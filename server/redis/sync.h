/* A blocking connection with a deadline a command, for subcommands. Private to redis/. */
#ifndef SERVER_REDIS_SYNC_H
#define SERVER_REDIS_SYNC_H

#include "redis/client.h"

struct redis_sync;

/* Connects and signs in. ERR_INVALID (address), ERR_UNAVAILABLE, ERR_DENIED. */
enum err redis_sync_open(const struct redis_endpoint *endpoint, unsigned timeout_ms,
                         struct redis_sync **link, struct fault *fault) MUST_CHECK;
void redis_sync_close(struct redis_sync *link);

/* One command. *reply is valid until the next one; it is never a REDIS_ERROR when OK is returned.
 */
enum err redis_sync_ask(struct redis_sync *link, const struct slice *argv, size_t argc,
                        struct redis_reply *reply, struct fault *fault) MUST_CHECK;

#endif
