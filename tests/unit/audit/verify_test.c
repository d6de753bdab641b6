/* Checking ledgers that are good, that lie, that move on, and that can't be read. What each code
 * means is tested on whole folders by tests/flow/verify.test.mjs. */
#include "ledger_rig.h"

#include "ledger/proof.h"

static struct mini mini;

/* Everything that was found, as "code@index " one after another. */
static enum err check_with(struct rig *rig, const struct source_ops *ops, unsigned threads,
                           char *found, size_t cap)
{
    struct verify_options options = {.threads = threads};
    struct verify_report report;
    struct fault fault = {{0}};
    struct source *source = source_create("rig", ops, rig);
    enum err err = verify_run(source, &rig->key, &options, &report, &fault);
    size_t len = 0;
    found[0] = '\0';
    for (size_t i = 0; i < report.findings_len && len < cap; i++)
        len += (size_t)snprintf(found + len, cap - len, "%s@%lld ",
                                verdict_name(report.findings[i].code),
                                (long long)report.findings[i].index);
    if (err != OK)
        assert_true(fault.text[0] != '\0' && report.findings_len == 0 && !report.fold);
    verify_release(&report);
    source_close(source);
    return err;
}

static enum err check(struct rig *rig, char *found, size_t cap)
{
    return check_with(rig, &rig_ops, 2, found, cap);
}

static void expect(struct rig *rig, const char *wanted)
{
    char found[4096];
    assert_int_equal(check(rig, found, sizeof found), OK);
    assert_string_equal(found, wanted);
}

static void expect_error(struct rig *rig, enum err wanted)
{
    char found[4096];
    assert_int_equal(check(rig, found, sizeof found), wanted);
}

static char *path_of(char out[static TILE_PATH_CAP], unsigned level, uint64_t len)
{
    struct tile tile = {level, 0, (unsigned)len};
    tile_path(out, &tile);
    return out;
}

static void good_ledgers_of_every_length(void **state)
{
    (void)state;
    for (uint64_t len = 1; len <= mini.len; len++) {
        struct rig rig;
        rig_init(&rig, &mini, len);
        expect(&rig, "");
        rig_release(&rig);
    }
}

static void threads_and_kinds_of_sources_agree(void **state)
{
    (void)state;
    char found[4096];
    struct rig rig;
    rig_init(&rig, &mini, mini.len);
    rig_put(rig.now, "notes.txt", slice_str("x"));
    for (unsigned threads = 1; threads <= 4; threads++) {
        assert_int_equal(check_with(&rig, &rig_ops, threads, found, sizeof found), OK);
        assert_string_equal(found, "file_unknown@-1 ");
        /* Who can't list files can't find what is too many. */
        assert_int_equal(check_with(&rig, &rig_far_ops, threads, found, sizeof found), OK);
        assert_string_equal(found, "");
    }
    rig_release(&rig);
}

static void the_recount_is_the_campaigns(void **state)
{
    (void)state;
    struct verify_options options = {.threads = 2};
    struct verify_report report;
    struct rig rig;
    rig_init(&rig, &mini, mini.len);
    struct source *source = rig_source(&rig);
    assert_int_equal(verify_run(source, &rig.key, &options, &report, NULL), OK);
    assert_int_equal(report.findings_len, 0);
    assert_int_equal(report.checkpoint.size, mini.len);
    for (unsigned cat = 0; cat < 2; cat++) {
        const struct fold_category *own = fold_category(report.fold, cat);
        assert_true(own->has_counts && own->has_tally);
        assert_true(slice_equal(own->tally_file, fold_category(mini.fold, cat)->tally_file));
    }
    verify_release(&report);
    verify_release(&report);
    source_close(source);
    rig_release(&rig);
}

static void findings_stand_by_index_and_then_by_name(void **state)
{
    (void)state;
    char path[TILE_PATH_CAP];
    struct rig rig;
    rig_init(&rig, &mini, mini.len);
    rig_put(rig.now, "b", slice_str(""));
    rig_put(rig.now, "files/a", slice_str(""));
    rig_put(rig.now, path_of(path, 0, 3), slice_str("short"));
    rig_put(rig.now, path_of(path, TILE_ENTRIES, 3), slice_str("short"));
    buf_drop(&rig_find(rig.now, path_of(path, 0, mini.len))->bytes, 32);
    expect(&rig, "file_mismatch@-1 file_unknown@-1 bundle_mismatch@0 tile_width@0 tile_width@0 ");
    rig_release(&rig);
}

static void only_what_the_signature_covers_is_judged(void **state)
{
    (void)state;
    char path[TILE_PATH_CAP];
    struct rig rig;
    rig_init(&rig, &mini, mini.len);
    struct buf *bundle = &rig_find(rig.now, path_of(path, TILE_ENTRIES, mini.len))->bytes;
    bundle->data[bundle->len - 9] ^= 1;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "root_mismatch@-1 tile_mismatch@%llu ",
             (unsigned long long)mini.len - 1);
    expect(&rig, wanted);
    rig_drop(rig.now, path);
    expect(&rig, "bundle_missing@0 ");
    rig_release(&rig);
}

