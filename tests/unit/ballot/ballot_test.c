/* The set of passes and ballots against plain arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ballot/ballot.h"
#include "crypt/hash.h"

static void key_of(uint8_t out[static 32], uint32_t number)
{
    sha256(out, slice_of(&number, sizeof number));
}

static void ballots_are_found_by_all_ways(void **state)
{
    enum { PASSES = 3000 };
    struct ballot_set *set = ballot_create();
    uint8_t pk[32], leaf[32];
    uint64_t index = 10, found;
    (void)state;
    for (unsigned rev = 1; rev <= 3; rev++)
        for (uint32_t i = 0; i < PASSES; i += rev) { /* cat 1 has the same keys: others */
            key_of(pk, i);
            key_of(leaf, (uint32_t)index);
            uint32_t pass = ballot_find(set, i & 1, pk);
            assert_int_equal(pass == BALLOT_NONE, rev == 1);
            assert_int_equal(ballot_find(set, 2, pk), BALLOT_NONE);
            pass = ballot_add(set, pass, i & 1, pk, rev * 10, index, leaf);
            assert_int_equal(pass, i);
            assert_true(ballot_same(set, pass, leaf, &found) && found == index);
            index += 1 + i % 2;
        }
    assert_int_equal(ballot_passes(set), PASSES);
    assert_int_equal(ballot_casts(set), PASSES + PASSES / 2 + PASSES / 3);
    for (uint32_t i = 0; i < ballot_casts(set); i++) {
        const struct ballot_cast *cast = ballot_cast(set, i);
        assert_int_equal(ballot_at_index(set, cast->index), i);
        key_of(leaf, cast->index);
        assert_true(ballot_same(set, cast->pass, leaf, &found) && found == cast->index);
        key_of(leaf, cast->index + 1);
        if (ballot_at_index(set, cast->index + 1) == BALLOT_NONE)
            assert_false(ballot_same(set, cast->pass, leaf, &found));
        if (cast->before != BALLOT_NONE) {
            assert_true(cast->before < i);
            assert_int_equal(ballot_cast(set, cast->before)->pass, cast->pass);
        }
    }
    assert_int_equal(ballot_at_index(set, 9), BALLOT_NONE);
    assert_int_equal(ballot_at_index(set, index), BALLOT_NONE);
    assert_int_equal(ballot_pass(set, 6)->rev, 30);
    assert_int_equal(ballot_pass(set, 2)->rev, 20);
    assert_int_equal(ballot_pass(set, 1)->rev, 10);
    ballot_set_void(set, 6);
    ballot_set_void(set, 2);
    assert_true(ballot_pass(set, 6)->is_void && !ballot_pass(set, 5)->is_void);
    assert_int_equal(ballot_voids(set), 2);
    assert_int_equal(ballot_void(set, 1), 2);
    ballot_destroy(set);
    ballot_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ballots_are_found_by_all_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
