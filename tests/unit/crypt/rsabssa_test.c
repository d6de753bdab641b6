#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../../../server/crypt/rsabssa_inner.h"
#include "../shared.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/random.h"

enum { KEYS = 3 };

static struct rsabssa_secret *secrets[KEYS];
static struct rsabssa_public *publics[KEYS];
static struct buf spkis[KEYS];

static int begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        buf_init(&spkis[i], 1000);
        if (rsabssa_secret_generate(&secrets[i]) != OK ||
            rsabssa_secret_spki(secrets[i], &spkis[i]) != OK ||
            rsabssa_public_parse(buf_slice(&spkis[i]), &publics[i]) != OK)
            return -1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        rsabssa_secret_destroy(secrets[i]);
        rsabssa_public_destroy(publics[i]);
        buf_release(&spkis[i]);
    }
    return 0;
}

/* ---- The vectors of RFC 9474, appendix A: RSA-4096, with salt and without ---- */

static const char *field(const json_t *vector, const char *name)
{
    const char *text = json_string_value(json_object_get(vector, name));

    assert_non_null(text);
    return strncmp(text, "0x", 2) == 0 ? text + 2 : text;
}

static BIGNUM *number(const json_t *vector, const char *name)
{
    BIGNUM *value = NULL;

    assert_true(BN_hex2bn(&value, field(vector, name)) > 0);
    return value;
}

static void number_bytes(const json_t *vector, const char *name, uint8_t *out, int len)
{
    BIGNUM *value = number(vector, name);

    assert_int_equal(BN_bn2binpad(value, out, len), len);
    BN_free(value);
}

static size_t hex_bytes(const json_t *vector, const char *name, uint8_t *out, size_t cap)
{
    size_t len = 0;

    assert_int_equal(OPENSSL_hexstr2buf_ex(out, cap, &len, field(vector, name), '\0'), 1);
    return len;
}

struct numbers {
    BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qi;
};

static EVP_PKEY *make_key(const struct numbers *numbers)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;

    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, numbers->n);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, numbers->e);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, numbers->d);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR1, numbers->p);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR2, numbers->q);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers->dp);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers->dq);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers->qi);
    params = OSSL_PARAM_BLD_to_param(builder);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void numbers_free(struct numbers *numbers)
{
    BN_free(numbers->n);
    BN_free(numbers->e);
    BN_free(numbers->d);
    BN_free(numbers->p);
    BN_free(numbers->q);
    BN_free(numbers->dp);
    BN_free(numbers->dq);
    BN_free(numbers->qi);
}

static EVP_PKEY *vector_key(const json_t *vector)
{
    struct numbers numbers = {.n = number(vector, "n"),
                              .e = number(vector, "e"),
                              .d = number(vector, "d"),
                              .p = number(vector, "p"),
                              .q = number(vector, "q"),
                              .dp = BN_new(),
                              .dq = BN_new(),
                              .qi = BN_new()};
    BN_CTX *scratch = BN_CTX_new();
    BIGNUM *less = BN_new();
    EVP_PKEY *key;

    BN_sub(less, numbers.p, BN_value_one());
    BN_mod(numbers.dp, numbers.d, less, scratch);
    BN_sub(less, numbers.q, BN_value_one());
    BN_mod(numbers.dq, numbers.d, less, scratch);
    BN_mod_inverse(numbers.qi, numbers.q, numbers.p, scratch);
    key = make_key(&numbers);
    BN_free(less);
    BN_CTX_free(scratch);
    numbers_free(&numbers);
    return key;
}

