/* The whole of http/ on a loopback socket: gate, evhttp, router, replies, deadlines, limits. */
#include "fixture.h"

#include <sys/resource.h>

#include "http/json.h"

#define HOST "Host: vote.example.kz\r\n"
#define CLOSE "Connection: close\r\n"

static const char *const hosts[] = {"vote.example.kz"};
static const char *const proxies[] = {"127.0.0.0/8"};

/* ---- handlers ---- */

static void hello(struct http_request *request, void *context)
{
    struct fixture *fixture = context;

    fixture->calls++;
    http_reply(request, 200, "text/plain", slice_str("hello"));
}

static void echo(struct http_request *request, void *context)
{
    struct fixture *fixture = context;

    fixture->calls++;
    http_reply(request, 200, "application/octet-stream", http_request_body(request));
}

static void hold(struct http_request *request, void *context)
{
    struct fixture *fixture = context;

    fixture->calls++;
    fixture->held = request;
}

static void describe(struct http_request *request, void *context)
{
    struct slice value = slice_str("none"), cookie = slice_str("none"), agent = slice_str("none");

    (void)context;
    http_request_query(request, "q", &value);
    http_request_cookie(request, "s", &cookie);
    http_request_header(request, "uSER-agent", &agent);
    http_reply_json(
        request, 200,
        json_pack("{s:s#,s:s#,s:s#,s:s#,s:s,s:s,s:b}", "id", http_request_param(request, "id").data,
                  (int)http_request_param(request, "id").len, "q", value.data, (int)value.len,
                  "cookie", cookie.data, (int)cookie.len, "agent", agent.data, (int)agent.len,
                  "lang", lang_code(http_request_language(request)), "client",
                  http_request_client(request), "secure", (int)http_request_secure(request)));
}

static void rest(struct http_request *request, void *context)
{
    (void)context;
    http_reply(request, 200, "text/plain", http_request_param(request, "path"));
}

static void released(void *context)
{
    ((struct fixture *)context)->released++;
}

static void page(struct http_request *request, void *context)
{
    struct http_answer answer = {.status = 200,
                                 .content_type = "text/html",
                                 .body = slice_str("<p>page</p>"),
                                 .etag = "\"abc\"",
                                 .cache_control = "max-age=5",
                                 .content_security = "default-src 'self'",
                                 .release = released,
                                 .release_context = context};

    http_reply_answer(request, &answer);
}

static uint8_t big_bytes[8 << 20];

static void big(struct http_request *request, void *context)
{
    struct http_answer answer = {.status = 200,
                                 .content_type = "text/plain",
                                 .body = slice_of(big_bytes, sizeof big_bytes),
                                 .release = released,
                                 .release_context = context};

    http_reply_answer(request, &answer);
}

static void refuse(struct http_request *request, void *context)
{
    (void)context;
    http_reply_problem(request, "rev_stale", json_pack("{s:i,s:i}", "rev", 4, "index", 77));
}

static void json(struct http_request *request, void *context)
{
    json_t *object;

    (void)context;
    if (http_request_json(request, &object) != OK)
        return;
    http_reply_json(request, 200, object);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/hello", 0, hello},
    {HTTP_GET, "/hold", 0, hold},
    {HTTP_POST, "/echo", 8192, echo},
    {HTTP_PUT, "/echo", 8192, echo},
    {HTTP_POST, "/import", 64 << 20, echo},
    {HTTP_POST, "/json", 8192, json},
    {HTTP_GET, "/api/v1/things/{id}", 0, describe},
    {HTTP_GET, "/api/v1/things/known", 0, hello},
    {HTTP_GET, "/{lang}/things/{id}", 0, describe},
    {HTTP_GET, "/files/{path...}", 0, rest},
    {HTTP_GET, "/page", 0, page},
    {HTTP_GET, "/big", 0, big},
    {HTTP_GET, "/stale", 0, refuse},
};

/* ---- set-up ---- */

