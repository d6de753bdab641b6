/*
 * Who has been nominated: nominees (category, NGO) with their decision, and the nominations that
 * made and support them, one for each (person's pseudonym, category, NGO).
 *
 * A nominee's id is the decimal index of its first `nominate` entry.
 *
 * How many support a nominee is shown and decides nothing; a merged nominee's nominations, earlier
 * and later ones, count for its target and for the target's target.
 */
#ifndef NOMINATION_NOMINATION_H
#define NOMINATION_NOMINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define NOMINATION_HASH_LEN 32
#define NOMINATION_NGO_MAX 64 /* bytes of an NGO's id */

enum nominee_status {
    NOMINEE_UNDECIDED,
    NOMINEE_RETURNED, /* for the nominator to mend; still undecided */
    NOMINEE_REOPENED, /* refused before; undecided again */
    NOMINEE_ADMITTED,
    NOMINEE_REFUSED,
    NOMINEE_WITHDRAWN,
    NOMINEE_MERGED,
};

struct nominee {
    uint64_t index; /* of the first nomination: its id */
    unsigned cat;
    enum nominee_status status;
    uint8_t c[NOMINATION_HASH_LEN]; /* what its text is committed to, and … */
    uint64_t text;         /* … the entry that says so: the first nomination or an `amend` */
    uint64_t moderated;    /* index of the last `moderate` entry, 0 when there is none, … */
    uint64_t moderated_at; /* … and its `at` */
    uint64_t supports;     /* nominations, the first included, and those of merged nominees */
    uint64_t into;         /* of a merged one: id of the nominee it was merged into */
    uint8_t ngo_len;
    char ngo[NOMINATION_NGO_MAX + 1];
};

struct nomination_set;

struct nomination_set *nomination_create(void);
void nomination_destroy(struct nomination_set *set);

/* Index of the nomination of ngo by p. False when there is none. */
bool nomination_find(const struct nomination_set *set, unsigned cat, struct slice ngo,
                     const uint8_t p[static NOMINATION_HASH_LEN], uint64_t *index);

/* Takes a nomination; (p, cat, ngo) must be new. Returns the number of its nominee. */
size_t nomination_add(struct nomination_set *set, unsigned cat, struct slice ngo,
                      const uint8_t p[static NOMINATION_HASH_LEN],
                      const uint8_t c[static NOMINATION_HASH_LEN], uint64_t index);

/* Nominees, numbered from 0 in the order in which they came. Valid until the next
 * nomination_add(). */
size_t nominee_len(const struct nomination_set *set);
const struct nominee *nominee_at(const struct nomination_set *set, size_t number);

/* Number of the nominee of this id. False when there is none. */
bool nominee_find(const struct nomination_set *set, uint64_t index, size_t *number);

/* The same by category and NGO. */
bool nominee_of(const struct nomination_set *set, unsigned cat, struct slice ngo, size_t *number);

static inline bool nominee_decided(const struct nominee *nominee)
{
    return nominee->status >= NOMINEE_ADMITTED;
}

/* "received", "returned", "admitted", "refused", "withdrawn", "merged"; a reopened one is received
 * again. */
const char *nominee_status_name(enum nominee_status status);

/* The nominee must be undecided, or refused when it is reopened. moderated and at are index
 * and `at` of the entry that decides. */
void nominee_set_status(struct nomination_set *set, size_t number, enum nominee_status status,
                        uint64_t moderated, uint64_t at);

/* The entry at index brought another text, committed to by c. */
void nominee_set_text(struct nomination_set *set, size_t number,
                      const uint8_t c[static NOMINATION_HASH_LEN], uint64_t index);

/* After it was given the status NOMINEE_MERGED. into is the id of a nominee that is undecided or
 * admitted, so that merges never make a ring. */
void nominee_merge(struct nomination_set *set, size_t number, uint64_t into);

/* Nominees that are undecided. */
size_t nominee_undecided(const struct nomination_set *set);

#endif
