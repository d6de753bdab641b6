/*
 * The walk: ballots are looked at in the order of the ledger. One that is the last of its pass now
 * is taken in, and what was taken in for that pass before is taken out; one that is not is skipped,
 * since a later one of its pass is still to come. Passes set aside since are taken out. What is
 * taken out is opened again: no choice is kept in memory.
 */
#include "tally/opening.h"

#include <string.h>

#include "ballot/ballot.h"
#include "base/mem.h"

#define PLAIN_MAX (RULES_CT_MAX - HPKE_TAG_LEN)
#define AAD_MAX 256
#define INFO_MAX 512
#define ENTRIES_MAX (1U << 30) /* bytes of a step: 65536 ballots, each with one taken out */

struct task {
    uint32_t cast;
    unsigned cat;
    bool out; /* take it out again */

    size_t at, len; /* its entry, in `entries` */

    /* From a thread of the pool. */
    bool corrupt; /* not the ballot that it should be */
    bool opened;
    uint8_t *plain; /* PLAIN_MAX bytes in `plains` */
    size_t plain_len;
};

struct opening {
    const struct fold *fold;
    const struct hpke_secret *secret;
    struct opening_reader reader;
    struct pool *pool;
    struct buf info;

    unsigned categories;
    struct counts **counts;
    struct choice **choices; /* scratch, one for each paper */

    uint32_t casts;  /* looked at so far */
    uint32_t voids;  /* likewise */
    uint32_t *taken; /* by pass: number of the ballot taken in + 1, 0 for none */
    uint32_t taken_len;

    /* Of the step in hand. */
    struct task *tasks;
    size_t tasks_len, tasks_room;
    struct buf entries;
    uint8_t *plains;
    size_t plains_room; /* tasks */
};

struct opening *opening_create(const struct fold *fold, const struct hpke_secret *secret,
                               const struct opening_reader *reader, struct pool *pool)
{
    struct opening *opening = xcalloc(1, sizeof *opening);
    opening->fold = fold;
    opening->secret = secret;
    opening->reader = *reader;
    opening->pool = pool;
    buf_init(&opening->info, INFO_MAX);
    buf_put_str(&opening->info, "ballot-seal/v1\n");
    buf_put_str(&opening->info, fold_origin(fold));
    buf_put_byte(&opening->info, '\n');
    INVARIANT(!buf_failed(&opening->info));
    buf_init(&opening->entries, ENTRIES_MAX);

    opening->categories = (unsigned)fold_rules(fold)->categories_len;
    opening->counts = xcalloc(opening->categories, sizeof(struct counts *));
    opening->choices = xcalloc(opening->categories, sizeof(struct choice *));
    for (unsigned i = 0; i < opening->categories; i++) {
        opening->counts[i] = counts_create(fold_paper(fold, i));
        opening->choices[i] = choice_create(fold_paper(fold, i));
    }
    return opening;
}

void opening_destroy(struct opening *opening)
{
    if (!opening)
        return;
    for (unsigned i = 0; i < opening->categories; i++) {
        counts_destroy(opening->counts[i]);
        choice_destroy(opening->choices[i]);
    }
    free(opening->counts);
    free(opening->choices);
    free(opening->taken);
    free(opening->tasks);
    if (opening->plains)
        wipe(opening->plains, opening->plains_room * PLAIN_MAX);
    free(opening->plains);
    buf_release(&opening->entries);
    buf_release(&opening->info);
    free(opening);
}

const struct counts *opening_counts(const struct opening *opening, unsigned cat)
{
    INVARIANT(cat < opening->categories);
    return opening->counts[cat];
}

static void add_task(struct opening *opening, uint32_t cast, unsigned cat, bool out)
{
    GROW(opening->tasks, opening->tasks_len, opening->tasks_room);
    opening->tasks[opening->tasks_len++] = (struct task){.cast = cast, .cat = cat, .out = out};
}

/* Lets a pass stand for another of its ballots, or for none (BALLOT_NONE). */
static void replace(struct opening *opening, uint32_t number, uint32_t cast)
{
    unsigned cat = ballot_pass(fold_ballots(opening->fold), number)->cat;
    if (opening->taken[number] != 0)
        add_task(opening, opening->taken[number] - 1, cat, true);
    if (cast != BALLOT_NONE)
        add_task(opening, cast, cat, false);
    opening->taken[number] = cast == BALLOT_NONE ? 0 : cast + 1;
}

static void plan(struct opening *opening, size_t most)
{
    const struct ballot_set *ballots = fold_ballots(opening->fold);
    uint32_t passes = ballot_passes(ballots), casts = ballot_casts(ballots);
    opening->tasks_len = 0;
    if (passes > opening->taken_len) {
        opening->taken = xrealloc(opening->taken, passes, sizeof *opening->taken);
        memset(opening->taken + opening->taken_len, 0,
               (passes - opening->taken_len) * sizeof *opening->taken);
        opening->taken_len = passes;
    }
    for (; opening->voids < ballot_voids(ballots); opening->voids++)
        replace(opening, ballot_void(ballots, opening->voids), BALLOT_NONE);
    for (; opening->casts < casts && most > 0; opening->casts++, most--) {
        uint32_t number = ballot_cast(ballots, opening->casts)->pass;
        const struct ballot_pass *pass = ballot_pass(ballots, number);
        if (pass->last == opening->casts && !pass->is_void)
            replace(opening, number, opening->casts);
    }
}

