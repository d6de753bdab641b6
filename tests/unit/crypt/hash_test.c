#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/pool.h"
#include "crypt/hash.h"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
    char text[400];

    assert_true(2 * len < sizeof text);
    hex_encode(text, bytes, len);
    assert_string_equal(text, expected);
}

/* FIPS 180-4 examples. */
static void sha2(void **state)
{
    (void)state;
    uint8_t out[SHA384_LEN];
    const struct slice parts[] = {slice_str("a"), slice_of(NULL, 0), slice_str("bc")};

    sha256(out, slice_str("abc"));
    assert_hex(out, SHA256_LEN, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_parts(out, parts, 3);
    assert_hex(out, SHA256_LEN, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256(out, slice_of(NULL, 0));
    assert_hex(out, SHA256_LEN, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha384_parts(out, parts, 3);
    assert_hex(out, SHA384_LEN,
               "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
               "8086072ba1e7cc2358baeca134c825a7");
    sha256(out, slice_str("abc")); /* after another digest in the same context */
    assert_hex(out, SHA256_LEN, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 4231 §4.2, 4.3, 4.7 and an empty key. */
static void hmac(void **state)
{
    (void)state;
    uint8_t out[SHA256_LEN], key[131];

    memset(key, 0x0b, sizeof key);
    hmac_sha256(out, slice_of(key, 20), slice_str("Hi There"));
    assert_hex(out, sizeof out, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256(out, slice_str("Jefe"), slice_str("what do ya want for nothing?"));
    assert_hex(out, sizeof out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    hmac_sha256(out, slice_of(key, 131),
                slice_str("Test Using Larger Than Block-Size Key - Hash Key First"));
    assert_hex(out, sizeof out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hmac_sha256(out, slice_of(NULL, 0), slice_of(NULL, 0));
    assert_hex(out, sizeof out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 5869 A.3 (empty salt and info), and the expansion of A.1. */
static void hkdf(void **state)
{
    (void)state;
    uint8_t out[255 * SHA256_LEN], ikm[22], prk[SHA256_LEN], first[100];

    memset(ikm, 0x0b, sizeof ikm);
    hkdf_sha256(out, 42, slice_of(ikm, sizeof ikm), slice_of(NULL, 0));
    assert_hex(out, 42,
               "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
               "9d201395faa4b61a96c8");
    assert_int_equal(
        hex_decode_exact(
            slice_str("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"), prk, 32),
        OK);
    hkdf_sha256_expand(out, 42, prk, slice_str("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9"));
    assert_hex(out, 42,
               "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
               "34007208d5b887185865");
    /* A shorter output is the head of a longer one, up to the longest there is. */
    hkdf_sha256(out, sizeof out, slice_str("code"), slice_str("info"));
    for (size_t len = 0; len <= sizeof first; len++) {
        hkdf_sha256(first, len, slice_str("code"), slice_str("info"));
        assert_memory_equal(first, out, len);
    }
}

static void hash_number(void *context, size_t index)
{
    uint8_t(*out)[SHA256_LEN] = context;

    hmac_sha256(out[index], slice_str("key"), slice_of(&index, sizeof index));
}

/* Threads have contexts of their own, freed with them (AddressSanitizer sees to the latter). */
static void from_any_thread(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static uint8_t alone[COUNT][SHA256_LEN], together[COUNT][SHA256_LEN];

    for (size_t i = 0; i < COUNT; i++)
        hash_number(alone, i);
    for (unsigned round = 0; round < 10; round++) {
        struct pool *pool = pool_create(4);

        memset(together, 0, sizeof together);
        pool_run(pool, COUNT, hash_number, together);
        assert_memory_equal(alone, together, sizeof alone);
        pool_destroy(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha2),
        cmocka_unit_test(hmac),
        cmocka_unit_test(hkdf),
        cmocka_unit_test(from_any_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
