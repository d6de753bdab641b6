/* The parent runs in a process of its own, with small children that answer one line a connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "serve/parent.h"

#define LIMIT_MS 15000
#define TEXT_CAP 8192

struct rig {
    char folder[64];
    char run[128], redis[128];
    pid_t parent;
    int words; /* what the parent's process says at its end: err and fault */
};

/* ---- the children ---- */

static volatile sig_atomic_t told_to_end, told_to_look;

static void note_signal(int number)
{
    if (number == SIGTERM) {
        told_to_end = 1;
    } else {
        told_to_look = 1;
    }
}

static bool is_campaign(const struct child_spec *spec, const char *name)
{
    return spec->campaign != NULL && strcmp(spec->campaign, name) == 0;
}

/* A file in the run folder: how a test steers its children. */
static bool flag(const struct child_spec *spec, const char *name)
{
    char path[FILE_PATH_CAP];
    file_path(path, spec->run_folder, "%s", name);
    return file_exists(path);
}

static int child_main(const struct child_spec *spec)
{
    const struct sigaction note = {.sa_handler = note_signal};
    char line[512];
    (void)sigaction(SIGTERM, &note, NULL);
    (void)sigaction(SIGHUP, &note, NULL);
    if (is_campaign(spec, "refused") && !flag(spec, "agree")) {
        const struct fault fault = {"redis stands at a larger size"};
        child_fault(spec, &fault);
        return CHILD_REFUSED;
    }
    if (is_campaign(spec, "broken")) {
        const struct fault fault = {"no log key"};
        child_fault(spec, &fault);
        return 1;
    }
    child_ready(spec);
    while (told_to_end == 0) {
        struct pollfd poll_fd = {.fd = spec->listen_fds[0], .events = POLLIN};
        (void)poll(&poll_fd, 1, 20);
        int fd = accept(spec->listen_fds[0], NULL, NULL);
        if (fd < 0) {
            continue;
        }
        int len = snprintf(line, sizeof line, "%s %d %s %s %d %d\n", spec->name, (int)getpid(),
                           spec->redis.user == NULL ? "-" : spec->redis.user,
                           spec->redis.password == NULL ? "-" : spec->redis.password,
                           (int)told_to_look, prctl(PR_GET_DUMPABLE));
        ssize_t ignored = write(fd, line, (size_t)len);
        (void)ignored;
        (void)close(fd);
    }
    while (flag(spec, "hang")) {
        (void)poll(NULL, 0, 20);
    }
    return 0;
}

/* ---- the parent ---- */

/* The campaigns are the words of the file `campaigns` in the run folder. */
static enum err find_ledgers(void *context, struct parent_ledger **list, size_t *len,
                             struct fault *fault)
{
    const struct rig *rig = context;
    char path[FILE_PATH_CAP];
    struct buf text;
    file_path(path, rig->run, "campaigns");
    buf_init(&text, TEXT_CAP);
    enum err err = file_read(path, &text, fault);
    const char *at = err == OK ? buf_text(&text) : "";
    *list = xcalloc(8, sizeof **list);
    while (*at != '\0') {
        size_t word = strcspn(at, " ");
        (*list)[*len].campaign = xstrndup(at, word);
        (*list)[*len].folder = xasprintf("%s/%.*s", rig->folder, (int)word, at);
        (*len)++;
        at += word + (at[word] == ' ');
    }
    buf_release(&text);
    return err;
}

static void set_campaigns(const struct rig *rig, const char *words)
{
    char path[FILE_PATH_CAP];
    struct fault fault;
    file_path(path, rig->run, "campaigns");
    assert_int_equal(OK, file_write(path, slice_str(words), 0600, FILE_NO_SYNC, &fault));
}

