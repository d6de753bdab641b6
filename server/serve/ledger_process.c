/*
 * A ballot's way here: got_request → queue → commit_batch (parse, prove, judge, journal: the
 * sequencer's) → answer → publisher. Commits begin at once when the process is idle and at least
 * commit_gap_ms apart when it is not, each with everything that waits.
 *
 * After the close of evaluation the ballots are opened in slices between commits; when their counts
 * stand the ledger owes the tally entries.
 */
#include "serve/ledger_process.h"

#include <event2/event.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "campaign/judge.h"
#include "campaign/rules.h"
#include "crypt/key_file.h"
#include "ipc/peer.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/sequencer.h"
#include "ledger_figures.h"
#include "publish.h"
#include "serve/message.h"
#include "serve/options.h"
#include "serve/standing.h"
#include "tally/opening.h"
#include "tally/ranking.h"
#include "tally/tally_file.h"

#define TICK_MS 500      /* how often the clock is asked what is due */
#define OPEN_AT_ONCE 512 /* ballots opened between two looks at the queue: about 30 ms */
#define LIVE_GAP_MS 1000 /* between two publications of live tallies */
#define DRAIN_MS 3000

struct ledger_process {
    const struct child_spec *spec;
    const struct serve_options *options;
    struct event_base *base;
    int exit_code;

    /* Keys, for the life of the process. */
    struct ed25519_secret log_key;
    struct hpke_secret *seal_key;
    char *origin;

    /* What decides. */
    struct pool *pool;
    struct fold *fold;
    struct judge inner;
    struct sequencer *sequencer;
    struct publisher *publisher;
    struct ledger_figures *figures;
    bool live; /* the rules open ballots while they come in */

    /* What waits. */
    struct ipc_server *server;
    struct ipc_request **queue;
    size_t queue_len, queue_cap;
    struct candidate *candidates; /* SEQUENCER_ENTRIES of them, used batch by batch */
    struct event *commit, *tick, *open, *term;
    int64_t committed_us;
    bool draining, ready_said;

    /* Opening of ballots: after the unseal, or live. */
    struct opening *opening;
    bool counted; /* final counts are in the fold */
    int64_t live_us;
};

static void commit_batch(struct ledger_process *process);
static void answer(struct ipc_request *request, const struct candidate *candidate,
                   struct ledger *ledger);
static void open_ballots(struct ledger_process *process);

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

/* ---- taking in ------------------------------------------------------------------------------ */

static void schedule_commit(struct ledger_process *process)
{
    int64_t gap_us = (int64_t)process->options->commit_gap_ms * 1000;
    int64_t wait_us = process->committed_us + gap_us - clock_steady_us();
    if (event_pending(process->commit, EV_TIMEOUT, NULL))
        return;
    struct timeval delay = {0, 0};
    if (wait_us > 0)
        delay = (struct timeval){wait_us / 1000000, wait_us % 1000000};
    event_add(process->commit, &delay);
}

static void got_ping(struct ledger_process *process, struct ipc_request *request)
{
    struct slice text =
        slice_str(publisher_ready(process->publisher) ? "{\"ready\":true,\"why\":\"\"}"
                                                      : "{\"ready\":false,\"why\":\"redis\"}");
    ipc_request_answer(request, OK, &text, 1);
}

static void got_standing(struct ledger_process *process, struct ipc_request *request)
{
    json_t *json = standing_json(process->fold);
    char *text = json_dumps(json, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "" : text);
    ipc_request_answer(request, text == NULL ? ERR_INTERNAL : OK, &part, 1);
    json_decref(json);
    free(text);
}

static void got_figures_ask(struct ledger_process *process, struct ipc_request *request)
{
    struct ledger_level level = {.size = ledger_size(sequencer_ledger(process->sequencer)),
                                 .waiting = process->queue_len,
                                 .following = publisher_ready(process->publisher)};
    ledger_figures_answer(process->figures, process->spec->name, &level, request);
}

static void got_request(void *context, struct ipc_request *request)
{
    struct ledger_process *process = context;
    if (ipc_request_type(request) == MESSAGE_FIGURES) {
        got_figures_ask(process, request);
        return;
    }
    if (ipc_request_type(request) == MESSAGE_PING) {
        got_ping(process, request);
        return;
    }
    if (ipc_request_type(request) == MESSAGE_STANDING) {
        got_standing(process, request);
        return;
    }
    if (ipc_request_type(request) != MESSAGE_SUBMIT) {
        ipc_request_answer(request, ERR_INVALID, NULL, 0);
        return;
    }
    if (process->draining || !publisher_ready(process->publisher)) {
        ipc_request_answer(request, ERR_UNAVAILABLE, NULL, 0);
        return;
    }
    if (process->queue_len == process->queue_cap) {
        ipc_request_answer(request, ERR_LIMITED, NULL, 0);
        return;
    }
    process->queue[process->queue_len++] = request;
    schedule_commit(process);
}

