/* The fold over a whole campaign: order, time, repetitions, proofs that grow old, rebuilding. */
#include "mini_campaign.h"

#include "campaign/judge.h"

static struct mini mini;

/* Entry number i of the good campaign. */
static void entry_at(uint64_t i, struct entry *entry, uint8_t leaf[static SHA256_LEN])
{
    assert_int_equal(entry_parse(mini.entries[i], entry, NULL), OK);
    tree_leaf_hash(leaf, mini.entries[i]);
}

/* The fields as bytes, `at` put in when it is not 0. */
static struct slice write_entry(struct fields *f, uint64_t at, struct buf *bytes)
{
    if (at)
        fields_int(f, "at", at);
    buf_init(bytes, 16384);
    fields_write(f, false, bytes);
    fields_clear(f);
    return buf_slice(bytes);
}

static void the_good_campaign_counts_right(void **state)
{
    const struct fold_category *health = fold_category(mini.fold, MINI_HEALTH);
    const struct fold_category *youth = fold_category(mini.fold, MINI_YOUTH);
    (void)state;
    assert_int_equal(health->issued, 6);
    assert_int_equal(health->cast, 6);
    assert_int_equal(health->passes, 5);
    assert_int_equal(health->voids, 1);
    assert_int_equal(health->spoiled, 1);
    assert_int_equal(health->counted, 3);
    assert_int_equal(health->admitted, 2);
    assert_int_equal(youth->counted, 1);
    assert_true(health->has_tally && youth->has_tally);
    assert_non_null(
        strstr((const char *)health->tally_file.data,
               "\"counts\":{\"11\":{\"votes\":{\"1\":2}},\"13\":{\"votes\":{\"1\":1}}}"));
    assert_non_null(strstr((const char *)youth->tally_file.data, "\"score\":\"3\""));
    assert_int_equal(fold_paper(mini.fold, MINI_HEALTH)->nominees[0], 11);
    assert_int_equal(fold_paper(mini.fold, MINI_HEALTH)->nominees[1], 13);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        if (fold_phases(mini.fold)->rows[phase].in_rules)
            assert_int_equal(fold_phases(mini.fold)->rows[phase].state, PHASE_IS_CLOSED);
    assert_int_equal(fold_marks(mini.fold), 1);
    assert_int_equal(fold_size(mini.fold), mini.len);
    uint64_t unseal = 0;
    assert_true(fold_unsealed(mini.fold, &unseal));
    assert_int_equal(unseal, mini.stage_len[MINI_CLOSED]);
}

/* Judging the recorded campaign from nothing finds nothing, as an auditor does. */
static void judging_again_accepts_everything(void **state)
{
    struct fold *fold = mini_fold(&mini);
    struct entry entry;
    struct verdict verdict;
    uint8_t leaf[SHA256_LEN];
    const struct fold_proof none = {0};
    (void)state;
    for (uint64_t i = 0; i < mini.len; i++) {
        if (i == mini.stage_len[MINI_UNSEALED])
            mini_count(&mini, fold);
        entry_at(i, &entry, leaf);
        fold_check(fold, &entry, &none, i, &verdict);
        assert_int_equal(verdict.code, VERDICT_ACCEPTED);
        fold_apply(fold, &entry, i, leaf);
    }
    fold_destroy(fold);
}

/* A ballot counts by its place: before the close's index it is in, from there on out, at one time.
 */
static void the_close_is_an_index(void **state)
{
    struct fields f = {.len = 0};
    struct buf ballot;
    struct entry entry;
    uint8_t leaf[SHA256_LEN];
    uint64_t close = mini.stage_len[MINI_CLOSED] - 1;
    (void)state;
    fields_ballot(&mini, &f, &mini.passes[5], 1, MINI_CHOOSE("11"));
    struct slice bytes = write_entry(&f, 0, &ballot);
    struct fold *fold = mini_fold(&mini);
    for (uint64_t i = 0; i < mini.stage_len[MINI_CLOSED]; i++) {
        enum verdict_code code = mini_judge(fold, bytes).code;
        if (i == close)
            assert_int_equal(code, VERDICT_ACCEPTED);
        entry_at(i, &entry, leaf);
        fold_apply(fold, &entry, i, leaf);
    }
    assert_int_equal(mini_judge(fold, bytes).code, VERDICT_WINDOW_CLOSED);
    fold_destroy(fold);
    buf_release(&ballot);
}

