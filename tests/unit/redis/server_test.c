#include "rig.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/process.h"

static void must_deny(struct rig *rig, struct redis_client *client, const char *words)
{
    struct answered answered = rig_ask(rig, client, words);
    if (answered.err != ERR_DENIED) {
        fail_msg("%s: %s %s", words, err_name(answered.err), answered.text);
    }
}

static void must_allow(struct rig *rig, struct redis_client *client, const char *words)
{
    struct answered answered = rig_ask(rig, client, words);
    if (answered.err != OK) {
        fail_msg("%s: %s %s", words, err_name(answered.err), answered.text);
    }
}

static const char library[] = "#!lua name=t\n"
                              "redis.register_function('t_two', function(keys, argv)\n"
                              "  redis.call('SET', keys[1], '1')\n"
                              "  return redis.call('HSET', keys[2], 'f', '1') end)\n"
                              "redis.register_function('t_write', function(keys, argv)\n"
                              "  return redis.call('SET', keys[1], '1') end)\n"
                              "redis.register_function('t_sneak', function(keys, argv)\n"
                              "  return redis.call('SET', '{c:x}sneaked', '1') end)\n";

static void load_library(struct rig *rig)
{
    struct answered answered = {0};
    const struct slice argv[] = {slice_str("FUNCTION"), slice_str("LOAD"), slice_str("REPLACE"),
                                 slice_str(library)};
    assert_int_equal(OK, redis_client_send(rig->client, argv, 4, 5000, rig_take, &answered));
    rig_until(rig, &answered.times, 1);
    assert_int_equal(OK, answered.err);
}

static void the_front_reads_and_cannot_write_what_is_public(void **state)
{
    struct rig *rig = *state;
    load_library(rig);
    must_allow(rig, rig->client, "HSET {c:x}tally:a f 1");
    struct redis_client *front = rig_client(rig, "front", 0, 0);
    static const char *const denied[] = {"HSET {c:x}tally:a f 2",
                                         "HINCRBY {c:x}tally:a f 1",
                                         "DEL {c:x}tally:a",
                                         "UNLINK {c:x}tally:a",
                                         "SET {c:x}new 1",
                                         "EXPIRE {c:x}tally:a 1",
                                         "SET other 1",
                                         "GET other",
                                         "FLUSHALL",
                                         "FLUSHDB",
                                         "CONFIG GET *",
                                         "CONFIG SET dir /",
                                         "KEYS *",
                                         "SCAN 0",
                                         "RANDOMKEY",
                                         "DBSIZE",
                                         "ACL LIST",
                                         "ACL WHOAMI",
                                         "CLIENT LIST",

                                         "SHUTDOWN",
                                         "SAVE",
                                         "BGREWRITEAOF",

                                         "EVAL return 0",
                                         "SCRIPT FLUSH",
                                         "FUNCTION LIST",
                                         "FUNCTION FLUSH",
                                         "FUNCTION DELETE t",
                                         "REPLICAOF NO ONE",
                                         "MODULE LIST",
                                         "SWAPDB 0 0",
                                         "RENAME {c:x}tally:a session:a",
                                         "COPY {c:x}tally:a session:a",
                                         "MIGRATE a 1 session:a 0 1",
                                         "RESTORE session:a 0 x",
                                         "OBJECT ENCODING session:a",
                                         "FCALL t_write 1 {c:x}new",
                                         "FCALL t_sneak 1 session:a",
                                         "FCALL t_sneak 0"};
    must_allow(rig, front, "HGET {c:x}tally:a f");
    must_allow(rig, front, "HGETALL {c:x}tally:a");
    must_allow(rig, front, "SET session:a v");
    must_allow(rig, front, "DEL session:a");
    must_allow(rig, front, "HINCRBY limit:a f 1");
    must_allow(rig, front, "FCALL t_write 1 limit:b");
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        if (strncmp(denied[i], "FCALL t_sneak", 13) == 0) {
            /* Told by the command within the function, as an error of the function. */
            assert_int_not_equal(OK, rig_ask(rig, front, denied[i]).err);
        } else {
            must_deny(rig, front, denied[i]);
        }
    }
    assert_int_equal(REDIS_NIL, rig_ask(rig, rig->client, "GET {c:x}sneaked").kind);
    assert_string_equal("1", rig_ask(rig, front, "HGET {c:x}tally:a f").text);
    redis_client_destroy(front);
}

static void the_registrar_has_its_limits_only(void **state)
{
    struct rig *rig = *state;
    struct redis_client *registrar = rig_client(rig, "registrar", 0, 0);
    must_allow(rig, registrar, "SET limit:code:1 1");
    must_allow(rig, registrar, "GET limit:code:1");
    must_deny(rig, registrar, "GET {c:x}tally:a");
    must_deny(rig, registrar, "GET session:a");
    must_deny(rig, registrar, "SET session:a 1");
    must_deny(rig, registrar, "SET {c:x}a 1");
    must_deny(rig, registrar, "SCAN 0");
    redis_client_destroy(registrar);
}

