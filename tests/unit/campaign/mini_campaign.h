/*
 * A whole small campaign in memory, with real keys, signatures, passes and sealed ballots: what the
 * tests of the fold, of opening and of `dauys verify` damage one thing in.
 *
 * fields_*() write canonical entries member by member, mini_sign() signs them, mini_take() judges,
 * takes and records them. mini_play() is the good campaign; mini_at() a fold rebuilt up to one of
 * its stages.
 */
#ifndef TESTS_UNIT_CAMPAIGN_MINI_CAMPAIGN_H
#define TESTS_UNIT_CAMPAIGN_MINI_CAMPAIGN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/random.h"
#include "campaign/fold.h"
#include "crypt/ed25519.h"
#include "crypt/hash.h"
#include "crypt/hpke.h"
#include "crypt/key_file.h"
#include "crypt/rsabssa.h"
#include "ledger/tree.h"
#include "tally/opening.h"

#define MINI_ORIGIN "votes.example/mini"
#define MINI_T0 1790000000ULL /* `at` of the genesis */
#define MINI_FIELDS 24
#define MINI_FILES 16
#define MINI_ENTRIES 256
#define MINI_HEALTH 0U /* category of method choose */
#define MINI_YOUTH 1U  /* of method score */

/* ---- members of an entry ---- */

struct fields {
    struct field {
        const char *key;
        char *raw; /* as it stands in the entry; owned */
    } items[MINI_FIELDS];
    unsigned len;
};

static inline void fields_clear(struct fields *fields)
{
    for (unsigned i = 0; i < fields->len; i++)
        free(fields->items[i].raw);
    fields->len = 0;
}

/* Takes raw over. Replaces a member of the same key. */
static inline void fields_raw(struct fields *fields, const char *key, char *raw)
{
    unsigned i = 0;
    while (i < fields->len && strcmp(fields->items[i].key, key) < 0)
        i++;
    if (i < fields->len && strcmp(fields->items[i].key, key) == 0) {
        free(fields->items[i].raw);
        fields->items[i].raw = raw;
        return;
    }
    INVARIANT(fields->len < MINI_FIELDS);
    memmove(&fields->items[i + 1], &fields->items[i], (fields->len - i) * sizeof *fields->items);
    fields->items[i].key = key;
    fields->items[i].raw = raw;
    fields->len++;
}

static inline void fields_drop(struct fields *fields, const char *key)
{
    for (unsigned i = 0; i < fields->len; i++) {
        if (strcmp(fields->items[i].key, key) != 0)
            continue;
        free(fields->items[i].raw);
        memmove(&fields->items[i], &fields->items[i + 1],
                (fields->len - i - 1) * sizeof *fields->items);
        fields->len--;
        return;
    }
}

static inline void fields_int(struct fields *fields, const char *key, uint64_t number)
{
    fields_raw(fields, key, xasprintf("%llu", (unsigned long long)number));
}

static inline void fields_str(struct fields *fields, const char *key, const char *text)
{
    fields_raw(fields, key, xasprintf("\"%s\"", text));
}

static inline char *quoted_base64(const void *data, size_t len)
{
    char *text = xcalloc(BASE64_LEN(len) + 3, 1);
    text[0] = '"';
    base64_encode(text + 1, data, len);
    text[BASE64_LEN(len) + 1] = '"';
    return text;
}

static inline char *quoted_hex(const void *data, size_t len)
{
    char *text = xcalloc(2 * len + 3, 1);
    text[0] = '"';
    hex_encode(text + 1, data, len);
    text[2 * len + 1] = '"';
    return text;
}

static inline void fields_base64(struct fields *fields, const char *key, const void *data,
                                 size_t len)
{
    fields_raw(fields, key, quoted_base64(data, len));
}

static inline void fields_hex(struct fields *fields, const char *key, const void *data, size_t len)
{
    fields_raw(fields, key, quoted_hex(data, len));
}

