#include "rig.h"

#include "redis/address.h"

#define MANY 200

static void replies_are_seen(void **state)
{
    struct rig *rig = *state;
    struct answered set = rig_ask(rig, rig->client, "SET {c:x}k 17");
    assert_int_equal(OK, set.err);
    assert_string_equal("OK", set.text);
    struct answered get = rig_ask(rig, rig->client, "GET {c:x}k");
    assert_int_equal(REDIS_STRING, get.kind);
    assert_string_equal("17", get.text);
    assert_int_equal(REDIS_NIL, rig_ask(rig, rig->client, "GET {c:x}none").kind);
    struct answered number = rig_ask(rig, rig->client, "HINCRBY {c:x}h f -4");
    assert_int_equal(REDIS_INT, number.kind);
    assert_int_equal(-4, number.integer);
    assert_int_equal(2, rig_ask(rig, rig->client, "HGETALL {c:x}h").len);
    struct answered wrong = rig_ask(rig, rig->client, "HGET {c:x}k f");
    assert_int_equal(ERR_INTERNAL, wrong.err);
    assert_int_equal(REDIS_ERROR, wrong.kind);
    assert_int_equal(0, redis_client_in_flight(rig->client));
}

static void binary_values_pass(void **state)
{
    struct rig *rig = *state;
    struct answered answered = {0};
    const struct slice argv[] = {slice_str("SET"), slice_of("{c:x}\0b\r\n", 9),
                                 slice_of("\0\xff\r\n", 4)};
    assert_int_equal(OK, redis_client_send(rig->client, argv, 3, 5000, rig_take, &answered));
    rig_until(rig, &answered.times, 1);
    const struct slice length[] = {slice_str("STRLEN"), argv[1]};
    assert_int_equal(OK, redis_client_send(rig->client, length, 2, 5000, rig_take, &answered));
    rig_until(rig, &answered.times, 2);
    assert_int_equal(4, answered.integer);
}

static void too_many_in_flight_are_refused(void **state)
{
    struct rig *rig = *state;
    struct redis_client *client = rig_client(rig, "ledger", 2, 0);
    struct answered a, b, c;
    assert_int_equal(OK, rig_send(client, "PING", 5000, &a));
    assert_int_equal(OK, rig_send(client, "PING", 5000, &b));
    assert_int_equal(ERR_LIMITED, rig_send(client, "PING", 5000, &c));
    rig_until(rig, &b.times, 1);
    assert_int_equal(OK, rig_send(client, "PING", 5000, &c));
    rig_until(rig, &c.times, 1);
    redis_client_destroy(client);
}

/* The answer comes by the deadline, the reply that comes later finds nothing, the connection lives.
 */
static void deadline_answers_once(void **state)
{
    struct rig *rig = *state;
    struct redis_client *client = rig_client(rig, "ledger", 2, 60000);
    struct answered late, other;
    unsigned losses = rig->losses;
    pid_t pid = redis_server_pid(rig->server);
    assert_int_equal(0, kill(pid, SIGSTOP));
    assert_int_equal(OK, rig_send(client, "PING", 20, &late));
    rig_until(rig, &late.times, 1);
    assert_int_equal(ERR_UNKNOWN, late.err);
    assert_int_equal(1, redis_client_in_flight(client)); /* it still takes a place */
    assert_int_equal(0, kill(pid, SIGCONT));
    assert_int_equal(OK, rig_send(client, "PING", 5000, &other));
    rig_until(rig, &other.times, 1);
    assert_int_equal(OK, other.err);
    assert_int_equal(1, late.times);
    assert_int_equal(0, redis_client_in_flight(client));
    assert_int_equal(losses, rig->losses);
    redis_client_destroy(client);
}

static void a_stalled_connection_is_given_up(void **state)
{
    struct rig *rig = *state;
    struct redis_client *client = rig_client(rig, "ledger", 0, 50);
    struct answered waiting;
    unsigned losses = rig->losses, connects = rig->connects;
    pid_t pid = redis_server_pid(rig->server);
    assert_int_equal(0, kill(pid, SIGSTOP));
    assert_int_equal(OK, rig_send(client, "PING", 60000, &waiting));
    rig_until(rig, &waiting.times, 1);
    assert_int_equal(ERR_UNKNOWN, waiting.err);
    assert_int_equal(losses + 1, rig->losses);
    assert_int_equal(0, kill(pid, SIGCONT));
    rig_until(rig, &rig->connects, connects + 1);
    assert_int_equal(1, waiting.times);
    redis_client_destroy(client);
}

static void unavailable_while_down(void **state)
{
    struct rig *rig = *state;
    struct answered answered;
    unsigned connects = rig->connects, losses = rig->losses;
    assert_int_equal(0, kill(redis_server_pid(rig->server), SIGKILL));
    rig_until(rig, &rig->losses, losses + 1);
    assert_false(redis_client_connected(rig->client));
    assert_int_equal(ERR_UNAVAILABLE, rig_send(rig->client, "PING", 100, &answered));
    rig_until(rig, &rig->connects, connects + 1); /* the watch restarts it */
    assert_int_equal(OK, rig_ask(rig, rig->client, "PING").err);
    assert_int_equal(0, answered.times);
}

