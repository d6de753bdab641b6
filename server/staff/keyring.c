#include "staff/keyring.h"

#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "crypt/hash.h"
#include "crypt/key_file.h"

static const char *const use_names[] = {
    [KEY_USE_PASS] = "pass",
    [KEY_USE_REGISTRAR] = "registrar",
    [KEY_USE_SEAL] = "seal",
    [KEY_USE_STAFF] = "staff",
};

static const char *const role_names[] = {
    [ROLE_ADMINISTRATOR] = "administrator",
    [ROLE_MODERATOR] = "moderator",
    [ROLE_OPERATOR] = "operator",
    [ROLE_COUNCIL] = "council",
    [ROLE_CHAIR] = "chair",
    [ROLE_SECRETARY] = "secretary",
    [ROLE_AUDITOR] = "auditor",
};

const char *key_use_name(enum key_use use)
{
    return use_names[use];
}

const char *role_name(enum staff_role role)
{
    return role_names[role];
}

enum key_use key_use_by_name(struct slice name)
{
    unsigned use = 0;
    while (use < KEY_USE_COUNT && !slice_is(name, use_names[use]))
        use++;
    return (enum key_use)use;
}

enum staff_role role_by_name(struct slice name)
{
    unsigned role = 0;
    while (role < ROLE_COUNT && !slice_is(name, role_names[role]))
        role++;
    return (enum staff_role)role;
}

void key_id(uint8_t id[static KEY_ID_LEN], struct slice spki)
{
    uint8_t hash[SHA256_LEN];
    sha256(hash, spki);
    memcpy(id, hash, KEY_ID_LEN);
}

enum err key_parse(enum key_use use, struct slice spki, struct key *key)
{
    enum err err = ERR_INVALID;
    *key = (struct key){.use = use};
    if (spki.len == 0 || spki.len > KEY_SPKI_MAX)
        return ERR_INVALID;
    switch (use) {
    case KEY_USE_PASS:
        err = rsabssa_public_parse(spki, &key->rsa);
        break;
    case KEY_USE_SEAL:
        err = hpke_public_from_spki(spki, key->point);
        break;
    case KEY_USE_REGISTRAR:
    case KEY_USE_STAFF:
        err = ed25519_from_spki(spki, key->ed25519);
        break;
    case KEY_USE_COUNT:
        break;
    }
    if (err != OK)
        return err;
    memcpy(key->spki, spki.data, spki.len);
    key->spki_len = spki.len;
    key_id(key->id, spki);
    return OK;
}

void key_release(struct key *key)
{
    rsabssa_public_destroy(key->rsa);
    key->rsa = NULL;
}

void key_pop_text(struct buf *out, const char *origin, enum key_use use, struct slice cat,
                  struct slice spki)
{
    buf_put_str(out, origin);
    buf_put_str(out, "\nkey-pop/v1\n");
    buf_put_str(out, use_names[use]);
    buf_put_byte(out, '\n');
    buf_put_slice(out, cat);
    buf_put_byte(out, '\n');
    buf_put_slice(out, spki);
}

static bool pop_fits(const struct key *key, struct slice text, struct slice pop)
{
    switch (key->use) {
    case KEY_USE_PASS:
        return pop.len == RSABSSA_LEN && rsabssa_verify(key->rsa, text, pop.data);
    case KEY_USE_SEAL:
        return pop.len == HPKE_POP_LEN && hpke_public_check(key->point, text, pop.data) == OK;
    case KEY_USE_REGISTRAR:
    case KEY_USE_STAFF:
        return pop.len == ED25519_SIG_LEN && ed25519_verify(key->ed25519, text, pop.data);
    case KEY_USE_COUNT:
        break;
    }
    return false;
}

bool key_pop_check(const struct key *key, const char *origin, struct slice cat, struct slice pop)
{
    struct buf text;
    buf_init(&text, strlen(origin) + cat.len + KEY_SPKI_MAX + 64);
    key_pop_text(&text, origin, key->use, cat, slice_of(key->spki, key->spki_len));
    bool fits = !buf_failed(&text) && pop_fits(key, buf_slice(&text), pop);
    buf_release(&text);
    return fits;
}

struct keyring {
    struct key *keys;
    size_t len, room;
    struct table by_id;
    uint64_t generation;
    size_t seal;                     /* number + 1, 0 for none */
    size_t pass[KEYRING_CATEGORIES]; /* the same by category */
};

struct keyring *keyring_create(void)
{
    struct keyring *keyring = xcalloc(1, sizeof *keyring);
    table_init(&keyring->by_id);
    keyring->generation = 1;
    return keyring;
}

void keyring_destroy(struct keyring *keyring)
{
    if (!keyring)
        return;
    for (size_t i = 0; i < keyring->len; i++)
        key_release(&keyring->keys[i]);
    table_release(&keyring->by_id);
    free(keyring->keys);
    free(keyring);
}

uint64_t keyring_generation(const struct keyring *keyring)
{
    return keyring->generation;
}

static struct key *find(const struct keyring *keyring, const uint8_t *id)
{
    uint64_t hash = table_hash(&keyring->by_id, id, KEY_ID_LEN);
    uint32_t number, step = 0;
    while (table_next(&keyring->by_id, hash, &step, &number))
        if (memcmp(keyring->keys[number].id, id, KEY_ID_LEN) == 0)
            return &keyring->keys[number];
    return NULL;
}

const struct key *keyring_find(const struct keyring *keyring, const uint8_t id[static KEY_ID_LEN])
{
    return find(keyring, id);
}

const struct key *keyring_seal(const struct keyring *keyring)
{
    return keyring->seal ? &keyring->keys[keyring->seal - 1] : NULL;
}

const struct key *keyring_pass(const struct keyring *keyring, unsigned cat)
{
    return cat < KEYRING_CATEGORIES && keyring->pass[cat] ? &keyring->keys[keyring->pass[cat] - 1]
                                                          : NULL;
}

size_t keyring_len(const struct keyring *keyring)
{
    return keyring->len;
}

const struct key *keyring_at(const struct keyring *keyring, size_t number)
{
    INVARIANT(number < keyring->len);
    return &keyring->keys[number];
}

void keyring_add(struct keyring *keyring, struct key *key)
{
    INVARIANT(!find(keyring, key->id));
    GROW(keyring->keys, keyring->len, keyring->room);
    keyring->keys[keyring->len] = *key;
    key->rsa = NULL;
    table_add(&keyring->by_id, table_hash(&keyring->by_id, key->id, KEY_ID_LEN),
              (uint32_t)keyring->len);
    keyring->len++;
    if (key->use == KEY_USE_SEAL) {
        INVARIANT(keyring->seal == 0);
        keyring->seal = keyring->len;
    } else if (key->use == KEY_USE_PASS) {
        INVARIANT(key->cat < KEYRING_CATEGORIES && keyring->pass[key->cat] == 0);
        keyring->pass[key->cat] = keyring->len;
    }
    keyring->generation++;
}

void keyring_revoke(struct keyring *keyring, const uint8_t id[static KEY_ID_LEN])
{
    struct key *key = find(keyring, id);
    INVARIANT(key != NULL);
    key->revoked = true;
    keyring->generation++;
}
