/* What the files of http/ know of one another. Nothing outside includes this. */
#ifndef SERVER_HTTP_INNER_H
#define SERVER_HTTP_INNER_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "http/gate.h"
#include "http/problem.h"
#include "http/server.h"
#include "net.h"
#include "route.h"

struct bufferevent;
struct evconnlistener;
struct evhttp;
struct evhttp_bound_socket;
struct evhttp_request;
struct ssl_ctx_st;
struct ssl_st;

#define LISTENERS_MAX 16
#define QUERY_MAX 16        /* parameters of a query */
#define QUERY_VALUE_MAX 512 /* bytes of one, decoded */
#define REQUEST_ID_LEN 32

struct conn;
struct listener;

/* ---- conn.c: one connection between its socket and evhttp ---- */

/* Makes the bufferevent that evhttp gets for a new connection. Never NULL. */
struct bufferevent *conn_open(struct listener *listener);

/* The evhttp request that has just been let through got its answer: evhttp has put it into its
 * bufferevent; conn brings it to the socket. */
void conn_answered(struct conn *conn);

/* What is not busy goes at once. */
void conn_close_idle(struct conn *conn);

/* Cuts the connection; conn is freed, now or from the loop. */
void conn_cut(struct conn *conn);

bool conn_is_last(const struct conn *conn);
bool conn_is_secure(const struct conn *conn);
const struct gate *conn_gate(const struct conn *conn);
const struct net_address *conn_address(const struct conn *conn);

/* The request being served, NULL between requests. Owner: request.c. */
void conn_set_request(struct conn *conn, struct http_request *request);

LIST_HEAD(conn_list, conn);
struct conn *conn_first(struct conn_list *list);
struct conn *conn_next(struct conn *conn);

/* ---- server.c ---- */

struct listener {
    struct http_server *server;
    struct evhttp *evhttp;
    struct evconnlistener *socket;     /* NULL once it has stopped */
    struct evhttp_bound_socket *bound; /* NULL once it has stopped */
    struct ssl_ctx_st *tls;            /* NULL: plain */
    char *certificate_path, *key_path; /* owned */
};

LIST_HEAD(request_list, http_request);

struct http_server {
    LIST_ENTRY(http_server) link;
    struct event_base *base;
    struct http_server_config config;
    struct gate_config gate;
    struct net_prefix *proxies;
    size_t proxies_len;
    struct listener listeners[LISTENERS_MAX];
    size_t listeners_len;
    struct router router;
    void (*otherwise)(struct http_request *request, void *context);
    void *otherwise_context;

    struct conn_list conns;
    size_t conns_len;
    struct crowd *crowd;
    struct request_list requests; /* not answered yet */
    struct conn *passing;         /* whose request is in evhttp's hands at this moment */

    bool draining;
    struct event drain_event; /* its limit, then its end */
    void (*drained)(void *context);
    void *drained_context;
    struct event emfile_event;
    int64_t pause_told_us;

    struct metrics *metrics; /* may be NULL */
    struct metric *conns_open, *conns_total;
    struct metric *refusals[GATE_REASON_COUNT];
};

/* A connection has gone: conns_len was counted down. */
void server_conn_gone(struct http_server *server);

/* True for an address of a proxy of ours. */
bool server_trusts(const struct http_server *server, const struct net_address *address);

/* Counts a connection or request that was turned away; why comes from the code. */
void server_count_refusal(struct http_server *server, const char *why);

/* ---- request.c ---- */

struct query_param {
    struct slice name, value;
};

struct query {
    struct query_param params[QUERY_MAX];
    size_t len;
    struct buf text;
};

struct http_request {
    LIST_ENTRY(http_request) link;
    struct http_server *server; /* NULL once it is destroyed */
    struct conn *conn;          /* NULL once the client has left */
    struct evhttp_request *evhttp;
    enum http_method method;
    struct slice target, path;
    struct route_match match;
    struct query *query; /* owned; NULL: none */
    enum lang language;
    struct net_address client;
    bool secure;
    int64_t began_us;
    char id[REQUEST_ID_LEN + 1];
    char client_text[NET_TEXT_LEN];
};

/* evhttp's callback for every request. */
void request_arrived(struct evhttp_request *evhttp, void *listener);

/* The client has left: the answer will go nowhere. */
void request_orphan(struct http_request *request);

void request_new_id(char out[static REQUEST_ID_LEN + 1]);

/* Decodes a query. ERR_INVALID: see http_request_query(). *query is the caller's. */
enum err query_parse(struct slice text, struct query **query) MUST_CHECK;
void query_destroy(struct query *query);

/* ---- reply.c ---- */

/* Ends the life of a request and of evhttp's. */
void request_free(struct http_request *request);

/* Appends a whole answer for a request that evhttp never sees: problem, headers, close. */
void reply_refusal(struct buf *out, const struct http_server *server, const char *code,
                   enum lang language, bool secure, bool body_wanted, uint32_t retry_after_s);

/* The answer to a request that has no handler: 405, 404. */
void reply_unrouted(struct http_request *request);

#endif
