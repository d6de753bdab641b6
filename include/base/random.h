/* Randomness. The one source: the kernel's. Tests may replace it by a seeded stream. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills out; aborts when the kernel can't. */
void random_bytes(void *out, size_t len);

/* Uniform in [0, bound), bound ≥ 1. */
uint64_t random_below(uint64_t bound);

/* Replaces random_bytes() until called with NULL. For tests and `rehearse --seed`, never for keys
 * of a real campaign. */
void random_replace(void (*fill)(void *out, size_t len));

#endif