static void checkpoints(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *size, *wanted;
    } rows[] = {
        {MINI_ORIGIN, "0", "checkpoint_malformed@-1 "},
        {MINI_ORIGIN, "4294967296", "checkpoint_malformed@-1 "},
        {MINI_ORIGIN, "01", "checkpoint_malformed@-1 "},
        {"elsewhere.example/x", "1", "checkpoint_origin@-1 "},
        {MINI_ORIGIN, "1\n", "checkpoint_malformed@-1 "},
    };
    uint8_t root[TREE_HASH_LEN] = {0};
    struct rig rig;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig_init(&rig, &mini, mini.len);
        rig_sign(&rig, rig.now, rows[i].origin, rows[i].size, root);
        expect(&rig, rows[i].wanted);
        rig_release(&rig);
    }
    rig_init(&rig, &mini, mini.len);
    rig.key.public[0] ^= 1;
    expect(&rig, "checkpoint_signature@-1 ");
    rig.key.id ^= 1;
    expect(&rig, "checkpoint_key@-1 ");
    rig_put(rig.now, "checkpoint", slice_str(""));
    expect(&rig, "checkpoint_malformed@-1 ");
    rig_drop(rig.now, "checkpoint");
    expect_error(&rig, ERR_NOT_FOUND);
    rig_release(&rig);
}

/* What can't be read is neither good nor bad. */
static void an_unreadable_file_is_no_finding(void **state)
{
    (void)state;
    static const char *const paths[] = {"checkpoint", "tile/0", "tile/entries", "files/"};
    static const enum err failures[] = {ERR_UNAVAILABLE, ERR_INTERNAL};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (size_t j = 0; j < 2; j++) {
            char found[4096];
            struct rig rig;
            rig_init(&rig, &mini, mini.len);
            rig.failing = paths[i];
            rig.failure = failures[j];
            expect_error(&rig, failures[j]);
            assert_int_equal(check_with(&rig, &rig_far_ops, 1, found, sizeof found), failures[j]);
            rig_release(&rig);
        }
}

/* The bundle is read three times: for its hashes, to be judged, to be opened. */
static void bytes_that_change_between_reads_are_not_judged(void **state)
{
    (void)state;
    char path[TILE_PATH_CAP];
    for (unsigned read = 0; read < 4; read++) {
        char found[4096];
        struct rig rig;
        rig_init(&rig, &mini, mini.len);
        rig.changing = path_of(path, TILE_ENTRIES, mini.len);
        rig.changes_at = read;
        /* Opening looks at the ballots of the bundle only. */
        enum err wanted = read == 1 ? ERR_CONFLICT : OK;
        assert_int_equal(check(&rig, found, sizeof found), wanted);
        assert_int_equal(found[0] != '\0', read == 0);
        rig_release(&rig);
    }
}

static void a_ballot_that_changes_before_it_is_opened(void **state)
{
    (void)state;
    char path[TILE_PATH_CAP], found[4096];
    uint64_t len = mini.stage_len[MINI_UNSEALED];
    struct rig rig;
    rig_init(&rig, &mini, len);
    struct rig_set *later = rig_publish(&rig, &mini, len);
    struct buf *bundle = &rig_find(later, path_of(path, TILE_ENTRIES, len))->bytes;
    struct slice entries[TILE_WIDTH];
    assert_int_equal(bundle_cut(buf_slice(bundle), (unsigned)len, entries), OK);
    bundle->data[(size_t)(entries[mini.first_ballot].data - bundle->data) + 60] ^= 1;
    rig.later = later;
    /* checkpoint, bundle, tile, each file, bundle, genesis' rules, register; then the opening's */
    rig.switch_at = 3 + mini.files_len + 1 + 2;
    assert_int_equal(check(&rig, found, sizeof found), ERR_CONFLICT);
    rig_release(&rig);
}

/* A ledger in use grows while it is read: whenever it does, the answer is "good". */
/* A check with the tiles of the next size there before its checkpoint is; the ledger moves on at
 * read number switch_at. Returns how many reads there were. */
static unsigned check_growing(unsigned switch_at, char *found, size_t cap)
{
    char path[TILE_PATH_CAP];
    struct rig rig;
    rig_init(&rig, &mini, mini.len - 7);
    struct rig_set *next = rig_publish(&rig, &mini, mini.len);
    path_of(path, 0, mini.len);
    rig_put(rig.now, path, buf_slice(&rig_find(next, path)->bytes));
    rig.later = next;
    rig.switch_at = switch_at;
    assert_int_equal(check(&rig, found, cap), OK);
    unsigned reads = rig.reads;
    if (rig.later != NULL)
        rig_set_release(next);
    rig.later = NULL;
    rig_release(&rig);
    return reads;
}

