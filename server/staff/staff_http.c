/*
 * The staff's API: strict syntax, rate limits, cookies, and where a request comes from. Everything
 * else is the registrar's.
 */
#include "staff/staff_http.h"

#include <stdio.h>

#include "base/mem.h"
#include "http/json.h"

#define SMALL_BODY 4096
#define ACT_BODY (64 * 1024) /* an entry, and the reasons it commits to, escaped */
#define TEXT_MOST 256        /* of a password in code points; what is longer is no password */
#define PERSON_MOST 64
#define TOKEN_LEN 64
#define CODE_MOST 64
#define PAYLOAD_MOST 16384
#define ORIGIN_MAX 300

/* ---- where it comes from -------------------------------------------------------------------- */

static bool is_unsafe(const struct http_request *request)
{
    enum http_method method = http_request_method(request);
    return method != HTTP_GET && method != HTTP_HEAD;
}

/* True for a request that a page of this origin made: its Origin is our scheme and Host (which the
 * gate has compared with the configured names), or, where a browser sends none, it says
 * same-origin. */
static bool same_origin(const struct http_request *request)
{
    struct slice origin, host, site;
    char own[ORIGIN_MAX];
    bool has_site = http_request_header(request, "Sec-Fetch-Site", &site);
    if (has_site && !slice_is(site, "same-origin"))
        return false;
    if (!http_request_header(request, "Origin", &origin))
        return has_site;
    if (!http_request_header(request, "Host", &host) || host.len > ORIGIN_MAX - 16)
        return false;
    (void)snprintf(own, sizeof own, "%s://%.*s", http_request_secure(request) ? "https" : "http",
                   SLICE_PRINT(host));
    return slice_is(origin, own);
}

static void set_text(json_t *members, const char *name, struct slice text)
{
    json_object_set_new(members, name, json_stringn((const char *)text.data, text.len));
}

/* The members with who asks. NULL: the request has been answered. Takes members. */
static json_t *signed_members(struct front *front, struct http_request *request, json_t *members)
{
    struct slice cookie, csrf;
    if (front_request_campaign(front, request) == NULL) {
        json_decref(members);
        return NULL;
    }
    if (is_unsafe(request) && !same_origin(request)) {
        json_decref(members);
        http_reply_problem(request, "csrf", NULL);
        return NULL;
    }
    if (members == NULL)
        members = json_object();
    if (http_request_cookie(request, STAFF_COOKIE, &cookie) && cookie.len == TOKEN_LEN)
        set_text(members, "session", cookie);
    if (http_request_header(request, "X-Csrf-Token", &csrf) && csrf.len == TOKEN_LEN)
        set_text(members, "csrf", csrf);
    return members;
}

void staff_ask_then(struct front *front, struct http_request *request, const char *ask,
                    json_t *members, front_answered *then)
{
    json_t *all = signed_members(front, request, members);
    if (all != NULL)
        front_ask_then(front, request, ask, all, then);
}

void staff_ask(struct front *front, struct http_request *request, const char *ask, json_t *members,
               int status)
{
    json_t *all = signed_members(front, request, members);
    if (all != NULL)
        front_ask(front, request, ask, all, status);
}

/* ---- sessions ------------------------------------------------------------------------------- */

static void set_cookie(struct http_request *request, const char *token, bool end)
{
    char *header = xasprintf("%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax%s", STAFF_COOKIE, token,
                             end ? "; Max-Age=0" : "");
    http_reply_header(request, "Set-Cookie", header);
    wipe(header, strlen(header));
    free(header);
}

static void got_session(struct front *front, struct http_request *request, json_t *result)
{
    (void)front;
    set_cookie(request, json_string_value(json_object_get(result, "token")), false);
    json_object_del(result, "token");
    http_reply_json(request, 201, result);
}

static void sign_in(struct front *front, struct http_request *request)
{
    struct slice person, password, totp;
    const struct http_member members[] = {
        {"person", HTTP_MEMBER_TEXT, false, 1, PERSON_MOST, &person},
        {"password", HTTP_MEMBER_TEXT, false, 1, TEXT_MOST, &password},
        {"totp", HTTP_MEMBER_TEXT, false, 1, CODE_MOST, &totp}};
    json_t *body = http_request_members(request, members, 3);
    if (body != NULL)
        staff_ask_then(front, request, "staff.sign_in", body, got_session);
}