/* An entry of a type, nothing else in it. */
static inline void fields_begin(struct fields *fields, const char *type)
{
    fields_clear(fields);
    fields_str(fields, "t", type);
    fields_int(fields, "v", 1);
}

static inline void fields_write(const struct fields *fields, bool for_signing, struct buf *out)
{
    char separator = '{';
    for (unsigned i = 0; i < fields->len; i++) {
        const char *key = fields->items[i].key;
        if (for_signing &&
            (strcmp(key, "at") == 0 || strcmp(key, "sig") == 0 || strcmp(key, "sigs") == 0))
            continue;
        buf_printf(out, "%c\"%s\":%s", separator, key, fields->items[i].raw);
        separator = ',';
    }
    buf_put_byte(out, '}');
}

/* What signatures cover, from the text of PROTOCOL.md: not by the code under test. */
static inline void fields_signed_text(const struct fields *fields, struct buf *out)
{
    unsigned t = 0;
    while (strcmp(fields->items[t].key, "t") != 0)
        t++;
    const char *raw = fields->items[t].raw;
    buf_printf(out, MINI_ORIGIN "\n%.*s/v1\n", (int)strlen(raw) - 2, raw + 1);
    fields_write(fields, true, out);
}

/* ---- keys ---- */

struct signer {
    struct ed25519_secret secret;
    uint8_t spki[ED25519_SPKI_LEN];
    uint8_t id[KEY_ID_LEN];
    const char *person, *role;
};

static inline void signer_make(struct signer *signer, uint8_t seed_byte, const char *person,
                               const char *role)
{
    uint8_t seed[ED25519_SEED_LEN];
    memset(seed, seed_byte, sizeof seed);
    ed25519_from_seed(&signer->secret, seed);
    ed25519_spki(signer->secret.public, signer->spki);
    key_id(signer->id, slice_of(signer->spki, sizeof signer->spki));
    signer->person = person;
    signer->role = role;
}

static inline void signer_pop(const struct signer *signer, enum key_use use,
                              uint8_t pop[static ED25519_SIG_LEN])
{
    struct buf text;
    buf_init(&text, 4096);
    key_pop_text(&text, MINI_ORIGIN, use, slice_str(""),
                 slice_of(signer->spki, sizeof signer->spki));
    ed25519_sign(pop, &signer->secret, buf_slice(&text));
    buf_release(&text);
}

/* Signs with up to 8 signers (NULL ends), ordered by id. */
static inline void mini_sign_list(struct fields *fields, const struct signer *const *signers,
                                  unsigned count)
{
    const struct signer *sorted[8];
    struct buf text, sigs;
    for (unsigned i = 0; i < count; i++) {
        unsigned j = i;
        for (; j > 0 && memcmp(sorted[j - 1]->id, signers[i]->id, KEY_ID_LEN) > 0; j--)
            sorted[j] = sorted[j - 1];
        sorted[j] = signers[i];
    }
    buf_init(&text, 16384);
    buf_init(&sigs, 16384);
    fields_signed_text(fields, &text);
    for (unsigned i = 0; i < count; i++) {
        uint8_t sig[ED25519_SIG_LEN];
        ed25519_sign(sig, &sorted[i]->secret, buf_slice(&text));
        buf_put_str(&sigs, i == 0 ? "[{\"k\":\"" : ",{\"k\":\"");
        buf_put_hex(&sigs, sorted[i]->id, KEY_ID_LEN);
        buf_put_str(&sigs, "\",\"s\":\"");
        buf_put_base64(&sigs, sig, sizeof sig);
        buf_put_str(&sigs, "\"}");
    }
    buf_put_byte(&sigs, ']');
    fields_raw(fields, "sigs", xstrdup(buf_text(&sigs)));
    buf_release(&text);
    buf_release(&sigs);
}

