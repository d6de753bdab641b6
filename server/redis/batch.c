#include "batch.h"

#include "base/mem.h"

/* All bytes of a batch: a batch holds at most a few thousand small changes. */
#define BATCH_BYTES_MAX (256U << 20)

/* Where a copied text stands in `bytes`; offsets, because the buffer moves while it grows. */
struct piece {
    uint32_t at, len;
};

struct run {
    char kind;
    uint32_t key;       /* index into keys */
    uint32_t first;     /* index into items */
    uint32_t len;       /* items */
    char number[2][12]; /* "key number" and "item count" as Lua is given them */
};

struct redis_batch {
    char *tag; /* "{c:ID}:" */
    char *applied;
    struct buf bytes;
    struct piece *keys;
    size_t key_len, key_room;
    struct run *runs;
    size_t run_len, run_room;
    struct piece *items;
    size_t item_len, item_room;
    size_t changes;
};

struct redis_batch *redis_batch_create(const char *campaign)
{
    struct redis_batch *batch = xcalloc(1, sizeof *batch);
    batch->tag = xasprintf("{c:%s}:", campaign);
    batch->applied = xasprintf("{c:%s}:applied", campaign);
    buf_init(&batch->bytes, BATCH_BYTES_MAX);
    return batch;
}

void redis_batch_destroy(struct redis_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    buf_release(&batch->bytes);
    free(batch->tag);
    free(batch->applied);
    free(batch->keys);
    free(batch->runs);
    free(batch->items);
    free(batch);
}

void redis_batch_clear(struct redis_batch *batch)
{
    buf_clear(&batch->bytes);
    batch->key_len = batch->run_len = batch->item_len = batch->changes = 0;
}

size_t redis_batch_changes(const struct redis_batch *batch)
{
    return buf_failed(&batch->bytes) ? SIZE_MAX : batch->changes;
}

static struct slice piece_slice(const struct redis_batch *batch, struct piece piece)
{
    return slice_of(batch->bytes.data + piece.at, piece.len);
}

static struct piece piece_put(struct redis_batch *batch, const char *before, struct slice text)
{
    struct piece piece = {.at = (uint32_t)batch->bytes.len};
    buf_put_str(&batch->bytes, before);
    buf_put_slice(&batch->bytes, text);
    piece.len = (uint32_t)(batch->bytes.len - piece.at);
    return piece;
}

static bool key_is(const struct redis_batch *batch, uint32_t key, const char *suffix)
{
    struct slice whole = piece_slice(batch, batch->keys[key]);
    size_t tag_len = strlen(batch->tag);
    return whole.len >= tag_len && /* a failed buffer took less */
           slice_is(slice_of(whole.data + tag_len, whole.len - tag_len), suffix);
}

/* A batch touches a handful of keys, and mostly the last one again: a walk from the end. */
static uint32_t key_number(struct redis_batch *batch, const char *suffix)
{
    for (size_t i = batch->key_len; i-- > 0;) {
        if (key_is(batch, (uint32_t)i, suffix)) {
            return (uint32_t)i;
        }
    }
    GROW(batch->keys, batch->key_len, batch->key_room);
    batch->keys[batch->key_len] = piece_put(batch, batch->tag, slice_str(suffix));
    return (uint32_t)batch->key_len++;
}

/* The run that a change of this kind on this key joins, or a new one. */
static struct run *run_for(struct redis_batch *batch, char kind, const char *suffix)
{
    struct run *last = batch->run_len == 0 ? NULL : &batch->runs[batch->run_len - 1];
    if (last != NULL && last->kind == kind && kind != 'S' && kind != 'D' &&
        key_is(batch, last->key, suffix)) {
        return last;
    }
    uint32_t key = key_number(batch, suffix);
    GROW(batch->runs, batch->run_len, batch->run_room);
    struct run *run = &batch->runs[batch->run_len++];
    *run = (struct run){.kind = kind, .key = key, .first = (uint32_t)batch->item_len};
    return run;
}

static void item_put(struct redis_batch *batch, struct run *run, struct slice item)
{
    GROW(batch->items, batch->item_len, batch->item_room);
    batch->items[batch->item_len++] = piece_put(batch, "", item);
    run->len++;
}

/* After each change: the texts that Lua reads. Changes past the cap make the buffer fail. */
static void run_seal(struct redis_batch *batch, struct run *run)
{
    (void)snprintf(run->number[0], sizeof run->number[0], "%u", run->key + 2U);
    (void)snprintf(run->number[1], sizeof run->number[1], "%u", run->len);
    batch->changes++;
}

void redis_batch_count(struct redis_batch *batch, const char *suffix, struct slice field,
                       int64_t change)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)change);
    if (change == 0) {
        return;
    }
    struct run *run = run_for(batch, 'I', suffix);
    item_put(batch, run, field);
    item_put(batch, run, slice_of(text, (size_t)len));
    run_seal(batch, run);
}

void redis_batch_field(struct redis_batch *batch, const char *suffix, struct slice field,
                       struct slice value)
{
    struct run *run = run_for(batch, 'H', suffix);
    item_put(batch, run, field);
    item_put(batch, run, value);
    run_seal(batch, run);
}

void redis_batch_drop_field(struct redis_batch *batch, const char *suffix, struct slice field)
{
    struct run *run = run_for(batch, 'F', suffix);
    item_put(batch, run, field);
    run_seal(batch, run);
}

void redis_batch_value(struct redis_batch *batch, const char *suffix, struct slice value)
{
    struct run *run = run_for(batch, 'S', suffix);
    item_put(batch, run, value);
    run_seal(batch, run);
}

void redis_batch_drop(struct redis_batch *batch, const char *suffix)
{
    run_seal(batch, run_for(batch, 'D', suffix));
}

/* ---- for apply and rebuild ---- */

size_t batch_key_count(const struct redis_batch *batch)
{
    return batch->key_len;
}

size_t batch_arg_count(const struct redis_batch *batch)
{
    return 3 * batch->run_len + batch->item_len;
}

struct slice batch_applied_key(const struct redis_batch *batch)
{
    return slice_str(batch->applied);
}

size_t batch_keys(const struct redis_batch *batch, struct slice *out)
{
    for (size_t i = 0; i < batch->key_len; i++) {
        out[i] = piece_slice(batch, batch->keys[i]);
    }
    return batch->key_len;
}

size_t batch_args(const struct redis_batch *batch, struct slice *out)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->run_len; i++) {
        const struct run *run = &batch->runs[i];
        out[n++] = slice_of(&run->kind, 1);
        out[n++] = slice_str(run->number[0]);
        out[n++] = slice_str(run->number[1]);
        batch_run_items(batch, i, 0, run->len, out + n);
        n += run->len;
    }
    return n;
}

size_t batch_run_count(const struct redis_batch *batch)
{
    return batch->run_len;
}

struct batch_run batch_run(const struct redis_batch *batch, size_t i)
{
    const struct run *run = &batch->runs[i];
    return (struct batch_run){
        .kind = run->kind, .key = piece_slice(batch, batch->keys[run->key]), .items = run->len};
}

void batch_run_items(const struct redis_batch *batch, size_t i, size_t from, size_t n,
                     struct slice *out)
{
    const struct piece *items = batch->items + batch->runs[i].first + from;
    for (size_t k = 0; k < n; k++) {
        out[k] = piece_slice(batch, items[k]);
    }
}
