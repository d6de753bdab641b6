#include "base/buf.h"

#include <stdarg.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"

void buf_init(struct buf *buf, size_t cap)
{
    INVARIANT(cap < SIZE_MAX / 2); /* doubling never overflows */
    *buf = (struct buf){.cap = cap};
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    buf_init(buf, buf->cap);
}

void buf_release_secret(struct buf *buf)
{
    wipe(buf->data, buf->room);
    buf_release(buf);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

/* Room for len bytes and one more, so that buf_text() can end them. realloc() is not used: it could
 * leave a copy of a secret behind. */
static void make_room(struct buf *buf, size_t len)
{
    size_t room = buf->room ? buf->room : 64;
    uint8_t *data;

    if (len < buf->room)
        return;
    while (room <= len)
        room *= 2;
    if (room > buf->cap + 1)
        room = buf->cap + 1;
    data = xrealloc(NULL, room, 1);
    if (buf->len > 0)
        memcpy(data, buf->data, buf->len);
    wipe(buf->data, buf->room);
    free(buf->data);
    buf->data = data;
    buf->room = room;
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
    uint8_t *at;

    if (buf->failed || len > buf->cap - buf->len) {
        buf->failed = true;
        return NULL;
    }
    make_room(buf, buf->len + len);
    at = buf->data + buf->len;
    buf->len += len;
    return at;
}

void buf_put(struct buf *buf, const void *data, size_t len)
{
    uint8_t *at = buf_extend(buf, len);

    if (at && len > 0)
        memcpy(at, data, len);
}

void buf_put_slice(struct buf *buf, struct slice slice)
{
    buf_put(buf, slice.data, slice.len);
}

void buf_put_str(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_put_byte(struct buf *buf, uint8_t byte)
{
    buf_put(buf, &byte, 1);
}

static void put_be(struct buf *buf, uint64_t value, size_t len)
{
    uint8_t *at = buf_extend(buf, len);

    for (size_t i = 0; at && i < len; i++)
        at[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

void buf_put_u16be(struct buf *buf, uint16_t value)
{
    put_be(buf, value, 2);
}

void buf_put_u32be(struct buf *buf, uint32_t value)
{
    put_be(buf, value, 4);
}

void buf_put_u64be(struct buf *buf, uint64_t value)
{
    put_be(buf, value, 8);
}

/* The encoders end their text with a NUL: the byte that make_room() keeps behind the last one. */
void buf_put_base64(struct buf *buf, const void *data, size_t len)
{
    uint8_t *at = len > SIZE_MAX / 2 ? buf_extend(buf, SIZE_MAX) : buf_extend(buf, BASE64_LEN(len));

    if (at)
        base64_encode((char *)at, data, len);
}

void buf_put_hex(struct buf *buf, const void *data, size_t len)
{
    uint8_t *at = buf_extend(buf, len > SIZE_MAX / 2 ? SIZE_MAX : 2 * len);

    if (at)
        hex_encode((char *)at, data, len);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    uint8_t *at;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    at = len < 0 ? buf_extend(buf, SIZE_MAX) : buf_extend(buf, (size_t)len);
    if (at)
        vsnprintf((char *)at, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
}

void buf_drop(struct buf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->len = 0;
        return;
    }
    memmove(buf->data, buf->data + len, buf->len - len);
    buf->len -= len;
}

const char *buf_text(struct buf *buf)
{
    make_room(buf, buf->len);
    buf->data[buf->len] = '\0';
    return (const char *)buf->data;
}

uint8_t *buf_take(struct buf *buf, size_t *len)
{
    uint8_t *data = buf->data;

    *len = buf->len;
    buf_init(buf, buf->cap);
    return data;
}
