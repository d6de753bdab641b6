/* Rules of accounts; then their store, over a true SQLite file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "staff/access_store.h"
#include "staff/account_store.h"
#include "store/db.h"

#define NOW 1800000000

/* ---- rules ---------------------------------------------------------------------------------- */

static const char *problem(const char *password)
{
    const char *code =
        account_password_problem(slice_str(password), slice_str("admin-1"), slice_str("demo"));
    return code == NULL ? "" : code;
}

static void passwords(void **state)
{
    (void)state;
    assert_string_equal(problem("тоғыз таңба ғой"), "");
    assert_string_equal(problem("қысқа сөз"), "password_short");
    assert_string_equal(problem(""), "password_short");
    assert_string_equal(problem("0123456789"), "");
    assert_string_equal(problem("012345678"), "password_short");
    assert_string_equal(problem("Admin-1Demo"), "password_guessable");
    assert_string_equal(problem("ADMIN-1 dauys demo!"), "password_guessable");
    assert_string_equal(problem("Admin-1 admin-1 6q"), "password_guessable");
    assert_string_equal(problem("Demo-Demo 1a2b"), "password_guessable");
    assert_string_equal(problem("dauys Dauys 3c4d"), "password_guessable");
    assert_string_equal(problem("admin-1 and ten more"), "");
    assert_string_equal(problem("abcabcabcabcabc"), "password_guessable");
    assert_string_equal(problem("a\xcc\x81rvore alta"), "password_short"); /* not NFC */
    assert_string_equal(problem("tab\tis no text"), "password_short");
    assert_string_equal(problem("\xff\xfe bytes bytes"), "password_short");
}

static void long_passwords_have_a_cap(void **state)
{
    char text[2 * ACCOUNT_PASSWORD_MOST + 3];
    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        memcpy(text + i, i % 4 == 0 ? "ж" : "қ", 2);
    struct slice all = slice_of(text, 2 * (size_t)(ACCOUNT_PASSWORD_MOST + 1));
    struct slice none = slice_of(NULL, 0);
    assert_string_equal(account_password_problem(all, none, none), "password_short");
    all.len -= 2;
    assert_string_equal(account_password_problem(all, none, none), "password_guessable");
}

static void persons(void **state)
{
    (void)state;
    assert_true(account_person_allowed(slice_str("Admin.1_x-")));
    assert_false(account_person_allowed(slice_str("")));
    assert_false(account_person_allowed(slice_str("a b")));
    assert_false(account_person_allowed(slice_str("x'--")));
    assert_false(account_person_allowed(slice_str("әкімші")));
    assert_false(account_person_allowed(slice_of("a\0b", 3)));
}

static void tries_run_out_and_come_back(void **state)
{
    int64_t due = 0;
    (void)state;
    for (int i = 0; i < ACCOUNT_TRIES; i++)
        assert_true(account_try(&due, NOW));
    assert_false(account_try(&due, NOW));
    assert_false(account_try(&due, NOW + ACCOUNT_TRY_S - 1));
    assert_true(account_try(&due, NOW + ACCOUNT_TRY_S));
    assert_false(account_try(&due, NOW + ACCOUNT_TRY_S));
    for (int i = 0; i < ACCOUNT_TRIES; i++)
        assert_true(account_try(&due, NOW + 100 * ACCOUNT_TRY_S));
    assert_false(account_try(&due, NOW + 100 * ACCOUNT_TRY_S));
}

static void sessions_end_idle_and_at_last(void **state)
{
    (void)state;
    assert_true(account_session_lives(NOW, NOW, NOW + ACCOUNT_IDLE_S - 1));
    assert_false(account_session_lives(NOW, NOW, NOW + ACCOUNT_IDLE_S));
    int64_t used = NOW + ACCOUNT_ABSOLUTE_S - 10;
    assert_true(account_session_lives(NOW, used, NOW + ACCOUNT_ABSOLUTE_S - 1));
    assert_false(account_session_lives(NOW, used, NOW + ACCOUNT_ABSOLUTE_S));
}

