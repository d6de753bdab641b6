#include "../../../server/ledger/crc32c.h"
#include "../../../server/ledger/disk.h"
#include "fixture.h"
#include "ledger/journal.h"

#include <errno.h>

static char folder[FILE_PATH_CAP];

static int make(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    disk_hook(NULL);
    folder_remove(folder);
    return 0;
}

/* What a reading gave. */
struct seen {
    uint64_t records, size;
    char text[200];
};

static enum err visit(void *context, const struct journal_record *record, struct fault *fault)
{
    struct seen *seen = context;

    (void)fault;
    seen->records++;
    seen->size = record->size;
    assert_int_equal(record->root[0], record->size);
    snprintf(seen->text, sizeof seen->text, "%.*s", SLICE_PRINT(record->checkpoint));
    return OK;
}

static enum err read_all(struct journal **journal, struct seen *seen, uint64_t *torn,
                         struct fault *fault)
{
    enum err err;

    memset(seen, 0, sizeof *seen);
    assert_int_equal(journal_open(folder, journal, fault), OK);
    err = journal_read(*journal, visit, seen, torn, fault);
    if (err != OK) {
        journal_close(*journal);
        *journal = NULL;
    }
    return err;
}

static struct journal_record record_of(uint64_t first, uint32_t count, const char *bundle,
                                       const char *checkpoint)
{
    struct journal_record record = {.first = first,
                                    .count = count,
                                    .bundle = slice_str(bundle),
                                    .size = first + count,
                                    .checkpoint = slice_str(checkpoint)};

    record.root[0] = (uint8_t)record.size;
    return record;
}

static enum err append(struct journal *journal, uint64_t first, uint32_t count, const char *bundle)
{
    struct journal_record record = record_of(first, count, bundle, "checkpoint");

    return journal_append(journal, &record, NULL);
}

/* Three records in a fresh folder; out takes the file, ends[i] is where record i ends. */
static void write_three(struct buf *out, uint64_t ends[3])
{
    struct journal *journal;
    struct seen seen;
    uint64_t torn;

    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(append(journal, 0, 2, "first"), OK);
    ends[0] = journal_len(journal);
    assert_int_equal(append(journal, 2, 1, "second one"), OK);
    ends[1] = journal_len(journal);
    assert_int_equal(append(journal, 3, 4, "third"), OK);
    ends[2] = journal_len(journal);
    journal_close(journal);
    read_whole(folder, "journal", out);
    assert_int_equal(out->len, ends[2]);
}

static void test_sum(void **state)
{
    uint8_t bytes[32];

    (void)state;
    /* RFC 3720 appendix B.4, and the customary check value. */
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    memset(bytes, 0, 32);
    assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, 32);
    assert_int_equal(crc32c(0, bytes, 32), 0x62a8ab43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    assert_int_equal(crc32c(0, bytes, 32), 0x46dd794e);
    assert_int_equal(crc32c(crc32c(0, bytes, 13), bytes + 13, 19), 0x46dd794e);
}

static void test_reads_what_was_appended(void **state)
{
    struct journal *journal;
    struct seen seen;
    struct buf file;
    uint64_t ends[3], torn;

    (void)state;
    buf_init(&file, 10000);
    write_three(&file, ends);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(seen.records, 3);
    assert_int_equal(seen.size, 7);
    assert_int_equal(torn, 0);
    assert_string_equal(seen.text, "checkpoint");
    assert_int_equal(append(journal, 7, 1, "fourth"), OK);
    journal_close(journal);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(seen.records, 4);
    journal_close(journal);
    buf_release(&file);
}

/* Cut anywhere, the whole records before the cut are read, the rest is dropped, and the journal
 * goes on. */
static void test_torn_at_every_byte(void **state)
{
    struct journal *journal;
    struct seen seen;
    struct buf file;
    uint64_t ends[3], torn;

    (void)state;
    buf_init(&file, 10000);
    write_three(&file, ends);
    for (size_t cut = 0; cut <= file.len; cut++) {
        uint64_t whole = cut >= ends[2] ? 3 : cut >= ends[1] ? 2 : cut >= ends[0] ? 1 : 0;
        uint64_t end = whole == 0 ? 0 : ends[whole - 1];

        write_whole(folder, "journal", slice_of(file.data, cut));
        assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
        assert_int_equal(seen.records, whole);
        assert_int_equal(torn, cut - end);
        assert_int_equal(journal_len(journal), end);
        assert_int_equal(append(journal, seen.size, 1, "next"), OK);
        journal_close(journal);
        assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
        assert_int_equal(seen.records, whole + 1);
        assert_int_equal(torn, 0);
        journal_close(journal);
    }
    buf_release(&file);
}

/* A changed byte with whole records behind it is damage; in the last record it can't be told from
 * an unfinished write. Nothing changed is ever read as good. */
