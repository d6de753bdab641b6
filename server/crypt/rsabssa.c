#include "crypt/rsabssa.h"

#include <stdatomic.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/mem.h"
#include "crypt/hash.h"
#include "library.h"
#include "pem.h"
#include "rsabssa_inner.h"

#define PUBLIC_EXPONENT 65537
#define SPKI_LEN_MAX 512 /* of an RSA-2048 key it is 294 */

/* ---- Keys ---- */

static BIGNUM *key_number(const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;

    INVARIANT(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    return number;
}

struct rsabssa_public *rsabssa_inner_public(EVP_PKEY *key, size_t salt_len)
{
    static atomic_uint_fast64_t last_id;
    struct rsabssa_public *public;

    if (!key)
        return NULL;
    public = xcalloc(1, sizeof *public);
    *public = (struct rsabssa_public){.key = key,
                                      .n = key_number(key, OSSL_PKEY_PARAM_RSA_N),
                                      .e = key_number(key, OSSL_PKEY_PARAM_RSA_E),
                                      .len = (size_t)EVP_PKEY_get_size(key),
                                      .salt_len = salt_len,
                                      .id = atomic_fetch_add(&last_id, 1) + 1};
    INVARIANT(public->len <= RSABSSA_INNER_LEN_MAX);
    return public;
}

struct rsabssa_secret *rsabssa_inner_secret(EVP_PKEY *key)
{
    static atomic_uint_fast64_t last_id;
    struct rsabssa_secret *secret;

    if (!key)
        return NULL;
    secret = xcalloc(1, sizeof *secret);
    *secret = (struct rsabssa_secret){.key = key,
                                      .n = key_number(key, OSSL_PKEY_PARAM_RSA_N),
                                      .len = (size_t)EVP_PKEY_get_size(key),
                                      .id = atomic_fetch_add(&last_id, 1) + 1};
    INVARIANT(secret->len <= RSABSSA_INNER_LEN_MAX);
    return secret;
}

void rsabssa_public_destroy(struct rsabssa_public *public)
{
    if (!public)
        return;
    EVP_PKEY_free(public->key);
    BN_free(public->n);
    BN_free(public->e);
    free(public);
}

static void forget_signer(struct crypt_signer *slot)
{
    EVP_PKEY_CTX_free(slot->secret);
    EVP_PKEY_CTX_free(slot->public);
    *slot = (struct crypt_signer){0};
}

/* Other threads that signed with it hold the key until they end. */
void rsabssa_secret_destroy(struct rsabssa_secret *secret)
{
    struct crypt_signer *slot;

    if (!secret)
        return;
    slot = &crypt_thread()->signers[secret->id % CRYPT_VERIFIERS];
    if (slot->id == secret->id)
        forget_signer(slot);
    EVP_PKEY_free(secret->key); /* OpenSSL wipes its numbers */
    BN_free(secret->n);
    free(secret);
}

/* RSA (not RSA-PSS, another algorithm identifier), 2048 bits, e = 65537, n odd. */
static bool right_kind(const EVP_PKEY *key)
{
    BIGNUM *n = NULL, *e = NULL;
    bool right;

    if (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) != RSABSSA_LEN * 8)
        return false;
    n = key_number(key, OSSL_PKEY_PARAM_RSA_N);
    e = key_number(key, OSSL_PKEY_PARAM_RSA_E);
    right = BN_is_odd(n) && BN_is_word(e, PUBLIC_EXPONENT);
    BN_free(n);
    BN_free(e);
    return right;
}

static bool same_encoding(const EVP_PKEY *key, struct slice spki)
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    bool same = len > 0 && slice_equal(slice_of(der, (size_t)len), spki);

    OPENSSL_free(der);
    return same;
}

enum err rsabssa_public_parse(struct slice spki, struct rsabssa_public **public)
{
    const unsigned char *at = spki.data;
    EVP_PKEY *key;

    if (spki.len == 0 || spki.len > SPKI_LEN_MAX)
        return ERR_INVALID;
    key = d2i_PUBKEY(NULL, &at, (long)spki.len);
    ERR_clear_error();
    if (!key || !right_kind(key) || !same_encoding(key, spki)) {
        EVP_PKEY_free(key);
        return ERR_INVALID;
    }
    *public = rsabssa_inner_public(key, RSABSSA_SALT_LEN);
    return OK;
}

enum err rsabssa_secret_generate(struct rsabssa_secret **secret)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSABSSA_LEN * 8);

    if (!key)
        return ERR_INTERNAL;
    *secret = rsabssa_inner_secret(key);
    return OK;
}

enum err rsabssa_secret_parse(struct slice pem, struct rsabssa_secret **secret)
{
    EVP_PKEY *key = NULL;
    enum err err = pem_parse(pem, &key);

    if (err != OK)
        return err;
    if (!right_kind(key)) {
        EVP_PKEY_free(key);
        return ERR_INVALID;
    }
    *secret = rsabssa_inner_secret(key);
    return OK;
}

enum err rsabssa_secret_pem(const struct rsabssa_secret *secret, struct buf *out)
{
    return pem_put(secret->key, out);
}

