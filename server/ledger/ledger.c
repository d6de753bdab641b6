#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "disk.h"
#include "ledger_state.h"

static enum err make_folders(const char *campaign, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    enum err err;

    file_path(path, campaign, LEDGER_STATE);
    err = file_make_folder(path, 0700, fault);
    if (err != OK)
        return err;
    file_path(path, campaign, LEDGER_PUBLIC "/files");
    return file_make_folder(path, 0755, fault);
}

/* Who holds the lock, as written there; for people only. */
static void read_holder(int fd, char out[static 16])
{
    ssize_t len = pread(fd, out, 15, 0);

    out[len < 0 ? 0 : len] = '\0';
    out[strspn(out, "0123456789")] = '\0';
}

static enum err lock_folder(struct ledger *ledger, struct fault *fault)
{
    char pid[16];
    enum err err = disk_open(ledger->at, LEDGER_LOCK, O_RDWR | O_CREAT, 0600, &ledger->lock, fault);

    if (err != OK)
        return err;
    if (flock(ledger->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fault_set(fault, ERR_INTERNAL, "can't lock %s: %s", ledger->campaign,
                             strerror(errno));
        read_holder(ledger->lock, pid);
        return fault_set(fault, ERR_CONFLICT, "%s is open in process %s", ledger->campaign, pid);
    }
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    err = disk_cut(ledger->lock, LEDGER_LOCK, 0, fault);
    return err == OK ? disk_write(ledger->lock, LEDGER_LOCK, slice_str(pid), 0, fault) : err;
}

static enum err open_folder(struct ledger *ledger, struct fault *fault)
{
    char state[FILE_PATH_CAP];
    enum err err = make_folders(ledger->campaign, fault);

    if (err == OK)
        err = disk_open(AT_FDCWD, ledger->campaign, O_RDONLY | O_DIRECTORY, 0, &ledger->at, fault);
    if (err == OK)
        err = lock_folder(ledger, fault);
    /* The names of the two folders must last as long as what is in them. */
    if (err == OK)
        err = disk_sync_path(ledger->at, ".", fault);
    if (err != OK)
        return err;
    (void)unlinkat(ledger->at, LEDGER_TEMP, 0);
    file_path(state, ledger->campaign, LEDGER_STATE);
    return journal_open(state, &ledger->journal, fault);
}

static struct ledger *ledger_create(const struct ledger_options *options)
{
    struct ledger *ledger = xcalloc(1, sizeof *ledger);

    ledger->at = ledger->lock = -1;
    file_path(ledger->public_folder, options->campaign, LEDGER_PUBLIC);
    snprintf(ledger->campaign, sizeof ledger->campaign, "%s", options->campaign);
    ledger->secret = options->key;
    ledger->floor = options->floor != 0 ? options->floor : LEDGER_FLOOR_DEFAULT;
    ledger->journal_cut = options->journal_cut != 0 ? options->journal_cut : LEDGER_JOURNAL_CUT;
    edge_init(&ledger->edge);
    buf_init(&ledger->batch, LEDGER_BATCH_BYTES);
    buf_init(&ledger->checkpoint, NOTE_LEN_MAX);
    return ledger;
}

enum err ledger_open(const struct ledger_options *options, struct ledger **ledger,
                     struct fault *fault)
{
    struct ledger *opened = ledger_create(options);
    enum err err = note_key_init(&opened->key, NOTE_ED25519, options->origin, options->key->public);

    if (err != OK)
        err = fault_set(fault, err, "%s can't name a log", options->origin);
    if (err == OK)
        err = open_folder(opened, fault);
    if (err == OK)
        err = ledger_replay(opened, options, fault);
    /* Size 0 as the old one: whatever is partial may be missing. */
    if (err == OK && opened->size > 0)
        err = ledger_publish(opened, 0, fault);
    if (err != OK) {
        ledger_close(opened);
        return err;
    }
    ledger_sweep(opened);
    *ledger = opened;
    return OK;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    journal_close(ledger->journal);
    for (size_t i = 0; i < ledger->full_len; i++)
        free((void *)(uintptr_t)ledger->full[i].bytes.data);
    free(ledger->full);
    edge_release(&ledger->edge);
    buf_release(&ledger->batch);
    buf_release(&ledger->checkpoint);
    if (ledger->at >= 0)
        close(ledger->at);
    if (ledger->lock >= 0)
        close(ledger->lock);
    free(ledger);
}

uint64_t ledger_size(const struct ledger *ledger)
{
    return ledger->size;
}

const uint8_t *ledger_root(const struct ledger *ledger)
{
    return ledger->root;
}

struct slice ledger_checkpoint(const struct ledger *ledger)
{
    return buf_slice(&ledger->checkpoint);
}

size_t ledger_staged(const struct ledger *ledger)
{
    return ledger->staged;
}

struct tile_source ledger_tiles(const struct ledger *ledger)
{
    return tile_folder(ledger->public_folder);
}

enum err ledger_ready(const struct ledger *ledger, struct fault *fault)
{
    struct statvfs space;

    if (statvfs(ledger->campaign, &space) != 0)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: can't tell the free space: %s",
                         ledger->campaign, strerror(errno));
    if ((uint64_t)space.f_bavail * space.f_frsize < ledger->floor)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: less than %llu MiB of free space",
                         ledger->campaign, (unsigned long long)(ledger->floor >> 20));
    return OK;
}

/* Whether count entries of bytes in all (without their lengths) still fit the batch. */
static bool fits(const struct ledger *ledger, size_t count, size_t bytes)
{
    return count <= LEDGER_BATCH_ENTRIES - ledger->staged && bytes <= LEDGER_BATCH_BYTES &&
           ledger->batch.len + bytes + 2 * count <= LEDGER_BATCH_BYTES;
}

