/* What people wrote, in private.db: kept before it is logged, replaced, withdrawn, erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "nomination/moderation_store.h"
#include "nomination/nomination_store.h"

#define ANNA 1
#define BORIS 2

static char folder[] = "/tmp/dauys-nomination-XXXXXX";
static char path[FILE_PATH_CAP];
static struct nomination_store *store;
static struct moderation_store *moderation;

static int set_up(void **state)
{
    struct fault fault;
    (void)state;
    file_path(path, folder, "private.db");
    (void)unlink(path);
    assert_int_equal(nomination_store_open(path, &store, &fault), OK);
    assert_int_equal(moderation_store_open(path, &moderation, &fault), OK);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"private.db", "private.db-wal", "private.db-shm"};
    (void)state;
    moderation_store_close(moderation);
    nomination_store_close(store);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        file_path(path, folder, "%s", names[i]);
        (void)unlink(path);
    }
    return 0;
}

static struct nomination_row row_of(int64_t person, const char *cat, const char *text)
{
    struct nomination_row row = {.person = person,
                                 .processing = 1,
                                 .publication = 2,
                                 .at_unix = 1000,
                                 .relation = RELATION_STAFF,
                                 .salt = {1, 2, 3},
                                 .salt2 = {4},
                                 .c = {(uint8_t)strlen(text), 9}};
    (void)snprintf(row.cat, sizeof row.cat, "%s", cat);
    (void)snprintf(row.ngo, sizeof row.ngo, "n00001");
    row.text = xstrdup(text);
    row.links = xstrdup("[]");
    row.payload = xasprintf("{\"text\":\"%s\"}", text);
    return row;
}

static int64_t add(int64_t person, const char *cat, const char *text)
{
    struct nomination_row row = row_of(person, cat, text);
    assert_int_equal(nomination_store_add(store, &row), OK);
    int64_t number = row.number;
    nomination_row_release(&row);
    return number;
}

static void count_row(void *context, const struct nomination_row *row)
{
    (void)row;
    ++*(int *)context;
}

static int count(int64_t person, bool pending)
{
    int rows = 0;
    assert_int_equal(nomination_store_each(store, person, pending, count_row, &rows), OK);
    return rows;
}

/* True when the bytes are in the database or beside it. */
static bool on_disk(const char *text)
{
    static const char *const names[] = {"private.db", "private.db-wal"};
    bool found = false;
    for (size_t i = 0; i < 2; i++) {
        struct buf bytes;
        char file[FILE_PATH_CAP];
        file_path(file, folder, "%s", names[i]);
        buf_init(&bytes, 16U << 20);
        if (file_read(file, &bytes, NULL) == OK)
            found = found || memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
        buf_release(&bytes);
    }
    return found;
}

static void a_row_waits_for_its_entry(void **state)
{
    struct nomination_row row, again = row_of(ANNA, "youth", "other text");
    uint32_t own = 0;
    (void)state;
    int64_t number = add(ANNA, "youth", "the text");
    add(BORIS, "youth", "a support");
    assert_int_equal(nomination_store_add(store, &again), ERR_CONFLICT);
    nomination_row_release(&again);
    assert_int_equal(count(-1, true), 2);
    assert_int_equal(nomination_store_at(store, 17, &row), ERR_NOT_FOUND);
    assert_int_equal(nomination_store_logged(store, number, 17), OK);
    assert_int_equal(nomination_store_logged(store, number, 18), OK); /* stays at its place */
    assert_int_equal(nomination_store_drop(store, number), OK);       /* too late */
    assert_int_equal(count(-1, true), 1);
    assert_int_equal(nomination_store_at(store, 17, &row), OK);
    assert_int_equal(row.person, ANNA);
    assert_int_equal(row.relation, RELATION_STAFF);
    assert_int_equal(row.publication, 2);
    assert_int_equal(row.text_index, 17);
    assert_string_equal(row.text, "the text");
    assert_int_equal(row.salt[2], 3);
    nomination_row_release(&row);
    assert_int_equal(nomination_store_count(store, ANNA, &own), OK);
    assert_int_equal(own, 1);
    assert_int_equal(
        nomination_store_find(store, BORIS, slice_str("youth"), slice_str("n00001"), &row), OK);
    assert_int_equal(row.index, -1);
    assert_int_equal(nomination_store_drop(store, row.number), OK);
    nomination_row_release(&row);
    assert_int_equal(count(BORIS, false), 0);
}

