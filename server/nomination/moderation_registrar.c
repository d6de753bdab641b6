/*
 * Moderation: the queue, one item with all that is known of it, claims and conflicts. Whoever reads
 * a person's text is in the register of access before he gets it. Decisions are staff acts
 * (moderation_act_registrar.c).
 */
#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "moderation_facts.h"
#include "nomination/nomination_registrar.h"
#include "nomination/reasons.h"
#include "staff/staff_registrar.h"

#define QUEUE_MAX 500 /* rows at once: what is due first; more come when these are decided */

struct moderating {
    struct registrar_ask *ask;
    struct account_session session;
    int64_t ref;
};

static struct nomination_desk *desk_of(const struct moderating *moderating)
{
    return moderating->ask->campaign->nominations;
}

static struct slice person_of(const struct account_session *session)
{
    return slice_str(session->person);
}

/* Starts an ask; NULL: it has been answered. ref is 0 where the path has none. */
static struct moderating *begin(struct registrar_ask *ask, enum act act)
{
    struct moderating *moderating = xcalloc(1, sizeof *moderating);
    bool has_ref = json_object_get(ask->json, "ref") != NULL;
    moderating->ask = ask;
    if (has_ref && !staff_number(ask, "ref", &moderating->ref))
        registrar_refuse(ask, "nomination_unknown", NULL);
    else if (staff_may(ask, act, registrar_text(ask->json, "ref"), &moderating->session))
        return moderating;
    free(moderating);
    return NULL;
}

static void end(struct moderating *moderating, enum err err, const char *code, json_t *json)
{
    if (err != OK)
        registrar_fail(moderating->ask, err);
    else if (code != NULL)
        registrar_refuse(moderating->ask, code, json);
    else
        registrar_reply(moderating->ask, json);
    free(moderating);
}

/* ---- the queue ------------------------------------------------------------------------------ */

static void list_appeal(void *context, const struct appeal *appeal)
{
    json_array_append_new(context, json_integer(appeal->ref));
}

static void take_due(void *context, const struct appeal *appeal)
{
    if (appeal->open)
        *(int64_t *)context = appeal->due_unix;
}

/* Nominations are to be decided by the end of screening, or of the phase before evaluation. */
static int64_t decide_by(const struct standing *standing)
{
    const struct phase_row *rows = standing->phases.rows;
    if (rows[PHASE_SCREENING].in_rules && rows[PHASE_SCREENING].closes > 0)
        return (int64_t)rows[PHASE_SCREENING].closes;
    return (int64_t)rows[PHASE_NOMINATION].closes;
}

static json_t *claim_json(struct nomination_desk *desk, int64_t ref)
{
    struct claim claim;
    if (moderation_claimed(desk->moderation, ref, clock_unix(), &claim) != OK)
        return json_null();
    return json_pack("{s:s,s:I}", "person", claim.person, "until", (json_int_t)claim.until_unix);
}

/* One row of the queue; NULL: it is not for this person. */
static json_t *queue_item(struct moderating *moderating, const json_t *item)
{
    struct nomination_desk *desk = desk_of(moderating);
    struct registrar_campaign *campaign = moderating->ask->campaign;
    struct nomination_row row = {.index = -1};
    int64_t ref = nominee_int(item, "index"), appeal_due = 0;
    bool conflict = true;
    if (moderation_conflict(desk->moderation, ref, person_of(&moderating->session), &conflict) !=
            OK ||
        conflict)
        return NULL;
    bool known = nomination_store_at(desk->store, ref, &row) == OK;
    if (moderation_appeals(desk->moderation, ref, true, take_due, &appeal_due) != OK)
        appeal_due = 0;
    bool returned = nominee_is(item, "state", "returned");
    int64_t due = decide_by(moderating->ask->standing);
    if (appeal_due > 0)
        due = appeal_due;
    else if (row.wished_unix > 0)
        due = row.wished_unix;
    else if (returned)
        due = nomination_deadline(campaign, nominee_int(item, "moderated_at"),
                                  registry_rules(campaign->registry)->nomination.cure_days);
    json_t *claim = claim_json(desk, ref);
    json_t *json = json_pack(
        "{s:I,s:O,s:O,s:O?,s:s,s:I,s:o,s:o,s:O,s:b,s:b,s:b,s:I}", "ref", (json_int_t)ref, "cat",
        json_object_get(item, "cat"), "ngo", json_object_get(item, "ngo"), "name",
        json_object_get(item, "name"), "state",
        appeal_due > 0 ? "appealed" : json_string_value(json_object_get(item, "state")), "due",
        (json_int_t)due, "claimed_by",
        json_is_object(claim) ? json_incref(json_object_get(claim, "person")) : json_null(),
        "claimed_until",
        json_is_object(claim) ? json_incref(json_object_get(claim, "until")) : json_null(),
        "supporters", json_object_get(item, "supporters"), "appeal", appeal_due > 0, "wish",
        known && row.wished_unix > 0, "flagged",
        known && nomination_flagged(registry_rules(campaign->registry), row.as, row.relation), "at",
        (json_int_t)(known ? row.at_unix : 0));
    json_decref(claim);
    if (known)
        nomination_row_release(&row);
    return json;
}

