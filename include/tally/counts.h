/*
 * The counts of one category: histograms (nominee, criterion, value) → ballots, voters of each
 * nominee, and for rank the pairs (PROTOCOL.md §7). Every mean, median and ranking derives from
 * them. They add up: counts of two halves merged are the counts of the whole.
 *
 * Memory goes with the number of different cells, not with ballots.
 */
#ifndef TALLY_COUNTS_H
#define TALLY_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "ballot/method.h"

struct counts;

struct counts_cell {
    uint32_t nominee;   /* position in the paper */
    uint32_t criterion; /* method_criterion_name() */
    uint64_t value;
    uint64_t count; /* > 0 */
};

struct counts_pair {
    uint32_t before, after; /* positions in the paper */
    uint64_t count;         /* > 0: ballots that have both, in this order */
};

/* paper and what it points to must outlive the counts. */
struct counts *counts_create(const struct ballot_paper *paper);
void counts_destroy(struct counts *counts);
const struct ballot_paper *counts_paper(const struct counts *counts);

/* Takes a ballot in, or out again when a later one of its pass replaces it (live opening). choice
 * is valid; only what was added may be removed. */
void counts_add(struct counts *counts, const struct choice *choice);
void counts_remove(struct counts *counts, const struct choice *choice);

/* The same for spoiled ballots, which are only numbered. */
void counts_add_spoiled(struct counts *counts);
void counts_remove_spoiled(struct counts *counts);

/* Ballots taken in, without the spoiled; the spoiled. */
uint64_t counts_counted(const struct counts *counts);
uint64_t counts_spoiled(const struct counts *counts);

/* Counted ballots that name the nominee. */
uint64_t counts_voters(const struct counts *counts, uint32_t nominee);

uint64_t counts_get(const struct counts *counts, uint32_t nominee, uint32_t criterion,
                    uint64_t value);
uint64_t counts_pair(const struct counts *counts, uint32_t before, uint32_t after);

/* All cells above 0 by nominee, criterion, value; all pairs above 0 by before, after. The caller
 * frees *cells with free(); returns their number. */
size_t counts_cells(const struct counts *counts, struct counts_cell **cells);
size_t counts_pairs(const struct counts *counts, struct counts_pair **pairs);

/* Adds other, which has an equal paper. */
void counts_merge(struct counts *counts, const struct counts *other);

#endif
