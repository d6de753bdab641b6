#include <sys/stat.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "create_inner.h"
#include "crypt/key_file.h"
#include "ledger/note.h"
#include "staff/demo_staff.h"
#include "staff/keyring.h"

#define POP_MAX RSABSSA_LEN

/* ---- files ---------------------------------------------------------------------------------- */

static enum err make_folders(const struct creation *creation, struct fault *fault)
{
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {{"ledger", 0755},      {"state", 0700},          {"keys", 0711},
                   {"keys/ledger", 0700}, {"keys/registrar", 0700}, {"registrar", 0700},
                   {"register", 0755}};
    char path[FILE_PATH_CAP];
    enum err err = file_make_folder(creation->options->folder, 0755, fault);
    for (size_t i = 0; i < sizeof folders / sizeof *folders && err == OK; i++) {
        file_path(path, creation->options->folder, "%s", folders[i].name);
        err = file_make_folder(path, folders[i].mode, fault);
    }
    return err;
}

static void random_ed25519(struct ed25519_secret *key)
{
    uint8_t seed[ED25519_SEED_LEN];
    random_bytes(seed, sizeof seed);
    ed25519_from_seed(key, seed);
    wipe(seed, sizeof seed);
}

static enum err make_ed25519(const struct creation *creation, const char *name,
                             struct ed25519_secret *key, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    random_ed25519(key);
    file_path(path, creation->options->folder, "%s", name);
    return key_file_write_ed25519(path, key, fault);
}

static enum err write_vkey(const struct creation *creation, struct fault *fault)
{
    struct note_key key;
    char path[FILE_PATH_CAP], text[NOTE_VKEY_CAP + 1];
    if (note_key_init(&key, NOTE_ED25519, creation->origin, creation->log_key.public) != OK)
        return fault_set(fault, ERR_INVALID, "%s can't be the name of a log key", creation->origin);
    note_key_format(&key, text);
    size_t len = strlen(text);
    text[len++] = '\n';
    file_path(path, creation->options->folder, "log.vkey");
    return file_write(path, slice_of(text, len), 0644, FILE_SYNC, fault);
}

static enum err make_pass_key(const struct creation *creation, const char *cat, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct rsabssa_secret *secret = NULL;
    enum err err = rsabssa_secret_generate(&secret);
    if (err != OK)
        return fault_set(fault, err, "can't make a pass key");
    file_path(path, creation->options->folder, "keys/registrar/pass-%s.pem", cat);
    err = key_file_write_rsabssa(path, secret, fault);
    rsabssa_secret_destroy(secret);
    return err;
}

/* Two administrators and two moderators, with names that say demo. */
static enum err make_demo_staff(struct creation *creation, struct fault *fault)
{
    static const char *const people[][2] = {{"demo-1", "administrator"},
                                            {"demo-2", "administrator"},
                                            {"demo-moderator", "moderator"},
                                            {"demo-moderator-2", "moderator"}};
    char path[FILE_PATH_CAP];
    file_path(path, creation->options->folder, "staff");
    enum err err = file_make_folder(path, 0700, fault);
    for (size_t i = 0; i < sizeof people / sizeof *people && err == OK; i++) {
        struct create_staff *staff = &creation->staff[creation->staff_len++];
        (void)snprintf(staff->person, sizeof staff->person, "%s", people[i][0]);
        staff->role = people[i][1];
        (void)snprintf(path, sizeof path, "staff/%s.pem", people[i][0]);
        err = make_ed25519(creation, path, &staff->key, fault);
    }
    return err;
}

/* Their accounts, and an auditor's, who has no key: demo-staff.csv is for whoever tries the demo.
 */
static enum err make_demo_accounts(const struct creation *creation, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct demo_staff people[CREATE_STAFF_MAX + 1];
    struct buf csv;
    size_t len = 0;
    for (; len < creation->staff_len; len++)
        people[len] = (struct demo_staff){creation->staff[len].person,
                                          role_by_name(slice_str(creation->staff[len].role))};
    people[len++] = (struct demo_staff){"demo-auditor", ROLE_AUDITOR};
    buf_init(&csv, 4096);
    file_path(path, creation->options->folder, "registrar/private.db");
    enum err err = demo_staff_make(path, people, len, creation->pool, &csv, fault);
    file_path(path, creation->options->folder, "demo-staff.csv");
    if (err == OK)
        err = file_write(path, buf_slice(&csv), 0600, FILE_NO_SYNC, fault);
    buf_release_secret(&csv);
    return err;
}

