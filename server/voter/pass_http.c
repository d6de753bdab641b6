/*
 * Signing in with a voter code, and asking for passes. Both go to the registrar as they came: it
 * checks the proof of identity itself, and makes and checks the session, so that a front in the
 * wrong hands can't ask for the passes of people who have not come.
 */
#include <jansson.h>

#include "http/json.h"
#include "serve/front.h"

#define CODE_MAX 64 /* a voter code with spaces and dashes as people type them */
#define CATEGORIES_MAX 64
#define BODY_MAX (64 * 1024) /* 64 blinded messages in base64 are 23 KiB */

static void sign_in(struct front *front, struct http_request *request)
{
    struct slice code;
    const struct http_member members[] = {{"code", HTTP_MEMBER_TEXT, false, 1, CODE_MAX, &code}};
    json_t *body = http_request_members(request, members, 1);
    if (body != NULL)
        front_ask(front, request, "session.create", body, 201);
}

static void ask_passes(struct front *front, struct http_request *request)
{
    json_t *passes = NULL;
    const struct http_member members[] = {
        {"passes", HTTP_MEMBER_ARRAY, false, 1, CATEGORIES_MAX, &passes}};
    json_t *body = front_bearer_members(request, members, 1);
    if (body != NULL)
        front_ask(front, request, "pass.create", body, 200);
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
