/*
 * States of a publisher:
 *
 *     away ──connected──▶ comparing ──equal──▶ following ──loss, error──▶ away
 *                            │ differs             │ BEHIND, BROKEN
 *                            ▼                     ▼
 *                        rebuilding ◀──────────────┘        AHEAD, other root: on_refuse
 *
 * Following, at most one apply is under way; what is committed meanwhile gathers in the batch and
 * goes with the next.
 */
#include "publish.h"

#include <event2/event.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaign/rules.h"
#include "ledger/proof.h"
#include "publish_rebuild.h"
#include "published_json.h"
#include "redis/apply.h"

#define APPLY_TIMEOUT_MS 5000
#define RETRY_MS 200

enum state { AWAY, COMPARING, REBUILDING, FOLLOWING };

struct publisher {
    struct publisher_options options;
    struct event_base *base;
    struct redis_client *redis;
    struct event *retry;
    enum state state;
    struct published_facts *facts;

    /* Noted and not sent: entries [first, noted). */
    struct redis_batch *batch;
    uint64_t first;
    bool campaign_changed;
    bool *nominees_changed, *tally_changed; /* by category */
    struct buf *live;                       /* by category: tally file while ballots come in */

    /* Under way. */
    bool applying;
    struct redis_rebuild *rebuild;
};

static void flush(struct publisher *publisher);
static void got_library(void *context, enum err err, const struct redis_reply *reply);
static void got_applied(void *context, enum err err, const struct redis_apply_answer *answer);
static void got_comparison(void *context, enum err err, bool equal);
static void rebuild_done(void *context, enum err err);
static void got_apply(void *context, enum err err, const struct redis_apply_answer *answer);

/* ---- noting --------------------------------------------------------------------------------- */

static void note_ballot(struct publisher *publisher, const struct entry *entry, uint64_t index)
{
    struct slice cat;
    uint8_t pk[BALLOT_PK_LEN];
    uint64_t rev = 0;
    INVARIANT(entry_str(entry, "cat", 1, RULES_CATEGORY_ID_MAX, &cat) == OK);
    INVARIANT(entry_base64(entry, "pk", pk, sizeof pk) == OK);
    INVARIANT(entry_int(entry, "rev", CANON_INT_MAX, &rev) == OK);
    published_put_ballot(publisher->batch, cat, pk, rev, index);
    published_put_count(publisher->batch, cat, "cast", 1);
}

static void note_issue(struct publisher *publisher, const struct entry *entry)
{
    struct slice cat;
    INVARIANT(entry_str(entry, "cat", 1, RULES_CATEGORY_ID_MAX, &cat) == OK);
    published_put_count(publisher->batch, cat, "issued", 1);
}

/* The category that an entry names, or that of the nominee it refers to. */
static bool category_of(const struct fold *fold, const struct entry *entry, unsigned *cat)
{
    struct slice id;
    uint64_t ref = 0;
    size_t number = 0;
    if (entry_str(entry, "cat", 1, RULES_CATEGORY_ID_MAX, &id) == OK)
        return fold_category_find(fold, id, cat);
    if (entry_int(entry, "ref", CANON_INT_MAX, &ref) != OK ||
        !nominee_find(fold_nominations(fold), ref, &number))
        return false;
    *cat = nominee_at(fold_nominations(fold), number)->cat;
    return true;
}

void publisher_note(struct publisher *publisher, const struct entry *entry, uint64_t index)
{
    unsigned cat = 0;
    if (entry_is(entry, "ballot")) {
        note_ballot(publisher, entry, index);
        return;
    }
    if (entry_is(entry, "issue")) {
        note_issue(publisher, entry);
        return;
    }
    publisher->campaign_changed = true;
    if (!category_of(publisher->options.fold, entry, &cat))
        return;
    if (entry_is(entry, "tally"))
        publisher->tally_changed[cat] = true;
    else
        publisher->nominees_changed[cat] = true;
}

void publisher_note_live(struct publisher *publisher, unsigned cat, struct slice tally_file)
{
    buf_clear(&publisher->live[cat]);
    buf_put_slice(&publisher->live[cat], tally_file);
    publisher->tally_changed[cat] = true;
}

/* What was noted as changed goes into the batch as it stands now. */
static void put_changes(struct publisher *publisher)
{
    const struct rules *rules = publisher->facts->strict;
    if (publisher->campaign_changed) {
        /* A phase may have brought the hour of tallies that were counted before. */
        bool shown = tally_is_shown(publisher->options.fold, rules);
        for (unsigned cat = 0; cat < rules->categories_len && shown; cat++)
            publisher->tally_changed[cat] = true;
        published_put_campaign(publisher->batch, publisher->facts);
    }
    publisher->campaign_changed = false;
    for (unsigned cat = 0; cat < rules->categories_len; cat++) {
        if (publisher->nominees_changed[cat])
            published_put_nominees(publisher->batch, publisher->facts, cat);
        if (publisher->tally_changed[cat]) {
            published_drop_tally(publisher->batch, publisher->facts, cat);
            published_put_tally(publisher->batch, publisher->facts, cat,
                                buf_slice(&publisher->live[cat]));
        }
        publisher->nominees_changed[cat] = publisher->tally_changed[cat] = false;
    }
}

