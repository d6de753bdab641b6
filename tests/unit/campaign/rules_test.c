/* The rules: the demo's file, and what is wrong with files that differ from it in one place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>

#include "base/canon.h"
#include "base/file.h"
#include "base/mem.h"
#include "campaign/rules.h"

static struct buf demo;

static int read_demo(void **state)
{
    (void)state;
    struct fault fault;
    buf_init(&demo, RULES_FILE_MAX);
    if (file_read("data/demo/rules.json", &demo, &fault) == OK)
        return 0;
    print_error("%s\n", fault.text);
    return -1;
}

static int release_demo(void **state)
{
    (void)state;
    buf_release(&demo);
    return 0;
}

/* The demo's text with the first `from` replaced; caller frees. */
static char *demo_with(const char *from, const char *to)
{
    const char *text = buf_text(&demo), *at = strstr(text, from);
    if (at == NULL)
        fail_msg("the demo has no %s", from);
    return xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static struct rules *parse_demo(void)
{
    struct rules *rules = NULL;
    struct rules_problems problems;
    enum err err = rules_parse(buf_slice(&demo), &rules, &problems);
    for (size_t i = 0; i < problems.len; i++)
        print_error("%s: %s\n", problems.list[i].path, problems.list[i].text);
    assert_int_equal(err, OK);
    return rules;
}

static void demo_is_read_whole(void **state)
{
    (void)state;
    struct rules *rules = parse_demo();
    unsigned methods = 0;

    assert_string_equal(rules->id, "demo");
    assert_true(rules->demo);
    assert_int_equal(rules->phases_len, PHASE_COUNT);
    /* 2026-10-16T09:00:00+05:00 */
    assert_int_equal(rules_phase(rules, PHASE_EVALUATION)->opens, 1792123200);
    assert_int_equal(rules->categories_len, 15);
    assert_int_equal(rules->regions_len, 20);
    assert_string_equal(rules->regions[17].former[0], "Nur-Sultan");
    for (size_t i = 0; i < rules->categories_len; i++)
        methods |= 1U << rules->categories[i].ballot.method;
    assert_int_equal(methods, 31); /* all five */
    int culture = rules_category(rules, slice_str("culture"));
    assert_int_equal(rules->categories[culture].ballot.weights[1], 2);
    assert_int_equal(rules->categories[0].ballot.criteria[1].weight, 3);
    assert_string_equal(rules->categories[1].name.in[RULES_EN],
                        "Public health and healthy lifestyle");
    assert_int_equal(rules_category(rules, slice_str("sport")), -1);
    assert_int_equal(rules->council.quorum.over, 2);
    assert_int_equal(rules->council.quorum.under, 3);
    assert_int_equal(rules->prize.mci_tenge, 4325);
    rules_destroy(rules);
}

/* One change, and the one problem that it makes. */
static const struct {
    const char *from, *to;
    enum rules_kind kind;
    const char *path;
} breaches[] = {
    {"\"format\": 1", "\"format\": 2", RULES_RANGE, "/format"},
    {"\"format\": 1", "\"format\": 1, \"format\": 1", RULES_JSON, ""},
    {"\"format\": 1", "\"format\": 1.0", RULES_JSON, ""},
    {"\"format\": 1", "\"format\": 9007199254740992", RULES_JSON, ""},
    {"\"format\": 1", "\"format\": 1, \"a/b~\": 1", RULES_UNKNOWN, "/a~1b~0"},
    {"\"max_rev\": 20", "\"max_rev\": 0", RULES_RANGE, "/max_rev"},
    {"\"max_rev\": 20", "\"max_rev\": -1", RULES_RANGE, "/max_rev"},
    {"\"max_rev\": 20", "\"max_rev\": \"20\"", RULES_TYPE, "/max_rev"},
    {"\"max_rev\": 20,", "", RULES_MISSING, "/max_rev"},
    {"\"open\": \"close\"", "\"open\": \"Close\"", RULES_FORM, "/open"},
    {"\"demo\": true", "\"demo\": 1", RULES_TYPE, "/campaign/demo"},
    {"\"id\": \"demo\"", "\"id\": \"Demo\"", RULES_FORM, "/campaign/id"},
    {"\"id\": \"demo\"", "\"id\": \"\"", RULES_FORM, "/campaign/id"},
    {"Demonstration: prize for NGOs", "", RULES_RANGE, "/campaign/name/en"},
    {"Demonstration: prize", "a\\u202ezirp", RULES_FORM, "/campaign/name/en"},
    {"Demonstration: prize", "a\\tb", RULES_FORM, "/campaign/name/en"},
    {"Demonstration: prize", "e\\u0301", RULES_CROSS, "/campaign/name/en"},
    {"Demonstration: prize", "a\\u0000b", RULES_JSON, ""},
    {"Demonstration: prize", "\\ud800", RULES_JSON, ""},
    {"2026-09-01T09:00:00+05:00", "2026-09-01T09:00:00", RULES_FORM, "/phases/0/opens"},
    {"2026-09-01T09:00:00+05:00", "2026-09-01T24:00:00Z", RULES_FORM, "/phases/0/opens"},
    {"2026-09-01T09:00:00+05:00", "2026-02-29T09:00:00Z", RULES_CROSS, "/phases/0/opens"},
    {"2026-09-01T09:00:00+05:00", "2026-11-01T09:00:00Z", RULES_CROSS, "/phases/0/closes"},
    {"2026-10-01T18:00:00+05:00", "2026-10-01T18:00:00+04:00", RULES_CROSS, "/phases/1/opens"},
    {"\"id\": \"council\"", "\"id\": \"screening\"", RULES_CROSS, "/phases/3/id"},
    {"\"id\": \"screening\"", "\"id\": \"voting\"", RULES_FORM, "/phases/1/id"},
    {"\"id\": \"health\"", "\"id\": \"education\"", RULES_CROSS, "/categories/1/id"},
    {"\"id\": \"health\"", "\"id\": \"health-and-sport\"", RULES_FORM, "/categories/1/id"},
    {"\"method\": \"score\"", "\"method\": \"guess\"", RULES_FORM, "/categories/0/ballot/method"},
    {"\"method\": \"choose\"", "\"method\": \"choose\", \"at_most\": 1", RULES_UNKNOWN,
     "/categories/13/ballot/at_most"},
    {"\"at_most\": 10", "\"at_most\": 500", RULES_CROSS, "/categories/0/ballot"},
    {"\"at_most\": 10", "\"at_most\": 5001", RULES_RANGE, "/categories/0/ballot/at_most"},
    {"\"least\": 1", "\"least\": 5", RULES_CROSS, "/categories/0/ballot/most"},
    {"\"id\": \"effectiveness\"", "\"id\": \"experience\"", RULES_CROSS,
     "/categories/0/ballot/criteria/1/id"},
    {"\"weight\": 2", "\"weight\": 0", RULES_RANGE, "/categories/0/ballot/criteria/0/weight"},
    {"\"sum\": 10", "\"sum\": 1000", RULES_CROSS, "/categories/2/ballot"},
    {"\"sum\": 10", "\"sum\": 1001", RULES_RANGE, "/categories/2/ballot/sum"},
    {"\"at_most\": 3,\n        \"weights\"", "\"at_most\": 2,\n        \"weights\"", RULES_CROSS,
     "/categories/10/ballot/weights"},
    {"          3,\n          2,", "          2,\n          3,", RULES_CROSS,
     "/categories/10/ballot/weights"},
    {"\"lot\"", "\"voters\"", RULES_TWICE, "/tie_breaks/1"},
    {"\"public\": \"close\"", "\"public\": \"live\"", RULES_CROSS, "/tallies/public"},
    {"\"id\": \"publication\"", "\"id\": \"appeal\"", RULES_CROSS, "/phases/5/id"},
    {"\"code\": \"KZ-11\"", "\"code\": \"KZ-10\"", RULES_CROSS, "/regions/1/code"},
    {"\"since\": \"2022-06-08\"", "\"since\": \"2022-6-8\"", RULES_FORM, "/regions/0/since"},
    {"\"since\": \"2022-06-08\"", "\"since\": \"2022-06-31\"", RULES_CROSS, "/regions/0/since"},
    {"\"Nur-Sultan\"", "7", RULES_TYPE, "/regions/17/former/0"},
    {"\"assurance\": \"high\"", "\"assurance\": \"low\"", RULES_CROSS, "/sign_in/evaluate"},
    {"\"who\": [", "\"who\": [ \"ngo\",", RULES_TWICE, "/nomination/who/2"},
    {"\"categories\": 15", "\"categories\": 16", RULES_CROSS, "/voters/categories"},
    {"\"floor\": 3", "\"floor\": 11", RULES_CROSS, "/shortlist/floor"},
    {"\"quorum\": \"2/3\"", "\"quorum\": \"3/2\"", RULES_CROSS, "/council/quorum"},
    {"\"quorum\": \"2/3\"", "\"quorum\": \"2/03\"", RULES_FORM, "/council/quorum"},
    {"\"quorum\": \"2/3\"", "\"quorum\": \"2/3/4\"", RULES_FORM, "/council/quorum"},
    {"\"majority\": \"1/2\"", "\"majority\": \"1/1\"", RULES_CROSS, "/council/majority"},
    {"\"most\": 4", "\"most\": 0", RULES_RANGE, "/winners/most"},
    {"\"least\": 0,\n    \"most\": 4", "\"least\": 5,\n    \"most\": 4", RULES_CROSS,
     "/winners/least"},
};

static void each_breach_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof breaches / sizeof *breaches; i++) {
        char *text = demo_with(breaches[i].from, breaches[i].to);
        struct rules *rules = NULL;
        struct rules_problems problems;
        if (rules_parse(slice_str(text), &rules, &problems) != ERR_INVALID)
            fail_msg("accepted: %s", breaches[i].to);
        if (problems.len != 1 || problems.list[0].kind != breaches[i].kind ||
            strcmp(problems.list[0].path, breaches[i].path) != 0)
            fail_msg("%s: %zu problems, first %s at %s (%s)", breaches[i].to, problems.len,
                     rules_kind_name(problems.list[0].kind), problems.list[0].path,
                     problems.list[0].text);
        rules_problems_release(&problems);
        free(text);
    }
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    struct rules *rules = NULL;
    struct rules_problems problems;
    assert_int_equal(rules_parse(slice_str("{}"), &rules, &problems), ERR_INVALID);
    assert_int_equal(problems.len, 17);
    assert_false(problems.more);
    rules_problems_release(&problems);
    assert_int_equal(rules_parse(slice_str("{}"), &rules, NULL), ERR_INVALID);

    struct buf many;
    buf_init(&many, 65536);
    buf_put_str(&many, "{\"\":0");
    for (int i = 0; i < 200; i++)
        buf_printf(&many, ",\"ұ%d\":0", i);
    buf_put_str(&many, "}");
    assert_int_equal(rules_parse(buf_slice(&many), &rules, &problems), ERR_INVALID);
    assert_int_equal(problems.len, RULES_PROBLEMS_MAX);
    assert_true(problems.more);
    rules_problems_release(&problems);
    buf_release(&many);
}

