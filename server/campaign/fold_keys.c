/* genesis, key, revoke: who may sign what. */
#include "fold_state.h"

#include "base/base64.h"
#include "base/mem.h"

#define STAFF_MAX 16
#define DEMO_PREFIX "demo-"

/* Cuts `key` into *key. The caller releases it. */
static bool parse_spki(const struct canon_node *node, enum key_use use, struct key *key)
{
    uint8_t spki[KEY_SPKI_MAX];
    size_t len;
    *key = (struct key){0};
    return base64_decode(canon_inner(node), spki, sizeof spki, &len) == OK &&
           key_parse(use, slice_of(spki, len), key) == OK;
}

static void set_person(struct key *key, struct slice person, struct slice role)
{
    INVARIANT(person.len <= KEY_PERSON_MAX);
    memcpy(key->person, person.data, person.len);
    key->role = role_by_name(role);
}

/* In a demo every person's name begins with demo-, elsewhere none does. */
static bool demo_fits(struct slice person, bool demo)
{
    struct slice prefix = slice_str(DEMO_PREFIX);
    bool has = person.len >= prefix.len && memcmp(person.data, prefix.data, prefix.len) == 0;
    return has == demo;
}

/* A staff object of genesis and its key. */
struct founder {
    struct key key; /* without heap: an Ed25519 key */
    struct slice person;
    bool good;
};

static void read_founder(const struct item *item, const struct canon_node *node,
                         struct founder *founder)
{
    const struct canon_doc *doc = &item->entry->doc;
    struct slice role = canon_inner(canon_member(doc, node, "role"));
    founder->good = parse_spki(canon_member(doc, node, "key"), KEY_USE_STAFF, &founder->key);
    founder->person = canon_inner(canon_member(doc, node, "person"));
    set_person(&founder->key, founder->person, role);
}

static bool is_demo(const struct item *item)
{
    return entry_member(item->entry, "demo") != NULL;
}

static enum verdict_code check_founder(const struct item *item, const struct founder *founders,
                                       unsigned number)
{
    const struct founder *founder = &founders[number];
    if (!founder->good)
        return VERDICT_KEY_MALFORMED;
    for (unsigned i = 0; i < number; i++)
        if (memcmp(founders[i].key.id, founder->key.id, KEY_ID_LEN) == 0)
            return VERDICT_KEY_KNOWN;
    if (!demo_fits(founder->person, is_demo(item)))
        return VERDICT_DEMO_KEY;
    return item->state & PROOF_STAFF(number) ? VERDICT_ACCEPTED : VERDICT_KEY_POP;
}

static enum verdict_code check_founders(const struct item *item)
{
    const struct canon_doc *doc = &item->entry->doc;
    const struct canon_node *node = canon_first(doc, entry_member(item->entry, "staff"));
    struct founder founders[STAFF_MAX];
    const struct founder *first = NULL;
    bool two = false;
    for (unsigned i = 0; node; node = canon_next(doc, node), i++) {
        read_founder(item, node, &founders[i]);
        enum verdict_code code = check_founder(item, founders, i);
        if (code != VERDICT_ACCEPTED)
            return code;
        if (founders[i].key.role != ROLE_ADMINISTRATOR)
            continue;
        if (!first)
            first = &founders[i];
        else if (!slice_equal(first->person, founders[i].person))
            two = true;
    }
    return two ? VERDICT_ACCEPTED : VERDICT_SIGNERS_MISSING;
}

enum verdict_code fold_genesis_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    uint8_t hash[SHA256_LEN];
    struct buf origin;
    (void)verdict;
    buf_init(&origin, ENTRY_LEN_MAX);
    bool same = entry_text(item->entry, "origin", &origin) == OK &&
                slice_is(buf_slice(&origin), fold->origin);
    buf_release(&origin);
    if (!same)
        return VERDICT_ORIGIN_WRONG;
    item_hex(item, "rules", hash);
    enum verdict_code code = fold_load_rules(fold, hash);
    return code == VERDICT_ACCEPTED ? check_founders(item) : code;
}

