/*
 * A pass's way: create_passes (session, categories) → `issue` entries to the ledger → got_verdict
 * for each, in any order → logged ones wait for a signature → sign_some (the pool) → the answer,
 * when every one of the ask has come to its end. Asking again gives the same: the ledger finds the
 * same entry, and the signature has no randomness.
 */
#include <event2/event.h>
#include <jansson.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "ledger/entry.h"
#include "serve/registrar.h"

#define SIGN_AT_ONCE 16 /* about 8 ms of two cores between two looks at the sockets */

/* Of a campaign: what is logged and not signed yet. */
struct pass_desk {
    struct pool *pool;
    struct event *sign;
    struct pass *ready_first, **ready_last;
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

/* One request for passes; lives from got_voter() to finish(). */
struct pass_request {
    struct registrar_campaign *campaign;
    struct registrar_ask *ask;
    struct pass *passes;
    size_t len, waiting;
    enum err err;     /* could not: the whole request is to be repeated */
    char *checkpoint; /* the newest that was answered */
    uint64_t size;
};

static void got_voter(struct registrar_ask *ask, const struct roll_voter *voter);
static void got_verdict(void *context, enum err err, const struct submit_answer *answer);
static void sign_some(struct pass_desk *desk);
static void finish(struct pass_request *request);

/* ---- signing in ----------------------------------------------------------------------------- */

static void create_session(struct registrar_ask *ask)
{
    uint8_t token[ROLL_TOKEN_LEN];
    char text[BASE64_LEN(ROLL_TOKEN_LEN) + 1];
    int64_t ends_unix = 0;
    enum err err = roll_sign_in(registry_roll(ask->campaign->registry),
                                registrar_text(ask->json, "code"), clock_unix(), token, &ends_unix);
    if (err == ERR_DENIED) {
        registrar_refuse(ask, "code_unknown", NULL);
        return;
    }
    if (err != OK) {
        registrar_fail(ask, err);
        return;
    }
    base64_encode(text, token, sizeof token);
    registrar_reply(ask, json_pack("{s:s,s:I}", "token", text, "expires", (json_int_t)ends_unix));
    wipe(token, sizeof token);
    wipe(text, sizeof text);
}

/* ---- passes: asking the ledger -------------------------------------------------------------- */

/* Reads one asked-for pass; NULL or the problem's code. */
static const char *read_pass(struct registrar_campaign *campaign, const json_t *item,
                             struct pass *pass)
{
    struct slice cat = registrar_text(item, "cat");
    int number = registry_category(campaign->registry, cat);
    if (!json_is_object(item) || json_object_size(item) != 2)
        return "malformed";
    if (number < 0)
        return "unknown_category";
    if (base64_decode_exact(registrar_text(item, "blinded"), pass->blinded, sizeof pass->blinded) !=
        OK)
        return "malformed";
    pass->cat = (unsigned)number;
    return NULL;
}

/* Within what the rules let one person choose? NULL or the problem's code. */
static const char *take_categories(const struct pass_request *request,
                                   const struct roll_voter *voter)
{
    struct registry *registry = request->campaign->registry;
    const struct rules *rules = registry_rules(registry);
    struct slice cats[RULES_CATEGORIES_MAX];
    for (size_t i = 0; i < request->len; i++)
        cats[i] = slice_str(rules->categories[request->passes[i].cat].id);
    enum err err = roll_take_categories(registry_roll(registry), voter, cats, request->len,
                                        rules->voters.categories);
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
    enum err err = registrar_submit(request->campaign, buf_slice(&entry), got_verdict, pass);
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

static void create_passes(struct registrar_ask *ask)
{
    struct roll_voter voter;
    if (registrar_voter(ask, &voter))
        got_voter(ask, &voter);
    wipe(&voter, sizeof voter);
}

static void got_voter(struct registrar_ask *ask, const struct roll_voter *voter)
{
    const json_t *list = json_object_get(ask->json, "passes");
    size_t len = json_array_size(list);
    const char *code = NULL;
    if (len == 0 || len > RULES_CATEGORIES_MAX) {
        registrar_refuse(ask, "malformed", NULL);
        return;
    }
    struct pass_request *request = xcalloc(1, sizeof *request);
    *request = (struct pass_request){.campaign = ask->campaign,
                                     .ask = ask,
                                     .passes = xcalloc(len, sizeof *request->passes),
                                     .len = len,
                                     .waiting = len};
    for (size_t i = 0; i < len && code == NULL; i++) {
        request->passes[i].request = request;
        code = read_pass(ask->campaign, json_array_get(list, i), &request->passes[i]);
    }
    if (code == NULL)
        code = categories_differ(request) ? take_categories(request, voter) : "malformed";
    if (code != NULL) {
        registrar_refuse(ask, code, NULL);
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

static void got_verdict(void *context, enum err err, const struct submit_answer *answer)
{
    struct pass *pass = context;
    struct pass_desk *desk = pass->request->campaign->passes;
    if (err != OK) {
        pass->request->err = err;
        end_pass(pass);
        return;
    }
    pass->index = answer->index;
    if (answer->verdict == SUBMIT_REFUSED) {
        pass->code = registrar_verdict(answer);
        end_pass(pass);
        return;
    }
    keep_checkpoint(pass->request, answer);
    *desk->ready_last = pass;
    desk->ready_last = &pass->next;
    event_active(desk->sign, 0, 0);
}

static void sign_one(void *context, size_t index)
{
    struct pass *pass = ((struct pass **)context)[index];
    pass->err =
        registry_sign(pass->request->campaign->registry, pass->cat, pass->blinded, pass->blind_sig);
}

static void sign_some(struct pass_desk *desk)
{
    struct pass *taken[SIGN_AT_ONCE];
    size_t count = 0;
    while (desk->ready_first != NULL && count < SIGN_AT_ONCE) {
        taken[count++] = desk->ready_first;
        desk->ready_first = desk->ready_first->next;
    }
    if (desk->ready_first == NULL)
        desk->ready_last = &desk->ready_first;
    pool_run(desk->pool, count, sign_one, taken);
    for (size_t i = 0; i < count; i++) {
        if (taken[i]->err != OK)
            taken[i]->code = taken[i]->err == ERR_INVALID ? "malformed" : "internal";
        if (taken[i]->err == ERR_INTERNAL)
            log_error("blind_signature_faulty", LOG_U("index", taken[i]->index));
        end_pass(taken[i]);
    }
    if (desk->ready_first != NULL)
        event_active(desk->sign, 0, 0);
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
        registrar_fail(request->ask, request->err);
    else if (given == 0)
        registrar_refuse(request->ask, request->passes[0].code, json_pack("{s:O}", "items", items));
    else
        registrar_reply(request->ask,
                        json_pack("{s:O,s:s}", "items", items, "checkpoint", request->checkpoint));
    json_decref(items);
    free(request->checkpoint);
    free(request->passes);
    free(request);
}

/* ---- the room ------------------------------------------------------------------------------- */

static void on_sign(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    sign_some(context);
}

static enum err open_desk(struct registrar_campaign *campaign, struct fault *fault)
{
    (void)fault;
    struct pass_desk *desk = xcalloc(1, sizeof *desk);
    desk->pool = campaign->registrar->pool;
    desk->ready_last = &desk->ready_first;
    desk->sign = event_new(campaign->registrar->base, -1, 0, on_sign, desk);
    campaign->passes = desk;
    return OK;
}

static void close_desk(struct registrar_campaign *campaign)
{
    if (campaign->passes == NULL)
        return;
    event_free(campaign->passes->sign);
    free(campaign->passes);
}

static const struct registrar_row rows[] = {
    {"session.create", create_session, false},
    {"pass.create", create_passes, false},
};

const struct registrar_room pass_room = {
    .rows = rows, .rows_len = sizeof rows / sizeof *rows, .open = open_desk, .close = close_desk};
