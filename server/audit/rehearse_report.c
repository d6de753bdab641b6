#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "rehearse_inner.h"

void latency_note(struct latencies *latencies, int64_t us)
{
    GROW(latencies->us, latencies->len, latencies->room);
    latencies->us[latencies->len++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

void refusal_note(struct rehearsal *rehearsal, const char *code)
{
    for (size_t i = 0; i < rehearsal->refusals_len; i++) {
        if (strcmp(rehearsal->refusals[i].code, code) == 0) {
            rehearsal->refusals[i].count++;
            return;
        }
    }
    if (rehearsal->refusals_len == REHEARSE_CODES_MAX)
        return;
    struct refusal *refusal = &rehearsal->refusals[rehearsal->refusals_len++];
    (void)snprintf(refusal->code, sizeof refusal->code, "%s", code);
    refusal->count = 1;
}

static int by_time(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const struct latencies *latencies, double share)
{
    size_t at = (size_t)(share * (double)latencies->len);
    if (latencies->len == 0)
        return 0;
    return latencies->us[at < latencies->len ? at : latencies->len - 1] / 1000.0;
}

static void print_latencies(const char *name, const struct latencies *latencies)
{
    qsort(latencies->us, latencies->len, sizeof *latencies->us, by_time);
    printf("  %-10s %9zu  %8.2f %8.2f %8.2f %9.2f\n", name, latencies->len,
           percentile_ms(latencies, 0.5), percentile_ms(latencies, 0.99),
           percentile_ms(latencies, 0.999), percentile_ms(latencies, 1));
}

bool rehearse_good(const struct rehearsal *rehearsal)
{
    return rehearsal->wrong == 0 && rehearsal->counts == rehearsal->counts_exact &&
           rehearsal->scores == rehearsal->scores_exact &&
           rehearsal->receipts == rehearsal->receipts_good && rehearsal->verified;
}

static void print_verdict(const struct rehearsal *rehearsal)
{
    bool colours = progress_colours(stdout), good = rehearse_good(rehearsal);
    printf("\n%s%zu of %zu counts exact, %zu of %zu scores exact, %zu of %zu receipts good, ledger "
           "%s%s\n",
           !colours ? ""
           : good   ? "\033[32m"
                    : "\033[31m",
           rehearsal->counts_exact, rehearsal->counts, rehearsal->scores_exact, rehearsal->scores,
           rehearsal->receipts_good, rehearsal->receipts,
           rehearsal->verified ? "verified" : "NOT verified", colours ? "\033[0m" : "");
}

void rehearse_report(const struct rehearsal *rehearsal)
{
    const struct election *election = rehearsal->election;
    printf("\n%s: %zu voters, %zu projects, %s\n", election->title, election->voters_len,
           election->projects_len, ballot_method_name(election->method));
    printf("  passes  %8.1f voters a second (%.1f s)\n",
           (double)election->voters_len / fmax(rehearsal->issue_s, 1e-9), rehearsal->issue_s);
    printf("  ballots %8.1f ballots a second (%.1f s; %llu voters, %llu sent again, %llu replaced, "
           "%llu stale)\n",
           (double)rehearsal->cast.len / fmax(rehearsal->cast_s, 1e-9), rehearsal->cast_s,
           (unsigned long long)rehearsal->sent, (unsigned long long)rehearsal->resent,
           (unsigned long long)rehearsal->replaced, (unsigned long long)rehearsal->stale);
    printf("  processor time of this client: %.1f s\n\n", rehearsal->client_cpu_s);
    printf("  %-10s %9s  %8s %8s %8s %9s\n", "ms", "requests", "p50", "p99", "p99.9", "most");
    print_latencies("sign in", &rehearsal->sign_in);
    print_latencies("pass", &rehearsal->issue);
    print_latencies("cast", &rehearsal->cast);
    printf("\n  requests repeated: %llu\n", (unsigned long long)rehearsal->repeats);
    for (size_t i = 0; i < rehearsal->refusals_len; i++)
        printf("  %-16s %llu\n", rehearsal->refusals[i].code,
               (unsigned long long)rehearsal->refusals[i].count);
    print_verdict(rehearsal);
}

static json_t *latency_json(const struct latencies *latencies)
{
    return json_pack("{s:I,s:f,s:f,s:f}", "requests", (json_int_t)latencies->len, "p50_ms",
                     percentile_ms(latencies, 0.5), "p99_ms", percentile_ms(latencies, 0.99),
                     "p999_ms", percentile_ms(latencies, 0.999));
}

/* Processor time of a stage in µs a request, by process. */
static json_t *cost_json(const struct rehearse_cost *from, const struct rehearse_cost *to,
                         size_t requests)
{
    static const char *const names[] = {"front", "registrar", "ledger", "redis"};
    json_t *json = json_object();
    for (int i = 0; i < PROCESS_KINDS; i++)
        json_object_set_new(json, names[i],
                            json_real((to->cpu_s[i] - from->cpu_s[i]) * 1e6 /
                                      (double)(requests == 0 ? 1 : requests)));
    return json;
}

static json_t *resident_json(const struct rehearse_cost *cost)
{
    return json_pack("{s:I,s:I,s:I,s:I}", "front", (json_int_t)cost->resident[PROCESS_FRONT],
                     "registrar", (json_int_t)cost->resident[PROCESS_REGISTRAR], "ledger",
                     (json_int_t)cost->resident[PROCESS_LEDGER], "redis",
                     (json_int_t)cost->resident[PROCESS_REDIS]);
}

enum err rehearse_json(const struct rehearsal *rehearsal, const char *path, struct fault *fault)
{
    json_t *json = json_pack(
        "{s:I,s:b,s:f,s:f,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "voters",
        (json_int_t)rehearsal->election->voters_len, "good", (int)rehearse_good(rehearsal),
        "passes_s", (double)rehearsal->election->voters_len / fmax(rehearsal->issue_s, 1e-9),
        "ballots_s", (double)rehearsal->cast.len / fmax(rehearsal->cast_s, 1e-9), "sign_in",
        latency_json(&rehearsal->sign_in), "issue", latency_json(&rehearsal->issue), "cast",
        latency_json(&rehearsal->cast), "issue_us",
        cost_json(&rehearsal->before, &rehearsal->issued, rehearsal->issue.len), "cast_us",
        cost_json(&rehearsal->prepared, &rehearsal->cast_cost, rehearsal->cast.len),
        "resident_before", resident_json(&rehearsal->before), "resident_after",
        resident_json(&rehearsal->cast_cost), "repeats", (json_int_t)rehearsal->repeats);
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(json);
    if (text == NULL)
        return fault_set(fault, ERR_INTERNAL, "the figures can't be written as JSON");
    enum err err = file_write(path, slice_str(text), 0644, FILE_NO_SYNC, fault);
    free(text);
    return err;
}
