/*
 * Opening the ballots: from sealed entries to counts, in slices, so that the ledger process stays
 * responsive. The same walk serves the count after the close, the auditor's recount, and `open:
 * live`, where it is called again after every batch.
 *
 * Invariant: when opening_step() says that nothing is left, the counts of each category are those
 * of PROTOCOL.md §7 for the fold as it stands: the last ballot of each pass that is not void.
 */
#ifndef TALLY_OPENING_H
#define TALLY_OPENING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "campaign/fold.h"
#include "crypt/hpke.h"
#include "tally/counts.h"

#define OPENING_SLICE 512 /* ballots of a step: about 25 ms of two cores */

struct opening;

/* Appends the bytes of the ledger's entry at index to out. Called in rising order of the index, but
 * for ballots that have to be taken out again. */
struct opening_reader {
    void *context;
    enum err (*read)(void *context, uint64_t index, struct buf *out, struct fault *fault);
};

/* After evaluation was opened: the papers stand. fold, secret, reader's context and pool are
 * borrowed. pool may be NULL: all is done in the caller's thread. */
struct opening *opening_create(const struct fold *fold, const struct hpke_secret *secret,
                               const struct opening_reader *reader, struct pool *pool);
void opening_destroy(struct opening *opening);

/* Takes in at most `most` ballots more. *left tells how many ballots of the fold are still to be
 * looked at: 0 when the counts are right. Errors are the reader's, or ERR_CORRUPT for an entry that
 * is not the ballot it should be; the counts are then of no use. */
enum err opening_step(struct opening *opening, size_t most, uint64_t *left,
                      struct fault *fault) MUST_CHECK;

/* The counts of a category so far, spoiled ones included. */
const struct counts *opening_counts(const struct opening *opening, unsigned cat);

#endif
