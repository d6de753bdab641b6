#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*hook)(enum disk_step step, const char *path, size_t *len);

void disk_hook(int (*replacement)(enum disk_step step, const char *path, size_t *len))
{
    hook = replacement;
}

/* 0, or −1 with errno set as if the step had failed. */
static int before(enum disk_step step, const char *path, size_t *len)
{
    size_t none = 0;

    if (hook == NULL)
        return 0;
    errno = hook(step, path, len == NULL ? &none : len);
    return errno == 0 ? 0 : -1;
}

static enum err failed(struct fault *fault, const char *what, const char *path)
{
    return fault_set(fault, ERR_INTERNAL, "%s %s: %s", what, path, strerror(errno));
}

enum err disk_open(int at, const char *path, int flags, mode_t mode, int *fd, struct fault *fault)
{
    *fd = openat(at, path, flags | O_CLOEXEC, mode);
    if (*fd >= 0)
        return OK;
    if (errno == ENOENT)
        return fault_set(fault, ERR_NOT_FOUND, "%s is missing", path);
    return failed(fault, "can't open", path);
}

enum err disk_write(int fd, const char *path, struct slice bytes, uint64_t offset,
                    struct fault *fault)
{
    while (bytes.len > 0) {
        size_t len = bytes.len;
        ssize_t done =
            before(DISK_WRITE, path, &len) != 0 ? -1 : pwrite(fd, bytes.data, len, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failed(fault, "can't write", path);
        bytes = slice_of(bytes.data + done, bytes.len - (size_t)done);
        offset += (uint64_t)done;
    }
    return OK;
}

enum err disk_sync(int fd, const char *path, struct fault *fault)
{
    /* No second try, not even after a signal: the kernel may have dropped the pages (I7). */
    if (before(DISK_SYNC, path, NULL) != 0 || fdatasync(fd) != 0)
        return failed(fault, "can't sync", path);
    return OK;
}

enum err disk_sync_path(int at, const char *path, struct fault *fault)
{
    int fd;
    enum err err = disk_open(at, path, O_RDONLY, 0, &fd, fault);

    if (err != OK)
        return err;
    err = disk_sync(fd, path, fault);
    close(fd);
    return err;
}

enum err disk_rename(int at, const char *from, const char *to, struct fault *fault)
{
    if (before(DISK_RENAME, to, NULL) != 0 || renameat(at, from, at, to) != 0)
        return failed(fault, "can't rename to", to);
    return OK;
}

enum err disk_cut(int fd, const char *path, uint64_t len, struct fault *fault)
{
    if (before(DISK_CUT, path, NULL) != 0 || ftruncate(fd, (off_t)len) != 0)
        return failed(fault, "can't cut", path);
    return OK;
}

static enum err put_temp(int at, const char *temp, struct slice bytes, enum disk_care care,
                         struct fault *fault)
{
    int fd;
    enum err err = disk_open(at, temp, O_WRONLY | O_CREAT | O_TRUNC, 0644, &fd, fault);

    if (err != OK)
        return err;
    /* Whatever the umask: another user's process serves these files. */
    if (fchmod(fd, 0644) != 0)
        err = failed(fault, "can't set the mode of", temp);
    if (err == OK)
        err = disk_write(fd, temp, bytes, 0, fault);
    if (err == OK && care == DISK_NOW)
        err = disk_sync(fd, temp, fault);
    /* A hint; its failure shows at the sync that follows. */
    if (err == OK && care == DISK_SOON)
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    if (close(fd) != 0 && err == OK)
        err = failed(fault, "can't close", temp);
    return err;
}

/* Makes the folders above path. */
static enum err make_folders(int at, const char *path, struct fault *fault)
{
    char folder[FILE_PATH_CAP];

    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (mkdirat(at, folder, 0755) == 0 && fchmodat(at, folder, 0755, 0) == 0)
            continue;
        if (errno != EEXIST)
            return failed(fault, "can't make", folder);
    }
    return OK;
}

enum err disk_put(int at, const char *temp, const char *path, struct slice bytes,
                  enum disk_care care, struct fault *fault)
{
    char folder[FILE_PATH_CAP];
    enum err err = put_temp(at, temp, bytes, care, fault);

    if (err != OK)
        return err;
    if (before(DISK_RENAME, path, NULL) != 0)
        return failed(fault, "can't rename to", path);
    /* The folders are nearly always there: try first. */
    if (renameat(at, temp, at, path) != 0) {
        if (errno != ENOENT)
            return failed(fault, "can't rename to", path);
        err = make_folders(at, path, fault);
        if (err == OK && renameat(at, temp, at, path) != 0)
            err = failed(fault, "can't rename to", path);
    }
    if (err != OK || care != DISK_NOW)
        return err;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    return disk_sync_path(at, folder, fault);
}

void disk_remove_folder(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct dirent *item;
    DIR *folder;

    if (fd < 0)
        return;
    folder = fdopendir(fd);
    if (folder == NULL) {
        close(fd);
        return;
    }
    while ((item = readdir(folder)) != NULL)
        if (item->d_name[0] != '.' && before(DISK_REMOVE, item->d_name, NULL) == 0)
            (void)unlinkat(fd, item->d_name, 0);
    closedir(folder);
    (void)unlinkat(at, path, AT_REMOVEDIR);
}
