#include "base/random.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/random.h>

#include "base/err.h"

static void (*_Atomic replacement)(void *, size_t);

static void from_kernel(void *out, size_t len)
{
    uint8_t *at = out;

    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);

        if (got < 0 && errno == EINTR)
            continue;
        INVARIANT(got > 0);
        at += got;
        len -= (size_t)got;
    }
}

void random_bytes(void *out, size_t len)
{
    void (*fill)(void *, size_t) = replacement;

    (fill ? fill : from_kernel)(out, len);
}

uint64_t random_below(uint64_t bound)
{
    /* Values below 2^64 mod bound would come once too often. */
    uint64_t skip, value;

    INVARIANT(bound > 0);
    skip = -bound % bound;
    do {
        random_bytes(&value, sizeof value);
    } while (value < skip);
    return value % bound;
}

void random_replace(void (*fill)(void *out, size_t len))
{
    replacement = fill;
}
