/*
 * Every request has one record, in exactly one place: in the queue (not sent: may still go to any
 * connection), or on the connection that sent it. It leaves only through finish(), which takes it
 * out, answers once and frees it. Callbacks run from the loop, never inside http_client_send().
 *
 * A plain event and read(), write() instead of a bufferevent: for small answers that is half the
 * system calls. A connection reports EV_WRITE only while connecting or when a write was short.
 */
#include "http/client.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "client_answer.h"

#define HEAD_MAX 16384 /* bytes of an answer's head */
#define READ_MAX 16384
#define SWEEP_MS 20        /* how often deadlines are looked at */
#define RECONNECT_US 50000 /* pause after a failed connect */

struct record {
    TAILQ_ENTRY(record) link; /* in client->queue, in order */
    void (*done)(void *context, enum err err, const struct http_client_answer *answer);
    void *context;
    int64_t deadline_us;
    bool head_only; /* HEAD: a length, but no body */
    size_t text_len;
    char text[]; /* the whole request */
};

TAILQ_HEAD(record_queue, record);

enum link_state { LINK_CLOSED, LINK_CONNECTING, LINK_IDLE, LINK_BUSY };

struct client_conn {
    struct http_client *client;
    enum link_state state;
    int fd;
    struct event read_event, write_event;
    struct record *record; /* sent, or being sent */
    size_t written;
    struct buf in;
    size_t head_len, body_len; /* of the answer, once its head has come */
    bool close_after;
    int64_t retry_us;
    struct client_conn *next_idle;
};

struct http_client {
    struct event_base *base;
    struct http_client_config config;
    char *host_header; /* owned */
    struct sockaddr_storage address;
    socklen_t address_len;
    struct client_conn *conns; /* owned; config.connections of them */
    struct client_conn *idle;  /* a stack, so that few connections stay warm */
    struct record_queue queue;
    size_t queued, pending;
    struct event sweep, kick;
    unsigned running; /* callbacks on the stack */
};

static void readable(evutil_socket_t fd, short what, void *context);
static void writable(evutil_socket_t fd, short what, void *context);

/* ---- connections ---- */

static void conn_close(struct client_conn *conn)
{
    if (conn->state == LINK_CLOSED)
        return;
    if (conn->state == LINK_IDLE) {
        struct client_conn **at = &conn->client->idle;

        while (*at != conn)
            at = &(*at)->next_idle;
        *at = conn->next_idle;
    }
    event_del(&conn->read_event);
    event_del(&conn->write_event);
    close(conn->fd);
    conn->fd = -1;
    conn->state = LINK_CLOSED;
    buf_clear(&conn->in);
}

static void conn_idle(struct client_conn *conn)
{
    conn->state = LINK_IDLE;
    conn->next_idle = conn->client->idle;
    conn->client->idle = conn;
}

static void conn_open(struct client_conn *conn)
{
    struct http_client *client = conn->client;
    int one = 1;

    conn->fd = socket(client->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    conn->retry_us = clock_steady_us() + RECONNECT_US;
    if (conn->fd < 0)
        return;
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(conn->fd, (struct sockaddr *)&client->address, client->address_len) != 0 &&
        errno != EINPROGRESS) {
        close(conn->fd);
        conn->fd = -1;
        return;
    }
    conn->state = LINK_CONNECTING;
    event_assign(&conn->read_event, client->base, conn->fd, EV_READ | EV_PERSIST, readable, conn);
    event_assign(&conn->write_event, client->base, conn->fd, EV_WRITE | EV_PERSIST, writable, conn);
    event_add(&conn->write_event, NULL);
}

/* ---- records ---- */

/* Answers a record that is in no queue and on no connection any more. */
static void finish(struct http_client *client, struct record *record, enum err err,
                   const struct http_client_answer *answer)
{
    client->pending--;
    client->running++;
    record->done(record->context, err, answer);
    client->running--;
    free(record);
}

static struct record *take_queued(struct http_client *client)
{
    struct record *record = TAILQ_FIRST(&client->queue);

    TAILQ_REMOVE(&client->queue, record, link);
    client->queued--;
    return record;
}

static void put_back(struct http_client *client, struct record *record)
{
    TAILQ_INSERT_HEAD(&client->queue, record, link);
    client->queued++;
}

/* The connection is of no use; its record, if it has one, may have been understood: UNKNOWN.
 * Nothing written yet: another connection may take it. */
static void conn_lost(struct client_conn *conn)
{
    struct http_client *client = conn->client;
    struct record *record = conn->record;
    size_t written = conn->written;

    conn->record = NULL;
    conn_close(conn);
    event_active(&client->kick, 0, 0);
    if (record == NULL)
        return;
    if (written == 0)
        put_back(client, record);
    else
        finish(client, record, ERR_UNKNOWN, NULL);
}

