/* What redis_apply_send() and the rebuild take out of a batch. Private to redis/. */
#ifndef SERVER_REDIS_BATCH_H
#define SERVER_REDIS_BATCH_H

#include "redis/apply.h"

size_t batch_key_count(const struct redis_batch *batch);
size_t batch_arg_count(const struct redis_batch *batch);
struct slice batch_applied_key(const struct redis_batch *batch);

/* Write that many slices to out, valid until the batch changes, and return the number. */
size_t batch_keys(const struct redis_batch *batch, struct slice *out);
size_t batch_args(const struct redis_batch *batch, struct slice *out);

/* One run of changes of one kind on one key. */
struct batch_run {
    char kind; /* a letter of dauys_apply */
    struct slice key;
    size_t items; /* arguments */
};

size_t batch_run_count(const struct redis_batch *batch);
struct batch_run batch_run(const struct redis_batch *batch, size_t i);
/* Items [from, from + n) of run i. */
void batch_run_items(const struct redis_batch *batch, size_t i, size_t from, size_t n,
                     struct slice *out);

#endif
