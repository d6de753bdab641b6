/* The store over true SQLite files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/db.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " bytes BLOB, size INTEGER CHECK (size < 100)) STRICT;";

enum { ADD, FIND, COUNT, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [ADD] = "INSERT INTO thing (name, bytes, size) VALUES (?1, ?2, ?3)",
    [FIND] = "SELECT id, name, bytes, size FROM thing WHERE name = ?1",
    [COUNT] = "SELECT count(*) FROM thing",
};

struct rig {
    char folder[64], path[128];
};

static int setup(void **state)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/dauys-db-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/x.db", rig->folder);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s%s", rig->path, ends[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig->folder), 0);
    free(rig);
    return 0;
}

static struct db *opened(const struct rig *rig, enum db_use use, struct db_query **ready)
{
    struct db *db = NULL;
    struct fault fault;
    if (db_open(rig->path, use, use == DB_READ ? NULL : schema, &db, &fault) != OK ||
        db_prepare(db, sql, STATEMENTS, ready, &fault) != OK)
        fail_msg("%s", fault.text);
    return db;
}

static enum err add(struct db_query **ready, const char *name, struct slice bytes, int64_t size)
{
    struct db_query *query = db_fresh(ready[ADD]);
    db_bind_text(query, 1, slice_str(name));
    db_bind_blob(query, 2, bytes);
    db_bind_int(query, 3, size);
    return db_run(query);
}

static int64_t count(struct db_query **ready)
{
    bool row = false;
    struct db_query *query = db_fresh(ready[COUNT]);
    assert_int_equal(db_step(query, &row), OK);
    assert_true(row);
    int64_t n = db_int(query, 0);
    db_end(query);
    return n;
}

static void gives_back_what_was_bound(void **state)
{
    static const char name[] = "x'); DROP TABLE thing; --";
    struct db_query *ready[STATEMENTS];
    bool row = false;
    struct db *db = opened(*state, DB_PRIVATE, ready);
    assert_int_equal(add(ready, name, slice_of("\0\xff\0", 3), INT64_MIN), OK);
    assert_int_equal(db_last_row(db), 1);
    assert_int_equal(db_changes(db), 1);
    assert_int_equal(add(ready, "", slice_of(NULL, 0), 7), OK);

    struct db_query *find = db_fresh(ready[FIND]);
    db_bind_text(find, 1, slice_str(name));
    assert_int_equal(db_step(find, &row), OK);
    assert_true(row);
    assert_true(slice_is(db_text(find, 1), name));
    assert_true(slice_equal(db_blob(find, 2), slice_of("\0\xff\0", 3)));
    assert_true(db_int(find, 3) == INT64_MIN);
    assert_int_equal(db_step(find, &row), OK);
    assert_false(row);

    find = db_fresh(ready[FIND]);
    db_bind_text(find, 1, slice_str(""));
    assert_int_equal(db_step(find, &row), OK);
    assert_true(row);
    assert_false(db_is_null(find, 2)); /* an empty blob is not NULL */
    assert_int_equal(db_blob(find, 2).len, 0);
    db_end(find);

    find = db_fresh(ready[FIND]); /* nothing bound: NULL equals nothing */
    assert_int_equal(db_step(find, &row), OK);
    assert_false(row);
    db_close(db);

    struct stat status;
    assert_int_equal(stat(((struct rig *)*state)->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void constraints_are_conflicts(void **state)
{
    struct db_query *ready[STATEMENTS];
    struct db *db = opened(*state, DB_PRIVATE, ready);
    assert_int_equal(add(ready, "a", slice_of(NULL, 0), 1), OK);
    assert_int_equal(add(ready, "a", slice_of(NULL, 0), 1), ERR_CONFLICT);
    assert_int_equal(add(ready, "b", slice_of(NULL, 0), 100), ERR_CONFLICT);
    assert_int_equal(db_run(db_fresh(ready[ADD])), ERR_CONFLICT); /* NOT NULL */
    assert_int_equal(add(ready, "b", slice_of(NULL, 0), 99), OK);
    db_close(db);
}

static void a_transaction_is_all_or_nothing(void **state)
{
    struct db_query *ready[STATEMENTS];
    struct db *db = opened(*state, DB_PRIVATE, ready);
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(add(ready, "a", slice_of(NULL, 0), 1), OK);
    db_rollback(db);
    db_rollback(db); /* nothing to do */
    assert_int_equal(count(ready), 0);
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(add(ready, "a", slice_of(NULL, 0), 1), OK);
    assert_int_equal(db_commit(db), OK);
    assert_int_equal(count(ready), 1);
    db_close(db); /* and again from the file */
    db = opened(*state, DB_PRIVATE, ready);
    assert_int_equal(count(ready), 1);
    db_close(db);
}

static void a_second_writer_waits_then_is_told(void **state)
{
    struct db_query *one_ready[STATEMENTS], *two_ready[STATEMENTS];
    struct db *one = opened(*state, DB_PRIVATE, one_ready);
    struct db *two = opened(*state, DB_PRIVATE, two_ready);
    assert_int_equal(db_begin(one), OK);
    assert_int_equal(add(one_ready, "a", slice_of(NULL, 0), 1), OK);
    assert_int_equal(count(two_ready), 0); /* readers go on */
    assert_int_equal(db_begin(two), ERR_UNAVAILABLE);
    assert_int_equal(db_commit(one), OK);
    assert_int_equal(db_begin(two), OK);
    assert_int_equal(count(two_ready), 1);
    db_rollback(two);
    db_close(one);
    db_close(two);
}

/* Another process looks and ends: it must see that the file is in use, or it deletes the log. */
static int rows_seen_elsewhere(const struct rig *rig)
{
    char command[512];
    (void)snprintf(command, sizeof command,
                   "/usr/bin/python3 -c \"import sqlite3, sys; c = sqlite3.connect('%s');"
                   " n = c.execute('SELECT count(*) FROM thing').fetchone()[0]; c.close();"
                   " sys.exit(n)\"",
                   rig->path);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_second_connection_keeps_the_locks_of_the_first(void **state)
{
    struct db_query *one_ready[STATEMENTS], *two_ready[STATEMENTS];
    struct db *one = opened(*state, DB_PRIVATE, one_ready);
    struct db *two = opened(*state, DB_PRIVATE, two_ready);
    assert_int_equal(add(one_ready, "a", slice_of(NULL, 0), 1), OK);
    assert_int_equal(rows_seen_elsewhere(*state), 1);
    assert_int_equal(add(one_ready, "b", slice_of(NULL, 0), 1), OK);
    assert_int_equal(add(two_ready, "c", slice_of(NULL, 0), 1), OK);
    assert_int_equal(rows_seen_elsewhere(*state), 3);
    db_close(one);
    db_close(two);
}

static void a_file_that_others_can_open_is_refused(void **state)
{
    const struct rig *rig = *state;
    struct db_query *ready[STATEMENTS];
    struct db *db = opened(rig, DB_PRIVATE, ready);
    db_close(db);
    for (mode_t others = 1; others < 0100; others <<= 1) {
        struct fault fault = {{0}};
        assert_int_equal(chmod(rig->path, 0600 | others), 0);
        db = NULL;
        assert_int_equal(db_open(rig->path, DB_PRIVATE, schema, &db, &fault), ERR_DENIED);
        assert_null(db);
        assert_non_null(strstr(fault.text, "chmod 600"));
    }
}

static void what_is_no_database_is_refused(void **state)
{
    const struct rig *rig = *state;
    struct db *db = NULL;
    struct fault fault = {{0}};
    assert_int_equal(db_open(rig->path, DB_READ, NULL, &db, &fault), ERR_NOT_FOUND);
    assert_int_equal(file_write(rig->path, slice_str("This is no database, not at all.\n"), 0600,
                                FILE_NO_SYNC, &fault),
                     OK);
    assert_int_equal(db_open(rig->path, DB_READ, NULL, &db, &fault), ERR_CORRUPT);
    assert_int_equal(db_open(rig->path, DB_PRIVATE, schema, &db, &fault), ERR_CORRUPT);
    assert_int_equal(db_open("/nowhere/x.db", DB_PRIVATE, schema, &db, &fault), ERR_INTERNAL);
    assert_null(db);
}

static void what_was_built_is_read_and_not_written(void **state)
{
    struct db_query *ready[STATEMENTS];
    struct db *db = opened(*state, DB_BUILD, ready);
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(add(ready, "a", slice_of(NULL, 0), 1), OK);
    assert_int_equal(db_commit(db), OK);
    db_close(db);
    struct db *other = opened(*state, DB_READ, ready);
    db = opened(*state, DB_READ, ready);
    assert_int_equal(count(ready), 1);
    assert_int_equal(add(ready, "b", slice_of(NULL, 0), 1), ERR_INTERNAL);
    db_close(db);
    db_close(other);
    db = opened(*state, DB_BUILD, ready); /* begins anew */
    assert_int_equal(count(ready), 0);
    db_close(db);
}

static void wrong_sql_names_itself(void **state)
{
    static const char *const wrong[] = {"SELECT nothing FROM thing"};
    struct db_query *ready[STATEMENTS];
    struct db *db = opened(*state, DB_PRIVATE, ready);
    struct fault fault = {{0}};
    assert_int_equal(db_prepare(db, wrong, 1, ready, &fault), ERR_CORRUPT);
    assert_non_null(strstr(fault.text, "SELECT nothing"));
    db_close(db);
    db_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_back_what_was_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(constraints_are_conflicts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_transaction_is_all_or_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_writer_waits_then_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_connection_keeps_the_locks_of_the_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_that_others_can_open_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_database_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_built_is_read_and_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_sql_names_itself, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
