/*
 * "My page": what a citizen has nominated, and may still do about it. Each ask is three steps: who
 * asks, how the nominee stands by the ledger (got_…), and the answer; completing submits an `amend`
 * entry in the same way as a nomination (nomination_registrar.c).
 */
#include "base/base64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "nomination/nomination_registrar.h"
#include "staff/staff_registrar.h"

#define DISPUTES_OPEN_MOST 3 /* of one person */

/* An ask about one nomination of one's own. */
struct own {
    struct registrar_ask *ask;
    struct roll_voter voter;
    struct nomination_row row;
    void (*go)(struct own *own, const json_t *answer, const json_t *item); /* item: may be NULL */
};

static void finish_own(struct own *own)
{
    nomination_row_release(&own->row);
    wipe(own, sizeof *own);
    free(own);
}

static void refuse_own(struct own *own, const char *code)
{
    registrar_refuse(own->ask, code, NULL);
    finish_own(own);
}

static void fail_own(struct own *own, enum err err)
{
    registrar_fail(own->ask, err);
    finish_own(own);
}

static void reply_own(struct own *own, json_t *json)
{
    registrar_reply(own->ask, json);
    finish_own(own);
}

static void got_own(void *context, enum err err, const json_t *answer)
{
    struct own *own = context;
    if (err != OK)
        fail_own(own, err);
    else
        own->go(own, answer, nominee_by(answer, own->row.cat, own->row.ngo));
}

/* Somebody else's nomination is as unknown as one that is not there. */
static void start_own(struct registrar_ask *ask, enum act act,
                      void (*go)(struct own *own, const json_t *answer, const json_t *item))
{
    struct own *own = xcalloc(1, sizeof *own);
    int64_t index;
    own->ask = ask;
    own->go = go;
    if (!staff_may_citizen(ask, act, &own->voter)) {
        free(own);
        return;
    }
    enum err err = ERR_NOT_FOUND;
    if (staff_number(ask, "index", &index))
        err = nomination_store_at(ask->campaign->nominations->store, index, &own->row);
    if (err == OK && own->row.person == own->voter.row && !own->row.erased)
        err = nominees_ask(ask->campaign,
                           json_pack("{s:[[s,s]]}", "pairs", own->row.cat, own->row.ngo), got_own,
                           own);
    else if (err == OK)
        err = ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND)
        refuse_own(own, "nomination_unknown");
    else if (err != OK)
        fail_own(own, err);
}

/* This nomination made the nominee; others support it. */
static bool is_first(const struct own *own, const json_t *item)
{
    return item != NULL && nominee_int(item, "index") == own->row.index;
}

static int64_t cure_deadline(const struct registrar_campaign *campaign, const json_t *item)
{
    return nomination_deadline(campaign, nominee_int(item, "moderated_at"),
                               registry_rules(campaign->registry)->nomination.cure_days);
}

static int64_t appeal_deadline(const struct registrar_campaign *campaign, const json_t *item)
{
    return nomination_deadline(campaign, nominee_int(item, "moderated_at"),
                               registry_rules(campaign->registry)->nomination.appeal_days);
}

/* ---- completing ----------------------------------------------------------------------------- */

static void got_amended(void *context, enum err err, const struct submit_answer *answer)
{
    struct own *own = context;
    struct nomination_store *store = own->ask->campaign->nominations->store;
    bool refused = err == OK && answer->verdict == SUBMIT_REFUSED;
    if (err == OK)
        err =
            nomination_store_amended(store, own->row.number, refused ? -1 : (int64_t)answer->index);
    if (err != OK)
        fail_own(own, err);
    else if (refused)
        refuse_own(own, registrar_verdict(answer));
    else
        reply_own(own, json_pack("{s:I,s:s,s:s%}", "index", (json_int_t)own->row.index, "state",
                                 "received", "checkpoint", answer->checkpoint.data,
                                 answer->checkpoint.len));
}

/* What was kept before and has had no answer goes first: its commitment may stand already. */
static enum err keep_amendment(struct own *own)
{
    struct nomination_store *store = own->ask->campaign->nominations->store;
    struct nomination_row kept;
    enum err err = nomination_store_amendment(store, own->row.number, &kept);
    if (err == OK) {
        memcpy(own->row.c, kept.c, sizeof own->row.c);
        nomination_row_release(&kept);
        return OK;
    }
    return err == ERR_NOT_FOUND ? nomination_store_amend(store, &own->row) : err;
}

