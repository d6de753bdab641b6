/*
 * The inside of rsabssa.c, for it and for its test: RFC 9474's vectors have RSA-4096 keys, and two
 * of the four an empty salt. A key adopted here may have any size up to RSABSSA_INNER_LEN_MAX, and
 * every array that crypt/rsabssa.h gives a fixed size is then as long as its modulus (or its salt).
 */
#ifndef SERVER_CRYPT_RSABSSA_INNER_H
#define SERVER_CRYPT_RSABSSA_INNER_H

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "crypt/rsabssa.h"

#define RSABSSA_INNER_LEN_MAX 512

struct rsabssa_public {
    EVP_PKEY *key;
    BIGNUM *n, *e;
    size_t len; /* of the modulus in bytes */
    size_t salt_len;
    uint64_t id; /* unique in this process, see struct crypt_verifier */
};

struct rsabssa_secret {
    EVP_PKEY *key;
    BIGNUM *n;
    size_t len;
    uint64_t id; /* unique in this process, see struct crypt_signer */
};

/* Take over key, which may be NULL (then the answer is NULL). They check nothing. */
struct rsabssa_public *rsabssa_inner_public(EVP_PKEY *key, size_t salt_len);
struct rsabssa_secret *rsabssa_inner_secret(EVP_PKEY *key);

#endif
