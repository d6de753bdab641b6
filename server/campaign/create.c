#include "campaign/create.h"

#include <jansson.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "campaign/fold.h"
#include "campaign/judge.h"
#include "campaign/verdict.h"
#include "create_inner.h"
#include "crypt/key_file.h"
#include "ledger/note.h"
#include "ledger/sequencer.h"
#include "staff/keyring.h"

#define BATCH 512 /* entries committed together */

/* ---- time ----------------------------------------------------------------------------------- */

/* A demo plays its schedule up to now: the clock of its entries stands here while that lasts. */
static int64_t demo_unix;

static int64_t demo_clock_us(void)
{
    return demo_unix * 1000000;
}

/* ---- submitting ----------------------------------------------------------------------------- */

static enum err get_file(void *context, const uint8_t hash[static SHA256_LEN], struct buf *out,
                         struct fault *fault)
{
    const struct creation *creation = context;
    return ledger_file_get(creation->options->folder, hash, out, fault);
}

uint64_t creation_size(const struct creation *creation)
{
    return ledger_size(sequencer_ledger(creation->sequencer)) + creation->queued_len;
}

enum err creation_flush(struct creation *creation, struct fault *fault)
{
    struct candidate *candidates = xcalloc(creation->queued_len + 1, sizeof *candidates);
    struct candidate **batch = xcalloc(creation->queued_len + 1, sizeof(struct candidate *));
    for (size_t i = 0; i < creation->queued_len; i++) {
        batch[i] = &candidates[i];
        /* genesis is the only entry of the ledger's own that somebody hands in. */
        candidate_init(batch[i], slice_str(creation->queued[i]),
                       creation_size(creation) == creation->queued_len && i == 0 ? CANDIDATE_OWN
                                                                                 : CANDIDATE_STAFF,
                       NULL);
    }
    enum err err = sequencer_commit(creation->sequencer, batch, creation->queued_len, fault);
    for (size_t i = 0; i < creation->queued_len; i++) {
        if (err == OK && batch[i]->verdict != CANDIDATE_ACCEPTED)
            err = fault_set(fault, ERR_INVALID, "%.*s entry refused: %s",
                            SLICE_PRINT(batch[i]->entry.type),
                            batch[i]->code < 0 ? batch[i]->fault.text
                                               : verdict_name((enum verdict_code)batch[i]->code));
        candidate_release(batch[i]);
        free(creation->queued[i]);
    }
    creation->queued_len = 0;
    free(candidates);
    free(batch);
    return err;
}

enum err creation_submit(struct creation *creation, char *entry, struct fault *fault)
{
    if (creation->queued_len == BATCH) {
        enum err err = creation_flush(creation, fault);
        if (err != OK) {
            free(entry);
            return err;
        }
    }
    creation->queued[creation->queued_len++] = entry;
    return OK;
}

enum err campaign_sign(struct slice text, const char *origin, const struct ed25519_secret *key,
                       struct buf *out, struct fault *fault)
{
    struct creation creation = {.origin = (char *)origin};
    json_error_t where;
    json_t *json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        return fault_set(fault, ERR_INVALID, "line %d: %s", where.line, where.text);
    enum err err = creation_sign(&creation, json, key, fault);
    if (err == OK) {
        char *signed_text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        buf_put_str(out, signed_text);
        free(signed_text);
    }
    json_decref(json);
    return err;
}

static int by_key_id(const void *a, const void *b)
{
    const char *x = json_string_value(json_object_get(*(json_t *const *)a, "k"));
    const char *y = json_string_value(json_object_get(*(json_t *const *)b, "k"));
    return strcmp(x, y);
}

/* Puts one more signature at its place. */
static void add_signature(json_t *entry, const char *k, const char *s)
{
    json_t *sigs = json_object_get(entry, "sigs"), *all[8], *sorted = json_array();
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(sigs) && count < 7; i++)
        all[count++] = json_incref(json_array_get(sigs, i));
    all[count++] = json_pack("{s:s,s:s}", "k", k, "s", s);
    qsort(all, count, sizeof *all, by_key_id);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(sorted, all[i]);
    json_object_set_new(entry, "sigs", sorted);
}

