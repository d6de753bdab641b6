#include <dirent.h>
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"

static char folder[FILE_PATH_CAP];
static struct ed25519_secret secret, other_secret;

static int make(void **state)
{
    (void)state;
    make_key(&secret, 1);
    make_key(&other_secret, 2);
    folder_make(folder);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

/* The visitor: every entry must be the one that belongs to its index. */
static enum err visit(void *context, struct slice bytes, uint64_t index,
                      const uint8_t leaf[static TREE_HASH_LEN], struct fault *fault)
{
    uint64_t *count = context;
    uint8_t expected[TREE_HASH_LEN];
    char text[128];

    (void)fault;
    assert_int_equal(index, (*count)++);
    assert_true(slice_equal(bytes, entry_make(text, index)));
    tree_leaf_hash(expected, bytes);
    assert_memory_equal(leaf, expected, TREE_HASH_LEN);
    return OK;
}

static enum err open_with(const struct ed25519_secret *key, const char *origin, uint64_t cut,
                          struct ledger **ledger, struct fault *fault)
{
    uint64_t count = 0;
    struct ledger_options options = {.campaign = folder,
                                     .origin = origin,
                                     .key = key,
                                     .floor = 1,
                                     .journal_cut = cut,
                                     .visit = visit,
                                     .context = &count};
    enum err err = ledger_open(&options, ledger, fault);

    if (err == OK)
        assert_int_equal(count, ledger_size(*ledger));
    return err;
}

static enum err open_ledger(struct ledger **ledger, struct fault *fault)
{
    return open_with(&secret, ORIGIN, 0, ledger, fault);
}

/* Appends entries up to size in batches of at most `batch`. */
static void grow(struct ledger *ledger, uint64_t size, size_t batch)
{
    static char texts[LEDGER_BATCH_ENTRIES][128];
    static struct slice entries[LEDGER_BATCH_ENTRIES];

    while (ledger_size(ledger) < size) {
        size_t count = size - ledger_size(ledger) < batch ? size - ledger_size(ledger) : batch;

        for (size_t i = 0; i < count; i++)
            entries[i] = entry_make(texts[i], ledger_size(ledger) + i);
        assert_int_equal(ledger_append(ledger, entries, count, NULL), OK);
    }
}

/* The published folder holds this tree: checkpoint, root from the tiles, every entry in a bundle.
 */
static void check_published(uint64_t size)
{
    char public_folder[FILE_PATH_CAP], text[128];
    uint8_t root[TREE_HASH_LEN];
    struct checkpoint checkpoint;
    struct note_key key;
    struct tile_source source;
    struct buf buf;

    assert_int_equal(note_key_init(&key, NOTE_ED25519, ORIGIN, secret.public), OK);
    buf_init(&buf, BUNDLE_BYTES_MAX);
    read_whole(folder, "ledger/checkpoint", &buf);
    assert_int_equal(checkpoint_open(buf_slice(&buf), &key, NULL, &checkpoint, NULL), OK);
    assert_int_equal(checkpoint.size, size);
    root_make(root, size);
    assert_memory_equal(checkpoint.root, root, TREE_HASH_LEN);
    file_path(public_folder, folder, "ledger");
    source = tile_folder(public_folder);
    assert_int_equal(proof_root(&source, size, root, NULL), OK);
    assert_memory_equal(checkpoint.root, root, TREE_HASH_LEN);
    for (uint64_t first = 0; first < size; first += TILE_WIDTH) {
        uint64_t width = size - first < TILE_WIDTH ? size - first : TILE_WIDTH;
        const struct tile tile = {TILE_ENTRIES, first / TILE_WIDTH, (unsigned)width};
        struct slice entries[TILE_WIDTH];

        buf_clear(&buf);
        assert_int_equal(source.read(source.context, &tile, &buf, NULL), OK);
        assert_int_equal(bundle_cut(buf_slice(&buf), tile.width, entries), OK);
        for (unsigned i = 0; i < tile.width; i++)
            assert_true(slice_equal(entries[i], entry_make(text, first + i)));
    }
    buf_release(&buf);
}

static void test_grows_and_opens_again(void **state)
{
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 512, 700, 1500, 1536};
    static const size_t batches[] = {1, 7, 300, 1536};
    struct ledger *ledger;

    (void)state;
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        folder_remove(folder);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            assert_int_equal(open_with(&secret, ORIGIN, 20000, &ledger, NULL), OK);
            grow(ledger, sizes[i], batches[b]);
            assert_int_equal(ledger_size(ledger), sizes[i]);
            ledger_close(ledger);
            check_published(sizes[i]);
        }
    }
}

