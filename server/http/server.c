#include "http/server.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypt/tls.h"
#include "inner.h"

#define LISTEN_BACKLOG 1024
#define PAUSE_TOLD_US 10000000 /* a log line for pauses at most this often */
/* What a body may have on a path that no route takes: it is answered 404 or 405, not 413. */
#define UNROUTED_BODY_MAX 8192

void http_server_config_default(struct http_server_config *config)
{
    *config = (struct http_server_config){
        .head_ms = 5000,
        .idle_ms = 15000,
        .write_ms = 30000,
        .body_ms = 10000,
        .body_rate = 1000,
        .linger_ms = 2000,
        .requests_max = 100,
        .connections_max = 10000,
        .connections_ipv4_max = 200, /* many phones share one address of a mobile network */
        .connections_ipv6_max = 50,
        .retry_after_s = 5,
        .emfile_ms = 100,
        .hsts = true,
    };
}

static uint64_t body_max(void *context, struct slice method, struct slice target)
{
    const struct http_server *server = context;
    const uint8_t *mark = memchr(target.data, '?', target.len);
    struct slice path = slice_of(target.data, mark ? (size_t)(mark - target.data) : target.len);
    struct route_match match;

    for (int i = HTTP_GET; i <= HTTP_OPTIONS; i++) {
        if (!slice_is(method, http_method_name((enum http_method)i)))
            continue;
        router_find(&server->router, (enum http_method)i, path, &match);
        if (match.entry != NULL)
            return match.entry->route->body_max;
    }
    return UNROUTED_BODY_MAX;
}

static void make_metrics(struct http_server *server)
{
    char labels[64];

    if (server->metrics == NULL)
        return;
    server->conns_open =
        metrics_gauge(server->metrics, "dauys_http_connections", "Open connections.", "");
    server->conns_total = metrics_counter(server->metrics, "dauys_http_connections_total",
                                          "Connections accepted.", "");
    for (int i = 1; i < GATE_REASON_COUNT; i++) {
        snprintf(labels, sizeof labels, "reason=\"%s\"", gate_reason_name((enum gate_reason)i));
        server->refusals[i] =
            metrics_counter(server->metrics, "dauys_http_refusals_total",
                            "Requests and connections refused before the router.", labels);
    }
}

void server_count_refusal(struct http_server *server, const char *why)
{
    char labels[64];

    if (server->metrics == NULL)
        return;
    snprintf(labels, sizeof labels, "reason=\"%s\"", why);
    metric_add(metrics_counter(server->metrics, "dauys_http_refusals_total",
                               "Requests and connections refused before the router.", labels),
               1);
}

bool server_trusts(const struct http_server *server, const struct net_address *address)
{
    for (size_t i = 0; i < server->proxies_len; i++)
        if (net_prefix_holds(&server->proxies[i], address))
            return true;
    return false;
}

static enum err parse_proxies(struct http_server *server, struct fault *fault)
{
    const struct http_server_config *config = &server->config;

    server->proxies = xcalloc(config->proxies_len + 1, sizeof *server->proxies);
    for (size_t i = 0; i < config->proxies_len; i++) {
        enum err err = net_prefix_parse(config->proxies[i], &server->proxies[i], fault);

        if (err != OK)
            return err;
        server->proxies_len++;
    }
    return OK;
}

/* ---- listeners ---- */

/* All servers of the process; only for server_of(). */
static LIST_HEAD(server_list, http_server) servers = LIST_HEAD_INITIALIZER(servers);

static struct http_server *server_of(const struct evconnlistener *socket)
{
    struct http_server *server;

    LIST_FOREACH(server, &servers, link)
    for (size_t i = 0; i < server->listeners_len; i++)
        if (server->listeners[i].socket == socket)
            return server;
    INVARIANT(!"a listener belongs to a server");
    return NULL;
}

/* A connection could not be accepted: most often no descriptor is left. The kernel would tell
 * again at once, and spin a core; better not to ask for a moment. */
