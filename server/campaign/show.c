#include "campaign/show.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "campaign/fold.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

#define FOLD_TRIES 3
#define BUNDLE_MAX (TILE_WIDTH * (ENTRY_LEN_MAX + 2))

static enum err get_file(void *context, const uint8_t hash[static SHA256_LEN], struct buf *out,
                         struct fault *fault)
{
    return ledger_file_get(context, hash, out, fault);
}

static enum err read_checkpoint(const char *folder, struct checkpoint *checkpoint,
                                struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf bytes;
    struct note note;
    buf_init(&bytes, 16384);
    file_path(path, folder, "ledger/checkpoint");
    enum err err = file_read(path, &bytes, fault);
    if (err == OK)
        err = note_parse(buf_slice(&bytes), &note, fault);
    if (err == OK)
        err = checkpoint_parse(note.text, checkpoint, fault);
    buf_release(&bytes);
    return err;
}

/* Takes one bundle into the fold. */
static enum err take_bundle(struct fold *fold, const struct tile_source *tiles,
                            const struct tile *tile, uint64_t most, struct fault *fault)
{
    struct buf bytes;
    struct slice entries[TILE_WIDTH];
    buf_init(&bytes, BUNDLE_MAX);
    enum err err = tiles->read(tiles->context, tile, &bytes, fault);
    if (err == OK)
        err = bundle_cut(buf_slice(&bytes), tile->width, entries);
    for (unsigned i = 0; err == OK && i < tile->width && tile->index * TILE_WIDTH + i < most; i++) {
        struct entry entry;
        uint8_t leaf[TREE_HASH_LEN];
        err = entry_parse(entries[i], &entry, fault);
        tree_leaf_hash(leaf, entries[i]);
        if (err == OK)
            fold_apply(fold, &entry, tile->index * TILE_WIDTH + i, leaf);
    }
    buf_release(&bytes);
    return err;
}

void campaign_show_phases(const struct fold *fold, FILE *out)
{
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct phase_row *row = &fold_phases(fold)->rows[phase];
        char opens[CLOCK_TEXT_LEN] = "-", closes[CLOCK_TEXT_LEN] = "-";
        if (!row->in_rules)
            continue;
        if (row->state != PHASE_UNSCHEDULED) {
            clock_format(opens, (int64_t)row->opens);
            clock_format(closes, (int64_t)row->closes);
        }
        fprintf(out, "  %-12s %-12s %-20s  %-20s%s\n", phase_name((enum phase)phase),
                phase_state_name(row->state), opens, closes, row->paused ? "  paused" : "");
    }
}

static void print_fold(const struct fold *fold, FILE *out)
{
    const struct rules *rules = fold_rules(fold);
    fprintf(out, "%s%s\nsize %llu\n\nphases\n", fold_origin(fold), fold_demo(fold) ? " (demo)" : "",
            (unsigned long long)fold_size(fold));
    campaign_show_phases(fold, out);
    fprintf(out, "\n  %-16s %-8s %9s %9s %9s %9s\n", "category", "method", "nominees", "issued",
            "cast", "counted");
    for (unsigned cat = 0; cat < rules->categories_len; cat++) {
        const struct fold_category *state = fold_category(fold, cat);
        fprintf(out, "  %-16s %-8s %9zu %9llu %9llu %9llu\n", rules->categories[cat].id,
                ballot_method_name(rules->categories[cat].ballot.method), state->admitted,
                (unsigned long long)state->issued, (unsigned long long)state->cast,
                (unsigned long long)(state->passes - state->voids));
    }
}

static enum err fold_once(const char *folder, uint64_t most, struct fold *fold,
                          const struct checkpoint *checkpoint, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    enum err err = OK;
    file_path(path, folder, "ledger");
    struct tile_source tiles = tile_folder(path);
    for (uint64_t at = 0; at < most && err == OK; at += TILE_WIDTH) {
        uint64_t left = checkpoint->size - at;
        struct tile tile = {TILE_ENTRIES, at / TILE_WIDTH,
                            (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH)};
        err = take_bundle(fold, &tiles, &tile, most, fault);
    }
    if (err == OK && fold_fault(fold) != NULL)
        err = fault_set(fault, ERR_CORRUPT, "%s", fold_fault(fold));
    return err;
}

/* The ledger may go on meanwhile and remove a partial bundle: then from the start again. */
enum err campaign_fold(const char *folder, uint64_t most, struct fold **out, uint64_t *size,
                       struct fault *fault)
{
    struct checkpoint checkpoint;
    struct fold_files files = {(void *)(uintptr_t)folder, get_file};
    enum err err = OK;
    for (unsigned tries = 0; tries < FOLD_TRIES; tries++) {
        err = read_checkpoint(folder, &checkpoint, fault);
        if (err != OK)
            return err;
        *size = most < checkpoint.size ? most : checkpoint.size;
        *out = fold_create(checkpoint.origin, &files);
        err = fold_once(folder, *size, *out, &checkpoint, fault);
        if (err == OK)
            return OK;
        fold_destroy(*out);
        *out = NULL;
    }
    return err;
}

enum err campaign_replay(const char *folder, struct fold **fold, struct fault *fault)
{
    uint64_t size = 0;
    return campaign_fold(folder, UINT64_MAX, fold, &size, fault);
}

enum err campaign_entry(const char *folder, uint64_t index, struct buf *out, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct checkpoint checkpoint;
    struct slice entries[TILE_WIDTH];
    struct buf bytes;
    enum err err = read_checkpoint(folder, &checkpoint, fault);
    if (err != OK)
        return err;
    if (index >= checkpoint.size)
        return fault_set(fault, ERR_NOT_FOUND, "%s has no entry %llu yet", folder,
                         (unsigned long long)index);
    uint64_t left = checkpoint.size - index / TILE_WIDTH * TILE_WIDTH;
    struct tile tile = {TILE_ENTRIES, index / TILE_WIDTH,
                        (unsigned)(left < TILE_WIDTH ? left : TILE_WIDTH)};
    file_path(path, folder, "ledger");
    struct tile_source tiles = tile_folder(path);
    buf_init(&bytes, BUNDLE_MAX);
    err = tiles.read(tiles.context, &tile, &bytes, fault);
    if (err == OK)
        err = bundle_cut(buf_slice(&bytes), tile.width, entries);
    if (err == OK)
        buf_put_slice(out, entries[index % TILE_WIDTH]);
    buf_release(&bytes);
    return err;
}

enum err campaign_show(const char *folder, FILE *out, struct fault *fault)
{
    struct fold *fold = NULL;
    enum err err = campaign_replay(folder, &fold, fault);
    if (err != OK)
        return err;
    print_fold(fold, out);
    fold_destroy(fold);
    return OK;
}