/* A wish to withdraw first, then by the date; what waits for its nominator has its own date. */
static int by_due(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    bool left_wish = json_is_true(json_object_get(left, "wish"));
    bool right_wish = json_is_true(json_object_get(right, "wish"));
    if (left_wish != right_wish)
        return left_wish ? -1 : 1;
    int64_t left_due = nominee_int(left, "due"), right_due = nominee_int(right, "due");
    if (left_due != right_due)
        return left_due < right_due ? -1 : 1;
    int64_t left_ref = nominee_int(left, "ref"), right_ref = nominee_int(right, "ref");
    return (left_ref > right_ref) - (left_ref < right_ref);
}

/* The first of them. */
static json_t *sorted(json_t **list, size_t len)
{
    json_t *items = json_array();
    if (len > 0)
        qsort(list, len, sizeof *list, by_due);
    for (size_t i = 0; i < len; i++) {
        if (i < QUEUE_MAX)
            json_array_append(items, list[i]);
        json_decref(list[i]);
    }
    free(list);
    return items;
}

static void list_erasure(void *context, const struct erasure *erasure)
{
    if (json_array_size(context) < QUEUE_MAX)
        json_array_append_new(context, json_pack("{s:I,s:I,s:I}", "ref", (json_int_t)erasure->index,
                                                 "asked", (json_int_t)erasure->asked_unix, "due",
                                                 (json_int_t)erasure->due_unix));
}

static void got_queue(void *context, enum err err, const json_t *answer)
{
    struct moderating *moderating = context;
    json_t *erasures = json_array();
    const json_t *item, *found = json_object_get(answer, "items");
    size_t i, len = 0;
    json_t **list = xcalloc(json_array_size(found) + 1, sizeof *list);
    json_array_foreach(found, i, item)
    {
        list[len] = queue_item(moderating, item);
        len += list[len] != NULL;
    }
    json_t *items = sorted(list, len);
    if (err == OK && moderating->session.role == ROLE_ADMINISTRATOR)
        err = nomination_store_erasures(desk_of(moderating)->store, list_erasure, erasures);
    json_t *json = json_pack(
        "{s:o,s:I,s:o,s:o}", "items", items, "total", (json_int_t)len, "erasures", erasures, "seen",
        err == OK ? json_incref(json_object_get(answer, "size")) : json_null());
    if (err != OK)
        json_decref(json);
    end(moderating, err, NULL, err == OK ? json : NULL);
}

static void read_queue(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_QUEUE);
    if (moderating == NULL)
        return;
    json_t *refs = json_array();
    enum err err =
        moderation_appeals(ask->campaign->nominations->moderation, -1, true, list_appeal, refs);
    if (err == OK)
        err = nominees_ask(ask->campaign, json_pack("{s:b,s:O}", "undecided", 1, "refs", refs),
                           got_queue, moderating);
    json_decref(refs);
    if (err != OK)
        end(moderating, err, NULL, NULL);
}

/* ---- one item ------------------------------------------------------------------------------- */

struct listing {
    json_t *list;
    const struct keyring *keys;
};

static void put_signers(const struct keyring *keys, struct slice signers, json_t *out)
{
    json_t *list = json_loadb((const char *)signers.data, signers.len, 0, NULL);
    json_t *ids = json_array();
    const json_t *id;
    size_t i;
    json_array_foreach(list, i, id)
    {
        uint8_t raw[KEY_ID_LEN];
        struct slice text = slice_of(json_string_value(id), json_string_length(id));
        const struct key *key =
            hex_decode_exact(text, raw, sizeof raw) == OK ? keyring_find(keys, raw) : NULL;
        if (key != NULL)
            json_array_append_new(ids, json_string(key->person));
    }
    json_object_set_new(out, "signers", ids);
    json_decref(list);
}