static void run_vector(const json_t *vector)
{
    enum { LEN = 512 };
    uint8_t message[256], salt[RSABSSA_SALT_LEN] = {0}, r[LEN], inverse[LEN], blinded[LEN];
    uint8_t blind_sig[LEN], sig[LEN], made[LEN], made_inverse[LEN];
    struct slice text = slice_of(message, hex_bytes(vector, "input_msg", message, sizeof message));
    size_t salt_len = *field(vector, "salt") ? hex_bytes(vector, "salt", salt, sizeof salt) : 0;
    struct rsabssa_secret *secret = rsabssa_inner_secret(vector_key(vector));
    struct rsabssa_public *public = rsabssa_inner_public(vector_key(vector), salt_len);
    struct rsabssa_public *other_salt =
        rsabssa_inner_public(vector_key(vector), RSABSSA_SALT_LEN - salt_len);
    BIGNUM *factor = number(vector, "inv");
    BN_CTX *scratch = BN_CTX_new();

    assert_int_equal(public->len, LEN);
    number_bytes(vector, "inv", inverse, LEN);
    assert_non_null(BN_mod_inverse(factor, factor, public->n, scratch));
    assert_int_equal(BN_bn2binpad(factor, r, LEN), LEN);
    number_bytes(vector, "blinded_msg", blinded, LEN);
    number_bytes(vector, "blind_sig", blind_sig, LEN);
    number_bytes(vector, "sig", sig, LEN);

    assert_int_equal(rsabssa_blind(public, text, salt, r, made, made_inverse), OK);
    assert_memory_equal(made, blinded, LEN);
    assert_memory_equal(made_inverse, inverse, LEN);
    assert_int_equal(rsabssa_blind_sign(secret, blinded, made), OK);
    assert_memory_equal(made, blind_sig, LEN);
    assert_int_equal(rsabssa_finalize(public, text, blind_sig, inverse, made), OK);
    assert_memory_equal(made, sig, LEN);
    assert_true(rsabssa_verify(public, text, sig));
    assert_false(rsabssa_verify(other_salt, text, sig));
    blind_sig[17] ^= 1;
    assert_int_equal(rsabssa_finalize(public, text, blind_sig, inverse, made), ERR_INVALID);

    BN_CTX_free(scratch);
    BN_free(factor);
    rsabssa_public_destroy(other_salt);
    rsabssa_public_destroy(public);
    rsabssa_secret_destroy(secret);
}

static void rfc9474(void **state)
{
    (void)state;
    json_t *vectors = shared_json("rfc9474.json", "rfc9474"), *vector;
    size_t i;

    if (!vectors)
        skip();
    json_array_foreach(vectors, i, vector) run_vector(vector);
    assert_int_equal(i, 4);
    json_decref(vectors);
}

/* ---- A pass from end to end ---- */

static void make_pass(size_t key, struct slice message, uint8_t sig[static RSABSSA_LEN])
{
    uint8_t salt[RSABSSA_SALT_LEN], r[RSABSSA_LEN], blinded[RSABSSA_LEN], inverse[RSABSSA_LEN];
    uint8_t blind_sig[RSABSSA_LEN];

    random_bytes(salt, sizeof salt);
    do {
        random_bytes(r, sizeof r);
    } while (rsabssa_blind(publics[key], message, salt, r, blinded, inverse) != OK);
    assert_int_equal(rsabssa_blind_sign(secrets[key], blinded, blind_sig), OK);
    assert_int_equal(rsabssa_finalize(publics[key], message, blind_sig, inverse, sig), OK);
}

static void pass(void **state)
{
    (void)state;
    struct slice message = slice_str("0123456789abcdef0123456789abcdefballot-pass/v1\n");
    uint8_t sig[RSABSSA_LEN];

    make_pass(0, message, sig);
    assert_true(rsabssa_verify(publics[0], message, sig));
    assert_false(rsabssa_verify(publics[1], message, sig));
    assert_false(rsabssa_verify(publics[0], slice_str("another"), sig));
    assert_false(rsabssa_verify(publics[0], slice_of(NULL, 0), sig));
    for (size_t bit = 0; bit < 8 * RSABSSA_LEN; bit += 61) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(rsabssa_verify(publics[0], message, sig));
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(rsabssa_verify(publics[0], message, sig)); /* a refusal spoils nothing */
}

static void proves_possession(void **state)
{
    (void)state;
    uint8_t sig[RSABSSA_LEN];

    assert_int_equal(rsabssa_secret_prove(secrets[0], slice_str("key-pop"), sig), OK);
    assert_true(rsabssa_verify(publics[0], slice_str("key-pop"), sig));
    assert_false(rsabssa_verify(publics[0], slice_str("key-pip"), sig));
    assert_false(rsabssa_verify(publics[1], slice_str("key-pop"), sig));
}