static enum err make_key_files(struct creation *creation, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    uint8_t pseudonym_key[32];
    enum err err = make_ed25519(creation, "keys/ledger/log.pem", &creation->log_key, fault);
    if (err == OK)
        err = write_vkey(creation, fault);
    if (err == OK)
        err = hpke_secret_generate(&creation->seal_key);
    file_path(path, creation->options->folder, "keys/ledger/seal.pem");
    if (err == OK)
        err = key_file_write_hpke(path, creation->seal_key, fault);
    if (err == OK)
        err =
            make_ed25519(creation, "keys/registrar/registrar.pem", &creation->registrar_key, fault);
    random_bytes(pseudonym_key, sizeof pseudonym_key);
    file_path(path, creation->options->folder, "keys/registrar/pseudonym.key");
    if (err == OK)
        err = key_file_write_hmac(path, pseudonym_key, fault);
    wipe(pseudonym_key, sizeof pseudonym_key);
    for (size_t i = 0; i < creation->rules->categories_len && err == OK; i++)
        err = make_pass_key(creation, creation->rules->categories[i].id, fault);
    return err;
}

enum err creation_make_keys(struct creation *creation, struct fault *fault)
{
    const struct create_options *options = creation->options;
    char path[FILE_PATH_CAP];
    enum err err = make_folders(creation, fault);
    file_path(path, options->folder, "rules.json");
    if (err == OK)
        err = file_write(path, options->rules, 0644, FILE_SYNC, fault);
    if (err == OK)
        err = make_key_files(creation, fault);
    if (err == OK && options->demo)
        err = make_demo_staff(creation, fault);
    for (size_t i = 0; i < options->staff_len && !options->demo; i++)
        creation->staff[creation->staff_len++] = options->staff[i];
    if (err == OK)
        err = registry_open(options->folder, &creation->registry, fault);
    if (err == OK && options->demo)
        err = make_demo_accounts(creation, fault);
    return err;
}

void creation_release_keys(struct creation *creation)
{
    registry_close(creation->registry);
    hpke_secret_destroy(creation->seal_key);
    wipe(&creation->log_key, sizeof creation->log_key);
    wipe(&creation->registrar_key, sizeof creation->registrar_key);
    wipe(creation->staff, sizeof creation->staff);
}

/* ---- entries -------------------------------------------------------------------------------- */

/* The proof of possession of an Ed25519 key, in base64. */
static void ed25519_pop(const struct creation *creation, enum key_use use,
                        const struct ed25519_secret *key, struct slice spki,
                        char out[static BASE64_LEN(ED25519_SIG_LEN) + 1])
{
    struct buf text;
    uint8_t sig[ED25519_SIG_LEN];
    buf_init(&text, 4096);
    key_pop_text(&text, creation->origin, use, slice_str(""), spki);
    ed25519_sign(sig, key, buf_slice(&text));
    base64_encode(out, sig, sizeof sig);
    buf_release(&text);
}

static json_t *base64_json(struct slice bytes)
{
    char text[BASE64_LEN(KEY_SPKI_MAX) + 1];
    INVARIANT(bytes.len <= KEY_SPKI_MAX);
    base64_encode(text, bytes.data, bytes.len);
    return json_string(text);
}

static json_t *staff_json(const struct creation *creation, const struct create_staff *staff)
{
    uint8_t spki[ED25519_SPKI_LEN];
    char pop[BASE64_LEN(ED25519_SIG_LEN) + 1];
    struct slice key = slice_of(spki, sizeof spki);
    ed25519_spki(staff->key.public, spki);
    ed25519_pop(creation, KEY_USE_STAFF, &staff->key, key, pop);
    return json_pack("{s:o,s:s,s:s,s:s}", "key", base64_json(key), "person", staff->person, "pop",
                     pop, "role", staff->role);
}

