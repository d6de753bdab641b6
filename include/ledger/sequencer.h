/*
 * Group commit: takes all that waits as one batch, has it judged, commits it to the ledger, and
 * tells each candidate what became of it. Synchronous, without a loop, a timer or a domain of its
 * own: when to call is the ledger process's business, what counts is the judge's.
 *
 * Invariants:
 *  1. Every accepted entry is judged against the state that all entries before it made, in order.
 *  2. A verdict is known to the caller only after the commit (I1).
 *  3. Time in the ledger never goes back: at = max(last at, clock), one for the whole batch (I9).
 *  4. What the ledger itself owes (due) comes before any candidate of the same batch.
 */
#ifndef LEDGER_SEQUENCER_H
#define LEDGER_SEQUENCER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "base/slice.h"
#include "ledger/entry.h"
#include "ledger/ledger.h"

#define SEQUENCER_ENTRIES 1024     /* candidates of a batch */
#define SEQUENCER_BYTES (4U << 20) /* and their bytes */
#define SEQUENCER_OWN 256          /* entries of the ledger's own in a batch */

enum candidate_origin { CANDIDATE_PUBLIC, CANDIDATE_REGISTRAR, CANDIDATE_STAFF, CANDIDATE_OWN };

enum candidate_verdict {
    CANDIDATE_REFUSED,  /* code says why */
    CANDIDATE_ACCEPTED, /* committed at index */
    CANDIDATE_REPEATED, /* the same bytes stand at index already */
};

/* Codes of refusals that are not the judge's; his are ≥ 0. */
enum {
    SEQUENCER_MALFORMED = -1, /* not an entry: fault says what */
    SEQUENCER_HAS_AT = -2,    /* `at` is the ledger's to set */
    SEQUENCER_TOO_LONG = -3,  /* longer than an entry may be once `at` is in */
};

struct candidate {
    /* The submitter's. bytes must stay until the verdict. */
    struct slice bytes;
    enum candidate_origin origin;
    void *owner;

    /* The sequencer's. Members slice into bytes, or into stamped once `at` is in. */
    struct entry entry;
    struct buf stamped;
    bool sound; /* an entry in form, to be judged */

    /* The judge's, from prove() to check(): what was found, and the state it was found in. 0
     * before. */
    uint64_t proof_state;
    uint64_t proof_generation;

    /* The verdict, valid after sequencer_commit(). check() sets verdict, code, index (of a repeated
     * one, or of what stands in the way) and rev; the sequencer sets index of an accepted one. */
    enum candidate_verdict verdict;
    int code;
    uint64_t index;
    uint64_t rev;
    struct fault fault; /* of SEQUENCER_MALFORMED */
};

/* bytes are borrowed until candidate_release(). */
void candidate_init(struct candidate *candidate, struct slice bytes, enum candidate_origin origin,
                    void *owner);
void candidate_release(struct candidate *candidate);

struct judge {
    void *context;

    /* The costly part: signatures. On any thread, several at once, reads the state and writes only
     * the candidate. `at` is not in yet. */
    void (*prove)(void *context, struct candidate *candidate);

    /* Decides in order. Sets the verdict; accepted entries are applied at once. */
    void (*check)(void *context, struct candidate *candidate, uint64_t index, uint64_t at);

    /* Takes an entry into the state. Also during replay, where only entry is set and bytes are
     * valid during the call. */
    void (*apply)(void *context, const struct candidate *candidate, uint64_t index,
                  const uint8_t leaf[static TREE_HASH_LEN]);

    /* Appends the next entry that the ledger owes at this time, without `at`. ERR_NOT_FOUND:
     * nothing. Asked again after each one is applied. Own entries are proved and checked like any
     * other; a refused one is a broken invariant. */
    enum err (*due)(void *context, uint64_t at, struct buf *entry);
};

struct sequencer;

/* Opens the ledger (options->visit and context are ignored), feeding every old entry to
 * judge->apply. pool is borrowed. Errors as ledger_open(), and ERR_CORRUPT for an entry that can't
 * be one. */
enum err sequencer_open(const struct ledger_options *options, const struct judge *judge,
                        struct pool *pool, struct sequencer **sequencer,
                        struct fault *fault) MUST_CHECK;
void sequencer_close(struct sequencer *sequencer);

/*
 * Judges and commits count candidates (0 for only what is due). On OK every candidate has its
 * verdict. ERR_LIMITED: more than SEQUENCER_ENTRIES or SEQUENCER_BYTES; ERR_UNAVAILABLE: no space;
 * nothing was judged in either case. ERR_INTERNAL: the process must end, nothing may be answered.
 */
enum err sequencer_commit(struct sequencer *sequencer, struct candidate *const *candidates,
                          size_t count, struct fault *fault) MUST_CHECK;

/* sequencer_commit() of no candidates: costs next to nothing when nothing is due. */
enum err sequencer_due(struct sequencer *sequencer, struct fault *fault) MUST_CHECK;

/* The ledger: size, root and checkpoint after the last commit. */
struct ledger *sequencer_ledger(const struct sequencer *sequencer);

/* The last `at` given, 0 for an empty ledger. */
uint64_t sequencer_at(const struct sequencer *sequencer);

#endif
