#include "http/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *parse(const char *text)
{
    struct fault fault = {{0}};
    json_t *object = NULL;

    if (http_json_parse(slice_str(text), &object, &fault) != OK) {
        assert_null(object);
        assert_true(fault.text[0] != '\0');
    }
    return object;
}

static void test_parse(void **state)
{
    static const char *const good[] = {"{}", "{\"a\":\"[[[[[[[[[[[[[[[[[[\\\"{{{{{{\"}",
                                       " {\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}",
                                       "{\"a\":1.5,\"b\":null,\"c\":true}"};
    static const char *const bad[] = {"",
                                      "[]",
                                      "1",
                                      "{\"a\":1,\"a\":1}",
                                      "{\"a\":{\"b\":1,\"b\":2}}",
                                      "{} {}",
                                      "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\\u0000\"}",
                                      "{'a':1}",
                                      "{\"a\":1,}"};

    static const char nul[] = "{\"a\":1\0}";
    json_t *swallowed = NULL;
    (void)state;
    /* jansson would take it. */
    assert_int_equal(http_json_parse(slice_of(nul, sizeof nul - 1), &swallowed, NULL), ERR_INVALID);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        json_t *object = parse(good[i]);

        if (object == NULL)
            fail_msg("refused: %s", good[i]);
        json_decref(object);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(bad[i]) != NULL)
            fail_msg("taken: %s", bad[i]);
}

struct all {
    struct slice name;
    int64_t count;
    bool agreed;
    json_t *list, *map;
};

static enum err take(const char *text, struct all *all, struct fault *fault)
{
    const struct http_member members[] = {
        {"name", HTTP_MEMBER_TEXT, false, 1, 4, &all->name},
        {"count", HTTP_MEMBER_INT, true, -3, 10, &all->count},
        {"agreed", HTTP_MEMBER_BOOL, true, 0, 0, &all->agreed},
        {"list", HTTP_MEMBER_ARRAY, true, 1, 2, &all->list},
        {"map", HTTP_MEMBER_OBJECT, true, 0, 1, &all->map},
    };
    json_t *object = parse(text);
    enum err err;

    assert_non_null(object);
    err = http_members(object, members, sizeof members / sizeof members[0], fault);
    if (err == OK)
        assert_true(all->name.len > 0);
    json_decref(object);
    return err;
}

static void test_members(void **state)
{
    static const struct {
        const char *text, *fault;
    } bad[] = {
        {"{}", "name is missing"},
        {"{\"name\":1}", "name is not"},
        {"{\"name\":null}", "name is not"},
        {"{\"name\":\"\"}", "name is not"},
        {"{\"name\":\"abcde\"}", "name is not"},
        {"{\"name\":\"\xd0\xb8\xcc\x86\"}", "name is not"}, /* not in NFC */
        {"{\"name\":\"a\\nb\"}", "name is not"},
        {"{\"name\":\"a\xe2\x80\xae\"}", "name is not"},
        {"{\"name\":\"a\",\"count\":11}", "count is not"},
        {"{\"name\":\"a\",\"count\":-4}", "count is not"},
        {"{\"name\":\"a\",\"count\":1.0}", "count is not"},
        {"{\"name\":\"a\",\"count\":\"1\"}", "count is not"},
        {"{\"name\":\"a\",\"agreed\":1}", "agreed is not"},
        {"{\"name\":\"a\",\"list\":[]}", "list is not"},
        {"{\"name\":\"a\",\"list\":[1,2,3]}", "list is not"},
        {"{\"name\":\"a\",\"map\":{\"a\":1,\"b\":2}}", "map is not"},
        {"{\"name\":\"a\",\"extra\":1}", "extra is unknown"},
        {"{\"name\":\"a\",\"\xd2\x9b\":1}", "? is unknown"},
        {"{\"name\":\"a\",\"Name\":1}", "? is unknown"},
    };
    struct fault fault;
    struct all all = {.count = 5};

    (void)state;
    assert_int_equal(take("{\"name\":\"\xd2\x9b\xd2\x9b\xd2\x9b\xd2\x9b\"}", &all, &fault), OK);
    assert_int_equal(all.count, 5);
    assert_int_equal(
        take("{\"map\":{},\"list\":[1],\"agreed\":true,\"count\":-3,\"name\":\"a\"}", &all, &fault),
        OK);
    assert_int_equal(all.count, -3);
    assert_true(all.agreed);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(take(bad[i].text, &all, &fault), ERR_INVALID);
        if (strstr(fault.text, bad[i].fault) == NULL)
            fail_msg("%s: %s", bad[i].text, fault.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse),
                                       cmocka_unit_test(test_members)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
