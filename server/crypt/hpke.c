/*
 * RFC 9180 names in the text: DH (§4.1), ExtractAndExpand, LabeledExtract and LabeledExpand (§4),
 * KeySchedule (§5.1), single shot (§6.1).
 *
 * The peer's point is not validated a second time. Setting it decodes it, and the decoding refuses
 * coordinates not below p and points off the curve; 0x04 in front leaves no room for the point at
 * infinity, which has its own one-byte encoding. P-256 has cofactor 1, so every other point has the
 * group's order and the check that OpenSSL would repeat (order·point = infinity, as dear as the
 * whole DH) can't fail. RFC 9180 §7.1.4 asks for just this (partial) validation and that the shared
 * point is not infinity, which then holds too, since the secret is not 0 modulo the order.
 */
#include "crypt/hpke.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include "base/mem.h"
#include "base/random.h"
#include "crypt/hash.h"
#include "hpke_inner.h"
#include "library.h"

#define KEY_LEN 32
#define NONCE_LEN 12
#define UNCOMPRESSED 0x04

static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x10};
static const uint8_t hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x10, 0x00, 0x01, 0x00, 0x02};

#define KEM_SUITE slice_of(kem_suite, sizeof kem_suite)
#define HPKE_SUITE slice_of(hpke_suite, sizeof hpke_suite)
#define EMPTY ((struct slice){0})

struct hpke_secret {
    EVP_PKEY *key;
    uint8_t scalar[HPKE_SECRET_LEN];
    uint8_t point[HPKE_PUBLIC_LEN];
};

/* ---- Keys ---- */

/* scalar·G. False when the scalar is 0 or not below the order. */
static bool derive_point(const uint8_t scalar[static HPKE_SECRET_LEN],
                         uint8_t point[static HPKE_PUBLIC_LEN])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *product = group ? EC_POINT_new(group) : NULL;
    BIGNUM *d = BN_secure_new();
    bool right;

    INVARIANT(product && d && BN_bin2bn(scalar, HPKE_SECRET_LEN, d));
    BN_set_flags(d, BN_FLG_CONSTTIME);
    right = !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0;
    if (right)
        INVARIANT(EC_POINT_mul(group, product, d, NULL, NULL, NULL) == 1 &&
                  EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, point,
                                     HPKE_PUBLIC_LEN, NULL) == HPKE_PUBLIC_LEN);
    BN_clear_free(d);
    EC_POINT_free(product);
    EC_GROUP_free(group);
    return right;
}

/* An EVP_PKEY of a point, with its scalar or without (NULL); NULL when the point is off the curve.
 */
static EVP_PKEY *make_key(const uint8_t point[static HPKE_PUBLIC_LEN], const uint8_t *scalar)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *d = scalar ? BN_bin2bn(scalar, HPKE_SECRET_LEN, BN_secure_new()) : NULL;
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    INVARIANT(context && builder && (d || !scalar));
    INVARIANT(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0));
    INVARIANT(
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, HPKE_PUBLIC_LEN));
    INVARIANT(!d ||
              OSSL_PARAM_BLD_push_BN_pad(builder, OSSL_PKEY_PARAM_PRIV_KEY, d, HPKE_SECRET_LEN));
    params = OSSL_PARAM_BLD_to_param(builder);
    INVARIANT(params && EVP_PKEY_fromdata_init(context) == 1);
    if (EVP_PKEY_fromdata(context, &key, scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) !=
        1)
        ERR_clear_error();
    OSSL_PARAM_free(params); /* wipes what came from secure memory */
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    BN_clear_free(d);
    return key;
}

enum err hpke_secret_from_bytes(const uint8_t scalar[static HPKE_SECRET_LEN],
                                struct hpke_secret **secret)
{
    struct hpke_secret *made = xcalloc(1, sizeof *made);

    if (!derive_point(scalar, made->point)) {
        free(made);
        return ERR_INVALID;
    }
    memcpy(made->scalar, scalar, HPKE_SECRET_LEN);
    made->key = make_key(made->point, made->scalar);
    INVARIANT(made->key);
    *secret = made;
    return OK;
}

