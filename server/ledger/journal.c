#include "ledger/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "crc32c.h"
#include "disk.h"

#define NAME "journal"
#define NEW_NAME "journal.new"
#define CRC_LEN 4
#define RECORD_MAX (JOURNAL_HEAD_LEN + JOURNAL_BUNDLE_MAX + JOURNAL_CHECKPOINT_MAX + CRC_LEN)

static const uint8_t magic[4] = {0xf5, 'D', 'J', 1};

struct journal {
    char path[FILE_PATH_CAP]; /* for faults */
    int folder;
    int fd;
    uint64_t len;
    struct buf record; /* the one being written */
    bool read;         /* journal_read() has found the end */
    bool broken;       /* a write failed: what is on the disk is unknown (I7) */
};

static uint64_t read_uint(const uint8_t *bytes, unsigned len)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

enum err journal_open(const char *folder, struct journal **journal, struct fault *fault)
{
    struct journal *opened = xcalloc(1, sizeof *opened);
    enum err err;

    opened->fd = -1;
    buf_init(&opened->record, RECORD_MAX);
    file_path(opened->path, folder, NAME);
    err = disk_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0, &opened->folder, fault);
    if (err == OK) {
        /* A cut that was not finished: the old journal still holds everything. */
        (void)unlinkat(opened->folder, NEW_NAME, 0);
        err = disk_open(opened->folder, NAME, O_RDWR | O_CREAT, 0600, &opened->fd, fault);
    }
    if (err == OK)
        err = disk_sync_path(opened->folder, ".", fault);
    if (err != OK) {
        journal_close(opened);
        return err;
    }
    *journal = opened;
    return OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    if (journal->folder >= 0)
        close(journal->folder);
    buf_release(&journal->record);
    free(journal);
}

uint64_t journal_len(const struct journal *journal)
{
    return journal->len;
}

static bool has_head(struct slice bytes)
{
    return bytes.len >= JOURNAL_HEAD_LEN && memcmp(bytes.data, magic, sizeof magic) == 0 &&
           read_uint(bytes.data + JOURNAL_HEAD_LEN - CRC_LEN, CRC_LEN) ==
               crc32c(0, bytes.data, JOURNAL_HEAD_LEN - CRC_LEN);
}

/* Whether a record begins anywhere in bytes. An entry can't imitate a head: its first byte never
 * stands in UTF-8. */
static bool has_head_within(struct slice bytes)
{
    const uint8_t *end = bytes.data + bytes.len, *at = bytes.data;

    while ((at = memchr(at, magic[0], (size_t)(end - at))) != NULL) {
        if (has_head(slice_of(at, (size_t)(end - at))))
            return true;
        if (++at == end)
            return false;
    }
    return false;
}

enum found { RECORD_GOOD, RECORD_TORN, RECORD_BAD };

/* Reads the record at the front of bytes, which is not empty. */
static enum found find_record(struct slice bytes, struct journal_record *record, size_t *len)
{
    const uint8_t *head = bytes.data;
    size_t bundle_len, checkpoint_len;

    if (!has_head(bytes))
        return bytes.len > RECORD_MAX || has_head_within(slice_of(head + 1, bytes.len - 1))
                   ? RECORD_BAD
                   : RECORD_TORN;
    bundle_len = (size_t)read_uint(head + 16, 4);
    checkpoint_len = (size_t)read_uint(head + 20, 4);
    if (bundle_len > JOURNAL_BUNDLE_MAX || checkpoint_len > JOURNAL_CHECKPOINT_MAX)
        return RECORD_BAD;
    *len = JOURNAL_HEAD_LEN + bundle_len + checkpoint_len + CRC_LEN;
    if (bytes.len < *len)
        return has_head_within(slice_of(head + 1, bytes.len - 1)) ? RECORD_BAD : RECORD_TORN;
    if (read_uint(head + *len - CRC_LEN, CRC_LEN) != crc32c(0, head, *len - CRC_LEN))
        return bytes.len == *len ? RECORD_TORN : RECORD_BAD;
    record->first = read_uint(head + 4, 8);
    record->count = (uint32_t)read_uint(head + 12, 4);
    record->size = read_uint(head + 24, 8);
    memcpy(record->root, head + 32, TREE_HASH_LEN);
    record->bundle = slice_of(head + JOURNAL_HEAD_LEN, bundle_len);
    record->checkpoint = slice_of(head + JOURNAL_HEAD_LEN + bundle_len, checkpoint_len);
    return RECORD_GOOD;
}

