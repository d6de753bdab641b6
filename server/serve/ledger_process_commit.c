/* Entries come in, wait, and go to the sequencer batch by batch; each is answered. */
#include "ledger_process_inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "serve/message.h"
#include "serve/nominees.h"
#include "serve/standing.h"

static void answer(struct ipc_request *request, const struct candidate *candidate,
                   struct ledger *ledger);

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

/* Takes json; NULL: there is no answer to such a question. */
static void answer_json(struct ipc_request *request, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "" : text);
    ipc_request_answer(request, text == NULL ? ERR_INVALID : OK, &part, 1);
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

void ledger_process_got_request(void *context, struct ipc_request *request)
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
        answer_json(request, standing_json(process->fold));
        return;
    }
    if (ipc_request_type(request) == MESSAGE_NOMINEES) {
        answer_json(request, nominees_answer(process->fold, ipc_request_payload(request)));
        return;
    }
    if (ipc_request_type(request) != MESSAGE_SUBMIT ||
        ipc_request_payload(request).len > ENTRY_LEN_MAX) {
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

void ledger_process_after_commit(struct ledger_process *process)
{
    process->committed_us = clock_steady_us();
    publisher_flush(process->publisher);
    uint64_t unsealed;
    bool wants_opening =
        fold_unsealed(process->fold, &unsealed) ? !process->counted : process->live;
    if (wants_opening && fold_phases(process->fold)->rows[PHASE_EVALUATION].state >= PHASE_IS_OPEN)
        event_active(process->open, 0, 0);
}

void ledger_process_commit(struct ledger_process *process)
{
    struct candidate *batch[SEQUENCER_ENTRIES];
    struct fault fault = {{0}};
    struct ledger *ledger = sequencer_ledger(process->sequencer);
    size_t count = take(process, batch);
    uint64_t before = ledger_size(ledger);
    int64_t began_us = clock_steady_us();
    enum err err = sequencer_commit(process->sequencer, batch, count, &fault);
    if (err == ERR_INTERNAL)
        ledger_process_die(&fault);
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
        ledger_process_after_commit(process);
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
