/* The mini campaign's entries of each type. See mini_campaign.h. */
#ifndef TESTS_UNIT_CAMPAIGN_MINI_ENTRIES_H
#define TESTS_UNIT_CAMPAIGN_MINI_ENTRIES_H

#include "mini_ledger.h"

static inline void fields_genesis(const struct mini *mini, struct fields *fields,
                                  const struct signer *const *staff, unsigned count)
{
    struct buf list;
    buf_init(&list, 8192);
    for (unsigned i = 0; i < count; i++) {
        uint8_t pop[ED25519_SIG_LEN];
        signer_pop(staff[i], KEY_USE_STAFF, pop);
        buf_put_str(&list, i == 0 ? "[{\"key\":\"" : ",{\"key\":\"");
        buf_put_base64(&list, staff[i]->spki, sizeof staff[i]->spki);
        buf_printf(&list, "\",\"person\":\"%s\",\"pop\":\"", staff[i]->person);
        buf_put_base64(&list, pop, sizeof pop);
        buf_printf(&list, "\",\"role\":\"%s\"}", staff[i]->role);
    }
    buf_put_byte(&list, ']');
    fields_begin(fields, "genesis");
    fields_str(fields, "origin", MINI_ORIGIN);
    fields_hex(fields, "rules", mini->files[0].hash, SHA256_LEN);
    fields_raw(fields, "staff", xstrdup(buf_text(&list)));
    buf_release(&list);
}

static inline void fields_key(struct fields *fields, const char *use, struct slice spki,
                              struct slice pop, uint64_t seen)
{
    uint8_t id[KEY_ID_LEN];
    key_id(id, spki);
    fields_begin(fields, "key");
    fields_str(fields, "use", use);
    fields_hex(fields, "id", id, sizeof id);
    fields_base64(fields, "key", spki.data, spki.len);
    fields_base64(fields, "pop", pop.data, pop.len);
    fields_int(fields, "seen", seen);
}

static inline void fields_ed25519_key(struct fields *fields, const struct signer *signer,
                                      enum key_use use, uint64_t seen)
{
    uint8_t pop[ED25519_SIG_LEN];
    signer_pop(signer, use, pop);
    fields_key(fields, key_use_name(use), slice_of(signer->spki, sizeof signer->spki),
               slice_of(pop, sizeof pop), seen);
    if (use == KEY_USE_STAFF) {
        fields_str(fields, "person", signer->person);
        fields_str(fields, "role", signer->role);
    }
}

static inline void fields_pass_key(struct fields *fields, const struct rsabssa_secret *secret,
                                   const char *cat, uint64_t seen)
{
    uint8_t pop[RSABSSA_LEN];
    struct buf spki, text;
    buf_init(&spki, 1024);
    buf_init(&text, 4096);
    assert_int_equal(rsabssa_secret_spki(secret, &spki), OK);
    key_pop_text(&text, MINI_ORIGIN, KEY_USE_PASS, slice_str(cat), buf_slice(&spki));
    assert_int_equal(rsabssa_secret_prove(secret, buf_slice(&text), pop), OK);
    fields_key(fields, "pass", buf_slice(&spki), slice_of(pop, sizeof pop), seen);
    fields_str(fields, "cat", cat);
    buf_release(&spki);
    buf_release(&text);
}

static inline void fields_seal_key(struct fields *fields, const struct hpke_secret *secret,
                                   uint64_t seen)
{
    uint8_t pop[HPKE_POP_LEN], spki[HPKE_SPKI_LEN], point[HPKE_PUBLIC_LEN];
    struct buf text;
    buf_init(&text, 4096);
    hpke_secret_public(secret, point);
    assert_int_equal(hpke_public_spki(point, spki), OK);
    key_pop_text(&text, MINI_ORIGIN, KEY_USE_SEAL, slice_str(""), slice_of(spki, sizeof spki));
    assert_int_equal(hpke_secret_prove(secret, buf_slice(&text), pop), OK);
    fields_key(fields, "seal", slice_of(spki, sizeof spki), slice_of(pop, sizeof pop), seen);
    buf_release(&text);
}

static inline void fields_revoke(struct fields *fields, const uint8_t id[static KEY_ID_LEN],
                                 uint64_t seen)
{
    fields_begin(fields, "revoke");
    fields_hex(fields, "id", id, KEY_ID_LEN);
    fields_str(fields, "why", "lost");
    fields_int(fields, "seen", seen);
}