static void accept_failed(struct evconnlistener *socket, void *context)
{
    int error = errno;
    struct http_server *server = server_of(socket);
    struct timeval pause = {.tv_sec = server->config.emfile_ms / 1000,
                            .tv_usec = (server->config.emfile_ms % 1000) * 1000};

    (void)context; /* evhttp's own, which leads nowhere */
    if (event_pending(&server->emfile_event, EV_TIMEOUT, NULL))
        return;
    if (server->pause_told_us == 0 || clock_steady_us() - server->pause_told_us > PAUSE_TOLD_US) {
        log_warn("accept_paused", LOG_S("why", evutil_socket_error_to_string(error)),
                 LOG_U("connections", server->conns_len));
        server->pause_told_us = clock_steady_us();
    }
    server_count_refusal(server, "accept");
    for (size_t i = 0; i < server->listeners_len; i++)
        if (server->listeners[i].socket != NULL)
            evconnlistener_disable(server->listeners[i].socket);
    evtimer_add(&server->emfile_event, &pause);
}

static void accept_again(evutil_socket_t fd, short what, void *context)
{
    struct http_server *server = context;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < server->listeners_len; i++)
        if (server->listeners[i].socket != NULL)
            evconnlistener_enable(server->listeners[i].socket);
}

static struct bufferevent *make_bufferevent(struct event_base *base, void *context)
{
    (void)base;
    return conn_open(context);
}

static enum err listener_start(struct listener *listener, int fd, struct fault *fault)
{
    struct http_server *server = listener->server;

    listener->evhttp = evhttp_new(server->base);
    INVARIANT(listener->evhttp != NULL);
    evhttp_set_bevcb(listener->evhttp, make_bufferevent, listener);
    evhttp_set_gencb(listener->evhttp, request_arrived, listener);
    evhttp_set_allowed_methods(listener->evhttp,
                               EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                   EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS);
    evutil_make_socket_nonblocking(fd);
    listener->socket =
        evconnlistener_new(server->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                           LISTEN_BACKLOG, fd);
    if (listener->socket == NULL) {
        evhttp_free(listener->evhttp);
        return fault_set(fault, ERR_INTERNAL, "listen: %s", strerror(errno));
    }
    listener->bound = evhttp_bind_listener(listener->evhttp, listener->socket);
    INVARIANT(listener->bound != NULL);
    evconnlistener_set_error_cb(listener->socket, accept_failed);
    server->listeners_len++;
    return OK;
}

static struct listener *listener_next(struct http_server *server)
{
    struct listener *listener = &server->listeners[server->listeners_len];

    INVARIANT(server->listeners_len < LISTENERS_MAX);
    *listener = (struct listener){.server = server};
    return listener;
}

enum err http_server_listen(struct http_server *server, int fd, struct fault *fault)
{
    return listener_start(listener_next(server), fd, fault);
}

enum err http_server_listen_tls(struct http_server *server, int fd, const char *certificate_path,
                                const char *key_path, struct fault *fault)
{
    struct listener *listener = listener_next(server);
    enum err err = tls_context_load(certificate_path, key_path, &listener->tls, fault);

    if (err != OK)
        return err;
    err = listener_start(listener, fd, fault);
    if (err != OK) {
        tls_context_destroy(listener->tls);
        return err;
    }
    listener->certificate_path = xstrdup(certificate_path);
    listener->key_path = xstrdup(key_path);
    return OK;
}

enum err http_server_reload(struct http_server *server, struct fault *fault)
{
    struct ssl_ctx_st *fresh[LISTENERS_MAX] = {NULL};
    enum err err = OK;

    for (size_t i = 0; i < server->listeners_len && err == OK; i++)
        if (server->listeners[i].tls != NULL)
            err = tls_context_load(server->listeners[i].certificate_path,
                                   server->listeners[i].key_path, &fresh[i], fault);
    for (size_t i = 0; i < server->listeners_len; i++) {
        struct ssl_ctx_st *gone = fresh[i];

        if (err == OK && fresh[i] != NULL) {
            gone = server->listeners[i].tls;
            server->listeners[i].tls = fresh[i];
        }
        tls_context_destroy(gone);
    }
    return err;
}

static void stop_listening(struct http_server *server)
{
    for (size_t i = 0; i < server->listeners_len; i++) {
        struct listener *listener = &server->listeners[i];

        if (listener->bound != NULL)
            evhttp_del_accept_socket(listener->evhttp, listener->bound);
        listener->bound = NULL;
        listener->socket = NULL;
    }
    event_del(&server->emfile_event);
}

/* ---- life ---- */

static void drain_on(evutil_socket_t fd, short what, void *context);

