/*
 * libsodium 1.0.18 without ED25519_COMPAT keeps our strict rule by itself: its verification refuses
 * S ≥ L, A not canonical, A and R of small order, and compares the bytes of R with the recomputed
 * point, which is canonical and leaves no room for a cofactor. The vectors in
 * tests/unit/crypt/ed25519_test.c hold every version to it.
 */
#include "crypt/ed25519.h"

#include <sodium.h>

#include "base/err.h"
#include "base/mem.h"

_Static_assert(sizeof((struct ed25519_secret){0}.expanded) == crypto_sign_SECRETKEYBYTES, "");

void ed25519_from_seed(struct ed25519_secret *secret, const uint8_t seed[static ED25519_SEED_LEN])
{
    INVARIANT(sodium_init() >= 0);
    memcpy(secret->seed, seed, ED25519_SEED_LEN);
    INVARIANT(crypto_sign_seed_keypair(secret->public, secret->expanded, seed) == 0);
}

void ed25519_sign(uint8_t sig[static ED25519_SIG_LEN], const struct ed25519_secret *secret,
                  struct slice message)
{
    INVARIANT(crypto_sign_detached(sig, NULL, message.data, message.len, secret->expanded) == 0);
}

bool ed25519_verify(const uint8_t public[static ED25519_PUBLIC_LEN], struct slice message,
                    const uint8_t sig[static ED25519_SIG_LEN])
{
    return crypto_sign_verify_detached(sig, message.data, message.len, public) == 0;
}
