/*
 * What the registrar's endpoints for staff, moderators and citizens stand on: who asks and whether
 * they may, and the register of access. An ask of staff has the members `session` (the cookie) and,
 * to change something, `csrf`.
 */
#ifndef STAFF_STAFF_REGISTRAR_H
#define STAFF_STAFF_REGISTRAR_H

#include <stdbool.h>

#include "base/slice.h"
#include "ledger/entry.h"
#include "serve/registrar.h"
#include "staff/access_store.h"
#include "staff/account_store.h"
#include "staff/act_store.h"
#include "staff/may.h"

/* What the room keeps of a campaign. */
struct staff_desk {
    struct account_store *accounts;
    struct access_store *accesses;
    struct act_store *acts;
    struct event *resend; /* of acts that the ledger has not answered */
    int64_t resent;       /* number of the last */
};

/*
 * May the person whose session it is do this now? Asks may(); acts whose row names phases need
 * ask->standing. When the row is `noted` a row about `about` goes into the register of access
 * first: what can't be noted is not done. False: the ask has been answered (signed_out, csrf,
 * not_allowed, not_in_phase, or it could not be done).
 */
bool staff_may(struct registrar_ask *ask, enum act act, struct slice about,
               struct account_session *session);

/* The same for a citizen's Bearer token, without a note. */
bool staff_may_citizen(struct registrar_ask *ask, enum act act, struct roll_voter *voter);

/* A further row in the register of access. False: the ask has been answered. */
bool staff_note(struct registrar_ask *ask, const struct account_session *session, const char *what,
                struct slice about);

/* A whole number ≥ 0 among the members, as a number or as decimal text (a part of a path). */
bool staff_number(const struct registrar_ask *ask, const char *name, int64_t *number);

/* ---- acts by type: what another room has to say ---- */

struct act_hook {
    const char *type; /* of entry */

    /* Before a signature on it is kept, the first and each further one: NULL, or a problem code.
     * Has nothing to do with signatures and form, which have been checked. payload: what its
     * commitment is of, or empty. */
    const char *(*check)(struct registrar_ask *ask, const struct account_session *session,
                         const struct entry *entry, struct slice payload);

    /* True when this person may not even read such an act. NULL: nobody is kept from it. */
    bool (*hides)(const struct registrar_ask *ask, const struct account_session *session,
                  const struct entry *entry);

    /* It is in the ledger, with all its signatures. May come again with the same index after a
     * crash. */
    void (*logged)(struct registrar_campaign *campaign, const struct entry *entry, uint64_t index,
                   struct slice payload, struct slice salt);
};

/* Of the rooms that have one. */
extern const struct act_hook moderate_hook, erase_hook;

/* Ends with NULL; in act_registrar.c. */
extern const struct act_hook *const act_hooks[];

#endif