static void start(struct rig *rig, const char *campaigns, const char *listen)
{
    int ends[2];
    set_campaigns(rig, campaigns);
    assert_int_equal(0, pipe(ends));
    rig->parent = fork();
    if (rig->parent == 0) {
        const char *const addresses[] = {listen};
        const struct parent_options options = {.run_folder = rig->run,
                                               .listen = addresses,
                                               .listen_len = 1,
                                               .admin = "127.0.0.1:0",
                                               .fronts = 2,
                                               .redis_folder = rig->redis,
                                               .find_ledgers = find_ledgers,
                                               .child_main = child_main,
                                               .context = rig};
        struct fault fault = {""};
        char line[600];
        (void)close(ends[0]);
        log_open("parent", LOG_LEVEL_ERROR);
        enum err err = parent_run(&options, &fault);
        int len = snprintf(line, sizeof line, "%s: %s", err_name(err), fault.text);
        ssize_t ignored = write(ends[1], line, (size_t)len);
        (void)ignored;
        _exit(err == OK ? 0 : 1);
    }
    (void)close(ends[1]);
    rig->words = ends[0];
}

/* Waits for the end of the parent's process; what it said. */
static const char *end_words(struct rig *rig)
{
    static char text[600];
    size_t len = 0;
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    int status;
    while (waitpid(rig->parent, &status, WNOHANG) == 0) {
        assert_true(clock_steady_us() < end);
        (void)poll(NULL, 0, 5);
    }
    rig->parent = 0;
    for (ssize_t got; (got = read(rig->words, text + len, sizeof text - 1 - len)) > 0;) {
        len += (size_t)got;
    }
    text[len] = '\0';
    (void)close(rig->words);
    return text;
}

static const char *stop(struct rig *rig)
{
    assert_int_equal(0, kill(rig->parent, SIGTERM));
    return end_words(rig);
}

static const char *status(const struct rig *rig)
{
    static char text[TEXT_CAP];
    char path[FILE_PATH_CAP];
    struct buf bytes;
    struct fault fault;
    file_path(path, rig->run, "status.json");
    buf_init(&bytes, TEXT_CAP - 1);
    (void)snprintf(text, sizeof text, "%s",
                   file_read(path, &bytes, &fault) == OK ? buf_text(&bytes) : "");
    buf_release(&bytes);
    return text;
}

/* The row of a child in status.json, as text. */
static const char *row(const struct rig *rig, const char *name)
{
    static char text[1024];
    char mark[64];
    (void)snprintf(mark, sizeof mark, "\"name\":\"%s\"", name);
    const char *at = strstr(status(rig), mark);
    if (at == NULL) {
        return "";
    }
    const char *begin = at;
    while (*begin != '{') {
        begin--;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)(strchr(at, '}') - begin + 1), begin);
    return text;
}

static void until_row(const struct rig *rig, const char *name, const char *has)
{
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    while (strstr(row(rig, name), has) == NULL) {
        if (clock_steady_us() > end) {
            fail_msg("%s is not %s: %s", name, has, row(rig, name));
        }
        (void)poll(NULL, 0, 5);
    }
}

static void until_ready(const struct rig *rig)
{
    static const char *const names[] = {"front-0", "front-1", "registrar", "ledger-a"};
    for (size_t i = 0; i < 4; i++) {
        until_row(rig, names[i], "\"state\":\"ready\"");
    }
}

static pid_t pid_of(const struct rig *rig, const char *name)
{
    char path[FILE_PATH_CAP];
    struct buf text;
    struct fault fault;
    file_path(path, rig->run, "%s.pid", name);
    buf_init(&text, 32);
    pid_t pid = file_read(path, &text, &fault) == OK ? (pid_t)strtol(buf_text(&text), NULL, 10) : 0;
    buf_release(&text);
    return pid;
}

static const char *read_line(int fd)
{
    static char line[512];
    ssize_t len = 0;
    for (ssize_t got; (got = read(fd, line + len, sizeof line - 1 - (size_t)len)) > 0;) {
        len += got;
    }
    line[len] = '\0';
    (void)close(fd);
    return line;
}

static const char *ask_unix(const struct rig *rig, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s.sock", rig->run, name);
    assert_in_range(len, 1, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return "";
    }
    return read_line(fd);
}

static unsigned port_of(const struct rig *rig)
{
    const char *at = strstr(status(rig), "\"listen\":[\"127.0.0.1:");
    assert_non_null(at);
    return (unsigned)strtoul(at + 21, NULL, 10);
}