/* A signature of another salt length, made by OpenSSL alone. */
static void sign_with_salt(const struct rsabssa_secret *secret, struct slice message, int salt_len,
                           uint8_t sig[static RSABSSA_LEN])
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL;
    size_t len = RSABSSA_LEN;

    assert_int_equal(
        EVP_DigestSignInit_ex(digest, &context, "SHA384", NULL, NULL, secret->key, NULL), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt_len), 1);
    assert_int_equal(EVP_DigestSign(digest, sig, &len, message.data, message.len), 1);
    EVP_MD_CTX_free(digest);
}

static void salt_is_exactly_48(void **state)
{
    (void)state;
    static const int lengths[] = {0, 32, 47, 49, 64, 206};
    struct slice message = slice_str("message");
    uint8_t sig[RSABSSA_LEN];

    sign_with_salt(secrets[0], message, 48, sig);
    assert_true(rsabssa_verify(publics[0], message, sig));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        sign_with_salt(secrets[0], message, lengths[i], sig);
        assert_false(rsabssa_verify(publics[0], message, sig));
    }
}

/* s + n opens to the same message: a second spelling of one pass. It fits in 2048 bits for some s.
 */
static void signature_is_below_n(void **state)
{
    (void)state;
    BIGNUM *s = BN_new();
    struct slice message = slice_str("message");
    uint8_t sig[RSABSSA_LEN];
    bool fitted = false;

    for (unsigned tries = 0; tries < 200 && !fitted; tries++) {
        sign_with_salt(secrets[0], message, 48, sig);
        BN_bin2bn(sig, sizeof sig, s);
        BN_add(s, s, publics[0]->n);
        fitted = BN_num_bits(s) <= 8 * RSABSSA_LEN;
    }
    assert_true(fitted);
    assert_int_equal(BN_bn2binpad(s, sig, RSABSSA_LEN), RSABSSA_LEN);
    assert_false(rsabssa_verify(publics[0], message, sig));
    BN_free(s);
    memset(sig, 0, sizeof sig);
    assert_false(rsabssa_verify(publics[0], message, sig));
    memset(sig, 0xff, sizeof sig);
    assert_false(rsabssa_verify(publics[0], message, sig));
}

/* ---- What the registrar refuses and never releases ---- */

/* blinded = n + offset, or offset alone. */
static enum err sign_number(const BIGNUM *base, long offset, uint8_t out[static RSABSSA_LEN])
{
    BIGNUM *value = base ? BN_dup(base) : BN_new();
    uint8_t blinded[RSABSSA_LEN];

    if (offset < 0)
        BN_sub_word(value, (BN_ULONG)-offset);
    else
        BN_add_word(value, (BN_ULONG)offset);
    assert_int_equal(BN_bn2binpad(value, blinded, RSABSSA_LEN), RSABSSA_LEN);
    BN_free(value);
    return rsabssa_blind_sign(secrets[0], blinded, out);
}

static void blinded_range(void **state)
{
    (void)state;
    const BIGNUM *n = publics[0]->n;
    uint8_t out[RSABSSA_LEN], blinded[RSABSSA_LEN];

    assert_int_equal(sign_number(NULL, 0, out), ERR_INVALID);
    assert_int_equal(sign_number(NULL, 1, out), ERR_INVALID);
    assert_int_equal(sign_number(NULL, 2, out), OK);
    assert_int_equal(sign_number(n, -1, out), OK);
    assert_int_equal(sign_number(n, 0, out), ERR_INVALID);
    assert_int_equal(sign_number(n, 1, out), ERR_INVALID);
    memset(blinded, 0xff, sizeof blinded);
    assert_int_equal(rsabssa_blind_sign(secrets[0], blinded, out), ERR_INVALID);
}

static BIGNUM *part(const struct rsabssa_secret *secret, const char *name)
{
    BIGNUM *value = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(secret->key, name, &value), 1);
    return value;
}

/* A key whose CRT exponent and plain exponent are both off by a bit. OpenSSL notices the first by
 * itself and falls back on the second, so both must be wrong for a wrong result to come out. */
