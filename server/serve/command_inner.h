/* Between the subcommands that need a server's configuration. */
#ifndef SERVER_SERVE_COMMAND_INNER_H
#define SERVER_SERVE_COMMAND_INNER_H

#include "base/buf.h"
#include "redis/server.h"
#include "serve/options.h"

/* dauys.conf when it is there, else NULL. */
const char *serve_default_config(void);

/* How to read the Redis of a configuration. password keeps what audit points to. */
enum err serve_find_redis(const struct serve_options *options, struct redis_audit *audit,
                          struct buf *password, struct fault *fault) MUST_CHECK;

#endif
