/*
 * Who may do what: the one table over roles, acts and phases. Every endpoint of the registrar asks
 * it; a test goes through all of role × route × phase with it.
 *
 * It decides by who asks, not by what is asked for: that a nomination is somebody's own, that a
 * second signer is another person, is the act's own business. What an entry's place decides is the
 * ledger's (campaign/fold.h), and where both have a say this table refuses only what the ledger
 * would refuse.
 */
#ifndef STAFF_MAY_H
#define STAFF_MAY_H

#include <stdbool.h>

#include "base/slice.h"
#include "campaign/phase.h"
#include "staff/keyring.h"

/* Beside the roles of staff. */
enum {
    MAY_CITIZEN = ROLE_COUNT, /* signed in with a voter's code */
    MAY_ANONYMOUS,
    MAY_ROLES
};

/* "citizen", "anonymous", and those of role_name(). */
const char *may_role_name(unsigned role);

/* No phase is open: in place of an enum phase. */
#define MAY_BETWEEN PHASE_COUNT

enum act {
    ACT_STAFF_SIGN_IN,
    ACT_STAFF_SESSION,
    ACT_STAFF_SIGN_OUT,
    ACT_STAFF_SESSIONS,
    ACT_STAFF_SESSION_END,
    ACT_STAFF_PASSWORD,
    ACT_STAFF_INVITE,
    ACT_STAFF_ACCEPT,
    ACT_STAFF_CONFIRM,
    ACT_STAFF_RECOVER,
    ACT_STAFF_ACCESSES,
    ACT_STAFF_KEYS,
    ACT_STAFF_KEY_ASK,
    ACT_ACTS_LIST,
    ACT_ACTS_CREATE,
    ACT_ACTS_SIGN,
    ACT_ACTS_WITHDRAW,
    /* Each type of entry that comes through ACT_ACTS_CREATE and ACT_ACTS_SIGN. */
    ACT_ENTRY_ERASE,
    ACT_ENTRY_KEY,
    ACT_ENTRY_MODERATE,
    ACT_ENTRY_NOTICE,
    ACT_ENTRY_PHASE,
    ACT_ENTRY_REGISTER,
    ACT_ENTRY_REVOKE,
    ACT_ENTRY_VOID,
    ACT_MODERATION_QUEUE,
    ACT_MODERATION_ITEM,
    ACT_MODERATION_CLAIM,
    ACT_MODERATION_UNCLAIM,
    ACT_MODERATION_CONFLICT,
    ACT_MODERATION_HISTORY,
    ACT_MODERATION_REASONS,
    ACT_MODERATION_DISPUTES,
    ACT_MODERATION_ANSWER,
    ACT_NOMINATE,
    ACT_NOMINEE,
    ACT_ME,
    ACT_COMPLETE,
    ACT_WITHDRAW,
    ACT_APPEAL,
    ACT_ERASURE,
    ACT_DISPUTE,
    ACT_SIGN_IN,
    ACT_PASSES,
    ACT_REGISTER_SEARCH,
    ACT_REGISTER_CSV,
    ACT_REGISTER_NGO,
    ACT_COUNT
};

struct act_row {
    const char *name;   /* "staff.invite": in the register of access */
    const char *method; /* "POST" */
    const char *route;  /* below /api/v1/campaigns/{id}/ */
    unsigned roles;     /* ROLE_BITs, MAY_CITIZEN and MAY_ANONYMOUS included */
    unsigned phases;    /* PHASE_BITs, MAY_BETWEEN included */
    bool noted;         /* a row in the register of access when it is done */
};

/* The table's row. */
const struct act_row *act_row(enum act act);

/* The act of submitting this type of entry ("phase"); ACT_COUNT: staff may not at all. */
enum act act_of_entry(struct slice type);

/* True when the act changes something, so that a request for it needs proof that the page made it.
 */
bool act_is_unsafe(enum act act);

enum may {
    MAY,
    MAY_SIGN_IN,   /* 401 signed_out: nobody of a role that may is signed in */
    MAY_NOT_ROLE,  /* 403 not_allowed */
    MAY_NOT_PHASE, /* 403 not_in_phase */
};

enum may may(unsigned role, enum act act, enum phase phase);

/* The problem code; NULL for MAY. */
const char *may_code(enum may answer);

/* The phase that is open, or MAY_BETWEEN. A paused one is open. */
enum phase may_phase(const struct phases *phases);

#endif
