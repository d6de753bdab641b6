/*
 * Frames between our processes. Pure: no I/O.
 *
 *   uint32 length of what follows (9 + payload) | uint8 type | uint64 id | payload
 *
 * all big-endian. Types 0x01–0x7f are requests and notices of the program's choosing; a request has
 * an id ≥ 1, unique on its connection; a notice has id 0 and is not answered. 0x80 | err is the
 * answer to the request of the same id, with an enum err in the low bits. Anything else ends the
 * connection.
 */
#ifndef IPC_FRAME_H
#define IPC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define FRAME_HEAD_LEN 13
#define FRAME_PAYLOAD_MAX (64U << 20) /* no cap may be larger: the largest import */
#define FRAME_ANSWER 0x80

struct frame {
    uint8_t type;
    uint64_t id;
    struct slice payload;
};

/* Writes the head of a frame. payload_len ≤ FRAME_PAYLOAD_MAX. */
void frame_head(uint8_t out[static FRAME_HEAD_LEN], uint8_t type, uint64_t id, size_t payload_len);

/*
 * Reads the head from the first bytes of a stream: how long the whole frame is. *total = 0: fewer
 * than 13 bytes are there (but the first ones are already checked). ERR_INVALID: no frame can begin
 * so. ERR_LIMITED: a payload over payload_cap.
 */
enum err frame_peek(struct slice bytes, size_t payload_cap, size_t *total) MUST_CHECK;

/* Cuts the first frame off a stream. *used = 0: not complete yet, feed more. The payload points
 * into bytes. Errors as frame_peek(). */
enum err frame_decode(struct slice bytes, size_t payload_cap, struct frame *frame,
                      size_t *used) MUST_CHECK;

static inline bool frame_is_answer(const struct frame *frame)
{
    return (frame->type & FRAME_ANSWER) != 0;
}

/* The enum err of an answer. */
static inline enum err frame_answer_err(const struct frame *frame)
{
    return (enum err)(frame->type & 0x7f);
}

#endif
