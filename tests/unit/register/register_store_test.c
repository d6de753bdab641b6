/* Searching the register, over a true SQLite file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "register/register_store.h"

static const char csv[] =
    "id,bin,name_kk,name_ru,name_en,region,status,filed_year,filed,former_names,directions,"
    "laureate\n"
    "n1,160340000001,«Қамқор» қоры,Фонд «Забота»,Care,KZ-71,ACTIVE,2026,2025:2025-03-21|2026,,"
    "youth|health,2017|2019\n"
    "n2,,Жас бастама,,,KZ-10,NO_BIN,2025,2025,Ескі атау|Жаңа атау,youth,\n"
    "n3,,Әдемі әлем,Зелёный мир,,KZ-71,INACTIVE,,,,youthful,2019\n"
    "n4,,\"x'); DROP TABLE ngo; --\",,,KZ-75,SUSPENDED,,,,,\n";

struct rig {
    char folder[64], path[128];
    struct register_store *store;
};

static int setup(void **state)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    struct ngo_register *ngos = NULL;
    struct fault fault;
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/dauys-register-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/x.db", rig->folder);
    assert_int_equal(register_parse(slice_str(csv), &ngos, &fault), OK);
    assert_int_equal(register_store_open(rig->path, &rig->store, &fault), ERR_NOT_FOUND);
    if (register_store_build(rig->path, ngos, NULL, NULL, &fault) != OK ||
        register_store_open(rig->path, &rig->store, &fault) != OK)
        fail_msg("%s", fault.text);
    register_destroy(ngos);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    register_store_close(rig->store);
    assert_int_equal(unlink(rig->path), 0);
    assert_int_equal(rmdir(rig->folder), 0); /* and nothing else is left there */
    free(rig);
    return 0;
}

static void note_id(void *context, const struct register_row *row)
{
    char *found = context;
    size_t len = strlen(found);
    (void)snprintf(found + len, 64 - len, "%.*s ", SLICE_PRINT(row->values[REGISTER_ID]));
}

static void finds(struct rig *rig, struct register_filter filter, const char *want)
{
    char found[64] = "";
    uint64_t count = 99, wanted = 0;
    assert_int_equal(register_store_search(rig->store, &filter, 0, 0, note_id, found), OK);
    if (strcmp(found, want) != 0)
        fail_msg("%.*s: found %s, not %s", SLICE_PRINT(filter.text), found, want);
    for (const char *c = want; *c != '\0'; c++)
        wanted += *c == ' ';
    assert_int_equal(register_store_count(rig->store, &filter, &count), OK);
    assert_int_equal(count, wanted);
}

#define BY(member, value) ((struct register_filter){.member = slice_str(value)})

static void searches_by_folded_prefixes(void **state)
{
    struct rig *rig = *state;
    finds(rig, (struct register_filter){0}, "n4 n3 n2 n1 "); /* x а ж к */
    finds(rig, BY(text, "камк"), "n1 ");
    finds(rig, BY(text, "ҚАМҚОР қо"), "n1 ");
    finds(rig, BY(text, "забот"), "n1 ");
    finds(rig, BY(text, "зеленыи"), "n3 ");
    finds(rig, BY(text, "а"), "n3 n2 "); /* a former name of n2 */
    finds(rig, BY(text, "ескі"), "n2 ");
    finds(rig, BY(text, "1603"), "n1 ");
    finds(rig, BY(text, "N2"), "n2 ");
    finds(rig, BY(text, "мқор"), ""); /* beginnings only */
    finds(rig, BY(text, "камкор nothing"), "");
}

static void nothing_in_a_text_is_syntax(void **state)
{
    struct rig *rig = *state;
    finds(rig, BY(text, "x'); DROP TABLE ngo; --"), "n4 ");
    finds(rig, BY(text, "\""), "");
    finds(rig, BY(text, "*"), "");
    finds(rig, BY(text, "care OR бастама"), "");
    finds(rig, BY(text, "text:care"), "");
    finds(rig, BY(text, "NEAR(care)"), "");
    finds(rig, BY(text, "😀"), "");
    finds(rig, BY(region, "KZ-71' OR '1'='1"), "");
    finds(rig, BY(text, "drop"), "n4 ");
}

static void filters(void **state)
{
    struct rig *rig = *state;
    finds(rig, BY(region, "KZ-71"), "n3 n1 ");
    finds(rig, BY(status, "NO_BIN"), "n2 ");
    finds(rig, BY(direction, "youth"), "n2 n1 "); /* not youthful */
    finds(rig, BY(direction, "youth|health"), "");
    finds(rig, BY(direction, "youth\" OR \"dhealth"), "");
    finds(rig, BY(region, "\""), "");
    finds(rig, BY(region, "KZ71"), "n3 n1 "); /* signs between letters do not count */
    finds(rig, BY(filed, "2025"), "n2 n1 ");
    finds(rig, BY(filed, "2027"), "");
    finds(rig, BY(laureate, "any"), "n3 n1 ");
    finds(rig, BY(laureate, "2017"), "n1 ");
    finds(rig, (struct register_filter){.text = slice_str("ә"), .laureate = slice_str("2019")},
          "n3 ");
}

static void pages_by_row(void **state)
{
    struct rig *rig = *state;
    const struct register_filter all = {0};
    char found[64] = "";
    assert_int_equal(register_store_search(rig->store, &all, 0, 2, note_id, found), OK);
    assert_string_equal(found, "n4 n3 ");
    assert_int_equal(register_store_search(rig->store, &all, 2, 5, note_id, found), OK);
    assert_string_equal(found, "n4 n3 n2 n1 ");
    *found = '\0';
    assert_int_equal(register_store_search(rig->store, &all, INT64_MAX, 5, note_id, found), OK);
    assert_int_equal(register_store_search(rig->store, &all, 4, 5, note_id, found), OK);
    assert_string_equal(found, "");
    assert_int_equal(register_store_search(rig->store, &all, INT64_MIN, 1, note_id, found), OK);
    assert_string_equal(found, "n4 ");
}

static void check_n1(void *context, const struct register_row *row)
{
    *(bool *)context = true;
    assert_true(slice_is(row->values[REGISTER_BIN], "160340000001"));
    assert_true(slice_is(row->values[REGISTER_NAME_RU], "Фонд «Забота»"));
    assert_true(slice_is(row->values[REGISTER_LAUREATE], "2017|2019"));
    assert_true(slice_is(row->values[REGISTER_SOURCE_ID], ""));
}

static void finds_one(void **state)
{
    struct rig *rig = *state;
    bool called = false;
    assert_int_equal(register_store_find(rig->store, slice_str("n1"), check_n1, &called), OK);
    assert_true(called);
    called = false;
    assert_int_equal(register_store_find(rig->store, slice_str("n9"), check_n1, &called),
                     ERR_NOT_FOUND);
    assert_false(called);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(searches_by_folded_prefixes, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_in_a_text_is_syntax, setup, teardown),
        cmocka_unit_test_setup_teardown(filters, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_by_row, setup, teardown),
        cmocka_unit_test_setup_teardown(finds_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
