#include "staff/may.h"

#include <string.h>

#include "base/err.h"

#define BIT(role) (1U << (role))
#define ADMINISTRATOR ROLE_BIT(ROLE_ADMINISTRATOR)
#define MODERATORS (ADMINISTRATOR | ROLE_BIT(ROLE_MODERATOR))
#define AUDITOR ROLE_BIT(ROLE_AUDITOR)
#define STAFF (BIT(ROLE_COUNT) - 1)
#define CITIZEN BIT(MAY_CITIZEN)
#define ANYBODY (BIT(MAY_ROLES) - 1)

#define ALWAYS (PHASE_BIT(MAY_BETWEEN + 1) - 1)
/* Nominations are decided before evaluation opens, also between two phases. */
#define NOMINATING                                                                                 \
    (PHASE_BIT(PHASE_NOMINATION) | PHASE_BIT(PHASE_SCREENING) | PHASE_BIT(MAY_BETWEEN))

/* The routes of one act a row; entry types share one route. */
/* clang-format off */
static const struct act_row rows[ACT_COUNT] = {
    [ACT_STAFF_SIGN_IN] = {"staff.sign_in", "POST", "staff/session", ANYBODY, ALWAYS, true},
    [ACT_STAFF_SESSION] = {"staff.session", "GET", "staff/session", STAFF, ALWAYS, false},
    [ACT_STAFF_SIGN_OUT] = {"staff.sign_out", "DELETE", "staff/session", STAFF, ALWAYS, true},
    [ACT_STAFF_SESSIONS] = {"staff.sessions", "GET", "staff/sessions", STAFF, ALWAYS, false},
    [ACT_STAFF_SESSION_END] = {"staff.session_end", "DELETE", "staff/sessions/{n}", STAFF, ALWAYS, true},
    [ACT_STAFF_PASSWORD] = {"staff.password", "POST", "staff/password", STAFF, ALWAYS, true},
    [ACT_STAFF_INVITE] = {"staff.invite", "POST", "staff/invitations", ADMINISTRATOR, ALWAYS, true},
    [ACT_STAFF_ACCEPT] = {"staff.accept", "POST", "staff/accept", ANYBODY, ALWAYS, true},
    [ACT_STAFF_CONFIRM] = {"staff.confirm", "POST", "staff/accept/confirm", ANYBODY, ALWAYS, true},
    [ACT_STAFF_RECOVER] = {"staff.recover", "POST", "staff/recover", ANYBODY, ALWAYS, true},
    [ACT_STAFF_ACCESSES] = {"staff.accesses", "GET", "staff/accesses", ADMINISTRATOR | AUDITOR, ALWAYS, true},
    [ACT_STAFF_KEYS] = {"staff.keys", "GET", "staff/keys", STAFF, ALWAYS, false},
    [ACT_STAFF_KEY_ASK] = {"staff.key_ask", "POST", "staff/keys", STAFF, ALWAYS, true},
    [ACT_ACTS_LIST] = {"acts.list", "GET", "staff/acts", MODERATORS | AUDITOR, ALWAYS, true},
    [ACT_ACTS_CREATE] = {"acts.create", "POST", "staff/acts", MODERATORS, ALWAYS, true},
    [ACT_ACTS_SIGN] = {"acts.sign", "POST", "staff/acts/{n}/signature", MODERATORS, ALWAYS, true},
    [ACT_ACTS_WITHDRAW] = {"acts.withdraw", "DELETE", "staff/acts/{n}", MODERATORS, ALWAYS, true},
    [ACT_ENTRY_ERASE] = {"entry.erase", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_KEY] = {"entry.key", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_MODERATE] = {"entry.moderate", "POST", "staff/acts", MODERATORS, NOMINATING, true},
    [ACT_ENTRY_NOTICE] = {"entry.notice", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_PHASE] = {"entry.phase", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_REGISTER] = {"entry.register", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_REVOKE] = {"entry.revoke", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_ENTRY_VOID] = {"entry.void", "POST", "staff/acts", ADMINISTRATOR, ALWAYS, true},
    [ACT_MODERATION_QUEUE] = {"moderation.queue", "GET", "moderation/queue", MODERATORS | AUDITOR, ALWAYS, true},
    [ACT_MODERATION_ITEM] = {"moderation.item", "GET", "moderation/items/{ref}", MODERATORS | AUDITOR, ALWAYS, true},
    [ACT_MODERATION_CLAIM] = {"moderation.claim", "POST", "moderation/items/{ref}/claim", MODERATORS, ALWAYS, true},
    [ACT_MODERATION_UNCLAIM] = {"moderation.unclaim", "DELETE", "moderation/items/{ref}/claim", MODERATORS, ALWAYS, true},
    [ACT_MODERATION_CONFLICT] = {"moderation.conflict", "POST", "moderation/items/{ref}/conflict", MODERATORS, ALWAYS, true},
    [ACT_MODERATION_HISTORY] = {"moderation.history", "GET", "moderation/history", MODERATORS | AUDITOR, ALWAYS, true},
    [ACT_MODERATION_REASONS] = {"moderation.reasons", "GET", "moderation/reasons", MODERATORS | AUDITOR, ALWAYS, false},
    [ACT_MODERATION_DISPUTES] = {"moderation.disputes", "GET", "moderation/disputes", MODERATORS | AUDITOR, ALWAYS, true},
    [ACT_MODERATION_ANSWER] = {"moderation.answer", "POST", "moderation/disputes/{n}/answer", MODERATORS, ALWAYS, true},
    [ACT_NOMINATE] = {"nomination.create", "POST", "nominations", CITIZEN, PHASE_BIT(PHASE_NOMINATION), false},
    [ACT_NOMINEE] = {"nomination.read", "GET", "nominees/{index}", ANYBODY, ALWAYS, false},
    [ACT_ME] = {"me.read", "GET", "me", CITIZEN, ALWAYS, false},
    [ACT_COMPLETE] = {"me.complete", "POST", "me/nominations/{index}/complete", CITIZEN, NOMINATING, false},
    [ACT_WITHDRAW] = {"me.withdraw", "POST", "me/nominations/{index}/withdraw", CITIZEN, ALWAYS, false},
    [ACT_APPEAL] = {"me.appeal", "POST", "me/nominations/{index}/appeal", CITIZEN, NOMINATING, false},
    [ACT_ERASURE] = {"me.erasure", "POST", "me/erasure", CITIZEN, ALWAYS, false},
    [ACT_DISPUTE] = {"me.dispute", "POST", "me/disputes", CITIZEN, ALWAYS, false},
    [ACT_SIGN_IN] = {"session.create", "POST", "session", ANYBODY, ALWAYS, false},
    [ACT_PASSES] = {"pass.create", "POST", "passes", CITIZEN, ALWAYS, false},
    [ACT_REGISTER_SEARCH] = {"register.search", "GET", "register", ANYBODY, ALWAYS, false},
    [ACT_REGISTER_CSV] = {"register.csv", "GET", "register.csv", ANYBODY, ALWAYS, false},
    [ACT_REGISTER_NGO] = {"register.ngo", "GET", "register/{ngo}", ANYBODY, ALWAYS, false},
};
/* clang-format on */

