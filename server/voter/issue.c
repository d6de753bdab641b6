#include "voter/issue.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"

struct issue {
    uint8_t p[ISSUE_HASH_LEN];
    uint32_t index;
    uint32_t cat;
    uint64_t bh_tag; /* keyed hash of bh: it only tells a repetition, it decides nothing */
};

struct issue_set {
    struct issue *items;
    size_t len, room;
    struct table table;
};

struct issue_set *issue_create(void)
{
    struct issue_set *set = xcalloc(1, sizeof *set);
    table_init(&set->table);
    return set;
}

void issue_destroy(struct issue_set *set)
{
    if (!set)
        return;
    table_release(&set->table);
    free(set->items);
    free(set);
}

static uint64_t hash_of(const struct issue_set *set, unsigned cat, const uint8_t *p)
{
    uint8_t key[4 + ISSUE_HASH_LEN];
    memcpy(key, &(uint32_t){cat}, 4);
    memcpy(key + 4, p, ISSUE_HASH_LEN);
    return table_hash(&set->table, key, sizeof key);
}

bool issue_find(const struct issue_set *set, unsigned cat, const uint8_t p[static ISSUE_HASH_LEN],
                const uint8_t bh[static ISSUE_HASH_LEN], struct issue_found *found)
{
    uint64_t hash = hash_of(set, cat, p);
    uint32_t number, step = 0;
    while (table_next(&set->table, hash, &step, &number)) {
        const struct issue *issue = &set->items[number];
        if (issue->cat != cat || memcmp(issue->p, p, ISSUE_HASH_LEN) != 0)
            continue;
        found->index = issue->index;
        found->same = issue->bh_tag == table_hash(&set->table, bh, ISSUE_HASH_LEN);
        return true;
    }
    return false;
}

void issue_add(struct issue_set *set, unsigned cat, const uint8_t p[static ISSUE_HASH_LEN],
               const uint8_t bh[static ISSUE_HASH_LEN], uint64_t index)
{
    INVARIANT(index <= UINT32_MAX && set->len < UINT32_MAX - 1);
    GROW(set->items, set->len, set->room);
    struct issue *issue = &set->items[set->len];
    memcpy(issue->p, p, ISSUE_HASH_LEN);
    issue->index = (uint32_t)index;
    issue->cat = cat;
    issue->bh_tag = table_hash(&set->table, bh, ISSUE_HASH_LEN);
    table_add(&set->table, hash_of(set, cat, p), (uint32_t)set->len++);
}

size_t issue_len(const struct issue_set *set)
{
    return set->len;
}
