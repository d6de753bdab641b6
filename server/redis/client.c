#include "redis/client.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "redis/address.h"
#include "reply.h"

#define IN_FLIGHT_DEFAULT 1024
#define STALL_MS_DEFAULT 5000
#define CONNECT_MS_DEFAULT 2000
#define RETRY_MS_LEAST 20
#define RETRY_MS_MOST 1000
#define ARGC_ON_STACK 32

enum record_state {
    RECORD_FREE,
    RECORD_WAITING, /* its deadline runs */
    RECORD_FAILED,  /* in the list of failed ones: answered by the deferred event */
    RECORD_LATE,    /* answered by its deadline; hiredis still holds it */
};

/*
 * One command. Rules:
 *  1. hiredis holds a pointer to a record that is WAITING or LATE, and to no other.
 *  2. A record goes back to the free list when hiredis has let go of it and it has been answered.
 */
struct record {
    enum record_state state;
    enum err err; /* of a FAILED one */
    uint64_t
        start; /* where its first byte stands in all that was ever appended to this connection */
    redis_callback *callback;
    void *context;
    struct event deadline;
    struct redis_client *client;
    struct record *next; /* of the free or the failed list */
};

enum link_state { LINK_NONE, LINK_CONNECTING, LINK_READY };

struct redis_client {
    struct event_base *base;
    struct redis_address address;
    char *user, *password;
    struct redis_client_options options;

    /* The connection. */
    enum link_state state;
    redisAsyncContext *link; /* hiredis'; NULL with LINK_NONE */
    uint64_t appended;       /* bytes given to hiredis on this connection */
    int64_t heard_us;        /* last reply, or when the first command began to wait */
    unsigned retry_ms;
    struct event *retry, *connect_limit, *stall;

    /* The commands. */
    struct record *records; /* max_in_flight of them */
    struct record *free;
    struct record *failed, **failed_tail;
    unsigned in_flight;
    struct event *deferred;
};

static void link_open(struct redis_client *client);
static void got_connect(const redisAsyncContext *link, int status);
static void got_auth(redisAsyncContext *link, void *reply, void *unused);
static void got_pong(redisAsyncContext *link, void *reply, void *unused);
static void got_reply(redisAsyncContext *link, void *reply, void *record);
static void got_disconnect(const redisAsyncContext *link, int status);

static struct timeval timeval_of_ms(unsigned ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

static void timer_start(struct event *timer, unsigned ms)
{
    struct timeval time = timeval_of_ms(ms);
    (void)evtimer_add(timer, &time);
}

/* ---- records ---- */

static void record_free(struct record *record)
{
    struct redis_client *client = record->client;
    record->state = RECORD_FREE;
    record->next = client->free;
    client->free = record;
    client->in_flight--;
}

static void record_fail(struct record *record, enum err err)
{
    struct redis_client *client = record->client;
    (void)evtimer_del(&record->deadline);
    record->state = RECORD_FAILED;
    record->err = err;
    record->next = NULL;
    if (client->failed == NULL) {
        event_active(client->deferred, 0, 0);
    }
    *client->failed_tail = record;
    client->failed_tail = &record->next;
}

static void answer_failed(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_client *client = context;
    struct record *record;
    while ((record = client->failed) != NULL) {
        client->failed = record->next;
        if (client->failed == NULL) {
            client->failed_tail = &client->failed;
        }
        redis_callback *callback = record->callback;
        void *theirs = record->context;
        enum err err = record->err;
        record_free(record);
        callback(theirs, err, NULL);
    }
}

static void got_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct record *record = context;
    /* Its bytes may be in our buffer still, but they can't be taken back from there. */
    record->state = RECORD_LATE;
    record->callback(record->context, ERR_UNKNOWN, NULL);
}

static void got_reply(redisAsyncContext *link, void *reply, void *privdata)
{
    struct record *record = privdata;
    struct redis_client *client = record->client;
    if (reply != NULL) {
        client->heard_us = clock_steady_us();
    }
    if (record->state == RECORD_LATE) {
        record_free(record);
        return;
    }
    if (reply == NULL) {
        uint64_t written = client->appended - sdslen(link->c.obuf);
        record_fail(record, record->start < written ? ERR_UNKNOWN : ERR_UNAVAILABLE);
        return;
    }
    (void)evtimer_del(&record->deadline);
    redis_callback *callback = record->callback;
    void *theirs = record->context;
    record_free(record);
    struct redis_reply view = redis_reply_view(reply);
    callback(theirs, redis_reply_err(&view), &view);
}

/* ---- connection ---- */