static void start_server(struct fixture *fixture)
{
    struct fault fault = {{0}};
    int fd = fixture_bind(&fixture->port);

    assert_int_equal(http_server_create(fixture->base, &fixture->config, fixture->metrics,
                                        &fixture->server, &fault),
                     OK);
    http_server_route(fixture->server, routes, sizeof routes / sizeof routes[0], fixture);
    assert_int_equal(http_server_listen(fixture->server, fd, &fault), OK);
}

static void restart_server(struct fixture *fixture)
{
    http_server_destroy(fixture->server);
    start_server(fixture);
}

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);

    fixture->base = event_base_new();
    fixture->metrics = metrics_create();
    http_server_config_default(&fixture->config);
    fixture->config.hosts = hosts;
    fixture->config.hosts_len = 1;
    start_server(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    http_server_destroy(fixture->server);
    metrics_destroy(fixture->metrics);
    event_base_free(fixture->base);
    free(fixture);
    return 0;
}

/* Sends text, reads to the end, wants all of the given texts in the answer. */
static void want(struct fixture *fixture, const char *text, ...)
{
    struct buf in;
    va_list wanted;
    const char *part;

    fixture_talk(fixture, text, strlen(text), &in);
    va_start(wanted, text);
    while ((part = va_arg(wanted, const char *)) != NULL)
        if (strstr(buf_text(&in), part) == NULL)
            fail_msg("%s\ndoes not bring %s\nbut %s", text, part, buf_text(&in));
    va_end(wanted);
    buf_release(&in);
}

/* ---- routes and replies ---- */

static void test_get(void **state)
{
    want(*state, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "HTTP/1.1 200 OK\r\n",
         "Content-Length: 5\r\n", "Content-Type: text/plain\r\n",
         "X-Request-Id: ", "X-Content-Type-Options: nosniff\r\n",
         "Referrer-Policy: no-referrer\r\n", "Cross-Origin-Opener-Policy: same-origin\r\n",
         "Cache-Control: no-store\r\n", "Content-Security-Policy: default-src 'none'",
         "Date: ", "\r\n\r\nhello", NULL);
    want(*state, "GET /hello HTTP/1.0\r\n\r\n", "200 OK", "\r\n\r\nhello", NULL);
}

static void test_head_has_the_length_and_no_body(void **state)
{
    const char text[] = "HEAD /hello HTTP/1.1\r\n" HOST CLOSE "\r\n";
    struct buf in;

    fixture_talk(*state, text, sizeof text - 1, &in);
    assert_non_null(strstr(buf_text(&in), "Content-Length: 5\r\n"));
    assert_string_equal(buf_text(&in) + in.len - 4, "\r\n\r\n");
    buf_release(&in);
    want(*state, "HEAD /nothing HTTP/1.1\r\n" HOST CLOSE "\r\n", "404 Not Found", NULL);
}

static void test_body(void **state)
{
    want(*state, "POST /echo HTTP/1.1\r\n" HOST CLOSE "Content-Length: 11\r\n\r\nhello there",
         "200 OK", "\r\n\r\nhello there", NULL);
    want(*state, "POST /echo HTTP/1.1\r\n" HOST CLOSE "\r\n", "200 OK", "Content-Length: 0\r\n",
         NULL);
}

static void test_methods(void **state)
{
    want(*state, "DELETE /echo HTTP/1.1\r\n" HOST CLOSE "\r\n", "405 Method Not Allowed",
         "Allow: POST, PUT\r\n", "method_not_allowed", NULL);
    want(*state, "POST /hello HTTP/1.1\r\n" HOST CLOSE "Content-Length: 1\r\n\r\nx",
         "405 Method Not Allowed", "Allow: GET, HEAD\r\n", NULL);
    want(*state, "BREW /echo HTTP/1.1\r\n" HOST "\r\n", "501 Not Implemented", "method_unknown",
         "Connection: close\r\n", NULL);
    want(*state, "GET /nothing HTTP/1.1\r\n" HOST CLOSE "\r\n", "404 Not Found", "not_found", NULL);
}

