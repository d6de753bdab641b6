/*
 * One connection: socket ⇄ gate ⇄ evhttp.
 *
 * evhttp holds a filter bufferevent that moves nothing by itself: it is the place where we put, and
 * whence we take, bytes. Bytes of a request stay in the socket's buffer until the gate has seen its
 * end; then the whole request goes to evhttp at once, and nothing more until it is answered. So
 * evhttp never waits for a peer, never sees a byte the gate has not read, and pipelined
 * requests are answered in order, a refusal after the answers before it.
 *
 *     (NEW, PREFACE: conn_begin.c)
 *     READING ──gate: done──▶ SERVING ──http_reply──▶ WRITING ──all written──▶ READING
 *        │                                                │
 *        ├─gate: refused, too slow──▶ REFUSING ──written──┴─evhttp closes──▶ CLOSING ──▶ LINGERING
 *        └─idle, peer gone, cut────────────────────────────────────────────▶ CLOSING ──▶ freed
 *
 * Why the filter does not do the moving: libevent 2.1 tells a filter's owner "written" when bytes
 * have reached the buffer below, and evhttp then closes, losing them (bufferevent_filter.c,
 * be_filter_process_output); and it does not look at bytes left below when reading is enabled
 * again.
 *
 * Lifetime: evhttp owns the filter; the filter, freed from the loop, tells conn_filter_gone(), and
 * only then the connection goes. evhttp frees its request too unless a handler still has it, so
 * every end goes through evhttp's own error path (conn_close()).
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn.h"
#include "crypt/tls.h"

#define REFUSAL_MAX 8192 /* bytes of a refusal */
#define AHEAD_MAX 65536  /* bytes read ahead while a request is being served */

static void go_on(evutil_socket_t fd, short what, void *context);
static void socket_read(struct bufferevent *socket, void *context);
static void socket_written(struct bufferevent *socket, void *context);
static void socket_event(struct bufferevent *socket, short what, void *context);

/* ---- writing ---- */

size_t conn_left_to_write(const struct conn *conn)
{
    return evbuffer_get_length(bufferevent_get_output(conn->socket));
}

/* Brings out to the socket: directly while nothing waits there, which saves two system calls and a
 * turn of the loop for nearly every answer; the rest through the socket's bufferevent. */
static void write_out(struct conn *conn, struct evbuffer *out)
{
    if (conn->session == NULL && conn_left_to_write(conn) == 0 && evbuffer_get_length(out) > 0 &&
        evbuffer_write(out, conn->fd) < 0 && errno != EAGAIN && errno != EINTR)
        conn->failed = true;
    if (!conn->failed && evbuffer_get_length(out) > 0) {
        evbuffer_add_buffer(bufferevent_get_output(conn->socket), out);
        bufferevent_enable(conn->socket, EV_WRITE);
    }
    conn->write_left = conn_left_to_write(conn);
    if (conn->failed || conn->write_left == 0)
        event_active(&conn->kick, EV_WRITE, 0); /* never inside http_reply() */
    else
        conn_arm(conn);
}

void conn_answered(struct conn *conn)
{
    conn->request = NULL;
    conn->state = CONN_WRITING;
    conn->since_us = clock_steady_us();
    write_out(conn, bufferevent_get_output(conn->filter));
}

void conn_refuse(struct conn *conn, const char *code)
{
    const struct http_server_config *config = &conn->server->config;
    struct evbuffer *out = evbuffer_new();
    struct buf text;
    bool busy = strcmp(code, "busy") == 0;

    INVARIANT(out != NULL);
    buf_init(&text, REFUSAL_MAX);
    reply_refusal(&text, conn->server, code, conn->gate.language, conn_is_secure(conn),
                  !slice_is(gate_method(&conn->gate), "HEAD"), busy ? config->retry_after_s : 0);
    INVARIANT(!buf_failed(&text) && evbuffer_add(out, text.data, text.len) == 0);
    conn->state = CONN_REFUSING;
    conn->since_us = clock_steady_us();
    write_out(conn, out);
    evbuffer_free(out);
    buf_release(&text);
}

/* ---- reading ---- */

static void say_continue(struct conn *conn)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

    evbuffer_add(bufferevent_get_output(conn->socket), text, sizeof text - 1);
    bufferevent_enable(conn->socket, EV_WRITE);
}

