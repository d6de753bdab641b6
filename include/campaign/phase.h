/*
 * The phases of a campaign: unscheduled → scheduled → open → closed, in the order of the rules, at
 * most one open at a time (PROTOCOL.md §6 "phase"). Windows are ranges of ledger indexes; times
 * only say when the ledger owes an `open` or `close` (I9).
 */
#ifndef CAMPAIGN_PHASE_H
#define CAMPAIGN_PHASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "campaign/verdict.h"

/* In the one order in which a campaign may have them. */
enum phase {
    PHASE_NOMINATION,
    PHASE_SCREENING,
    PHASE_EVALUATION,
    PHASE_COUNCIL,
    PHASE_PUBLICATION,
    PHASE_APPEAL,
    PHASE_COUNT
};

#define PHASE_BIT(phase) (1U << (phase))

enum phase_act {
    PHASE_SCHEDULE,
    PHASE_EXTEND,
    PHASE_OPEN,
    PHASE_CLOSE,
    PHASE_PAUSE,
    PHASE_RESUME,
    PHASE_ACT_COUNT
};

/* Names as in entries and rules. By name: PHASE_COUNT, PHASE_ACT_COUNT when unknown. */
const char *phase_name(enum phase phase);
enum phase phase_by_name(struct slice name);
const char *phase_act_name(enum phase_act act);
enum phase_act phase_act_by_name(struct slice name);

enum phase_state { PHASE_UNSCHEDULED, PHASE_SCHEDULED, PHASE_IS_OPEN, PHASE_IS_CLOSED };

/* "unscheduled", "scheduled", "open", "closed". */
const char *phase_state_name(enum phase_state state);

struct phase_row {
    bool in_rules;
    enum phase_state state;
    bool paused;
    uint64_t opens, closes;     /* scheduled instants, unix seconds */
    uint64_t scheduled;         /* index of the last schedule or extend */
    uint64_t opened, opened_at; /* index and `at` of the open, once open */
    uint64_t closed, closed_at; /* of the close, once closed */
};

struct phases {
    struct phase_row rows[PHASE_COUNT];
};

/* in_rules: PHASE_BITs of those that the rules have. */
void phases_init(struct phases *phases, unsigned in_rules);

/* What a phase entry says. */
struct phase_step {
    enum phase phase; /* PHASE_COUNT: of no known name */
    enum phase_act act;
    bool own;               /* without signers: of a scheduled instant */
    uint64_t opens, closes; /* of schedule; closes of extend */
    uint64_t at;
};

/* VERDICT_ACCEPTED or the code. ready: evaluation may be opened. */
enum verdict_code phases_check(const struct phases *phases, const struct phase_step *step,
                               bool ready);

/* Takes a step that was accepted. */
void phases_apply(struct phases *phases, const struct phase_step *step, uint64_t index);

/* The step that the ledger owes at this time. False: none. */
bool phases_due(const struct phases *phases, uint64_t at, bool ready, struct phase_step *step);

/* May something be done that needs the phase open: ACCEPTED, WINDOW_NOT_OPEN, WINDOW_CLOSED (also
 * for a phase that the rules don't have), CAMPAIGN_PAUSED. */
enum verdict_code phases_window(const struct phases *phases, enum phase phase);

#endif
