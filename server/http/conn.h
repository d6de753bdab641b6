/* What conn.c, conn_begin.c and conn_end.c share: see the text at the top of conn.c. */
#ifndef SERVER_HTTP_CONN_H
#define SERVER_HTTP_CONN_H

#include "inner.h"

enum conn_state {
    CONN_NEW,
    CONN_PREFACE, /* the PROXY header is awaited */
    CONN_READING,
    CONN_SERVING,
    CONN_WRITING,
    CONN_REFUSING,
    CONN_CLOSING,
    CONN_LINGERING
};

struct conn {
    LIST_ENTRY(conn) link;
    struct listener *listener;
    struct http_server *server;

    struct bufferevent *filter; /* evhttp's; NULL once freed */
    struct bufferevent *socket; /* we hold one reference */
    struct ssl_st *session;     /* belongs to socket; NULL: plain */
    int fd;                     /* belongs to socket */

    enum conn_state state;
    struct gate gate;
    size_t seen; /* bytes at the front of the socket's input that the gate has read */
    struct http_request *request;
    struct net_address address;
    bool counted;    /* in the crowd */
    bool peer_ended; /* it will send nothing more */
    bool failed;     /* the socket is of no use any more */
    bool linger;     /* after evhttp has closed */

    int64_t since_us;  /* when the current wait began */
    int64_t body_us;   /* when the body began */
    size_t write_left; /* bytes to write when the wait began */
    size_t lingered;
    int64_t armed_us; /* when timer fires, 0: not at all */
    struct event timer, kick, linger_event;
};

/* ---- conn_begin.c ---- */

/* Of a CONN_NEW whose socket is known. */
void conn_begin(struct conn *conn);

/* More bytes of a CONN_PREFACE, or its handshake is done. */
void conn_preface(struct conn *conn);

/* ---- conn.c ---- */

/* Shows the gate what has come, until it needs more or a request is passed on. */
void conn_pump(struct conn *conn);

size_t conn_left_to_write(const struct conn *conn);

/* Answers with a problem that evhttp never sees, then closes. */
void conn_refuse(struct conn *conn, const char *code);

/* ---- conn_end.c ---- */

/* Sets the timer for the deadline of the present state, if that is not far enough already. */
void conn_arm(struct conn *conn);
void conn_timer_fired(evutil_socket_t fd, short what, void *context);

/* Ends the connection. linger: the last answer is with the kernel and must not be lost. */
void conn_close(struct conn *conn, bool linger);

/* The filter's free_context. */
void conn_filter_gone(void *context);

#endif
