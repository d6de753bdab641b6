/*
 * A nomination's way: create_nomination (who asks, what) → got_ngo (the register and the nominees
 * there are; the rules) → the row is written → its entry to the ledger → got_verdict → the answer.
 * A crash after the row has been written leaves it without an index: the same ask again, or
 * resend_registrar.c, submits the same entry and finds it where it stands.
 */
#include "nomination/nomination_registrar.h"

#include <event2/event.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "serve/options.h"
#include "staff/staff_registrar.h"

struct creation {
    struct registrar_ask *ask;
    struct nomination_row row;
    bool existed;
    int64_t nominee; /* −1: this one makes it */
    struct roll_voter voter;
};

static void got_ngo(void *context, enum err err, const json_t *answer);
static void submit(struct creation *creation);
static void got_verdict(void *context, enum err err, const struct submit_answer *answer);

/* ---- shared --------------------------------------------------------------------------------- */

int64_t nomination_deadline(const struct registrar_campaign *campaign, int64_t from_unix,
                            unsigned days)
{
    return calendar_deadline(campaign->nominations->calendar, from_unix, days);
}

int64_t nominee_int(const json_t *item, const char *name)
{
    return json_integer_value(json_object_get(item, name));
}

bool nominee_is(const json_t *item, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(item, name));
    return value != NULL && strcmp(value, text) == 0;
}

const json_t *nominee_in(const json_t *answer, int64_t index)
{
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(answer, "items"), i, item)
    {
        if (nominee_int(item, "index") == index)
            return item;
    }
    return NULL;
}

const json_t *nominee_by(const json_t *answer, const char *cat, const char *ngo)
{
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(answer, "items"), i, item)
    {
        if (nominee_is(item, "cat", cat) && nominee_is(item, "ngo", ngo))
            return item;
    }
    return NULL;
}

