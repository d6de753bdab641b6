/* Any stream, cut anywhere: the decoder takes the same frames as from the whole, and what it takes
 * is what frame_head() writes. */
#include <stddef.h>
#include <stdint.h>

#include "ipc/frame.h"

#define CAP 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at < size) {
        struct frame frame, again;
        size_t used, total, partly;
        enum err err = frame_decode(slice_of(data + at, size - at), CAP, &frame, &used);
        INVARIANT(frame_peek(slice_of(data + at, size - at), CAP, &total) == err);
        if (err != OK || used == 0) {
            INVARIANT(used == 0);
            break;
        }
        INVARIANT(total == used && frame.payload.len == used - FRAME_HEAD_LEN);
        INVARIANT(frame.payload.len <= CAP && used <= size - at);
        uint8_t head[FRAME_HEAD_LEN];
        frame_head(head, frame.type, frame.id, frame.payload.len);
        INVARIANT(memcmp(head, data + at, FRAME_HEAD_LEN) == 0);
        for (size_t cut = 0; cut < used; cut += 1 + used / 16) {
            INVARIANT(frame_decode(slice_of(data + at, cut), CAP, &again, &partly) == OK &&
                      partly == 0);
        }
        at += used;
    }
    return 0;
}
