#include "redis/server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "server_inner.h"

#define START_MS_DEFAULT 10000
#define EARLIER_GRACE_MS 10000 /* an orphan writes its last second down before it ends */
#define BACKOFF_MS_LEAST 100
#define BACKOFF_MS_MOST 5000
#define STEADY_MS 10000 /* a life of this length makes the next restart immediate again */
#define REFUSALS_MAX 2  /* self-chosen ends in a row before the data are set aside */
#define POLL_MS 5       /* while waiting for the socket or the end of the process */
#define EXEC_FAILED 127

static bool socket_accepts(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof address.sun_path) {
        return false;
    }
    memcpy(address.sun_path, path, len + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool accepts = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return accepts;
}

/* ---- process ---- */

/* In the child, between fork and exec: only what is safe there. */
_Noreturn static void exec_redis(const struct redis_server *server, const char *configuration,
                                 pid_t parent)
{
    const struct redis_server_options *set = &server->options;
    sigset_t none;
    sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0); /* ^C on the terminal is the parent's to handle */
    if (set->separate &&
        (setgroups(1, &set->socket_gid) != 0 || setgid(set->gid) != 0 || setuid(set->uid) != 0)) {
        _exit(EXEC_FAILED);
    }
    /* After setuid, which clears it; and the parent may have ended before. */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)umask(0077);
    if (getppid() != parent) {
        _exit(EXEC_FAILED);
    }
    (void)execlp(server->program, "redis-server", configuration, (char *)NULL);
    _exit(EXEC_FAILED);
}

static enum err spawn(struct redis_server *server)
{
    char configuration[FILE_PATH_CAP];
    file_path(configuration, server->folder, "redis.conf");
    pid_t parent = getpid();
    (void)unlink(server->socket);
    pid_t pid = fork();
    if (pid == 0) {
        exec_redis(server, configuration, parent);
    }
    server->began_us = clock_steady_us();
    if (pid < 0) {
        log_error("redis_server_fork", LOG_S("why", strerror(errno)));
        return ERR_UNAVAILABLE;
    }
    server->pid = pid;
    log_info("redis_server_started", LOG_I("pid", pid));
    return OK;
}

/* Data that Redis does not load are kept once for whoever wants to look, and out of its way. */
static void set_data_aside(const struct redis_server *server)
{
    char data[FILE_PATH_CAP], aside[FILE_PATH_CAP], old[FILE_PATH_CAP];
    file_path(data, server->folder, "appendonlydir");
    file_path(aside, server->folder, "damaged");
    if (!file_exists(data)) {
        return;
    }
    if (file_exists(aside)) {
        file_path(old, server->folder, "damaged.%lld", (long long)clock_unix_us());
        (void)rename(aside, old);
    }
    bool done = rename(data, aside) == 0;
    log_error("redis_data_set_aside", LOG_S("folder", aside),
              LOG_S("outcome", done ? "done" : strerror(errno)));
}

static void ended(struct redis_server *server, int status)
{
    int64_t lived_ms = (clock_steady_us() - server->began_us) / 1000;
    bool refused = WIFEXITED(status) && WEXITSTATUS(status) != 0;
    log_error("redis_server_ended", LOG_I("pid", server->pid),
              LOG_I("code", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
              LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
              LOG_I("lived_ms", lived_ms));
    server->pid = 0;
    server->refusals = refused ? server->refusals + 1 : 0;
    if (server->refusals >= REFUSALS_MAX && WEXITSTATUS(status) != EXEC_FAILED) {
        set_data_aside(server);
        server->refusals = 0;
    }
    if (lived_ms >= STEADY_MS) {
        server->backoff_ms = 0;
    }
    server->restart_us = clock_steady_us() + (int64_t)server->backoff_ms * 1000;
    unsigned next = server->backoff_ms == 0 ? BACKOFF_MS_LEAST : server->backoff_ms * 2;
    server->backoff_ms = next > BACKOFF_MS_MOST ? BACKOFF_MS_MOST : next;
}

static void reap(struct redis_server *server)
{
    int status = 0;
    if (server->pid != 0 && waitpid(server->pid, &status, WNOHANG) == server->pid) {
        ended(server, status);
    }
}

int redis_server_watch(struct redis_server *server)
{
    reap(server);
    if (server->pid != 0) {
        return -1;
    }
    int64_t left_us = server->restart_us - clock_steady_us();
    if (left_us > 0) {
        return (int)((left_us + 999) / 1000);
    }
    server->restarts++;
    if (spawn(server) == OK) {
        return -1;
    }
    server->restart_us = clock_steady_us() + BACKOFF_MS_MOST * 1000;
    return BACKOFF_MS_MOST;
}

/* ---- start ---- */

/* Told by where it works, or, of another user's, by the socket in its title; before it has that, by
 * its configuration's path. */
static bool is_earlier_redis(void *context, pid_t pid)
{
    const struct redis_server *server = context;
    return process_is_named(pid, "redis-server") &&
           (process_works_in(pid, server->folder) || process_mentions(pid, server->socket) ||
            process_mentions(pid, server->folder));
}

/* True: it accepts. False: it ended, or the time is over; *missing: there is no such program. */
static bool await_socket(struct redis_server *server, int64_t until_us, bool *missing)
{
    while (!socket_accepts(server->socket)) {
        int status = 0;
        if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
            *missing = WIFEXITED(status) && WEXITSTATUS(status) == EXEC_FAILED;
            ended(server, status);
            return false;
        }
        if (clock_steady_us() > until_us) {
            return false;
        }
        (void)poll(NULL, 0, POLL_MS);
    }
    return true;
}

