/*
 * Codes that people type: Crockford's base32 (https://www.crockford.com/base32.html), without check
 * symbol. Case does not matter, O is 0, I and L are 1; spaces and dashes say nothing.
 */
#ifndef BASE_CROCKFORD_H
#define BASE_CROCKFORD_H

#include "base/err.h"
#include "base/slice.h"

/* The 32 characters, in the order of their values. */
extern const char crockford_alphabet[];

/* The characters of a typed code in their one spelling, at most cap of them, to out. ERR_INVALID:
 * another character, or more; out then holds what came before. */
enum err crockford_read(struct slice typed, size_t cap, uint8_t *out, size_t *len) MUST_CHECK;

#endif
