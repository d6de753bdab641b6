/*
 * The five ways of voting, one row of methods[] each: what a sealed choice looks like, when it is
 * valid, and how long it is (PROTOCOL.md §5). Pure.
 */
#ifndef BALLOT_METHOD_H
#define BALLOT_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/canon.h"
#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"

#define METHOD_NODES_MAX 4096 /* values in a choice (PROTOCOL.md §5) */

/* What may be voted for in a category. Borrowed; unchanged once evaluation has been opened. */
struct ballot_paper {
    const struct ballot_rules *rules;
    const uint64_t *nominees; /* ids of the admitted nominees, strictly ascending */
    size_t nominees_len;
};

/* One mark on a ballot. What it adds 1 to is the histogram cell (nominee, criterion, value). */
struct choice_mark {
    uint32_t nominee;   /* position in the paper */
    uint32_t criterion; /* of score: number in the rules; else 0 */
    uint64_t value;     /* choose, approve: 1; points; rank: position from 1; score: value */
};

/* What a ballot says. Made once for a paper and used again and again by one thread. Marks of one
 * nominee stand together; of rank by position. */
struct choice {
    struct choice_mark *marks; /* owned */
    size_t len, cap;
    struct canon_node *nodes; /* owned scratch of method_parse() */
};

struct choice *choice_create(const struct ballot_paper *paper);
void choice_destroy(struct choice *choice);

/* Why a ballot is spoiled. For tests and the auditor; never told before the unsealing. */
enum spoiled {
    NOT_SPOILED,
    SPOILED_FORM,      /* not a canonical object with spaces after it, or another shape */
    SPOILED_METHOD,    /* a choice of another method */
    SPOILED_EMPTY,     /* no nominee, or a nominee without a criterion */
    SPOILED_NOMINEE,   /* not admitted in this category */
    SPOILED_CRITERION, /* not of these rules */
    SPOILED_TWICE,     /* a nominee twice, or not in order */
    SPOILED_MANY,      /* more nominees than at_most */
    SPOILED_VALUE,     /* a value outside the rules, or the sum above sum */
    SPOILED_COUNT
};

const char *spoiled_name(enum spoiled spoiled);

/* Largest number of marks a valid ballot has. */
size_t method_marks_max(const struct ballot_paper *paper);

/* Bytes of every plaintext of the category; `ct` is 16 longer. */
size_t method_sealed_len(const struct ballot_paper *paper);

/* Number of criteria of the histograms, and their names there: "votes", "points", "rank", or the
 * ids of score's criteria. */
size_t method_criteria(const struct ballot_rules *rules);
const char *method_criterion_name(const struct ballot_rules *rules, size_t criterion);

/* Reads an opened plaintext. choice was made for this paper; it is empty unless NOT_SPOILED. */
enum spoiled method_parse(const struct ballot_paper *paper, struct slice plaintext,
                          struct choice *choice);

/* Whether marks in any order (rank: by position) are a valid ballot; orders them by nominee id as
 * text where the method has no order of its own. */
enum spoiled method_check(const struct ballot_paper *paper, struct choice *choice);

/* Adds a mark while a ballot is being filled in. False when there is no room: more than any valid
 * ballot has. */
bool choice_mark(struct choice *choice, uint32_t nominee, uint32_t criterion, uint64_t value);
void choice_clear(struct choice *choice);

/* Appends the plaintext, padded to method_sealed_len(). ERR_INVALID: not a valid ballot;
 * ERR_LIMITED: no room in out, which has failed. */
enum err method_write(const struct ballot_paper *paper, struct choice *choice,
                      struct buf *out) MUST_CHECK;

#endif