static void faulty_result_is_not_released(void **state)
{
    (void)state;
    struct numbers numbers = {.n = part(secrets[0], OSSL_PKEY_PARAM_RSA_N),
                              .e = part(secrets[0], OSSL_PKEY_PARAM_RSA_E),
                              .d = part(secrets[0], OSSL_PKEY_PARAM_RSA_D),
                              .p = part(secrets[0], OSSL_PKEY_PARAM_RSA_FACTOR1),
                              .q = part(secrets[0], OSSL_PKEY_PARAM_RSA_FACTOR2),
                              .dp = part(secrets[0], OSSL_PKEY_PARAM_RSA_EXPONENT1),
                              .dq = part(secrets[0], OSSL_PKEY_PARAM_RSA_EXPONENT2),
                              .qi = part(secrets[0], OSSL_PKEY_PARAM_RSA_COEFFICIENT1)};
    struct rsabssa_secret *whole = rsabssa_inner_secret(make_key(&numbers)), *broken;
    uint8_t blinded[RSABSSA_LEN] = {0, 42}, out[RSABSSA_LEN], untouched[RSABSSA_LEN];

    assert_int_equal(rsabssa_blind_sign(whole, blinded, out), OK);
    BN_add_word(numbers.dp, 2);
    BN_add_word(numbers.d, 2);
    broken = rsabssa_inner_secret(make_key(&numbers));
    memset(out, 0x5a, sizeof out);
    memset(untouched, 0x5a, sizeof untouched);
    assert_int_equal(rsabssa_blind_sign(broken, blinded, out), ERR_INTERNAL);
    assert_memory_equal(out, untouched, sizeof out);
    rsabssa_secret_destroy(whole);
    rsabssa_secret_destroy(broken);
    numbers_free(&numbers);
}

static enum err blind_with(const BIGNUM *r)
{
    uint8_t salt[RSABSSA_SALT_LEN] = {0}, bytes[RSABSSA_LEN], blinded[RSABSSA_LEN];
    uint8_t inverse[RSABSSA_LEN];

    assert_int_equal(BN_bn2binpad(r, bytes, RSABSSA_LEN), RSABSSA_LEN);
    return rsabssa_blind(publics[0], slice_str("m"), salt, bytes, blinded, inverse);
}

static void factor_range(void **state)
{
    (void)state;
    BIGNUM *r = BN_new(), *p = part(secrets[0], OSSL_PKEY_PARAM_RSA_FACTOR1);

    assert_int_equal(blind_with(r), ERR_INVALID); /* 0 */
    assert_int_equal(blind_with(BN_value_one()), OK);
    assert_int_equal(blind_with(publics[0]->n), ERR_INVALID);
    BN_copy(r, publics[0]->n);
    BN_add_word(r, 2);
    assert_int_equal(blind_with(r), ERR_INVALID);
    BN_sub_word(r, 3);
    assert_int_equal(blind_with(r), OK);          /* n − 1 */
    assert_int_equal(blind_with(p), ERR_INVALID); /* no inverse */
    BN_free(r);
    BN_free(p);
}

/* ---- Encodings of keys ---- */

static enum err parse(struct slice spki)
{
    struct rsabssa_public *public = NULL;
    enum err err = rsabssa_public_parse(spki, &public);

    rsabssa_public_destroy(public);
    return err;
}

static enum err parse_key(EVP_PKEY *key)
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    enum err err;

    assert_true(len > 0);
    err = parse(slice_of(der, (size_t)len));
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return err;
}

