/* An ask's way: registrar_got_ask → (launch_standing → got_standing) → the room's handler → one of
 * the three answers, which frees it. */
#include "registrar_inner.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaign/verdict.h"
#include "http/metrics.h"

struct open_ask {
    struct registrar_ask ask; /* first: the two are one */
    const struct registrar_row *row;
    struct ipc_request *ipc;
    struct standing standing;
};

static void launch_standing(struct open_ask *open);
static void got_standing(void *context, enum err err, struct slice payload);

/* ---- coming in ------------------------------------------------------------------------------ */

static const struct registrar_row *find_row(const struct registrar_room *const *rooms,
                                            struct slice name)
{
    for (; *rooms != NULL; rooms++) {
        for (size_t i = 0; i < (*rooms)->rows_len; i++) {
            if (slice_is(name, (*rooms)->rows[i].ask))
                return &(*rooms)->rows[i];
        }
    }
    return NULL;
}

static struct registrar_campaign *find_campaign(struct registrar *registrar, struct slice id)
{
    for (size_t i = 0; i < registrar->campaigns_len; i++) {
        if (slice_is(id, registrar->campaigns[i].id))
            return &registrar->campaigns[i];
    }
    return NULL;
}

/* The name is the table's, never what was sent. */
static void count(struct registrar *registrar, const struct registrar_row *row)
{
    char label[80];
    (void)snprintf(label, sizeof label, "ask=\"%s\"", row->ask);
    metric_add(metrics_counter(registrar->metrics, "dauys_registrar_asks_total",
                               "Questions taken, by name.", label),
               1);
}

void registrar_got_ask(struct registrar *registrar, const struct registrar_room *const *rooms,
                       struct ipc_request *ipc)
{
    struct open_ask *open = xcalloc(1, sizeof *open);
    struct slice payload = ipc_request_payload(ipc);
    open->ipc = ipc;
    open->ask.json =
        json_loadb((const char *)payload.data, payload.len, JSON_REJECT_DUPLICATES, NULL);
    open->row = find_row(rooms, registrar_text(open->ask.json, "ask"));
    open->ask.campaign = find_campaign(registrar, registrar_text(open->ask.json, "campaign"));
    if (open->row != NULL)
        count(registrar, open->row);
    if (open->row == NULL)
        registrar_fail(&open->ask, ERR_INVALID);
    else if (open->ask.campaign == NULL)
        registrar_refuse(&open->ask, "unknown_campaign", NULL);
    else if (open->row->standing)
        launch_standing(open);
    else
        open->row->handler(&open->ask);
}

static void launch_standing(struct open_ask *open)
{
    enum err err = ipc_client_send(open->ask.campaign->ledger, MESSAGE_STANDING, NULL, 0,
                                   REGISTRAR_LEDGER_TIMEOUT_MS, got_standing, open);
    if (err != OK)
        registrar_fail(&open->ask, err);
}

static void got_standing(void *context, enum err err, struct slice payload)
{
    struct open_ask *open = context;
    if (err == OK)
        err = standing_parse(payload, &open->standing);
    if (err != OK) {
        /* Nothing has been done yet, whatever became of the question. */
        registrar_fail(&open->ask, err == ERR_UNKNOWN ? ERR_UNAVAILABLE : err);
        return;
    }
    open->ask.standing = &open->standing;
    open->row->handler(&open->ask);
}

struct slice registrar_text(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return slice_of(json_string_value(value), json_string_length(value));
}

/* ---- answers -------------------------------------------------------------------------------- */

static void finish(struct registrar_ask *ask)
{
    struct open_ask *open = (struct open_ask *)ask;
    json_decref((json_t *)(uintptr_t)ask->json);
    standing_release(&open->standing);
    free(open);
}

void registrar_reply(struct registrar_ask *ask, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "" : text);
    ipc_request_answer(((struct open_ask *)ask)->ipc, text == NULL ? ERR_INTERNAL : OK, &part, 1);
    if (text != NULL)
        wipe(text, part.len);
    free(text);
    json_decref(json);
    finish(ask);
}

void registrar_refuse(struct registrar_ask *ask, const char *code, json_t *extra)
{
    json_t *json = extra == NULL ? json_object() : extra;
    json_object_set_new(json, "code", json_string(code));
    registrar_reply(ask, json);
}

void registrar_fail(struct registrar_ask *ask, enum err err)
{
    ipc_request_answer(((struct open_ask *)ask)->ipc, err, NULL, 0);
    finish(ask);
}

/* ---- who asks ------------------------------------------------------------------------------- */

bool registrar_voter(struct registrar_ask *ask, struct roll_voter *voter)
{
    uint8_t token[ROLL_TOKEN_LEN];
    enum err err = base64_decode_exact(registrar_text(ask->json, "token"), token, sizeof token);
    err = err != OK
              ? ERR_DENIED
              : roll_session(registry_roll(ask->campaign->registry), token, clock_unix(), voter);
    wipe(token, sizeof token);
    if (err == ERR_DENIED)
        registrar_refuse(ask, "signed_out", NULL);
    else if (err != OK)
        registrar_fail(ask, err);
    return err == OK;
}

/* ---- the ledger ----------------------------------------------------------------------------- */

struct submission {
    registrar_submitted *callback;
    void *context;
};

static void got_verdict(void *context, enum err err, struct slice payload)
{
    struct submission *submission = context;
    struct submit_answer answer;
    if (err == OK)
        err = submit_answer_parse(payload, &answer);
    submission->callback(submission->context, err, err == OK ? &answer : NULL);
    free(submission);
}

enum err registrar_submit(struct registrar_campaign *campaign, struct slice entry,
                          registrar_submitted *callback, void *context)
{
    struct submission *submission = xcalloc(1, sizeof *submission);
    *submission = (struct submission){callback, context};
    enum err err = ipc_client_send(campaign->ledger, MESSAGE_SUBMIT, &entry, 1,
                                   REGISTRAR_LEDGER_TIMEOUT_MS, got_verdict, submission);
    if (err != OK)
        free(submission);
    return err;
}

const char *registrar_verdict(const struct submit_answer *answer)
{
    return answer->code < VERDICT_COUNT ? verdict_name((enum verdict_code)answer->code)
                                        : "internal";
}
