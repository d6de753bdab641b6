/*
 * The cast ballots: per pass (category, pk) its last rev and whether it is void; per logged ballot
 * its index and a tag of its leaf hash. About 90 bytes for a pass with one ballot.
 *
 * Invariants: the ballots of a pass stand in ledger order with rising rev, so that the last is the
 * one that counts (I4). Passes and ballots are numbered from 0 in the order of their first
 * appearance; numbers never change.
 */
#ifndef BALLOT_BALLOT_H
#define BALLOT_BALLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BALLOT_PK_LEN 32
#define BALLOT_LEAF_LEN 32
#define BALLOT_NONE UINT32_MAX

/* A ballot's members in their canonical order, behind the entry itself in its nodes. */
enum ballot_node {
    BALLOT_NODE_CAT = 1,
    BALLOT_NODE_CT,
    BALLOT_NODE_ENC,
    BALLOT_NODE_IK,
    BALLOT_NODE_PK,
    BALLOT_NODE_PRE,
    BALLOT_NODE_REV,
    BALLOT_NODE_SIG,
    BALLOT_NODE_T,
    BALLOT_NODE_TOK,
    BALLOT_NODE_V,
    BALLOT_NODES /* of a ballot in form: itself and its members */
};

struct ballot_pass {
    uint8_t pk[BALLOT_PK_LEN];
    uint64_t rev;  /* of its last ballot */
    uint32_t last; /* number of its last ballot */
    uint16_t cat;
    bool is_void;
};

struct ballot_cast {
    uint32_t index;  /* in the ledger */
    uint32_t pass;   /* number of its pass */
    uint32_t before; /* number of the pass's ballot before this one, or BALLOT_NONE */
    uint32_t tag[2]; /* keyed hash of the leaf hash: it only tells a repetition */
};

struct ballot_set;

struct ballot_set *ballot_create(void);
void ballot_destroy(struct ballot_set *set);

/* Number of the pass, or BALLOT_NONE while it has no ballot. */
uint32_t ballot_find(const struct ballot_set *set, unsigned cat,
                     const uint8_t pk[static BALLOT_PK_LEN]);

/* Index of the pass's ballot with this leaf hash. False when it has none. */
bool ballot_same(const struct ballot_set *set, uint32_t pass,
                 const uint8_t leaf[static BALLOT_LEAF_LEN], uint64_t *index);

/* Takes a ballot; pass is what ballot_find() gave. rev must be above the pass's last, index above
 * the last ballot's. Returns the pass's number. */
uint32_t ballot_add(struct ballot_set *set, uint32_t pass, unsigned cat,
                    const uint8_t pk[static BALLOT_PK_LEN], uint64_t rev, uint64_t index,
                    const uint8_t leaf[static BALLOT_LEAF_LEN]);

/* Number of the ballot at a ledger index, or BALLOT_NONE. */
uint32_t ballot_at_index(const struct ballot_set *set, uint64_t index);

/* The pass must not be void yet. */
void ballot_set_void(struct ballot_set *set, uint32_t pass);

/* Counts and access by number. The pointers are valid until the next ballot_add(). */
uint32_t ballot_passes(const struct ballot_set *set);
uint32_t ballot_casts(const struct ballot_set *set);
const struct ballot_pass *ballot_pass(const struct ballot_set *set, uint32_t number);
const struct ballot_cast *ballot_cast(const struct ballot_set *set, uint32_t number);

/* Void passes in the order in which they were set aside. */
uint32_t ballot_voids(const struct ballot_set *set);
uint32_t ballot_void(const struct ballot_set *set, uint32_t number);

#endif
