/* The register's CSV in its strict form, and the numbers of organisations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "register/bin.h"
#include "register/register.h"

static struct ngo_register *parse(const char *text)
{
    struct ngo_register *made = NULL;
    struct fault fault;
    if (register_parse(slice_str(text), &made, &fault) != OK)
        fail_msg("%s", fault.text);
    return made;
}

static void reads_what_it_should(void **state)
{
    (void)state;
    struct ngo_register *r =
        parse("region,id,name_kk,other,bin\r\n"
              "\r\n"
              "KZ-71,a1,\"\xd2\x9a\xd0\xbe\xd1\x80, \"\"X\"\"\",x,160340000001\n"
              "\n"
              "KZ-10, b ,\"two\r\nlines\",,\n"
              "KZ-11,c,lone,\"cr\rin quotes\",");
    assert_int_equal(register_len(r), 3);
    size_t row;
    assert_true(register_find(r, slice_str("a1"), &row));
    assert_int_equal(row, 0);
    assert_true(
        slice_is(register_value(r, 0, REGISTER_NAME_KK), "\xd2\x9a\xd0\xbe\xd1\x80, \"X\""));
    assert_true(slice_is(register_value(r, 0, REGISTER_BIN), "160340000001"));
    assert_true(slice_is(register_value(r, 0, REGISTER_REGION), "KZ-71"));
    assert_true(slice_is(register_value(r, 0, REGISTER_STATUS), ""));
    assert_true(register_find(r, slice_str(" b "), &row)); /* spaces are part of a field */
    assert_false(register_find(r, slice_str("b"), &row));
    assert_true(slice_is(register_value(r, 1, REGISTER_NAME_KK), "two\r\nlines"));
    assert_true(register_find(r, slice_str("c"), &row));
    register_destroy(r);

    r = parse("id\n");
    assert_int_equal(register_len(r), 0);
    assert_false(register_find(r, slice_str("id"), &row));
    register_destroy(r);
}

static void refuses_everything_else(void **state)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        "name\nx\n",     /* no column id */
        "id,id\n1,2\n",  /* two */
        "id,name\n1\n",  /* too few fields */
        "id\n1,2\n",     /* too many */
        "id\n1\n1\n",    /* an id twice */
        "id,name\n,x\n", /* empty id */
        "id\n\"\"\n",    /* likewise */
        "id\n\"a\n",     /* a quote not closed */
        "id\n\"a\"b\n",  /* text behind a quoted field */
        "id\na\"b\n",    /* a quote in a plain field */
        "id\ra\r",       /* CR alone */
        "id\na\r",       /* likewise, at the end */
        "id\na\rb\n",
        "\xef\xbb\xbfid\na\n",       /* byte order mark */
        "name,id\n\xff,a\n",         /* not UTF-8 */
        "name,id\n\xc0\xaf,a\n",     /* overlong */
        "name,id\n\xed\xa0\x80,a\n", /* a surrogate */
        "name,id\n\xc4",             /* cut */
        "id\n12345678901234567890123456789012345678901234567890123456789012345\n", /* 65 bytes */
        "ID\na\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct ngo_register *made = NULL;
        struct fault fault = {""};
        if (register_parse(slice_str(texts[i]), &made, &fault) != ERR_INVALID || made)
            fail_msg("row %zu was taken", i);
        assert_true(fault.text[0] != '\0');
    }
}

static void keeps_many_rows(void **state)
{
    struct buf csv;
    char id[16];
    size_t row;
    (void)state;
    buf_init(&csv, 1U << 20);
    buf_put_str(&csv, "id,name_ru\n");
    for (unsigned i = 0; i < 20000; i++)
        buf_printf(&csv, "n%u,name %u\n", i * 7, i);
    struct ngo_register *r = parse(buf_text(&csv));
    assert_int_equal(register_len(r), 20000);
    for (unsigned i = 0; i < 20000; i += 37) {
        snprintf(id, sizeof id, "n%u", i * 7);
        assert_true(register_find(r, slice_str(id), &row));
        assert_int_equal(row, i);
    }
    assert_false(register_find(r, slice_str("n1"), &row));
    register_destroy(r);
    buf_release(&csv);
}

/* domain.md §3 */
static void check_digits_are_right(void **state)
{
    static const char *const good[] = {"160340000001", "990140000806", "200141000004",
                                       "230242000004"};
    static const char *const bad[] = {
        "160340000002", "16034000000",  "1603400000011", "16034000000x",
        "161340000000", "160000000001", "991231100000", /* a person's */
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(bin_valid(slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(bin_valid(slice_str(bad[i])));
    static const struct {
        const char *digits;
        int check;
    } rows[] = {{"99123110000", 0}, {"99123110010", 9}, {"99123110011", 0},  {"99123110016", -1},
                {"90010130123", 3}, {"85071540456", 8}, {"99014000082", -1}, {"10123160180", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t digits[11];
        for (unsigned j = 0; j < 11; j++)
            digits[j] = (uint8_t)(rows[i].digits[j] - '0');
        assert_int_equal(bin_check_digit(digits), rows[i].check);
    }
    for (char last = '0'; last <= '9'; last++) { /* never issued */
        char text[13] = "99014000082";
        text[11] = last;
        assert_false(bin_valid(slice_str(text)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_should),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(keeps_many_rows),
        cmocka_unit_test(check_digits_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
