#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../shared.h"
#include "base/base64.h"
#include "base/mem.h"
#include "crypt/ed25519.h"

static size_t from_hex(const char *text, uint8_t *out, size_t cap)
{
    size_t len = strlen(text) / 2;

    assert_true(len <= cap);
    assert_int_equal(hex_decode_exact(slice_str(text), out, len), OK);
    return len;
}

/* RFC 8032 §7.1, tests 1 to 3. */
static const struct {
    const char *seed, *public, *message, *sig;
} rows[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

static void signs_and_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t seed[32], public[32], message[8], sig[64], made[64];
        struct ed25519_secret secret;
        struct slice text;

        from_hex(rows[i].seed, seed, sizeof seed);
        from_hex(rows[i].public, public, sizeof public);
        from_hex(rows[i].sig, sig, sizeof sig);
        text = slice_of(message, from_hex(rows[i].message, message, sizeof message));
        ed25519_from_seed(&secret, seed);
        assert_memory_equal(secret.public, public, 32);
        assert_memory_equal(secret.seed, seed, 32);
        ed25519_sign(made, &secret, text);
        assert_memory_equal(made, sig, 64);
        assert_true(ed25519_verify(public, text, sig));
        for (size_t bit = 0; bit < 512; bit += 7) {
            sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(ed25519_verify(public, text, sig));
            sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_false(ed25519_verify(public, slice_str("another"), sig));
        public[0] ^= 1;
        assert_false(ed25519_verify(public, text, sig));
    }
}

static bool has_flag(const json_t *vector, const char *wanted)
{
    size_t i;
    json_t *flag;

    json_array_foreach(json_object_get(vector, "flags"), i, flag)
    {
        if (strcmp(json_string_value(flag), wanted) == 0)
            return true;
    }
    return false;
}

/* C2SP/CCTV: every vector, judged by its flags. */
static void cctv(void **state)
{
    (void)state;
    static const char *const refused[] = {"non_canonical_A", "non_canonical_R", "low_order_A",
                                          "low_order_R", "low_order_residue"};
    json_t *vectors = shared_json("cctv-ed25519.json", "cctv"), *vector;
    unsigned accepted = 0;
    size_t i;

    if (!vectors)
        skip();
    json_array_foreach(vectors, i, vector)
    {
        const char *message = json_string_value(json_object_get(vector, "msg"));
        uint8_t public[32], sig[64];
        bool expected = true;

        from_hex(json_string_value(json_object_get(vector, "key")), public, sizeof public);
        from_hex(json_string_value(json_object_get(vector, "sig")), sig, sizeof sig);
        for (size_t f = 0; f < sizeof refused / sizeof *refused; f++)
            expected = expected && !has_flag(vector, refused[f]);
        if (ed25519_verify(public, slice_str(message), sig) != expected)
            fail_msg("vector %zu: should be %s", i, expected ? "accepted" : "refused");
        accepted += expected;
    }
    assert_int_equal(i, 914);
    assert_in_range(accepted, 10, 900);
    json_decref(vectors);
}

/* ed25519-speccheck: of its twelve cases only 3 (A and R of mixed order, equation without the
 * cofactor holds) keeps our rule. */
static void speccheck(void **state)
{
    (void)state;
    json_t *vectors = shared_json("ed25519-speccheck.json", "speccheck"), *vector;
    size_t i;

    if (!vectors)
        skip();
    json_array_foreach(vectors, i, vector)
    {
        uint8_t public[32], sig[64], message[100];
        size_t len = from_hex(json_string_value(json_object_get(vector, "message")), message,
                              sizeof message);

        from_hex(json_string_value(json_object_get(vector, "pub_key")), public, sizeof public);
        from_hex(json_string_value(json_object_get(vector, "signature")), sig, sizeof sig);
        if (ed25519_verify(public, slice_of(message, len), sig) != (i == 3))
            fail_msg("case %zu", i);
    }
    assert_int_equal(i, 12);
    json_decref(vectors);
}

/* S + L: the same point equation, another spelling. */
static void refuses_large_s(void **state)
{
    (void)state;
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};
    uint8_t seed[32] = {7}, sig[64];
    struct ed25519_secret secret;
    unsigned carry = 0;

    ed25519_from_seed(&secret, seed);
    ed25519_sign(sig, &secret, slice_str("x"));
    assert_true(ed25519_verify(secret.public, slice_str("x"), sig));
    for (size_t i = 0; i < 32; i++) {
        carry += sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(ed25519_verify(secret.public, slice_str("x"), sig));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_verifies),
        cmocka_unit_test(cctv),
        cmocka_unit_test(speccheck),
        cmocka_unit_test(refuses_large_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
