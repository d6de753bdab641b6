/* PEM PKCS#8 of private keys, unencrypted: the file's mode and owner protect it (crypt/key_file.h).
 */
#ifndef SERVER_CRYPT_PEM_H
#define SERVER_CRYPT_PEM_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* ERR_INVALID: no private key in PKCS#8, an encrypted one, or something before or behind it. *key
 * is the caller's. */
enum err pem_parse(struct slice pem, EVP_PKEY **key) MUST_CHECK;

/* Appends the key. */
enum err pem_put(const EVP_PKEY *key, struct buf *out) MUST_CHECK;

#endif
