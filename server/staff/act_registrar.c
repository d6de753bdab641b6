/*
 * An act's way: create (form, signatures, role, commitment, the room's own check) → kept in
 * private.db → waits until enough different persons have signed exactly its bytes → sent →
 * got_verdict → logged or refused.
 *
 * It is kept before it is sent, and what was sent and not answered is sent again: a crash in
 * between loses neither the act nor what its commitment is of, and the same bytes get the same
 * index.
 */
#include <event2/event.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "staff/staff_registrar.h"

#define LISTED_MAX 100
#define RESEND_S 5

const struct act_hook *const act_hooks[] = {&moderate_hook, &erase_hook, NULL};

/* One act at the ledger. */
struct sending {
    struct registrar_campaign *campaign;
    struct registrar_ask *ask; /* NULL: sent again by itself */
    int64_t number;
};

static void send_act(struct registrar_campaign *campaign, struct registrar_ask *ask,
                     const struct stored_act *act);
static void got_verdict(void *context, enum err err, const struct submit_answer *answer);

static struct act_store *acts_of(const struct registrar_ask *ask)
{
    return ask->campaign->staff->acts;
}

static struct act_place place_of(const struct registrar_ask *ask)
{
    return (struct act_place){.origin = registry_origin(ask->campaign->registry),
                              .staff = ask->standing->staff,
                              .size = ask->standing->size};
}

static const struct act_hook *hook_of(struct slice type)
{
    size_t i = 0;
    while (act_hooks[i] != NULL && !slice_is(type, act_hooks[i]->type))
        i++;
    return act_hooks[i];
}

/* NULL, or why this person may not submit or sign acts of the type now: told before anything of the
 * entry is. */
static const char *may_type(const struct registrar_ask *ask, const struct account_session *session,
                            const struct signed_act *act)
{
    if (act->act == ACT_COUNT)
        return NULL;
    return may_code(may(session->role, act->act, may_phase(&ask->standing->phases)));
}

/* NULL, or what the room that the act belongs to has against this signature. */
static const char *check_act(struct registrar_ask *ask, const struct account_session *session,
                             const struct signed_act *act, struct slice payload)
{
    struct entry entry;
    const struct act_hook *hook = hook_of(slice_str(act->type));
    if (hook == NULL || hook->check == NULL)
        return NULL;
    INVARIANT(entry_parse(buf_slice(&act->body), &entry, NULL) == OK);
    return hook->check(ask, session, &entry, payload);
}

/* ---- telling -------------------------------------------------------------------------------- */

static json_t *text_or_null(struct slice text)
{
    return text.len == 0 ? json_null() : json_stringn((const char *)text.data, text.len);
}

static json_t *salt_json(struct slice salt)
{
    char text[BASE64_LEN(SIGNED_ACT_SALT_LEN) + 1];
    if (salt.len != SIGNED_ACT_SALT_LEN)
        return json_null();
    base64_encode(text, salt.data, salt.len);
    return json_string(text);
}

static json_t *act_json(const struct stored_act *act)
{
    json_t *signers = json_array();
    for (size_t i = 0; i < act->sigs_len; i++)
        json_array_append_new(signers, json_string(act->sigs[i].person));
    return json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:i,s:s,s:o,s:o}", "number",
                     (json_int_t)act->number, "type", text_or_null(act->type), "entry",
                     text_or_null(act->body), "payload", text_or_null(act->payload), "salt",
                     salt_json(act->salt), "by", text_or_null(act->by), "at",
                     (json_int_t)act->at_unix, "signers", signers, "needs", (int)act->needs,
                     "state", act_state_name(act->state), "code", text_or_null(act->code), "index",
                     act->state == ACT_LOGGED ? json_integer((json_int_t)act->index) : json_null());
}

static bool is_hidden(const struct registrar_ask *ask, const struct account_session *session,
                      const struct stored_act *act)
{
    struct entry entry;
    const struct act_hook *hook = hook_of(act->type);
    if (hook == NULL || hook->hides == NULL)
        return false;
    INVARIANT(entry_parse(act->body, &entry, NULL) == OK);
    return hook->hides(ask, session, &entry);
}

