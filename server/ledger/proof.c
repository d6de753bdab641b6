#include "ledger/proof.h"

#include "base/mem.h"

/* One tile in hand a level: a proof walks down one path, so it asks for the same ones again. */
struct reader {
    const struct tile_source *source;
    uint64_t size; /* of the tree: says how wide the last tiles are */
    struct {
        struct tile tile; /* width 0: none yet */
        uint8_t hashes[TILE_BYTES_MAX];
    } held[TILE_LEVELS];
    struct fault *fault;
};

static enum err hold_tile(struct reader *reader, unsigned level, uint64_t index)
{
    uint64_t nodes = (reader->size >> tile_height(level)) - index * TILE_WIDTH;
    struct tile tile = {level, index, nodes < TILE_WIDTH ? (unsigned)nodes : TILE_WIDTH};
    struct buf bytes;
    enum err err;

    if (reader->held[level].tile.width != 0 && reader->held[level].tile.index == index)
        return OK;
    buf_init(&bytes, TILE_BYTES_MAX);
    err = reader->source->read(reader->source->context, &tile, &bytes, reader->fault);
    if (err == OK && bytes.len != (size_t)tile.width * TREE_HASH_LEN)
        err = fault_set(reader->fault, ERR_CORRUPT, "a tile has the wrong length");
    if (err == OK) {
        reader->held[level].tile = tile;
        memcpy(reader->held[level].hashes, bytes.data, bytes.len);
    }
    buf_release(&bytes);
    return err;
}

/* Root of the complete subtree of 2^height leaves from leaf `first` on. */
static enum err complete_hash(struct reader *reader, uint64_t first, unsigned height,
                              uint8_t out[static TREE_HASH_LEN])
{
    unsigned level = height / 8;
    uint64_t node = first >> tile_height(level);
    unsigned count = 1U << height % 8;
    uint8_t row[TILE_WIDTH / 2][TREE_HASH_LEN];
    enum err err = hold_tile(reader, level, node / TILE_WIDTH);

    if (err != OK)
        return err;
    memcpy(row, reader->held[level].hashes + node % TILE_WIDTH * TREE_HASH_LEN,
           (size_t)count * TREE_HASH_LEN);
    for (; count > 1; count /= 2)
        for (unsigned i = 0; i < count / 2; i++)
            tree_node_hash(row[i], row[2 * i], row[2 * i + 1]);
    memcpy(out, row[0], TREE_HASH_LEN);
    return OK;
}

/* Exponent of the largest power of two below count (count ≥ 2). */
static unsigned split_height(uint64_t count)
{
    return 63U - (unsigned)__builtin_clzll(count - 1);
}

/* MTH(D[first:first + count]) of RFC 6962; first is a multiple of the power of two at or above
 * count. */
static enum err range_hash(struct reader *reader, uint64_t first, uint64_t count,
                           uint8_t out[static TREE_HASH_LEN])
{
    uint8_t right[TREE_HASH_LEN];
    unsigned height;
    enum err err;

    if ((count & (count - 1)) == 0)
        return complete_hash(reader, first, (unsigned)__builtin_ctzll(count), out);
    height = split_height(count);
    err = complete_hash(reader, first, height, out);
    if (err == OK)
        err = range_hash(reader, first + (1ULL << height), count - (1ULL << height), right);
    if (err == OK)
        tree_node_hash(out, out, right);
    return err;
}

static enum err put_range(struct reader *reader, struct proof *proof, uint64_t first,
                          uint64_t count)
{
    INVARIANT(proof->len < PROOF_HASHES_MAX);
    return range_hash(reader, first, count, proof->hashes[proof->len++]);
}

static struct reader *reader_create(const struct tile_source *source, uint64_t size,
                                    struct fault *fault)
{
    struct reader *reader = xcalloc(1, sizeof *reader);

    reader->source = source;
    reader->size = size;
    reader->fault = fault;
    return reader;
}

/* PATH(index, D[first:first + count]), the deepest hash first. */
static enum err put_path(struct reader *reader, struct proof *proof, uint64_t index, uint64_t first,
                         uint64_t count)
{
    uint64_t left;
    enum err err;

    if (count == 1)
        return OK;
    left = 1ULL << split_height(count);
    if (index < first + left) {
        err = put_path(reader, proof, index, first, left);
        return err != OK ? err : put_range(reader, proof, first + left, count - left);
    }
    err = put_path(reader, proof, index, first + left, count - left);
    return err != OK ? err : put_range(reader, proof, first, left);
}

enum err proof_inclusion(const struct tile_source *source, uint64_t size, uint64_t index,
                         struct proof *proof, struct fault *fault)
{
    struct reader *reader;
    enum err err;

    proof->len = 0;
    if (index >= size || size > TREE_SIZE_MAX)
        return fault_set(fault, ERR_INVALID, "no entry %llu in a tree of %llu",
                         (unsigned long long)index, (unsigned long long)size);
    reader = reader_create(source, size, fault);
    err = put_path(reader, proof, index, 0, size);
    free(reader);
    return err;
}

