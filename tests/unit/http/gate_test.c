/* Every row of faults.md §1 that the gate decides, fed whole, byte by byte and cut at every place.
 */
#include "http/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t body_max(void *context, struct slice method, struct slice target)
{
    (void)context;
    assert_true(method.len > 0 && target.len > 0 && target.data[0] == '/');
    if (slice_is(target, "/ballots"))
        return 8192;
    return slice_is(target, "/import") ? 64ull << 20 : 0;
}

static const char *const hosts[] = {"vote.example.kz", "localhost:8080", "[::1]"};

static const struct gate_config config = {
    .hosts = hosts,
    .hosts_len = sizeof hosts / sizeof hosts[0],
    .requests_max = 3,
    .body_max = body_max,
};

struct outcome {
    size_t done;    /* requests that ended */
    size_t ends[4]; /* where */
    enum gate_reason reason;
    size_t refused_at;
    bool last;
};

/* Feeds bytes in pieces of the given size. */
static struct outcome feed(const uint8_t *bytes, size_t len, size_t piece)
{
    struct gate gate;
    struct outcome outcome = {0};
    size_t at = 0;

    gate_init(&gate, &config);
    while (at < len) {
        size_t some = len - at < piece ? len - at : piece, used = 0;
        enum gate_verdict verdict = gate_feed(&gate, bytes + at, some, &used);

        assert_true(used <= some);
        at += used;
        if (verdict == GATE_REFUSED) {
            outcome.reason = gate.reason;
            outcome.refused_at = at;
            assert_int_equal(gate_feed(&gate, bytes, len, &used), GATE_REFUSED);
            assert_int_equal(used, 0);
            break;
        }
        if (verdict == GATE_DONE) {
            assert_true(outcome.done < 4);
            outcome.ends[outcome.done++] = at;
        }
        if (verdict == GATE_MORE)
            assert_int_equal(used, some);
    }
    outcome.last = gate.last;
    return outcome;
}

static void check(const char *name, const void *bytes, size_t len, size_t done,
                  enum gate_reason reason)
{
    struct outcome whole = feed(bytes, len, len);

    if (whole.done != done || whole.reason != reason)
        fail_msg("%s: %zu done, reason %s", name, whole.done, gate_reason_name(whole.reason));
    for (size_t piece = 1; piece < 40; piece += piece < 4 ? 1 : 7) {
        struct outcome cut = feed(bytes, len, piece);

        if (memcmp(&cut, &whole, sizeof cut) != 0)
            fail_msg("%s: in pieces of %zu: %zu done, reason %s at %zu", name, piece, cut.done,
                     gate_reason_name(cut.reason), cut.refused_at);
    }
}

#define HOST "Host: vote.example.kz\r\n"
#define GET "GET / HTTP/1.1\r\n" HOST

