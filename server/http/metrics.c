#include "http/metrics.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"

#define BOUNDS_MAX 24

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric {
    struct family *family;
    char *labels;  /* owned */
    int64_t value; /* of a counter or gauge; count of a histogram */
    double sum;
    uint64_t *buckets; /* owned; not cumulative; bounds_len + 1 of them */
    struct metric *next;
};

struct family {
    char *name, *help; /* owned */
    enum metric_kind kind;
    double bounds[BOUNDS_MAX];
    size_t bounds_len;
    struct metric *first, *last;
    struct family *next;
};

struct metrics {
    struct family *first, *last;
};

struct metrics *metrics_create(void)
{
    return xcalloc(1, sizeof(struct metrics));
}

static void family_destroy(struct family *family)
{
    while (family->first != NULL) {
        struct metric *metric = family->first;

        family->first = metric->next;
        free(metric->labels);
        free(metric->buckets);
        free(metric);
    }
    free(family->name);
    free(family->help);
    free(family);
}

void metrics_destroy(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    while (metrics->first != NULL) {
        struct family *family = metrics->first;

        metrics->first = family->next;
        family_destroy(family);
    }
    free(metrics);
}

static struct family *family_get(struct metrics *metrics, const char *name, const char *help,
                                 enum metric_kind kind)
{
    struct family *family;

    for (family = metrics->first; family != NULL; family = family->next)
        if (strcmp(family->name, name) == 0) {
            INVARIANT(family->kind == kind);
            return family;
        }
    family = xcalloc(1, sizeof *family);
    family->name = xstrdup(name);
    family->help = xstrdup(help);
    family->kind = kind;
    if (metrics->last != NULL)
        metrics->last->next = family;
    else
        metrics->first = family;
    metrics->last = family;
    return family;
}

static struct metric *metric_get(struct family *family, const char *labels)
{
    struct metric *metric;

    for (metric = family->first; metric != NULL; metric = metric->next)
        if (strcmp(metric->labels, labels) == 0)
            return metric;
    metric = xcalloc(1, sizeof *metric);
    metric->family = family;
    metric->labels = xstrdup(labels);
    if (family->kind == METRIC_HISTOGRAM)
        metric->buckets = xcalloc(family->bounds_len + 1, sizeof *metric->buckets);
    if (family->last != NULL)
        family->last->next = metric;
    else
        family->first = metric;
    family->last = metric;
    return metric;
}

struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *help,
                               const char *labels)
{
    return metric_get(family_get(metrics, name, help, METRIC_COUNTER), labels);
}

struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *help,
                             const char *labels)
{
    return metric_get(family_get(metrics, name, help, METRIC_GAUGE), labels);
}

struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *help,
                                 const char *labels, const double *bounds, size_t bounds_len)
{
    struct family *family = family_get(metrics, name, help, METRIC_HISTOGRAM);

    INVARIANT(bounds_len <= BOUNDS_MAX);
    if (family->first == NULL) {
        memcpy(family->bounds, bounds, bounds_len * sizeof *bounds);
        family->bounds_len = bounds_len;
    }
    return metric_get(family, labels);
}

void metric_add(struct metric *metric, uint64_t amount)
{
    if (metric != NULL)
        metric->value += (int64_t)amount;
}

void metric_set(struct metric *metric, int64_t value)
{
    if (metric != NULL)
        metric->value = value;
}

void metric_observe(struct metric *metric, double value)
{
    size_t i;

    if (metric == NULL)
        return;
    for (i = 0; i < metric->family->bounds_len; i++)
        if (value <= metric->family->bounds[i])
            break;
    metric->buckets[i]++;
    metric->value++;
    metric->sum += value;
}

int64_t metric_value(const struct metric *metric)
{
    return metric->value;
}

/* `{label,own,last}` as far as there are any. */
static void put_labels(struct buf *out, const char *label, const char *own, const char *last)
{
    const char *const parts[] = {label, own, last};
    const char *before = "{";

    for (size_t i = 0; i < 3; i++) {
        if (parts[i][0] == '\0')
            continue;
        buf_printf(out, "%s%s", before, parts[i]);
        before = ",";
    }
    if (before[0] == ',')
        buf_put_byte(out, '}');
}

static void put_histogram(const struct metric *metric, const char *label, struct buf *out)
{
    const struct family *family = metric->family;
    uint64_t sum = 0;

    for (size_t i = 0; i <= family->bounds_len; i++) {
        char bound[40] = "le=\"+Inf\"";

        if (i < family->bounds_len)
            (void)snprintf(bound, sizeof bound, "le=\"%g\"", family->bounds[i]);
        sum += metric->buckets[i];
        buf_printf(out, "%s_bucket", family->name);
        put_labels(out, label, metric->labels, bound);
        buf_printf(out, " %" PRIu64 "\n", sum);
    }
    buf_printf(out, "%s_sum", family->name);
    put_labels(out, label, metric->labels, "");
    buf_printf(out, " %.9g\n%s_count", metric->sum, family->name);
    put_labels(out, label, metric->labels, "");
    buf_printf(out, " %" PRId64 "\n", metric->value);
}

void metrics_put(const struct metrics *metrics, const char *label, struct buf *out)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};

    for (const struct family *family = metrics->first; family != NULL; family = family->next) {
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                   kinds[family->kind]);
        for (const struct metric *metric = family->first; metric != NULL; metric = metric->next) {
            if (family->kind == METRIC_HISTOGRAM) {
                put_histogram(metric, label, out);
                continue;
            }
            buf_put_str(out, family->name);
            put_labels(out, label, metric->labels, "");
            buf_printf(out, " %" PRId64 "\n", metric->value);
        }
    }
}