/* 65536 entries fill a tile of level 1; in large batches, the journal cut many times. */
static void test_second_level(void **state)
{
    struct ledger *ledger;

    (void)state;
    assert_int_equal(open_with(&secret, ORIGIN, 1 << 20, &ledger, NULL), OK);
    grow(ledger, 65536 + 300, 1500);
    ledger_close(ledger);
    check_published(65536 + 300);
    assert_int_equal(open_with(&secret, ORIGIN, 1 << 20, &ledger, NULL), OK);
    ledger_close(ledger);
}

static void test_empty_ledger(void **state)
{
    struct ledger *ledger;
    struct buf buf;

    (void)state;
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    assert_int_equal(ledger_size(ledger), 0);
    assert_int_equal(ledger_checkpoint(ledger).len, 0);
    buf_init(&buf, 10);
    assert_int_equal(ledger_entry(ledger, 0, &buf, NULL), ERR_NOT_FOUND);
    ledger_close(ledger);
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    ledger_close(ledger);
}

static void test_batch_limits(void **state)
{
    static char text[ENTRY_LEN_MAX + 1];
    static struct slice entries[LEDGER_BATCH_ENTRIES + 1];
    struct ledger *ledger;

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i <= LEDGER_BATCH_ENTRIES; i++)
        entries[i] = slice_str("{}");
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    assert_int_equal(ledger_append(ledger, entries, 0, NULL), ERR_LIMITED);
    assert_int_equal(ledger_append(ledger, entries, LEDGER_BATCH_ENTRIES + 1, NULL), ERR_LIMITED);
    entries[1] = slice_of(text, sizeof text);
    assert_int_equal(ledger_append(ledger, entries, 2, NULL), ERR_LIMITED);
    entries[1] = slice_of(text, 0);
    assert_int_equal(ledger_append(ledger, entries, 2, NULL), ERR_LIMITED);
    for (size_t i = 0; i < LEDGER_BATCH_ENTRIES; i++)
        entries[i] = slice_of(text, ENTRY_LEN_MAX);
    assert_int_equal(ledger_append(ledger, entries, LEDGER_BATCH_ENTRIES, NULL), ERR_LIMITED);
    assert_int_equal(ledger_size(ledger), 0);
    assert_int_equal(ledger_staged(ledger), 0);
    assert_int_equal(ledger_append(ledger, entries, 100, NULL), OK);
    ledger_close(ledger);
}

static void test_entries_by_index(void **state)
{
    struct ledger *ledger;
    struct buf buf;
    char text[128];

    (void)state;
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    grow(ledger, 600, 100);
    buf_init(&buf, 128);
    for (uint64_t i = 0; i < 600; i++) {
        buf_clear(&buf);
        assert_int_equal(ledger_entry(ledger, i, &buf, NULL), OK);
        assert_true(slice_equal(buf_slice(&buf), entry_make(text, i)));
    }
    assert_int_equal(ledger_entry(ledger, 600, &buf, NULL), ERR_NOT_FOUND);
    buf_release(&buf);
    ledger_close(ledger);
}

