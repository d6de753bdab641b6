#include "ledger/tile.h"

#include <stdio.h>

#include "base/file.h"
#include "text.h"

/* Digits of N in groups of three: at most six groups for TILE_INDEX_MAX. */
#define GROUPS 6

void tile_path(char out[static TILE_PATH_CAP], const struct tile *tile)
{
    char level[8] = "entries", index[GROUPS * 5 + 1], width[8] = "";
    unsigned groups[GROUPS];
    size_t count = 0, len = 0;
    uint64_t rest = tile->index;

    INVARIANT(tile->index <= TILE_INDEX_MAX && tile->width >= 1 && tile->width <= TILE_WIDTH);
    if (tile->level != TILE_ENTRIES)
        snprintf(level, sizeof level, "%u", tile->level);
    do {
        groups[count++] = (unsigned)(rest % 1000);
        rest /= 1000;
    } while (rest > 0);
    while (count-- > 0)
        len += (size_t)snprintf(index + len, sizeof index - len, count > 0 ? "x%03u/" : "%03u",
                                groups[count]);
    if (tile->width < TILE_WIDTH)
        snprintf(width, sizeof width, ".p/%u", tile->width);
    snprintf(out, TILE_PATH_CAP, "tile/%s/%s%s", level, index, width);
}

static bool cut_index(struct slice *text, uint64_t *index)
{
    uint64_t group;
    bool more;
    int groups = 0;

    *index = 0;
    do {
        more = text_cut_prefix(text, "x");
        if (++groups > GROUPS || !text_cut_number(text, 3, 999, &group))
            return false;
        *index = *index * 1000 + group;
        if (more && !text_cut_prefix(text, "/"))
            return false;
    } while (more);
    return *index <= TILE_INDEX_MAX;
}

enum err tile_path_parse(struct slice path, struct tile *tile)
{
    struct slice rest = path;
    struct tile read = {.level = TILE_ENTRIES, .width = TILE_WIDTH};
    uint64_t number;
    char again[TILE_PATH_CAP];

    if (path.len >= TILE_PATH_CAP || !text_cut_prefix(&rest, "tile/"))
        return ERR_INVALID;
    if (!text_cut_prefix(&rest, "entries")) {
        if (!text_cut_number(&rest, 1, TILE_LEVELS - 1, &number))
            return ERR_INVALID;
        read.level = (unsigned)number;
    }
    if (!text_cut_prefix(&rest, "/") || !cut_index(&rest, &read.index))
        return ERR_INVALID;
    if (text_cut_prefix(&rest, ".p/")) {
        if (!text_cut_number(&rest, 3, TILE_WIDTH - 1, &number) || number == 0)
            return ERR_INVALID;
        read.width = (unsigned)number;
    }
    /* One spelling only: what it means must be written exactly as it was. */
    tile_path(again, &read);
    if (rest.len != 0 || !slice_is(path, again))
        return ERR_INVALID;
    *tile = read;
    return OK;
}

unsigned tile_height(unsigned level)
{
    return level == TILE_ENTRIES ? 0 : 8 * level;
}

bool tile_last(unsigned level, uint64_t size, struct tile *tile)
{
    uint64_t nodes = size >> tile_height(level);

    if (nodes == 0)
        return false;
    tile->level = level;
    tile->index = (nodes - 1) / TILE_WIDTH;
    tile->width = (unsigned)(nodes - tile->index * TILE_WIDTH);
    return true;
}

void bundle_put(struct buf *out, struct slice entry)
{
    INVARIANT(entry.len <= BUNDLE_ENTRY_MAX);
    buf_put_u16be(out, (uint16_t)entry.len);
    buf_put_slice(out, entry);
}

bool bundle_next(struct slice *rest, struct slice *entry)
{
    size_t len;

    if (rest->len < 2)
        return false;
    len = (size_t)rest->data[0] << 8 | rest->data[1];
    if (rest->len - 2 < len)
        return false;
    *entry = slice_of(rest->data + 2, len);
    *rest = slice_of(rest->data + 2 + len, rest->len - 2 - len);
    return true;
}

enum err bundle_cut(struct slice bundle, unsigned width, struct slice entries[static TILE_WIDTH])
{
    if (width > TILE_WIDTH)
        return ERR_CORRUPT;
    for (unsigned i = 0; i < width; i++)
        if (!bundle_next(&bundle, &entries[i]))
            return ERR_CORRUPT;
    return bundle.len == 0 ? OK : ERR_CORRUPT;
}

/* Keeps of what was appended to out behind `from` the first width entries. */
static enum err cut_wider(const struct tile *tile, size_t from, struct buf *out)
{
    struct slice rest = slice_of(out->data + from, out->len - from), entry;

    if (tile->level != TILE_ENTRIES) {
        if (rest.len < (size_t)tile->width * TREE_HASH_LEN)
            return ERR_CORRUPT;
        out->len = from + (size_t)tile->width * TREE_HASH_LEN;
        return OK;
    }
    for (unsigned i = 0; i < tile->width; i++)
        if (!bundle_next(&rest, &entry))
            return ERR_CORRUPT;
    out->len -= rest.len;
    return OK;
}

static enum err read_tile_file(const char *folder, const struct tile *tile, struct buf *out,
                               struct fault *fault)
{
    char name[TILE_PATH_CAP], path[FILE_PATH_CAP];

    tile_path(name, tile);
    file_path(path, folder, "%s", name);
    return file_read(path, out, fault);
}

static bool has_width(const struct tile *tile, struct slice bytes)
{
    struct slice entries[TILE_WIDTH];

    if (tile->level != TILE_ENTRIES)
        return bytes.len == (size_t)tile->width * TREE_HASH_LEN;
    return bundle_cut(bytes, tile->width, entries) == OK;
}

static enum err read_folder_tile(void *context, const struct tile *tile, struct buf *out,
                                 struct fault *fault)
{
    const char *folder = context;
    struct tile read = *tile;
    size_t from = out->len;
    enum err err = read_tile_file(folder, &read, out, fault);

    if (err == ERR_NOT_FOUND && tile->width < TILE_WIDTH) {
        read.width = TILE_WIDTH;
        err = read_tile_file(folder, &read, out, fault);
    }
    if (err != OK)
        return err;
    if (!has_width(&read, slice_of(out->data + from, out->len - from)))
        return fault_set(fault, ERR_CORRUPT, "%s: a tile of level %u at %llu has the wrong length",
                         folder, tile->level, (unsigned long long)tile->index);
    return read.width == tile->width ? OK : cut_wider(tile, from, out);
}

struct tile_source tile_folder(const char *folder)
{
    return (struct tile_source){.context = (void *)(uintptr_t)folder, .read = read_folder_tile};
}
