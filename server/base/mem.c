#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>

#include "base/log.h"

static _Noreturn void no_memory(size_t count, size_t size)
{
    log_error("out_of_memory", LOG_U("count", count), LOG_U("size", size));
    abort();
}

void *xcalloc(size_t count, size_t size)
{
    /* Never NULL, also for nothing: calloc() may give NULL there. */
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        no_memory(count, size);
    return memory;
}

void *xrealloc(void *old, size_t count, size_t size)
{
    size_t len = 0;
    void *memory;

    if (__builtin_mul_overflow(count, size, &len))
        no_memory(count, size);
    memory = realloc(old, len ? len : 1);
    if (!memory)
        no_memory(count, size);
    return memory;
}

char *xstrdup(const char *text)
{
    return xstrndup(text, strlen(text));
}

char *xstrndup(const void *text, size_t len)
{
    char *copy;

    if (len == SIZE_MAX)
        no_memory(len, 1);
    copy = xrealloc(NULL, len + 1, 1);
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        no_memory(1, 1);
    return text;
}

void wipe(void *secret, size_t len)
{
    if (len > 0)
        explicit_bzero(secret, len);
}
