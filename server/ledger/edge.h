/*
 * The right edge of the ledger in memory: the tree, the last tile of every level and the last
 * bundle, as far as they are filled. What is full is handed out and forgotten.
 */
#ifndef SERVER_LEDGER_EDGE_H
#define SERVER_LEDGER_EDGE_H

#include "base/buf.h"
#include "base/err.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

struct edge {
    struct tree tree;
    struct buf bundle;                                      /* size % 256 entries */
    uint8_t hashes[TILE_LEVELS][TILE_WIDTH][TREE_HASH_LEN]; /* (size >> 8·level) % 256 nodes */
};

void edge_init(struct edge *edge);
void edge_release(struct edge *edge);

/* Adds one entry and tells its leaf hash. full is called for every tile and bundle that it fills,
 * lowest level first, bundle before all; bytes are valid during the call. Stops at the first error
 * of full. */
enum err edge_add(struct edge *edge, struct slice entry, uint8_t leaf[static TREE_HASH_LEN],
                  enum err (*full)(void *context, const struct tile *tile, struct slice bytes,
                                   struct fault *fault),
                  void *context, struct fault *fault) MUST_CHECK;

/* The partial tile or bundle of a level. False when it has none. */
bool edge_partial(const struct edge *edge, unsigned level, struct tile *tile, struct slice *bytes);

#endif
