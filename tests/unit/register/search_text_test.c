/* Folding and patterns by the vectors that the pages' code is held to as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "register/search_text.h"

static json_t *vectors(const char *name)
{
    json_t *all = json_load_file("web/i18n/fold-vectors.json", 0, NULL);
    assert_non_null(all);
    json_t *list = json_incref(json_object_get(all, name));
    assert_true(json_array_size(list) > 5);
    json_decref(all);
    return list;
}

static struct slice text_at(const json_t *row, size_t i)
{
    const json_t *text = json_array_get(row, i);
    return slice_of(json_string_value(text), json_string_length(text));
}

static void folds(void **state)
{
    json_t *list = vectors("folds"), *row;
    size_t i;
    (void)state;
    json_array_foreach(list, i, row)
    {
        struct buf out;
        buf_init(&out, 4096);
        search_text_fold(text_at(row, 0), &out);
        if (!slice_equal(buf_slice(&out), text_at(row, 1)))
            fail_msg("row %zu: %s", i, buf_text(&out));
        buf_release(&out);
    }
    json_decref(list);
}

static void makes_patterns_without_syntax(void **state)
{
    json_t *list = vectors("patterns"), *row;
    size_t i;
    (void)state;
    json_array_foreach(list, i, row)
    {
        struct buf out;
        buf_init(&out, 4096);
        bool any = search_text_pattern(text_at(row, 0), &out);
        assert_int_equal(any, text_at(row, 1).len > 0);
        /* a closed word may leave a space behind it */
        size_t len = out.len > 0 && out.data[out.len - 1] == ' ' ? out.len - 1 : out.len;
        if (!slice_equal(slice_of(out.data, len), text_at(row, 1)))
            fail_msg("row %zu: %s", i, buf_text(&out));
        buf_release(&out);
    }
    json_decref(list);
}

static void ten_thousand_marks_are_nothing(void **state)
{
    struct buf text, out;
    (void)state;
    buf_init(&text, 1U << 16);
    buf_init(&out, 1U << 16);
    buf_put_str(&text, "a");
    for (int i = 0; i < 10000; i++)
        buf_put_str(&text, "\xcc\x81");
    search_text_fold(buf_slice(&text), &out);
    assert_true(slice_is(buf_slice(&out), "a"));
    buf_clear(&out);
    search_text_fold(slice_of("ab\xff"
                              "cd",
                              5),
                     &out); /* not UTF-8: ends there */
    assert_true(slice_is(buf_slice(&out), "ab"));
    buf_release(&text);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds),
        cmocka_unit_test(makes_patterns_without_syntax),
        cmocka_unit_test(ten_thousand_marks_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