static void recovery_codes_as_people_type_them(void **state)
{
    char code[ACCOUNT_RECOVERY_TEXT_LEN + 1];
    uint8_t a[SHA256_LEN], b[SHA256_LEN];
    (void)state;
    account_recovery_make(code);
    assert_int_equal(strlen(code), ACCOUNT_RECOVERY_TEXT_LEN);
    assert_int_equal(account_recovery_hash(slice_str(code), a), OK);
    assert_int_equal(account_recovery_hash(slice_str("0123-4567-89AB-CD01"), a), OK);
    assert_int_equal(account_recovery_hash(slice_str(" o12345 6789abcdOl"), b), OK);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(account_recovery_hash(slice_str("0123-4567-89AB-CD0"), a), ERR_INVALID);
    assert_int_equal(account_recovery_hash(slice_str("0123-4567-89AB-CD011"), a), ERR_INVALID);
    assert_int_equal(account_recovery_hash(slice_str("0123-4567-89AB-CDU1"), a), ERR_INVALID);
}

/* ---- store ---------------------------------------------------------------------------------- */

struct rig {
    char folder[64], path[128];
    struct account_store *store;
};

static const struct account_setting setting = {.salt = {1}, .hash = {2}, .step = 60000000};

static int setup(void **state)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    struct fault fault;
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/dauys-staff-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/private.db", rig->folder);
    assert_int_equal(account_store_open(rig->path, &rig->store, &fault), OK);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    char command[128];
    account_store_close(rig->store);
    (void)snprintf(command, sizeof command, "rm -r '%s'", rig->folder);
    int code = system(command);
    free(rig);
    return code;
}

static char codes[ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1];

static void make(struct rig *rig, const char *person, enum staff_role role)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    assert_int_equal(account_invite(rig->store, person, role, NOW + 10, token), OK);
    assert_int_equal(account_accept(rig->store, token, NOW, &setting, codes), OK);
}

static void an_invitation_is_good_once_and_in_time(void **state)
{
    struct rig *rig = *state;
    uint8_t older[ACCOUNT_TOKEN_LEN], token[ACCOUNT_TOKEN_LEN];
    struct account_invitation first, again;
    struct account account;
    assert_int_equal(account_invite(rig->store, "a", ROLE_AUDITOR, NOW + 10, older), OK);
    assert_int_equal(account_invite(rig->store, "a", ROLE_CHAIR, NOW + 10, token), OK);
    assert_int_equal(account_invited(rig->store, older, NOW, &first), ERR_DENIED);
    assert_int_equal(account_invited(rig->store, token, NOW + 10, &first), ERR_DENIED);
    assert_int_equal(account_invited(rig->store, token, NOW + 9, &first), OK);
    assert_int_equal(account_invited(rig->store, token, NOW, &again), OK);
    assert_memory_equal(first.secret, again.secret, TOTP_SECRET_LEN);
    assert_int_equal(account_find(rig->store, slice_str("a"), &account), ERR_NOT_FOUND);
    assert_int_equal(account_accept(rig->store, token, NOW, &setting, codes), OK);
    assert_int_equal(account_accept(rig->store, token, NOW, &setting, codes), ERR_DENIED);
    assert_int_equal(account_find(rig->store, slice_str("a"), &account), OK);
    assert_int_equal(account.role, ROLE_CHAIR);
    assert_memory_equal(account.secret, first.secret, TOTP_SECRET_LEN);
    assert_memory_equal(account.hash, setting.hash, PASSWORD_HASH_LEN);
}

