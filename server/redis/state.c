#include "redis/state.h"

#include "base/buf.h"
#include "base/mem.h"
#include "sync.h"

#define TIMEOUT_MS_DEFAULT 10000
#define TRIES 3
#define COUNT "2000" /* keys or fields a slice */
#define SLICE 2000
/* One key's bytes: 10 million ballots of 50 bytes are well below. */
#define KEY_BYTES_MAX (UINT64_C(4) << 30)

struct piece {
    size_t at, len;
};

/* Items of one key: pairs (field, value) for a hash, single ones for all else. */
struct items {
    struct buf bytes;
    struct piece *pieces;
    size_t len, room;
};

struct reader {
    const struct redis_state_options *options;
    struct redis_sync *link;
    struct fault *fault;
    struct items keys, items;
    struct buf encoded;
    struct buf leaves;
};

static enum err changed(void)
{
    return ERR_CONFLICT; /* tried again by redis_state_read() */
}

static void items_clear(struct items *items)
{
    buf_clear(&items->bytes);
    items->len = 0;
}

static void items_put(struct items *items, struct slice item)
{
    GROW(items->pieces, items->len, items->room);
    struct piece *piece = &items->pieces[items->len++];
    piece->at = items->bytes.len;
    buf_put_slice(&items->bytes, item);
    piece->len = items->bytes.len - piece->at; /* 0 when the buffer is full */
}

static struct slice items_get(const struct items *items, size_t i)
{
    return slice_of(items->bytes.data + items->pieces[i].at, items->pieces[i].len);
}

/* Sorts groups of `width` pieces by their first one and drops repeated groups (SCAN may tell
 * twice). */
static int compare_pieces(const void *a, const void *b, void *bytes)
{
    const struct piece *first = a, *second = b;
    const uint8_t *data = bytes;
    return slice_compare(slice_of(data + first->at, first->len),
                         slice_of(data + second->at, second->len));
}

static void items_sort(struct items *items, size_t width)
{
    if (items->len == 0) {
        return;
    }
    qsort_r(items->pieces, items->len / width, width * sizeof *items->pieces, compare_pieces,
            items->bytes.data);
    size_t kept = width;
    for (size_t i = width; i < items->len; i += width) {
        if (slice_equal(items_get(items, i), items_get(items, kept - width))) {
            continue;
        }
        memmove(&items->pieces[kept], &items->pieces[i], width * sizeof *items->pieces);
        kept += width;
    }
    items->len = kept;
}

static enum err ask(struct reader *reader, const struct slice *argv, size_t argc,
                    enum redis_kind kind, struct redis_reply *reply)
{
    enum err err = redis_sync_ask(reader->link, argv, argc, reply, reader->fault);
    if (err == OK && reply->kind != kind) {
        /* A key that went or became another since it was listed. */
        return changed();
    }
    return err;
}

/* SCAN, HSCAN or SSCAN to its end: every item of every slice. */
static enum err scan_all(struct reader *reader, struct slice command, struct slice key,
                         struct slice pattern, struct items *out)
{
    char cursor[24] = "0";
    do {
        struct slice argv[8];
        size_t argc = 0;
        argv[argc++] = command;
        if (key.len > 0) {
            argv[argc++] = key;
        }
        argv[argc++] = slice_str(cursor);
        if (pattern.len > 0) {
            argv[argc++] = slice_str("MATCH");
            argv[argc++] = pattern;
        }
        argv[argc++] = slice_str("COUNT");
        argv[argc++] = slice_str(COUNT);
        struct redis_reply reply;
        enum err err = ask(reader, argv, argc, REDIS_ARRAY, &reply);
        if (err != OK) {
            return err;
        }
        if (reply.len != 2) {
            return fault_set(reader->fault, ERR_CORRUPT, "redis: SCAN answered %zu items",
                             reply.len);
        }
        struct redis_reply next = redis_reply_item(&reply, 0), items = redis_reply_item(&reply, 1);
        if (next.text.len >= sizeof cursor) {
            return fault_set(reader->fault, ERR_CORRUPT, "redis: cursor of %zu digits",
                             next.text.len);
        }
        memcpy(cursor, next.text.data, next.text.len);
        cursor[next.text.len] = '\0';
        for (size_t i = 0; i < items.len; i++) {
            items_put(out, redis_reply_item(&items, i).text);
        }
    } while (strcmp(cursor, "0") != 0);
    return OK;
}

