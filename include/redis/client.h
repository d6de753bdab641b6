/*
 * A connection to Redis on the event loop, over hiredis.
 *
 * Invariants:
 *  1. Launch law: redis_client_send() = OK means that its callback comes exactly once, later, from
 *     the loop, never inside the call. An error means that it never comes.
 *  2. A command is answered by its reply, or by the loss of the connection, or by its deadline,
 *     whichever is first. A reply that comes afterwards finds no record and is dropped.
 *  3. ERR_UNAVAILABLE: no byte of the command left this process. ERR_UNKNOWN: some did, and it may
 *     have been executed.
 *  4. At most max_in_flight commands wait for Redis, late ones included.
 *
 * A lost connection is made again after 20 ms to 1 s (doubling, with jitter) for as long as the
 * client lives. Only RESP2 and commands of Redis 7.0. The caller ignores SIGPIPE.
 */
#ifndef REDIS_CLIENT_H
#define REDIS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct event_base;
struct redis_client;

/* Where and as whom. */
struct redis_endpoint {
    const char
        *address;     /* "unix:/path" or "host:port" ("[v6]:port"); a name is looked up blocking */
    const char *user; /* ACL user; NULL or "": no AUTH */
    const char *password; /* of the user */
};

enum redis_kind { REDIS_NIL, REDIS_INT, REDIS_STRING, REDIS_ARRAY, REDIS_ERROR };

/* A view of a reply, valid during the callback it was given to. */
struct redis_reply {
    enum redis_kind kind;
    int64_t integer;   /* of a REDIS_INT */
    struct slice text; /* of a REDIS_STRING (a status such as "OK" too) or REDIS_ERROR */
    size_t len;        /* items of a REDIS_ARRAY */
    const void *inner; /* private */
};

/* Item i < reply->len of an array. A value: no need to free it. */
struct redis_reply redis_reply_item(const struct redis_reply *reply, size_t i);

/* A decimal integer, from a REDIS_INT or from a REDIS_STRING in its one spelling. ERR_CORRUPT:
 * neither.
 */
enum err redis_reply_int(const struct redis_reply *reply, int64_t *out) MUST_CHECK;

/*
 * err is OK: reply is anything but an error. ERR_DENIED (NOPERM, NOAUTH, WRONGPASS),
 * ERR_UNAVAILABLE (LOADING, BUSY, OOM, MISCONF, READONLY, MASTERDOWN, CLUSTERDOWN, TRYAGAIN: not
 * done) and ERR_INTERNAL (any other): reply is the error as Redis put it. Without a reply: reply is
 * NULL and err is ERR_UNAVAILABLE or ERR_UNKNOWN (invariant 3).
 */
typedef void redis_callback(void *context, enum err err, const struct redis_reply *reply);

struct redis_client_options {
    struct redis_endpoint endpoint; /* copied */
    unsigned max_in_flight;         /* 0: 1024 */
    unsigned stall_ms; /* the connection is given up when commands wait and nothing was heard for so
                          long; 0: 5000 */
    unsigned connect_ms; /* for connect, AUTH and PING together; 0: 2000 */

    /* Called from the loop; either may be NULL. on_connect: authenticated, past LOADING; commands
     * may be sent from within. on_loss: once for each on_connect; commands in flight are answered
     * after it. Neither may destroy the client. */
    void (*on_connect)(void *context);
    void (*on_loss)(void *context);
    void *context;
};

/* Begins to connect; never fails for lack of a server. ERR_INVALID: the address is of neither form.
 */
enum err redis_client_create(struct event_base *base, const struct redis_client_options *options,
                             struct redis_client **client, struct fault *fault) MUST_CHECK;

/* Answers everything still in flight (invariant 3) and frees the client. Not from one of its own
 * callbacks. */
void redis_client_destroy(struct redis_client *client);

/* True between on_connect and on_loss. */
bool redis_client_connected(const struct redis_client *client);

/*
 * Sends a command of argc ≥ 1 arguments; binary values are fine. The arguments are copied. Commands
 * of one loop turn leave in one write, in order. No SUBSCRIBE, MONITOR or anything that blocks.
 * ERR_UNAVAILABLE: not connected. ERR_LIMITED: too many in flight.
 */
enum err redis_client_send(struct redis_client *client, const struct slice *argv, size_t argc,
                           unsigned timeout_ms, redis_callback *callback, void *context) MUST_CHECK;

/* Commands that wait for Redis. */
unsigned redis_client_in_flight(const struct redis_client *client);

#endif