static EVP_PKEY *generate(const char *type, unsigned bits, unsigned long e)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    BIGNUM *exponent = BN_new();
    EVP_PKEY *key = NULL;

    BN_set_word(exponent, e);
    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits), 1);
    assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, exponent), 1);
    assert_int_equal(EVP_PKEY_generate(context, &key), 1);
    BN_free(exponent);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void refuses_other_keys(void **state)
{
    (void)state;
    assert_int_equal(parse(buf_slice(&spkis[0])), OK);
    assert_int_equal(parse_key(generate("RSA", 1024, 65537)), ERR_INVALID);
    assert_int_equal(parse_key(generate("RSA", 2040, 65537)), ERR_INVALID);
    assert_int_equal(parse_key(generate("RSA", 2048, 3)), ERR_INVALID);
    assert_int_equal(parse_key(generate("RSA-PSS", 2048, 65537)), ERR_INVALID);
    assert_int_equal(parse_key(EVP_EC_gen("P-256")), ERR_INVALID);
    assert_int_equal(parse_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")), ERR_INVALID);
}

/* One key has one encoding, or one key could get two ids. */
static void refuses_other_encodings(void **state)
{
    (void)state;
    struct slice good = buf_slice(&spkis[0]);
    uint8_t bytes[400];

    assert_int_equal(good.len, 294);
    assert_int_equal(parse(slice_of(NULL, 0)), ERR_INVALID);
    for (size_t len = 1; len < good.len; len++)
        assert_int_equal(parse(slice_of(good.data, len)), ERR_INVALID);
    memcpy(bytes, good.data, good.len);
    bytes[good.len] = 0;
    assert_int_equal(parse(slice_of(bytes, good.len + 1)), ERR_INVALID);
    /* The outer length in three bytes where two do: BER, not DER. */
    memcpy(bytes, "\x30\x83\x00", 3);
    memcpy(bytes + 3, good.data + 2, good.len - 2);
    assert_int_equal(parse(slice_of(bytes, good.len + 1)), ERR_INVALID);
    /* Parameters absent where rsaEncryption has NULL: 30 0d 06 09 … 05 00 → 30 0b 06 09 …. */
    assert_memory_equal(good.data + 4, "\x30\x0d\x06\x09", 4);
    memcpy(bytes, good.data, good.len);
    bytes[3] = (uint8_t)(bytes[3] - 2);
    bytes[5] = 0x0b;
    memmove(bytes + 17, bytes + 19, good.len - 19);
    assert_int_equal(parse(slice_of(bytes, good.len - 2)), ERR_INVALID);
    /* An even modulus. */
    memcpy(bytes, good.data, good.len);
    bytes[good.len - 6] &= 0xfe;
    assert_int_equal(parse(slice_of(bytes, good.len)), ERR_INVALID);
}

static void pem_round_trip(void **state)
{
    (void)state;
    struct rsabssa_secret *again = NULL;
    struct buf pem, spki;

    buf_init(&pem, 4000);
    buf_init(&spki, 1000);
    assert_int_equal(rsabssa_secret_pem(secrets[1], &pem), OK);
    assert_int_equal(rsabssa_secret_parse(buf_slice(&pem), &again), OK);
    assert_int_equal(rsabssa_secret_spki(again, &spki), OK);
    assert_true(slice_equal(buf_slice(&spki), buf_slice(&spkis[1])));
    rsabssa_secret_destroy(again);
    again = NULL;
    pem.data[pem.len / 2] ^= 1;
    assert_int_equal(rsabssa_secret_parse(slice_of(pem.data, pem.len / 2), &again), ERR_INVALID);
    assert_null(again);
    buf_release_secret(&pem);
    buf_release(&spki);
}

/* ---- Threads and the cache of contexts ---- */

struct batch {
    uint8_t (*sigs)[RSABSSA_LEN];
    bool *right;
    bool *wrong;
};

static void verify_one(void *context, size_t index)
{
    struct batch *batch = context;
    struct slice message = slice_of(&index, sizeof index);

    batch->right[index] = rsabssa_verify(publics[index % KEYS], message, batch->sigs[index]);
    batch->wrong[index] = rsabssa_verify(publics[(index + 1) % KEYS], message, batch->sigs[index]);
}

static void sign_one(void *context, size_t index)
{
    struct batch *batch = context;
    struct slice message = slice_of(&index, sizeof index);

    make_pass(index % KEYS, message, batch->sigs[index]);
}

static void from_several_threads(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    static uint8_t sigs[COUNT][RSABSSA_LEN];
    static bool right[COUNT], wrong[COUNT];
    struct batch batch = {.sigs = sigs, .right = right, .wrong = wrong};
    struct pool *pool = pool_create(4);

    pool_run(pool, COUNT, sign_one, &batch);
    for (unsigned round = 0; round < 5; round++) {
        pool_run(pool, COUNT, verify_one, &batch);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(right[i]);
            assert_false(wrong[i]);
        }
    }
    pool_destroy(pool);
}