static const char *ask_tcp(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof address));
    return read_line(fd);
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct fault fault;
    log_open("test", LOG_LEVEL_ERROR);
    memcpy(rig->folder, "/tmp/dauys-parent-XXXXXX", 25);
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->run, sizeof rig->run, "%s/run", rig->folder);
    (void)snprintf(rig->redis, sizeof rig->redis, "%s/redis", rig->folder);
    assert_int_equal(OK, file_make_folder(rig->run, 0700, &fault));
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    if (rig->parent != 0) {
        (void)kill(rig->parent, SIGKILL);
        (void)waitpid(rig->parent, NULL, 0);
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", rig->folder, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0);
    free(rig);
    return 0;
}

/* ---- tests ---- */

static void every_child_is_reached_and_stopped(void **state)
{
    struct rig *rig = *state;
    bool seen[2] = {false, false};
    char name[64], user[64], password[128], other[128];
    int pid, looked, dumpable;
    start(rig, "a", "127.0.0.1:0");
    until_ready(rig);
    until_row(rig, "redis", "\"state\":\"ready\"");
    for (unsigned i = 0; i < 200 && !(seen[0] && seen[1]); i++) {
        assert_int_equal(6, sscanf(ask_tcp(port_of(rig)), "%63s %d %63s %127s %d %d", name, &pid,
                                   user, password, &looked, &dumpable));
        assert_string_equal("front", user);
        seen[name[6] == '1'] = true;
    }
    assert_true(seen[0] && seen[1]); /* both share the port */
    assert_int_equal(6, sscanf(ask_unix(rig, "ledger-a"), "%63s %d %63s %127s %d %d", name, &pid,
                               user, other, &looked, &dumpable));
    assert_string_equal("ledger", user);
    assert_string_not_equal(password, other);
    assert_int_equal(pid, pid_of(rig, "ledger-a"));
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(0, dumpable);
#endif
    assert_memory_equal("registrar ", ask_unix(rig, "registrar"), 10);
    pid_t front = pid_of(rig, "front-0");
    assert_string_equal("ok: ", stop(rig));
    assert_int_not_equal(0, kill(front, 0));
    assert_int_equal(0, pid_of(rig, "front-0"));
    assert_string_equal("", ask_unix(rig, "registrar"));
}

static void a_killed_child_comes_back_behind_the_same_socket(void **state)
{
    struct rig *rig = *state;
    start(rig, "a", "127.0.0.1:0");
    until_ready(rig);
    pid_t before = pid_of(rig, "ledger-a");
    for (unsigned i = 1; i <= 2; i++) {
        pid_t pid = pid_of(rig, "ledger-a");
        assert_int_equal(0, kill(pid, SIGKILL));
        /* At once: the listener was never gone, so this waits in it for the next child. */
        char line[64];
        (void)snprintf(line, sizeof line, "%s", ask_unix(rig, "ledger-a"));
        assert_memory_equal("ledger-a ", line, 9);
        char restarts[32];
        (void)snprintf(restarts, sizeof restarts, "\"restarts\":%u,\"state\":\"ready\"", i);
        until_row(rig, "ledger-a", restarts);
    }
    assert_int_not_equal(before, pid_of(rig, "ledger-a"));
    assert_string_equal("ok: ", stop(rig));
}

static void a_refusal_is_told_and_the_others_go_on(void **state)
{
    struct rig *rig = *state;
    char path[FILE_PATH_CAP];
    struct fault fault;
    start(rig, "a refused", "127.0.0.1:0");
    until_ready(rig);
    until_row(rig, "ledger-refused", "\"state\":\"refused\"");
    assert_non_null(strstr(row(rig, "ledger-refused"), "redis stands at a larger size"));
    assert_non_null(strstr(row(rig, "ledger-refused"), "\"restarts\":0"));
    assert_string_equal("", ask_unix(rig, "ledger-refused")); /* who asks knows at once */
    assert_memory_equal("ledger-a ", ask_unix(rig, "ledger-a"), 9);
    /* SIGHUP: it is tried again, and a new campaign is found. */
    file_path(path, rig->run, "agree");
    assert_int_equal(OK, file_write(path, slice_str(""), 0600, FILE_NO_SYNC, &fault));
    set_campaigns(rig, "a refused b");
    assert_int_equal(0, kill(rig->parent, SIGHUP));
    until_row(rig, "ledger-refused", "\"state\":\"ready\"");
    until_row(rig, "ledger-b", "\"state\":\"ready\"");
    assert_memory_equal("ledger-b ", ask_unix(rig, "ledger-b"), 9);
    int looked = 0, unused;
    char words[4][128];
    assert_int_equal(6, sscanf(ask_unix(rig, "registrar"), "%127s %127s %127s %127s %d %d",
                               words[0], words[1], words[2], words[3], &looked, &unused));
    assert_int_equal(1, looked); /* it got the SIGHUP too */
    assert_string_equal("ok: ", stop(rig));
}