/* What §3 of PROTOCOL.md needs, with one place to change. */
#define COUNTING(phases, categories, rest)                                                         \
    "{\"phases\":[" phases "],\"categories\":[" categories "]," rest "}"
#define EVALUATION "{\"id\":\"evaluation\"}"
#define CHOOSE "{\"id\":\"a\",\"ballot\":{\"method\":\"choose\"}}"
#define BALLOT(ballot) "{\"id\":\"a\",\"ballot\":{" ballot "}}"
#define REST "\"max_rev\":1,\"tie_breaks\":[]"

static const struct {
    bool good;
    const char *json;
} countings[] = {
    {true, COUNTING(EVALUATION, CHOOSE, REST)},
    {true, " \n" COUNTING(EVALUATION, CHOOSE, REST) "\t"},
    {true, COUNTING("{\"id\":\"nomination\"}," EVALUATION ",{\"id\":\"appeal\"}", CHOOSE, REST)},
    {true, COUNTING(EVALUATION, CHOOSE, REST ",\"other\":[null,true,-5,\"\\u00e9\"]")},
    {true, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":9007199254740991,\"tie_breaks\":[\"lot\"]")},
    {true, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":1,\"tie_breaks\":[\"lot\",\"voters\"]")},
    {true, COUNTING(EVALUATION, BALLOT("\"method\":\"choose\",\"at_most\":\"x\""), REST)},
    {true, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\",\"at_most\":5000"), REST)},
    {true, COUNTING(EVALUATION, BALLOT("\"method\":\"points\",\"sum\":9007199254740991"), REST)},
    {true,
     COUNTING(EVALUATION, BALLOT("\"method\":\"rank\",\"at_most\":2,\"weights\":[0,5]"), REST)},
    {true, COUNTING(EVALUATION,
                    BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":-0,\"most\":1,"
                           "\"criteria\":[{\"id\":\"x\",\"weight\":1}]"),
                    REST)},
    {true,
     COUNTING(EVALUATION,
              BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":3,\"most\":3,"
                     "\"criteria\":[{\"id\":\"x\",\"weight\":1},{\"id\":\"y\",\"weight\":1}]"),
              REST)},
    {true, COUNTING(EVALUATION,
                    BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":0,\"most\":0,"
                           "\"criteria\":[{\"id\":\"x\",\"weight\":1}]"),
                    REST)},

    {false, ""},
    {false, "[]"},
    {false, "null"},
    {false, "\xef\xbb\xbf" COUNTING(EVALUATION, CHOOSE, REST)},
    {false, COUNTING(EVALUATION, CHOOSE, REST) "{}"},
    {false, COUNTING("", CHOOSE, REST)},
    {false, COUNTING("{\"id\":\"nomination\"}", CHOOSE, REST)},
    {false, COUNTING(EVALUATION "," EVALUATION, CHOOSE, REST)},
    {false, COUNTING("{\"id\":\"council\"}," EVALUATION, CHOOSE, REST)},
    {false, COUNTING(EVALUATION ",{\"id\":\"party\"}", CHOOSE, REST)},
    {false, COUNTING(EVALUATION ",{}", CHOOSE, REST)},
    {false, COUNTING(EVALUATION ",7", CHOOSE, REST)},
    {false, "{\"phases\":{},\"categories\":[" CHOOSE "]," REST "}"},
    {false, COUNTING(EVALUATION, "", REST)},
    {false, COUNTING(EVALUATION, CHOOSE "," CHOOSE, REST)},
    {false, COUNTING(EVALUATION, "{\"ballot\":{\"method\":\"choose\"}}", REST)},
    {false, COUNTING(EVALUATION, "{\"id\":\"\",\"ballot\":{\"method\":\"choose\"}}", REST)},
    {false, COUNTING(EVALUATION, "{\"id\":\"A\",\"ballot\":{\"method\":\"choose\"}}", REST)},
    {false, COUNTING(EVALUATION,
                     "{\"id\":\"abcdefghijklmnopq\",\"ballot\":{\"method\":\"choose\"}}", REST)},
    {false, COUNTING(EVALUATION, "{\"id\":\"a\"}", REST)},
    {false, COUNTING(EVALUATION, BALLOT(""), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"guess\""), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\""), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\",\"at_most\":0"), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\",\"at_most\":5001"), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\",\"at_most\":1.0"), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"approve\",\"at_most\":true"), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"points\",\"sum\":0"), REST)},
    {false, COUNTING(EVALUATION, BALLOT("\"method\":\"points\",\"sum\":9007199254740992"), REST)},
    {false,
     COUNTING(EVALUATION, BALLOT("\"method\":\"rank\",\"at_most\":2,\"weights\":[1]"), REST)},
    {false,
     COUNTING(EVALUATION, BALLOT("\"method\":\"rank\",\"at_most\":1,\"weights\":[-1]"), REST)},
    {false, COUNTING(EVALUATION,
                     BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":2,\"most\":1,"
                            "\"criteria\":[{\"id\":\"x\",\"weight\":1}]"),
                     REST)},
    {false, COUNTING(EVALUATION,
                     BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":0,\"most\":1,"
                            "\"criteria\":[]"),
                     REST)},
    {false, COUNTING(EVALUATION,
                     BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":0,\"most\":1,"
                            "\"criteria\":[{\"id\":\"x\",\"weight\":0}]"),
                     REST)},
    {false,
     COUNTING(EVALUATION,
              BALLOT("\"method\":\"score\",\"at_most\":1,\"least\":0,\"most\":1,"
                     "\"criteria\":[{\"id\":\"x\",\"weight\":1},{\"id\":\"x\",\"weight\":2}]"),
              REST)},
    {false, COUNTING(EVALUATION, CHOOSE, "\"tie_breaks\":[]")},
    {false, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":0,\"tie_breaks\":[]")},
    {false, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":1")},
    {false, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":1,\"tie_breaks\":\"lot\"")},
    {false, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":1,\"tie_breaks\":[\"lot\",\"lot\"]")},
    {false, COUNTING(EVALUATION, CHOOSE, "\"max_rev\":1,\"tie_breaks\":[\"coin\"]")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":1,\"x\":2")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":1,\"\\u0078\":2")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":0.5")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":1e3")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":-9007199254740992")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":99999999999999999999")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":\"\\u0000\"")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":\"\\udc00\"")},
    {false, COUNTING(EVALUATION, CHOOSE, REST ",\"x\":\"\xff\"")},
};