enum err creation_sign(const struct creation *creation, json_t *json,
                       const struct ed25519_secret *key, struct fault *fault)
{
    struct entry entry;
    struct buf text;
    uint8_t spki[ED25519_SPKI_LEN], id[KEY_ID_LEN], sig[ED25519_SIG_LEN];
    char id_text[2 * KEY_ID_LEN + 1], sig_text[BASE64_LEN(ED25519_SIG_LEN) + 1];
    char *body = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    if (body == NULL)
        return fault_set(fault, ERR_INVALID, "not an entry");
    enum err err = entry_parse(slice_str(body), &entry, fault);
    if (err == OK && entry.has_at)
        err = fault_set(fault, ERR_INVALID, "`at` is set by the ledger: leave it out");
    if (err == OK) {
        buf_init(&text, ENTRY_SIGNED_MAX);
        entry_signed_text(&entry, creation->origin, &text);
        ed25519_sign(sig, key, buf_slice(&text));
        buf_release(&text);
        ed25519_spki(key->public, spki);
        key_id(id, slice_of(spki, sizeof spki));
        hex_encode(id_text, id, sizeof id);
        base64_encode(sig_text, sig, sizeof sig);
        add_signature(json, id_text, sig_text);
    }
    free(body);
    return err;
}

enum err creation_submit_staff(struct creation *creation, json_t *json, unsigned signers,
                               const char *role, struct fault *fault)
{
    enum err err = OK;
    unsigned signed_by = 0;
    json_object_set_new(json, "seen", json_integer((json_int_t)creation_size(creation)));
    json_object_set_new(json, "v", json_integer(1));
    for (size_t i = 0; i < creation->staff_len && signed_by < signers && err == OK; i++) {
        if (strcmp(creation->staff[i].role, role) != 0)
            continue;
        err = creation_sign(creation, json, &creation->staff[i].key, fault);
        signed_by++;
    }
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(json);
    if (err != OK) {
        free(text);
        return err;
    }
    return creation_submit(creation, text, fault);
}

/* ---- the steps ------------------------------------------------------------------------------ */

static void tell(const struct creation *creation, const char *step)
{
    if (creation->options->progress != NULL)
        creation->options->progress(creation->options->context, step);
}

static enum err check_options(const struct creation *creation, int64_t now, struct fault *fault)
{
    const char *id = strrchr(creation->options->folder, '/');
    id = id == NULL ? creation->options->folder : id + 1;
    if (file_exists(creation->options->folder))
        return fault_set(fault, ERR_CONFLICT, "%s is there already: a campaign is made once",
                         creation->options->folder);
    if (strcmp(id, creation->rules->id) != 0)
        return fault_set(fault, ERR_INVALID,
                         "the rules are of campaign %s, the folder is called %s",
                         creation->rules->id, id);
    if (creation->rules->demo != creation->options->demo)
        return fault_set(fault, ERR_INVALID,
                         creation->options->demo ? "--demo goes with rules that say demo"
                                                 : "rules that say demo go with --demo");
    if (!creation->options->demo && creation->rules->phases[0].opens <= now)
        return fault_set(fault, ERR_INVALID,
                         "the first phase opens in the past: give the rules a schedule to come");
    return OK;
}

static enum err open_sequencer(struct creation *creation, struct fault *fault)
{
    struct fold_files files = {creation, get_file};
    creation->fold = fold_create(creation->origin, &files);
    creation->judge = judge_of_fold(creation->fold);
    struct ledger_options options = {.campaign = creation->options->folder,
                                     .origin = creation->origin,
                                     .key = &creation->log_key};
    return sequencer_open(&options, &creation->judge, creation->pool, &creation->sequencer, fault);
}

/* Schedules every phase as the rules say. */
static enum err schedule(struct creation *creation, struct fault *fault)
{
    enum err err = OK;
    for (size_t i = 0; i < creation->rules->phases_len && err == OK; i++) {
        const struct rules_phase *phase = &creation->rules->phases[i];
        err = creation_submit_staff(
            creation,
            json_pack("{s:s,s:s,s:I,s:I,s:s,s:s}", "act", "schedule", "phase",
                      phase_name(phase->phase), "opens", (json_int_t)phase->opens, "closes",
                      (json_int_t)phase->closes, "t", "phase", "why", "as the rules say"),
            2, "administrator", fault);
    }
    return err == OK ? creation_flush(creation, fault) : err;
}

