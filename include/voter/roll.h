/*
 * The roll: who may vote, by voter code, and who is signed in. The registrar's private.db (SQLite,
 * 0600), never Redis, never the ledger (I5).
 *
 * A code is a secret given to one person, 8 to 32 characters of Crockford base32; it is kept only
 * as a keyed hash. A person stands once on the roll. A session is a random token, kept only as a
 * hash.
 */
#ifndef VOTER_ROLL_H
#define VOTER_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define ROLL_KEY_LEN 32
#define ROLL_TOKEN_LEN 32
#define ROLL_SESSION_S 3600 /* from the sign-in; there is no idle limit below it */
#define ROLL_PERSON_MAX 64  /* bytes of a person number */
#define ROLL_CSV_MAX (512U << 20)

struct roll;

/* Opens the database, made with mode 0600 when missing. key is the secret under which codes are
 * hashed; copied. One process at a time, one thread. ERR_CONFLICT: busy; ERR_DENIED: others can
 * open the file. */
enum err roll_open(const char *path, const uint8_t key[static ROLL_KEY_LEN], struct roll **roll,
                   struct fault *fault) MUST_CHECK;
void roll_close(struct roll *roll);

/*
 * Adds the rows of a CSV (RFC 4180, UTF-8, header line, columns `voter` and `code`), all or none.
 * The same row again is skipped. ERR_INVALID: fault names the line: a voter or code empty,
 * malformed, or of somebody else (never the value). *added is the number of new rows.
 */
enum err roll_import(struct roll *roll, struct slice csv, uint64_t *added,
                     struct fault *fault) MUST_CHECK;

uint64_t roll_len(struct roll *roll);

/* A session for the holder of the code, spelled as people type it: spaces and dashes anywhere,
 * small letters, O for 0, I and L for 1. ERR_DENIED: no such code. */
enum err roll_sign_in(struct roll *roll, struct slice code, int64_t now_unix,
                      uint8_t token[static ROLL_TOKEN_LEN], int64_t *ends_unix) MUST_CHECK;

struct roll_voter {
    int64_t row;
    uint8_t person[ROLL_PERSON_MAX];
    size_t person_len;
    int64_t ends_unix; /* of the session */
};

/* Who the token belongs to. ERR_DENIED: nobody, or its time is over. */
enum err roll_session(struct roll *roll, const uint8_t token[static ROLL_TOKEN_LEN],
                      int64_t now_unix, struct roll_voter *voter) MUST_CHECK;

/* The voter of a row, without a session. ERR_NOT_FOUND. */
enum err roll_voter_at(struct roll *roll, int64_t row, struct roll_voter *voter) MUST_CHECK;

/* Notes that the voter asks for passes of these categories, all or none; again is fine.
 * ERR_LIMITED: they would have more than most. */
enum err roll_take_categories(struct roll *roll, const struct roll_voter *voter,
                              const struct slice *cats, size_t len, uint32_t most) MUST_CHECK;

#endif
