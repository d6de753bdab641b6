#include "crypt/hash.h"

#include "base/err.h"
#include "base/mem.h"
#include "library.h"

#define SHA256_BLOCK_LEN 64
#define HKDF_PARTS 3

static void digest_parts(const EVP_MD *md, uint8_t *out, const struct slice *parts, size_t count)
{
    EVP_MD_CTX *context = crypt_thread()->digest;

    INVARIANT(EVP_DigestInit_ex2(context, md, NULL) == 1);
    for (size_t i = 0; i < count; i++)
        INVARIANT(EVP_DigestUpdate(context, parts[i].data, parts[i].len) == 1);
    INVARIANT(EVP_DigestFinal_ex(context, out, NULL) == 1);
}

void sha256(uint8_t out[static SHA256_LEN], struct slice bytes)
{
    digest_parts(crypt_library()->sha256, out, &bytes, 1);
}

void sha256_parts(uint8_t out[static SHA256_LEN], const struct slice *parts, size_t count)
{
    digest_parts(crypt_library()->sha256, out, parts, count);
}

void sha384_parts(uint8_t out[static SHA384_LEN], const struct slice *parts, size_t count)
{
    digest_parts(crypt_library()->sha384, out, parts, count);
}

/* RFC 2104 §2 over the digest above: two short hashes cost a fraction of OpenSSL's EVP_MAC. */
void hmac_sha256_parts(uint8_t out[static SHA256_LEN], struct slice key, const struct slice *parts,
                       size_t count)
{
    const EVP_MD *md = crypt_library()->sha256;
    EVP_MD_CTX *context = crypt_thread()->digest;
    uint8_t pad[SHA256_BLOCK_LEN] = {0};

    if (key.len > SHA256_BLOCK_LEN)
        sha256(pad, key);
    else if (key.len > 0)
        memcpy(pad, key.data, key.len);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    INVARIANT(EVP_DigestInit_ex2(context, md, NULL) == 1);
    INVARIANT(EVP_DigestUpdate(context, pad, sizeof pad) == 1);
    for (size_t i = 0; i < count; i++)
        INVARIANT(EVP_DigestUpdate(context, parts[i].data, parts[i].len) == 1);
    INVARIANT(EVP_DigestFinal_ex(context, out, NULL) == 1);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    digest_parts(md, out,
                 (const struct slice[]){slice_of(pad, sizeof pad), slice_of(out, SHA256_LEN)}, 2);
    wipe(pad, sizeof pad);
}

void hmac_sha256(uint8_t out[static SHA256_LEN], struct slice key, struct slice message)
{
    hmac_sha256_parts(out, key, &message, 1);
}

void hkdf_sha256_expand(uint8_t *out, size_t out_len, const uint8_t prk[static SHA256_LEN],
                        struct slice info)
{
    uint8_t block[SHA256_LEN], counter = 0;
    size_t block_len = 0;

    INVARIANT(out_len <= 255 * SHA256_LEN);
    while (out_len > 0) {
        size_t take = out_len < SHA256_LEN ? out_len : SHA256_LEN;
        struct slice parts[HKDF_PARTS] = {slice_of(block, block_len), info, slice_of(&counter, 1)};

        counter++;
        hmac_sha256_parts(block, slice_of(prk, SHA256_LEN), parts, HKDF_PARTS);
        block_len = SHA256_LEN;
        memcpy(out, block, take);
        out += take;
        out_len -= take;
    }
    wipe(block, sizeof block);
}

void hkdf_sha256(uint8_t *out, size_t out_len, struct slice secret, struct slice info)
{
    uint8_t prk[SHA256_LEN];

    hmac_sha256(prk, (struct slice){0}, secret); /* an empty salt is zeros, as is an empty key */
    hkdf_sha256_expand(out, out_len, prk, info);
    wipe(prk, sizeof prk);
}
