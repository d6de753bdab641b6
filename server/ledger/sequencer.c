#include "ledger/sequencer.h"

#include "base/clock.h"
#include "base/mem.h"

/* An `at` member: 7 characters around at most 16 digits. */
#define STAMPED_CAP (ENTRY_LEN_MAX + 32)

/* An entry that the ledger owes, from due() to the commit. */
struct own {
    struct candidate candidate;
    struct buf bytes;
};

struct sequencer {
    struct ledger *ledger;
    struct judge judge;
    struct pool *pool; /* borrowed */
    uint64_t at;       /* the last one given */

    /* Of the batch in hand. */
    struct own *own[SEQUENCER_OWN];
    size_t own_len;

    struct candidate *old; /* the entry being replayed; NULL after */
};

void candidate_init(struct candidate *candidate, struct slice bytes, enum candidate_origin origin,
                    void *owner)
{
    memset(candidate, 0, offsetof(struct candidate, entry));
    candidate->bytes = bytes;
    candidate->origin = origin;
    candidate->owner = owner;
    buf_init(&candidate->stamped, STAMPED_CAP);
}

void candidate_release(struct candidate *candidate)
{
    buf_release(&candidate->stamped);
}

static void refuse(struct candidate *candidate, int code)
{
    candidate->verdict = CANDIDATE_REFUSED;
    candidate->code = code;
}

/* What can be said of a candidate without the order: its form and its signatures. */
static void prepare(const struct sequencer *sequencer, struct candidate *candidate)
{
    candidate->sound = false;
    candidate->proof_state = candidate->proof_generation = 0;
    candidate->index = candidate->rev = 0;
    candidate->fault.text[0] = '\0';
    if (entry_parse(candidate->bytes, &candidate->entry, &candidate->fault) != OK) {
        refuse(candidate, SEQUENCER_MALFORMED);
        return;
    }
    if (candidate->entry.has_at) {
        refuse(candidate, SEQUENCER_HAS_AT);
        return;
    }
    candidate->sound = true;
    sequencer->judge.prove(sequencer->judge.context, candidate);
}

/* Puts `at` into all but ballots. */
static bool stamp(struct candidate *candidate, uint64_t at)
{
    if (entry_is(&candidate->entry, ENTRY_BALLOT))
        return true;
    buf_clear(&candidate->stamped);
    entry_insert_at(&candidate->entry, at, &candidate->stamped);
    return entry_parse(buf_slice(&candidate->stamped), &candidate->entry, NULL) == OK;
}

/* Judges a prepared candidate at the next place and, when it may, puts it there. */
static void judge(struct sequencer *sequencer, struct candidate *candidate)
{
    const struct judge *with = &sequencer->judge;
    uint64_t index = ledger_size(sequencer->ledger) + ledger_staged(sequencer->ledger), staged;
    uint8_t leaf[TREE_HASH_LEN];
    enum err err;

    if (!candidate->sound)
        return;
    if (!stamp(candidate, sequencer->at)) {
        refuse(candidate, SEQUENCER_TOO_LONG);
        return;
    }
    refuse(candidate, 0);
    with->check(with->context, candidate, index, sequencer->at);
    if (candidate->verdict != CANDIDATE_ACCEPTED)
        return;
    /* The caps of a batch are below those of the ledger, so there is room. */
    err = ledger_stage(sequencer->ledger, candidate->entry.bytes, &staged, leaf);
    INVARIANT(err == OK && staged == index);
    candidate->index = index;
    with->apply(with->context, candidate, index, leaf);
}

/* Takes what the judge says is due now into the batch. */
static enum err take_due(struct sequencer *sequencer, struct fault *fault)
{
    const struct judge *with = &sequencer->judge;

    for (;;) {
        struct own *own = xcalloc(1, sizeof *own);
        enum err err;

        buf_init(&own->bytes, ENTRY_LEN_MAX);
        err = with->due(with->context, sequencer->at, &own->bytes);
        if (err == OK && sequencer->own_len == 0)
            err = ledger_ready(sequencer->ledger, fault);
        if (err != OK) {
            buf_release(&own->bytes);
            free(own);
            return err == ERR_NOT_FOUND ? OK : err;
        }
        INVARIANT(sequencer->own_len < SEQUENCER_OWN);
        sequencer->own[sequencer->own_len++] = own;
        candidate_init(&own->candidate, buf_slice(&own->bytes), CANDIDATE_OWN, NULL);
        prepare(sequencer, &own->candidate);
        judge(sequencer, &own->candidate);
        INVARIANT(own->candidate.verdict == CANDIDATE_ACCEPTED);
    }
}

static void drop_own(struct sequencer *sequencer)
{
    for (size_t i = 0; i < sequencer->own_len; i++) {
        candidate_release(&sequencer->own[i]->candidate);
        buf_release(&sequencer->own[i]->bytes);
        free(sequencer->own[i]);
    }
    sequencer->own_len = 0;
}

