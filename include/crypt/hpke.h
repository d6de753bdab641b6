/*
 * HPKE (RFC 9180), base mode, single shot: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 * The seal of a ballot.
 */
#ifndef CRYPT_HPKE_H
#define CRYPT_HPKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define HPKE_SECRET_LEN 32
#define HPKE_PUBLIC_LEN 65 /* SEC 1 uncompressed point */
#define HPKE_TAG_LEN 16

struct hpke_secret; /* holds its public half too */

void hpke_secret_destroy(struct hpke_secret *secret);
/* ERR_INVALID: 0 or not below the group order. */
enum err hpke_secret_from_bytes(const uint8_t scalar[static HPKE_SECRET_LEN],
                                struct hpke_secret **secret) MUST_CHECK;
enum err hpke_secret_generate(struct hpke_secret **secret) MUST_CHECK;
void hpke_secret_bytes(const struct hpke_secret *secret, uint8_t scalar[static HPKE_SECRET_LEN]);
void hpke_secret_public(const struct hpke_secret *secret, uint8_t point[static HPKE_PUBLIC_LEN]);

/* SPKI (DER) of a point, and back; the one encoding only. */
#define HPKE_SPKI_LEN 91
enum err hpke_public_spki(const uint8_t point[static HPKE_PUBLIC_LEN],
                          uint8_t spki[static HPKE_SPKI_LEN]) MUST_CHECK;
enum err hpke_public_from_spki(struct slice spki, uint8_t point[static HPKE_PUBLIC_LEN]) MUST_CHECK;

/* Opens ct (ciphertext ‖ tag) into out, which has room for ct.len − 16 bytes. ERR_INVALID: the
 * point is not on the curve or the tag is wrong; nothing tells which. Safe from several threads. */
enum err hpke_open(const struct hpke_secret *secret, const uint8_t enc[static HPKE_PUBLIC_LEN],
                   struct slice info, struct slice aad, struct slice ct, uint8_t *out) MUST_CHECK;

/* Seals pt for the holder of point; ct has room for pt.len + 16 bytes. */
enum err hpke_seal(const uint8_t point[static HPKE_PUBLIC_LEN], struct slice info, struct slice aad,
                   struct slice pt, uint8_t enc[static HPKE_PUBLIC_LEN], uint8_t *ct) MUST_CHECK;

/* P-256 ECDSA-SHA256 proof of possession of a seal key: sign and verify, IEEE P1363 form (r ‖ s).
 */
#define HPKE_POP_LEN 64
enum err hpke_secret_prove(const struct hpke_secret *secret, struct slice message,
                           uint8_t pop[static HPKE_POP_LEN]) MUST_CHECK;
enum err hpke_public_check(const uint8_t point[static HPKE_PUBLIC_LEN], struct slice message,
                           const uint8_t pop[static HPKE_POP_LEN]) MUST_CHECK;

#endif
