#include "rig.h"

#include "crypt/hash.h"
#include "redis/apply.h"
#include "redis/limit.h"
#include "redis/rebuild.h"
#include "redis/state.h"

struct applied {
    unsigned times;
    enum err err;
    struct redis_apply_answer answer;
};

static void take_applied(void *context, enum err err, const struct redis_apply_answer *answer)
{
    struct applied *applied = context;
    applied->times++;
    applied->err = err;
    if (answer != NULL) {
        applied->answer = *answer;
    }
}

static int set_up(void **state)
{
    int failed = rig_set_up(state);
    struct rig *rig = *state;
    struct answered answered = {0};
    assert_int_equal(OK, redis_apply_load(rig->client, 5000, rig_take, &answered));
    rig_until(rig, &answered.times, 1);
    if (answered.err != OK) {
        fail_msg("%s", answered.text);
    }
    return failed;
}

static void root_of(uint64_t size, uint8_t root[static REDIS_ROOT_LEN])
{
    sha256(root, slice_of(&size, sizeof size));
}

static struct applied apply(struct rig *rig, const struct redis_batch *batch, uint64_t first,
                            uint64_t size)
{
    struct applied applied = {0};
    uint8_t root[REDIS_ROOT_LEN];
    root_of(size, root);
    assert_int_equal(OK, redis_apply_send(rig->client, batch, first, size, root,
                                          slice_str("checkpoint\n"), 5000, take_applied, &applied));
    assert_int_equal(0, applied.times);
    rig_until(rig, &applied.times, 1);
    assert_int_equal(OK, applied.err);
    return applied;
}

static struct applied stands(struct rig *rig, const char *campaign)
{
    struct applied applied = {0};
    assert_int_equal(OK, redis_apply_read(rig->client, campaign, 5000, take_applied, &applied));
    rig_until(rig, &applied.times, 1);
    assert_int_equal(OK, applied.err);
    return applied;
}

static const char *value(struct rig *rig, const char *words)
{
    static struct answered answered;
    answered = rig_ask(rig, rig->client, words);
    return answered.kind == REDIS_NIL ? "(nil)" : answered.text;
}

static struct redis_state digest(struct rig *rig, const char *campaign)
{
    struct redis_state read;
    struct fault fault;
    const struct redis_state_options options = {
        .endpoint = redis_server_endpoint(rig->server, "ledger"), .campaign = campaign};
    if (redis_state_read(&options, &read, &fault) != OK) {
        fail_msg("%s", fault.text);
    }
    return read;
}

static void a_batch_is_applied_once(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("once");
    redis_batch_count(batch, "tally:a", slice_str("7|x|5"), 3);
    redis_batch_count(batch, "tally:a", slice_str("8|x|1"), 1);
    redis_batch_count(batch, "tally:b", slice_str("9|x|1"), 2);
    redis_batch_count(batch, "tally:b", slice_str("9|x|2"), 0); /* nothing */
    redis_batch_field(batch, "ballots:a", slice_of("\0\1\2\377", 4), slice_str("1:4"));
    redis_batch_value(batch, "phase", slice_str("evaluation"));
    assert_int_equal(5, redis_batch_changes(batch));

    struct applied first = apply(rig, batch, 0, 5);
    assert_int_equal(REDIS_APPLIED, first.answer.verdict);
    assert_int_equal(5, first.answer.size);
    assert_string_equal("3", value(rig, "HGET {c:once}:tally:a 7|x|5"));
    assert_string_equal("2", value(rig, "HGET {c:once}:tally:b 9|x|1"));
    assert_string_equal("evaluation", value(rig, "GET {c:once}:phase"));
    assert_string_equal("checkpoint\n", value(rig, "HGET {c:once}:applied checkpoint"));
    assert_int_equal(1, rig_ask(rig, rig->client, "HLEN {c:once}:ballots:a").integer);

    struct redis_state before = digest(rig, "once");
    struct applied again = apply(rig, batch, 0, 5); /* its answer was lost, say */
    assert_int_equal(REDIS_AHEAD, again.answer.verdict);
    assert_int_equal(5, again.answer.size);
    uint8_t root[REDIS_ROOT_LEN];
    root_of(5, root);
    assert_memory_equal(root, again.answer.root, sizeof root);
    struct applied gap = apply(rig, batch, 6, 9);
    assert_int_equal(REDIS_BEHIND, gap.answer.verdict);
    assert_int_equal(5, gap.answer.size);
    struct redis_state after = digest(rig, "once");
    assert_memory_equal(before.digest, after.digest, SHA256_LEN);

    struct applied standing = stands(rig, "once");
    assert_int_equal(REDIS_APPLIED, standing.answer.verdict);
    assert_int_equal(5, standing.answer.size);
    assert_memory_equal(root, standing.answer.root, sizeof root);
    assert_int_equal(0, stands(rig, "never").answer.size);
    assert_int_equal(REDIS_APPLIED, stands(rig, "never").answer.verdict);
    redis_batch_destroy(batch);
}