/* The gate has seen the end of a request. evhttp parses it inside the trigger and calls
 * request_arrived(), whose handler may answer at once. */
static void pass(struct conn *conn)
{
    struct evbuffer *from = bufferevent_get_input(conn->socket);
    struct http_server *server = conn->server;
    size_t len = conn->seen;

    conn->seen = 0;
    conn->state = CONN_SERVING;
    server->passing = conn;
    evbuffer_remove_buffer(from, bufferevent_get_input(conn->filter), len);
    bufferevent_trigger(conn->filter, EV_READ, 0);
    server->passing = NULL;
    if (conn->state == CONN_SERVING && conn->request == NULL) {
        log_error("gate_mismatch", LOG_U("request_bytes", len));
        conn_close(conn, false);
    }
}

/* Bytes that the gate has not read. Of a body it wants to know the number only, and walking over a
 * long body's pieces each time would take quadratic time. */
static struct evbuffer_iovec unseen(const struct conn *conn, struct evbuffer *input)
{
    struct evbuffer_iovec piece = {.iov_base = NULL,
                                   .iov_len = evbuffer_get_length(input) - conn->seen};
    struct evbuffer_ptr at;

    if (conn->gate.body_left > 0)
        return piece;
    evbuffer_ptr_set(input, &at, conn->seen, EVBUFFER_PTR_SET);
    INVARIANT(evbuffer_peek(input, -1, &at, &piece, 1) >= 1);
    return piece;
}

void conn_pump(struct conn *conn)
{
    struct evbuffer *input = bufferevent_get_input(conn->socket);

    while (conn->state == CONN_READING && evbuffer_get_length(input) > conn->seen) {
        struct evbuffer_iovec piece = unseen(conn, input);
        bool started = conn->gate.started;
        size_t used;

        switch (gate_feed(&conn->gate, piece.iov_base, piece.iov_len, &used)) {
        case GATE_MORE:
            conn->seen += used;
            if (!started)
                conn->since_us = clock_steady_us();
            break;
        case GATE_HEAD:
            conn->seen += used;
            conn->body_us = clock_steady_us();
            if (conn->gate.expects_continue && evbuffer_get_length(input) == conn->seen)
                say_continue(conn);
            break;
        case GATE_DONE:
            conn->seen += used;
            pass(conn);
            break;
        case GATE_REFUSED:
            metric_add(conn->server->refusals[conn->gate.reason], 1);
            conn_refuse(conn, gate_reason_problem(conn->gate.reason));
            break;
        }
    }
    if (conn->state == CONN_READING &&
        (conn->peer_ended || (conn->server->draining && !conn->gate.started)))
        conn_close(conn, false);
    else
        conn_arm(conn);
}

/* An answer or refusal is with the kernel, or never will be. */
static void written(struct conn *conn)
{
    bufferevent_data_cb still_there;

    if (conn->session != NULL && (conn->state == CONN_REFUSING || conn_is_last(conn)))
        tls_session_finish(conn->session);
    if (conn->failed || conn->state == CONN_REFUSING) {
        conn_close(conn, !conn->failed);
        return;
    }
    conn->state = CONN_READING;
    conn->since_us = clock_steady_us();
    bufferevent_trigger(conn->filter, EV_WRITE, 0); /* evhttp: this request is done */
    bufferevent_getcb(conn->filter, NULL, &still_there, NULL, NULL);
    if (still_there ==
        NULL) { /* and so is the connection; conn_filter_gone() comes from the loop */
        conn->state = CONN_CLOSING;
        conn->linger = true;
        return;
    }
    if (!conn->peer_ended)
        bufferevent_enable(conn->socket, EV_READ);
    conn_pump(conn);
}

/* ---- the beginning ---- */

static enum bufferevent_filter_result move_nothing(struct evbuffer *from, struct evbuffer *to,
                                                   ev_ssize_t limit,
                                                   enum bufferevent_flush_mode mode, void *context)
{
    (void)from;
    (void)to;
    (void)limit;
    (void)mode;
    (void)context;
    return BEV_NEED_MORE;
}

struct bufferevent *conn_open(struct listener *listener)
{
    struct http_server *server = listener->server;
    struct conn *conn = xcalloc(1, sizeof *conn);

