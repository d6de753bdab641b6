/*
 * Staff accounts, invitations and sessions of one campaign, in the registrar's private.db. Tokens
 * and recovery codes are kept as hashes, passwords as scrypt; the secret of the second factor is
 * kept as it is, because it is needed as it is: the file's mode guards it. One thread; `dauys
 * staff` may have the same file open.
 */
#ifndef STAFF_ACCOUNT_STORE_H
#define STAFF_ACCOUNT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/hash.h"
#include "crypt/password.h"
#include "staff/account.h"
#include "staff/keyring.h"
#include "staff/totp.h"

struct account_store;

/* path: of private.db. Errors as db_open(). */
enum err account_store_open(const char *path, struct account_store **store,
                            struct fault *fault) MUST_CHECK;
void account_store_close(struct account_store *store);

/* ---- invitations ---- */

struct account_invitation {
    char person[ACCOUNT_PERSON_MAX + 1];
    enum staff_role role;
    uint8_t
        secret[TOTP_SECRET_LEN]; /* of the second factor to be enrolled; the same at each look */
    int64_t ends_unix;
};

/* A one-time token for person to make an account with, or, where there is one, to set it up anew.
 * An older invitation of that person ends. */
enum err account_invite(struct account_store *store, const char *person, enum staff_role role,
                        int64_t ends_unix, uint8_t token[static ACCOUNT_TOKEN_LEN]) MUST_CHECK;

/* ERR_DENIED: no such token, used, or over. */
enum err account_invited(struct account_store *store, const uint8_t token[static ACCOUNT_TOKEN_LEN],
                         int64_t now_unix, struct account_invitation *invitation) MUST_CHECK;

/* What an account is made with. */
struct account_setting {
    uint8_t salt[PASSWORD_SALT_LEN];
    uint8_t hash[PASSWORD_HASH_LEN];
    uint64_t step; /* of the second factor's code that proved the enrolment */
};

/* Uses the invitation up: the account stands as invited, its sessions and older recovery codes end,
 * and codes has new ones. ERR_DENIED as account_invited(). */
enum err
account_accept(struct account_store *store, const uint8_t token[static ACCOUNT_TOKEN_LEN],
               int64_t now_unix, const struct account_setting *setting,
               char codes[static ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1]) MUST_CHECK;

/* ---- accounts ---- */

struct account {
    char person[ACCOUNT_PERSON_MAX + 1];
    enum staff_role role;
    uint8_t salt[PASSWORD_SALT_LEN];
    uint8_t hash[PASSWORD_HASH_LEN];
    uint8_t secret[TOTP_SECRET_LEN];
    uint64_t step;    /* last used of the second factor */
    bool locked;      /* by an administrator */
    int64_t due_unix; /* of account_try() */
};

/* ERR_NOT_FOUND. Wipe the account after use. */
enum err account_find(struct account_store *store, struct slice person,
                      struct account *account) MUST_CHECK;

/* All of them by name. Nothing may be changed from within. */
enum err account_each(struct account_store *store,
                      void (*each)(void *context, const struct account *account),
                      void *context) MUST_CHECK;

/* Keeps what account_try() gave. */
enum err account_keep_due(struct account_store *store, struct slice person,
                          int64_t due_unix) MUST_CHECK;

/* Takes the step of a code that fits, and gives the tries back. ERR_DENIED: it was used in between,
 * or the account was locked. */
enum err account_take_step(struct account_store *store, struct slice person,
                           uint64_t step) MUST_CHECK;

/* Takes one recovery code. ERR_DENIED: it is none, or used. */
enum err account_take_recovery(struct account_store *store, struct slice person,
                               const uint8_t hash[static SHA256_LEN]) MUST_CHECK;

enum err account_set_password(struct account_store *store, struct slice person,
                              const struct account_setting *setting) MUST_CHECK;

/* Locking ends the sessions, and an invitation that would set the account up anew. ERR_NOT_FOUND.
 */
enum err account_lock(struct account_store *store, struct slice person, bool locked) MUST_CHECK;

/* ---- sessions ---- */

struct account_session {
    int64_t number;
    char person[ACCOUNT_PERSON_MAX + 1];
    enum staff_role role;
    int64_t began_unix, used_unix;
};

/* A new session under a new token. */
enum err account_session_begin(struct account_store *store, struct slice person, int64_t now_unix,
                               uint8_t token[static ACCOUNT_TOKEN_LEN]) MUST_CHECK;

/* Whose the token is, and notes that it is used. ERR_DENIED: nobody's, or its time is over. */
enum err account_session_use(struct account_store *store,
                             const uint8_t token[static ACCOUNT_TOKEN_LEN], int64_t now_unix,
                             struct account_session *session) MUST_CHECK;

/* Those that live, newest first; person empty: everybody's. Nothing may be changed from within. */
enum err account_session_each(struct account_store *store, struct slice person, int64_t now_unix,
                              void (*each)(void *context, const struct account_session *session),
                              void *context) MUST_CHECK;

/* ERR_NOT_FOUND: none of that number, or not of that person (empty: of anybody). */
enum err account_session_end(struct account_store *store, struct slice person,
                             int64_t number) MUST_CHECK;

/* All of a person but this one (0: all). */
enum err account_session_end_others(struct account_store *store, struct slice person,
                                    int64_t number) MUST_CHECK;

#endif