static void a_step_is_taken_once(void **state)
{
    struct rig *rig = *state;
    struct slice person = slice_str("a");
    struct account account;
    make(rig, "a", ROLE_AUDITOR);
    assert_int_equal(account_keep_due(rig->store, person, NOW + 99), OK);
    assert_int_equal(account_take_step(rig->store, person, setting.step), ERR_DENIED);
    assert_int_equal(account_take_step(rig->store, person, setting.step + 1), OK);
    assert_int_equal(account_take_step(rig->store, person, setting.step + 1), ERR_DENIED);
    assert_int_equal(account_find(rig->store, person, &account), OK);
    assert_int_equal(account.due_unix, 0); /* its tries are given back */
    assert_int_equal(account_lock(rig->store, person, true), OK);
    assert_int_equal(account_take_step(rig->store, person, setting.step + 2), ERR_DENIED);
}

static void a_lock_ends_invitations_too(void **state)
{
    struct rig *rig = *state;
    uint8_t token[ACCOUNT_TOKEN_LEN];
    struct account_invitation invitation;
    make(rig, "a", ROLE_AUDITOR);
    assert_int_equal(account_invite(rig->store, "a", ROLE_AUDITOR, NOW + 10, token), OK);
    assert_int_equal(account_lock(rig->store, slice_str("a"), true), OK);
    assert_int_equal(account_invited(rig->store, token, NOW, &invitation), ERR_DENIED);
}

static void a_recovery_code_is_taken_once(void **state)
{
    struct rig *rig = *state;
    uint8_t hash[SHA256_LEN];
    make(rig, "b", ROLE_AUDITOR);
    make(rig, "a", ROLE_AUDITOR);
    assert_int_equal(account_recovery_hash(slice_str(codes[9]), hash), OK);
    assert_int_equal(account_take_recovery(rig->store, slice_str("b"), hash), ERR_DENIED);
    assert_int_equal(account_take_recovery(rig->store, slice_str("a"), hash), OK);
    assert_int_equal(account_take_recovery(rig->store, slice_str("a"), hash), ERR_DENIED);
    assert_int_equal(account_recovery_hash(slice_str(codes[0]), hash), OK);
    make(rig, "a", ROLE_AUDITOR); /* set up anew: the older codes are over */
    assert_int_equal(account_take_recovery(rig->store, slice_str("a"), hash), ERR_DENIED);
}

static void count_session(void *context, const struct account_session *session)
{
    (void)session;
    ++*(int *)context;
}

static int sessions(struct rig *rig, const char *person, int64_t now)
{
    int count = 0;
    assert_int_equal(
        account_session_each(rig->store, slice_str(person), now, count_session, &count), OK);
    return count;
}

static void sessions_are_found_by_token_and_end(void **state)
{
    struct rig *rig = *state;
    uint8_t one[ACCOUNT_TOKEN_LEN], two[ACCOUNT_TOKEN_LEN], other[ACCOUNT_TOKEN_LEN];
    struct account_session session;
    make(rig, "a", ROLE_CHAIR);
    make(rig, "b", ROLE_AUDITOR);
    assert_int_equal(account_session_begin(rig->store, slice_str("a"), NOW, one), OK);
    assert_int_equal(account_session_begin(rig->store, slice_str("a"), NOW, two), OK);
    assert_int_equal(account_session_begin(rig->store, slice_str("b"), NOW, other), OK);
    assert_memory_not_equal(one, two, sizeof one);
    assert_int_equal(sessions(rig, "", NOW), 3);
    assert_int_equal(sessions(rig, "a", NOW), 2);
    assert_int_equal(account_session_use(rig->store, two, NOW + 1, &session), OK);
    assert_string_equal(session.person, "a");
    assert_int_equal(session.role, ROLE_CHAIR);
    assert_int_equal(account_session_end(rig->store, slice_str("b"), session.number),
                     ERR_NOT_FOUND);
    assert_int_equal(account_session_end_others(rig->store, slice_str("a"), session.number), OK);
    assert_int_equal(account_session_use(rig->store, one, NOW + 1, &session), ERR_DENIED);
    assert_int_equal(account_session_use(rig->store, two, NOW + 1, &session), OK);
    assert_int_equal(account_lock(rig->store, slice_str("a"), true), OK);
    assert_int_equal(account_session_use(rig->store, two, NOW + 1, &session), ERR_DENIED);
    assert_int_equal(sessions(rig, "", NOW), 1);
    /* One that began while the lock was set is none either. */
    assert_int_equal(account_session_begin(rig->store, slice_str("a"), NOW, two), OK);
    assert_int_equal(account_session_use(rig->store, two, NOW + 1, &session), ERR_DENIED);
    make(rig, "b", ROLE_AUDITOR);
    assert_int_equal(account_session_use(rig->store, other, NOW + 1, &session), ERR_DENIED);
    assert_int_equal(account_lock(rig->store, slice_str("nobody"), true), ERR_NOT_FOUND);
}