static void list_decision(void *context, const struct decision *decision)
{
    struct listing *listing = context;
    json_t *reason =
        json_loadb((const char *)decision->payload.data, decision->payload.len, 0, NULL);
    json_t *json =
        json_pack("{s:I,s:I,s:s%,s:I,s:o}", "index", (json_int_t)decision->index, "ref",
                  (json_int_t)decision->ref, "d", decision->d.data, decision->d.len, "at",
                  (json_int_t)decision->at_unix, "reason", reason == NULL ? json_null() : reason);
    put_signers(listing->keys, decision->signers, json);
    json_array_append_new(listing->list, json);
}

static void take_appeal(void *context, const struct appeal *appeal)
{
    *(json_t **)context = json_stringn(appeal->text.len == 0 ? "" : (const char *)appeal->text.data,
                                       appeal->text.len);
}

/* What the nominator wrote, in a list; empty where there is nothing (imported). */
static json_t *written_json(const struct rules *rules, struct nomination_desk *desk, int64_t ref)
{
    struct nomination_row row;
    json_t *list = json_array();
    if (nomination_store_at(desk->store, ref, &row) != OK)
        return list;
    json_array_append_new(
        list,
        json_pack("{s:I,s:o,s:o,s:s,s:s,s:b,s:I,s:I,s:b}", "index", (json_int_t)row.index, "text",
                  nomination_text_json(row.text), "links", nomination_links_json(row.links), "as",
                  nominator_name(row.as), "relation", relation_name(row.relation), "flagged",
                  nomination_flagged(rules, row.as, row.relation), "at", (json_int_t)row.at_unix,
                  "publication", (json_int_t)row.publication, "erased", (int)row.erased));
    nomination_row_release(&row);
    return list;
}

static void got_item(void *context, enum err err, const json_t *answer)
{
    struct moderating *moderating = context;
    struct nomination_desk *desk = desk_of(moderating);
    const struct rules *rules = registry_rules(moderating->ask->campaign->registry);
    const json_t *item = err == OK ? nominee_in(answer, moderating->ref) : NULL;
    struct listing history = {json_array(), moderating->ask->standing->staff};
    json_t *appeal = NULL, *json = NULL;
    if (err == OK && item != NULL)
        nomination_follow_erasure(moderating->ask->campaign, item);
    if (err == OK && item != NULL)
        err = moderation_decisions(desk->moderation, moderating->ref, list_decision, &history);
    if (err == OK && item != NULL)
        err = moderation_appeals(desk->moderation, moderating->ref, false, take_appeal, &appeal);
    if (err == OK && item != NULL) {
        json = queue_item(moderating, item);
        moderation_put_facts(rules, item, (size_t)nominee_int(answer, "twins"), json);
        json_object_update_new(json, json_pack("{s:o,s:O,s:O,s:O,s:O,s:O}", "nominations",
                                               written_json(rules, desk, moderating->ref),
                                               "history", history.list, "appeal_text",
                                               appeal == NULL ? json_null() : appeal, "others",
                                               json_object_get(answer, "others"), "into",
                                               json_object_get(item, "into"), "seen",
                                               json_object_get(answer, "size")));
    }
    json_decref(history.list);
    json_decref(appeal);
    end(moderating, err, err == OK && json == NULL ? "nomination_unknown" : NULL, json);
}

/* False: the ask has been answered, because of a conflict of interest. */
static bool is_free(struct moderating *moderating)
{
    bool conflict = true;
    enum err err = moderation_conflict(desk_of(moderating)->moderation, moderating->ref,
                                       person_of(&moderating->session), &conflict);
    if (err == OK && !conflict)
        return true;
    end(moderating, err, "conflict_of_interest", NULL);
    return false;
}

static void read_item(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_ITEM);
    if (moderating == NULL || !is_free(moderating))
        return;
    json_int_t ref = (json_int_t)moderating->ref;
    enum err err = nominees_ask(ask->campaign, json_pack("{s:[I],s:I}", "refs", ref, "twin", ref),
                                got_item, moderating);
    if (err != OK)
        end(moderating, err, NULL, NULL);
}

/* ---- claims, conflicts ---------------------------------------------------------------------- */

static void claim(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_CLAIM);
    struct claim held;
    if (moderating == NULL || !is_free(moderating))
        return;
    enum err err = moderation_claim(desk_of(moderating)->moderation, moderating->ref,
                                    person_of(&moderating->session), clock_unix(), &held);
    bool taken = err == ERR_CONFLICT;
    json_t *json = err == OK || taken ? json_pack("{s:s,s:I}", "claimed_by", held.person,
                                                  "claimed_until", (json_int_t)held.until_unix)
                                      : NULL;
    end(moderating, taken ? OK : err, taken ? "item_claimed" : NULL, json);
}

