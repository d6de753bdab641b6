/*
 * What nominations have to say of the staff acts `moderate` and `erase` (staff/staff_registrar.h):
 * whether one may be proposed and by whom it may be seen, and what becomes of it when it is logged.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "nomination/nomination_registrar.h"
#include "nomination/reasons.h"
#include "staff/staff_registrar.h"

#define REASON_MOST 2000 /* code points of a reason's text in one language */

/* {code, text: {kk, ru, en}}, and nothing else. */
static bool reason_good(struct slice d, struct slice payload)
{
    json_t *json =
        json_loadb((const char *)payload.data, payload.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *texts = json_object_get(json, "text");
    bool good = json_object_size(json) == 2 && json_object_size(texts) == RULES_LANGS &&
                reason_known(d, registrar_text(json, "code"));
    for (int lang = 0; good && lang < RULES_LANGS; lang++)
        good = nomination_text_good(registrar_text(texts, rules_lang_name((enum rules_lang)lang)),
                                    1, REASON_MOST);
    json_decref(json);
    return good;
}

/* A merge is a decision on both nominees. */
static enum err find_conflict(const struct registrar_ask *ask,
                              const struct account_session *session, const struct entry *entry,
                              bool *conflict)
{
    static const char *const members[] = {"ref", "into"};
    enum err err = OK;
    *conflict = false;
    for (size_t i = 0; i < 2 && err == OK && !*conflict; i++) {
        uint64_t ref;
        if (entry_int(entry, members[i], CANON_INT_MAX, &ref) == OK)
            err = moderation_conflict(ask->campaign->nominations->moderation, (int64_t)ref,
                                      slice_str(session->person), conflict);
    }
    return err;
}

/* What is of a conflict of interest is hidden where acts wait, too. */
static bool hides_moderate(const struct registrar_ask *ask, const struct account_session *session,
                           const struct entry *entry)
{
    bool conflict = true;
    return find_conflict(ask, session, entry, &conflict) != OK || conflict;
}

static const char *check_moderate(struct registrar_ask *ask, const struct account_session *session,
                                  const struct entry *entry, struct slice payload)
{
    struct moderation_store *store = ask->campaign->nominations->moderation;
    struct claim claim;
    struct slice d;
    uint64_t ref;
    bool conflict = true;
    if (entry_int(entry, "ref", CANON_INT_MAX, &ref) != OK ||
        entry_str(entry, "d", 1, 16, &d) != OK)
        return "fields_wrong";
    if (!reason_good(d, payload))
        return "reason_malformed";
    if (find_conflict(ask, session, entry, &conflict) != OK)
        return "busy";
    if (conflict)
        return "conflict_of_interest";
    /* Who signs second need not have claimed what the first one has. */
    if (!slice_is(registrar_text(ask->json, "ask"), "acts.create"))
        return NULL;
    enum err err = moderation_claimed(store, (int64_t)ref, clock_unix(), &claim);
    if (err == OK && strcmp(claim.person, session->person) != 0)
        return "item_claimed";
    return err == OK || err == ERR_NOT_FOUND ? NULL : "busy";
}

/* The ids of the keys that signed, as a JSON array. */
static char *signers_of(const struct entry *entry)
{
    json_t *list = json_array();
    const struct canon_node *sig = canon_first(&entry->doc, entry_member(entry, "sigs"));
    for (; sig != NULL; sig = canon_next(&entry->doc, sig)) {
        struct slice id = canon_inner(canon_member(&entry->doc, sig, "k"));
        json_array_append_new(list, json_stringn((const char *)id.data, id.len));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

static void moderated(struct registrar_campaign *campaign, const struct entry *entry,
                      uint64_t index, struct slice payload, struct slice salt)
{
    struct moderation_store *store = campaign->nominations->moderation;
    struct decision decision = {
        .index = (int64_t)index, .at_unix = clock_unix(), .payload = payload};
    uint64_t ref;
    if (entry_int(entry, "ref", CANON_INT_MAX, &ref) != OK ||
        entry_str(entry, "d", 1, 16, &decision.d) != OK)
        return;
    char *signers = signers_of(entry);
    decision.ref = (int64_t)ref;
    decision.signers = slice_str(signers);
    enum err err = moderation_decided(store, &decision, salt);
    if (err == OK && slice_is(decision.d, "reopen"))
        err = moderation_appeal_close(store, decision.ref);
    if (err != OK)
        log_error("decision_not_kept", LOG_U("index", index), LOG_S("err", err_name(err)));
    free(signers);
}

static void erased(struct registrar_campaign *campaign, const struct entry *entry, uint64_t index,
                   struct slice payload, struct slice salt)
{
    struct nomination_desk *desk = campaign->nominations;
    uint64_t ref;
    (void)payload, (void)salt;
    if (entry_int(entry, "ref", CANON_INT_MAX, &ref) != OK)
        return;
    enum err err = nomination_store_erased(desk->store, (int64_t)ref, clock_unix());
    if (err == OK)
        err = moderation_reason_erased(desk->moderation, (int64_t)ref);
    if (err == OK)
        err = act_forget(campaign->staff->acts, ref);
    if (err != OK)
        log_error("payload_not_erased", LOG_U("index", index), LOG_S("err", err_name(err)));
}

const struct act_hook moderate_hook = {
    .type = "moderate", .check = check_moderate, .hides = hides_moderate, .logged = moderated};
const struct act_hook erase_hook = {.type = "erase", .logged = erased};
