#include "publish_rebuild.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaign/show.h"
#include "crypt/hash.h"
#include "redis/client.h"

#define VKEY_MAX 512
#define BALLOTS_AT_ONCE 256 /* passes a step of a rebuild */
#define COMPARE_TIMEOUT_MS 10000

/* ---- facts ---------------------------------------------------------------------------------- */

enum err published_facts_read(const struct publisher_options *options, struct published_facts **out,
                              struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf rules, vkey;
    uint8_t hash[SHA256_LEN];
    struct published_facts *facts = xcalloc(1, sizeof *facts);
    facts->options = options;
    buf_init(&rules, RULES_FILE_MAX);
    buf_init(&vkey, VKEY_MAX);
    file_path(path, options->folder, "log.vkey");
    enum err err = file_read(path, &vkey, fault);
    file_path(path, options->folder, "rules.json");
    if (err == OK)
        err = file_read(path, &rules, fault);
    if (err == OK && rules_parse(buf_slice(&rules), &facts->strict, NULL) != OK)
        err = fault_set(fault, ERR_INVALID, "%s: run `dauys campaign check` on it", path);
    if (err == OK) {
        sha256(hash, buf_slice(&rules));
        hex_encode(facts->rules_hash, hash, sizeof hash);
        facts->vkey = xstrdup(buf_text(&vkey));
        facts->vkey[strcspn(facts->vkey, "\n")] = '\0';
        facts->campaign = (struct campaign_facts){options->campaign, facts->vkey, facts->strict,
                                                  facts->rules_hash};
        *out = facts;
    } else {
        published_facts_destroy(facts);
    }
    buf_release(&rules);
    buf_release(&vkey);
    return err;
}

void published_facts_destroy(struct published_facts *facts)
{
    if (facts == NULL)
        return;
    rules_destroy(facts->strict);
    free(facts->vkey);
    free(facts);
}

/* ---- one key each --------------------------------------------------------------------------- */

#define FIELD_CAP 256
#define FIELD(name, format, ...)                                                                   \
    char name[FIELD_CAP];                                                                          \
    (void)snprintf(name, sizeof name, format, __VA_ARGS__)

void published_put_count(struct redis_batch *batch, struct slice cat, const char *name,
                         int64_t change)
{
    FIELD(field, "%.*s|%s", SLICE_PRINT(cat), name);
    redis_batch_count(batch, "counts", slice_str(field), change);
}

void published_put_ballot(struct redis_batch *batch, struct slice cat,
                          const uint8_t pk[static BALLOT_PK_LEN], uint64_t rev, uint64_t index)
{
    FIELD(suffix, "ballots:%.*s", SLICE_PRINT(cat));
    FIELD(value, "%llu %llu", (unsigned long long)rev, (unsigned long long)index);
    redis_batch_field(batch, suffix, slice_of(pk, BALLOT_PK_LEN), slice_str(value));
}

static char *dump(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    INVARIANT(text != NULL);
    json_decref(json);
    return text;
}

void published_put_campaign(struct redis_batch *batch, const struct published_facts *facts)
{
    char *text = dump(campaign_published(facts->options->fold, &facts->campaign));
    redis_batch_value(batch, "campaign", slice_str(text));
    free(text);
}

void published_put_nominees(struct redis_batch *batch, const struct published_facts *facts,
                            unsigned cat)
{
    const struct fold *fold = facts->options->fold;
    const struct nomination_set *set = fold_nominations(fold);
    FIELD(suffix, "nominees:%s", facts->strict->categories[cat].id);
    for (size_t i = 0; i < nominee_len(set); i++) {
        const struct nominee *nominee = nominee_at(set, i);
        if (nominee->cat != cat || nominee->status != NOMINEE_ADMITTED)
            continue;
        FIELD(id, "%llu", (unsigned long long)nominee->index);
        char *text = dump(nominee_published(fold, nominee));
        redis_batch_field(batch, suffix, slice_str(id), slice_str(text));
        free(text);
    }
}

