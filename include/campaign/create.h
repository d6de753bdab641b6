/*
 * Making a campaign: its folder, its keys, and the first entries of its ledger — genesis, keys,
 * register, schedule, and, for a campaign that begins with nominees already chosen, their
 * nominations and admission. Everything goes through the same judge as later entries.
 */
#ifndef CAMPAIGN_CREATE_H
#define CAMPAIGN_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"
#include "crypt/ed25519.h"

#define CREATE_STAFF_MAX 16

/* A staff member who is present with his key. */
struct create_staff {
    char person[33];  /* an opaque name, never the person's own */
    const char *role; /* "administrator", "moderator" */
    struct ed25519_secret key;
};

struct create_options {
    const char *folder; /* of the campaign, not there yet; its last part is the campaign's id */
    const char *host;   /* first half of the origin */
    struct slice rules; /* rules.json, strict */
    struct slice ngos;  /* the register's CSV; empty: none yet */

    /* Nominees chosen before: CSV with columns `ngo` and `cat`; empty: none. They are nominated and
     * admitted at once, which needs a moderator or administrators; the last `undecided` of them are
     * left for moderators to decide. */
    struct slice nominees;
    size_t undecided;

    struct slice roll; /* voter codes: CSV with columns `voter` and `code`; empty: none */
    bool demo;         /* staff keys are made, marked, and left in staff/ */
    const struct create_staff *staff; /* at least two administrators, unless demo */
    size_t staff_len;

    /* Steps done, for a progress bar. May be NULL. */
    void (*progress)(void *context, const char *step);
    void *context;
};

/*
 * Makes the campaign. On error the folder is left as far as it came, and fault says why.
 * ERR_CONFLICT: the folder is there already. ERR_INVALID: rules, register, nominees or roll are not
 * what they should be.
 *
 * Phases are scheduled as the rules say. With demo, the clock of the entries runs through the
 * schedule up to now, so that phases that lie in the past have been open.
 */
enum err campaign_create(const struct create_options *options, struct fault *fault) MUST_CHECK;

/* Signs a staff entry: adds the signature of key to the JSON object in text (any spacing, with or
 * without other signatures, without `at`), and appends the canonical entry. ERR_INVALID: not an
 * entry. */
enum err campaign_sign(struct slice text, const char *origin, const struct ed25519_secret *key,
                       struct buf *out, struct fault *fault) MUST_CHECK;

#endif