/* Partial tiles of published sizes stay until the next tile is full. */
static void test_partial_tiles_stay_a_while(void **state)
{
    struct ledger *ledger;
    char path[FILE_PATH_CAP];

    (void)state;
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    grow(ledger, 300, 100);
    for (int i = 0; i < 2; i++) {
        file_path(path, folder, "ledger/tile/%s/000.p/200", i == 0 ? "0" : "entries");
        assert_true(file_exists(path));
        file_path(path, folder, "ledger/tile/%s/000.p/100", i == 0 ? "0" : "entries");
        assert_true(file_exists(path));
    }
    grow(ledger, 512, 212);
    file_path(path, folder, "ledger/tile/0/000.p");
    assert_false(file_exists(path));
    file_path(path, folder, "ledger/tile/0/001.p/44");
    assert_true(file_exists(path));
    ledger_close(ledger);
}

static void test_two_writers(void **state)
{
    struct ledger *ledger, *second;
    struct fault fault;
    char pid[32];

    (void)state;
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    assert_int_equal(open_ledger(&second, &fault), ERR_CONFLICT);
    assert_non_null(strstr(fault.text, folder));
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(fault.text, pid));
    ledger_close(ledger);
    assert_int_equal(open_ledger(&second, NULL), OK);
    ledger_close(second);
}

static void test_cosigned_checkpoint(void **state)
{
    struct note_key witness;
    struct ledger *ledger;
    struct slice text;
    struct note note;
    struct buf buf, old;

    (void)state;
    assert_int_equal(note_key_init(&witness, NOTE_COSIGNATURE, "w", other_secret.public), OK);
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    grow(ledger, 5, 5);
    buf_init(&buf, NOTE_LEN_MAX);
    buf_init(&old, NOTE_LEN_MAX);
    buf_put_slice(&old, ledger_checkpoint(ledger));
    buf_put_slice(&buf, ledger_checkpoint(ledger));
    assert_int_equal(note_parse(buf_slice(&old), &note, NULL), OK);
    text = note.text;
    note_cosign(&buf, text, 1790000000, &witness, &other_secret);
    assert_int_equal(ledger_cosigned(ledger, buf_slice(&buf), NULL), OK);
    ledger_close(ledger);
    /* It is still there after opening, and goes with the next size. */
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    assert_true(slice_equal(ledger_checkpoint(ledger), buf_slice(&buf)));
    grow(ledger, 6, 1);
    assert_int_equal(ledger_cosigned(ledger, buf_slice(&buf), NULL), ERR_CONFLICT);
    assert_int_equal(ledger_cosigned(ledger, slice_str("x"), NULL), ERR_CONFLICT);
    buf_release(&buf);
    buf_release(&old);
    ledger_close(ledger);
    check_published(6);
}

/* Opening must fail with ERR_CORRUPT and a fault that holds `why`. Without the visitor, which would
 * stop at the first changed entry. */
