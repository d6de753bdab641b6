#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/canon.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "parent_inner.h"

/*
 * A child says two things through its pipe, each in one write: "R\n", it is ready, and "F<text>\n",
 * why it is about to end.
 */
#define SAY_CAP (FAULT_LEN + 3)

/* The leak checker of a sanitizer build traces its own process, which an undumpable one refuses. */
#ifdef __SANITIZE_ADDRESS__
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

/* ---- in the child ---- */

static void say(int fd, const char *text, size_t len)
{
    ssize_t ignored = write(fd, text, len); /* a parent that is gone wants nothing */
    (void)ignored;
}

void child_ready(const struct child_spec *spec)
{
    say(spec->parent_fd, "R\n", 2);
}

void child_fault(const struct child_spec *spec, const struct fault *fault)
{
    char text[SAY_CAP];
    int len = snprintf(text, sizeof text, "F%.*s\n", FAULT_LEN, fault->text);
    say(spec->parent_fd, text, (size_t)len);
}

static int compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Closes every file but standard ones and the child's own: no child holds another's listener, and
 * none holds the parent's lock, signals or pipes. */
static void close_others(const struct child_spec *spec)
{
    int keep[CHILD_LISTEN_MAX + 4];
    size_t len = 0;
    for (size_t i = 0; i < spec->listen_len; i++) {
        keep[len++] = spec->listen_fds[i];
    }
    if (spec->admin_fd >= 0) {
        keep[len++] = spec->admin_fd;
    }
    if (spec->figures_fd >= 0) {
        keep[len++] = spec->figures_fd;
    }
    keep[len++] = spec->parent_fd;
    qsort(keep, len, sizeof keep[0], compare_fds);
    unsigned next = STDERR_FILENO + 1;
    for (size_t i = 0; i < len; i++) {
        unsigned kept = (unsigned)keep[i];
        if (kept > next) {
            (void)close_range(next, kept - 1, 0);
        }
        next = kept + 1;
    }
    (void)close_range(next, ~0U, 0);
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    (void)signal(SIGINT, SIG_IGN); /* ^C reaches the whole group; the parent orders the end */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool drop_rights(const struct parent *parent, const struct child *child, pid_t parent_pid)
{
    if (parent->separated) {
        const struct user *user = &parent->users.of[child->spec.kind];
        if (initgroups(user->name, user->gid) != 0 || setgid(user->gid) != 0 ||
            setuid(user->uid) != 0) {
            return false;
        }
    }
    /* After setuid, which clears both. The parent may have ended before. */
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, DUMPABLE) == 0 &&
           prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent_pid;
}

/* Its own way into Redis, and no memory of the others' passwords. */
static void take_endpoint(struct parent *parent, struct child *child)
{
    static const char *const users[] = {"front", "registrar", "ledger"};
    child->spec.redis = parent->options->redis;
    if (parent->redis == NULL) {
        return;
    }
    struct redis_endpoint mine = redis_server_endpoint(parent->redis, users[child->spec.kind]);
    child->spec.redis.address = xstrdup(mine.address);
    child->spec.redis.user = mine.user;
    child->spec.redis.password = xstrdup(mine.password);
    redis_server_forget(parent->redis);
    parent->redis = NULL;
}

_Noreturn static void run(struct parent *parent, struct child *child, int pipe, pid_t parent_pid)
{
    child->spec.parent_fd = pipe;
    take_endpoint(parent, child);
    close_others(&child->spec);
    default_signals();
    if (!drop_rights(parent, child, parent_pid)) {
        log_error("child_rights", LOG_S("child", child->name), LOG_S("why", strerror(errno)));
        _exit(EXIT_FAILURE);
    }
    exit(parent->options->child_main(&child->spec));
}

/* ---- in the parent ---- */

struct child *child_add(struct parent *parent, enum child_kind kind, const char *name)
{
    struct child *child = xcalloc(1, sizeof *child);
    child->name = xstrdup(name);
    child->pipe = -1;
    child->state = LIFE_WAITING;
    child->spec = (struct child_spec){.kind = kind,
                                      .name = child->name,
                                      .fronts = parent->options->fronts,
                                      .run_folder = parent->run,
                                      .admin_fd = -1,
                                      .figures_fd = -1,
                                      .parent_fd = -1,
                                      .unseparated = !parent->separated,
                                      .context = parent->options->context};
    if (strcmp(name, "front-0") != 0) {
        file_path(child->socket, parent->run, "%s.sock", name);
    }
    GROW(parent->children, parent->len, parent->room);
    parent->children[parent->len++] = child;
    return child;
}

