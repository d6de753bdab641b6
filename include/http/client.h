/*
 * An HTTP/1.1 client for the project's own tools (rehearse, bench) against the project's own
 * server: plain TCP, keep-alive, one request at a time on each connection, cheap enough to load a
 * server from one core. It understands only answers with a Content-Length.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct event_base;
struct http_client;

struct http_client_config {
    const char *host; /* an IPv4 or IPv6 address, or a name that is resolved once; also the Host */
    const char *host_header; /* NULL: host:port */
    uint16_t port;
    uint32_t connections; /* kept open as long as there is work */
    uint32_t deadline_ms; /* from http_client_send() to the answer */
    uint32_t queue_max;   /* requests waiting for a connection; more is ERR_LIMITED */
    size_t body_max;      /* of an answer */
};

enum err http_client_create(struct event_base *base, const struct http_client_config *config,
                            struct http_client **client, struct fault *fault) MUST_CHECK;

/* Requests still open get no callback. Not to be called from a callback. */
void http_client_destroy(struct http_client *client);

struct http_client_request {
    const char *method;       /* "GET" */
    const char *target;       /* "/api/v1/…" */
    const char *content_type; /* NULL: no body */
    const char *headers;      /* further lines, each ending in CRLF, or NULL */
    struct slice body;        /* all of these are copied */
};

/* Valid during the callback. */
struct http_client_answer {
    int status;
    struct slice head; /* status line and headers */
    struct slice body;
};

/* Value of a header of the answer, without regard to case; false when there is none. */
bool http_client_header(const struct http_client_answer *answer, const char *name,
                        struct slice *value);

/*
 * Sends a request. On OK, done comes exactly once, later: with OK and the answer, whatever its
 * status; ERR_UNAVAILABLE: it was never sent; ERR_UNKNOWN: it was sent, wholly or in part, and
 * there is no whole answer (deadline, connection lost, answer not understood). answer is NULL
 * unless OK. ERR_LIMITED: the queue is full, done never comes.
 */
enum err http_client_send(struct http_client *client, const struct http_client_request *request,
                          void (*done)(void *context, enum err err,
                                       const struct http_client_answer *answer),
                          void *context) MUST_CHECK;

/* Requests not answered yet, queued ones included. */
size_t http_client_pending(const struct http_client *client);

#endif