static void begin_categories(struct fold *fold)
{
    fold->categories = xcalloc(fold->rules->categories_len, sizeof *fold->categories);
    for (size_t i = 0; i < fold->rules->categories_len; i++) {
        fold->categories[i].paper.rules = &fold->rules->categories[i].ballot;
        buf_init(&fold->categories[i].tally_file, FOLD_FILE_MAX);
    }
}

void fold_genesis_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    const struct canon_doc *doc = &item->entry->doc;
    const struct canon_node *node = canon_first(doc, entry_member(item->entry, "staff"));
    uint8_t hash[SHA256_LEN];
    (void)leaf;
    item_hex(item, "rules", hash);
    enum verdict_code code = fold_load_rules(fold, hash);
    if (code != VERDICT_ACCEPTED) {
        (void)fault_set(&fold->fault, ERR_CORRUPT, "the rules that entry 0 names: %s",
                        verdict_name(code));
        return;
    }
    fold->rules = fold->loaded.rules;
    fold->loaded.rules = NULL;
    fold->demo = is_demo(item);
    phases_init(&fold->phases, rules_phase_bits(fold->rules));
    begin_categories(fold);
    for (; node; node = canon_next(doc, node)) {
        struct founder founder;
        read_founder(item, node, &founder);
        founder.key.index = item->index;
        keyring_add(fold->keyring, &founder.key);
    }
}

/* The key that the entry brings. The caller releases it or adds it. */
static bool read_key(const struct item *item, struct key *key)
{
    enum key_use use = key_use_by_name(item_str(item, "use"));
    bool good = parse_spki(entry_member(item->entry, "key"), use, key);
    key->use = use;
    key->index = item->index;
    key->cat = item->cat;
    if (use == KEY_USE_STAFF)
        set_person(key, item_str(item, "person"), item_str(item, "role"));
    return good;
}

static enum verdict_code check_key(const struct fold *fold, const struct item *item,
                                   const struct key *key)
{
    uint8_t id[KEY_ID_LEN];
    item_id(item, "id", id);
    if (memcmp(id, key->id, sizeof id) != 0)
        return VERDICT_KEY_ID;
    if (keyring_find(fold->keyring, id))
        return VERDICT_KEY_KNOWN;
    bool counting = key->use == KEY_USE_PASS || key->use == KEY_USE_SEAL;
    if (counting && fold_evaluation_begun(fold))
        return VERDICT_KEY_LATE;
    if ((key->use == KEY_USE_SEAL && keyring_seal(fold->keyring)) ||
        (key->use == KEY_USE_PASS && keyring_pass(fold->keyring, key->cat)))
        return VERDICT_KEY_DUPLICATE;
    if (key->use == KEY_USE_STAFF && !demo_fits(slice_str(key->person), fold->demo))
        return VERDICT_DEMO_KEY;
    return item->state & PROOF_POP ? VERDICT_ACCEPTED : VERDICT_KEY_POP;
}

enum verdict_code fold_key_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    struct key key;
    (void)verdict;
    bool good = read_key(item, &key);
    enum verdict_code code = good ? check_key(fold, item, &key) : VERDICT_KEY_MALFORMED;
    key_release(&key);
    return code;
}

void fold_key_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct key key;
    (void)leaf;
    INVARIANT(read_key(item, &key));
    keyring_add(fold->keyring, &key);
}

enum verdict_code fold_revoke_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    uint8_t id[KEY_ID_LEN];
    (void)verdict;
    item_id(item, "id", id);
    const struct key *key = keyring_find(fold->keyring, id);
    if (!key)
        return VERDICT_KEY_UNKNOWN;
    return key->revoked ? VERDICT_KEY_REVOKED : VERDICT_ACCEPTED;
}

void fold_revoke_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    uint8_t id[KEY_ID_LEN];
    (void)leaf;
    item_id(item, "id", id);
    keyring_revoke(fold->keyring, id);
}
