/*
 * verify_flips LEDGER VKEYFILE STEP FIRST: flips one byte of a ledger's files after another, every
 * STEP-th one from FIRST on, each in memory, and checks the ledger each time. Prints each flip that
 * is not found as `missed PATH OFFSET`, then `flips N missed M`.
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

static enum err read_file(void *context, const char *path, size_t cap, struct buf *out,
                          struct fault *fault)
{
    const struct files *files = context;
    for (size_t i = 0; i < files->len; i++) {
        if (strcmp(files->list[i].path, path) != 0)
            continue;
        if (files->list[i].bytes.len > cap)
            return fault_set(fault, ERR_LIMITED, "%s: too large", path);
        buf_put_slice(out, buf_slice(&files->list[i].bytes));
        return OK;
    }
    return fault_set(fault, ERR_NOT_FOUND, "%s: not there", path);
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

static size_t flip_all(const struct files *files, struct source *source, const struct note_key *key,
                       size_t step, size_t first, size_t *flips)
{
    size_t missed = 0, left = first;
    *flips = 0;
    for (size_t i = 0; i < files->len; i++) {
        struct buf *bytes = &files->list[i].bytes;
        size_t at = left;
        for (; at < bytes->len; at += step) {
            bytes->data[at] ^= (uint8_t)(1U << (at + i) % 8);
            ++*flips;
            if (!is_found(source, key)) {
                printf("missed %s %zu\n", files->list[i].path, at);
                missed++;
            }
            bytes->data[at] ^= (uint8_t)(1U << (at + i) % 8);
        }
        left = at - bytes->len;
    }
    return missed;
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
    size_t step = argc == 5 ? strtoul(argv[3], NULL, 10) : 0, flips;
    if (step == 0)
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
    size_t missed = flip_all(&files, source, &key, step, strtoul(argv[4], NULL, 10), &flips);
    printf("flips %zu missed %zu\n", flips, missed);
    source_close(source);
    source_close(files.folder);
    for (size_t i = 0; i < files.len; i++) {
        free(files.list[i].path);
        buf_release(&files.list[i].bytes);
    }
    free(files.list);
    return missed > 0;
}
