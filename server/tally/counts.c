/*
 * Cells and pairs are found through a table and never removed: one whose count has gone back to 0
 * is only skipped. What is handed out is sorted, so that nothing depends on the table's order.
 */
#include "tally/counts.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/table.h"

struct cells {
    struct counts_cell *list; /* owned */
    size_t len, room;
    struct table index;
};

struct pairs {
    struct counts_pair *list; /* owned */
    size_t len, room;
    struct table index;
};

struct counts {
    const struct ballot_paper *paper;
    struct cells cells;
    struct pairs pairs;
    uint64_t *voters; /* owned, by position in the paper */
    uint64_t counted, spoiled;
};

struct counts *counts_create(const struct ballot_paper *paper)
{
    struct counts *counts = xcalloc(1, sizeof *counts);
    counts->paper = paper;
    counts->voters = xcalloc(paper->nominees_len + 1, sizeof *counts->voters);
    table_init(&counts->cells.index);
    table_init(&counts->pairs.index);
    return counts;
}

void counts_destroy(struct counts *counts)
{
    if (counts == NULL)
        return;
    table_release(&counts->cells.index);
    table_release(&counts->pairs.index);
    free(counts->cells.list);
    free(counts->pairs.list);
    free(counts->voters);
    free(counts);
}

const struct ballot_paper *counts_paper(const struct counts *counts)
{
    return counts->paper;
}

/* Adds change to a count that must not fall below 0. */
static void change_count(uint64_t *count, int64_t change)
{
    INVARIANT(change >= 0 || *count >= (uint64_t)-change);
    *count += (uint64_t)change;
}

static struct counts_cell *find_cell(const struct cells *cells, uint64_t hash, uint32_t nominee,
                                     uint32_t criterion, uint64_t value)
{
    uint32_t number, step = 0;
    while (table_next(&cells->index, hash, &step, &number)) {
        struct counts_cell *cell = &cells->list[number];
        if (cell->nominee == nominee && cell->criterion == criterion && cell->value == value)
            return cell;
    }
    return NULL;
}

static uint64_t hash_cell(const struct cells *cells, uint32_t nominee, uint32_t criterion,
                          uint64_t value)
{
    const uint64_t key[2] = {(uint64_t)nominee << 32 | criterion, value};
    return table_hash(&cells->index, key, sizeof key);
}

static void change_cell(struct cells *cells, uint32_t nominee, uint32_t criterion, uint64_t value,
                        int64_t change)
{
    uint64_t hash = hash_cell(cells, nominee, criterion, value);
    struct counts_cell *cell = find_cell(cells, hash, nominee, criterion, value);
    if (cell == NULL) {
        GROW(cells->list, cells->len, cells->room);
        table_add(&cells->index, hash, (uint32_t)cells->len);
        cell = &cells->list[cells->len++];
        *cell = (struct counts_cell){.nominee = nominee, .criterion = criterion, .value = value};
    }
    change_count(&cell->count, change);
}

static struct counts_pair *find_pair(const struct pairs *pairs, uint64_t hash, uint32_t before,
                                     uint32_t after)
{
    uint32_t number, step = 0;
    while (table_next(&pairs->index, hash, &step, &number)) {
        struct counts_pair *pair = &pairs->list[number];
        if (pair->before == before && pair->after == after)
            return pair;
    }
    return NULL;
}

static uint64_t hash_pair(const struct pairs *pairs, uint32_t before, uint32_t after)
{
    const uint64_t key = (uint64_t)before << 32 | after;
    return table_hash(&pairs->index, &key, sizeof key);
}

static void change_pair(struct pairs *pairs, uint32_t before, uint32_t after, int64_t change)
{
    uint64_t hash = hash_pair(pairs, before, after);
    struct counts_pair *pair = find_pair(pairs, hash, before, after);
    if (pair == NULL) {
        GROW(pairs->list, pairs->len, pairs->room);
        table_add(&pairs->index, hash, (uint32_t)pairs->len);
        pair = &pairs->list[pairs->len++];
        *pair = (struct counts_pair){.before = before, .after = after};
    }
    change_count(&pair->count, change);
}

