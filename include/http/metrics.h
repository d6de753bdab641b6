/*
 * Figures for the admin listener, in the text format of Prometheus 0.0.4.
 *
 * Names and labels come from the code only, never from what a user sent. One thread.
 */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct metrics;
struct metric; /* one series; belongs to its metrics */

struct metrics *metrics_create(void);
void metrics_destroy(struct metrics *metrics);

/*
 * Finds or makes a series. name: [a-z_]+ with its unit ("dauys_http_requests_total"); help: one
 * sentence; labels: "" or `route="/x",status="200"`. All are copied; a name keeps its kind and
 * help.
 */
struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *help,
                               const char *labels);
struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *help,
                             const char *labels);
/* bounds: ascending upper bounds, +Inf is added; at most 24. */
struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *help,
                                 const char *labels, const double *bounds, size_t bounds_len);

/* For a counter or gauge. NULL does nothing. */
void metric_add(struct metric *metric, uint64_t amount);
/* For a gauge. NULL does nothing. */
void metric_set(struct metric *metric, int64_t value);
/* For a histogram. NULL does nothing. */
void metric_observe(struct metric *metric, double value);
/* Value of a counter or gauge, count of a histogram. */
int64_t metric_value(const struct metric *metric);

/* Appends everything, series of one name together, each with `label` ("" or `process="front-0"`)
 * before its own labels. Serve as METRICS_CONTENT_TYPE. */
#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_put(const struct metrics *metrics, const char *label, struct buf *out);

/*
 * Joins texts of metrics_put(), of several processes, into one: the series of a name stand together
 * below the HELP and TYPE of the first text that has it. Lines that belong to no name, and a name's
 * series of another TYPE, are left out. Values are not checked: the texts are of our own processes.
 */
void metrics_join(const struct slice *texts, size_t len, struct buf *out);

#endif
