/* The five methods: what is a good ballot and what is spoiled, and that every good one fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ballot/method.h"
#include "base/mem.h"
#include "base/random.h"

static const uint64_t nominees[] = {0, 9, 17, 100, 12345};

static struct ballot_criterion criteria[] = {{.id = "effect", .weight = 3},
                                             {.id = "experience", .weight = 1}};
static uint64_t weights[] = {3, 2, 1};
static const struct ballot_rules rules_of[BALLOT_METHOD_COUNT] = {
    [BALLOT_CHOOSE] = {.method = BALLOT_CHOOSE, .at_most = 1},
    [BALLOT_APPROVE] = {.method = BALLOT_APPROVE, .at_most = 3},
    [BALLOT_POINTS] = {.method = BALLOT_POINTS, .sum = 10},
    [BALLOT_RANK] = {.method = BALLOT_RANK, .at_most = 3, .weights = weights},
    [BALLOT_SCORE] = {.method = BALLOT_SCORE,
                      .at_most = 2,
                      .least = 1,
                      .most = 10,
                      .criteria = criteria,
                      .criteria_len = 2},
};

static struct ballot_paper paper_of(enum ballot_method method)
{
    return (struct ballot_paper){&rules_of[method], nominees, sizeof nominees / sizeof *nominees};
}

/* marks: "position:criterion:value …", "" for a spoiled ballot. */
static const struct {
    enum ballot_method method;
    enum spoiled spoiled;
    const char *plaintext, *marks;
} ballots[] = {
    {BALLOT_CHOOSE, NOT_SPOILED, "{\"c\":\"17\",\"m\":\"choose\"}", "2:0:1 "},
    {BALLOT_CHOOSE, NOT_SPOILED, "{\"c\":\"0\",\"m\":\"choose\"}     ", "0:0:1 "},
    {BALLOT_CHOOSE, SPOILED_NOMINEE, "{\"c\":\"18\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_NOMINEE, "{\"c\":\"017\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_NOMINEE, "{\"c\":\"\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_NOMINEE, "{\"c\":\"1e1\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_NOMINEE, "{\"c\":\"18446744073709551633\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":17,\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":[\"17\"],\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\",\"m\":\"choose\",\"x\":1}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"m\":\"choose\",\"c\":\"17\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"9\",\"c\":\"17\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, " {\"c\":\"17\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\": \"17\",\"m\":\"choose\"}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\",\"m\":\"choose\"} x", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\",\"m\":\"choose\"}\n", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\",\"m\":\"choose\"}{}", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "{\"c\":\"17\",\"m\":\"choose\"", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "", ""},
    {BALLOT_CHOOSE, SPOILED_FORM, "      ", ""},
    {BALLOT_CHOOSE, SPOILED_METHOD, "{\"a\":[\"17\"],\"m\":\"approve\"}", ""},
    {BALLOT_CHOOSE, SPOILED_METHOD, "{\"c\":\"17\",\"m\":\"Choose\"}", ""},

    {BALLOT_APPROVE, NOT_SPOILED, "{\"a\":[\"17\",\"9\"],\"m\":\"approve\"} ", "2:0:1 1:0:1 "},
    {BALLOT_APPROVE, NOT_SPOILED, "{\"a\":[\"100\",\"12345\",\"17\"],\"m\":\"approve\"}",
     "3:0:1 4:0:1 2:0:1 "},
    {BALLOT_APPROVE, SPOILED_TWICE, "{\"a\":[\"9\",\"17\"],\"m\":\"approve\"}", ""},
    {BALLOT_APPROVE, SPOILED_TWICE, "{\"a\":[\"9\",\"9\"],\"m\":\"approve\"}", ""},
    {BALLOT_APPROVE, SPOILED_EMPTY, "{\"a\":[],\"m\":\"approve\"}", ""},
    {BALLOT_APPROVE, SPOILED_MANY, "{\"a\":[\"0\",\"100\",\"12345\",\"17\"],\"m\":\"approve\"}",
     ""},
    {BALLOT_APPROVE, SPOILED_FORM, "{\"a\":[17],\"m\":\"approve\"}", ""},
    {BALLOT_APPROVE, SPOILED_FORM, "{\"a\":{},\"m\":\"approve\"}", ""},
    {BALLOT_APPROVE, SPOILED_NOMINEE, "{\"a\":[\"17\",\"8\"],\"m\":\"approve\"}", ""},

    {BALLOT_POINTS, NOT_SPOILED, "{\"m\":\"points\",\"p\":{\"17\":3}}", "2:0:3 "},
    {BALLOT_POINTS, NOT_SPOILED, "{\"m\":\"points\",\"p\":{\"0\":1,\"17\":9}}", "0:0:1 2:0:9 "},
    {BALLOT_POINTS, SPOILED_VALUE, "{\"m\":\"points\",\"p\":{\"0\":2,\"17\":9}}", ""},
    {BALLOT_POINTS, SPOILED_VALUE, "{\"m\":\"points\",\"p\":{\"17\":0}}", ""},
    {BALLOT_POINTS, SPOILED_VALUE, "{\"m\":\"points\",\"p\":{\"17\":11}}", ""},
    {BALLOT_POINTS, SPOILED_VALUE,
     "{\"m\":\"points\",\"p\":{\"0\":9007199254740991,\"17\":9007199254740991}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":{\"17\":1.5}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":{\"17\":-1}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":{\"17\":\"3\"}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":{\"9\":1,\"17\":1}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":{\"17\":1,\"17\":1}}", ""},
    {BALLOT_POINTS, SPOILED_FORM, "{\"m\":\"points\",\"p\":[]}", ""},
    {BALLOT_POINTS, SPOILED_EMPTY, "{\"m\":\"points\",\"p\":{}}", ""},
    {BALLOT_POINTS, SPOILED_NOMINEE, "{\"m\":\"points\",\"p\":{\"18\":3}}", ""},

    {BALLOT_RANK, NOT_SPOILED, "{\"m\":\"rank\",\"o\":[\"9\",\"17\"]}", "1:0:1 2:0:2 "},
    {BALLOT_RANK, NOT_SPOILED, "{\"m\":\"rank\",\"o\":[\"17\",\"9\",\"0\"]}", "2:0:1 1:0:2 0:0:3 "},
    {BALLOT_RANK, SPOILED_TWICE, "{\"m\":\"rank\",\"o\":[\"17\",\"9\",\"17\"]}", ""},
    {BALLOT_RANK, SPOILED_MANY, "{\"m\":\"rank\",\"o\":[\"17\",\"9\",\"0\",\"100\"]}", ""},
    {BALLOT_RANK, SPOILED_EMPTY, "{\"m\":\"rank\",\"o\":[]}", ""},
    {BALLOT_RANK, SPOILED_FORM, "{\"m\":\"rank\",\"o\":[[\"17\"]]}", ""},
    {BALLOT_RANK, SPOILED_NOMINEE, "{\"m\":\"rank\",\"o\":[\"17\",\"1\"]}", ""},

    {BALLOT_SCORE, NOT_SPOILED, "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":4}}}", "2:0:4 "},
    {BALLOT_SCORE, NOT_SPOILED,
     "{\"m\":\"score\",\"s\":{\"0\":{\"experience\":10},\"17\":{\"effect\":4,\"experience\":1}}}",
     "0:1:10 2:0:4 2:1:1 "},
    {BALLOT_SCORE, SPOILED_VALUE, "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":0}}}", ""},
    {BALLOT_SCORE, SPOILED_VALUE, "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":11}}}", ""},
    {BALLOT_SCORE, SPOILED_CRITERION, "{\"m\":\"score\",\"s\":{\"17\":{\"effec\":4}}}", ""},
    {BALLOT_SCORE, SPOILED_EMPTY, "{\"m\":\"score\",\"s\":{\"17\":{}}}", ""},
    {BALLOT_SCORE, SPOILED_EMPTY, "{\"m\":\"score\",\"s\":{}}", ""},
    {BALLOT_SCORE, SPOILED_FORM, "{\"m\":\"score\",\"s\":{\"17\":4}}", ""},
    {BALLOT_SCORE, SPOILED_FORM, "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":\"4\"}}}", ""},
    {BALLOT_SCORE, SPOILED_FORM, "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":{\"x\":{}}}}}", ""},
    {BALLOT_SCORE, SPOILED_NOMINEE, "{\"m\":\"score\",\"s\":{\"16\":{\"effect\":4}}}", ""},
    {BALLOT_SCORE, SPOILED_MANY,
     "{\"m\":\"score\",\"s\":{\"0\":{\"effect\":4},\"17\":{\"effect\":4},\"9\":{\"effect\":4}}}",
     ""},
};

static void put_marks(const struct choice *choice, struct buf *out)
{
    for (size_t i = 0; i < choice->len; i++)
        buf_printf(out, "%u:%u:%llu ", choice->marks[i].nominee, choice->marks[i].criterion,
                   (unsigned long long)choice->marks[i].value);
}

static void each_ballot_is_read_as_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ballots / sizeof *ballots; i++) {
        struct ballot_paper paper = paper_of(ballots[i].method);
        struct choice *choice = choice_create(&paper);
        struct buf marks;
        enum spoiled spoiled = method_parse(&paper, slice_str(ballots[i].plaintext), choice);

        buf_init(&marks, 4096);
        put_marks(choice, &marks);
        if (spoiled != ballots[i].spoiled || strcmp(buf_text(&marks), ballots[i].marks) != 0)
            fail_msg("%s: %s, marks %s", ballots[i].plaintext, spoiled_name(spoiled),
                     buf_text(&marks));
        buf_release(&marks);
        choice_destroy(choice);
    }
}

/* A good ballot is written as it was read, with spaces up to the sealed length. */
static void good_ballots_are_written_as_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ballots / sizeof *ballots; i++) {
        if (ballots[i].spoiled != NOT_SPOILED)
            continue;
        struct ballot_paper paper = paper_of(ballots[i].method);
        struct choice *choice = choice_create(&paper);
        size_t len = strlen(ballots[i].plaintext);
        struct buf out;

        while (ballots[i].plaintext[len - 1] == ' ')
            len--;
        buf_init(&out, 4096);
        assert_int_equal(method_parse(&paper, slice_str(ballots[i].plaintext), choice),
                         NOT_SPOILED);
        assert_int_equal(method_write(&paper, choice, &out), OK);
        assert_int_equal(out.len, method_sealed_len(&paper));
        assert_memory_equal(out.data, ballots[i].plaintext, len);
        for (size_t k = len; k < out.len; k++)
            assert_int_equal(out.data[k], ' ');
        buf_release(&out);
        choice_destroy(choice);
    }
}

static void sealed_length_is_the_protocols(void **state)
{
    (void)state;
    static const struct {
        enum ballot_method method;
        size_t len;
    } rows[] = {
        {BALLOT_CHOOSE, 64},  /* 24 + 5 */
        {BALLOT_APPROVE, 64}, /* 24 + 3·(5 + 3) = 48 */
        {BALLOT_POINTS, 128}, /* 24 + 5·(5 + 4 + 2) = 79 */
        {BALLOT_RANK, 64},    /* 48 */
        {BALLOT_SCORE, 128},  /* 24 + 2·(5 + 6 + (6 + 4 + 2) + (10 + 4 + 2)) = 102 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ballot_paper paper = paper_of(rows[i].method);
        assert_int_equal(method_sealed_len(&paper), rows[i].len);
        paper.nominees_len = 0;
        assert_int_equal(method_sealed_len(&paper), 64);
        assert_int_equal(method_marks_max(&paper), 0);
    }
}

static uint64_t stream;

/* splitmix64: the same elections every run. */
static void seeded(void *out, size_t len)
{
    uint8_t *at = out;
    for (size_t i = 0; i < len; i++) {
        stream += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t z = (stream ^ (stream >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        at[i] = (uint8_t)((z ^ (z >> 27)) >> 32);
    }
}

/* The fullest ballot of a paper: the longest ids, the longest values. */
static void fill(const struct ballot_paper *paper, struct choice *choice)
{
    const struct ballot_rules *rules = paper->rules;
    size_t chosen = method_marks_max(paper) / method_criteria(rules);

    choice_clear(choice);
    for (size_t i = 0; i < chosen; i++) {
        uint32_t nominee = (uint32_t)(paper->nominees_len - 1 - i);
        uint64_t points = i == 0 ? rules->sum - (chosen - 1) : 1;
        for (uint32_t c = 0; c < method_criteria(rules); c++) {
            uint64_t value = 1;
            if (rules->method == BALLOT_RANK)
                value = i + 1;
            else if (rules->method == BALLOT_SCORE)
                value = rules->most;
            else if (rules->method == BALLOT_POINTS)
                value = points;
            assert_true(choice_mark(choice, nominee, c, value));
        }
    }
    assert_false(choice_mark(choice, 0, 0, 1));
}

/* For random papers the fullest ballot fits the sealed length, and is read back as it was. */
static void fullest_ballots_of_random_papers_fit(void **state)
{
    (void)state;
    struct ballot_criterion many[RULES_CRITERIA_MAX];
    uint64_t ids[60], many_weights[60] = {0};

    stream = 7;
    random_replace(seeded);
    for (int round = 0; round < 3000; round++) {
        struct ballot_rules rules = {
            .method = (enum ballot_method)random_below(BALLOT_METHOD_COUNT),
            .at_most = (uint32_t)random_below(70) + 1,
            .sum = random_below(2000) + 1,
            .weights = many_weights,
            .least = random_below(3),
            .most = random_below(2000) + 3,
            .criteria = many,
            .criteria_len = random_below(RULES_CRITERIA_MAX) + 1,
        };
        struct ballot_paper paper = {&rules, ids, random_below(60) + 1};
        uint64_t id = random_below(2);

        if (rules.method == BALLOT_CHOOSE)
            rules.at_most = 1;
        for (size_t i = 0; i < paper.nominees_len; i++, id += 1 + random_below(40000))
            ids[i] = id;
        for (size_t i = 0; i < rules.criteria_len; i++)
            snprintf(many[i].id, sizeof many[i].id, "%.*s%zu", (int)random_below(15) + 1,
                     "abcdefghijklmnop", i + 10);

        struct choice *choice = choice_create(&paper), *again = choice_create(&paper);
        struct buf out, first, second;
        buf_init(&out, 1 << 20);
        buf_init(&first, 1 << 20);
        buf_init(&second, 1 << 20);
        fill(&paper, choice);
        assert_int_equal(method_write(&paper, choice, &out), OK);
        assert_int_equal(out.len, method_sealed_len(&paper));
        enum spoiled spoiled = method_parse(&paper, buf_slice(&out), again);
        put_marks(choice, &first);
        put_marks(again, &second);
        assert_int_equal(spoiled, NOT_SPOILED);
        assert_string_equal(buf_text(&first), buf_text(&second));
        buf_release(&out);
        buf_release(&first);
        buf_release(&second);
        choice_destroy(choice);
        choice_destroy(again);
    }
    random_replace(NULL);
}

static void wrong_marks_are_not_written(void **state)
{
    (void)state;
    static const struct {
        enum ballot_method method;
        struct choice_mark marks[3];
        size_t len;
        enum spoiled spoiled;
    } rows[] = {
        {BALLOT_CHOOSE, {{0}}, 0, SPOILED_EMPTY},
        {BALLOT_CHOOSE, {{5, 0, 1}}, 1, SPOILED_NOMINEE},
        {BALLOT_CHOOSE, {{1, 1, 1}}, 1, SPOILED_CRITERION},
        {BALLOT_CHOOSE, {{1, 0, 2}}, 1, SPOILED_VALUE},
        {BALLOT_APPROVE, {{1, 0, 1}, {1, 0, 1}}, 2, SPOILED_TWICE},
        {BALLOT_POINTS, {{1, 0, 6}, {2, 0, 5}}, 2, SPOILED_VALUE},
        {BALLOT_RANK, {{1, 0, 2}, {2, 0, 1}}, 2, SPOILED_VALUE},
        {BALLOT_RANK, {{1, 0, 1}, {2, 0, 3}}, 2, SPOILED_VALUE},
        {BALLOT_SCORE, {{1, 0, 2}, {1, 0, 3}}, 2, SPOILED_TWICE},
        {BALLOT_SCORE, {{0, 0, 2}, {1, 0, 3}, {2, 1, 3}}, 3, SPOILED_MANY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ballot_paper paper = paper_of(rows[i].method);
        struct choice *choice = choice_create(&paper);
        struct buf out;
        buf_init(&out, 4096);
        memcpy(choice->marks, rows[i].marks, rows[i].len * sizeof *choice->marks);
        choice->len = rows[i].len;
        assert_int_equal(method_check(&paper, choice), rows[i].spoiled);
        assert_int_equal(method_write(&paper, choice, &out), ERR_INVALID);
        assert_int_equal(out.len, 0);
        buf_release(&out);
        choice_destroy(choice);
    }

    struct ballot_paper paper = paper_of(BALLOT_CHOOSE);
    struct choice *choice = choice_create(&paper);
    struct buf little;
    buf_init(&little, 63);
    assert_true(choice_mark(choice, 1, 0, 1));
    assert_int_equal(method_write(&paper, choice, &little), ERR_LIMITED);
    buf_release(&little);
    choice_destroy(choice);
}

/* Marks of score may be made in any order: they are put in the one that the text has. */
static void marks_are_put_in_order(void **state)
{
    (void)state;
    struct ballot_paper paper = paper_of(BALLOT_SCORE);
    struct choice *choice = choice_create(&paper);
    struct buf out;
    static const char want[] =
        "{\"m\":\"score\",\"s\":{\"17\":{\"effect\":5,\"experience\":2},\"9\":{\"effect\":1}}}";

    assert_true(choice_mark(choice, 1, 0, 1));
    assert_true(choice_mark(choice, 2, 1, 2));
    assert_true(choice_mark(choice, 2, 0, 5));
    buf_init(&out, 4096);
    assert_int_equal(method_write(&paper, choice, &out), OK);
    assert_memory_equal(out.data, want, sizeof want - 1);
    buf_release(&out);
    choice_destroy(choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ballot_is_read_as_it_should),
        cmocka_unit_test(good_ballots_are_written_as_read),
        cmocka_unit_test(sealed_length_is_the_protocols),
        cmocka_unit_test(fullest_ballots_of_random_papers_fit),
        cmocka_unit_test(wrong_marks_are_not_written),
        cmocka_unit_test(marks_are_put_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
