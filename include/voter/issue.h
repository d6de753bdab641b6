/*
 * Which passes have been issued: (category, pseudonym) → where. About 60 bytes a pass.
 */
#ifndef VOTER_ISSUE_H
#define VOTER_ISSUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISSUE_HASH_LEN 32

struct issue_set;

struct issue_set *issue_create(void);
void issue_destroy(struct issue_set *set);

struct issue_found {
    uint64_t index; /* of the issue entry */
    bool same;      /* with this very blinded message */
};

/* False when this pseudonym has no pass of the category. */
bool issue_find(const struct issue_set *set, unsigned cat, const uint8_t p[static ISSUE_HASH_LEN],
                const uint8_t bh[static ISSUE_HASH_LEN], struct issue_found *found);

/* (cat, p) must be new. */
void issue_add(struct issue_set *set, unsigned cat, const uint8_t p[static ISSUE_HASH_LEN],
               const uint8_t bh[static ISSUE_HASH_LEN], uint64_t index);

/* Passes of all categories. */
size_t issue_len(const struct issue_set *set);

#endif
