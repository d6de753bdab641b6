/*
 * The inside of one look at a ledger, in the order of PROTOCOL.md §8: the checkpoint and the list
 * of files, bundles, tiles, other files, and then the entries one after another.
 */
#ifndef AUDIT_VERIFY_INNER_H
#define AUDIT_VERIFY_INNER_H

#include "audit/verify.h"
#include "base/pool.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

/* Bundles in hand at once: the memory of their parsed entries is CHUNK_ENTRIES · sizeof(struct
 * entry), about 35 MB. */
#define CHUNK_BUNDLES 8
#define CHUNK_ENTRIES (CHUNK_BUNDLES * TILE_WIDTH)

/* Largest size of a checkpoint (PROTOCOL.md §1): indexes of ballots have 32 bits. */
#define VERIFY_SIZE_MAX UINT32_MAX

struct hash {
    uint8_t bytes[TREE_HASH_LEN];
};

struct verify_files {
    struct source *source;
    enum err err; /* not absent but unreadable: then nothing can be said */
    struct fault fault;
};

struct verify_path {
    char *path; /* owned */
    enum source_item item;
};

/* Some bundles in a row: their entries, in order, point into bytes. */
struct chunk {
    struct buf bytes;
    size_t ends[CHUNK_BUNDLES]; /* of each bundle in bytes */
    uint64_t first;             /* index of the first entry */
    size_t len;
    struct slice entries[CHUNK_ENTRIES];
};

struct verify {
    struct source *source;
    const struct note_key *log;
    const struct verify_options *options;
    struct verify_report *report;
    struct fault *fault;
    struct pool *pool;

    struct verify_path *paths; /* every item of a folder */
    size_t paths_len, paths_room;

    uint64_t size;
    /* By level of tiles, size >> 8·level of them: hashes of complete subtrees, the leaves first. */
    struct hash *levels[TILE_LEVELS];
    size_t leaves_room;
    uint64_t leaves_len;
};

void verify_add(struct verify *verify, enum verdict_code code, int64_t index);
void verify_show(const struct verify *verify, const char *title, uint64_t done);

/* Number of hashes of a level, or of entries. */
static inline uint64_t verify_nodes(const struct verify *verify, unsigned level)
{
    return verify->size >> tile_height(level);
}

/* ---- verify_tree.c: steps 2 to 5 ---- */

/* What a file of a folder is to a tree of this size. */
enum verify_kind { VERIFY_NEEDED, VERIFY_EARLIER, VERIFY_NAMED, VERIFY_UNKNOWN };
enum verify_kind verify_kind(const struct verify_path *item, uint64_t size, struct tile *tile);

/* Step 2, and the leaf hashes. */
enum err verify_bundles(struct verify *verify) MUST_CHECK;
/* Steps 3 and 4. */
enum err verify_tiles(struct verify *verify) MUST_CHECK;
/* Step 5. */
enum err verify_others(struct verify *verify) MUST_CHECK;

struct chunk *chunk_create(void);
void chunk_destroy(struct chunk *chunk);
/* Reads at most so many bundles from entry first on. The codes of those that are absent or
 * malformed go to the findings; then *whole is false and the entries are of no use. */
enum err verify_read_chunk(struct verify *verify, uint64_t first, size_t most, struct chunk *chunk,
                           bool *whole) MUST_CHECK;

/* Root of the tree of the first size entries. */
void verify_root(const struct verify *verify, uint64_t size, uint8_t out[static TREE_HASH_LEN]);

/* ---- verify_judge.c: step 6 ---- */

enum err verify_judge(struct verify *verify) MUST_CHECK;

#endif