static void check_refused(const char *why)
{
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1};
    struct ledger *ledger;
    struct fault fault;

    if (ledger_open(&options, &ledger, &fault) != ERR_CORRUPT)
        fail_msg("not refused as corrupt: %s", why);
    if (strstr(fault.text, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", fault.text, why);
}

static void remove_file(const char *name)
{
    char path[FILE_PATH_CAP];

    file_path(path, folder, "%s", name);
    assert_int_equal(unlink(path), 0);
}

/* Changes one bit of a file, checks that opening says why, and puts the file back. */
static void check_flipped(const char *name, size_t at, const char *why)
{
    struct buf buf;

    buf_init(&buf, BUNDLE_BYTES_MAX);
    read_whole(folder, name, &buf);
    buf.data[at] ^= 1;
    write_whole(folder, name, buf_slice(&buf));
    check_refused(why);
    buf.data[at] ^= 1;
    write_whole(folder, name, buf_slice(&buf));
    buf_release(&buf);
}

/* The same for a file that is gone, and for one that is one byte short. */
static void check_missing(const char *name)
{
    struct buf buf;

    buf_init(&buf, BUNDLE_BYTES_MAX);
    read_whole(folder, name, &buf);
    remove_file(name);
    check_refused(name);
    write_whole(folder, name, slice_of(buf.data, buf.len - 1));
    check_refused(name);
    write_whole(folder, name, buf_slice(&buf));
    buf_release(&buf);
}

/* 600 entries; with a small journal the first 512 are in tiles only. */
static void make_600(uint64_t cut)
{
    struct ledger *ledger;

    assert_int_equal(open_with(&secret, ORIGIN, cut, &ledger, NULL), OK);
    grow(ledger, 512, 64);
    grow(ledger, 600, 88);
    ledger_close(ledger);
}

static void test_refuses_damaged_tiles(void **state)
{
    struct ledger *ledger;

    (void)state;
    make_600(1);
    check_flipped("ledger/tile/entries/000", 5, "ledger/tile/");
    check_flipped("ledger/tile/entries/001", 0, "ledger/tile/entries/001");
    check_flipped("ledger/tile/0/000", 0, "ledger/tile/0/000");
    check_flipped("ledger/tile/0/001", 8191, "ledger/tile/0/001");
    check_missing("ledger/tile/entries/000");
    check_missing("ledger/tile/entries/001");
    check_missing("ledger/tile/0/000");
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    ledger_close(ledger);
}

/* Entries and tiles agree with each other, but not with the journal. */
static void test_refuses_exchanged_bundle(void **state)
{
    struct slice entries[TILE_WIDTH];
    struct buf bundle, tile, again;
    uint8_t leaf[TREE_HASH_LEN];

    (void)state;
    make_600(1);
    buf_init(&bundle, BUNDLE_BYTES_MAX);
    buf_init(&again, BUNDLE_BYTES_MAX);
    buf_init(&tile, TILE_BYTES_MAX);
    read_whole(folder, "ledger/tile/entries/001", &bundle);
    assert_int_equal(bundle_cut(buf_slice(&bundle), TILE_WIDTH, entries), OK);
    entries[7] = entries[8];
    for (int i = 0; i < TILE_WIDTH; i++) {
        bundle_put(&again, entries[i]);
        tree_leaf_hash(leaf, entries[i]);
        buf_put(&tile, leaf, sizeof leaf);
    }
    write_whole(folder, "ledger/tile/entries/001", buf_slice(&again));
    write_whole(folder, "ledger/tile/0/001", buf_slice(&tile));
    check_refused("entries and journal disagree");
    buf_release(&bundle);
    buf_release(&again);
    buf_release(&tile);
}

static void test_refuses_damaged_full_tiles_of_the_journal(void **state)
{
    (void)state;
    make_600(0);
    check_flipped("ledger/tile/entries/000", 5, "ledger/tile/entries/000");
    check_flipped("ledger/tile/0/001", 0, "ledger/tile/0/001");
    check_flipped("state/journal", 100, "damaged at byte 0");
    remove_file("state/journal");
    check_refused("the journal ends at 0 (I2)");
}

/* What a crash or a power loss can leave is put right without a word. */
static void test_publishes_again(void **state)
{
    static const char *const names[] = {"ledger/tile/entries/000",      "ledger/tile/0/001",
                                        "ledger/tile/entries/002.p/88", "ledger/tile/0/002.p/88",
                                        "ledger/tile/1/000.p/2",        "ledger/checkpoint"};
    enum { GONE, EMPTY, HALF, WAYS };
    struct ledger *ledger;
    struct buf buf;

    (void)state;
    make_600(0);
    buf_init(&buf, BUNDLE_BYTES_MAX);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int way = GONE; way < WAYS; way++) {
            read_whole(folder, names[i], &buf);
            if (way == GONE)
                remove_file(names[i]);
            else
                write_whole(folder, names[i], slice_of(buf.data, way == EMPTY ? 0 : buf.len / 2));
            if (way == HALF && strcmp(names[i], "ledger/checkpoint") == 0) {
                /* It fits one page: no crash leaves a half. */
                check_refused("ledger/checkpoint");
                continue;
            }
            assert_int_equal(open_ledger(&ledger, NULL), OK);
            ledger_close(ledger);
            check_published(600);
        }
    buf_release(&buf);
}