static inline void fields_phase(struct fields *fields, const char *phase, const char *act,
                                uint64_t seen)
{
    fields_begin(fields, "phase");
    fields_str(fields, "phase", phase);
    fields_str(fields, "act", act);
    fields_str(fields, "why", "as planned");
    fields_int(fields, "seen", seen);
}

/* opens and closes in seconds after MINI_T0. */
static inline void fields_schedule(struct fields *fields, const char *phase, uint64_t opens,
                                   uint64_t closes, uint64_t seen)
{
    fields_phase(fields, phase, "schedule", seen);
    fields_int(fields, "opens", MINI_T0 + opens);
    fields_int(fields, "closes", MINI_T0 + closes);
}

static inline void fields_own_phase(struct fields *fields, const char *phase, const char *act)
{
    fields_begin(fields, "phase");
    fields_str(fields, "phase", phase);
    fields_str(fields, "act", act);
}

static inline void fields_register(struct fields *fields, const uint8_t set[static SHA256_LEN],
                                   uint64_t n, uint64_t seen)
{
    fields_begin(fields, "register");
    fields_hex(fields, "set", set, SHA256_LEN);
    fields_int(fields, "n", n);
    fields_int(fields, "seen", seen);
}

/* A pseudonym or commitment: 32 bytes that follow from two numbers. */
static inline void fields_opaque(struct fields *fields, const char *key, uint8_t a, uint8_t b)
{
    uint8_t bytes[32] = {a, b, 0x5a};
    fields_base64(fields, key, bytes, sizeof bytes);
}

static inline void fields_nominate(struct fields *fields, const char *cat, const char *ngo,
                                   uint8_t person)
{
    fields_begin(fields, "nominate");
    fields_str(fields, "cat", cat);
    fields_str(fields, "ngo", ngo);
    fields_opaque(fields, "p", person, 1);
    fields_opaque(fields, "c", person, 2);
}

static inline void fields_amend(struct fields *fields, uint64_t ref, uint8_t text)
{
    fields_begin(fields, "amend");
    fields_int(fields, "ref", ref);
    fields_opaque(fields, "c", text, 2);
}

static inline void fields_moderate(struct fields *fields, uint64_t ref, const char *decision,
                                   uint64_t seen)
{
    fields_begin(fields, "moderate");
    fields_int(fields, "ref", ref);
    fields_str(fields, "d", decision);
    fields_opaque(fields, "c", (uint8_t)ref, 3);
    fields_int(fields, "seen", seen);
}

static inline void fields_merge(struct fields *fields, uint64_t ref, uint64_t into, uint64_t seen)
{
    fields_moderate(fields, ref, "merge", seen);
    fields_int(fields, "into", into);
}

static inline void fields_erase(struct fields *fields, uint64_t ref, const char *basis,
                                uint64_t seen)
{
    fields_begin(fields, "erase");
    fields_int(fields, "ref", ref);
    fields_str(fields, "basis", basis);
    fields_int(fields, "seen", seen);
}

static inline void fields_issue(const struct mini *mini, struct fields *fields, unsigned cat,
                                uint8_t person, uint8_t blinded)
{
    fields_begin(fields, "issue");
    fields_str(fields, "cat", mini_cats[cat]);
    fields_hex(fields, "ik", mini->pass_id[cat], KEY_ID_LEN);
    fields_opaque(fields, "p", person, 4);
    fields_opaque(fields, "bh", blinded, 5);
}

