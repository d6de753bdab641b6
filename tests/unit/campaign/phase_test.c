/* Every sequence of steps up to a length, against a table written from the text alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "campaign/phase.h"

/* The model: U unscheduled, S scheduled, O open, P open and paused, C closed. */
#define MODEL_PHASES 2
static const enum phase of_model[MODEL_PHASES] = {PHASE_NOMINATION, PHASE_EVALUATION};

static const struct {
    enum phase_act act;
    const char *from;
    char to; /* 0: as it was */
} model[] = {
    {PHASE_SCHEDULE, "US", 'S'}, {PHASE_EXTEND, "SOP", 0}, {PHASE_OPEN, "S", 'O'},
    {PHASE_CLOSE, "OP", 'C'},    {PHASE_PAUSE, "O", 'P'},  {PHASE_RESUME, "P", 'O'},
};

static bool model_allows(const char *states, unsigned phase, unsigned row)
{
    if (!strchr(model[row].from, states[phase]))
        return false;
    if (model[row].act != PHASE_OPEN)
        return true;
    for (unsigned i = 0; i < MODEL_PHASES; i++)
        if (states[i] == 'O' || states[i] == 'P' || (i < phase && states[i] != 'C'))
            return false;
    return true;
}

static char shown(const struct phase_row *row)
{
    if (row->state == PHASE_IS_OPEN)
        return row->paused ? 'P' : 'O';
    return row->state == PHASE_UNSCHEDULED ? 'U' : row->state == PHASE_SCHEDULED ? 'S' : 'C';
}

static unsigned walk(const struct phases *phases, const char *states, unsigned depth)
{
    unsigned walked = 1;
    if (depth == 0)
        return walked;
    for (unsigned phase = 0; phase < MODEL_PHASES; phase++)
        for (unsigned row = 0; row < 6; row++) {
            struct phases next = *phases;
            char after[MODEL_PHASES + 1] = {states[0], states[1]};
            uint64_t closes = phases->rows[of_model[phase]].closes;
            struct phase_step step = {.phase = of_model[phase],
                                      .act = model[row].act,
                                      .opens = 10,
                                      .closes = closes > 20 ? closes + 1 : 21,
                                      .at = 5};
            enum verdict_code code = phases_check(phases, &step, true);
            bool allowed = model_allows(states, phase, row);
            if (code != (allowed ? VERDICT_ACCEPTED : VERDICT_PHASE_ORDER))
                fail_msg("%s, %s of phase %u: %s", states, phase_act_name(step.act), phase,
                         verdict_name(code));
            if (!allowed)
                continue;
            if (model[row].to)
                after[phase] = model[row].to;
            phases_apply(&next, &step, 7);
            for (unsigned i = 0; i < MODEL_PHASES; i++)
                assert_int_equal(shown(&next.rows[of_model[i]]), after[i]);
            walked += walk(&next, after, depth - 1);
        }
    return walked;
}

static void every_sequence_is_as_the_text_says(void **state)
{
    struct phases phases;
    (void)state;
    phases_init(&phases, PHASE_BIT(PHASE_NOMINATION) | PHASE_BIT(PHASE_EVALUATION));
    assert_true(walk(&phases, "UU", 9) > 10000);
}

static void apply(struct phases *phases, enum phase phase, enum phase_act act, uint64_t opens,
                  uint64_t closes)
{
    struct phase_step step = {.phase = phase, .act = act, .opens = opens, .closes = closes};
    assert_int_equal(phases_check(phases, &step, true), VERDICT_ACCEPTED);
    phases_apply(phases, &step, 3);
}

static void times_are_checked(void **state)
{
    struct phases phases;
    struct phase_step step = {.phase = PHASE_EVALUATION, .act = PHASE_SCHEDULE};
    (void)state;
    phases_init(&phases, PHASE_BIT(PHASE_EVALUATION));
    step.opens = 10;
    for (step.closes = 9; step.closes <= 11; step.closes++)
        assert_int_equal(phases_check(&phases, &step, true),
                         step.closes > 10 ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES);
    apply(&phases, PHASE_EVALUATION, PHASE_SCHEDULE, 10, 20);
    step.act = PHASE_EXTEND;
    for (step.closes = 19; step.closes <= 21; step.closes++)
        assert_int_equal(phases_check(&phases, &step, true),
                         step.closes > 20 ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES);
    step = (struct phase_step){.phase = PHASE_EVALUATION, .act = PHASE_OPEN, .own = true};
    for (step.at = 9; step.at <= 11; step.at++) {
        assert_int_equal(phases_check(&phases, &step, true),
                         step.at >= 10 ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES);
        assert_int_equal(phases_check(&phases, &step, false),
                         step.at >= 10 ? VERDICT_EVALUATION_UNREADY : VERDICT_PHASE_TIMES);
    }
    step.own = false; /* two administrators may, at any time */
    step.at = 0;
    assert_int_equal(phases_check(&phases, &step, true), VERDICT_ACCEPTED);
    apply(&phases, PHASE_EVALUATION, PHASE_OPEN, 0, 0);
    step = (struct phase_step){.phase = PHASE_EVALUATION, .act = PHASE_CLOSE, .own = true};
    for (step.at = 19; step.at <= 21; step.at++)
        assert_int_equal(phases_check(&phases, &step, true),
                         step.at >= 20 ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES);
}