static void a_growing_ledger_is_good(void **state)
{
    (void)state;
    char found[4096];
    /* One that stands still until its last read, which looks whether it has grown. */
    unsigned reads = check_growing(~0U, found, sizeof found);
    assert_string_equal(found, "file_unknown@-1 ");
    for (unsigned at = 0; at < reads; at++) {
        (void)check_growing(at, found, sizeof found);
        if (*found != '\0')
            fail_msg("moved on at read %u of %u: %s", at, reads, found);
    }
}

static void a_ledger_that_stands_still_with_too_much_is_not(void **state)
{
    (void)state;
    char path[TILE_PATH_CAP];
    struct rig rig;
    rig_init(&rig, &mini, mini.len - 7);
    struct rig_set *next = rig_publish(&rig, &mini, mini.len);
    path_of(path, 0, mini.len);
    rig_put(rig.now, path, buf_slice(&rig_find(next, path)->bytes));
    expect(&rig, "file_unknown@-1 ");
    rig_set_release(next);
    rig_release(&rig);
}

static void every_code_has_its_sentence(void **state)
{
    (void)state;
    for (unsigned code = 0; code < VERDICT_COUNT; code++)
        assert_true(strlen(verify_sentence((enum verdict_code)code)) > 5);
}

/* ---- receipts ---- */

static void make_receipt(struct rig *rig, uint64_t size, uint64_t index, struct buf *out)
{
    struct rig_set *set = rig_publish(rig, &mini, size), *now = rig->now;
    struct proof proof;
    rig->now = set;
    struct source *source = rig_source(rig);
    struct tile_source tiles = source_tiles(source);
    assert_int_equal(proof_inclusion(&tiles, size, index, &proof, NULL), OK);
    receipt_put(out, mini.entries[index], index, &proof,
                buf_slice(&rig_find(set, "checkpoint")->bytes));
    source_close(source);
    rig->now = now;
    rig_set_release(set);
}

static void receipts_hold_in_every_later_tree(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, &mini, mini.len);
    struct source *source = rig_source(&rig);
    for (uint64_t size = 1; size <= mini.len; size += 7) {
        struct verify_receipt said;
        struct buf receipt;
        buf_init(&receipt, RECEIPT_LEN_MAX);
        make_receipt(&rig, size, size / 2, &receipt);
        assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, NULL, &said, NULL), OK);
        assert_true(said.good && said.current == 0);
        assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, source, &said, NULL), OK);
        assert_true(said.good && said.index == size / 2 && said.size == size);
        assert_int_equal(said.current, mini.len);
        buf_release(&receipt);
    }
    source_close(source);
    rig_release(&rig);
}

static void receipts_that_the_ledger_does_not_keep(void **state)
{
    (void)state;
    struct verify_receipt said;
    struct fault fault;
    struct buf receipt;
    char path[TILE_PATH_CAP];
    struct rig rig;
    buf_init(&receipt, RECEIPT_LEN_MAX);
    rig_init(&rig, &mini, 20);
    struct source *source = rig_source(&rig);
    make_receipt(&rig, 30, 4, &receipt);
    assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, source, &said, &fault), OK);
    assert_false(said.good);
    assert_non_null(strstr(said.why, "ends at 20 entries"));

    rig.failing = "checkpoint";
    rig.failure = ERR_UNAVAILABLE;
    assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, source, &said, &fault),
                     ERR_UNAVAILABLE);
    assert_false(said.good);
    rig.failing = NULL;

    buf_clear(&receipt);
    make_receipt(&rig, 9, 4, &receipt);
    rig_find(rig.now, path_of(path, 0, 20))->bytes.data[5] ^= 1;
    assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, source, &said, &fault), OK);
    assert_false(said.good);
    rig_drop(rig.now, path);
    assert_int_equal(verify_receipt(buf_slice(&receipt), &rig.key, source, &said, &fault), OK);
    assert_non_null(strstr(said.why, "can't prove"));
    source_close(source);
    buf_release(&receipt);
    rig_release(&rig);
}

static int play(void **state)
{
    (void)state;
    mini_play(&mini);
    return 0;
}

static int release(void **state)
{
    (void)state;
    mini_release(&mini);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ledgers_of_every_length),
        cmocka_unit_test(threads_and_kinds_of_sources_agree),
        cmocka_unit_test(the_recount_is_the_campaigns),
        cmocka_unit_test(findings_stand_by_index_and_then_by_name),
        cmocka_unit_test(only_what_the_signature_covers_is_judged),
        cmocka_unit_test(checkpoints),
        cmocka_unit_test(an_unreadable_file_is_no_finding),
        cmocka_unit_test(bytes_that_change_between_reads_are_not_judged),
        cmocka_unit_test(a_ballot_that_changes_before_it_is_opened),
        cmocka_unit_test(a_growing_ledger_is_good),
        cmocka_unit_test(a_ledger_that_stands_still_with_too_much_is_not),
        cmocka_unit_test(every_code_has_its_sentence),
        cmocka_unit_test(receipts_hold_in_every_later_tree),
        cmocka_unit_test(receipts_that_the_ledger_does_not_keep),
    };
    return cmocka_run_group_tests(tests, play, release);
}