void child_unlisten(struct child *child)
{
    for (size_t i = 0; i < child->spec.listen_len; i++) {
        (void)close(child->spec.listen_fds[i]);
    }
    child->spec.listen_len = 0;
    if (child->socket[0] != '\0') {
        (void)unlink(child->socket);
    }
    if (child->spec.admin_fd >= 0) {
        (void)close(child->spec.admin_fd);
        child->spec.admin_fd = -1;
    }
    if (child->spec.figures_fd >= 0) {
        (void)close(child->spec.figures_fd);
        child->spec.figures_fd = -1;
    }
}

void child_free(struct child *child)
{
    child_unlisten(child);
    free(child->name);
    free(child->campaign);
    free(child->folder);
    free(child);
}

enum err child_listen(const struct parent *parent, struct child *child, struct fault *fault)
{
    if (child->socket[0] == '\0' || child->spec.figures_fd >= 0 ||
        (child->spec.kind != CHILD_FRONT && child->spec.listen_len > 0)) {
        return OK;
    }
    if (child->spec.kind == CHILD_FRONT) {
        return listen_unix(parent, child->socket, &child->spec.figures_fd, fault);
    }
    enum err err = listen_unix(parent, child->socket, &child->spec.listen_fds[0], fault);
    child->spec.listen_len = err == OK ? 1 : 0;
    return err;
}

enum err child_spawn(struct parent *parent, struct child *child, struct fault *fault)
{
    int ends[2];
    char path[FILE_PATH_CAP];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return fault_set(fault, ERR_UNAVAILABLE, "pipe: %s", strerror(errno));
    }
    pid_t parent_pid = getpid();
    child->began_us = clock_steady_us();
    pid_t pid = fork();
    if (pid == 0) {
        run(parent, child, ends[1], parent_pid);
    }
    int why = errno;
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return fault_set(fault, ERR_UNAVAILABLE, "fork: %s", strerror(why));
    }
    child->pid = pid;
    child->pipe = ends[0];
    child->was_ready = false;
    child->state = LIFE_STARTING;
    child->fault[0] = '\0';
    parent->changed = true;
    file_path(path, parent->run, "%s.pid", child->name);
    log_info("child_started", LOG_S("child", child->name), LOG_I("pid", pid));
    return process_write_pid(path, pid, fault);
}

/* Its words go into log and status file: nothing but what may stand there. */
static void take_fault(struct child *child, const char *text, size_t len)
{
    if (len > FAULT_LEN || !canon_text_allowed(slice_of(text, len))) {
        text = "(unreadable)";
        len = strlen(text);
    }
    memcpy(child->fault, text, len);
    child->fault[len] = '\0';
    log_error("child_fault", LOG_S("child", child->name), LOG_S("why", child->fault));
}

static void take_line(struct parent *parent, struct child *child, const char *line, size_t len)
{
    if (len == 1 && line[0] == 'R' && !child->was_ready) {
        child->was_ready = true;
        child->state = LIFE_READY;
        log_info("child_ready", LOG_S("child", child->name), LOG_I("pid", child->pid));
    } else if (len > 1 && line[0] == 'F') {
        take_fault(child, line + 1, len - 1);
    }
    parent->changed = true;
}

void child_hear(struct parent *parent, struct child *child)
{
    char text[4 * SAY_CAP];
    ssize_t len = read(child->pipe, text, sizeof text);
    if (len == 0) { /* it closed its end; its exit is told by SIGCHLD */
        (void)close(child->pipe);
        child->pipe = -1;
    }
    for (ssize_t from = 0; from < len;) {
        const char *end = memchr(text + from, '\n', (size_t)(len - from));
        size_t line_len = end == NULL ? (size_t)(len - from) : (size_t)(end - text - from);
        take_line(parent, child, text + from, line_len);
        from += (ssize_t)line_len + 1;
    }
}

void child_bury(const struct parent *parent, struct child *child)
{
    char path[FILE_PATH_CAP];
    file_path(path, parent->run, "%s.pid", child->name);
    (void)unlink(path);
    if (child->pipe >= 0) {
        (void)close(child->pipe);
    }
    child->pipe = -1;
    child->pid = 0;
}