/* A clock that jumps far ahead owes every step in turn, and each only once. */
static void a_jump_owes_all_steps_in_order(void **state)
{
    static const struct {
        enum phase phase;
        enum phase_act act;
    } wanted[] = {
        {PHASE_NOMINATION, PHASE_OPEN}, {PHASE_NOMINATION, PHASE_CLOSE},
        {PHASE_EVALUATION, PHASE_OPEN}, {PHASE_EVALUATION, PHASE_CLOSE},
        {PHASE_COUNCIL, PHASE_OPEN},
    };
    struct phases phases;
    struct phase_step step;
    (void)state;
    phases_init(&phases, PHASE_BIT(PHASE_NOMINATION) | PHASE_BIT(PHASE_EVALUATION) |
                             PHASE_BIT(PHASE_COUNCIL) | PHASE_BIT(PHASE_APPEAL));
    apply(&phases, PHASE_NOMINATION, PHASE_SCHEDULE, 10, 20);
    apply(&phases, PHASE_EVALUATION, PHASE_SCHEDULE, 15, 30); /* overlaps: it waits */
    apply(&phases, PHASE_COUNCIL, PHASE_SCHEDULE, 40, 1000);
    apply(&phases, PHASE_APPEAL, PHASE_SCHEDULE, 50, 60); /* behind a phase that is open */
    assert_false(phases_due(&phases, 9, true, &step));
    for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(phases_due(&phases, 500, true, &step));
        assert_int_equal(step.phase, wanted[i].phase);
        assert_int_equal(step.act, wanted[i].act);
        assert_true(step.own);
        assert_int_equal(phases_check(&phases, &step, true), VERDICT_ACCEPTED);
        phases_apply(&phases, &step, i);
    }
    assert_false(phases_due(&phases, 500, true, &step));
}

static void evaluation_is_due_when_ready(void **state)
{
    struct phases phases;
    struct phase_step step;
    (void)state;
    phases_init(&phases, PHASE_BIT(PHASE_EVALUATION) | PHASE_BIT(PHASE_COUNCIL));
    apply(&phases, PHASE_COUNCIL, PHASE_SCHEDULE, 5, 6);
    assert_false(phases_due(&phases, 100, true, &step)); /* evaluation comes first */
    apply(&phases, PHASE_EVALUATION, PHASE_SCHEDULE, 10, 20);
    assert_false(phases_due(&phases, 9, true, &step));
    assert_false(phases_due(&phases, 10, false, &step));
    assert_true(phases_due(&phases, 10, true, &step));
}

static void windows_say_why_not(void **state)
{
    struct phases phases;
    (void)state;
    phases_init(&phases, PHASE_BIT(PHASE_EVALUATION));
    assert_int_equal(phases_window(&phases, PHASE_NOMINATION), VERDICT_WINDOW_CLOSED);
    assert_int_equal(phases_window(&phases, PHASE_EVALUATION), VERDICT_WINDOW_NOT_OPEN);
    apply(&phases, PHASE_EVALUATION, PHASE_SCHEDULE, 10, 20);
    assert_int_equal(phases_window(&phases, PHASE_EVALUATION), VERDICT_WINDOW_NOT_OPEN);
    apply(&phases, PHASE_EVALUATION, PHASE_OPEN, 0, 0);
    assert_int_equal(phases_window(&phases, PHASE_EVALUATION), VERDICT_ACCEPTED);
    apply(&phases, PHASE_EVALUATION, PHASE_PAUSE, 0, 0);
    assert_int_equal(phases_window(&phases, PHASE_EVALUATION), VERDICT_CAMPAIGN_PAUSED);
    apply(&phases, PHASE_EVALUATION, PHASE_CLOSE, 0, 0);
    assert_int_equal(phases_window(&phases, PHASE_EVALUATION), VERDICT_WINDOW_CLOSED);
    assert_false(phases.rows[PHASE_EVALUATION].paused);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        assert_int_equal(phase_by_name(slice_str(phase_name((enum phase)i))), i);
    for (unsigned i = 0; i < PHASE_ACT_COUNT; i++)
        assert_int_equal(phase_act_by_name(slice_str(phase_act_name((enum phase_act)i))), i);
    assert_int_equal(phase_by_name(slice_str("lunch")), PHASE_COUNT);
    assert_int_equal(phase_act_by_name(slice_str("")), PHASE_ACT_COUNT);
    for (unsigned i = 0; i < VERDICT_COUNT; i++)
        assert_int_equal(verdict_by_name(verdict_name((enum verdict_code)i)), i);
    assert_int_equal(verdict_by_name("no_such"), VERDICT_COUNT);
    assert_string_equal(verdict_name(VERDICT_WINDOW_CLOSED), "window_closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_is_as_the_text_says),
        cmocka_unit_test(times_are_checked),
        cmocka_unit_test(a_jump_owes_all_steps_in_order),
        cmocka_unit_test(evaluation_is_due_when_ready),
        cmocka_unit_test(windows_say_why_not),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
