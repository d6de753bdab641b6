/*
 * Rebuilding a campaign's keys in Redis (I3): delete all {c:ID}* in slices, write the bulk with
 * many commands in flight, then set `applied`. Until the end `applied` is marked broken, so no
 * batch is applied in between, and a rebuild cut short is noticed.
 */
#ifndef REDIS_REBUILD_H
#define REDIS_REBUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "redis/apply.h"
#include "redis/client.h"

struct redis_rebuild;

struct redis_rebuild_options {
    const char *campaign; /* copied */

    /*
     * Puts the next changes into batch (only count, field and value; a few hundred at a time is
     * good) and returns true; false when there is nothing more. batch is empty on entry. Called
     * from the loop.
     */
    bool (*next)(void *context, struct redis_batch *batch);

    /* Optional: keys deleted and changes written so far. */
    void (*progress)(void *context, uint64_t deleted, uint64_t written);

    /* Once, from the loop. OK: every change is in Redis and `applied` is set. Otherwise `applied`
     * is missing and the rebuild has to start again. */
    void (*done)(void *context, enum err err);
    void *context;

    /* What `applied` becomes. */
    uint64_t size;
    uint8_t root[REDIS_ROOT_LEN];
    struct slice checkpoint; /* copied */

    unsigned timeout_ms; /* of each command; 0: 10000 */
};

/* Launch law as redis_client_send(): OK = done() comes once, later. *rebuild is freed by itself
 * after done(). */
enum err redis_rebuild_start(struct redis_client *client,
                             const struct redis_rebuild_options *options,
                             struct redis_rebuild **rebuild) MUST_CHECK;

/* No callback comes any more; commands under way are left to end. Not after done(). */
void redis_rebuild_cancel(struct redis_rebuild *rebuild);

#endif
