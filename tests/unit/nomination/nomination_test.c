/* Nominees and those who support them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/hash.h"
#include "nomination/nomination.h"

static const uint8_t zero[32];

static void key_of(uint8_t out[static 32], uint32_t number)
{
    sha256(out, slice_of(&number, sizeof number));
}

static void nominations_make_and_support_nominees(void **state)
{
    struct nomination_set *set = nomination_create();
    uint8_t anna[32], boris[32];
    uint64_t index;
    size_t number;
    (void)state;
    key_of(anna, 1);
    key_of(boris, 2);
    struct slice a = slice_str("a"), b = slice_str("b");
    assert_false(nomination_find(set, 0, a, anna, &index));
    assert_int_equal(nomination_add(set, 0, a, anna, zero, 10), 0);
    assert_int_equal(nomination_add(set, 1, a, anna, zero, 11), 1);  /* another category */
    assert_int_equal(nomination_add(set, 0, b, anna, zero, 12), 2);  /* another NGO */
    assert_int_equal(nomination_add(set, 0, a, boris, zero, 13), 0); /* support */
    assert_true(nomination_find(set, 0, a, boris, &index) && index == 13);
    assert_true(nomination_find(set, 1, a, anna, &index) && index == 11);
    assert_false(nomination_find(set, 1, a, boris, &index));
    assert_false(nomination_find(set, 1, b, anna, &index));
    assert_int_equal(nominee_len(set), 3);
    assert_int_equal(nominee_at(set, 0)->supports, 2);
    assert_true(nominee_find(set, 12, &number) && number == 2);
    assert_false(nominee_find(set, 13, &number)); /* a support is no nominee */
    assert_int_equal(nominee_undecided(set), 3);
    nominee_set_status(set, 0, NOMINEE_RETURNED, 20, 7);
    assert_int_equal(nominee_undecided(set), 3);
    nominee_set_status(set, 0, NOMINEE_ADMITTED, 21, 7);
    nominee_set_status(set, 1, NOMINEE_REFUSED, 22, 7);
    assert_int_equal(nominee_undecided(set), 1);
    assert_int_equal(nominee_at(set, 0)->moderated, 21);
    nomination_add(set, 0, a, (const uint8_t[32]){9}, zero,
                   30); /* of a decided one: counted, no more */
    assert_int_equal(nominee_at(set, 0)->status, NOMINEE_ADMITTED);
    assert_int_equal(nominee_at(set, 0)->supports, 3);
    nomination_destroy(set);
}

static void merged_nominees_support_their_target(void **state)
{
    struct nomination_set *set = nomination_create();
    uint8_t p[32];
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        key_of(p, i);
        nomination_add(set, 0, slice_of("abc" + i, 1), p, zero, 10 + i);
    }
    key_of(p, 9);
    nomination_add(set, 0, slice_str("a"), p, zero, 13);
    nominee_set_status(set, 0, NOMINEE_MERGED, 20, 7);
    nominee_merge(set, 0, 11);
    assert_int_equal(nominee_at(set, 0)->supports, 2);
    assert_int_equal(nominee_at(set, 1)->supports, 3);
    nominee_set_status(set, 1, NOMINEE_MERGED, 21, 7);
    nominee_merge(set, 1, 12);
    assert_int_equal(nominee_at(set, 2)->supports, 4);
    key_of(p, 10);
    nomination_add(set, 0, slice_str("a"), p, zero, 22); /* a late one goes all the way */
    assert_int_equal(nominee_at(set, 0)->supports, 3);
    assert_int_equal(nominee_at(set, 1)->supports, 4);
    assert_int_equal(nominee_at(set, 2)->supports, 5);
    assert_int_equal(nominee_undecided(set), 1);
    nomination_destroy(set);
}

static void a_text_is_amended(void **state)
{
    struct nomination_set *set = nomination_create();
    uint8_t p[32], c[32];
    (void)state;
    key_of(p, 1);
    key_of(c, 2);
    nomination_add(set, 0, slice_str("a"), p, c, 10);
    nomination_add(set, 0, slice_str("a"), c, p, 11); /* a support's text is not the nominee's */
    assert_memory_equal(nominee_at(set, 0)->c, c, 32);
    assert_int_equal(nominee_at(set, 0)->text, 10);
    nominee_set_text(set, 0, p, 12);
    assert_memory_equal(nominee_at(set, 0)->c, p, 32);
    assert_int_equal(nominee_at(set, 0)->text, 12);
    nomination_destroy(set);
}

static void a_refused_nominee_is_reopened(void **state)
{
    struct nomination_set *set = nomination_create();
    uint8_t p[32];
    (void)state;
    key_of(p, 1);
    nomination_add(set, 0, slice_str("a"), p, zero, 10);
    for (uint64_t round = 0; round < 2; round++) {
        nominee_set_status(set, 0, NOMINEE_REFUSED, 20 + 2 * round, 7);
        assert_int_equal(nominee_undecided(set), 0);
        nominee_set_status(set, 0, NOMINEE_REOPENED, 21 + 2 * round, 7);
        assert_int_equal(nominee_undecided(set), 1);
        assert_false(nominee_decided(nominee_at(set, 0)));
    }
    nominee_set_status(set, 0, NOMINEE_ADMITTED, 30, 7);
    assert_int_equal(nominee_undecided(set), 0);
    nomination_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_nominees_support_their_target),
        cmocka_unit_test(a_text_is_amended),
        cmocka_unit_test(a_refused_nominee_is_reopened),
        cmocka_unit_test(nominations_make_and_support_nominees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
