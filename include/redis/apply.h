/*
 * Publishing a batch of ledger entries in Redis: one call of the function `dauys_apply`.
 *
 * The hash {c:ID}:applied has the fields size, root (hex) and checkpoint (the signed note). A batch
 * is applied only when `size` is its first index; then its net changes and the new `applied` happen
 * in one atomic step, so sending it twice is safe. A missing `applied` counts as size 0. When a
 * change fails half way (a key of a wrong type), `applied` is marked broken and every later call
 * answers so, until a rebuild.
 */
#ifndef REDIS_APPLY_H
#define REDIS_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "redis/client.h"

#define REDIS_ROOT_LEN 32

/* The function library (Lua, "#!lua name=dauys"). */
struct slice redis_apply_library(void);

/* FUNCTION LOAD REPLACE of the library; by the ledger on every connect. The reply is the name. */
enum err redis_apply_load(struct redis_client *client, unsigned timeout_ms,
                          redis_callback *callback, void *context) MUST_CHECK;

/*
 * A batch being put together. Keys, fields and values are copied. Changes of one kind on one key
 * that are put one after another share one command. A hash field whose count becomes 0 is removed,
 * so that a rebuilt hash equals it.
 */
struct redis_batch;

struct redis_batch *redis_batch_create(const char *campaign);
void redis_batch_destroy(struct redis_batch *batch);
void redis_batch_clear(struct redis_batch *batch);

/* `suffix` is the key without its tag: "tally:health" is {c:ID}:tally:health. */
void redis_batch_count(struct redis_batch *batch, const char *suffix, struct slice field,
                       int64_t change);
void redis_batch_field(struct redis_batch *batch, const char *suffix, struct slice field,
                       struct slice value);
void redis_batch_drop_field(struct redis_batch *batch, const char *suffix, struct slice field);
void redis_batch_value(struct redis_batch *batch, const char *suffix, struct slice value);
void redis_batch_drop(struct redis_batch *batch, const char *suffix);

/* Bytes and changes put so far: a batch of more than REDIS_BATCH_CHANGES_MAX changes is refused. */
#define REDIS_BATCH_CHANGES_MAX 100000
size_t redis_batch_changes(const struct redis_batch *batch);

enum redis_apply_verdict {
    REDIS_APPLIED, /* done */
    REDIS_BEHIND,  /* Redis stands at less than first: apply what is missing, or rebuild */
    REDIS_AHEAD,   /* Redis stands at more than first: size and root say where */
    REDIS_BROKEN,  /* rebuild */
};

struct redis_apply_answer {
    enum redis_apply_verdict verdict;
    uint64_t size;                /* where Redis stands (0 when BROKEN) */
    uint8_t root[REDIS_ROOT_LEN]; /* its root there; zeros when size is 0 or BROKEN */
};

/* answer is NULL unless err is OK. */
typedef void redis_apply_callback(void *context, enum err err,
                                  const struct redis_apply_answer *answer);

/*
 * Applies the batch: entries [first, size), after which the tree has this root. The batch may be
 * cleared or destroyed as soon as this returns. Launch law and errors as redis_client_send();
 * ERR_INVALID: size < first, or too many changes.
 */
enum err redis_apply_send(struct redis_client *client, const struct redis_batch *batch,
                          uint64_t first, uint64_t size, const uint8_t root[static REDIS_ROOT_LEN],
                          struct slice checkpoint, unsigned timeout_ms,
                          redis_apply_callback *callback, void *context) MUST_CHECK;

/* Reads {c:ID}:applied: verdict REDIS_APPLIED, or REDIS_BROKEN. */
enum err redis_apply_read(struct redis_client *client, const char *campaign, unsigned timeout_ms,
                          redis_apply_callback *callback, void *context) MUST_CHECK;

#endif
