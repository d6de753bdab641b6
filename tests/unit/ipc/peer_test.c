#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/frame.h"
#include "ipc/peer.h"

#define LIMIT_MS 10000
#define ECHO 1   /* answered at once with its payload */
#define HOLD 2   /* kept open until the test answers it */
#define REFUSE 3 /* ERR_DENIED with a reason */
#define HELD_MAX 16

struct rig {
    char folder[64], path[96];
    struct event_base *base;
    int listener;
    struct ipc_server *server;
    struct ipc_client *client;
    unsigned connects, losses, notices_here;
    struct ipc_request *held[HELD_MAX];
    unsigned held_len;
};

struct answered {
    unsigned times;
    enum err err;
    size_t len;
    char text[64];
};

static void until(struct rig *rig, const unsigned *value, unsigned least)
{
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    const struct timeval tick = {.tv_usec = 2000};
    while (*value < least) {
        assert_true(clock_steady_us() < end);
        (void)event_base_loopexit(rig->base, &tick);
        (void)event_base_dispatch(rig->base);
    }
}

static void connected(void *context)
{
    ((struct rig *)context)->connects++;
}

static void lost(void *context)
{
    ((struct rig *)context)->losses++;
}

static void noticed_here(void *context, uint8_t type, struct slice payload)
{
    assert_int_equal(5, type);
    assert_true(slice_is(payload, "news"));
    ((struct rig *)context)->notices_here++;
}

static void asked(void *context, struct ipc_request *request)
{
    struct rig *rig = context;
    struct slice payload = ipc_request_payload(request);
    const struct slice reason = slice_str("because");
    switch (ipc_request_type(request)) {
    case ECHO:
        ipc_request_answer(request, OK, &payload, 1);
        break;
    case HOLD:
        assert_true(rig->held_len < HELD_MAX);
        rig->held[rig->held_len++] = request;
        break;
    default:
        ipc_request_answer(request, ERR_DENIED, &reason, 1);
        break;
    }
}

static struct ipc_server *serve(struct rig *rig, unsigned max_open, size_t max_queued)
{
    const struct ipc_server_options options = {.listen_fd = rig->listener,
                                               .max_open = max_open,
                                               .max_queued = max_queued,
                                               .max_payload = 100000,
                                               .on_request = asked,
                                               .context = rig};
    return ipc_server_create(rig->base, &options);
}

static struct ipc_client *join(struct rig *rig, unsigned max_waiting, size_t max_queued)
{
    const struct ipc_client_options options = {.path = rig->path,
                                               .max_waiting = max_waiting,
                                               .max_queued = max_queued,
                                               .on_connect = connected,
                                               .on_loss = lost,
                                               .on_notice = noticed_here,
                                               .context = rig};
    unsigned before = rig->connects;
    struct ipc_client *client = ipc_client_create(rig->base, &options);
    until(rig, &rig->connects, before + 1);
    return client;
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)signal(SIGPIPE, SIG_IGN);
    log_open("test", LOG_LEVEL_ERROR);
    memcpy(rig->folder, "/tmp/dauys-ipc-XXXXXX", 22);
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/peer.sock", rig->folder);
    memcpy(address.sun_path, rig->path, strlen(rig->path) + 1);
    rig->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(0, bind(rig->listener, (struct sockaddr *)&address, sizeof address));
    assert_int_equal(0, listen(rig->listener, 16));
    rig->base = event_base_new();
    rig->server = serve(rig, 4, 0);
    rig->client = join(rig, 0, 0);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    ipc_client_destroy(rig->client);
    ipc_server_destroy(rig->server);
    for (unsigned i = 0; i < rig->held_len; i++) {
        ipc_request_answer(rig->held[i], OK, NULL, 0);
    }
    event_base_free(rig->base);
    (void)close(rig->listener);
    (void)unlink(rig->path);
    (void)rmdir(rig->folder);
    free(rig);
    return 0;
}

static void take(void *context, enum err err, struct slice payload)
{
    struct answered *answered = context;
    answered->times++;
    answered->err = err;
    answered->len = payload.len;
    (void)snprintf(answered->text, sizeof answered->text, "%.*s", SLICE_PRINT(payload));
}