#define mini_sign(fields, ...)                                                                     \
    mini_sign_list((fields), (const struct signer *const[]){__VA_ARGS__},                          \
                   sizeof((const struct signer *const[]){__VA_ARGS__}) /                           \
                       sizeof(const struct signer *))

/* ---- the campaign ---- */

struct mini_pass {
    unsigned cat;
    struct ed25519_secret key;
    uint8_t pre[RSABSSA_PREFIX_LEN];
    uint8_t tok[RSABSSA_LEN];
};

/* Where a fold may stand: after which entries. */
enum mini_stage {
    MINI_EMPTY,
    MINI_BEGUN,      /* genesis */
    MINI_REGISTRAR,  /* and the registrar's key, no other */
    MINI_KEYED,      /* all keys */
    MINI_REGISTERED, /* the register */
    MINI_SCHEDULED,  /* nomination and evaluation scheduled, neither open */
    MINI_NOMINATING, /* nomination open */
    MINI_PAUSED,     /* and paused */
    MINI_NOMINATED,  /* some nominations, none decided */
    MINI_DECIDED,    /* all decided, nomination still open */
    MINI_BETWEEN,    /* nomination closed */
    MINI_ISSUED,     /* passes issued */
    MINI_EVALUATING, /* evaluation open */
    MINI_HELD,       /* and paused */
    MINI_CAST,       /* some ballots */
    MINI_VOIDED,     /* a mark, one pass set aside */
    MINI_CLOSED,     /* evaluation closed */
    MINI_UNSEALED,
    MINI_TALLIED, /* both tallies */
    MINI_DONE,
    MINI_STAGES
};

#define MINI_PASSES 6 /* of health; the first three persons have one of youth, too */

struct mini {
    struct fold *fold;
    uint64_t at;
    struct tree tree;
    struct slice entries[MINI_ENTRIES]; /* owned */
    uint64_t len;
    uint64_t stage_len[MINI_STAGES]; /* entries of each stage */
    struct {
        uint8_t hash[SHA256_LEN];
        struct slice bytes; /* owned */
    } files[MINI_FILES];
    unsigned files_len;
    uint8_t close_root[TREE_HASH_LEN];

    struct signer anna, boris, anna_second, mira, mark, olga, registrar, stranger;
    struct rsabssa_secret *pass_secret[2];
    struct rsabssa_public *pass_public[2];
    uint8_t pass_id[2][KEY_ID_LEN];
    struct hpke_secret *seal_secret;
    uint8_t seal_point[HPKE_PUBLIC_LEN], seal_id[KEY_ID_LEN];
    struct mini_pass passes[MINI_PASSES], youth;
    uint64_t first_ballot, void_ballot; /* indexes */
};

static const char *const mini_cats[] = {"health", "youth"};
static const char *const mini_rules =
    "{\"phases\":[{\"id\":\"nomination\"},{\"id\":\"evaluation\"},{\"id\":\"council\"}],"
    "\"categories\":[{\"id\":\"health\",\"ballot\":{\"method\":\"choose\"}},"
    "{\"id\":\"youth\",\"ballot\":{\"method\":\"score\",\"at_most\":2,\"least\":1,\"most\":5,"
    "\"criteria\":[{\"id\":\"effect\",\"weight\":2},{\"id\":\"reach\",\"weight\":1}]}}],"
    "\"max_rev\":3,\"tie_breaks\":[\"voters\",\"lot\"]}";
static const char *const mini_register = "id,name_en,region\n101,First,KZ-71\n102,Second,KZ-75\n"
                                         "103,Third,KZ-75\n104,Fourth,KZ-79\n105,\"Fifth, too\","
                                         "KZ-10\n";

static inline enum err mini_file_get(void *context, const uint8_t hash[static SHA256_LEN],
                                     struct buf *out, struct fault *fault)
{
    const struct mini *mini = context;
    for (unsigned i = 0; i < mini->files_len; i++) {
        if (memcmp(mini->files[i].hash, hash, SHA256_LEN) != 0)
            continue;
        buf_put_slice(out, mini->files[i].bytes);
        return OK;
    }
    return fault_set(fault, ERR_NOT_FOUND, "no such file");
}

