/*
 * A whole small campaign in memory, with real keys, signatures, passes and sealed ballots: what the
 * tests of the fold, of opening and of `dauys verify` damage one thing in.
 *
 * fields_*() write canonical entries member by member, mini_sign() signs them, mini_take() judges,
 * takes and records them. mini_play() is the good campaign; mini_at() a fold rebuilt up to one of
 * its stages.
 */
#ifndef TESTS_UNIT_CAMPAIGN_MINI_CAMPAIGN_H
#define TESTS_UNIT_CAMPAIGN_MINI_CAMPAIGN_H

#include "mini_entries.h"

static inline void mini_make_keys(struct mini *mini)
{
    uint8_t spki[HPKE_SPKI_LEN];
    signer_make(&mini->anna, 1, "anna", "administrator");
    signer_make(&mini->boris, 2, "boris", "administrator");
    signer_make(&mini->anna_second, 3, "anna", "administrator");
    signer_make(&mini->mira, 4, "mira", "moderator");
    signer_make(&mini->mark, 5, "mark", "moderator");
    signer_make(&mini->olga, 6, "olga", "auditor");
    signer_make(&mini->registrar, 7, NULL, NULL);
    signer_make(&mini->stranger, 8, "sergey", "administrator");
    for (unsigned i = 0; i < 2; i++) {
        struct buf der;
        buf_init(&der, 1024);
        assert_int_equal(rsabssa_secret_generate(&mini->pass_secret[i]), OK);
        assert_int_equal(rsabssa_secret_spki(mini->pass_secret[i], &der), OK);
        assert_int_equal(rsabssa_public_parse(buf_slice(&der), &mini->pass_public[i]), OK);
        key_id(mini->pass_id[i], buf_slice(&der));
        buf_release(&der);
    }
    assert_int_equal(hpke_secret_generate(&mini->seal_secret), OK);
    hpke_secret_public(mini->seal_secret, mini->seal_point);
    assert_int_equal(hpke_public_spki(mini->seal_point, spki), OK);
    key_id(mini->seal_id, slice_of(spki, sizeof spki));
}

