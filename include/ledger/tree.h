/*
 * The Merkle tree of RFC 6962 §2.1, append-only: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01
 * ‖ left ‖ right), split at the largest power of two below the size. Only the right edge is kept.
 */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include <stdint.h>

#include "base/slice.h"
#include "crypt/hash.h"

#define TREE_HASH_LEN SHA256_LEN
#define TREE_SIZE_MAX (1ULL << 53) /* what a JSON integer holds: indexes stand in entries */
#define TREE_HEIGHTS 54

void tree_leaf_hash(uint8_t out[static TREE_HASH_LEN], struct slice entry);

/* out may be left or right. */
void tree_node_hash(uint8_t out[static TREE_HASH_LEN], const uint8_t left[static TREE_HASH_LEN],
                    const uint8_t right[static TREE_HASH_LEN]);

/* Invariant: for every bit h set in size, edge[h] is the root of the complete subtree of 2^h leaves
 * that stands there, the higher the further left. */
struct tree {
    uint64_t size;
    uint8_t edge[TREE_HEIGHTS][TREE_HASH_LEN];
    uint8_t done[TREE_HEIGHTS][TREE_HASH_LEN];
};

void tree_init(struct tree *tree);

/* Aborts past TREE_SIZE_MAX. */
void tree_add(struct tree *tree, const uint8_t leaf[static TREE_HASH_LEN]);

/* Root of the complete subtree of 2^height leaves that ends with the last leaf, or NULL when there
 * is none (size is not a multiple of 2^height). Valid until the next tree_add(). */
const uint8_t *tree_done(const struct tree *tree, unsigned height);

/* Root of the whole; of an empty tree SHA-256 of nothing. */
void tree_root(const struct tree *tree, uint8_t out[static TREE_HASH_LEN]);

#endif