enum err hpke_secret_generate(struct hpke_secret **secret)
{
    uint8_t scalar[HPKE_SECRET_LEN];
    enum err err;

    do {
        random_bytes(scalar, sizeof scalar);
        err = hpke_secret_from_bytes(scalar, secret);
    } while (err == ERR_INVALID); /* once in 2^32 */
    wipe(scalar, sizeof scalar);
    return err;
}

void hpke_secret_destroy(struct hpke_secret *secret)
{
    if (!secret)
        return;
    EVP_PKEY_free(secret->key);
    wipe(secret, sizeof *secret);
    free(secret);
}

void hpke_secret_bytes(const struct hpke_secret *secret, uint8_t scalar[static HPKE_SECRET_LEN])
{
    memcpy(scalar, secret->scalar, HPKE_SECRET_LEN);
}

void hpke_secret_public(const struct hpke_secret *secret, uint8_t point[static HPKE_PUBLIC_LEN])
{
    memcpy(point, secret->point, HPKE_PUBLIC_LEN);
}

EVP_PKEY *hpke_inner_key(const struct hpke_secret *secret)
{
    return secret->key;
}

EVP_PKEY *hpke_inner_public(const uint8_t point[static HPKE_PUBLIC_LEN])
{
    return point[0] == UNCOMPRESSED ? make_key(point, NULL) : NULL;
}

enum err hpke_inner_from_key(const EVP_PKEY *key, struct hpke_secret **secret)
{
    char group[16];
    uint8_t scalar[HPKE_SECRET_LEN];
    BIGNUM *d = NULL;
    enum err err = ERR_INVALID;

    if (EVP_PKEY_is_a(key, "EC") &&
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       NULL) == 1 &&
        strcmp(group, "prime256v1") == 0 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
        BN_bn2binpad(d, scalar, sizeof scalar) == sizeof scalar)
        err = hpke_secret_from_bytes(scalar, secret);
    ERR_clear_error();
    BN_clear_free(d);
    wipe(scalar, sizeof scalar);
    return err;
}

/* ---- SubjectPublicKeyInfo (RFC 5480): id-ecPublicKey, prime256v1, an uncompressed point ---- */

static const uint8_t spki_head[HPKE_SPKI_LEN - HPKE_PUBLIC_LEN] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

static bool on_curve(const uint8_t point[static HPKE_PUBLIC_LEN])
{
    EVP_PKEY *key = hpke_inner_public(point);
    bool right = key;

    EVP_PKEY_free(key);
    return right;
}

enum err hpke_public_spki(const uint8_t point[static HPKE_PUBLIC_LEN],
                          uint8_t spki[static HPKE_SPKI_LEN])
{
    if (!on_curve(point))
        return ERR_INVALID;
    memcpy(spki, spki_head, sizeof spki_head);
    memcpy(spki + sizeof spki_head, point, HPKE_PUBLIC_LEN);
    return OK;
}

enum err hpke_public_from_spki(struct slice spki, uint8_t point[static HPKE_PUBLIC_LEN])
{
    if (spki.len != HPKE_SPKI_LEN || memcmp(spki.data, spki_head, sizeof spki_head) != 0 ||
        !on_curve(spki.data + sizeof spki_head))
        return ERR_INVALID;
    memcpy(point, spki.data + sizeof spki_head, HPKE_PUBLIC_LEN);
    return OK;
}

/* ---- Key schedule ---- */

static void labeled_extract(uint8_t prk[static SHA256_LEN], struct slice salt, struct slice suite,
                            const char *label, struct slice ikm)
{
    const struct slice parts[] = {slice_str("HPKE-v1"), suite, slice_str(label), ikm};

    hmac_sha256_parts(prk, salt, parts, sizeof parts / sizeof *parts);
}

