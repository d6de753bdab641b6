#include "base/clock.h"
#include "fixture.h"
#include "ledger/sequencer.h"

#include <signal.h>
#include <sys/wait.h>

/* A judge of a small world: entries of type `ballot` count up by their `n`, which may be taken
 * once; a `mark` is due at each time in `due_at`; `notice` is taken from staff only. */
struct world {
    uint64_t taken[64]; /* index + 1 of the entry with this n */
    uint64_t due_at;    /* 0: nothing */
    uint64_t applied;
    uint64_t last_at;
    int proved;
    char order[256];
};

static char folder[FILE_PATH_CAP];
static struct ed25519_secret secret;
static struct world world;
static struct pool *pool;
static struct sequencer *sequencer;
static int64_t now;

static int64_t fake_clock(void)
{
    return now * 1000000;
}

static void prove(void *context, struct candidate *candidate)
{
    struct world *w = context;

    assert_false(candidate->entry.has_at);
    candidate->proof_state = 7;
    __atomic_add_fetch(&w->proved, 1, __ATOMIC_RELAXED);
}

static void check(void *context, struct candidate *candidate, uint64_t index, uint64_t at)
{
    struct world *w = context;
    uint64_t n = 0;

    assert_int_equal(candidate->proof_state, 7);
    assert_int_equal(index, w->applied);
    assert_int_equal(at, sequencer_at(sequencer));
    if (entry_is(&candidate->entry, "notice") && candidate->origin != CANDIDATE_STAFF) {
        candidate->code = 3;
        return;
    }
    if (entry_int(&candidate->entry, "n", 63, &n) == OK && w->taken[n] != 0) {
        candidate->verdict = n == 63 ? CANDIDATE_REPEATED : CANDIDATE_REFUSED;
        candidate->code = 9;
        candidate->index = w->taken[n] - 1;
        candidate->rev = 5;
        return;
    }
    candidate->verdict = CANDIDATE_ACCEPTED;
}

static void apply(void *context, const struct candidate *candidate, uint64_t index,
                  const uint8_t leaf[static TREE_HASH_LEN])
{
    struct world *w = context;
    uint8_t expected[TREE_HASH_LEN];
    uint64_t n;

    tree_leaf_hash(expected, candidate->entry.bytes);
    assert_memory_equal(leaf, expected, TREE_HASH_LEN);
    assert_int_equal(index, w->applied);
    w->applied++;
    if (entry_int(&candidate->entry, "n", 63, &n) == OK)
        w->taken[n] = index + 1;
    if (candidate->entry.has_at)
        w->last_at = candidate->entry.at;
    w->order[index] = (char)candidate->entry.type.data[0];
}

static enum err due(void *context, uint64_t at, struct buf *entry)
{
    struct world *w = context;

    if (w->due_at == 0 || at < w->due_at)
        return ERR_NOT_FOUND;
    w->due_at = 0;
    buf_put_str(entry, "{\"t\":\"mark\",\"v\":1}");
    return OK;
}

static const struct judge judge = {&world, prove, check, apply, due};

static enum err open_sequencer(struct fault *fault)
{
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1};

    memset(&world, 0, sizeof world);
    return sequencer_open(&options, &judge, pool, &sequencer, fault);
}

static int make(void **state)
{
    (void)state;
    make_key(&secret, 1);
    folder_make(folder);
    pool = pool_create(2);
    now = 1800000000;
    clock_replace(fake_clock);
    return open_sequencer(NULL) != OK;
}

static int drop(void **state)
{
    (void)state;
    clock_replace(NULL);
    sequencer_close(sequencer);
    sequencer = NULL;
    pool_destroy(pool);
    folder_remove(folder);
    return 0;
}

/* Commits the texts as one batch; the candidates stay until free_batch(). */
static struct candidate *batch[64];
static size_t batch_len;

static void add(const char *text, enum candidate_origin origin)
{
    struct candidate *candidate = xcalloc(1, sizeof *candidate);

    candidate_init(candidate, slice_str(text), origin, NULL);
    batch[batch_len++] = candidate;
}

static void free_batch(void)
{
    while (batch_len > 0) {
        candidate_release(batch[--batch_len]);
        free(batch[batch_len]);
    }
}

static enum err commit(void)
{
    return sequencer_commit(sequencer, batch, batch_len, NULL);
}

static uint64_t size(void)
{
    return ledger_size(sequencer_ledger(sequencer));
}

