#include "audit/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/table.h"
#include "source_kinds.h"

#define BUNDLE_PREFIX "tile/entries/"

/* A bundle in the temporary file. */
struct kept {
    char path[TILE_PATH_CAP];
    off_t at;
    size_t len;
};

struct source {
    char *name;
    struct source_ops ops;
    void *context;

    int spool; /* −1: nothing is kept */
    off_t spool_len;
    struct kept *kept;
    size_t kept_len, kept_room;
    struct table by_path;
};

struct source *source_create(const char *name, const struct source_ops *ops, void *context)
{
    struct source *source = xcalloc(1, sizeof *source);
    source->name = xstrdup(name);
    source->ops = *ops;
    source->context = context;
    source->spool = -1;
    table_init(&source->by_path);
    return source;
}

enum err source_open(const char *where, struct source **source, struct fault *fault)
{
    bool url = strncmp(where, "http://", 7) == 0 || strncmp(where, "https://", 8) == 0;
    void *context = NULL;
    enum err err =
        url ? source_url_open(where, &context, fault) : source_folder_open(where, &context, fault);
    if (err == OK)
        *source = source_create(where, url ? &source_url_ops : &source_folder_ops, context);
    return err;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->ops.close)
        source->ops.close(source->context);
    if (source->spool >= 0)
        close(source->spool);
    table_release(&source->by_path);
    free(source->kept);
    free(source->name);
    free(source);
}

const char *source_name(const struct source *source)
{
    return source->name;
}

bool source_has_list(const struct source *source)
{
    return source->ops.walk != NULL;
}

enum err source_walk(struct source *source, source_visit *visit, void *visitor, struct fault *fault)
{
    INVARIANT(source->ops.walk);
    return source->ops.walk(source->context, visit, visitor, fault);
}

/* ---- what is kept --------------------------------------------------------------------------- */

enum err source_keep(struct source *source, struct fault *fault)
{
    const char *folder = getenv("TMPDIR");
    if (source->ops.walk || source->spool >= 0)
        return OK;
    char *path = xasprintf("%s/dauys-verify-XXXXXX", folder && *folder ? folder : "/tmp");
    source->spool = mkostemp(path, O_CLOEXEC);
    enum err err = OK;
    if (source->spool < 0)
        err = fault_set(fault, ERR_INTERNAL, "%s: can't make a temporary file: %s", path,
                        strerror(errno));
    else
        (void)unlink(path);
    free(path);
    return err;
}

static const struct kept *find_kept(const struct source *source, const char *path)
{
    uint64_t hash = table_hash(&source->by_path, path, strlen(path));
    uint32_t number, step = 0;
    while (table_next(&source->by_path, hash, &step, &number))
        if (strcmp(source->kept[number].path, path) == 0)
            return &source->kept[number];
    return NULL;
}

/* All of len bytes, or false with errno. */
static bool write_at(int fd, const uint8_t *bytes, size_t len, off_t at)
{
    while (len > 0) {
        ssize_t put = pwrite(fd, bytes, len, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        at += put;
        len -= (size_t)put;
    }
    return true;
}

static enum err keep(struct source *source, const char *path, struct slice bytes,
                     struct fault *fault)
{
    if (!write_at(source->spool, bytes.data, bytes.len, source->spool_len))
        return fault_set(fault, ERR_INTERNAL, "can't write a temporary file: %s", strerror(errno));
    GROW(source->kept, source->kept_len, source->kept_room);
    struct kept *kept = &source->kept[source->kept_len];
    *kept = (struct kept){.at = source->spool_len, .len = bytes.len};
    memcpy(kept->path, path, strlen(path) + 1);
    source->spool_len += (off_t)bytes.len;
    table_add(&source->by_path, table_hash(&source->by_path, path, strlen(path)),
              (uint32_t)source->kept_len++);
    return OK;
}

static enum err read_kept(const struct source *source, const struct kept *kept, struct buf *out,
                          struct fault *fault)
{
    size_t before = out->len, got = 0;
    uint8_t *to = buf_extend(out, kept->len);
    while (to && got < kept->len) {
        ssize_t read = pread(source->spool, to + got, kept->len - got, kept->at + (off_t)got);
        if (read < 0 && errno == EINTR)
            continue;
        if (read <= 0)
            break;
        got += (size_t)read;
    }
    if (to && got == kept->len)
        return OK;
    out->len = before;
    return fault_set(fault, to ? ERR_INTERNAL : ERR_LIMITED, "can't read a temporary file");
}

/* ---- reading -------------------------------------------------------------------------------- */

enum err source_read(struct source *source, const char *path, size_t cap, struct buf *out,
                     struct fault *fault)
{
    size_t before = out->len, room = out->cap - out->len;
    bool keeps = source->spool >= 0 && strncmp(path, BUNDLE_PREFIX, strlen(BUNDLE_PREFIX)) == 0 &&
                 strlen(path) < TILE_PATH_CAP;
    const struct kept *kept = keeps ? find_kept(source, path) : NULL;
    if (kept && kept->len <= cap)
        return read_kept(source, kept, out, fault);
    enum err err = source->ops.read(source->context, path, cap < room ? cap : room, out, fault);
    if (err == OK && keeps && !kept)
        err = keep(source, path, slice_of(out->data + before, out->len - before), fault);
    if (err != OK)
        out->len = before;
    return err;
}

/* ---- tiles ---------------------------------------------------------------------------------- */

/* Of a wider tile that was appended behind `before` keeps what the tile asked for holds. */
static enum err cut(const struct tile *tile, size_t before, struct buf *out)
{
    struct slice rest = slice_of(out->data + before, out->len - before), entry;
    size_t len = (size_t)tile->width * TREE_HASH_LEN;
    if (tile->level == TILE_ENTRIES) {
        for (unsigned i = 0; i < tile->width; i++)
            if (!bundle_next(&rest, &entry))
                return ERR_CORRUPT;
        len = (size_t)(rest.data - (out->data + before));
    }
    if (out->len - before < len)
        return ERR_CORRUPT;
    out->len = before + len;
    return OK;
}

static enum err read_tile(void *context, const struct tile *tile, struct buf *out,
                          struct fault *fault)
{
    struct source *source = context;
    struct tile whole = *tile;
    size_t before = out->len, cap = tile->level == TILE_ENTRIES ? BUNDLE_BYTES_MAX : TILE_BYTES_MAX;
    char path[TILE_PATH_CAP];
    tile_path(path, tile);
    enum err err = source_read(source, path, cap, out, fault);
    if (err == ERR_NOT_FOUND && tile->width < TILE_WIDTH) {
        whole.width = TILE_WIDTH;
        tile_path(path, &whole);
        err = source_read(source, path, cap, out, fault);
    }
    if (err != OK)
        return err;
    size_t got = out->len - before;
    err = cut(tile, before, out);
    /* Only a wider one may hold more than was asked for. */
    if (err == OK && whole.width == tile->width && out->len - before != got)
        err = ERR_CORRUPT;
    if (err != OK)
        out->len = before;
    return err == OK
               ? OK
               : fault_set(fault, err, "%s: %s is not as long as it has to be", source->name, path);
}

struct tile_source source_tiles(struct source *source)
{
    return (struct tile_source){.context = source, .read = read_tile};
}
