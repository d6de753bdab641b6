/*
 * The canonical form a second time, slowly and by other means: jansson reads and prints the text,
 * and what the form forbids beyond that is looked for in the tree. Used by the unit test and the
 * fuzzer.
 */
#ifndef TESTS_UNIT_BASE_CANON_ORACLE_H
#define TESTS_UNIT_BASE_CANON_ORACLE_H

#include <stdbool.h>

#include <jansson.h>
#include <utf8proc.h>

#include "base/slice.h"

static inline bool oracle_string(const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t composed_len =
        utf8proc_map(at, (utf8proc_ssize_t)len, &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    bool allowed = composed_len == (utf8proc_ssize_t)len && memcmp(composed, text, len) == 0;

    free(composed);
    for (size_t i = 0; i < len && allowed; i++) {
        size_t left = len - i;

        if (at[i] < 0x20 || at[i] == 0x7f)
            allowed = false;
        else if (left >= 2 && memcmp(at + i, "\xd8\x9c", 2) == 0) /* U+061C */
            allowed = false;
        else if (left >= 3 && memcmp(at + i, "\xe2\x80", 2) == 0) /* U+200E, 200F, 202A–202E */
            allowed = !(at[i + 2] == 0x8e || at[i + 2] == 0x8f ||
                        (at[i + 2] >= 0xaa && at[i + 2] <= 0xae));
        else if (left >= 3 && memcmp(at + i, "\xe2\x81", 2) == 0) /* U+2066–2069 */
            allowed = !(at[i + 2] >= 0xa6 && at[i + 2] <= 0xa9);
    }
    return allowed;
}

static inline bool oracle_key(const char *key)
{
    size_t len = strlen(key);

    return len >= 1 && len <= 64 && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* Counts the values into *values. */
static inline bool oracle_value(json_t *value, unsigned depth, unsigned *values)
{
    const char *key;
    json_t *child;
    size_t i;

    ++*values;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return oracle_string(json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        return json_integer_value(value) >= 0 && json_integer_value(value) < (1LL << 53);
    case JSON_ARRAY:
        json_array_foreach(value, i,
                           child) if (!oracle_value(child, depth - 1, values)) return false;
        return depth > 0;
    case JSON_OBJECT:
        json_object_foreach(value, key,
                            child) if (!oracle_key(key) ||
                                       !oracle_value(child, depth - 1, values)) return false;
        return depth > 0;
    default:
        return false;
    }
}

/* Whether text is one canonical object of at most depth levels and max_values values. */
static inline bool oracle_canonical(struct slice text, unsigned depth, unsigned max_values)
{
    json_t *value = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    char *printed = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    unsigned values = 0;
    bool canonical = printed && slice_is(text, printed) && json_is_object(value) &&
                     oracle_value(value, depth, &values) && values <= max_values;

    free(printed);
    json_decref(value);
    return canonical;
}

#endif
