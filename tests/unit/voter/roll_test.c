/* The roll: codes, sessions, categories taken, over a true SQLite file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "voter/roll.h"

#define NOW 1800000000

struct rig {
    char folder[64], path[128];
    struct roll *roll;
};

static const uint8_t key[ROLL_KEY_LEN] = {7};

static int setup(void **state)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    struct fault fault;
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/dauys-roll-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/private.db", rig->folder);
    assert_int_equal(roll_open(rig->path, key, &rig->roll, &fault), OK);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    char command[128];
    roll_close(rig->roll);
    (void)snprintf(command, sizeof command, "rm -r '%s'", rig->folder);
    int code = system(command);
    free(rig);
    return code;
}

static uint64_t import(struct rig *rig, const char *csv)
{
    uint64_t added = 99;
    struct fault fault;
    if (roll_import(rig->roll, slice_str(csv), &added, &fault) != OK)
        fail_msg("%s", fault.text);
    return added;
}

static void refuse(struct rig *rig, const char *csv, const char *line)
{
    uint64_t added = 99, len = roll_len(rig->roll);
    struct fault fault = {{0}};
    assert_int_equal(roll_import(rig->roll, slice_str(csv), &added, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, line));
    assert_int_equal(roll_len(rig->roll), len);
}

static void imports_all_or_none(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(import(rig, "note,voter,code\nx,v1,ABCD-EFGH\nx,v2,12345678\n"), 2);
    assert_int_equal(import(rig, "voter,code\nv2,1234 5678\nv3,zzzzzzzz\n"), 1);
    assert_int_equal(roll_len(rig->roll), 3);
    refuse(rig, "voter,code\nv4,AAAAAAAA\nv1,BBBBBBBB\n", "line 3"); /* another code */
    refuse(rig, "voter,code\nv4,ABCDEFGH\n", "line 2");              /* somebody else's code */
    refuse(rig, "voter,code\nv4,ABC\n", "line 2");
    refuse(rig, "voter,code\n,AAAAAAAA\n", "line 2");
    refuse(rig, "voter\nv4\n", "line 1");
}

static void signs_in_by_code(void **state)
{
    struct rig *rig = *state;
    uint8_t token[ROLL_TOKEN_LEN], other[ROLL_TOKEN_LEN] = {0};
    int64_t ends = 0;
    struct roll_voter voter;
    import(rig, "voter,code\nv1,ABCD0EF1\n");
    assert_int_equal(roll_sign_in(rig->roll, slice_str("AAAAAAAA"), NOW, token, &ends), ERR_DENIED);
    assert_int_equal(roll_sign_in(rig->roll, slice_str(""), NOW, token, &ends), ERR_DENIED);
    assert_int_equal(roll_sign_in(rig->roll, slice_str("abcd-oef l"), NOW, token, &ends), OK);
    assert_int_equal(ends, NOW + ROLL_SESSION_S);
    assert_int_equal(roll_session(rig->roll, token, NOW, &voter), OK);
    assert_true(slice_is(slice_of(voter.person, voter.person_len), "v1"));
    assert_int_equal(roll_session(rig->roll, other, NOW, &voter), ERR_DENIED);
    assert_int_equal(roll_session(rig->roll, token, ends - 1, &voter), OK);
    assert_int_equal(roll_session(rig->roll, token, ends, &voter), ERR_DENIED);
}

static enum err take(struct roll *roll, const struct roll_voter *voter, const char *cat)
{
    struct slice one = slice_str(cat);
    return roll_take_categories(roll, voter, &one, 1, 2);
}

static void counts_the_categories_of_a_voter(void **state)
{
    struct rig *rig = *state;
    struct roll_voter voter = {.row = 1}, other = {.row = 2};
    assert_int_equal(take(rig->roll, &voter, "a"), OK);
    assert_int_equal(take(rig->roll, &voter, "b"), OK);
    assert_int_equal(take(rig->roll, &voter, "c"), ERR_LIMITED);
    assert_int_equal(take(rig->roll, &voter, "a"), OK);
    const struct slice three[] = {slice_str("d"), slice_str("e"), slice_str("f")};
    assert_int_equal(roll_take_categories(rig->roll, &other, three, 3, 2), ERR_LIMITED);
    assert_int_equal(take(rig->roll, &other, "c"), OK); /* all or none: d and e are not taken */
    assert_int_equal(take(rig->roll, &other, "f"), OK);
}

static void remembers_after_opening_again(void **state)
{
    struct rig *rig = *state;
    struct fault fault;
    import(rig, "voter,code\nv1,ABCDEFGH\n");
    roll_close(rig->roll);
    rig->roll = NULL;
    assert_int_equal(roll_open(rig->path, key, &rig->roll, &fault), OK);
    assert_int_equal(roll_len(rig->roll), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(imports_all_or_none, setup, teardown),
        cmocka_unit_test_setup_teardown(signs_in_by_code, setup, teardown),
        cmocka_unit_test_setup_teardown(counts_the_categories_of_a_voter, setup, teardown),
        cmocka_unit_test_setup_teardown(remembers_after_opening_again, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