struct batch {
    struct sequencer *sequencer;
    struct candidate *const *candidates;
};

static void prepare_one(void *context, size_t index)
{
    const struct batch *batch = context;

    prepare(batch->sequencer, batch->candidates[index]);
}

static enum err check_size(const struct sequencer *sequencer, struct candidate *const *candidates,
                           size_t count, struct fault *fault)
{
    size_t bytes = 0;

    if (count > SEQUENCER_ENTRIES)
        return fault_set(fault, ERR_LIMITED, "a batch of %zu candidates", count);
    for (size_t i = 0; i < count; i++)
        bytes += candidates[i]->bytes.len;
    if (bytes > SEQUENCER_BYTES)
        return fault_set(fault, ERR_LIMITED, "a batch of %zu bytes", bytes);
    return count == 0 ? OK : ledger_ready(sequencer->ledger, fault);
}

static void take_time(struct sequencer *sequencer)
{
    int64_t now = clock_unix();

    INVARIANT(now >= 0);
    if ((uint64_t)now > sequencer->at)
        sequencer->at = (uint64_t)now;
}

enum err sequencer_commit(struct sequencer *sequencer, struct candidate *const *candidates,
                          size_t count, struct fault *fault)
{
    struct batch batch = {sequencer, candidates};
    enum err err = check_size(sequencer, candidates, count, fault);

    if (err != OK)
        return err;
    take_time(sequencer);
    err = take_due(sequencer, fault);
    if (err != OK) {
        /* Nothing is staged unless the judge failed half way. */
        INVARIANT(sequencer->own_len == 0);
        return err;
    }
    if (count > 0)
        pool_run(sequencer->pool, count, prepare_one, &batch);
    for (size_t i = 0; i < count; i++)
        judge(sequencer, candidates[i]);
    if (ledger_staged(sequencer->ledger) > 0)
        err = ledger_commit(sequencer->ledger, fault);
    drop_own(sequencer);
    return err;
}

enum err sequencer_due(struct sequencer *sequencer, struct fault *fault)
{
    return sequencer_commit(sequencer, NULL, 0, fault);
}

static enum err check_old_at(struct sequencer *sequencer, const struct entry *entry,
                             struct fault *fault)
{
    if (entry_is(entry, ENTRY_BALLOT) == entry->has_at)
        return fault_set(fault, ERR_CORRUPT, "member at, where it may not be or missing");
    if (!entry->has_at)
        return OK;
    if (entry->at < sequencer->at)
        return fault_set(fault, ERR_CORRUPT, "time goes back");
    sequencer->at = entry->at;
    return OK;
}

/* The visitor of ledger_open(). What was judged once is not judged again: the rules of its day,
 * keys of its day; only its effect counts. */
static enum err replay(void *context, struct slice bytes, uint64_t index,
                       const uint8_t leaf[static TREE_HASH_LEN], struct fault *fault)
{
    struct sequencer *sequencer = context;
    struct candidate *old = sequencer->old;
    struct fault why;

    old->bytes = bytes;
    if (entry_parse(bytes, &old->entry, &why) != OK ||
        check_old_at(sequencer, &old->entry, &why) != OK)
        return fault_set(fault, ERR_CORRUPT, "entry %llu: %s", (unsigned long long)index, why.text);
    old->verdict = CANDIDATE_ACCEPTED;
    old->index = index;
    sequencer->judge.apply(sequencer->judge.context, old, index, leaf);
    return OK;
}

enum err sequencer_open(const struct ledger_options *options, const struct judge *judge,
                        struct pool *pool, struct sequencer **sequencer, struct fault *fault)
{
    struct sequencer *opened = xcalloc(1, sizeof *opened);
    struct ledger_options with = *options;
    enum err err;

    opened->judge = *judge;
    opened->pool = pool;
    opened->old = xcalloc(1, sizeof *opened->old);
    candidate_init(opened->old, slice_of(NULL, 0), CANDIDATE_OWN, NULL);
    with.visit = replay;
    with.context = opened;
    err = ledger_open(&with, &opened->ledger, fault);
    candidate_release(opened->old);
    free(opened->old);
    opened->old = NULL;
    if (err != OK) {
        sequencer_close(opened);
        return err;
    }
    *sequencer = opened;
    return OK;
}

void sequencer_close(struct sequencer *sequencer)
{
    if (sequencer == NULL)
        return;
    drop_own(sequencer);
    ledger_close(sequencer->ledger);
    free(sequencer);
}

struct ledger *sequencer_ledger(const struct sequencer *sequencer)
{
    return sequencer->ledger;
}

uint64_t sequencer_at(const struct sequencer *sequencer)
{
    return sequencer->at;
}