/* ---- committing ----------------------------------------------------------------------------- */

/* I7: nothing may be answered, nothing signed any more. */
static _Noreturn void die(const struct fault *fault)
{
    log_error("commit_failed", LOG_S("why", fault->text));
    _exit(1);
}

/* Takes requests from the queue up to the caps of a batch. */
static size_t take(struct ledger_process *process, struct candidate *batch[SEQUENCER_ENTRIES])
{
    size_t count = 0, bytes = 0;
    while (count < process->queue_len && count < SEQUENCER_ENTRIES) {
        struct slice payload = ipc_request_payload(process->queue[count]);
        bytes += payload.len;
        if (bytes > SEQUENCER_BYTES)
            break;
        batch[count] = &process->candidates[count];
        /* Every entry proves itself by its signatures: which process sent it decides nothing. */
        candidate_init(batch[count], payload, CANDIDATE_PUBLIC, process->queue[count]);
        count++;
    }
    return count;
}

static void drop_taken(struct ledger_process *process, size_t count)
{
    process->queue_len -= count;
    memmove(process->queue, process->queue + count, process->queue_len * sizeof *process->queue);
}

static void after_commit(struct ledger_process *process)
{
    process->committed_us = clock_steady_us();
    publisher_flush(process->publisher);
    uint64_t unsealed;
    bool wants_opening =
        fold_unsealed(process->fold, &unsealed) ? !process->counted : process->live;
    if (wants_opening && fold_phases(process->fold)->rows[PHASE_EVALUATION].state >= PHASE_IS_OPEN)
        event_active(process->open, 0, 0);
}

static void commit_batch(struct ledger_process *process)
{
    struct candidate *batch[SEQUENCER_ENTRIES];
    struct fault fault = {{0}};
    struct ledger *ledger = sequencer_ledger(process->sequencer);
    size_t count = take(process, batch);
    uint64_t before = ledger_size(ledger);
    int64_t began_us = clock_steady_us();
    enum err err = sequencer_commit(process->sequencer, batch, count, &fault);
    if (err == ERR_INTERNAL)
        die(&fault);
    if (err == OK) {
        ledger_figures_batch(process->figures, batch, count, clock_steady_us() - began_us);
    } else {
        ledger_figures_untaken(process->figures);
        log_warn("batch_not_taken", LOG_S("why", fault.text));
    }
    for (size_t i = 0; i < count; i++) {
        if (err == OK)
            answer(batch[i]->owner, batch[i], ledger);
        else
            ipc_request_answer(batch[i]->owner, err, NULL, 0);
        candidate_release(batch[i]);
    }
    drop_taken(process, count);
    log_debug("batch", LOG_U("first", before), LOG_U("size", ledger_size(ledger)),
              LOG_U("candidates", count));
    if (ledger_size(ledger) > before)
        after_commit(process);
    if (process->queue_len > 0)
        schedule_commit(process);
    else if (process->draining)
        event_base_loopexit(process->base, NULL);
}

static uint16_t code_of(const struct candidate *candidate)
{
    if (candidate->code >= 0)
        return (uint16_t)candidate->code;
    return candidate->code == SEQUENCER_HAS_AT ? VERDICT_FIELDS_WRONG : VERDICT_NOT_CANONICAL;
}

static void answer(struct ipc_request *request, const struct candidate *candidate,
                   struct ledger *ledger)
{
    struct submit_answer answer = {.index = candidate->index, .rev = candidate->rev};
    uint8_t head[SUBMIT_ANSWER_HEAD];
    if (candidate->verdict == CANDIDATE_REFUSED) {
        answer.code = code_of(candidate);
    } else {
        answer.verdict =
            candidate->verdict == CANDIDATE_ACCEPTED ? SUBMIT_ACCEPTED : SUBMIT_REPEATED;
        answer.size = ledger_size(ledger);
        answer.checkpoint = ledger_checkpoint(ledger);
    }
    submit_answer_head(head, &answer);
    struct slice parts[] = {slice_of(head, sizeof head), answer.checkpoint};
    ipc_request_answer(request, OK, parts, 2);
}