static inline struct slice slice_copy(struct slice from)
{
    uint8_t *copy = xcalloc(from.len + 1, 1);
    if (from.len)
        memcpy(copy, from.data, from.len);
    return slice_of(copy, from.len);
}

static inline const uint8_t *mini_file(struct mini *mini, struct slice bytes)
{
    INVARIANT(mini->files_len < MINI_FILES);
    unsigned number = mini->files_len++;
    sha256(mini->files[number].hash, bytes);
    mini->files[number].bytes = slice_copy(bytes);
    return mini->files[number].hash;
}

static inline struct fold *mini_fold(struct mini *mini)
{
    const struct fold_files files = {.context = mini, .get = mini_file_get};
    return fold_create(MINI_ORIGIN, &files);
}

/* A fold as it stands after the entries of a stage. The caller destroys it. */
static inline struct fold *mini_at(struct mini *mini, enum mini_stage stage)
{
    struct fold *fold = mini_fold(mini);
    for (uint64_t i = 0; i < mini->stage_len[stage]; i++) {
        struct entry entry;
        uint8_t leaf[SHA256_LEN];
        assert_int_equal(entry_parse(mini->entries[i], &entry, NULL), OK);
        tree_leaf_hash(leaf, mini->entries[i]);
        fold_apply(fold, &entry, i, leaf);
    }
    assert_null(fold_fault(fold));
    return fold;
}

/* Judges bytes as the next entry of a fold. */
static inline struct verdict mini_judge(struct fold *fold, struct slice bytes)
{
    struct entry entry;
    struct verdict verdict = {.code = fold_form(bytes, &entry)};
    struct fold_proof proof;
    if (verdict.code != VERDICT_ACCEPTED)
        return verdict;
    fold_prove(fold, &entry, &proof);
    fold_check(fold, &entry, &proof, fold_size(fold), &verdict);
    return verdict;
}

/* Judges, takes and records bytes, which must be accepted. Returns the index. */
static inline uint64_t mini_take_bytes(struct mini *mini, struct slice bytes)
{
    struct entry entry;
    uint8_t leaf[SHA256_LEN];
    struct verdict verdict = mini_judge(mini->fold, bytes);
    if (verdict.code != VERDICT_ACCEPTED)
        fail_msg("entry %llu: %s\n%.*s", (unsigned long long)mini->len, verdict_name(verdict.code),
                 SLICE_PRINT(bytes));
    INVARIANT(mini->len < MINI_ENTRIES);
    mini->entries[mini->len] = slice_copy(bytes);
    assert_int_equal(entry_parse(mini->entries[mini->len], &entry, NULL), OK);
    tree_leaf_hash(leaf, bytes);
    tree_add(&mini->tree, leaf);
    fold_apply(mini->fold, &entry, mini->len, leaf);
    assert_null(fold_fault(mini->fold));
    return mini->len++;
}

/* The same for fields, with `at` put in, and clears them. */
static inline uint64_t mini_take(struct mini *mini, struct fields *fields)
{
    struct buf bytes;
    buf_init(&bytes, 16384);
    if (strcmp(fields->items[0].key, "cat") != 0 || strcmp(fields->items[1].key, "ct") != 0)
        fields_int(fields, "at", mini->at);
    fields_write(fields, false, &bytes);
    uint64_t index = mini_take_bytes(mini, buf_slice(&bytes));
    buf_release(&bytes);
    fields_clear(fields);
    return index;
}

