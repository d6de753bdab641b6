/*
 * verify_flips LEDGER VKEYFILE STEP FIRST: flips one byte of a ledger's files after another, every
 * STEP-th one from FIRST on, each in memory, and checks the ledger each time. Prints each flip that
 * is not found as `missed PATH OFFSET`, then `flips N missed M`.
 *
 * verify_flips LEDGER VKEYFILE: the flips come on standard input, `OFFSET BIT PATH` a line.
 */
#include <stdio.h>
#include <string.h>

#include "audit/source.h"
#include "audit/verify.h"
#include "base/file.h"
#include "base/mem.h"

#define FILE_MAX (16U << 20)

struct file {
    char *path;
    struct buf bytes;
};

struct files {
    struct source *folder; /* where they come from */
    struct file *list;
    size_t len, room;
};

static enum err load(void *context, const char *path, enum source_item item, struct fault *fault)
{
    (void)item;
    struct files *files = context;
    GROW(files->list, files->len, files->room);
    struct file *file = &files->list[files->len++];
    file->path = xstrdup(path);
    buf_init(&file->bytes, FILE_MAX);
    return source_read(files->folder, path, FILE_MAX, &file->bytes, fault);
}

static const struct file *find(const struct files *files, const char *path)
{
    for (size_t i = 0; i < files->len; i++)
        if (strcmp(files->list[i].path, path) == 0)
            return &files->list[i];
    return NULL;
}

static enum err read_file(void *context, const char *path, size_t cap, struct buf *out,
                          struct fault *fault)
{
    const struct file *file = find(context, path);
    if (!file)
        return fault_set(fault, ERR_NOT_FOUND, "%s: not there", path);
    if (file->bytes.len > cap)
        return fault_set(fault, ERR_LIMITED, "%s: too large", path);
    buf_put_slice(out, buf_slice(&file->bytes));
    return OK;
}

static enum err walk(void *context, source_visit *visit, void *visitor, struct fault *fault)
{
    const struct files *files = context;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < files->len; i++)
        err = visit(visitor, files->list[i].path, SOURCE_REGULAR, fault);
    return err;
}

static const struct source_ops ops = {.read = read_file, .walk = walk};

/* True when something is found. */
static bool is_found(struct source *source, const struct note_key *key)
{
    struct verify_options options = {.threads = 1};
    struct verify_report report;
    struct fault fault = {{0}};
    enum err err = verify_run(source, key, &options, &report, &fault);
    bool found = err == OK && report.findings_len > 0;
    verify_release(&report);
    return found;
}

struct flipping {
    const struct files *files;
    struct source *source;
    const struct note_key *key;
    size_t flips, missed;
};

static void flip(struct flipping *flipping, const struct file *file, size_t at, unsigned bit)
{
    file->bytes.data[at] ^= (uint8_t)(1U << bit);
    flipping->flips++;
    if (!is_found(flipping->source, flipping->key)) {
        printf("missed %s %zu\n", file->path, at);
        flipping->missed++;
    }
    file->bytes.data[at] ^= (uint8_t)(1U << bit);
}

static void flip_all(struct flipping *flipping, size_t step, size_t first)
{
    size_t left = first;
    for (size_t i = 0; i < flipping->files->len; i++) {
        const struct file *file = &flipping->files->list[i];
        size_t at = left;
        for (; at < file->bytes.len; at += step)
            flip(flipping, file, at, (unsigned)((at + i) % 8));
        left = at - file->bytes.len;
    }
}

/* False for a line that names no byte. */
static bool flip_listed(struct flipping *flipping)
{
    char *line = NULL, *path;
    size_t room = 0;
    bool good = true;
    while (good && getline(&line, &room, stdin) > 0) {
        size_t at = strtoul(line, &path, 10);
        unsigned long bit = strtoul(path, &path, 10);
        path += strspn(path, " ");
        path[strcspn(path, "\n")] = '\0';
        const struct file *file = find(flipping->files, path);
        good = file && at < file->bytes.len && bit < 8;
        if (good)
            flip(flipping, file, at, (unsigned)bit);
    }
    free(line);
    return good;
}

static enum err read_key(const char *path, struct note_key *key, struct fault *fault)
{
    struct buf text;
    buf_init(&text, NOTE_VKEY_CAP);
    enum err err = file_read(path, &text, fault);
    if (err == OK && text.len > 0)
        err = note_key_parse(slice_of(text.data, text.len - 1), key, fault); /* line feed */
    buf_release(&text);
    return err;
}

int main(int argc, char **argv)
{
    struct files files = {0};
    struct note_key key;
    struct fault fault = {{0}};
    size_t step = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
    if (argc != 3 && step == 0)
        return 2;
    enum err err = read_key(argv[2], &key, &fault);
    if (err == OK)
        err = source_open(argv[1], &files.folder, &fault);
    if (err == OK)
        err = source_walk(files.folder, load, &files, &fault);
    if (err != OK) {
        fprintf(stderr, "verify_flips: %s\n", fault.text);
        return 2;
    }
    struct source *source = source_create(argv[1], &ops, &files);
    if (is_found(source, &key)) {
        fputs("verify_flips: the ledger is not good before anything is flipped\n", stderr);
        return 2;
    }
    struct flipping flipping = {.files = &files, .source = source, .key = &key};
    bool whole = true;
    if (argc == 5)
        flip_all(&flipping, step, strtoul(argv[4], NULL, 10));
    else
        whole = flip_listed(&flipping);
    printf("flips %zu missed %zu\n", flipping.flips, flipping.missed);
    source_close(source);
    source_close(files.folder);
    for (size_t i = 0; i < files.len; i++) {
        free(files.list[i].path);
        buf_release(&files.list[i].bytes);
    }
    free(files.list);
    if (!whole)
        return 2;
    return flipping.missed > 0;
}