enum err rsabssa_secret_spki(const struct rsabssa_secret *secret, struct buf *out)
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(secret->key, &der);

    if (len > 0)
        buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    return len > 0 && !buf_failed(out) ? OK : ERR_INTERNAL;
}

/* ---- PSS (RFC 8017 §9.1) with SHA-384 ---- */

static bool set_pss(EVP_PKEY_CTX *context, size_t salt_len)
{
    const EVP_MD *md = crypt_library()->sha384;

    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, (int)salt_len) == 1;
}

/* This thread's context for the key, made on first use. It holds a reference on the EVP_PKEY, so a
 * destroyed key leaves nothing dangling: only a slot that no id asks for again. */
static EVP_PKEY_CTX *verifier(const struct rsabssa_public *public)
{
    struct crypt_verifier *slot = &crypt_thread()->verifiers[public->id % CRYPT_VERIFIERS];

    if (slot->id == public->id)
        return slot->context;
    EVP_PKEY_CTX_free(slot->context);
    slot->context = EVP_PKEY_CTX_new_from_pkey(NULL, public->key, NULL);
    slot->id = public->id;
    INVARIANT(slot->context && EVP_PKEY_verify_init(slot->context) == 1 &&
              set_pss(slot->context, public->salt_len));
    return slot->context;
}

bool rsabssa_verify(const struct rsabssa_public *public, struct slice message,
                    const uint8_t sig[static RSABSSA_LEN])
{
    uint8_t digest[SHA384_LEN];
    bool right;

    sha384_parts(digest, &message, 1);
    /* OpenSSL refuses sig ≥ n and any other salt length itself; the test holds it to both. */
    right = EVP_PKEY_verify(verifier(public), sig, public->len, digest, sizeof digest) == 1;
    if (!right)
        ERR_clear_error();
    return right;
}

/* Masks len bytes of db with MGF1-SHA-384 of h (RFC 8017 §B.2.1). */
static void mask(uint8_t *db, size_t len, const uint8_t h[static SHA384_LEN])
{
    uint8_t block[SHA384_LEN];

    for (size_t i = 0; i < len; i++) {
        size_t number = i / SHA384_LEN; /* below 2^8: the first three bytes of the counter are 0 */
        uint8_t counter[4] = {0, 0, 0, (uint8_t)number};

        if (i % SHA384_LEN == 0)
            sha384_parts(
                block,
                (const struct slice[]){slice_of(h, SHA384_LEN), slice_of(counter, sizeof counter)},
                2);
        db[i] ^= block[i % SHA384_LEN];
    }
}

/* EMSA-PSS-ENCODE (RFC 8017 §9.1.1) for a modulus of em_len·8 bits: emBits is one less, so the
 * first bit is cleared. em = maskedDB ‖ H ‖ 0xbc, DB = 0… ‖ 0x01 ‖ salt. */
static void pss_encode(uint8_t *em, size_t em_len, struct slice message, struct slice salt)
{
    static const uint8_t eight_zeros[8];
    size_t db_len = em_len - SHA384_LEN - 1;
    uint8_t digest[SHA384_LEN], *h = em + db_len;

    INVARIANT(db_len >= salt.len + 1);
    sha384_parts(digest, &message, 1);
    sha384_parts(h,
                 (const struct slice[]){slice_of(eight_zeros, sizeof eight_zeros),
                                        slice_of(digest, sizeof digest), salt},
                 3);
    memset(em, 0, db_len);
    em[db_len - salt.len - 1] = 0x01;
    if (salt.len > 0)
        memcpy(em + db_len - salt.len, salt.data, salt.len);
    mask(em, db_len, h);
    em[0] &= 0x7f;
    em[em_len - 1] = 0xbc;
}

enum err rsabssa_secret_prove(const struct rsabssa_secret *secret, struct slice message,
                              uint8_t sig[static RSABSSA_LEN])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, secret->key, NULL);
    uint8_t digest[SHA384_LEN];
    size_t len = secret->len;
    bool done;

    sha384_parts(digest, &message, 1);
    done = context && EVP_PKEY_sign_init(context) == 1 && set_pss(context, RSABSSA_SALT_LEN) &&
           EVP_PKEY_sign(context, sig, &len, digest, sizeof digest) == 1 && len == secret->len;
    EVP_PKEY_CTX_free(context);
    return done ? OK : ERR_INTERNAL;
}

/* ---- The blind signature ---- */

/* This thread's contexts for the key's two powers without padding, made on first use. */
static const struct crypt_signer *signer(const struct rsabssa_secret *secret)
{
    struct crypt_signer *slot = &crypt_thread()->signers[secret->id % CRYPT_VERIFIERS];

    if (slot->id == secret->id)
        return slot;
    forget_signer(slot);
    slot->secret = EVP_PKEY_CTX_new_from_pkey(NULL, secret->key, NULL);
    slot->public = EVP_PKEY_CTX_new_from_pkey(NULL, secret->key, NULL);
    slot->id = secret->id;
    INVARIANT(slot->secret && EVP_PKEY_decrypt_init(slot->secret) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(slot->secret, RSA_NO_PADDING) == 1);
    INVARIANT(slot->public && EVP_PKEY_encrypt_init(slot->public) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(slot->public, RSA_NO_PADDING) == 1);
    return slot;
}

