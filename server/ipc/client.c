#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "ipc/peer.h"
#include "stream.h"
#include "unix_socket.h"

#define WAITING_DEFAULT 1024
#define QUEUED_DEFAULT (8U << 20)
#define PAYLOAD_DEFAULT (1U << 20)
#define RETRY_MS_LEAST 10
#define RETRY_MS_MOST 1000

enum ask_state { ASK_FREE, ASK_WAITING, ASK_FAILED };

/* One request. The low half of its id is its place in `asks`, the high half counts up, so a late
 * answer names an id that is no longer there. */
struct ask {
    enum ask_state state;
    enum err err; /* of a FAILED one */
    uint64_t id;
    uint64_t start; /* where its first byte stands in all that was ever queued on this connection */
    ipc_callback *callback;
    void *context;
    struct event deadline;
    struct ipc_client *client;
    struct ask *next; /* of the free or the failed list */
};

struct ipc_client {
    struct event_base *base;
    char *path;
    struct ipc_client_options options;

    /* The connection. */
    struct bufferevent *stream; /* NULL while there is none */
    uint64_t queued;            /* bytes ever queued on it */
    unsigned retry_ms;
    bool failing; /* the last attempt failed too: already logged */
    struct event *retry;

    /* The requests. */
    struct ask *asks; /* max_waiting of them */
    struct ask *free;
    struct ask *failed, **failed_tail;
    unsigned waiting;
    uint32_t round;
    struct event *deferred;
};

/* ---- requests ---- */

static void ask_free(struct ask *ask)
{
    struct ipc_client *client = ask->client;
    ask->state = ASK_FREE;
    ask->next = client->free;
    client->free = ask;
    client->waiting--;
}

static void ask_answer(struct ask *ask, enum err err, struct slice payload)
{
    ipc_callback *callback = ask->callback;
    void *context = ask->context;
    (void)evtimer_del(&ask->deadline);
    ask_free(ask);
    callback(context, err, payload);
}

static void got_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    /* Bytes still queued can't be taken back from the middle of the stream. */
    ask_answer(context, ERR_UNKNOWN, slice_of(NULL, 0));
}

static void answer_failed(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ipc_client *client = context;
    struct ask *ask;
    while ((ask = client->failed) != NULL) {
        client->failed = ask->next;
        if (client->failed == NULL) {
            client->failed_tail = &client->failed;
        }
        ask_answer(ask, ask->err, slice_of(NULL, 0));
    }
}

/* All that wait for an answer on the connection that is being given up, oldest first or not: their
 * order means nothing to anybody. */
static void fail_all(struct ipc_client *client)
{
    uint64_t written = client->queued - stream_queued(client->stream);
    for (unsigned i = 0; i < client->options.max_waiting; i++) {
        struct ask *ask = &client->asks[i];
        if (ask->state != ASK_WAITING) {
            continue;
        }
        (void)evtimer_del(&ask->deadline);
        ask->state = ASK_FAILED;
        ask->err = ask->start < written ? ERR_UNKNOWN : ERR_UNAVAILABLE;
        ask->next = NULL;
        *client->failed_tail = ask;
        client->failed_tail = &ask->next;
    }
    if (client->failed != NULL) {
        event_active(client->deferred, 0, 0);
    }
}

/* ---- connection ---- */

static void retry_later(struct ipc_client *client)
{
    unsigned ms = client->retry_ms / 2 + (unsigned)random_below(client->retry_ms / 2 + 1);
    struct timeval time = {.tv_usec = (suseconds_t)ms * 1000};
    if (ms >= 1000) {
        time = (struct timeval){.tv_sec = 1};
    }
    (void)evtimer_add(client->retry, &time);
    client->retry_ms = client->retry_ms * 2 > RETRY_MS_MOST ? RETRY_MS_MOST : client->retry_ms * 2;
}

static void lost(struct ipc_client *client, const char *why)
{
    log_warn("ipc_lost", LOG_S("path", client->path), LOG_S("why", why),
             LOG_U("waiting", client->waiting));
    fail_all(client);
    bufferevent_free(client->stream);
    client->stream = NULL;
    retry_later(client);
    if (client->options.on_loss != NULL) {
        client->options.on_loss(client->options.context);
    }
}

/* False: the connection is gone. */
static void take_frame(struct ipc_client *client, const struct frame *frame)
{
    if (!frame_is_answer(frame)) {
        if (client->options.on_notice != NULL) {
            client->options.on_notice(client->options.context, frame->type, frame->payload);
        }
        return;
    }
    uint32_t place = (uint32_t)frame->id;
    if (place >= client->options.max_waiting) {
        return; /* never asked; as harmless as a late one */
    }
    struct ask *ask = &client->asks[place];
    if (ask->state == ASK_WAITING && ask->id == frame->id) {
        ask_answer(ask, frame_answer_err(frame), frame->payload);
    }
}