/* LRANGE or ZRANGE … WITHSCORES in slices. */
static enum err range_all(struct reader *reader, const char *command, struct slice key, bool scores)
{
    for (size_t from = 0;; from += SLICE) {
        char first[24], last[24];
        (void)snprintf(first, sizeof first, "%zu", from);
        (void)snprintf(last, sizeof last, "%zu", from + SLICE - 1);
        const struct slice argv[] = {slice_str(command), key, slice_str(first), slice_str(last),
                                     slice_str("WITHSCORES")};
        struct redis_reply reply;
        enum err err = ask(reader, argv, scores ? 5 : 4, REDIS_ARRAY, &reply);
        if (err != OK || reply.len == 0) {
            return err;
        }
        for (size_t i = 0; i < reply.len; i++) {
            items_put(&reader->items, redis_reply_item(&reply, i).text);
        }
    }
}

static enum err read_string(struct reader *reader, struct slice key)
{
    const struct slice argv[] = {slice_str("GET"), key};
    struct redis_reply reply;
    enum err err = ask(reader, argv, 2, REDIS_STRING, &reply);
    if (err == OK) {
        items_put(&reader->items, reply.text);
    }
    return err;
}

static enum err read_items(struct reader *reader, struct slice key, char type)
{
    const struct slice none = {0};
    enum err err = OK;
    switch (type) {
    case 's':
        return read_string(reader, key);
    case 'h':
        err = scan_all(reader, slice_str("HSCAN"), key, none, &reader->items);
        items_sort(&reader->items, 2);
        return err;
    case 'e':
        err = scan_all(reader, slice_str("SSCAN"), key, none, &reader->items);
        items_sort(&reader->items, 1);
        return err;
    case 'l':
        return range_all(reader, "LRANGE", key, false);
    default: /* 'z' */
        return range_all(reader, "ZRANGE", key, true);
    }
}

static enum err read_type(struct reader *reader, struct slice key, char *type)
{
    static const struct {
        const char *name;
        char type;
    } types[] = {{"string", 's'}, {"hash", 'h'}, {"set", 'e'}, {"list", 'l'}, {"zset", 'z'}};
    const struct slice argv[] = {slice_str("TYPE"), key};
    struct redis_reply reply;
    enum err err = ask(reader, argv, 2, REDIS_STRING, &reply);
    if (err != OK) {
        return err;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (slice_is(reply.text, types[i].name)) {
            *type = types[i].type;
            return OK;
        }
    }
    if (slice_is(reply.text, "none")) {
        return changed();
    }
    return fault_set(reader->fault, ERR_CORRUPT, "redis: key %.*s is a %.*s", SLICE_PRINT(key),
                     SLICE_PRINT(reply.text));
}

static void put_text(struct buf *out, struct slice text)
{
    buf_put_u32be(out, (uint32_t)text.len);
    buf_put_slice(out, text);
}

static enum err read_key(struct reader *reader, struct slice key, struct redis_state *state)
{
    char type = 0;
    enum err err = read_type(reader, key, &type);
    if (err != OK) {
        return err;
    }
    items_clear(&reader->items);
    err = read_items(reader, key, type);
    if (err != OK) {
        return err;
    }
    buf_clear(&reader->encoded);
    put_text(&reader->encoded, key);
    buf_put_byte(&reader->encoded, (uint8_t)type);
    for (size_t i = 0; i < reader->items.len; i++) {
        put_text(&reader->encoded, items_get(&reader->items, i));
    }
    if (buf_failed(&reader->encoded) || buf_failed(&reader->items.bytes)) {
        return fault_set(reader->fault, ERR_LIMITED, "redis: key %.*s is too large",
                         SLICE_PRINT(key));
    }
    uint8_t leaf[SHA256_LEN];
    sha256(leaf, buf_slice(&reader->encoded));
    buf_put(&reader->leaves, leaf, sizeof leaf);
    state->items += type == 'h' || type == 'z' ? reader->items.len / 2 : reader->items.len;
    return OK;
}