/* A proof made before the key was there is made again; one that names a revoked key is refused. */
static void proofs_grow_old(void **state)
{
    struct fold *fold = mini_fold(&mini);
    struct fold_proof proofs[MINI_ENTRIES];
    struct entry entry;
    struct verdict verdict;
    uint8_t leaf[SHA256_LEN];
    (void)state;
    /* All at once in the empty state: every key is unknown. */
    for (uint64_t i = 0; i < mini.stage_len[MINI_VOIDED]; i++) {
        entry_at(i, &entry, leaf);
        fold_prove(fold, &entry, &proofs[i]);
    }
    for (uint64_t i = 0; i < mini.stage_len[MINI_VOIDED]; i++) {
        entry_at(i, &entry, leaf);
        fold_check(fold, &entry, &proofs[i], i, &verdict);
        if (verdict.code != VERDICT_ACCEPTED)
            fail_msg("entry %u: %s", (unsigned)i, verdict_name(verdict.code));
        fold_apply(fold, &entry, i, leaf);
    }

    /* Proved before the revocation of Anna's second key, judged after it. */
    struct fields f = {.len = 0};
    struct buf bytes;
    struct fold_proof proof;
    fields_notice(&f, "x", 3);
    mini_sign(&f, &mini.anna_second);
    assert_int_equal(fold_form(write_entry(&f, MINI_T0 + 9000, &bytes), &entry), VERDICT_ACCEPTED);
    fold_prove(fold, &entry, &proof);
    fold_check(fold, &entry, &proof, fold_size(fold), &verdict);
    assert_int_equal(verdict.code, VERDICT_ACCEPTED);
    for (uint64_t i = mini.stage_len[MINI_VOIDED]; i < mini.stage_len[MINI_CLOSED] - 1; i++) {
        struct entry other;
        entry_at(i, &other, leaf);
        fold_apply(fold, &other, i, leaf);
    }
    fold_check(fold, &entry, &proof, fold_size(fold), &verdict);
    assert_int_equal(verdict.code, VERDICT_SIGNER_REVOKED);
    buf_release(&bytes);
    fold_destroy(fold);
}

static void check_repeat(struct fold *fold, struct fields *f, bool wanted, uint64_t wanted_index)
{
    struct buf bytes;
    struct entry entry;
    struct fold_proof proof;
    uint64_t index = 0;
    assert_int_equal(entry_parse(write_entry(f, 0, &bytes), &entry, NULL), OK);
    fold_prove(fold, &entry, &proof);
    assert_int_equal(fold_repeat(fold, &entry, &proof, &index), wanted);
    if (wanted)
        assert_int_equal(index, wanted_index);
    buf_release(&bytes);
}

static void repetitions_are_known(void **state)
{
    struct fold *fold = mini_at(&mini, MINI_DONE);
    struct fields f = {.len = 0};
    struct entry entry;
    struct fold_proof proof;
    uint8_t leaf[SHA256_LEN];
    uint64_t index;
    (void)state;
    /* Every ballot ever logged, also the superseded and the void one, even now. */
    for (uint64_t i = mini.first_ballot; i < mini.first_ballot + 7; i++) {
        entry_at(i, &entry, leaf);
        fold_prove(fold, &entry, &proof);
        assert_true(fold_repeat(fold, &entry, &proof, &index));
        assert_int_equal(index, i);
    }
    fields_ballot(&mini, &f, &mini.passes[0], 1, MINI_CHOOSE("11")); /* sealed anew */
    check_repeat(fold, &f, false, 0);
    fields_issue(&mini, &f, MINI_HEALTH, 2, 2);
    mini_sign(&f, &mini.registrar);
    check_repeat(fold, &f, true, mini.stage_len[MINI_BETWEEN] + 2);
    fields_issue(&mini, &f, MINI_HEALTH, 2, 3);
    mini_sign(&f, &mini.registrar);
    check_repeat(fold, &f, false, 0);
    fields_issue(&mini, &f, MINI_HEALTH, 2, 2); /* nobody learns by asking with a forged one */
    mini_sign(&f, &mini.stranger);
    check_repeat(fold, &f, false, 0);
    fields_nominate(&f, "health", "101", 2);
    fields_opaque(&f, "c", 99, 99);
    mini_sign(&f, &mini.registrar);
    check_repeat(fold, &f, true, 12);
    fields_nominate(&f, "youth", "101", 2);
    mini_sign(&f, &mini.registrar);
    check_repeat(fold, &f, false, 0);
    fields_register(&f, mini.files[1].hash, 5, 1);
    mini_sign(&f, &mini.anna);
    check_repeat(fold, &f, true, mini.stage_len[MINI_KEYED]);
    fields_register(&f, mini.files[1].hash, 5, 2);
    mini_sign(&f, &mini.anna);
    check_repeat(fold, &f, false, 0);
    fold_destroy(fold);
}