static void another_text_waits_beside_it(void **state)
{
    struct nomination_row row, kept;
    (void)state;
    int64_t number = add(ANNA, "youth", "the old text");
    assert_int_equal(nomination_store_logged(store, number, 17), OK);
    row = row_of(ANNA, "youth", "a better text");
    row.number = number;
    assert_int_equal(nomination_store_amendment(store, number, &kept), ERR_NOT_FOUND);
    assert_int_equal(nomination_store_amend(store, &row), OK);
    nomination_row_release(&row);
    assert_int_equal(nomination_store_amendment(store, number, &kept), OK);
    assert_string_equal(kept.text, "a better text");
    nomination_row_release(&kept);
    assert_int_equal(nomination_store_at(store, 17, &row), OK);
    assert_string_equal(row.text, "the old text");
    nomination_row_release(&row);
    assert_int_equal(nomination_store_amended(store, number, 21), OK);
    assert_int_equal(nomination_store_amended(store, number, 21), OK); /* as if once */
    assert_int_equal(nomination_store_at(store, 17, &row), OK);
    assert_string_equal(row.text, "a better text");
    assert_int_equal(row.text_index, 21);
    nomination_row_release(&row);
}

static void take_erasure(void *context, const struct erasure *erasure)
{
    int64_t **next = context;
    *(*next)++ = erasure->index;
}

static void erasing_overwrites(void **state)
{
    struct nomination_row row;
    int64_t owed[8] = {0}, *next = owed, number = add(ANNA, "youth", "THE-FIRST-SECRET");
    int64_t dispute;
    (void)state;
    assert_int_equal(nomination_store_logged(store, number, 17), OK);
    row = row_of(ANNA, "youth", "THE-SECOND-SECRET");
    row.number = number;
    assert_int_equal(nomination_store_amend(store, &row), OK);
    nomination_row_release(&row);
    assert_int_equal(nomination_store_amended(store, number, 21), OK);
    int64_t pending = add(ANNA, "health", "THE-THIRD-SECRET");
    number = add(BORIS, "youth", "OF-ANOTHER");
    assert_int_equal(nomination_store_logged(store, number, 18), OK);
    assert_int_equal(moderation_dispute_add(moderation, ANNA, slice_str("youth"),
                                            slice_str("A-DISPUTE"), 1, 2, &dispute),
                     OK);
    assert_true(on_disk("THE-SECOND-SECRET") && on_disk("A-DISPUTE"));

    assert_int_equal(nomination_store_erase_person(store, ANNA, 100, 200), OK);
    assert_int_equal(moderation_erase_person(moderation, ANNA), OK);
    assert_false(on_disk("THE-FIRST-SECRET") || on_disk("THE-SECOND-SECRET") ||
                 on_disk("THE-THIRD-SECRET") || on_disk("A-DISPUTE"));
    assert_true(on_disk("OF-ANOTHER"));
    assert_int_equal(nomination_store_at(store, 17, &row), OK);
    assert_true(row.erased && row.text == NULL && row.payload == NULL);
    nomination_row_release(&row);
    assert_int_equal(nomination_store_erasures(store, take_erasure, &next), OK);
    assert_true(next - owed == 2 && owed[0] == 17 && owed[1] == 21);
    /* One whose entry comes to stand afterwards is owed too. */
    assert_int_equal(nomination_store_logged(store, pending, 30), OK);
    assert_int_equal(nomination_store_erased(store, 17, 150), OK);
    assert_int_equal(nomination_store_erased(store, 21, 150), OK);
    next = owed;
    assert_int_equal(nomination_store_erasures(store, take_erasure, &next), OK);
    assert_true(next - owed == 1 && owed[0] == 30);
    /* By order, without the person's wish. */
    assert_int_equal(nomination_store_erased(store, 18, 150), OK);
    assert_false(on_disk("OF-ANOTHER"));
}