json_t *nomination_text_json(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

json_t *nomination_links_json(const char *links)
{
    json_t *array = links == NULL ? NULL : json_loads(links, 0, NULL);
    return array == NULL ? json_array() : array;
}

static json_t *text_or_null(struct slice text)
{
    return text.len == 0 ? json_null() : json_stringn((const char *)text.data, text.len);
}

json_t *nomination_dispute_json(const struct dispute *dispute)
{
    bool answered = dispute->answered_unix > 0;
    return json_pack("{s:I,s:s%,s:s,s:o,s:o,s:I,s:I}", "number", (json_int_t)dispute->number, "cat",
                     dispute->cat.data, dispute->cat.len, "state", answered ? "answered" : "open",
                     "text", text_or_null(dispute->text), "answer", text_or_null(dispute->answer),
                     "at", (json_int_t)dispute->at_unix, "due", (json_int_t)dispute->due_unix);
}

bool nomination_text(struct registrar_ask *ask, const char *name, size_t least, size_t most,
                     struct slice *text)
{
    *text = registrar_text(ask->json, name);
    if (nomination_text_good(*text, least, most))
        return true;
    registrar_refuse(ask, "text_not_allowed",
                     json_pack("{s:s,s:I,s:I}", "member", name, "least", (json_int_t)least, "most",
                               (json_int_t)most));
    return false;
}

/* ---- what is written ------------------------------------------------------------------------ */

static bool links_good(const json_t *links)
{
    const json_t *link;
    size_t i;
    if (!json_is_array(links) || json_array_size(links) > NOMINATION_LINKS_MOST)
        return false;
    json_array_foreach(links, i, link)
    {
        if (!nomination_link_good(slice_of(json_string_value(link), json_string_length(link))))
            return false;
    }
    return true;
}

/* The payload, and what commits to it. The person in it is under a salt that is never given away.
 */
static void commit(const struct roll_voter *voter, json_t *links, struct nomination_row *row)
{
    uint8_t person_c[SHA256_LEN];
    char person_text[BASE64_LEN(SHA256_LEN) + 1];
    random_bytes(row->salt, sizeof row->salt);
    random_bytes(row->salt2, sizeof row->salt2);
    hmac_sha256(person_c, slice_of(row->salt2, sizeof row->salt2),
                slice_of(voter->person, voter->person_len));
    base64_encode(person_text, person_c, sizeof person_c);
    json_t *payload = json_pack("{s:s,s:O,s:s,s:s,s:s}", "cat", row->cat, "links", links, "ngo",
                                row->ngo, "person_c", person_text, "text", row->text);
    row->payload = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
    row->links = json_dumps(links, JSON_COMPACT);
    INVARIANT(row->payload != NULL && row->links != NULL);
    hmac_sha256(row->c, slice_of(row->salt, sizeof row->salt), slice_str(row->payload));
    json_decref(payload);
}

bool nomination_write(struct registrar_ask *ask, const struct roll_voter *voter,
                      struct nomination_row *row)
{
    struct slice text;
    json_t *links = json_object_get(ask->json, "links");
    if (!nomination_text(ask, "text", NOMINATION_TEXT_LEAST, NOMINATION_TEXT_MOST, &text))
        return false;
    if (!links_good(links)) {
        registrar_refuse(ask, "link_not_allowed", NULL);
        return false;
    }
    row->text = xstrndup(text.data, text.len);
    commit(voter, links, row);
    return true;
}

/* ---- nominating ----------------------------------------------------------------------------- */

static void finish(struct creation *creation)
{
    nomination_row_release(&creation->row);
    wipe(creation, sizeof *creation);
    free(creation);
}

static void refuse(struct creation *creation, const char *code)
{
    registrar_refuse(creation->ask, code, NULL);
    finish(creation);
}

static void fail(struct creation *creation, enum err err)
{
    registrar_fail(creation->ask, err);
    finish(creation);
}

static bool take_name(const json_t *json, const char *name, char *out, size_t cap)
{
    struct slice text = registrar_text(json, name);
    if (text.len == 0 || text.len >= cap)
        return false;
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return true;
}

/* All but text and links; NULL or the problem's code. */
static const char *read_nomination(struct registrar_ask *ask, struct nomination_row *row)
{
    const json_t *consents = json_object_get(ask->json, "consents");
    if (!take_name(ask->json, "ngo", row->ngo, sizeof row->ngo))
        return "ngo_unknown";
    if (!take_name(ask->json, "cat", row->cat, sizeof row->cat) ||
        registry_category(ask->campaign->registry, slice_str(row->cat)) < 0)
        return "unknown_category";
    row->as = nominator_by_name(registrar_text(ask->json, "as"));
    row->relation = relation_by_name(registrar_text(ask->json, "relation"));
    if (row->as == NOMINATOR_COUNT || row->relation == RELATION_COUNT)
        return "malformed";
    row->processing = nominee_int(consents, "processing");
    row->publication = nominee_int(consents, "publication");
    if (row->publication < 0 || row->publication > NOMINATION_CONSENT_MOST ||
        row->processing > NOMINATION_CONSENT_MOST)
        return "malformed";
    return row->processing < 1 ? "consent_missing" : NULL;
}

/* What this person sent before for the same counts, not what comes now: its commitment may stand
 * in the ledger already. */
static enum err find_before(struct creation *creation)
{
    struct nomination_row before;
    enum err err =
        nomination_store_find(creation->ask->campaign->nominations->store, creation->row.person,
                              slice_str(creation->row.cat), slice_str(creation->row.ngo), &before);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err == OK) {
        nomination_row_release(&creation->row);
        creation->row = before;
        creation->existed = true;
    }
    return err;
}

static void create_nomination(struct registrar_ask *ask)
{
    struct roll_voter voter;
    if (!staff_may_citizen(ask, ACT_NOMINATE, &voter))
        return;
    struct creation *creation = xcalloc(1, sizeof *creation);
    *creation = (struct creation){
        .ask = ask,
        .row = {.person = voter.row, .at_unix = clock_unix(), .index = -1, .text_index = -1},
        .nominee = -1,
        .voter = voter};
    const char *code = read_nomination(ask, &creation->row);
    wipe(&voter, sizeof voter);
    if (code != NULL) {
        refuse(creation, code);
        return;
    }
    if (!nomination_write(ask, &creation->voter, &creation->row)) {
        finish(creation);
        return;
    }
    enum err err = find_before(creation);
    if (err == OK)
        err = nominees_ask(ask->campaign, json_pack("{s:s}", "ngo", creation->row.ngo), got_ngo,
                           creation);
    if (err != OK)
        fail(creation, err);
}

/* In how many other categories the NGO is a nominee that may still win. */
static uint32_t count_others(const json_t *answer, const char *cat)
{
    const json_t *item;
    uint32_t count = 0;
    size_t i;
    json_array_foreach(json_object_get(answer, "items"), i, item)
    {
        count += !nominee_is(item, "cat", cat) && !nominee_is(item, "state", "refused") &&
                 !nominee_is(item, "state", "withdrawn") && !nominee_is(item, "state", "merged");
    }
    return count;
}

