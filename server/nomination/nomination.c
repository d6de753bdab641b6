#include "nomination/nomination.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"

struct nomination {
    uint8_t p[NOMINATION_HASH_LEN];
    uint32_t nominee; /* its number: category and NGO stand there */
    uint32_t index;
};

struct nomination_set {
    struct nominee *nominees;
    size_t nominees_len, nominees_room;
    struct table by_ngo; /* (cat, ngo) → nominee */
    struct nomination *items;
    size_t len, room;
    struct table by_person; /* (p, nominee) → nomination */
    size_t undecided;
};

static const char *const status_names[] = {
    [NOMINEE_UNDECIDED] = "received", [NOMINEE_RETURNED] = "returned",
    [NOMINEE_REOPENED] = "received",  [NOMINEE_ADMITTED] = "admitted",
    [NOMINEE_REFUSED] = "refused",    [NOMINEE_WITHDRAWN] = "withdrawn",
    [NOMINEE_MERGED] = "merged",
};

const char *nominee_status_name(enum nominee_status status)
{
    return status_names[status];
}

struct nomination_set *nomination_create(void)
{
    struct nomination_set *set = xcalloc(1, sizeof *set);
    table_init(&set->by_ngo);
    table_init(&set->by_person);
    return set;
}

void nomination_destroy(struct nomination_set *set)
{
    if (!set)
        return;
    table_release(&set->by_ngo);
    table_release(&set->by_person);
    free(set->nominees);
    free(set->items);
    free(set);
}

static uint64_t ngo_hash(const struct nomination_set *set, unsigned cat, struct slice ngo)
{
    uint8_t key[4 + NOMINATION_NGO_MAX];
    INVARIANT(ngo.len >= 1 && ngo.len <= NOMINATION_NGO_MAX);
    memcpy(key, &(uint32_t){cat}, 4);
    memcpy(key + 4, ngo.data, ngo.len);
    return table_hash(&set->by_ngo, key, 4 + ngo.len);
}

static bool find_nominee(const struct nomination_set *set, unsigned cat, struct slice ngo,
                         uint32_t *found)
{
    uint64_t hash = ngo_hash(set, cat, ngo);
    uint32_t step = 0;
    while (table_next(&set->by_ngo, hash, &step, found)) {
        const struct nominee *nominee = &set->nominees[*found];
        if (nominee->cat == cat && slice_equal(slice_of(nominee->ngo, nominee->ngo_len), ngo))
            return true;
    }
    return false;
}

static uint64_t person_hash(const struct nomination_set *set, uint32_t nominee, const uint8_t *p)
{
    uint8_t key[4 + NOMINATION_HASH_LEN];
    memcpy(key, &nominee, 4);
    memcpy(key + 4, p, NOMINATION_HASH_LEN);
    return table_hash(&set->by_person, key, sizeof key);
}

bool nomination_find(const struct nomination_set *set, unsigned cat, struct slice ngo,
                     const uint8_t p[static NOMINATION_HASH_LEN], uint64_t *index)
{
    uint32_t nominee, number, step = 0;
    if (!find_nominee(set, cat, ngo, &nominee))
        return false;
    uint64_t hash = person_hash(set, nominee, p);
    while (table_next(&set->by_person, hash, &step, &number)) {
        const struct nomination *item = &set->items[number];
        if (item->nominee != nominee || memcmp(item->p, p, NOMINATION_HASH_LEN) != 0)
            continue;
        *index = item->index;
        return true;
    }
    return false;
}

static uint32_t add_nominee(struct nomination_set *set, unsigned cat, struct slice ngo,
                            const uint8_t *c, uint64_t index)
{
    GROW(set->nominees, set->nominees_len, set->nominees_room);
    uint32_t number = (uint32_t)set->nominees_len++;
    struct nominee *nominee = &set->nominees[number];
    *nominee =
        (struct nominee){.index = index, .text = index, .cat = cat, .ngo_len = (uint8_t)ngo.len};
    memcpy(nominee->ngo, ngo.data, ngo.len);
    memcpy(nominee->c, c, sizeof nominee->c);
    table_add(&set->by_ngo, ngo_hash(set, cat, ngo), number);
    set->undecided++;
    return number;
}

/* The nominee and all that it was merged into. */
static void support(struct nomination_set *set, size_t number, uint64_t nominations)
{
    struct nominee *nominee = &set->nominees[number];
    nominee->supports += nominations;
    while (nominee->status == NOMINEE_MERGED) {
        INVARIANT(nominee_find(set, nominee->into, &number));
        nominee = &set->nominees[number];
        nominee->supports += nominations;
    }
}

size_t nomination_add(struct nomination_set *set, unsigned cat, struct slice ngo,
                      const uint8_t p[static NOMINATION_HASH_LEN],
                      const uint8_t c[static NOMINATION_HASH_LEN], uint64_t index)
{
    INVARIANT(index <= UINT32_MAX && set->len < UINT32_MAX - 1);
    uint32_t nominee;
    if (!find_nominee(set, cat, ngo, &nominee))
        nominee = add_nominee(set, cat, ngo, c, index);
    support(set, nominee, 1);

    GROW(set->items, set->len, set->room);
    struct nomination *item = &set->items[set->len];
    *item = (struct nomination){.nominee = nominee, .index = (uint32_t)index};
    memcpy(item->p, p, NOMINATION_HASH_LEN);
    table_add(&set->by_person, person_hash(set, nominee, p), (uint32_t)set->len++);
    return nominee;
}

size_t nominee_len(const struct nomination_set *set)
{
    return set->nominees_len;
}

const struct nominee *nominee_at(const struct nomination_set *set, size_t number)
{
    INVARIANT(number < set->nominees_len);
    return &set->nominees[number];
}

bool nominee_find(const struct nomination_set *set, uint64_t index, size_t *number)
{
    size_t low = 0, high = set->nominees_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->nominees[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return low < set->nominees_len && set->nominees[low].index == index;
}

bool nominee_of(const struct nomination_set *set, unsigned cat, struct slice ngo, size_t *number)
{
    uint32_t found;
    if (!find_nominee(set, cat, ngo, &found))
        return false;
    *number = found;
    return true;
}

void nominee_set_status(struct nomination_set *set, size_t number, enum nominee_status status,
                        uint64_t moderated, uint64_t at)
{
    INVARIANT(number < set->nominees_len);
    struct nominee *nominee = &set->nominees[number];
    INVARIANT(status == NOMINEE_REOPENED ? nominee->status == NOMINEE_REFUSED
                                         : !nominee_decided(nominee));
    if (status == NOMINEE_REOPENED)
        set->undecided++;
    nominee->status = status;
    nominee->moderated = moderated;
    nominee->moderated_at = at;
    if (nominee_decided(nominee))
        set->undecided--;
}

void nominee_set_text(struct nomination_set *set, size_t number,
                      const uint8_t c[static NOMINATION_HASH_LEN], uint64_t index)
{
    INVARIANT(number < set->nominees_len);
    struct nominee *nominee = &set->nominees[number];
    memcpy(nominee->c, c, sizeof nominee->c);
    nominee->text = index;
}

void nominee_merge(struct nomination_set *set, size_t number, uint64_t into)
{
    size_t target;
    INVARIANT(nominee_find(set, into, &target) && target != number);
    set->nominees[number].into = into;
    support(set, target, set->nominees[number].supports);
}

size_t nominee_undecided(const struct nomination_set *set)
{
    return set->undecided;
}