/* What the ledger owes, in order, when its clock has stood still for a day. */
static void a_day_is_caught_up_in_order(void **state)
{
    static const char *const wanted[] = {"phase", "unseal", "tally", "tally"};
    struct fold *fold = mini_at(&mini, MINI_VOIDED);
    struct buf due, stamped;
    unsigned taken = 0;
    uint64_t at = MINI_T0 + 86400;
    (void)state;
    fold_set_seal_secret(fold, mini.seal_secret);
    buf_init(&due, ENTRY_LEN_MAX);
    buf_init(&stamped, ENTRY_LEN_MAX);
    while (fold_due(fold, at, &due) == OK) {
        struct entry entry;
        struct verdict verdict;
        const struct fold_proof none = {0};
        uint8_t leaf[SHA256_LEN] = {0};
        buf_clear(&stamped);
        assert_int_equal(entry_parse(buf_slice(&due), &entry, NULL), OK);
        assert_true(fold_is_own(&entry));
        entry_insert_at(&entry, at, &stamped);
        assert_int_equal(fold_form(buf_slice(&stamped), &entry), VERDICT_ACCEPTED);
        assert_true(taken < 4 && entry_is(&entry, wanted[taken]));
        fold_check(fold, &entry, &none, fold_size(fold), &verdict);
        assert_int_equal(verdict.code, VERDICT_ACCEPTED);
        fold_apply(fold, &entry, fold_size(fold), leaf);
        buf_clear(&due);
        if (++taken == 2) { /* the counts come when they are ready, the file before the entry */
            assert_int_equal(fold_due(fold, at, &due), ERR_NOT_FOUND);
            mini_count(&mini, fold);
            unsigned files = mini.files_len;
            mini.files_len = 2;
            assert_int_equal(fold_due(fold, at, &due), ERR_NOT_FOUND);
            mini.files_len = files;
            for (unsigned cat = 0; cat < 2; cat++)
                mini_file(&mini, fold_category(fold, cat)->tally_file);
        }
    }
    assert_int_equal(taken, 4);
    buf_release(&due);
    buf_release(&stamped);
    fold_destroy(fold);
}

static void marks_are_hourly(void **state)
{
    struct fold *fold = mini_at(&mini, MINI_EVALUATING);
    struct buf due;
    (void)state;
    buf_init(&due, ENTRY_LEN_MAX);
    assert_int_equal(fold_due(fold, MINI_T0 + 2000 + 3599, &due), ERR_NOT_FOUND);
    assert_int_equal(fold_due(fold, MINI_T0 + 2000 + 3600, &due), OK);
    assert_string_equal(buf_text(&due), "{\"t\":\"mark\",\"v\":1}");
    buf_release(&due);
    fold_destroy(fold);
}

/* A secret that is not the seal key's is never published. */
static void another_secret_is_not_owed(void **state)
{
    struct fold *fold = mini_at(&mini, MINI_CLOSED);
    struct hpke_secret *other;
    struct buf due;
    (void)state;
    buf_init(&due, ENTRY_LEN_MAX);
    assert_int_equal(fold_due(fold, fold_at(fold), &due), ERR_NOT_FOUND);
    assert_int_equal(hpke_secret_generate(&other), OK);
    fold_set_seal_secret(fold, other);
    assert_int_equal(fold_due(fold, fold_at(fold), &due), ERR_NOT_FOUND);
    fold_set_seal_secret(fold, mini.seal_secret);
    assert_int_equal(fold_due(fold, fold_at(fold), &due), OK);
    hpke_secret_destroy(other);
    buf_release(&due);
    fold_destroy(fold);
}

static void missing_files_are_told(void **state)
{
    unsigned files = mini.files_len;
    struct entry entry;
    struct verdict verdict;
    const struct fold_proof none = {0};
    uint8_t leaf[SHA256_LEN];
    (void)state;
    /* A tally whose file is gone. */
    struct fold *fold = mini_at(&mini, MINI_UNSEALED);
    mini_count(&mini, fold);
    entry_at(mini.stage_len[MINI_UNSEALED], &entry, leaf);
    mini.files_len = 2;
    fold_check(fold, &entry, &none, fold_size(fold), &verdict);
    assert_int_equal(verdict.code, VERDICT_FILE_MISSING);
    mini.files_len = files;
    fold_destroy(fold);

    /* Rebuilding without the register, without the rules. */
    for (unsigned kept = 0; kept < 2; kept++) {
        fold = mini_fold(&mini);
        mini.files_len = kept;
        for (uint64_t i = 0; i < mini.stage_len[MINI_REGISTERED]; i++) {
            entry_at(i, &entry, leaf);
            fold_apply(fold, &entry, i, leaf);
        }
        mini.files_len = files;
        assert_non_null(fold_fault(fold));
        assert_non_null(strstr(fold_fault(fold), kept ? "register" : "rules"));
        fold_destroy(fold);
    }
}

static void counts_that_do_not_add_up_are_refused(void **state)
{
    struct fold *fold = mini_at(&mini, MINI_UNSEALED);
    struct counts *empty = counts_create(fold_paper(fold, MINI_HEALTH));
    (void)state;
    assert_int_equal(fold_set_counts(fold, MINI_HEALTH, empty), ERR_CONFLICT); /* no root yet */
    fold_set_close_root(fold, mini.close_root);
    assert_int_equal(fold_set_counts(fold, MINI_HEALTH, empty), ERR_CONFLICT);
    counts_destroy(empty);
    fold_destroy(fold);
}

