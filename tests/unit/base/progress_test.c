#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include "base/progress.h"

static int master;
static FILE *terminal;

static int begin(void **state)
{
    (void)state;
    int slave;

    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        return -1;
    fcntl(master, F_SETFL, O_NONBLOCK);
    terminal = fdopen(slave, "w");
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    return 0;
}

static int end(void **state)
{
    (void)state;
    fclose(terminal);
    return close(master);
}

/* What the terminal has got since. */
static const char *shown(void)
{
    static char text[4096];
    ssize_t len = read(master, text, sizeof text - 1);

    text[len > 0 ? len : 0] = '\0';
    return text;
}

static void nothing_without_a_terminal(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *file = tmpfile();
    struct progress progress;

    assert_false(progress_colours(file));
    progress_begin(&progress, file, "verify", 100);
    progress_set(&progress, 50);
    progress_end(&progress);
    assert_int_equal(ftell(file), 0);
    fclose(file);
    /* Nor on a stream without a descriptor. */
    file = open_memstream(&text, &len);
    progress_begin(&progress, file, "verify", 100);
    progress_set(&progress, 50);
    progress_end(&progress);
    fclose(file);
    assert_int_equal(len, 0);
    free(text);
}

static void draws_and_clears(void **state)
{
    (void)state;
    struct progress progress;
    const char *text;

    progress_begin(&progress, terminal, "verify", 200);
    progress.began_us -= 1000000; /* a second ago */
    progress_set(&progress, 100);
    text = shown();
    assert_non_null(strstr(text, "verify"));
    assert_non_null(strstr(text, "100 / 200"));
    assert_non_null(strstr(text, "0:01 left"));
    assert_non_null(strstr(text, "\033[36m"));
    progress_set(&progress, 101); /* too soon to draw again */
    assert_string_equal(shown(), "");
    progress.drawn_us = 0;
    progress_set(&progress, 300); /* more than announced: a full bar */
    text = shown();
    assert_non_null(strstr(text, "200 / 200"));
    assert_null(strstr(text, "░"));
    progress_end(&progress);
    assert_string_equal(shown(), "\r\033[K");
}

static void total_unknown(void **state)
{
    (void)state;
    struct progress progress;
    const char *text;

    setenv("NO_COLOR", "1", 1);
    progress_begin(&progress, terminal, "replay", 0);
    progress_set(&progress, 7);
    text = shown();
    assert_non_null(strstr(text, "replay 7 "));
    assert_null(strstr(text, "\033[36m"));
    progress_end(&progress);
    setenv("TERM", "dumb", 1);
    assert_false(progress_colours(terminal));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_without_a_terminal),
        cmocka_unit_test_setup_teardown(draws_and_clears, begin, end),
        cmocka_unit_test_setup_teardown(total_unknown, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
