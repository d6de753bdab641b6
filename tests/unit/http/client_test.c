/* The client against a true server, and against peers that misbehave. */
#include "fixture.h"

#include "http/client.h"

static const char *const hosts[] = {"127.0.0.1"};

struct call {
    enum err err;
    int status;
    size_t times;
    struct buf body;
};

static void done(void *context, enum err err, const struct http_client_answer *answer)
{
    struct call *call = context;
    struct slice value;

    call->times++;
    call->err = err;
    assert_true((err == OK) == (answer != NULL));
    if (answer == NULL)
        return;
    call->status = answer->status;
    buf_clear(&call->body);
    buf_put_slice(&call->body, answer->body);
    assert_false(http_client_header(answer, "x-none", &value));
    assert_false(http_client_header(answer, "HTTP/1.1 200 OK", &value));
    if (http_client_header(answer, "content-LENGTH", &value))
        assert_true(value.len > 0 && value.data[0] >= '0' && value.data[0] <= '9');
}

static void echo(struct http_request *request, void *context)
{
    ((struct fixture *)context)->calls++;
    http_reply(request, 200, "text/plain", http_request_body(request));
}

static void hold(struct http_request *request, void *context)
{
    ((struct fixture *)context)->held = request;
}

static const struct http_route routes[] = {
    {HTTP_POST, "/echo", 65536, echo},
    {HTTP_GET, "/echo", 0, echo},
    {HTTP_GET, "/hold", 0, hold},
};

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    struct fault fault;

    fixture->base = event_base_new();
    http_server_config_default(&fixture->config);
    fixture->config.hosts = hosts;
    fixture->config.hosts_len = 1;
    assert_int_equal(
        http_server_create(fixture->base, &fixture->config, NULL, &fixture->server, &fault), OK);
    http_server_route(fixture->server, routes, sizeof routes / sizeof routes[0], fixture);
    assert_int_equal(http_server_listen(fixture->server, fixture_bind(&fixture->port), &fault), OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    http_server_destroy(fixture->server);
    event_base_free(fixture->base);
    free(fixture);
    return 0;
}

static struct http_client *client_of(struct fixture *fixture, uint16_t port, uint32_t deadline_ms)
{
    struct http_client_config config = {.host = "127.0.0.1",
                                        .port = port,
                                        .connections = 3,
                                        .deadline_ms = deadline_ms,
                                        .queue_max = 1000,
                                        .body_max = 65536};
    struct http_client *client;
    struct fault fault;

    assert_int_equal(http_client_create(fixture->base, &config, &client, &fault), OK);
    return client;
}

static void ask(struct http_client *client, const char *method, const char *target,
                struct slice body, struct call *call)
{
    struct http_client_request request = {.method = method,
                                          .target = target,
                                          .content_type = body.len ? "text/plain" : NULL,
                                          .body = body};

    *call = (struct call){0};
    buf_init(&call->body, 65536);
    assert_int_equal(http_client_send(client, &request, done, call), OK);
    assert_int_equal(call->times, 0);
}

/* More requests than a connection may carry, more than there are connections. */
static void test_many(void **state)
{
    static struct call calls[900];
    struct fixture *fixture = *state;
    struct http_client *client = client_of(fixture, fixture->port, 5000);
    char text[32];

    for (int i = 0; i < 900; i++) {
        snprintf(text, sizeof text, "body %d", i);
        ask(client, "POST", "/echo", slice_str(text), &calls[i]);
    }
    FIXTURE_UNTIL(fixture, http_client_pending(client) == 0);
    assert_int_equal(fixture->calls, 900);
    for (int i = 0; i < 900; i++) {
        snprintf(text, sizeof text, "body %d", i);
        assert_int_equal(calls[i].err, OK);
        assert_int_equal(calls[i].times, 1);
        assert_int_equal(calls[i].status, 200);
        assert_true(slice_is(buf_slice(&calls[i].body), text));
        buf_release(&calls[i].body);
    }
    http_client_destroy(client);
}

static void test_head_and_statuses(void **state)
{
    struct fixture *fixture = *state;
    struct http_client *client = client_of(fixture, fixture->port, 5000);
    struct call head, missing;

    ask(client, "HEAD", "/echo", slice_of(NULL, 0), &head);
    ask(client, "GET", "/nothing", slice_of(NULL, 0), &missing);
    FIXTURE_UNTIL(fixture, http_client_pending(client) == 0);
    assert_int_equal(head.status, 200);
    assert_int_equal(head.body.len, 0);
    assert_int_equal(missing.status, 404);
    assert_true(missing.body.len > 0);
    buf_release(&missing.body);
    buf_release(&head.body);
    http_client_destroy(client);
}

static void test_deadline_after_sending_is_unknown(void **state)
{
    struct fixture *fixture = *state;
    struct http_client *client = client_of(fixture, fixture->port, 60);
    struct call call;

    ask(client, "GET", "/hold", slice_of(NULL, 0), &call);
    FIXTURE_UNTIL(fixture, call.times > 0);
    assert_int_equal(call.err, ERR_UNKNOWN);
    assert_non_null(fixture->held);
    http_reply(fixture->held, 200, "text/plain", slice_str("late"));
    for (int i = 0; i < 5; i++)
        fixture_turn(fixture);
    assert_int_equal(call.times, 1);
    http_client_destroy(client);
}

static void test_nobody_listens(void **state)
{
    struct fixture *fixture = *state;
    uint16_t port;
    struct http_client *client;
    struct call call;

    close(fixture_bind(&port));
    client = client_of(fixture, port, 80);
    ask(client, "GET", "/echo", slice_of(NULL, 0), &call);
    FIXTURE_UNTIL(fixture, call.times > 0);
    assert_int_equal(call.err, ERR_UNAVAILABLE);
    http_client_destroy(client);
}

static void test_queue_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    struct http_client *client = client_of(fixture, fixture->port, 5000);
    struct http_client_request request = {.method = "GET", .target = "/echo"};
    struct call call = {0};

    buf_init(&call.body, 65536);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(http_client_send(client, &request, done, &call), OK);
    assert_int_equal(http_client_send(client, &request, done, &call), ERR_LIMITED);
    FIXTURE_UNTIL(fixture, http_client_pending(client) == 0);
    assert_int_equal(call.times, 1000);
    buf_release(&call.body);
    http_client_destroy(client);
}

/* Answers that are not understood: UNKNOWN, never a wrong answer. */
static void test_bad_answers(void **state)
{
    static const char *const answers[] = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 5\r\n\r\nhello",
        "SSH-2.0-OpenSSH\r\n\r\n",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        uint16_t port;
        int listener = fixture_bind(&port), peer = -1;
        struct http_client *client = client_of(fixture, port, 5000);
        struct call call;

        assert_int_equal(listen(listener, 4), 0);
        assert_int_equal(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
        ask(client, "GET", "/", slice_of(NULL, 0), &call);
        FIXTURE_UNTIL(fixture, (peer = accept(listener, NULL, NULL)) >= 0);
        FIXTURE_UNTIL(fixture, recv(peer, &(char){0}, 1, MSG_DONTWAIT) == 1);
        fixture_say(peer, answers[i]);
        close(peer);
        FIXTURE_UNTIL(fixture, call.times > 0);
        if (call.err != ERR_UNKNOWN)
            fail_msg("%s: %s", answers[i], err_name(call.err));
        http_client_destroy(client);
        close(listener);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_many),
        TEST(test_head_and_statuses),
        TEST(test_deadline_after_sending_is_unknown),
        TEST(test_nobody_listens),
        TEST(test_queue_is_bounded),
        TEST(test_bad_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
