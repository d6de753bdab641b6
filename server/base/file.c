#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

void file_path(char out[static FILE_PATH_CAP], const char *folder, const char *format, ...)
{
    va_list args;
    int folder_len = snprintf(out, FILE_PATH_CAP, "%s/", folder), rest_len;

    INVARIANT(folder_len > 0 && folder_len < FILE_PATH_CAP);
    /* "a" and "a/" name the same folder. */
    if (folder_len > 1 && out[folder_len - 2] == '/')
        folder_len--;
    va_start(args, format);
    rest_len = vsnprintf(out + folder_len, (size_t)(FILE_PATH_CAP - folder_len), format, args);
    va_end(args);
    INVARIANT(rest_len >= 0 && rest_len < FILE_PATH_CAP - folder_len);
}

static enum err err_of(int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return ERR_NOT_FOUND;
    if (number == ENOSPC || number == EDQUOT)
        return ERR_UNAVAILABLE;
    return ERR_INTERNAL;
}

static enum err failed(struct fault *fault, const char *act, const char *path)
{
    int number = errno;

    return fault_set(fault, err_of(number), "%s: can't %s: %s", path, act, strerror(number));
}

/* Reads to the end; what was put into out before a failure is taken back. */
static enum err read_all(int fd, const char *path, struct buf *out, struct fault *fault)
{
    size_t before = out->len, len = before;
    enum err err = OK;
    ssize_t got;

    do {
        size_t room = out->cap - len;
        uint8_t probe, *at = &probe;

        /* With the cap reached, one byte more tells "exactly the cap" from "too large". */
        if (room > 0)
            at = buf_extend(out, room < READ_STEP ? room : READ_STEP);
        INVARIANT(at);
        do {
            got = read(fd, at, room == 0 ? 1 : room < READ_STEP ? room : READ_STEP);
        } while (got < 0 && errno == EINTR);
        if (got < 0)
            err = failed(fault, "read", path);
        else if (got > 0 && room == 0)
            err = fault_set(fault, ERR_LIMITED, "%s: larger than %zu bytes", path, out->cap);
        else
            len += (size_t)got;
        out->len = len;
    } while (err == OK && got > 0);
    if (err != OK)
        out->len = before;
    return err;
}

static enum err open_and_read(const char *path, struct buf *out,
                              enum err (*allowed)(int, const char *, struct fault *),
                              struct fault *fault)
{
    enum err err;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return failed(fault, "open", path);
    err = allowed ? allowed(fd, path, fault) : OK;
    if (err == OK)
        err = read_all(fd, path, out, fault);
    close(fd);
    return err;
}

enum err file_read(const char *path, struct buf *out, struct fault *fault)
{
    return open_and_read(path, out, NULL, fault);
}

/* Asked of the open file, not of the path: nobody can exchange it in between. */
static enum err kept_secret(int fd, const char *path, struct fault *fault)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return failed(fault, "look at", path);
    if (!S_ISREG(about.st_mode))
        return fault_set(fault, ERR_DENIED, "%s: not a regular file", path);
    if (about.st_uid != geteuid() && about.st_uid != 0 && geteuid() != 0)
        return fault_set(fault, ERR_DENIED, "%s: belongs to user %u, not to this process (%u)",
                         path, about.st_uid, geteuid());
    if ((about.st_mode & 077) != 0)
        return fault_set(fault, ERR_DENIED,
                         "%s: others can open this secret (mode %03o); run: chmod 600 %s", path,
                         about.st_mode & 0777, path);
    return OK;
}

enum err file_read_secret(const char *path, struct buf *out, struct fault *fault)
{
    return open_and_read(path, out, kept_secret, fault);
}

/* The folder a path lies in, "." when it names none. */
static void parent_of(char out[static FILE_PATH_CAP], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;

    INVARIANT(len < FILE_PATH_CAP);
    if (!slash)
        memcpy(out, ".", 2);
    else if (len == 0)
        memcpy(out, "/", 2);
    else {
        memcpy(out, path, len);
        out[len] = '\0';
    }
}

enum err file_sync_folder(const char *path, struct fault *fault)
{
    enum err err = OK;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return failed(fault, "open", path);
    if (fsync(fd) != 0)
        err = failed(fault, "sync", path);
    close(fd);
    return err;
}

