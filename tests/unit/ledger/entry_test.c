#include "fixture.h"
#include "ledger/entry.h"

static enum err parse(const char *text, struct entry *entry)
{
    return entry_parse(slice_str(text), entry, NULL);
}

static void test_parses_common_members(void **state)
{
    struct entry entry;

    (void)state;
    assert_int_equal(parse("{\"at\":1800000000,\"t\":\"mark\",\"v\":1}", &entry), OK);
    assert_true(entry_is(&entry, "mark"));
    assert_false(entry_is(&entry, "mar"));
    assert_true(entry.has_at);
    assert_int_equal(entry.at, 1800000000);
    assert_int_equal(parse("{\"t\":\"ballot\",\"v\":1}", &entry), OK);
    assert_false(entry.has_at);
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"t\":\"mark\"}",
        "{\"v\":1}",
        "{\"t\":\"mark\",\"v\":2}",
        "{\"t\":\"mark\",\"v\":\"1\"}",
        "{\"t\":\"\",\"v\":1}",
        "{\"t\":\"Mark\",\"v\":1}",
        "{\"t\":\"ma_rk\",\"v\":1}",
        "{\"t\":\"abcdefghijklmnopq\",\"v\":1}",
        "{\"t\":5,\"v\":1}",
        "{\"at\":\"5\",\"t\":\"mark\",\"v\":1}",
        "{\"v\":1,\"t\":\"mark\"}",
        "{\"t\":\"mark\", \"v\":1}",
        "{\"t\":\"mark\",\"v\":1}\n",
    };
    struct entry entry;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i], &entry) == OK)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(parse("{\"t\":\"abcdefghijklmnop\",\"v\":1}", &entry), OK);
}

static void test_tells_form_from_meaning(void **state)
{
    struct entry entry;

    (void)state;
    assert_int_equal(parse("{\"t\":\"mark\",\"v\":2}", &entry), ERR_INVALID);
    assert_true(entry.doc.len > 0);
    assert_int_equal(parse("{\"t\":\"mark\",\"v\":01}", &entry), ERR_INVALID);
    assert_int_equal(entry.doc.len, 0);
}

static void test_too_long(void **state)
{
    char text[ENTRY_LEN_MAX + 2];
    const char *head = "{\"a\":\"", *tail = "\",\"t\":\"mark\",\"v\":1}";
    struct entry entry;
    size_t fill = ENTRY_LEN_MAX - strlen(head) - strlen(tail);

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, head, strlen(head));
    memcpy(text + strlen(head) + fill, tail, strlen(tail));
    assert_int_equal(entry_parse(slice_of(text, ENTRY_LEN_MAX), &entry, NULL), OK);
    memcpy(text + strlen(head) + fill + 1, tail, strlen(tail));
    text[strlen(head) + fill] = 'x';
    assert_int_equal(entry_parse(slice_of(text, ENTRY_LEN_MAX + 1), &entry, NULL), ERR_LIMITED);
}

