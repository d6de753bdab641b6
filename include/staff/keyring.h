/*
 * The keys of a campaign as its ledger names them: staff, registrar, pass and seal keys. A key is
 * added once and never replaced; revoking it leaves it known. Pure; from several threads only while
 * nobody changes it.
 */
#ifndef STAFF_KEYRING_H
#define STAFF_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypt/ed25519.h"
#include "crypt/hpke.h"
#include "crypt/rsabssa.h"

#define KEY_ID_LEN 8
#define KEY_ID_TEXT_LEN 16
#define KEY_PERSON_MAX 64
#define KEYRING_CATEGORIES 64 /* as many as rules may have */
#define KEY_SPKI_MAX 512      /* an RSA-2048 one has 294 bytes */

enum key_use { KEY_USE_PASS, KEY_USE_REGISTRAR, KEY_USE_SEAL, KEY_USE_STAFF, KEY_USE_COUNT };

enum staff_role {
    ROLE_ADMINISTRATOR,
    ROLE_MODERATOR,
    ROLE_OPERATOR,
    ROLE_COUNCIL,
    ROLE_CHAIR,
    ROLE_SECRETARY,
    ROLE_AUDITOR,
    ROLE_COUNT
};

#define ROLE_BIT(role) (1U << (role))

/* Names as in entries ("pass", "administrator"). By name: KEY_USE_COUNT, ROLE_COUNT when unknown.
 */
const char *key_use_name(enum key_use use);
const char *role_name(enum staff_role role);
enum key_use key_use_by_name(struct slice name);
enum staff_role role_by_name(struct slice name);

struct key {
    uint8_t id[KEY_ID_LEN];
    enum key_use use;
    uint64_t index; /* of the entry that brought it */
    bool revoked;
    unsigned cat;                    /* of a pass key: number of the category in the rules */
    enum staff_role role;            /* of a staff key */
    char person[KEY_PERSON_MAX + 1]; /* of a staff key, else "" */
    uint8_t spki[KEY_SPKI_MAX];
    size_t spki_len;
    uint8_t ed25519[ED25519_PUBLIC_LEN]; /* of a registrar or staff key */
    uint8_t point[HPKE_PUBLIC_LEN];      /* of the seal key */
    struct rsabssa_public *rsa;          /* of a pass key; the keyring's once added */
};

/* The id of an SPKI. */
void key_id(uint8_t id[static KEY_ID_LEN], struct slice spki);

/* Reads an SPKI for a use into *key: id, spki and the public half; everything else is zero. The
 * caller adds it or calls key_release(). ERR_INVALID: not a key for this use. */
enum err key_parse(enum key_use use, struct slice spki, struct key *key) MUST_CHECK;
void key_release(struct key *key);

/* What a proof of possession signs: `<origin>\nkey-pop/v1\n<use>\n<cat>\n` ‖ SPKI. */
void key_pop_text(struct buf *out, const char *origin, enum key_use use, struct slice cat,
                  struct slice spki);

/* True when pop is the key's signature on that text (PROTOCOL.md §2 "Keys"). cat is empty except
 * for a pass key. */
bool key_pop_check(const struct key *key, const char *origin, struct slice cat, struct slice pop);

struct keyring;

struct keyring *keyring_create(void);
void keyring_destroy(struct keyring *keyring);

/* Grows with every key added or revoked. */
uint64_t keyring_generation(const struct keyring *keyring);

/* NULL when unknown. Valid until the next keyring_add(). */
const struct key *keyring_find(const struct keyring *keyring, const uint8_t id[static KEY_ID_LEN]);

/* The seal key; the pass key of a category. NULL when there is none yet; revoked ones are told. */
const struct key *keyring_seal(const struct keyring *keyring);
const struct key *keyring_pass(const struct keyring *keyring, unsigned cat);

/* In the order they came. */
size_t keyring_len(const struct keyring *keyring);
const struct key *keyring_at(const struct keyring *keyring, size_t number);

/* Takes the key over. Its id must be unknown. */
void keyring_add(struct keyring *keyring, struct key *key);

/* The key must be known. */
void keyring_revoke(struct keyring *keyring, const uint8_t id[static KEY_ID_LEN]);

#endif
