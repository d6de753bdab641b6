#include "audit/verify.h"

#include <string.h>

#include "base/mem.h"
#include "verify_inner.h"

/* How often a ledger that grew while it was looked at is looked at again. */
#define LOOKS 5
#define SETTLES 50

void verify_add(struct verify *verify, enum verdict_code code, int64_t index)
{
    struct verify_report *report = verify->report;
    GROW(report->findings, report->findings_len, report->findings_room);
    report->findings[report->findings_len++] = (struct verify_finding){code, index};
}

void verify_show(const struct verify *verify, const char *title, uint64_t done)
{
    const struct verify_progress *progress = &verify->options->progress;
    if (progress->show)
        progress->show(progress->context, title, done, verify->size);
}

static int compare_findings(const void *left, const void *right)
{
    const struct verify_finding *a = left, *b = right;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return strcmp(verdict_name(a->code), verdict_name(b->code));
}

/* ---- step 1 --------------------------------------------------------------------------------- */

static enum verdict_code judge_checkpoint(struct slice bytes, const struct note_key *log,
                                          struct checkpoint *checkpoint)
{
    struct note note;
    if (note_parse(bytes, &note, NULL) != OK ||
        checkpoint_parse(note.text, checkpoint, NULL) != OK || checkpoint->size > VERIFY_SIZE_MAX)
        return VERDICT_CHECKPOINT_MALFORMED;
    if (strcmp(checkpoint->origin, log->name) != 0)
        return VERDICT_CHECKPOINT_ORIGIN;
    enum err err = note_verify(&note, log, NULL);
    if (err == ERR_NOT_FOUND)
        return VERDICT_CHECKPOINT_KEY;
    return err == OK ? VERDICT_ACCEPTED : VERDICT_CHECKPOINT_SIGNATURE;
}

static enum err read_checkpoint(struct verify *verify, struct checkpoint *checkpoint,
                                enum verdict_code *code)
{
    struct buf bytes;
    buf_init(&bytes, NOTE_LEN_MAX);
    enum err err = source_read(verify->source, "checkpoint", NOTE_LEN_MAX, &bytes, verify->fault);
    *code = VERDICT_CHECKPOINT_MALFORMED;
    if (err == OK)
        *code = judge_checkpoint(buf_slice(&bytes), verify->log, checkpoint);
    buf_release(&bytes);
    return err == ERR_LIMITED ? OK : err;
}

static enum err keep_path(void *context, const char *path, enum source_item item,
                          struct fault *fault)
{
    struct verify *verify = context;
    (void)fault;
    GROW(verify->paths, verify->paths_len, verify->paths_room);
    verify->paths[verify->paths_len++] = (struct verify_path){xstrdup(path), item};
    return OK;
}

static void forget_paths(struct verify *verify)
{
    while (verify->paths_len > 0)
        free(verify->paths[--verify->paths_len].path);
}

static bool has_unknown(const struct verify *verify, uint64_t size)
{
    struct tile tile;
    for (size_t i = 0; i < verify->paths_len; i++)
        if (verify_kind(&verify->paths[i], size, &tile) == VERIFY_UNKNOWN)
            return true;
    return false;
}

/*
 * The list of files and then the checkpoint, in this order: the tiles of a ledger in use are
 * written before the checkpoint that needs them. Should the list have caught such tiles, both are
 * read again as long as the ledger moves on.
 */
static enum err take_head(struct verify *verify, enum verdict_code *code)
{
    struct verify_report *report = verify->report;
    uint64_t before = 0;
    for (int i = 0; i < SETTLES; i++) {
        forget_paths(verify);
        enum err err = OK;
        if (source_has_list(verify->source))
            err = source_walk(verify->source, keep_path, verify, verify->fault);
        if (err == OK)
            err = read_checkpoint(verify, &report->checkpoint, code);
        if (err != OK || *code != VERDICT_ACCEPTED)
            return err;
        verify->size = report->checkpoint.size;
        if (verify->size == before || !has_unknown(verify, verify->size))
            break;
        before = verify->size;
    }
    report->has_checkpoint = true;
    return OK;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static enum err look(struct verify *verify)
{
    struct verify_report *report = verify->report;
    enum verdict_code code;
    enum err err = take_head(verify, &code);
    if (err == OK && code != VERDICT_ACCEPTED)
        verify_add(verify, code, VERIFY_WHOLE);
    if (err == OK && report->findings_len == 0)
        err = verify_bundles(verify);
    if (err != OK || report->findings_len > 0)
        return err;
    err = verify_tiles(verify);
    if (err == OK)
        err = verify_others(verify);
    if (err == OK && report->findings_len == 0)
        err = verify_judge(verify);
    return err;
}

/* What was found is in the files, not in the entries, and the ledger has grown since: it may be
 * only that. */
static bool has_moved(struct verify *verify, enum err err)
{
    struct verify_report *report = verify->report;
    struct checkpoint now;
    enum verdict_code code;
    bool in_files =
        err == OK && report->findings_len > 0 && report->has_checkpoint && !report->fold;
    if (!in_files && err != ERR_CONFLICT)
        return false;
    return read_checkpoint(verify, &now, &code) == OK && code == VERDICT_ACCEPTED &&
           now.size > verify->size;
}

static void forget_look(struct verify *verify)
{
    forget_paths(verify);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        free(verify->levels[level]);
        verify->levels[level] = NULL;
    }
    verify->leaves_len = verify->leaves_room = 0;
    verify->size = 0;
}

enum err verify_run(struct source *source, const struct note_key *log,
                    const struct verify_options *options, struct verify_report *report,
                    struct fault *fault)
{
    struct verify verify = {
        .source = source, .log = log, .options = options, .report = report, .fault = fault};
    *report = (struct verify_report){0};
    enum err err = source_keep(source, fault);
    if (err != OK)
        return err;
    verify.pool = pool_create(options->threads);
    for (int i = 0; i < LOOKS; i++) {
        err = look(&verify);
        if (i + 1 == LOOKS || !has_moved(&verify, err))
            break;
        forget_look(&verify);
        verify_release(report);
    }
    forget_look(&verify);
    free(verify.paths);
    pool_destroy(verify.pool);
    if (err != OK)
        verify_release(report);
    if (report->findings_len > 1)
        qsort(report->findings, report->findings_len, sizeof *report->findings, compare_findings);
    return err;
}

void verify_release(struct verify_report *report)
{
    fold_destroy(report->fold);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): released twice, it is empty the second time */
    free(report->files);
    free(report->findings);
    *report = (struct verify_report){0};
}
