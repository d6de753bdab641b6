#include "ledger_figures.h"

#include "base/mem.h"
#include "campaign/verdict.h"
#include "serve/figures.h"

struct ledger_figures {
    struct metrics *metrics;
    struct metric *accepted, *repeated, *commit_s, *untaken, *size, *waiting, *following;
};

struct ledger_figures *ledger_figures_create(void)
{
    static const double bounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                    0.05,   0.1,   0.25,   0.5,   1,    2.5};
    static const char taken[] = "Entries logged, or sent again and found.";
    struct ledger_figures *figures = xcalloc(1, sizeof *figures);
    struct metrics *all = figures->metrics = metrics_create();
    figures->accepted =
        metrics_counter(all, "dauys_ledger_entries_total", taken, "verdict=\"accepted\"");
    figures->repeated =
        metrics_counter(all, "dauys_ledger_entries_total", taken, "verdict=\"repeated\"");
    figures->commit_s = metrics_histogram(all, "dauys_ledger_commit_duration_seconds",
                                          "Proving, judging and committing a batch.", "", bounds,
                                          sizeof bounds / sizeof *bounds);
    figures->untaken = metrics_counter(all, "dauys_ledger_batches_untaken_total",
                                       "Batches answered unavailable: no space.", "");
    figures->size = metrics_gauge(all, "dauys_ledger_size_entries", "Entries in the ledger.", "");
    figures->waiting =
        metrics_gauge(all, "dauys_ledger_waiting_entries", "Entries that wait for a commit.", "");
    figures->following = metrics_gauge(all, "dauys_ledger_redis_following",
                                       "1 while Redis holds what the ledger holds.", "");
    return figures;
}

void ledger_figures_destroy(struct ledger_figures *figures)
{
    if (figures == NULL)
        return;
    metrics_destroy(figures->metrics);
    free(figures);
}

static void count_refused(struct ledger_figures *figures, int code)
{
    char label[64];
    bool judged = code >= 0 && code < VERDICT_COUNT;
    (void)snprintf(label, sizeof label, "code=\"%s\"",
                   judged ? verdict_name((enum verdict_code)code) : "malformed");
    metric_add(metrics_counter(figures->metrics, "dauys_ledger_refusals_total",
                               "Entries refused, by code.", label),
               1);
}

void ledger_figures_batch(struct ledger_figures *figures, struct candidate *const *batch,
                          size_t count, int64_t us)
{
    for (size_t i = 0; i < count; i++) {
        if (batch[i]->verdict == CANDIDATE_REFUSED)
            count_refused(figures, batch[i]->code);
        else
            metric_add(
                batch[i]->verdict == CANDIDATE_ACCEPTED ? figures->accepted : figures->repeated, 1);
    }
    if (count > 0)
        metric_observe(figures->commit_s, (double)us / 1e6);
}

void ledger_figures_untaken(struct ledger_figures *figures)
{
    metric_add(figures->untaken, 1);
}

void ledger_figures_answer(struct ledger_figures *figures, const char *process,
                           const struct ledger_level *level, struct ipc_request *request)
{
    metric_set(figures->size, (int64_t)level->size);
    metric_set(figures->waiting, (int64_t)level->waiting);
    metric_set(figures->following, level->following);
    figures_answer(figures->metrics, process, request);
}
