#include "base/err.h"

#include <stdarg.h>

#include "base/log.h"

const char *err_name(enum err err)
{
    switch (err) {
    case OK:
        return "ok";
    case ERR_INVALID:
        return "invalid";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_DENIED:
        return "denied";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_LIMITED:
        return "limited";
    case ERR_UNAVAILABLE:
        return "unavailable";
    case ERR_UNKNOWN:
        return "unknown";
    case ERR_CORRUPT:
        return "corrupt";
    case ERR_INTERNAL:
        return "internal";
    }
    return "unnamed";
}

enum err(fault_set)(struct fault *fault, enum err err, const char *format, ...)
{
    va_list args;

    if (!fault)
        return err;
    va_start(args, format);
    if (vsnprintf(fault->text, sizeof fault->text, format, args) < 0)
        fault->text[0] = '\0';
    va_end(args);
    /* One line, whatever a file name or a value held. */
    for (char *at = fault->text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    return err;
}

void invariant_broken(const char *file, int line, const char *condition)
{
    log_error("invariant_broken", LOG_S("file", file), LOG_I("line", line),
              LOG_S("condition", condition));
    abort();
}