/* False: the connection was lost. */
static bool write_on(struct client_conn *conn)
{
    struct record *record = conn->record;

    while (conn->written < record->text_len) {
        ssize_t len = send(conn->fd, record->text + conn->written, record->text_len - conn->written,
                           MSG_NOSIGNAL);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && errno == EAGAIN) {
            event_add(&conn->write_event, NULL);
            return true;
        }
        if (len <= 0) {
            conn_lost(conn);
            return false;
        }
        conn->written += (size_t)len;
    }
    event_del(&conn->write_event);
    return true;
}

static bool conn_start(struct client_conn *conn, struct record *record)
{
    conn->state = LINK_BUSY;
    conn->record = record;
    conn->written = 0;
    conn->head_len = 0;
    buf_clear(&conn->in);
    return write_on(conn);
}

/* Gives queued requests to idle connections and opens more while requests wait. */
static void dispatch(struct http_client *client)
{
    int64_t now = 0;
    size_t opening = 0;

    while (client->queued > 0 && client->idle != NULL) {
        struct client_conn *conn = client->idle;

        client->idle = conn->next_idle;
        conn_start(conn, take_queued(client));
    }
    if (client->queued == 0)
        return;
    for (uint32_t i = 0; i < client->config.connections && opening < client->queued; i++) {
        struct client_conn *conn = &client->conns[i];

        if (conn->state == LINK_CONNECTING)
            opening++;
        if (conn->state != LINK_CLOSED)
            continue;
        if (now == 0)
            now = clock_steady_us();
        if (conn->retry_us > now)
            continue;
        conn_open(conn);
        opening++;
    }
}

/* ---- answers ---- */

/* Looks for the end of the head; true when it has come and is understood. */
static bool take_head(struct client_conn *conn, bool *broken)
{
    const uint8_t *end =
        conn->in.len >= 4 ? memmem(conn->in.data, conn->in.len, "\r\n\r\n", 4) : NULL;
    struct slice head, value;
    int status;

    *broken = end == NULL && conn->in.len > HEAD_MAX;
    if (end == NULL)
        return false;
    conn->head_len = (size_t)(end - conn->in.data) + 4;
    head = slice_of(conn->in.data, conn->head_len);
    status = answer_status(head);
    conn->body_len = 0;
    *broken = status < 200 || answer_header(head, "Transfer-Encoding", &value);
    if (*broken)
        return false;
    if (answer_header(head, "Content-Length", &value))
        *broken = !answer_length(value, &conn->body_len) ||
                  conn->body_len > conn->client->config.body_max;
    else
        *broken = status != 204 && status != 304;
    if (conn->record->head_only || status == 204 || status == 304)
        conn->body_len = 0;
    conn->close_after = answer_header(head, "Connection", &value) && value.len == 5 &&
                        strncasecmp((const char *)value.data, "close", 5) == 0;
    return !*broken;
}

/* The whole answer is there. */
static void answered(struct client_conn *conn)
{
    struct http_client *client = conn->client;
    struct record *record = conn->record;
    struct http_client_answer answer = {
        .head = slice_of(conn->in.data, conn->head_len),
        .body = slice_of(conn->in.data + conn->head_len, conn->body_len)};
    struct buf kept = conn->in;

    answer.status = answer_status(answer.head);
    conn->record = NULL;
    if (conn->close_after || kept.len > conn->head_len + conn->body_len) {
        buf_init(&conn->in, kept.cap); /* the answer's bytes live until the callback is over */
        conn_close(conn);
        finish(client, record, OK, &answer);
        buf_release(&kept);
    } else {
        /* Not idle before the callback is over: the answer is still in its buffer. */
        finish(client, record, OK, &answer);
        conn_idle(conn);
    }
    dispatch(client);
}

static void readable(evutil_socket_t fd, short what, void *context)
{
    struct client_conn *conn = context;
    uint8_t *room;
    ssize_t len;
    bool broken = false;
    size_t before = conn->in.len;

    (void)what;
    room = buf_extend(&conn->in, READ_MAX);
    if (room == NULL) {
        conn_lost(conn);
        return;
    }
    len = recv(fd, room, READ_MAX, 0);
    conn->in.len = before + (len > 0 ? (size_t)len : 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len <= 0 || conn->record == NULL) { /* closed, or an answer that nobody asked for */
        conn_lost(conn);
        return;
    }
    if (conn->head_len == 0 && !take_head(conn, &broken)) {
        if (broken)
            conn_lost(conn);
        return;
    }
    if (conn->in.len >= conn->head_len + conn->body_len)
        answered(conn);
}

static void writable(evutil_socket_t fd, short what, void *context)
{
    struct client_conn *conn = context;
    int error = 0;
    socklen_t len = sizeof error;

    (void)what;
    if (conn->state == LINK_BUSY) {
        write_on(conn);
        return;
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0) {
        conn_lost(conn);
        return;
    }
    event_del(&conn->write_event);
    event_add(&conn->read_event, NULL);
    conn_idle(conn);
    dispatch(conn->client);
}

/* ---- time ---- */