/* Every ask that tries a secret is charged to the address as signing in is. */
static void limited(struct http_request *request, void *context,
                    void (*go)(struct front *front, struct http_request *request))
{
    struct front *front = context;
    if (front_request_campaign(front, request) != NULL)
        front_limit(front, request, "staffin", front->options->signins_per_minute, go);
}

static void post_session(struct http_request *request, void *context)
{
    limited(request, context, sign_in);
}

static void get_session(struct http_request *request, void *context)
{
    staff_ask(context, request, "staff.session", NULL, 200);
}

static void got_end(struct front *front, struct http_request *request, json_t *result)
{
    (void)front;
    set_cookie(request, "", true);
    http_reply_json(request, 200, result);
}

static void delete_session(struct http_request *request, void *context)
{
    staff_ask_then(context, request, "staff.sign_out", NULL, got_end);
}

static void get_sessions(struct http_request *request, void *context)
{
    staff_ask(context, request, "staff.sessions", NULL, 200);
}

static void delete_listed(struct http_request *request, void *context)
{
    staff_ask(context, request, "staff.session_end",
              json_pack("{s:o}", "n", http_param_json(request, "n")), 200);
}

static void change_password(struct front *front, struct http_request *request)
{
    struct slice password, next, totp;
    const struct http_member members[] = {
        {"password", HTTP_MEMBER_TEXT, false, 1, TEXT_MOST, &password},
        {"new_password", HTTP_MEMBER_TEXT, false, 1, TEXT_MOST, &next},
        {"totp", HTTP_MEMBER_TEXT, false, 1, CODE_MOST, &totp}};
    json_t *body = http_request_members(request, members, 3);
    if (body != NULL)
        staff_ask(front, request, "staff.password", body, 200);
}

static void post_password(struct http_request *request, void *context)
{
    limited(request, context, change_password);
}

/* ---- invitations ---------------------------------------------------------------------------- */

/* The link carries the token behind #, which no browser sends and no log sees. */
static void got_invitation(struct front *front, struct http_request *request, json_t *result)
{
    (void)front;
    struct slice id = http_request_param(request, "id");
    json_object_set_new(result, "path",
                        json_sprintf("/%s/%.*s/staff/accept#%s",
                                     lang_code(http_request_language(request)), SLICE_PRINT(id),
                                     json_string_value(json_object_get(result, "token"))));
    http_reply_json(request, 201, result);
}

static void post_invitation(struct http_request *request, void *context)
{
    struct slice person, role;
    const struct http_member members[] = {
        {"person", HTTP_MEMBER_TEXT, false, 1, PERSON_MOST, &person},
        {"role", HTTP_MEMBER_TEXT, false, 1, 32, &role}};
    json_t *body = http_request_members(request, members, 2);
    if (body != NULL)
        staff_ask_then(context, request, "staff.invite", body, got_invitation);
}

static void accept(struct front *front, struct http_request *request)
{
    struct slice token;
    const struct http_member members[] = {
        {"token", HTTP_MEMBER_TEXT, false, TOKEN_LEN, TOKEN_LEN, &token}};
    json_t *body = http_request_members(request, members, 1);
    if (body != NULL)
        staff_ask(front, request, "staff.accept", body, 200);
}

static void post_accept(struct http_request *request, void *context)
{
    limited(request, context, accept);
}

static void confirm(struct front *front, struct http_request *request)
{
    struct slice token, password, totp;
    const struct http_member members[] = {
        {"token", HTTP_MEMBER_TEXT, false, TOKEN_LEN, TOKEN_LEN, &token},
        {"password", HTTP_MEMBER_TEXT, false, 1, TEXT_MOST, &password},
        {"totp", HTTP_MEMBER_TEXT, false, 1, CODE_MOST, &totp}};
    json_t *body = http_request_members(request, members, 3);
    if (body != NULL)
        staff_ask(front, request, "staff.confirm", body, 201);
}

static void post_confirm(struct http_request *request, void *context)
{
    limited(request, context, confirm);
}

static void recover(struct front *front, struct http_request *request)
{
    struct slice person, password, code;
    const struct http_member members[] = {
        {"person", HTTP_MEMBER_TEXT, false, 1, PERSON_MOST, &person},
        {"password", HTTP_MEMBER_TEXT, false, 1, TEXT_MOST, &password},
        {"recovery", HTTP_MEMBER_TEXT, false, 1, CODE_MOST, &code}};
    json_t *body = http_request_members(request, members, 3);
    if (body != NULL)
        staff_ask(front, request, "staff.recover", body, 201);
}

