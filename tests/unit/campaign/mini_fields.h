/* The mini campaign's lowest part: an entry member by member, and Ed25519 keys that sign it by the
 * text of PROTOCOL.md, not by the code under test. See mini_campaign.h. */
#ifndef TESTS_UNIT_CAMPAIGN_MINI_FIELDS_H
#define TESTS_UNIT_CAMPAIGN_MINI_FIELDS_H

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
#define MINI_FIELDS 24

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

#endif
