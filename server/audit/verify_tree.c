/* Steps 2 to 5 of PROTOCOL.md §8: are these the bytes that were signed? */
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "verify_inner.h"

#define FILES_PREFIX "files/"
#define HASH_GROUP 32 /* entries hashed by one piece of work */

/* ---- bundles -------------------------------------------------------------------------------- */

struct chunk *chunk_create(void)
{
    struct chunk *chunk = xcalloc(1, sizeof *chunk);
    buf_init(&chunk->bytes, (size_t)CHUNK_BUNDLES * BUNDLE_BYTES_MAX);
    return chunk;
}

void chunk_destroy(struct chunk *chunk)
{
    buf_release(&chunk->bytes);
    free(chunk);
}

static unsigned width_at(uint64_t nodes, uint64_t number)
{
    uint64_t left = nodes - number * TILE_WIDTH;
    return left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
}

/* Appends a bundle of the right form, or tells what is wrong with it. */
static enum err read_bundle(struct verify *verify, const struct tile *tile, struct buf *out,
                            enum verdict_code *code)
{
    struct slice entries[TILE_WIDTH];
    char path[TILE_PATH_CAP];
    size_t before = out->len;
    tile_path(path, tile);
    enum err err = source_read(verify->source, path, BUNDLE_BYTES_MAX, out, verify->fault);
    *code = VERDICT_ACCEPTED;
    if (err == ERR_NOT_FOUND)
        *code = VERDICT_BUNDLE_MISSING;
    else if (err == ERR_LIMITED ||
             (err == OK && bundle_cut(slice_of(out->data + before, out->len - before), tile->width,
                                      entries) != OK))
        *code = VERDICT_BUNDLE_MALFORMED;
    return *code == VERDICT_ACCEPTED ? err : OK;
}

/* The bytes stand still now: cuts them into entries. */
static void cut_chunk(const struct verify *verify, struct chunk *chunk, size_t bundles)
{
    chunk->len = 0;
    for (size_t i = 0, at = 0; i < bundles; at = chunk->ends[i++]) {
        unsigned width = width_at(verify->size, chunk->first / TILE_WIDTH + i);
        struct slice bundle = slice_of(chunk->bytes.data + at, chunk->ends[i] - at);
        INVARIANT(bundle_cut(bundle, width, chunk->entries + chunk->len) == OK);
        chunk->len += width;
    }
}

enum err verify_read_chunk(struct verify *verify, uint64_t first, size_t most, struct chunk *chunk,
                           bool *whole)
{
    size_t bundles = 0;
    *whole = true;
    buf_clear(&chunk->bytes);
    chunk->first = first;
    for (uint64_t at = first; at < verify->size && bundles < most; at += TILE_WIDTH) {
        struct tile tile = {TILE_ENTRIES, at / TILE_WIDTH, width_at(verify->size, at / TILE_WIDTH)};
        enum verdict_code code;
        enum err err = read_bundle(verify, &tile, &chunk->bytes, &code);
        if (err != OK)
            return err;
        if (code != VERDICT_ACCEPTED) {
            verify_add(verify, code, (int64_t)at);
            *whole = false;
        }
        chunk->ends[bundles++] = chunk->bytes.len;
    }
    if (*whole)
        cut_chunk(verify, chunk, bundles);
    return OK;
}

struct hashing {
    const struct chunk *chunk;
    struct hash *out;
};

static void hash_group(void *context, size_t number)
{
    const struct hashing *hashing = context;
    size_t at = number * HASH_GROUP, end = at + HASH_GROUP;
    for (; at < end && at < hashing->chunk->len; at++)
        tree_leaf_hash(hashing->out[at].bytes, hashing->chunk->entries[at]);
}

/* Memory grows with what is really there, not with the size that a checkpoint says. */
static void hash_chunk(struct verify *verify, const struct chunk *chunk)
{
    while (verify->leaves_room < verify->leaves_len + chunk->len) {
        verify->leaves_room = verify->leaves_room * 2 + CHUNK_ENTRIES;
        verify->levels[0] =
            xrealloc(verify->levels[0], verify->leaves_room, sizeof *verify->levels[0]);
    }
    struct hashing hashing = {chunk, verify->levels[0] + verify->leaves_len};
    pool_run(verify->pool, (chunk->len + HASH_GROUP - 1) / HASH_GROUP, hash_group, &hashing);
    verify->leaves_len += chunk->len;
}

enum err verify_bundles(struct verify *verify)
{
    struct chunk *chunk = chunk_create();
    enum err err = OK;
    bool whole;
    for (uint64_t at = 0; err == OK && at < verify->size; at += CHUNK_ENTRIES) {
        verify_show(verify, "reading", at);
        err = verify_read_chunk(verify, at, CHUNK_BUNDLES, chunk, &whole);
        if (err == OK && verify->report->findings_len == 0)
            hash_chunk(verify, chunk);
    }
    chunk_destroy(chunk);
    return err;
}