static void the_ledger_has_campaigns_only(void **state)
{
    struct rig *rig = *state;
    must_deny(rig, rig->client, "SET session:a 1");
    must_deny(rig, rig->client, "GET session:a");
    must_deny(rig, rig->client, "SET limit:a 1");
    must_deny(rig, rig->client, "FLUSHALL");
    must_deny(rig, rig->client, "CONFIG SET appendonly no");
    must_deny(rig, rig->client, "SHUTDOWN");
    must_allow(rig, rig->client, "SCAN 0");
}

static void nobody_gets_in_without_a_password(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *user, *password;
    } wrong[] = {{NULL, NULL}, {"default", ""}, {"ledger", ""}, {"ledger", "wrong"}, {"root", "x"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct redis_endpoint endpoint = redis_server_endpoint(rig->server, "ledger");
        endpoint.user = wrong[i].user;
        endpoint.password = wrong[i].password;
        struct redis_client *client = NULL;
        struct fault fault;
        unsigned connects = rig->connects, ticks = 0;
        const struct redis_client_options options = {
            .endpoint = endpoint, .on_connect = rig_connected, .context = rig};
        assert_int_equal(OK, redis_client_create(rig->base, &options, &client, &fault));
        /* As long as another needs to get in, and twice. */
        for (; ticks < 2; ticks++) {
            redis_client_destroy(rig_client(rig, "front", 0, 0));
        }
        assert_false(redis_client_connected(client));
        assert_int_equal(connects + ticks, rig->connects);
        redis_client_destroy(client);
    }
}

static void files_are_private_and_hold_no_password(void **state)
{
    struct rig *rig = *state;
    char path[FILE_PATH_CAP];
    static const char *const names[] = {"", "redis.conf", "redis.acl", "audit.secret",
                                        "redis.sock"};
    struct stat status;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_path(path, rig->folder, "%s", names[i]);
        assert_int_equal(0, stat(path, &status));
        assert_int_equal(0, status.st_mode & 077);
    }
    struct fault fault;
    struct buf text;
    buf_init(&text, 1 << 20);
    file_path(path, rig->folder, "redis.acl");
    assert_int_equal(OK, file_read(path, &text, &fault));
    file_path(path, rig->folder, "redis.conf");
    assert_int_equal(OK, file_read(path, &text, &fault));
    static const char *const users[] = {"ledger", "front", "registrar", "audit"};
    for (size_t i = 0; i < 4; i++) {
        assert_null(strstr(buf_text(&text), redis_server_endpoint(rig->server, users[i]).password));
    }
    buf_release(&text);
}

static void a_subcommand_finds_its_way(void **state)
{
    struct rig *rig = *state;
    struct redis_audit audit;
    struct fault fault;
    assert_int_equal(OK, redis_server_audit(rig->folder, &audit, &fault));
    assert_string_equal(redis_server_endpoint(rig->server, "audit").address, audit.address);
    struct redis_client *client = NULL;
    const struct redis_client_options options = {
        .endpoint = audit.endpoint, .on_connect = rig_connected, .context = rig};
    unsigned connects = rig->connects;
    assert_int_equal(OK, redis_client_create(rig->base, &options, &client, &fault));
    rig_until(rig, &rig->connects, connects + 1);
    must_allow(rig, client, "SCAN 0");
    must_allow(rig, client, "HGETALL {c:x}tally:a");
    must_deny(rig, client, "SET {c:x}a 1");
    must_deny(rig, client, "DEL limit:a");
    redis_client_destroy(client);
}

