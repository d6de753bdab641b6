/*
 * Opening: the journal is what is true, full tiles before its first record are what it was cut
 * from, all else in the published folder derives from the two.
 *
 *  - Full tiles before the journal must be there, byte for byte as the bundles say; the root after
 * them is checked by the journal's first record.
 *  - A tile that the journal covers may be missing or cut short (a crash, a power loss): it is
 * published again. With other bytes it is damage.
 *  - The published checkpoint must be of this tree at its size (I2), and no tile may reach beyond
 * it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "disk.h"
#include "ledger_state.h"

struct replay {
    struct ledger *ledger;
    const struct ledger_options *options;
    struct checkpoint published; /* size 0: none */
    struct buf published_bytes;
    bool published_fits; /* its root was seen at its size */
    bool begun;          /* the journal's first record has come */
    uint64_t covered;    /* entries before this are not in the journal */
    struct buf last;     /* signed checkpoint of the last record */
    struct buf stored;   /* scratch: a tile as it stands on the disk */
};

static enum err read_file(const struct ledger *ledger, const char *name, struct buf *out,
                          struct fault *fault)
{
    char path[FILE_PATH_CAP];

    file_path(path, ledger->campaign, "%s", name);
    buf_clear(out);
    return file_read(path, out, fault);
}

static enum err read_published(struct replay *replay, struct fault *fault)
{
    const struct ledger *ledger = replay->ledger;
    struct fault why;
    enum err err = read_file(ledger, LEDGER_CHECKPOINT, &replay->published_bytes, fault);

    if (err == ERR_NOT_FOUND)
        return OK;
    /* An empty file is what a power loss leaves of one that was not synced. */
    if (err == OK && replay->published_bytes.len == 0)
        return OK;
    if (err != OK)
        return err;
    err = checkpoint_open(buf_slice(&replay->published_bytes), &ledger->key, NULL,
                          &replay->published, &why);
    if (err == OK)
        return OK;
    return fault_set(fault, ERR_CORRUPT, "%s/" LEDGER_CHECKPOINT ": %s", ledger->campaign,
                     why.text);
}

/* The full callback of a replay. */
static enum err check_full(void *context, const struct tile *tile, struct slice bytes,
                           struct fault *fault)
{
    struct replay *replay = context;
    uint64_t end = (tile->index + 1) << (tile_height(tile->level) + 8);
    bool in_journal = end > replay->covered;
    char path[LEDGER_PATH_CAP];
    struct slice stored;
    enum err err;

    /* This very file has just been read. */
    if (tile->level == TILE_ENTRIES && !in_journal)
        return OK;
    ledger_tile_path(path, tile);
    err = read_file(replay->ledger, path, &replay->stored, fault);
    if (err == ERR_NOT_FOUND && in_journal)
        return ledger_keep_full(replay->ledger, tile, bytes, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, ERR_CORRUPT, "%s/%s is missing", replay->ledger->campaign, path);
    if (err != OK)
        return err;
    stored = buf_slice(&replay->stored);
    if (slice_equal(stored, bytes))
        return OK;
    if (in_journal && stored.len < bytes.len &&
        slice_equal(stored, slice_of(bytes.data, stored.len)))
        return ledger_keep_full(replay->ledger, tile, bytes, fault);
    return fault_set(fault, ERR_CORRUPT, "%s/%s does not hold what its entries say",
                     replay->ledger->campaign, path);
}

static enum err replay_entry(struct replay *replay, struct slice bytes, struct fault *fault)
{
    const struct ledger_options *options = replay->options;
    struct edge *edge = &replay->ledger->edge;
    uint8_t leaf[TREE_HASH_LEN], root[TREE_HASH_LEN];
    uint64_t index = edge->tree.size;
    enum err err = edge_add(edge, bytes, leaf, check_full, replay, fault);

    if (err != OK)
        return err;
    if (edge->tree.size == replay->published.size) {
        tree_root(&edge->tree, root);
        if (memcmp(root, replay->published.root, TREE_HASH_LEN) != 0)
            return fault_set(fault, ERR_CORRUPT,
                             "%s: the published checkpoint of size %llu has another root (I2)",
                             replay->ledger->campaign, (unsigned long long)index + 1);
        replay->published_fits = true;
    }
    if (options->visit == NULL)
        return OK;
    return options->visit(options->context, bytes, index, leaf, fault);
}

static enum err replay_bundle(struct replay *replay, uint64_t index, struct fault *fault)
{
    const struct tile tile = {TILE_ENTRIES, index, TILE_WIDTH};
    struct slice entries[TILE_WIDTH];
    struct buf bytes;
    char path[LEDGER_PATH_CAP];
    enum err err;

    ledger_tile_path(path, &tile);
    buf_init(&bytes, BUNDLE_BYTES_MAX);
    err = read_file(replay->ledger, path, &bytes, fault);
    if (err == ERR_NOT_FOUND)
        err = fault_set(fault, ERR_CORRUPT, "%s/%s is missing", replay->ledger->campaign, path);
    if (err == OK && bundle_cut(buf_slice(&bytes), TILE_WIDTH, entries) != OK)
        err = fault_set(fault, ERR_CORRUPT, "%s/%s is not a bundle of 256 entries",
                        replay->ledger->campaign, path);
    for (int i = 0; err == OK && i < TILE_WIDTH; i++)
        err = replay_entry(replay, entries[i], fault);
    buf_release(&bytes);
    return err;
}

