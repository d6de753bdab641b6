/* The tally file, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/canon.h"
#include "base/mem.h"
#include "tally/tally_file.h"

static const uint64_t nominees[] = {9, 17, 100};
static const struct tally_totals totals = {
    .upto = 400, .issued = 12, .superseded = 3, .void_ballots = 1};

struct box {
    struct ballot_paper paper;
    struct choice *choice;
    struct counts *counts;
};

static void box_init(struct box *box, const struct ballot_rules *rules)
{
    box->paper = (struct ballot_paper){rules, nominees, 3};
    box->choice = choice_create(&box->paper);
    box->counts = counts_create(&box->paper);
}

static void box_release(struct box *box)
{
    choice_destroy(box->choice);
    counts_destroy(box->counts);
}

static void box_put(struct box *box, const char *plaintext)
{
    if (method_parse(&box->paper, slice_str(plaintext), box->choice) == NOT_SPOILED)
        counts_add(box->counts, box->choice);
    else
        counts_add_spoiled(box->counts);
}

static enum err box_write(const struct box *box, struct buf *out)
{
    static const uint8_t root[RANKING_ROOT_LEN] = {0};
    struct ranking_ties ties = {NULL, 0, slice_str("dauys.example/demo"), slice_str("culture"),
                                root};
    struct ranking *ranking = ranking_create(box->counts, &ties);
    enum err err = tally_file_write(ties.origin, ties.cat, &totals, box->counts, ranking, out);
    ranking_destroy(ranking);
    return err;
}

static void expect(struct box *box, const char *want)
{
    struct canon_node nodes[256];
    struct canon_doc doc = {.nodes = nodes, .cap = 256};
    struct buf out;

    buf_init(&out, TALLY_FILE_MAX);
    assert_int_equal(box_write(box, &out), OK);
    assert_string_equal(buf_text(&out), want);
    assert_int_equal(canon_parse(buf_slice(&out), out.len, 6, &doc, NULL), OK);
    buf_release(&out);
    box_release(box);
}

static void rank_has_pairs(void **state)
{
    (void)state;
    uint64_t weights[] = {2, 1};
    const struct ballot_rules rules = {.method = BALLOT_RANK, .at_most = 2, .weights = weights};
    struct box box;
    box_init(&box, &rules);
    box_put(&box, "{\"m\":\"rank\",\"o\":[\"9\",\"100\"]}");
    box_put(&box, "{\"m\":\"rank\",\"o\":[\"9\",\"17\"]} ");
    box_put(&box, "{\"m\":\"rank\",\"o\":[\"100\",\"9\"]}");
    box_put(&box, "{\"m\":\"rank\",\"o\":[\"7\"]}");
    expect(&box,
           "{\"cast\":8,\"cat\":\"culture\",\"counted\":3,\"counts\":{"
           "\"100\":{\"rank\":{\"1\":1,\"2\":1}},\"17\":{\"rank\":{\"2\":1}},"
           "\"9\":{\"rank\":{\"1\":2,\"2\":1}}},\"issued\":12,\"origin\":\"dauys.example/demo\","
           "\"pairs\":{\"100\":{\"9\":1},\"9\":{\"100\":1,\"17\":1}},\"ranking\":["
           "{\"nominee\":\"9\",\"place\":1,\"score\":\"5\",\"voters\":3},"
           "{\"nominee\":\"100\",\"place\":2,\"score\":\"3\",\"voters\":2},"
           "{\"nominee\":\"17\",\"place\":3,\"score\":\"1\",\"voters\":1}],"
           "\"spoiled\":1,\"superseded\":3,\"upto\":400,\"v\":1,\"void\":1}");
}

static void score_names_its_criteria(void **state)
{
    (void)state;
    /* Not in bytewise order in the rules: the file's order is its own. */
    struct ballot_criterion criteria[] = {{.id = "z", .weight = 1}, {.id = "a_b", .weight = 2}};
    const struct ballot_rules rules = {.method = BALLOT_SCORE,
                                       .at_most = 3,
                                       .least = 1,
                                       .most = 10,
                                       .criteria = criteria,
                                       .criteria_len = 2};
    struct box box;
    box_init(&box, &rules);
    box_put(&box, "{\"m\":\"score\",\"s\":{\"17\":{\"a_b\":2,\"z\":9}}}");
    box_put(&box, "{\"m\":\"score\",\"s\":{\"17\":{\"a_b\":10}}}");
    box_put(&box, "{\"m\":\"score\",\"s\":{\"17\":{\"a_b\":2}}}");
    expect(&box, "{\"cast\":7,\"cat\":\"culture\",\"counted\":3,\"counts\":{"
                 "\"17\":{\"a_b\":{\"10\":1,\"2\":2},\"z\":{\"9\":1}}},\"issued\":12,"
                 "\"origin\":\"dauys.example/demo\",\"ranking\":["
                 "{\"nominee\":\"17\",\"place\":1,\"score\":\"55/9\",\"voters\":3},"
                 "{\"nominee\":\"9\",\"place\":2,\"score\":\"0\",\"voters\":0},"
                 "{\"nominee\":\"100\",\"place\":2,\"score\":\"0\",\"voters\":0}],"
                 "\"spoiled\":0,\"superseded\":3,\"upto\":400,\"v\":1,\"void\":1}");
}

static void an_empty_category_has_a_file(void **state)
{
    (void)state;
    uint64_t weights[] = {1};
    const struct ballot_rules rules = {.method = BALLOT_RANK, .at_most = 1, .weights = weights};
    struct box box;
    box_init(&box, &rules);
    box.paper.nominees_len = 0;
    expect(&box, "{\"cast\":4,\"cat\":\"culture\",\"counted\":0,\"counts\":{},\"issued\":12,"
                 "\"origin\":\"dauys.example/demo\",\"pairs\":{},\"ranking\":[],"
                 "\"spoiled\":0,\"superseded\":3,\"upto\":400,\"v\":1,\"void\":1}");
}

static void no_room_is_told(void **state)
{
    (void)state;
    const struct ballot_rules rules = {.method = BALLOT_APPROVE, .at_most = 3};
    struct box box;
    struct buf out;
    box_init(&box, &rules);
    buf_init(&out, 100);
    assert_int_equal(box_write(&box, &out), ERR_LIMITED);
    buf_release(&out);
    box_release(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_has_pairs),
        cmocka_unit_test(score_names_its_criteria),
        cmocka_unit_test(an_empty_category_has_a_file),
        cmocka_unit_test(no_room_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
