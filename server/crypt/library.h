/*
 * What crypt/ keeps of OpenSSL between calls: algorithms fetched once for the process, and contexts
 * owned by one thread each, freed when it ends. An implicit fetch and a fresh context cost more
 * than the short hashes and checks they would serve.
 */
#ifndef SERVER_CRYPT_LIBRARY_H
#define SERVER_CRYPT_LIBRARY_H

#include <stdint.h>

#include <openssl/evp.h>

struct crypt_library {
    EVP_MD *sha256, *sha384;
    EVP_CIPHER *aes_256_gcm;
};

/* Fetched on first use; aborts when OpenSSL can't give one of them. */
const struct crypt_library *crypt_library(void);

/* One checked RSA key of this thread. `id` is the rsabssa_public's, never used again for another,
 * so that a key freed and a new one at its address can't be confused. */
struct crypt_verifier {
    uint64_t id; /* 0: empty */
    EVP_PKEY_CTX *context;
};

/* Direct-mapped by id: ids are given in order, so up to this many categories never collide. */
#define CRYPT_VERIFIERS 32

/* One RSA key that this thread signs blindly with: contexts for its two powers. `id` is the
 * rsabssa_secret's. */
struct crypt_signer {
    uint64_t id;
    EVP_PKEY_CTX *secret, *public;
};

struct crypt_thread {
    EVP_MD_CTX *digest;
    EVP_CIPHER_CTX *cipher;
    EVP_PKEY *peer; /* P-256; its point is set anew for each use */
    struct crypt_verifier verifiers[CRYPT_VERIFIERS];
    struct crypt_signer signers[CRYPT_VERIFIERS];
};

/* The calling thread's own; never NULL. */
struct crypt_thread *crypt_thread(void);

#endif
