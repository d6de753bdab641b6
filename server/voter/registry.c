#include "voter/registry.h"

#include "base/base64.h"
#include "base/canon.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypt/key_file.h"
#include "ledger/entry.h"
#include "staff/keyring.h"

#define VKEY_MAX 512
#define ROLL_KEY_INFO "dauys roll v1" /* the roll's hash key comes out of the pseudonym key */

struct registry {
    char *origin;
    struct rules *rules;
    struct roll *roll;
    struct ed25519_secret key;
    char key_id[2 * KEY_ID_LEN + 1];
    uint8_t pseudonym_key[32];
    struct rsabssa_secret **pass_keys; /* by category */
    char (*pass_key_ids)[2 * KEY_ID_LEN + 1];
};

/* ---- opening -------------------------------------------------------------------------------- */

static enum err read_rules(struct registry *registry, const char *folder, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf bytes;
    buf_init(&bytes, RULES_FILE_MAX);
    file_path(path, folder, "rules.json");
    enum err err = file_read(path, &bytes, fault);
    if (err == OK && rules_parse(buf_slice(&bytes), &registry->rules, NULL) != OK)
        err = fault_set(fault, ERR_INVALID, "%s: run `dauys campaign check` on it", path);
    buf_release(&bytes);
    return err;
}

static enum err read_origin(struct registry *registry, const char *folder, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf vkey;
    buf_init(&vkey, VKEY_MAX);
    file_path(path, folder, "log.vkey");
    enum err err = file_read(path, &vkey, fault);
    if (err == OK)
        registry->origin = xstrndup(buf_text(&vkey), strcspn(buf_text(&vkey), "+"));
    buf_release(&vkey);
    return err;
}

static void id_of_spki(struct slice spki, char out[static 2 * KEY_ID_LEN + 1])
{
    uint8_t id[KEY_ID_LEN];
    key_id(id, spki);
    hex_encode(out, id, sizeof id);
}

static enum err read_pass_key(struct registry *registry, const char *folder, size_t cat,
                              struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf spki;
    file_path(path, folder, "keys/registrar/pass-%s.pem", registry->rules->categories[cat].id);
    enum err err = key_file_read_rsabssa(path, &registry->pass_keys[cat], fault);
    if (err != OK)
        return err;
    buf_init(&spki, KEY_SPKI_MAX);
    err = rsabssa_secret_spki(registry->pass_keys[cat], &spki);
    if (err == OK)
        id_of_spki(buf_slice(&spki), registry->pass_key_ids[cat]);
    buf_release(&spki);
    return err;
}

static enum err read_keys(struct registry *registry, const char *folder, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    uint8_t spki[ED25519_SPKI_LEN];
    size_t categories = registry->rules->categories_len;
    file_path(path, folder, "keys/registrar/registrar.pem");
    enum err err = key_file_read_ed25519(path, &registry->key, fault);
    file_path(path, folder, "keys/registrar/pseudonym.key");
    if (err == OK)
        err = key_file_read_hmac(path, registry->pseudonym_key, fault);
    if (err != OK)
        return err;
    ed25519_spki(registry->key.public, spki);
    id_of_spki(slice_of(spki, sizeof spki), registry->key_id);
    registry->pass_keys = xcalloc(categories, sizeof(struct rsabssa_secret *));
    registry->pass_key_ids = xcalloc(categories, sizeof *registry->pass_key_ids);
    for (size_t cat = 0; cat < categories && err == OK; cat++)
        err = read_pass_key(registry, folder, cat, fault);
    return err;
}

static enum err open_roll(struct registry *registry, const char *folder, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    uint8_t key[ROLL_KEY_LEN];
    file_path(path, folder, "registrar");
    enum err err = file_make_folder(path, 0700, fault);
    if (err != OK)
        return err;
    hkdf_sha256(key, sizeof key, slice_of(registry->pseudonym_key, sizeof registry->pseudonym_key),
                slice_str(ROLL_KEY_INFO));
    file_path(path, folder, "registrar/private.db");
    err = roll_open(path, key, &registry->roll, fault);
    wipe(key, sizeof key);
    return err;
}

enum err registry_open(const char *folder, struct registry **out, struct fault *fault)
{
    struct registry *registry = xcalloc(1, sizeof *registry);
    enum err err = read_rules(registry, folder, fault);
    if (err == OK)
        err = read_origin(registry, folder, fault);
    if (err == OK)
        err = read_keys(registry, folder, fault);
    if (err == OK)
        err = open_roll(registry, folder, fault);
    if (err == OK)
        *out = registry;
    else
        registry_close(registry);
    return err;
}

void registry_close(struct registry *registry)
{
    if (registry == NULL)
        return;
    for (size_t cat = 0; registry->pass_keys != NULL && cat < registry->rules->categories_len;
         cat++)
        rsabssa_secret_destroy(registry->pass_keys[cat]);
    free(registry->pass_keys);
    free(registry->pass_key_ids);
    roll_close(registry->roll);
    rules_destroy(registry->rules);
    free(registry->origin);
    wipe(registry, sizeof *registry);
    free(registry);
}