static void counting_follows_the_protocol(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof countings / sizeof *countings; i++) {
        struct rules *rules = NULL;
        enum err err = rules_parse_counting(slice_str(countings[i].json), &rules, NULL);
        if (err != (countings[i].good ? OK : ERR_INVALID))
            fail_msg("%s: %s", err_name(err), countings[i].json);
        rules_destroy(rules);
    }
}

/* "[[…" as the value of another member, so that the whole has `depth` levels. */
static enum err parse_at_depth(unsigned depth)
{
    struct buf text;
    struct rules *rules = NULL;
    buf_init(&text, 65536);
    buf_put_str(&text, "{\"phases\":[" EVALUATION "],\"categories\":[" CHOOSE "]," REST ",\"x\":");
    for (unsigned i = 1; i < depth; i++)
        buf_put_byte(&text, '[');
    buf_put_str(&text, "\"]]]\\\"{{{{{{{{{{{{{{{{\"");
    for (unsigned i = 1; i < depth; i++)
        buf_put_byte(&text, ']');
    buf_put_byte(&text, '}');
    enum err err = rules_parse_counting(buf_slice(&text), &rules, NULL);
    rules_destroy(rules);
    buf_release(&text);
    return err;
}

static void depth_and_length_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(parse_at_depth(RULES_DEPTH_MAX), OK);
    assert_int_equal(parse_at_depth(RULES_DEPTH_MAX + 1), ERR_INVALID);
    assert_int_equal(parse_at_depth(20000), ERR_INVALID);

    struct buf text;
    struct rules *rules = NULL;
    buf_init(&text, RULES_FILE_MAX + 1);
    buf_put_slice(&text, buf_slice(&demo));
    memset(buf_extend(&text, RULES_FILE_MAX - text.len), ' ', RULES_FILE_MAX - demo.len);
    assert_int_equal(rules_parse_counting(buf_slice(&text), &rules, NULL), OK);
    rules_destroy(rules);
    buf_put_byte(&text, ' ');
    assert_int_equal(rules_parse_counting(buf_slice(&text), &rules, NULL), ERR_INVALID);
    buf_release(&text);
}