static const char *ask_rules(struct creation *creation, const json_t *answer, const json_t *nominee)
{
    struct nomination_wish wish = {.as = creation->row.as,
                                   .relation = creation->row.relation,
                                   .ngo_count = count_others(answer, creation->row.cat),
                                   .is_support = nominee != NULL};
    if (nominee != NULL &&
        (nominee_is(nominee, "state", "refused") || nominee_is(nominee, "state", "withdrawn")))
        return "nomination_decided";
    if (nomination_store_count(creation->ask->campaign->nominations->store, creation->row.person,
                               &wish.own_count) != OK)
        return "busy";
    return nomination_refused(registry_rules(creation->ask->campaign->registry), &wish);
}

static void got_ngo(void *context, enum err err, const json_t *answer)
{
    struct creation *creation = context;
    if (err != OK) {
        fail(creation, err);
        return;
    }
    if (!json_is_object(json_object_get(answer, "ngo"))) {
        refuse(creation, "ngo_unknown");
        return;
    }
    const json_t *nominee = nominee_by(answer, creation->row.cat, creation->row.ngo);
    if (nominee != NULL)
        creation->nominee = nominee_int(nominee, "index");
    if (!creation->existed) {
        const char *code = ask_rules(creation, answer, nominee);
        if (code == NULL)
            err = nomination_store_add(creation->ask->campaign->nominations->store, &creation->row);
        if (code != NULL || err == ERR_CONFLICT) {
            /* The same ask twice at once: the other one is under way. */
            refuse(creation, code != NULL ? code : "busy");
            return;
        }
        if (err != OK) {
            fail(creation, err);
            return;
        }
    } else if (creation->row.erased) {
        refuse(creation, "nominated_twice");
        return;
    }
    submit(creation);
}

/* Also what stands already: the ledger answers with its place and a checkpoint. */
static void submit(struct creation *creation)
{
    struct buf entry;
    buf_init(&entry, ENTRY_LEN_MAX);
    registry_nominate(creation->ask->campaign->registry, slice_str(creation->row.cat),
                      slice_str(creation->row.ngo),
                      slice_of(creation->voter.person, creation->voter.person_len), creation->row.c,
                      &entry);
    enum err err =
        registrar_submit(creation->ask->campaign, buf_slice(&entry), got_verdict, creation);
    buf_release(&entry);
    if (err != OK)
        fail(creation, err);
}

static void got_verdict(void *context, enum err err, const struct submit_answer *answer)
{
    struct creation *creation = context;
    struct nomination_store *store = creation->ask->campaign->nominations->store;
    if (err == OK && answer->verdict == SUBMIT_REFUSED) {
        err = nomination_store_drop(store, creation->row.number);
        if (err == OK) {
            refuse(creation, registrar_verdict(answer));
            return;
        }
    }
    if (err == OK)
        err = nomination_store_logged(store, creation->row.number, (int64_t)answer->index);
    if (err != OK) {
        fail(creation, err);
        return;
    }
    int64_t index = (int64_t)answer->index;
    int64_t nominee = creation->nominee < 0 ? index : creation->nominee;
    registrar_reply(creation->ask,
                    json_pack("{s:I,s:I,s:b,s:s,s:s%,s:b}", "index", (json_int_t)index, "nominee",
                              (json_int_t)nominee, "support", nominee != index, "state", "received",
                              "checkpoint", answer->checkpoint.data, answer->checkpoint.len,
                              "repeated", answer->verdict == SUBMIT_REPEATED));
    finish(creation);
}

/* ---- a nominee for everybody ---------------------------------------------------------------- */

void nomination_follow_erasure(struct registrar_campaign *campaign, const json_t *item)
{
    struct nomination_store *store = campaign->nominations->store;
    struct nomination_row row;
    if (!json_is_true(json_object_get(item, "erased")) ||
        nomination_store_at(store, nominee_int(item, "index"), &row) != OK)
        return;
    enum err err = row.erased ? OK : nomination_store_erased(store, row.text_index, clock_unix());
    if (err != OK)
        log_error("payload_not_erased", LOG_I("index", row.text_index),
                  LOG_S("err", err_name(err)));
    nomination_row_release(&row);
}

