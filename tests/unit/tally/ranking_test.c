/* Rankings: exact scores, tie-breaks, places. The long test against an independent count is
 * tests/flow/tally.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "crypt/hash.h"
#include "tally/ranking.h"

static const uint64_t nominees[] = {3, 9, 17, 20};
static const uint8_t root[RANKING_ROOT_LEN] = {1, 2, 3};
static const enum rules_tie_break both[] = {RULES_TIE_VOTERS, RULES_TIE_LOT};
static struct ballot_criterion criteria[] = {{.id = "effect", .weight = 3},
                                             {.id = "past", .weight = 1}};
static const struct ballot_rules score = {.method = BALLOT_SCORE,
                                          .at_most = 4,
                                          .least = 0,
                                          .most = 9,
                                          .criteria = criteria,
                                          .criteria_len = 2};
static const struct ballot_rules approve = {.method = BALLOT_APPROVE, .at_most = 4};

static struct ranking_ties ties(const enum rules_tie_break *breaks, size_t len)
{
    return (struct ranking_ties){breaks, len, slice_str("dauys.example/demo"), slice_str("health"),
                                 root};
}

/* marks: "nominee criterion value" digits, ballots parted by spaces. */
static struct counts *count(const struct ballot_paper *paper, const char *marks)
{
    struct counts *counts = counts_create(paper);
    struct choice *choice = choice_create(paper);
    while (*marks != '\0') {
        choice_clear(choice);
        for (; *marks != ' ' && *marks != '\0'; marks += 3)
            assert_true(choice_mark(choice, (uint32_t)(marks[0] - '0'), (uint32_t)(marks[1] - '0'),
                                    (uint64_t)(marks[2] - '0')));
        assert_int_equal(method_check(paper, choice), NOT_SPOILED);
        counts_add(counts, choice);
        marks += *marks == ' ';
    }
    choice_destroy(choice);
    return counts;
}

/* want: "id place score voters; …" */
static void expect(const struct ballot_rules *rules, const char *marks,
                   const enum rules_tie_break *breaks, size_t breaks_len, const char *want)
{
    struct ballot_paper paper = {rules, nominees, 4};
    struct ranking_ties context = ties(breaks, breaks_len);
    struct counts *counts = count(&paper, marks);
    struct ranking *ranking = ranking_create(counts, &context);
    struct buf got;

    buf_init(&got, 4096);
    for (size_t i = 0; i < ranking_len(ranking); i++) {
        const struct ranking_row *row = ranking_row(ranking, i);
        assert_int_equal(nominees[row->position], row->nominee);
        buf_printf(&got, "%u %u %s %u; ", (unsigned)row->nominee, row->place, row->score,
                   (unsigned)row->voters);
    }
    assert_string_equal(buf_text(&got), want);
    buf_release(&got);
    ranking_destroy(ranking);
    counts_destroy(counts);
}

static void nobody_voted(void **state)
{
    (void)state;
    expect(&score, "", NULL, 0, "3 1 0 0; 9 1 0 0; 17 1 0 0; 20 1 0 0; ");
}

static void means_are_exact(void **state)
{
    (void)state;
    /* effect of 9: (1 + 2 + 2) / 3, weight 3 of 4: 5/4. past of 17: 7, weight 1 of 4: 7/4. effect
     * and past of 3: (3·0 + 1·5) / 4 = 5/4 by two voters; a 0 is a vote. */
    expect(&score, "101 102 102 217 000 015", NULL, 0,
           "17 1 7/4 1; 3 2 5/4 2; 9 2 5/4 3; 20 4 0 0; ");
    expect(&score, "101 102 102 217 000 015", both, 1,
           "17 1 7/4 1; 9 2 5/4 3; 3 3 5/4 2; 20 4 0 0; ");
}

static void shared_places_leave_gaps(void **state)
{
    (void)state;
    expect(&approve, "001 001101 101 201", NULL, 0, "3 1 2 2; 9 1 2 2; 17 3 1 1; 20 4 0 0; ");
}

/* The lot is drawn as PROTOCOL.md §7 says, computed here by hand. */
static void lots_order_what_is_equal(void **state)
{
    (void)state;
    struct ballot_paper paper = {&approve, nominees, 4};
    struct ranking_ties context = ties(both, 2);
    struct counts *counts = count(&paper, "001 101 201 301");
    struct ranking *ranking = ranking_create(counts, &context);
    uint8_t last[SHA256_LEN] = {0};

    for (size_t i = 0; i < 4; i++) {
        uint8_t lot[SHA256_LEN];
        struct buf text;
        buf_init(&text, 256);
        buf_printf(&text, "lot/v1\ndauys.example/demo\nhealth\n%u\n",
                   (unsigned)ranking_row(ranking, i)->nominee);
        buf_put(&text, root, sizeof root);
        sha256(lot, buf_slice(&text));
        assert_true(memcmp(last, lot, sizeof lot) < 0);
        memcpy(last, lot, sizeof lot);
        assert_int_equal(ranking_row(ranking, i)->place, i + 1);
        buf_release(&text);
    }
    ranking_destroy(ranking);
    counts_destroy(counts);
}

static void large_weights_stay_exact(void **state)
{
    (void)state;
    uint64_t huge[] = {(UINT64_C(1) << 53) - 1, (UINT64_C(1) << 53) - 2};
    const struct ballot_rules rank = {.method = BALLOT_RANK, .at_most = 2, .weights = huge};
    /* 2·(2^53 − 1) against 2^53 − 1 + 2^53 − 2: one apart above what a double holds. */
    expect(&rank, "001102 001 101202", NULL, 0,
           "3 1 18014398509481982 2; 9 2 18014398509481981 2; 17 3 9007199254740990 1; 20 4 0 0; ");
}

static void decimals_are_rounded_half_up(void **state)
{
    (void)state;
    static const struct {
        const char *marks;
        unsigned digits;
        const char *text;
    } rows[] = {
        {"015", 0, "1"}, /* 5/4 */
        {"015", 1, "1.3"},
        {"015", 2, "1.25"},
        {"015", 4, "1.2500"},
        {"000", 3, "0.000"},
        {"011", 0, "0"}, /* 1/4 */
        {"011 000", 1, "0.3"},
        {"012", 0, "1"}, /* 1/2 */
        {"009 008 008", 6, "6.250000"},
        {"001 001 000", 20, "0.50000000000000000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ballot_paper paper = {&score, nominees, 1};
        struct ranking_ties context = ties(NULL, 0);
        struct counts *counts = count(&paper, rows[i].marks);
        struct ranking *ranking = ranking_create(counts, &context);
        struct buf text;
        buf_init(&text, 64);
        ranking_decimal(ranking, 0, rows[i].digits, &text);
        assert_string_equal(buf_text(&text), rows[i].text);
        buf_release(&text);
        ranking_destroy(ranking);
        counts_destroy(counts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_voted),
        cmocka_unit_test(means_are_exact),
        cmocka_unit_test(shared_places_leave_gaps),
        cmocka_unit_test(lots_order_what_is_equal),
        cmocka_unit_test(large_weights_stay_exact),
        cmocka_unit_test(decimals_are_rounded_half_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