static void test_params(void **state)
{
    want(*state,
         "GET /api/v1/things/a-1?q=%D2%9B+x&other=1 HTTP/1.1\r\n" HOST CLOSE
         "Cookie: ss=no; s=yes\r\nUser-Agent: test\r\nAccept-Language: en;q=0.2, ru;q=0.3\r\n\r\n",
         "\"id\":\"a-1\"", "\"q\":\"\xd2\x9b x\"", "\"cookie\":\"yes\"", "\"agent\":\"test\"",
         "\"lang\":\"ru\"", "\"client\":\"127.0.0.1\"", "\"secure\":false", NULL);
    want(*state, "GET /en/things/5 HTTP/1.1\r\n" HOST CLOSE "Cookie: s=a; s=b\r\n\r\n",
         "\"lang\":\"en\"", "\"id\":\"5\"", "\"cookie\":\"none\"", "\"q\":\"none\"", NULL);
    want(*state, "GET /api/v1/things/known HTTP/1.1\r\n" HOST CLOSE "\r\n", "\r\n\r\nhello", NULL);
    want(*state, "GET /files/a/b.c HTTP/1.1\r\n" HOST CLOSE "\r\n", "\r\n\r\na/b.c", NULL);
    want(*state, "GET /files/ HTTP/1.1\r\n" HOST CLOSE "\r\n", "404", NULL);
    want(*state, "GET /api/v1/things/ HTTP/1.1\r\n" HOST CLOSE "\r\n", "404", NULL);
    want(*state, "GET /hello/ HTTP/1.1\r\n" HOST CLOSE "\r\n", "404", NULL);
}

static void test_query_refused(void **state)
{
    static const char *const queries[] = {
        "a=1&a=2",
        "a=%FF",
        "=x",
        "a%20=1",

        "a=%E2%80%AE", /* a bidi override */
        "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1"};
    char text[512];

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        snprintf(text, sizeof text, "GET /hello?%s HTTP/1.1\r\n" HOST CLOSE "\r\n", queries[i]);
        want(*state, text, "400 Bad Request", "malformed", NULL);
    }
    /* Decomposed text is brought to NFC. */
    want(*state, "GET /en/things/1?q=%D0%B8%CC%86 HTTP/1.1\r\n" HOST CLOSE "\r\n",
         "\"q\":\"\xd0\xb9\"", NULL);
}

static void test_etag(void **state)
{
    struct fixture *fixture = *state;

    want(fixture, "GET /page HTTP/1.1\r\n" HOST CLOSE "\r\n", "200 OK", "ETag: \"abc\"\r\n",
         "Cache-Control: max-age=5\r\n", "Content-Security-Policy: default-src 'self'\r\n",
         "<p>page</p>", NULL);
    want(fixture, "GET /page HTTP/1.1\r\n" HOST CLOSE "If-None-Match: \"abc\"\r\n\r\n",
         "304 Not Modified", "ETag: \"abc\"\r\n", NULL);
    want(fixture, "GET /page HTTP/1.1\r\n" HOST CLOSE "If-None-Match: \"abd\"\r\n\r\n", "200 OK",
         NULL);
    want(fixture, "HEAD /page HTTP/1.1\r\n" HOST CLOSE "\r\n", "Content-Length: 11\r\n", NULL);
    assert_int_equal(fixture->released, 4);
}

static void test_problem(void **state)
{
    want(*state, "GET /stale HTTP/1.1\r\n" HOST CLOSE "Accept-Language: en\r\n\r\n", "409 Conflict",
         "application/problem+json", "\"type\":\"/problems/rev_stale\"", "\"code\":\"rev_stale\"",
         "\"index\":77", "\"rev\":4", "\"request_id\":\"", "\"status\":409", "A newer ballot",
         "Content-Language: en\r\n", NULL);
    want(*state, "GET /stale HTTP/1.1\r\n" HOST CLOSE "\r\n", "Content-Language: kk\r\n", NULL);
}

static void test_json(void **state)
{
    static const char *const bad[] = {
        "{\"a\":1,\"a\":2}", "[1]",  "{",
        "{\"a\":1}x",        "\xff", "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"};
    char text[512];

    want(*state,
         "POST /json HTTP/1.1\r\n" HOST CLOSE
         "Content-Type: application/json; charset=utf-8\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
         "200 OK", "{\"a\":1}", NULL);
    want(*state, "POST /json HTTP/1.1\r\n" HOST CLOSE "Content-Length: 2\r\n\r\n{}",
         "415 Unsupported Media Type", "media_type", NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text,
                 "POST /json HTTP/1.1\r\n" HOST CLOSE
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(bad[i]), bad[i]);
        want(*state, text, "400 Bad Request", "malformed", NULL);
    }
}

