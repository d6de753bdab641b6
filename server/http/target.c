#include "target.h"

#include <string.h>

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* A path: begins with one slash, no escapes at all (nothing that is served needs one, and so
 * nothing can hide in one), no segment "." or "..". */
static bool path_allowed(const char *path, size_t len)
{
    size_t segment = 1;

    if (len == 0 || path[0] != '/' || (len > 1 && path[1] == '/'))
        return false;
    for (size_t i = 1; i <= len; i++) {
        if (i < len && path[i] == '%')
            return false;
        if (i < len && path[i] != '/')
            continue;
        if (i - segment == 1 && path[segment] == '.')
            return false;
        if (i - segment == 2 && path[segment] == '.' && path[segment + 1] == '.')
            return false;
        segment = i + 1;
    }
    return true;
}

/* A query: escapes stand for text only, so no control byte. */
static bool query_allowed(const char *query, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high, low, byte;

        if (query[i] != '%')
            continue;
        if (len - i < 3)
            return false;
        high = hex_digit(query[i + 1]);
        low = hex_digit(query[i + 2]);
        byte = high * 16 + low;
        if (high < 0 || low < 0 || byte < 0x20 || byte == 0x7f)
            return false;
        i += 2;
    }
    return true;
}

bool target_allowed(const char *target, size_t len)
{
    const char *mark = len ? memchr(target, '?', len) : NULL;
    size_t path_len = mark ? (size_t)(mark - target) : len;

    if (!path_allowed(target, path_len))
        return false;
    return mark == NULL || query_allowed(mark + 1, len - path_len - 1);
}
