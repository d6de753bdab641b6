#include "base/clock.h"

#include <stdatomic.h>

#include "base/err.h"

static int64_t (*_Atomic replacement)(void);

static int64_t read_us(clockid_t id)
{
    struct timespec now;

    INVARIANT(clock_gettime(id, &now) == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_unix_us(void)
{
    int64_t (*replaced)(void) = replacement;

    return replaced ? replaced() : read_us(CLOCK_REALTIME);
}

int64_t clock_unix(void)
{
    return clock_unix_us() / 1000000;
}

int64_t clock_steady_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void clock_replace(int64_t (*unix_us)(void))
{
    replacement = unix_us;
}

void clock_format(char out[static CLOCK_TEXT_LEN], int64_t unix_seconds)
{
    time_t seconds = (time_t)unix_seconds;
    struct tm tm;

    /* Years of more than four digits do not fit and do not occur; show them as the last instant. */
    if (!gmtime_r(&seconds, &tm) || tm.tm_year > 9999 - 1900 || tm.tm_year < -1900)
        memcpy(out, "9999-12-31T23:59:59Z", CLOCK_TEXT_LEN);
    else
        strftime(out, CLOCK_TEXT_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
