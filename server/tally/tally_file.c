#include "tally/tally_file.h"

#include <inttypes.h>

#include "base/canon.h"
#include "base/mem.h"

/* Names in a canonical object stand bytewise: "17" before "9". These sort what counts hands out by
 * the text of each level. */
struct named_cell {
    char nominee[21], value[21];
    const char *criterion;
    uint64_t count;
};

struct named_pair {
    char before[21], after[21];
    uint64_t count;
};

static void name(char out[static 21], uint64_t number)
{
    snprintf(out, 21, "%" PRIu64, number);
}

static int by_names(const void *a, const void *b)
{
    const struct named_cell *left = a, *right = b;
    int order = strcmp(left->nominee, right->nominee);
    if (order == 0)
        order = strcmp(left->criterion, right->criterion);
    return order != 0 ? order : strcmp(left->value, right->value);
}

static int by_both(const void *a, const void *b)
{
    const struct named_pair *left = a, *right = b;
    int order = strcmp(left->before, right->before);
    return order != 0 ? order : strcmp(left->after, right->after);
}

static void put_counts(const struct counts *counts, struct buf *out)
{
    const struct ballot_paper *paper = counts_paper(counts);
    struct counts_cell *cells;
    size_t len = counts_cells(counts, &cells);
    struct named_cell *named = xcalloc(len + 1, sizeof *named);

    for (size_t i = 0; i < len; i++) {
        name(named[i].nominee, paper->nominees[cells[i].nominee]);
        name(named[i].value, cells[i].value);
        named[i].criterion = method_criterion_name(paper->rules, cells[i].criterion);
        named[i].count = cells[i].count;
    }
    free(cells);
    qsort(named, len, sizeof *named, by_names);

    buf_put_byte(out, '{');
    for (size_t i = 0; i < len; i++) {
        const struct named_cell *cell = &named[i];
        bool same_nominee = i > 0 && strcmp(cell[-1].nominee, cell->nominee) == 0;
        bool same_criterion = same_nominee && strcmp(cell[-1].criterion, cell->criterion) == 0;
        if (!same_nominee)
            buf_printf(out, "%s\"%s\":{", i > 0 ? "}}," : "", cell->nominee);
        if (!same_criterion)
            buf_printf(out, "%s\"%s\":{", same_nominee ? "}," : "", cell->criterion);
        buf_printf(out, "%s\"%s\":%" PRIu64, same_criterion ? "," : "", cell->value, cell->count);
    }
    buf_put_str(out, len > 0 ? "}}}" : "}");
    free(named);
}

static void put_pairs(const struct counts *counts, struct buf *out)
{
    const struct ballot_paper *paper = counts_paper(counts);
    struct counts_pair *pairs;
    size_t len = counts_pairs(counts, &pairs);
    struct named_pair *named = xcalloc(len + 1, sizeof *named);

    for (size_t i = 0; i < len; i++) {
        name(named[i].before, paper->nominees[pairs[i].before]);
        name(named[i].after, paper->nominees[pairs[i].after]);
        named[i].count = pairs[i].count;
    }
    free(pairs);
    qsort(named, len, sizeof *named, by_both);

    buf_put_byte(out, '{');
    for (size_t i = 0; i < len; i++) {
        const struct named_pair *pair = &named[i];
        bool same = i > 0 && strcmp(pair[-1].before, pair->before) == 0;
        if (!same)
            buf_printf(out, "%s\"%s\":{", i > 0 ? "}," : "", pair->before);
        buf_printf(out, "%s\"%s\":%" PRIu64, same ? "," : "", pair->after, pair->count);
    }
    buf_put_str(out, len > 0 ? "}}" : "}");
    free(named);
}

static void put_ranking(const struct ranking *ranking, struct buf *out)
{
    buf_put_byte(out, '[');
    for (size_t i = 0; i < ranking_len(ranking); i++) {
        const struct ranking_row *row = ranking_row(ranking, i);
        buf_printf(out, "%s{\"nominee\":\"%" PRIu64 "\",\"place\":%" PRIu32 ",\"score\":\"%s\"",
                   i > 0 ? "," : "", row->nominee, row->place, row->score);
        buf_printf(out, ",\"voters\":%" PRIu64 "}", row->voters);
    }
    buf_put_byte(out, ']');
}

enum err tally_file_write(struct slice origin, struct slice cat, const struct tally_totals *totals,
                          const struct counts *counts, const struct ranking *ranking,
                          struct buf *out)
{
    size_t before = out->len;
    uint64_t counted = counts_counted(counts), spoiled = counts_spoiled(counts);

    buf_printf(out, "{\"cast\":%" PRIu64 ",\"cat\":",
               totals->superseded + totals->void_ballots + spoiled + counted);
    canon_put_string(out, cat);
    buf_printf(out, ",\"counted\":%" PRIu64 ",\"counts\":", counted);
    put_counts(counts, out);
    buf_printf(out, ",\"issued\":%" PRIu64 ",\"origin\":", totals->issued);
    canon_put_string(out, origin);
    if (counts_paper(counts)->rules->method == BALLOT_RANK) {
        buf_put_str(out, ",\"pairs\":");
        put_pairs(counts, out);
    }
    buf_put_str(out, ",\"ranking\":");
    put_ranking(ranking, out);
    buf_printf(out, ",\"spoiled\":%" PRIu64 ",\"superseded\":%" PRIu64, spoiled,
               totals->superseded);
    buf_printf(out, ",\"upto\":%" PRIu64 ",\"v\":1,\"void\":%" PRIu64 "}", totals->upto,
               totals->void_ballots);
    if (out->len - before > TALLY_FILE_MAX)
        out->failed = true;
    return buf_failed(out) ? ERR_LIMITED : OK;
}