const char *may_role_name(unsigned role)
{
    if (role == MAY_CITIZEN)
        return "citizen";
    return role == MAY_ANONYMOUS ? "anonymous" : role_name((enum staff_role)role);
}

const struct act_row *act_row(enum act act)
{
    INVARIANT(act < ACT_COUNT);
    return &rows[act];
}

enum act act_of_entry(struct slice type)
{
    static const char head[] = "entry.";
    for (unsigned act = ACT_ENTRY_ERASE; act <= ACT_ENTRY_VOID; act++) {
        if (slice_is(type, rows[act].name + sizeof head - 1))
            return (enum act)act;
    }
    return ACT_COUNT;
}

bool act_is_unsafe(enum act act)
{
    return strcmp(act_row(act)->method, "GET") != 0;
}

enum may may(unsigned role, enum act act, enum phase phase)
{
    const struct act_row *row = act_row(act);
    INVARIANT(role < MAY_ROLES && phase <= MAY_BETWEEN);
    if ((row->roles & BIT(role)) != 0)
        return (row->phases & PHASE_BIT(phase)) != 0 ? MAY : MAY_NOT_PHASE;
    /* Staff signed in as staff is told that another role is needed; everybody else has come without
     * the session that counts here. */
    bool of_staff = (row->roles & STAFF) != 0;
    return of_staff && role < ROLE_COUNT ? MAY_NOT_ROLE : MAY_SIGN_IN;
}

const char *may_code(enum may answer)
{
    static const char *const codes[] = {[MAY] = NULL,
                                        [MAY_SIGN_IN] = "signed_out",
                                        [MAY_NOT_ROLE] = "not_allowed",
                                        [MAY_NOT_PHASE] = "not_in_phase"};
    return codes[answer];
}

enum phase may_phase(const struct phases *phases)
{
    unsigned phase = 0;
    while (phase < PHASE_COUNT && phases->rows[phase].state != PHASE_IS_OPEN)
        phase++;
    return (enum phase)phase;
}