/* ---- connections ---- */

static void test_pipelined_in_order(void **state)
{
    struct fixture *fixture = *state;
    const char text[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
                        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\ntwo"
                        "GET /hold HTTP/1.1\r\n" HOST "\r\n"
                        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nthree"
                        "GET /hello\r\n"; /* refused after all of these were answered */
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;
    const char *one, *two, *held, *three, *refused;

    buf_init(&in, 65536);
    fixture_send(fd, text, sizeof text - 1);
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    assert_int_equal(fixture->calls, 3);
    http_reply(fixture->held, 200, "text/plain", slice_str("held"));
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    one = strstr(buf_text(&in), "\r\n\r\none");
    two = strstr(buf_text(&in), "\r\n\r\ntwo");
    held = strstr(buf_text(&in), "\r\n\r\nheld");
    three = strstr(buf_text(&in), "\r\n\r\nthree");
    refused = strstr(buf_text(&in), "400 Bad Request");
    assert_true(one && one < two && two < held && held < three && three < refused);
    assert_int_equal(fixture_count(&in, "HTTP/1.1 200 OK"), 4);
    close(fd);
    buf_release(&in);
}

static void test_byte_by_byte(void **state)
{
    struct fixture *fixture = *state;
    const char text[] = "POST /echo HTTP/1.1\r\n" HOST CLOSE "Content-Length: 3\r\n\r\none";
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 65536);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        fixture_send(fd, text + i, 1);
        fixture_turn(fixture);
    }
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_non_null(strstr(buf_text(&in), "\r\n\r\none"));
    close(fd);
    buf_release(&in);
}

static void test_refusals(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;

    want(fixture, "GET /hello HTTP/1.1\r\n\r\n", "400 Bad Request", "host_unknown",
         "Connection: close\r\n", "application/problem+json", "nosniff", "Date: ", NULL);
    want(fixture, "GET /hello HTTP/3.0\r\n" HOST "\r\n", "505 HTTP", "unsupported_version", NULL);
    want(fixture,
         "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello",
         "400 Bad Request", "malformed", NULL);
    want(fixture, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8193\r\n\r\n", "413 Content",
         "too_large", NULL);
    want(fixture, "GET /en/x HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n", "400 Bad Request",
         "\"title\":\"The request could not be understood\"", "Content-Language: en\r\n", NULL);
    assert_int_equal(fixture->calls, 0);

    /* The answer survives bytes that nobody read. */
    buf_init(&text, 1 << 20);
    buf_put_str(&text, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n");
    for (int i = 0; i < 100000; i++)
        buf_put_byte(&text, 'x');
    want(fixture, buf_text(&text), "413 Content Too Large", NULL);
    buf_clear(&text);
    buf_put_str(&text, "GET /");
    for (int i = 0; i < 3000; i++)
        buf_put_byte(&text, 'x');
    want(fixture, buf_text(&text), "414 URI Too Long", "uri_too_long", NULL);
    buf_clear(&text);
    buf_put_str(&text, "GET / HTTP/1.1\r\n" HOST "X: ");
    for (int i = 0; i < 9000; i++)
        buf_put_byte(&text, 'x');
    want(fixture, buf_text(&text), "431 Request Header Fields Too Large", "head_too_large", NULL);
    buf_release(&text);
}

static void test_continue(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 65536);
    fixture_say(fd, "POST /echo HTTP/1.1\r\n" HOST CLOSE
                    "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    FIXTURE_UNTIL(fixture, (fixture_read(fd, &in), in.len > 0));
    assert_string_equal(buf_text(&in), "HTTP/1.1 100 Continue\r\n\r\n");
    fixture_say(fd, "abc");
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_non_null(strstr(buf_text(&in), "\r\n\r\nabc"));
    assert_int_equal(fixture_count(&in, "HTTP/1.1"), 2);
    close(fd);
    buf_release(&in);
}

static void test_last_request_of_a_connection(void **state)
{
    struct fixture *fixture = *state;
    struct buf text, in;

    buf_init(&text, 65536);
    for (int i = 0; i < 101; i++)
        buf_put_str(&text, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    fixture_talk(fixture, text.data, text.len, &in);
    assert_int_equal(fixture_count(&in, "HTTP/1.1 200 OK"), 100);
    assert_int_equal(fixture_count(&in, "Connection: close"), 1);
    buf_release(&text);
    buf_release(&in);
}

static void test_client_left(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    struct linger reset = {.l_onoff = 1, .l_linger = 0};

    fixture_say(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    for (int i = 0; i < 5; i++)
        fixture_turn(fixture);
    http_reply(fixture->held, 200, "text/plain", slice_str("late"));
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 0);
}

/* A client that sends its request and shuts its sending side down still gets the answer. */
static void test_half_closed(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 65536);
    fixture_say(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n");
    shutdown(fd, SHUT_WR);
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_int_equal(fixture_count(&in, "\r\n\r\nhello"), 2);
    close(fd);
    buf_release(&in);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 0);
}

static void test_half_closed_while_written_to(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 16 << 20);
    fixture_say(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, (recv(fd, &(char){0}, 1, MSG_PEEK) == 1));
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 5; i++)
        fixture_turn(fixture);
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_true(in.len > sizeof big_bytes);
    close(fd);
    buf_release(&in);
}

