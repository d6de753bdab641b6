#include "campaign/verdict.h"

#include <string.h>

#include "base/err.h"

static const char *const names[] = {
#define VERDICT_NAME(code, name) [VERDICT_##code] = name,
    VERDICT_CODES(VERDICT_NAME)
#undef VERDICT_NAME
};

const char *verdict_name(enum verdict_code code)
{
    INVARIANT((unsigned)code < VERDICT_COUNT);
    return names[code];
}

enum verdict_code verdict_by_name(const char *name)
{
    for (unsigned code = 0; code < VERDICT_COUNT; code++)
        if (strcmp(names[code], name) == 0)
            return (enum verdict_code)code;
    return VERDICT_COUNT;
}
