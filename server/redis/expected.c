#include "redis/expected.h"

#include <uthash.h>

#include "base/mem.h"
#include "batch.h"

#define LEAF_BYTES_MAX (UINT64_C(4) << 30) /* as redis/state.c takes */
#define ITEMS_AT_ONCE 2

struct field {
    char *name; /* owned, as is value */
    size_t name_len;
    char *value;
    size_t value_len;
    UT_hash_handle hh;
};

struct key {
    char *name;
    size_t name_len;
    char type;            /* of state.h: 's' or 'h' */
    bool skipped, seen;   /* seen: Redis has it */
    struct field *fields; /* of a string: one, without a name */
    UT_hash_handle hh;
};

struct redis_expected {
    char *tag;
    struct key *keys;
};

struct redis_expected *redis_expected_create(const char *campaign)
{
    struct redis_expected *expected = xcalloc(1, sizeof *expected);
    expected->tag = xasprintf("{c:%s}:", campaign);
    return expected;
}

static void fields_free(struct key *key)
{
    struct field *field, *next;
    HASH_ITER(hh, key->fields, field, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): HASH_ITER took the next one before */
        HASH_DEL(key->fields, field);
        free(field->name);
        free(field->value);
        free(field);
    }
}

void redis_expected_destroy(struct redis_expected *expected)
{
    if (expected == NULL) {
        return;
    }
    struct key *key, *next;
    HASH_ITER(hh, expected->keys, key, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): HASH_ITER took the next one before */
        HASH_DEL(expected->keys, key);
        fields_free(key);
        free(key->name);
        free(key);
    }
    free(expected->tag);
    free(expected);
}

/* ---- gathering ---- */

static struct key *key_get(struct redis_expected *expected, struct slice name)
{
    struct key *key = NULL;
    HASH_FIND(hh, expected->keys, name.data, name.len, key);
    if (key == NULL) {
        key = xcalloc(1, sizeof *key);
        key->name = xstrndup((const char *)name.data, name.len);
        key->name_len = name.len;
        HASH_ADD_KEYPTR(hh, expected->keys, key->name, key->name_len, key);
    }
    return key;
}

static char *copy(struct slice bytes)
{
    char *made = xcalloc(bytes.len + 1, 1);
    if (bytes.len > 0) {
        memcpy(made, bytes.data, bytes.len);
    }
    return made;
}

static struct field *field_get(struct key *key, struct slice name)
{
    struct field *field = NULL;
    HASH_FIND(hh, key->fields, name.data, name.len, field);
    if (field == NULL) {
        field = xcalloc(1, sizeof *field);
        field->name = copy(name);
        field->name_len = name.len;
        HASH_ADD_KEYPTR(hh, key->fields, field->name, field->name_len, field);
    }
    return field;
}

static void field_set(struct key *key, struct slice name, struct slice value)
{
    struct field *field = field_get(key, name);
    free(field->value);
    field->value = copy(value);
    field->value_len = value.len;
}

static void field_add(struct key *key, struct slice name, struct slice change)
{
    struct field *field = field_get(key, name);
    char text[24], sum[24];
    (void)snprintf(text, sizeof text, "%.*s", SLICE_PRINT(change));
    long long before = field->value == NULL ? 0 : strtoll(field->value, NULL, 10);
    (void)snprintf(sum, sizeof sum, "%lld", before + strtoll(text, NULL, 10));
    free(field->value);
    field->value = xstrdup(sum);
    field->value_len = strlen(sum);
}

static void take_run(struct redis_expected *expected, const struct redis_batch *batch, size_t i)
{
    struct batch_run run = batch_run(batch, i);
    struct key *key = key_get(expected, run.key);
    struct slice items[ITEMS_AT_ONCE] = {{NULL, 0}, {NULL, 0}};
    key->type = run.kind == 'S' ? 's' : 'h';
    if (run.kind == 'S') {
        batch_run_items(batch, i, 0, 1, items);
        field_set(key, slice_of("", 0), items[0]);
        return;
    }
    INVARIANT(run.kind == 'H' || run.kind == 'I');
    for (size_t from = 0; from < run.items; from += ITEMS_AT_ONCE) {
        batch_run_items(batch, i, from, ITEMS_AT_ONCE, items);
        if (run.kind == 'H') {
            field_set(key, items[0], items[1]);
        } else {
            field_add(key, items[0], items[1]);
        }
    }
}

void redis_expected_take(struct redis_expected *expected, const struct redis_batch *batch)
{
    for (size_t i = 0; i < batch_run_count(batch); i++) {
        take_run(expected, batch, i);
    }
}

void redis_expected_skip(struct redis_expected *expected, const char *suffix)
{
    char *name = xasprintf("%s%s", expected->tag, suffix);
    key_get(expected, slice_str(name))->skipped = true;
    free(name);
}

/* ---- comparing ---- */

static int by_name(struct field *a, struct field *b)
{
    return slice_compare(slice_of(a->name, a->name_len), slice_of(b->name, b->name_len));
}

static int by_key(struct key *a, struct key *b)
{
    return slice_compare(slice_of(a->name, a->name_len), slice_of(b->name, b->name_len));
}

static void put_text(struct buf *out, const char *text, size_t len)
{
    buf_put_u32be(out, (uint32_t)len);
    buf_put(out, text, len);
}

/* The leaf of redis/state.h. */
static void leaf_of(struct key *key, uint8_t leaf[static SHA256_LEN])
{
    struct buf text;
    buf_init(&text, LEAF_BYTES_MAX);
    put_text(&text, key->name, key->name_len);
    buf_put_byte(&text, (uint8_t)key->type);
    HASH_SORT(key->fields, by_name);
    for (struct field *field = key->fields; field != NULL; field = field->hh.next) {
        if (key->type == 'h') {
            put_text(&text, field->name, field->name_len);
        }
        put_text(&text, field->value, field->value_len);
    }
    INVARIANT(!buf_failed(&text));
    sha256(leaf, buf_slice(&text));
    buf_release(&text);
}

struct comparison {
    struct redis_expected *expected;
    uint64_t differences;
    redis_difference *difference;
    void *context;
};

static void differs(struct comparison *comparison, struct slice key, const char *what)
{
    comparison->differences++;
    comparison->difference(comparison->context, key, what);
}

static void got_key(void *context, struct slice name, const uint8_t leaf[static SHA256_LEN])
{
    struct comparison *comparison = context;
    uint8_t own[SHA256_LEN];
    struct key *key = NULL;
    HASH_FIND(hh, comparison->expected->keys, name.data, name.len, key);
    if (key == NULL) {
        differs(comparison, name, "not of the ledger");
        return;
    }
    key->seen = true;
    if (key->skipped) {
        return;
    }
    leaf_of(key, own);
    if (memcmp(own, leaf, sizeof own) != 0) {
        differs(comparison, name, "another content");
    }
}

enum err redis_expected_compare(struct redis_expected *expected,
                                const struct redis_state_options *options,
                                struct redis_state *state, uint64_t *differences,
                                redis_difference *difference, void *context, struct fault *fault)
{
    struct comparison comparison = {expected, 0, difference, context};
    struct redis_state_options own = *options;
    own.on_key = got_key;
    own.context = &comparison;
    redis_expected_skip(expected, "applied");
    enum err err = redis_state_read(&own, state, fault);
    HASH_SORT(expected->keys, by_key);
    for (struct key *key = expected->keys; err == OK && key != NULL; key = key->hh.next) {
        if (!key->seen && !key->skipped) {
            differs(&comparison, slice_of(key->name, key->name_len), "missing");
        }
    }
    *differences = comparison.differences;
    return err;
}
