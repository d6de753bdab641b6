#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/canon.h"
#include "base/mem.h"
#include "base/random.h"
#include "canon_oracle.h"

enum { LEN_MAX = 8192, DEPTH_MAX = 4, VALUES_MAX = 256 };

static struct canon_node nodes[VALUES_MAX];
static struct canon_doc doc = {.nodes = nodes, .cap = VALUES_MAX};
static struct fault fault;

static enum err parse(const char *text)
{
    return canon_parse(slice_str(text), LEN_MAX, DEPTH_MAX, &doc, &fault);
}

static const char *const good[] = {
    "{}",
    "{\"a\":\"\"}",
    "{\"a\":[]}",
    "{\"a\":{}}",
    "{\"0\":1,\"9\":2,\"_\":3,\"a\":4,\"z9\":5}",
    "{\"a\":1,\"aa\":2,\"ab\":3,\"b\":4}",
    "{\"a\":0}",
    "{\"a\":9007199254740991}",
    "{\"a\":[1,[2,[]],{\"b\":3}]}",
    "{\"a\":\"\\\\\\\"\"}",
    "{\"a\":\"1234567\\\"\"}",
    "{\"a\":\"/ \xc2\x80 \xe2\x80\xa8 \xef\xbf\xbd \xef\xbf\xbf\"}", /* U+0080, 2028, FFFD, FFFF */
    "{\"a\":\"Дауыс — қазақша, ё и й\"}",
    "{\"a\":\"\xc3\xa9\"}",                 /* é in one */
    "{\"a\":\"x\xcc\x82\xcc\x81\"}",        /* x with two marks: no precomposed form */
    "{\"a\":\"x\xcc\xa3\xcc\x82\"}",        /* marks of class 220, 230: in order */
    "{\"a\":\"\xea\xb0\x81\"}",             /* Hangul 각 in one */
    "{\"a\":\"\xf0\x9f\x98\x80\"}",         /* U+1F600 */
    "{\"a\":\"\xe0\xbd\xb1\xe0\xbd\xb2\"}", /* U+0F71 0F72: what 0F73 decomposes to */
    "{\"a\":\"\xe2\x80\x8d\xe2\x80\x8c\"}", /* joiners are not bidi controls */
};

static void accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (parse(good[i]) != OK)
            fail_msg("refused %s: %s", good[i], fault.text);
        assert_true(oracle_canonical(slice_str(good[i]), DEPTH_MAX, VALUES_MAX));
    }
}

