#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json_depth.h"

static void levels(void **state)
{
    static const struct {
        const char *text;
        unsigned depth;
    } rows[] = {
        {"", 0},
        {"1", 0},
        {"{}", 1},
        {"[[1],[2]]", 2},
        {"[]]]][[", 2},
        {"\"[[[\"", 0},
        {"[\"\\\"[[\"]", 1},
        {"{\"a\":[{}]}", 3},
        {"[\"\\\\\",[]]", 2},
        {"[\"a", 1},
        {"\"\\", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (json_depth(slice_str(rows[i].text)) != rows[i].depth)
            fail_msg("%s is %u levels deep", rows[i].text, rows[i].depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