static void both_readers_count_alike(void **state)
{
    (void)state;
    struct rules *strict = parse_demo(), *counting = NULL;
    assert_int_equal(rules_parse_counting(buf_slice(&demo), &counting, NULL), OK);
    assert_true(counting->counting_only);
    assert_int_equal(rules_phase_bits(strict), rules_phase_bits(counting));
    assert_int_equal(strict->max_rev, counting->max_rev);
    assert_int_equal(strict->tie_breaks_len, counting->tie_breaks_len);
    assert_memory_equal(strict->tie_breaks, counting->tie_breaks, sizeof strict->tie_breaks);
    for (size_t i = 0; i < strict->categories_len; i++) {
        const struct ballot_rules *a = &strict->categories[i].ballot;
        const struct ballot_rules *b = &counting->categories[i].ballot;
        assert_string_equal(strict->categories[i].id, counting->categories[i].id);
        assert_int_equal(a->method, b->method);
        assert_int_equal(a->at_most, b->at_most);
        assert_int_equal(a->sum, b->sum);
        assert_int_equal(a->least, b->least);
        assert_int_equal(a->most, b->most);
        assert_int_equal(a->criteria_len, b->criteria_len);
        for (size_t k = 0; k < a->criteria_len; k++) {
            assert_string_equal(a->criteria[k].id, b->criteria[k].id);
            assert_int_equal(a->criteria[k].weight, b->criteria[k].weight);
        }
        if (a->method == BALLOT_RANK)
            assert_memory_equal(a->weights, b->weights, a->at_most * sizeof *a->weights);
    }
    rules_destroy(strict);
    rules_destroy(counting);
}