static void got_bytes(struct bufferevent *stream, void *context)
{
    struct ipc_client *client = context;
    struct frame frame;
    size_t used;
    enum err err;
    while ((err = stream_next(stream, client->options.max_payload, &frame, &used)) == OK &&
           used > 0) {
        if (!frame_is_answer(&frame) && frame.id != 0) {
            err = ERR_INVALID; /* a server asks nothing */
            break;
        }
        take_frame(client, &frame);
        stream_skip(stream, used);
    }
    if (err != OK) {
        lost(client, err_name(err));
    }
}

static void got_event(struct bufferevent *stream, short what, void *context)
{
    (void)stream;
    lost(context, (what & BEV_EVENT_EOF) != 0 ? "closed" : strerror(errno));
}

static void link_open(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct ipc_client *client = context;
    int link = unix_socket_connect(client->path);
    if (link < 0) {
        if (!client->failing) {
            log_warn("ipc_no_connection", LOG_S("path", client->path),
                     LOG_S("why", strerror(errno)));
        }
        client->failing = true;
        retry_later(client);
        return;
    }
    client->stream = bufferevent_socket_new(client->base, link, BEV_OPT_CLOSE_ON_FREE);
    INVARIANT(client->stream != NULL);
    client->failing = false;
    client->queued = 0;
    client->retry_ms = RETRY_MS_LEAST;
    bufferevent_setcb(client->stream, got_bytes, NULL, got_event, client);
    (void)bufferevent_enable(client->stream, EV_READ | EV_WRITE);
    if (client->options.on_connect != NULL) {
        client->options.on_connect(client->options.context);
    }
}

/* ---- public ---- */

struct ipc_client *ipc_client_create(struct event_base *base,
                                     const struct ipc_client_options *options)
{
    struct ipc_client *client = xcalloc(1, sizeof *client);
    client->base = base;
    client->path = xstrdup(options->path);
    client->options = *options;
    struct ipc_client_options *set = &client->options;
    set->path = NULL;
    set->max_waiting = set->max_waiting == 0 ? WAITING_DEFAULT : set->max_waiting;
    set->max_queued = set->max_queued == 0 ? QUEUED_DEFAULT : set->max_queued;
    set->max_payload = set->max_payload == 0 ? PAYLOAD_DEFAULT : set->max_payload;
    client->failed_tail = &client->failed;
    client->retry_ms = RETRY_MS_LEAST;
    client->retry = evtimer_new(base, link_open, client);
    client->deferred = event_new(base, -1, 0, answer_failed, client);
    client->asks = xcalloc(set->max_waiting, sizeof *client->asks);
    for (unsigned i = set->max_waiting; i-- > 0;) {
        struct ask *ask = &client->asks[i];
        ask->client = client;
        (void)evtimer_assign(&ask->deadline, base, got_deadline, ask);
        ask->next = client->free;
        client->free = ask;
    }
    /* From the loop, so that on_connect never comes inside this call. */
    event_active(client->retry, 0, 0);
    return client;
}

void ipc_client_destroy(struct ipc_client *client)
{
    if (client == NULL) {
        return;
    }
    if (client->stream != NULL) {
        fail_all(client);
        bufferevent_free(client->stream);
        client->stream = NULL;
    }
    answer_failed(-1, 0, client);
    event_free(client->retry);
    event_free(client->deferred);
    free(client->asks);
    free(client->path);
    free(client);
}

unsigned ipc_client_waiting(const struct ipc_client *client)
{
    return client->waiting;
}

enum err ipc_client_send(struct ipc_client *client, uint8_t type, const struct slice *parts,
                         size_t count, unsigned timeout_ms, ipc_callback *callback, void *context)
{
    INVARIANT(type != 0 && (type & FRAME_ANSWER) == 0);
    if (client->stream == NULL) {
        return ERR_UNAVAILABLE;
    }
    size_t len = stream_parts_len(parts, count);
    struct ask *ask = client->free;
    if (ask == NULL || len > FRAME_PAYLOAD_MAX ||
        stream_queued(client->stream) + len > client->options.max_queued) {
        return ERR_LIMITED;
    }
    client->free = ask->next;
    client->waiting++;
    ask->state = ASK_WAITING;
    ask->id = (uint64_t)++client->round << 32 | (uint64_t)(ask - client->asks);
    ask->start = client->queued;
    ask->callback = callback;
    ask->context = context;
    if (client->round == UINT32_MAX) {
        client->round = 0;
    }
    client->queued += FRAME_HEAD_LEN + len;
    stream_put(client->stream, type, ask->id, parts, count);
    struct timeval time = {.tv_sec = timeout_ms / 1000,
                           .tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000};
    (void)evtimer_add(&ask->deadline, &time);
    return OK;
}