static void test_refuses_other_checkpoints(void **state)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = 600};
    struct ledger *ledger;
    struct note_key key;
    struct buf text, note, good;

    (void)state;
    make_600(0);
    assert_int_equal(note_key_init(&key, NOTE_ED25519, ORIGIN, secret.public), OK);
    buf_init(&text, 1000);
    buf_init(&note, 1000);
    buf_init(&good, NOTE_LEN_MAX);
    read_whole(folder, "ledger/checkpoint", &good);
    for (int which = 0; which < 5; which++) {
        static const char *const why[] = {"has another root (I2)", "has another root (I2)",
                                          "has size 601, the journal ends at 600 (I2)",
                                          "wrong signature", "another origin"};

        checkpoint.size = which == 1 ? 300 : which == 2 ? 601 : 600;
        memcpy(checkpoint.origin, which == 4 ? "other.example" : ORIGIN, 19 - (which == 4 ? 5 : 0));
        memset(checkpoint.root, 5, TREE_HASH_LEN);
        buf_clear(&text);
        buf_clear(&note);
        checkpoint_format(&checkpoint, &text);
        buf_put_slice(&note, buf_slice(&text));
        buf_put_str(&note, "\n");
        note_sign(&note, buf_slice(&text), &key, which == 3 ? &other_secret : &secret);
        write_whole(folder, "ledger/checkpoint", buf_slice(&note));
        check_refused(why[which]);
    }
    write_whole(folder, "ledger/checkpoint", buf_slice(&good));
    assert_int_equal(open_with(&other_secret, ORIGIN, 0, &ledger, NULL), ERR_CORRUPT);
    assert_int_equal(open_with(&secret, "other.example/c", 0, &ledger, NULL), ERR_CORRUPT);
    remove_file("ledger/checkpoint");
    assert_int_equal(open_with(&other_secret, ORIGIN, 0, &ledger, NULL), ERR_CORRUPT);
    assert_int_equal(open_with(&secret, "bad name", 0, &ledger, NULL), ERR_INVALID);
    buf_release(&text);
    buf_release(&note);
    buf_release(&good);
}

/* The journal was put back to an earlier state, and with it the checkpoint: the tiles tell. */
static void test_refuses_rolled_back_journal(void **state)
{
    struct ledger *ledger;
    struct buf journal, checkpoint;

    (void)state;
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    grow(ledger, 100, 50);
    buf_init(&journal, 1 << 20);
    buf_init(&checkpoint, NOTE_LEN_MAX);
    read_whole(folder, "state/journal", &journal);
    read_whole(folder, "ledger/checkpoint", &checkpoint);
    grow(ledger, 110, 50);
    ledger_close(ledger);
    write_whole(folder, "state/journal", buf_slice(&journal));
    check_refused("the journal ends at 100 (I2)");
    write_whole(folder, "ledger/checkpoint", buf_slice(&checkpoint));
    check_refused("tiles reach beyond the journal's end at 100 (I2)");
    /* The last record was torn, but it had been published. */
    write_whole(folder, "state/journal", slice_of(journal.data, journal.len - 3));
    check_refused("(I2)");
    write_whole(folder, "state/journal", slice_of(NULL, 0));
    check_refused("the journal ends at 0 (I2)");
    buf_release(&journal);
    buf_release(&checkpoint);
}

static enum err refuse_visit(void *context, struct slice bytes, uint64_t index,
                             const uint8_t leaf[static TREE_HASH_LEN], struct fault *fault)
{
    (void)context;
    (void)bytes;
    (void)leaf;
    return index < 5 ? OK : fault_set(fault, ERR_DENIED, "not this one");
}

static void test_visitor_may_refuse(void **state)
{
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1, .visit = refuse_visit};
    struct ledger *ledger;
    struct fault fault;

    (void)state;
    make_600(0);
    assert_int_equal(ledger_open(&options, &ledger, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "not this one");
}

