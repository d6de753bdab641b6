/*
 * Published ledgers in memory, as sources that can lie: change a file, refuse one, or show another
 * ledger from some read on.
 */
#ifndef TESTS_UNIT_AUDIT_LEDGER_RIG_H
#define TESTS_UNIT_AUDIT_LEDGER_RIG_H

#include "../campaign/mini_campaign.h"

#include "audit/source.h"
#include "audit/verify.h"
#include "base/base64.h"

#define RIG_FILES 128
#define RIG_FILE_MAX (1U << 20)

struct rig_file {
    char path[SOURCE_PATH_MAX];
    struct buf bytes;
    unsigned reads;
};

struct rig_set {
    struct rig_file files[RIG_FILES];
    size_t len;
};

struct rig {
    struct ed25519_secret secret;
    struct note_key key;
    struct rig_set *now, *later; /* owned; later may be NULL */
    unsigned reads, switch_at;   /* after so many reads later becomes now */

    const char *failing; /* a path that can't be read, or NULL */
    enum err failure;
    const char *changing; /* a path whose read number changes_at gives other bytes, or NULL */
    unsigned changes_at;
};

static inline struct rig_file *rig_find(const struct rig_set *set, const char *path)
{
    for (size_t i = 0; i < set->len; i++)
        if (strcmp(set->files[i].path, path) == 0)
            return (struct rig_file *)(uintptr_t)&set->files[i];
    return NULL;
}

static inline struct buf *rig_put(struct rig_set *set, const char *path, struct slice bytes)
{
    struct rig_file *file = rig_find(set, path);
    if (!file) {
        INVARIANT(set->len < RIG_FILES);
        file = &set->files[set->len++];
        memcpy(file->path, path, strlen(path) + 1);
        buf_init(&file->bytes, RIG_FILE_MAX);
    }
    buf_clear(&file->bytes);
    buf_put_slice(&file->bytes, bytes);
    return &file->bytes;
}

static inline void rig_drop(struct rig_set *set, const char *path)
{
    struct rig_file *file = rig_find(set, path);
    assert_non_null(file);
    buf_release(&file->bytes);
    *file = set->files[--set->len];
}

/* A set of its own is made with this size and root, whether they fit or not. */
static inline void rig_sign(const struct rig *rig, struct rig_set *set, const char *origin,
                            const char *size, const uint8_t root[static TREE_HASH_LEN])
{
    struct buf text, note;
    buf_init(&text, NOTE_LEN_MAX);
    buf_init(&note, NOTE_LEN_MAX);
    buf_printf(&text, "%s\n%s\n", origin, size);
    buf_put_base64(&text, root, TREE_HASH_LEN);
    buf_put_byte(&text, '\n');
    buf_put_slice(&note, buf_slice(&text));
    buf_put_byte(&note, '\n');
    note_sign(&note, buf_slice(&text), &rig->key, &rig->secret);
    rig_put(set, "checkpoint", buf_slice(&note));
    buf_release(&text);
    buf_release(&note);
}

/* The folder of the first len entries (at most 256) and all files. */
static inline struct rig_set *rig_publish(const struct rig *rig, const struct mini *mini,
                                          uint64_t len)
{
    struct rig_set *set = xcalloc(1, sizeof *set);
    struct tree tree;
    uint8_t root[TREE_HASH_LEN];
    char path[TILE_PATH_CAP], size[24];
    struct tile tile = {0, 0, (unsigned)len}, bundle = {TILE_ENTRIES, 0, (unsigned)len};
    INVARIANT(len >= 1 && len <= TILE_WIDTH);
    tree_init(&tree);
    tile_path(path, &tile);
    struct buf *hashes = rig_put(set, path, slice_str(""));
    tile_path(path, &bundle);
    struct buf *entries = rig_put(set, path, slice_str(""));
    for (uint64_t i = 0; i < len; i++) {
        uint8_t leaf[TREE_HASH_LEN];
        tree_leaf_hash(leaf, mini->entries[i]);
        tree_add(&tree, leaf);
        buf_put(hashes, leaf, sizeof leaf);
        bundle_put(entries, mini->entries[i]);
    }
    for (unsigned i = 0; i < mini->files_len; i++) {
        char name[2 * SHA256_LEN + 1], file[SOURCE_PATH_MAX];
        hex_encode(name, mini->files[i].hash, SHA256_LEN);
        snprintf(file, sizeof file, "files/%s", name);
        rig_put(set, file, mini->files[i].bytes);
    }
    tree_root(&tree, root);
    snprintf(size, sizeof size, "%llu", (unsigned long long)len);
    rig_sign(rig, set, MINI_ORIGIN, size, root);
    return set;
}

static inline void rig_set_release(struct rig_set *set)
{
    for (size_t i = 0; set && i < set->len; i++)
        buf_release(&set->files[i].bytes);
    free(set);
}

static inline void rig_init(struct rig *rig, const struct mini *mini, uint64_t len)
{
    uint8_t seed[ED25519_SEED_LEN] = {77};
    *rig = (struct rig){0};
    ed25519_from_seed(&rig->secret, seed);
    assert_int_equal(note_key_init(&rig->key, NOTE_ED25519, MINI_ORIGIN, rig->secret.public), OK);
    rig->now = rig_publish(rig, mini, len);
}

static inline void rig_release(struct rig *rig)
{
    rig_set_release(rig->now);
    rig_set_release(rig->later);
}

static inline void rig_tick(struct rig *rig)
{
    if (!rig->later || rig->reads++ != rig->switch_at)
        return;
    rig_set_release(rig->now);
    rig->now = rig->later;
    rig->later = NULL;
}

static inline enum err rig_read(void *context, const char *path, size_t cap, struct buf *out,
                                struct fault *fault)
{
    struct rig *rig = context;
    rig_tick(rig);
    struct rig_file *file = rig_find(rig->now, path);
    if (rig->failing && strncmp(path, rig->failing, strlen(rig->failing)) == 0)
        return fault_set(fault, rig->failure, "%s: made to fail", path);
    if (!file)
        return fault_set(fault, ERR_NOT_FOUND, "%s: not there", path);
    if (file->bytes.len > cap)
        return fault_set(fault, ERR_LIMITED, "%s: too large", path);
    buf_put_slice(out, buf_slice(&file->bytes));
    if (rig->changing && strcmp(path, rig->changing) == 0 && file->reads++ == rig->changes_at)
        out->data[out->len - 9] ^= 1;
    return OK;
}

static inline enum err rig_walk(void *context, source_visit *visit, void *visitor,
                                struct fault *fault)
{
    struct rig *rig = context;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < rig->now->len; i++)
        err = visit(visitor, rig->now->files[i].path, SOURCE_REGULAR, fault);
    return err;
}

static const struct source_ops rig_ops = {.read = rig_read, .walk = rig_walk};
static const struct source_ops rig_far_ops = {.read = rig_read};

static inline struct source *rig_source(struct rig *rig)
{
    return source_create("rig", &rig_ops, rig);
}

#endif
