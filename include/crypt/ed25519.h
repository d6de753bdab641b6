/*
 * Ed25519 (RFC 8032), strict: one rule everywhere, so that two honest verifiers never disagree.
 *
 * Refused: A or R not canonical, A or R of small order, S ≥ L; the equation is the cofactorless
 * one. In the flags of C2SP/CCTV ed25519vectors: non_canonical_A, non_canonical_R, low_order_A,
 * low_order_R and low_order_residue are refused, all else is accepted.
 */
#ifndef CRYPT_ED25519_H
#define CRYPT_ED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define ED25519_PUBLIC_LEN 32
#define ED25519_SEED_LEN 32
#define ED25519_SIG_LEN 64

struct ed25519_secret {
    uint8_t seed[ED25519_SEED_LEN];
    uint8_t public[ED25519_PUBLIC_LEN];
    uint8_t expanded[64];
};

/* Derives the key of a seed. Wipe the struct after use. */
void ed25519_from_seed(struct ed25519_secret *secret, const uint8_t seed[static ED25519_SEED_LEN]);

void ed25519_sign(uint8_t sig[static ED25519_SIG_LEN], const struct ed25519_secret *secret,
                  struct slice message);

bool ed25519_verify(const uint8_t public[static ED25519_PUBLIC_LEN], struct slice message,
                    const uint8_t sig[static ED25519_SIG_LEN]);

#endif