const char *registry_origin(const struct registry *registry)
{
    return registry->origin;
}

const struct rules *registry_rules(const struct registry *registry)
{
    return registry->rules;
}

struct roll *registry_roll(struct registry *registry)
{
    return registry->roll;
}

int registry_category(const struct registry *registry, struct slice cat)
{
    return rules_category(registry->rules, cat);
}

/* ---- entries -------------------------------------------------------------------------------- */

void registry_pseudonym(const struct registry *registry, const char *purpose, struct slice person,
                        uint8_t p[static PSEUDONYM_LEN])
{
    struct buf text;
    buf_init(&text, 1024);
    buf_printf(&text, "%s\n%s\n", registry->origin, purpose);
    buf_put_slice(&text, person);
    INVARIANT(!buf_failed(&text));
    hmac_sha256(p, slice_of(registry->pseudonym_key, sizeof registry->pseudonym_key),
                buf_slice(&text));
    buf_release_secret(&text);
}

/* Appends the canonical entry of a type, signed by the registrar's key. members are all that stand
 * before `sigs`, from the brace on: this is done for every pass, and asks no JSON library. */
static void put_signed(const struct registry *registry, const char *type, struct slice members,
                       struct buf *out)
{
    struct buf text;
    uint8_t sig[ED25519_SIG_LEN];
    buf_init(&text, ENTRY_SIGNED_MAX);
    buf_printf(&text, "%s\n%s/v1\n", registry->origin, type);
    buf_put_slice(&text, members);
    buf_printf(&text, ",\"t\":\"%s\",\"v\":1}", type);
    INVARIANT(!buf_failed(&text));
    ed25519_sign(sig, &registry->key, buf_slice(&text));
    buf_put_slice(out, members);
    buf_printf(out, ",\"sigs\":[{\"k\":\"%s\",\"s\":\"", registry->key_id);
    buf_put_base64(out, sig, sizeof sig);
    buf_printf(out, "\"}],\"t\":\"%s\",\"v\":1}", type);
    buf_release(&text);
}

void registry_issue(const struct registry *registry, unsigned cat, const struct roll_voter *voter,
                    const uint8_t blinded[static RSABSSA_LEN], struct buf *out)
{
    uint8_t p[PSEUDONYM_LEN], bh[SHA256_LEN];
    struct buf members;
    registry_pseudonym(registry, "pass", slice_of(voter->person, voter->person_len), p);
    sha256(bh, slice_of(blinded, RSABSSA_LEN));
    buf_init(&members, ENTRY_LEN_MAX);
    buf_put_str(&members, "{\"bh\":\"");
    buf_put_base64(&members, bh, sizeof bh);
    buf_printf(&members, "\",\"cat\":\"%s\",\"ik\":\"%s\",\"p\":\"",
               registry->rules->categories[cat].id, registry->pass_key_ids[cat]);
    buf_put_base64(&members, p, sizeof p);
    buf_put_byte(&members, '"');
    put_signed(registry, "issue", buf_slice(&members), out);
    buf_release(&members);
}

void registry_nominate(const struct registry *registry, struct slice cat, struct slice ngo,
                       struct slice person, const uint8_t c[static SHA256_LEN], struct buf *out)
{
    uint8_t p[PSEUDONYM_LEN];
    struct buf members;
    registry_pseudonym(registry, "nominate", person, p);
    buf_init(&members, ENTRY_LEN_MAX);
    buf_put_str(&members, "{\"c\":\"");
    buf_put_base64(&members, c, SHA256_LEN);
    buf_put_str(&members, "\",\"cat\":");
    canon_put_string(&members, cat);
    buf_put_str(&members, ",\"ngo\":");
    canon_put_string(&members, ngo);
    buf_put_str(&members, ",\"p\":\"");
    buf_put_base64(&members, p, sizeof p);
    buf_put_byte(&members, '"');
    put_signed(registry, "nominate", buf_slice(&members), out);
    buf_release(&members);
}

void registry_amend(const struct registry *registry, uint64_t ref,
                    const uint8_t c[static SHA256_LEN], struct buf *out)
{
    struct buf members;
    buf_init(&members, ENTRY_LEN_MAX);
    buf_put_str(&members, "{\"c\":\"");
    buf_put_base64(&members, c, SHA256_LEN);
    buf_printf(&members, "\",\"ref\":%llu", (unsigned long long)ref);
    put_signed(registry, "amend", buf_slice(&members), out);
    buf_release(&members);
}

enum err registry_pass_spki(const struct registry *registry, unsigned cat, struct buf *out)
{
    return rsabssa_secret_spki(registry->pass_keys[cat], out);
}

enum err registry_sign(const struct registry *registry, unsigned cat,
                       const uint8_t blinded[static RSABSSA_LEN],
                       uint8_t blind_sig[static RSABSSA_LEN])
{
    return rsabssa_blind_sign(registry->pass_keys[cat], blinded, blind_sig);
}
