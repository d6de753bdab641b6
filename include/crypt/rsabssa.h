/*
 * Blind RSA signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474, with RSA-2048 keys.
 *
 * A pass is such a signature on a fresh ballot key: the registrar signs without seeing it. The
 * client side (blind, finalize) takes its randomness from the caller, who derives it from a
 * recovery code.
 */
#ifndef CRYPT_RSABSSA_H
#define CRYPT_RSABSSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define RSABSSA_LEN 256 /* modulus, blinded message, signature: RSA-2048 */
#define RSABSSA_SALT_LEN 48
#define RSABSSA_PREFIX_LEN 32 /* of the randomized message */

struct rsabssa_public;
struct rsabssa_secret;

/* From a DER SubjectPublicKeyInfo. ERR_INVALID: not RSA, not 2048 bits, e not 65537, or not the one
 * DER encoding (it is encoded again and compared). *public is the caller's. */
enum err rsabssa_public_parse(struct slice spki, struct rsabssa_public **public) MUST_CHECK;
void rsabssa_public_destroy(struct rsabssa_public *public);

enum err rsabssa_secret_generate(struct rsabssa_secret **secret) MUST_CHECK;
/* PEM PKCS#8 text. */
enum err rsabssa_secret_parse(struct slice pem, struct rsabssa_secret **secret) MUST_CHECK;
void rsabssa_secret_destroy(struct rsabssa_secret *secret);

struct buf;
/* Appends PEM PKCS#8 (secret) and DER SPKI (public half). */
enum err rsabssa_secret_pem(const struct rsabssa_secret *secret, struct buf *out) MUST_CHECK;
enum err rsabssa_secret_spki(const struct rsabssa_secret *secret, struct buf *out) MUST_CHECK;

/* The key's own signature (RSASSA-PSS, SHA-384, salt length 48) on a message of its owner: proof of
 * possession. rsabssa_verify() checks it. Such messages begin with the origin and `key-pop/v1`, and
 * a prepared message with 32 random bytes, so that neither passes for the other. */
enum err rsabssa_secret_prove(const struct rsabssa_secret *secret, struct slice message,
                              uint8_t sig[static RSABSSA_LEN]) MUST_CHECK;

/* True when sig is the pass key's signature on message, the whole prepared message (prefix
 * included), with salt length exactly 48 (RFC 9474 §4.5). Safe from several threads on one key; a
 * thread keeps its own context. */
bool rsabssa_verify(const struct rsabssa_public *public, struct slice message,
                    const uint8_t sig[static RSABSSA_LEN]);

/* The registrar's step (RFC 9474 §4.3). ERR_INVALID unless 1 < blinded < n. The result is checked,
 * s^e = blinded, before it is released; ERR_INTERNAL when it does not hold (a fault attack or
 * broken machine). Safe from several threads. */
enum err rsabssa_blind_sign(const struct rsabssa_secret *secret,
                            const uint8_t blinded[static RSABSSA_LEN],
                            uint8_t out[static RSABSSA_LEN]) MUST_CHECK;

/* The client's first step (RFC 9474 §4.2). salt and r come from the caller; r is refused with
 * ERR_INVALID unless 0 < r < n and invertible: take the next candidate. inverse is kept for
 * rsabssa_finalize(). */
enum err rsabssa_blind(const struct rsabssa_public *public, struct slice message,
                       const uint8_t salt[static RSABSSA_SALT_LEN],
                       const uint8_t r[static RSABSSA_LEN], uint8_t blinded[static RSABSSA_LEN],
                       uint8_t inverse[static RSABSSA_LEN]) MUST_CHECK;

/* The client's last step (RFC 9474 §4.4). ERR_INVALID when the signature does not verify. */
enum err rsabssa_finalize(const struct rsabssa_public *public, struct slice message,
                          const uint8_t blind_sig[static RSABSSA_LEN],
                          const uint8_t inverse[static RSABSSA_LEN],
                          uint8_t sig[static RSABSSA_LEN]) MUST_CHECK;

#endif
