#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/static.h"
#include "inner.h"

#define PROBLEM_TYPE "application/problem+json"
#define PROBLEM_MAX 16384
#define CSP_NOTHING "default-src 'none'; frame-ancestors 'none'"
#define HSTS "max-age=31536000"

/* On every answer, whoever writes it. */
static const struct {
    const char *name, *value;
} standard[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};
#define STANDARD_LEN (sizeof standard / sizeof standard[0])

static const char *phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Status";
}

/* ---- figures ---- */

static void count(struct http_request *request, int status)
{
    static const double bounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                    0.1,    0.25,  0.5,    1,     2.5,  5,     10};
    struct route_entry *entry = request->match.entry;
    char labels[256];
    size_t i = 0;

    if (request->server == NULL || request->server->metrics == NULL || entry == NULL)
        return;
    while (i < ROUTE_STATUSES - 1 && entry->statuses[i].count != NULL &&
           entry->statuses[i].status != status)
        i++;
    if (entry->statuses[i].count == NULL) {
        const char *method = http_method_name(entry->route->method);

        snprintf(labels, sizeof labels, "method=\"%s\",route=\"%s\",status=\"%d\"", method,
                 entry->route->pattern, status);
        entry->statuses[i].status = status;
        entry->statuses[i].count =
            metrics_counter(request->server->metrics, "dauys_http_requests_total",
                            "Answered requests by route and status.", labels);
        snprintf(labels, sizeof labels, "method=\"%s\",route=\"%s\"", method,
                 entry->route->pattern);
        entry->duration =
            metrics_histogram(request->server->metrics, "dauys_http_request_duration_seconds",
                              "From the last byte of a request to its answer.", labels, bounds,
                              sizeof bounds / sizeof bounds[0]);
    }
    metric_add(entry->statuses[i].count, 1);
    metric_observe(entry->duration, (double)(clock_steady_us() - request->began_us) / 1e6);
}

/* ---- answering ---- */

static void header(struct http_request *request, const char *name, const char *value)
{
    /* Fails only without memory: an answer that lacks a header is not sent. */
    INVARIANT(evhttp_add_header(evhttp_request_get_output_headers(request->evhttp), name, value) ==
              0);
}

void http_reply_header(struct http_request *request, const char *name, const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        INVARIANT((unsigned char)*at >= 0x20 && *at != 0x7f);
    header(request, name, value);
}

static bool has_header(const struct http_request *request, const char *name)
{
    return evhttp_find_header(evhttp_request_get_output_headers(request->evhttp), name) != NULL;
}

static bool unchanged(const struct http_request *request, const struct http_answer *answer)
{
    struct slice listed;

    if (answer->etag == NULL || answer->status != 200 ||
        (request->method != HTTP_GET && request->method != HTTP_HEAD))
        return false;
    return http_request_header(request, "If-None-Match", &listed) &&
           static_etag_listed(listed, answer->etag);
}

static void put_headers(struct http_request *request, const struct http_answer *answer, int status)
{
    char number[24];

    for (size_t i = 0; i < STANDARD_LEN; i++)
        header(request, standard[i].name, standard[i].value);
    header(request, "Content-Security-Policy",
           answer->content_security ? answer->content_security : CSP_NOTHING);
    if (request->secure && request->server->config.hsts)
        header(request, "Strict-Transport-Security", HSTS);
    header(request, "Cache-Control", answer->cache_control ? answer->cache_control : "no-store");
    header(request, "X-Request-Id", request->id);
    if (answer->etag != NULL)
        header(request, "ETag", answer->etag);
    if (answer->content_encoding != NULL)
        header(request, "Vary", "Accept-Encoding");
    if (status == 503 && !has_header(request, "Retry-After")) {
        snprintf(number, sizeof number, "%u", request->server->config.retry_after_s);
        header(request, "Retry-After", number);
    }
    if (conn_is_last(request->conn))
        header(request, "Connection", "close");
    if (status == 304 || status == 204)
        return;
    if (answer->content_type != NULL)
        header(request, "Content-Type", answer->content_type);
    if (answer->content_encoding != NULL)
        header(request, "Content-Encoding", answer->content_encoding);
    snprintf(number, sizeof number, "%zu", answer->body.len);
    header(request, "Content-Length", number);
}

/* What must be called when evbuffer needs borrowed bytes no more. */
struct loan {
    void (*release)(void *context);
    void *context;
};

static void loan_ended(const void *data, size_t len, void *context)
{
    struct loan *loan = context;

    (void)data;
    (void)len;
    loan->release(loan->context);
    free(loan);
}

