/*
 * The order of a category's nominees: exact scores and tie-breaks (PROTOCOL.md §7). Fractions are
 * GMP rationals, so that no two machines round apart.
 */
#ifndef TALLY_RANKING_H
#define TALLY_RANKING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "campaign/rules.h"
#include "tally/counts.h"

#define RANKING_ROOT_LEN 32

/* What ties are broken with. */
struct ranking_ties {
    const enum rules_tie_break *breaks; /* in the order in which they apply */
    size_t len;
    struct slice origin, cat;
    const uint8_t *root; /* RANKING_ROOT_LEN bytes: of the tree of the first upto + 1 entries */
};

struct ranking_row {
    uint64_t nominee;  /* id */
    uint32_t position; /* in the paper */
    uint32_t place;    /* 1 + nominees strictly ahead */
    uint64_t voters;
    const char *score; /* "n" or "n/d" in lowest terms; the ranking's */
};

struct ranking;

/* Every admitted nominee, by place, then by id. Nothing is borrowed. */
struct ranking *ranking_create(const struct counts *counts, const struct ranking_ties *ties);
void ranking_destroy(struct ranking *ranking);

size_t ranking_len(const struct ranking *ranking);
const struct ranking_row *ranking_row(const struct ranking *ranking, size_t number);

/* Appends a row's score as a decimal with exactly so many digits after the point (at most 20),
 * rounded half up: for people; order is never taken from it. */
void ranking_decimal(const struct ranking *ranking, size_t number, unsigned digits,
                     struct buf *out);

#endif