/* Redis killed in the middle of many commands: each has one answer, and every one that was answered
 * OK before stands or was within the last second. */
static void killed_in_the_middle_answers_each_once(void **state)
{
    struct rig *rig = *state;
    static struct answered answers[MANY];
    unsigned done = 0, unknown = 0;
    unsigned losses = rig->losses, connects = rig->connects;
    pid_t pid = redis_server_pid(rig->server);
    for (unsigned i = 0; i < MANY / 2; i++) {
        assert_int_equal(OK, rig_send(rig->client, "HINCRBY {c:x}n n 1", 5000, &answers[i]));
    }
    rig_until(rig, &answers[0].times, 1);
    assert_int_equal(0, kill(pid, SIGSTOP));
    for (unsigned i = MANY / 2; i < MANY; i++) {
        assert_int_equal(OK, rig_send(rig->client, "HINCRBY {c:x}n n 1", 60000, &answers[i]));
    }
    (void)event_base_loop(rig->base, EVLOOP_NONBLOCK); /* they leave */
    assert_int_equal(0, kill(pid, SIGKILL));
    rig_until(rig, &rig->losses, losses + 1);
    rig_until(rig, &answers[MANY - 1].times, 1);
    rig_until(rig, &rig->connects, connects + 1);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(1, answers[i].times);
        done += answers[i].err == OK;
        unknown += answers[i].err == ERR_UNKNOWN;
    }
    assert_int_equal(MANY, done + unknown);
    assert_true(done >= 1 && unknown >= MANY / 2);
    assert_int_equal(0, redis_client_in_flight(rig->client));
}

/* What never left is told apart from what did: nothing was written when the loop has not turned. */
static void destroy_answers_what_was_not_sent(void **state)
{
    struct rig *rig = *state;
    struct redis_client *client = rig_client(rig, "ledger", 0, 0);
    struct answered a, b;
    assert_int_equal(OK, rig_send(client, "SET {c:x}a 1", 5000, &a));
    assert_int_equal(OK, rig_send(client, "SET {c:x}b 1", 5000, &b));
    redis_client_destroy(client);
    assert_int_equal(1, a.times);
    assert_int_equal(ERR_UNAVAILABLE, a.err);
    assert_int_equal(ERR_UNAVAILABLE, b.err);
    assert_int_equal(REDIS_NIL, rig_ask(rig, rig->client, "GET {c:x}a").kind);
}

struct chain {
    struct rig *rig;
    unsigned answered;
    enum err launch;
};

static void count_on(void *context, enum err err, const struct redis_reply *reply)
{
    (void)err, (void)reply;
    struct chain *chain = context;
    const struct slice ping = slice_str("PING");
    if (++chain->answered < 5) {
        chain->launch = redis_client_send(chain->rig->client, &ping, 1, 5000, count_on, chain);
    }
}

static void a_callback_may_launch_the_next(void **state)
{
    struct chain chain = {.rig = *state};
    const struct slice ping = slice_str("PING");
    assert_int_equal(OK, redis_client_send(chain.rig->client, &ping, 1, 5000, count_on, &chain));
    rig_until(chain.rig, &chain.answered, 5);
}

static void addresses(void **state)
{
    (void)state;
    struct redis_address address;
    struct fault fault;
    static const char *const bad[] = {
        "",       "unix:relative", "host",     "host:",      ":6379",     "host:0",
        "host:x", "host:65536",    "::1:6379", "host:63 79", "[::1]6379", "host:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ERR_INVALID, redis_address_parse(bad[i], &address, &fault));
    }
    assert_int_equal(OK, redis_address_parse("unix:/run/x.sock", &address, &fault));
    assert_string_equal("/run/x.sock", address.path);
    assert_int_equal(OK, redis_address_parse("[::1]:6379", &address, &fault));
    assert_string_equal("::1", address.host);
    assert_int_equal(6379, address.port);
    char too_long[160];
    memset(too_long, 'x', sizeof too_long);
    memcpy(too_long, "unix:/", 6);
    too_long[sizeof too_long - 1] = '\0';
    assert_int_equal(ERR_INVALID, redis_address_parse(too_long, &address, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(replies_are_seen),
        cmocka_unit_test(binary_values_pass),
        cmocka_unit_test(a_callback_may_launch_the_next),
        cmocka_unit_test(too_many_in_flight_are_refused),
        cmocka_unit_test(deadline_answers_once),
        cmocka_unit_test(a_stalled_connection_is_given_up),
        cmocka_unit_test(destroy_answers_what_was_not_sent),
        cmocka_unit_test(unavailable_while_down),
        cmocka_unit_test(killed_in_the_middle_answers_each_once),
    };
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
