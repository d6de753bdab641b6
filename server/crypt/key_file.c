#include "crypt/key_file.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "hpke_inner.h"
#include "pem.h"

enum { FILE_CAP = 16 * 1024, HMAC_KEY_LEN = 32 };

static enum err write_secret(const char *path, const struct buf *text, struct fault *fault)
{
    return file_create(path, buf_slice(text), 0600, FILE_SYNC, fault);
}

/* ---- PEM ---- */

/* Writes an encoded key, unless encoding failed; text is wiped. */
static enum err write_text(const char *path, enum err encoded, struct buf *text,
                           struct fault *fault)
{
    enum err err = encoded;

    if (err != OK)
        fault_set(fault, err, "%s: the key can't be encoded", path);
    else
        err = write_secret(path, text, fault);
    buf_release_secret(text);
    return err;
}

static enum err write_pem(const char *path, const EVP_PKEY *key, struct fault *fault)
{
    struct buf text;

    buf_init(&text, FILE_CAP);
    return write_text(path, pem_put(key, &text), &text, fault);
}

static enum err read_pem(const char *path, EVP_PKEY **key, struct fault *fault)
{
    struct buf text;
    enum err err;

    buf_init(&text, FILE_CAP);
    err = file_read_secret(path, &text, fault);
    if (err == OK) {
        err = pem_parse(buf_slice(&text), key);
        if (err != OK)
            fault_set(fault, err, "%s: not one private key in PEM (PKCS#8, without passphrase)",
                      path);
    }
    buf_release_secret(&text);
    return err;
}

static enum err wrong_key(const char *path, const char *wanted, struct fault *fault)
{
    return fault_set(fault, ERR_INVALID, "%s: holds another kind of key, not %s", path, wanted);
}

enum err key_file_write_ed25519(const char *path, const struct ed25519_secret *secret,
                                struct fault *fault)
{
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, secret->seed, ED25519_SEED_LEN);
    enum err err;

    INVARIANT(key);
    err = write_pem(path, key, fault);
    EVP_PKEY_free(key);
    return err;
}

enum err key_file_read_ed25519(const char *path, struct ed25519_secret *secret, struct fault *fault)
{
    EVP_PKEY *key = NULL;
    uint8_t seed[ED25519_SEED_LEN];
    size_t len = sizeof seed;
    enum err err = read_pem(path, &key, fault);

    if (err != OK)
        return err;
    if (EVP_PKEY_is_a(key, "ED25519") && EVP_PKEY_get_raw_private_key(key, seed, &len) == 1 &&
        len == sizeof seed)
        ed25519_from_seed(secret, seed);
    else
        err = wrong_key(path, "Ed25519", fault);
    EVP_PKEY_free(key);
    wipe(seed, sizeof seed);
    return err;
}

enum err key_file_write_rsabssa(const char *path, const struct rsabssa_secret *secret,
                                struct fault *fault)
{
    struct buf text;

    buf_init(&text, FILE_CAP);
    return write_text(path, rsabssa_secret_pem(secret, &text), &text, fault);
}

enum err key_file_read_rsabssa(const char *path, struct rsabssa_secret **secret,
                               struct fault *fault)
{
    struct buf text;
    enum err err;

    buf_init(&text, FILE_CAP);
    err = file_read_secret(path, &text, fault);
    if (err == OK) {
        err = rsabssa_secret_parse(buf_slice(&text), secret);
        if (err != OK)
            fault_set(fault, err,
                      "%s: not one private RSA key of 2048 bits, e = 65537, in PEM (PKCS#8, "
                      "without passphrase)",
                      path);
    }
    buf_release_secret(&text);
    return err;
}

enum err key_file_write_hpke(const char *path, const struct hpke_secret *secret,
                             struct fault *fault)
{
    return write_pem(path, hpke_inner_key(secret), fault);
}

enum err key_file_read_hpke(const char *path, struct hpke_secret **secret, struct fault *fault)
{
    EVP_PKEY *key = NULL;
    enum err err = read_pem(path, &key, fault);

    if (err != OK)
        return err;
    err = hpke_inner_from_key(key, secret);
    if (err != OK)
        wrong_key(path, "P-256", fault);
    EVP_PKEY_free(key);
    return err;
}

/* ---- HMAC ---- */

enum err key_file_write_hmac(const char *path, const uint8_t key[static HMAC_KEY_LEN],
                             struct fault *fault)
{
    struct buf text;
    enum err err;

    buf_init(&text, FILE_CAP);
    buf_put_base64(&text, key, HMAC_KEY_LEN);
    buf_put_byte(&text, '\n');
    err = write_secret(path, &text, fault);
    buf_release_secret(&text);
    return err;
}

enum err key_file_read_hmac(const char *path, uint8_t key[static HMAC_KEY_LEN], struct fault *fault)
{
    struct buf text;
    struct slice line;
    enum err err;

    buf_init(&text, FILE_CAP);
    err = file_read_secret(path, &text, fault);
    if (err == OK) {
        line = buf_slice(&text);
        if (line.len > 0 && line.data[line.len - 1] == '\n')
            line.len--;
        err = base64_decode_exact(line, key, HMAC_KEY_LEN);
        if (err != OK)
            fault_set(fault, err, "%s: not 32 bytes in base64 on one line", path);
    }
    buf_release_secret(&text);
    return err;
}

/* ---- SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) ---- */

static const uint8_t spki_head[ED25519_SPKI_LEN - ED25519_PUBLIC_LEN] = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

void ed25519_spki(const uint8_t public[static ED25519_PUBLIC_LEN],
                  uint8_t spki[static ED25519_SPKI_LEN])
{
    memcpy(spki, spki_head, sizeof spki_head);
    memcpy(spki + sizeof spki_head, public, ED25519_PUBLIC_LEN);
}

enum err ed25519_from_spki(struct slice spki, uint8_t public[static ED25519_PUBLIC_LEN])
{
    if (spki.len != ED25519_SPKI_LEN || memcmp(spki.data, spki_head, sizeof spki_head) != 0)
        return ERR_INVALID;
    memcpy(public, spki.data + sizeof spki_head, ED25519_PUBLIC_LEN);
    return OK;
}