enum err ledger_stage(struct ledger *ledger, struct slice bytes, uint64_t *index,
                      uint8_t leaf[static TREE_HASH_LEN])
{
    INVARIANT(!ledger->broken);
    if (bytes.len == 0 || bytes.len > ENTRY_LEN_MAX || !fits(ledger, 1, bytes.len))
        return ERR_LIMITED;
    *index = ledger->edge.tree.size;
    bundle_put(&ledger->batch, bytes);
    ledger->staged++;
    return edge_add(&ledger->edge, bytes, leaf, ledger_keep_full, ledger, NULL);
}

/* Signs what the tree now is and makes it the ledger's state in memory. */
static void sign_checkpoint(struct ledger *ledger)
{
    struct checkpoint checkpoint = {.size = ledger->edge.tree.size};
    struct buf text;

    tree_root(&ledger->edge.tree, checkpoint.root);
    memcpy(checkpoint.origin, ledger->key.name, sizeof checkpoint.origin);
    buf_init(&text, CHECKPOINT_TEXT_MAX);
    checkpoint_format(&checkpoint, &text);
    buf_clear(&ledger->checkpoint);
    buf_put_slice(&ledger->checkpoint, buf_slice(&text));
    buf_put_byte(&ledger->checkpoint, '\n');
    note_sign(&ledger->checkpoint, buf_slice(&text), &ledger->key, ledger->secret);
    INVARIANT(!buf_failed(&text) && !buf_failed(&ledger->checkpoint));
    buf_release(&text);
    ledger->size = checkpoint.size;
    memcpy(ledger->root, checkpoint.root, TREE_HASH_LEN);
}

enum err ledger_commit(struct ledger *ledger, struct fault *fault)
{
    uint64_t first = ledger->size;
    struct journal_record record = {.first = first, .count = (uint32_t)ledger->staged};
    enum err err;

    INVARIANT(!ledger->broken && ledger->staged > 0);
    ledger->broken = true;
    sign_checkpoint(ledger);
    record.bundle = buf_slice(&ledger->batch);
    record.size = ledger->size;
    memcpy(record.root, ledger->root, TREE_HASH_LEN);
    record.checkpoint = buf_slice(&ledger->checkpoint);
    err = journal_append(ledger->journal, &record, fault);
    if (err == OK)
        err = ledger_publish(ledger, first, fault);
    if (err == OK)
        err = ledger_cut_journal(ledger, fault);
    if (err != OK)
        return ERR_INTERNAL;
    buf_clear(&ledger->batch);
    ledger->staged = 0;
    ledger->broken = false;
    return OK;
}

enum err ledger_append(struct ledger *ledger, const struct slice *entries, size_t count,
                       struct fault *fault)
{
    uint8_t leaf[TREE_HASH_LEN];
    uint64_t index;
    size_t bytes = 0;
    enum err err;

    INVARIANT(ledger->staged == 0);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].len == 0 || entries[i].len > ENTRY_LEN_MAX)
            return fault_set(fault, ERR_LIMITED, "entry %zu of the batch has %zu bytes", i,
                             entries[i].len);
        bytes += entries[i].len;
    }
    if (count == 0 || !fits(ledger, count, bytes))
        return fault_set(fault, ERR_LIMITED, "a batch of %zu entries", count);
    err = ledger_ready(ledger, fault);
    if (err != OK)
        return err;
    for (size_t i = 0; i < count; i++) {
        err = ledger_stage(ledger, entries[i], &index, leaf);
        INVARIANT(err == OK);
    }
    return ledger_commit(ledger, fault);
}

enum err ledger_cosigned(struct ledger *ledger, struct slice bytes, struct fault *fault)
{
    struct checkpoint checkpoint;
    enum err err = checkpoint_open(bytes, &ledger->key, NULL, &checkpoint, fault);

    if (err != OK || checkpoint.size != ledger->size ||
        memcmp(checkpoint.root, ledger->root, TREE_HASH_LEN) != 0)
        return fault_set(fault, ERR_CONFLICT, "not the checkpoint of size %llu",
                         (unsigned long long)ledger->size);
    err = disk_put(ledger->at, LEDGER_TEMP, LEDGER_CHECKPOINT, bytes, DISK_LATER, fault);
    if (err != OK)
        return err;
    buf_clear(&ledger->checkpoint);
    buf_put_slice(&ledger->checkpoint, bytes);
    return OK;
}

enum err ledger_entry(struct ledger *ledger, uint64_t index, struct buf *out, struct fault *fault)
{
    struct tile_source source = ledger_tiles(ledger);
    struct slice rest, entry = {0};
    struct tile tile;
    struct buf bytes;
    enum err err;

    if (index >= ledger->size)
        return fault_set(fault, ERR_NOT_FOUND, "there is no entry %llu yet",
                         (unsigned long long)index);
    /* The narrowest bundle that is sure to be there: the last one's, or a full one. */
    (void)tile_last(TILE_ENTRIES, ledger->size, &tile);
    if (index / TILE_WIDTH < tile.index)
        tile = (struct tile){TILE_ENTRIES, index / TILE_WIDTH, TILE_WIDTH};
    buf_init(&bytes, BUNDLE_BYTES_MAX);
    err = source.read(source.context, &tile, &bytes, fault);
    rest = buf_slice(&bytes);
    for (uint64_t i = 0; err == OK && i <= index % TILE_WIDTH; i++)
        if (!bundle_next(&rest, &entry))
            err = fault_set(fault, ERR_CORRUPT, "bundle without its entry %llu",
                            (unsigned long long)index);
    if (err == OK)
        buf_put_slice(out, entry);
    buf_release(&bytes);
    return err;
}
