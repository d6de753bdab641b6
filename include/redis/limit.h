/*
 * Rate limits by GCRA (generic cell rate algorithm) in the Redis function `dauys_limit`, on Redis'
 * own clock: the same for every front.
 *
 * Several limits may be asked in one call (address, prefix, number, everybody): either all of them
 * allow and all are charged, or none is.
 */
#ifndef REDIS_LIMIT_H
#define REDIS_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "redis/client.h"

#define REDIS_LIMITS_MAX 8

struct redis_limit {
    struct slice key;   /* without its prefix: "cast:192.0.2.7" is limit:cast:192.0.2.7 */
    uint32_t rate;      /* events a period, ≥ 1 */
    uint32_t period_ms; /* ≥ 1 */
    uint32_t burst;     /* events that may come at once, ≥ 1 */
    uint32_t cost;      /* of this event; 0 only asks */
};

struct redis_limit_answer {
    bool allowed;
    unsigned blocked; /* index of the first limit that said no, when not allowed */
    uint32_t
        wait_ms; /* until the same would be allowed; 0 when allowed; UINT32_MAX when cost > burst */
    uint32_t remaining; /* events that would still be allowed at once, the least of all limits */
};

/* answer is NULL unless err is OK. Sending codes fails closed on an error, reading fails open. */
typedef void redis_limit_callback(void *context, enum err err,
                                  const struct redis_limit_answer *answer);

/* Asks count (1 … REDIS_LIMITS_MAX) limits with different keys. Launch law and errors as
 * redis_client_send(); ERR_INVALID: a number is out of its range. */
enum err redis_limit_ask(struct redis_client *client, const struct redis_limit *limits,
                         size_t count, unsigned timeout_ms, redis_limit_callback *callback,
                         void *context) MUST_CHECK;

#endif
