#include "ballot/ballot.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"

struct ballot_set {
    struct ballot_pass *passes;
    size_t passes_len, passes_room;
    struct ballot_cast *casts;
    size_t casts_len, casts_room;
    uint32_t *voids;
    size_t voids_len, voids_room;
    struct table table; /* (cat, pk) → pass */
};

struct ballot_set *ballot_create(void)
{
    struct ballot_set *set = xcalloc(1, sizeof *set);
    table_init(&set->table);
    return set;
}

void ballot_destroy(struct ballot_set *set)
{
    if (!set)
        return;
    table_release(&set->table);
    free(set->passes);
    free(set->casts);
    free(set->voids);
    free(set);
}

static uint64_t hash_of(const struct ballot_set *set, unsigned cat, const uint8_t *pk)
{
    uint8_t key[4 + BALLOT_PK_LEN];
    memcpy(key, &(uint32_t){cat}, 4);
    memcpy(key + 4, pk, BALLOT_PK_LEN);
    return table_hash(&set->table, key, sizeof key);
}

uint32_t ballot_find(const struct ballot_set *set, unsigned cat,
                     const uint8_t pk[static BALLOT_PK_LEN])
{
    uint64_t hash = hash_of(set, cat, pk);
    uint32_t number, step = 0;
    while (table_next(&set->table, hash, &step, &number)) {
        const struct ballot_pass *pass = &set->passes[number];
        if (pass->cat == cat && memcmp(pass->pk, pk, BALLOT_PK_LEN) == 0)
            return number;
    }
    return BALLOT_NONE;
}

bool ballot_same(const struct ballot_set *set, uint32_t pass,
                 const uint8_t leaf[static BALLOT_LEAF_LEN], uint64_t *index)
{
    uint64_t tag = table_hash(&set->table, leaf, BALLOT_LEAF_LEN);
    uint32_t number = set->passes[pass].last;
    while (number != BALLOT_NONE) {
        const struct ballot_cast *cast = &set->casts[number];
        if (memcmp(cast->tag, &tag, sizeof tag) == 0) {
            *index = cast->index;
            return true;
        }
        number = cast->before;
    }
    return false;
}

uint32_t ballot_add(struct ballot_set *set, uint32_t pass, unsigned cat,
                    const uint8_t pk[static BALLOT_PK_LEN], uint64_t rev, uint64_t index,
                    const uint8_t leaf[static BALLOT_LEAF_LEN])
{
    INVARIANT(index <= UINT32_MAX && cat <= UINT16_MAX && set->casts_len < BALLOT_NONE - 1);
    INVARIANT(set->casts_len == 0 || set->casts[set->casts_len - 1].index < index);
    uint32_t before = BALLOT_NONE;
    if (pass == BALLOT_NONE) {
        GROW(set->passes, set->passes_len, set->passes_room);
        pass = (uint32_t)set->passes_len++;
        set->passes[pass] = (struct ballot_pass){.cat = (uint16_t)cat};
        memcpy(set->passes[pass].pk, pk, BALLOT_PK_LEN);
        table_add(&set->table, hash_of(set, cat, pk), pass);
    } else {
        INVARIANT(rev > set->passes[pass].rev);
        before = set->passes[pass].last;
    }
    set->passes[pass].rev = rev;
    set->passes[pass].last = (uint32_t)set->casts_len;

    GROW(set->casts, set->casts_len, set->casts_room);
    struct ballot_cast *cast = &set->casts[set->casts_len++];
    *cast = (struct ballot_cast){.index = (uint32_t)index, .pass = pass, .before = before};
    uint64_t tag = table_hash(&set->table, leaf, BALLOT_LEAF_LEN);
    memcpy(cast->tag, &tag, sizeof tag);
    return pass;
}

uint32_t ballot_at_index(const struct ballot_set *set, uint64_t index)
{
    size_t low = 0, high = set->casts_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->casts[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->casts_len && set->casts[low].index == index ? (uint32_t)low : BALLOT_NONE;
}

void ballot_set_void(struct ballot_set *set, uint32_t pass)
{
    INVARIANT(pass < set->passes_len && !set->passes[pass].is_void);
    set->passes[pass].is_void = true;
    GROW(set->voids, set->voids_len, set->voids_room);
    set->voids[set->voids_len++] = pass;
}

uint32_t ballot_passes(const struct ballot_set *set)
{
    return (uint32_t)set->passes_len;
}

uint32_t ballot_casts(const struct ballot_set *set)
{
    return (uint32_t)set->casts_len;
}

const struct ballot_pass *ballot_pass(const struct ballot_set *set, uint32_t number)
{
    INVARIANT(number < set->passes_len);
    return &set->passes[number];
}

const struct ballot_cast *ballot_cast(const struct ballot_set *set, uint32_t number)
{
    INVARIANT(number < set->casts_len);
    return &set->casts[number];
}

uint32_t ballot_voids(const struct ballot_set *set)
{
    return (uint32_t)set->voids_len;
}

uint32_t ballot_void(const struct ballot_set *set, uint32_t number)
{
    INVARIANT(number < set->voids_len);
    return set->voids[number];
}
