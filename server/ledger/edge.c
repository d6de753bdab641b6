#include "edge.h"

void edge_init(struct edge *edge)
{
    tree_init(&edge->tree);
    buf_init(&edge->bundle, BUNDLE_BYTES_MAX);
}

void edge_release(struct edge *edge)
{
    buf_release(&edge->bundle);
}

enum err edge_add(struct edge *edge, struct slice entry, uint8_t leaf[static TREE_HASH_LEN],
                  enum err (*full)(void *context, const struct tile *tile, struct slice bytes,
                                   struct fault *fault),
                  void *context, struct fault *fault)
{
    struct tile tile = {.level = TILE_ENTRIES, .width = TILE_WIDTH};
    enum err err;

    tree_leaf_hash(leaf, entry);
    bundle_put(&edge->bundle, entry);
    memcpy(edge->hashes[0][edge->tree.size % TILE_WIDTH], leaf, TREE_HASH_LEN);
    tree_add(&edge->tree, leaf);
    if (edge->tree.size % TILE_WIDTH != 0)
        return OK;
    tile.index = edge->tree.size / TILE_WIDTH - 1;
    err = full(context, &tile, buf_slice(&edge->bundle), fault);
    buf_clear(&edge->bundle);
    for (unsigned level = 0; err == OK && level + 1 < TILE_LEVELS; level++) {
        uint64_t nodes = edge->tree.size >> tile_height(level + 1);
        const uint8_t *node = tree_done(&edge->tree, tile_height(level + 1));

        if (node == NULL)
            break;
        tile.level = level;
        tile.index = nodes - 1;
        err = full(context, &tile, slice_of(edge->hashes[level], TILE_BYTES_MAX), fault);
        memcpy(edge->hashes[level + 1][(nodes - 1) % TILE_WIDTH], node, TREE_HASH_LEN);
    }
    return err;
}

bool edge_partial(const struct edge *edge, unsigned level, struct tile *tile, struct slice *bytes)
{
    if (!tile_last(level, edge->tree.size, tile) || tile->width == TILE_WIDTH)
        return false;
    *bytes = level == TILE_ENTRIES
                 ? buf_slice(&edge->bundle)
                 : slice_of(edge->hashes[level], (size_t)tile->width * TREE_HASH_LEN);
    return true;
}
