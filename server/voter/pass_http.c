/*
 * Signing in with a voter code, and asking for passes. Both go to the registrar as they came: it
 * checks the proof of identity itself, and makes and checks the session, so that a front in the
 * wrong hands can't ask for the passes of people who have not come.
 */
#include <jansson.h>

#include "http/json.h"
#include "serve/front.h"
#include "serve/message.h"

#define TOKEN_MAX 64 /* 32 bytes in base64 are 44 */
#define CODE_MAX 64  /* a voter code with spaces and dashes as people type them */
#define CATEGORIES_MAX 64
#define BODY_MAX (64 * 1024) /* 64 blinded messages in base64 are 23 KiB */

/* The registrar's answer is what the citizen gets: {code, …} is a problem, all else is the result.
 */
static void got_answer(struct http_request *request, enum err err, struct slice payload, int status)
{
    json_t *answer =
        err == OK ? json_loadb((const char *)payload.data, payload.len, 0, NULL) : NULL;
    if (answer == NULL) {
        http_reply_err(request, err == OK ? ERR_INTERNAL : err);
        return;
    }
    const char *code = json_string_value(json_object_get(answer, "code"));
    if (code == NULL) {
        http_reply_json(request, status, answer);
        return;
    }
    char copy[64];
    (void)snprintf(copy, sizeof copy, "%s", code);
    json_object_del(answer, "code");
    http_reply_problem(request, copy, answer);
}

static void got_session(void *context, enum err err, struct slice payload)
{
    got_answer(context, err, payload, 201);
}

static void got_passes(void *context, enum err err, struct slice payload)
{
    got_answer(context, err, payload, 200);
}

/* Sends a message made of `message` (taken) to the registrar. */
static void ask_registrar(struct front *front, struct http_request *request, enum message_type type,
                          json_t *message, ipc_callback *callback)
{
    char *text = message == NULL ? NULL : json_dumps(message, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(message);
    if (text == NULL) {
        http_reply_err(request, ERR_INTERNAL);
        return;
    }
    struct slice part = slice_str(text);
    enum err err = ipc_client_send(front->registrar, (uint8_t)type, &part, 1, REGISTRAR_TIMEOUT_MS,
                                   callback, request);
    explicit_bzero(text, part.len); /* it holds a code or a token */
    free(text);
    if (err != OK)
        http_reply_err(request, err);
}

/* The campaign's id as a JSON string. */
static json_t *campaign_of(struct http_request *request)
{
    struct slice id = http_request_param(request, "id");
    return json_stringn((const char *)id.data, id.len);
}

static void sign_in(struct front *front, struct http_request *request)
{
    json_t *body = NULL;
    struct slice code;
    struct fault fault;
    const struct http_member members[] = {{"code", HTTP_MEMBER_TEXT, false, 1, CODE_MAX, &code}};
    if (http_request_json(request, &body) != OK)
        return;
    if (http_members(body, members, 1, &fault) != OK) {
        http_reply_problem(request, "malformed", json_pack("{s:s}", "reason", fault.text));
    } else {
        ask_registrar(
            front, request, MESSAGE_SIGN_IN,
            json_pack("{s:o,s:s%}", "campaign", campaign_of(request), "code", code.data, code.len),
            got_session);
    }
    json_decref(body);
}

static bool bearer_token(struct http_request *request, struct slice *token)
{
    static const char scheme[] = "Bearer ";
    size_t skip = sizeof scheme - 1;
    if (!http_request_header(request, "Authorization", token) || token->len <= skip ||
        memcmp(token->data, scheme, skip) != 0 || token->len - skip > TOKEN_MAX)
        return false;
    *token = slice_of(token->data + skip, token->len - skip);
    return true;
}

static void ask_passes(struct front *front, struct http_request *request)
{
    json_t *body = NULL, *passes = NULL;
    struct slice token;
    struct fault fault;
    const struct http_member members[] = {
        {"passes", HTTP_MEMBER_ARRAY, false, 1, CATEGORIES_MAX, &passes}};
    if (!bearer_token(request, &token)) {
        http_reply_problem(request, "signed_out", NULL);
        return;
    }
    if (http_request_json(request, &body) != OK)
        return;
    if (http_members(body, members, 1, &fault) != OK) {
        http_reply_problem(request, "malformed", json_pack("{s:s}", "reason", fault.text));
    } else {
        ask_registrar(front, request, MESSAGE_PASSES,
                      json_pack("{s:o,s:s%,s:O}", "campaign", campaign_of(request), "token",
                                token.data, token.len, "passes", passes),
                      got_passes);
    }
    json_decref(body);
}

static void post_session(struct http_request *request, void *context)
{
    struct front *front = context;
    if (front_request_campaign(front, request) != NULL)
        front_limit(front, request, "signin", front->options->signins_per_minute, sign_in);
}

static void post_passes(struct http_request *request, void *context)
{
    struct front *front = context;
    if (front_request_campaign(front, request) != NULL)
        front_limit(front, request, "pass", front->options->passes_per_minute, ask_passes);
}

const struct http_route pass_routes[] = {
    {HTTP_POST, "/api/v1/campaigns/{id}/session", 1024, post_session},
    {HTTP_POST, "/api/v1/campaigns/{id}/passes", BODY_MAX, post_passes},
};
const size_t pass_routes_len = sizeof pass_routes / sizeof *pass_routes;