static void numbers_are_compared_as_numbers(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("digits");
    assert_int_equal(REDIS_APPLIED, apply(rig, batch, 0, 9).answer.verdict);
    assert_int_equal(REDIS_BEHIND, apply(rig, batch, 10, 11).answer.verdict);
    assert_int_equal(REDIS_APPLIED, apply(rig, batch, 9, UINT64_C(1) << 52).answer.verdict);
    assert_int_equal(REDIS_AHEAD, apply(rig, batch, 9, 10).answer.verdict);
    assert_true(stands(rig, "digits").answer.size == UINT64_C(1) << 52);
    redis_batch_destroy(batch);
}

static void a_count_of_zero_is_no_field(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("zero");
    redis_batch_count(batch, "tally:a", slice_str("f"), 2);
    redis_batch_count(batch, "tally:a", slice_str("g"), 1);
    (void)apply(rig, batch, 0, 1);
    redis_batch_clear(batch);
    redis_batch_count(batch, "tally:a", slice_str("f"), -2);
    redis_batch_drop_field(batch, "tally:a", slice_str("none"));
    (void)apply(rig, batch, 1, 2);
    assert_string_equal("(nil)", value(rig, "HGET {c:zero}:tally:a f"));
    assert_string_equal("1", value(rig, "HGET {c:zero}:tally:a g"));
    redis_batch_clear(batch);
    redis_batch_drop_field(batch, "tally:a", slice_str("g"));
    redis_batch_value(batch, "v", slice_str("1"));
    redis_batch_drop(batch, "v");
    (void)apply(rig, batch, 2, 3);
    assert_int_equal(1, digest(rig, "zero").keys); /* applied */
    redis_batch_destroy(batch);
}

static void a_failed_change_is_marked(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("broken");
    (void)rig_ask(rig, rig->client, "SET {c:broken}:tally:b wrong-type");
    redis_batch_count(batch, "tally:a", slice_str("f"), 1);
    redis_batch_count(batch, "tally:b", slice_str("f"), 1);
    assert_int_equal(REDIS_BROKEN, apply(rig, batch, 0, 1).answer.verdict);
    (void)rig_ask(rig, rig->client, "DEL {c:broken}:tally:b");
    /* The first count was done: applying it again would count twice. */
    assert_int_equal(REDIS_BROKEN, apply(rig, batch, 0, 1).answer.verdict);
    assert_string_equal("1", value(rig, "HGET {c:broken}:tally:a f"));
    assert_int_equal(REDIS_BROKEN, stands(rig, "broken").answer.verdict);
    (void)rig_ask(rig, rig->client, "SET {c:typed}:applied x");
    assert_int_equal(REDIS_BROKEN, stands(rig, "typed").answer.verdict);
    (void)rig_ask(rig, rig->client, "HSET {c:odd}:applied size 5 root zz");
    assert_int_equal(REDIS_BROKEN, stands(rig, "odd").answer.verdict);
    redis_batch_destroy(batch);
}