/* One block of HKDF-Expand: no output here is longer. */
static void labeled_expand(uint8_t *out, size_t out_len, const uint8_t prk[static SHA256_LEN],
                           struct slice suite, const char *label, struct slice info)
{
    const uint8_t length[2] = {0, (uint8_t)out_len}, first = 1;
    const struct slice parts[] = {slice_of(length, sizeof length),
                                  slice_str("HPKE-v1"),
                                  suite,
                                  slice_str(label),
                                  info,
                                  slice_of(&first, 1)};
    uint8_t block[SHA256_LEN];

    INVARIANT(out_len <= sizeof block);
    hmac_sha256_parts(block, slice_of(prk, SHA256_LEN), parts, sizeof parts / sizeof *parts);
    memcpy(out, block, out_len);
    wipe(block, sizeof block);
}

struct schedule {
    uint8_t key[KEY_LEN];
    uint8_t nonce[NONCE_LEN]; /* base_nonce: the one message has sequence number 0 */
};

/* ExtractAndExpand of the DH result, then KeySchedule of mode_base, whose psk and psk_id are empty.
 */
static void key_schedule(struct schedule *schedule, const uint8_t dh[static SHA256_LEN],
                         const uint8_t enc[static HPKE_PUBLIC_LEN],
                         const uint8_t recipient[static HPKE_PUBLIC_LEN], struct slice info)
{
    uint8_t prk[SHA256_LEN], shared[SHA256_LEN];
    uint8_t kem_context[2 * HPKE_PUBLIC_LEN], context[1 + 2 * SHA256_LEN] = {0 /* mode_base */};

    memcpy(kem_context, enc, HPKE_PUBLIC_LEN);
    memcpy(kem_context + HPKE_PUBLIC_LEN, recipient, HPKE_PUBLIC_LEN);
    labeled_extract(prk, EMPTY, KEM_SUITE, "eae_prk", slice_of(dh, SHA256_LEN));
    labeled_expand(shared, sizeof shared, prk, KEM_SUITE, "shared_secret",
                   slice_of(kem_context, sizeof kem_context));
    labeled_extract(context + 1, EMPTY, HPKE_SUITE, "psk_id_hash", EMPTY);
    labeled_extract(context + 1 + SHA256_LEN, EMPTY, HPKE_SUITE, "info_hash", info);
    labeled_extract(prk, slice_of(shared, sizeof shared), HPKE_SUITE, "secret", EMPTY);
    labeled_expand(schedule->key, sizeof schedule->key, prk, HPKE_SUITE, "key",
                   slice_of(context, sizeof context));
    labeled_expand(schedule->nonce, sizeof schedule->nonce, prk, HPKE_SUITE, "base_nonce",
                   slice_of(context, sizeof context));
    wipe(prk, sizeof prk);
    wipe(shared, sizeof shared);
}

/* This thread's key for peers. A fresh one each time costs a third of the DH: the group is copied.
 */
static EVP_PKEY *peer_key(const EVP_PKEY *like)
{
    struct crypt_thread *thread = crypt_thread();

    if (!thread->peer) {
        thread->peer = EVP_PKEY_new();
        INVARIANT(thread->peer && EVP_PKEY_copy_parameters(thread->peer, like) == 1);
    }
    return thread->peer;
}

/* DH(secret, point); false when the point is not one. */
static bool diffie_hellman(EVP_PKEY *secret, const uint8_t point[static HPKE_PUBLIC_LEN],
                           uint8_t dh[static SHA256_LEN])
{
    EVP_PKEY *peer = peer_key(secret);
    EVP_PKEY_CTX *context = NULL;
    size_t len = SHA256_LEN;
    bool done = point[0] == UNCOMPRESSED &&
                EVP_PKEY_set1_encoded_public_key(peer, point, HPKE_PUBLIC_LEN) == 1;

    if (done) {
        context = EVP_PKEY_CTX_new_from_pkey(NULL, secret, NULL);
        done = context && EVP_PKEY_derive_init(context) == 1 &&
               EVP_PKEY_derive_set_peer_ex(context, peer, 0) == 1 &&
               EVP_PKEY_derive(context, dh, &len) == 1 && len == SHA256_LEN;
    }
    EVP_PKEY_CTX_free(context);
    if (!done)
        ERR_clear_error();
    return done;
}

