#include "ipc/frame.h"

#define LENGTH_LEN 4
#define REST_LEAST (FRAME_HEAD_LEN - LENGTH_LEN) /* type and id */

static uint64_t read_be(const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void write_be(uint8_t *out, uint64_t value, size_t len)
{
    while (len-- > 0) {
        out[len] = (uint8_t)value;
        value >>= 8;
    }
}

void frame_head(uint8_t out[static FRAME_HEAD_LEN], uint8_t type, uint64_t id, size_t payload_len)
{
    INVARIANT(payload_len <= FRAME_PAYLOAD_MAX);
    write_be(out, payload_len + REST_LEAST, LENGTH_LEN);
    out[LENGTH_LEN] = type;
    write_be(out + LENGTH_LEN + 1, id, 8);
}

/* A request or notice of any type but 0, or an answer with an id and a known error. */
static bool type_is_known(uint8_t type)
{
    return type != 0 && ((type & FRAME_ANSWER) == 0 || (type & 0x7f) <= ERR_INTERNAL);
}

enum err frame_peek(struct slice bytes, size_t payload_cap, size_t *total)
{
    *total = 0;
    if (bytes.len < LENGTH_LEN) {
        return OK;
    }
    uint64_t rest = read_be(bytes.data, LENGTH_LEN);
    if (rest < REST_LEAST) {
        return ERR_INVALID;
    }
    if (rest - REST_LEAST > payload_cap || rest - REST_LEAST > FRAME_PAYLOAD_MAX) {
        return ERR_LIMITED;
    }
    if (bytes.len > LENGTH_LEN && !type_is_known(bytes.data[LENGTH_LEN])) {
        return ERR_INVALID;
    }
    if (bytes.len < FRAME_HEAD_LEN) {
        return OK;
    }
    if ((bytes.data[LENGTH_LEN] & FRAME_ANSWER) != 0 && read_be(bytes.data + 5, 8) == 0) {
        return ERR_INVALID; /* an answer to nothing */
    }
    *total = LENGTH_LEN + (size_t)rest;
    return OK;
}

enum err frame_decode(struct slice bytes, size_t payload_cap, struct frame *frame, size_t *used)
{
    size_t total;
    *used = 0;
    enum err err = frame_peek(bytes, payload_cap, &total);
    if (err != OK || total == 0 || bytes.len < total) {
        return err;
    }
    frame->type = bytes.data[LENGTH_LEN];
    frame->id = read_be(bytes.data + LENGTH_LEN + 1, 8);
    frame->payload = slice_of(bytes.data + FRAME_HEAD_LEN, total - FRAME_HEAD_LEN);
    *used = total;
    return OK;
}
