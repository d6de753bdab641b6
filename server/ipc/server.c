#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipc/peer.h"
#include "stream.h"

#define CLIENTS_DEFAULT 256
#define OPEN_DEFAULT 8192
#define QUEUED_DEFAULT (8U << 20)
#define PAYLOAD_DEFAULT (64U << 10)
#define ACCEPTS_A_TURN 64
#define PAUSE_MS 100 /* out of file descriptors: the backlog holds them meanwhile */

/* One connection. Freed when its stream is closed and no open request points at it. */
struct peer {
    struct ipc_server *server;
    struct bufferevent *stream; /* NULL once it is closed */
    unsigned open;
    struct peer *next, *previous;
};

struct ipc_request {
    struct peer *peer;
    uint64_t id;
    size_t payload_len;
    uint8_t type;
    uint8_t payload[];
};

struct ipc_server {
    struct event_base *base;
    struct ipc_server_options options;
    struct event *acceptable, *resume;
    struct peer *peers; /* those with a stream */
    unsigned clients, open;
    bool paused;    /* by ipc_server_pause() */
    bool destroyed; /* kept only for the requests that are still open */
};

/* ---- connections ---- */

static void peer_free_if_unused(struct peer *peer)
{
    if (peer->stream == NULL && peer->open == 0) {
        free(peer);
    }
}

static void server_free_if_unused(struct ipc_server *server)
{
    if (server->destroyed && server->open == 0) {
        free(server);
    }
}

/* False: it asks and does not listen. It is closed from the loop, because its frames may be under
 * way on the stack. */
static bool peer_takes(struct peer *peer, size_t len)
{
    if (stream_queued(peer->stream) + len <= peer->server->options.max_queued) {
        return true;
    }
    (void)shutdown(bufferevent_getfd(peer->stream), SHUT_RDWR);
    return false;
}

/* Not while the caller still uses the stream. */
static void peer_close(struct peer *peer)
{
    struct ipc_server *server = peer->server;
    bufferevent_free(peer->stream);
    peer->stream = NULL;
    server->clients--;
    if (peer->previous != NULL) {
        peer->previous->next = peer->next;
    } else {
        server->peers = peer->next;
    }
    if (peer->next != NULL) {
        peer->next->previous = peer->previous;
    }
    peer_free_if_unused(peer);
}

/* ---- requests ---- */

static void take_request(struct peer *peer, const struct frame *frame)
{
    struct ipc_server *server = peer->server;
    if (server->open >= server->options.max_open) {
        if (peer_takes(peer, 0)) {
            stream_put(peer->stream, FRAME_ANSWER | ERR_LIMITED, frame->id, NULL, 0);
        }
        return;
    }
    struct ipc_request *request = xcalloc(1, sizeof *request + frame->payload.len);
    request->peer = peer;
    request->id = frame->id;
    request->type = frame->type;
    request->payload_len = frame->payload.len;
    if (frame->payload.len > 0) {
        memcpy(request->payload, frame->payload.data, frame->payload.len);
    }
    peer->open++;
    server->open++;
    server->options.on_request(server->options.context, request);
}

static void take_frame(struct peer *peer, const struct frame *frame)
{
    struct ipc_server *server = peer->server;
    if (frame->id != 0) {
        take_request(peer, frame);
    } else if (server->options.on_notice != NULL) {
        server->options.on_notice(server->options.context, frame->type, frame->payload);
    }
}

static void got_bytes(struct bufferevent *stream, void *context)
{
    struct peer *peer = context;
    struct frame frame;
    size_t used, cap = peer->server->options.max_payload;
    enum err err;
    while ((err = stream_next(stream, cap, &frame, &used)) == OK && used > 0) {
        if (frame_is_answer(&frame)) {
            err = ERR_INVALID; /* nothing was asked */
            break;
        }
        take_frame(peer, &frame);
        stream_skip(stream, used);
    }
    if (err != OK) {
        log_warn("ipc_client_dropped", LOG_S("why", err_name(err)));
        peer_close(peer);
    }
}

static void got_event(struct bufferevent *stream, short what, void *context)
{
    (void)stream, (void)what;
    peer_close(context);
}

/* ---- accepting ---- */