/* ---- Single shot ---- */

static bool decrypt(const struct schedule *schedule, struct slice aad, struct slice ct,
                    uint8_t *out)
{
    EVP_CIPHER_CTX *context = crypt_thread()->cipher;
    uint8_t tag[HPKE_TAG_LEN];
    int body_len = (int)(ct.len - HPKE_TAG_LEN), len = 0;

    memcpy(tag, ct.data + body_len, sizeof tag);
    return EVP_DecryptInit_ex2(context, crypt_library()->aes_256_gcm, schedule->key,
                               schedule->nonce, NULL) == 1 &&
           EVP_DecryptUpdate(context, NULL, &len, aad.data, (int)aad.len) == 1 &&
           EVP_DecryptUpdate(context, out, &len, ct.data, body_len) == 1 && len == body_len &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
           EVP_DecryptFinal_ex(context, out + len, &len) == 1;
}

enum err hpke_open(const struct hpke_secret *secret, const uint8_t enc[static HPKE_PUBLIC_LEN],
                   struct slice info, struct slice aad, struct slice ct, uint8_t *out)
{
    struct schedule schedule;
    uint8_t dh[SHA256_LEN];
    enum err err = ERR_INVALID;

    if (ct.len < HPKE_TAG_LEN || ct.len > INT32_MAX || aad.len > INT32_MAX)
        return ERR_INVALID;
    if (diffie_hellman(secret->key, enc, dh)) {
        key_schedule(&schedule, dh, enc, secret->point, info);
        if (decrypt(&schedule, aad, ct, out))
            err = OK;
        else
            wipe(out, ct.len - HPKE_TAG_LEN); /* what did not verify is nobody's to read */
        wipe(&schedule, sizeof schedule);
    }
    EVP_CIPHER_CTX_reset(crypt_thread()->cipher); /* keeps no ballot's key */
    wipe(dh, sizeof dh);
    return err;
}

static bool encrypt(const struct schedule *schedule, struct slice aad, struct slice pt, uint8_t *ct)
{
    EVP_CIPHER_CTX *context = crypt_thread()->cipher;
    int len = 0, rest = 0;
    bool done = EVP_EncryptInit_ex2(context, crypt_library()->aes_256_gcm, schedule->key,
                                    schedule->nonce, NULL) == 1 &&
                EVP_EncryptUpdate(context, NULL, &len, aad.data, (int)aad.len) == 1 &&
                EVP_EncryptUpdate(context, ct, &len, pt.data, (int)pt.len) == 1 &&
                EVP_EncryptFinal_ex(context, ct + len, &rest) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, HPKE_TAG_LEN, ct + pt.len) == 1;

    EVP_CIPHER_CTX_reset(context);
    return done;
}

enum err hpke_seal(const uint8_t point[static HPKE_PUBLIC_LEN], struct slice info, struct slice aad,
                   struct slice pt, uint8_t enc[static HPKE_PUBLIC_LEN], uint8_t *ct)
{
    struct hpke_secret *ephemeral = NULL;
    struct schedule schedule;
    uint8_t dh[SHA256_LEN];
    enum err err = ERR_INVALID;

    if (pt.len > INT32_MAX || aad.len > INT32_MAX)
        return ERR_INVALID;
    err = hpke_secret_generate(&ephemeral);
    if (err != OK)
        return err;
    err = ERR_INVALID;
    if (diffie_hellman(ephemeral->key, point, dh)) {
        memcpy(enc, ephemeral->point, HPKE_PUBLIC_LEN);
        key_schedule(&schedule, dh, enc, point, info);
        err = encrypt(&schedule, aad, pt, ct) ? OK : ERR_INTERNAL;
        wipe(&schedule, sizeof schedule);
    }
    wipe(dh, sizeof dh);
    hpke_secret_destroy(ephemeral);
    return err;
}
