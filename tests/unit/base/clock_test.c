#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/random.h"

static int64_t fixed(void)
{
    return 1764000000123456;
}

static void replaced(void **state)
{
    (void)state;
    int64_t before = clock_steady_us();

    clock_replace(fixed);
    assert_true(clock_unix_us() == 1764000000123456);
    assert_true(clock_unix() == 1764000000);
    clock_replace(NULL);
    assert_true(clock_unix() > 1764000000);
    assert_true(clock_steady_us() >= before);
}

static void formats(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951827696, "2000-02-29T12:34:56Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {253402300800, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CLOCK_TEXT_LEN];

        clock_format(text, rows[i].seconds);
        assert_string_equal(text, rows[i].text);
    }
}

static uint8_t next_fill;
static unsigned fills;

/* Bytes that make the first values fall below 2^64 mod 3, which random_below() must skip. */
static void counting(void *out, size_t len)
{
    memset(out, fills++ == 0 ? 0 : next_fill, len);
}

static void below_a_bound(void **state)
{
    (void)state;
    unsigned counts[3] = {0};

    for (unsigned i = 0; i < 3000; i++)
        counts[random_below(3)]++;
    for (unsigned i = 0; i < 3; i++)
        assert_in_range(counts[i], 800, 1200); /* 7 standard deviations */
    assert_int_equal(random_below(1), 0);

    random_replace(counting);
    next_fill = 0xff;
    /* 2^64 mod 3 = 1: the value 0 is skipped, 2^64 − 1 is divisible by 3. */
    assert_int_equal(random_below(3), 0);
    assert_int_equal(fills, 2);
    random_replace(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaced),
        cmocka_unit_test(formats),
        cmocka_unit_test(below_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
