/* Counts: ballots in and out, halves merged, and ten real elections counted again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "pabulib.h"
#include "tally/counts.h"

static const uint64_t nominees[] = {4, 9, 17};
static uint64_t weights[] = {3, 2, 1};
static const struct ballot_rules rank = {.method = BALLOT_RANK, .at_most = 3, .weights = weights};
static const struct ballot_paper paper = {&rank, nominees, 3};

static void take(struct counts *counts, const char *order, bool in)
{
    struct choice *choice = choice_create(&paper);
    for (uint32_t i = 0; order[i] != '\0'; i++)
        assert_true(choice_mark(choice, (uint32_t)(order[i] - 'a'), 0, i + 1));
    assert_int_equal(method_check(&paper, choice), NOT_SPOILED);
    if (in)
        counts_add(counts, choice);
    else
        counts_remove(counts, choice);
    choice_destroy(choice);
}

static void assert_same(const struct counts *a, const struct counts *b)
{
    struct counts_cell *cells[2];
    struct counts_pair *pairs[2];
    size_t len = counts_cells(a, &cells[0]);

    assert_int_equal(len, counts_cells(b, &cells[1]));
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(cells[0][i].nominee, cells[1][i].nominee);
        assert_int_equal(cells[0][i].value, cells[1][i].value);
        assert_int_equal(cells[0][i].count, cells[1][i].count);
    }
    len = counts_pairs(a, &pairs[0]);
    assert_int_equal(len, counts_pairs(b, &pairs[1]));
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(pairs[0][i].before, pairs[1][i].before);
        assert_int_equal(pairs[0][i].after, pairs[1][i].after);
        assert_int_equal(pairs[0][i].count, pairs[1][i].count);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(counts_voters(a, i), counts_voters(b, i));
    assert_int_equal(counts_counted(a), counts_counted(b));
    assert_int_equal(counts_spoiled(a), counts_spoiled(b));
    free(cells[0]);
    free(cells[1]);
    free(pairs[0]);
    free(pairs[1]);
}

static void ballots_are_counted(void **state)
{
    (void)state;
    struct counts *counts = counts_create(&paper);
    take(counts, "ab", true);
    take(counts, "cba", true);
    take(counts, "ba", true);
    take(counts, "b", true);
    counts_add_spoiled(counts);

    assert_int_equal(counts_counted(counts), 4);
    assert_int_equal(counts_spoiled(counts), 1);
    assert_int_equal(counts_voters(counts, 0), 3);
    assert_int_equal(counts_voters(counts, 1), 4);
    assert_int_equal(counts_voters(counts, 2), 1);
    assert_int_equal(counts_get(counts, 1, 0, 1), 2);
    assert_int_equal(counts_get(counts, 1, 0, 2), 2);
    assert_int_equal(counts_get(counts, 0, 0, 3), 1);
    assert_int_equal(counts_get(counts, 2, 0, 2), 0);
    assert_int_equal(counts_pair(counts, 0, 1), 1);
    assert_int_equal(counts_pair(counts, 1, 0), 2);
    assert_int_equal(counts_pair(counts, 2, 0), 1);
    assert_int_equal(counts_pair(counts, 0, 2), 0);

    struct counts_cell *cells;
    size_t len = counts_cells(counts, &cells);
    assert_int_equal(len, 6);
    for (size_t i = 1; i < len; i++)
        assert_true(
            cells[i - 1].nominee < cells[i].nominee ||
            (cells[i - 1].nominee == cells[i].nominee && cells[i - 1].value < cells[i].value));
    free(cells);
    counts_destroy(counts);
}

/* What was taken out leaves no trace, not even an empty cell. */
static void replaced_ballots_leave_no_trace(void **state)
{
    (void)state;
    struct counts *replaced = counts_create(&paper), *plain = counts_create(&paper);
    take(replaced, "abc", true);
    take(replaced, "ca", true);
    counts_add_spoiled(replaced);
    take(replaced, "abc", false);
    take(replaced, "b", true);
    counts_remove_spoiled(replaced);

    take(plain, "ca", true);
    take(plain, "b", true);
    assert_same(replaced, plain);
    counts_destroy(replaced);
    counts_destroy(plain);
}