static enum err read_entries(struct opening *opening, struct fault *fault)
{
    const struct ballot_set *ballots = fold_ballots(opening->fold);
    buf_clear(&opening->entries);
    for (size_t i = 0; i < opening->tasks_len; i++) {
        struct task *task = &opening->tasks[i];
        task->at = opening->entries.len;
        enum err err =
            opening->reader.read(opening->reader.context, ballot_cast(ballots, task->cast)->index,
                                 &opening->entries, fault);
        if (err != OK)
            return err;
        task->len = opening->entries.len - task->at;
    }
    if (buf_failed(&opening->entries))
        return fault_set(fault, ERR_LIMITED, "a step of %zu ballots", opening->tasks_len);
    if (opening->tasks_len > opening->plains_room) {
        opening->plains_room = opening->tasks_len;
        opening->plains = xrealloc(opening->plains, opening->plains_room, PLAIN_MAX);
    }
    for (size_t i = 0; i < opening->tasks_len; i++)
        opening->tasks[i].plain = opening->plains + i * PLAIN_MAX;
    return OK;
}

/* The entry at the task's index is a ballot of the task's pass. */
static bool is_its_ballot(const struct opening *opening, const struct task *task,
                          const struct entry *entry)
{
    const struct ballot_set *ballots = fold_ballots(opening->fold);
    const struct ballot_pass *pass = ballot_pass(ballots, ballot_cast(ballots, task->cast)->pass);
    uint8_t pk[BALLOT_PK_LEN];
    return entry_is(entry, ENTRY_BALLOT) && entry->doc.len == BALLOT_NODES &&
           node_base64(&entry->doc.nodes[BALLOT_NODE_PK], pk, sizeof pk) == OK &&
           memcmp(pk, pass->pk, sizeof pk) == 0;
}

static bool open_ballot(const struct opening *opening, struct task *task, const struct entry *entry)
{
    const struct canon_node *nodes = entry->doc.nodes;
    uint8_t enc[HPKE_PUBLIC_LEN], ct[RULES_CT_MAX];
    size_t ct_len;
    struct buf aad;
    if (entry_base64_upto(entry, "ct", HPKE_TAG_LEN + 1, ct, sizeof ct, &ct_len) != OK ||
        node_base64(&nodes[BALLOT_NODE_ENC], enc, sizeof enc) != OK)
        return false;
    buf_init(&aad, AAD_MAX);
    buf_put_str(&aad, "{\"cat\":");
    buf_put_slice(&aad, nodes[BALLOT_NODE_CAT].raw);
    buf_put_str(&aad, ",\"pk\":");
    buf_put_slice(&aad, nodes[BALLOT_NODE_PK].raw);
    buf_put_str(&aad, ",\"rev\":");
    buf_put_slice(&aad, nodes[BALLOT_NODE_REV].raw);
    buf_put_byte(&aad, '}');
    task->plain_len = ct_len - HPKE_TAG_LEN;
    bool opened =
        !buf_failed(&aad) && hpke_open(opening->secret, enc, buf_slice(&opening->info),
                                       buf_slice(&aad), slice_of(ct, ct_len), task->plain) == OK;
    buf_release(&aad);
    return opened;
}

static void run_task(void *context, size_t number)
{
    struct opening *opening = context;
    struct task *task = &opening->tasks[number];
    struct entry entry;
    struct slice bytes = slice_of(opening->entries.data + task->at, task->len);
    task->corrupt = entry_parse(bytes, &entry, NULL) != OK || !is_its_ballot(opening, task, &entry);
    task->opened = !task->corrupt && open_ballot(opening, task, &entry);
}

static void run_tasks(struct opening *opening)
{
    if (opening->pool) {
        pool_run(opening->pool, opening->tasks_len, run_task, opening);
        return;
    }
    for (size_t i = 0; i < opening->tasks_len; i++)
        run_task(opening, i);
}

static void count_task(struct opening *opening, const struct task *task)
{
    struct counts *counts = opening->counts[task->cat];
    struct choice *choice = opening->choices[task->cat];
    bool spoiled = !task->opened ||
                   method_parse(fold_paper(opening->fold, task->cat),
                                slice_of(task->plain, task->plain_len), choice) != NOT_SPOILED;
    if (spoiled && task->out)
        counts_remove_spoiled(counts);
    else if (spoiled)
        counts_add_spoiled(counts);
    else if (task->out)
        counts_remove(counts, choice);
    else
        counts_add(counts, choice);
}

enum err opening_step(struct opening *opening, size_t most, uint64_t *left, struct fault *fault)
{
    plan(opening, most);
    enum err err = read_entries(opening, fault);
    if (err != OK)
        return err;
    run_tasks(opening);
    for (size_t i = 0; i < opening->tasks_len; i++) {
        const struct task *task = &opening->tasks[i];
        if (task->corrupt)
            return fault_set(fault, ERR_CORRUPT, "entry %u is not the ballot that was taken there",
                             ballot_cast(fold_ballots(opening->fold), task->cast)->index);
        count_task(opening, task);
    }
    *left = ballot_casts(fold_ballots(opening->fold)) - opening->casts;
    return OK;
}
