/*
 * Requests and answers between processes of one machine, over Unix sockets and bufferevents.
 *
 * The listening sockets are bound by the parent and inherited, so a restarted process loses no
 * listener: a client connects again and its new requests wait in the socket.
 *
 * Invariants:
 *  1. Launch law: ipc_client_send() = OK means one callback, later, from the loop. An error: none.
 *  2. ERR_UNAVAILABLE: no byte left this process. ERR_UNKNOWN: it may have been done (the peer
 * ended, or the deadline passed). An answer that comes afterwards finds no record and is dropped.
 *  3. Both queues are bounded: full = ERR_LIMITED at once, nothing is queued.
 *  4. A request given to a server is answered exactly once by it, and dropped when its client is
 * gone.
 *
 * Frames of one loop turn leave in one write.
 */
#ifndef IPC_PEER_H
#define IPC_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct event_base;
struct ipc_client;
struct ipc_server;
struct ipc_request;

/* ---- client ---- */

/* err is what the server answered with, or ERR_UNAVAILABLE or ERR_UNKNOWN with an empty payload.
 * The payload is valid during the call. */
typedef void ipc_callback(void *context, enum err err, struct slice payload);

struct ipc_client_options {
    const char *path;     /* of the Unix socket; copied */
    unsigned max_waiting; /* requests without an answer; 0: 1024 */
    size_t max_queued;    /* bytes not yet taken by the kernel; 0: 8 MiB */
    size_t max_payload;   /* of one answer; 0: 1 MiB */

    /* All from the loop, all optional; none may destroy the client. */
    void (*on_connect)(void *context);
    void (*on_loss)(void *context);
    void (*on_notice)(void *context, uint8_t type, struct slice payload);
    void *context;
};

/* Begins to connect, and again after each loss (10 ms doubling to 1 s, with jitter). */
struct ipc_client *ipc_client_create(struct event_base *base,
                                     const struct ipc_client_options *options);

/* Answers everything that waits (invariant 2), then frees. Not from one of its own callbacks. */
void ipc_client_destroy(struct ipc_client *client);

unsigned ipc_client_waiting(const struct ipc_client *client);

/*
 * Sends a request of type 0x01–0x7f whose payload is the parts one after another; they are copied.
 * ERR_UNAVAILABLE: not connected. ERR_LIMITED: a queue is full, or the payload is over
 * FRAME_PAYLOAD_MAX.
 */
enum err ipc_client_send(struct ipc_client *client, uint8_t type, const struct slice *parts,
                         size_t count, unsigned timeout_ms, ipc_callback *callback,
                         void *context) MUST_CHECK;

/* ---- server ---- */

struct ipc_server_options {
    int listen_fd; /* a listening Unix socket, not owned: the parent keeps it for the next run */
    unsigned max_clients; /* 0: 256; more are closed at once */
    unsigned max_open; /* requests not yet answered, of all clients; over it ERR_LIMITED is answered
                          without on_request(); 0: 8192 */
    size_t
        max_queued; /* answers a client does not take, in bytes; over it it is dropped; 0: 8 MiB */
    size_t max_payload; /* of one request; 0: 64 KiB */

    /* From the loop; neither may destroy the server. The request is the callee's: to be answered
     * exactly once, now or later. */
    void (*on_request)(void *context, struct ipc_request *request);
    void (*on_notice)(void *context, uint8_t type, struct slice payload); /* may be NULL */
    void *context;
};

struct ipc_server *ipc_server_create(struct event_base *base,
                                     const struct ipc_server_options *options);

/* Stops accepting (for draining); what is connected goes on. */
void ipc_server_pause(struct ipc_server *server);

/* Tries to send what is queued (without blocking), closes all connections and frees. Requests still
 * open stay valid for ipc_request_answer(), which then only frees them. */
void ipc_server_destroy(struct ipc_server *server);

unsigned ipc_server_open(const struct ipc_server *server); /* requests not yet answered */

/* A notice to every connected client. */
void ipc_server_notify(struct ipc_server *server, uint8_t type, struct slice payload);

/* Valid until answered. */
uint8_t ipc_request_type(const struct ipc_request *request);
struct slice ipc_request_payload(const struct ipc_request *request);
/* True when the client is gone: the work may be skipped; the answer is still owed. */
bool ipc_request_gone(const struct ipc_request *request);

/* Answers and frees the request. The parts are copied. */
void ipc_request_answer(struct ipc_request *request, enum err err, const struct slice *parts,
                        size_t count);

#endif
