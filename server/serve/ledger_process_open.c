/* Ballots are opened in slices between commits: after the unseal, whose counts the tally entries
 * then name, or live, as the rules have it. */
#include "ledger_process_inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "campaign/rules.h"
#include "ledger/proof.h"
#include "tally/ranking.h"
#include "tally/tally_file.h"

#define OPEN_AT_ONCE 512 /* ballots opened between two looks at the queue: about 30 ms */
#define LIVE_GAP_MS 1000 /* between two publications of live tallies */

static enum err take_bundle(struct ledger_process *process, uint64_t number, struct fault *fault)
{
    struct open_bundle *bundle = &process->bundle;
    struct tile_source tiles = ledger_tiles(sequencer_ledger(process->sequencer));
    struct tile tile = {TILE_ENTRIES, number, TILE_WIDTH};
    if (bundle->held && bundle->number == number)
        return OK;
    bundle->held = false;
    buf_release(&bundle->bytes);
    buf_init(&bundle->bytes, BUNDLE_BYTES_MAX);
    enum err err = tiles.read(tiles.context, &tile, &bundle->bytes, fault);
    if (err == OK && bundle_cut(buf_slice(&bundle->bytes), TILE_WIDTH, bundle->entries) != OK)
        err = fault_set(fault, ERR_CORRUPT, "bundle %llu is malformed", (unsigned long long)number);
    bundle->number = number;
    bundle->held = err == OK;
    return err;
}

/* Entries come in rising order, and a full bundle never changes: read once, it serves 256. */
static enum err read_entry(void *context, uint64_t index, struct buf *out, struct fault *fault)
{
    struct ledger_process *process = context;
    struct ledger *ledger = sequencer_ledger(process->sequencer);
    if (index / TILE_WIDTH >= ledger_size(ledger) / TILE_WIDTH)
        return ledger_entry(ledger, index, out, fault);
    enum err err = take_bundle(process, index / TILE_WIDTH, fault);
    if (err == OK)
        buf_put_slice(out, process->bundle.entries[index % TILE_WIDTH]);
    return err;
}

/* Lots are drawn from the root of the tree that ends with the close. */
static void close_root(struct ledger_process *process, uint8_t root[static TREE_HASH_LEN])
{
    struct fault fault;
    struct tile_source tiles = ledger_tiles(sequencer_ledger(process->sequencer));
    uint64_t closed = fold_phases(process->fold)->rows[PHASE_EVALUATION].closed;
    if (proof_root(&tiles, closed + 1, root, &fault) != OK)
        ledger_process_die(&fault);
}

/* The counts stand: the tally files are written before the entries that name them. */
static void finish_counting(struct ledger_process *process)
{
    uint8_t root[TREE_HASH_LEN], hash[SHA256_LEN];
    struct fault fault;
    close_root(process, root);
    fold_set_close_root(process->fold, root);
    for (unsigned cat = 0; cat < fold_rules(process->fold)->categories_len; cat++) {
        const struct counts *counts = opening_counts(process->opening, cat);
        INVARIANT(fold_set_counts(process->fold, cat, counts) == OK);
        if (ledger_file_put(process->spec->campaign_folder,
                            fold_category(process->fold, cat)->tally_file, hash, &fault) != OK)
            ledger_process_die(&fault);
    }
    process->counted = true;
    log_info("counted", LOG_S("campaign", process->spec->campaign));
    opening_destroy(process->opening);
    process->opening = NULL;
    ledger_process_commit(process);
}

static void publish_live(struct ledger_process *process)
{
    const struct rules *rules = fold_rules(process->fold);
    uint8_t root[TREE_HASH_LEN] = {0}; /* no lot is drawn before the close */
    uint64_t last = ledger_size(sequencer_ledger(process->sequencer)) - 1;
    for (unsigned cat = 0; cat < rules->categories_len; cat++) {
        const struct fold_category *state = fold_category(process->fold, cat);
        const struct counts *counts = opening_counts(process->opening, cat);
        struct tally_totals totals = {.upto = last,
                                      .issued = state->issued,
                                      .superseded = state->cast - state->passes,
                                      .void_ballots = state->voids};
        struct slice id = slice_str(rules->categories[cat].id);
        struct slice origin = slice_str(fold_origin(process->fold));
        struct ranking_ties ties = {.breaks = rules->tie_breaks,
                                    .len = rules->tie_breaks_len,
                                    .origin = origin,
                                    .cat = id,
                                    .root = root};
        while (ties.len > 0 && ties.breaks[ties.len - 1] == RULES_TIE_LOT)
            ties.len--;
        struct ranking *ranking = ranking_create(counts, &ties);
        struct buf file;
        buf_init(&file, TALLY_FILE_MAX);
        if (tally_file_write(origin, id, &totals, counts, ranking, &file) == OK)
            publisher_note_live(process->publisher, cat, buf_slice(&file));
        buf_release(&file);
        ranking_destroy(ranking);
    }
    process->live_us = clock_steady_us();
    publisher_flush(process->publisher);
}

void ledger_process_open(struct ledger_process *process)
{
    struct opening_reader reader = {process, read_entry};
    struct fault fault;
    uint64_t left = 0, unsealed = 0;
    if (process->opening == NULL)
        process->opening = opening_create(process->fold, process->seal_key, &reader, process->pool);
    if (opening_step(process->opening, OPEN_AT_ONCE, &left, &fault) != OK)
        ledger_process_die(&fault);
    if (left > 0) {
        event_active(process->open, 0, 0);
        return;
    }
    if (fold_unsealed(process->fold, &unsealed))
        finish_counting(process);
    else if (clock_steady_us() - process->live_us >= LIVE_GAP_MS * 1000)
        publish_live(process);
}