static size_t send_some(int fd, const uint8_t *bytes, size_t len)
{
    ssize_t some = send(fd, bytes, len, MSG_NOSIGNAL);

    return some > 0 ? (size_t)some : 0;
}

/* A client that sends without reading is read no further than a little ahead, and then served. */
static void test_sent_ahead(void **state)
{
    struct fixture *fixture = *state;
    const char head[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8192\r\n\r\n";
    int fd = fixture_connect(fixture, 0);
    size_t sent = 0, most = 50 * (sizeof head - 1 + 8192);
    struct buf in, out;

    buf_init(&in, 32 << 20);
    buf_init(&out, 1 << 20);
    for (int i = 0; i < 50; i++) {
        buf_put(&out, head, sizeof head - 1);
        buf_put(&out, big_bytes, 8192);
    }
    fixture_say(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, (recv(fd, &(char){0}, 1, MSG_PEEK) == 1));
    for (int i = 0; i < 200; i++) { /* as much as goes without reading */
        sent += send_some(fd, out.data + sent, most - sent);
        fixture_turn(fixture);
    }
    FIXTURE_UNTIL(fixture,
                  (sent += send_some(fd, out.data + sent, most - sent), fixture_read(fd, &in),
                   fixture->calls == 50 && in.len > sizeof big_bytes + 50 * 8192));
    assert_int_equal(sent, most);
    close(fd);
    buf_release(&in);
    buf_release(&out);
}

/* A reset could overtake the answer: the stream ends in order even when the client goes on sending.
 */
static void test_refusal_ends_in_order(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 65536);
    fixture_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n");
    FIXTURE_UNTIL(fixture, (recv(fd, &(char){0}, 1, MSG_PEEK) == 1));
    for (int i = 0; i < 20; i++) {
        assert_int_equal(send(fd, big_bytes, 1000, MSG_NOSIGNAL), 1000);
        fixture_turn(fixture);
    }
    errno = 0;
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_int_equal(recv(fd, &(char){0}, 1, 0), 0);
    assert_non_null(strstr(buf_text(&in), "413 Content Too Large"));
    close(fd);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 0);
    buf_release(&in);
}

/* Nor can it hold the connection longer than linger_ms. */
static void test_linger_ends(void **state)
{
    struct fixture *fixture = *state;
    int fd;

    fixture->config.linger_ms = 40;
    restart_server(fixture);
    fd = fixture_connect(fixture, 0);
    fixture_say(fd, "GET\r\n");
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 0);
    close(fd);
}