/* The `root` of `applied`, "" when there is none that could be one. */
static enum err read_root(struct reader *reader, char root[static 65])
{
    char *key = xasprintf("{c:%s}:applied", reader->options->campaign);
    const struct slice argv[] = {slice_str("HGET"), slice_str(key), slice_str("root")};
    struct redis_reply reply;
    enum err err = redis_sync_ask(reader->link, argv, 3, &reply, reader->fault);
    bool fits = err == OK && reply.kind == REDIS_STRING && reply.text.len == 64;
    (void)snprintf(root, 65, "%.*s", fits ? 64 : 0, fits ? (const char *)reply.text.data : "");
    free(key);
    return err;
}

/* The `size` of `applied`, 0 when there is none. */
static enum err read_size(struct reader *reader, uint64_t *size)
{
    char *key = xasprintf("{c:%s}:applied", reader->options->campaign);
    const struct slice argv[] = {slice_str("HGET"), slice_str(key), slice_str("size")};
    struct redis_reply reply;
    enum err err = redis_sync_ask(reader->link, argv, 3, &reply, reader->fault);
    int64_t number = 0;
    if (err == OK && reply.kind != REDIS_NIL) {
        err = redis_reply_int(&reply, &number);
        if (err != OK || number < 0) {
            err = fault_set(reader->fault, ERR_CORRUPT, "redis: %s has no readable size", key);
        }
    }
    *size = (uint64_t)number;
    free(key);
    return err;
}

static enum err list_keys(struct reader *reader)
{
    char *pattern = xasprintf("{c:%s}*", reader->options->campaign);
    const struct slice none = {0};
    items_clear(&reader->keys);
    enum err err = scan_all(reader, slice_str("SCAN"), none, slice_str(pattern), &reader->keys);
    items_sort(&reader->keys, 1);
    free(pattern);
    return err;
}

static enum err read_once(struct reader *reader, struct redis_state *state)
{
    memset(state, 0, sizeof *state);
    buf_clear(&reader->leaves);
    enum err err = read_size(reader, &state->size);
    if (err == OK) {
        err = read_root(reader, state->root);
    }
    if (err == OK) {
        err = list_keys(reader);
    }
    for (size_t i = 0; err == OK && i < reader->keys.len; i++) {
        err = read_key(reader, items_get(&reader->keys, i), state);
    }
    uint64_t size_after = 0;
    if (err == OK) {
        err = read_size(reader, &size_after);
    }
    if (err != OK) {
        return err;
    }
    if (size_after != state->size) {
        return changed();
    }
    state->keys = reader->keys.len;
    sha256(state->digest, buf_slice(&reader->leaves));
    for (size_t i = 0; reader->options->on_key != NULL && i < reader->keys.len; i++) {
        reader->options->on_key(reader->options->context, items_get(&reader->keys, i),
                                reader->leaves.data + i * SHA256_LEN);
    }
    return OK;
}

enum err redis_state_read(const struct redis_state_options *options, struct redis_state *state,
                          struct fault *fault)
{
    struct reader reader = {.options = options, .fault = fault};
    unsigned timeout_ms = options->timeout_ms == 0 ? TIMEOUT_MS_DEFAULT : options->timeout_ms;
    enum err err = redis_sync_open(&options->endpoint, timeout_ms, &reader.link, fault);
    if (err != OK) {
        return err;
    }
    buf_init(&reader.keys.bytes, KEY_BYTES_MAX);
    buf_init(&reader.items.bytes, KEY_BYTES_MAX);
    buf_init(&reader.encoded, KEY_BYTES_MAX);
    buf_init(&reader.leaves, KEY_BYTES_MAX);
    for (unsigned i = 0; i < TRIES; i++) {
        err = read_once(&reader, state);
        if (err != ERR_CONFLICT) {
            break;
        }
        (void)fault_set(fault, err, "redis: campaign %s goes on changing", options->campaign);
    }
    buf_release(&reader.keys.bytes);
    buf_release(&reader.items.bytes);
    buf_release(&reader.encoded);
    buf_release(&reader.leaves);
    free(reader.keys.pieces);
    free(reader.items.pieces);
    redis_sync_close(reader.link);
    return err;
}
