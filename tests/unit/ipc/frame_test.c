#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ipc/frame.h"

#define CAP 1000

static size_t put(uint8_t *out, uint8_t type, uint64_t id, const char *payload)
{
    size_t len = strlen(payload);
    frame_head(out, type, id, len);
    memcpy(out + FRAME_HEAD_LEN, payload, len);
    return FRAME_HEAD_LEN + len;
}

static void bytes_are_as_written(void **state)
{
    (void)state;
    uint8_t bytes[64];
    static const uint8_t expected[] = {0, 0, 0, 11, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 'h', 'i'};
    assert_int_equal(sizeof expected, put(bytes, 0x42, 0x0102030405060708, "hi"));
    assert_memory_equal(expected, bytes, sizeof expected);
}

/* Cut at every byte: never a frame before its last byte, never an error. */
static void cut_at_every_byte(void **state)
{
    (void)state;
    uint8_t bytes[128];
    size_t first = put(bytes, 0x01, 7, "payload");
    size_t second = put(bytes + first, FRAME_ANSWER | ERR_LIMITED, 8, "");
    struct frame frame;
    size_t used;
    for (size_t len = 0; len < first; len++) {
        assert_int_equal(OK, frame_decode(slice_of(bytes, len), CAP, &frame, &used));
        assert_int_equal(0, used);
    }
    for (size_t len = first; len <= first + second; len++) {
        assert_int_equal(OK, frame_decode(slice_of(bytes, len), CAP, &frame, &used));
        assert_int_equal(first, used);
        assert_int_equal(0x01, frame.type);
        assert_int_equal(7, frame.id);
        assert_true(slice_is(frame.payload, "payload"));
        assert_false(frame_is_answer(&frame));
        size_t rest;
        assert_int_equal(OK,
                         frame_decode(slice_of(bytes + first, len - first), CAP, &frame, &rest));
        assert_int_equal(len == first + second ? second : 0, rest);
    }
    assert_true(frame_is_answer(&frame));
    assert_int_equal(ERR_LIMITED, frame_answer_err(&frame));
    assert_int_equal(0, frame.payload.len);
}

static void decode_must(enum err expected, const uint8_t *bytes, size_t len)
{
    struct frame frame;
    size_t used = 99;
    assert_int_equal(expected, frame_decode(slice_of(bytes, len), CAP, &frame, &used));
    assert_int_equal(0, used);
}

static void oversize_is_refused_by_its_first_bytes(void **state)
{
    (void)state;
    uint8_t bytes[FRAME_HEAD_LEN + CAP];
    struct frame frame;
    size_t used;
    memset(bytes, 0, sizeof bytes);
    frame_head(bytes, 1, 1, CAP);
    assert_int_equal(OK, frame_decode(slice_of(bytes, sizeof bytes), CAP, &frame, &used));
    assert_int_equal(sizeof bytes, used);
    frame_head(bytes, 1, 1, CAP + 1);
    decode_must(ERR_LIMITED, bytes, 4);
    decode_must(ERR_LIMITED, bytes, sizeof bytes);
    memset(bytes, 0xff, 4);
    decode_must(ERR_LIMITED, bytes, 4);
    frame_head(bytes, 1, 1, FRAME_PAYLOAD_MAX);
    assert_int_equal(OK, frame_decode(slice_of(bytes, 13), SIZE_MAX, &frame, &used));
    bytes[3]++;
    bytes[3]++;
    assert_int_equal(ERR_LIMITED, frame_decode(slice_of(bytes, 13), SIZE_MAX, &frame, &used));
}

static void what_is_no_frame_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[FRAME_HEAD_LEN];
    for (uint8_t rest = 0; rest < 9; rest++) {
        const uint8_t head[4] = {0, 0, 0, rest};
        decode_must(ERR_INVALID, head, sizeof head);
    }
    frame_head(bytes, 0, 1, 0);
    decode_must(ERR_INVALID, bytes, 5);
    frame_head(bytes, FRAME_ANSWER | (ERR_INTERNAL + 1), 1, 0);
    decode_must(ERR_INVALID, bytes, 5);
    frame_head(bytes, 0xff, 1, 0);
    decode_must(ERR_INVALID, bytes, sizeof bytes);
    frame_head(bytes, FRAME_ANSWER | OK, 0, 0);
    decode_must(ERR_INVALID, bytes, sizeof bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_written),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(oversize_is_refused_by_its_first_bytes),
        cmocka_unit_test(what_is_no_frame_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