/* A pass of any 32 bytes as the ballot key: blind, sign, finalize, as a client does. */
static inline void mini_pass_of(const struct mini *mini, unsigned cat,
                                const uint8_t pk[static ED25519_PUBLIC_LEN], struct mini_pass *pass)
{
    uint8_t salt[RSABSSA_SALT_LEN], r[RSABSSA_LEN];
    uint8_t blinded[RSABSSA_LEN], inverse[RSABSSA_LEN], blind_sig[RSABSSA_LEN];
    struct buf message;
    *pass = (struct mini_pass){.cat = cat};
    memcpy(pass->key.public, pk, ED25519_PUBLIC_LEN);
    random_bytes(salt, sizeof salt);
    random_bytes(pass->pre, sizeof pass->pre);
    buf_init(&message, 1024);
    buf_put(&message, pass->pre, sizeof pass->pre);
    buf_printf(&message, "ballot-pass/v1\n" MINI_ORIGIN "\n%s\n", mini_cats[cat]);
    buf_put(&message, pk, ED25519_PUBLIC_LEN);
    do {
        random_bytes(r, sizeof r);
        r[0] &= 0x7f;
    } while (rsabssa_blind(mini->pass_public[cat], buf_slice(&message), salt, r, blinded,
                           inverse) != OK);
    assert_int_equal(rsabssa_blind_sign(mini->pass_secret[cat], blinded, blind_sig), OK);
    assert_int_equal(rsabssa_finalize(mini->pass_public[cat], buf_slice(&message), blind_sig,
                                      inverse, pass->tok),
                     OK);
    buf_release(&message);
}

/* A pass with a fresh key. */
static inline void mini_pass(const struct mini *mini, unsigned cat, struct mini_pass *pass)
{
    uint8_t seed[ED25519_SEED_LEN];
    struct ed25519_secret key;
    random_bytes(seed, sizeof seed);
    ed25519_from_seed(&key, seed);
    mini_pass_of(mini, cat, key.public, pass);
    pass->key = key;
}

static inline void mini_sign_ballot(const struct mini_pass *pass, struct fields *fields)
{
    uint8_t sig[ED25519_SIG_LEN];
    struct buf text;
    buf_init(&text, 16384);
    fields_signed_text(fields, &text);
    ed25519_sign(sig, &pass->key, buf_slice(&text));
    fields_base64(fields, "sig", sig, sizeof sig);
    buf_release(&text);
}

/* A ballot of len bytes of plaintext: text and spaces. */
static inline void fields_ballot_len(const struct mini *mini, struct fields *fields,
                                     const struct mini_pass *pass, uint64_t rev, const char *text,
                                     size_t len)
{
    uint8_t enc[HPKE_PUBLIC_LEN], plain[RULES_CT_MAX], ct[RULES_CT_MAX + HPKE_TAG_LEN];
    static const char info[] = "ballot-seal/v1\n" MINI_ORIGIN "\n";
    char *pk = quoted_base64(pass->key.public, sizeof pass->key.public);
    char *aad = xasprintf("{\"cat\":\"%s\",\"pk\":%s,\"rev\":%llu}", mini_cats[pass->cat], pk,
                          (unsigned long long)rev);
    memset(plain, ' ', sizeof plain);
    memcpy(plain, text, strlen(text));
    assert_int_equal(
        hpke_seal(mini->seal_point, slice_str(info), slice_str(aad), slice_of(plain, len), enc, ct),
        OK);
    fields_begin(fields, "ballot");
    fields_str(fields, "cat", mini_cats[pass->cat]);
    fields_hex(fields, "ik", mini->pass_id[pass->cat], KEY_ID_LEN);
    fields_raw(fields, "pk", pk);
    fields_base64(fields, "pre", pass->pre, sizeof pass->pre);
    fields_base64(fields, "tok", pass->tok, sizeof pass->tok);
    fields_int(fields, "rev", rev);
    fields_base64(fields, "enc", enc, sizeof enc);
    fields_base64(fields, "ct", ct, len + HPKE_TAG_LEN);
    mini_sign_ballot(pass, fields);
    free(aad);
}

static inline void fields_ballot(const struct mini *mini, struct fields *fields,
                                 const struct mini_pass *pass, uint64_t rev, const char *text)
{
    /* The sealed length of both categories here, by PROTOCOL.md §5: choose 24 + 2, score with one
     * nominee 24 + 2 + 6 + (6 + 4 + 1) + (5 + 4 + 1) = 53. */
    fields_ballot_len(mini, fields, pass, rev, text, 64);
}

static inline void fields_void(struct fields *fields, uint64_t ref, uint64_t seen)
{
    fields_begin(fields, "void");
    fields_int(fields, "ref", ref);
    fields_opaque(fields, "c", (uint8_t)ref, 6);
    fields_int(fields, "seen", seen);
}

static inline void fields_notice(struct fields *fields, const char *text, uint64_t seen)
{
    fields_begin(fields, "notice");
    fields_str(fields, "text", text);
    fields_int(fields, "seen", seen);
}

#endif
