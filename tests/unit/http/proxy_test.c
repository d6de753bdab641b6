#include "../../../server/http/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

struct row {
    const uint8_t *bytes;
    size_t len;
    enum proxy_verdict verdict;
    size_t header;
    const char *client; /* NULL: the peer */
};

static const struct row rows[] = {
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nGET"), PROXY_DONE, 45, "192.0.2.7"},
    {BYTES("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n"), PROXY_DONE, 44, "2001:db8::/64"},
    {BYTES("PROXY UNKNOWN\r\n"), PROXY_DONE, 15, NULL},
    {BYTES("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n"), PROXY_DONE, 43, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 0 0\r\n"), PROXY_DONE, 39, "192.0.2.7"},
    {BYTES(""), PROXY_MORE, 0, NULL},
    {BYTES("PROX"), PROXY_MORE, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r"), PROXY_MORE, 0, NULL},
    {BYTES("GET / HTTP/1.1\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("proxy TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7  198.51.100.1 56324 443\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 \r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 056324 443\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 1 99999\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 192.0.2.007 198.51.100.1 1 2\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 2001:db8::7 198.51.100.1 1 2\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES("PROXY TCP4 \0192.0.2.7 198.51.100.1 1 2\r\n"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x11\0\x0c\xc0\0\2\7\xc6\x33\x64\1\xdc\4\1\xbbGET"), PROXY_DONE, 28,
     "192.0.2.7"},
    {BYTES(SIGNATURE "\x21\x11\0\x0f\xc0\0\2\7\xc6\x33\x64\1\xdc\4\1\xbb\4\0\0"), PROXY_DONE, 31,
     "192.0.2.7"},
    {BYTES(SIGNATURE "\x21\x21\0\x24\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7"
                     "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\1\0\2"),
     PROXY_DONE, 52, "2001:db8::/64"},
    {BYTES(SIGNATURE "\x20\0\0\0"), PROXY_DONE, 16, NULL},
    {BYTES(SIGNATURE "\x20\x11\0\4abcd"), PROXY_DONE, 20, NULL},
    {BYTES(SIGNATURE "\x21\0\0\0"), PROXY_DONE, 16, NULL},
    {BYTES(SIGNATURE "\x21\x11\0\x0c\xc0"), PROXY_MORE, 0, NULL},
    {BYTES("\r\n\r\n"), PROXY_MORE, 0, NULL},
    {BYTES(SIGNATURE "\x11"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x22\x11\0\x0c"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x12\0\x0c"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x31\0\xd8"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x11\0\x0b"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x21\0\x23"), PROXY_WRONG, 0, NULL},
    {BYTES(SIGNATURE "\x21\x11\2\x09"), PROXY_WRONG, 0, NULL}, /* 521 and 16: over the cap */
    {BYTES("\r\n\r\n\0\r\nQUIT\r"), PROXY_WRONG, 0, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct proxy_header header;
        char text[NET_TEXT_LEN];

        if (proxy_parse(row->bytes, row->len, &header) != row->verdict ||
            header.len != row->header || header.has_client != (row->client != NULL))
            fail_msg("row %zu", i);
        if (row->client == NULL)
            continue;
        net_client_text(text, &header.client);
        assert_string_equal(text, row->client);
    }
}

/* A line without an end is given up at 107 bytes, not later. */
static void test_long(void **state)
{
    uint8_t text[200] = "PROXY UNKNOWN ";
    struct proxy_header header;

    (void)state;
    memset(text + 14, 'x', sizeof text - 14);
    assert_int_equal(proxy_parse(text, 106, &header), PROXY_MORE);
    assert_int_equal(proxy_parse(text, 107, &header), PROXY_WRONG);
    memcpy(text + 105, "\r\n", 2);
    assert_int_equal(proxy_parse(text, 107, &header), PROXY_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_long)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
