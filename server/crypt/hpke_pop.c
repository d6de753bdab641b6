/* ECDSA-SHA256 by and for seal keys (FIPS 186-5 §6). OpenSSL speaks DER; ledger entries hold r ‖ s.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "crypt/hash.h"
#include "crypt/hpke.h"
#include "hpke_inner.h"
#include "library.h"

#define NUMBER_LEN (HPKE_POP_LEN / 2)
#define DER_LEN_MAX 80 /* two integers of 33 bytes with their heads: 72 */

enum err hpke_secret_prove(const struct hpke_secret *secret, struct slice message,
                           uint8_t pop[static HPKE_POP_LEN])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, hpke_inner_key(secret), NULL);
    uint8_t digest[SHA256_LEN], der[DER_LEN_MAX];
    const unsigned char *at = der;
    size_t len = sizeof der;
    ECDSA_SIG *pair = NULL;
    enum err err = ERR_INTERNAL;

    sha256(digest, message);
    if (context && EVP_PKEY_sign_init(context) == 1 &&
        EVP_PKEY_sign(context, der, &len, digest, sizeof digest) == 1)
        pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
    if (pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), pop, NUMBER_LEN) == NUMBER_LEN &&
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), pop + NUMBER_LEN, NUMBER_LEN) == NUMBER_LEN)
        err = OK;
    ECDSA_SIG_free(pair);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return err;
}

/* DER of r ‖ s; 0 when it can't be made. */
static size_t to_der(const uint8_t pop[static HPKE_POP_LEN], uint8_t der[static DER_LEN_MAX])
{
    BIGNUM *r = BN_bin2bn(pop, NUMBER_LEN, NULL),
           *s = BN_bin2bn(pop + NUMBER_LEN, NUMBER_LEN, NULL);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *at = der;
    int len;

    INVARIANT(r && s && pair && ECDSA_SIG_set0(pair, r, s) == 1);
    len = i2d_ECDSA_SIG(pair, NULL);
    if (len > 0 && len <= DER_LEN_MAX)
        len = i2d_ECDSA_SIG(pair, &at);
    ECDSA_SIG_free(pair);
    return len > 0 && len <= DER_LEN_MAX ? (size_t)len : 0;
}

enum err hpke_public_check(const uint8_t point[static HPKE_PUBLIC_LEN], struct slice message,
                           const uint8_t pop[static HPKE_POP_LEN])
{
    EVP_PKEY *key = hpke_inner_public(point);
    EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    uint8_t digest[SHA256_LEN], der[DER_LEN_MAX];
    size_t der_len = to_der(pop, der);
    bool right;

    sha256(digest, message);
    right = context && der_len > 0 && EVP_PKEY_verify_init(context) == 1 &&
            EVP_PKEY_verify(context, der, der_len, digest, sizeof digest) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return right ? OK : ERR_INVALID;
}