static void many_fields_go_in_slices(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("many");
    for (uint32_t i = 0; i < 30000; i++) {
        redis_batch_field(batch, "ballots:a", slice_of(&i, sizeof i), slice_str("1:2"));
    }
    assert_int_equal(REDIS_APPLIED, apply(rig, batch, 0, 30000).answer.verdict);
    assert_int_equal(30000, rig_ask(rig, rig->client, "HLEN {c:many}:ballots:a").integer);
    struct applied refused = {0};
    const uint8_t root[REDIS_ROOT_LEN] = {0};
    assert_int_equal(ERR_INVALID, redis_apply_send(rig->client, batch, 7, 6, root, slice_str(""),
                                                   5000, take_applied, &refused));
    redis_batch_destroy(batch);
}

/* ---- rebuild and digest ---- */

struct source {
    uint32_t at, total;
    unsigned done;
    enum err err;
    uint64_t deleted, written;
};

static bool next_changes(void *context, struct redis_batch *batch)
{
    struct source *source = context;
    for (unsigned i = 0; i < 700 && source->at < source->total; i++) {
        uint32_t key = source->at++;
        redis_batch_field(batch, key % 2 != 0 ? "ballots:a" : "ballots:b",
                          slice_of(&key, sizeof key), slice_str("1:2"));
    }
    if (source->at == source->total) {
        redis_batch_count(batch, "tally:a", slice_str("f"), 3);
        redis_batch_value(batch, "phase", slice_str("council"));
        return false;
    }
    return true;
}

static void note_progress(void *context, uint64_t deleted, uint64_t written)
{
    struct source *source = context;
    assert_true(deleted >= source->deleted && written >= source->written);
    source->deleted = deleted;
    source->written = written;
}

static void rebuilt(void *context, enum err err)
{
    struct source *source = context;
    source->done++;
    source->err = err;
}

static struct source rebuild(struct rig *rig, const char *campaign, uint32_t total)
{
    struct source source = {.total = total};
    struct redis_rebuild *running = NULL;
    struct redis_rebuild_options options = {.campaign = campaign,
                                            .next = next_changes,
                                            .progress = note_progress,
                                            .done = rebuilt,
                                            .context = &source,
                                            .size = total,
                                            .checkpoint = slice_str("checkpoint\n")};
    root_of(total, options.root);
    assert_int_equal(OK, redis_rebuild_start(rig->client, &options, &running));
    assert_int_equal(0, source.done);
    rig_until(rig, &source.done, 1);
    return source;
}

static void a_rebuild_equals_what_was_applied(void **state)
{
    struct rig *rig = *state;
    struct redis_batch *batch = redis_batch_create("re");
    struct source source = {.total = 5000};
    bool more = true;
    for (uint64_t at = 0; more; at++) {
        redis_batch_clear(batch);
        more = next_changes(&source, batch);
        assert_int_equal(REDIS_APPLIED, apply(rig, batch, at, more ? at + 1 : 5000).answer.verdict);
    }
    redis_batch_destroy(batch);
    struct redis_state applied = digest(rig, "re");
    assert_int_equal(5, applied.keys);
    assert_int_equal(5000 + 3 + 1 + 1, applied.items);
    assert_int_equal(5000, applied.size);

    /* Damage of every kind; a neighbour whose name begins alike is left alone. */
    (void)rig_ask(rig, rig->client, "DEL {c:re}:ballots:a");
    (void)rig_ask(rig, rig->client, "HSET {c:re}:tally:a f 4");
    (void)rig_ask(rig, rig->client, "SET {c:re}:foreign 1");
    (void)rig_ask(rig, rig->client, "SET {c:rest}:neighbour 1");
    struct redis_state damaged = digest(rig, "re");
    assert_memory_not_equal(applied.digest, damaged.digest, SHA256_LEN);

    struct source result = rebuild(rig, "re", 5000);
    assert_int_equal(OK, result.err);
    assert_int_equal(1, result.done);
    assert_int_equal(5000 + 2, result.written);
    assert_int_equal(4, result.deleted);
    struct redis_state again = digest(rig, "re");
    assert_memory_equal(applied.digest, again.digest, SHA256_LEN);
    assert_int_equal(REDIS_APPLIED, stands(rig, "re").answer.verdict);
    assert_string_equal("1", value(rig, "GET {c:rest}:neighbour"));
}