enum err creation_genesis(struct creation *creation, struct fault *fault)
{
    uint8_t hash[SHA256_LEN];
    char rules[2 * SHA256_LEN + 1];
    json_t *staff = json_array();
    enum err err =
        ledger_file_put(creation->options->folder, creation->options->rules, hash, fault);
    hex_encode(rules, hash, sizeof hash);
    for (size_t i = 0; i < creation->staff_len; i++)
        json_array_append_new(staff, staff_json(creation, &creation->staff[i]));
    json_t *genesis = json_pack("{s:s,s:s,s:o,s:s,s:i}", "origin", creation->origin, "rules", rules,
                                "staff", staff, "t", "genesis", "v", 1);
    if (creation->options->demo)
        json_object_set_new(genesis, "demo", json_integer(1));
    char *text = json_dumps(genesis, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(genesis);
    if (err != OK) {
        free(text);
        return err;
    }
    err = creation_submit(creation, text, fault);
    return err == OK ? creation_flush(creation, fault) : err;
}

/* A `key` entry without signatures; pop is base64. */
static json_t *key_json(enum key_use use, struct slice spki, const char *pop)
{
    uint8_t id[KEY_ID_LEN];
    char id_text[2 * KEY_ID_LEN + 1];
    key_id(id, spki);
    hex_encode(id_text, id, sizeof id);
    return json_pack("{s:s,s:o,s:s,s:s,s:s}", "id", id_text, "key", base64_json(spki), "pop", pop,
                     "t", "key", "use", key_use_name(use));
}

static enum err name_registrar(struct creation *creation, struct fault *fault)
{
    uint8_t spki[ED25519_SPKI_LEN];
    char pop[BASE64_LEN(ED25519_SIG_LEN) + 1];
    struct slice key = slice_of(spki, sizeof spki);
    ed25519_spki(creation->registrar_key.public, spki);
    ed25519_pop(creation, KEY_USE_REGISTRAR, &creation->registrar_key, key, pop);
    return creation_submit_staff(creation, key_json(KEY_USE_REGISTRAR, key, pop), 2,
                                 "administrator", fault);
}

static enum err name_seal(struct creation *creation, struct fault *fault)
{
    uint8_t point[HPKE_PUBLIC_LEN], spki[HPKE_SPKI_LEN], pop[HPKE_POP_LEN];
    char pop_text[BASE64_LEN(HPKE_POP_LEN) + 1];
    struct slice key = slice_of(spki, sizeof spki);
    struct buf text;
    hpke_secret_public(creation->seal_key, point);
    enum err err = hpke_public_spki(point, spki);
    buf_init(&text, 4096);
    key_pop_text(&text, creation->origin, KEY_USE_SEAL, slice_str(""), key);
    if (err == OK)
        err = hpke_secret_prove(creation->seal_key, buf_slice(&text), pop);
    buf_release(&text);
    if (err != OK)
        return fault_set(fault, err, "the seal key can't sign");
    base64_encode(pop_text, pop, sizeof pop);
    return creation_submit_staff(creation, key_json(KEY_USE_SEAL, key, pop_text), 2,
                                 "administrator", fault);
}

/* A plain PSS signature, made as a blind one of our own: the one private operation there is. */
static enum err sign_with_pass_key(const struct creation *creation, unsigned cat, struct slice spki,
                                   struct slice text, uint8_t sig[static RSABSSA_LEN])
{
    struct rsabssa_public *public = NULL;
    uint8_t salt[RSABSSA_SALT_LEN], r[RSABSSA_LEN], blinded[RSABSSA_LEN], inverse[RSABSSA_LEN],
        blind_sig[RSABSSA_LEN];
    enum err err = rsabssa_public_parse(spki, &public);
    if (err != OK)
        return err;
    random_bytes(salt, sizeof salt);
    do {
        random_bytes(r, sizeof r);
        err = rsabssa_blind(public, text, salt, r, blinded, inverse);
    } while (err == ERR_INVALID); /* r ≥ n: take the next one */
    if (err == OK)
        err = registry_sign(creation->registry, cat, blinded, blind_sig);
    if (err == OK)
        err = rsabssa_finalize(public, text, blind_sig, inverse, sig);
    rsabssa_public_destroy(public);
    return err;
}

static enum err name_pass_key(struct creation *creation, unsigned cat, struct fault *fault)
{
    const char *id = creation->rules->categories[cat].id;
    struct buf spki, text;
    uint8_t pop[RSABSSA_LEN];
    char pop_text[BASE64_LEN(RSABSSA_LEN) + 1];
    buf_init(&spki, KEY_SPKI_MAX);
    buf_init(&text, 4096);
    enum err err = registry_pass_spki(creation->registry, cat, &spki);
    key_pop_text(&text, creation->origin, KEY_USE_PASS, slice_str(id), buf_slice(&spki));
    if (err == OK)
        err = sign_with_pass_key(creation, cat, buf_slice(&spki), buf_slice(&text), pop);
    if (err == OK) {
        base64_encode(pop_text, pop, sizeof pop);
        json_t *json = key_json(KEY_USE_PASS, buf_slice(&spki), pop_text);
        json_object_set_new(json, "cat", json_string(id));
        err = creation_submit_staff(creation, json, 2, "administrator", fault);
    } else {
        (void)fault_set(fault, err, "the pass key of %s can't sign", id);
    }
    buf_release(&spki);
    buf_release(&text);
    return err;
}

enum err creation_name_keys(struct creation *creation, struct fault *fault)
{
    enum err err = name_registrar(creation, fault);
    if (err == OK)
        err = name_seal(creation, fault);
    for (unsigned cat = 0; cat < creation->rules->categories_len && err == OK; cat++)
        err = name_pass_key(creation, cat, fault);
    return err == OK ? creation_flush(creation, fault) : err;
}
