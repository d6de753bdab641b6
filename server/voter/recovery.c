#include "voter/recovery.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/mem.h"
#include "crypt/hash.h"
#include "ledger/entry.h"

#define BALLOT_PLAINTEXT_MAX 5000
#define TRIES 128 /* each fails with a chance below one half */

static void derive(const uint8_t code[static RECOVERY_LEN], const char *origin, const char *cat,
                   const char *what, uint8_t *out, size_t len)
{
    struct buf info;
    buf_init(&info, 1024);
    buf_printf(&info, "%s\n%s\n%s", origin, cat, what);
    INVARIANT(!buf_failed(&info));
    hkdf_sha256(out, len, slice_of(code, RECOVERY_LEN), buf_slice(&info));
    buf_release(&info);
}

/* pre ‖ `ballot-pass/v1\n<origin>\n<cat>\n` ‖ pk */
static void put_message(struct buf *out, const struct recovery_pass *pass, const char *origin,
                        const char *cat)
{
    buf_put(out, pass->pre, sizeof pass->pre);
    buf_printf(out, "ballot-pass/v1\n%s\n%s\n", origin, cat);
    buf_put(out, pass->key.public, ED25519_PUBLIC_LEN);
    INVARIANT(!buf_failed(out));
}

enum err recovery_blind(const uint8_t code[static RECOVERY_LEN], const char *origin,
                        const char *cat, const struct rsabssa_public *pass_key,
                        struct recovery_pass *pass)
{
    uint8_t seed[ED25519_SEED_LEN], salt[RSABSSA_SALT_LEN], r[RSABSSA_LEN];
    struct buf message;
    char what[16];
    enum err err = ERR_INVALID;
    derive(code, origin, cat, "key", seed, sizeof seed);
    derive(code, origin, cat, "pre", pass->pre, sizeof pass->pre);
    derive(code, origin, cat, "salt", salt, sizeof salt);
    ed25519_from_seed(&pass->key, seed);
    buf_init(&message, 1024);
    put_message(&message, pass, origin, cat);
    for (int i = 0; i < TRIES && err == ERR_INVALID; i++) {
        (void)snprintf(what, sizeof what, "r%d", i);
        derive(code, origin, cat, what, r, sizeof r);
        err = rsabssa_blind(pass_key, buf_slice(&message), salt, r, pass->blinded, pass->inverse);
    }
    buf_release(&message);
    wipe(seed, sizeof seed);
    wipe(r, sizeof r);
    return err;
}

enum err recovery_finish(const char *origin, const char *cat, const struct rsabssa_public *pass_key,
                         const uint8_t blind_sig[static RSABSSA_LEN], struct recovery_pass *pass)
{
    struct buf message;
    buf_init(&message, 1024);
    put_message(&message, pass, origin, cat);
    enum err err =
        rsabssa_finalize(pass_key, buf_slice(&message), blind_sig, pass->inverse, pass->tok);
    buf_release(&message);
    return err;
}

/* The canonical ballot; sig is left out when NULL, as in the text it signs. */
struct sealed {
    const struct recovery_pass *pass;
    const char *cat, *ik;
    uint64_t rev;
    uint8_t enc[HPKE_PUBLIC_LEN];
    uint8_t ct[BALLOT_PLAINTEXT_MAX + HPKE_TAG_LEN];
    size_t ct_len;
};

static void put_member(struct buf *out, const char *name, const void *bytes, size_t len)
{
    buf_printf(out, ",\"%s\":\"", name);
    buf_put_base64(out, bytes, len);
    buf_put_byte(out, '"');
}

static void put_ballot(struct buf *out, const struct sealed *sealed, const uint8_t *sig)
{
    buf_printf(out, "{\"cat\":\"%s\"", sealed->cat);
    put_member(out, "ct", sealed->ct, sealed->ct_len);
    put_member(out, "enc", sealed->enc, sizeof sealed->enc);
    buf_printf(out, ",\"ik\":\"%s\"", sealed->ik);
    put_member(out, "pk", sealed->pass->key.public, ED25519_PUBLIC_LEN);
    put_member(out, "pre", sealed->pass->pre, sizeof sealed->pass->pre);
    buf_printf(out, ",\"rev\":%llu", (unsigned long long)sealed->rev);
    if (sig != NULL)
        put_member(out, "sig", sig, ED25519_SIG_LEN);
    buf_put_str(out, ",\"t\":\"ballot\"");
    put_member(out, "tok", sealed->pass->tok, sizeof sealed->pass->tok);
    buf_put_str(out, ",\"v\":1}");
}

static enum err seal(struct sealed *sealed, const char *origin,
                     const uint8_t point[static HPKE_PUBLIC_LEN], struct slice plaintext)
{
    struct buf info, aad;
    if (plaintext.len > BALLOT_PLAINTEXT_MAX)
        return ERR_LIMITED;
    buf_init(&info, 1024);
    buf_init(&aad, 1024);
    buf_printf(&info, "ballot-seal/v1\n%s\n", origin);
    buf_printf(&aad, "{\"cat\":\"%s\"", sealed->cat);
    put_member(&aad, "pk", sealed->pass->key.public, ED25519_PUBLIC_LEN);
    buf_printf(&aad, ",\"rev\":%llu}", (unsigned long long)sealed->rev);
    enum err err =
        hpke_seal(point, buf_slice(&info), buf_slice(&aad), plaintext, sealed->enc, sealed->ct);
    sealed->ct_len = plaintext.len + HPKE_TAG_LEN;
    buf_release(&info);
    buf_release(&aad);
    return err;
}

enum err recovery_ballot(const struct recovery_pass *pass, const char *origin, const char *cat,
                         const char *ik, uint64_t rev,
                         const uint8_t seal_point[static HPKE_PUBLIC_LEN], struct slice plaintext,
                         struct buf *out)
{
    struct sealed sealed = {.pass = pass, .cat = cat, .ik = ik, .rev = rev};
    struct buf text;
    uint8_t sig[ED25519_SIG_LEN];
    enum err err = seal(&sealed, origin, seal_point, plaintext);
    if (err != OK)
        return err;
    buf_init(&text, ENTRY_SIGNED_MAX);
    buf_printf(&text, "%s\nballot/v1\n", origin);
    put_ballot(&text, &sealed, NULL);
    ed25519_sign(sig, &pass->key, buf_slice(&text));
    buf_release(&text);
    put_ballot(out, &sealed, sig);
    return buf_failed(out) ? ERR_LIMITED : OK;
}
