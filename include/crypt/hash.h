/* SHA-2, HMAC and HKDF (FIPS 180-4, RFC 2104, RFC 5869). These abort only when the library itself
 * is out of order. Safe to call from any thread. */
#ifndef CRYPT_HASH_H
#define CRYPT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SHA256_LEN 32
#define SHA384_LEN 48

void sha256(uint8_t out[static SHA256_LEN], struct slice bytes);

/* SHA-256 of the parts one after another. */
void sha256_parts(uint8_t out[static SHA256_LEN], const struct slice *parts, size_t count);
void sha384_parts(uint8_t out[static SHA384_LEN], const struct slice *parts, size_t count);

void hmac_sha256(uint8_t out[static SHA256_LEN], struct slice key, struct slice message);
void hmac_sha256_parts(uint8_t out[static SHA256_LEN], struct slice key, const struct slice *parts,
                       size_t count);

/* HKDF-SHA256 with an empty salt; out_len ≤ 255·32. */
void hkdf_sha256(uint8_t *out, size_t out_len, struct slice secret, struct slice info);

/* Its second half (RFC 5869 §2.3) alone. */
void hkdf_sha256_expand(uint8_t *out, size_t out_len, const uint8_t prk[static SHA256_LEN],
                        struct slice info);

#endif