/* Spawns until it accepts; after REFUSALS_MAX ends of its own the next try is without its data. */
static enum err start(struct redis_server *server, struct fault *fault)
{
    unsigned limit_ms = server->options.start_ms == 0 ? START_MS_DEFAULT : server->options.start_ms;
    int64_t until_us = clock_steady_us() + (int64_t)limit_ms * 1000;
    for (unsigned tries = 0; tries <= REFUSALS_MAX; tries++) {
        bool missing = false;
        if (spawn(server) != OK) {
            return fault_set(fault, ERR_UNAVAILABLE, "fork: %s", strerror(errno));
        }
        if (await_socket(server, until_us, &missing)) {
            return OK;
        }
        if (missing) {
            return fault_set(fault, ERR_UNAVAILABLE, "%s can't be run: install redis-server",
                             server->program);
        }
        if (server->pid != 0) {
            return server_explain(server, "does not accept connections", fault);
        }
    }
    return server_explain(server, "ends at once", fault);
}

static enum err end_earlier(struct redis_server *server, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    file_path(path, server->folder, "redis.pid");
    return process_end_earlier(path, EARLIER_GRACE_MS, is_earlier_redis, server, fault);
}

enum err redis_server_start(const struct redis_server_options *options, struct redis_server **out,
                            struct fault *fault)
{
    struct redis_server *server = xcalloc(1, sizeof *server);
    server->options = *options;
    server->lock = -1;
    server->program = xstrdup(options->program == NULL ? "redis-server" : options->program);
    enum err err = server_take_folder(server, fault);
    if (err == OK) {
        err = end_earlier(server, fault);
    }
    if (err == OK) {
        err = server_write_files(server, fault);
    }
    if (err == OK) {
        err = start(server, fault);
    }
    if (err != OK) {
        redis_server_destroy(server);
        return err;
    }
    *out = server;
    return OK;
}

/* ---- stop ---- */

static bool await_end(struct redis_server *server, unsigned limit_ms)
{
    int64_t until_us = clock_steady_us() + (int64_t)limit_ms * 1000;
    int status = 0;
    while (waitpid(server->pid, &status, WNOHANG) == 0) {
        if (clock_steady_us() > until_us) {
            return false;
        }
        (void)poll(NULL, 0, POLL_MS);
    }
    return true;
}

void redis_server_stop(struct redis_server *server, unsigned grace_ms)
{
    if (server->pid == 0) {
        return;
    }
    (void)kill(server->pid, SIGTERM);
    if (!await_end(server, grace_ms)) {
        log_error("redis_server_killed", LOG_I("pid", server->pid));
        (void)kill(server->pid, SIGKILL);
        (void)waitpid(server->pid, NULL, 0);
    }
    server->pid = 0;
}

static void release(struct redis_server *server)
{
    wipe(server->passwords, sizeof server->passwords);
    if (server->lock >= 0) {
        (void)close(server->lock);
    }
    free(server->program);
    free(server);
}

void redis_server_destroy(struct redis_server *server)
{
    if (server == NULL) {
        return;
    }
    redis_server_stop(server, 0);
    release(server);
}

void redis_server_forget(struct redis_server *server)
{
    if (server != NULL) {
        release(server);
    }
}

/* ---- to know ---- */

pid_t redis_server_pid(const struct redis_server *server)
{
    return server->pid;
}

unsigned redis_server_restarts(const struct redis_server *server)
{
    return server->restarts;
}

struct redis_endpoint redis_server_endpoint(const struct redis_server *server, const char *user)
{
    for (unsigned i = 0; i < ACL_USERS; i++) {
        if (strcmp(acl_name(i), user) == 0) {
            return (struct redis_endpoint){
                .address = server->address, .user = acl_name(i), .password = server->passwords[i]};
        }
    }
    INVARIANT(!"known user");
    return (struct redis_endpoint){0};
}
