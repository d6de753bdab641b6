/*
 * Key files: PEM PKCS#8, mode 0600, read by the one process that needs them. A file that others
 * can open is refused with the remedy.
 */
#ifndef CRYPT_KEY_FILE_H
#define CRYPT_KEY_FILE_H

#include "base/err.h"
#include "crypt/ed25519.h"
#include "crypt/hpke.h"
#include "crypt/rsabssa.h"

/* Each write refuses with ERR_CONFLICT to replace an existing file. */
enum err key_file_write_ed25519(const char *path, const struct ed25519_secret *secret,
                                struct fault *fault) MUST_CHECK;
enum err key_file_read_ed25519(const char *path, struct ed25519_secret *secret,
                               struct fault *fault) MUST_CHECK;
enum err key_file_write_rsabssa(const char *path, const struct rsabssa_secret *secret,
                                struct fault *fault) MUST_CHECK;
enum err key_file_read_rsabssa(const char *path, struct rsabssa_secret **secret,
                               struct fault *fault) MUST_CHECK;
enum err key_file_write_hpke(const char *path, const struct hpke_secret *secret,
                             struct fault *fault) MUST_CHECK;
enum err key_file_read_hpke(const char *path, struct hpke_secret **secret,
                            struct fault *fault) MUST_CHECK;
/* 32 random bytes for HMAC, base64 in a file of its own. */
enum err key_file_write_hmac(const char *path, const uint8_t key[static 32],
                             struct fault *fault) MUST_CHECK;
enum err key_file_read_hmac(const char *path, uint8_t key[static 32],
                            struct fault *fault) MUST_CHECK;

/* SPKI (DER, 44 bytes) of an Ed25519 public key, and back; the one encoding only. */
#define ED25519_SPKI_LEN 44
void ed25519_spki(const uint8_t public[static ED25519_PUBLIC_LEN],
                  uint8_t spki[static ED25519_SPKI_LEN]);
enum err ed25519_from_spki(struct slice spki, uint8_t public[static ED25519_PUBLIC_LEN]) MUST_CHECK;

#endif