static void longest_ballot_fits_an_entry(void **state)
{
    (void)state;
    struct rules *rules = parse_demo();
    assert_true(rules_longest_entry(rules, 100000, RULES_NOMINEE_DIGITS) <= 8192);
    assert_true(rules_longest_entry(rules, 100000, RULES_NOMINEE_DIGITS) >
                rules_longest_entry(rules, 1, 1));
    rules_destroy(rules);

    /* The widest that the strict form lets pass still fits. */
    char *text = demo_with("\"at_most\": 3\n", "\"at_most\": 443\n");
    assert_int_equal(rules_parse(slice_str(text), &rules, NULL), OK);
    size_t len = rules_longest_entry(rules, 100000, RULES_NOMINEE_DIGITS);
    assert_true(len > 7000 && len <= 8192);
    rules_destroy(rules);
    free(text);
}

static void schedule_replaces_the_phases(void **state)
{
    (void)state;
    const struct rules_phase phases[] = {
        {.phase = PHASE_NOMINATION, .opens = 1795490000, .closes = 1795493600},
        {.phase = PHASE_EVALUATION, .opens = 1795493600, .closes = 1795579999},
    };
    struct buf out;
    struct rules *rules = NULL;
    struct fault fault;

    buf_init(&out, RULES_FILE_MAX);
    assert_int_equal(rules_with_schedule(buf_slice(&demo), "demo-7", phases, 2, &out, &fault), OK);
    assert_int_equal(rules_parse(buf_slice(&out), &rules, NULL), OK);
    assert_string_equal(rules->id, "demo-7");
    assert_int_equal(rules->phases_len, 2);
    assert_int_equal(rules_phase(rules, PHASE_EVALUATION)->opens, 1795493600);
    assert_int_equal(rules_phase(rules, PHASE_EVALUATION)->closes, 1795579999);
    assert_null(rules_phase(rules, PHASE_COUNCIL));
    assert_int_equal(rules->categories_len, 15);
    rules_destroy(rules);
    buf_release(&out);

    buf_init(&out, 100);
    assert_int_equal(rules_with_schedule(buf_slice(&demo), NULL, phases, 2, &out, &fault),
                     ERR_LIMITED);
    assert_int_equal(rules_with_schedule(slice_str("[]"), NULL, phases, 2, &out, &fault),
                     ERR_INVALID);
    buf_release(&out);
}