static void post_recover(struct http_request *request, void *context)
{
    limited(request, context, recover);
}

/* ---- acts ----------------------------------------------------------------------------------- */

/* 201: it is in the ledger; 202: it waits for its second signer. */
static void got_act(struct front *front, struct http_request *request, json_t *result)
{
    (void)front;
    bool logged = json_object_get(result, "index") != NULL;
    http_reply_json(request, logged ? 201 : 202, result);
}

static void post_act(struct http_request *request, void *context)
{
    struct slice entry, payload, salt;
    const struct http_member members[] = {
        {"entry", HTTP_MEMBER_TEXT, false, 2, 8192, &entry},
        {"payload", HTTP_MEMBER_TEXT, true, 1, PAYLOAD_MOST, &payload},
        {"salt", HTTP_MEMBER_TEXT, true, 44, 44, &salt}};
    json_t *body = http_request_members(request, members, 3);
    if (body != NULL)
        staff_ask_then(context, request, "acts.create", body, got_act);
}

static void post_signature(struct http_request *request, void *context)
{
    struct slice k, s;
    const struct http_member members[] = {{"k", HTTP_MEMBER_TEXT, false, 16, 16, &k},
                                          {"s", HTTP_MEMBER_TEXT, false, 88, 88, &s}};
    json_t *body = http_request_members(request, members, 2);
    if (body == NULL)
        return;
    json_object_set_new(body, "n", http_param_json(request, "n"));
    staff_ask_then(context, request, "acts.sign", body, got_act);
}

static void get_acts(struct http_request *request, void *context)
{
    staff_ask(context, request, "acts.list", NULL, 200);
}

static void delete_act(struct http_request *request, void *context)
{
    staff_ask(context, request, "acts.withdraw",
              json_pack("{s:o}", "n", http_param_json(request, "n")), 200);
}

static void get_keys(struct http_request *request, void *context)
{
    staff_ask(context, request, "staff.keys", NULL, 200);
}

static void post_key(struct http_request *request, void *context)
{
    struct slice entry;
    const struct http_member members[] = {{"entry", HTTP_MEMBER_TEXT, false, 2, 8192, &entry}};
    json_t *body = http_request_members(request, members, 1);
    if (body != NULL)
        staff_ask(context, request, "staff.key_ask", body, 202);
}

static void get_accesses(struct http_request *request, void *context)
{
    struct slice after;
    json_t *members = json_object();
    if (http_request_query(request, "after", &after))
        set_text(members, "after", after);
    staff_ask(context, request, "staff.accesses", members, 200);
}

#define STAFF "/api/v1/campaigns/{id}/staff"

const struct http_route staff_routes[] = {
    {HTTP_POST, STAFF "/session", SMALL_BODY, post_session},
    {HTTP_GET, STAFF "/session", 0, get_session},
    {HTTP_DELETE, STAFF "/session", 0, delete_session},
    {HTTP_GET, STAFF "/sessions", 0, get_sessions},
    {HTTP_DELETE, STAFF "/sessions/{n}", 0, delete_listed},
    {HTTP_POST, STAFF "/password", SMALL_BODY, post_password},
    {HTTP_POST, STAFF "/invitations", SMALL_BODY, post_invitation},
    {HTTP_POST, STAFF "/accept", SMALL_BODY, post_accept},
    {HTTP_POST, STAFF "/accept/confirm", SMALL_BODY, post_confirm},
    {HTTP_POST, STAFF "/recover", SMALL_BODY, post_recover},
    {HTTP_GET, STAFF "/accesses", 0, get_accesses},
    {HTTP_GET, STAFF "/keys", 0, get_keys},
    {HTTP_POST, STAFF "/keys", ACT_BODY, post_key},
    {HTTP_GET, STAFF "/acts", 0, get_acts},
    {HTTP_POST, STAFF "/acts", ACT_BODY, post_act},
    {HTTP_POST, STAFF "/acts/{n}/signature", SMALL_BODY, post_signature},
    {HTTP_DELETE, STAFF "/acts/{n}", 0, delete_act},
};
const size_t staff_routes_len = sizeof staff_routes / sizeof *staff_routes;
