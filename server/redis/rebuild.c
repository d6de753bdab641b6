/*
 * Order: mark `applied` broken; SCAN and UNLINK slice by slice; write the bulk, WINDOW commands in
 * flight; set `applied`; take the mark away. An error anywhere ends it with the mark left, when
 * everything under way has been answered.
 */
#include "redis/rebuild.h"

#include "base/base64.h"
#include "base/mem.h"
#include "batch.h"

#define WINDOW 128        /* commands in flight: enough to hide the round trip */
#define SCAN_COUNT "1000" /* keys a slice: about a millisecond of Redis */
#define ITEMS_A_COMMAND 512
#define TIMEOUT_MS_DEFAULT 10000

struct redis_rebuild {
    struct redis_client *client;
    struct redis_rebuild_options options;
    char *applied, *pattern;
    uint8_t *checkpoint;
    uint64_t deleted, written;
    unsigned in_flight;
    enum err err;
    bool cancelled;

    /* scan */
    char cursor[24];

    /* bulk */
    struct redis_batch *batch;
    size_t run, item; /* what goes next */
    bool source_ended;
};

static void got_marked(void *context, enum err err, const struct redis_reply *reply);
static void scan(struct redis_rebuild *rebuild);
static void got_scan(void *context, enum err err, const struct redis_reply *reply);
static void got_unlinked(void *context, enum err err, const struct redis_reply *reply);
static void pump(struct redis_rebuild *rebuild);
static void got_written(void *context, enum err err, const struct redis_reply *reply);
static void seal(struct redis_rebuild *rebuild);
static void got_applied_set(void *context, enum err err, const struct redis_reply *reply);
static void got_unmarked(void *context, enum err err, const struct redis_reply *reply);

static void rebuild_free(struct redis_rebuild *rebuild)
{
    redis_batch_destroy(rebuild->batch);
    free(rebuild->applied);
    free(rebuild->pattern);
    free(rebuild->checkpoint);
    free(rebuild);
}

static void finish(struct redis_rebuild *rebuild, enum err err)
{
    void (*done)(void *, enum err) = rebuild->options.done;
    void *context = rebuild->options.context;
    bool tell = !rebuild->cancelled;
    rebuild_free(rebuild);
    if (tell) {
        done(context, err);
    }
}

static enum err send(struct redis_rebuild *rebuild, const struct slice *argv, size_t argc,
                     redis_callback *callback)
{
    enum err err = redis_client_send(rebuild->client, argv, argc, rebuild->options.timeout_ms,
                                     callback, rebuild);
    if (err == OK) {
        rebuild->in_flight++;
    }
    return err;
}

/* For the steps that have nothing else in flight. */
static void send_or_finish(struct redis_rebuild *rebuild, const struct slice *argv, size_t argc,
                           redis_callback *callback)
{
    enum err err = send(rebuild, argv, argc, callback);
    if (err != OK) {
        finish(rebuild, err);
    }
}

/* Books an answer. False: it is over, and the rebuild may be gone. */
static bool go_on(struct redis_rebuild *rebuild, enum err err)
{
    rebuild->in_flight--;
    if (rebuild->err == OK) {
        rebuild->err = err;
    }
    if (rebuild->err == OK && !rebuild->cancelled) {
        return true;
    }
    if (rebuild->in_flight == 0) {
        finish(rebuild, rebuild->err);
    }
    return false;
}

static void tell_progress(const struct redis_rebuild *rebuild)
{
    if (rebuild->options.progress != NULL) {
        rebuild->options.progress(rebuild->options.context, rebuild->deleted, rebuild->written);
    }
}

/* ---- delete ---- */

static void got_marked(void *context, enum err err, const struct redis_reply *reply)
{
    (void)reply;
    struct redis_rebuild *rebuild = context;
    if (!go_on(rebuild, err) || rebuild->in_flight > 0) {
        return; /* of UNLINK and HSET the second one goes on */
    }
    scan(rebuild);
}

