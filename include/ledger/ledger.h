/*
 * The ledger of a campaign on disk, for the one process that writes it.
 *
 *     <campaign>/state/journal      what is true (ledger/journal.h)
 *     <campaign>/state/lock         locked while a ledger is open
 *     <campaign>/ledger/checkpoint  the published head
 *     <campaign>/ledger/tile/…      tiles and bundles, derived from the journal
 *     <campaign>/ledger/files/…     what entries name by SHA-256
 *
 * Order of a commit: the journal (I1), then tiles, then the checkpoint, each as a temporary file
 * and a rename; nobody sees a checkpoint whose tiles are not there. The journal is cut only after
 * the full tiles and their folders are synced.
 *
 * Invariants: I1, I2, I7 (architecture.md). A ledger that disagrees with itself does not open.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypt/ed25519.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "ledger/tile.h"

#define LEDGER_BATCH_ENTRIES 1536           /* entries of a commit */
#define LEDGER_BATCH_BYTES (12U << 20)      /* and their bytes, lengths included */
#define LEDGER_JOURNAL_CUT (8U << 20)       /* journal length above which it is cut */
#define LEDGER_FLOOR_DEFAULT (256ULL << 20) /* free bytes below which nothing is taken */

struct ledger;

struct ledger_options {
    const char *campaign;             /* folder; copied */
    const char *origin;               /* name of the log key; copied */
    const struct ed25519_secret *key; /* the log key; borrowed until ledger_close() */
    uint64_t floor;                   /* bytes, 0 for the default */
    uint64_t journal_cut;             /* bytes, 0 for the default */

    /* Called during ledger_open() for every entry in order, so that state can be built again. bytes
     * are valid during the call; an error ends the opening with that error. May be NULL. */
    enum err (*visit)(void *context, struct slice bytes, uint64_t index,
                      const uint8_t leaf[static TREE_HASH_LEN], struct fault *fault);
    void *context;
};

/*
 * Locks the folder (made when missing), replays tiles and journal, checks everything against
 * everything, and publishes what a crash had left unpublished. ERR_CONFLICT: another process has it
 * open (the fault names folder and pid). ERR_CORRUPT: the folder disagrees with itself or with the
 * key. ERR_INTERNAL: I/O.
 */
enum err ledger_open(const struct ledger_options *options, struct ledger **ledger,
                     struct fault *fault) MUST_CHECK;

/* Drops what is staged and not committed. */
void ledger_close(struct ledger *ledger);

/* Of what is committed. The root of an empty ledger is all zero. */
uint64_t ledger_size(const struct ledger *ledger);
const uint8_t *ledger_root(const struct ledger *ledger);

/* The signed checkpoint as published, with cosignatures when there are any; empty before the first
 * commit. Valid until the next commit or cosignature. */
struct slice ledger_checkpoint(const struct ledger *ledger);

/* ERR_UNAVAILABLE when free space is below the floor. Ask before judging a batch: once an entry is
 * staged there is no way back. */
enum err ledger_ready(const struct ledger *ledger, struct fault *fault) MUST_CHECK;

/* Takes one entry into the batch in hand and tells its index and leaf hash. bytes are copied.
 * Nothing is written. ERR_LIMITED: the batch is full, or bytes longer than ENTRY_LEN_MAX or empty.
 */
enum err ledger_stage(struct ledger *ledger, struct slice bytes, uint64_t *index,
                      uint8_t leaf[static TREE_HASH_LEN]) MUST_CHECK;

/* How many entries are staged. */
size_t ledger_staged(const struct ledger *ledger);

/* Commits and publishes what is staged, at least one entry. Any error is ERR_INTERNAL and final:
 * the process must end (I7); the batch may or may not be true, the next start tells. */
enum err ledger_commit(struct ledger *ledger, struct fault *fault) MUST_CHECK;

/* ready, stage all, commit. ERR_UNAVAILABLE, ERR_LIMITED: nothing has happened. */
enum err ledger_append(struct ledger *ledger, const struct slice *entries, size_t count,
                       struct fault *fault) MUST_CHECK;

/* Publishes the current checkpoint with more signature lines. ERR_CONFLICT: bytes are not the
 * current checkpoint's text signed by the log key. The caller has verified the lines of witnesses.
 */
enum err ledger_cosigned(struct ledger *ledger, struct slice bytes, struct fault *fault) MUST_CHECK;

/* Tiles of the published tree, for proofs. Valid as long as the ledger. */
struct tile_source ledger_tiles(const struct ledger *ledger);

/* Appends the bytes of a committed entry. ERR_NOT_FOUND: index not below the size. */
enum err ledger_entry(struct ledger *ledger, uint64_t index, struct buf *out,
                      struct fault *fault) MUST_CHECK;

/* Files that entries name: written once under their SHA-256, durable when OK is returned. No ledger
 * need be open. */
#define LEDGER_FILE_MAX (64U << 20)
enum err ledger_file_put(const char *campaign, struct slice bytes, uint8_t hash[static SHA256_LEN],
                         struct fault *fault) MUST_CHECK;

/* Appends the file; ERR_NOT_FOUND, ERR_CORRUPT (its bytes have another hash), ERR_LIMITED. */
enum err ledger_file_get(const char *campaign, const uint8_t hash[static SHA256_LEN],
                         struct buf *out, struct fault *fault) MUST_CHECK;

#endif
