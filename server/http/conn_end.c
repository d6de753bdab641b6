/* Deadlines of a connection, and its end. */
#include <errno.h>
#include <event2/bufferevent.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conn.h"

#define MIB (1u << 20)
#define WRITE_STEP 65536           /* an answer that moves on this much within write_ms may go on */
#define LINGER_BYTES_MAX (2 * MIB) /* read and thrown away after the end */

/* ---- deadlines ---- */

static int64_t body_deadline(const struct conn *conn)
{
    const struct http_server_config *config = &conn->server->config;
    uint64_t received = conn->gate.body_len - conn->gate.body_left;
    uint64_t pieces = (conn->gate.body_len + MIB - 1) / MIB;
    int64_t whole = conn->body_us + (int64_t)(pieces * config->body_ms) * 1000;
    int64_t rate = conn->body_us + 1000000 + (int64_t)(received * 1000000 / config->body_rate);

    return rate < whole ? rate : whole;
}

static int64_t deadline(const struct conn *conn)
{
    const struct http_server_config *config = &conn->server->config;

    switch (conn->state) {
    case CONN_PREFACE:
        return conn->since_us + (int64_t)config->head_ms * 1000;
    case CONN_NEW:
    case CONN_READING:
        if (!conn->gate.started)
            return conn->since_us + (int64_t)config->idle_ms * 1000;
        if (conn->gate.body_left > 0)
            return body_deadline(conn);
        return conn->since_us + (int64_t)config->head_ms * 1000;
    case CONN_WRITING:
    case CONN_REFUSING:
        return conn->since_us + (int64_t)config->write_ms * 1000;
    case CONN_LINGERING:
        return conn->since_us + (int64_t)config->linger_ms * 1000;
    case CONN_SERVING:
    case CONN_CLOSING:
        break;
    }
    return INT64_MAX;
}

/* The timer is set only when it would fire too late; when it fires too early it looks again. So a
 * connection that goes well costs no timer work. */
void conn_arm(struct conn *conn)
{
    int64_t at = deadline(conn), wait_us;
    struct timeval wait;

    if (at == INT64_MAX || (conn->armed_us != 0 && conn->armed_us <= at))
        return;
    wait_us = at - clock_steady_us();
    if (wait_us < 1000)
        wait_us = 1000;
    wait = (struct timeval){.tv_sec = wait_us / 1000000, .tv_usec = wait_us % 1000000};
    evtimer_add(&conn->timer, &wait);
    conn->armed_us = at;
}

/* ---- the end ---- */

static void conn_free(struct conn *conn)
{
    struct http_server *server = conn->server;

    INVARIANT(conn->filter == NULL && conn->request == NULL);
    event_del(&conn->timer);
    event_del(&conn->kick);
    if (event_initialized(&conn->linger_event))
        event_del(&conn->linger_event);
    if (conn->counted)
        crowd_leave(server->crowd, &conn->address);
    bufferevent_setcb(conn->socket, NULL, NULL, NULL, NULL);
    bufferevent_decref(conn->socket);
    LIST_REMOVE(conn, link);
    free(conn);
    server_conn_gone(server);
}

/* Lets evhttp go through its own error path: it forgets a request that a handler holds, frees one
 * that was answered, and frees the filter. */
void conn_close(struct conn *conn, bool linger)
{
    if (conn->state == CONN_CLOSING)
        return;
    if (conn->state == CONN_LINGERING) {
        conn_free(conn);
        return;
    }
    conn->state = CONN_CLOSING;
    conn->linger = linger;
    if (conn->request != NULL) {
        request_orphan(conn->request);
        conn->request = NULL;
    }
    bufferevent_trigger_event(conn->filter, BEV_EVENT_READING | BEV_EVENT_ERROR, 0);
}

static void linger_read(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;
    char waste[16384];
    ssize_t len = recv(fd, waste, sizeof waste, MSG_DONTWAIT);

    (void)what;
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    conn->lingered += len > 0 ? (size_t)len : 0;
    if (len <= 0 || conn->lingered > LINGER_BYTES_MAX)
        conn_free(conn);
}

/* The filter's memory is going; evhttp has shut the sending side down. Closing now, with
 * bytes unread, would send a reset that may overtake our last answer: read on for a moment. The
 * socket's bufferevent stays suspended by the dead filter, so this is an event of its own. */
void conn_filter_gone(void *context)
{
    struct conn *conn = context;

    conn->filter = NULL;
    if (conn->request != NULL) {
        request_orphan(conn->request);
        conn->request = NULL;
    }
    if (!conn->linger || conn->failed || conn->peer_ended || conn->fd < 0) {
        conn_free(conn);
        return;
    }
    bufferevent_setcb(conn->socket, NULL, NULL, NULL, NULL);
    bufferevent_disable(conn->socket, EV_READ | EV_WRITE);
    conn->state = CONN_LINGERING;
    conn->since_us = clock_steady_us();
    event_assign(&conn->linger_event, conn->server->base, conn->fd, EV_READ | EV_PERSIST,
                 linger_read, conn);
    event_add(&conn->linger_event, NULL);
    conn_arm(conn);
}

/* ---- too late ---- */

static void too_late(struct conn *conn)
{
    size_t left = conn_left_to_write(conn);

    switch (conn->state) {
    case CONN_PREFACE:
        server_count_refusal(conn->server, "slow_request");
        conn_close(conn, false);
        return;
    case CONN_NEW:
    case CONN_READING:
        if (conn->gate.started) {
            server_count_refusal(conn->server, "slow_request");
            conn_refuse(conn, "timeout");
        } else {
            conn_close(conn, true);
        }
        return;
    case CONN_WRITING:
    case CONN_REFUSING:
        if (conn->state == CONN_WRITING && left + WRITE_STEP <= conn->write_left) {
            conn->write_left = left;
            conn->since_us = clock_steady_us();
            conn_arm(conn);
            return;
        }
        server_count_refusal(conn->server, "slow_reader");
        conn->failed = true;
        conn_close(conn, false);
        return;
    case CONN_LINGERING:
        conn_free(conn);
        return;
    case CONN_SERVING:
    case CONN_CLOSING:
        return;
    }
}

void conn_timer_fired(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;

    (void)fd;
    (void)what;
    conn->armed_us = 0;
    if (clock_steady_us() >= deadline(conn))
        too_late(conn);
    else
        conn_arm(conn);
}
