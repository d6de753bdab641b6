/*
 * What a campaign's keys in Redis should be, gathered from the same batches that a rebuild writes,
 * and compared with what is there, every key and every item (I3).
 */
#ifndef REDIS_EXPECTED_H
#define REDIS_EXPECTED_H

#include <stdbool.h>

#include "redis/apply.h"
#include "redis/state.h"

struct redis_expected;

struct redis_expected *redis_expected_create(const char *campaign);
void redis_expected_destroy(struct redis_expected *expected);

/* The changes of a rebuild's batch: counts, fields and values, on keys that began empty. */
void redis_expected_take(struct redis_expected *expected, const struct redis_batch *batch);

/* The key is not compared: nobody outside the ledger process can know what it should be. */
void redis_expected_skip(struct redis_expected *expected, const char *suffix);

/* In bytewise order of the keys. `what` is "missing", "not of the ledger" or "another content". */
typedef void redis_difference(void *context, struct slice key, const char *what);

/*
 * Reads Redis as redis_state_read() does; options->on_key is taken. `applied` is left to the
 * caller. Returns the number of keys that differ in *differences.
 */
enum err redis_expected_compare(struct redis_expected *expected,
                                const struct redis_state_options *options,
                                struct redis_state *state, uint64_t *differences,
                                redis_difference *difference, void *context,
                                struct fault *fault) MUST_CHECK;

#endif