static enum err ask(struct ipc_client *client, uint8_t type, const char *text, unsigned timeout_ms,
                    struct answered *answered)
{
    const struct slice part = slice_str(text);
    memset(answered, 0, sizeof *answered);
    enum err err = ipc_client_send(client, type, &part, 1, timeout_ms, take, answered);
    assert_int_equal(0, answered->times); /* never inside the call */
    return err;
}

static void requests_are_answered(void **state)
{
    struct rig *rig = *state;
    struct answered echo, refused, empty;
    assert_int_equal(OK, ask(rig->client, ECHO, "hello", 5000, &echo));
    assert_int_equal(OK, ask(rig->client, REFUSE, "x", 5000, &refused));
    assert_int_equal(OK, ask(rig->client, ECHO, "", 5000, &empty));
    until(rig, &empty.times, 1);
    assert_int_equal(OK, echo.err);
    assert_string_equal("hello", echo.text);
    assert_int_equal(ERR_DENIED, refused.err);
    assert_string_equal("because", refused.text);
    assert_int_equal(0, empty.len);
    assert_int_equal(0, ipc_client_waiting(rig->client));
    assert_int_equal(0, ipc_server_open(rig->server));
}

static void parts_and_large_payloads_pass(void **state)
{
    struct rig *rig = *state;
    static char large[90000];
    memset(large, 'x', sizeof large);
    struct answered answered = {0};
    const struct slice parts[] = {slice_str("a"), slice_of(NULL, 0), slice_of(large, sizeof large)};
    assert_int_equal(OK, ipc_client_send(rig->client, ECHO, parts, 3, 5000, take, &answered));
    until(rig, &answered.times, 1);
    assert_int_equal(sizeof large + 1, answered.len);
    assert_memory_equal("axxx", answered.text, 4);
}

static void late_answers_find_nobody(void **state)
{
    struct rig *rig = *state;
    struct answered late, next;
    assert_int_equal(OK, ask(rig->client, HOLD, "x", 20, &late));
    until(rig, &late.times, 1);
    assert_int_equal(ERR_UNKNOWN, late.err);
    assert_int_equal(1, rig->held_len);
    /* The next one takes the place of the one given up; the late answer must not be its. */
    assert_int_equal(OK, ask(rig->client, HOLD, "y", 5000, &next));
    until(rig, &rig->held_len, 2);
    const struct slice old = slice_str("old"), new = slice_str("new");
    ipc_request_answer(rig->held[0], OK, &old, 1);
    ipc_request_answer(rig->held[1], OK, &new, 1);
    rig->held_len = 0;
    until(rig, &next.times, 1);
    assert_string_equal("new", next.text);
    assert_int_equal(1, late.times);
}

static void full_queues_are_told_at_once(void **state)
{
    struct rig *rig = *state;
    struct answered held[6], more;
    for (unsigned i = 0; i < 6; i++) { /* the server takes 4 */
        assert_int_equal(OK, ask(rig->client, HOLD, "x", 5000, &held[i]));
    }
    until(rig, &held[5].times, 1);
    assert_int_equal(ERR_LIMITED, held[4].err);
    assert_int_equal(ERR_LIMITED, held[5].err);
    assert_int_equal(4, rig->held_len);
    assert_int_equal(4, ipc_server_open(rig->server));
    for (unsigned i = 0; i < 4; i++) {
        ipc_request_answer(rig->held[i], OK, NULL, 0);
    }
    rig->held_len = 0;
    until(rig, &held[3].times, 1);

    struct ipc_client *small = join(rig, 2, 100);
    assert_int_equal(OK, ask(small, ECHO, "a", 5000, &held[0]));
    assert_int_equal(OK, ask(small, ECHO, "b", 5000, &held[1]));
    assert_int_equal(ERR_LIMITED, ask(small, ECHO, "c", 5000, &more));
    until(rig, &held[1].times, 1);
    char long_text[102];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(ERR_LIMITED, ask(small, ECHO, long_text, 5000, &more));
    assert_int_equal(OK, ask(small, ECHO, "c", 5000, &more));
    until(rig, &more.times, 1);
    ipc_client_destroy(small);
}

