#include "staff/signed_act.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "campaign/entry_types.h"

/* ---- form ----------------------------------------------------------------------------------- */

/* What its type's row says of the parsed entry. False: staff does not submit such. */
static bool read_type(const struct entry *entry, struct signed_act *act)
{
    enum entry_kind kind = entry_kind_by_name(entry->type);
    const struct entry_form *form = kind == ENTRY_KIND_COUNT ? NULL : entry_form_of(entry, kind);
    act->act = act_of_entry(entry->type);
    if (form == NULL || form->signers.use != KEY_USE_STAFF || act->act == ACT_COUNT)
        return false;
    (void)snprintf(act->type, sizeof act->type, "%.*s", SLICE_PRINT(entry->type));
    act->needs = form->signers.persons;
    act->roles = form->signers.roles;
    act->commits = entry_base64(entry, "c", act->c, sizeof act->c) == OK;
    return true;
}

/* The canonical text without `sigs`. What entry_parse() accepted is what jansson prints again. */
static void put_body(struct slice text, struct buf *body)
{
    json_t *json = json_loadb((const char *)text.data, text.len, 0, NULL);
    INVARIANT(json != NULL);
    json_object_del(json, "sigs");
    char *printed = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    INVARIANT(printed != NULL);
    buf_put_str(body, printed);
    free(printed);
    json_decref(json);
}

static const char *read_signatures(const struct entry *entry, const struct act_place *place,
                                   struct signed_act *act)
{
    const struct canon_node *sigs = entry_member(entry, "sigs");
    const struct canon_node *item = sigs == NULL ? NULL : canon_first(&entry->doc, sigs);
    for (; item != NULL; item = canon_next(&entry->doc, item)) {
        struct slice k, s;
        if (act->sigs_len == SIGNED_ACT_SIGS ||
            node_str(canon_member(&entry->doc, item, "k"), KEY_ID_TEXT_LEN, KEY_ID_TEXT_LEN, &k) !=
                OK ||
            node_str(canon_member(&entry->doc, item, "s"), BASE64_LEN(ED25519_SIG_LEN),
                     BASE64_LEN(ED25519_SIG_LEN), &s) != OK)
            return "fields_wrong";
        struct act_signature *signature = &act->sigs[act->sigs_len++];
        memcpy(signature->k, k.data, k.len);
        memcpy(signature->s, s.data, s.len);
        const char *code = signed_act_verify(act, place, signature);
        if (code != NULL)
            return code;
    }
    return NULL;
}

/* Steps 1 to 4 of PROTOCOL.md §6; `at` is the ledger's to set. NULL, or the code. */
static const char *check_form(struct slice text, unsigned lacks, struct entry *entry)
{
    enum err err = entry_parse(text, entry, NULL);
    if (err != OK && entry->doc.len == 0)
        return "not_canonical";
    enum entry_kind kind = err == OK ? entry_kind_by_name(entry->type) : ENTRY_KIND_COUNT;
    if (err == OK && kind == ENTRY_KIND_COUNT)
        return "type_unknown";
    const struct entry_form *form = err == OK ? entry_form_of(entry, kind) : NULL;
    bool good = form != NULL && !entry->has_at && entry_types_check_form(entry, form, lacks);
    return good ? NULL : "fields_wrong";
}

static const char *read_act(struct slice text, const struct act_place *place, unsigned lacks,
                            struct signed_act *act)
{
    struct entry entry;
    uint64_t seen;
    *act = (struct signed_act){.act = ACT_COUNT};
    buf_init(&act->body, ENTRY_LEN_MAX);
    const char *code = check_form(text, lacks, &entry);
    if (code != NULL)
        return code;
    if (!read_type(&entry, act))
        return "not_allowed";
    if (entry_int(&entry, "seen", CANON_INT_MAX, &seen) != OK || seen > place->size)
        return "seen_wrong";
    put_body(text, &act->body);
    if (act->body.len > SIGNED_ACT_BODY_MAX)
        return "too_large";
    return read_signatures(&entry, place, act);
}

const char *signed_act_read(struct slice text, const struct act_place *place,
                            struct signed_act *act)
{
    return read_act(text, place, ENTRY_LACKS_AT, act);
}

