/*
 * Bytes that belong to somebody else. A slice is valid as long as what it was cut from; it is
 * never NUL-terminated.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *data; /* may be NULL when len is 0 */
    size_t len;
};

static inline struct slice slice_of(const void *data, size_t len)
{
    return (struct slice){.data = data, .len = len};
}

static inline struct slice slice_str(const char *text)
{
    return slice_of(text, strlen(text));
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_is(struct slice slice, const char *text)
{
    return slice_equal(slice, slice_str(text));
}

/* Bytewise order: <0, 0, >0; a prefix sorts first. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/* Takes the first element off a list of a header field: up to the separator, which goes too, or to
 * the end, without the spaces before it. */
static inline struct slice slice_cut(struct slice *list, char separator)
{
    const uint8_t *end = list->len == 0 ? NULL : memchr(list->data, separator, list->len);
    size_t len = end == NULL ? list->len : (size_t)(end - list->data);
    size_t taken = end == NULL ? len : len + 1;
    struct slice element = slice_of(list->data, len);
    *list = slice_of(list->data + taken, list->len - taken);
    while (element.len > 0 && element.data[0] == ' ')
        element = slice_of(element.data + 1, element.len - 1);
    return element;
}

/* For printf: `printf("%.*s", SLICE_PRINT(s))`. */
#define SLICE_PRINT(slice) (int)(slice).len, (const char *)(slice).data

#endif
