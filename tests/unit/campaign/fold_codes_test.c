/* Every code of PROTOCOL.md §6: the table of code_cases.h, and what a table cannot say. */
#include "code_cases.h"

/* Codes that the table cannot have: from the special tests below. */
static const enum verdict_code elsewhere[] = {VERDICT_NOT_CANONICAL, VERDICT_EVALUATION_UNREADY};

static struct verdict judge_fields(struct fold *fold, struct fields *f)
{
    struct buf bytes;
    buf_init(&bytes, 16384);
    case_write(fold, f, &bytes);
    struct verdict verdict = mini_judge(fold, buf_slice(&bytes));
    buf_release(&bytes);
    return verdict;
}

static void every_case_gives_its_code(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct fold *fold = case_fold(&cases[i]);
        struct fields f = {.len = 0};
        cases[i].build(&mini, fold, &f);
        struct verdict verdict = judge_fields(fold, &f);
        if (verdict.code != cases[i].code) {
            print_error("%s: %s, not %s\n", cases[i].name, verdict_name(verdict.code),
                        verdict_name(cases[i].code));
            wrong++;
        }
        fold_destroy(fold);
    }
    assert_int_equal(wrong, 0);
}

static void every_code_has_a_case(void **state)
{
    bool seen[VERDICT_COUNT] = {false};
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        seen[cases[i].code] = true;
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        seen[elsewhere[i]] = true;
    for (unsigned code = 0; code < VERDICT_JUDGE_END; code++)
        if (!seen[code])
            fail_msg("no case for %s", verdict_name((enum verdict_code)code));
}

static void not_canonical(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"v\":1,\"t\":\"mark\"}",
        "{\"at\":1,\"t\":\"mark\",\"v\":1} ",
        "{\"at\":1,\"t\":\"mark\",\"v\":1.0}",
        "{\"a\":[[[[]]]],\"v\":1}",
        "{\"at\":01,\"t\":\"mark\",\"v\":1}",
        "{\"at\":9007199254740992,\"t\":\"mark\",\"v\":1}",
    };
    struct entry entry;
    char many[2 * 255 + 64] = "{\"a\":[1";
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        enum verdict_code wanted =
            strcmp(texts[i], "{}") == 0 ? VERDICT_VERSION_UNKNOWN : VERDICT_NOT_CANONICAL;
        if (fold_form(slice_str(texts[i]), &entry) != wanted)
            fail_msg("%s", texts[i]);
    }
    /* The object, the array, v and 253 numbers are 256 values; one more is too many. */
    size_t len = strlen(many);
    for (unsigned i = 1; i < 253; i++, len += 2)
        memcpy(many + len, ",1", 3);
    memcpy(many + len, "],\"v\":2}", 9);
    assert_int_equal(fold_form(slice_str(many), &entry), VERDICT_VERSION_UNKNOWN);
    memcpy(many + len, ",1],\"v\":2}", 11);
    assert_int_equal(fold_form(slice_str(many), &entry), VERDICT_NOT_CANONICAL);
}

/* Evaluation is not due and may not be opened while something is missing for it. */
static void evaluation_waits_until_ready(void **state)
{
    struct fields f = {.len = 0};
    struct buf due;
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_NOMINATED);
    fields_phase(&f, "nomination", "close", 1);
    fields_int(&f, "at", fold_at(fold));
    mini_sign(&f, &mini.anna, &mini.boris);
    struct buf bytes;
    struct entry entry;
    uint8_t leaf[SHA256_LEN] = {0};
    buf_init(&bytes, 8192);
    fields_write(&f, false, &bytes);
    assert_int_equal(entry_parse(buf_slice(&bytes), &entry, NULL), OK);
    fold_apply(fold, &entry, fold_size(fold), leaf);
    fields_clear(&f);
    buf_release(&bytes);

    assert_false(fold_evaluation_ready(fold));
    fields_phase(&f, "evaluation", "open", 1);
    mini_sign(&f, &mini.anna, &mini.boris);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_EVALUATION_UNREADY);
    fields_own_phase(&f, "evaluation", "open");
    fields_int(&f, "at", MINI_T0 + 5000);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_EVALUATION_UNREADY);
    buf_init(&due, 1024);
    assert_int_equal(fold_due(fold, MINI_T0 + 5000, &due), ERR_NOT_FOUND);
    buf_release(&due);
    good_notice(&mini, fold, &f); /* and nothing is overdue */
    fields_int(&f, "at", MINI_T0 + 5000);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_ACCEPTED);
    fold_destroy(fold);
}

