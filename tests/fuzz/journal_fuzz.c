/*
 * A good journal, then damaged as the input says: bytes changed, cut out, doubled. Whatever comes
 * out is refused, or read as records that were written, in order, without a gap.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/journal.h"

#define RECORDS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = P_tmpdir "/dauys-journal-fuzz-XXXXXX";
static char path[FILE_PATH_CAP];
static struct buf good;
static uint64_t seen;

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static struct journal_record record_of(uint64_t i, char text[static 64])
{
    struct journal_record record = {.first = i, .count = 1, .size = i + 1};

    snprintf(text, 64, "bundle number %llu", (unsigned long long)i);
    record.bundle = slice_str(text);
    record.checkpoint = slice_str("signed");
    memset(record.root, (int)i, sizeof record.root);
    return record;
}

static enum err visit(void *context, const struct journal_record *record, struct fault *fault)
{
    char text[64];
    struct journal_record expected;

    (void)context;
    (void)fault;
    /* A journal may begin anywhere: it is cut. What is before must then be in tiles. */
    if (seen == 0)
        seen = record->first;
    expected = record_of(seen++, text);
    INVARIANT(record->first == expected.first && record->size == expected.size);
    INVARIANT(slice_equal(record->bundle, expected.bundle));
    INVARIANT(slice_equal(record->checkpoint, expected.checkpoint));
    INVARIANT(memcmp(record->root, expected.root, sizeof expected.root) == 0);
    return OK;
}

static struct journal *open_and_read(enum err *err)
{
    struct journal *journal;
    struct fault fault;
    uint64_t torn;

    seen = 0;
    INVARIANT(journal_open(folder, &journal, &fault) == OK);
    *err = journal_read(journal, visit, NULL, &torn, &fault);
    return journal;
}

static void write_good(void)
{
    struct journal *journal;
    enum err err;

    INVARIANT(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    file_path(path, folder, "journal");
    journal = open_and_read(&err);
    for (uint64_t i = 0; i < RECORDS; i++) {
        char text[64];
        struct journal_record record = record_of(i, text);

        INVARIANT(journal_append(journal, &record, NULL) == OK);
    }
    journal_close(journal);
    buf_init(&good, 1 << 16);
    INVARIANT(file_read(path, &good, NULL) == OK);
}

/* Applies one change, told by four bytes: what, where (two), with what. */
static void damage(struct buf *bytes, const uint8_t *how)
{
    size_t at = ((size_t)how[1] << 8 | how[2]) % (bytes->len + 1);
    size_t len = how[3] < bytes->len - at ? how[3] : bytes->len - at;

    switch (how[0] % 4) {
    case 0:
        if (at < bytes->len)
            bytes->data[at] ^= how[3];
        break;
    case 1:
        bytes->len = at;
        break;
    case 2:
        memmove(bytes->data + at, bytes->data + at + len, bytes->len - at - len);
        bytes->len -= len;
        break;
    default:
        (void)buf_extend(bytes, len);
        memmove(bytes->data + at + len, bytes->data + at, bytes->len - at - len);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct journal *journal;
    struct buf bytes;
    enum err err;

    if (good.len == 0)
        write_good();
    buf_init(&bytes, 1 << 16);
    buf_put_slice(&bytes, buf_slice(&good));
    for (size_t i = 0; i + 4 <= size && i < 64; i += 4)
        damage(&bytes, data + i);
    INVARIANT(file_write(path, buf_slice(&bytes), 0600, FILE_NO_SYNC, NULL) == OK);
    journal = open_and_read(&err);
    INVARIANT(err == OK || err == ERR_CORRUPT);
    journal_close(journal);
    buf_release(&bytes);
    return 0;
}