/* Used every ten minutes it lives on, but not beyond its absolute end. */
static void a_session_in_use_ends_at_last(void **state)
{
    struct rig *rig = *state;
    uint8_t token[ACCOUNT_TOKEN_LEN];
    struct account_session session;
    int64_t now = NOW;
    make(rig, "a", ROLE_CHAIR);
    assert_int_equal(account_session_begin(rig->store, slice_str("a"), NOW, token), OK);
    for (; now < NOW + ACCOUNT_ABSOLUTE_S; now += 600)
        assert_int_equal(account_session_use(rig->store, token, now, &session), OK);
    assert_int_equal(account_session_use(rig->store, token, now, &session), ERR_DENIED);
    assert_int_equal(account_session_begin(rig->store, slice_str("a"), NOW, token), OK);
    assert_int_equal(account_session_use(rig->store, token, NOW + ACCOUNT_IDLE_S, &session),
                     ERR_DENIED);
}

/* ---- the register of access ----------------------------------------------------------------- */

static void join(void *context, const struct access *access)
{
    buf_printf(context, "%lld %.*s %.*s %.*s\n", (long long)access->number,
               SLICE_PRINT(access->person), SLICE_PRINT(access->what), SLICE_PRINT(access->about));
}

static void accesses_only_grow(void **state)
{
    static const char *const harm[] = {"DELETE FROM access", "UPDATE access SET person = 'b'"};
    struct rig *rig = *state;
    struct access_store *store = NULL;
    struct db *db = NULL;
    struct db_query *ready[2];
    struct fault fault;
    struct buf text;
    assert_int_equal(access_store_open(rig->path, &store, &fault), OK);
    assert_int_equal(access_note(store, NOW, slice_str("a"), "acts.sign", slice_str("7")), OK);
    assert_int_equal(access_note(store, NOW, slice_of(NULL, 0), "staff.sign_in", slice_str("'--")),
                     OK);
    assert_int_equal(db_open(rig->path, DB_PRIVATE, NULL, &db, &fault), OK);
    assert_int_equal(db_prepare(db, harm, 2, ready, &fault), OK);
    assert_int_equal(db_run(ready[0]), ERR_CONFLICT);
    assert_int_equal(db_run(ready[1]), ERR_CONFLICT);
    db_close(db);
    buf_init(&text, 1024);
    assert_int_equal(access_each(store, 0, 10, join, &text), OK);
    assert_string_equal(buf_text(&text), "1 a acts.sign 7\n2  staff.sign_in '--\n");
    buf_clear(&text);
    assert_int_equal(access_each(store, 1, 10, join, &text), OK);
    assert_string_equal(buf_text(&text), "2  staff.sign_in '--\n");
    buf_release(&text);
    access_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords),
        cmocka_unit_test(long_passwords_have_a_cap),
        cmocka_unit_test(persons),
        cmocka_unit_test(tries_run_out_and_come_back),
        cmocka_unit_test(sessions_end_idle_and_at_last),
        cmocka_unit_test(recovery_codes_as_people_type_them),
        cmocka_unit_test_setup_teardown(an_invitation_is_good_once_and_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_step_is_taken_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lock_ends_invitations_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_recovery_code_is_taken_once, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_are_found_by_token_and_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_in_use_ends_at_last, setup, teardown),
        cmocka_unit_test_setup_teardown(accesses_only_grow, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
