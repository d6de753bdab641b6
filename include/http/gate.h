/*
 * The gate in front of evhttp: a streaming check of HTTP/1 requests, stricter than RFC 9112, so
 * that nothing behind it can read a message otherwise than it did (faults.md §1).
 *
 * Pure: no I/O, no clock, no allocation; what it says depends only on the bytes, however they are
 * cut into pieces. One gate belongs to one connection.
 */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "http/language.h"

#define GATE_TARGET_MAX 2048 /* bytes of a request target */
#define GATE_HEAD_MAX 8192   /* bytes of a head, request line and empty line included */
#define GATE_HEADERS_MAX 64
#define GATE_VALUE_MAX 256 /* bytes of a header value that the gate itself reads */

/* Why a request was refused. */
enum gate_reason {
    GATE_REASON_NONE,
    GATE_REASON_REQUEST_LINE, /* not `method SP target SP version` */
    GATE_REASON_METHOD,       /* a method this server never uses */
    GATE_REASON_TARGET,       /* form, byte, escape or dot segment not allowed */
    GATE_REASON_TARGET_LONG,
    GATE_REASON_VERSION,      /* neither 1.0 nor 1.1 */
    GATE_REASON_LINE_END,     /* bare CR or LF */
    GATE_REASON_HEADER_NAME,  /* empty, not a token, space before the colon, folded line */
    GATE_REASON_HEADER_VALUE, /* control byte */
    GATE_REASON_HEADERS,      /* too many header lines */
    GATE_REASON_HEAD_LONG,
    GATE_REASON_CONTENT_LENGTH, /* repeated, or not ^[0-9]{1,10}$ */
    GATE_REASON_TRANSFER,       /* any Transfer-Encoding */
    GATE_REASON_HOST,           /* missing, repeated or not one of ours */
    GATE_REASON_EXPECT,         /* an expectation other than 100-continue */
    GATE_REASON_BODY,           /* longer than the route takes */
    GATE_REASON_REQUESTS,       /* more requests than a connection may carry */
    GATE_REASON_COUNT
};

/* Name for logs and metrics ("content_length"), and the problem code of its answer. */
const char *gate_reason_name(enum gate_reason reason);
const char *gate_reason_problem(enum gate_reason reason);

/* Shared by all gates of a server; must outlive them. */
struct gate_config {
    const char *const *hosts; /* `name` (any port) or `name:port`, compared without case */
    size_t hosts_len;         /* none: no Host is accepted */
    uint32_t requests_max;    /* per connection, ≥ 1 */
    /* Longest body for this method and target; asked only when a body is announced. */
    uint64_t (*body_max)(void *context, struct slice method, struct slice target);
    void *context;
};

enum gate_verdict {
    GATE_MORE,    /* all bytes were taken; the request goes on */
    GATE_HEAD,    /* the head ended, a body follows: look at body_len and expects_continue */
    GATE_DONE,    /* the request ended: it may be passed on */
    GATE_REFUSED, /* answer and close; every later call says so too */
};

struct gate {
    /* What the caller may read. */
    uint64_t body_len;       /* of the current request, from GATE_HEAD or GATE_DONE on */
    uint64_t body_left;      /* bytes of it that have not come yet */
    bool started;            /* at least one byte of a request was taken, and not yet its last */
    bool expects_continue;   /* the client waits for 100 before the body */
    bool last;               /* no request may follow this one on the connection */
    enum gate_reason reason; /* of a refusal */
    enum lang language;      /* as far as the head was read; for refusals */

    /* Private. */
    const struct gate_config *config;
    uint8_t state;
    uint8_t header; /* which known header is being read */
    bool http_1_0, have_length, have_host;
    uint32_t requests, headers;
    uint32_t head_len;
    uint16_t method_len, target_len, name_len, value_len, version_len;
    char method[16], name[32], version[8];
    char value[GATE_VALUE_MAX];
    char target[GATE_TARGET_MAX]; /* last: not cleared between requests */
};

void gate_init(struct gate *gate, const struct gate_config *config);

/*
 * Looks at bytes that follow those of the last call; *used says how many belong to the verdict.
 * After GATE_HEAD and GATE_DONE call again with the rest; len may be 0. After GATE_DONE the next
 * byte begins the next request.
 */
enum gate_verdict gate_feed(struct gate *gate, const uint8_t *data, size_t len, size_t *used);

/* Of the current request, valid until the next request begins. */
struct slice gate_method(const struct gate *gate);
struct slice gate_target(const struct gate *gate);

#endif
