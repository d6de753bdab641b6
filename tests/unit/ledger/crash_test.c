/*
 * The ledger's process ends before each single step on the disk, in turn, while it appends batches
 * that fill tiles and cut the journal. What comes after must hold whatever the step was:
 *
 *  - every acknowledged entry is there (I1), and nothing that was never sent;
 *  - every checkpoint that anybody saw is a prefix of what is there now (I2);
 *  - the folder opens without help, and the work goes on to the same end.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../server/ledger/disk.h"
#include "fixture.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"

#define LAST 530 /* size at the end of the work */
#define CUT 6000 /* bytes of journal: a few cuts on the way */
#define STEPS_MAX 2000

/* How the process ends at the chosen step. */
enum way { KILLED, KILLED_HALF_WRITTEN, STEP_FAILS, WAYS };

/* Shared with the child. */
struct shared {
    uint64_t acknowledged;
    int steps;
};

static char folder[FILE_PATH_CAP];
static struct ed25519_secret secret;
static struct shared *shared;
static uint8_t roots[LAST + 1][TREE_HASH_LEN];
static int stop_at;
static enum way stop_way;

static int count_step(enum disk_step step, const char *path, size_t *len)
{
    (void)path;
    /* Only a write can be half done; the other steps are the first test's. */
    if (stop_way == KILLED_HALF_WRITTEN && step != DISK_WRITE && shared->steps != stop_at)
        return 0;
    shared->steps++;
    if (stop_at == 0 || shared->steps < stop_at)
        return 0;
    if (stop_way == STEP_FAILS)
        return shared->steps == stop_at ? EIO : 0;
    if (stop_way == KILLED_HALF_WRITTEN && shared->steps == stop_at && step == DISK_WRITE &&
        *len > 1) {
        *len /= 2;
        return 0;
    }
    _exit(77);
}

static enum err open_ledger(struct ledger **ledger)
{
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1, .journal_cut = CUT};

    return ledger_open(&options, ledger, NULL);
}

/* Batches of 1 to 90 entries, so that some end at, some before and some behind a full bundle. */
static enum err work(void)
{
    static char texts[100][128];
    struct slice entries[100];
    struct ledger *ledger;
    enum err err = open_ledger(&ledger);

    while (err == OK && ledger_size(ledger) < LAST) {
        uint64_t size = ledger_size(ledger), count = 1 + (size * 7 + 40) % 90;

        if (size < 256 && size + count > 256)
            count = 256 - size;
        if (count > LAST - size)
            count = LAST - size;
        for (uint64_t i = 0; i < count; i++)
            entries[i] = entry_make(texts[i], size + i);
        err = ledger_append(ledger, entries, count, NULL);
        if (err == OK)
            shared->acknowledged = ledger_size(ledger);
    }
    if (err == OK)
        ledger_close(ledger);
    return err;
}

/* Does the work in a child that ends at the step. Returns its exit status: 0 when it came to the
 * end. */
static int work_until(int step, enum way way)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        shared->steps = 0;
        stop_at = step;
        stop_way = way;
        disk_hook(count_step);
        _exit(work() == OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Size of the published checkpoint, 0 for none. It must be of the one tree there is. */
static uint64_t check_checkpoint(void)
{
    char path[FILE_PATH_CAP];
    struct checkpoint checkpoint;
    struct note_key key;
    struct buf buf;
    enum err err;

    assert_int_equal(note_key_init(&key, NOTE_ED25519, ORIGIN, secret.public), OK);
    buf_init(&buf, NOTE_LEN_MAX);
    file_path(path, folder, "ledger/checkpoint");
    err = file_read(path, &buf, NULL);
    if (err == ERR_NOT_FOUND) {
        buf_release(&buf);
        return 0;
    }
    assert_int_equal(checkpoint_open(buf_slice(&buf), &key, NULL, &checkpoint, NULL), OK);
    buf_release(&buf);
    assert_true(checkpoint.size <= LAST);
    assert_memory_equal(checkpoint.root, roots[checkpoint.size], TREE_HASH_LEN);
    return checkpoint.size;
}

/* A reader who fetched the checkpoint just now finds all that it names. */
static void check_readable(uint64_t size)
{
    char path[FILE_PATH_CAP];
    struct tile_source source;
    uint8_t root[TREE_HASH_LEN];
    struct tile tile;
    struct buf buf;

    if (size == 0)
        return;
    file_path(path, folder, "ledger");
    source = tile_folder(path);
    assert_int_equal(proof_root(&source, size, root, NULL), OK);
    assert_memory_equal(root, roots[size], TREE_HASH_LEN);
    buf_init(&buf, BUNDLE_BYTES_MAX);
    assert_true(tile_last(TILE_ENTRIES, size, &tile));
    assert_int_equal(source.read(source.context, &tile, &buf, NULL), OK);
    buf_release(&buf);
}

static void check_after_crash(void)
{
    uint64_t published = check_checkpoint(), acknowledged = shared->acknowledged;
    struct ledger *ledger;

    check_readable(published);
    assert_true(published >= acknowledged);
    assert_int_equal(open_ledger(&ledger), OK);
    assert_true(ledger_size(ledger) >= published);
    assert_true(ledger_size(ledger) <= LAST);
    if (ledger_size(ledger) > 0)
        assert_memory_equal(ledger_root(ledger), roots[ledger_size(ledger)], TREE_HASH_LEN);
    assert_int_equal(check_checkpoint(), ledger_size(ledger));
    check_readable(ledger_size(ledger));
    ledger_close(ledger);
}

static void check_all_steps(enum way way)
{
    int status, step = 1;

    for (; step < STEPS_MAX; step++) {
        folder_make(folder);
        shared->acknowledged = 0;
        status = work_until(step, way);
        if (status != 0)
            check_after_crash();
        /* From whatever was left the work comes to the same end. */
        assert_int_equal(work_until(0, way), 0);
        assert_int_equal(check_checkpoint(), LAST);
        check_readable(LAST);
        folder_remove(folder);
        if (status == 0)
            break;
    }
    /* The work has many steps, and it did come to its end. */
    assert_in_range(step, 50, STEPS_MAX - 1);
}

static void test_killed_before_every_step(void **state)
{
    (void)state;
    check_all_steps(KILLED);
}

static void test_killed_within_every_write(void **state)
{
    (void)state;
    check_all_steps(KILLED_HALF_WRITTEN);
}

static void test_every_step_fails_once(void **state)
{
    (void)state;
    check_all_steps(STEP_FAILS);
}

/* Crashes while recovering from a crash, again and again, each a step further. */
static void test_killed_while_opening(void **state)
{
    (void)state;
    for (int step = 5; step < 50; step += 6) {
        folder_make(folder);
        shared->acknowledged = 0;
        assert_int_equal(work_until(step, KILLED_HALF_WRITTEN), 77);
        for (int again = 1; again < 14; again++) {
            (void)work_until(again, again % 2 ? KILLED : KILLED_HALF_WRITTEN);
            assert_true(check_checkpoint() >= shared->acknowledged);
        }
        check_after_crash();
        assert_int_equal(work_until(0, KILLED), 0);
        assert_int_equal(check_checkpoint(), LAST);
        folder_remove(folder);
    }
}

static int prepare(void **state)
{
    (void)state;
    make_key(&secret, 1);
    for (uint64_t size = 1; size <= LAST; size++)
        root_make(roots[size], size);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_before_every_step),
        cmocka_unit_test(test_killed_within_every_write),
        cmocka_unit_test(test_every_step_fails_once),
        cmocka_unit_test(test_killed_while_opening),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
