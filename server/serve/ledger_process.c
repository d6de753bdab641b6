/*
 * A ballot's way here: ledger_process_got_request → queue → ledger_process_commit (parse, prove,
 * judge, journal: the sequencer's) → answer → publisher. Commits begin at once when the process is
 * idle and at least commit_gap_ms apart when it is not, each with everything that waits.
 *
 * After the close of evaluation the ballots are opened in slices between commits; when their counts
 * stand the ledger owes the tally entries.
 */
#include "ledger_process_inner.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypt/key_file.h"
#include "serve/nominees.h"

#define TICK_MS 500 /* how often the clock is asked what is due */
#define DRAIN_MS 3000
#define QUESTION_MAX (128 * 1024) /* a thousand nominations of one person */

_Noreturn void ledger_process_die(const struct fault *fault)
{
    log_error("commit_failed", LOG_S("why", fault->text));
    _exit(1);
}

/* ---- the judge, with a witness: what is applied is noted for publishing ---------------------- */

static void prove(void *context, struct candidate *candidate)
{
    const struct ledger_process *process = context;
    process->inner.prove(process->inner.context, candidate);
}

static void check(void *context, struct candidate *candidate, uint64_t index, uint64_t at)
{
    const struct ledger_process *process = context;
    process->inner.check(process->inner.context, candidate, index, at);
}

static void apply(void *context, const struct candidate *candidate, uint64_t index,
                  const uint8_t leaf[static TREE_HASH_LEN])
{
    const struct ledger_process *process = context;
    process->inner.apply(process->inner.context, candidate, index, leaf);
    if (process->publisher != NULL)
        publisher_note(process->publisher, &candidate->entry, index);
}

static enum err due(void *context, uint64_t at, struct buf *entry)
{
    const struct ledger_process *process = context;
    return process->inner.due(process->inner.context, at, entry);
}

static enum err get_file(void *context, const uint8_t hash[static SHA256_LEN], struct buf *out,
                         struct fault *fault)
{
    const struct ledger_process *process = context;
    return ledger_file_get(process->spec->campaign_folder, hash, out, fault);
}

/* ---- events --------------------------------------------------------------------------------- */

static void on_commit(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    ledger_process_commit(context);
}

static void on_open(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    ledger_process_open(context);
}

/* What the clock makes due comes without anybody asking (I9). */
static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ledger_process *process = context;
    if (publisher_ready(process->publisher) && process->queue_len == 0)
        ledger_process_commit(process);
    if (process->live && process->opening != NULL && !process->counted)
        event_active(process->open, 0, 0);
}

static void on_term(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ledger_process *process = context;
    struct timeval limit = {DRAIN_MS / 1000, 0};
    process->draining = true;
    ipc_server_pause(process->server);
    event_base_loopexit(process->base, process->queue_len > 0 ? &limit : NULL);
}

static void on_ready(void *context)
{
    struct ledger_process *process = context;
    log_info("ready", LOG_S("campaign", process->spec->campaign),
             LOG_U("size", ledger_size(sequencer_ledger(process->sequencer))));
    if (!process->ready_said)
        child_ready(process->spec);
    process->ready_said = true;
    /* A restart between unseal and tally goes on here. */
    ledger_process_after_commit(process);
}

static void on_refuse(void *context, const struct fault *fault)
{
    struct ledger_process *process = context;
    child_fault(process->spec, fault);
    process->exit_code = CHILD_REFUSED;
    event_base_loopbreak(process->base);
}

/* ---- life ----------------------------------------------------------------------------------- */

static enum err read_keys(struct ledger_process *process, struct fault *fault)
{
    const char *folder = process->spec->campaign_folder;
    char path[FILE_PATH_CAP];
    struct buf vkey;
    file_path(path, folder, "keys/ledger/log.pem");
    enum err err = key_file_read_ed25519(path, &process->log_key, fault);
    file_path(path, folder, "keys/ledger/seal.pem");
    if (err == OK)
        err = key_file_read_hpke(path, &process->seal_key, fault);
    if (err != OK)
        return err;
    buf_init(&vkey, 512);
    file_path(path, folder, "log.vkey");
    err = file_read(path, &vkey, fault);
    /* The origin is the key's name: all before the first plus. */
    if (err == OK)
        process->origin = xstrndup(buf_text(&vkey), strcspn(buf_text(&vkey), "+"));
    buf_release(&vkey);
    return err;
}