static void a_failed_first_start_ends_all_and_says_why(void **state)
{
    struct rig *rig = *state;
    start(rig, "a broken", "127.0.0.1:0");
    assert_string_equal("unavailable: ledger-broken: no log key", end_words(rig));
    assert_int_equal(0, pid_of(rig, "front-0"));
}

static void bad_settings_are_refused(void **state)
{
    struct rig *rig = *state;
    start(rig, "a", "nowhere");
    assert_memory_equal("invalid: listen nowhere", end_words(rig), 23);
    start(rig, "a", "localhost:http");
    assert_memory_equal("invalid: listen localhost:http", end_words(rig), 30);
    start(rig, "Bad_Name", "127.0.0.1:0");
    assert_memory_equal("invalid: ", end_words(rig), 9);
}

static void a_second_parent_is_refused(void **state)
{
    struct rig *rig = *state;
    start(rig, "a", "127.0.0.1:0");
    until_ready(rig);
    struct rig second = *rig;
    start(&second, "a", "127.0.0.1:0");
    assert_memory_equal("conflict: ", end_words(&second), 10);
    /* Another run folder, the same port: shared by SO_REUSEPORT if nobody looked. */
    char address[32];
    struct fault fault;
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", port_of(rig));
    (void)snprintf(second.run, sizeof second.run, "%s/run2", rig->folder);
    assert_int_equal(OK, file_make_folder(second.run, 0700, &fault));
    start(&second, "a", address);
    assert_memory_equal("conflict: listen", end_words(&second), 16);
    assert_memory_equal("ledger-a ", ask_unix(rig, "ledger-a"), 9);
    assert_string_equal("ok: ", stop(rig));
}

/* kill -9 of the parent takes its children and its redis along; the next one starts at once. */
static void a_killed_parent_leaves_nobody(void **state)
{
    struct rig *rig = *state;
    start(rig, "a", "127.0.0.1:0");
    until_ready(rig);
    assert_int_equal(0, kill(rig->parent, SIGKILL));
    (void)end_words(rig);
    pid_t old = pid_of(rig, "front-0");
    start(rig, "a", "127.0.0.1:0");
    int64_t end = clock_steady_us() + LIMIT_MS * 1000;
    while (pid_of(rig, "front-0") == old || pid_of(rig, "front-0") == 0) {
        assert_true(clock_steady_us() < end); /* until then status.json may be the killed one's */
        (void)poll(NULL, 0, 5);
    }
    until_ready(rig);
    assert_memory_equal("ledger-a ", ask_unix(rig, "ledger-a"), 9);
    assert_string_equal("ok: ", stop(rig));
}

static void a_second_signal_does_not_wait(void **state)
{
    struct rig *rig = *state;
    char path[FILE_PATH_CAP];
    struct fault fault;
    start(rig, "a", "127.0.0.1:0");
    until_ready(rig);
    file_path(path, rig->run, "hang");
    assert_int_equal(OK, file_write(path, slice_str(""), 0600, FILE_NO_SYNC, &fault));
    int64_t began_us = clock_steady_us();
    assert_int_equal(0, kill(rig->parent, SIGTERM));
    while (waitpid(rig->parent, NULL, WNOHANG) == 0) {
        assert_true(clock_steady_us() - began_us < LIMIT_MS * 1000);
        (void)kill(rig->parent, SIGINT);
        (void)poll(NULL, 0, 10);
    }
    rig->parent = 0;
    (void)close(rig->words);
    assert_true(clock_steady_us() - began_us < 5000000);
    assert_int_equal(0, pid_of(rig, "front-0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_child_is_reached_and_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_child_comes_back_behind_the_same_socket, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_is_told_and_the_others_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_first_start_ends_all_and_says_why, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(bad_settings_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_parent_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_parent_leaves_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_signal_does_not_wait, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