/* ---- opening ballots ------------------------------------------------------------------------ */

static enum err read_entry(void *context, uint64_t index, struct buf *out, struct fault *fault)
{
    const struct ledger_process *process = context;
    return ledger_entry(sequencer_ledger(process->sequencer), index, out, fault);
}

/* Lots are drawn from the root of the tree that ends with the close. */
static void close_root(struct ledger_process *process, uint8_t root[static TREE_HASH_LEN])
{
    struct fault fault;
    struct tile_source tiles = ledger_tiles(sequencer_ledger(process->sequencer));
    uint64_t closed = fold_phases(process->fold)->rows[PHASE_EVALUATION].closed;
    if (proof_root(&tiles, closed + 1, root, &fault) != OK)
        die(&fault);
}

/* The counts stand: the tally files are written before the entries that name them. */
static void finish_counting(struct ledger_process *process)
{
    uint8_t root[TREE_HASH_LEN], hash[SHA256_LEN];
    struct fault fault;
    close_root(process, root);
    fold_set_close_root(process->fold, root);
    for (unsigned cat = 0; cat < fold_rules(process->fold)->categories_len; cat++) {
        const struct counts *counts = opening_counts(process->opening, cat);
        INVARIANT(fold_set_counts(process->fold, cat, counts) == OK);
        if (ledger_file_put(process->spec->campaign_folder,
                            fold_category(process->fold, cat)->tally_file, hash, &fault) != OK)
            die(&fault);
    }
    process->counted = true;
    log_info("counted", LOG_S("campaign", process->spec->campaign));
    opening_destroy(process->opening);
    process->opening = NULL;
    commit_batch(process);
}

static void publish_live(struct ledger_process *process)
{
    const struct rules *rules = fold_rules(process->fold);
    uint8_t root[TREE_HASH_LEN] = {0}; /* no lot is drawn before the close */
    uint64_t last = ledger_size(sequencer_ledger(process->sequencer)) - 1;
    for (unsigned cat = 0; cat < rules->categories_len; cat++) {
        const struct fold_category *state = fold_category(process->fold, cat);
        const struct counts *counts = opening_counts(process->opening, cat);
        struct tally_totals totals = {.upto = last,
                                      .issued = state->issued,
                                      .superseded = state->cast - state->passes,
                                      .void_ballots = state->voids};
        struct slice id = slice_str(rules->categories[cat].id);
        struct slice origin = slice_str(fold_origin(process->fold));
        struct ranking_ties ties = {.breaks = rules->tie_breaks,
                                    .len = rules->tie_breaks_len,
                                    .origin = origin,
                                    .cat = id,
                                    .root = root};
        while (ties.len > 0 && ties.breaks[ties.len - 1] == RULES_TIE_LOT)
            ties.len--;
        struct ranking *ranking = ranking_create(counts, &ties);
        struct buf file;
        buf_init(&file, TALLY_FILE_MAX);
        if (tally_file_write(origin, id, &totals, counts, ranking, &file) == OK)
            publisher_note_live(process->publisher, cat, buf_slice(&file));
        buf_release(&file);
        ranking_destroy(ranking);
    }
    process->live_us = clock_steady_us();
    publisher_flush(process->publisher);
}

static void open_ballots(struct ledger_process *process)
{
    struct opening_reader reader = {process, read_entry};
    struct fault fault;
    uint64_t left = 0, unsealed = 0;
    if (process->opening == NULL)
        process->opening = opening_create(process->fold, process->seal_key, &reader, process->pool);
    if (opening_step(process->opening, OPEN_AT_ONCE, &left, &fault) != OK)
        die(&fault);
    if (left > 0) {
        event_active(process->open, 0, 0);
        return;
    }
    if (fold_unsealed(process->fold, &unsealed))
        finish_counting(process);
    else if (clock_steady_us() - process->live_us >= LIVE_GAP_MS * 1000)
        publish_live(process);
}

/* ---- events --------------------------------------------------------------------------------- */

static void on_commit(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    commit_batch(context);
}

static void on_open(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    open_ballots(context);
}

/* What the clock makes due comes without anybody asking (I9). */
static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ledger_process *process = context;
    if (publisher_ready(process->publisher) && process->queue_len == 0)
        commit_batch(process);
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
    after_commit(process);
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
                                                    .max_payload = ENTRY_LEN_MAX,
                                                    .on_request = got_request,
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
        child_fault(spec, &fault);
        process.exit_code = CHILD_REFUSED;
    }
    release(&process);
    return process.exit_code;
}
