#include "ledger/tree.h"

#include <stddef.h>

#include "base/err.h"

void tree_leaf_hash(uint8_t out[static TREE_HASH_LEN], struct slice entry)
{
    const struct slice parts[] = {slice_of("\0", 1), entry};

    sha256_parts(out, parts, 2);
}

void tree_node_hash(uint8_t out[static TREE_HASH_LEN], const uint8_t left[static TREE_HASH_LEN],
                    const uint8_t right[static TREE_HASH_LEN])
{
    uint8_t both[1 + 2 * TREE_HASH_LEN];

    both[0] = 1;
    memcpy(both + 1, left, TREE_HASH_LEN);
    memcpy(both + 1 + TREE_HASH_LEN, right, TREE_HASH_LEN);
    sha256(out, slice_of(both, sizeof both));
}

void tree_init(struct tree *tree)
{
    tree->size = 0;
}

void tree_add(struct tree *tree, const uint8_t leaf[static TREE_HASH_LEN])
{
    unsigned height = 0;

    INVARIANT(tree->size < TREE_SIZE_MAX);
    memcpy(tree->done[0], leaf, TREE_HASH_LEN);
    for (; tree->size >> height & 1; height++)
        tree_node_hash(tree->done[height + 1], tree->edge[height], tree->done[height]);
    memcpy(tree->edge[height], tree->done[height], TREE_HASH_LEN);
    tree->size++;
}

const uint8_t *tree_done(const struct tree *tree, unsigned height)
{
    if (height >= TREE_HEIGHTS || tree->size == 0 || tree->size & ((1ULL << height) - 1))
        return NULL;
    return tree->done[height];
}

void tree_root(const struct tree *tree, uint8_t out[static TREE_HASH_LEN])
{
    unsigned height = 0;

    if (tree->size == 0) {
        sha256(out, slice_of(NULL, 0));
        return;
    }
    while (!(tree->size >> height & 1))
        height++;
    memcpy(out, tree->edge[height], TREE_HASH_LEN);
    for (height++; height < TREE_HEIGHTS; height++)
        if (tree->size >> height & 1)
            tree_node_hash(out, tree->edge[height], out);
}
