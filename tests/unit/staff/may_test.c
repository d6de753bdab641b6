#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "staff/may.h"

static void every_act_has_its_row(void **state)
{
    (void)state;
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        const struct act_row *row = act_row((enum act)act);
        assert_non_null(row->name);
        assert_true(row->roles != 0 && row->phases != 0);
        for (unsigned other = 0; other < act; other++)
            assert_string_not_equal(row->name, act_row((enum act)other)->name);
        /* Whatever changes something or shows a person's data to staff is noted. */
        bool of_staff = strncmp(row->route, "staff", 5) == 0 || strncmp(row->route, "mod", 3) == 0;
        if (of_staff && act_is_unsafe((enum act)act))
            assert_true(row->noted);
    }
}

static void who_may_what(void **state)
{
    static const struct {
        unsigned role;
        enum act act;
        enum phase phase;
        enum may answer;
    } rows[] = {
        {ROLE_ADMINISTRATOR, ACT_STAFF_INVITE, PHASE_EVALUATION, MAY},
        {ROLE_MODERATOR, ACT_STAFF_INVITE, PHASE_EVALUATION, MAY_NOT_ROLE},
        {MAY_CITIZEN, ACT_STAFF_INVITE, PHASE_EVALUATION, MAY_SIGN_IN},
        {MAY_ANONYMOUS, ACT_STAFF_INVITE, PHASE_EVALUATION, MAY_SIGN_IN},
        {MAY_ANONYMOUS, ACT_STAFF_SIGN_IN, MAY_BETWEEN, MAY},
        {ROLE_MODERATOR, ACT_ENTRY_PHASE, PHASE_NOMINATION, MAY_NOT_ROLE},
        {ROLE_ADMINISTRATOR, ACT_ENTRY_PHASE, PHASE_NOMINATION, MAY},
        {ROLE_MODERATOR, ACT_ENTRY_MODERATE, PHASE_SCREENING, MAY},
        {ROLE_MODERATOR, ACT_ENTRY_MODERATE, MAY_BETWEEN, MAY},
        {ROLE_MODERATOR, ACT_ENTRY_MODERATE, PHASE_EVALUATION, MAY_NOT_PHASE},
        {ROLE_AUDITOR, ACT_ENTRY_MODERATE, PHASE_EVALUATION, MAY_NOT_ROLE},
        {ROLE_AUDITOR, ACT_STAFF_ACCESSES, PHASE_APPEAL, MAY},
        {ROLE_MODERATOR, ACT_STAFF_ACCESSES, PHASE_APPEAL, MAY_NOT_ROLE},
        {ROLE_ADMINISTRATOR, ACT_NOMINATE, PHASE_NOMINATION, MAY_SIGN_IN},
        {MAY_CITIZEN, ACT_NOMINATE, PHASE_NOMINATION, MAY},
        {MAY_CITIZEN, ACT_NOMINATE, PHASE_SCREENING, MAY_NOT_PHASE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(may(rows[i].role, rows[i].act, rows[i].phase), rows[i].answer);
}

static void entries_have_their_acts(void **state)
{
    (void)state;
    assert_int_equal(act_of_entry(slice_str("phase")), ACT_ENTRY_PHASE);
    assert_int_equal(act_of_entry(slice_str("erase")), ACT_ENTRY_ERASE);
    assert_int_equal(act_of_entry(slice_str("void")), ACT_ENTRY_VOID);
    assert_int_equal(act_of_entry(slice_str("genesis")), ACT_COUNT);
    assert_int_equal(act_of_entry(slice_str("unseal")), ACT_COUNT);
    assert_int_equal(act_of_entry(slice_str("")), ACT_COUNT);
}

static void the_open_phase_counts_also_when_paused(void **state)
{
    struct phases phases = {0};
    (void)state;
    assert_int_equal(may_phase(&phases), MAY_BETWEEN);
    phases.rows[PHASE_SCREENING].state = PHASE_IS_OPEN;
    phases.rows[PHASE_SCREENING].paused = true;
    assert_int_equal(may_phase(&phases), PHASE_SCREENING);
    phases.rows[PHASE_SCREENING].state = PHASE_IS_CLOSED;
    assert_int_equal(may_phase(&phases), MAY_BETWEEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_has_its_row),
        cmocka_unit_test(who_may_what),
        cmocka_unit_test(entries_have_their_acts),
        cmocka_unit_test(the_open_phase_counts_also_when_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