/* ---- hash tiles and the root ---------------------------------------------------------------- */

struct raising {
    const struct hash *below;
    struct hash *out;
};

/* Root of the complete subtree over one full tile. */
static void raise_tile(void *context, size_t number)
{
    const struct raising *raising = context;
    struct hash row[TILE_WIDTH];
    memcpy(row, raising->below + number * TILE_WIDTH, sizeof row);
    for (unsigned count = TILE_WIDTH / 2; count > 0; count /= 2)
        for (unsigned i = 0; i < count; i++)
            tree_node_hash(row[i].bytes, row[2 * i].bytes, row[2 * i + 1].bytes);
    raising->out[number] = row[0];
}

static void raise_levels(struct verify *verify)
{
    for (unsigned level = 1; level < TILE_LEVELS && verify_nodes(verify, level) > 0; level++) {
        size_t count = (size_t)verify_nodes(verify, level);
        verify->levels[level] = xcalloc(count, sizeof *verify->levels[level]);
        struct raising raising = {verify->levels[level - 1], verify->levels[level]};
        pool_run(verify->pool, count, raise_tile, &raising);
    }
}

/* The first leaf that hash number of a level covers. */
static int64_t first_leaf(unsigned level, uint64_t number)
{
    return (int64_t)(number << tile_height(level));
}

static enum err check_tile(struct verify *verify, const struct tile *tile)
{
    const struct hash *nodes = verify->levels[tile->level] + tile->index * TILE_WIDTH;
    int64_t at = first_leaf(tile->level, tile->index * TILE_WIDTH);
    size_t len = (size_t)tile->width * TREE_HASH_LEN;
    char path[TILE_PATH_CAP];
    struct buf bytes;
    buf_init(&bytes, TILE_BYTES_MAX);
    tile_path(path, tile);
    enum err err = source_read(verify->source, path, TILE_BYTES_MAX, &bytes, verify->fault);
    if (err == ERR_NOT_FOUND) {
        verify_add(verify, VERDICT_TILE_MISSING, at);
    } else if (err == ERR_LIMITED || (err == OK && bytes.len != len)) {
        verify_add(verify, VERDICT_TILE_WIDTH, at);
    } else if (err == OK && memcmp(bytes.data, nodes, len) != 0) {
        unsigned i = 0;
        while (memcmp(bytes.data + (size_t)i * TREE_HASH_LEN, &nodes[i], TREE_HASH_LEN) == 0)
            i++;
        verify_add(verify, VERDICT_TILE_MISMATCH,
                   first_leaf(tile->level, tile->index * TILE_WIDTH + i));
    }
    buf_release(&bytes);
    return err == ERR_NOT_FOUND || err == ERR_LIMITED ? OK : err;
}

void verify_root(const struct verify *verify, uint64_t size, uint8_t out[static TREE_HASH_LEN])
{
    struct tree tree;
    tree_init(&tree);
    for (uint64_t i = 0; i < size; i++)
        tree_add(&tree, verify->levels[0][i].bytes);
    tree_root(&tree, out);
}

enum err verify_tiles(struct verify *verify)
{
    uint8_t root[TREE_HASH_LEN];
    raise_levels(verify);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t nodes = verify_nodes(verify, level);
        for (uint64_t number = 0; number * TILE_WIDTH < nodes; number++) {
            struct tile tile = {level, number, width_at(nodes, number)};
            enum err err = check_tile(verify, &tile);
            if (err != OK)
                return err;
        }
    }
    verify_root(verify, verify->size, root);
    if (memcmp(root, verify->report->checkpoint.root, sizeof root) != 0)
        verify_add(verify, VERDICT_ROOT_MISMATCH, VERIFY_WHOLE);
    return OK;
}

/* ---- every other file of a folder ----------------------------------------------------------- */

static enum verify_kind kind_of_path(const char *path, uint64_t size, struct tile *tile)
{
    size_t prefix = strlen(FILES_PREFIX);
    if (strcmp(path, "checkpoint") == 0)
        return VERIFY_NEEDED;
    if (strncmp(path, FILES_PREFIX, prefix) == 0 && !strchr(path + prefix, '/'))
        return VERIFY_NAMED;
    if (tile_path_parse(slice_str(path), tile) != OK)
        return VERIFY_UNKNOWN;
    uint64_t nodes = size >> tile_height(tile->level), end = tile->index * TILE_WIDTH + tile->width;
    if (end == nodes || (end < nodes && tile->width == TILE_WIDTH))
        return VERIFY_NEEDED;
    return end < nodes ? VERIFY_EARLIER : VERIFY_UNKNOWN;
}