static void unclaim(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_UNCLAIM);
    if (moderating == NULL)
        return;
    enum err err = moderation_release(desk_of(moderating)->moderation, moderating->ref,
                                      person_of(&moderating->session));
    end(moderating, err, NULL, err == OK ? json_object() : NULL);
}

static void declare_conflict(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_CONFLICT);
    if (moderating == NULL)
        return;
    struct moderation_store *store = desk_of(moderating)->moderation;
    struct slice person = person_of(&moderating->session);
    enum err err = moderation_conflict_add(store, moderating->ref, person);
    if (err == OK)
        err = moderation_release(store, moderating->ref, person);
    end(moderating, err, NULL, err == OK ? json_object() : NULL);
}

/* ---- history, reasons, disputes ------------------------------------------------------------- */

/* One's own decisions: signed with any of one's keys. */
static void read_history(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_HISTORY);
    if (moderating == NULL)
        return;
    const struct keyring *keys = ask->standing->staff;
    struct listing listing = {json_array(), keys};
    enum err err = OK;
    for (size_t i = 0; i < keyring_len(keys) && err == OK; i++) {
        char id[2 * KEY_ID_LEN + 1];
        if (strcmp(keyring_at(keys, i)->person, moderating->session.person) != 0)
            continue;
        hex_encode(id, keyring_at(keys, i)->id, KEY_ID_LEN);
        err = moderation_history(desk_of(moderating)->moderation, slice_str(id), list_decision,
                                 &listing);
    }
    if (err != OK)
        json_decref(listing.list);
    end(moderating, err, NULL, err == OK ? json_pack("{s:o}", "items", listing.list) : NULL);
}

static void read_reasons(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_REASONS);
    if (moderating == NULL)
        return;
    json_t *items = json_array();
    for (size_t i = 0; i < reasons_len; i++) {
        const struct reason *reason = &reasons[i];
        json_array_append_new(items,
                              json_pack("{s:s,s:s,s:{s:s,s:s,s:s}}", "code", reason->code, "d",
                                        reason->d, "text", "kk", reason->text[RULES_KK], "ru",
                                        reason->text[RULES_RU], "en", reason->text[RULES_EN]));
    }
    end(moderating, OK, NULL, json_pack("{s:o}", "items", items));
}

static void list_dispute(void *context, const struct dispute *dispute)
{
    json_array_append_new(context, nomination_dispute_json(dispute));
}

static void read_disputes(struct registrar_ask *ask)
{
    struct moderating *moderating = begin(ask, ACT_MODERATION_DISPUTES);
    if (moderating == NULL)
        return;
    json_t *items = json_array();
    enum err err = moderation_disputes(desk_of(moderating)->moderation, -1, list_dispute, items);
    if (err != OK)
        json_decref(items);
    end(moderating, err, NULL, err == OK ? json_pack("{s:o}", "items", items) : NULL);
}

static void answer_dispute(struct registrar_ask *ask)
{
    struct account_session session;
    struct slice text;
    int64_t number;
    if (!staff_number(ask, "n", &number)) {
        registrar_refuse(ask, "dispute_unknown", NULL);
        return;
    }
    if (!staff_may(ask, ACT_MODERATION_ANSWER, registrar_text(ask->json, "n"), &session) ||
        !nomination_text(ask, "text", 1, NOMINATION_NOTE_MOST, &text))
        return;
    enum err err = moderation_dispute_answer(ask->campaign->nominations->moderation, number, text,
                                             person_of(&session), clock_unix());
    if (err == ERR_NOT_FOUND)
        registrar_refuse(ask, "dispute_unknown", NULL);
    else if (err == ERR_CONFLICT)
        registrar_refuse(ask, "dispute_answered", NULL);
    else if (err != OK)
        registrar_fail(ask, err);
    else
        registrar_reply(ask,
                        json_pack("{s:I,s:s}", "number", (json_int_t)number, "state", "answered"));
}

static const struct registrar_row rows[] = {
    {"moderation.queue", read_queue, true},
    {"moderation.item", read_item, true},
    {"moderation.claim", claim, false},
    {"moderation.unclaim", unclaim, false},
    {"moderation.conflict", declare_conflict, false},
    {"moderation.history", read_history, true},
    {"moderation.reasons", read_reasons, false},
    {"moderation.disputes", read_disputes, false},
    {"moderation.answer", answer_dispute, false},
};

const struct registrar_room moderation_room = {.rows = rows,
                                               .rows_len = sizeof rows / sizeof *rows};
