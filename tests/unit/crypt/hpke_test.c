#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/pool.h"
#include "base/random.h"
#include "crypt/hpke.h"

/* RFC 6979 A.2.5: a key pair, and its ECDSA-SHA256 signature on "sample". */
#define SCALAR "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define POINT                                                                                      \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                           \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define SAMPLE_SIG                                                                                 \
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"                             \
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

/* A ballot that npm @hpke/core 1.9.0 sealed to that key. */
#define ENC                                                                                        \
    "04b98ac020535c7d40d29a56fbc9134dc804174a466a4d789dfc0bd64167293cd0634c8e1ba3e5900ba76ee61507" \
    "dc99902244ce479f6ff3dbfc262e0e08eecb9e"
#define CT "a265fc6124d2422961915431fc1f1c230e2c549349ee562a1ce3e638c63656d7b19c63c073bc74"
#define INFO "ballot-seal/v1\nexample.org/demo\n"
#define AAD "{\"cat\":\"cat_01\",\"pk\":\"x\",\"rev\":1}"
#define CHOICE "{\"c\":\"17\",\"m\":\"choose\"}"

#define CHOICE_LEN (sizeof CHOICE - 1)
#define CT_LEN (CHOICE_LEN + HPKE_TAG_LEN)

static struct hpke_secret *secret;
static uint8_t point[HPKE_PUBLIC_LEN], enc[HPKE_PUBLIC_LEN], ct[CT_LEN];

static void from_hex(const char *text, uint8_t *out, size_t len)
{
    assert_int_equal(hex_decode_exact(slice_str(text), out, len), OK);
}

static int begin(void **state)
{
    (void)state;
    uint8_t scalar[HPKE_SECRET_LEN];

    from_hex(SCALAR, scalar, sizeof scalar);
    from_hex(POINT, point, sizeof point);
    from_hex(ENC, enc, sizeof enc);
    from_hex(CT, ct, sizeof ct);
    return hpke_secret_from_bytes(scalar, &secret) == OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    hpke_secret_destroy(secret);
    hpke_secret_destroy(NULL);
    return 0;
}

static enum err open_ballot(const uint8_t *from, struct slice text, uint8_t *out)
{
    return hpke_open(secret, from, slice_str(INFO), slice_str(AAD), text, out);
}

static void opens_a_known_ballot(void **state)
{
    (void)state;
    uint8_t out[CHOICE_LEN], again[HPKE_PUBLIC_LEN], scalar[HPKE_SECRET_LEN];
    char text[2 * HPKE_SECRET_LEN + 1];

    hpke_secret_public(secret, again);
    assert_memory_equal(again, point, sizeof point);
    hpke_secret_bytes(secret, scalar);
    hex_encode(text, scalar, sizeof scalar);
    assert_string_equal(text, SCALAR);
    assert_int_equal(open_ballot(enc, slice_of(ct, sizeof ct), out), OK);
    assert_memory_equal(out, CHOICE, CHOICE_LEN);
}

static void refuses_what_is_not_it(void **state)
{
    (void)state;
    struct hpke_secret *other = NULL;
    struct slice whole = slice_of(ct, sizeof ct);
    uint8_t out[CHOICE_LEN], zeros[CHOICE_LEN] = {0}, bad[CT_LEN + 1] = {0};

    for (size_t bit = 0; bit < 8 * sizeof ct; bit++) {
        memcpy(bad, ct, sizeof ct);
        bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_ballot(enc, slice_of(bad, sizeof ct), out), ERR_INVALID);
        assert_memory_equal(out, zeros, sizeof out); /* nothing unverified is left */
    }
    memcpy(bad, ct, sizeof ct);
    for (size_t len = 0; len < sizeof ct; len++)
        assert_int_equal(open_ballot(enc, slice_of(bad, len), out), ERR_INVALID);
    assert_int_equal(hpke_open(secret, enc, slice_str(INFO "x"), slice_str(AAD), whole, out),
                     ERR_INVALID);
    assert_int_equal(hpke_open(secret, enc, slice_str(INFO), slice_str("{}"), whole, out),
                     ERR_INVALID);
    assert_int_equal(hpke_secret_generate(&other), OK);
    assert_int_equal(hpke_open(other, enc, slice_str(INFO), slice_str(AAD), whole, out),
                     ERR_INVALID);
    hpke_secret_destroy(other);
    assert_int_equal(open_ballot(enc, whole, out), OK);
}