static void sweep(evutil_socket_t fd, short what, void *context)
{
    static const struct timeval every = {.tv_usec = SWEEP_MS * 1000};
    struct http_client *client = context;
    int64_t now = clock_steady_us();

    (void)fd;
    (void)what;
    for (uint32_t i = 0; i < client->config.connections; i++) {
        struct client_conn *conn = &client->conns[i];

        if (conn->record != NULL && conn->record->deadline_us <= now)
            conn_lost(conn);
    }
    /* In order of deadline, but for those put back at the front: they are older still. */
    while (client->queued > 0 && TAILQ_FIRST(&client->queue)->deadline_us <= now)
        finish(client, take_queued(client), ERR_UNAVAILABLE, NULL);
    dispatch(client);
    if (client->pending > 0)
        evtimer_add(&client->sweep, &every);
}

static void kicked(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    dispatch(context);
}

/* ---- public ---- */

static enum err resolve(struct http_client *client, struct fault *fault)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int error;

    snprintf(port, sizeof port, "%u", client->config.port);
    error = getaddrinfo(client->config.host, port, &hints, &found);
    if (error != 0)
        return fault_set(fault, ERR_NOT_FOUND, "%s: %s", client->config.host, gai_strerror(error));
    memcpy(&client->address, found->ai_addr, found->ai_addrlen);
    client->address_len = found->ai_addrlen;
    freeaddrinfo(found);
    return OK;
}

enum err http_client_create(struct event_base *base, const struct http_client_config *config,
                            struct http_client **out, struct fault *fault)
{
    struct http_client *client = xcalloc(1, sizeof *client);
    enum err err;

    INVARIANT(config->connections > 0);
    client->base = base;
    client->config = *config;
    err = resolve(client, fault);
    if (err != OK) {
        free(client);
        return err;
    }
    client->host_header = config->host_header ? xstrdup(config->host_header)
                          : strchr(config->host, ':')
                              ? xasprintf("[%s]:%u", config->host, config->port)
                              : xasprintf("%s:%u", config->host, config->port);
    client->conns = xcalloc(config->connections, sizeof *client->conns);
    for (uint32_t i = 0; i < config->connections; i++) {
        client->conns[i].client = client;
        client->conns[i].fd = -1;
        buf_init(&client->conns[i].in, HEAD_MAX + config->body_max + READ_MAX);
    }
    TAILQ_INIT(&client->queue);
    evtimer_assign(&client->sweep, base, sweep, client);
    event_assign(&client->kick, base, -1, 0, kicked, client);
    *out = client;
    return OK;
}

void http_client_destroy(struct http_client *client)
{
    if (client == NULL)
        return;
    INVARIANT(client->running == 0); /* not from a callback */
    for (uint32_t i = 0; i < client->config.connections; i++) {
        free(client->conns[i].record);
        conn_close(&client->conns[i]);
        buf_release(&client->conns[i].in);
    }
    while (client->queued > 0)
        free(take_queued(client));
    event_del(&client->sweep);
    event_del(&client->kick);
    free(client->conns);
    free(client->host_header);
    free(client);
}

static struct record *make_record(const struct http_client *client,
                                  const struct http_client_request *request)
{
    const char *headers = request->headers ? request->headers : "";
    size_t room = strlen(request->method) + strlen(request->target) + strlen(headers) +
                  strlen(client->host_header) + request->body.len +
                  (request->content_type ? strlen(request->content_type) : 0) + 128;
    struct record *record = xcalloc(1, sizeof *record + room);
    int len = snprintf(record->text, room, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", request->method,
                       request->target, client->host_header, headers);

    if (request->content_type != NULL)
        len += snprintf(record->text + len, room - (size_t)len,
                        "Content-Type: %s\r\nContent-Length: %zu\r\n", request->content_type,
                        request->body.len);
    len += snprintf(record->text + len, room - (size_t)len, "\r\n");
    record->text_len = (size_t)len;
    if (request->content_type != NULL && request->body.len > 0) {
        memcpy(record->text + len, request->body.data, request->body.len);
        record->text_len += request->body.len;
    }
    record->head_only = strcmp(request->method, "HEAD") == 0;
    return record;
}

enum err http_client_send(struct http_client *client, const struct http_client_request *request,
                          void (*done)(void *context, enum err err,
                                       const struct http_client_answer *answer),
                          void *context)
{
    static const struct timeval every = {.tv_usec = SWEEP_MS * 1000};
    struct record *record;

    if (client->queued >= client->config.queue_max)
        return ERR_LIMITED;
    record = make_record(client, request);
    record->done = done;
    record->context = context;
    record->deadline_us = clock_steady_us() + (int64_t)client->config.deadline_ms * 1000;
    TAILQ_INSERT_TAIL(&client->queue, record, link);
    client->queued++;
    if (client->pending++ == 0)
        evtimer_add(&client->sweep, &every);
    if (client->queued == 1 && client->running == 0)
        event_active(&client->kick, 0, 0);
    return OK;
}

size_t http_client_pending(const struct http_client *client)
{
    return client->pending;
}