/* Takes everything that the ledger owes at the present time. */
static inline void mini_take_due(struct mini *mini)
{
    struct buf due, stamped;
    buf_init(&due, ENTRY_LEN_MAX);
    buf_init(&stamped, ENTRY_LEN_MAX);
    while (fold_due(mini->fold, mini->at, &due) == OK) {
        struct entry entry;
        assert_int_equal(entry_parse(buf_slice(&due), &entry, NULL), OK);
        entry_insert_at(&entry, mini->at, &stamped);
        mini_take_bytes(mini, buf_slice(&stamped));
        buf_clear(&due);
        buf_clear(&stamped);
    }
    buf_release(&due);
    buf_release(&stamped);
}

static inline void mini_stage(struct mini *mini, enum mini_stage stage)
{
    mini->stage_len[stage] = mini->len;
}

/* ---- entries of each type; signed ones by those who may ---- */

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

static inline void fields_moderate(struct fields *fields, uint64_t ref, const char *decision,
                                   uint64_t seen)
{
    fields_begin(fields, "moderate");
    fields_int(fields, "ref", ref);
    fields_str(fields, "d", decision);
    fields_opaque(fields, "c", (uint8_t)ref, 3);
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

/* ---- the good campaign ---- */

static inline void mini_make_keys(struct mini *mini)
{
    uint8_t spki[HPKE_SPKI_LEN];
    signer_make(&mini->anna, 1, "anna", "administrator");
    signer_make(&mini->boris, 2, "boris", "administrator");
    signer_make(&mini->anna_second, 3, "anna", "administrator");
    signer_make(&mini->mira, 4, "mira", "moderator");
    signer_make(&mini->mark, 5, "mark", "moderator");
    signer_make(&mini->olga, 6, "olga", "auditor");
    signer_make(&mini->registrar, 7, NULL, NULL);
    signer_make(&mini->stranger, 8, "sergey", "administrator");
    for (unsigned i = 0; i < 2; i++) {
        struct buf der;
        buf_init(&der, 1024);
        assert_int_equal(rsabssa_secret_generate(&mini->pass_secret[i]), OK);
        assert_int_equal(rsabssa_secret_spki(mini->pass_secret[i], &der), OK);
        assert_int_equal(rsabssa_public_parse(buf_slice(&der), &mini->pass_public[i]), OK);
        key_id(mini->pass_id[i], buf_slice(&der));
        buf_release(&der);
    }
    assert_int_equal(hpke_secret_generate(&mini->seal_secret), OK);
    hpke_secret_public(mini->seal_secret, mini->seal_point);
    assert_int_equal(hpke_public_spki(mini->seal_point, spki), OK);
    key_id(mini->seal_id, slice_of(spki, sizeof spki));
}

static inline void mini_begin(struct mini *mini)
{
    struct fields f = {.len = 0};
    const struct signer *staff[] = {&mini->anna, &mini->boris, &mini->anna_second,
                                    &mini->mira, &mini->mark,  &mini->olga};
    fields_genesis(mini, &f, staff, 6);
    mini_take(mini, &f);
    mini_stage(mini, MINI_BEGUN);
    fields_ed25519_key(&f, &mini->registrar, KEY_USE_REGISTRAR, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_REGISTRAR);
    for (unsigned i = 0; i < 2; i++) {
        fields_pass_key(&f, mini->pass_secret[i], mini_cats[i], 1);
        mini_sign(&f, &mini->anna, &mini->boris);
        mini_take(mini, &f);
    }
    fields_seal_key(&f, mini->seal_secret, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_KEYED);
    fields_register(&f, mini->files[1].hash, 5, 1);
    mini_sign(&f, &mini->anna);
    mini_take(mini, &f);
    mini_stage(mini, MINI_REGISTERED);
    fields_schedule(&f, "nomination", 100, 1000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_schedule(&f, "evaluation", 2000, 20000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_SCHEDULED);
}

static inline void mini_step(struct mini *mini, const char *phase, const char *act)
{
    struct fields f = {.len = 0};
    fields_phase(&f, phase, act, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
}

static inline uint64_t mini_nominate(struct mini *mini, const char *cat, const char *ngo,
                                     uint8_t person)
{
    struct fields f = {.len = 0};
    fields_nominate(&f, cat, ngo, person);
    mini_sign(&f, &mini->registrar);
    return mini_take(mini, &f);
}

static inline void mini_moderate(struct mini *mini, uint64_t ref, const char *decision)
{
    struct fields f = {.len = 0};
    fields_moderate(&f, ref, decision, mini->len);
    if (strcmp(decision, "refuse") == 0)
        mini_sign(&f, &mini->mira, &mini->mark);
    else
        mini_sign(&f, &mini->mira);
    mini_take(mini, &f);
}

/* Nominees are 11 and 13 (health), 14 (youth), 16 and 15 decided otherwise. */
static inline void mini_nominations(struct mini *mini)
{
    mini->at = MINI_T0 + 100;
    mini_take_due(mini);
    mini_stage(mini, MINI_NOMINATING);
    mini_step(mini, "nomination", "pause");
    mini_stage(mini, MINI_PAUSED);
    mini_step(mini, "nomination", "resume");
    uint64_t first = mini_nominate(mini, "health", "101", 1);
    mini_nominate(mini, "health", "101", 2);
    uint64_t second = mini_nominate(mini, "health", "102", 1);
    uint64_t third = mini_nominate(mini, "youth", "103", 1);
    uint64_t fourth = mini_nominate(mini, "youth", "104", 3);
    uint64_t fifth = mini_nominate(mini, "health", "105", 3);
    assert_int_equal(first, 11);
    assert_int_equal(fifth, 16);
    mini_stage(mini, MINI_NOMINATED);
    mini_moderate(mini, second, "admit");
    mini_moderate(mini, first, "admit");
    mini_moderate(mini, third, "admit");
    mini_moderate(mini, fourth, "refuse");
    mini_moderate(mini, fifth, "return");
    mini_moderate(mini, fifth, "withdraw");
    mini_stage(mini, MINI_DECIDED);
    mini->at = MINI_T0 + 1003;
    mini_take_due(mini);
    mini_stage(mini, MINI_BETWEEN);
}

static inline void mini_issues(struct mini *mini)
{
    struct fields f = {.len = 0};
    for (uint8_t person = 0; person < MINI_PASSES; person++) {
        fields_issue(mini, &f, MINI_HEALTH, person, person);
        mini_sign(&f, &mini->registrar);
        mini_take(mini, &f);
        mini_pass(mini, MINI_HEALTH, &mini->passes[person]);
    }
    fields_issue(mini, &f, MINI_YOUTH, 0, 100);
    mini_sign(&f, &mini->registrar);
    mini_take(mini, &f);
    mini_pass(mini, MINI_YOUTH, &mini->youth);
    mini_stage(mini, MINI_ISSUED);
}

static inline uint64_t mini_cast(struct mini *mini, const struct mini_pass *pass, uint64_t rev,
                                 const char *text)
{
    struct fields f = {.len = 0};
    fields_ballot(mini, &f, pass, rev, text);
    return mini_take(mini, &f);
}

#define MINI_CHOOSE(id) "{\"c\":\"" id "\",\"m\":\"choose\"}"

/* health: 11 twice, 13 once, one spoiled, one set aside, one superseded; one pass is never used. */
static inline void mini_evaluation(struct mini *mini)
{
    struct fields f = {.len = 0};
    mini->at = MINI_T0 + 2000;
    mini_take_due(mini);
    mini_stage(mini, MINI_EVALUATING);
    mini_step(mini, "evaluation", "pause");
    mini_stage(mini, MINI_HELD);
    mini_step(mini, "evaluation", "resume");
    mini->first_ballot = mini_cast(mini, &mini->passes[0], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[1], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[2], 1, MINI_CHOOSE("11"));
    mini_cast(mini, &mini->passes[3], 1, MINI_CHOOSE("16"));
    mini_cast(mini, &mini->passes[2], 2, MINI_CHOOSE("13"));
    mini->void_ballot = mini_cast(mini, &mini->passes[4], 1, MINI_CHOOSE("13"));
    mini_cast(mini, &mini->youth, 2, "{\"m\":\"score\",\"s\":{\"14\":{\"effect\":4,\"reach\":1}}}");
    mini_stage(mini, MINI_CAST);
    mini->at = MINI_T0 + 2000 + 3600;
    mini_take_due(mini);
    fields_void(&f, mini->void_ballot, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini_stage(mini, MINI_VOIDED);
    fields_phase(&f, "evaluation", "extend", mini->len);
    fields_int(&f, "closes", MINI_T0 + 21000);
    fields_str(&f, "no", "17-A");
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_revoke(&f, mini->anna_second.id, mini->len);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    fields_notice(&f, "an \\\"escape\\\"", mini->len);
    mini_sign(&f, &mini->boris);
    mini_take(mini, &f);
    mini->at = MINI_T0 + 21000;
    mini_take_due(mini);
    mini_stage(mini, MINI_CLOSED);
    tree_root(&mini->tree, mini->close_root);
}

static inline enum err mini_read(void *context, uint64_t index, struct buf *out,
                                 struct fault *fault)
{
    const struct mini *mini = context;
    (void)fault;
    INVARIANT(index < mini->len);
    buf_put_slice(out, mini->entries[index]);
    return OK;
}

/* Opens what a fold has and gives it the counts. */
static inline void mini_count(struct mini *mini, struct fold *fold)
{
    const struct opening_reader reader = {.context = mini, .read = mini_read};
    struct opening *opening = opening_create(fold, mini->seal_secret, &reader, NULL);
    uint64_t left = 1;
    while (left > 0)
        assert_int_equal(opening_step(opening, 3, &left, NULL), OK);
    fold_set_close_root(fold, mini->close_root);
    for (unsigned cat = 0; cat < 2; cat++)
        assert_int_equal(fold_set_counts(fold, cat, opening_counts(opening, cat)), OK);
    opening_destroy(opening);
}

static inline void mini_tallies(struct mini *mini)
{
    struct fields f = {.len = 0};
    fold_set_seal_secret(mini->fold, mini->seal_secret);
    mini_take_due(mini);
    mini_stage(mini, MINI_UNSEALED);
    mini_count(mini, mini->fold);
    for (unsigned cat = 0; cat < 2; cat++)
        mini_file(mini, fold_category(mini->fold, cat)->tally_file);
    mini_take_due(mini);
    mini_stage(mini, MINI_TALLIED);
    fields_schedule(&f, "council", 30000, 40000, 1);
    mini_sign(&f, &mini->anna, &mini->boris);
    mini_take(mini, &f);
    mini->at = MINI_T0 + 50000; /* open and close at once */
    mini_take_due(mini);
    mini_stage(mini, MINI_DONE);
}

static inline void mini_play(struct mini *mini)
{
    memset(mini, 0, sizeof *mini);
    mini->at = MINI_T0;
    tree_init(&mini->tree);
    mini_file(mini, slice_str(mini_rules));
    mini_file(mini, slice_str(mini_register));
    mini_make_keys(mini);
    mini->fold = mini_fold(mini);
    mini_begin(mini);
    mini_nominations(mini);
    mini_issues(mini);
    mini_evaluation(mini);
    mini_tallies(mini);
}

static inline void mini_release(struct mini *mini)
{
    fold_destroy(mini->fold);
    for (uint64_t i = 0; i < mini->len; i++)
        free((void *)(uintptr_t)mini->entries[i].data);
    for (unsigned i = 0; i < mini->files_len; i++)
        free((void *)(uintptr_t)mini->files[i].bytes.data);
    for (unsigned i = 0; i < 2; i++) {
        rsabssa_secret_destroy(mini->pass_secret[i]);
        rsabssa_public_destroy(mini->pass_public[i]);
    }
    hpke_secret_destroy(mini->seal_secret);
}

#endif
