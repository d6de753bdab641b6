#include "http/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/canon.h"
#include "campaign/verdict.h"

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < problems_len; i++) {
        const struct problem *problem = &problems[i];

        if (i > 0 && strcmp(problems[i - 1].code, problem->code) >= 0)
            fail_msg("%s is out of order", problem->code);
        assert_ptr_equal(problem_find(problem->code), problem);
        assert_true(problem->status >= 400 && problem->status <= 505);
        assert_int_equal(strspn(problem->code, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                         strlen(problem->code));
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            const char *title = problem->text[lang].title, *detail = problem->text[lang].detail;

            if (title == NULL || detail == NULL || title[0] == '\0' || detail[0] == '\0')
                fail_msg("%s lacks a text", problem->code);
            assert_true(canon_text_allowed(slice_str(title)));
            assert_true(canon_text_allowed(slice_str(detail)));
            assert_null(strchr(detail, '!'));
            if (detail[strlen(detail) - 1] != '.')
                fail_msg("%s: a detail is whole sentences", problem->code);
            /* Titles stand alone, as headings do. */
            assert_true(title[strlen(title) - 1] != '.');
        }
    }
}

/* Whatever the judge says has an answer of its own. */
static void test_every_verdict_has_a_row(void **state)
{
    (void)state;
    for (unsigned code = VERDICT_ACCEPTED + 1; code < VERDICT_JUDGE_END; code++)
        if (!problem_known(verdict_name((enum verdict_code)code)))
            fail_msg("no row for %s", verdict_name((enum verdict_code)code));
}

static void test_every_err_has_a_row(void **state)
{
    (void)state;
    for (int err = OK; err <= ERR_INTERNAL; err++)
        assert_true(problem_known(problem_of_err((enum err)err)));
    assert_string_equal(problem_of_err(ERR_UNAVAILABLE), "busy");
    assert_string_equal(problem_of_err(ERR_INTERNAL), "internal");
}

static void test_unknown_code(void **state)
{
    (void)state;
    assert_false(problem_known("nonsense"));
    assert_string_equal(problem_find("nonsense")->code, "internal");
}

static void test_put(void **state)
{
    json_t *extra = json_pack("{s:i,s:s}", "rev", 3, "code", "forged");
    struct buf out;
    json_t *body;

    (void)state;
    buf_init(&out, 65536);
    problem_put(&out, problem_find("rev_stale"), LANG_RU, "00ff", extra);
    body = json_loadb((const char *)out.data, out.len, 0, NULL);
    assert_non_null(body);
    assert_string_equal(json_string_value(json_object_get(body, "code")), "rev_stale");
    assert_string_equal(json_string_value(json_object_get(body, "type")), "/problems/rev_stale");
    assert_string_equal(json_string_value(json_object_get(body, "request_id")), "00ff");
    assert_string_equal(json_string_value(json_object_get(body, "title")),
                        problem_find("rev_stale")->text[LANG_RU].title);
    assert_int_equal(json_integer_value(json_object_get(body, "status")), 409);
    assert_int_equal(json_integer_value(json_object_get(body, "rev")), 3);
    assert_string_equal(json_string_value(json_object_get(extra, "code")), "forged");
    json_decref(body);
    json_decref(extra);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_every_verdict_has_a_row),
        cmocka_unit_test(test_every_err_has_a_row),
        cmocka_unit_test(test_unknown_code),
        cmocka_unit_test(test_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
