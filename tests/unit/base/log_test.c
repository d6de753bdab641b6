/* Every line is read back by jansson: whatever was logged, a line is one JSON object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

static int64_t fixed(void)
{
    return 1764000000000042;
}

static int saved_stderr, pipe_ends[2];

static int begin(void **state)
{
    (void)state;
    assert_int_equal(pipe(pipe_ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
    clock_replace(fixed);
    log_open("verify", LOG_LEVEL_INFO);
    return 0;
}

static int end(void **state)
{
    (void)state;
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    clock_replace(NULL);
    return 0;
}

/* What was written since, parsed, which must be one line. The caller's; NULL when nothing was. */
static json_t *line(char *text, size_t cap)
{
    ssize_t len = read(pipe_ends[0], text, cap - 1);
    json_t *json;

    if (len <= 0)
        return NULL;
    text[len] = '\0';
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!json)
        fail_msg("not JSON: %s", text);
    return json;
}

static const char *string(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void one_object_a_line(void **state)
{
    (void)state;
    char text[8192];
    json_t *json;

    log_info("batch_committed", LOG_U("first", UINT64_MAX / 2), LOG_I("drift", -5),
             LOG_S("why", "a \"quoted\"\nline\\ \x01 \x7f дауыс"), LOG_S("none", NULL));
    json = line(text, sizeof text);
    assert_non_null(json);
    assert_string_equal(string(json, "at"), "2025-11-24T16:00:00.000042Z");
    assert_string_equal(string(json, "level"), "info");
    assert_string_equal(string(json, "process"), "verify");
    assert_string_equal(string(json, "event"), "batch_committed");
    assert_string_equal(string(json, "why"), "a \"quoted\"\nline\\ \x01 \x7f дауыс");
    assert_true(json_integer_value(json_object_get(json, "first")) == INT64_MAX);
    assert_true(json_integer_value(json_object_get(json, "drift")) == -5);
    assert_true(json_is_null(json_object_get(json, "none")));
    json_decref(json);
}

static void levels(void **state)
{
    (void)state;
    char text[8192];
    json_t *json;

    log_debug("quiet");
    assert_null(line(text, sizeof text));
    log_error("loud");
    json = line(text, sizeof text);
    assert_string_equal(string(json, "level"), "error");
    json_decref(json);
}

static void repairs_bytes_that_are_not_text(void **state)
{
    (void)state;
    char text[8192];
    json_t *json;

    log_warn("hostile", LOG_S("value", "a\xff\xc3(\xed\xa0\x80z"), LOG_S("end", "\xe2\x82"));
    json = line(text, sizeof text);
    assert_string_equal(string(json, "value"),
                        "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
    assert_string_equal(string(json, "end"), "\xef\xbf\xbd\xef\xbf\xbd");
    json_decref(json);
}

/* At every length around the limit the line is still JSON, of at most 4 KiB. */
static void cuts_long_lines(void **state)
{
    (void)state;
    char text[8192], *value = xcalloc(1, 5001);
    unsigned cuts = 0;

    for (size_t len = 3900; len < 4200; len++) {
        json_t *json;

        memset(value, len % 2 ? '"' : 'x', len);
        value[len] = '\0';
        if (len % 2)
            value[len / 2 + 20] = '\0';
        log_info("long", LOG_S("a", value), LOG_U("number", 1234567890), LOG_S("b", "bb"));
        json = line(text, sizeof text);
        assert_true(strlen(text) <= 4096);
        assert_non_null(string(json, "a"));
        if (json_object_get(json, "cut"))
            cuts++;
        else
            assert_string_equal(string(json, "b"), "bb");
        json_decref(json);
    }
    assert_in_range(cuts, 50, 299);
    free(value);
}

static void faults_are_one_line(void **state)
{
    (void)state;
    struct fault fault;
    char *value = xcalloc(1, 2001);

    assert_int_equal(fault_set(&fault, ERR_CORRUPT, "%s: line\n%d\x7f", "x\ty", 3), ERR_CORRUPT);
    assert_string_equal(fault.text, "x y: line 3 ");
    assert_int_equal(fault_set(NULL, ERR_DENIED, "%s", "nobody reads it"), ERR_DENIED);
    memset(value, 'v', 2000);
    assert_int_equal(fault_set(&fault, ERR_INVALID, "%s", value), ERR_INVALID);
    assert_int_equal(strlen(fault.text), sizeof fault.text - 1);
    for (int err = OK; err <= ERR_INTERNAL; err++)
        assert_string_not_equal(err_name((enum err)err), "unnamed");
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_object_a_line, begin, end),
        cmocka_unit_test_setup_teardown(levels, begin, end),
        cmocka_unit_test_setup_teardown(repairs_bytes_that_are_not_text, begin, end),
        cmocka_unit_test_setup_teardown(cuts_long_lines, begin, end),
        cmocka_unit_test(faults_are_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