static void test_server_destroyed_under_a_request(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);

    fixture_say(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    restart_server(fixture);
    assert_true(slice_is(http_request_path(fixture->held), "/hold"));
    http_reply(fixture->held, 200, "text/plain", slice_str("late"));
    close(fd);
}

static void test_big_answer(void **state)
{
    struct fixture *fixture = *state;
    const char text[] = "GET /big HTTP/1.1\r\n" HOST CLOSE "\r\n";
    struct buf in;

    for (size_t i = 0; i < sizeof big_bytes; i++)
        big_bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    fixture_talk(fixture, text, sizeof text - 1, &in);
    assert_true(in.len > sizeof big_bytes);
    assert_memory_equal(in.data + in.len - sizeof big_bytes, big_bytes, sizeof big_bytes);
    buf_release(&in);
    FIXTURE_UNTIL(fixture, fixture->released == 1);
}

static void test_big_body(void **state)
{
    struct fixture *fixture = *state;
    int fd = fixture_connect(fixture, 0);
    size_t len = 3 << 20, sent = 0;
    struct buf in;
    bool ended = false;

    buf_init(&in, 8 << 20);
    fixture_say(fd, "POST /import HTTP/1.1\r\n" HOST CLOSE "Content-Length: 3145728\r\n\r\n");
    while (sent < len) {
        ssize_t some = send(fd, big_bytes + sent, len - sent, MSG_NOSIGNAL);

        if (some > 0)
            sent += (size_t)some;
        fixture_turn(fixture);
    }
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_true(in.len > len);
    assert_memory_equal(in.data + in.len - len, big_bytes, len);
    close(fd);
    buf_release(&in);
}

/* ---- deadlines ---- */

/* A byte at most every other millisecond, however often it is called. */
static void drip(int fd)
{
    static int64_t next_us;

    if (clock_steady_us() < next_us)
        return;
    next_us = clock_steady_us() + 2000;
    send(fd, "x", 1, MSG_NOSIGNAL);
}

static void test_slow_head(void **state)
{
    struct fixture *fixture = *state;
    int fd;
    struct buf in;
    bool ended = false;

    fixture->config.head_ms = 40;
    restart_server(fixture);
    fd = fixture_connect(fixture, 0);
    buf_init(&in, 65536);
    fixture_say(fd, "GET /");
    /* Dripping does not help. */
    FIXTURE_UNTIL(fixture, (drip(fd), ended = ended || fixture_read(fd, &in)));
    assert_non_null(strstr(buf_text(&in), "408 Request Timeout"));
    close(fd);
    buf_release(&in);
}

static void test_slow_body(void **state)
{
    struct fixture *fixture = *state;
    int fd;
    struct buf in;
    bool ended = false;

    fixture->config.body_ms = 40;
    restart_server(fixture);
    fd = fixture_connect(fixture, 0);
    buf_init(&in, 65536);
    fixture_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8000\r\n\r\nx");
    FIXTURE_UNTIL(fixture, (drip(fd), ended = ended || fixture_read(fd, &in)));
    assert_non_null(strstr(buf_text(&in), "408 Request Timeout"));
    assert_int_equal(fixture->calls, 0);
    close(fd);
    buf_release(&in);
}

static void test_body_below_the_least_rate(void **state)
{
    struct fixture *fixture = *state;
    int64_t began = clock_steady_us();

    fixture->config.body_ms = 4000;
    restart_server(fixture);
    want(fixture, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8000\r\n\r\nx",
         "408 Request Timeout", NULL);
    assert_true(clock_steady_us() - began < 3000000); /* by the rate, not by the whole */
}

static void test_idle(void **state)
{
    struct fixture *fixture = *state;
    struct buf in;

    fixture->config.idle_ms = 40;
    restart_server(fixture);
    fixture_talk(fixture, "", 0, &in);
    assert_int_equal(in.len, 0);
    buf_release(&in);
    fixture_talk(fixture, "GET /hello HTTP/1.1\r\n" HOST "\r\n",
                 strlen("GET /hello HTTP/1.1\r\n" HOST "\r\n"), &in);
    assert_int_equal(fixture_count(&in, "200 OK"), 1);
    buf_release(&in);
}

