/* The folder that others read. Everything in it derives from the journal. */
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "disk.h"
#include "ledger_state.h"

/* Levels in the order of publication, the bundle first: whoever finds a hash finds its entry. */
#define KINDS (TILE_LEVELS + 1)

/* How many of the newest full tiles of a level the sweep looks at; a batch fills at most six. */
#define SWEEP 16

static unsigned kind_level(unsigned kind)
{
    return kind == 0 ? TILE_ENTRIES : kind - 1;
}

void ledger_tile_path(char out[static LEDGER_PATH_CAP], const struct tile *tile)
{
    char path[TILE_PATH_CAP];

    tile_path(path, tile);
    snprintf(out, LEDGER_PATH_CAP, LEDGER_PUBLIC "/%s", path);
}

enum err ledger_keep_full(void *context, const struct tile *tile, struct slice bytes,
                          struct fault *fault)
{
    struct ledger *ledger = context;
    uint8_t *copy = xcalloc(1, bytes.len);

    (void)fault;
    memcpy(copy, bytes.data, bytes.len);
    GROW(ledger->full, ledger->full_len, ledger->full_room);
    ledger->full[ledger->full_len++] = (struct full_tile){*tile, slice_of(copy, bytes.len)};
    return OK;
}

static enum err put_tile(struct ledger *ledger, const struct tile *tile, struct slice bytes,
                         struct fault *fault)
{
    char path[LEDGER_PATH_CAP];

    ledger_tile_path(path, tile);
    return disk_put(ledger->at, LEDGER_TEMP, path, bytes,
                    tile->width == TILE_WIDTH ? DISK_SOON : DISK_LATER, fault);
}

static void remove_partials(const struct ledger *ledger, unsigned level, uint64_t index)
{
    const struct tile tile = {level, index, TILE_WIDTH};
    char path[LEDGER_PATH_CAP + 4];

    ledger_tile_path(path, &tile);
    snprintf(path + strlen(path), 4, ".p");
    disk_remove_folder(ledger->at, path);
}

/* The partial tiles of a tile go when the next one is full: whoever holds the checkpoint before
 * this one still finds what it names, and later falls back to the full tile. */
static enum err publish_full(struct ledger *ledger, struct fault *fault)
{
    enum err err = OK;
    size_t done = 0;

    for (; err == OK && done < ledger->full_len; done++) {
        struct full_tile *full = &ledger->full[done];

        err = put_tile(ledger, &full->tile, full->bytes, fault);
        if (err == OK && full->tile.index > 0)
            remove_partials(ledger, full->tile.level, full->tile.index - 1);
    }
    for (size_t i = 0; i < ledger->full_len; i++)
        free((void *)(uintptr_t)ledger->full[i].bytes.data);
    ledger->full_len = 0;
    return err;
}

static enum err publish_partial(struct ledger *ledger, uint64_t old_size, struct fault *fault)
{
    struct tile tile;
    struct slice bytes;

    for (unsigned kind = 0; kind < KINDS; kind++) {
        unsigned level = kind_level(kind), height = tile_height(level);
        enum err err;

        if (old_size >> height == ledger->size >> height ||
            !edge_partial(&ledger->edge, level, &tile, &bytes))
            continue;
        err = put_tile(ledger, &tile, bytes, fault);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err ledger_publish(struct ledger *ledger, uint64_t old_size, struct fault *fault)
{
    enum err err = publish_full(ledger, fault);

    INVARIANT(ledger->edge.tree.size == ledger->size);
    if (err == OK)
        err = publish_partial(ledger, old_size, fault);
    if (err == OK)
        err = disk_put(ledger->at, LEDGER_TEMP, LEDGER_CHECKPOINT, buf_slice(&ledger->checkpoint),
                       DISK_LATER, fault);
    return err;
}

void ledger_sweep(const struct ledger *ledger)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        unsigned level = kind_level(kind);
        uint64_t full = (ledger->size >> tile_height(level)) / TILE_WIDTH;

        for (uint64_t i = 2; i <= full && i < 2 + SWEEP; i++)
            remove_partials(ledger, level, full - i);
    }
}

/* Syncs every folder above path, path's own first, down to `ledger`. */
static enum err sync_folders(const struct ledger *ledger, const char *path, struct fault *fault)
{
    char folder[LEDGER_PATH_CAP];
    char *slash;
    enum err err = OK;

    snprintf(folder, sizeof folder, "%s", path);
    while (err == OK && (slash = strrchr(folder, '/')) != NULL) {
        *slash = '\0';
        err = disk_sync_path(ledger->at, folder, fault);
    }
    return err;
}

/* Syncs the full tiles of a level with index from ≤ i < to, and then their folders. */
static enum err sync_level(const struct ledger *ledger, unsigned level, uint64_t from, uint64_t to,
                           struct fault *fault)
{
    char path[LEDGER_PATH_CAP] = "";
    enum err err = OK;

    for (uint64_t i = from; err == OK && i < to; i++) {
        const struct tile tile = {level, i, TILE_WIDTH};

        ledger_tile_path(path, &tile);
        err = disk_sync_path(ledger->at, path, fault);
        /* A folder holds a thousand tiles: sync it behind its last one, or ours. */
        if (err == OK && (i + 1 == to || (i + 1) % 1000 == 0))
            err = sync_folders(ledger, path, fault);
    }
    return err;
}

enum err ledger_cut_journal(struct ledger *ledger, struct fault *fault)
{
    uint64_t bound = ledger->size / TILE_WIDTH * TILE_WIDTH;
    struct journal_record record = {.first = bound,
                                    .count = (uint32_t)(ledger->size - bound),
                                    .bundle = buf_slice(&ledger->edge.bundle),
                                    .size = ledger->size,
                                    .checkpoint = buf_slice(&ledger->checkpoint)};
    enum err err = OK;

    if (journal_len(ledger->journal) <= ledger->journal_cut || bound == ledger->synced)
        return OK;
    for (unsigned kind = 0; err == OK && kind < KINDS; kind++) {
        unsigned height = tile_height(kind_level(kind));

        err = sync_level(ledger, kind_level(kind), (ledger->synced >> height) / TILE_WIDTH,
                         (bound >> height) / TILE_WIDTH, fault);
    }
    if (err != OK)
        return err;
    memcpy(record.root, ledger->root, TREE_HASH_LEN);
    err = journal_cut(ledger->journal, &record, fault);
    if (err == OK)
        ledger->synced = bound;
    return err;
}