static void test_members_by_form(void **state)
{
    struct entry entry;
    struct slice text;
    uint64_t number;
    uint8_t bytes[3];
    size_t len;
    struct buf buf;

    (void)state;
    assert_int_equal(
        parse("{\"b\":\"AQID\",\"h\":\"0a0b0c\",\"n\":7,\"q\":\"a\\\"b\",\"t\":\"mark\","
              "\"v\":1}",
              &entry),
        OK);
    assert_int_equal(entry_base64(&entry, "b", bytes, 3), OK);
    assert_memory_equal(bytes, "\x01\x02\x03", 3);
    assert_int_equal(entry_base64(&entry, "b", bytes, 2), ERR_INVALID);
    assert_int_equal(entry_base64_upto(&entry, "b", 1, bytes, 3, &len), OK);
    assert_int_equal(len, 3);
    assert_int_equal(entry_base64_upto(&entry, "b", 4, bytes, 3, &len), ERR_INVALID);
    assert_int_equal(entry_hex(&entry, "h", bytes, 3), OK);
    assert_memory_equal(bytes, "\x0a\x0b\x0c", 3);
    assert_int_equal(entry_hex(&entry, "b", bytes, 2), ERR_INVALID);
    assert_int_equal(entry_int(&entry, "n", 7, &number), OK);
    assert_int_equal(number, 7);
    assert_int_equal(entry_int(&entry, "n", 6, &number), ERR_INVALID);
    assert_int_equal(entry_int(&entry, "b", 6, &number), ERR_INVALID);
    assert_int_equal(entry_int(&entry, "none", 6, &number), ERR_NOT_FOUND);
    assert_int_equal(entry_str(&entry, "t", 1, 4, &text), OK);
    assert_true(slice_is(text, "mark"));
    assert_int_equal(entry_str(&entry, "t", 5, 9, &text), ERR_INVALID);
    assert_int_equal(entry_str(&entry, "t", 1, 3, &text), ERR_INVALID);
    assert_int_equal(entry_str(&entry, "n", 0, 9, &text), ERR_INVALID);
    assert_int_equal(entry_str(&entry, "q", 0, 9, &text), ERR_INVALID);
    buf_init(&buf, 3);
    assert_int_equal(entry_text(&entry, "q", &buf), OK);
    assert_true(slice_is(buf_slice(&buf), "a\"b"));
    assert_int_equal(entry_text(&entry, "q", &buf), ERR_LIMITED);
    buf_release(&buf);
}

static void check_insert(const char *before, const char *after)
{
    struct entry entry;
    struct buf buf;

    assert_int_equal(parse(before, &entry), OK);
    buf_init(&buf, 1000);
    entry_insert_at(&entry, 42, &buf);
    assert_string_equal(buf_text(&buf), after);
    assert_int_equal(entry_parse(buf_slice(&buf), &entry, NULL), OK);
    assert_int_equal(entry.at, 42);
    buf_release(&buf);
}

static void test_inserts_at_in_order(void **state)
{
    (void)state;
    check_insert("{\"t\":\"mark\",\"v\":1}", "{\"at\":42,\"t\":\"mark\",\"v\":1}");
    check_insert("{\"act\":\"x\",\"t\":\"mark\",\"v\":1}",
                 "{\"act\":\"x\",\"at\":42,\"t\":\"mark\",\"v\":1}");
    check_insert("{\"as\":1,\"ata\":2,\"t\":\"mark\",\"v\":1}",
                 "{\"as\":1,\"at\":42,\"ata\":2,\"t\":\"mark\",\"v\":1}");
    check_insert("{\"a\":{\"at\":1},\"b\":[1],\"t\":\"mark\",\"v\":1}",
                 "{\"a\":{\"at\":1},\"at\":42,\"b\":[1],\"t\":\"mark\",\"v\":1}");
}

static void check_signed(const char *text, const char *expected)
{
    struct entry entry;
    struct buf buf;

    assert_int_equal(parse(text, &entry), OK);
    buf_init(&buf, 1000);
    entry_signed_text(&entry, "o.example/c", &buf);
    assert_string_equal(buf_text(&buf), expected);
    buf_release(&buf);
}

static void test_signed_text(void **state)
{
    (void)state;
    check_signed("{\"cat\":\"a\",\"sig\":\"AA==\",\"t\":\"ballot\",\"v\":1}",
                 "o.example/c\nballot/v1\n{\"cat\":\"a\",\"t\":\"ballot\",\"v\":1}");
    check_signed("{\"at\":5,\"sigs\":[{\"k\":\"a\",\"s\":\"b\"}],\"t\":\"key\",\"v\":1}",
                 "o.example/c\nkey/v1\n{\"t\":\"key\",\"v\":1}");
    check_signed(
        "{\"act\":\"x\",\"at\":5,\"o\":{\"at\":1,\"sig\":\"in\"},\"t\":\"key\",\"v\":1}",
        "o.example/c\nkey/v1\n{\"act\":\"x\",\"o\":{\"at\":1,\"sig\":\"in\"},\"t\":\"key\","
        "\"v\":1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses_common_members),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_tells_form_from_meaning),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_members_by_form),
        cmocka_unit_test(test_inserts_at_in_order),
        cmocka_unit_test(test_signed_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