static void retry_later(struct redis_client *client)
{
    unsigned jitter = (unsigned)random_below(client->retry_ms / 2 + 1);
    timer_start(client->retry, client->retry_ms / 2 + jitter);
    client->retry_ms = client->retry_ms * 2 > RETRY_MS_MOST ? RETRY_MS_MOST : client->retry_ms * 2;
}

/* hiredis is freeing the connection, or has been told to: only its NULL replies may still come. */
static void lost(struct redis_client *client, const char *why)
{
    bool was_ready = client->state == LINK_READY;
    client->state = LINK_NONE;
    client->link = NULL;
    (void)evtimer_del(client->connect_limit);
    (void)evtimer_del(client->stall);
    retry_later(client);
    if (!was_ready) {
        log_debug("redis_no_connection", LOG_S("why", why));
        return;
    }
    log_warn("redis_lost", LOG_S("why", why), LOG_U("in_flight", client->in_flight));
    if (client->options.on_loss != NULL) {
        client->options.on_loss(client->options.context);
    }
}

static void link_drop(struct redis_client *client, const char *why)
{
    redisAsyncContext *link = client->link;
    lost(client, why);
    redisAsyncFree(link); /* inside one of its callbacks hiredis defers this */
}

static void got_disconnect(const redisAsyncContext *link, int status)
{
    struct redis_client *client = link->data;
    if (client->link == link) {
        lost(client, status == REDIS_OK ? "closed" : link->errstr);
    }
}

static void got_connect(const redisAsyncContext *link, int status)
{
    struct redis_client *client = link->data;
    if (status != REDIS_OK) { /* hiredis frees it after this */
        lost(client, link->errstr);
        return;
    }
    /* A failure to append is a failure of the connection, which ends it anyway. */
    if (client->user != NULL) {
        const char *argv[] = {"AUTH", client->user, client->password};
        const size_t lens[] = {4, strlen(client->user), strlen(client->password)};
        (void)redisAsyncCommandArgv(client->link, got_auth, NULL, 3, argv, lens);
    }
    const char *ping = "PING";
    const size_t ping_len = 4;
    (void)redisAsyncCommandArgv(client->link, got_pong, NULL, 1, &ping, &ping_len);
}

static void got_auth(redisAsyncContext *link, void *reply, void *unused)
{
    (void)unused;
    struct redis_client *client = link->data;
    const redisReply *answer = reply;
    if (answer == NULL || client->link != link || answer->type != REDIS_REPLY_ERROR) {
        return;
    }
    log_error("redis_auth_refused", LOG_S("user", client->user));
    link_drop(client, "auth refused");
}

/* PING is refused with LOADING as long as the data are being read, so a PONG means: at work. */
static void got_pong(redisAsyncContext *link, void *reply, void *unused)
{
    (void)unused;
    struct redis_client *client = link->data;
    const redisReply *answer = reply;
    if (answer == NULL || client->link != link) {
        return;
    }
    if (answer->type == REDIS_REPLY_ERROR) {
        link_drop(client, answer->str);
        return;
    }
    (void)evtimer_del(client->connect_limit);
    client->state = LINK_READY;
    client->retry_ms = RETRY_MS_LEAST;
    client->appended = sdslen(link->c.obuf);
    log_info("redis_connected");
    if (client->options.on_connect != NULL) {
        client->options.on_connect(client->options.context);
    }
}

static void got_connect_limit(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    link_drop(context, "no answer to connect");
}

static void got_retry(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    link_open(context);
}

static void got_stall(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_client *client = context;
    if (client->in_flight == 0) {
        return;
    }
    int64_t silent_ms = (clock_steady_us() - client->heard_us) / 1000;
    if (silent_ms >= client->options.stall_ms) {
        link_drop(client, "no reply");
        return;
    }
    timer_start(client->stall, client->options.stall_ms - (unsigned)silent_ms);
}

static void link_open(struct redis_client *client)
{
    const struct redis_address *address = &client->address;
    redisAsyncContext *link = address->path[0] != '\0'
                                  ? redisAsyncConnectUnix(address->path)
                                  : redisAsyncConnect(address->host, address->port);
    if (link == NULL || link->err != 0 || redisLibeventAttach(link, client->base) != REDIS_OK) {
        log_debug("redis_no_connection", LOG_S("why", link == NULL ? "no memory" : link->errstr));
        if (link != NULL) {
            redisAsyncFree(link);
        }
        retry_later(client);
        return;
    }
    link->data = client;
    client->link = link;
    client->state = LINK_CONNECTING;
    (void)redisAsyncSetConnectCallback(link, got_connect);
    (void)redisAsyncSetDisconnectCallback(link, got_disconnect);
    timer_start(client->connect_limit, client->options.connect_ms);
}