static void list_acts(struct registrar_ask *ask)
{
    struct account_session session;
    int64_t numbers[LISTED_MAX];
    size_t len = 0;
    if (!staff_may(ask, ACT_ACTS_LIST, slice_of(NULL, 0), &session))
        return;
    json_t *items = json_array();
    enum err err = act_numbers(acts_of(ask), numbers, LISTED_MAX, &len);
    for (size_t i = 0; i < len && err == OK; i++) {
        struct stored_act act;
        err = act_get(acts_of(ask), numbers[i], clock_unix(), &act);
        if (err == OK && !is_hidden(ask, &session, &act))
            json_array_append_new(items, act_json(&act));
        stored_act_release(&act);
    }
    if (err == OK)
        registrar_reply(ask, json_pack("{s:O,s:n}", "items", items, "next"));
    else
        registrar_fail(ask, err);
    json_decref(items);
}

/* ---- taking a signature --------------------------------------------------------------------- */

/* It has a new signature, or none was missing: on to the ledger, or it waits. */
static void got_signature(struct registrar_ask *ask, int64_t number)
{
    struct stored_act act;
    enum err err = act_get(acts_of(ask), number, clock_unix(), &act);
    if (err != OK)
        registrar_fail(ask, err);
    else if (signed_act_persons(act.sigs, act.sigs_len) >= act.needs)
        send_act(ask->campaign, ask, &act);
    else
        registrar_reply(ask,
                        json_pack("{s:s,s:I}", "state", "waiting", "number", (json_int_t)number));
    stored_act_release(&act);
}

/* Signed, and by nobody else: a further signer signs in and is checked himself. */
static bool is_signer(const struct signed_act *act, const char *person)
{
    for (size_t i = 0; i < act->sigs_len; i++) {
        if (strcmp(act->sigs[i].person, person) != 0)
            return false;
    }
    return act->sigs_len > 0;
}

static void keep_act(struct registrar_ask *ask, const struct account_session *session,
                     const struct signed_act *act, struct slice payload, struct slice salt)
{
    int64_t number = 0;
    enum err err = act_put(acts_of(ask), act, payload, salt, slice_str(session->person),
                           clock_unix(), &number);
    if (err == OK)
        got_signature(ask, number);
    else
        registrar_fail(ask, err);
}

static void create_act(struct registrar_ask *ask)
{
    struct account_session session;
    struct signed_act act;
    uint8_t salt[SIGNED_ACT_SALT_LEN];
    struct act_place place = place_of(ask);
    struct slice payload = registrar_text(ask->json, "payload");
    struct slice salt_text = registrar_text(ask->json, "salt");
    struct slice salt_bytes = slice_of(salt, salt_text.len == 0 ? 0 : sizeof salt);
    const char *code = signed_act_read(registrar_text(ask->json, "entry"), &place, &act);
    if (staff_may(ask, ACT_ACTS_CREATE, slice_str(act.type), &session)) {
        const char *not_allowed = may_type(ask, &session, &act);
        code = not_allowed != NULL ? not_allowed : code;
        if (code == NULL && !is_signer(&act, session.person))
            code = "signature_not_yours";
        if (code == NULL &&
            ((salt_text.len > 0 && base64_decode_exact(salt_text, salt, sizeof salt) != OK) ||
             !signed_act_commits(&act, payload, salt_bytes)))
            code = "commitment_wrong";
        if (code == NULL)
            code = check_act(ask, &session, &act, payload);
        if (code == NULL)
            keep_act(ask, &session, &act, payload, salt_bytes);
        else
            registrar_refuse(ask, code, NULL);
    }
    signed_act_release(&act);
}