/* A held request is no idle connection. */
static void test_handler_may_take_its_time(void **state)
{
    struct fixture *fixture = *state;
    struct buf in;
    int64_t until;
    int fd;

    fixture->config.idle_ms = fixture->config.head_ms = fixture->config.write_ms = 30;
    restart_server(fixture);
    fd = fixture_connect(fixture, 0);
    buf_init(&in, 65536);
    fixture_say(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    until = clock_steady_us() + 100000;
    FIXTURE_UNTIL(fixture, clock_steady_us() > until);
    http_reply(fixture->held, 200, "text/plain", slice_str("late"));
    FIXTURE_UNTIL(fixture, (fixture_read(fd, &in), in.len > 0));
    assert_non_null(strstr(buf_text(&in), "\r\n\r\nlate"));
    close(fd);
    buf_release(&in);
}

static void test_slow_reader(void **state)
{
    struct fixture *fixture = *state;
    int fd;

    fixture->config.write_ms = 60;
    restart_server(fixture);
    fd = fixture_connect(fixture, 4096);
    fixture_say(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 0);
    assert_int_equal(fixture->released, 1);
    close(fd);
}

/* ---- limits ---- */

static void test_connections_per_address(void **state)
{
    struct fixture *fixture = *state;
    int first, second;

    fixture->config.connections_ipv4_max = 2;
    restart_server(fixture);
    first = fixture_connect(fixture, 0);
    second = fixture_connect(fixture, 0);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 2);
    want(fixture, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "503 Service Unavailable",
         "Retry-After: 5\r\n", "busy", NULL);
    close(first);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    want(fixture, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "200 OK", NULL);
    close(second);
}

static void test_connections_in_all(void **state)
{
    struct fixture *fixture = *state;
    int first;

    fixture->config.connections_max = 4;
    restart_server(fixture);
    first = fixture_connect(fixture, 0);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    want(fixture, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "200 OK", NULL);
    fixture->config.connections_max = 1;
    close(first);
    restart_server(fixture);
    first = fixture_connect(fixture, 0);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    want(fixture, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "", NULL);
    assert_int_equal(fixture->calls, 1);
    close(first);
}

static int64_t accept_pauses(struct fixture *fixture)
{
    return metric_value(metrics_counter(fixture->metrics, "dauys_http_refusals_total",
                                        "Requests and connections refused before the router.",
                                        "reason=\"accept\""));
}

/* Without descriptors the listener rests instead of spinning, and goes on by itself. */
static void test_descriptors_used_up(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit before, none;
    struct buf in;
    bool ended = false;
    int fd, turns = 0;

    fixture->config.emfile_ms = 20;
    restart_server(fixture);
    fd = fixture_connect(fixture, 0);
    fixture_say(fd, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)fd + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    FIXTURE_UNTIL(fixture, accept_pauses(fixture) == 2);
    FIXTURE_UNTIL(fixture, (turns++, accept_pauses(fixture) == 4));
    assert_true(turns < 500);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    buf_init(&in, 65536);
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, &in)));
    assert_non_null(strstr(buf_text(&in), "200 OK"));
    close(fd);
    buf_release(&in);
}

static void test_forwarded_address(void **state)
{
    struct fixture *fixture = *state;
    const char text[] = "GET /en/things/1 HTTP/1.1\r\n" HOST CLOSE
                        "X-Forwarded-For: 10.0.0.1, 192.0.2.7, 127.0.0.9\r\n"
                        "X-Forwarded-Proto: https\r\n\r\n";

    want(fixture, text, "\"client\":\"127.0.0.1\"", "\"secure\":false", NULL);
    fixture->config.proxies = proxies;
    fixture->config.proxies_len = 1;
    restart_server(fixture);
    want(fixture, text, "\"client\":\"192.0.2.7\"", "\"secure\":true",
         "Strict-Transport-Security: max-age=31536000\r\n", NULL);
    want(fixture,
         "GET /en/things/1 HTTP/1.1\r\n" HOST CLOSE "X-Forwarded-For: 2001:db8:1:2:3:4:5:6\r\n\r\n",
         "\"client\":\"2001:db8:1:2::/64\"", NULL);
    want(fixture, "GET /en/things/1 HTTP/1.1\r\n" HOST CLOSE "X-Forwarded-For: nonsense\r\n\r\n",
         "\"client\":\"127.0.0.1\"", NULL);
}

