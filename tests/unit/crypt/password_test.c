#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "crypt/password.h"

/* By Python's hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChlorideee", n=2**15, r=8, p=1,
 * maxmem=2**26, dklen=32). */
static void is_scrypt(void **state)
{
    uint8_t hash[PASSWORD_HASH_LEN];
    char text[2 * PASSWORD_HASH_LEN + 1];
    (void)state;
    password_hash(hash, slice_str("pleaseletmein"), (const uint8_t *)"SodiumChlorideee");
    hex_encode(text, hash, sizeof hash);
    assert_string_equal(text, "2164be8ae530cb947dac280f267fe6055c8c66e521ecc240eadb3821e345ad88");
}

static void differs_with_password_and_salt(void **state)
{
    uint8_t a[PASSWORD_HASH_LEN], b[PASSWORD_HASH_LEN];
    (void)state;
    password_hash(a, slice_of(NULL, 0), (const uint8_t *)"SodiumChlorideee");
    password_hash(b, slice_str("x"), (const uint8_t *)"SodiumChlorideee");
    assert_false(password_equal(a, b, sizeof a));
    password_hash(b, slice_of(NULL, 0), (const uint8_t *)"sodiumChlorideee");
    assert_false(password_equal(a, b, sizeof a));
    password_hash(b, slice_of(NULL, 0), (const uint8_t *)"SodiumChlorideee");
    assert_true(password_equal(a, b, sizeof a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_scrypt),
        cmocka_unit_test(differs_with_password_and_salt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
