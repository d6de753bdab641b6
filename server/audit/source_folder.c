/* A ledger folder. Everything is opened below the folder's descriptor; what is not a regular file
 * is not there, so that no pipe or device can hold us. */
#include "source_kinds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_STEP (256U * 1024)

struct folder {
    int fd;
    char *name;
};

/* One walk. */
struct walk {
    const struct folder *folder;
    source_visit *visit;
    void *visitor;
    struct fault *fault;
    uint64_t files;
    char path[SOURCE_PATH_MAX];
};

enum err source_folder_open(const char *name, void **context, struct fault *fault)
{
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_INTERNAL,
                         "%s: can't open this folder: %s", name, strerror(errno));
    struct folder *folder = xcalloc(1, sizeof *folder);
    folder->fd = fd;
    folder->name = xstrdup(name);
    *context = folder;
    return OK;
}

static void folder_close(void *context)
{
    struct folder *folder = context;
    close(folder->fd);
    free(folder->name);
    free(folder);
}

static bool is_absence(int number)
{
    return number == ENOENT || number == ENOTDIR || number == EISDIR || number == ENAMETOOLONG ||
           number == ENXIO || number == ELOOP;
}

static enum err failed(const struct folder *folder, const char *path, const char *act,
                       struct fault *fault)
{
    int number = errno;
    return fault_set(fault, is_absence(number) ? ERR_NOT_FOUND : ERR_INTERNAL,
                     "%s/%s: can't %s: %s", folder->name, path, act, strerror(number));
}

/* At most cap bytes; one more tells that there are too many. */
static enum err read_all(const struct folder *folder, int fd, const char *path, size_t cap,
                         struct buf *out, struct fault *fault)
{
    size_t had = 0;
    ssize_t got;
    do {
        uint8_t probe, *to = &probe;
        size_t step = cap - had < READ_STEP ? cap - had : READ_STEP, before = out->len;
        if (step > 0)
            to = buf_extend(out, step);
        INVARIANT(to);
        do {
            got = read(fd, to, step > 0 ? step : 1);
        } while (got < 0 && errno == EINTR);
        if (got < 0)
            return failed(folder, path, "read", fault);
        if (got > 0 && step == 0)
            return fault_set(fault, ERR_LIMITED, "%s/%s: larger than %zu bytes", folder->name, path,
                             cap);
        out->len = before + (size_t)got * (step > 0);
        had += (size_t)got;
    } while (got > 0);
    return OK;
}

static enum err folder_read(void *context, const char *path, size_t cap, struct buf *out,
                            struct fault *fault)
{
    const struct folder *folder = context;
    size_t before = out->len;
    struct stat about;
    int fd = openat(folder->fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return failed(folder, path, "open", fault);
    enum err err = OK;
    if (fstat(fd, &about) != 0)
        err = failed(folder, path, "look at", fault);
    else if (!S_ISREG(about.st_mode))
        err = fault_set(fault, ERR_NOT_FOUND, "%s/%s: not a regular file", folder->name, path);
    if (err == OK)
        err = read_all(folder, fd, path, cap, out, fault);
    close(fd);
    if (err != OK)
        out->len = before;
    return err;
}

enum kind { IS_FOLDER, IS_FILE, IS_ODD, IS_GONE };

static enum kind kind_of_mode(mode_t mode)
{
    if (S_ISDIR(mode))
        return IS_FOLDER;
    return S_ISREG(mode) ? IS_FILE : IS_ODD;
}

/* Of an item that was just listed. A link to a folder is no folder. */
static enum err kind_of(const struct walk *walk, int fd, const struct dirent *item, enum kind *kind)
{
    struct stat about;
    *kind = IS_FILE;
    if (item->d_type == DT_REG)
        return OK;
    *kind = IS_GONE;
    if (fstatat(fd, item->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? OK : failed(walk->folder, walk->path, "look at", walk->fault);
    *kind = kind_of_mode(about.st_mode);
    if (!S_ISLNK(about.st_mode))
        return OK;
    *kind = IS_ODD;
    if (fstatat(fd, item->d_name, &about, 0) != 0)
        return is_absence(errno) ? OK : failed(walk->folder, walk->path, "look at", walk->fault);
    if (S_ISREG(about.st_mode))
        *kind = IS_FILE;
    return OK;
}

static enum err walk_into(struct walk *walk, int fd, size_t len);

static enum err walk_folder(struct walk *walk, int fd, size_t len, const char *name)
{
    int inner = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* Gone since it was listed: a folder of partial tiles may be. */
    if (inner < 0)
        return errno == ENOENT ? OK : failed(walk->folder, walk->path, "open", walk->fault);
    walk->path[len++] = '/';
    return walk_into(walk, inner, len);
}

/* An item of the folder whose path (with its slash) has len bytes. */
static enum err walk_item(struct walk *walk, int fd, size_t len, const struct dirent *item)
{
    size_t name_len = strlen(item->d_name);
    enum kind kind;
    if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
        return OK;
    if (++walk->files > SOURCE_FILES_MAX)
        return fault_set(walk->fault, ERR_LIMITED, "%s: too many files", walk->folder->name);
    memcpy(walk->path + len, item->d_name, name_len + 1);
    enum err err = kind_of(walk, fd, item, &kind);
    if (err != OK || kind == IS_GONE)
        return err;
    if (len + name_len > SOURCE_LISTED_MAX)
        kind = IS_ODD;
    if (kind == IS_FOLDER)
        return walk_folder(walk, fd, len + name_len, item->d_name);
    return walk->visit(walk->visitor, walk->path, kind == IS_FILE ? SOURCE_REGULAR : SOURCE_ODD,
                       walk->fault);
}

/* Closes fd. */
static enum err walk_into(struct walk *walk, int fd, size_t len)
{
    DIR *folder = fdopendir(fd);
    enum err err = OK;
    if (!folder) {
        err = failed(walk->folder, walk->path, "list", walk->fault);
        close(fd);
        return err;
    }
    while (err == OK) {
        errno = 0;
        const struct dirent *item = readdir(folder);
        if (item)
            err = walk_item(walk, dirfd(folder), len, item);
        else if (errno != 0)
            err = failed(walk->folder, walk->path, "list", walk->fault);
        if (!item)
            break;
    }
    closedir(folder);
    return err;
}

static enum err folder_walk(void *context, source_visit *visit, void *visitor, struct fault *fault)
{
    const struct folder *folder = context;
    struct walk walk = {.folder = folder, .visit = visit, .visitor = visitor, .fault = fault};
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(folder, ".", "list", fault);
    return walk_into(&walk, fd, 0);
}

const struct source_ops source_folder_ops = {
    .read = folder_read, .walk = folder_walk, .close = folder_close};
