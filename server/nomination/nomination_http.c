/*
 * Nominating, a nominee, and "my page": strict syntax and rate limits. Everything is decided by the
 * registrar, which checks the session itself.
 */
#include <jansson.h>

#include "http/fmt.h"
#include "http/json.h"
#include "nomination/nomination_rules.h"
#include "serve/front.h"

#define NOMINATION_BODY (256 * 1024)
#define NOTE_BODY (64 * 1024)
#define EMPTY_BODY 64
/* Longer than any text may be: the registrar tells what is wrong with one. */
#define TEXT_BYTES (NOMINATION_BODY / 4)

static bool consents_good(const json_t *consents)
{
    int64_t processing, publication;
    struct fault fault;
    const struct http_member members[] = {
        {"processing", HTTP_MEMBER_INT, false, 0, NOMINATION_CONSENT_MOST, &processing},
        {"publication", HTTP_MEMBER_INT, false, 0, NOMINATION_CONSENT_MOST, &publication}};
    return http_members(consents, members, 2, &fault) == OK;
}

/* The address is charged before anything is read. */
static void limited(struct http_request *request, void *context, const char *purpose,
                    void (*go)(struct front *front, struct http_request *request))
{
    struct front *front = context;
    if (front_request_campaign(front, request) != NULL)
        front_limit(front, request, purpose, front->options->passes_per_minute, go);
}

/* ---- nominating ----------------------------------------------------------------------------- */

/* 200: this person has nominated the same before. */
static void got_nomination(struct front *front, struct http_request *request, json_t *result)
{
    (void)front;
    int status = json_is_true(json_object_get(result, "repeated")) ? 200 : 201;
    json_object_del(result, "repeated");
    http_reply_json(request, status, result);
}

static void nominate(struct front *front, struct http_request *request)
{
    struct slice cat, ngo, text, as, relation;
    json_t *links = NULL, *consents = NULL;
    const struct http_member members[] = {
        {"cat", HTTP_MEMBER_TEXT, false, 1, RULES_CATEGORY_ID_MAX, &cat},
        {"ngo", HTTP_MEMBER_TEXT, false, 1, 64, &ngo},
        {"text", HTTP_MEMBER_LINES, false, 0, TEXT_BYTES, &text},
        {"links", HTTP_MEMBER_ARRAY, false, 0, NOMINATION_LINKS_MOST, &links},
        {"as", HTTP_MEMBER_TEXT, false, 1, 16, &as},
        {"relation", HTTP_MEMBER_TEXT, false, 1, 16, &relation},
        {"consents", HTTP_MEMBER_OBJECT, false, 2, 2, &consents}};
    json_t *body = front_bearer_members(request, members, sizeof members / sizeof *members);
    if (body == NULL)
        return;
    if (consents_good(consents)) {
        front_ask_then(front, request, "nomination.create", body, got_nomination);
        return;
    }
    json_decref(body);
    http_reply_problem(request, "malformed",
                       json_pack("{s:s}", "reason", "member consents is not of its form"));
}

static void post_nomination(struct http_request *request, void *context)
{
    limited(request, context, "nominate", nominate);
}

static void get_nominee(struct http_request *request, void *context)
{
    struct front *front = context;
    if (front_request_campaign(front, request) != NULL)
        front_ask(front, request, "nominee.read",
                  json_pack("{s:o}", "index", http_param_json(request, "index")), 200);
}

/* ---- my page -------------------------------------------------------------------------------- */

static void read_me(struct front *front, struct http_request *request)
{
    json_t *token = front_bearer(request);
    if (token != NULL)
        front_ask(front, request, "me.read",
                  json_pack("{s:o,s:s}", "token", token, "lang",
                            lang_code(http_request_language(request))),
                  200);
}

/* It may be hundreds of kilobytes for one small request. */
static void get_me(struct http_request *request, void *context)
{
    limited(request, context, "my_page", read_me);
}

static void complete(struct front *front, struct http_request *request)
{
    struct slice text;
    json_t *links = NULL;
    const struct http_member members[] = {
        {"text", HTTP_MEMBER_LINES, false, 0, TEXT_BYTES, &text},
        {"links", HTTP_MEMBER_ARRAY, false, 0, NOMINATION_LINKS_MOST, &links}};
    json_t *body = front_bearer_members(request, members, 2);
    if (body == NULL)
        return;
    json_object_set_new(body, "index", http_param_json(request, "index"));
    front_ask(front, request, "me.complete", body, 200);
}

static void withdraw(struct front *front, struct http_request *request)
{
    json_t *body = front_bearer_members(request, NULL, 0);
    if (body == NULL)
        return;
    json_object_set_new(body, "index", http_param_json(request, "index"));
    front_ask(front, request, "me.withdraw", body, 200);
}

static void appeal(struct front *front, struct http_request *request)
{
    struct slice text;
    const struct http_member members[] = {{"text", HTTP_MEMBER_LINES, false, 0, TEXT_BYTES, &text}};
    json_t *body = front_bearer_members(request, members, 1);
    if (body == NULL)
        return;
    json_object_set_new(body, "index", http_param_json(request, "index"));
    front_ask(front, request, "me.appeal", body, 201);
}

static void erase(struct front *front, struct http_request *request)
{
    json_t *body = front_bearer_members(request, NULL, 0);
    if (body != NULL)
        front_ask(front, request, "me.erasure", body, 200);
}

static void dispute(struct front *front, struct http_request *request)
{
    struct slice cat, text;
    const struct http_member members[] = {
        {"cat", HTTP_MEMBER_TEXT, false, 1, RULES_CATEGORY_ID_MAX, &cat},
        {"text", HTTP_MEMBER_LINES, false, 0, TEXT_BYTES, &text}};
    json_t *body = front_bearer_members(request, members, 2);
    if (body != NULL)
        front_ask(front, request, "me.dispute", body, 201);
}

static void post_complete(struct http_request *request, void *context)
{
    limited(request, context, "nominate", complete);
}

static void post_withdraw(struct http_request *request, void *context)
{
    limited(request, context, "me", withdraw);
}

static void post_appeal(struct http_request *request, void *context)
{
    limited(request, context, "me", appeal);
}

static void post_erasure(struct http_request *request, void *context)
{
    limited(request, context, "me", erase);
}

static void post_dispute(struct http_request *request, void *context)
{
    limited(request, context, "me", dispute);
}

#define CAMPAIGN "/api/v1/campaigns/{id}"

const struct http_route nomination_routes[] = {
    {HTTP_POST, CAMPAIGN "/nominations", NOMINATION_BODY, post_nomination},
    {HTTP_GET, CAMPAIGN "/nominees/{index}", 0, get_nominee},
    {HTTP_GET, CAMPAIGN "/me", 0, get_me},
    {HTTP_POST, CAMPAIGN "/me/nominations/{index}/complete", NOMINATION_BODY, post_complete},
    {HTTP_POST, CAMPAIGN "/me/nominations/{index}/withdraw", EMPTY_BODY, post_withdraw},
    {HTTP_POST, CAMPAIGN "/me/nominations/{index}/appeal", NOTE_BODY, post_appeal},
    {HTTP_POST, CAMPAIGN "/me/erasure", EMPTY_BODY, post_erasure},
    {HTTP_POST, CAMPAIGN "/me/disputes", NOTE_BODY, post_dispute},
};
const size_t nomination_routes_len = sizeof nomination_routes / sizeof *nomination_routes;