/* Hands the body to evhttp; true when it took over the call of release. */
static bool put_body(struct http_request *request, const struct http_answer *answer)
{
    struct evbuffer *out = evhttp_request_get_output_buffer(request->evhttp);
    struct loan *loan;

    if (answer->body.len == 0)
        return false;
    if (answer->release == NULL) {
        INVARIANT(evbuffer_add(out, answer->body.data, answer->body.len) == 0);
        return false;
    }
    loan = xcalloc(1, sizeof *loan);
    loan->release = answer->release;
    loan->context = answer->release_context;
    INVARIANT(evbuffer_add_reference(out, answer->body.data, answer->body.len, loan_ended, loan) ==
              0);
    return true;
}

void http_reply_answer(struct http_request *request, const struct http_answer *answer)
{
    int status = unchanged(request, answer) ? 304 : answer->status;
    bool body_wanted = request->method != HTTP_HEAD && status != 304 && status != 204;
    struct conn *conn = request->conn;
    bool lent = false;

    count(request, status);
    if (conn == NULL) { /* the client has left, and evhttp has forgotten this request */
        evhttp_request_free(request->evhttp);
    } else {
        put_headers(request, answer, status);
        if (body_wanted)
            lent = put_body(request, answer);
        evhttp_send_reply(request->evhttp, status, phrase(status), NULL);
    }
    if (answer->release != NULL && !lent)
        answer->release(answer->release_context);
    request_free(request);
    if (conn != NULL)
        conn_answered(conn);
}

void http_reply(struct http_request *request, int status, const char *content_type,
                struct slice body)
{
    struct http_answer answer = {.status = status, .content_type = content_type, .body = body};

    http_reply_answer(request, &answer);
}

void http_reply_json(struct http_request *request, int status, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    struct http_answer answer = {.status = status,
                                 .content_type = "application/json",
                                 .release = free,
                                 .release_context = text};

    json_decref(json);
    if (text == NULL) {
        http_reply_problem(request, "internal", NULL);
        return;
    }
    answer.body = slice_str(text);
    http_reply_answer(request, &answer);
}

void http_reply_problem(struct http_request *request, const char *code, json_t *extra)
{
    const struct problem *problem = problem_find(code);
    struct buf body;

    buf_init(&body, PROBLEM_MAX);
    problem_put(&body, problem, request->language, request->id, extra);
    json_decref(extra);
    if (!has_header(request, "Content-Language"))
        header(request, "Content-Language", lang_code(request->language));
    http_reply(request, problem->status, PROBLEM_TYPE, buf_slice(&body));
    buf_release(&body);
}

void http_reply_err(struct http_request *request, enum err err)
{
    http_reply_problem(request, problem_of_err(err), NULL);
}

void http_reply_redirect(struct http_request *request, int status, const char *location)
{
    http_reply_header(request, "Location", location);
    http_reply(request, status, NULL, slice_of(NULL, 0));
}

void reply_unrouted(struct http_request *request)
{
    char allow[64] = "";

    if (request->match.allowed == 0) {
        http_reply_problem(request, "not_found", NULL);
        return;
    }
    for (unsigned method = 0; method <= HTTP_OPTIONS; method++)
        if (request->match.allowed & (1u << method))
            snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "%s%s",
                     allow[0] ? ", " : "", http_method_name((enum http_method)method));
    header(request, "Allow", allow);
    http_reply_problem(request, "method_not_allowed", NULL);
}

/* ---- refusals, which evhttp never sees ---- */

static void put_date(struct buf *out)
{
    time_t now = (time_t)clock_unix();
    struct tm tm;
    char text[40];

    gmtime_r(&now, &tm);
    /* Fixed English names: the program never sets a locale. */
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    buf_printf(out, "Date: %s\r\n", text);
}

void reply_refusal(struct buf *out, const struct http_server *server, const char *code,
                   enum lang language, bool secure, bool body_wanted, uint32_t retry_after_s)
{
    const struct problem *problem = problem_find(code);
    char id[REQUEST_ID_LEN + 1];
    struct buf body;

    buf_init(&body, PROBLEM_MAX);
    request_new_id(id);
    problem_put(&body, problem, language, id, NULL);
    buf_printf(out, "HTTP/1.1 %d %s\r\n", problem->status, phrase(problem->status));
    put_date(out);
    for (size_t i = 0; i < STANDARD_LEN; i++)
        buf_printf(out, "%s: %s\r\n", standard[i].name, standard[i].value);
    buf_put_str(out, "Content-Security-Policy: " CSP_NOTHING "\r\nCache-Control: no-store\r\n");
    if (secure && server->config.hsts)
        buf_put_str(out, "Strict-Transport-Security: " HSTS "\r\n");
    if (retry_after_s > 0)
        buf_printf(out, "Retry-After: %u\r\n", retry_after_s);
    buf_printf(out,
               "X-Request-Id: %s\r\nContent-Type: " PROBLEM_TYPE "\r\nContent-Language: %s\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n\r\n",
               id, lang_code(language), body.len);
    if (body_wanted)
        buf_put_slice(out, buf_slice(&body));
    buf_release(&body);
}
