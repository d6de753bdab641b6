/*
 * What is kept of a password: scrypt (RFC 7914) with N = 2^15, r = 8, p = 1. It takes about a tenth
 * of a second and 32 MiB on purpose: on a worker's thread, never on an event loop.
 */
#ifndef CRYPT_PASSWORD_H
#define CRYPT_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define PASSWORD_SALT_LEN 16
#define PASSWORD_HASH_LEN 32

/* Safe on any thread; aborts when the library is out of order or memory. */
void password_hash(uint8_t hash[static PASSWORD_HASH_LEN], struct slice password,
                   const uint8_t salt[static PASSWORD_SALT_LEN]);

/* In a time that does not depend on what differs. */
bool password_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