static void drained(void *context)
{
    ((struct fixture *)context)->drained = true;
}

static void test_drain(void **state)
{
    struct fixture *fixture = *state;
    int idle = fixture_connect(fixture, 0), busy = fixture_connect(fixture, 0);
    struct buf in;
    bool ended = false;

    buf_init(&in, 65536);
    fixture_say(busy, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    http_server_drain(fixture->server, 4000, drained, fixture);
    FIXTURE_UNTIL(fixture, http_server_connections(fixture->server) == 1);
    assert_false(fixture->drained);
    http_reply(fixture->held, 200, "text/plain", slice_str("done"));
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(busy, &in)));
    assert_non_null(strstr(buf_text(&in), "Connection: close\r\n"));
    assert_non_null(strstr(buf_text(&in), "\r\n\r\ndone"));
    close(busy);
    FIXTURE_UNTIL(fixture, fixture->drained);
    close(idle);
    buf_release(&in);
}

static void test_drain_limit(void **state)
{
    struct fixture *fixture = *state;
    int busy = fixture_connect(fixture, 0);

    fixture_say(busy, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    FIXTURE_UNTIL(fixture, fixture->held != NULL);
    http_server_drain(fixture->server, 30, drained, fixture);
    FIXTURE_UNTIL(fixture, fixture->drained);
    http_reply(fixture->held, 200, "text/plain", slice_str("late"));
    close(busy);
}

static void test_metrics(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;

    want(fixture, "GET /hello HTTP/1.1\r\n" HOST CLOSE "\r\n", "200 OK", NULL);
    want(fixture, "GET /stale HTTP/1.1\r\n" HOST CLOSE "\r\n", "409", NULL);
    want(fixture, "GET / HTTP/1.1\r\n\r\n", "400", NULL);
    buf_init(&text, 1 << 20);
    metrics_put(fixture->metrics, "", &text);
    assert_non_null(strstr(buf_text(&text), "dauys_http_requests_total{method=\"GET\",route=\"/"
                                            "hello\",status=\"200\"} 1\n"));
    assert_non_null(strstr(buf_text(&text), "route=\"/stale\",status=\"409\"} 1\n"));
    assert_non_null(strstr(buf_text(&text), "dauys_http_refusals_total{reason=\"host\"} 1\n"));
    assert_non_null(strstr(buf_text(&text), "dauys_http_connections_total 3\n"));
    assert_non_null(strstr(buf_text(&text),
                           "dauys_http_request_duration_seconds_count{method=\"GET\",route=\"/"
                           "hello\"} 1\n"));
    buf_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_get),
        TEST(test_head_has_the_length_and_no_body),
        TEST(test_body),
        TEST(test_methods),
        TEST(test_params),
        TEST(test_query_refused),
        TEST(test_etag),
        TEST(test_problem),
        TEST(test_json),
        TEST(test_pipelined_in_order),
        TEST(test_byte_by_byte),
        TEST(test_refusals),
        TEST(test_continue),
        TEST(test_last_request_of_a_connection),
        TEST(test_client_left),
        TEST(test_half_closed),
        TEST(test_half_closed_while_written_to),
        TEST(test_sent_ahead),
        TEST(test_refusal_ends_in_order),
        TEST(test_linger_ends),
        TEST(test_server_destroyed_under_a_request),
        TEST(test_big_answer),
        TEST(test_big_body),
        TEST(test_slow_head),
        TEST(test_slow_body),
        TEST(test_body_below_the_least_rate),
        TEST(test_idle),
        TEST(test_handler_may_take_its_time),
        TEST(test_slow_reader),
        TEST(test_connections_per_address),
        TEST(test_connections_in_all),
        TEST(test_descriptors_used_up),
        TEST(test_forwarded_address),
        TEST(test_drain),
        TEST(test_drain_limit),
        TEST(test_metrics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