static void peer_open(struct ipc_server *server, int fd)
{
    struct peer *peer = xcalloc(1, sizeof *peer);
    peer->server = server;
    peer->stream = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
    INVARIANT(peer->stream != NULL);
    peer->next = server->peers;
    if (peer->next != NULL) {
        peer->next->previous = peer;
    }
    server->peers = peer;
    server->clients++;
    bufferevent_setcb(peer->stream, got_bytes, NULL, got_event, peer);
    (void)bufferevent_enable(peer->stream, EV_READ | EV_WRITE);
}

static void got_client(evutil_socket_t listener, short what, void *context)
{
    (void)what;
    struct ipc_server *server = context;
    for (unsigned i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && server->clients >= server->options.max_clients) {
            log_warn("ipc_too_many_clients");
            (void)close(fd);
        } else if (fd >= 0) {
            peer_open(server, fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_error("ipc_accept", LOG_S("why", strerror(errno)));
            const struct timeval pause = {.tv_usec = PAUSE_MS * 1000};
            (void)event_del(server->acceptable);
            (void)evtimer_add(server->resume, &pause);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static void got_resume(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ipc_server *server = context;
    if (!server->paused) {
        (void)event_add(server->acceptable, NULL);
    }
}

/* ---- public ---- */

struct ipc_server *ipc_server_create(struct event_base *base,
                                     const struct ipc_server_options *options)
{
    struct ipc_server *server = xcalloc(1, sizeof *server);
    server->base = base;
    server->options = *options;
    struct ipc_server_options *set = &server->options;
    set->max_clients = set->max_clients == 0 ? CLIENTS_DEFAULT : set->max_clients;
    set->max_open = set->max_open == 0 ? OPEN_DEFAULT : set->max_open;
    set->max_queued = set->max_queued == 0 ? QUEUED_DEFAULT : set->max_queued;
    set->max_payload = set->max_payload == 0 ? PAYLOAD_DEFAULT : set->max_payload;
    (void)evutil_make_socket_nonblocking(set->listen_fd);
    server->acceptable = event_new(base, set->listen_fd, EV_READ | EV_PERSIST, got_client, server);
    server->resume = evtimer_new(base, got_resume, server);
    (void)event_add(server->acceptable, NULL);
    return server;
}

void ipc_server_pause(struct ipc_server *server)
{
    server->paused = true;
    (void)event_del(server->acceptable);
}

void ipc_server_destroy(struct ipc_server *server)
{
    if (server == NULL) {
        return;
    }
    for (struct peer *peer = server->peers, *next; peer != NULL; peer = next) {
        next = peer->next;
        struct evbuffer *output = bufferevent_get_output(peer->stream);
        (void)evbuffer_unfreeze(output, 1);
        (void)evbuffer_write(output, bufferevent_getfd(peer->stream));
        bufferevent_free(peer->stream);
        peer->stream = NULL;
        peer_free_if_unused(peer);
    }
    server->peers = NULL;
    event_free(server->acceptable);
    event_free(server->resume);
    server->destroyed = true;
    server_free_if_unused(server);
}

unsigned ipc_server_open(const struct ipc_server *server)
{
    return server->open;
}

void ipc_server_notify(struct ipc_server *server, uint8_t type, struct slice payload)
{
    INVARIANT(type != 0 && (type & FRAME_ANSWER) == 0);
    for (struct peer *peer = server->peers; peer != NULL; peer = peer->next) {
        if (peer_takes(peer, payload.len)) {
            stream_put(peer->stream, type, 0, &payload, 1);
        }
    }
}

uint8_t ipc_request_type(const struct ipc_request *request)
{
    return request->type;
}

struct slice ipc_request_payload(const struct ipc_request *request)
{
    return slice_of(request->payload, request->payload_len);
}

bool ipc_request_gone(const struct ipc_request *request)
{
    return request->peer->stream == NULL;
}

void ipc_request_answer(struct ipc_request *request, enum err err, const struct slice *parts,
                        size_t count)
{
    struct peer *peer = request->peer;
    struct ipc_server *server = peer->server;
    if (peer->stream != NULL && peer_takes(peer, stream_parts_len(parts, count))) {
        stream_put(peer->stream, (uint8_t)(FRAME_ANSWER | err), request->id, parts, count);
    }
    free(request);
    peer->open--;
    server->open--;
    peer_free_if_unused(peer);
    server_free_if_unused(server);
}