    conn->listener = listener;
    conn->server = server;
    conn->fd = -1;
    conn->since_us = clock_steady_us();
    gate_init(&conn->gate, &server->gate);
    if (listener->tls != NULL) {
        conn->session = tls_session_create(listener->tls);
        INVARIANT(conn->session != NULL);
        conn->socket = bufferevent_openssl_socket_new(
            server->base, -1, conn->session, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    } else {
        conn->socket = bufferevent_socket_new(server->base, -1, BEV_OPT_CLOSE_ON_FREE);
    }
    /* evhttp would make itself a socket without a gate if we gave it none: better end here. */
    INVARIANT(conn->socket != NULL);
    if (conn->session != NULL)
        bufferevent_openssl_set_allow_dirty_shutdown(conn->socket, 1);
    bufferevent_incref(conn->socket);
    conn->filter = bufferevent_filter_new(conn->socket, move_nothing, move_nothing,
                                          BEV_OPT_CLOSE_ON_FREE, conn_filter_gone, conn);
    INVARIANT(conn->filter != NULL);
    bufferevent_setcb(conn->socket, socket_read, socket_written, socket_event, conn);
    if (conn->session == NULL)
        bufferevent_disable(conn->socket, EV_WRITE); /* until there is something to write */
    evtimer_assign(&conn->timer, server->base, conn_timer_fired, conn);
    event_assign(&conn->kick, server->base, -1, 0, go_on, conn);
    event_active(&conn->kick, EV_READ, 0);
    LIST_INSERT_HEAD(&server->conns, conn, link);
    server->conns_len++;
    metric_add(server->conns_total, 1);
    metric_set(server->conns_open, (int64_t)server->conns_len);
    return conn->filter;
}

/* ---- what the loop tells ---- */

static void go_on(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;

    (void)fd;
    (void)what;
    if (conn->state == CONN_NEW)
        conn_begin(conn);
    else if (conn->state == CONN_WRITING || conn->state == CONN_REFUSING)
        written(conn);
}

static void socket_read(struct bufferevent *socket, void *context)
{
    struct conn *conn = context;

    if (conn->state == CONN_NEW)
        conn_begin(conn);
    else if (conn->state == CONN_PREFACE)
        conn_preface(conn);
    else if (conn->state == CONN_READING)
        conn_pump(conn);
    else if (evbuffer_get_length(bufferevent_get_input(socket)) > AHEAD_MAX)
        bufferevent_disable(socket, EV_READ); /* until the answer is out */
}

static void socket_written(struct bufferevent *socket, void *context)
{
    struct conn *conn = context;

    (void)socket;
    if ((conn->state == CONN_WRITING || conn->state == CONN_REFUSING) &&
        conn_left_to_write(conn) == 0)
        written(conn);
}

static void socket_event(struct bufferevent *socket, short what, void *context)
{
    struct conn *conn = context;

    (void)socket;
    if (what & BEV_EVENT_CONNECTED) {
        if (conn->state == CONN_PREFACE)
            conn_preface(conn);
        return;
    }
    conn->peer_ended = true;
    if (what & BEV_EVENT_ERROR)
        conn->failed = true;
    if (conn->failed || conn->state == CONN_NEW || conn->state == CONN_PREFACE ||
        conn->state == CONN_READING)
        conn_close(conn, false);
}

/* ---- for the other files ---- */

void conn_close_idle(struct conn *conn)
{
    if (conn->state == CONN_NEW || conn->state == CONN_PREFACE ||
        (conn->state == CONN_READING && !conn->gate.started))
        conn_close(conn, false);
}

void conn_cut(struct conn *conn)
{
    conn->failed = true;
    conn_close(conn, false);
}

bool conn_is_last(const struct conn *conn)
{
    return conn->gate.last || conn->server->draining;
}

bool conn_is_secure(const struct conn *conn)
{
    return conn->session != NULL;
}

const struct gate *conn_gate(const struct conn *conn)
{
    return &conn->gate;
}

const struct net_address *conn_address(const struct conn *conn)
{
    return &conn->address;
}

void conn_set_request(struct conn *conn, struct http_request *request)
{
    conn->request = request;
}

struct conn *conn_first(struct conn_list *list)
{
    return LIST_FIRST(list);
}

struct conn *conn_next(struct conn *conn)
{
    return LIST_NEXT(conn, link);
}
