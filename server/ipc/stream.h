/* Frames out of and into a bufferevent, for both ends. Private to ipc/. */
#ifndef SERVER_IPC_STREAM_H
#define SERVER_IPC_STREAM_H

#include <event2/bufferevent.h>

#include "ipc/frame.h"

/*
 * The next whole frame at the head of the input; *used = 0 when there is none yet. The payload
 * points into the input: call stream_skip() with *used when done with it. Errors as frame_peek():
 * the connection has to be closed.
 */
enum err stream_next(struct bufferevent *stream, size_t payload_cap, struct frame *frame,
                     size_t *used) MUST_CHECK;
void stream_skip(struct bufferevent *stream, size_t used);

/* Bytes that the kernel has not taken yet. */
size_t stream_queued(struct bufferevent *stream);

/* Queues a frame whose payload is the parts; it leaves with all others of this loop turn. */
void stream_put(struct bufferevent *stream, uint8_t type, uint64_t id, const struct slice *parts,
                size_t count);

size_t stream_parts_len(const struct slice *parts, size_t count);

#endif
