/* What hpke.c and key_file.c share: the OpenSSL side of a seal key. */
#ifndef SERVER_CRYPT_HPKE_INNER_H
#define SERVER_CRYPT_HPKE_INNER_H

#include <openssl/evp.h>

#include "crypt/hpke.h"

/* Borrowed from secret. */
EVP_PKEY *hpke_inner_key(const struct hpke_secret *secret);

/* The key of a point, the caller's to free; NULL when it is not an uncompressed point of the curve.
 */
EVP_PKEY *hpke_inner_public(const uint8_t point[static HPKE_PUBLIC_LEN]);

/* ERR_INVALID: not a P-256 key with its private half. */
enum err hpke_inner_from_key(const EVP_PKEY *key, struct hpke_secret **secret) MUST_CHECK;

#endif
