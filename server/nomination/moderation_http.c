/* Moderation over HTTP: strict syntax; who may is the registrar's to say. */
#include <jansson.h>

#include "http/json.h"
#include "nomination/nomination_rules.h"
#include "serve/front.h"
#include "staff/staff_http.h"

#define EMPTY_BODY 64
#define NOTE_BODY (64 * 1024)

static void get_queue(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.queue", NULL, 200);
}

static json_t *ref_of(struct http_request *request)
{
    return json_pack("{s:o}", "ref", http_param_json(request, "ref"));
}

static void get_item(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.item", ref_of(request), 200);
}

/* True when the body is {} or nothing at all. */
static bool empty(struct http_request *request)
{
    json_t *body = NULL;
    if (http_request_body(request).len == 0)
        return true;
    if (http_request_json(request, &body) != OK)
        return false;
    bool good = json_object_size(body) == 0;
    json_decref(body);
    if (!good)
        http_reply_problem(request, "malformed", NULL);
    return good;
}

static void post_claim(struct http_request *request, void *context)
{
    if (empty(request))
        staff_ask(context, request, "moderation.claim", ref_of(request), 200);
}

static void delete_claim(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.unclaim", ref_of(request), 200);
}

static void post_conflict(struct http_request *request, void *context)
{
    if (empty(request))
        staff_ask(context, request, "moderation.conflict", ref_of(request), 200);
}

static void get_history(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.history", NULL, 200);
}

static void get_reasons(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.reasons", NULL, 200);
}

static void get_disputes(struct http_request *request, void *context)
{
    staff_ask(context, request, "moderation.disputes", NULL, 200);
}

static void post_answer(struct http_request *request, void *context)
{
    struct slice text;
    const struct http_member members[] = {
        {"text", HTTP_MEMBER_LINES, false, 0, NOTE_BODY / 4, &text}};
    json_t *body = http_request_members(request, members, 1);
    if (body == NULL)
        return;
    json_object_set_new(body, "n", http_param_json(request, "n"));
    staff_ask(context, request, "moderation.answer", body, 200);
}

#define MODERATION "/api/v1/campaigns/{id}/moderation"

const struct http_route moderation_routes[] = {
    {HTTP_GET, MODERATION "/queue", 0, get_queue},
    {HTTP_GET, MODERATION "/items/{ref}", 0, get_item},
    {HTTP_POST, MODERATION "/items/{ref}/claim", EMPTY_BODY, post_claim},
    {HTTP_DELETE, MODERATION "/items/{ref}/claim", 0, delete_claim},
    {HTTP_POST, MODERATION "/items/{ref}/conflict", EMPTY_BODY, post_conflict},
    {HTTP_GET, MODERATION "/history", 0, get_history},
    {HTTP_GET, MODERATION "/reasons", 0, get_reasons},
    {HTTP_GET, MODERATION "/disputes", 0, get_disputes},
    {HTTP_POST, MODERATION "/disputes/{n}/answer", NOTE_BODY, post_answer},
};
const size_t moderation_routes_len = sizeof moderation_routes / sizeof *moderation_routes;