static const char *const bad[] = {
    "", " {}", "{} ", "{}\n", "[]", "\"a\"", "1", "{", "}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1",
    "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 ,\"b\":2}", "{\"a\": 1}", "{\"a\" :1}", "{ \"a\":1}",
    "{\"a\":1}{}", "{\"a\":1}}", "\xef\xbb\xbf{}",
    /* keys */
    "{\"\":1}", "{\"A\":1}", "{\"a-b\":1}", "{\"a\\\"\":1}", "{\"\xc3\xa9\":1}",
    "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "{\"aa\":1,\"a\":2}", "{\"a\":1,b:2}", "{\"a\":1,2}",
    "{a:1}", "{1:1}", "{\"a",
    /* numbers */
    "{\"a\":-1}", "{\"a\":-0}", "{\"a\":01}", "{\"a\":00}", "{\"a\":1.0}", "{\"a\":1e3}",
    "{\"a\":1E3}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":9007199254740992}",
    "{\"a\":99999999999999999999999}", "{\"a\":0x1}", "{\"a\":1_0}", "{\"a\":NaN}",
    "{\"a\":Infinity}",
    /* other values */
    "{\"a\":null}", "{\"a\":true}", "{\"a\":false}", "{\"a\":[1,]}", "{\"a\":[,1]}",
    "{\"a\":[1 2]}", "{\"a\":[1}", "{\"a\":'b'}", "{\"a\":undefined}", "{\"a\":[1],}",
    "{\"a\":/**/1}",
    /* strings */
    "{\"a\":\"", "{\"a\":\"b", "{\"a\":\"\\", "{\"a\":\"\\\"", "{\"a\":\"\\/\"}", "{\"a\":\"\\n\"}",
    "{\"a\":\"\\u0041\"}", "{\"a\":\"\\u00e9\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\n\"}",
    "{\"a\":\"\t\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\x1f\"}", "{\"a\":\"\x7f\"}",
    "{\"a\":\"1234567\x7f\"}", "{\"a\":\"12345678\x1f\"}",
    /* UTF-8 */
    "{\"a\":\"\x80\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\xc3(\"}", "{\"a\":\"\xc0\x80\"}",
    "{\"a\":\"\xc1\xbf\"}", "{\"a\":\"\xe0\x80\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\xed\xbf\xbf\"}", "{\"a\":\"\xed\xa0\xbd\xed\xb8\x80\"}",
    "{\"a\":\"\xf4\x90\x80\x80\"}", "{\"a\":\"\xf5\x80\x80\x80\"}", "{\"a\":\"\xf0\x80\x80\x80\"}",
    "{\"a\":\"\xff\"}", "{\"a\":\"\xe2\x82\"}", "{\"a\":\"\xf0\x9f\x98\"}",
    /* bidi controls */
    "{\"a\":\"\xd8\x9c\"}", "{\"a\":\"\xe2\x80\x8e\"}", "{\"a\":\"\xe2\x80\x8f\"}",
    "{\"a\":\"\xe2\x80\xaa\"}", "{\"a\":\"\xe2\x80\xae\"}", "{\"a\":\"\xe2\x81\xa6\"}",
    "{\"a\":\"\xe2\x81\xa9\"}",
    /* not in NFC */
    "{\"a\":\"e\xcc\x81\"}",                /* e + acute */
    "{\"a\":\"\xd0\xb8\xcc\x86\"}",         /* и + breve = й */
    "{\"a\":\"x\xcc\x82\xcc\xa3\"}",        /* marks out of order */
    "{\"a\":\"x\xd2\x83\xcc\xa3\"}",        /* U+0483, of class 230, before 220 */
    "{\"a\":\"\xe1\x84\x80\xe1\x85\xa1\"}", /* Hangul jamo */
    "{\"a\":\"\xea\xb0\x80\xe1\x86\xa8\"}", /* Hangul LV + T */
    "{\"a\":\"\xe2\x84\xab\"}",             /* ångström sign */
    "{\"a\":\"\xcc\x81\xcd\x84\"}",         /* U+0344 */
    "{\"a\":\"\xe0\xbd\xb3\"}",             /* U+0F73 */
    "{\"a\":\"\xe0\xa5\x98\"}",             /* U+0958: excluded from composition */
    "{\"a\":\"\xef\xa4\x80\"}",             /* U+F900: singleton */
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (parse(bad[i]) != ERR_INVALID)
            fail_msg("accepted %s", bad[i]);
        assert_false(oracle_canonical(slice_str(bad[i]), DEPTH_MAX, VALUES_MAX));
    }
    assert_int_equal(canon_parse(slice_of(NULL, 0), LEN_MAX, DEPTH_MAX, &doc, NULL), ERR_INVALID);
    assert_int_equal(canon_parse(slice_of("{\"a\":\"\0\"}", 9), LEN_MAX, DEPTH_MAX, &doc, &fault),
                     ERR_INVALID);
    assert_string_equal(fault.text, "byte 6: a control character");
}

/* Each limit at its last allowed value and one past it. */
static void limits(void **state)
{
    (void)state;
    struct buf text;
    char key[80];

    assert_int_equal(parse("{\"a\":[[[1]]]}"), OK);
    assert_int_equal(parse("{\"a\":[[[[]]]]}"), ERR_LIMITED);
    assert_int_equal(parse("{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}"), ERR_LIMITED);
    assert_int_equal(canon_parse(slice_str("{\"a\":1}"), 7, 1, &doc, &fault), OK);
    assert_int_equal(canon_parse(slice_str("{\"a\":1}"), 6, 1, &doc, &fault), ERR_LIMITED);
    assert_int_equal(canon_parse(slice_str("{\"a\":{}}"), 100, 1, &doc, &fault), ERR_LIMITED);

    buf_init(&text, 10000);
    for (unsigned values = 250; values < 260; values++) { /* the object and the array count too */
        buf_clear(&text);
        buf_put_str(&text, "{\"a\":[1");
        for (unsigned i = 3; i < values; i++)
            buf_put_str(&text, ",1");
        buf_put_str(&text, "]}");
        assert_int_equal(parse(buf_text(&text)), values <= VALUES_MAX ? OK : ERR_LIMITED);
    }
    for (int len = 60; len < 70; len++) {
        buf_clear(&text);
        memset(key, 'k', sizeof key);
        buf_printf(&text, "{\"%.*s\":1}", len, key);
        assert_int_equal(parse(buf_text(&text)), len <= 64 ? OK : ERR_INVALID);
    }
    buf_release(&text);
}

