/*
 * Tiles (C2SP tlog-tiles): the tree in pieces of 256 hashes, and the entries in bundles of 256,
 * each a file that never changes once it is full.
 *
 * Tile (L, N) holds the nodes of height 8·L numbered from 256·N. Paths are `tile/<L>/<N>` and, for
 * the entries, `tile/entries/<N>`; a partial one ends in `.p/<W>`. N stands in groups of three
 * digits, all but the last behind an `x`: 1234067 is `x001/x234/067`.
 */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "ledger/tree.h"

#define TILE_WIDTH 256
#define TILE_LEVELS 8   /* 8·8 bits of height: more than TREE_SIZE_MAX needs */
#define TILE_ENTRIES 64 /* in place of a level: the bundle of the entries themselves */
#define TILE_INDEX_MAX ((1ULL << 56) - 1)
#define TILE_PATH_CAP 64
#define TILE_BYTES_MAX (TILE_WIDTH * TREE_HASH_LEN)
#define BUNDLE_ENTRY_MAX 65535 /* a 16-bit length */
#define BUNDLE_BYTES_MAX (TILE_WIDTH * (2 + BUNDLE_ENTRY_MAX))

struct tile {
    unsigned level; /* 0 … TILE_LEVELS − 1, or TILE_ENTRIES */
    uint64_t index;
    unsigned width; /* 1 … TILE_WIDTH */
};

/* Writes the path and a NUL. */
void tile_path(char out[static TILE_PATH_CAP], const struct tile *tile);

/* The one spelling of each tile and no other. ERR_INVALID otherwise. */
enum err tile_path_parse(struct slice path, struct tile *tile) MUST_CHECK;

/* The tile that holds the last node of a level (or bundle) in a tree of this size, and its width.
 * False when the level has none. */
bool tile_last(unsigned level, uint64_t size, struct tile *tile);

/* Height of the nodes in a level: 8·level, 0 for bundles. */
unsigned tile_height(unsigned level);

/* Appends one entry to a bundle: 16-bit big-endian length and the bytes. */
void bundle_put(struct buf *out, struct slice entry);

/* Cuts the next entry off rest. False: nothing is left, or what is left is cut short; *rest then
 * tells (empty or not). */
bool bundle_next(struct slice *rest, struct slice *entry);

/* Cuts a bundle into exactly width entries with nothing left over. ERR_CORRUPT otherwise. */
enum err bundle_cut(struct slice bundle, unsigned width,
                    struct slice entries[static TILE_WIDTH]) MUST_CHECK;

/*
 * Where tiles are read from. read() appends the bytes of exactly that tile to out: width · 32 bytes
 * of a hash tile. A source that has only a wider one cuts it. ERR_NOT_FOUND, ERR_CORRUPT (wrong
 * length), …
 */
struct tile_source {
    void *context;
    enum err (*read)(void *context, const struct tile *tile, struct buf *out, struct fault *fault);
};

/* Tiles as files under folder (the one that holds `checkpoint` and `tile/`). A partial tile that is
 * gone is cut from the full one. folder is borrowed for as long as the source is used. */
struct tile_source tile_folder(const char *folder);

#endif