static void test_accepted(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t done;
    } rows[] = {
        {"plain", GET "\r\n", 1},
        {"http/1.0 without host", "GET / HTTP/1.0\r\n\r\n", 1},
        {"host with port of no port", "GET / HTTP/1.1\r\nHost: vote.example.kz:443\r\n\r\n", 1},
        {"host without case", "GET / HTTP/1.1\r\nhOST:VOTE.example.KZ  \r\n\r\n", 1},
        {"host listed with port", "GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", 1},
        {"ipv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 1},
        {"all methods",
         "DELETE / HTTP/1.1\r\n" HOST "\r\nPATCH / HTTP/1.1\r\n" HOST
         "\r\nOPTIONS / HTTP/1.1\r\n" HOST "\r\n",
         3},
        {"query with text", "GET /r?q=%D0%B0%20%26+b/c?d..&e=1 HTTP/1.1\r\n" HOST "\r\n", 1},
        {"dots inside a segment", "GET /a..b/.well-known/c. HTTP/1.1\r\n" HOST "\r\n", 1},
        {"empty value", GET "X-Empty:\r\nX-Empty:   \r\n\r\n", 1},
        {"utf-8 in a value", GET "User-Agent: \xd2\x9b\r\n\r\n", 1},
        {"body", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 1},
        {"body of zero", "POST /x HTTP/1.1\r\n" HOST "Content-Length: 0000000000\r\n\r\n", 1},
        {"no body", "POST /x HTTP/1.1\r\n" HOST "\r\n", 1},
        {"a request as a body",
         "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 18\r\n\r\n"
         "GET / HTTP/1.1\r\n\r\n",
         1},
        {"pipelined",
         GET "\r\nPOST /ballots HTTP/1.1\r\nContent-Length: 1\r\n" HOST "\r\nx" GET "\r\n", 3},
        {"not yet whole", GET, 0},
        {"expect",
         "POST /ballots HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(rows[i].name, rows[i].bytes, strlen(rows[i].bytes), rows[i].done, GATE_REASON_NONE);
}

static void test_refused(void **state)
{
    static const struct {
        const char *name, *bytes;
        enum gate_reason reason;
    } rows[] = {
        /* lengths and transfer codings */
        {"two lengths",
         "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
         GATE_REASON_CONTENT_LENGTH},
        {"length list", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"length signed", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"length negative", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"length hex", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"length empty", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"length of 11 digits",
         "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 00000000001\r\n\r\n",
         GATE_REASON_CONTENT_LENGTH},
        {"chunked", "POST /ballots HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",
         GATE_REASON_TRANSFER},
        {"transfer identity", "POST /ballots HTTP/1.1\r\n" HOST "tRANSFER-encoding: identity\r\n",
         GATE_REASON_TRANSFER},
        {"both",
         "POST /ballots HTTP/1.1\r\n" HOST
         "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         GATE_REASON_TRANSFER},
        /* header lines */
        {"space before colon", GET "Content-Length : 1\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"empty name", GET ": x\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"name not a token", GET "X(y): x\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"name without colon", GET "Xy\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"utf-8 in a name", GET "\xd2\x9b: x\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"folded line", GET "X: y\r\n z\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"folded first line", "GET / HTTP/1.1\r\n Host: x\r\n", GATE_REASON_HEADER_NAME},
        {"folded by tab", GET "X: y\r\n\tz\r\n\r\n", GATE_REASON_HEADER_NAME},
        {"tab in a value", GET "X:\ty\r\n\r\n", GATE_REASON_HEADER_VALUE},
        {"escape in a value", GET "X: \x1b[0m\r\n\r\n", GATE_REASON_HEADER_VALUE},
        {"delete in a value", GET "X: \x7f\r\n\r\n", GATE_REASON_HEADER_VALUE},
        {"bare lf after request", "GET / HTTP/1.1\nHost: vote.example.kz\r\n\r\n",
         GATE_REASON_LINE_END},
        {"bare lf in a header", GET "X: y\nZ: a\r\n\r\n", GATE_REASON_LINE_END},
        {"bare lf at the end", GET "\n", GATE_REASON_LINE_END},
        {"bare cr", GET "X: y\rZ: a\r\n\r\n", GATE_REASON_LINE_END},
        {"cr without lf at the end", GET "\rX", GATE_REASON_LINE_END},
        /* host and version */
        {"no host", "GET / HTTP/1.1\r\n\r\n", GATE_REASON_HOST},
        {"two hosts", GET HOST "\r\n", GATE_REASON_HOST},
        {"foreign host", "GET / HTTP/1.1\r\nHost: vote.example.kz.evil\r\n\r\n", GATE_REASON_HOST},
        {"host with user", "GET / HTTP/1.1\r\nHost: a@vote.example.kz\r\n\r\n", GATE_REASON_HOST},
        {"host with wrong port", "GET / HTTP/1.1\r\nHost: localhost:8081\r\n\r\n",
         GATE_REASON_HOST},
        {"host without its port", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", GATE_REASON_HOST},
        {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", GATE_REASON_HOST},
        {"host of a port only", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", GATE_REASON_HOST},
        {"foreign host in 1.0", "GET / HTTP/1.0\r\nHost: evil\r\n\r\n", GATE_REASON_HOST},
        {"http/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", GATE_REASON_VERSION},
        {"http/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", GATE_REASON_VERSION},
        {"http/0.9 with version", "GET / HTTP/0.9\r\n\r\n", GATE_REASON_VERSION},
        {"http/0.9", "GET /\r\n", GATE_REASON_REQUEST_LINE},
        {"version in lower case", "GET / http/1.1\r\n", GATE_REASON_REQUEST_LINE},
        {"version with spaces", "GET / HTTP/1.1 \r\n", GATE_REASON_REQUEST_LINE},
        {"two spaces", "GET  / HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"leading empty line", "\r\n" GET "\r\n", GATE_REASON_REQUEST_LINE},
        {"tls on the plain port", "\x16\x03\x01\x02\x01\x01", GATE_REASON_REQUEST_LINE},
        {"method unknown", "BREW /pot HTTP/1.1\r\n", GATE_REASON_METHOD},
        {"method in lower case", "get / HTTP/1.1\r\n", GATE_REASON_METHOD},
        {"method connect", "CONNECT a:443 HTTP/1.1\r\n", GATE_REASON_METHOD},
        {"method trace", "TRACE / HTTP/1.1\r\n", GATE_REASON_METHOD},
        {"method long", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", GATE_REASON_METHOD},
        /* target */
        {"absolute form", "GET http://vote.example.kz/ HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"asterisk form", "OPTIONS * HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"two slashes", "GET //evil/ HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"no slash", "GET index HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"only a query", "GET ?a=b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"utf-8", "GET /\xd2\x9b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"fragment", "GET /a#b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"backslash", "GET /a\\b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"quote", "GET /a\"b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"tab", "GET /a\tb HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"dot dot", "GET /a/../b HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"dot dot at the end", "GET /a/.. HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"dot dot before a query", "GET /a/..?x HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"dot", "GET /./a HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"dot dot escaped", "GET /%2e%2E/a HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"slash escaped", "GET /a%2fb HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"letter escaped", "GET /%61 HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"nul escaped", "GET /?a=%00 HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"line feed escaped", "GET /?a=%0d%0a HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"escape cut", "GET /?a=%2 HTTP/1.1\r\n", GATE_REASON_TARGET},
        {"escape wrong", "GET /?a=%zz HTTP/1.1\r\n", GATE_REASON_TARGET},
        /* bodies */
        {"body on head", "HEAD /ballots HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx",
         GATE_REASON_BODY},
        {"body on get", GET "Content-Length: 1\r\n\r\nx", GATE_REASON_BODY},
        {"body too long", "POST /ballots HTTP/1.1\r\n" HOST "Content-Length: 8193\r\n\r\n",
         GATE_REASON_BODY},
        {"body of ten digits",
         "POST /import HTTP/1.1\r\n" HOST "Content-Length: 9999999999\r\n\r\n", GATE_REASON_BODY},
        {"other expectation", GET "Expect: x\r\n\r\n", GATE_REASON_EXPECT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(rows[i].name, rows[i].bytes, strlen(rows[i].bytes), 0, rows[i].reason);
    check("nul in a value", GET "X: a\0b\r\n\r\n", sizeof GET "X: a\0b\r\n\r\n" - 1, 0,
          GATE_REASON_HEADER_VALUE);
    check("nul in a target", "GET /\0 HTTP/1.1", 15, 0, GATE_REASON_TARGET);
}

/* A request line with a target of this many bytes, then filler up to head_len bytes in all. */
static size_t make_head(char *out, size_t cap, size_t target_len, size_t headers, size_t head_len)
{
    size_t len = 0;

    len += (size_t)snprintf(out, cap, "GET /%0*d HTTP/1.1\r\n" HOST, (int)target_len - 1, 0);
    for (size_t i = 1; i < headers; i++)
        len += (size_t)snprintf(out + len, cap - len, "X: y\r\n");
    if (head_len > 0) {
        size_t filler = head_len - len - strlen("F: \r\n\r\n");

        len += (size_t)snprintf(out + len, cap - len, "F: %0*d\r\n", (int)filler, 0);
    }
    len += (size_t)snprintf(out + len, cap - len, "\r\n");
    return len;
}

static void test_limits(void **state)
{
    static char head[16384];
    size_t len;

    (void)state;
    len = make_head(head, sizeof head, 2048, 1, 0);
    check("target of 2048", head, len, 1, GATE_REASON_NONE);
    len = make_head(head, sizeof head, 2049, 1, 0);
    check("target of 2049", head, len, 0, GATE_REASON_TARGET_LONG);
    len = make_head(head, sizeof head, 2, 64, 0);
    check("64 headers", head, len, 1, GATE_REASON_NONE);
    len = make_head(head, sizeof head, 2, 65, 0);
    check("65 headers", head, len, 0, GATE_REASON_HEADERS);
    len = make_head(head, sizeof head, 2, 1, 8192);
    assert_int_equal(len, 8192);
    check("head of 8192", head, len, 1, GATE_REASON_NONE);
    len = make_head(head, sizeof head, 2, 1, 8193);
    check("head of 8193", head, len, 0, GATE_REASON_HEAD_LONG);
    check("head of 8193 without end", head, 8193, 0, GATE_REASON_HEAD_LONG);
}

static void test_requests_max(void **state)
{
    const char bytes[] = GET "\r\n" GET "\r\n" GET "\r\n" GET "\r\n";
    struct outcome outcome = feed((const uint8_t *)bytes, 3 * (sizeof GET "\r\n" - 1), 1000);

    (void)state;
    assert_int_equal(outcome.done, 3);
    assert_true(outcome.last);
    check("the fourth", bytes, sizeof bytes - 1, 3, GATE_REASON_REQUESTS);
}

static void test_head_comes_before_body(void **state)
{
    const char bytes[] = "POST /import HTTP/1.1\r\n" HOST
                         "Accept-Language: de, ru;q=0.5, en;q=0.4\r\nExpect: 100-continue\r\n"
                         "Content-Length: 10\r\n\r\n0123456789";
    struct gate gate;
    size_t used;

    (void)state;
    gate_init(&gate, &config);
    assert_int_equal(gate_feed(&gate, (const uint8_t *)bytes, sizeof bytes - 1, &used), GATE_HEAD);
    assert_int_equal(used, sizeof bytes - 1 - 10);
    assert_true(gate.started && gate.expects_continue && !gate.last);
    assert_int_equal(gate.body_len, 10);
    assert_int_equal(gate.body_left, 10);
    assert_int_equal(gate.language, LANG_RU);
    assert_true(slice_is(gate_target(&gate), "/import"));
    assert_int_equal(gate_feed(&gate, (const uint8_t *)"012", 3, &used), GATE_MORE);
    assert_int_equal(gate.body_left, 7);
    assert_int_equal(gate_feed(&gate, (const uint8_t *)"3456789GET", 10, &used), GATE_DONE);
    assert_int_equal(used, 7);
    assert_false(gate.started);
    assert_int_equal(gate_feed(&gate, NULL, 0, &used), GATE_MORE);
    assert_false(gate.started);
}

static void test_every_reason_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < GATE_REASON_COUNT; i++) {
        assert_non_null(gate_reason_name((enum gate_reason)i));
        assert_non_null(gate_reason_problem((enum gate_reason)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_requests_max),
        cmocka_unit_test(test_head_comes_before_body),
        cmocka_unit_test(test_every_reason_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
