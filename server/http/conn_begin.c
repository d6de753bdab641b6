/*
 * The beginning of a connection: whose it is, and whether it is taken.
 *
 *     NEW ──no proxy of ours──▶ admitted: READING, or refused
 *      └──a proxy of ours───▶ PREFACE ──its PROXY header──▶ admitted under the client's address
 *
 * In the clear the header is taken from the socket's buffer. Under TLS it stands before the
 * handshake, where the TLS code reads the socket itself: there a filter of its own takes it
 * (tls_session_preface()), and what is admitted is decided when the handshake is done.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "conn.h"
#include "crypt/tls.h"
#include "proxy.h"

static bool enter(struct conn *conn)
{
    struct http_server *server = conn->server;
    const struct http_server_config *config = &server->config;
    uint32_t most;

    if (server->conns_len > config->connections_max)
        return false;
    if (server_trusts(server, &conn->address))
        return true;
    most =
        net_is_ipv4(&conn->address) ? config->connections_ipv4_max : config->connections_ipv6_max;
    conn->counted = crowd_enter(server->crowd, &conn->address, most);
    return conn->counted;
}

static void admit(struct conn *conn)
{
    conn->state = CONN_READING;
    if (enter(conn)) {
        conn_pump(conn);
        return;
    }
    server_count_refusal(conn->server, "connections");
    /* A handshake to say no would cost more than the yes; and a crowd gets no answer at all. */
    if (conn->session != NULL ||
        conn->server->conns_len > conn->server->config.connections_max * 5 / 4)
        conn_close(conn, false);
    else
        conn_refuse(conn, "busy");
}

/* ---- the PROXY header ---- */

static void take_client(struct conn *conn, const struct proxy_header *header)
{
    if (header->has_client)
        conn->address = header->client;
}

/* For tls_session_preface(). */
static int take_preface(void *context, const uint8_t *data, size_t len)
{
    struct conn *conn = context;
    struct proxy_header header;

    switch (proxy_parse(data, len, &header)) {
    case PROXY_MORE:
        return 0;
    case PROXY_DONE:
        take_client(conn, &header);
        return (int)header.len;
    case PROXY_WRONG:
        break;
    }
    server_count_refusal(conn->server, "proxy_header");
    return -1;
}

void conn_preface(struct conn *conn)
{
    struct evbuffer *input = bufferevent_get_input(conn->socket);
    uint8_t data[PROXY_HEADER_MAX];
    struct proxy_header header;
    ev_ssize_t len;

    if (conn->session != NULL) { /* the handshake is done: so is the header */
        admit(conn);
        return;
    }
    len = evbuffer_copyout(input, data, sizeof data);
    switch (proxy_parse(data, len > 0 ? (size_t)len : 0, &header)) {
    case PROXY_MORE:
        if (conn->peer_ended)
            conn_close(conn, false);
        else
            conn_arm(conn);
        return;
    case PROXY_DONE:
        evbuffer_drain(input, header.len);
        take_client(conn, &header);
        admit(conn);
        return;
    case PROXY_WRONG:
        /* Whoever speaks here is no proxy that was set up for this: no answer it could pass on. */
        server_count_refusal(conn->server, "proxy_header");
        conn_close(conn, false);
        return;
    }
}

/* evhttp gave us no address, but by now the socket: ask it. */
void conn_begin(struct conn *conn)
{
    struct sockaddr_storage peer = {0};
    socklen_t len = sizeof peer;
    int one = 1;

    conn->fd = (int)bufferevent_getfd(conn->socket);
    conn->state = CONN_READING;
    if (conn->fd < 0 || getpeername(conn->fd, (struct sockaddr *)&peer, &len) != 0 ||
        !net_address_of((struct sockaddr *)&peer, &conn->address)) {
        conn_close(conn, false);
        return;
    }
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!conn->server->config.proxy_protocol || !server_trusts(conn->server, &conn->address)) {
        admit(conn);
        return;
    }
    conn->state = CONN_PREFACE;
    if (conn->session == NULL) {
        conn_preface(conn);
        return;
    }
    tls_session_preface(conn->session, PROXY_HEADER_MAX, take_preface, conn);
    conn_arm(conn);
}
