/* A true redis-server in a temporary folder, and a loop that waits for a condition with a limit. */
#ifndef TESTS_REDIS_RIG_H
#define TESTS_REDIS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "redis/client.h"
#include "redis/server.h"

#define RIG_LIMIT_MS 10000

struct rig {
    char folder[64];
    struct event_base *base;
    struct redis_server *server;
    struct redis_client *client;
    unsigned connects, losses;
};

static inline void rig_connected(void *context)
{
    ((struct rig *)context)->connects++;
}

static inline void rig_lost(void *context)
{
    ((struct rig *)context)->losses++;
}

/* Turns the loop until *flag is at least `least`; fails the test when that takes too long. */
static inline void rig_until(struct rig *rig, const unsigned *flag, unsigned least)
{
    int64_t end = clock_steady_us() + RIG_LIMIT_MS * 1000;
    const struct timeval tick = {.tv_usec = 2000};
    while (*flag < least) {
        assert_true(clock_steady_us() < end);
        (void)event_base_loopexit(rig->base, &tick);
        (void)event_base_dispatch(rig->base);
        if (rig->server != NULL) {
            (void)redis_server_watch(rig->server);
        }
    }
}

static inline struct redis_client *rig_client(struct rig *rig, const char *user,
                                              unsigned max_in_flight, unsigned stall_ms)
{
    struct fault fault;
    struct redis_client *client = NULL;
    const struct redis_client_options options = {
        .endpoint = redis_server_endpoint(rig->server, user),
        .max_in_flight = max_in_flight,
        .stall_ms = stall_ms,
        .on_connect = rig_connected,
        .on_loss = rig_lost,
        .context = rig,
    };
    unsigned before = rig->connects;
    assert_int_equal(OK, redis_client_create(rig->base, &options, &client, &fault));
    rig_until(rig, &rig->connects, before + 1);
    return client;
}

static inline void rig_start_server(struct rig *rig)
{
    struct fault fault;
    const struct redis_server_options options = {.folder = rig->folder};
    if (redis_server_start(&options, &rig->server, &fault) != OK) {
        fail_msg("%s", fault.text);
    }
}

static inline int rig_set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    (void)signal(SIGPIPE, SIG_IGN);
    log_open("test", LOG_LEVEL_ERROR);
    memcpy(rig->folder, "/tmp/dauys-redis-XXXXXX", 24);
    assert_non_null(mkdtemp(rig->folder));
    rig->base = event_base_new();
    rig_start_server(rig);
    rig->client = rig_client(rig, "ledger", 0, 0);
    *state = rig;
    return 0;
}

static inline void rig_remove_folder(const char *folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0);
}

static inline int rig_tear_down(void **state)
{
    struct rig *rig = *state;
    redis_client_destroy(rig->client);
    redis_server_destroy(rig->server);
    event_base_free(rig->base);
    rig_remove_folder(rig->folder);
    free(rig);
    return 0;
}

/* What one command was answered. */
struct answered {
    unsigned times;
    enum err err;
    enum redis_kind kind;
    int64_t integer;
    size_t len; /* of an array */
    char text[256];
};

static inline void rig_take(void *context, enum err err, const struct redis_reply *reply)
{
    struct answered *answered = context;
    answered->times++;
    answered->err = err;
    if (reply == NULL) {
        return;
    }
    answered->kind = reply->kind;
    answered->integer = reply->integer;
    answered->len = reply->len;
    (void)snprintf(answered->text, sizeof answered->text, "%.*s", SLICE_PRINT(reply->text));
}

/* Splits words at single spaces and sends them. */
static inline enum err rig_send(struct redis_client *client, const char *words, unsigned timeout_ms,
                                struct answered *answered)
{
    struct slice argv[32];
    size_t argc = 0;
    memset(answered, 0, sizeof *answered);
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        argv[argc++] = slice_of(words, len);
        words += len + (words[len] == ' ');
    }
    return redis_client_send(client, argv, argc, timeout_ms, rig_take, answered);
}

static inline struct answered rig_ask(struct rig *rig, struct redis_client *client,
                                      const char *words)
{
    struct answered answered;
    assert_int_equal(OK, rig_send(client, words, 5000, &answered));
    assert_int_equal(0, answered.times); /* never inside the call */
    rig_until(rig, &answered.times, 1);
    return answered;
}

#endif
