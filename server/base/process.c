#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

#define PID_TEXT_MAX 32
#define NAME_LEN 15 /* the kernel cuts names there */
#define COMMAND_LINE_MOST 4096
#define KILL_GRACE_MS 5000 /* a SIGKILL takes effect at once unless the disk hangs */

enum err process_write_pid(const char *path, pid_t pid, struct fault *fault)
{
    char text[PID_TEXT_MAX];
    int len = snprintf(text, sizeof text, "%ld\n", (long)pid);
    return file_write(path, slice_of(text, (size_t)len), 0644, FILE_NO_SYNC, fault);
}

/* The pid in a file, 0 when there is none or it is no pid. */
static pid_t read_pid(const char *path)
{
    struct buf text;
    buf_init(&text, PID_TEXT_MAX);
    struct fault ignored;
    long pid = 0;
    if (file_read(path, &text, &ignored) == OK) {
        char *end = NULL;
        errno = 0;
        pid = strtol(buf_text(&text), &end, 10);
        if (errno != 0 || (*end != '\n' && *end != '\0') || pid <= 1 || pid > INT32_MAX) {
            pid = 0;
        }
    }
    buf_release(&text);
    return (pid_t)pid;
}

static bool wait_gone(int pidfd, unsigned wait_ms)
{
    struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
    return poll(&poll_fd, 1, (int)wait_ms) == 1;
}

enum err process_end_earlier(const char *pid_path, unsigned grace_ms,
                             bool (*ours)(void *context, pid_t pid), void *context,
                             struct fault *fault)
{
    pid_t pid = read_pid(pid_path);
    if (pid == 0 || pid == getpid()) {
        return OK;
    }
    /* The handle stays with this process even when the pid is given away, so what ours() saw before
     * the signal is sent is what is hit. */
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0) {
        if (errno == ESRCH) {
            (void)unlink(pid_path);
            return OK;
        }
        return fault_set(fault, ERR_INTERNAL, "%s: pidfd_open: %s", pid_path, strerror(errno));
    }
    enum err err = OK;
    if (ours(context, pid) && !wait_gone(pidfd, 0)) {
        (void)pidfd_send_signal(pidfd, SIGTERM, NULL, 0);
        if (!wait_gone(pidfd, grace_ms)) {
            (void)pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
            if (!wait_gone(pidfd, KILL_GRACE_MS)) {
                err = fault_set(fault, ERR_INTERNAL,
                                "%s: process %ld of an earlier run does not end: kill it", pid_path,
                                (long)pid);
            }
        }
    }
    (void)close(pidfd);
    if (err == OK) {
        (void)unlink(pid_path);
    }
    return err;
}

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

bool process_works_in(pid_t pid, const char *folder)
{
    char link[64];
    (void)snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
    return same_file(link, folder);
}

/* The beginning of a file of /proc/<pid>; its length, 0 when it can't be read. */
static size_t read_of(pid_t pid, const char *file, char *out, size_t most)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t len = read(fd, out, most);
    (void)close(fd);
    return len > 0 ? (size_t)len : 0;
}

bool process_mentions(pid_t pid, const char *text)
{
    char line[COMMAND_LINE_MOST];
    size_t len = read_of(pid, "cmdline", line, sizeof line);
    return memmem(line, len, text, strlen(text)) != NULL;
}

bool process_is_named(pid_t pid, const char *name)
{
    char comm[NAME_LEN + 1];
    comm[read_of(pid, "comm", comm, NAME_LEN)] = '\0';
    comm[strcspn(comm, "\n")] = '\0';
    return comm[0] != '\0' && strncmp(comm, name, NAME_LEN) == 0;
}

enum err process_lock(const char *path, int *fd, struct fault *fault)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    }
    /* A POSIX lock belongs to the process and not to the open file, which forked children share. */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file, F_SETLK, &lock) != 0) {
        int why = errno;
        (void)close(file);
        if (why == EACCES || why == EAGAIN) {
            return fault_set(fault, ERR_CONFLICT, "%s: another process has this folder", path);
        }
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(why));
    }
    *fd = file;
    return OK;
}
