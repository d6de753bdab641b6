#include "serve/standing.h"

#include "base/base64.h"

/* ---- the ledger's side ---------------------------------------------------------------------- */

static json_t *phase_json(enum phase phase, const struct phase_row *row)
{
    return json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "phase", phase_name(phase),
                     "state", phase_state_name(row->state), "paused", (int)row->paused, "opens",
                     (json_int_t)row->opens, "closes", (json_int_t)row->closes, "scheduled",
                     (json_int_t)row->scheduled, "opened", (json_int_t)row->opened, "opened_at",
                     (json_int_t)row->opened_at, "closed", (json_int_t)row->closed, "closed_at",
                     (json_int_t)row->closed_at);
}

static json_t *key_json(const struct key *key)
{
    char spki[BASE64_LEN(KEY_SPKI_MAX) + 1];
    base64_encode(spki, key->spki, key->spki_len);
    return json_pack("{s:s,s:s,s:s,s:b,s:I}", "key", spki, "person", key->person, "role",
                     role_name(key->role), "revoked", (int)key->revoked, "index",
                     (json_int_t)key->index);
}

json_t *standing_json(const struct fold *fold)
{
    json_t *phases = json_array(), *keys = json_array();
    const struct keyring *keyring = fold_keyring(fold);
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
        const struct phase_row *row = &fold_phases(fold)->rows[phase];
        if (row->in_rules)
            json_array_append_new(phases, phase_json((enum phase)phase, row));
    }
    for (size_t i = 0; i < keyring_len(keyring); i++) {
        if (keyring_at(keyring, i)->use == KEY_USE_STAFF)
            json_array_append_new(keys, key_json(keyring_at(keyring, i)));
    }
    return json_pack("{s:I,s:I,s:o,s:o}", "size", (json_int_t)fold_size(fold), "at",
                     (json_int_t)fold_at(fold), "phases", phases, "keys", keys);
}

/* ---- the registrar's side ------------------------------------------------------------------- */

static struct slice text_of(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return slice_of(json_string_value(value), json_string_length(value));
}

static uint64_t number_of(const json_t *json, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(json, name));
}

static bool read_phase(const json_t *json, struct phases *phases)
{
    enum phase phase = phase_by_name(text_of(json, "phase"));
    if (phase == PHASE_COUNT)
        return false;
    struct phase_row *row = &phases->rows[phase];
    *row = (struct phase_row){.in_rules = true,
                              .paused = json_is_true(json_object_get(json, "paused")),
                              .opens = number_of(json, "opens"),
                              .closes = number_of(json, "closes"),
                              .scheduled = number_of(json, "scheduled"),
                              .opened = number_of(json, "opened"),
                              .opened_at = number_of(json, "opened_at"),
                              .closed = number_of(json, "closed"),
                              .closed_at = number_of(json, "closed_at")};
    while (row->state < PHASE_IS_CLOSED &&
           !slice_is(text_of(json, "state"), phase_state_name(row->state)))
        row->state++;
    return true;
}

static bool read_key(const json_t *json, struct keyring *keyring)
{
    uint8_t spki[KEY_SPKI_MAX];
    size_t len;
    struct key key;
    struct slice person = text_of(json, "person");
    enum staff_role role = role_by_name(text_of(json, "role"));
    if (base64_decode(text_of(json, "key"), spki, sizeof spki, &len) != OK || role == ROLE_COUNT ||
        person.len > KEY_PERSON_MAX || key_parse(KEY_USE_STAFF, slice_of(spki, len), &key) != OK)
        return false;
    key.role = role;
    key.index = number_of(json, "index");
    memcpy(key.person, person.data, person.len);
    uint8_t id[KEY_ID_LEN];
    memcpy(id, key.id, sizeof id);
    keyring_add(keyring, &key);
    if (json_is_true(json_object_get(json, "revoked")))
        keyring_revoke(keyring, id);
    return true;
}

enum err standing_parse(struct slice text, struct standing *standing)
{
    json_t *json = json_loadb((const char *)text.data, text.len, 0, NULL), *item;
    bool good = json_is_object(json);
    size_t i;
    *standing = (struct standing){
        .size = number_of(json, "size"), .at = number_of(json, "at"), .staff = keyring_create()};
    json_array_foreach(json_object_get(json, "phases"), i, item)
    {
        good = good && read_phase(item, &standing->phases);
    }
    json_array_foreach(json_object_get(json, "keys"), i, item)
    {
        good = good && read_key(item, standing->staff);
    }
    json_decref(json);
    if (good)
        return OK;
    standing_release(standing);
    return ERR_CORRUPT;
}

void standing_release(struct standing *standing)
{
    keyring_destroy(standing->staff);
    standing->staff = NULL;
}
