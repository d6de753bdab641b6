/* The tally file of a category, byte for byte (PROTOCOL.md §7): what the hash in a `tally` entry is
 * of. */
#ifndef TALLY_TALLY_FILE_H
#define TALLY_TALLY_FILE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "tally/counts.h"
#include "tally/ranking.h"

#define TALLY_FILE_MAX (64U << 20)

/* Ballots of the category: cast = superseded + void + spoiled + counted. */
struct tally_totals {
    uint64_t upto; /* index of evaluation's close */
    uint64_t issued, superseded, void_ballots;
};

/* Appends the file to out. counted and spoiled are those of counts. ERR_LIMITED: longer than
 * TALLY_FILE_MAX or the cap of out; then out has failed. */
enum err tally_file_write(struct slice origin, struct slice cat, const struct tally_totals *totals,
                          const struct counts *counts, const struct ranking *ranking,
                          struct buf *out) MUST_CHECK;

#endif