/* Text, links, payload and salt, when they are admitted, consented to and still here. */
static void put_public(struct registrar_campaign *campaign, const json_t *item, json_t *out)
{
    struct nomination_row row;
    if (!nominee_is(item, "state", "admitted") ||
        nomination_store_at(campaign->nominations->store, nominee_int(item, "index"), &row) != OK)
        return;
    if (!row.erased && !json_is_true(json_object_get(item, "erased")) && row.publication > 0 &&
        row.text_index == nominee_int(item, "text")) {
        char salt[BASE64_LEN(NOMINATION_HASH_LEN) + 1];
        base64_encode(salt, row.salt, sizeof row.salt);
        json_object_set_new(out, "text", json_string(row.text));
        json_object_set_new(out, "links", nomination_links_json(row.links));
        json_object_set_new(out, "payload", json_string(row.payload));
        json_object_set_new(out, "salt", json_string(salt));
    }
    nomination_row_release(&row);
}

static void got_nominee(void *context, enum err err, const json_t *answer)
{
    struct registrar_ask *ask = context;
    const json_t *item = err == OK ? json_array_get(json_object_get(answer, "items"), 0) : NULL;
    if (err != OK) {
        registrar_fail(ask, err);
        return;
    }
    if (item == NULL) {
        registrar_refuse(ask, "nomination_unknown", NULL);
        return;
    }
    json_t *out = json_pack("{s:o,s:n,s:n,s:n,s:n}", "id",
                            json_sprintf("%lld", (long long)nominee_int(item, "index")), "text",
                            "links", "payload", "salt");
    json_object_update_missing(out, (json_t *)(uintptr_t)item);
    /* `text` of the item is the entry that commits to it. */
    json_object_set(out, "text_index", json_object_get(item, "text"));
    json_object_del(out, "index");
    nomination_follow_erasure(ask->campaign, item);
    put_public(ask->campaign, item, out);
    registrar_reply(ask, out);
}

static void show_nominee(struct registrar_ask *ask)
{
    int64_t index;
    if (!staff_number(ask, "index", &index)) {
        registrar_refuse(ask, "nomination_unknown", NULL);
        return;
    }
    enum err err = nominees_ask(ask->campaign, json_pack("{s:[I]}", "refs", (json_int_t)index),
                                got_nominee, ask);
    if (err != OK)
        registrar_fail(ask, err);
}

/* ---- the room ------------------------------------------------------------------------------- */

static enum err read_calendar(const struct registrar_campaign *campaign,
                              struct nomination_desk *desk, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf text;
    file_path(path, campaign->folder, "calendar.csv");
    if (!file_exists(path))
        (void)snprintf(path, sizeof path, "%s", campaign->registrar->options->calendar);
    if (*path == '\0' || !file_exists(path)) {
        log_warn("calendar_missing", LOG_S("path", path));
        return OK;
    }
    buf_init(&text, CALENDAR_FILE_MAX);
    enum err err = file_read(path, &text, fault);
    if (err == OK)
        err = calendar_parse(buf_slice(&text), &desk->calendar, fault);
    buf_release(&text);
    return err;
}

static enum err open_desk(struct registrar_campaign *campaign, struct fault *fault)
{
    struct nomination_desk *desk = xcalloc(1, sizeof *desk);
    char path[FILE_PATH_CAP];
    campaign->nominations = desk;
    desk->opened_unix = clock_unix();
    file_path(path, campaign->folder, "registrar/private.db");
    enum err err = nomination_store_open(path, &desk->store, fault);
    if (err == OK)
        err = moderation_store_open(path, &desk->moderation, fault);
    if (err == OK)
        err = read_calendar(campaign, desk, fault);
    desk->resend = nomination_resend_start(campaign);
    return err;
}

static void close_desk(struct registrar_campaign *campaign)
{
    struct nomination_desk *desk = campaign->nominations;
    if (desk == NULL)
        return;
    event_free(desk->resend);
    calendar_destroy(desk->calendar);
    moderation_store_close(desk->moderation);
    nomination_store_close(desk->store);
    free(desk);
}

static const struct registrar_row rows[] = {
    {"nomination.create", create_nomination, true},
    {"nominee.read", show_nominee, false},
};

const struct registrar_room nomination_room = {
    .rows = rows, .rows_len = sizeof rows / sizeof *rows, .open = open_desk, .close = close_desk};