/* Encapsulated points that must not be taken, and after each one that must. */
static void refuses_bad_points(void **state)
{
    (void)state;
    static const char *const bad[] = {
        /* off the curve: the known point with another last byte; (1, 1); (0, 0) */
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298",
        "040000000000000000000000000000000000000000000000000000000000000001"
        "0000000000000000000000000000000000000000000000000000000000000001",
        "040000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000",
        /* all zeros: infinity, padded */
        "000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000000",
        /* hybrid encodings (SEC 1 §2.3.3 without them) of the known point, its y odd */
        "0660fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        "0760fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        /* compressed, padded */
        "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "0000000000000000000000000000000000000000000000000000000000000000",
        /* x = p + 5, y of the point with x = 5: right modulo p */
        "04ffffffff00000001000000000000000000000001000000000000000000000004"
        "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
        "04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    uint8_t from[HPKE_PUBLIC_LEN], spki[HPKE_SPKI_LEN], out[CHOICE_LEN], sealed[CT_LEN];
    uint8_t sealed_enc[HPKE_PUBLIC_LEN];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        from_hex(bad[i], from, sizeof from);
        assert_int_equal(open_ballot(from, slice_of(ct, sizeof ct), out), ERR_INVALID);
        assert_int_equal(hpke_public_spki(from, spki), ERR_INVALID);
        assert_int_equal(
            hpke_seal(from, slice_str(INFO), slice_str(AAD), slice_str(CHOICE), sealed_enc, sealed),
            ERR_INVALID);
        assert_int_equal(open_ballot(enc, slice_of(ct, sizeof ct), out), OK);
    }
    /* The row x = p + 5 tests the range of x only if x = 5 itself is on the curve. */
    from_hex("040000000000000000000000000000000000000000000000000000000000000005"
             "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
             from, sizeof from);
    assert_int_equal(hpke_public_spki(from, spki), OK);
}