static void a_rebuild_cut_short_is_noticed(void **state)
{
    struct rig *rig = *state;
    struct source source = {.total = 200000};
    struct redis_rebuild *running = NULL;
    struct redis_rebuild_options options = {.campaign = "cut",
                                            .next = next_changes,
                                            .done = rebuilt,
                                            .context = &source,
                                            .size = 1,
                                            .checkpoint = slice_str("c")};
    unsigned connects = rig->connects;
    assert_int_equal(OK, redis_rebuild_start(rig->client, &options, &running));
    unsigned begun = 0;
    while (source.at < 5000) { /* the bulk is under way */
        begun++;
        assert_int_equal(0, event_base_loop(rig->base, EVLOOP_ONCE));
    }
    assert_true(begun > 0 && source.done == 0);
    /* A stop writes down all that was executed; a kill could lose the very mark with the rest. */
    redis_server_stop(rig->server, 5000);
    rig_until(rig, &source.done, 1);
    assert_int_not_equal(OK, source.err);
    rig_until(rig, &rig->connects, connects + 1);
    assert_int_equal(1, source.done);
    assert_int_equal(REDIS_BROKEN, stands(rig, "cut").answer.verdict);
    assert_int_equal(OK, rebuild(rig, "cut", 10).err);
    assert_int_equal(REDIS_APPLIED, stands(rig, "cut").answer.verdict);
    assert_int_equal(10, stands(rig, "cut").answer.size);
}

static void the_digest_sees_every_byte(void **state)
{
    struct rig *rig = *state;
    static const char *const changes[] = {
        "SET {c:d}:s 1",    "SET {c:d}:s 2",    "SET {c:d}:t 2",
        "HSET {c:d}:h a b", "HSET {c:d}:h a c", "HSET {c:d}:h ab c",
        "HDEL {c:d}:h a",   "DEL {c:d}:t",      "HSET {c:d}:applied size 3"};
    uint8_t seen[16][SHA256_LEN];
    size_t len = 0;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        assert_int_equal(OK, rig_ask(rig, rig->client, changes[i]).err);
        struct redis_state read = digest(rig, "d");
        for (size_t n = 0; n < len; n++) {
            assert_memory_not_equal(seen[n], read.digest, SHA256_LEN);
        }
        memcpy(seen[len++], read.digest, SHA256_LEN);
        struct redis_state same = digest(rig, "d");
        assert_memory_equal(read.digest, same.digest, SHA256_LEN);
    }
    assert_int_equal(3, digest(rig, "d").size);
}

/* ---- limits ---- */

struct limited {
    unsigned times;
    enum err err;
    struct redis_limit_answer answer;
};

static void take_limit(void *context, enum err err, const struct redis_limit_answer *answer)
{
    struct limited *limited = context;
    limited->times++;
    limited->err = err;
    if (answer != NULL) {
        limited->answer = *answer;
    }
}

static struct limited ask_limits(struct rig *rig, struct redis_client *client,
                                 const struct redis_limit *limits, size_t count)
{
    struct limited limited = {0};
    assert_int_equal(OK, redis_limit_ask(client, limits, count, 5000, take_limit, &limited));
    rig_until(rig, &limited.times, 1);
    assert_int_equal(OK, limited.err);
    return limited;
}

static void limits_allow_a_burst_and_no_more(void **state)
{
    struct rig *rig = *state;
    struct redis_client *front = rig_client(rig, "front", 0, 0);
    const struct redis_limit hour = {
        .key = slice_str("a"), .rate = 3, .period_ms = 3600000, .burst = 3, .cost = 1};
    for (unsigned i = 0; i < 3; i++) {
        struct limited limited = ask_limits(rig, front, &hour, 1);
        assert_true(limited.answer.allowed);
        assert_int_equal(2 - i, limited.answer.remaining);
    }
    for (unsigned i = 0; i < 3; i++) {
        struct limited limited = ask_limits(rig, front, &hour, 1);
        assert_false(limited.answer.allowed);
        assert_true(limited.answer.wait_ms > 1100000 && limited.answer.wait_ms <= 1200000);
    }
    struct redis_limit other = hour;
    other.key = slice_str("b");
    assert_true(ask_limits(rig, front, &other, 1).answer.allowed);
    struct redis_limit dear = {
        .key = slice_str("c"), .rate = 1, .period_ms = 1000, .burst = 2, .cost = 3};
    struct limited never = ask_limits(rig, front, &dear, 1);
    assert_false(never.answer.allowed);
    assert_int_equal(UINT32_MAX, never.answer.wait_ms);
    redis_client_destroy(front);
}