static void test_flipped_at_every_byte(void **state)
{
    struct journal *journal;
    struct fault fault;
    struct seen seen;
    struct buf file;
    uint64_t ends[3], torn;
    char where[64];

    (void)state;
    buf_init(&file, 10000);
    write_three(&file, ends);
    for (size_t i = 0; i < file.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            file.data[i] ^= (uint8_t)(1 << bit);
            write_whole(folder, "journal", buf_slice(&file));
            file.data[i] ^= (uint8_t)(1 << bit);
            if (i >= ends[1]) {
                assert_int_equal(read_all(&journal, &seen, &torn, &fault), OK);
                assert_int_equal(seen.records, 2);
                assert_int_equal(torn, ends[2] - ends[1]);
                journal_close(journal);
                continue;
            }
            assert_int_equal(read_all(&journal, &seen, &torn, &fault), ERR_CORRUPT);
            snprintf(where, sizeof where, "at byte %d,", i < ends[0] ? 0 : (int)ends[0]);
            assert_non_null(strstr(fault.text, where));
        }
    buf_release(&file);
}

static void test_pieces_in_wrong_order(void **state)
{
    struct journal *journal;
    struct seen seen;
    struct buf file, other;
    uint64_t ends[3], torn;

    (void)state;
    buf_init(&file, 10000);
    buf_init(&other, 10000);
    write_three(&file, ends);
    /* The second record is gone, then it stands twice. */
    buf_put(&other, file.data, ends[0]);
    buf_put(&other, file.data + ends[1], ends[2] - ends[1]);
    write_whole(folder, "journal", buf_slice(&other));
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), ERR_CORRUPT);
    buf_clear(&other);
    buf_put(&other, file.data, ends[1]);
    buf_put(&other, file.data + ends[0], ends[2] - ends[0]);
    write_whole(folder, "journal", buf_slice(&other));
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), ERR_CORRUPT);
    /* Bytes missing inside one, a whole record behind. */
    buf_clear(&other);
    buf_put(&other, file.data, ends[0] + 70);
    buf_put(&other, file.data + ends[1], ends[2] - ends[1]);
    write_whole(folder, "journal", buf_slice(&other));
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), ERR_CORRUPT);
    buf_release(&file);
    buf_release(&other);
}

/* Most of a record is missing, so that it seems to go past the end, but a whole one stands behind.
 */
static void test_long_record_cut_out(void **state)
{
    struct journal *journal;
    struct seen seen;
    struct buf file;
    uint64_t torn, first, second;
    char text[400];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buf_init(&file, 10000);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(append(journal, 0, 1, "short"), OK);
    first = journal_len(journal);
    assert_int_equal(append(journal, 1, 1, text), OK);
    second = journal_len(journal);
    assert_int_equal(append(journal, 2, 1, "short"), OK);
    journal_close(journal);
    read_whole(folder, "journal", &file);
    memmove(file.data + first + JOURNAL_HEAD_LEN, file.data + second, file.len - second);
    file.len -= second - first - JOURNAL_HEAD_LEN;
    write_whole(folder, "journal", buf_slice(&file));
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), ERR_CORRUPT);
    buf_release(&file);
}

static void test_cut(void **state)
{
    struct journal_record record = record_of(4, 3, "tail", "checkpoint");
    struct journal *journal;
    struct seen seen;
    struct buf file;
    uint64_t ends[3], torn;

    (void)state;
    buf_init(&file, 10000);
    write_three(&file, ends);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(journal_cut(journal, &record, NULL), OK);
    assert_true(journal_len(journal) < ends[2]);
    assert_int_equal(append(journal, 7, 1, "after"), OK);
    journal_close(journal);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(seen.records, 2);
    assert_int_equal(seen.size, 8);
    journal_close(journal);
    /* An unfinished cut is forgotten. */
    write_whole(folder, "journal.new", slice_str("half"));
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(seen.records, 2);
    journal_close(journal);
    buf_release(&file);
}

static enum disk_step failing;
static int failing_errno;

static int fail_step(enum disk_step step, const char *path, size_t *len)
{
    (void)path;
    (void)len;
    return step == failing ? failing_errno : 0;
}

static int one_byte(enum disk_step step, const char *path, size_t *len)
{
    (void)path;
    if (step == DISK_WRITE)
        *len = 1;
    return 0;
}

static void test_failures_are_told(void **state)
{
    struct journal *journal;
    struct seen seen;
    struct buf file;
    uint64_t ends[3], torn;

    (void)state;
    buf_init(&file, 10000);
    write_three(&file, ends);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    disk_hook(one_byte);
    assert_int_equal(append(journal, 7, 1, "in pieces"), OK);
    disk_hook(fail_step);
    failing = DISK_WRITE;
    failing_errno = ENOSPC;
    assert_int_equal(append(journal, 8, 1, "none"), ERR_INTERNAL);
    journal_close(journal);
    disk_hook(NULL);
    assert_int_equal(read_all(&journal, &seen, &torn, NULL), OK);
    assert_int_equal(seen.records, 4);
    disk_hook(fail_step);
    failing = DISK_SYNC;
    failing_errno = EIO;
    assert_int_equal(append(journal, 8, 1, "perhaps"), ERR_INTERNAL);
    journal_close(journal);
    buf_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum),
        cmocka_unit_test_setup_teardown(test_reads_what_was_appended, make, drop),
        cmocka_unit_test_setup_teardown(test_torn_at_every_byte, make, drop),
        cmocka_unit_test_setup_teardown(test_flipped_at_every_byte, make, drop),
        cmocka_unit_test_setup_teardown(test_pieces_in_wrong_order, make, drop),
        cmocka_unit_test_setup_teardown(test_long_record_cut_out, make, drop),
        cmocka_unit_test_setup_teardown(test_cut, make, drop),
        cmocka_unit_test_setup_teardown(test_failures_are_told, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
