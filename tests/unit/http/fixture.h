/* A server on a loopback socket in this process, and raw sockets to it. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/server.h"

#define FIXTURE_LIMIT_MS 5000 /* nothing here takes this long unless it is broken */

struct fixture {
    struct event_base *base;
    struct http_server *server;
    struct metrics *metrics;
    struct http_server_config config;
    uint16_t port;
    /* For handlers. */
    struct http_request *held;
    size_t calls, released;
    bool drained;
};

static inline int fixture_bind(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static inline int fixture_connect(const struct fixture *fixture, int receive_buffer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(fixture->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    if (receive_buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static inline void fixture_send(int fd, const void *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static inline void fixture_say(int fd, const char *text)
{
    fixture_send(fd, text, strlen(text));
}

/* One turn of the loop; waits at most a millisecond. */
static inline void fixture_turn(struct fixture *fixture)
{
    struct timeval wait = {.tv_usec = 1000};

    event_base_loopexit(fixture->base, &wait);
    event_base_loop(fixture->base, EVLOOP_ONCE);
}

/* Turns the loop until the condition holds; fails after the limit. */
#define FIXTURE_UNTIL(fixture, condition)                                                          \
    do {                                                                                           \
        int64_t limit_us = clock_steady_us() + FIXTURE_LIMIT_MS * 1000;                            \
        while (!(condition)) {                                                                     \
            fixture_turn(fixture);                                                                 \
            if (clock_steady_us() > limit_us)                                                      \
                fail_msg("not within %d ms: %s", FIXTURE_LIMIT_MS, #condition);                    \
        }                                                                                          \
    } while (0)

/* Reads what is there. True at the end of the stream. */
static inline bool fixture_read(int fd, struct buf *in)
{
    uint8_t bytes[65536];
    ssize_t len;

    while ((len = recv(fd, bytes, sizeof bytes, 0)) > 0)
        buf_put(in, bytes, (size_t)len);
    return len == 0 || (errno != EAGAIN && errno != EINTR);
}

/* Sends, then reads until the server closes. The caller releases in. */
static inline void fixture_talk(struct fixture *fixture, const void *bytes, size_t len,
                                struct buf *in)
{
    int fd = fixture_connect(fixture, 0);
    bool ended = false;

    buf_init(in, 64 << 20);
    fixture_send(fd, bytes, len);
    FIXTURE_UNTIL(fixture, (ended = ended || fixture_read(fd, in)));
    close(fd);
}

static inline size_t fixture_count(struct buf *in, const char *text)
{
    const char *at = buf_text(in);
    size_t count = 0;

    while ((at = strstr(at, text)) != NULL) {
        count++;
        at += strlen(text);
    }
    return count;
}

#endif