static void halves_make_the_whole(void **state)
{
    (void)state;
    static const char *const ballots[] = {"a", "ab", "abc", "cab", "bc", "cb", "c", "acb", "ba"};
    struct counts *halves[] = {counts_create(&paper), counts_create(&paper)};
    struct counts *whole = counts_create(&paper);
    for (size_t i = 0; i < sizeof ballots / sizeof *ballots; i++) {
        take(halves[i % 2], ballots[i], true);
        take(whole, ballots[i], true);
    }
    counts_add_spoiled(halves[1]);
    counts_add_spoiled(whole);
    counts_merge(halves[0], halves[1]);
    assert_same(halves[0], whole);
    counts_destroy(halves[0]);
    counts_destroy(halves[1]);
    counts_destroy(whole);
}

/* The official figures of real elections, from the histograms alone. */
static void recount(const struct pabulib *election)
{
    size_t len = election->projects_len;
    uint64_t *ids = xcalloc(len, sizeof *ids), *most = xcalloc(64, sizeof *most);
    struct ballot_rules rules = {.method = election->method, .at_most = 1, .weights = most};

    for (size_t i = 0; i < len; i++)
        ids[i] = i;
    rules.at_most = election->method == BALLOT_CHOOSE ? 1 : (uint32_t)election->longest;
    rules.sum = election->sum;
    for (size_t i = 0; i < election->longest && i < 64; i++)
        most[i] = election->longest - i;

    struct ballot_paper all = {&rules, ids, len};
    struct choice *choice = choice_create(&all);
    struct counts *counts = counts_create(&all);
    for (size_t i = 0; i < election->votes_len; i++) {
        const struct pabulib_vote *vote = &election->votes[i];
        choice_clear(choice);
        for (uint32_t k = 0; k < vote->len; k++) {
            uint64_t value = rules.method == BALLOT_RANK ? k + 1 : 1;
            if (rules.method == BALLOT_POINTS)
                value = vote->points[k];
            assert_true(choice_mark(choice, vote->projects[k], 0, value));
        }
        assert_int_equal(method_check(&all, choice), NOT_SPOILED);
        counts_add(counts, choice);
    }
    assert_int_equal(counts_counted(counts), election->votes_len);

    uint64_t *scores = xcalloc(len, sizeof *scores);
    struct counts_cell *cells;
    size_t cells_len = counts_cells(counts, &cells);
    for (size_t i = 0; i < cells_len; i++) {
        uint64_t worth = rules.method == BALLOT_RANK ? most[cells[i].value - 1] : cells[i].value;
        scores[cells[i].nominee] += worth * cells[i].count;
    }
    for (uint32_t i = 0; i < len; i++) {
        assert_int_equal(counts_voters(counts, i), election->projects[i].votes);
        if (election->projects[i].has_score)
            assert_int_equal(scores[i], election->projects[i].score);
    }
    free(cells);
    free(scores);
    free(ids);
    free(most);
    counts_destroy(counts);
    choice_destroy(choice);
}

static void real_elections_recount_to_the_official_figures(void **state)
{
    (void)state;
    static const char *const files[] = {
        "Canada_Stanford_Dataset_PB_Dieppe_2018_vote_approvals.pb",
        "Netherlands_Amsterdam_643.pb",
        "Poland_Czestochowa_2020_Bleszno.pb",
        "Poland_Gdansk_2020.pb",
        "Poland_Katowice_2023.pb",
        "Poland_Krakow_2018_Wzgorza_Krzeslawickie.pb",
        "Poland_Krakow_2024.pb",
        "Poland_Zabrze_2020_Biskupice.pb",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct pabulib election;
        if (!pabulib_read(files[i], &election)) {
            printf("skipped: no shared data (counts)\n");
            skip();
        }
        assert_true(election.projects_len > 0 && election.votes_len > 0);
        recount(&election);
        pabulib_release(&election);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ballots_are_counted),
        cmocka_unit_test(replaced_ballots_leave_no_trace),
        cmocka_unit_test(halves_make_the_whole),
        cmocka_unit_test(real_elections_recount_to_the_official_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
