#include "http/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_text(void **state)
{
    static const double bounds[] = {0.5, 1};
    struct metrics *metrics = metrics_create();
    struct metric *one = metrics_counter(metrics, "a_total", "Things.", "x=\"1\"");
    struct metric *level = metrics_gauge(metrics, "b", "Level.", "");
    struct metric *time = metrics_histogram(metrics, "c_seconds", "Time.", "y=\"2\"", bounds, 2);
    struct buf out;

    (void)state;
    metric_add(metrics_counter(metrics, "a_total", "Things.", "x=\"2\""), 7);
    assert_ptr_equal(metrics_counter(metrics, "a_total", "Things.", "x=\"1\""), one);
    metric_add(one, 2);
    metric_add(one, 1);
    metric_set(level, -4);
    metric_observe(time, 0.25);
    metric_observe(time, 0.5);
    metric_observe(time, 0.75);
    metric_observe(time, 9);
    metric_add(NULL, 1);
    assert_int_equal(metric_value(one), 3);
    buf_init(&out, 65536);
    metrics_put(metrics, "", &out);
    assert_string_equal(buf_text(&out), "# HELP a_total Things.\n"
                                        "# TYPE a_total counter\n"
                                        "a_total{x=\"1\"} 3\n"
                                        "a_total{x=\"2\"} 7\n"
                                        "# HELP b Level.\n"
                                        "# TYPE b gauge\n"
                                        "b -4\n"
                                        "# HELP c_seconds Time.\n"
                                        "# TYPE c_seconds histogram\n"
                                        "c_seconds_bucket{y=\"2\",le=\"0.5\"} 2\n"
                                        "c_seconds_bucket{y=\"2\",le=\"1\"} 3\n"
                                        "c_seconds_bucket{y=\"2\",le=\"+Inf\"} 4\n"
                                        "c_seconds_sum{y=\"2\"} 10.5\n"
                                        "c_seconds_count{y=\"2\"} 4\n");
    buf_clear(&out);
    metrics_put(metrics, "process=\"p\"", &out);
    assert_non_null(strstr(buf_text(&out), "\na_total{process=\"p\",x=\"2\"} 7\n"));
    assert_non_null(strstr(buf_text(&out), "\nb{process=\"p\"} -4\n"));
    assert_non_null(
        strstr(buf_text(&out), "\nc_seconds_bucket{process=\"p\",y=\"2\",le=\"+Inf\"} 4\n"));
    buf_release(&out);
    metrics_destroy(metrics);
    metrics_destroy(NULL);
}

static void expect_join(const char *first, const char *second, const char *third,
                        const char *joined)
{
    struct slice texts[] = {slice_str(first), slice_str(second), slice_str(third)};
    struct buf out;

    buf_init(&out, 65536);
    metrics_join(texts, 3, &out);
    assert_string_equal(buf_text(&out), joined);
    buf_release(&out);
}

static void test_join(void **state)
{
    (void)state;
    expect_join("", "", "", "");
    expect_join("# HELP a A.\n# TYPE a gauge\na{p=\"1\"} 1\n# HELP b B.\n# TYPE b gauge\nb 2\n",
                "# HELP c C.\n# TYPE c gauge\nc 3\n",
                "# HELP b B.\n# TYPE b gauge\nb{p=\"3\"} 4\n# HELP a A.\n# TYPE a gauge\na 5\n",
                "# HELP a A.\n# TYPE a gauge\na{p=\"1\"} 1\na 5\n"
                "# HELP b B.\n# TYPE b gauge\nb 2\nb{p=\"3\"} 4\n"
                "# HELP c C.\n# TYPE c gauge\nc 3\n");
    /* Another type, rubbish, a line cut off, a series of no name: left out. */
    expect_join("# HELP a A.\n# TYPE a gauge\na 1\n", "# HELP a A.\n# TYPE a counter\na 2\n",
                "x 1\n# HELP\n# HELP z Z.\nz 1\n# HELP d D.\n# TYPE d gauge\ne 1\n# HELP a A.\n"
                "# TYPE a gauge\na 3\na 4",
                "# HELP a A.\n# TYPE a gauge\na 1\na 3\n# HELP d D.\n# TYPE d gauge\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_join)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
