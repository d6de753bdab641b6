/*
 * Time. The one place where the server asks what time it is; tests and libfaketime replace it
 * here. Entries are judged by their place in the ledger, never by this clock (I9).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Unix seconds, UTC. */
int64_t clock_unix(void);

/* Microseconds since the Unix epoch, for log lines. */
int64_t clock_unix_us(void);

/* Microseconds of a clock that never jumps, for deadlines and durations. */
int64_t clock_steady_us(void);

/* Replaces clock_unix() and clock_unix_us() until called with NULL. For tests. */
void clock_replace(int64_t (*unix_us)(void));

/* "2026-11-24T03:53:18Z" and a NUL. */
#define CLOCK_TEXT_LEN 21
void clock_format(char out[static CLOCK_TEXT_LEN], int64_t unix_seconds);

#endif