enum err http_server_create(struct event_base *base, const struct http_server_config *config,
                            struct metrics *metrics, struct http_server **out, struct fault *fault)
{
    struct http_server *server = xcalloc(1, sizeof *server);
    enum err err;

    server->base = base;
    server->config = *config;
    server->metrics = metrics;
    server->gate = (struct gate_config){.hosts = config->hosts,
                                        .hosts_len = config->hosts_len,
                                        .requests_max = config->requests_max,
                                        .body_max = body_max,
                                        .context = server};
    err = parse_proxies(server, fault);
    if (err != OK) {
        free(server->proxies);
        free(server);
        return err;
    }
    server->crowd = crowd_create();
    LIST_INIT(&server->conns);
    LIST_INIT(&server->requests);
    evtimer_assign(&server->emfile_event, base, accept_again, server);
    evtimer_assign(&server->drain_event, base, drain_on, server);
    make_metrics(server);
    LIST_INSERT_HEAD(&servers, server, link);
    signal(SIGPIPE, SIG_IGN); /* a peer that left is an error of write(), not of the process */
    *out = server;
    return OK;
}

void http_server_route(struct http_server *server, const struct http_route *routes, size_t count,
                       void *context)
{
    for (size_t i = 0; i < count; i++)
        router_add(&server->router, &routes[i], context);
}

void http_server_otherwise(struct http_server *server,
                           void (*handler)(struct http_request *request, void *context),
                           void *context)
{
    server->otherwise = handler;
    server->otherwise_context = context;
}

size_t http_server_connections(const struct http_server *server)
{
    return server->conns_len;
}

static void cut_all(struct http_server *server)
{
    struct conn *next;

    for (struct conn *conn = conn_first(&server->conns); conn != NULL; conn = next) {
        next = conn_next(conn);
        conn_cut(conn);
    }
}

/* Fires at the limit, and once more when the last connection has gone. */
static void drain_on(evutil_socket_t fd, short what, void *context)
{
    struct http_server *server = context;

    (void)fd;
    (void)what;
    if (server->conns_len > 0) {
        log_warn("drain_cut", LOG_U("connections", server->conns_len));
        cut_all(server);
        return;
    }
    if (server->drained != NULL) {
        void (*done)(void *) = server->drained;

        server->drained = NULL;
        done(server->drained_context);
    }
}

void server_conn_gone(struct http_server *server)
{
    server->conns_len--;
    metric_set(server->conns_open, (int64_t)server->conns_len);
    if (server->draining && server->conns_len == 0)
        event_active(&server->drain_event, EV_TIMEOUT, 0);
}

void http_server_drain(struct http_server *server, uint32_t limit_ms, void (*done)(void *context),
                       void *context)
{
    struct timeval limit = {.tv_sec = limit_ms / 1000, .tv_usec = (limit_ms % 1000) * 1000};
    struct conn *next;

    server->draining = true;
    server->drained = done;
    server->drained_context = context;
    stop_listening(server);
    for (struct conn *conn = conn_first(&server->conns); conn != NULL; conn = next) {
        next = conn_next(conn);
        conn_close_idle(conn);
    }
    if (server->conns_len == 0)
        event_active(&server->drain_event, EV_TIMEOUT, 0);
    else
        evtimer_add(&server->drain_event, &limit);
}

void http_server_destroy(struct http_server *server)
{
    struct http_request *request;

    if (server == NULL)
        return;
    stop_listening(server);
    cut_all(server);
    /* Filters are freed by deferred callbacks: let the loop run those. */
    while (server->conns_len > 0)
        event_base_loop(server->base, EVLOOP_NONBLOCK);
    event_del(&server->drain_event);
    LIST_REMOVE(server, link);
    while ((request = LIST_FIRST(&server->requests)) != NULL) {
        LIST_REMOVE(request, link);
        request->server = NULL;
        request->match.entry = NULL;
    }
    for (size_t i = 0; i < server->listeners_len; i++) {
        struct listener *listener = &server->listeners[i];

        evhttp_free(listener->evhttp);
        tls_context_destroy(listener->tls);
        free(listener->certificate_path);
        free(listener->key_path);
    }
    router_release(&server->router);
    crowd_destroy(server->crowd);
    free(server->proxies);
    free(server);
}
