/*
 * One request and its one answer.
 *
 * A handler gets a struct http_request and answers it exactly once, now or later, with one of the
 * http_reply functions, each of which ends the request's life. Until then everything read
 * from it stays valid, even when the client has left; a reply to a client that left goes nowhere.
 * GET routes answer HEAD too: the reply functions leave the body out and keep its length.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/language.h"

struct http_request;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS
};

const char *http_method_name(enum http_method method);

/* ---- reading ---- */

enum http_method http_request_method(const struct http_request *request);

/* The path without query, as sent: it holds no escapes and no dot segments. */
struct slice http_request_path(const struct http_request *request);

/* The target as sent, query included. */
struct slice http_request_target(const struct http_request *request);

/* The segment that stood for {name} in the pattern (for {name...} the rest of the path). Aborts
 * when the pattern has no such name. */
struct slice http_request_param(const struct http_request *request, const char *name);

/* The parameter of the query, decoded: UTF-8 in NFC without control characters, at most 512 bytes.
 * False: not there. (Escapes that are wrong, a repeated name or more than 16 parameters are refused
 * before the handler.) */
bool http_request_query(const struct http_request *request, const char *name, struct slice *value);

/* The first header of that name, without regard to case; false when there is none. */
bool http_request_header(const struct http_request *request, const char *name, struct slice *value);

/* The value of a cookie; false when it is missing or comes twice. */
bool http_request_cookie(const struct http_request *request, const char *name, struct slice *value);

/* The whole body, at most the route's body_max bytes. */
struct slice http_request_body(const struct http_request *request);

/* 32 lower-case hex digits, random; also in the answer as X-Request-Id. */
const char *http_request_id(const struct http_request *request);

enum lang http_request_language(const struct http_request *request);

/* True when the connection is TLS, or a listed proxy says X-Forwarded-Proto: https. */
bool http_request_secure(const struct http_request *request);

/* The client's address as text: the peer, or what a listed proxy forwards. For rate limits: an IPv6
 * address is cut to its /64. Never log it. */
const char *http_request_client(const struct http_request *request);

/* ---- answering: exactly one of these per request ---- */

/* Adds a header to the coming answer (Set-Cookie, Location, …). Name and value are copied; a value
 * with a control byte is an invariant broken. */
void http_reply_header(struct http_request *request, const char *name, const char *value);

/* body is copied. */
void http_reply(struct http_request *request, int status, const char *content_type,
                struct slice body);

/* Takes json (NULL: internal error). Compact, keys sorted; Cache-Control: no-store. */
void http_reply_json(struct http_request *request, int status, json_t *json);

/* Answers with a row of the problem table. Takes extra: an object with further members, or NULL. */
void http_reply_problem(struct http_request *request, const char *code, json_t *extra);

/* http_reply_problem() for a step that could not be done: the one table from enum err to HTTP. */
void http_reply_err(struct http_request *request, enum err err);

/* 303 See Other, or 301, 302, 307, 308. location is an own path or URL. */
void http_reply_redirect(struct http_request *request, int status, const char *location);

/* The full form. Members that are NULL or empty are left out. */
struct http_answer {
    int status;
    const char *content_type;
    struct slice body;
    const char *etag;             /* with quotes; If-None-Match is answered with 304 */
    const char *cache_control;    /* default: no-store */
    const char *content_encoding; /* of the body as given; also sends Vary: Accept-Encoding */
    const char *content_security; /* CSP; default: default-src 'none'; frame-ancestors 'none' */
    /* When set the body is not copied: release is called once, from the loop or inside the reply,
     * when nobody needs it any more (also after HEAD, 304 or a client that left). */
    void (*release)(void *context);
    void *release_context;
};
void http_reply_answer(struct http_request *request, const struct http_answer *answer);

#endif
