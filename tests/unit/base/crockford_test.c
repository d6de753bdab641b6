#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crockford.h"

static void reads(const char *typed, const char *code)
{
    uint8_t out[9];
    size_t len = 99;
    enum err err = crockford_read(slice_str(typed), 8, out, &len);
    if (code == NULL)
        assert_int_equal(err, ERR_INVALID);
    else
        assert_true(err == OK && slice_is(slice_of(out, len), code));
}

static void one_spelling(void **state)
{
    (void)state;
    reads("ABCD-EFGH", "ABCDEFGH");
    reads(" abcd efgh ", "ABCDEFGH");
    reads("oOiIlL01", "00111101");
    reads("", "");
    reads("-- -", "");
    reads("wxyz", "WXYZ");
}

static void others_are_refused(void **state)
{
    static const char *const bad[] = {"U", "u", "ABC_", "A.B", "\x01", "\xd0\xb0", "A\n"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        reads(bad[i], NULL);
    reads("ABCDEFGHJ", NULL);
    uint8_t out[4];
    size_t len;
    assert_int_equal(crockford_read(slice_of("A\0B", 3), 4, out, &len), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_spelling),
        cmocka_unit_test(others_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
