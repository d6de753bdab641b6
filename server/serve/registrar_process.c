/*
 * A pass's way: got_passes (session, categories) → `issue` entries to the ledger → got_verdict for
 * each, in any order → logged ones wait for a signature → sign_some (the pool) → the answer, when
 * every one of the request has come to its end. Asking again gives the same: the ledger finds the
 * same entry, and the signature has no randomness.
 */
#include "serve/registrar_process.h"

#include <event2/event.h>
#include <jansson.h>
#include <signal.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "campaign/verdict.h"
#include "ipc/peer.h"
#include "ledger/entry.h"
#include "serve/message.h"
#include "serve/options.h"
#include "voter/registry.h"

#define LEDGER_TIMEOUT_MS 10000
#define SIGN_AT_ONCE 16 /* about 8 ms of two cores between two looks at the sockets */
#define REQUEST_MAX (64 * 1024)
#define OPEN_MAX 4096 /* requests under way; beyond: busy */

struct campaign {
    struct registry *registry;
    struct ipc_client *ledger;
};

struct registrar_process {
    const struct child_spec *spec;
    const struct serve_options *options;
    struct event_base *base;
    struct event *sign, *term;
    struct pool *pool;
    struct ipc_server *server;
    struct campaign *campaigns;
    size_t campaigns_len;
    struct pass *ready_first, **ready_last; /* logged, not signed yet */
};

/* One asked-for pass. */
struct pass {
    struct pass_request *request;
    unsigned cat;
    uint8_t blinded[RSABSSA_LEN];
    uint64_t index;   /* of its issue entry, or of the one in its way */
    const char *code; /* problem, NULL while there is none */
    enum err err;     /* of the signature */
    uint8_t blind_sig[RSABSSA_LEN];
    struct pass *next; /* in the queue for a signature */
};

/* One request for passes; lives from got_passes() to finish(). */
struct pass_request {
    struct registrar_process *process;
    struct campaign *campaign;
    struct ipc_request *ipc;
    struct pass *passes;
    size_t len, waiting;
    enum err err;     /* could not: the whole request is to be repeated */
    char *checkpoint; /* the newest that was answered */
    uint64_t size;
};

static void got_verdict(void *context, enum err err, struct slice payload);
static void sign_some(struct registrar_process *process);
static void finish(struct pass_request *request);

/* ---- answers -------------------------------------------------------------------------------- */

static void reply(struct ipc_request *ipc, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "" : text);
    ipc_request_answer(ipc, text == NULL ? ERR_INTERNAL : OK, &part, 1);
    if (text != NULL)
        wipe(text, part.len);
    free(text);
    json_decref(json);
}

static void reply_code(struct ipc_request *ipc, const char *code)
{
    reply(ipc, json_pack("{s:s}", "code", code));
}

static struct slice member(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return slice_of(json_string_value(value), json_string_length(value));
}

static struct campaign *campaign_of(struct registrar_process *process, const json_t *json)
{
    struct slice id = member(json, "campaign");
    for (size_t i = 0; i < process->campaigns_len; i++) {
        if (slice_is(id, registry_id(process->campaigns[i].registry)))
            return &process->campaigns[i];
    }
    return NULL;
}

/* ---- signing in ----------------------------------------------------------------------------- */

static void got_sign_in(struct ipc_request *ipc, struct campaign *campaign, const json_t *json)
{
    uint8_t token[ROLL_TOKEN_LEN];
    char text[BASE64_LEN(ROLL_TOKEN_LEN) + 1];
    int64_t ends_unix = 0;
    enum err err = roll_sign_in(registry_roll(campaign->registry), member(json, "code"),
                                clock_unix(), token, &ends_unix);
    if (err == ERR_DENIED) {
        reply_code(ipc, "code_unknown");
        return;
    }
    if (err != OK) {
        ipc_request_answer(ipc, err, NULL, 0);
        return;
    }
    base64_encode(text, token, sizeof token);
    reply(ipc, json_pack("{s:s,s:I}", "token", text, "expires", (json_int_t)ends_unix));
    wipe(token, sizeof token);
    wipe(text, sizeof text);
}

