/*
 * Staff keys: which the ledger knows, and a new one's way into it. Its holder asks with a `key`
 * entry that he can't sign himself (the key is not known yet; its `pop` shows that he has it);
 * two administrators sign it where acts wait. Of one person's asks the last one waits.
 */
#include "base/base64.h"
#include "base/clock.h"
#include "staff/staff_registrar.h"

static json_t *key_json(const struct key *key)
{
    char id[KEY_ID_TEXT_LEN + 1];
    hex_encode(id, key->id, KEY_ID_LEN);
    return json_pack("{s:s,s:s,s:s,s:b}", "id", id, "person", key->person, "role",
                     role_name(key->role), "revoked", (int)key->revoked);
}

static void list_keys(struct registrar_ask *ask)
{
    struct account_session session;
    if (!staff_may(ask, ACT_STAFF_KEYS, slice_of(NULL, 0), &session))
        return;
    json_t *items = json_array();
    for (size_t i = 0; i < keyring_len(ask->standing->staff); i++)
        json_array_append_new(items, key_json(keyring_at(ask->standing->staff, i)));
    registrar_reply(ask, json_pack("{s:o,s:n}", "items", items, "next"));
}

static bool member_is(const struct entry *entry, const char *name, const char *value)
{
    struct slice text;
    return entry_str(entry, name, 1, KEY_PERSON_MAX, &text) == OK && slice_is(text, value);
}

/* NULL when it is a key of this very person, in the role that the account has; the rest is the
 * ledger's to judge. */
static const char *check_own(const struct signed_act *act, const struct account_session *session)
{
    struct entry entry;
    INVARIANT(entry_parse(buf_slice(&act->body), &entry, NULL) == OK);
    bool own = member_is(&entry, "use", "staff") && member_is(&entry, "person", session->person) &&
               member_is(&entry, "role", role_name(session->role));
    return own ? NULL : "not_allowed";
}

static void ask_for_key(struct registrar_ask *ask)
{
    struct account_session session;
    struct signed_act act;
    struct act_place place = {.origin = registry_origin(ask->campaign->registry),
                              .staff = ask->standing->staff,
                              .size = ask->standing->size};
    struct slice none = slice_of(NULL, 0);
    int64_t number = 0;
    if (!staff_may(ask, ACT_STAFF_KEY_ASK, none, &session))
        return;
    const char *code = unsigned_act_read(registrar_text(ask->json, "entry"), &place, &act);
    if (code == NULL)
        code = check_own(&act, &session);
    enum err err = code != NULL ? OK
                                : act_put(ask->campaign->staff->acts, &act, none, none,
                                          slice_str(session.person), clock_unix(), &number);
    if (code == NULL && err == OK)
        err = act_outdo_keys(ask->campaign->staff->acts, slice_str(session.person), number);
    if (code != NULL)
        registrar_refuse(ask, code, NULL);
    else if (err != OK)
        registrar_fail(ask, err);
    else
        registrar_reply(ask,
                        json_pack("{s:s,s:I}", "state", "waiting", "number", (json_int_t)number));
    signed_act_release(&act);
}

static const struct registrar_row rows[] = {
    {"staff.keys", list_keys, true},
    {"staff.key_ask", ask_for_key, true},
};

const struct registrar_room key_room = {.rows = rows, .rows_len = sizeof rows / sizeof *rows};