/* A demo campaign takes demo names only. */
static void demo_campaigns_have_demo_persons(void **state)
{
    struct signer anna = mini.anna, boris = mini.boris;
    const struct signer *staff[] = {&anna, &boris};
    struct fields f = {.len = 0};
    struct buf bytes;
    (void)state;
    anna.person = "demo-anna";
    boris.person = "demo-boris";
    struct fold *fold = mini_fold(&mini);
    fields_genesis(&mini, &f, staff, 2);
    fields_int(&f, "demo", 1);
    assert_int_equal(mini_judge(fold, write_entry(&f, MINI_T0, &bytes)).code, VERDICT_ACCEPTED);
    buf_release(&bytes);
    fold_destroy(fold);
}

static void judge_one(const struct judge *judge, struct fields *f, enum candidate_origin origin,
                      uint64_t at, struct candidate *candidate, struct buf *bytes)
{
    candidate_init(candidate, write_entry(f, at, bytes), origin, NULL);
    assert_int_equal(entry_parse(candidate->bytes, &candidate->entry, NULL), OK);
    judge->prove(judge->context, candidate);
    judge->check(judge->context, candidate, fold_size(judge->context), at);
}

/* The adapter: what the sequencer is told. */
static void the_judge_tells_the_sequencer(void **state)
{
    struct fold *fold = mini_at(&mini, MINI_CAST);
    struct judge judge = judge_of_fold(fold);
    struct candidate *candidate = xcalloc(1, sizeof *candidate);
    struct fields f = {.len = 0};
    struct buf bytes;
    uint64_t at = fold_at(fold);
    (void)state;

    fields_ballot(&mini, &f, &mini.passes[5], 1, MINI_CHOOSE("11"));
    judge_one(&judge, &f, CANDIDATE_PUBLIC, 0, candidate, &bytes);
    assert_int_equal(candidate->verdict, CANDIDATE_ACCEPTED);
    buf_release(&bytes);

    fields_ballot(&mini, &f, &mini.passes[2], 2, MINI_CHOOSE("11"));
    judge_one(&judge, &f, CANDIDATE_PUBLIC, 0, candidate, &bytes);
    assert_int_equal(candidate->verdict, CANDIDATE_REFUSED);
    assert_int_equal(candidate->code, VERDICT_REV_STALE);
    assert_int_equal(candidate->rev, 2);
    assert_int_equal(candidate->index, mini.first_ballot + 4);
    buf_release(&bytes);

    candidate_init(candidate, mini.entries[mini.first_ballot], CANDIDATE_PUBLIC, NULL);
    assert_int_equal(entry_parse(candidate->bytes, &candidate->entry, NULL), OK);
    judge.prove(judge.context, candidate);
    judge.check(judge.context, candidate, fold_size(fold), at);
    assert_int_equal(candidate->verdict, CANDIDATE_REPEATED);
    assert_int_equal(candidate->index, mini.first_ballot);

    /* A mark that is due may come from the ledger alone. */
    fields_begin(&f, "mark");
    judge_one(&judge, &f, CANDIDATE_STAFF, MINI_T0 + 5600, candidate, &bytes);
    assert_int_equal(candidate->verdict, CANDIDATE_REFUSED);
    assert_int_equal(candidate->code, VERDICT_SIGNERS_MISSING);
    buf_release(&bytes);
    fields_begin(&f, "mark");
    judge_one(&judge, &f, CANDIDATE_OWN, MINI_T0 + 5600, candidate, &bytes);
    assert_int_equal(candidate->verdict, CANDIDATE_ACCEPTED);
    buf_release(&bytes);
    free(candidate);
    fold_destroy(fold);
}

static int play(void **state)
{
    (void)state;
    mini_play(&mini);
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
        cmocka_unit_test(the_good_campaign_counts_right),
        cmocka_unit_test(judging_again_accepts_everything),
        cmocka_unit_test(the_close_is_an_index),
        cmocka_unit_test(proofs_grow_old),
        cmocka_unit_test(repetitions_are_known),
        cmocka_unit_test(a_day_is_caught_up_in_order),
        cmocka_unit_test(marks_are_hourly),
        cmocka_unit_test(another_secret_is_not_owed),
        cmocka_unit_test(missing_files_are_told),
        cmocka_unit_test(counts_that_do_not_add_up_are_refused),
        cmocka_unit_test(demo_campaigns_have_demo_persons),
        cmocka_unit_test(the_judge_tells_the_sequencer),
    };
    return cmocka_run_group_tests(tests, play, end);
}
