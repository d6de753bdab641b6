/* The set of issued passes against plain arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/hash.h"
#include "voter/issue.h"

static void key_of(uint8_t out[static 32], uint32_t number)
{
    sha256(out, slice_of(&number, sizeof number));
}

static void issues_are_once_for_a_person_and_category(void **state)
{
    struct issue_set *set = issue_create();
    struct issue_found found;
    uint8_t p[32], bh[32], other[32];
    (void)state;
    key_of(other, 1000000);
    for (uint32_t i = 0; i < 2000; i++) {
        key_of(p, i / 2);
        key_of(bh, i + 5000);
        assert_false(issue_find(set, i & 1, p, bh, &found));
        issue_add(set, i & 1, p, bh, i * 3);
    }
    for (uint32_t i = 0; i < 2000; i++) {
        key_of(p, i / 2);
        key_of(bh, i + 5000);
        assert_true(issue_find(set, i & 1, p, bh, &found));
        assert_true(found.same);
        assert_int_equal(found.index, i * 3);
        assert_true(issue_find(set, i & 1, p, other, &found));
        assert_false(found.same);
        assert_false(issue_find(set, 2, p, bh, &found));
        assert_false(issue_find(set, i & 1, other, bh, &found));
    }
    assert_int_equal(issue_len(set), 2000);
    issue_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issues_are_once_for_a_person_and_category),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
