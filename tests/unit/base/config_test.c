#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/file.h"
#include "base/mem.h"

struct options {
    char *folder, *mode;
    uint32_t port;
    bool strict;
    struct config_list origins;
    char *redis;
};

static const char *const modes[] = {"plain", "tls", NULL};
static const struct config_key keys[] = {
    {"", "folder", CONFIG_TEXT, offsetof(struct options, folder), "run", 0, 0, NULL, "where"},
    {"http", "mode", CONFIG_TEXT, offsetof(struct options, mode), "plain", 0, 0, modes, "how"},
    {"http", "port", CONFIG_U32, offsetof(struct options, port), "8080", 1, 65535, NULL, "port"},
    {"http", "strict", CONFIG_BOOL, offsetof(struct options, strict), "yes", 0, 0, NULL, "be"},
    {"http", "origins", CONFIG_LIST, offsetof(struct options, origins), "a.kz", 0, 0, NULL, "of"},
    {"redis", "at", CONFIG_TEXT, offsetof(struct options, redis), NULL, 0, 0, NULL, NULL},
    {NULL, NULL, CONFIG_TEXT, 0, NULL, 0, 0, NULL, NULL},
};

static char path[] = "/tmp/dauys-config-XXXXXX";
static struct fault fault;

static int begin(void **state)
{
    (void)state;
    int fd = mkstemp(path);

    return fd >= 0 ? close(fd) : -1;
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static enum err read_bytes(struct slice bytes, struct options *options)
{
    fault.text[0] = '\0';
    memset(options, 0xaa, sizeof *options); /* config_read() takes nothing for granted */
    assert_int_equal(file_write(path, bytes, 0600, FILE_NO_SYNC, NULL), OK);
    return config_read(path, keys, options, &fault);
}

static void fallbacks(void **state)
{
    (void)state;
    struct options options;

    assert_int_equal(config_read(NULL, keys, &options, &fault), OK);
    assert_string_equal(options.folder, "run");
    assert_string_equal(options.mode, "plain");
    assert_int_equal(options.port, 8080);
    assert_true(options.strict);
    assert_int_equal(options.origins.len, 1);
    assert_null(options.redis);
    config_release(keys, &options);
    assert_null(options.folder);
}

static void reads(void **state)
{
    (void)state;
    struct options options;

    assert_int_equal(read_bytes(slice_str("; comment\nfolder = /srv/dauys data ; why\n\n[http]\r\n"
                                          "mode=tls\r\nport = 443\nstrict = no\n"
                                          "origins = a.kz, b.kz\tc.kz\n    d.kz,e.kz\n[redis]\n"
                                          "# no line feed at the end\nat = unix:/x"),
                                &options),
                     OK);
    assert_string_equal(options.folder, "/srv/dauys data");
    assert_string_equal(options.mode, "tls");
    assert_int_equal(options.port, 443);
    assert_false(options.strict);
    assert_int_equal(options.origins.len, 5);
    assert_string_equal(options.origins.items[0], "a.kz");
    assert_string_equal(options.origins.items[4], "e.kz");
    assert_string_equal(options.redis, "unix:/x");
    config_release(keys, &options);
}

static const struct {
    const char *text, *says;
} bad[] = {
    {"folder = a\nfolder = b\n", ":2: folder is set twice"},
    {"[http]\nport = 1\n[http]\nport = 1\n", ":4: http.port is set twice"},
    {"[http]\nprot = 1\n", ":2: http.prot is not a key"},
    {"port = 1\n", ":1: port is not a key"},
    {"[http]\nfolder = x\n", ":2: http.folder is not a key"},
    {"[HTTP]\nport = 1\n", ":2: HTTP.port is not a key"},
    {"\n\n[http]\nport = 0\n", ":4: http.port must be a number from 1 to 65535"},
    {"[http]\nport = 65536\n", ":2: http.port must be"},
    {"[http]\nport = 99999999999999999999\n", ":2: http.port must be"},
    {"[http]\nport = -1\n", ":2: http.port must be"},
    {"[http]\nport = +1\n", ":2: http.port must be"},
    {"[http]\nport = 0x10\n", ":2: http.port must be"},
    {"[http]\nport = 80 90\n", ":2: http.port must be"},
    {"[http]\nport =\n", ":2: http.port must be"},
    {"[http]\nmode = TLS\n", ":2: http.mode must be one of plain tls"},
    {"[http]\nstrict = maybe\n", ":2: http.strict must be yes or no"},
    {"[http]\nstrict =\n", ":2: http.strict must be yes or no"},
    {"[http]\nport\n", ":2: neither [section] nor key = value"},
    {"[http\nport = 1\n", ":1: neither [section]"},
    {"folder = a\n  b\n", ":2: folder is no list"},
    {"[http]\nmode = tls\n  port = 1\n", ":3: http.mode is no list"},
};

static void refuses(void **state)
{
    (void)state;
    struct options options;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_bytes(slice_str(bad[i].text), &options) != ERR_INVALID)
            fail_msg("accepted: %s", bad[i].text);
        if (strncmp(fault.text, path, strlen(path)) != 0 || !strstr(fault.text, bad[i].says))
            fail_msg("%s says: %s", bad[i].text, fault.text);
        assert_null(options.folder);
        assert_null(options.origins.items);
    }
    assert_int_equal(read_bytes(slice_of("folder = a\0b\n", 13), &options), ERR_INVALID);
    assert_non_null(strstr(fault.text, ":1: a NUL byte"));
    assert_int_equal(config_read("/nonexistent/x", keys, &options, &fault), ERR_NOT_FOUND);
}

/* inih would cut such a line in two and take the second half for another line. */
static void refuses_long_lines(void **state)
{
    (void)state;
    struct options options;
    struct buf text;
    unsigned longest = 0;

    for (unsigned len = 150; len < 260; len++) {
        buf_init(&text, 1000);
        buf_put_str(&text, "\nfolder = ");
        for (unsigned i = 0; i < len; i++)
            buf_put_byte(&text, 'x');
        buf_put_str(&text, "\n");
        if (read_bytes(buf_slice(&text), &options) == OK) {
            assert_int_equal(strlen(options.folder), len);
            longest = len;
            config_release(keys, &options);
        } else {
            assert_non_null(strstr(fault.text, ":2: longer than 198 bytes"));
        }
        buf_release(&text);
    }
    assert_int_equal(longest, 198 - strlen("folder = "));
}

/* What is printed reads as the same again. */
static void prints(void **state)
{
    (void)state;
    struct options options, again;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_int_equal(
        read_bytes(slice_str("folder = x y\n[http]\nstrict = off\norigins = q r,s\n"), &options),
        OK);
    config_print(keys, &options, out);
    fclose(out);
    assert_int_equal(read_bytes(slice_of(text, len), &again), OK);
    assert_string_equal(again.folder, "x y");
    assert_false(again.strict);
    assert_int_equal(again.origins.len, 3);
    assert_string_equal(again.origins.items[2], "s");
    assert_int_equal(again.port, 8080);
    assert_null(again.redis);
    free(text);
    config_release(keys, &options);
    config_release(keys, &again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fallbacks),          cmocka_unit_test(reads),  cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_long_lines), cmocka_unit_test(prints),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