/* The further signature that the ask has: NULL and *signature, or why not. */
static const char *check_signature(struct registrar_ask *ask, const struct account_session *session,
                                   const struct stored_act *stored, struct act_signature *signature)
{
    struct signed_act act;
    struct act_place place = place_of(ask);
    struct slice k = registrar_text(ask->json, "k"), s = registrar_text(ask->json, "s");
    const char *code = "act_over";
    if (stored->state != ACT_WAITING)
        return code;
    (void)snprintf(signature->k, sizeof signature->k, "%.*s", SLICE_PRINT(k));
    (void)snprintf(signature->s, sizeof signature->s, "%.*s", SLICE_PRINT(s));
    bool good = signed_act_reread(stored->body, stored->sigs, stored->sigs_len, &act);
    code = good ? may_type(ask, session, &act) : "internal";
    if (code == NULL)
        code = signed_act_verify(&act, &place, signature);
    if (code == NULL && strcmp(signature->person, session->person) != 0)
        code = "signature_not_yours";
    for (size_t i = 0; i < stored->sigs_len && code == NULL; i++) {
        if (strcmp(stored->sigs[i].person, session->person) == 0)
            code = "same_signer";
    }
    if (code == NULL)
        code = check_act(ask, session, &act, stored->payload);
    signed_act_release(&act);
    return code;
}

/* Reads the act of the ask's number. False: it has been answered. */
static bool find_act(struct registrar_ask *ask, struct stored_act *act)
{
    int64_t number = 0;
    enum err err = ERR_NOT_FOUND;
    *act = (struct stored_act){0};
    if (staff_number(ask, "n", &number))
        err = act_get(acts_of(ask), number, clock_unix(), act);
    if (err == OK)
        return true;
    stored_act_release(act);
    registrar_fail(ask, err);
    return false;
}

static void sign_act(struct registrar_ask *ask)
{
    struct account_session session;
    struct stored_act act;
    struct act_signature signature = {.k = ""};
    if (!staff_may(ask, ACT_ACTS_SIGN, registrar_text(ask->json, "n"), &session) ||
        !find_act(ask, &act))
        return;
    const char *code = check_signature(ask, &session, &act, &signature);
    enum err err = code == NULL ? act_add_signature(acts_of(ask), act.number, &signature) : OK;
    if (code != NULL)
        registrar_refuse(ask, code, NULL);
    else if (err != OK)
        registrar_fail(ask, err);
    else
        got_signature(ask, act.number);
    stored_act_release(&act);
}

static void withdraw_act(struct registrar_ask *ask)
{
    struct account_session session;
    struct stored_act act;
    if (!staff_may(ask, ACT_ACTS_WITHDRAW, registrar_text(ask->json, "n"), &session) ||
        !find_act(ask, &act))
        return;
    enum err err = OK;
    if (!slice_is(act.by, session.person)) {
        registrar_refuse(ask, "not_allowed", NULL);
    } else if (act.state != ACT_WAITING) {
        registrar_refuse(ask, "act_over", NULL);
    } else {
        err = act_set_state(acts_of(ask), act.number, ACT_WITHDRAWN, 0, "");
        if (err == OK)
            registrar_reply(ask, json_object());
        else
            registrar_fail(ask, err);
    }
    stored_act_release(&act);
}

/* ---- to the ledger -------------------------------------------------------------------------- */

/* ask NULL: nobody waits for the answer. */
static void send_act(struct registrar_campaign *campaign, struct registrar_ask *ask,
                     const struct stored_act *act)
{
    struct sending *sending = xcalloc(1, sizeof *sending);
    struct buf entry;
    enum err err = OK;
    *sending = (struct sending){campaign, ask, act->number};
    buf_init(&entry, 2 * ENTRY_LEN_MAX);
    signed_act_compose(act->body, act->sigs, act->sigs_len, &entry);
    if (act->state != ACT_LOGGED) /* asked again of a logged one: it stays that */
        err = act_set_state(campaign->staff->acts, act->number, ACT_SENT, 0, "");
    if (err == OK)
        err = registrar_submit(campaign, buf_slice(&entry), got_verdict, sending);
    buf_release(&entry);
    if (err == OK)
        return;
    free(sending);
    if (ask != NULL)
        registrar_fail(ask, err);
}

