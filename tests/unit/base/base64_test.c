#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"

static const struct {
    const char *bytes, *text;
} good[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xff\xef\xbe", "/+++"},
};

/* RFC 4648 §10. */
static void both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t bytes_len = strlen(good[i].bytes), len = 99;
        char text[16];
        uint8_t bytes[16];

        base64_encode(text, good[i].bytes, bytes_len);
        assert_string_equal(text, good[i].text);
        assert_int_equal(base64_decode(slice_str(good[i].text), bytes, sizeof bytes, &len), OK);
        assert_int_equal(len, bytes_len);
        assert_memory_equal(bytes, good[i].bytes, len);
        assert_int_equal(base64_decode_exact(slice_str(good[i].text), bytes, len), OK);
        assert_int_equal(base64_decode_exact(slice_str(good[i].text), bytes, len + 1), ERR_INVALID);
        if (len > 0)
            assert_int_equal(base64_decode_exact(slice_str(good[i].text), bytes, len - 1),
                             ERR_INVALID);
    }
}

static void every_byte_and_length(void **state)
{
    (void)state;
    uint8_t bytes[256], back[256];
    char text[BASE64_LEN(256) + 1];
    size_t back_len = 0;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 167 + 13);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        base64_encode(text, bytes, len);
        assert_int_equal(strlen(text), BASE64_LEN(len));
        assert_int_equal(base64_decode(slice_str(text), back, len, &back_len), OK);
        assert_int_equal(back_len, len);
        assert_memory_equal(back, bytes, len);
        if (len > 0)
            assert_int_equal(base64_decode(slice_str(text), back, len - 1, &back_len), ERR_INVALID);
    }
}

static void refuses_other_spellings(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Zg",       "Zg=",  "Zh==", "Zm9=",  "Z===", "====",     "=",    "Zg==\n",     " Zg==",
        "Zg==Zg==", "Z=g=", "-_-_", "Zm9vZ", "Zm 9", "Zm9v====", "AA=A", "\xc3\xa9zz",
    };
    uint8_t out[16];
    size_t len;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (base64_decode(slice_str(bad[i]), out, sizeof out, &len) != ERR_INVALID)
            fail_msg("accepted %s", bad[i]);
    assert_int_equal(base64_decode(slice_of("Zm\0v", 4), out, sizeof out, &len), ERR_INVALID);
}

static void hex(void **state)
{
    (void)state;
    char text[9];
    uint8_t bytes[4];

    hex_encode(text, "\x00\x9f\xa0\xff", 4);
    assert_string_equal(text, "009fa0ff");
    assert_int_equal(hex_decode_exact(slice_str("009fa0ff"), bytes, 4), OK);
    assert_memory_equal(bytes, "\x00\x9f\xa0\xff", 4);
    assert_int_equal(hex_decode_exact(slice_str("009fa0fF"), bytes, 4), ERR_INVALID);
    assert_int_equal(hex_decode_exact(slice_str("009fa0f"), bytes, 4), ERR_INVALID);
    assert_int_equal(hex_decode_exact(slice_str("009fa0ff0"), bytes, 4), ERR_INVALID);
    assert_int_equal(hex_decode_exact(slice_str("009fa0fg"), bytes, 4), ERR_INVALID);
    assert_int_equal(hex_decode_exact(slice_str("0x9fa0ff"), bytes, 4), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(every_byte_and_length),
        cmocka_unit_test(refuses_other_spellings),
        cmocka_unit_test(hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