static void test_files(void **state)
{
    uint8_t hash[SHA256_LEN], none[SHA256_LEN] = {0};
    char name[FILE_PATH_CAP], hex[65];
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    assert_int_equal(ledger_file_put(folder, slice_str("rules"), hash, NULL), OK);
    assert_int_equal(ledger_file_put(folder, slice_str("rules"), hash, NULL), OK);
    assert_int_equal(ledger_file_get(folder, hash, &buf, NULL), OK);
    assert_true(slice_is(buf_slice(&buf), "rules"));
    assert_int_equal(ledger_file_get(folder, none, &buf, NULL), ERR_NOT_FOUND);
    for (int i = 0; i < SHA256_LEN; i++)
        snprintf(hex + (size_t)i * 2, 3, "%02x", hash[i]);
    snprintf(name, sizeof name, "ledger/files/%s", hex);
    write_whole(folder, name, slice_str("roles"));
    buf_clear(&buf);
    assert_int_equal(ledger_file_get(folder, hash, &buf, NULL), ERR_CORRUPT);
    assert_int_equal(ledger_file_put(folder, slice_str("rules"), hash, NULL), OK);
    buf_clear(&buf);
    assert_int_equal(ledger_file_get(folder, hash, &buf, NULL), OK);
    buf_release(&buf);
}

/* Appends until it fails; tells how. Runs in a child, which may end with the disk full. */
static int fill(uint64_t floor)
{
    static char texts[64][128];
    struct slice entries[64];
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = floor};
    struct ledger *ledger;
    enum err err = ledger_open(&options, &ledger, NULL);

    for (int i = 0; err == OK && i < 10000; i++) {
        for (uint64_t j = 0; j < 64; j++)
            entries[j] = entry_make(texts[j], ledger_size(ledger) + j);
        err = ledger_append(ledger, entries, 64, NULL);
    }
    return (int)err;
}

static int fill_in_child(uint64_t floor)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0)
        _exit(fill(floor));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_full_disk(void **state)
{
    struct ledger *ledger;
    uint64_t size;

    (void)state;
    if (mount("tmpfs", folder, "tmpfs", 0, "size=1m") != 0) {
        print_message("skipped: no mount (test_full_disk)\n");
        skip();
    }
    /* Refused before the wall, nothing half done, reading goes on. */
    assert_int_equal(fill_in_child(512 << 10), ERR_UNAVAILABLE);
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    size = ledger_size(ledger);
    assert_true(size > 0 && size % 64 == 0);
    ledger_close(ledger);
    check_published(size);
    /* Into the wall: the process ends; with space again everything that was committed is there. */
    assert_int_equal(fill_in_child(1), ERR_INTERNAL);
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=4m"), 0);
    assert_int_equal(open_ledger(&ledger, NULL), OK);
    assert_true(ledger_size(ledger) > size && ledger_size(ledger) % 64 == 0);
    size = ledger_size(ledger);
    grow(ledger, size + 64, 64);
    ledger_close(ledger);
    check_published(size + 64);
    assert_int_equal(umount(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_grows_and_opens_again, make, drop),
        cmocka_unit_test_setup_teardown(test_second_level, make, drop),
        cmocka_unit_test_setup_teardown(test_empty_ledger, make, drop),
        cmocka_unit_test_setup_teardown(test_batch_limits, make, drop),
        cmocka_unit_test_setup_teardown(test_entries_by_index, make, drop),
        cmocka_unit_test_setup_teardown(test_partial_tiles_stay_a_while, make, drop),
        cmocka_unit_test_setup_teardown(test_two_writers, make, drop),
        cmocka_unit_test_setup_teardown(test_cosigned_checkpoint, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_damaged_tiles, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_exchanged_bundle, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_damaged_full_tiles_of_the_journal, make, drop),
        cmocka_unit_test_setup_teardown(test_publishes_again, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_other_checkpoints, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_rolled_back_journal, make, drop),
        cmocka_unit_test_setup_teardown(test_visitor_may_refuse, make, drop),
        cmocka_unit_test_setup_teardown(test_files, make, drop),
        cmocka_unit_test_setup_teardown(test_full_disk, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