static void scan(struct redis_rebuild *rebuild)
{
    const struct slice argv[] = {slice_str("SCAN"),  slice_str(rebuild->cursor),
                                 slice_str("MATCH"), slice_str(rebuild->pattern),
                                 slice_str("COUNT"), slice_str(SCAN_COUNT)};
    send_or_finish(rebuild, argv, 6, got_scan);
}

static void scan_again_or_write(struct redis_rebuild *rebuild)
{
    if (strcmp(rebuild->cursor, "0") != 0) {
        scan(rebuild);
    } else {
        pump(rebuild);
    }
}

static enum err take_cursor(struct redis_rebuild *rebuild, const struct redis_reply *reply)
{
    if (reply->kind != REDIS_ARRAY || reply->len != 2) {
        return ERR_CORRUPT;
    }
    struct redis_reply cursor = redis_reply_item(reply, 0), keys = redis_reply_item(reply, 1);
    if (cursor.kind != REDIS_STRING || cursor.text.len >= sizeof rebuild->cursor ||
        keys.kind != REDIS_ARRAY) {
        return ERR_CORRUPT;
    }
    memcpy(rebuild->cursor, cursor.text.data, cursor.text.len);
    rebuild->cursor[cursor.text.len] = '\0';
    return OK;
}

static void got_scan(void *context, enum err err, const struct redis_reply *reply)
{
    struct redis_rebuild *rebuild = context;
    if (!go_on(rebuild, err == OK ? take_cursor(rebuild, reply) : err)) {
        return;
    }
    struct redis_reply keys = redis_reply_item(reply, 1);
    struct slice *argv = xcalloc(keys.len + 1, sizeof *argv);
    size_t argc = 0;
    argv[argc++] = slice_str("UNLINK");
    for (size_t i = 0; i < keys.len; i++) {
        struct slice key = redis_reply_item(&keys, i).text;
        if (!slice_is(key, rebuild->applied)) {
            argv[argc++] = key;
        }
    }
    if (argc > 1) {
        send_or_finish(rebuild, argv, argc, got_unlinked);
    } else {
        scan_again_or_write(rebuild);
    }
    free(argv);
}

static void got_unlinked(void *context, enum err err, const struct redis_reply *reply)
{
    struct redis_rebuild *rebuild = context;
    if (!go_on(rebuild, err)) {
        return;
    }
    rebuild->deleted += (uint64_t)reply->integer;
    tell_progress(rebuild);
    scan_again_or_write(rebuild);
}

/* ---- write ---- */

/* The next command of the batch: a part of a run. */
static enum err send_part(struct redis_rebuild *rebuild)
{
    struct batch_run run = batch_run(rebuild->batch, rebuild->run);
    INVARIANT(run.kind == 'H' || run.kind == 'S' || run.kind == 'I');
    size_t most = run.kind == 'H' ? ITEMS_A_COMMAND : run.kind == 'I' ? 2 : 1;
    size_t n = run.items - rebuild->item < most ? run.items - rebuild->item : most;
    struct slice argv[2 + ITEMS_A_COMMAND];
    argv[0] = slice_str(run.kind == 'H' ? "HSET" : run.kind == 'I' ? "HINCRBY" : "SET");
    argv[1] = run.key;
    batch_run_items(rebuild->batch, rebuild->run, rebuild->item, n, argv + 2);
    enum err err = send(rebuild, argv, 2 + n, got_written);
    if (err != OK) {
        return err;
    }
    rebuild->written += run.kind == 'S' ? 1 : n / 2;
    rebuild->item += n;
    if (rebuild->item == run.items) {
        rebuild->item = 0;
        rebuild->run++;
    }
    return OK;
}

/* True when the batch holds something that is not sent yet. */
static bool refill(struct redis_rebuild *rebuild)
{
    while (!rebuild->source_ended && rebuild->run == batch_run_count(rebuild->batch)) {
        redis_batch_clear(rebuild->batch);
        rebuild->run = 0;
        rebuild->source_ended = !rebuild->options.next(rebuild->options.context, rebuild->batch);
        INVARIANT(redis_batch_changes(rebuild->batch) <= REDIS_BATCH_CHANGES_MAX);
    }
    return rebuild->run < batch_run_count(rebuild->batch);
}

