/*
 * The voter's side of a pass: everything random in it comes from one 128-bit recovery code, so that
 * asking again sends the same blinded message, and another device with the code gets the same pass
 * (PROTOCOL.md §4). Used by rehearse and bench; the browser has its own (web/src/lib).
 */
#ifndef VOTER_RECOVERY_H
#define VOTER_RECOVERY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypt/ed25519.h"
#include "crypt/hpke.h"
#include "crypt/rsabssa.h"

#define RECOVERY_LEN 16

struct recovery_pass {
    struct ed25519_secret key; /* the ballot key */
    uint8_t pre[RSABSSA_PREFIX_LEN];
    uint8_t blinded[RSABSSA_LEN]; /* what the registrar signs */
    uint8_t inverse[RSABSSA_LEN];
    uint8_t tok[RSABSSA_LEN]; /* the pass, once finished */
};

/* HKDF-SHA256(code, info = `<origin>\n<cat>\n<what>`) with what = `key`, `pre`, `salt`, and `r<n>`
 * for n = 0, 1, … until r is in range. Wipe the result after use. */
enum err recovery_blind(const uint8_t code[static RECOVERY_LEN], const char *origin,
                        const char *cat, const struct rsabssa_public *pass_key,
                        struct recovery_pass *pass) MUST_CHECK;

/* Unblinds the registrar's answer into pass->tok. ERR_INVALID: it is no signature of the key. */
enum err recovery_finish(const char *origin, const char *cat, const struct rsabssa_public *pass_key,
                         const uint8_t blind_sig[static RSABSSA_LEN],
                         struct recovery_pass *pass) MUST_CHECK;

/* Appends the ballot entry: plaintext (padded) sealed to the campaign's seal key and signed. ik is
 * the pass key's id in hex. */
enum err recovery_ballot(const struct recovery_pass *pass, const char *origin, const char *cat,
                         const char *ik, uint64_t rev,
                         const uint8_t seal_point[static HPKE_PUBLIC_LEN], struct slice plaintext,
                         struct buf *out) MUST_CHECK;

#endif
