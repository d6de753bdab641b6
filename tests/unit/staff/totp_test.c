#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "staff/totp.h"

static const uint8_t *const secret = (const uint8_t *)"12345678901234567890"; /* of RFC 6238 */

/* RFC 6238, Appendix B, SHA1: the last six of its eight digits. */
static void rfc_vectors(void **state)
{
    static const struct {
        int64_t unix_seconds;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[TOTP_CODE_LEN + 1];
        uint64_t step = 0;
        totp_code(secret, rows[i].unix_seconds, code);
        assert_string_equal(code, rows[i].code);
        assert_true(totp_check(secret, slice_str(code), rows[i].unix_seconds, 0, &step));
        assert_int_equal(step, rows[i].unix_seconds / TOTP_STEP_S);
    }
}

static bool checks(int64_t made_unix, int64_t now_unix, uint64_t last)
{
    char code[TOTP_CODE_LEN + 1];
    uint64_t step = 0;
    totp_code(secret, made_unix, code);
    return totp_check(secret, slice_str(code), now_unix, last, &step) &&
           step == (uint64_t)made_unix / TOTP_STEP_S;
}

static void one_step_off_is_fine_and_two_are_not(void **state)
{
    const int64_t now = 1800000000;
    (void)state;
    assert_true(checks(now - 30, now, 0));
    assert_true(checks(now + 30, now, 0));
    assert_false(checks(now - 60, now, 0));
    assert_false(checks(now + 60, now, 0));
}

static void a_code_works_once_and_none_before_it(void **state)
{
    const int64_t now = 1800000000;
    const uint64_t step = (uint64_t)now / TOTP_STEP_S;
    (void)state;
    assert_true(checks(now, now, step - 1));
    assert_false(checks(now, now, step));
    assert_false(checks(now - 30, now, step));
    assert_true(checks(now + 30, now, step));
}

static void other_texts_are_no_codes(void **state)
{
    static const char *const texts[] = {"",        "28708",   "2870822", "28708x", " 287082",
                                        "287082 ", "-287082", "۲۸۷۰۸۲",  "28.082"};
    uint64_t step = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(totp_check(secret, slice_str(texts[i]), 59, 0, &step));
    assert_false(totp_check(secret, slice_of("287082\0", 7), 59, 0, &step));
}

static void secrets_go_there_and_back(void **state)
{
    char text[TOTP_SECRET_TEXT_LEN + 1];
    uint8_t back[TOTP_SECRET_LEN];
    struct buf uri;
    (void)state;
    totp_secret_text(secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_int_equal(totp_secret_parse(slice_str(text), back), OK);
    assert_memory_equal(back, secret, sizeof back);
    assert_int_equal(totp_secret_parse(slice_str("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), back),
                     OK);
    assert_int_equal(totp_secret_parse(slice_str("GEZDGNBV"), back), ERR_INVALID);
    assert_int_equal(totp_secret_parse(slice_str("0189"), back), ERR_INVALID);
    buf_init(&uri, 256);
    totp_uri(&uri, "demo", "admin-1", text);
    assert_string_equal(buf_text(&uri), "otpauth://totp/Dauys:demo%20admin-1?secret="
                                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Dauys");
    buf_release(&uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors),
        cmocka_unit_test(one_step_off_is_fine_and_two_are_not),
        cmocka_unit_test(a_code_works_once_and_none_before_it),
        cmocka_unit_test(other_texts_are_no_codes),
        cmocka_unit_test(secrets_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
