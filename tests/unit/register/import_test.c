/* The import of the NGO Database: what is taken, what is refused and how it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "register/import.h"

#define HEAD "id,bin,name_kk,region,status\n"

static struct rules *rules;

static int read_rules(void **state)
{
    struct buf text;
    struct fault fault;
    (void)state;
    buf_init(&text, 1U << 20);
    int wrong = file_read("data/demo/rules.json", &text, &fault) != OK ||
                rules_parse(buf_slice(&text), &rules, NULL) != OK;
    buf_release(&text);
    return wrong;
}

static int drop_rules(void **state)
{
    (void)state;
    rules_destroy(rules);
    return 0;
}

static struct import_result import(struct slice file)
{
    struct import_result result;
    struct fault fault;
    if (register_import(file, rules, NULL, NULL, &result, &fault) != OK)
        fail_msg("%s", fault.text);
    return result;
}

static struct ngo_register *parsed(const struct import_result *result)
{
    struct ngo_register *ngos = NULL;
    struct fault fault;
    if (register_parse(buf_slice(&result->csv), &ngos, &fault) != OK)
        fail_msg("%s", fault.text);
    return ngos;
}

static void is(const struct ngo_register *ngos, const char *id, enum register_column column,
               const char *want)
{
    size_t row = 0;
    if (!register_find(ngos, slice_str(id), &row))
        fail_msg("no %s", id);
    struct slice value = register_value(ngos, row, column);
    if (!slice_is(value, want))
        fail_msg("%s %s: %.*s", id, register_column_name(column), SLICE_PRINT(value));
}

static void takes_every_kind_of_ngo(void **state)
{
    (void)state;
    struct import_result result = import(slice_str(
        "\xef\xbb\xbfname_kk;name_ru;name_en;bin;id;region;status;filed;filed_year;kind;former_"
        "names;"
        "directions;laureate;note\r\n"
        "  Қамқор \t қоры ;;;160340000001;;KZ-71;ACTIVE;2025:2025-03-21|2024;2026;;Бірінші| Екінші "
        ";youth|Охрана окружающей среды;2019|2017|2019;x\r\n"
        "\r\n"
        ";Без БИН;;;n2;Город Алматы;NO_BIN;;;;;;;\r\n"
        ";;Foreign branch;200151000004;n3;Нур-Султан;INACTIVE;2020|2020:2020-02-29;;;;;;\r\n"
        ";;Foreign office;;n4;KZ-10;SUSPENDED;;;FOREIGN_REPRESENTATION;;;;\r\n"
        ";;Closing;200141000004;n5;KZ-10;LIQUIDATING;;;;;;;\r\n"));
    assert_int_equal(result.rejections_len, 0);
    assert_int_equal(result.rows, 5);
    assert_true(strcmp(result.unknown, "note") == 0);
    struct ngo_register *ngos = parsed(&result);
    is(ngos, "160340000001", REGISTER_NAME_KK, "Қамқор қоры");
    is(ngos, "160340000001", REGISTER_FILED, "2024|2025:2025-03-21|2026");
    is(ngos, "160340000001", REGISTER_FILED_YEAR, "2026");
    is(ngos, "160340000001", REGISTER_KIND, "HEAD");
    is(ngos, "160340000001", REGISTER_FORMER_NAMES, "Бірінші|Екінші");
    is(ngos, "160340000001", REGISTER_DIRECTIONS, "environment|youth");
    is(ngos, "160340000001", REGISTER_LAUREATE, "2017|2019");
    is(ngos, "n2", REGISTER_REGION, "KZ-75");
    is(ngos, "n2", REGISTER_FORMER_REGION, "");
    is(ngos, "n3", REGISTER_REGION, "KZ-71");
    is(ngos, "n3", REGISTER_FORMER_REGION, "Нур-Султан");
    is(ngos, "n3", REGISTER_KIND, "FOREIGN_BRANCH");
    is(ngos, "n3", REGISTER_FILED, "2020:2020-02-29");
    is(ngos, "n4", REGISTER_KIND, "FOREIGN_REPRESENTATION");
    is(ngos, "n5", REGISTER_KIND, "BRANCH");
    register_destroy(ngos);
    import_result_release(&result);
}

/* Line, column and reason of each; the good lines around them are taken. */
static void says_what_is_wrong_with_a_line(void **state)
{
    static const struct {
        const char *line, *column, *reason;
    } rows[] = {
        {"a/b,,X,KZ-71,NO_BIN", "id", "a character"},
        {",,X,KZ-71,NO_BIN", "id", "neither"},
        {"a,16034000000,X,KZ-71,ACTIVE", "bin", "twelve digits"},
        {"a,160340000002,X,KZ-71,ACTIVE", "bin", "check digit"},
        {"a,990140000820,X,KZ-71,ACTIVE", "bin", "check digit"}, /* never issued */
        {"a,991231100000,X,KZ-71,ACTIVE", "bin", "of a person"},
        {"a,\xf0\x9f\x98\x80,X,KZ-71,ACTIVE", "bin", "digits only"},
        {"a,16034000000x,X,KZ-71,ACTIVE", "bin", "digits only"},
        {"a,,,KZ-71,NO_BIN", "name_kk", "no name"},
        {"a,,   ,KZ-71,NO_BIN", "name_kk", "no name"},
        {"a,,X\xe2\x80\xaegnp.exe,KZ-71,NO_BIN", "name_kk", "direction"},
        {"a,,X\x01,KZ-71,NO_BIN", "name_kk", "control"},
        {"a,,X\xff,KZ-71,NO_BIN", "name_kk", "UTF-8"},
        {"a,,e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81,KZ-71,NO_BIN", "name_kk", "marks"},
        {"a,,X,KZ-99,NO_BIN", "region", "neither a code"},
        {"a,,X,,NO_BIN", "region", "missing"},
        {"a,,X,KZ-71,GONE", "status", "not one of"},
        {"a,,X,KZ-71,ACTIVE", "status", "without a BIN"},
        {"a,160340000001,X,KZ-71,NO_BIN", "status", "there is a BIN"},
        {"good1,,X,KZ-71,NO_BIN", "id", "same id"},
        {"a,200141000004,X,KZ-71,ACTIVE", "bin", "same BIN"},
        {"a,,X,KZ-71", "", "fewer"},
        {"a,,X,KZ-71,NO_BIN,", "", "more"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf file;
        buf_init(&file, 4096);
        buf_printf(&file,
                   HEAD "good1,200141000004,\"<script>alert(1)</script>\nx\",KZ-71,ACTIVE\n%s\n"
                        "good2,,'); DROP TABLE ngo; --,KZ-71,NO_BIN",
                   rows[i].line);
        struct import_result result = import(buf_slice(&file));
        if (result.rows != 2 || result.rejections_len != 1)
            fail_msg("row %zu: %zu taken, %zu refused", i, result.rows, result.rejections_len);
        const struct import_rejection *rejection = &result.rejections[0];
        if (rejection->line != 4 || strcmp(rejection->column, rows[i].column) != 0 ||
            strstr(rejection->reason, rows[i].reason) == NULL)
            fail_msg("row %zu: line %zu, %s: %s", i, rejection->line, rejection->column,
                     rejection->reason);
        struct ngo_register *ngos = parsed(&result);
        is(ngos, "good1", REGISTER_NAME_KK, "<script>alert(1)</script> x");
        is(ngos, "good2", REGISTER_NAME_KK, "'); DROP TABLE ngo; --");
        register_destroy(ngos);
        import_result_release(&result);
        buf_release(&file);
    }
}

static void says_what_is_wrong_with_lists(void **state)
{
    static const struct {
        const char *values, *column;
    } rows[] = {
        {"2025-03-21,,,", "filed"},
        {"2025:2025-02-29,,,", "filed"},
        {"2025:2025-3-1,,,", "filed"},
        {"1066,,,", "filed"},
        {"-5,,,", "filed"},
        {"2025:2025-01-01|2025:2025-01-02,,,", "filed"},
        {",20255,,", "filed_year"},
        {",,2017;2019,", "laureate"},
        {",,99999999999999999999,", "laureate"},
        {",,,nothing", "directions"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf file;
        buf_init(&file, 4096);
        buf_printf(&file,
                   "id,name_ru,region,status,filed,filed_year,laureate,directions\n"
                   "a,X,KZ-71,NO_BIN,%s\n",
                   rows[i].values);
        struct import_result result = import(buf_slice(&file));
        assert_int_equal(result.rows, 0);
        assert_int_equal(result.rejections_len, 1);
        if (strcmp(result.rejections[0].column, rows[i].column) != 0)
            fail_msg("row %zu: %s", i, result.rejections[0].column);
        import_result_release(&result);
        buf_release(&file);
    }
}

static void refuses_a_file_as_a_whole(void **state)
{
    static const char *const files[] = {
        "",
        "\n\n",
        "name\nx\n",
        "id,bin\n1,\n",
        "id,name_kk\n1,x\n",
        "id,id,name_kk,status\n",
        "id,name_kk,status\na,\"never closed,NO_BIN\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct import_result result;
        struct fault fault = {{0}};
        if (register_import(slice_str(files[i]), rules, NULL, NULL, &result, &fault) !=
                ERR_INVALID ||
            strncmp(fault.text, "line ", 5) != 0)
            fail_msg("row %zu was taken", i);
        import_result_release(&result);
    }
}

static void a_field_of_five_megabytes_is_one_rejection(void **state)
{
    struct buf file;
    (void)state;
    buf_init(&file, 6U << 20);
    buf_put_str(&file, HEAD "a,,\"");
    memset(buf_extend(&file, 5U << 20), 'x', 5U << 20);
    buf_put_str(&file, "\",KZ-71,NO_BIN\nb,,B,KZ-71,NO_BIN\n");
    struct import_result result = import(buf_slice(&file));
    assert_int_equal(result.rows, 1);
    assert_int_equal(result.rejections_len, 1);
    assert_non_null(strstr(result.rejections[0].reason, "longer"));
    import_result_release(&result);

    buf_clear(&file);
    buf_put_str(&file, HEAD "a,,e");
    for (int i = 0; i < 10000; i++)
        buf_put_str(&file, "\xcc\x81");
    buf_put_str(&file, ",KZ-71,NO_BIN\n");
    result = import(buf_slice(&file));
    assert_int_equal(result.rejections_len, 1);
    import_result_release(&result);
    buf_release(&file);
}

static void the_order_of_lines_is_of_no_account(void **state)
{
    (void)state;
    struct import_result one = import(slice_str(HEAD "b,,B,KZ-71,NO_BIN\na,,A,KZ-10,NO_BIN\n"));
    struct import_result two = import(slice_str("status,region,name_kk,bin,id\r\n"
                                                "NO_BIN,KZ-10, A,,a\r\nNO_BIN,город Астана,B,,b"));
    assert_true(slice_equal(buf_slice(&one.csv), buf_slice(&two.csv)));
    struct import_result again = import(buf_slice(&one.csv)); /* and of itself */
    assert_true(slice_equal(buf_slice(&one.csv), buf_slice(&again.csv)));
    import_result_release(&one);
    import_result_release(&two);
    import_result_release(&again);
}

static void compares(void **state)
{
    (void)state;
    struct import_result one = import(slice_str(HEAD "a,,A,KZ-71,NO_BIN\nb,,B,KZ-71,NO_BIN\n"));
    struct import_result two =
        import(slice_str(HEAD "c,,C,KZ-71,NO_BIN\nb,,\"B, 2\",KZ-10,NO_BIN\n"));
    struct ngo_register *before = parsed(&one), *after = parsed(&two);
    struct import_difference difference;
    struct buf list;
    buf_init(&list, 4096);
    import_compare(before, after, &difference, &list);
    assert_int_equal(difference.added, 1);
    assert_int_equal(difference.removed, 1);
    assert_int_equal(difference.changed, 1);
    assert_int_equal(difference.fields[REGISTER_NAME_KK], 1);
    assert_int_equal(difference.fields[REGISTER_REGION], 1);
    assert_string_equal(buf_text(&list), "change,id,column,before,after\r\n"
                                         "changed,b,name_kk,B,\"B, 2\"\r\n"
                                         "changed,b,region,KZ-71,KZ-10\r\n"
                                         "added,c,,,\r\n"
                                         "removed,a,,,\r\n");
    import_compare(NULL, after, &difference, NULL);
    assert_int_equal(difference.added, 2);
    import_compare(after, after, &difference, NULL);
    assert_int_equal(difference.added + difference.removed + difference.changed, 0);
    buf_release(&list);
    register_destroy(before);
    register_destroy(after);
    import_result_release(&one);
    import_result_release(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_kind_of_ngo),
        cmocka_unit_test(says_what_is_wrong_with_a_line),
        cmocka_unit_test(says_what_is_wrong_with_lists),
        cmocka_unit_test(refuses_a_file_as_a_whole),
        cmocka_unit_test(a_field_of_five_megabytes_is_one_rejection),
        cmocka_unit_test(the_order_of_lines_is_of_no_account),
        cmocka_unit_test(compares),
    };
    return cmocka_run_group_tests(tests, read_rules, drop_rules);
}