/* Keys come and go, often at the address of the last one, more of them than the cache has room for:
 * each verifies its own signatures only. */
static void keys_come_and_go(void **state)
{
    (void)state;
    struct rsabssa_public *kept[80];
    uint8_t sigs[2][RSABSSA_LEN];

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rsabssa_secret_prove(secrets[i], slice_str("m"), sigs[i]), OK);
    for (unsigned round = 0; round < 100; round++) {
        struct rsabssa_public *public = NULL;

        assert_int_equal(rsabssa_public_parse(buf_slice(&spkis[round % 2]), &public), OK);
        assert_true(rsabssa_verify(public, slice_str("m"), sigs[round % 2]));
        assert_false(rsabssa_verify(public, slice_str("m"), sigs[1 - round % 2]));
        rsabssa_public_destroy(public);
    }
    for (size_t i = 0; i < 80; i++)
        assert_int_equal(rsabssa_public_parse(buf_slice(&spkis[i % 2]), &kept[i]), OK);
    for (size_t i = 0; i < 160; i++) {
        size_t at = i * 37 % 80;

        assert_true(rsabssa_verify(kept[at], slice_str("m"), sigs[at % 2]));
        assert_false(rsabssa_verify(kept[at], slice_str("m"), sigs[1 - at % 2]));
    }
    for (size_t i = 0; i < 80; i++)
        rsabssa_public_destroy(kept[i]);
    rsabssa_public_destroy(NULL);
    rsabssa_secret_destroy(NULL);
}

/* The same of secret keys: with base 2 the result tells which key was used, 2 = sig^e mod n. */
static void secrets_come_and_go(void **state)
{
    (void)state;
    struct rsabssa_secret *kept[80];
    struct buf pems[2];
    uint8_t two[RSABSSA_LEN] = {[RSABSSA_LEN - 1] = 2}, expected[2][RSABSSA_LEN], out[RSABSSA_LEN];

    for (size_t i = 0; i < 2; i++) {
        buf_init(&pems[i], 4096);
        assert_int_equal(rsabssa_secret_pem(secrets[i], &pems[i]), OK);
        assert_int_equal(rsabssa_blind_sign(secrets[i], two, expected[i]), OK);
    }
    assert_memory_not_equal(expected[0], expected[1], RSABSSA_LEN);
    for (size_t i = 0; i < 80; i++)
        assert_int_equal(rsabssa_secret_parse(buf_slice(&pems[i % 2]), &kept[i]), OK);
    for (size_t i = 0; i < 120; i++) {
        size_t at = i * 37 % 80;

        assert_int_equal(rsabssa_blind_sign(kept[at], two, out), OK);
        assert_memory_equal(out, expected[at % 2], RSABSSA_LEN);
        rsabssa_secret_destroy(kept[at]);
        assert_int_equal(rsabssa_secret_parse(buf_slice(&pems[(at + 1) % 2]), &kept[at]), OK);
        assert_int_equal(rsabssa_blind_sign(kept[at], two, out), OK);
        assert_memory_equal(out, expected[(at + 1) % 2], RSABSSA_LEN);
        rsabssa_secret_destroy(kept[at]);
        assert_int_equal(rsabssa_secret_parse(buf_slice(&pems[at % 2]), &kept[at]), OK);
    }
    for (size_t i = 0; i < 80; i++)
        rsabssa_secret_destroy(kept[i]);
    for (size_t i = 0; i < 2; i++)
        buf_release_secret(&pems[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc9474),
        cmocka_unit_test(pass),
        cmocka_unit_test(proves_possession),
        cmocka_unit_test(salt_is_exactly_48),
        cmocka_unit_test(signature_is_below_n),
        cmocka_unit_test(blinded_range),
        cmocka_unit_test(faulty_result_is_not_released),
        cmocka_unit_test(factor_range),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(refuses_other_encodings),
        cmocka_unit_test(pem_round_trip),
        cmocka_unit_test(from_several_threads),
        cmocka_unit_test(keys_come_and_go),
        cmocka_unit_test(secrets_come_and_go),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