/* Whether record may follow one that ended at size; is_first: none before it. */
static bool follows(const struct journal_record *record, uint64_t size, bool is_first)
{
    if (record->size > TREE_SIZE_MAX || record->first > record->size ||
        record->size - record->first != record->count)
        return false;
    return is_first ? record->size > 0 : record->count > 0 && record->first == size;
}

static enum err visit_records(struct journal *journal, struct slice bytes,
                              enum err (*visit)(void *context, const struct journal_record *record,
                                                struct fault *fault),
                              void *context, struct fault *fault)
{
    struct journal_record record;
    uint64_t size = 0;
    size_t len = 0;
    enum err err;

    for (size_t at = 0; at < bytes.len; at += len) {
        struct slice rest = slice_of(bytes.data + at, bytes.len - at);
        enum found found = find_record(rest, &record, &len);

        if (found == RECORD_TORN)
            return OK;
        if (found == RECORD_BAD || !follows(&record, size, at == 0))
            return fault_set(fault, ERR_CORRUPT, "%s: damaged at byte %zu, with more behind it",
                             journal->path, at);
        err = visit(context, &record, fault);
        if (err != OK)
            return err;
        size = record.size;
        journal->len = at + len;
    }
    return OK;
}

enum err journal_read(struct journal *journal,
                      enum err (*visit)(void *context, const struct journal_record *record,
                                        struct fault *fault),
                      void *context, uint64_t *torn, struct fault *fault)
{
    struct buf bytes;
    enum err err;

    INVARIANT(!journal->read);
    buf_init(&bytes, JOURNAL_LEN_MAX);
    err = file_read(journal->path, &bytes, fault);
    if (err == OK)
        err = visit_records(journal, buf_slice(&bytes), visit, context, fault);
    *torn = bytes.len - journal->len;
    buf_release(&bytes);
    if (err == OK && *torn > 0) {
        err = disk_cut(journal->fd, journal->path, journal->len, fault);
        if (err == OK)
            err = disk_sync(journal->fd, journal->path, fault);
    }
    journal->read = err == OK;
    return err;
}

static void encode(struct buf *out, const struct journal_record *record)
{
    INVARIANT(record->first + record->count == record->size);
    INVARIANT(record->bundle.len <= JOURNAL_BUNDLE_MAX);
    INVARIANT(record->checkpoint.len <= JOURNAL_CHECKPOINT_MAX);
    buf_clear(out);
    buf_put(out, magic, sizeof magic);
    buf_put_u64be(out, record->first);
    buf_put_u32be(out, record->count);
    buf_put_u32be(out, (uint32_t)record->bundle.len);
    buf_put_u32be(out, (uint32_t)record->checkpoint.len);
    buf_put_u64be(out, record->size);
    buf_put(out, record->root, TREE_HASH_LEN);
    buf_put_u32be(out, crc32c(0, out->data, out->len));
    buf_put_slice(out, record->bundle);
    buf_put_slice(out, record->checkpoint);
    buf_put_u32be(out, crc32c(0, out->data, out->len));
    INVARIANT(!buf_failed(out));
}

enum err journal_append(struct journal *journal, const struct journal_record *record,
                        struct fault *fault)
{
    enum err err;

    INVARIANT(journal->read && !journal->broken);
    encode(&journal->record, record);
    err = disk_write(journal->fd, journal->path, buf_slice(&journal->record), journal->len, fault);
    if (err == OK)
        err = disk_sync(journal->fd, journal->path, fault);
    if (err != OK) {
        journal->broken = true;
        return ERR_INTERNAL;
    }
    journal->len += journal->record.len;
    return OK;
}

/* Writes the new file and puts it in the old one's place. */
static enum err replace_file(struct journal *journal, int fd, struct fault *fault)
{
    enum err err = disk_write(fd, NEW_NAME, buf_slice(&journal->record), 0, fault);

    if (err == OK)
        err = disk_sync(fd, NEW_NAME, fault);
    if (err == OK)
        err = disk_rename(journal->folder, NEW_NAME, NAME, fault);
    if (err == OK)
        err = disk_sync_path(journal->folder, ".", fault);
    return err;
}

enum err journal_cut(struct journal *journal, const struct journal_record *record,
                     struct fault *fault)
{
    int fd = -1;
    enum err err;

    INVARIANT(journal->read && !journal->broken);
    encode(&journal->record, record);
    err = disk_open(journal->folder, NEW_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600, &fd, fault);
    if (err == OK)
        err = replace_file(journal, fd, fault);
    if (err != OK) {
        journal->broken = true;
        if (fd >= 0)
            close(fd);
        return ERR_INTERNAL;
    }
    close(journal->fd);
    journal->fd = fd;
    journal->len = journal->record.len;
    return OK;
}