/* ---- passes: asking the ledger -------------------------------------------------------------- */

/* Reads one asked-for pass; NULL or the problem's code. */
static const char *read_pass(struct campaign *campaign, const struct roll_voter *voter,
                             const json_t *item, struct pass *pass)
{
    const struct rules *rules = registry_rules(campaign->registry);
    struct slice cat = member(item, "cat");
    int number = registry_category(campaign->registry, cat);
    if (!json_is_object(item) || json_object_size(item) != 2)
        return "malformed";
    if (number < 0)
        return "unknown_category";
    if (base64_decode_exact(member(item, "blinded"), pass->blinded, sizeof pass->blinded) != OK)
        return "malformed";
    pass->cat = (unsigned)number;
    enum err err =
        roll_take_category(registry_roll(campaign->registry), voter, cat, rules->voters.categories);
    if (err == ERR_LIMITED)
        return "categories_exceeded";
    return err == OK ? NULL : "busy";
}

static void ask_ledger(struct pass_request *request, const struct roll_voter *voter,
                       struct pass *pass)
{
    struct buf entry;
    buf_init(&entry, ENTRY_LEN_MAX);
    registry_issue(request->campaign->registry, pass->cat, voter, pass->blinded, &entry);
    struct slice bytes = buf_slice(&entry);
    enum err err = ipc_client_send(request->campaign->ledger, MESSAGE_SUBMIT, &bytes, 1,
                                   LEDGER_TIMEOUT_MS, got_verdict, pass);
    buf_release(&entry);
    if (err == OK)
        return;
    request->err = err;
    request->waiting--;
}

/* True when no two passes of one request are of one category. */
static bool categories_differ(const struct pass_request *request)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < request->len; i++) {
        uint64_t bit = 1ULL << request->passes[i].cat;
        if ((seen & bit) != 0)
            return false;
        seen |= bit;
    }
    return true;
}

static void got_voter(struct registrar_process *process, struct ipc_request *ipc,
                      struct campaign *campaign, const struct roll_voter *voter, const json_t *json)
{
    const json_t *list = json_object_get(json, "passes");
    size_t len = json_array_size(list);
    const char *code = NULL;
    if (len == 0 || len > RULES_CATEGORIES_MAX) {
        reply_code(ipc, "malformed");
        return;
    }
    struct pass_request *request = xcalloc(1, sizeof *request);
    *request = (struct pass_request){.process = process,
                                     .campaign = campaign,
                                     .ipc = ipc,
                                     .passes = xcalloc(len, sizeof *request->passes),
                                     .len = len,
                                     .waiting = len};
    for (size_t i = 0; i < len && code == NULL; i++) {
        request->passes[i].request = request;
        code = read_pass(campaign, voter, json_array_get(list, i), &request->passes[i]);
    }
    if (code == NULL && !categories_differ(request))
        code = "malformed";
    if (code != NULL) {
        reply_code(ipc, code);
        free(request->passes);
        free(request);
        return;
    }
    /* One more for this loop, so that an answer can't finish the request within it. */
    request->waiting++;
    for (size_t i = 0; i < len; i++)
        ask_ledger(request, voter, &request->passes[i]);
    if (--request->waiting == 0)
        finish(request);
}

static void got_passes(struct registrar_process *process, struct ipc_request *ipc,
                       struct campaign *campaign, const json_t *json)
{
    uint8_t token[ROLL_TOKEN_LEN];
    struct roll_voter voter;
    enum err err = ERR_DENIED;
    if (base64_decode_exact(member(json, "token"), token, sizeof token) == OK)
        err = roll_session(registry_roll(campaign->registry), token, clock_unix(), &voter);
    if (err == ERR_DENIED)
        reply_code(ipc, "signed_out");
    else if (err != OK)
        ipc_request_answer(ipc, err, NULL, 0);
    else
        got_voter(process, ipc, campaign, &voter, json);
    wipe(token, sizeof token);
    wipe(&voter, sizeof voter);
}

