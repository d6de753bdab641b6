#include "crypt/password.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/err.h"

#define SCRYPT_N (1U << 15)
#define SCRYPT_R 8U
#define SCRYPT_P 1U
#define SCRYPT_MEMORY (64U << 20) /* a cap; 128·N·r = 32 MiB are used */

void password_hash(uint8_t hash[static PASSWORD_HASH_LEN], struct slice password,
                   const uint8_t salt[static PASSWORD_SALT_LEN])
{
    uint64_t n = SCRYPT_N, memory = SCRYPT_MEMORY;
    uint32_t r = SCRYPT_R, p = SCRYPT_P;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)(uintptr_t)password.data,
                                          password.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt,
                                          PASSWORD_SALT_LEN),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
        OSSL_PARAM_construct_end()};
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    INVARIANT(context != NULL && EVP_KDF_derive(context, hash, PASSWORD_HASH_LEN, params) == 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

bool password_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