static void claims_run_out(void **state)
{
    struct slice eve = slice_str("eve"), max = slice_str("max");
    struct claim claim;
    bool conflict = true;
    (void)state;
    assert_int_equal(moderation_claimed(moderation, 7, 1000, &claim), ERR_NOT_FOUND);
    assert_int_equal(moderation_claim(moderation, 7, eve, 1000, &claim), OK);
    assert_int_equal(moderation_claim(moderation, 7, max, 1001, &claim), ERR_CONFLICT);
    assert_string_equal(claim.person, "eve");
    assert_int_equal(claim.until_unix, 1000 + MODERATION_CLAIM_S);
    assert_int_equal(moderation_claim(moderation, 7, eve, 1500, &claim), OK); /* again: longer */
    assert_int_equal(moderation_release(moderation, 7, max), OK);             /* not his */
    assert_int_equal(moderation_claimed(moderation, 7, 1600, &claim), OK);
    assert_int_equal(moderation_claim(moderation, 7, max, 1500 + MODERATION_CLAIM_S - 1, &claim),
                     ERR_CONFLICT);
    assert_int_equal(moderation_claim(moderation, 7, max, 1500 + MODERATION_CLAIM_S, &claim), OK);
    assert_int_equal(moderation_release(moderation, 7, max), OK);
    assert_int_equal(moderation_claimed(moderation, 7, 1600, &claim), ERR_NOT_FOUND);

    assert_int_equal(moderation_conflict(moderation, 7, eve, &conflict), OK);
    assert_false(conflict);
    assert_int_equal(moderation_conflict_add(moderation, 7, eve), OK);
    assert_int_equal(moderation_conflict_add(moderation, 7, eve), OK);
    assert_int_equal(moderation_conflict(moderation, 7, eve, &conflict), OK);
    assert_true(conflict);
}

static void take_appeal(void *context, const struct appeal *appeal)
{
    *(int64_t *)context = appeal->open ? appeal->due_unix : -1;
}

static void an_appeal_is_made_once(void **state)
{
    int64_t due = 0;
    struct slice text = slice_str("'); DROP TABLE appeal;--");
    (void)state;
    assert_int_equal(moderation_appeal_add(moderation, 7, ANNA, text, 10, 20), OK);
    assert_int_equal(moderation_appeal_add(moderation, 7, ANNA, text, 11, 21), ERR_CONFLICT);
    assert_int_equal(moderation_appeals(moderation, 7, true, take_appeal, &due), OK);
    assert_int_equal(due, 20);
    assert_int_equal(moderation_appeal_close(moderation, 7), OK);
    due = 0;
    assert_int_equal(moderation_appeals(moderation, -1, true, take_appeal, &due), OK);
    assert_int_equal(due, 0);
    assert_int_equal(moderation_appeals(moderation, 7, false, take_appeal, &due), OK);
    assert_int_equal(due, -1);
}

static void a_dispute_is_answered_once(void **state)
{
    int64_t number;
    uint32_t open = 0;
    struct slice text = slice_str("who?"), eve = slice_str("eve");
    (void)state;
    assert_int_equal(
        moderation_dispute_add(moderation, ANNA, slice_str("youth"), text, 1, 2, &number), OK);
    assert_int_equal(moderation_disputes_open(moderation, ANNA, &open), OK);
    assert_int_equal(open, 1);
    assert_int_equal(moderation_dispute_answer(moderation, number + 1, text, eve, 3),
                     ERR_NOT_FOUND);
    assert_int_equal(moderation_dispute_answer(moderation, number, text, eve, 3), OK);
    assert_int_equal(moderation_dispute_answer(moderation, number, text, eve, 4), ERR_CONFLICT);
    assert_int_equal(moderation_disputes_open(moderation, ANNA, &open), OK);
    assert_int_equal(open, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_waits_for_its_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_text_waits_beside_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(erasing_overwrites, set_up, tear_down),
        cmocka_unit_test_setup_teardown(claims_run_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_appeal_is_made_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dispute_is_answered_once, set_up, tear_down),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return failed;
}