/* ---- passes: logged, then signed ------------------------------------------------------------ */

static void end_pass(struct pass *pass)
{
    if (--pass->request->waiting == 0)
        finish(pass->request);
}

static void keep_checkpoint(struct pass_request *request, const struct submit_answer *answer)
{
    if (answer->size <= request->size)
        return;
    free(request->checkpoint);
    request->checkpoint = xstrndup(answer->checkpoint.data, answer->checkpoint.len);
    request->size = answer->size;
}

static void got_verdict(void *context, enum err err, struct slice payload)
{
    struct pass *pass = context;
    struct registrar_process *process = pass->request->process;
    struct submit_answer answer = {0};
    if (err == OK)
        err = submit_answer_parse(payload, &answer);
    if (err != OK) {
        pass->request->err = err;
        end_pass(pass);
        return;
    }
    pass->index = answer.index;
    if (answer.verdict == SUBMIT_REFUSED) {
        pass->code =
            answer.code < VERDICT_COUNT ? verdict_name((enum verdict_code)answer.code) : "internal";
        end_pass(pass);
        return;
    }
    keep_checkpoint(pass->request, &answer);
    *process->ready_last = pass;
    process->ready_last = &pass->next;
    event_active(process->sign, 0, 0);
}

static void sign_one(void *context, size_t index)
{
    struct pass *pass = ((struct pass **)context)[index];
    pass->err =
        registry_sign(pass->request->campaign->registry, pass->cat, pass->blinded, pass->blind_sig);
}

static void sign_some(struct registrar_process *process)
{
    struct pass *taken[SIGN_AT_ONCE];
    size_t count = 0;
    while (process->ready_first != NULL && count < SIGN_AT_ONCE) {
        taken[count++] = process->ready_first;
        process->ready_first = process->ready_first->next;
    }
    if (process->ready_first == NULL)
        process->ready_last = &process->ready_first;
    pool_run(process->pool, count, sign_one, taken);
    for (size_t i = 0; i < count; i++) {
        if (taken[i]->err != OK)
            taken[i]->code = taken[i]->err == ERR_INVALID ? "malformed" : "internal";
        if (taken[i]->err == ERR_INTERNAL)
            log_error("blind_signature_faulty", LOG_U("index", taken[i]->index));
        end_pass(taken[i]);
    }
    if (process->ready_first != NULL)
        event_active(process->sign, 0, 0);
}

static json_t *pass_json(const struct pass *pass)
{
    char text[BASE64_LEN(RSABSSA_LEN) + 1];
    const struct rules *rules = registry_rules(pass->request->campaign->registry);
    json_t *json = json_pack("{s:s,s:I}", "cat", rules->categories[pass->cat].id, "index",
                             (json_int_t)pass->index);
    if (pass->code != NULL) {
        json_object_set_new(json, "code", json_string(pass->code));
        return json;
    }
    base64_encode(text, pass->blind_sig, sizeof pass->blind_sig);
    json_object_set_new(json, "blind_sig", json_string(text));
    return json;
}

/* When none was given the request as a whole has its first one's problem. */
static void finish(struct pass_request *request)
{
    json_t *items = json_array();
    size_t given = 0;
    for (size_t i = 0; i < request->len; i++) {
        given += request->passes[i].code == NULL ? 1 : 0;
        json_array_append_new(items, pass_json(&request->passes[i]));
    }
    if (request->err != OK)
        ipc_request_answer(request->ipc, request->err, NULL, 0);
    else if (given == 0)
        reply(request->ipc,
              json_pack("{s:s,s:O}", "code", request->passes[0].code, "items", items));
    else
        reply(request->ipc,
              json_pack("{s:O,s:s}", "items", items, "checkpoint", request->checkpoint));
    json_decref(items);
    free(request->checkpoint);
    free(request->passes);
    free(request);
}