static void scalar_range(void **state)
{
    (void)state;
    static const struct {
        const char *scalar;
        enum err err;
    } rows[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", ERR_INVALID},
        {"0000000000000000000000000000000000000000000000000000000000000001", OK},
        {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", OK},
        {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", ERR_INVALID},
        {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552", ERR_INVALID},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_INVALID},
    };
    uint8_t scalar[HPKE_SECRET_LEN], made[HPKE_PUBLIC_LEN];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hpke_secret *key = NULL;

        from_hex(rows[i].scalar, scalar, sizeof scalar);
        assert_int_equal(hpke_secret_from_bytes(scalar, &key), rows[i].err);
        assert_int_equal(key != NULL, rows[i].err == OK);
        if (key) {
            hpke_secret_public(key, made); /* ±G: the same x */
            assert_memory_equal(made, "\x04\x6b\x17\xd1\xf2\xe1\x2c\x42\x47", 9);
        }
        hpke_secret_destroy(key);
    }
}

static void round_trip(void **state)
{
    (void)state;
    static uint8_t text[3000], sealed[sizeof text + HPKE_TAG_LEN], out[sizeof text];
    uint8_t sealed_enc[HPKE_PUBLIC_LEN], last_enc[HPKE_PUBLIC_LEN] = {0};

    random_bytes(text, sizeof text);
    for (size_t len = 0; len <= sizeof text; len = len * 2 + 1) {
        struct slice aad = slice_of(text, len / 3), info = slice_of(text, len / 2);

        assert_int_equal(hpke_seal(point, info, aad, slice_of(text, len), sealed_enc, sealed), OK);
        assert_memory_not_equal(sealed_enc, last_enc, sizeof last_enc);
        memcpy(last_enc, sealed_enc, sizeof last_enc);
        assert_int_equal(
            hpke_open(secret, sealed_enc, info, aad, slice_of(sealed, len + HPKE_TAG_LEN), out),
            OK);
        assert_memory_equal(out, text, len);
    }
}

static void spki(void **state)
{
    (void)state;
    uint8_t der[HPKE_SPKI_LEN + 1] = {0}, back[HPKE_PUBLIC_LEN];

    assert_int_equal(hpke_public_spki(point, der), OK);
    assert_int_equal(hpke_public_from_spki(slice_of(der, HPKE_SPKI_LEN), back), OK);
    assert_memory_equal(back, point, sizeof point);
    assert_int_equal(hpke_public_from_spki(slice_of(der, HPKE_SPKI_LEN - 1), back), ERR_INVALID);
    assert_int_equal(hpke_public_from_spki(slice_of(der, HPKE_SPKI_LEN + 1), back), ERR_INVALID);
    for (size_t i = 0; i < HPKE_SPKI_LEN; i++) { /* any byte: another key type, or off the curve */
        der[i] ^= 1;
        assert_int_equal(hpke_public_from_spki(slice_of(der, HPKE_SPKI_LEN), back), ERR_INVALID);
        der[i] ^= 1;
    }
}

static void proof_of_possession(void **state)
{
    (void)state;
    struct hpke_secret *other = NULL;
    uint8_t pop[HPKE_POP_LEN], other_point[HPKE_PUBLIC_LEN];

    from_hex(SAMPLE_SIG, pop, sizeof pop);
    assert_int_equal(hpke_public_check(point, slice_str("sample"), pop), OK);
    assert_int_equal(hpke_public_check(point, slice_str("simple"), pop), ERR_INVALID);
    for (unsigned i = 0; i < 300; i++) { /* r and s with leading zero bytes among them */
        assert_int_equal(hpke_secret_prove(secret, slice_of(&i, sizeof i), pop), OK);
        assert_int_equal(hpke_public_check(point, slice_of(&i, sizeof i), pop), OK);
    }
    for (size_t bit = 0; bit < 8 * sizeof pop; bit += 13) {
        pop[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(hpke_public_check(point, slice_of("\x2b\x01\0\0", 4), pop), ERR_INVALID);
        pop[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(hpke_public_check(point, slice_of("\x2b\x01\0\0", 4), pop), OK);
    assert_int_equal(hpke_secret_generate(&other), OK);
    hpke_secret_public(other, other_point);
    assert_int_equal(hpke_public_check(other_point, slice_of("\x2b\x01\0\0", 4), pop), ERR_INVALID);
    other_point[64] ^= 1;
    assert_int_equal(hpke_public_check(other_point, slice_of("\x2b\x01\0\0", 4), pop), ERR_INVALID);
    memset(pop, 0, sizeof pop);
    assert_int_equal(hpke_public_check(point, slice_str("sample"), pop), ERR_INVALID);
    memset(pop, 0xff, sizeof pop);
    assert_int_equal(hpke_public_check(point, slice_str("sample"), pop), ERR_INVALID);
    hpke_secret_destroy(other);
}

static void open_one(void *context, size_t index)
{
    enum err *errs = context;
    uint8_t sealed[64 + HPKE_TAG_LEN], out[64], sealed_enc[HPKE_PUBLIC_LEN], text[64];

    memset(text, (int)index, sizeof text);
    errs[index] = hpke_seal(point, slice_str(INFO), slice_str(AAD), slice_of(text, sizeof text),
                            sealed_enc, sealed);
    if (errs[index] == OK)
        errs[index] = open_ballot(sealed_enc, slice_of(sealed, sizeof sealed), out);
    if (errs[index] == OK && memcmp(out, text, sizeof text) != 0)
        errs[index] = ERR_CORRUPT;
    sealed[index % sizeof sealed] ^= 1;
    if (errs[index] == OK && open_ballot(sealed_enc, slice_of(sealed, sizeof sealed), out) == OK)
        errs[index] = ERR_CORRUPT;
}

static void from_several_threads(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    static enum err errs[COUNT];
    struct pool *pool = pool_create(4);

    for (size_t i = 0; i < COUNT; i++)
        errs[i] = ERR_UNKNOWN;
    pool_run(pool, COUNT, open_one, errs);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(errs[i], OK);
    pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_known_ballot), cmocka_unit_test(refuses_what_is_not_it),
        cmocka_unit_test(refuses_bad_points),   cmocka_unit_test(scalar_range),
        cmocka_unit_test(round_trip),           cmocka_unit_test(spki),
        cmocka_unit_test(proof_of_possession),  cmocka_unit_test(from_several_threads),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