/* Tells the room that the act belongs to. */
static void tell_logged(struct registrar_campaign *campaign, const struct stored_act *act,
                        uint64_t index)
{
    struct entry entry;
    struct buf text;
    const struct act_hook *hook = hook_of(act->type);
    if (hook == NULL || hook->logged == NULL)
        return;
    buf_init(&text, ENTRY_LEN_MAX);
    signed_act_compose(act->body, act->sigs, act->sigs_len, &text);
    INVARIANT(entry_parse(buf_slice(&text), &entry, NULL) == OK);
    hook->logged(campaign, &entry, index, act->payload, act->salt);
    buf_release(&text);
}

static enum err keep_verdict(struct sending *sending, const struct submit_answer *answer)
{
    struct stored_act act;
    struct act_store *acts = sending->campaign->staff->acts;
    bool refused = answer->verdict == SUBMIT_REFUSED;
    enum err err = act_get(acts, sending->number, clock_unix(), &act);
    if (err == OK && !refused)
        tell_logged(sending->campaign, &act, answer->index);
    stored_act_release(&act);
    if (err != OK)
        return err;
    return act_set_state(acts, sending->number, refused ? ACT_REFUSED : ACT_LOGGED,
                         refused ? 0 : answer->index, refused ? registrar_verdict(answer) : "");
}

static void reply_verdict(struct registrar_ask *ask, int64_t number,
                          const struct submit_answer *answer)
{
    json_t *extra = json_pack("{s:I}", "number", (json_int_t)number);
    if (answer->verdict == SUBMIT_REFUSED) {
        registrar_refuse(ask, registrar_verdict(answer), extra);
        return;
    }
    json_object_update_new(extra, json_pack("{s:s,s:I,s:s%}", "state", "logged", "index",
                                            (json_int_t)answer->index, "checkpoint",
                                            answer->checkpoint.data, answer->checkpoint.len));
    registrar_reply(ask, extra);
}

static void got_verdict(void *context, enum err err, const struct submit_answer *answer)
{
    struct sending *sending = context;
    if (err == OK)
        err = keep_verdict(sending, answer);
    if (sending->ask != NULL && err != OK)
        registrar_fail(sending->ask, err);
    else if (sending->ask != NULL)
        reply_verdict(sending->ask, sending->number, answer);
    else if (err == OK)
        log_info("act_resent", LOG_I("number", sending->number));
    free(sending);
}

/* What was sent and not answered, one each time. One that is under way is sent twice at worst. */
static void on_resend(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct registrar_campaign *campaign = context;
    struct staff_desk *desk = campaign->staff;
    struct stored_act act;
    int64_t number = 0;
    if (act_next_sent(desk->acts, desk->resent, &number) != OK)
        number = 0; /* from the first again, next time */
    desk->resent = number;
    if (number == 0)
        return;
    if (act_get(desk->acts, number, clock_unix(), &act) == OK)
        send_act(campaign, NULL, &act);
    stored_act_release(&act);
}

/* ---- the room ------------------------------------------------------------------------------- */

static enum err open_resend(struct registrar_campaign *campaign, struct fault *fault)
{
    struct timeval every = {RESEND_S, 0};
    (void)fault;
    campaign->staff->resend =
        event_new(campaign->registrar->base, -1, EV_PERSIST, on_resend, campaign);
    event_add(campaign->staff->resend, &every);
    return OK;
}

static void close_resend(struct registrar_campaign *campaign)
{
    if (campaign->staff != NULL && campaign->staff->resend != NULL)
        event_free(campaign->staff->resend);
}

static const struct registrar_row rows[] = {
    {"acts.list", list_acts, false},
    {"acts.create", create_act, true},
    {"acts.sign", sign_act, true},
    {"acts.withdraw", withdraw_act, false},
};

const struct registrar_room act_room = {.rows = rows,
                                        .rows_len = sizeof rows / sizeof *rows,
                                        .open = open_resend,
                                        .close = close_resend};