static void test_judges_in_order(void **state)
{
    (void)state;
    add("{\"n\":1,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"n\":1,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"n\":2,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"n\":63,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"n\":63,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"t\":\"notice\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"t\":\"notice\",\"v\":1}", CANDIDATE_STAFF);
    assert_int_equal(commit(), OK);
    assert_int_equal(world.proved, 7);
    assert_int_equal(batch[0]->verdict, CANDIDATE_ACCEPTED);
    assert_int_equal(batch[0]->index, 0);
    assert_int_equal(batch[1]->verdict, CANDIDATE_REFUSED);
    assert_int_equal(batch[1]->code, 9);
    assert_int_equal(batch[1]->index, 0);
    assert_int_equal(batch[1]->rev, 5);
    assert_int_equal(batch[2]->index, 1);
    assert_int_equal(batch[3]->index, 2);
    assert_int_equal(batch[4]->verdict, CANDIDATE_REPEATED);
    assert_int_equal(batch[4]->index, 2);
    assert_int_equal(batch[5]->verdict, CANDIDATE_REFUSED);
    assert_int_equal(batch[5]->code, 3);
    assert_int_equal(batch[6]->verdict, CANDIDATE_ACCEPTED);
    assert_int_equal(batch[6]->index, 3);
    assert_true(slice_is(batch[6]->entry.bytes, "{\"at\":1800000000,\"t\":\"notice\",\"v\":1}"));
    assert_int_equal(size(), 4);
    free_batch();
}

static void test_refuses_form(void **state)
{
    static char text[ENTRY_LEN_MAX + 1];
    const char *head = "{\"a\":\"", *tail = "\",\"t\":\"mark\",\"v\":1}";

    (void)state;
    add("", CANDIDATE_PUBLIC);
    add("{\"t\":\"ballot\", \"v\":1}", CANDIDATE_PUBLIC);
    add("{\"at\":5,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"at\":1800000000,\"t\":\"notice\",\"v\":1}", CANDIDATE_STAFF);
    memset(text, 'x', ENTRY_LEN_MAX);
    memcpy(text, head, strlen(head));
    memcpy(text + ENTRY_LEN_MAX - strlen(tail), tail, strlen(tail));
    add(text, CANDIDATE_STAFF);
    assert_int_equal(commit(), OK);
    assert_int_equal(batch[0]->code, SEQUENCER_MALFORMED);
    assert_int_equal(batch[1]->code, SEQUENCER_MALFORMED);
    assert_true(batch[1]->fault.text[0] != '\0');
    assert_int_equal(batch[2]->code, SEQUENCER_HAS_AT);
    assert_int_equal(batch[3]->code, SEQUENCER_HAS_AT);
    assert_int_equal(batch[4]->code, SEQUENCER_TOO_LONG);
    for (size_t i = 0; i < batch_len; i++)
        assert_int_equal(batch[i]->verdict, CANDIDATE_REFUSED);
    assert_int_equal(size(), 0);
    assert_int_equal(world.applied, 0);
    free_batch();
}

