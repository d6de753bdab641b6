#include "campaign/phase.h"

static const char *const phase_names[] = {
    [PHASE_NOMINATION] = "nomination",   [PHASE_SCREENING] = "screening",
    [PHASE_EVALUATION] = "evaluation",   [PHASE_COUNCIL] = "council",
    [PHASE_PUBLICATION] = "publication", [PHASE_APPEAL] = "appeal",
};

static const char *const act_names[] = {
    [PHASE_SCHEDULE] = "schedule", [PHASE_EXTEND] = "extend", [PHASE_OPEN] = "open",
    [PHASE_CLOSE] = "close",       [PHASE_PAUSE] = "pause",   [PHASE_RESUME] = "resume",
};

static const char *const state_names[] = {
    [PHASE_UNSCHEDULED] = "unscheduled",
    [PHASE_SCHEDULED] = "scheduled",
    [PHASE_IS_OPEN] = "open",
    [PHASE_IS_CLOSED] = "closed",
};

const char *phase_name(enum phase phase)
{
    return phase_names[phase];
}

enum phase phase_by_name(struct slice name)
{
    unsigned phase = 0;
    while (phase < PHASE_COUNT && !slice_is(name, phase_names[phase]))
        phase++;
    return (enum phase)phase;
}

const char *phase_act_name(enum phase_act act)
{
    return act_names[act];
}

enum phase_act phase_act_by_name(struct slice name)
{
    unsigned act = 0;
    while (act < PHASE_ACT_COUNT && !slice_is(name, act_names[act]))
        act++;
    return (enum phase_act)act;
}

const char *phase_state_name(enum phase_state state)
{
    return state_names[state];
}

void phases_init(struct phases *phases, unsigned in_rules)
{
    *phases = (struct phases){0};
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        phases->rows[i].in_rules = (in_rules & PHASE_BIT(i)) != 0;
}

/* No phase is open and every one of the rules before this is closed. */
static bool is_next(const struct phases *phases, enum phase phase)
{
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        const struct phase_row *row = &phases->rows[i];
        if (row->state == PHASE_IS_OPEN)
            return false;
        if (i < phase && row->in_rules && row->state != PHASE_IS_CLOSED)
            return false;
    }
    return true;
}

static enum verdict_code check_open(const struct phases *phases, const struct phase_step *step,
                                    bool ready)
{
    const struct phase_row *row = &phases->rows[step->phase];
    if (row->state != PHASE_SCHEDULED || !is_next(phases, step->phase))
        return VERDICT_PHASE_ORDER;
    if (step->own && step->at < row->opens)
        return VERDICT_PHASE_TIMES;
    if (step->phase == PHASE_EVALUATION && !ready)
        return VERDICT_EVALUATION_UNREADY;
    return VERDICT_ACCEPTED;
}

static enum verdict_code check_close(const struct phase_row *row, const struct phase_step *step)
{
    if (row->state != PHASE_IS_OPEN)
        return VERDICT_PHASE_ORDER;
    if (step->own && step->at < row->closes)
        return VERDICT_PHASE_TIMES;
    return VERDICT_ACCEPTED;
}

static enum verdict_code check_times(const struct phase_row *row, const struct phase_step *step)
{
    if (step->act == PHASE_SCHEDULE) {
        if (row->state > PHASE_SCHEDULED)
            return VERDICT_PHASE_ORDER;
        return step->opens < step->closes ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES;
    }
    if (row->state != PHASE_SCHEDULED && row->state != PHASE_IS_OPEN)
        return VERDICT_PHASE_ORDER;
    return step->closes > row->closes ? VERDICT_ACCEPTED : VERDICT_PHASE_TIMES;
}

enum verdict_code phases_check(const struct phases *phases, const struct phase_step *step,
                               bool ready)
{
    if (step->phase >= PHASE_COUNT || !phases->rows[step->phase].in_rules)
        return VERDICT_PHASE_UNKNOWN;
    const struct phase_row *row = &phases->rows[step->phase];
    switch (step->act) {
    case PHASE_SCHEDULE:
    case PHASE_EXTEND:
        return check_times(row, step);
    case PHASE_OPEN:
        return check_open(phases, step, ready);
    case PHASE_CLOSE:
        return check_close(row, step);
    case PHASE_PAUSE:
        return row->state == PHASE_IS_OPEN && !row->paused ? VERDICT_ACCEPTED : VERDICT_PHASE_ORDER;
    case PHASE_RESUME:
        return row->paused ? VERDICT_ACCEPTED : VERDICT_PHASE_ORDER;
    case PHASE_ACT_COUNT:
        break;
    }
    return VERDICT_FIELDS_WRONG;
}

void phases_apply(struct phases *phases, const struct phase_step *step, uint64_t index)
{
    struct phase_row *row = &phases->rows[step->phase];
    switch (step->act) {
    case PHASE_SCHEDULE:
        row->state = PHASE_SCHEDULED;
        row->opens = step->opens;
        row->closes = step->closes;
        row->scheduled = index;
        break;
    case PHASE_EXTEND:
        row->closes = step->closes;
        row->scheduled = index;
        break;
    case PHASE_OPEN:
        row->state = PHASE_IS_OPEN;
        row->opened = index;
        row->opened_at = step->at;
        break;
    case PHASE_CLOSE:
        row->state = PHASE_IS_CLOSED;
        row->paused = false;
        row->closed = index;
        row->closed_at = step->at;
        break;
    case PHASE_PAUSE:
    case PHASE_RESUME:
        row->paused = step->act == PHASE_PAUSE;
        break;
    case PHASE_ACT_COUNT:
        break;
    }
}

bool phases_due(const struct phases *phases, uint64_t at, bool ready, struct phase_step *step)
{
    *step = (struct phase_step){.phase = PHASE_COUNT, .act = PHASE_OPEN, .own = true, .at = at};
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        const struct phase_row *row = &phases->rows[i];
        if (row->state == PHASE_IS_OPEN) {
            step->phase = (enum phase)i;
            step->act = PHASE_CLOSE;
            return row->closes <= at;
        }
        if (row->in_rules && row->state != PHASE_IS_CLOSED && step->phase == PHASE_COUNT)
            step->phase = (enum phase)i;
    }
    if (step->phase == PHASE_COUNT)
        return false;
    const struct phase_row *row = &phases->rows[step->phase];
    return row->state == PHASE_SCHEDULED && row->opens <= at &&
           (step->phase != PHASE_EVALUATION || ready);
}

enum verdict_code phases_window(const struct phases *phases, enum phase phase)
{
    const struct phase_row *row = &phases->rows[phase];
    if (!row->in_rules || row->state == PHASE_IS_CLOSED)
        return VERDICT_WINDOW_CLOSED;
    if (row->state != PHASE_IS_OPEN)
        return VERDICT_WINDOW_NOT_OPEN;
    return row->paused ? VERDICT_CAMPAIGN_PAUSED : VERDICT_ACCEPTED;
}