/* ---- following ------------------------------------------------------------------------------ */

static void retry_later(struct publisher *publisher)
{
    struct timeval delay = {0, RETRY_MS * 1000};
    publisher->state = AWAY;
    event_add(publisher->retry, &delay);
}

void publisher_flush(struct publisher *publisher)
{
    if (publisher->state == FOLLOWING && !publisher->applying)
        flush(publisher);
}

static void flush(struct publisher *publisher)
{
    struct ledger *ledger = publisher->options.ledger;
    uint64_t size = ledger_size(ledger);
    if (size == publisher->first && redis_batch_changes(publisher->batch) == 0 &&
        !publisher->campaign_changed)
        return;
    put_changes(publisher);
    enum err err = redis_apply_send(publisher->redis, publisher->batch, publisher->first, size,
                                    ledger_root(ledger), ledger_checkpoint(ledger),
                                    APPLY_TIMEOUT_MS, got_apply, publisher);
    redis_batch_clear(publisher->batch);
    publisher->first = size;
    if (err != OK) {
        log_warn("redis_apply", LOG_S("err", err_name(err)));
        retry_later(publisher);
        return;
    }
    publisher->applying = true;
}

static void refuse(struct publisher *publisher, const struct redis_apply_answer *answer)
{
    struct fault fault;
    (void)fault_set(
        &fault, ERR_CONFLICT,
        "Redis knows another ledger of %s (its size is %llu, ours %llu): this folder is "
        "an old or foreign copy, or Redis is. Find the newest folder first; if it is this "
        "one, delete the keys {c:%s}* and start again",
        publisher->options.campaign, (unsigned long long)answer->size,
        (unsigned long long)ledger_size(publisher->options.ledger), publisher->options.campaign);
    publisher->options.on_refuse(publisher->options.context, &fault);
}

static void got_apply(void *context, enum err err, const struct redis_apply_answer *answer)
{
    struct publisher *publisher = context;
    publisher->applying = false;
    if (publisher->state != FOLLOWING)
        return;
    if (err == OK && answer->verdict == REDIS_APPLIED) {
        flush(publisher);
        return;
    }
    log_warn("redis_apply", LOG_S("err", err_name(err)),
             LOG_U("verdict", err == OK ? answer->verdict : 0));
    retry_later(publisher);
}

bool publisher_ready(const struct publisher *publisher)
{
    return publisher->state == FOLLOWING;
}

bool publisher_opens_live(const struct publisher *publisher)
{
    return publisher->facts->strict->open == RULES_OPEN_LIVE;
}

/* ---- after a connect ------------------------------------------------------------------------ */

static void begin(struct publisher *publisher)
{
    if (!redis_client_connected(publisher->redis) || publisher->applying) {
        retry_later(publisher);
        return;
    }
    publisher->state = COMPARING;
    if (redis_apply_load(publisher->redis, APPLY_TIMEOUT_MS, got_library, publisher) != OK)
        retry_later(publisher);
}

static void got_library(void *context, enum err err, const struct redis_reply *reply)
{
    struct publisher *publisher = context;
    (void)reply;
    if (publisher->state != COMPARING)
        return;
    if (err == OK)
        err = redis_apply_read(publisher->redis, publisher->options.campaign, APPLY_TIMEOUT_MS,
                               got_applied, publisher);
    if (err != OK)
        retry_later(publisher);
}

/* True when Redis stands at a size and root that this ledger had. */
static bool was_ours(struct publisher *publisher, const struct redis_apply_answer *answer)
{
    uint8_t root[TREE_HASH_LEN];
    struct fault fault;
    struct tile_source tiles = ledger_tiles(publisher->options.ledger);
    if (answer->size == 0)
        return true;
    if (answer->size > ledger_size(publisher->options.ledger))
        return false;
    if (proof_root(&tiles, answer->size, root, &fault) != OK)
        return false;
    return memcmp(root, answer->root, sizeof root) == 0;
}

static void start_rebuild(struct publisher *publisher)
{
    struct ledger *ledger = publisher->options.ledger;
    publisher->state = REBUILDING;
    redis_batch_clear(publisher->batch);
    publisher->first = ledger_size(ledger);
    enum err err = published_rebuild(publisher->redis, publisher->facts, publisher->live,
                                     rebuild_done, publisher, &publisher->rebuild);
    if (err != OK)
        retry_later(publisher);
}

