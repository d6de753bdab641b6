/*
 * A growing run of bytes with a cap given at creation.
 *
 * Whatever is put past the cap is dropped whole and the buffer remembers it: put as often as
 * needed, then ask buf_failed() once. A failed buffer stays failed until buf_clear().
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buf {
    uint8_t *data; /* owned; NULL until the first put */
    size_t len;
    size_t room;
    size_t cap;
    bool failed;
};

/* An empty buffer that never holds more than cap bytes. Nothing is allocated yet. */
void buf_init(struct buf *buf, size_t cap);

/* Frees the bytes. The buffer may be initialised again. */
void buf_release(struct buf *buf);

/* Wipes the bytes, then frees them: for buffers that held a secret. */
void buf_release_secret(struct buf *buf);

/* Forgets the bytes and the failure, keeps the room. */
void buf_clear(struct buf *buf);

void buf_put(struct buf *buf, const void *data, size_t len);
void buf_put_slice(struct buf *buf, struct slice slice);
void buf_put_str(struct buf *buf, const char *text);
void buf_put_byte(struct buf *buf, uint8_t byte);
void buf_put_u16be(struct buf *buf, uint16_t value);
void buf_put_u32be(struct buf *buf, uint32_t value);
void buf_put_u64be(struct buf *buf, uint64_t value);
void buf_put_base64(struct buf *buf, const void *data, size_t len);
void buf_put_hex(struct buf *buf, const void *data, size_t len);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reserves len bytes and returns where to write them, or NULL (and the buffer has failed). */
uint8_t *buf_extend(struct buf *buf, size_t len);

/* Drops the first len bytes (at most all). */
void buf_drop(struct buf *buf, size_t len);

static inline bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

/* What has been put so far, valid until the next put. */
static inline struct slice buf_slice(const struct buf *buf)
{
    return slice_of(buf->data, buf->len);
}

/* The bytes with a NUL after them (not counted in len), valid until the next put. Never NULL. */
const char *buf_text(struct buf *buf);

/* Moves the bytes out: the caller frees them with free(); the buffer is empty. */
uint8_t *buf_take(struct buf *buf, size_t *len);

#endif