static void pump(struct redis_rebuild *rebuild)
{
    enum err err = OK;
    while (err == OK && rebuild->in_flight < WINDOW && refill(rebuild)) {
        err = send_part(rebuild);
    }
    if (err == ERR_LIMITED && rebuild->in_flight > 0) {
        err = OK; /* others use the connection too: go on with the next answer */
    }
    if (rebuild->err == OK) {
        rebuild->err = err;
    }
    if (rebuild->in_flight > 0) {
        return;
    }
    if (rebuild->err != OK) {
        finish(rebuild, rebuild->err);
    } else {
        seal(rebuild);
    }
}

static void got_written(void *context, enum err err, const struct redis_reply *reply)
{
    (void)reply;
    struct redis_rebuild *rebuild = context;
    if (go_on(rebuild, err)) {
        tell_progress(rebuild);
        pump(rebuild);
    }
}

/* ---- seal ---- */

static void seal(struct redis_rebuild *rebuild)
{
    char size[24], root[2 * REDIS_ROOT_LEN + 1];
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)rebuild->options.size);
    hex_encode(root, rebuild->options.root, REDIS_ROOT_LEN);
    const struct slice argv[] = {slice_str("HSET"),       slice_str(rebuild->applied),
                                 slice_str("size"),       slice_str(size),
                                 slice_str("root"),       slice_str(root),
                                 slice_str("checkpoint"), rebuild->options.checkpoint};
    send_or_finish(rebuild, argv, 8, got_applied_set);
}

static void got_applied_set(void *context, enum err err, const struct redis_reply *reply)
{
    (void)reply;
    struct redis_rebuild *rebuild = context;
    if (!go_on(rebuild, err)) {
        return;
    }
    const struct slice argv[] = {slice_str("HDEL"), slice_str(rebuild->applied),
                                 slice_str("broken")};
    send_or_finish(rebuild, argv, 3, got_unmarked);
}

static void got_unmarked(void *context, enum err err, const struct redis_reply *reply)
{
    (void)reply;
    struct redis_rebuild *rebuild = context;
    if (go_on(rebuild, err)) {
        finish(rebuild, OK);
    }
}

/* ---- public ---- */

enum err redis_rebuild_start(struct redis_client *client,
                             const struct redis_rebuild_options *options,
                             struct redis_rebuild **out)
{
    struct redis_rebuild *rebuild = xcalloc(1, sizeof *rebuild);
    rebuild->client = client;
    rebuild->options = *options;
    if (rebuild->options.timeout_ms == 0) {
        rebuild->options.timeout_ms = TIMEOUT_MS_DEFAULT;
    }
    rebuild->applied = xasprintf("{c:%s}:applied", options->campaign);
    rebuild->pattern = xasprintf("{c:%s}*", options->campaign);
    rebuild->checkpoint = xcalloc(1, options->checkpoint.len + 1);
    if (options->checkpoint.len > 0) {
        memcpy(rebuild->checkpoint, options->checkpoint.data, options->checkpoint.len);
    }
    rebuild->options.checkpoint = slice_of(rebuild->checkpoint, options->checkpoint.len);
    rebuild->batch = redis_batch_create(options->campaign);
    memcpy(rebuild->cursor, "0", 2);

    const struct slice drop[] = {slice_str("UNLINK"), slice_str(rebuild->applied)};
    const struct slice mark[] = {slice_str("HSET"), slice_str(rebuild->applied),
                                 slice_str("broken"), slice_str("1")};
    enum err err = send(rebuild, drop, 2, got_marked);
    if (err != OK) {
        rebuild_free(rebuild);
        return err;
    }
    /* OK has to be answered through done() from here on. */
    rebuild->err = send(rebuild, mark, 4, got_marked);
    *out = rebuild;
    return OK;
}

void redis_rebuild_cancel(struct redis_rebuild *rebuild)
{
    rebuild->cancelled = true;
}
