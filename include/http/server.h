/*
 * The HTTP server of a front: listeners, limits, TLS, routes.
 *
 * gate → evhttp → router → handler. One server belongs to one event loop and one thread. evhttp
 * sees only whole requests that the gate has let through (conn.c).
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/metrics.h"
#include "http/request.h"

struct event_base;
struct http_server;

struct http_route {
    enum http_method method; /* HTTP_GET answers HEAD too */
    const char *pattern; /* "/api/v1/campaigns/{id}/ballots"; a last "{path...}" takes the rest */
    uint64_t body_max;   /* bytes; more is 413 before it is read */
    void (*handler)(struct http_request *request, void *context);
};

/* All times in milliseconds. http_server_config_default() gives those of faults.md §1. */
struct http_server_config {
    const char *const *hosts; /* what Host may say: `name` or `name:port` */
    size_t hosts_len;
    const char *const
        *proxies; /* addresses or networks ("10.0.0.0/8") whose X-Forwarded-For counts */
    size_t proxies_len;
    bool proxy_protocol; /* connections from proxies begin with a PROXY header, v1 or v2; the
                            client is then whom it names, for limits and X-Forwarded-For */
    uint32_t head_ms, idle_ms, write_ms;
    uint32_t body_ms;   /* for each full or begun MiB of body */
    uint32_t body_rate; /* least bytes a second, after the first second */
    uint32_t linger_ms; /* how long a closed connection is read to its end, so that the last answer
                           is not lost in a reset */
    uint32_t requests_max; /* per connection */
    uint32_t connections_max, connections_ipv4_max,
        connections_ipv6_max; /* in all, per address, per /64 */
    uint32_t retry_after_s;   /* of the 503 beyond them */
    uint32_t emfile_ms;       /* pause of the listeners when descriptors have run out */
    bool hsts;                /* Strict-Transport-Security on secure connections */
};

void http_server_config_default(struct http_server_config *config);

/* config is copied, its strings are borrowed for the server's life; metrics may be NULL. Ignores
 * SIGPIPE. */
enum err http_server_create(struct event_base *base, const struct http_server_config *config,
                            struct metrics *metrics, struct http_server **server,
                            struct fault *fault) MUST_CHECK;

/* Adds routes whose handlers get context. The array and its strings are borrowed. The most specific
 * pattern wins: a literal segment before {name} before {name...}. Two routes of one method and
 * pattern are an invariant broken. */
void http_server_route(struct http_server *server, const struct http_route *routes, size_t count,
                       void *context);

/* Called for a GET or HEAD that no route matches and whose path does not begin with /api/: the
 * pages' own 404. Without it: the problem not_found. */
void http_server_otherwise(struct http_server *server,
                           void (*handler)(struct http_request *request, void *context),
                           void *context);

/* Plain HTTP on a bound TCP socket, which becomes the server's on success. */
enum err http_server_listen(struct http_server *server, int fd, struct fault *fault) MUST_CHECK;

/* HTTPS: TLS ≥ 1.2, AEAD and ECDHE only. PEM files; the certificate file may hold the chain. */
enum err http_server_listen_tls(struct http_server *server, int fd, const char *certificate_path,
                                const char *key_path, struct fault *fault) MUST_CHECK;

/* Reads the TLS files again; connections that live keep the old ones. On error the old stay. */
enum err http_server_reload(struct http_server *server, struct fault *fault) MUST_CHECK;

/* Connections open now. */
size_t http_server_connections(const struct http_server *server);

/* Stops listening, closes what is idle, lets running requests answer with Connection: close, cuts
 * what is left after limit_ms. done is called once, from the loop. */
void http_server_drain(struct http_server *server, uint32_t limit_ms, void (*done)(void *context),
                       void *context);

/* Cuts every connection and frees the server. Requests still held by handlers stay valid until they
 * are answered. */
void http_server_destroy(struct http_server *server);

#endif
