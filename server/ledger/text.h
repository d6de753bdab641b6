/* Cutting line formats: each function takes what it names off the front of *text, or leaves it
 * alone and returns false. */
#ifndef SERVER_LEDGER_TEXT_H
#define SERVER_LEDGER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

static inline void text_drop(struct slice *text, size_t len)
{
    *text = slice_of(text->data + len, text->len - len);
}

static inline bool text_cut_prefix(struct slice *text, const char *prefix)
{
    size_t len = strlen(prefix);

    if (text->len < len || memcmp(text->data, prefix, len) != 0)
        return false;
    text_drop(text, len);
    return true;
}

/* One to most (≤ 19) digits with a value up to limit; leading zeros are the caller's to judge. */
static inline bool text_cut_number(struct slice *text, size_t most, uint64_t limit, uint64_t *out)
{
    uint64_t value = 0;
    size_t digits = 0;

    while (digits < most && digits < text->len && text->data[digits] >= '0' &&
           text->data[digits] <= '9')
        value = value * 10 + (uint64_t)(text->data[digits++] - '0');
    if (digits == 0 || value > limit)
        return false;
    text_drop(text, digits);
    *out = value;
    return true;
}

/* A line without its line feed. False when there is no line feed. */
static inline bool text_cut_line(struct slice *text, struct slice *line)
{
    const uint8_t *end = text->len == 0 ? NULL : memchr(text->data, '\n', text->len);

    if (end == NULL)
        return false;
    *line = slice_of(text->data, (size_t)(end - text->data));
    text_drop(text, line->len + 1);
    return true;
}

/* A whole text that is a number without leading zero. */
static inline bool text_is_number(struct slice text, uint64_t limit, uint64_t *out)
{
    if (text.len > 1 && text.data[0] == '0')
        return false;
    return text_cut_number(&text, 19, limit, out) && text.len == 0;
}

#endif
