/*
 * For every code of PROTOCOL.md §6 at least one entry that gives exactly this code, each made from
 * a good entry by one change, at a stage of the good campaign: for fold_codes_test.c, and for the
 * comparison with scripts/recount.py.
 */
#ifndef TESTS_UNIT_CAMPAIGN_CODE_CASES_H
#define TESTS_UNIT_CAMPAIGN_CODE_CASES_H

#include "case_types.h"

struct test_case {
    const char *name;
    enum verdict_code code;
    enum mini_stage stage;
    build_fn *build;
};

#define CASE(code, stage, build)                                                                   \
    {                                                                                              \
#build " at " #stage, VERDICT_##code, MINI_##stage, build                                  \
    }

static const struct test_case cases[] = {
    CASE(ACCEPTED, KEYED, good_notice),
    CASE(ACCEPTED, KEYED, text_longest),
    CASE(VERSION_UNKNOWN, KEYED, v_two),
    CASE(VERSION_UNKNOWN, KEYED, v_missing),
    CASE(VERSION_UNKNOWN, KEYED, v_text),
    CASE(TYPE_UNKNOWN, KEYED, t_other),
    CASE(TYPE_UNKNOWN, KEYED, t_missing),
    CASE(TYPE_UNKNOWN, KEYED, t_number),
    CASE(TYPE_UNKNOWN, KEYED, t_other_and_at_text),
    CASE(FIELDS_WRONG, KEYED, at_text),
    CASE(FIELDS_WRONG, KEYED, field_more),
    CASE(FIELDS_WRONG, KEYED, field_less),
    CASE(FIELDS_WRONG, KEYED, text_empty),
    CASE(FIELDS_WRONG, KEYED, text_long),
    CASE(FIELDS_WRONG, KEYED, sigs_empty),
    CASE(FIELDS_WRONG, KEYED, sigs_missing),
    CASE(FIELDS_WRONG, KEYED, mark_signed),
    CASE(FIELDS_WRONG, SCHEDULED, phase_unsigned_with_why),
    CASE(FIELDS_WRONG, NOMINATING, phase_unsigned_pause),
    CASE(FIELDS_WRONG, NOMINATING, phase_act_unknown),
    CASE(FIELDS_WRONG, NOMINATING, extend_without_no),
    CASE(FIELDS_WRONG, KEYED, key_use_unknown),
    CASE(FIELDS_WRONG, KEYED, key_role_unknown),
    CASE(FIELDS_WRONG, REGISTRAR, key_cat_with_seal),
    CASE(FIELDS_WRONG, CAST, ballot_with_at),
    CASE(FIELDS_WRONG, NOMINATED, moderate_unknown),
    CASE(FIELDS_WRONG, NOMINATED, merge_without_into),
    CASE(FIELDS_WRONG, NOMINATED, admit_with_into),
    CASE(FIELDS_WRONG, NOMINATED, erase_basis),
    CASE(ACCEPTED, EMPTY, founders),
    CASE(GENESIS_PLACE, EMPTY, own_mark),
    CASE(GENESIS_PLACE, EMPTY, ballot_before_all),
    CASE(GENESIS_PLACE, BEGUN, founders),
    CASE(TIME_BACK, KEYED, notice_before),
    CASE(OVERDUE, SCHEDULED, notice_when_due),
    CASE(OVERDUE, SCHEDULED, other_phase_when_due),
    CASE(OVERDUE, SCHEDULED, signed_open_when_due),
    CASE(OVERDUE, NOMINATING, notice_when_close_due),
    CASE(SIGNERS_ORDER, KEYED, sigs_swapped),
    CASE(SIGNERS_ORDER, KEYED, sigs_twice),
    CASE(SIGNER_UNKNOWN, KEYED, by_stranger),
    CASE(SIGNER_UNKNOWN, KEYED, staff_by_registrar),
    CASE(SIGNER_UNKNOWN, NOMINATING, nominate_by_staff),
    CASE(ACCEPTED, VOIDED, by_revoked), /* not yet */
    CASE(SIGNER_REVOKED, CLOSED, by_revoked),
    CASE(SIGNER_ROLE, KEYED, register_by_moderator),
    CASE(SIGNER_ROLE, NOMINATED, moderate_by_auditor),
    CASE(SIGNER_ROLE, NOMINATED, erase_by_moderator),
    CASE(SIGNERS_MISSING, KEYED, revoke_by_one),
    CASE(SIGNERS_MISSING, KEYED, revoke_by_one_person),
    CASE(SIGNERS_MISSING, NOMINATED, refuse_by_one),
    CASE(SIGNERS_MISSING, DECIDED, reopen_by_one),
    CASE(SIGNATURE_WRONG, KEYED, notice_changed),
    CASE(SIGNATURE_WRONG, KEYED, revoke_second_sig_wrong),
    CASE(SIGNATURE_WRONG, CAST, ballot_changed),
    CASE(SEEN_WRONG, KEYED, seen_ahead),
    CASE(REPEATED_BODY, CLOSED, revoke_again_same_text),
    CASE(CATEGORY_UNKNOWN, NOMINATING, nominate_cat),
    CASE(CATEGORY_UNKNOWN, REGISTRAR, key_cat),
    CASE(CATEGORY_UNKNOWN, KEYED, tally_cat),
    CASE(ORIGIN_WRONG, EMPTY, genesis_origin),
    CASE(FILE_MISSING, EMPTY, genesis_file),
    CASE(RULES_INVALID, EMPTY, genesis_rules),
    CASE(KEY_MALFORMED, EMPTY, genesis_key),
    CASE(KEY_KNOWN, EMPTY, genesis_key_twice),
    CASE(DEMO_KEY, EMPTY, genesis_demo),
    CASE(DEMO_KEY, EMPTY, genesis_demo_name),
    CASE(KEY_POP, EMPTY, genesis_pop),
    CASE(SIGNERS_MISSING, EMPTY, genesis_one_person),
    CASE(KEY_MALFORMED, KEYED, key_malformed),
    CASE(KEY_MALFORMED, BEGUN, key_for_another_use),
    CASE(KEY_MALFORMED, KEYED, key_empty),
    CASE(KEY_ID, KEYED, key_other_id),
    CASE(KEY_KNOWN, KEYED, key_again),
    CASE(KEY_KNOWN, KEYED, key_of_other_use_again),
    CASE(KEY_LATE, EVALUATING, seal_key_again),
    CASE(KEY_LATE, CLOSED, seal_key_again),
    CASE(KEY_DUPLICATE, KEYED, seal_key_again),
    CASE(ACCEPTED, REGISTRAR, seal_key_again),
    CASE(KEY_KNOWN, KEYED, pass_key_again),
    CASE(ACCEPTED, REGISTRAR, pass_key_again),
    CASE(DEMO_KEY, KEYED, staff_key_demo),
    CASE(KEY_POP, KEYED, key_pop_of_staff),
    CASE(KEY_POP, REGISTRAR, pass_key_pop_of_other_cat),
    CASE(KEY_POP, KEYED, key_pop_short),
    CASE(KEY_UNKNOWN, KEYED, revoke_unknown),
    CASE(KEY_REVOKED, CLOSED, revoke_twice),
    CASE(PHASE_UNKNOWN, KEYED, phase_not_in_rules),
    CASE(PHASE_UNKNOWN, KEYED, phase_no_such),
    CASE(PHASE_ORDER, NOMINATING, schedule_open_phase),
    CASE(ACCEPTED, SCHEDULED, schedule_open_phase),
    CASE(PHASE_TIMES, KEYED, schedule_backwards),
    CASE(PHASE_ORDER, SCHEDULED, open_before_others),
    CASE(PHASE_ORDER, KEYED, own_open_early),
    CASE(PHASE_TIMES, SCHEDULED, own_open_early),
    CASE(PHASE_TIMES, NOMINATING, own_close_early),
    CASE(PHASE_ORDER, SCHEDULED, own_close_early),
    CASE(PHASE_TIMES, NOMINATING, extend_back),
    CASE(PHASE_ORDER, NOMINATING, extend_unscheduled),
    CASE(PHASE_ORDER, NOMINATING, resume_running),
    CASE(ACCEPTED, PAUSED, resume_running),
    CASE(ACCEPTED, BETWEEN, open_before_others), /* by two administrators: as early as they wish */
    CASE(ACCEPTED, NOMINATING, register_good),
    CASE(WINDOW_CLOSED, EVALUATING, register_good),
    CASE(FILE_MISSING, KEYED, register_absent),
    CASE(REGISTER_MALFORMED, KEYED, register_not_csv),
    CASE(REGISTER_COUNT, KEYED, register_miscounted),
    CASE(WINDOW_NOT_OPEN, SCHEDULED, nominate_good),
    CASE(WINDOW_CLOSED, BETWEEN, nominate_good),
    CASE(CAMPAIGN_PAUSED, PAUSED, nominate_good),
    CASE(ACCEPTED, NOMINATING, nominate_good),
    CASE(NGO_UNKNOWN, NOMINATING, nominate_unknown_ngo),
    CASE(NOMINATED_TWICE, NOMINATED, nominate_twice),
    CASE(ACCEPTED, NOMINATED, moderate_good),
    CASE(WINDOW_CLOSED, EVALUATING, moderate_good),
    CASE(NOMINATION_UNKNOWN, NOMINATED, moderate_support),
    CASE(NOMINATION_DECIDED, DECIDED, moderate_good),
    CASE(ACCEPTED, NOMINATED, amend_good),
    CASE(WINDOW_CLOSED, EVALUATING, amend_good),
    CASE(NOMINATION_DECIDED, DECIDED, amend_good),
    CASE(NOMINATION_UNKNOWN, NOMINATED, amend_support),
    CASE(AMENDED_BEFORE, NOMINATED, amend_same),
    CASE(SIGNER_UNKNOWN, NOMINATED, amend_by_staff),
    CASE(ACCEPTED, NOMINATED, merge_good),
    CASE(NOMINATION_DECIDED, DECIDED, merge_good),
    CASE(MERGE_TARGET_WRONG, NOMINATED, merge_itself),
    CASE(MERGE_TARGET_WRONG, NOMINATED, merge_other_cat),
    CASE(MERGE_TARGET_WRONG, NOMINATED, merge_into_support),
    CASE(ACCEPTED, DECIDED, reopen_good),
    CASE(WINDOW_CLOSED, EVALUATING, reopen_good),
    CASE(NOMINATION_NOT_REFUSED, NOMINATED, reopen_good),
    CASE(NOMINATION_NOT_REFUSED, DECIDED, reopen_withdrawn),
    CASE(NOMINATION_NOT_REFUSED, DECIDED, reopen_merged),
    CASE(ACCEPTED, NOMINATED, erase_good),
    CASE(ACCEPTED, DONE, erase_good),
    CASE(ACCEPTED, DECIDED, erase_decision),
    CASE(COMMITMENT_UNKNOWN, NOMINATED, erase_decision),
    CASE(ACCEPTED, VOIDED, erase_void),
    CASE(COMMITMENT_UNKNOWN, NOMINATED, erase_notice),
    CASE(ERASED_BEFORE, DECIDED, erase_twice),
    CASE(ACCEPTED, KEYED, issue_good),
    CASE(ACCEPTED, HELD, issue_good),
    CASE(WINDOW_CLOSED, CLOSED, issue_good),
    CASE(PASS_KEY_WRONG, KEYED, issue_other_key),
    CASE(PASS_KEY_WRONG, REGISTRAR, issue_good),
    CASE(ISSUED_TWICE, ISSUED, issue_twice),
    CASE(WINDOW_NOT_OPEN, ISSUED, ballot_good),
    CASE(WINDOW_CLOSED, CLOSED, ballot_good),
    CASE(CAMPAIGN_PAUSED, HELD, ballot_good),
    CASE(ACCEPTED, EVALUATING, ballot_good),
    CASE(ACCEPTED, CAST, ballot_good),
    CASE(PASS_KEY_WRONG, CAST, ballot_other_key),
    CASE(CT_LENGTH, CAST, ballot_long),
    CASE(CT_LENGTH, CAST, ballot_short),
    CASE(REV_OUT_OF_RANGE, CAST, ballot_rev_zero),
    CASE(REV_OUT_OF_RANGE, CAST, ballot_rev_over),
    CASE(PASS_FORGED, CAST, ballot_forged),
    CASE(PASS_FORGED, CAST, ballot_other_pre),
    CASE(PASS_FORGED, CAST, ballot_other_pk),
    CASE(PASS_FORGED, CAST, ballot_other_cat),
    CASE(ACCEPTED, CAST, ballot_set_aside), /* a second one: not yet set aside */
    CASE(PASS_VOID, VOIDED, ballot_set_aside),
    CASE(PASSES_EXCEEDED, CAST, ballot_exceeding),
    CASE(REV_STALE, CAST, ballot_stale),
    CASE(REV_STALE, CAST, ballot_older),
    CASE(MARK_PLACE, EVALUATING, mark_early),
    CASE(MARK_PLACE, VOIDED, mark_early),
    CASE(MARK_PLACE, BETWEEN, own_mark),
    CASE(MARK_PLACE, CLOSED, own_mark),
    CASE(ACCEPTED, CAST, void_good),
    CASE(ACCEPTED, CLOSED, void_good),
    CASE(WINDOW_CLOSED, UNSEALED, void_good),
    CASE(BALLOT_UNKNOWN, CAST, void_of_notice),
    CASE(BALLOT_UNKNOWN, CAST, void_ahead),
    CASE(PASS_VOID, VOIDED, void_twice),
    CASE(ACCEPTED, CLOSED, unseal_good),
    CASE(UNSEAL_PLACE, VOIDED, unseal_good),
    CASE(UNSEAL_PLACE, UNSEALED, unseal_good),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_other_id),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_other_secret),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_zero),
    CASE(ACCEPTED, UNSEALED, tally_good),
    CASE(TALLY_PLACE, CLOSED, tally_good),
    CASE(TALLY_PLACE, TALLIED, tally_good),
    CASE(TALLY_WRONG, UNSEALED, tally_issued),
    CASE(TALLY_WRONG, UNSEALED, tally_cast),
    CASE(TALLY_WRONG, UNSEALED, tally_superseded),
    CASE(TALLY_WRONG, UNSEALED, tally_spoiled),
    CASE(TALLY_WRONG, UNSEALED, tally_void),
    CASE(TALLY_WRONG, UNSEALED, tally_upto),
    CASE(TALLY_RESULT, UNSEALED, tally_result),
};
#define CASES (sizeof cases / sizeof *cases)

/* Writes a case's entry: with the time of the fold, unless it has one or may have none. Clears the
 * fields. */
static inline void case_write(const struct fold *fold, struct fields *f, struct buf *out)
{
    bool timed = true;
    for (unsigned i = 0; i < f->len; i++)
        if (strcmp(f->items[i].key, "at") == 0 ||
            (strcmp(f->items[i].key, "t") == 0 && strcmp(f->items[i].raw, "\"ballot\"") == 0))
            timed = false;
    if (timed)
        fields_int(f, "at", fold_size(fold) ? fold_at(fold) : MINI_T0);
    fields_write(f, false, out);
    fields_clear(f);
}

/* The campaign that the cases change, and a pass that was never issued. */
static inline void cases_begin(void)
{
    mini_play(&mini);
    mini_pass(&mini, MINI_YOUTH, &spare);
}

/* The fold that a case is judged by. The caller destroys it. */
static inline struct fold *case_fold(const struct test_case *test_case)
{
    struct fold *fold = mini_at(&mini, test_case->stage);
    if (test_case->stage == MINI_UNSEALED)
        mini_count(&mini, fold);
    return fold;
}

#endif
