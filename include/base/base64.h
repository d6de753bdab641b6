/*
 * Base64 (RFC 4648 §4): standard alphabet, padded, zero pad bits, no white space; nothing else
 * is accepted, so that every value has exactly one spelling. And lower-case hex.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define BASE64_LEN(len) (((len) + 2) / 3 * 4)

/* Writes BASE64_LEN(len) characters and a NUL to out. */
void base64_encode(char *out, const void *data, size_t len);

/* Decodes text to at most out_cap bytes. ERR_INVALID: not in the one accepted spelling, or longer
 * than out_cap. */
enum err base64_decode(struct slice text, uint8_t *out, size_t out_cap, size_t *out_len) MUST_CHECK;

/* Decodes text that must give exactly out_len bytes. */
enum err base64_decode_exact(struct slice text, uint8_t *out, size_t out_len) MUST_CHECK;

/* Writes 2·len lower-case digits and a NUL to out. */
void hex_encode(char *out, const void *data, size_t len);

/* Lower-case digits only, exactly 2·out_len of them. */
enum err hex_decode_exact(struct slice text, uint8_t *out, size_t out_len) MUST_CHECK;

#endif