/* ---- tallies -------------------------------------------------------------------------------- */

/* Appends the tally file that the category's tally entry names. */
static enum err read_tally(const struct published_facts *facts, unsigned cat, struct buf *out)
{
    const struct publisher_options *options = facts->options;
    uint64_t index = fold_category(options->fold, cat)->tally;
    uint8_t hash[SHA256_LEN];
    struct fault fault;
    struct buf bytes;
    struct entry entry;
    buf_init(&bytes, ENTRY_LEN_MAX);
    enum err err = options->ledger != NULL ? ledger_entry(options->ledger, index, &bytes, &fault)
                                           : campaign_entry(options->folder, index, &bytes, &fault);
    if (err == OK)
        err = entry_parse(buf_slice(&bytes), &entry, &fault);
    if (err == OK)
        err = entry_hex(&entry, "result", hash, sizeof hash);
    if (err == OK)
        err = ledger_file_get(options->folder, hash, out, &fault);
    buf_release(&bytes);
    if (err != OK)
        log_error("tally_file", LOG_U("index", index), LOG_S("why", fault.text));
    return err;
}

static void put_histogram(struct redis_batch *batch, const char *suffix, const json_t *tally)
{
    const char *nominee, *criterion, *value, *after;
    json_t *criteria, *values, *count, *behind;
    json_object_foreach(json_object_get(tally, "counts"), nominee, criteria)
    {
        json_object_foreach(criteria, criterion, values)
        {
            json_object_foreach(values, value, count)
            {
                FIELD(field, "%s|%s|%s", nominee, criterion, value);
                redis_batch_count(batch, suffix, slice_str(field), json_integer_value(count));
            }
        }
    }
    json_object_foreach(json_object_get(tally, "pairs"), nominee, behind)
    {
        json_object_foreach(behind, after, count)
        {
            FIELD(field, "pair|%s|%s", nominee, after);
            redis_batch_count(batch, suffix, slice_str(field), json_integer_value(count));
        }
    }
}

static void put_totals(struct redis_batch *batch, const char *cat, const json_t *tally)
{
    static const char *const names[] = {"superseded", "spoiled", "void", "counted"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FIELD(field, "%s|%s", cat, names[i]);
        FIELD(value, "%lld", (long long)json_integer_value(json_object_get(tally, names[i])));
        redis_batch_field(batch, "counts", slice_str(field), slice_str(value));
    }
}

void published_drop_tally(struct redis_batch *batch, const struct published_facts *facts,
                          unsigned cat)
{
    FIELD(suffix, "tally:%s", facts->strict->categories[cat].id);
    redis_batch_drop(batch, suffix);
}

void published_put_tally(struct redis_batch *batch, const struct published_facts *facts,
                         unsigned cat, struct slice live)
{
    const char *id = facts->strict->categories[cat].id;
    bool final = fold_category(facts->options->fold, cat)->has_tally;
    if (!tally_is_shown(facts->options->fold, facts->strict) || (!final && live.len == 0))
        return;
    struct buf file;
    buf_init(&file, TALLY_FILE_MAX);
    if (!final)
        buf_put_slice(&file, live);
    if (!final || read_tally(facts, cat, &file) == OK) {
        json_t *tally = json_loadb((const char *)file.data, file.len, 0, NULL);
        FIELD(suffix, "tally:%s", id);
        put_histogram(batch, suffix, tally);
        if (final)
            put_totals(batch, id, tally);
        redis_batch_field(batch, "results", slice_str(id), buf_slice(&file));
        json_decref(tally);
    }
    buf_release(&file);
}

/* ---- everything ----------------------------------------------------------------------------- */

/* A rebuild goes through the campaign, then each category's nominees, counts and tally, then the
 * passes in slices. */
struct rebuild {
    const struct published_facts *facts;
    const struct buf *live;
    unsigned next_category;
    uint32_t next_pass;
    bool campaign_written;
    void (*done)(void *context, enum err err);
    void *context;
};

