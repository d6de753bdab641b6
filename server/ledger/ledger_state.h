/* What the three parts of the ledger share: ledger.c (life and commit), ledger_replay.c (opening),
 * ledger_publish.c (the folder that others read). */
#ifndef SERVER_LEDGER_LEDGER_STATE_H
#define SERVER_LEDGER_LEDGER_STATE_H

#include "base/file.h"
#include "edge.h"
#include "ledger/checkpoint.h"
#include "ledger/journal.h"
#include "ledger/ledger.h"

/* Names below the campaign's folder. */
#define LEDGER_STATE "state"
#define LEDGER_LOCK "state/lock"
#define LEDGER_TEMP "state/put"
#define LEDGER_PUBLIC "ledger"
#define LEDGER_CHECKPOINT "ledger/checkpoint"
#define LEDGER_PATH_CAP (TILE_PATH_CAP + 16)

/* A tile that became full and is not written yet. */
struct full_tile {
    struct tile tile;
    struct slice bytes; /* owned */
};

/*
 * Invariants:
 *  1. edge = everything committed, then what is staged; batch holds the bytes of the latter.
 *  2. full holds the tiles that filled since the last publication.
 *  3. Full tiles of the entries below `synced` are durable, and the journal begins at or before it.
 */
struct ledger {
    /* Set at opening. */
    char campaign[FILE_PATH_CAP];
    char public_folder[FILE_PATH_CAP];
    const struct ed25519_secret *secret; /* borrowed */
    struct note_key key;
    uint64_t floor;
    uint64_t journal_cut;
    int at;   /* the campaign's folder */
    int lock; /* state/lock, locked */

    /* The edge, staged entries included. */
    struct edge edge;
    struct buf batch;
    size_t staged;
    struct full_tile *full;
    size_t full_len, full_room;

    /* What is committed. */
    struct journal *journal;
    uint64_t size;
    uint8_t root[TREE_HASH_LEN];
    struct buf checkpoint;
    uint64_t synced;
    bool broken; /* a commit failed: the process must end (I7) */
};

/* Path of a tile below the campaign's folder. */
void ledger_tile_path(char out[static LEDGER_PATH_CAP], const struct tile *tile);

/* A full callback for edge_add() that keeps a copy for publication. context is the ledger. */
enum err ledger_keep_full(void *context, const struct tile *tile, struct slice bytes,
                          struct fault *fault) MUST_CHECK;

/* Rebuilds the edge from tiles and journal, checks all that is there, and leaves in full the tiles
 * that have to be published again. */
enum err ledger_replay(struct ledger *ledger, const struct ledger_options *options,
                       struct fault *fault) MUST_CHECK;

/* Writes the kept full tiles, the partial ones that changed since the tree had old_size, and the
 * checkpoint, in this order. */
enum err ledger_publish(struct ledger *ledger, uint64_t old_size, struct fault *fault) MUST_CHECK;

/* Removes the partial tiles that crashed processes had no time to remove. */
void ledger_sweep(const struct ledger *ledger);

/* Syncs the full tiles since the last time and cuts the journal, when it is longer than allowed. */
enum err ledger_cut_journal(struct ledger *ledger, struct fault *fault) MUST_CHECK;

#endif