static enum err open_ledger(struct ledger_process *process, struct fault *fault)
{
    struct fold_files files = {process, get_file};
    struct judge judge = {process, prove, check, apply, due};
    struct ledger_options options = {.campaign = process->spec->campaign_folder,
                                     .origin = process->origin,
                                     .key = &process->log_key,
                                     .floor = (uint64_t)process->options->space_floor_mib << 20};
    process->fold = fold_create(process->origin, &files);
    process->inner = judge_of_fold(process->fold);
    int64_t began_us = clock_steady_us();
    enum err err = sequencer_open(&options, &judge, process->pool, &process->sequencer, fault);
    if (err != OK)
        return err;
    if (fold_fault(process->fold) != NULL)
        return fault_set(fault, ERR_CORRUPT, "%s: %s", process->spec->campaign_folder,
                         fold_fault(process->fold));
    if (fold_rules(process->fold) == NULL)
        return fault_set(fault, ERR_NOT_FOUND,
                         "%s: the ledger is empty; make it with `dauys campaign create`",
                         process->spec->campaign_folder);
    fold_set_seal_secret(process->fold, process->seal_key);
    log_info("replayed", LOG_S("campaign", process->spec->campaign),
             LOG_U("entries", ledger_size(sequencer_ledger(process->sequencer))),
             LOG_I("us", clock_steady_us() - began_us));
    return OK;
}

static enum err open_publisher(struct ledger_process *process, struct fault *fault)
{
    struct publisher_options options = {.redis = process->spec->redis,
                                        .campaign = process->spec->campaign,
                                        .folder = process->spec->campaign_folder,
                                        .fold = process->fold,
                                        .ledger = sequencer_ledger(process->sequencer),
                                        .on_ready = on_ready,
                                        .on_refuse = on_refuse,
                                        .context = process};
    enum err err = publisher_create(process->base, &options, &process->publisher, fault);
    if (err != OK)
        return err;
    process->live = publisher_opens_live(process->publisher);
    return OK;
}

static void listen_for(struct ledger_process *process)
{
    struct timeval tick = {0, TICK_MS * 1000};
    process->queue_cap = process->options->queue_entries;
    process->queue = xcalloc(process->queue_cap, sizeof *process->queue);
    process->candidates = xcalloc(SEQUENCER_ENTRIES, sizeof *process->candidates);
    process->server = ipc_server_create(
        process->base, &(struct ipc_server_options){.listen_fd = process->spec->listen_fds[0],
                                                    .max_open = process->options->queue_entries + 1,
                                                    .max_payload = QUESTION_MAX,
                                                    .max_queued = 4 * NOMINEES_ANSWER_MAX,
                                                    .on_request = ledger_process_got_request,
                                                    .context = process});
    event_add(process->tick, &tick);
}

static void release(struct ledger_process *process)
{
    for (size_t i = 0; i < process->queue_len; i++)
        ipc_request_answer(process->queue[i], ERR_UNAVAILABLE, NULL, 0);
    if (process->server != NULL)
        ipc_server_destroy(process->server);
    publisher_destroy(process->publisher);
    ledger_figures_destroy(process->figures);
    opening_destroy(process->opening);
    buf_release(&process->bundle.bytes);
    if (process->sequencer != NULL)
        sequencer_close(process->sequencer);
    fold_destroy(process->fold);
    pool_destroy(process->pool);
    hpke_secret_destroy(process->seal_key);
    wipe(&process->log_key, sizeof process->log_key);
    free(process->origin);
    free(process->queue);
    free(process->candidates);
    event_free(process->commit);
    event_free(process->tick);
    event_free(process->open);
    event_free(process->term);
    event_base_free(process->base);
}

/* A damaged folder needs a person, who should not have to guess. */
static void tell_refusal(const struct child_spec *spec, enum err err, const struct fault *fault)
{
    struct fault told = *fault;
    if (err == ERR_CORRUPT)
        (void)fault_set(&told, err,
                        "%s; keep %s aside, restore it from the newest backup, run `dauys verify` "
                        "on it, then SIGHUP (docs/operating.md)",
                        fault->text, spec->campaign_folder);
    child_fault(spec, &told);
}

int ledger_process_main(const struct child_spec *spec)
{
    struct ledger_process process = {.spec = spec, .options = spec->context};
    struct fault fault = {{0}};
    process.base = event_base_new();
    process.pool = pool_create(0);
    process.figures = ledger_figures_create();
    process.commit = evtimer_new(process.base, on_commit, &process);
    process.open = evtimer_new(process.base, on_open, &process);
    process.tick = event_new(process.base, -1, EV_PERSIST, on_tick, &process);
    process.term = evsignal_new(process.base, SIGTERM, on_term, &process);
    evsignal_add(process.term, NULL);
    enum err err = read_keys(&process, &fault);
    if (err == OK)
        err = open_ledger(&process, &fault);
    if (err == OK)
        err = open_publisher(&process, &fault);
    if (err == OK) {
        listen_for(&process);
        event_base_dispatch(process.base);
    } else {
        tell_refusal(spec, err, &fault);
        process.exit_code = CHILD_REFUSED;
    }
    release(&process);
    return process.exit_code;
}