static void test_due_comes_first(void **state)
{
    (void)state;
    assert_int_equal(sequencer_due(sequencer, NULL), OK);
    assert_int_equal(size(), 0);
    world.due_at = (uint64_t)now + 10;
    add("{\"n\":1,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    assert_int_equal(commit(), OK);
    free_batch();
    now += 10;
    add("{\"n\":2,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    add("{\"t\":\"notice\",\"v\":1}", CANDIDATE_STAFF);
    assert_int_equal(commit(), OK);
    assert_string_equal(world.order, "bmbn");
    assert_int_equal(batch[0]->index, 2);
    free_batch();
    world.due_at = 1;
    assert_int_equal(sequencer_due(sequencer, NULL), OK);
    assert_int_equal(size(), 5);
}

static void test_time_never_goes_back(void **state)
{
    (void)state;
    add("{\"t\":\"notice\",\"v\":1}", CANDIDATE_STAFF);
    assert_int_equal(commit(), OK);
    now -= 3600;
    assert_int_equal(commit(), OK);
    assert_int_equal(world.last_at, 1800000000);
    sequencer_close(sequencer);
    assert_int_equal(open_sequencer(NULL), OK);
    assert_int_equal(sequencer_at(sequencer), 1800000000);
    assert_int_equal(commit(), OK);
    assert_int_equal(world.last_at, 1800000000);
    now += 3601;
    assert_int_equal(commit(), OK);
    assert_int_equal(world.last_at, 1800000001);
    free_batch();
}

static void test_replays_to_the_same_state(void **state)
{
    struct world before;

    (void)state;
    for (uint64_t i = 0; i < 40; i++) {
        char text[64];

        snprintf(text, sizeof text, "{\"n\":%llu,\"t\":\"ballot\",\"v\":1}", (unsigned long long)i);
        add(text, CANDIDATE_PUBLIC);
        add("{\"t\":\"notice\",\"v\":1}", CANDIDATE_STAFF);
        assert_int_equal(commit(), OK);
        free_batch();
    }
    before = world;
    before.proved = 0;
    sequencer_close(sequencer);
    assert_int_equal(open_sequencer(NULL), OK);
    assert_memory_equal(&before, &world, sizeof world);
    assert_int_equal(size(), 80);
}

static void test_batch_limits(void **state)
{
    static struct candidate *many[SEQUENCER_ENTRIES + 1];

    (void)state;
    add("{\"n\":1,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    for (size_t i = 0; i <= SEQUENCER_ENTRIES; i++)
        many[i] = batch[0];
    assert_int_equal(sequencer_commit(sequencer, many, SEQUENCER_ENTRIES + 1, NULL), ERR_LIMITED);
    batch[0]->bytes.len = SEQUENCER_BYTES + 1;
    assert_int_equal(sequencer_commit(sequencer, many, 1, NULL), ERR_LIMITED);
    assert_int_equal(world.proved, 0);
    free_batch();
}

static void test_no_space_judges_nothing(void **state)
{
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = UINT64_MAX};

    (void)state;
    sequencer_close(sequencer);
    assert_int_equal(sequencer_open(&options, &judge, pool, &sequencer, NULL), OK);
    add("{\"n\":1,\"t\":\"ballot\",\"v\":1}", CANDIDATE_PUBLIC);
    assert_int_equal(commit(), ERR_UNAVAILABLE);
    assert_int_equal(world.proved, 0);
    assert_int_equal(sequencer_due(sequencer, NULL), OK);
    world.due_at = 1;
    assert_int_equal(sequencer_due(sequencer, NULL), ERR_UNAVAILABLE);
    assert_int_equal(world.applied, 0);
    free_batch();
}

/* An old entry that can't be one stops the opening, and so does time that goes back. */
static void test_replay_refuses(void **state)
{
    static const char *const good = "{\"at\":7,\"t\":\"notice\",\"v\":1}";
    static const char *const bad[] = {"{\"t\":\"notice\",\"v\":1}",
                                      "{\"at\":7,\"t\":\"ballot\",\"v\":1}",
                                      "{\"at\":6,\"t\":\"notice\",\"v\":1}", "no entry"};
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1};
    struct ledger *ledger;
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct slice entries[] = {slice_str(good), slice_str(bad[i])};

        sequencer_close(sequencer);
        sequencer = NULL;
        folder_remove(folder);
        assert_int_equal(ledger_open(&options, &ledger, NULL), OK);
        assert_int_equal(ledger_append(ledger, entries, 2, NULL), OK);
        ledger_close(ledger);
        assert_int_equal(open_sequencer(&fault), ERR_CORRUPT);
        assert_non_null(strstr(fault.text, "entry 1: "));
    }
}

static void refuse_all(void *context, struct candidate *candidate, uint64_t index, uint64_t at)
{
    (void)context;
    (void)candidate;
    (void)index;
    (void)at;
}

/* The ledger's own entry is refused by its own judge: it must not go on signing. */
static void test_own_entry_refused_ends_the_process(void **state)
{
    struct judge wrong = judge;
    struct ledger_options options = {
        .campaign = folder, .origin = ORIGIN, .key = &secret, .floor = 1};
    pid_t child;
    int status;

    (void)state;
    wrong.check = refuse_all;
    sequencer_close(sequencer);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct pool *own = pool_create(1);

        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        if (sequencer_open(&options, &wrong, own, &sequencer, NULL) != OK)
            _exit(1);
        world.due_at = 1;
        _exit(sequencer_due(sequencer, NULL) == OK ? 2 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(open_sequencer(NULL), OK);
    assert_int_equal(size(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_judges_in_order, make, drop),
        cmocka_unit_test_setup_teardown(test_refuses_form, make, drop),
        cmocka_unit_test_setup_teardown(test_due_comes_first, make, drop),
        cmocka_unit_test_setup_teardown(test_time_never_goes_back, make, drop),
        cmocka_unit_test_setup_teardown(test_replays_to_the_same_state, make, drop),
        cmocka_unit_test_setup_teardown(test_batch_limits, make, drop),
        cmocka_unit_test_setup_teardown(test_no_space_judges_nothing, make, drop),
        cmocka_unit_test_setup_teardown(test_replay_refuses, make, drop),
        cmocka_unit_test_setup_teardown(test_own_entry_refused_ends_the_process, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
