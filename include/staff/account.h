/*
 * The rules of staff accounts: pure, no clock, no store. What is kept of them:
 * staff/account_store.h.
 */
#ifndef STAFF_ACCOUNT_H
#define STAFF_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/hash.h"
#include "staff/keyring.h"

#define ACCOUNT_PERSON_MAX KEY_PERSON_MAX
#define ACCOUNT_PASSWORD_LEAST 10 /* code points */
#define ACCOUNT_PASSWORD_MOST 128 /* code points; a cap, not an advice */
#define ACCOUNT_INVITED_S 259200  /* 72 h */
#define ACCOUNT_RECOVERING_S 3600 /* from a recovery code to the new second factor */
#define ACCOUNT_IDLE_S 1800       /* a session ends so long after its last use, */
#define ACCOUNT_ABSOLUTE_S 43200  /* and so long after it began */
#define ACCOUNT_RECOVERY_CODES 10
#define ACCOUNT_RECOVERY_TEXT_LEN                                                                  \
    19 /* "K3QF-…": 80 bits, so a plain hash of it can't be searched */
#define ACCOUNT_TOKEN_LEN 32
#define ACCOUNT_TRIES 5   /* at once, */
#define ACCOUNT_TRY_S 180 /* then one more each 3 minutes */

/* A person is an opaque name as in staff keys: [A-Za-z0-9._-], 1 to 64. */
bool account_person_allowed(struct slice person);

/*
 * NULL, or the problem code of a password that may not be had: password_short (or too long, or not
 * a text), password_guessable: beside the names of person, campaign and program too little is left,
 * or it has fewer than four different characters.
 */
const char *account_password_problem(struct slice password, struct slice person,
                                     struct slice campaign);

/*
 * A try at a code by who knows the password, one out of a budget (GCRA: due_unix is the one number
 * to keep, 0 at first). It is taken before the code is looked at. False: none is left.
 */
bool account_try(int64_t *due_unix, int64_t now_unix);

/* Does a session that began and was last used then still live? */
bool account_session_lives(int64_t began_unix, int64_t used_unix, int64_t now_unix);

/* A new recovery code: four groups of four of Crockford base32, and a NUL. */
void account_recovery_make(char text[static ACCOUNT_RECOVERY_TEXT_LEN + 1]);

/* What is kept of one, as people type it: spaces and dashes anywhere, small letters, O for 0, I and
 * L for 1. ERR_INVALID: not such a code. */
enum err account_recovery_hash(struct slice text, uint8_t hash[static SHA256_LEN]) MUST_CHECK;

/* The CSRF token of a session, in hex with a NUL: made of the session's own token, so that there is
 * nothing to keep. */
void account_csrf(const uint8_t token[static ACCOUNT_TOKEN_LEN],
                  char text[static 2 * SHA256_LEN + 1]);

#endif