/* in^d mod n. OpenSSL blinds it against timing and refuses in ≥ n. */
static bool raise_secret(const struct rsabssa_secret *secret, const uint8_t *in, uint8_t *out)
{
    size_t len = secret->len;

    return EVP_PKEY_decrypt(signer(secret)->secret, out, &len, in, secret->len) == 1 &&
           len == secret->len;
}

/* in^e mod n. */
static bool raise_public(const struct rsabssa_secret *secret, const uint8_t *in, uint8_t *out)
{
    size_t len = secret->len;

    return EVP_PKEY_encrypt(signer(secret)->public, out, &len, in, secret->len) == 1 &&
           len == secret->len;
}

/* 1 < number < n. */
static bool in_range(const uint8_t *number, size_t len, const BIGNUM *n)
{
    BIGNUM *value = BN_bin2bn(number, (int)len, NULL);
    bool inside;

    INVARIANT(value);
    inside = !BN_is_zero(value) && !BN_is_one(value) && BN_ucmp(value, n) < 0;
    BN_free(value);
    return inside;
}

enum err rsabssa_blind_sign(const struct rsabssa_secret *secret,
                            const uint8_t blinded[static RSABSSA_LEN],
                            uint8_t out[static RSABSSA_LEN])
{
    uint8_t result[RSABSSA_INNER_LEN_MAX], back[RSABSSA_INNER_LEN_MAX];
    enum err err = ERR_INTERNAL;

    if (!in_range(blinded, secret->len, secret->n))
        return ERR_INVALID;
    /* One wrong result of the CRT, released, gives away the factors (Boneh, DeMillo, Lipton 1997).
     */
    if (raise_secret(secret, blinded, result) && raise_public(secret, result, back) &&
        CRYPTO_memcmp(back, blinded, secret->len) == 0) {
        memcpy(out, result, secret->len);
        err = OK;
    }
    ERR_clear_error();
    wipe(result, sizeof result);
    wipe(back, sizeof back);
    return err;
}

enum err rsabssa_blind(const struct rsabssa_public *public, struct slice message,
                       const uint8_t salt[static RSABSSA_SALT_LEN],
                       const uint8_t r[static RSABSSA_LEN], uint8_t blinded[static RSABSSA_LEN],
                       uint8_t inverse[static RSABSSA_LEN])
{
    uint8_t em[RSABSSA_INNER_LEN_MAX];
    int len = (int)public->len;
    BN_CTX *scratch = BN_CTX_secure_new();
    BIGNUM *m, *factor, *inverted, *z;
    enum err err = ERR_INVALID;

    INVARIANT(scratch);
    pss_encode(em, public->len, message, slice_of(salt, public->salt_len));
    BN_CTX_start(scratch);
    m = BN_CTX_get(scratch);
    factor = BN_CTX_get(scratch);
    inverted = BN_CTX_get(scratch);
    z = BN_CTX_get(scratch);
    INVARIANT(z && BN_bin2bn(em, len, m) && BN_bin2bn(r, len, factor));
    BN_set_flags(factor, BN_FLG_CONSTTIME);
    /* m below n by its cleared first bit; m that shares a factor with n would break the key. */
    if (BN_is_zero(factor) || BN_ucmp(factor, public->n) >= 0 ||
        !BN_mod_inverse(inverted, factor, public->n, scratch))
        goto out;
    err = ERR_INTERNAL;
    if (!BN_mod_exp(z, factor, public->e, public->n, scratch) ||
        !BN_mod_mul(z, z, m, public->n, scratch) || BN_bn2binpad(z, blinded, len) != len ||
        BN_bn2binpad(inverted, inverse, len) != len)
        goto out;
    err = OK;
out:
    ERR_clear_error();
    BN_CTX_end(scratch);
    BN_CTX_free(scratch);
    wipe(em, sizeof em);
    return err;
}

enum err rsabssa_finalize(const struct rsabssa_public *public, struct slice message,
                          const uint8_t blind_sig[static RSABSSA_LEN],
                          const uint8_t inverse[static RSABSSA_LEN],
                          uint8_t sig[static RSABSSA_LEN])
{
    uint8_t result[RSABSSA_INNER_LEN_MAX];
    int len = (int)public->len;
    BN_CTX *scratch = BN_CTX_secure_new();
    BIGNUM *z = BN_bin2bn(blind_sig, len, NULL), *inverted = BN_bin2bn(inverse, len, NULL);

    INVARIANT(scratch && z && inverted);
    INVARIANT(BN_mod_mul(z, z, inverted, public->n, scratch) == 1 &&
              BN_bn2binpad(z, result, len) == len);
    BN_clear_free(z);
    BN_clear_free(inverted);
    BN_CTX_free(scratch);
    if (!rsabssa_verify(public, message, result))
        return ERR_INVALID;
    memcpy(sig, result, public->len);
    return OK;
}