static void got_applied(void *context, enum err err, const struct redis_apply_answer *answer)
{
    struct publisher *publisher = context;
    if (publisher->state != COMPARING)
        return;
    if (err != OK) {
        retry_later(publisher);
        return;
    }
    if (answer->verdict != REDIS_BROKEN && !was_ours(publisher, answer)) {
        refuse(publisher, answer);
        return;
    }
    if (answer->verdict == REDIS_BROKEN || answer->size != ledger_size(publisher->options.ledger)) {
        start_rebuild(publisher);
        return;
    }
    err = published_compare(publisher->redis, publisher->facts, got_comparison, publisher);
    if (err != OK)
        retry_later(publisher);
}

static void follow(struct publisher *publisher)
{
    publisher->state = FOLLOWING;
    publisher->options.on_ready(publisher->options.context);
    publisher_flush(publisher);
}

static void got_comparison(void *context, enum err err, bool equal)
{
    struct publisher *publisher = context;
    if (publisher->state != COMPARING)
        return;
    if (err != OK) {
        retry_later(publisher);
    } else if (equal) {
        redis_batch_clear(publisher->batch);
        publisher->first = ledger_size(publisher->options.ledger);
        follow(publisher);
    } else {
        log_warn("redis_differs", LOG_S("campaign", publisher->options.campaign));
        start_rebuild(publisher);
    }
}

static void rebuild_done(void *context, enum err err)
{
    struct publisher *publisher = context;
    publisher->rebuild = NULL;
    if (publisher->state != REBUILDING)
        return;
    if (err != OK) {
        log_warn("redis_rebuild", LOG_S("err", err_name(err)));
        retry_later(publisher);
        return;
    }
    log_info("redis_rebuilt", LOG_S("campaign", publisher->options.campaign),
             LOG_U("size", publisher->first));
    follow(publisher);
}

/* ---- life ----------------------------------------------------------------------------------- */

static void on_connect(void *context)
{
    struct publisher *publisher = context;
    if (publisher->state == AWAY)
        begin(publisher);
}

static void on_loss(void *context)
{
    struct publisher *publisher = context;
    log_warn("redis_lost", LOG_S("campaign", publisher->options.campaign));
    publisher->state = AWAY;
}

static void on_retry(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct publisher *publisher = context;
    if (publisher->state == AWAY && publisher->rebuild == NULL &&
        redis_client_connected(publisher->redis))
        begin(publisher);
}

enum err publisher_create(struct event_base *base, const struct publisher_options *options,
                          struct publisher **out, struct fault *fault)
{
    struct publisher *publisher = xcalloc(1, sizeof *publisher);
    publisher->options = *options;
    publisher->base = base;
    publisher->retry = event_new(base, -1, 0, on_retry, publisher);
    publisher->batch = redis_batch_create(options->campaign);
    enum err err = published_facts_read(&publisher->options, &publisher->facts, fault);
    if (err != OK)
        goto out;
    size_t categories = publisher->facts->strict->categories_len;
    publisher->nominees_changed = xcalloc(categories, sizeof *publisher->nominees_changed);
    publisher->tally_changed = xcalloc(categories, sizeof *publisher->tally_changed);
    publisher->live = xcalloc(categories, sizeof *publisher->live);
    for (size_t cat = 0; cat < categories; cat++)
        buf_init(&publisher->live[cat], TALLY_FILE_MAX);
    struct redis_client_options redis = {.endpoint = options->redis,
                                         .max_in_flight =
                                             65536, /* a comparison asks for every cell */
                                         .on_connect = on_connect,
                                         .on_loss = on_loss,
                                         .context = publisher};
    err = redis_client_create(base, &redis, &publisher->redis, fault);
out:
    if (err == OK)
        *out = publisher;
    else
        publisher_destroy(publisher);
    return err;
}

void publisher_destroy(struct publisher *publisher)
{
    if (publisher == NULL)
        return;
    publisher->state = AWAY;
    if (publisher->rebuild != NULL)
        redis_rebuild_cancel(publisher->rebuild);
    if (publisher->redis != NULL)
        redis_client_destroy(publisher->redis);
    for (size_t cat = 0; publisher->live != NULL && cat < publisher->facts->strict->categories_len;
         cat++)
        buf_release(&publisher->live[cat]);
    free(publisher->live);
    free(publisher->nominees_changed);
    free(publisher->tally_changed);
    published_facts_destroy(publisher->facts);
    redis_batch_destroy(publisher->batch);
    event_free(publisher->retry);
    free(publisher);
}