enum verify_kind verify_kind(const struct verify_path *item, uint64_t size, struct tile *tile)
{
    enum verify_kind kind = kind_of_path(item->path, size, tile);
    return item->item == SOURCE_ODD && kind != VERIFY_NEEDED ? VERIFY_UNKNOWN : kind;
}

/* A file that was listed and is gone since is no file: the ledger removes partial tiles. One that
 * is too large is *too_large. */
static enum err read_listed(struct verify *verify, const char *path, size_t cap, struct buf *out,
                            bool *there, bool *too_large)
{
    enum err err = source_read(verify->source, path, cap, out, verify->fault);
    *there = err == OK || err == ERR_LIMITED;
    *too_large = err == ERR_LIMITED;
    return err == ERR_NOT_FOUND || err == ERR_LIMITED ? OK : err;
}

static enum err check_earlier_tile(struct verify *verify, const char *path, const struct tile *tile)
{
    const struct hash *nodes = verify->levels[tile->level] + tile->index * TILE_WIDTH;
    size_t len = (size_t)tile->width * TREE_HASH_LEN;
    int64_t at = first_leaf(tile->level, tile->index * TILE_WIDTH);
    struct buf bytes;
    buf_init(&bytes, TILE_BYTES_MAX);
    bool there, too_large;
    enum err err = read_listed(verify, path, TILE_BYTES_MAX, &bytes, &there, &too_large);
    if (there && (too_large || bytes.len != len))
        verify_add(verify, VERDICT_TILE_WIDTH, at);
    else if (there && memcmp(bytes.data, nodes, len) != 0)
        verify_add(verify, VERDICT_TILE_MISMATCH, at);
    buf_release(&bytes);
    return err;
}

/* Its entries are those of the tree when their leaf hashes are. */
static bool holds_entries(const struct verify *verify, const struct tile *tile, struct slice bundle)
{
    struct slice entries[TILE_WIDTH];
    uint8_t leaf[TREE_HASH_LEN];
    if (bundle_cut(bundle, tile->width, entries) != OK)
        return false;
    for (unsigned i = 0; i < tile->width; i++) {
        tree_leaf_hash(leaf, entries[i]);
        if (memcmp(leaf, &verify->levels[0][tile->index * TILE_WIDTH + i], sizeof leaf) != 0)
            return false;
    }
    return true;
}

static enum err check_earlier_bundle(struct verify *verify, const char *path,
                                     const struct tile *tile)
{
    struct buf bytes;
    buf_init(&bytes, BUNDLE_BYTES_MAX);
    bool there, too_large;
    enum err err = read_listed(verify, path, BUNDLE_BYTES_MAX, &bytes, &there, &too_large);
    if (there && (too_large || !holds_entries(verify, tile, buf_slice(&bytes))))
        verify_add(verify, VERDICT_BUNDLE_MISMATCH, first_leaf(0, tile->index * TILE_WIDTH));
    buf_release(&bytes);
    return err;
}

/* One that is too large to be named by an entry is no file of this ledger. */
static enum err check_named(struct verify *verify, const char *path)
{
    uint8_t hash[SHA256_LEN];
    char name[2 * SHA256_LEN + 1];
    struct buf bytes;
    buf_init(&bytes, FOLD_FILE_MAX);
    bool there, too_large;
    enum err err = read_listed(verify, path, FOLD_FILE_MAX, &bytes, &there, &too_large);
    if (too_large) {
        verify_add(verify, VERDICT_FILE_UNKNOWN, VERIFY_WHOLE);
    } else if (there) {
        sha256(hash, buf_slice(&bytes));
        hex_encode(name, hash, sizeof hash);
        if (strcmp(path + strlen(FILES_PREFIX), name) != 0)
            verify_add(verify, VERDICT_FILE_MISMATCH, VERIFY_WHOLE);
    }
    buf_release(&bytes);
    return err;
}

enum err verify_others(struct verify *verify)
{
    struct tile tile;
    for (size_t i = 0; i < verify->paths_len; i++) {
        const char *path = verify->paths[i].path;
        enum verify_kind kind = verify_kind(&verify->paths[i], verify->size, &tile);
        enum err err = OK;
        if (kind == VERIFY_UNKNOWN)
            verify_add(verify, VERDICT_FILE_UNKNOWN, VERIFY_WHOLE);
        else if (kind == VERIFY_NAMED)
            err = check_named(verify, path);
        else if (kind == VERIFY_EARLIER && tile.level == TILE_ENTRIES)
            err = check_earlier_bundle(verify, path, &tile);
        else if (kind == VERIFY_EARLIER)
            err = check_earlier_tile(verify, path, &tile);
        if (err != OK)
            return err;
    }
    return OK;
}