const char *unsigned_act_read(struct slice text, const struct act_place *place,
                              struct signed_act *act)
{
    const char *code = read_act(text, place, ENTRY_LACKS_AT | ENTRY_LACKS_SIGS, act);
    return code == NULL && act->sigs_len > 0 ? "fields_wrong" : code;
}

bool signed_act_reread(struct slice body, const struct act_signature *sigs, size_t len,
                       struct signed_act *act)
{
    struct entry entry;
    struct buf whole;
    *act = (struct signed_act){.act = ACT_COUNT};
    buf_init(&act->body, ENTRY_LEN_MAX);
    buf_put_slice(&act->body, body);
    buf_init(&whole, 2 * ENTRY_LEN_MAX);
    signed_act_compose(body, sigs, len, &whole);
    bool good = entry_parse(buf_slice(&whole), &entry, NULL) == OK && read_type(&entry, act);
    buf_release(&whole);
    return good;
}

void signed_act_release(struct signed_act *act)
{
    buf_release(&act->body);
}

/* ---- signatures ----------------------------------------------------------------------------- */

static bool covers(struct slice body, const char *origin, const struct key *key,
                   const uint8_t sig[static ED25519_SIG_LEN])
{
    struct entry entry;
    struct fault fault;
    struct buf text;
    if (entry_parse(body, &entry, &fault) != OK)
        return false;
    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(&entry, origin, &text);
    bool good = !buf_failed(&text) && ed25519_verify(key->ed25519, buf_slice(&text), sig);
    buf_release(&text);
    return good;
}

const char *signed_act_verify(const struct signed_act *act, const struct act_place *place,
                              struct act_signature *signature)
{
    uint8_t id[KEY_ID_LEN], sig[ED25519_SIG_LEN];
    if (hex_decode_exact(slice_str(signature->k), id, sizeof id) != OK ||
        base64_decode_exact(slice_str(signature->s), sig, sizeof sig) != OK)
        return "fields_wrong";
    const struct key *key = keyring_find(place->staff, id);
    if (key == NULL)
        return "signer_unknown";
    if (key->revoked)
        return "signer_revoked";
    if ((act->roles & ROLE_BIT(key->role)) == 0)
        return "signer_role";
    if (!covers(buf_slice(&act->body), place->origin, key, sig))
        return "signature_wrong";
    memcpy(signature->person, key->person, sizeof signature->person);
    return NULL;
}

size_t signed_act_persons(const struct act_signature *sigs, size_t len)
{
    size_t persons = 0;
    for (size_t i = 0; i < len; i++) {
        size_t before = 0;
        while (strcmp(sigs[before].person, sigs[i].person) != 0)
            before++;
        persons += before == i ? 1 : 0;
    }
    return persons;
}

bool signed_act_commits(const struct signed_act *act, struct slice payload, struct slice salt)
{
    uint8_t c[SHA256_LEN];
    if (!act->commits)
        return payload.len == 0 && salt.len == 0;
    if (payload.len == 0 || payload.len > SIGNED_ACT_PAYLOAD_MAX || salt.len != SIGNED_ACT_SALT_LEN)
        return false;
    hmac_sha256(c, salt, payload);
    return memcmp(c, act->c, sizeof c) == 0;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct act_signature *)a)->k, ((const struct act_signature *)b)->k);
}

void signed_act_compose(struct slice body, const struct act_signature *sigs, size_t len,
                        struct buf *out)
{
    struct act_signature sorted[SIGNED_ACT_SIGS];
    json_t *json = json_loadb((const char *)body.data, body.len, 0, NULL), *list = json_array();
    INVARIANT(len <= SIGNED_ACT_SIGS);
    memcpy(sorted, sigs, len * sizeof *sigs);
    qsort(sorted, len, sizeof *sorted, by_key);
    for (size_t i = 0; i < len; i++)
        json_array_append_new(list, json_pack("{s:s,s:s}", "k", sorted[i].k, "s", sorted[i].s));
    if (json_is_object(json)) {
        json_object_set(json, "sigs", list);
        char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        INVARIANT(text != NULL);
        buf_put_str(out, text);
        free(text);
    }
    json_decref(list);
    json_decref(json);
}