static void complete_own(struct own *own, const json_t *answer, const json_t *item)
{
    struct nomination_row written = {.number = own->row.number, .index = own->row.index};
    int64_t now = clock_unix();
    (void)answer;
    if (!is_first(own, item) || !nominee_is(item, "state", "returned")) {
        refuse_own(own, "not_returned");
        return;
    }
    if (now >= cure_deadline(own->ask->campaign, item)) {
        refuse_own(own, "deadline_passed");
        return;
    }
    memcpy(written.cat, own->row.cat, sizeof written.cat);
    memcpy(written.ngo, own->row.ngo, sizeof written.ngo);
    written.at_unix = now;
    if (!nomination_write(own->ask, &own->voter, &written)) {
        nomination_row_release(&written);
        finish_own(own);
        return;
    }
    nomination_row_release(&own->row);
    own->row = written;
    enum err err = keep_amendment(own);
    if (err == OK) {
        struct buf entry;
        buf_init(&entry, ENTRY_LEN_MAX);
        registry_amend(own->ask->campaign->registry, (uint64_t)own->row.index, own->row.c, &entry);
        err = registrar_submit(own->ask->campaign, buf_slice(&entry), got_amended, own);
        buf_release(&entry);
    }
    if (err != OK)
        fail_own(own, err);
}

static void complete(struct registrar_ask *ask)
{
    start_own(ask, ACT_COMPLETE, complete_own);
}

/* ---- withdrawing ---------------------------------------------------------------------------- */

/* A wish: what a moderator signs takes a nominee out of the ledger's count, not the nominator.
 * A support is withdrawn by being marked: it decides nothing. */
static void withdraw_own(struct own *own, const json_t *answer, const json_t *item)
{
    bool first = is_first(own, item);
    (void)answer;
    if (first && !nominee_is(item, "state", "received") && !nominee_is(item, "state", "returned")) {
        refuse_own(own, "nomination_decided");
        return;
    }
    enum err err = nomination_store_wish(own->ask->campaign->nominations->store, own->row.number,
                                         clock_unix());
    if (err != OK)
        fail_own(own, err);
    else
        reply_own(own,
                  json_pack("{s:I,s:s,s:b}", "index", (json_int_t)own->row.index, "state",
                            first ? json_string_value(json_object_get(item, "state")) : "withdrawn",
                            "wished", 1));
}

static void withdraw(struct registrar_ask *ask)
{
    start_own(ask, ACT_WITHDRAW, withdraw_own);
}

/* ---- appealing ------------------------------------------------------------------------------ */

static void appeal_own(struct own *own, const json_t *answer, const json_t *item)
{
    struct registrar_campaign *campaign = own->ask->campaign;
    int64_t now = clock_unix();
    struct slice text;
    if (!is_first(own, item) || !nominee_is(item, "state", "refused")) {
        refuse_own(own, "nomination_not_refused");
        return;
    }
    if (registry_rules(campaign->registry)->nomination.appeal_days == 0 ||
        now >= appeal_deadline(campaign, item) ||
        json_is_true(json_object_get(answer, "evaluation"))) {
        refuse_own(own, "deadline_passed");
        return;
    }
    if (!nomination_text(own->ask, "text", 1, NOMINATION_NOTE_MOST, &text)) {
        finish_own(own);
        return;
    }
    int64_t due = nomination_deadline(campaign, now, NOMINATION_ANSWER_DAYS);
    enum err err = moderation_appeal_add(campaign->nominations->moderation, own->row.index,
                                         own->voter.row, text, now, due);
    if (err == ERR_CONFLICT)
        refuse_own(own, "appealed_before");
    else if (err != OK)
        fail_own(own, err);
    else
        reply_own(own, json_pack("{s:I,s:s,s:I}", "index", (json_int_t)own->row.index, "state",
                                 "appealed", "due", (json_int_t)due));
}

static void appeal(struct registrar_ask *ask)
{
    start_own(ask, ACT_APPEAL, appeal_own);
}

/* ---- erasing -------------------------------------------------------------------------------- */

static void erase(struct registrar_ask *ask)
{
    struct nomination_desk *desk = ask->campaign->nominations;
    struct roll_voter voter;
    int64_t now = clock_unix();
    if (!staff_may_citizen(ask, ACT_ERASURE, &voter))
        return;
    int64_t due = nomination_deadline(ask->campaign, now, NOMINATION_ERASE_DAYS);
    enum err err = nomination_store_erase_person(desk->store, voter.row, now, due);
    if (err == OK)
        err = moderation_erase_person(desk->moderation, voter.row);
    wipe(&voter, sizeof voter);
    if (err != OK)
        registrar_fail(ask, err);
    else
        registrar_reply(ask, json_pack("{s:b,s:I}", "erased", 1, "due", (json_int_t)due));
}