static void cuts_slices(void **state)
{
    (void)state;
    const char *text =
        "{\"a\":[\"x\",12,{\"k\":\"q\\\"\\\\w\"}],\"b\":{\"c\":0,\"d\":[]},\"e\":\"end\"}";
    const struct canon_node *a, *at;
    struct buf out;

    assert_int_equal(parse(text), OK);
    assert_int_equal(doc.len, 10);
    assert_true(slice_is(nodes[0].raw, text));
    assert_int_equal(nodes[0].children, 3);
    a = canon_member(&doc, &nodes[0], "a");
    assert_int_equal(a->kind, CANON_ARRAY);
    assert_int_equal(a->children, 3);
    assert_true(slice_is(a->raw, "[\"x\",12,{\"k\":\"q\\\"\\\\w\"}]"));
    at = canon_first(&doc, a);
    assert_true(slice_is(canon_inner(at), "x"));
    assert_int_equal(at->key.len, 0);
    at = canon_next(&doc, at);
    assert_int_equal(at->kind, CANON_INT);
    assert_int_equal(at->number, 12);
    assert_true(slice_is(at->raw, "12"));
    at = canon_next(&doc, at);
    assert_null(canon_next(&doc, at));
    at = canon_member(&doc, at, "k");
    buf_init(&out, 100);
    canon_text(at, &out);
    assert_string_equal(buf_text(&out), "q\"\\w");
    buf_clear(&out);
    canon_put_string(&out, slice_str("q\"\\w"));
    assert_true(slice_equal(buf_slice(&out), at->raw));
    buf_release(&out);
    at = canon_member(&doc, canon_member(&doc, &nodes[0], "b"), "d");
    assert_null(canon_first(&doc, at));
    assert_null(canon_member(&doc, &nodes[0], "c"));
    assert_null(canon_member(&doc, a, "x"));
    assert_true(slice_is(canon_inner(canon_member(&doc, &nodes[0], "e")), "end"));
}

/* The eight bytes at a time and the single bytes must agree wherever a byte stands. */
static void every_byte_at_every_place(void **state)
{
    (void)state;
    char text[64];

    for (unsigned byte = 1; byte < 256; byte++)
        for (size_t place = 0; place < 20; place++) {
            enum err err;

            memcpy(text, "{\"a\":\"abcdefghijklmnopqrst\"}", 29);
            text[6 + place] = (char)byte;
            err = parse(text);
            assert_int_equal(err == OK, oracle_canonical(slice_str(text), DEPTH_MAX, VALUES_MAX));
            assert_int_equal(err == OK, byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\');
        }
}

/* Every code point alone, after a letter and after a mark: same answer as the slow way. */
static void every_code_point(void **state)
{
    (void)state;
    static const char *const before[] = {"", "e", "x\xcc\x81", "\xe1\x84\x80"};

    for (utf8proc_int32_t point = 0x80; point < 0x110000; point += point < 0x20000 ? 1 : 97) {
        uint8_t bytes[16];

        if (point >= 0xd800 && point < 0xe000)
            continue;
        for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
            size_t len = strlen(before[i]);

            memcpy(bytes, before[i], len);
            len += (size_t)utf8proc_encode_char(point, bytes + len);
            if (canon_text_allowed(slice_of(bytes, len)) != oracle_string((char *)bytes, len))
                fail_msg("U+%04X after %zu", (unsigned)point, i);
        }
    }
}

static void text_allowed(void **state)
{
    (void)state;
    struct slice parts[2];

    assert_true(canon_text_allowed(slice_of(NULL, 0)));
    assert_true(canon_text_allowed(slice_str("\"quotes\" and \\ дауыс")));
    assert_false(canon_text_allowed(slice_str("a\nb")));
    assert_false(canon_text_allowed(slice_str("a\x7f")));
    assert_false(canon_text_allowed(slice_of("a\0", 2)));
    assert_false(canon_text_allowed(slice_str("\xd0\xb8\xcc\x86")));
    parts[0] = slice_str("\xd0\xb8");
    assert_true(canon_text_allowed(parts[0]));
}

