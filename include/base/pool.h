/*
 * A pool of threads for work that is all processor: verifying and signing a batch.
 *
 * Fork and join: pool_run() returns when every item is done, so callers need no lock for what
 * only they touch between two runs.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool;

/* threads = 0: as many as there are cores. The calling thread works too, so 1 starts none. Signals
 * are blocked in the pool's threads. */
struct pool *pool_create(unsigned threads);
void pool_destroy(struct pool *pool);
unsigned pool_threads(const struct pool *pool);

/* Calls work(context, index) once for every index in [0, count), in any order and on any thread,
 * and returns when all are done. Not reentrant. */
void pool_run(struct pool *pool, size_t count, void (*work)(void *context, size_t index),
              void *context);

#endif