static void several_limits_charge_all_or_none(void **state)
{
    struct rig *rig = *state;
    struct redis_client *front = rig_client(rig, "front", 0, 0);
    const struct redis_limit both[] = {
        {.key = slice_str("wide"), .rate = 10, .period_ms = 3600000, .burst = 10, .cost = 1},
        {.key = slice_str("narrow"), .rate = 1, .period_ms = 3600000, .burst = 1, .cost = 1}};
    assert_true(ask_limits(rig, front, both, 2).answer.allowed);
    for (unsigned i = 0; i < 5; i++) {
        struct limited limited = ask_limits(rig, front, both, 2);
        assert_false(limited.answer.allowed);
        assert_int_equal(1, limited.answer.blocked);
    }
    struct redis_limit look = both[0];
    look.cost = 0;
    struct limited left = ask_limits(rig, front, &look, 1);
    assert_true(left.answer.allowed);
    assert_int_equal(9, left.answer.remaining);
    redis_client_destroy(front);
}

static void a_limit_refills(void **state)
{
    struct rig *rig = *state;
    struct redis_client *front = rig_client(rig, "front", 0, 0);
    const struct redis_limit quick = {
        .key = slice_str("quick"), .rate = 1, .period_ms = 30, .burst = 1, .cost = 1};
    unsigned allowed = 0, asked = 0;
    while (allowed < 3) { /* waits for Redis' clock, by asking */
        allowed += ask_limits(rig, front, &quick, 1).answer.allowed;
        asked++;
    }
    assert_true(asked > 3);
    /* A clock that was ahead by a day, and went back, shuts nobody out for a day. */
    (void)rig_ask(rig, front, "SET limit:ahead 99999999999999999");
    const struct redis_limit ahead = {
        .key = slice_str("ahead"), .rate = 10, .period_ms = 10000, .burst = 2, .cost = 1};
    struct limited limited = ask_limits(rig, front, &ahead, 1);
    assert_false(limited.answer.allowed);
    assert_true(limited.answer.wait_ms <= 1000);
    redis_client_destroy(front);
}

static void limits_out_of_range_are_refused(void **state)
{
    struct rig *rig = *state;
    const struct redis_limit good = {
        .key = slice_str("x"), .rate = 1, .period_ms = 1, .burst = 1, .cost = 1};
    struct redis_limit bad[4] = {good, good, good, good};
    static const char long_key[256] = "";
    bad[0].rate = 0;
    bad[1].period_ms = 0;
    bad[2].burst = 0;
    bad[3].key = slice_of(long_key, sizeof long_key);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ERR_INVALID,
                         redis_limit_ask(rig->client, &bad[i], 1, 100, take_limit, NULL));
    }
    assert_int_equal(ERR_INVALID, redis_limit_ask(rig->client, &good, 0, 100, take_limit, NULL));
    assert_int_equal(ERR_INVALID, redis_limit_ask(rig->client, &good, 9, 100, take_limit, NULL));
    /* The ledger's user has no limits to write. */
    struct limited limited = {0};
    assert_int_equal(OK, redis_limit_ask(rig->client, &good, 1, 5000, take_limit, &limited));
    rig_until(rig, &limited.times, 1);
    assert_int_equal(ERR_DENIED, limited.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_applied_once),
        cmocka_unit_test(numbers_are_compared_as_numbers),
        cmocka_unit_test(a_count_of_zero_is_no_field),
        cmocka_unit_test(a_failed_change_is_marked),
        cmocka_unit_test(many_fields_go_in_slices),
        cmocka_unit_test(the_digest_sees_every_byte),
        cmocka_unit_test(a_rebuild_equals_what_was_applied),
        cmocka_unit_test(a_rebuild_cut_short_is_noticed),
        cmocka_unit_test(limits_allow_a_burst_and_no_more),
        cmocka_unit_test(several_limits_charge_all_or_none),
        cmocka_unit_test(a_limit_refills),
        cmocka_unit_test(limits_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}
