/* The second factor: time-based one-time passwords (RFC 6238: HMAC-SHA1, 6 digits, 30 s), as phone
 * apps make them. */
#ifndef STAFF_TOTP_H
#define STAFF_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define TOTP_SECRET_LEN 20
#define TOTP_SECRET_TEXT_LEN 32 /* of base32, without padding */
#define TOTP_CODE_LEN 6
#define TOTP_STEP_S 30

/*
 * True when code is that of this step, the one before or the one after, and of a later step than
 * last: a code works once, and none before it afterwards. *step: whose it was, to be kept as last.
 */
bool totp_check(const uint8_t secret[static TOTP_SECRET_LEN], struct slice code, int64_t now_unix,
                uint64_t last, uint64_t *step);

/* The code of this moment and a NUL. */
void totp_code(const uint8_t secret[static TOTP_SECRET_LEN], int64_t now_unix,
               char code[static TOTP_CODE_LEN + 1]);

/* Base32 as apps want it, and a NUL. */
void totp_secret_text(const uint8_t secret[static TOTP_SECRET_LEN],
                      char text[static TOTP_SECRET_TEXT_LEN + 1]);

/* With or without spaces and small letters. ERR_INVALID: not such a secret. */
enum err totp_secret_parse(struct slice text, uint8_t secret[static TOTP_SECRET_LEN]) MUST_CHECK;

/* Appends `otpauth://totp/…`, what the QR code of an enrolment holds. All of it is of URL-safe
 * characters: campaign and person are names. */
void totp_uri(struct buf *out, const char *campaign, const char *person, const char *secret_text);

#endif