/* ---- public ---- */

enum err redis_client_create(struct event_base *base, const struct redis_client_options *options,
                             struct redis_client **out, struct fault *fault)
{
    struct redis_address address;
    enum err err = redis_address_parse(options->endpoint.address, &address, fault);
    if (err != OK) {
        return err;
    }
    struct redis_client *client = xcalloc(1, sizeof *client);
    client->base = base;
    client->address = address;
    client->options = *options;
    struct redis_client_options *set = &client->options;
    set->endpoint = (struct redis_endpoint){0};
    set->max_in_flight = set->max_in_flight == 0 ? IN_FLIGHT_DEFAULT : set->max_in_flight;
    set->stall_ms = set->stall_ms == 0 ? STALL_MS_DEFAULT : set->stall_ms;
    set->connect_ms = set->connect_ms == 0 ? CONNECT_MS_DEFAULT : set->connect_ms;
    const char *user = options->endpoint.user;
    if (user != NULL && user[0] != '\0') {
        client->user = xstrdup(user);
        client->password = xstrdup(options->endpoint.password);
    }
    client->retry_ms = RETRY_MS_LEAST;
    client->retry = evtimer_new(base, got_retry, client);
    client->connect_limit = evtimer_new(base, got_connect_limit, client);
    client->stall = evtimer_new(base, got_stall, client);
    client->deferred = event_new(base, -1, 0, answer_failed, client);
    client->failed_tail = &client->failed;
    client->records = xcalloc(set->max_in_flight, sizeof *client->records);
    for (unsigned i = set->max_in_flight; i-- > 0;) {
        struct record *record = &client->records[i];
        record->client = client;
        (void)evtimer_assign(&record->deadline, base, got_deadline, record);
        record->next = client->free;
        client->free = record;
    }
    link_open(client);
    *out = client;
    return OK;
}

void redis_client_destroy(struct redis_client *client)
{
    if (client == NULL) {
        return;
    }
    redisAsyncContext *link = client->link;
    client->link = NULL;
    client->state = LINK_NONE;
    if (link != NULL) {
        redisAsyncFree(link); /* fails every record */
    }
    answer_failed(-1, 0, client);
    event_free(client->retry);
    event_free(client->connect_limit);
    event_free(client->stall);
    event_free(client->deferred);
    if (client->password != NULL) {
        wipe(client->password, strlen(client->password));
    }
    free(client->user);
    free(client->password);
    free(client->records);
    free(client);
}

bool redis_client_connected(const struct redis_client *client)
{
    return client->state == LINK_READY;
}

unsigned redis_client_in_flight(const struct redis_client *client)
{
    return client->in_flight;
}

static int append(struct redis_client *client, const struct slice *argv, size_t argc,
                  struct record *record)
{
    const char *stack_data[ARGC_ON_STACK] = {NULL};
    size_t stack_lens[ARGC_ON_STACK] = {0};
    const char **data = stack_data;
    size_t *lens = stack_lens;
    if (argc > ARGC_ON_STACK) {
        data = xcalloc(argc, sizeof *data);
        lens = xcalloc(argc, sizeof *lens);
    }
    for (size_t i = 0; i < argc; i++) {
        data[i] = argv[i].len == 0 ? "" : (const char *)argv[i].data;
        lens[i] = argv[i].len;
    }
    int status = redisAsyncCommandArgv(client->link, got_reply, record, (int)argc, data, lens);
    if (argc > ARGC_ON_STACK) {
        free(data);
        free(lens);
    }
    return status;
}

enum err redis_client_send(struct redis_client *client, const struct slice *argv, size_t argc,
                           unsigned timeout_ms, redis_callback *callback, void *context)
{
    if (client->state != LINK_READY) {
        return ERR_UNAVAILABLE;
    }
    struct record *record = client->free;
    if (record == NULL || argc > INT32_MAX) {
        return ERR_LIMITED;
    }
    size_t before = sdslen(client->link->c.obuf);
    if (append(client, argv, argc, record) != REDIS_OK) {
        return ERR_UNAVAILABLE; /* it is being closed */
    }
    client->free = record->next;
    record->state = RECORD_WAITING;
    record->start = client->appended;
    record->callback = callback;
    record->context = context;
    client->appended += sdslen(client->link->c.obuf) - before;
    timer_start(&record->deadline, timeout_ms);
    if (client->in_flight++ == 0) {
        client->heard_us = clock_steady_us();
        if (!evtimer_pending(client->stall, NULL)) {
            timer_start(client->stall, client->options.stall_ms);
        }
    }
    return OK;
}