/* SUBPROOF(old, D[first:first + count], whole) of RFC 6962 §2.1.2. `whole` tells that the old root
 * is that of this very subtree, so its hash need not be given. */
static enum err put_subproof(struct reader *reader, struct proof *proof, uint64_t old,
                             uint64_t first, uint64_t count, bool whole)
{
    uint64_t left;
    enum err err;

    if (old == count)
        return whole ? OK : put_range(reader, proof, first, count);
    left = 1ULL << split_height(count);
    if (old <= left) {
        err = put_subproof(reader, proof, old, first, left, whole);
        return err != OK ? err : put_range(reader, proof, first + left, count - left);
    }
    err = put_subproof(reader, proof, old - left, first + left, count - left, false);
    return err != OK ? err : put_range(reader, proof, first, left);
}

enum err proof_consistency(const struct tile_source *source, uint64_t old_size, uint64_t new_size,
                           struct proof *proof, struct fault *fault)
{
    struct reader *reader;
    enum err err;

    proof->len = 0;
    if (old_size == 0 || old_size > new_size || new_size > TREE_SIZE_MAX)
        return fault_set(fault, ERR_INVALID, "no proof from size %llu to %llu",
                         (unsigned long long)old_size, (unsigned long long)new_size);
    reader = reader_create(source, new_size, fault);
    err = put_subproof(reader, proof, old_size, 0, new_size, true);
    free(reader);
    return err;
}

enum err proof_root(const struct tile_source *source, uint64_t size,
                    uint8_t out[static TREE_HASH_LEN], struct fault *fault)
{
    struct reader *reader;
    enum err err;

    if (size == 0 || size > TREE_SIZE_MAX)
        return fault_set(fault, ERR_INVALID, "no tree of size %llu", (unsigned long long)size);
    reader = reader_create(source, size, fault);
    err = range_hash(reader, 0, size, out);
    free(reader);
    return err;
}

/* Steps two positions up by one level until `low` is odd or zero. */
static void climb(uint64_t *low, uint64_t *high)
{
    while (*low != 0 && !(*low & 1)) {
        *low >>= 1;
        *high >>= 1;
    }
}

bool proof_includes(const struct proof *proof, uint64_t size, uint64_t index,
                    const uint8_t leaf[static TREE_HASH_LEN],
                    const uint8_t root[static TREE_HASH_LEN])
{
    uint64_t low = index, high = size - 1;
    uint8_t hash[TREE_HASH_LEN];

    if (index >= size)
        return false;
    memcpy(hash, leaf, TREE_HASH_LEN);
    for (size_t i = 0; i < proof->len; i++) {
        if (high == 0)
            return false;
        if (low & 1 || low == high) {
            tree_node_hash(hash, proof->hashes[i], hash);
            climb(&low, &high);
        } else {
            tree_node_hash(hash, hash, proof->hashes[i]);
        }
        low >>= 1;
        high >>= 1;
    }
    return high == 0 && memcmp(hash, root, TREE_HASH_LEN) == 0;
}

bool proof_consistent(const struct proof *proof, uint64_t old_size, uint64_t new_size,
                      const uint8_t old_root[static TREE_HASH_LEN],
                      const uint8_t new_root[static TREE_HASH_LEN])
{
    uint64_t low = old_size - 1, high = new_size - 1;
    uint8_t old_hash[TREE_HASH_LEN], new_hash[TREE_HASH_LEN];
    size_t i = 0;

    if (old_size == 0 || old_size > new_size)
        return false;
    if (old_size == new_size)
        return proof->len == 0 && memcmp(old_root, new_root, TREE_HASH_LEN) == 0;
    for (; low & 1; low >>= 1)
        high >>= 1;
    /* A power of two is itself the first node; then it is not in the proof. */
    if ((old_size & (old_size - 1)) != 0 && proof->len == 0)
        return false;
    memcpy(old_hash, (old_size & (old_size - 1)) == 0 ? old_root : proof->hashes[i++],
           TREE_HASH_LEN);
    memcpy(new_hash, old_hash, TREE_HASH_LEN);
    for (; i < proof->len; i++) {
        if (high == 0)
            return false;
        if (low & 1 || low == high) {
            tree_node_hash(old_hash, proof->hashes[i], old_hash);
            tree_node_hash(new_hash, proof->hashes[i], new_hash);
            climb(&low, &high);
        } else {
            tree_node_hash(new_hash, new_hash, proof->hashes[i]);
        }
        low >>= 1;
        high >>= 1;
    }
    return high == 0 && memcmp(old_hash, old_root, TREE_HASH_LEN) == 0 &&
           memcmp(new_hash, new_root, TREE_HASH_LEN) == 0;
}

void proof_put(struct buf *out, const struct proof *proof)
{
    for (size_t i = 0; i < proof->len; i++) {
        buf_put_base64(out, proof->hashes[i], TREE_HASH_LEN);
        buf_put_byte(out, '\n');
    }
}
