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
    metrics_put(metrics, &out);
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
    buf_release(&out);
    metrics_destroy(metrics);
    metrics_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
