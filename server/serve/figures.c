#include "serve/figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define FIGURES_MAX (1U << 20)
#define STATM_MAX 256

static int64_t milliseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

/* Resident bytes: the second number of statm, in pages. 0 when it cannot be read. */
static int64_t resident(void)
{
    struct fault fault;
    struct buf text;
    unsigned long pages = 0;
    buf_init(&text, STATM_MAX);
    if (file_read("/proc/self/statm", &text, &fault) != OK ||
        sscanf(buf_text(&text), "%*u %lu", &pages) != 1)
        pages = 0;
    buf_release(&text);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

void figures_put(struct metrics *metrics, const char *process, struct buf *out)
{
    char label[80];
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        metric_set(metrics_gauge(metrics, "dauys_process_cpu_milliseconds",
                                 "CPU time used since the process began.", ""),
                   milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
    metric_set(metrics_gauge(metrics, "dauys_process_resident_bytes", "Memory in use.", ""),
               resident());
    (void)snprintf(label, sizeof label, "process=\"%s\"", process);
    metrics_put(metrics, label, out);
}

void figures_answer(struct metrics *metrics, const char *process, struct ipc_request *request)
{
    struct buf text;
    buf_init(&text, FIGURES_MAX);
    figures_put(metrics, process, &text);
    struct slice whole = buf_slice(&text);
    ipc_request_answer(request, buf_failed(&text) ? ERR_LIMITED : OK, &whole, 1);
    buf_release(&text);
}
