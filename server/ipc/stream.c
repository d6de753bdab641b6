#include "stream.h"

#include <event2/buffer.h>
#include <event2/event.h>

enum err stream_next(struct bufferevent *stream, size_t payload_cap, struct frame *frame,
                     size_t *used)
{
    struct evbuffer *input = bufferevent_get_input(stream);
    uint8_t head[FRAME_HEAD_LEN];
    size_t total;
    *used = 0;
    ev_ssize_t len = evbuffer_copyout(input, head, sizeof head);
    enum err err = frame_peek(slice_of(head, len < 0 ? 0 : (size_t)len), payload_cap, &total);
    if (err != OK || total == 0) {
        return err;
    }
    if (evbuffer_get_length(input) < total) {
        /* Don't wake up before it can be whole. */
        bufferevent_setwatermark(stream, EV_READ, total, 0);
        return OK;
    }
    bufferevent_setwatermark(stream, EV_READ, 0, 0);
    const uint8_t *whole = evbuffer_pullup(input, (ev_ssize_t)total);
    INVARIANT(whole != NULL);
    return frame_decode(slice_of(whole, total), payload_cap, frame, used);
}

void stream_skip(struct bufferevent *stream, size_t used)
{
    (void)evbuffer_drain(bufferevent_get_input(stream), used);
}

size_t stream_queued(struct bufferevent *stream)
{
    return evbuffer_get_length(bufferevent_get_output(stream));
}

void stream_put(struct bufferevent *stream, uint8_t type, uint64_t id, const struct slice *parts,
                size_t count)
{
    struct evbuffer *output = bufferevent_get_output(stream);
    uint8_t head[FRAME_HEAD_LEN];
    frame_head(head, type, id, stream_parts_len(parts, count));
    int failed = evbuffer_add(output, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            failed |= evbuffer_add(output, parts[i].data, parts[i].len);
        }
    }
    /* A frame cut in the middle would shift all that follow. */
    INVARIANT(failed == 0);
}

size_t stream_parts_len(const struct slice *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    return len;
}