static void instants_keep_their_offset(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_seconds;
    } rows[] = {
        {"2024-02-29T18:00:00Z", 1709229600},      {"2024-02-29T23:00:00+05:00", 1709229600},
        {"2024-02-29T12:30:00-05:30", 1709229600}, {"2000-01-01T00:00:00+00:00", 946684800},
        {"2026-08-31T23:59:59-00:01", 1788220859},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = demo_with("2026-09-01T09:00:00+05:00", rows[i].text);
        struct rules *rules = NULL;
        assert_int_equal(rules_parse(slice_str(text), &rules, NULL), OK);
        assert_int_equal(rules->phases[0].opens, rows[i].unix_seconds);
        rules_destroy(rules);
        free(text);
    }
}

static void put_instant(struct buf *out, enum rules_lang lang, int64_t unix_seconds)
{
    (void)lang;
    buf_printf(out, "@%" PRId64, unix_seconds);
}

static void put_number(struct buf *out, enum rules_lang lang, int64_t number)
{
    (void)lang;
    buf_printf(out, "%" PRId64, number);
}

static const struct rules_format plain = {put_instant, put_number};

static size_t lines_of(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void sentences_say_the_rules(void **state)
{
    (void)state;
    struct rules *rules = parse_demo();
    struct buf text[RULES_LANGS];

    for (unsigned lang = 0; lang < RULES_LANGS; lang++) {
        buf_init(&text[lang], 1 << 20);
        rules_describe(rules, (enum rules_lang)lang, &plain, &text[lang]);
        const char *all = buf_text(&text[lang]);
        assert_null(strchr(all, '{'));
        assert_null(strstr(all, "(null)"));
        assert_non_null(strstr(all, "8650000"));
        assert_int_equal(lines_of(all), lines_of(buf_text(&text[0])));
        for (const char *line = all, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            assert_true(end > line);
            assert_true(canon_text_allowed(slice_of(line, (size_t)(end - line))));
        }
    }
    const char *english = buf_text(&text[RULES_EN]);
    assert_non_null(strstr(english, "Public evaluation. Opens: @1792123200. Closes: @1794834000."));
    assert_non_null(strstr(english, "Culture and art: order nominees from the best on, at most 3. "
                                    "What the places are worth: 3, 2, 1."));
    assert_non_null(strstr(english, "Criteria: Experience of the organisation (weight 2), "
                                    "Effectiveness of its work (weight 3)."));
    assert_non_null(strstr(english, "divide points among nominees, at most 10 in all."));
    for (unsigned lang = 0; lang < RULES_LANGS; lang++)
        buf_release(&text[lang]);
    rules_destroy(rules);
}

/* Every sentence there is, by rules that say the other thing everywhere. */
static void other_rules_say_other_sentences(void **state)
{
    (void)state;
    struct rules *rules = parse_demo();
    struct buf before, after;

    buf_init(&before, 1 << 20);
    buf_init(&after, 1 << 20);
    rules_describe(rules, RULES_EN, &plain, &before);
    rules->demo = false;
    rules->nomination.own = RULES_OWN_REFUSE;
    rules->max_rev = 1;
    rules->open = RULES_OPEN_LIVE;
    rules->shown[RULES_PUBLIC] = RULES_SHOWN_LIVE;
    rules->shown[RULES_COUNCIL] = RULES_SHOWN_PUBLICATION;
    rules->shortlist.least_voters = 50;
    rules->council.base = RULES_BASE_ALL;
    rules->council.casting_vote = false;
    rules->council.secret = true;
    rules->council.recusal = RULES_RECUSED_IN;
    rules->council.departure = RULES_DEPART_NEVER;
    rules->prize.split = RULES_SPLIT_EACH;
    rules->categories[0].least_turnout = 77;
    rules_describe(rules, RULES_EN, &plain, &after);

    static const char *const said[] = {"staff is not accepted",
                                       "A ballot is final",
                                       "opened and counted as they come",
                                       "while evaluation goes on",
                                       "when results are",
                                       "named by voters: at least 50",
                                       "Nominees on it: at least 3",
                                       "share of all members: more than 1/2",
                                       "there is no decision",
                                       "votes in secret",
                                       "but counts for the",
                                       "cannot depart",
                                       "The prize of each",
                                       "are counted: at least 77"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (strstr(buf_text(&after), said[i]) == NULL || strstr(buf_text(&before), said[i]) != NULL)
            fail_msg("%s", said[i]);
    }
    assert_null(strstr(buf_text(&after), "no legal effect"));
    buf_release(&before);
    buf_release(&after);
    rules_destroy(rules);
}

static void tallies_are_shown_when_the_rules_say(void **state)
{
    (void)state;
    struct rules rules = {.shown = {RULES_SHOWN_CLOSE, RULES_SHOWN_COUNCIL, RULES_SHOWN_LIVE}};
    enum phase_state states[PHASE_COUNT] = {0};

    assert_false(rules_tally_shown(&rules, RULES_STAFF, states, false));
    states[PHASE_EVALUATION] = PHASE_IS_OPEN;
    assert_true(rules_tally_shown(&rules, RULES_STAFF, states, false));
    assert_false(rules_tally_shown(&rules, RULES_PUBLIC, states, true));
    states[PHASE_EVALUATION] = PHASE_IS_CLOSED;
    assert_false(rules_tally_shown(&rules, RULES_PUBLIC, states, false));
    assert_true(rules_tally_shown(&rules, RULES_PUBLIC, states, true));
    assert_false(rules_tally_shown(&rules, RULES_COUNCIL, states, true));
    states[PHASE_COUNCIL] = PHASE_IS_OPEN;
    assert_true(rules_tally_shown(&rules, RULES_COUNCIL, states, true));
    rules.shown[RULES_COUNCIL] = RULES_SHOWN_PUBLICATION;
    assert_false(rules_tally_shown(&rules, RULES_COUNCIL, states, true));
    states[PHASE_PUBLICATION] = PHASE_IS_CLOSED;
    assert_true(rules_tally_shown(&rules, RULES_COUNCIL, states, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_is_read_whole),
        cmocka_unit_test(each_breach_is_named),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(counting_follows_the_protocol),
        cmocka_unit_test(depth_and_length_are_bounded),
        cmocka_unit_test(both_readers_count_alike),
        cmocka_unit_test(longest_ballot_fits_an_entry),
        cmocka_unit_test(schedule_replaces_the_phases),
        cmocka_unit_test(instants_keep_their_offset),
        cmocka_unit_test(sentences_say_the_rules),
        cmocka_unit_test(other_rules_say_other_sentences),
        cmocka_unit_test(tallies_are_shown_when_the_rules_say),
    };
    return cmocka_run_group_tests(tests, read_demo, release_demo);
}