enum err file_make_folder(const char *path, mode_t mode, struct fault *fault)
{
    struct stat about;
    char parent[FILE_PATH_CAP];
    enum err err;

    if (stat(path, &about) == 0)
        return S_ISDIR(about.st_mode) ? OK
                                      : fault_set(fault, ERR_INTERNAL, "%s: not a folder", path);
    parent_of(parent, path);
    if (strcmp(parent, path) == 0)
        return failed(fault, "make folder", path);
    err = file_make_folder(parent, mode, fault);
    if (err != OK)
        return err;
    if (mkdir(path, mode) == 0)
        return file_sync_folder(parent, fault); /* else a synced file in it could vanish with it */
    return errno == EEXIST ? OK : failed(fault, "make folder", path);
}

/* A temporary file in the same folder, its name beginning with a dot: no listing or static file
 * server takes one left by a crash for the real thing. */
static enum err open_temporary(char out[static FILE_PATH_CAP], const char *path, int *fd,
                               struct fault *fault)
{
    char parent[FILE_PATH_CAP];
    const char *slash = strrchr(path, '/');
    enum err err;

    parent_of(parent, path);
    for (int tries = 0;; tries++) {
        file_path(out, parent, ".%s.XXXXXX", slash ? slash + 1 : path);
        *fd = mkostemp(out, O_CLOEXEC);
        if (*fd >= 0)
            return OK;
        if (errno != ENOENT || tries > 0)
            return failed(fault, "write", path);
        err = file_make_folder(parent, 0755, fault);
        if (err != OK)
            return err;
    }
}

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.data, bytes.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes = slice_of(bytes.data + written, bytes.len - (size_t)written);
    }
    return true;
}

/* A name for the finished file: the old one's, or one that nobody has yet. */
static enum err give_name(const char *temporary, const char *path, bool replace,
                          struct fault *fault)
{
    if (replace)
        return rename(temporary, path) == 0 ? OK : failed(fault, "rename to", path);
    if (link(temporary, path) != 0)
        return errno == EEXIST ? fault_set(fault, ERR_CONFLICT, "%s: already exists", path)
                               : failed(fault, "write", path);
    unlink(temporary);
    return OK;
}

static enum err write_whole(const char *path, struct slice bytes, mode_t mode, enum file_sync sync,
                            bool replace, struct fault *fault)
{
    char temporary[FILE_PATH_CAP], parent[FILE_PATH_CAP];
    int fd = -1;
    enum err err = open_temporary(temporary, path, &fd, fault);

    if (err != OK)
        return err;
    if (fchmod(fd, mode) != 0 || !write_all(fd, bytes))
        err = failed(fault, "write", path);
    else if (sync == FILE_SYNC && fsync(fd) != 0)
        err = failed(fault, "sync", path);
    if (close(fd) != 0 && err == OK)
        err = failed(fault, "close", path);
    if (err == OK)
        err = give_name(temporary, path, replace, fault);
    if (err != OK) {
        unlink(temporary);
        return err;
    }
    parent_of(parent, path);
    return sync == FILE_SYNC ? file_sync_folder(parent, fault) : OK;
}

enum err file_write(const char *path, struct slice bytes, mode_t mode, enum file_sync sync,
                    struct fault *fault)
{
    return write_whole(path, bytes, mode, sync, true, fault);
}

enum err file_create(const char *path, struct slice bytes, mode_t mode, enum file_sync sync,
                     struct fault *fault)
{
    return write_whole(path, bytes, mode, sync, false, fault);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

void file_shared(char out[static FILE_PATH_CAP], const char *name)
{
    static const char installed[] = "/bin/dauys";
    char self[FILE_PATH_CAP / 2];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    ssize_t prefix_len = len - (ssize_t)(sizeof installed - 1);

    if (len < (ssize_t)sizeof self && prefix_len >= 0 &&
        memcmp(self + prefix_len, installed, sizeof installed - 1) == 0) {
        self[prefix_len] = '\0';
        file_path(out, self, "share/dauys/%s", name);
    } else {
        snprintf(out, FILE_PATH_CAP, "%s", name);
    }
}