/* Everything before the journal's first record. */
static enum err replay_tiles(struct replay *replay, uint64_t first, struct fault *fault)
{
    if (first % TILE_WIDTH != 0)
        return fault_set(fault, ERR_CORRUPT, "%s: the journal begins inside a bundle",
                         replay->ledger->campaign);
    replay->covered = first;
    replay->ledger->synced = first;
    for (uint64_t i = 0; i < first / TILE_WIDTH; i++) {
        enum err err = replay_bundle(replay, i, fault);

        if (err != OK)
            return err;
    }
    return OK;
}

/* The tree must now be the one that the record names. */
static enum err check_record(const struct replay *replay, const struct journal_record *record,
                             struct fault *fault)
{
    const struct tree *tree = &replay->ledger->edge.tree;
    uint8_t root[TREE_HASH_LEN];

    tree_root(tree, root);
    if (tree->size == record->size && memcmp(root, record->root, TREE_HASH_LEN) == 0)
        return OK;
    return fault_set(fault, ERR_CORRUPT, "%s: entries and journal disagree at size %llu",
                     replay->ledger->campaign, (unsigned long long)record->size);
}

static enum err replay_record(void *context, const struct journal_record *record,
                              struct fault *fault)
{
    struct replay *replay = context;
    struct slice rest = record->bundle, entry;
    enum err err = OK;

    if (!replay->begun)
        err = replay_tiles(replay, record->first, fault);
    replay->begun = true;
    while (err == OK && bundle_next(&rest, &entry))
        err = replay_entry(replay, entry, fault);
    if (err == OK)
        err = check_record(replay, record, fault);
    if (err != OK)
        return err;
    if (rest.len != 0)
        return fault_set(fault, ERR_CORRUPT, "%s: the journal's entries do not fit their lengths",
                         replay->ledger->campaign);
    buf_clear(&replay->last);
    buf_put_slice(&replay->last, record->checkpoint);
    return OK;
}

/* Whether the published folder holds a tile beyond the journal's end: then somebody saw a larger
 * tree. */
static bool reaches_beyond(const struct ledger *ledger)
{
    uint64_t size = ledger->edge.tree.size;
    const struct tile next = {TILE_ENTRIES, size / TILE_WIDTH, TILE_WIDTH};
    char path[LEDGER_PATH_CAP + 4];
    struct dirent *item;
    bool beyond = false;
    DIR *folder;
    int fd;

    ledger_tile_path(path, &next);
    if (faccessat(ledger->at, path, F_OK, 0) == 0)
        return true;
    snprintf(path + strlen(path), 4, ".p");
    fd = openat(ledger->at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while ((item = readdir(folder)) != NULL)
        if (strtoul(item->d_name, NULL, 10) > size % TILE_WIDTH)
            beyond = true;
    closedir(folder);
    return beyond;
}

static enum err check_end(const struct replay *replay, struct fault *fault)
{
    const struct ledger *ledger = replay->ledger;
    uint64_t size = ledger->edge.tree.size;
    struct checkpoint last;
    struct fault why;

    if (replay->published.size > size)
        return fault_set(
            fault, ERR_CORRUPT,
            "%s: the published checkpoint has size %llu, the journal ends at %llu (I2)",
            ledger->campaign, (unsigned long long)replay->published.size, (unsigned long long)size);
    if (reaches_beyond(ledger))
        return fault_set(fault, ERR_CORRUPT,
                         "%s: tiles reach beyond the journal's end at %llu (I2)", ledger->campaign,
                         (unsigned long long)size);
    if (size == 0)
        return OK;
    INVARIANT(replay->published.size == 0 || replay->published_fits);
    if (checkpoint_open(buf_slice(&replay->last), &ledger->key, NULL, &last, &why) != OK)
        return fault_set(fault, ERR_CORRUPT, "%s: last checkpoint of the journal: %s",
                         ledger->campaign, why.text);
    if (last.size != size)
        return fault_set(fault, ERR_CORRUPT, "%s: last checkpoint of the journal is of size %llu",
                         ledger->campaign, (unsigned long long)last.size);
    return OK;
}

/* Takes the checked state over: the checkpoint stays as published when it is the current one, since
 * cosignatures may stand under it. */
static void take_over(struct replay *replay)
{
    struct ledger *ledger = replay->ledger;

    ledger->size = ledger->edge.tree.size;
    if (ledger->size == 0)
        return;
    tree_root(&ledger->edge.tree, ledger->root);
    buf_put_slice(&ledger->checkpoint, replay->published.size == ledger->size
                                           ? buf_slice(&replay->published_bytes)
                                           : buf_slice(&replay->last));
}

enum err ledger_replay(struct ledger *ledger, const struct ledger_options *options,
                       struct fault *fault)
{
    struct replay replay = {.ledger = ledger, .options = options};
    uint64_t torn = 0;
    enum err err;

    buf_init(&replay.published_bytes, NOTE_LEN_MAX);
    buf_init(&replay.last, JOURNAL_CHECKPOINT_MAX);
    buf_init(&replay.stored, BUNDLE_BYTES_MAX);
    err = read_published(&replay, fault);
    if (err == OK)
        err = journal_read(ledger->journal, replay_record, &replay, &torn, fault);
    if (err == OK)
        err = check_end(&replay, fault);
    if (err == OK)
        take_over(&replay);
    if (err == OK && torn > 0)
        log_warn("journal_torn", LOG_S("campaign", ledger->campaign), LOG_U("bytes", torn),
                 LOG_U("size", ledger->size));
    buf_release(&replay.published_bytes);
    buf_release(&replay.last);
    buf_release(&replay.stored);
    return err;
}