/* Long runs of marks in an order that costs most: refused at once. Quadratic work on 2 MiB takes
 * half an hour; the alarm makes that a failure. */
static void hostile_marks(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "\xcc\x81\xcc\xa3", /* classes 230, 220, again and again */
        "\xcd\x84",         /* U+0344, two marks in one */
        "\xe0\xbd\xb3",     /* U+0F73, marks of classes 129 and 130, itself of class 0 */
        "\xcc\x81",         /* in order: composed and compared */
        "\xe1\xba\xbf",     /* ế: decomposes to three */
        "e\xcc\xa3",
    };
    enum { LEN = 2 * 1024 * 1024, LIMIT_S = 120 };
    char *text = xcalloc(1, LEN);

    alarm(LIMIT_S);

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t len = strlen(patterns[i]), count = (LEN - 1) / len;

        for (size_t j = 0; j < count; j++)
            memcpy(text + j * len, patterns[i], len);
        assert_int_equal(canon_text_allowed(slice_of(text, count * len)), i == 3 || i == 4);
    }
    alarm(0);
    free(text);
}

/* ---- Random documents, whole and damaged, against the oracle ---- */

static const char *const pieces[] = {"a",    "Дауыс",       "\\\"",     "\\\\",
                                     "қ",    "\xc3\xa9",    "\xcc\x81", "e",
                                     " ",    "0",           "/",        "\xf0\x9f\x98\x80",
                                     "QUJD", "\xe2\x80\x8e"};

static void put_random_value(struct buf *out, unsigned depth);

static void put_random_object(struct buf *out, unsigned depth)
{
    unsigned members = (unsigned)random_below(4);

    buf_put_byte(out, '{');
    for (unsigned i = 0; i < members; i++) {
        buf_printf(out, "%s\"k%u%s\":", i ? "," : "", i, random_below(2) ? "x" : "");
        put_random_value(out, depth + 1);
    }
    buf_put_byte(out, '}');
}

static void put_random_value(struct buf *out, unsigned depth)
{
    unsigned kind = (unsigned)random_below(depth > 4 ? 2 : 4), count = (unsigned)random_below(4);

    if (kind == 0) {
        buf_put_byte(out, '"');
        for (unsigned i = 0; i < 3 * count; i++)
            buf_put_str(out, pieces[random_below(sizeof pieces / sizeof *pieces)]);
        buf_put_byte(out, '"');
    } else if (kind == 1) {
        uint64_t number;

        random_bytes(&number, sizeof number);
        buf_printf(out, "%llu", (unsigned long long)(number >> random_below(64)));
    } else if (kind == 2) {
        buf_put_byte(out, '[');
        for (unsigned i = 0; i < count; i++) {
            buf_put_str(out, i ? "," : "");
            put_random_value(out, depth + 1);
        }
        buf_put_byte(out, ']');
    } else {
        put_random_object(out, depth);
    }
}

static void agrees_with_jansson(void **state)
{
    (void)state;
    static const char damage[] = "\"\\{}[],:019aA \n\x01\x7f\x80\xc3\xcc\xe2";
    unsigned accepted = 0, refused = 0;
    struct buf text;

    buf_init(&text, 100000);
    for (unsigned round = 0; round < 40000; round++) {
        struct slice whole;
        bool right;

        buf_clear(&text);
        put_random_object(&text, 1);
        if (round % 2)
            text.data[random_below(text.len)] = (uint8_t)damage[random_below(sizeof damage - 1)];
        whole = buf_slice(&text);
        right = oracle_canonical(whole, DEPTH_MAX, VALUES_MAX);
        if ((canon_parse(whole, LEN_MAX, DEPTH_MAX, &doc, &fault) == OK) != right)
            fail_msg("%.*s: oracle says %d, %s", SLICE_PRINT(whole), right, fault.text);
        *(right ? &accepted : &refused) += 1;
    }
    assert_true(accepted > 2000 && refused > 2000);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(limits),
        cmocka_unit_test(cuts_slices),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(text_allowed),
        cmocka_unit_test(hostile_marks),
        cmocka_unit_test(agrees_with_jansson),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