static void a_second_server_is_refused(void **state)
{
    struct rig *rig = *state;
    pid_t pid = fork();
    if (pid == 0) { /* the lock is the process's: another process has to ask */
        struct fault fault;
        struct redis_server *second = NULL;
        const struct redis_server_options options = {.folder = rig->folder};
        _exit(redis_server_start(&options, &second, &fault) == ERR_CONFLICT ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_int_equal(0, status);
    assert_int_equal(OK, rig_ask(rig, rig->client, "PING").err);
}

static void data_survive_a_stop(void **state)
{
    struct rig *rig = *state;
    unsigned losses = rig->losses, connects = rig->connects;
    load_library(rig);
    must_allow(rig, rig->client, "SET {c:x}kept 1");
    /* What a function writes stands in the file as a transaction. */
    must_allow(rig, rig->client, "FCALL t_two 2 {c:x}too {c:x}also");
    redis_server_stop(rig->server, 5000);
    rig_until(rig, &rig->losses, losses + 1); /* the watch starts it again */
    rig_until(rig, &rig->connects, connects + 1);
    assert_string_equal("1", rig_ask(rig, rig->client, "GET {c:x}kept").text);
    assert_string_equal("1", rig_ask(rig, rig->client, "GET {c:x}too").text);
    assert_string_equal("1", rig_ask(rig, rig->client, "HGET {c:x}also f").text);
}

static void spoil(const struct rig *rig, const char *name)
{
    char path[FILE_PATH_CAP];
    file_path(path, rig->folder, "appendonlydir/%s", name);
    int file = open(path, O_WRONLY | O_TRUNC);
    assert_true(file >= 0);
    assert_int_equal(8, write(file, "nonsense", 8));
    assert_int_equal(0, close(file));
}

/* Whatever is wrong with its data, it comes back: empty, to be rebuilt. */
static void data_that_do_not_load_are_set_aside(void **state)
{
    struct rig *rig = *state;
    char path[FILE_PATH_CAP];
    must_allow(rig, rig->client, "SET {c:x}gone 1");
    unsigned losses = rig->losses, connects = rig->connects;
    redis_server_stop(rig->server, 5000);
    spoil(rig, "appendonly.aof.1.incr.aof");
    rig_until(rig, &rig->losses, losses + 1);
    rig_until(rig, &rig->connects, connects + 1);
    assert_int_equal(REDIS_NIL, rig_ask(rig, rig->client, "GET {c:x}gone").kind);
    file_path(path, rig->folder, "damaged");
    assert_true(file_exists(path));
}

static bool is_redis(void *folder, pid_t pid)
{
    return process_is_named(pid, "redis-server") && process_works_in(pid, folder);
}

static bool is_never(void *context, pid_t pid)
{
    (void)context, (void)pid;
    return false;
}

/* A server started by a process that was killed; its redis is left, frozen so that it does not hear
 * of its parent's end. */
static void an_orphan_is_ended(void **state)
{
    struct rig *rig = *state;
    char folder[] = "/tmp/dauys-orphan-XXXXXX", path[FILE_PATH_CAP];
    struct fault fault;
    int ends[2];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(0, pipe(ends));
    pid_t pid = fork();
    if (pid == 0) {
        struct redis_server *server = NULL;
        const struct redis_server_options options = {.folder = folder};
        pid_t redis = 0;
        if (redis_server_start(&options, &server, &fault) == OK) {
            redis = redis_server_pid(server);
            (void)kill(redis, SIGSTOP);
        }
        assert_int_equal(sizeof redis, write(ends[1], &redis, sizeof redis));
        (void)kill(getpid(), SIGKILL);
    }
    pid_t orphan = 0;
    assert_int_equal(sizeof orphan, read(ends[0], &orphan, sizeof orphan));
    (void)waitpid(pid, NULL, 0);
    assert_true(orphan > 0);
    assert_int_equal(0, kill(orphan, 0));
    assert_true(process_mentions(orphan, folder));
    assert_false(process_mentions(orphan, "another folder"));
    (void)kill(orphan, SIGCONT); /* it ends by PDEATHSIG or by our hand, whichever is first */

    file_path(path, folder, "redis.pid");
    assert_int_equal(OK, process_end_earlier(path, 5000, is_redis, folder, &fault));
    assert_false(process_works_in(orphan, folder)); /* gone, or a zombie */

    /* A pid that is somebody else's now is left alone. */
    file_path(path, folder, "other.pid");
    assert_int_equal(OK, process_write_pid(path, redis_server_pid(rig->server), &fault));
    assert_int_equal(OK, process_end_earlier(path, 100, is_redis, folder, &fault));
    assert_int_equal(OK, process_write_pid(path, redis_server_pid(rig->server), &fault));
    assert_int_equal(OK, process_end_earlier(path, 100, is_never, NULL, &fault));
    assert_int_equal(OK, rig_ask(rig, rig->client, "PING").err);

    struct redis_server *server = NULL;
    const struct redis_server_options options = {.folder = folder};
    assert_int_equal(OK, redis_server_start(&options, &server, &fault));
    redis_server_destroy(server);
    rig_remove_folder(folder);
}

static void a_missing_program_is_told(void **state)
{
    struct rig *rig = *state;
    char folder[FILE_PATH_CAP];
    struct fault fault;
    struct redis_server *server = NULL;
    file_path(folder, rig->folder, "other");
    const struct redis_server_options options = {.folder = folder, .program = "no-such-redis"};
    assert_int_equal(ERR_UNAVAILABLE, redis_server_start(&options, &server, &fault));
    assert_non_null(strstr(fault.text, "no-such-redis"));
    assert_non_null(strstr(fault.text, "install"));
    assert_null(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_front_reads_and_cannot_write_what_is_public),
        cmocka_unit_test(the_registrar_has_its_limits_only),
        cmocka_unit_test(the_ledger_has_campaigns_only),
        cmocka_unit_test(nobody_gets_in_without_a_password),
        cmocka_unit_test(files_are_private_and_hold_no_password),
        cmocka_unit_test(a_subcommand_finds_its_way),
        cmocka_unit_test(a_second_server_is_refused),
        cmocka_unit_test(a_missing_program_is_told),
        cmocka_unit_test(data_survive_a_stop),
        cmocka_unit_test(data_that_do_not_load_are_set_aside),
        cmocka_unit_test(an_orphan_is_ended),
    };
    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