/* The ledger's own entries that are due at this time. */
static enum err play_to(struct creation *creation, int64_t unix_seconds, struct fault *fault)
{
    demo_unix = unix_seconds > demo_unix ? unix_seconds : demo_unix;
    return sequencer_due(creation->sequencer, fault);
}

/* Nominates and admits while the schedule has these phases open; outside a demo the time is now. */
static enum err bring_nominees(struct creation *creation, struct fault *fault)
{
    const struct rules_phase *nomination = rules_phase(creation->rules, PHASE_NOMINATION);
    if (creation->options->nominees.len == 0)
        return OK;
    if (nomination == NULL)
        return fault_set(fault, ERR_INVALID, "rules without a nomination phase have no nominees");
    tell(creation, "nominees");
    enum err err = OK;
    if (creation->options->demo)
        err = play_to(creation, nomination->opens, fault);
    if (err == OK)
        err = creation_nominate(creation, fault);
    return err;
}

static enum err play_schedule(struct creation *creation, int64_t now, struct fault *fault)
{
    enum err err = OK;
    for (size_t i = 0; i < creation->rules->phases_len && err == OK; i++) {
        const struct rules_phase *phase = &creation->rules->phases[i];
        if (phase->opens <= now)
            err = play_to(creation, phase->opens, fault);
        if (phase->closes <= now && err == OK)
            err = play_to(creation, phase->closes, fault);
    }
    return err == OK ? play_to(creation, now, fault) : err;
}

static enum err write_ledger(struct creation *creation, int64_t now, struct fault *fault)
{
    tell(creation, "ledger");
    enum err err = creation_genesis(creation, fault);
    if (err == OK)
        err = creation_name_keys(creation, fault);
    if (err == OK && creation->options->ngos.len > 0)
        err = creation_register(creation, fault);
    if (err == OK)
        err = schedule(creation, fault);
    if (err == OK)
        err = bring_nominees(creation, fault);
    if (err == OK && creation->options->demo)
        err = play_schedule(creation, now, fault);
    return err;
}

static enum err make(struct creation *creation, struct fault *fault)
{
    int64_t now = clock_unix();
    enum err err = check_options(creation, now, fault);
    tell(creation, "keys");
    if (err == OK)
        err = creation_make_keys(creation, fault);
    if (err == OK)
        err = creation_import_roll(creation, fault);
    if (err == OK)
        err = open_sequencer(creation, fault);
    if (err != OK)
        return err;
    if (creation->options->demo) {
        demo_unix = creation->rules->phases[0].opens < now ? creation->rules->phases[0].opens : now;
        demo_unix -= 3600; /* keys and schedule come before the first phase */
        clock_replace(demo_clock_us);
    }
    err = write_ledger(creation, now, fault);
    clock_replace(NULL);
    return err;
}

enum err campaign_create(const struct create_options *options, struct fault *fault)
{
    struct creation *creation = xcalloc(1, sizeof *creation);
    struct rules_problems problems = {0};
    creation->options = options;
    creation->queued = xcalloc(BATCH, sizeof *creation->queued);
    creation->pool = pool_create(0);
    enum err err = rules_parse(options->rules, &creation->rules, &problems);
    if (err != OK)
        err = fault_set(fault, err, "rules: %s: %s (and %zu more); run `dauys campaign check`",
                        problems.list[0].path, problems.list[0].text, problems.len - 1);
    rules_problems_release(&problems);
    if (err == OK) {
        creation->origin = xasprintf("%s/%s", options->host, creation->rules->id);
        err = make(creation, fault);
    }
    if (creation->sequencer != NULL)
        sequencer_close(creation->sequencer);
    fold_destroy(creation->fold);
    pool_destroy(creation->pool);
    creation_release_keys(creation);
    rules_destroy(creation->rules);
    for (size_t i = 0; i < creation->queued_len; i++)
        free(creation->queued[i]);
    free(creation->queued);
    free(creation->origin);
    free(creation);
    return err;
}