static void put_category(struct redis_batch *batch, struct rebuild *rebuild, unsigned cat)
{
    const struct fold_category *state = fold_category(rebuild->facts->options->fold, cat);
    struct slice id = slice_str(rebuild->facts->strict->categories[cat].id);
    if (state->issued > 0)
        published_put_count(batch, id, "issued", (int64_t)state->issued);
    if (state->cast > 0)
        published_put_count(batch, id, "cast", (int64_t)state->cast);
    published_put_nominees(batch, rebuild->facts, cat);
    published_put_tally(batch, rebuild->facts, cat, buf_slice(&rebuild->live[cat]));
}

static void put_passes(struct redis_batch *batch, struct rebuild *rebuild)
{
    const struct ballot_set *set = fold_ballots(rebuild->facts->options->fold);
    uint32_t end = rebuild->next_pass + BALLOTS_AT_ONCE;
    for (; rebuild->next_pass < end && rebuild->next_pass < ballot_passes(set);
         rebuild->next_pass++) {
        const struct ballot_pass *pass = ballot_pass(set, rebuild->next_pass);
        const struct rules_category *category = &rebuild->facts->strict->categories[pass->cat];
        published_put_ballot(batch, slice_str(category->id), pass->pk, pass->rev,
                             ballot_cast(set, pass->last)->index);
    }
}

static bool rebuild_next(void *context, struct redis_batch *batch)
{
    struct rebuild *rebuild = context;
    if (!rebuild->campaign_written) {
        published_put_campaign(batch, rebuild->facts);
        rebuild->campaign_written = true;
        return true;
    }
    if (rebuild->next_category < rebuild->facts->strict->categories_len) {
        put_category(batch, rebuild, rebuild->next_category++);
        return true;
    }
    if (rebuild->next_pass >= ballot_passes(fold_ballots(rebuild->facts->options->fold)))
        return false;
    put_passes(batch, rebuild);
    return true;
}

static void rebuild_progress(void *context, uint64_t deleted, uint64_t written)
{
    struct rebuild *rebuild = context;
    log_debug("redis_rebuilding", LOG_S("campaign", rebuild->facts->campaign.id),
              LOG_U("deleted", deleted), LOG_U("written", written));
}

static void rebuild_done(void *context, enum err err)
{
    struct rebuild *rebuild = context;
    rebuild->done(rebuild->context, err);
    free(rebuild);
}

enum err published_rebuild(struct redis_client *redis, const struct published_facts *facts,
                           const struct buf *live, void (*done)(void *context, enum err err),
                           void *context, struct redis_rebuild **out)
{
    struct ledger *ledger = facts->options->ledger;
    struct rebuild *rebuild = xcalloc(1, sizeof *rebuild);
    rebuild->facts = facts;
    rebuild->live = live;
    rebuild->done = done;
    rebuild->context = context;
    struct redis_rebuild_options options = {.campaign = facts->campaign.id,
                                            .next = rebuild_next,
                                            .progress = rebuild_progress,
                                            .done = rebuild_done,
                                            .context = rebuild,
                                            .size = ledger_size(ledger),
                                            .checkpoint = ledger_checkpoint(ledger)};
    memcpy(options.root, ledger_root(ledger), sizeof options.root);
    enum err err = redis_rebuild_start(redis, &options, out);
    if (err != OK)
        free(rebuild);
    return err;
}

void published_gather(const struct published_facts *facts, struct redis_expected *expected)
{
    size_t categories = facts->strict->categories_len;
    struct redis_batch *batch = redis_batch_create(facts->campaign.id);
    struct buf *live = xcalloc(categories, sizeof *live); /* empty: nobody opens ballots here */
    struct rebuild rebuild = {.facts = facts, .live = live};
    for (size_t cat = 0; cat < categories; cat++)
        buf_init(&live[cat], 1);
    while (rebuild_next(&rebuild, batch)) {
        redis_expected_take(expected, batch);
        redis_batch_clear(batch);
    }
    free(live);
    redis_batch_destroy(batch);
}

/* ---- comparing ------------------------------------------------------------------------------ */