/* ---- disputes ------------------------------------------------------------------------------- */

static void dispute(struct registrar_ask *ask)
{
    struct nomination_desk *desk = ask->campaign->nominations;
    struct roll_voter voter;
    struct slice text, cat = registrar_text(ask->json, "cat");
    uint32_t open = 0;
    int64_t now = clock_unix(), number = 0;
    if (!staff_may_citizen(ask, ACT_DISPUTE, &voter))
        return;
    int64_t person = voter.row;
    wipe(&voter, sizeof voter);
    if (registry_category(ask->campaign->registry, cat) < 0) {
        registrar_refuse(ask, "unknown_category", NULL);
        return;
    }
    if (!nomination_text(ask, "text", 1, NOMINATION_NOTE_MOST, &text))
        return;
    int64_t due = nomination_deadline(ask->campaign, now, NOMINATION_ANSWER_DAYS);
    enum err err = moderation_disputes_open(desk->moderation, person, &open);
    if (err == OK && open >= DISPUTES_OPEN_MOST) {
        registrar_refuse(ask, "disputes_exceeded", NULL);
        return;
    }
    if (err == OK)
        err = moderation_dispute_add(desk->moderation, person, cat, text, now, due, &number);
    if (err != OK)
        registrar_fail(ask, err);
    else
        registrar_reply(
            ask, json_pack("{s:I,s:I}", "number", (json_int_t)number, "due", (json_int_t)due));
}

/* ---- the page ------------------------------------------------------------------------------- */

struct me {
    struct registrar_ask *ask;
    struct roll_voter voter;
    const json_t *answer;
    json_t *nominations; /* first the rows, then what is shown of them */
};

static void list_dispute(void *context, const struct dispute *dispute)
{
    json_array_append_new(context, nomination_dispute_json(dispute));
}

static void note_appeal(void *context, const struct appeal *appeal)
{
    *(int *)context = appeal->open ? 2 : 1;
}

/* 0: never appealed, 1: decided, 2: open. */
static int appeal_state(struct registrar_campaign *campaign, int64_t ref)
{
    int state = 0;
    return moderation_appeals(campaign->nominations->moderation, ref, false, note_appeal, &state) ==
                   OK
               ? state
               : 1;
}

static const char *state_of(const struct nomination_row *row, const json_t *item, bool first,
                            int appealed)
{
    if (row->erased)
        return "erased";
    if (!first && row->wished_unix > 0)
        return "withdrawn";
    if (item == NULL)
        return "received";
    if (nominee_is(item, "state", "refused") && appealed == 2)
        return "appealed";
    return json_string_value(json_object_get(item, "state"));
}

/* What may still be done, and until when. */
static json_t *possible(const struct me *me, const struct nomination_row *row, const json_t *item,
                        bool first, int appealed, int64_t *due)
{
    const struct registrar_campaign *campaign = me->ask->campaign;
    json_t *can = json_array();
    int64_t now = clock_unix();
    bool begun = json_is_true(json_object_get(me->answer, "evaluation"));
    if (row->erased || item == NULL || row->index < 0)
        return can;
    bool undecided = nominee_is(item, "state", "received") || nominee_is(item, "state", "returned");
    if (first && nominee_is(item, "state", "returned")) {
        *due = cure_deadline(campaign, item);
        if (now < *due && !begun)
            json_array_append_new(can, json_string("complete"));
    }
    if (row->wished_unix == 0 && !begun && (!first || undecided))
        json_array_append_new(can, json_string("withdraw"));
    if (first && nominee_is(item, "state", "refused") && appealed == 0 &&
        registry_rules(campaign->registry)->nomination.appeal_days > 0) {
        *due = appeal_deadline(campaign, item);
        if (now < *due && !begun)
            json_array_append_new(can, json_string("appeal"));
    }
    return can;
}

struct reason_found {
    struct slice lang;
    json_t *reason;
};

static void take_reason(void *context, const struct decision *decision)
{
    struct reason_found *found = context;
    json_t *payload =
        json_loadb((const char *)decision->payload.data, decision->payload.len, 0, NULL);
    const json_t *texts = json_object_get(payload, "text");
    struct slice text = registrar_text(texts, slice_is(found->lang, "ru")   ? "ru"
                                              : slice_is(found->lang, "en") ? "en"
                                                                            : "kk");
    json_decref(found->reason);
    found->reason = text.len == 0
                        ? NULL
                        : json_pack("{s:O,s:s%}", "code", json_object_get(payload, "code"), "text",
                                    text.data, text.len);
    json_decref(payload);
}

