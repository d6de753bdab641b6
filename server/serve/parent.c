/*
 * The order of things.
 *
 * Start: run folder and its lock; children an earlier run left behind; listeners; the private
 * Redis; all children at once. When each has said it is ready (or has refused), the server serves.
 *
 * Then one loop over a signalfd and the children's pipes. Every change of a child is found by
 * waitpid() on its own pid, so the private Redis is reaped by its own module.
 *
 * Stop: fronts first, so that what they have accepted can still be answered; then registrar and
 * ledgers; then Redis. Each stage has its own part of the ten seconds.
 */
#include "serve/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "parent_inner.h"

#define BACKOFF_MS_LEAST 100
#define BACKOFF_MS_MOST 5000
#define STEADY_MS 10000
#define FRONTS_STOP_MS 6000 /* of the ten seconds */
#define OTHERS_STOP_MS 9000 /* since the stop began, too */
#define REDIS_STOP_MS 1000  /* what is lost then is rebuilt */

/* ---- life of the children ---- */

static void begin_stop(struct parent *parent)
{
    if (parent->stage == 0) {
        parent->stage = 1;
        parent->stop_us = clock_steady_us();
        /* With our copies open, connections would go on queueing where nobody accepts them. */
        for (size_t i = 0; i < parent->options->fronts; i++) {
            child_unlisten(parent->children[i]);
        }
    }
}

static void fail_start(struct parent *parent, const struct child *child, const char *what)
{
    if (!parent->failed) {
        (void)fault_set(&parent->fault, ERR_UNAVAILABLE, "%s: %s", child->name,
                        child->fault[0] != '\0' ? child->fault : what);
    }
    parent->failed = true;
    begin_stop(parent);
}

static void restart_later(struct child *child)
{
    int64_t lived_ms = (clock_steady_us() - child->began_us) / 1000;
    if (lived_ms >= STEADY_MS) {
        child->backoff_ms = 0;
    }
    child->state = LIFE_WAITING;
    child->restart_us = clock_steady_us() + (int64_t)child->backoff_ms * 1000;
    unsigned next = child->backoff_ms == 0 ? BACKOFF_MS_LEAST : child->backoff_ms * 2;
    child->backoff_ms = next > BACKOFF_MS_MOST ? BACKOFF_MS_MOST : next;
}

static void ended(struct parent *parent, struct child *child, int status)
{
    char what[64];
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    int killer = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    (void)snprintf(what, sizeof what, "ended with %s %d", killer != 0 ? "signal" : "code",
                   killer != 0 ? killer : code);
    log_line(parent->stage == 0 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "child_ended",
             LOG_S("child", child->name), LOG_I("pid", child->pid), LOG_I("code", code),
             LOG_I("signal", killer), LOG_END);
    if (child->pipe >= 0) {
        child_hear(parent, child); /* its last words */
    }
    child_bury(parent, child);
    parent->changed = true;
    if (parent->stage != 0 || (code == 0 && child->spec.kind == CHILD_LEDGER)) {
        child->state = LIFE_FINISHED;
        child_unlisten(child);
    } else if (parent->first_start && !child->was_ready &&
               (code != CHILD_REFUSED || child->spec.kind != CHILD_LEDGER)) {
        child->state = LIFE_FINISHED;
        fail_start(parent, child, what);
    } else if (code == CHILD_REFUSED) {
        child->state = LIFE_REFUSED;
        child_unlisten(child);
    } else {
        restart_later(child);
    }
}

static void reap(struct parent *parent)
{
    for (size_t i = 0; i < parent->len; i++) {
        struct child *child = parent->children[i];
        int status = 0;
        if (child->pid != 0 && waitpid(child->pid, &status, WNOHANG) == child->pid) {
            ended(parent, child, status);
        }
    }
}

static void spawn(struct parent *parent, struct child *child)
{
    struct fault fault;
    if (child_spawn(parent, child, &fault) != OK) {
        log_error("child_spawn", LOG_S("child", child->name), LOG_S("why", fault.text));
        if (child->pid == 0) {
            child->began_us = clock_steady_us();
            restart_later(child);
        }
    }
}

/* Starts what is due. Returns the milliseconds until the next one is, −1 for none. */
static int restart_due(struct parent *parent)
{
    int next_ms = parent->redis == NULL ? -1 : redis_server_watch(parent->redis);
    for (size_t i = 0; i < parent->len; i++) {
        struct child *child = parent->children[i];
        if (child->state != LIFE_WAITING) {
            continue;
        }
        int64_t left_us = child->restart_us - clock_steady_us();
        if (left_us <= 0) {
            child->restarts += child->began_us != 0;
            spawn(parent, child);
            continue;
        }
        int left_ms = (int)((left_us + 999) / 1000);
        next_ms = next_ms < 0 || left_ms < next_ms ? left_ms : next_ms;
    }
    return next_ms;
}

static void note_first_start(struct parent *parent)
{
    if (!parent->first_start) {
        return;
    }
    for (size_t i = 0; i < parent->len; i++) {
        const struct child *child = parent->children[i];
        if (!child->was_ready && child->state != LIFE_REFUSED && child->state != LIFE_FINISHED) {
            return;
        }
    }
    parent->first_start = false;
    log_info("serving", LOG_S("listen", parent->listen[0]), LOG_S("admin", parent->admin),
             LOG_U("children", parent->len));
}

/* ---- signals ---- */