static void a_lost_server_is_told_once_and_found_again(void **state)
{
    struct rig *rig = *state;
    struct answered sent, unsent, again;
    unsigned losses = rig->losses, connects = rig->connects;
    assert_int_equal(OK, ask(rig->client, HOLD, "x", 60000, &sent));
    until(rig, &rig->held_len, 1);
    ipc_server_destroy(rig->server);
    /* Queued, and never written: the loop has not turned since. */
    assert_int_equal(OK, ask(rig->client, ECHO, "y", 60000, &unsent));
    until(rig, &rig->losses, losses + 1);
    until(rig, &sent.times, 1);
    until(rig, &unsent.times, 1);
    assert_int_equal(ERR_UNKNOWN, sent.err);
    assert_true(unsent.err == ERR_UNAVAILABLE || unsent.err == ERR_UNKNOWN);

    /* The request outlives its server. */
    assert_true(ipc_request_gone(rig->held[0]));
    assert_true(slice_is(ipc_request_payload(rig->held[0]), "x"));
    ipc_request_answer(rig->held[0], OK, NULL, 0);
    rig->held_len = 0;
    assert_int_equal(1, sent.times);

    /* The listener is still there: the client connects, and its request waits for the next server.
     */
    until(rig, &rig->connects, connects + 1);
    assert_int_equal(OK, ask(rig->client, ECHO, "waits", 5000, &again));
    rig->server = serve(rig, 4, 0);
    until(rig, &again.times, 1);
    assert_string_equal("waits", again.text);
}

static void a_lost_client_drops_its_answers(void **state)
{
    struct rig *rig = *state;
    struct answered mine, other;
    struct ipc_client *client = join(rig, 0, 0);
    assert_int_equal(OK, ask(client, HOLD, "x", 5000, &mine));
    until(rig, &rig->held_len, 1);
    ipc_client_destroy(client);
    assert_int_equal(1, mine.times);
    assert_int_equal(ERR_UNKNOWN, mine.err);
    assert_int_equal(OK, ask(rig->client, ECHO, "still there", 5000, &other));
    until(rig, &other.times, 1);
    assert_true(ipc_request_gone(rig->held[0]));
    ipc_request_answer(rig->held[0], OK, NULL, 0);
    rig->held_len = 0;
    assert_int_equal(0, ipc_server_open(rig->server));
}

static void destroy_answers_what_was_not_sent(void **state)
{
    struct rig *rig = *state;
    struct answered mine;
    struct ipc_client *client = join(rig, 0, 0);
    assert_int_equal(OK, ask(client, ECHO, "x", 5000, &mine));
    ipc_client_destroy(client);
    assert_int_equal(1, mine.times);
    assert_int_equal(ERR_UNAVAILABLE, mine.err);
}

static void no_listener_is_unavailable(void **state)
{
    struct rig *rig = *state;
    struct answered answered;
    char nowhere[128];
    (void)snprintf(nowhere, sizeof nowhere, "%s/none.sock", rig->folder);
    const struct ipc_client_options options = {.path = nowhere};
    struct ipc_client *client = ipc_client_create(rig->base, &options);
    assert_int_equal(ERR_UNAVAILABLE, ask(client, ECHO, "x", 5000, &answered));
    (void)event_base_loop(rig->base, EVLOOP_NONBLOCK);
    assert_int_equal(ERR_UNAVAILABLE, ask(client, ECHO, "x", 5000, &answered));
    ipc_client_destroy(client);
    assert_int_equal(0, answered.times);
}

static void notices_reach_everybody(void **state)
{
    struct rig *rig = *state;
    struct answered first;
    struct ipc_client *second = join(rig, 0, 0);
    assert_int_equal(OK, ask(second, ECHO, "x", 5000, &first));
    until(rig, &first.times, 1); /* the server knows both now */
    unsigned before = rig->notices_here;
    ipc_server_notify(rig->server, 5, slice_str("news"));
    until(rig, &rig->notices_here, before + 2);
    ipc_client_destroy(second);
}