/* The one way in and out: change is 1 or -1. */
static void change_ballot(struct counts *counts, const struct choice *choice, int64_t change)
{
    bool ranked = counts->paper->rules->method == BALLOT_RANK;
    for (size_t i = 0; i < choice->len; i++) {
        const struct choice_mark *mark = &choice->marks[i];
        change_cell(&counts->cells, mark->nominee, mark->criterion, mark->value, change);
        /* Marks of one nominee stand together. */
        if (i == 0 || mark[-1].nominee != mark->nominee)
            change_count(&counts->voters[mark->nominee], change);
        for (size_t after = i + 1; ranked && after < choice->len; after++)
            change_pair(&counts->pairs, mark->nominee, choice->marks[after].nominee, change);
    }
    change_count(&counts->counted, change);
}

void counts_add(struct counts *counts, const struct choice *choice)
{
    change_ballot(counts, choice, 1);
}

void counts_remove(struct counts *counts, const struct choice *choice)
{
    change_ballot(counts, choice, -1);
}

void counts_add_spoiled(struct counts *counts)
{
    counts->spoiled++;
}

void counts_remove_spoiled(struct counts *counts)
{
    change_count(&counts->spoiled, -1);
}

uint64_t counts_counted(const struct counts *counts)
{
    return counts->counted;
}

uint64_t counts_spoiled(const struct counts *counts)
{
    return counts->spoiled;
}

uint64_t counts_voters(const struct counts *counts, uint32_t nominee)
{
    return counts->voters[nominee];
}

uint64_t counts_get(const struct counts *counts, uint32_t nominee, uint32_t criterion,
                    uint64_t value)
{
    uint64_t hash = hash_cell(&counts->cells, nominee, criterion, value);
    const struct counts_cell *cell = find_cell(&counts->cells, hash, nominee, criterion, value);
    return cell == NULL ? 0 : cell->count;
}

uint64_t counts_pair(const struct counts *counts, uint32_t before, uint32_t after)
{
    uint64_t hash = hash_pair(&counts->pairs, before, after);
    const struct counts_pair *pair = find_pair(&counts->pairs, hash, before, after);
    return pair == NULL ? 0 : pair->count;
}

static int order_of(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_cells(const void *a, const void *b)
{
    const struct counts_cell *left = a, *right = b;
    int order = order_of(left->nominee, right->nominee);
    if (order == 0)
        order = order_of(left->criterion, right->criterion);
    return order != 0 ? order : order_of(left->value, right->value);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct counts_pair *left = a, *right = b;
    int order = order_of(left->before, right->before);
    return order != 0 ? order : order_of(left->after, right->after);
}

size_t counts_cells(const struct counts *counts, struct counts_cell **cells)
{
    size_t len = 0;
    *cells = xcalloc(counts->cells.len + 1, sizeof **cells);
    for (size_t i = 0; i < counts->cells.len; i++) {
        if (counts->cells.list[i].count > 0)
            (*cells)[len++] = counts->cells.list[i];
    }
    qsort(*cells, len, sizeof **cells, compare_cells);
    return len;
}

size_t counts_pairs(const struct counts *counts, struct counts_pair **pairs)
{
    size_t len = 0;
    *pairs = xcalloc(counts->pairs.len + 1, sizeof **pairs);
    for (size_t i = 0; i < counts->pairs.len; i++) {
        if (counts->pairs.list[i].count > 0)
            (*pairs)[len++] = counts->pairs.list[i];
    }
    qsort(*pairs, len, sizeof **pairs, compare_pairs);
    return len;
}

void counts_merge(struct counts *counts, const struct counts *other)
{
    INVARIANT(counts->paper->nominees_len == other->paper->nominees_len);
    for (size_t i = 0; i < other->cells.len; i++) {
        const struct counts_cell *cell = &other->cells.list[i];
        change_cell(&counts->cells, cell->nominee, cell->criterion, cell->value,
                    (int64_t)cell->count);
    }
    for (size_t i = 0; i < other->pairs.len; i++) {
        const struct counts_pair *pair = &other->pairs.list[i];
        change_pair(&counts->pairs, pair->before, pair->after, (int64_t)pair->count);
    }
    for (size_t i = 0; i < counts->paper->nominees_len; i++)
        counts->voters[i] += other->voters[i];
    counts->counted += other->counted;
    counts->spoiled += other->spoiled;
}