static void hang_up(struct parent *parent)
{
    struct fault fault;
    size_t before = parent->len;
    if (parent_add_ledgers(parent, &fault) != OK) {
        log_error("ledgers_not_found", LOG_S("why", fault.text));
    }
    for (size_t i = 0; i < parent->len; i++) {
        struct child *child = parent->children[i];
        if (child->pid != 0 && child->was_ready) {
            (void)kill(child->pid, SIGHUP);
        }
        if (child->state != LIFE_REFUSED || i >= before) {
            continue;
        }
        if (child_listen(parent, child, &fault) != OK) {
            log_error("child_listen", LOG_S("child", child->name), LOG_S("why", fault.text));
            continue;
        }
        child->state = LIFE_WAITING;
        child->restart_us = 0;
    }
    parent->changed = true;
}

static void signal_children(const struct parent *parent, int number, bool fronts)
{
    for (size_t i = 0; i < parent->len; i++) {
        const struct child *child = parent->children[i];
        if (child->pid != 0 && (child->spec.kind == CHILD_FRONT) == fronts) {
            (void)kill(child->pid, number);
        }
    }
}

static void take_signal(struct parent *parent, uint32_t number)
{
    if (number == SIGHUP && parent->stage == 0) {
        hang_up(parent);
    } else if (number == SIGTERM || number == SIGINT) {
        if (parent->stage == 0) {
            log_info("stopping");
            begin_stop(parent);
        } else {
            signal_children(parent, SIGKILL, true);
            signal_children(parent, SIGKILL, false);
        }
    }
}

static void take_signals(struct parent *parent)
{
    struct signalfd_siginfo info;
    while (read(parent->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        take_signal(parent, info.ssi_signo);
    }
}

/* ---- stop ---- */

static bool any_runs(const struct parent *parent, bool fronts)
{
    for (size_t i = 0; i < parent->len; i++) {
        const struct child *child = parent->children[i];
        if (child->pid != 0 && (child->spec.kind == CHILD_FRONT) == fronts) {
            return true;
        }
    }
    return false;
}

/* Moves the stop on. Returns the milliseconds until it has to be asked again. `told` is the last
 * stage whose children were sent SIGTERM. */
static int go_on_stopping(struct parent *parent, unsigned *told)
{
    static const int limits_ms[] = {0, FRONTS_STOP_MS, OTHERS_STOP_MS};
    while (parent->stage == 1 || parent->stage == 2) {
        bool fronts = parent->stage == 1;
        if (*told < parent->stage) {
            *told = parent->stage;
            signal_children(parent, SIGTERM, fronts);
        }
        if (any_runs(parent, fronts)) {
            int64_t since_ms = (clock_steady_us() - parent->stop_us) / 1000;
            if (since_ms < limits_ms[parent->stage]) {
                return limits_ms[parent->stage] - (int)since_ms;
            }
            log_error("children_killed", LOG_S("kind", fronts ? "fronts" : "others"));
            signal_children(parent, SIGKILL, fronts);
            return -1; /* SIGCHLD tells */
        }
        parent->stage++;
    }
    return 0;
}

/* ---- loop ---- */

static void wait_and_hear(struct parent *parent, int timeout_ms)
{
    struct pollfd polls[CHILDREN_MAX + 1];
    struct child *heard[CHILDREN_MAX + 1];
    nfds_t len = 0;
    polls[len++] = (struct pollfd){.fd = parent->signals, .events = POLLIN};
    for (size_t i = 0; i < parent->len; i++) {
        struct child *child = parent->children[i];
        if (child->pipe >= 0) {
            heard[len] = child;
            polls[len++] = (struct pollfd){.fd = child->pipe, .events = POLLIN};
        }
    }
    if (poll(polls, len, timeout_ms) <= 0) {
        return;
    }
    for (nfds_t i = 1; i < len; i++) {
        if (polls[i].revents != 0) {
            child_hear(parent, heard[i]);
        }
    }
    take_signals(parent);
}

static void loop(struct parent *parent)
{
    unsigned told = 0;
    pid_t redis_pid = 0;
    while (parent->stage < 3) {
        int timeout_ms = parent->stage == 0 ? restart_due(parent) : go_on_stopping(parent, &told);
        if (parent->redis != NULL && redis_pid != redis_server_pid(parent->redis)) {
            redis_pid = redis_server_pid(parent->redis);
            parent->changed = true;
        }
        note_first_start(parent);
        if (parent->changed) {
            parent->changed = false;
            status_write(parent);
        }
        if (parent->stage < 3) {
            wait_and_hear(parent, timeout_ms);
            reap(parent);
        }
    }
}

static int open_signals(sigset_t *before)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ours, before);
    return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void release(struct parent *parent)
{
    char path[FILE_PATH_CAP];
    if (parent->redis != NULL) {
        redis_server_stop(parent->redis, REDIS_STOP_MS);
        redis_server_destroy(parent->redis);
    }
    for (size_t i = 0; i < parent->len; i++) {
        child_free(parent->children[i]);
    }
    free(parent->children);
    if (parent->lock >= 0) {
        file_path(path, parent->run, "status.json");
        (void)unlink(path);
        file_path(path, parent->run, "parent.pid");
        (void)unlink(path);
        (void)close(parent->lock);
    }
    (void)close(parent->signals);
}

enum err parent_run(const struct parent_options *options, struct fault *fault)
{
    struct parent parent = {.options = options, .lock = -1, .first_start = true, .changed = true};
    sigset_t before;
    (void)signal(SIGPIPE, SIG_IGN);
    parent.signals = open_signals(&before);
    parent_find_users(&parent);
    enum err err = parent_take_run_folder(&parent, fault);
    if (err == OK) {
        err = parent_add_children(&parent, fault);
    }
    if (err == OK) {
        err = parent_start_redis(&parent, fault);
    }
    if (err == OK) {
        loop(&parent);
    }
    if (parent.failed) {
        err = fault_set(fault, ERR_UNAVAILABLE, "%s", parent.fault.text);
    }
    release(&parent);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return err;
}