/* Why the nominee stands as it does: of its last decision, in the language of the page. A nominee
 * that waits for a decision has none. */
static json_t *reason_json(const struct me *me, const json_t *item)
{
    struct reason_found found = {registrar_text(me->ask->json, "lang"), NULL};
    if (item == NULL || nominee_is(item, "state", "received"))
        return json_null();
    enum err err = moderation_decisions(me->ask->campaign->nominations->moderation,
                                        nominee_int(item, "index"), take_reason, &found);
    return err == OK && found.reason != NULL ? found.reason : json_null();
}

static void list_nomination(void *context, const struct nomination_row *row)
{
    struct me *me = context;
    const json_t *item = nominee_by(me->answer, row->cat, row->ngo);
    bool first = item != NULL && nominee_int(item, "index") == row->index;
    int appealed = first ? appeal_state(me->ask->campaign, row->index) : 0;
    int64_t due = 0;
    json_t *can = possible(me, row, item, first, appealed, &due);
    json_t *name = item == NULL ? NULL : json_object_get(item, "name");
    json_array_append_new(
        me->nominations,
        json_pack("{s:o,s:o,s:b,s:s,s:s,s:O?,s:s,s:b,s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "index",
                  row->index < 0 ? json_null() : json_integer(row->index), "nominee",
                  item == NULL ? json_null() : json_integer(nominee_int(item, "index")), "support",
                  item != NULL && !first, "cat", row->cat, "ngo", row->ngo, "name", name, "state",
                  state_of(row, item, first, appealed), "wished", row->wished_unix > 0, "at",
                  (json_int_t)row->at_unix, "due", due == 0 ? json_null() : json_integer(due),
                  "reason", reason_json(me, item), "into",
                  item == NULL ? json_null() : json_incref(json_object_get(item, "into")), "text",
                  nomination_text_json(row->text), "links", nomination_links_json(row->links),
                  "can", can));
}

static void got_me(void *context, enum err err, const json_t *answer)
{
    struct me *me = context;
    struct nomination_desk *desk = me->ask->campaign->nominations;
    json_t *disputes = json_array();
    me->nominations = json_array();
    me->answer = answer;
    if (err == OK)
        err = nomination_store_each(desk->store, me->voter.row, false, list_nomination, me);
    if (err == OK)
        err = moderation_disputes(desk->moderation, me->voter.row, list_dispute, disputes);
    if (err != OK)
        registrar_fail(me->ask, err);
    else
        registrar_reply(me->ask,
                        json_pack("{s:I,s:O,s:O,s:O}", "expires", (json_int_t)me->voter.ends_unix,
                                  "nominations", me->nominations, "passes",
                                  json_object_get(answer, "passes"), "disputes", disputes));
    json_decref(disputes);
    json_decref(me->nominations);
    wipe(me, sizeof *me);
    free(me);
}

static void list_pair(void *context, const struct nomination_row *row)
{
    json_array_append_new(context, json_pack("[s,s]", row->cat, row->ngo));
}

static void read_me(struct registrar_ask *ask)
{
    uint8_t p[PSEUDONYM_LEN];
    char p_text[BASE64_LEN(PSEUDONYM_LEN) + 1];
    struct me *me = xcalloc(1, sizeof *me);
    json_t *pairs = json_array();
    me->ask = ask;
    if (!staff_may_citizen(ask, ACT_ME, &me->voter)) {
        json_decref(pairs);
        free(me);
        return;
    }
    registry_pseudonym(ask->campaign->registry, "pass",
                       slice_of(me->voter.person, me->voter.person_len), p);
    base64_encode(p_text, p, sizeof p);
    enum err err = nomination_store_each(ask->campaign->nominations->store, me->voter.row, false,
                                         list_pair, pairs);
    if (err == OK)
        err = nominees_ask(ask->campaign, json_pack("{s:O,s:s}", "pairs", pairs, "pass", p_text),
                           got_me, me);
    json_decref(pairs);
    if (err == OK)
        return;
    registrar_fail(ask, err);
    wipe(me, sizeof *me);
    free(me);
}

static const struct registrar_row rows[] = {
    {"me.read", read_me, false}, {"me.complete", complete, true}, {"me.withdraw", withdraw, true},
    {"me.appeal", appeal, true}, {"me.erasure", erase, false},    {"me.dispute", dispute, false},
};

const struct registrar_room me_room = {.rows = rows, .rows_len = sizeof rows / sizeof *rows};