static inline void mini_begin(struct mini *mini)
{
    struct fields f = {.len = 0};
    const struct signer *staff[] = {&mini->anna, &mini->boris, &mini->anna_second,
                                    &mini->mira, &mini->mark,  &mini->olga};
    fields_genesis(mini, &f, staff, 6);
    mini_take(mini, &f);
    mini_stage(mini, MINI_BEGUN);
    fields_ed25519_key(&f, &mini->registrar, KEY_USE_REGISTRAR, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_REGISTRAR);
    for (unsigned i = 0; i < 2; i++) {
        fields_pass_key(&f, mini->pass_secret[i], mini_cats[i], 1);
        mini_sign(&f, &mini->anna, &mini->boris);
        mini_take(mini, &f);
    }
    fields_seal_key(&f, mini->seal_secret, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_KEYED);
    fields_register(&f, mini->files[1].hash, 5, 1);
    mini_sign(&f, &mini->anna);
    mini_take(mini, &f);
    mini_stage(mini, MINI_REGISTERED);
    fields_schedule(&f, "nomination", 100, 1000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_schedule(&f, "evaluation", 2000, 20000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_SCHEDULED);
}

static inline void mini_step(struct mini *mini, const char *phase, const char *act)
{
    struct fields f = {.len = 0};
    fields_phase(&f, phase, act, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
}

static inline uint64_t mini_nominate(struct mini *mini, const char *cat, const char *ngo,
                                     uint8_t person)
{
    struct fields f = {.len = 0};
    fields_nominate(&f, cat, ngo, person);
    mini_sign(&f, &mini->registrar);
    return mini_take(mini, &f);
}

static inline void mini_moderate(struct mini *mini, uint64_t ref, const char *decision)
{
    struct fields f = {.len = 0};
    fields_moderate(&f, ref, decision, mini->len);
    if (strcmp(decision, "refuse") == 0 || strcmp(decision, "reopen") == 0)
        mini_sign(&f, &mini->mira, &mini->mark);
    else
        mini_sign(&f, &mini->mira);
    mini_take(mini, &f);
}

static inline void mini_merge(struct mini *mini, uint64_t ref, uint64_t into)
{
    struct fields f = {.len = 0};
    fields_merge(&f, ref, into, mini->len);
    mini_sign(&f, &mini->mira);
    mini_take(mini, &f);
}

static inline void mini_amend(struct mini *mini, uint64_t ref, uint8_t text)
{
    struct fields f = {.len = 0};
    fields_amend(&f, ref, text);
    mini_sign(&f, &mini->registrar);
    mini_take(mini, &f);
}

static inline void mini_erase(struct mini *mini, uint64_t ref)
{
    struct fields f = {.len = 0};
    fields_erase(&f, ref, "consent", mini->len);
    mini_sign(&f, &mini->anna);
    mini_take(mini, &f);
}

/* Nominees are 11 and 13 (health), 14 (youth); 15, 16 and 17 are decided otherwise. */
static inline void mini_nominations(struct mini *mini)
{
    mini->at = MINI_T0 + 100;
    mini_take_due(mini);
    mini_stage(mini, MINI_NOMINATING);
    mini_step(mini, "nomination", "pause");
    mini_stage(mini, MINI_PAUSED);
    mini_step(mini, "nomination", "resume");
    uint64_t first = mini_nominate(mini, "health", "101", 1);
    mini_nominate(mini, "health", "101", 2);
    uint64_t second = mini_nominate(mini, "health", "102", 1);
    uint64_t third = mini_nominate(mini, "youth", "103", 1);
    uint64_t fourth = mini_nominate(mini, "youth", "104", 3);
    uint64_t fifth = mini_nominate(mini, "health", "105", 3);
    assert_int_equal(first, 11);
    uint64_t sixth = mini_nominate(mini, "youth", "105", 2);
    assert_int_equal(fifth, 16);
    mini_stage(mini, MINI_NOMINATED);
    mini_moderate(mini, second, "admit");
    mini_moderate(mini, first, "admit");
    mini_moderate(mini, third, "admit");
    mini_moderate(mini, fourth, "refuse");
    mini_moderate(mini, fourth, "reopen");
    mini_moderate(mini, fourth, "refuse");
    mini_merge(mini, sixth, third);
    mini_erase(mini, second);
    mini_moderate(mini, fifth, "return");
    mini_amend(mini, fifth, 200);
    mini_moderate(mini, fifth, "withdraw");
    mini_stage(mini, MINI_DECIDED);
    mini->at = MINI_T0 + 1003;
    mini_take_due(mini);
    mini_stage(mini, MINI_BETWEEN);
}

static inline void mini_issues(struct mini *mini)
{
    struct fields f = {.len = 0};
    for (uint8_t person = 0; person < MINI_PASSES; person++) {
        fields_issue(mini, &f, MINI_HEALTH, person, person);
        mini_sign(&f, &mini->registrar);
        mini_take(mini, &f);
        mini_pass(mini, MINI_HEALTH, &mini->passes[person]);
    }
    fields_issue(mini, &f, MINI_YOUTH, 0, 100);
    mini_sign(&f, &mini->registrar);
    mini_take(mini, &f);
    mini_pass(mini, MINI_YOUTH, &mini->youth);
    mini_stage(mini, MINI_ISSUED);
}

static inline uint64_t mini_cast(struct mini *mini, const struct mini_pass *pass, uint64_t rev,
                                 const char *text)
{
    struct fields f = {.len = 0};
    fields_ballot(mini, &f, pass, rev, text);
    return mini_take(mini, &f);
}

#define MINI_CHOOSE(id) "{\"c\":\"" id "\",\"m\":\"choose\"}"

/* health: 11 twice, 13 once, one spoiled, one set aside, one superseded; one pass is never used. */
static inline void mini_evaluation(struct mini *mini)
{
    struct fields f = {.len = 0};
    mini->at = MINI_T0 + 2000;
    mini_take_due(mini);
    mini_stage(mini, MINI_EVALUATING);
    mini_step(mini, "evaluation", "pause");
    mini_stage(mini, MINI_HELD);
    mini_step(mini, "evaluation", "resume");
    mini->first_ballot = mini_cast(mini, &mini->passes[0], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[1], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[2], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[3], 1, MINI_CHOOSE("16"));
    mini_cast(mini, &mini->passes[2], 2, MINI_CHOOSE("13"));
    mini->void_ballot = mini_cast(mini, &mini->passes[4], 1, MINI_CHOOSE("13"));
    mini_cast(mini, &mini->youth, 2, "{\"m\":\"score\",\"s\":{\"14\":{\"effect\":4,\"reach\":1}}}");
    mini_stage(mini, MINI_CAST);
    mini->at = MINI_T0 + 2000 + 3600;
    mini_take_due(mini);
    fields_void(&f, mini->void_ballot, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_VOIDED);
    fields_phase(&f, "evaluation", "extend", mini->len);
    fields_int(&f, "closes", MINI_T0 + 21000);
    fields_str(&f, "no", "17-A");
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_revoke(&f, mini->anna_second.id, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_notice(&f, "an \\\"escape\\\"", mini->len);
    mini_sign(&f, &mini->boris);
    mini_take(mini, &f);
    mini->at = MINI_T0 + 21000;
    mini_take_due(mini);
    mini_stage(mini, MINI_CLOSED);
    tree_root(&mini->tree, mini->close_root);
}

static inline enum err mini_read(void *context, uint64_t index, struct buf *out,
                                 struct fault *fault)
{
    const struct mini *mini = context;
    (void)fault;
    INVARIANT(index < mini->len);
    buf_put_slice(out, mini->entries[index]);
    return OK;
}

/* Opens what a fold has and gives it the counts. */
static inline void mini_count(struct mini *mini, struct fold *fold)
{
    const struct opening_reader reader = {.context = mini, .read = mini_read};
    struct opening *opening = opening_create(fold, mini->seal_secret, &reader, NULL);
    uint64_t left = 1;
    while (left > 0)
        assert_int_equal(opening_step(opening, 3, &left, NULL), OK);
    fold_set_close_root(fold, mini->close_root);
    for (unsigned cat = 0; cat < 2; cat++)
        assert_int_equal(fold_set_counts(fold, cat, opening_counts(opening, cat)), OK);
    opening_destroy(opening);
}

static inline void mini_tallies(struct mini *mini)
{
    struct fields f = {.len = 0};
    fold_set_seal_secret(mini->fold, mini->seal_secret);
    mini_take_due(mini);
    mini_stage(mini, MINI_UNSEALED);
    mini_count(mini, mini->fold);
    for (unsigned cat = 0; cat < 2; cat++)
        mini_file(mini, fold_category(mini->fold, cat)->tally_file);
    mini_take_due(mini);
    mini_stage(mini, MINI_TALLIED);
    fields_schedule(&f, "council", 30000, 40000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini->at = MINI_T0 + 50000; /* open and close at once */
    mini_take_due(mini);
    mini_stage(mini, MINI_DONE);
}

static inline void mini_play(struct mini *mini)
{
    memset(mini, 0, sizeof *mini);
    mini->at = MINI_T0;
    tree_init(&mini->tree);
    mini_file(mini, slice_str(mini_rules));
    mini_file(mini, slice_str(mini_register));
    mini_make_keys(mini);
    mini->fold = mini_fold(mini);
    mini_begin(mini);
    mini_nominations(mini);
    mini_issues(mini);
    mini_evaluation(mini);
    mini_tallies(mini);
}

static inline void mini_release(struct mini *mini)
{
    fold_destroy(mini->fold);
    for (uint64_t i = 0; i < mini->len; i++)
        free((void *)(uintptr_t)mini->entries[i].data);
    for (unsigned i = 0; i < mini->files_len; i++)
        free((void *)(uintptr_t)mini->files[i].bytes.data);
    for (unsigned i = 0; i < 2; i++) {
        rsabssa_secret_destroy(mini->pass_secret[i]);
        rsabssa_public_destroy(mini->pass_public[i]);
    }
    hpke_secret_destroy(mini->seal_secret);
}

#endif