static int connect_raw(const struct rig *rig)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, rig->path, strlen(rig->path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

/* Sends bytes that are no frame and waits until the server closes. */
static void must_be_closed(struct rig *rig, const uint8_t *bytes, size_t len)
{
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    char answer[64];
    int fd = connect_raw(rig);
    assert_int_equal(len, send(fd, bytes, len, MSG_NOSIGNAL));
    while (recv(fd, answer, sizeof answer, 0) != 0) {
        assert_true(errno == EAGAIN);
        assert_true(clock_steady_us() < end);
        (void)event_base_loop(rig->base, EVLOOP_NONBLOCK);
    }
    (void)close(fd);
}

static void bad_streams_are_closed(void **state)
{
    struct rig *rig = *state;
    struct answered answered;
    uint8_t head[FRAME_HEAD_LEN];
    frame_head(head, ECHO, 1, 100001);
    must_be_closed(rig, head, 4);
    frame_head(head, FRAME_ANSWER | OK, 1, 0);
    must_be_closed(rig, head, sizeof head);
    frame_head(head, 0, 1, 0);
    must_be_closed(rig, head, sizeof head);
    must_be_closed(rig, (const uint8_t *)"GET / HTTP/1.1\r\n", 16);
    assert_int_equal(OK, ask(rig->client, ECHO, "fine", 5000, &answered));
    until(rig, &answered.times, 1);
    assert_int_equal(OK, answered.err);
}

/* Who asks and never reads is dropped, and costs no more than the queue's cap. */
static void who_does_not_listen_is_dropped(void **state)
{
    struct rig *rig = *state;
    static uint8_t bytes[FRAME_HEAD_LEN + 50000];
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    ipc_server_destroy(rig->server);
    rig->server = serve(rig, 4, 200000);
    frame_head(bytes, ECHO, 1, 50000);
    int fd = connect_raw(rig);
    size_t at = 0;
    bool closed = false;
    while (!closed) {
        ssize_t sent = send(fd, bytes + at, sizeof bytes - at, MSG_NOSIGNAL);
        if (sent > 0) {
            at = (at + (size_t)sent) % sizeof bytes;
        }
        closed = sent < 0 && (errno == EPIPE || errno == ECONNRESET);
        assert_true(clock_steady_us() < end);
        (void)event_base_loop(rig->base, EVLOOP_NONBLOCK);
    }
    (void)close(fd);
}

/* A peer that is another process, and dies by SIGKILL with requests in its hands. */
static void a_killed_peer(void **state)
{
    struct rig *rig = *state;
    struct answered answers[3];
    unsigned losses = rig->losses, connects = rig->connects;
    ipc_server_destroy(rig->server); /* the client connects to the listener again */
    rig->server = NULL;
    until(rig, &rig->losses, losses + 1);
    until(rig, &rig->connects, connects + 1);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = -1;
        char bytes[128];
        while (fd < 0) {
            fd = accept(rig->listener, NULL, NULL);
        }
        while (read(fd, bytes, sizeof bytes) != 0) {
        }
        _exit(0);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(OK, ask(rig->client, HOLD, "x", 60000, &answers[i]));
    }
    (void)event_base_loop(rig->base, EVLOOP_NONBLOCK);
    (void)event_base_loop(rig->base, EVLOOP_NONBLOCK);
    assert_int_equal(0, kill(pid, SIGKILL));
    (void)waitpid(pid, NULL, 0);
    /* Killed before or after it accepted: in the first case the next server gets the requests. */
    rig->server = serve(rig, 4, 0);
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    const struct timeval tick = {.tv_usec = 2000};
    while (answers[2].times == 0 && rig->held_len < 3) {
        assert_true(clock_steady_us() < end);
        (void)event_base_loopexit(rig->base, &tick);
        (void)event_base_dispatch(rig->base);
    }
    for (unsigned i = 0; i < rig->held_len; i++) {
        ipc_request_answer(rig->held[i], OK, NULL, 0);
    }
    bool taken_over = rig->held_len > 0;
    rig->held_len = 0;
    until(rig, &answers[2].times, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(1, answers[i].times);
        assert_int_equal(taken_over ? OK : ERR_UNKNOWN, answers[i].err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(parts_and_large_payloads_pass),
        cmocka_unit_test(late_answers_find_nobody),
        cmocka_unit_test(full_queues_are_told_at_once),
        cmocka_unit_test(a_lost_client_drops_its_answers),
        cmocka_unit_test(destroy_answers_what_was_not_sent),
        cmocka_unit_test(no_listener_is_unavailable),
        cmocka_unit_test(notices_reach_everybody),
        cmocka_unit_test(bad_streams_are_closed),
        cmocka_unit_test(a_lost_server_is_told_once_and_found_again),
        cmocka_unit_test(a_killed_peer),
        cmocka_unit_test(who_does_not_listen_is_dropped),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