/* The pass of every ballot key of small order or not canonical is good, its signature never. */
static void small_order_keys_sign_nothing(void **state)
{
    static const uint8_t points[][32] = {
        {[0] = 1}, /* the identity */
        {0},       /* order 4 */
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, /* order 2 */
    };
    struct fold *fold = mini_at(&mini, MINI_CAST);
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct mini_pass pass;
        struct fields f = {.len = 0};
        uint8_t sig[ED25519_SIG_LEN] = {0};
        mini_pass_of(&mini, MINI_HEALTH, points[i], &pass);
        fields_ballot(&mini, &f, &pass, 1, MINI_CHOOSE("11"));
        /* R = A, S = 0: for a small-order A the cofactored equation holds for many messages. */
        memcpy(sig, points[i], 32);
        fields_base64(&f, "sig", sig, sizeof sig);
        assert_int_equal(judge_fields(fold, &f).code, VERDICT_SIGNATURE_WRONG);
    }
    fold_destroy(fold);
}

/* What an entry in the way is. */
static void verdicts_name_what_is_in_the_way(void **state)
{
    struct fields f = {.len = 0};
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_CAST);
    ballot_stale(&mini, fold, &f);
    struct verdict verdict = judge_fields(fold, &f);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, mini.first_ballot + 4);
    assert_int_equal(verdict.rev, 2);
    issue_twice(&mini, fold, &f);
    verdict = judge_fields(fold, &f);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, mini.stage_len[MINI_BETWEEN] + 2);
    fold_destroy(fold);

    fold = mini_at(&mini, MINI_NOMINATED);
    nominate_twice(&mini, fold, &f);
    verdict = judge_fields(fold, &f);
    assert_int_equal(verdict.code, VERDICT_NOMINATED_TWICE);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, 12);
    fold_destroy(fold);
}

static void revoked_pass_key_closes_its_category(void **state)
{
    struct fields f = {.len = 0};
    struct buf bytes;
    struct entry entry;
    uint8_t leaf[SHA256_LEN] = {0};
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_CAST);
    fields_revoke(&f, mini.pass_id[MINI_HEALTH], 1);
    fields_int(&f, "at", fold_at(fold));
    mini_sign(&f, &mini.anna, &mini.boris);
    buf_init(&bytes, 8192);
    fields_write(&f, false, &bytes);
    fields_clear(&f);
    assert_int_equal(mini_judge(fold, buf_slice(&bytes)).code, VERDICT_ACCEPTED);
    assert_int_equal(entry_parse(buf_slice(&bytes), &entry, NULL), OK);
    fold_apply(fold, &entry, fold_size(fold), leaf);
    buf_release(&bytes);
    ballot_good(&mini, fold, &f);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_KEY_REVOKED);
    issue_good(&mini, fold, &f);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_KEY_REVOKED);
    fields_ballot(&mini, &f, &mini.youth, 3, "{}"); /* the other category goes on */
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_ACCEPTED);
    fold_destroy(fold);
}

/* A genesis that was not accepted leaves nothing: no keys, no categories, no phases. */
static void nothing_is_known_without_genesis(void **state)
{
    struct fields f = {.len = 0};
    struct entry entry;
    struct fold_proof proof;
    struct verdict verdict;
    struct buf bytes;
    struct fold *fold = mini_fold(&mini);
    static const struct {
        build_fn *build;
        enum verdict_code code;
    } rows[] = {
        {good_notice, VERDICT_SIGNER_UNKNOWN},   {founders, VERDICT_GENESIS_PLACE},
        {ballot_good, VERDICT_CATEGORY_UNKNOWN}, {own_mark, VERDICT_MARK_PLACE},
        {own_open_early, VERDICT_PHASE_UNKNOWN}, {tally_good, VERDICT_CATEGORY_UNKNOWN},
        {unseal_good, VERDICT_UNSEAL_PLACE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rows[i].build(&mini, fold, &f);
        if (rows[i].build != ballot_good)
            fields_int(&f, "at", MINI_T0);
        buf_init(&bytes, 16384);
        fields_write(&f, false, &bytes);
        fields_clear(&f);
        assert_int_equal(fold_form(buf_slice(&bytes), &entry), VERDICT_ACCEPTED);
        fold_prove(fold, &entry, &proof);
        fold_check(fold, &entry, &proof, 1, &verdict);
        assert_int_equal(verdict.code, rows[i].code);
        buf_release(&bytes);
    }
    fold_destroy(fold);
}

static int play(void **state)
{
    (void)state;
    cases_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    mini_release(&mini);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_gives_its_code),
        cmocka_unit_test(every_code_has_a_case),
        cmocka_unit_test(not_canonical),
        cmocka_unit_test(evaluation_waits_until_ready),
        cmocka_unit_test(small_order_keys_sign_nothing),
        cmocka_unit_test(verdicts_name_what_is_in_the_way),
        cmocka_unit_test(revoked_pass_key_closes_its_category),
        cmocka_unit_test(nothing_is_known_without_genesis),
    };
    return cmocka_run_group_tests(tests, play, end);
}