/* ---- requests and events -------------------------------------------------------------------- */

static void got_message(struct registrar_process *process, struct ipc_request *ipc)
{
    struct slice payload = ipc_request_payload(ipc);
    json_t *json =
        json_loadb((const char *)payload.data, payload.len, JSON_REJECT_DUPLICATES, NULL);
    struct campaign *campaign = json == NULL ? NULL : campaign_of(process, json);
    if (campaign == NULL)
        reply_code(ipc, json == NULL ? "malformed" : "unknown_campaign");
    else if (ipc_request_type(ipc) == MESSAGE_SIGN_IN)
        got_sign_in(ipc, campaign, json);
    else
        got_passes(process, ipc, campaign, json);
    json_decref(json);
}

static void got_request(void *context, struct ipc_request *ipc)
{
    struct slice ready = slice_str("{\"ready\":true,\"why\":\"\"}");
    switch (ipc_request_type(ipc)) {
    case MESSAGE_PING:
        ipc_request_answer(ipc, OK, &ready, 1);
        return;
    case MESSAGE_SIGN_IN:
    case MESSAGE_PASSES:
        got_message(context, ipc);
        return;
    default:
        ipc_request_answer(ipc, ERR_INVALID, NULL, 0);
    }
}

static void on_sign(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    sign_some(context);
}

/* The fronts drain first, so nobody waits for an answer any more. */
static void on_term(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    event_base_loopexit(((struct registrar_process *)context)->base, NULL);
}

/* ---- life ----------------------------------------------------------------------------------- */

static enum err open_campaigns(struct registrar_process *process, struct fault *fault)
{
    struct parent_ledger *found = NULL;
    size_t len = 0;
    enum err err = serve_campaigns((void *)process->options, &found, &len, fault);
    process->campaigns = xcalloc(len + 1, sizeof *process->campaigns);
    for (size_t i = 0; i < len; i++) {
        if (err == OK) {
            struct campaign *campaign = &process->campaigns[process->campaigns_len++];
            char *socket =
                xasprintf("%s/ledger-%s.sock", process->spec->run_folder, found[i].campaign);
            err = registry_open(found[i].folder, found[i].campaign, &campaign->registry, fault);
            campaign->ledger = ipc_client_create(
                process->base,
                &(struct ipc_client_options){.path = socket, .max_waiting = OPEN_MAX});
            free(socket);
        }
        free(found[i].campaign);
        free(found[i].folder);
    }
    free(found);
    return err;
}

static void release(struct registrar_process *process)
{
    for (size_t i = 0; i < process->campaigns_len; i++) {
        ipc_client_destroy(process->campaigns[i].ledger);
        registry_close(process->campaigns[i].registry);
    }
    if (process->server != NULL)
        ipc_server_destroy(process->server);
    free(process->campaigns);
    pool_destroy(process->pool);
    event_free(process->sign);
    event_free(process->term);
    event_base_free(process->base);
}

int registrar_process_main(const struct child_spec *spec)
{
    struct registrar_process process = {.spec = spec, .options = spec->context};
    struct fault fault = {{0}};
    int code = 0;
    process.base = event_base_new();
    process.ready_last = &process.ready_first;
    process.pool = pool_create(0);
    process.sign = event_new(process.base, -1, 0, on_sign, &process);
    process.term = evsignal_new(process.base, SIGTERM, on_term, &process);
    evsignal_add(process.term, NULL);
    if (open_campaigns(&process, &fault) == OK) {
        process.server = ipc_server_create(
            process.base, &(struct ipc_server_options){.listen_fd = spec->listen_fds[0],
                                                       .max_open = OPEN_MAX,
                                                       .max_payload = REQUEST_MAX,
                                                       .on_request = got_request,
                                                       .context = &process});
        child_ready(spec);
        event_base_dispatch(process.base);
    } else {
        child_fault(spec, &fault);
        code = CHILD_REFUSED;
    }
    release(&process);
    return code;
}