struct comparison {
    const struct published_facts *facts;
    size_t waiting; /* answers */
    bool equal;
    enum err err;
    void (*done)(void *context, enum err err, bool equal);
    void *context;
};

/* One number that Redis must have: of a category's hash, or of a field of counts. */
struct expected {
    struct comparison *comparison;
    int64_t number;
};

static void got_number(void *context, enum err err, const struct redis_reply *reply)
{
    struct expected *expected = context;
    struct comparison *comparison = expected->comparison;
    int64_t number = 0;
    if (err == OK && reply->kind != REDIS_NIL && redis_reply_int(reply, &number) != OK)
        comparison->equal = false;
    if (err != OK)
        comparison->err = err;
    if (number != expected->number)
        comparison->equal = false;
    free(expected);
    if (--comparison->waiting > 0)
        return;
    comparison->done(comparison->context, comparison->err, comparison->equal);
    free(comparison);
}

/* `command key [field]` must give number. */
static void expect(struct redis_client *redis, struct comparison *comparison, const char *command,
                   const char *suffix, const char *field, uint64_t number)
{
    char *key = xasprintf("{c:%s}:%s", comparison->facts->campaign.id, suffix);
    struct slice argv[] = {slice_str(command), slice_str(key), slice_str(field)};
    struct expected *expected = xcalloc(1, sizeof *expected);
    *expected = (struct expected){comparison, (int64_t)number};
    if (redis_client_send(redis, argv, *field == '\0' ? 2 : 3, COMPARE_TIMEOUT_MS, got_number,
                          expected) == OK)
        comparison->waiting++;
    else {
        comparison->err = ERR_UNAVAILABLE;
        free(expected);
    }
    free(key);
}

static void expect_tally(struct redis_client *redis, struct comparison *comparison, unsigned cat)
{
    const char *id = comparison->facts->strict->categories[cat].id;
    struct buf file;
    buf_init(&file, TALLY_FILE_MAX);
    if (read_tally(comparison->facts, cat, &file) == OK) {
        json_t *tally = json_loadb((const char *)file.data, file.len, 0, NULL), *criteria, *values,
               *count;
        const char *nominee, *criterion, *value;
        FIELD(suffix, "tally:%s", id);
        json_object_foreach(json_object_get(tally, "counts"), nominee, criteria)
        {
            json_object_foreach(criteria, criterion, values)
            {
                json_object_foreach(values, value, count)
                {
                    FIELD(field, "%s|%s|%s", nominee, criterion, value);
                    expect(redis, comparison, "HGET", suffix, field,
                           (uint64_t)json_integer_value(count));
                }
            }
        }
        json_decref(tally);
    }
    buf_release(&file);
}

enum err published_compare(struct redis_client *redis, const struct published_facts *facts,
                           void (*done)(void *context, enum err err, bool equal), void *context)
{
    const struct fold *fold = facts->options->fold;
    bool shown = tally_is_shown(fold, facts->strict);
    struct comparison *comparison = xcalloc(1, sizeof *comparison);
    *comparison = (struct comparison){facts, 0, true, OK, done, context};
    for (unsigned cat = 0; cat < facts->strict->categories_len; cat++) {
        const struct fold_category *state = fold_category(fold, cat);
        const char *id = facts->strict->categories[cat].id;
        FIELD(issued, "%s|issued", id);
        FIELD(cast, "%s|cast", id);
        FIELD(ballots, "ballots:%s", id);
        FIELD(nominees, "nominees:%s", id);
        expect(redis, comparison, "HGET", "counts", issued, state->issued);
        expect(redis, comparison, "HGET", "counts", cast, state->cast);
        expect(redis, comparison, "HLEN", ballots, "", state->passes);
        expect(redis, comparison, "HLEN", nominees, "", state->admitted);
        if (shown && state->has_tally)
            expect_tally(redis, comparison, cat);
    }
    if (comparison->waiting > 0)
        return OK;
    free(comparison);
    return ERR_UNAVAILABLE;
}
