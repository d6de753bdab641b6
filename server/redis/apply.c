#include "redis/apply.h"

#include "base/base64.h"
#include "base/mem.h"
#include "batch.h"

#define FIXED_ARGS 7 /* FCALL name numkeys, then after the keys: first size root checkpoint */

/* The file itself, so that it can be read, linted and loaded by hand as Lua. */
__asm__(".section .rodata\n"
        ".type redis_library_begin, @object\n"
        "redis_library_begin:\n"
        ".incbin \"server/redis/apply.lua\"\n"
        "redis_library_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char redis_library_begin[] __attribute__((visibility("hidden")));
extern const char redis_library_end[] __attribute__((visibility("hidden")));

struct slice redis_apply_library(void)
{
    return slice_of(redis_library_begin, (size_t)(redis_library_end - redis_library_begin));
}

enum err redis_apply_load(struct redis_client *client, unsigned timeout_ms,
                          redis_callback *callback, void *context)
{
    const struct slice argv[] = {slice_str("FUNCTION"), slice_str("LOAD"), slice_str("REPLACE"),
                                 redis_apply_library()};
    return redis_client_send(client, argv, 4, timeout_ms, callback, context);
}

/* One call under way. */
struct apply {
    redis_apply_callback *callback;
    void *context;
};

static struct apply *apply_create(redis_apply_callback *callback, void *context)
{
    struct apply *apply = xcalloc(1, sizeof *apply);
    apply->callback = callback;
    apply->context = context;
    return apply;
}

static void apply_finish(struct apply *apply, enum err err, const struct redis_apply_answer *answer)
{
    redis_apply_callback *callback = apply->callback;
    void *context = apply->context;
    free(apply);
    callback(context, err, err == OK ? answer : NULL);
}

static enum err parse_place(struct redis_reply size, struct redis_reply root,
                            struct redis_apply_answer *answer)
{
    int64_t number;
    if (redis_reply_int(&size, &number) != OK || number < 0) {
        return ERR_CORRUPT;
    }
    answer->size = (uint64_t)number;
    if (number == 0) {
        return OK;
    }
    if (root.kind != REDIS_STRING) {
        return ERR_CORRUPT;
    }
    return hex_decode_exact(root.text, answer->root, sizeof answer->root) == OK ? OK : ERR_CORRUPT;
}

/* {verdict, size, root}. What does not parse was not written by us: as good as broken. */
static void got_applied(void *context, enum err err, const struct redis_reply *reply)
{
    static const char *const names[] = {"OK", "BEHIND", "AHEAD"};
    struct redis_apply_answer answer = {.verdict = REDIS_BROKEN};
    if (err != OK) {
        apply_finish(context, err, NULL);
        return;
    }
    if (reply->kind == REDIS_ARRAY && reply->len == 3) {
        struct redis_reply verdict = redis_reply_item(reply, 0);
        for (unsigned i = 0; i < 3; i++) {
            if (verdict.kind == REDIS_STRING && slice_is(verdict.text, names[i]) &&
                parse_place(redis_reply_item(reply, 1), redis_reply_item(reply, 2), &answer) ==
                    OK) {
                answer.verdict = (enum redis_apply_verdict)i;
            }
        }
    }
    apply_finish(context, OK, &answer);
}

enum err redis_apply_send(struct redis_client *client, const struct redis_batch *batch,
                          uint64_t first, uint64_t size, const uint8_t root[static REDIS_ROOT_LEN],
                          struct slice checkpoint, unsigned timeout_ms,
                          redis_apply_callback *callback, void *context)
{
    if (size < first || redis_batch_changes(batch) > REDIS_BATCH_CHANGES_MAX) {
        return ERR_INVALID;
    }
    char first_text[24], size_text[24], keys_text[24], root_text[2 * REDIS_ROOT_LEN + 1];
    (void)snprintf(first_text, sizeof first_text, "%llu", (unsigned long long)first);
    (void)snprintf(size_text, sizeof size_text, "%llu", (unsigned long long)size);
    (void)snprintf(keys_text, sizeof keys_text, "%zu", batch_key_count(batch) + 1);
    hex_encode(root_text, root, REDIS_ROOT_LEN);

    struct slice *argv =
        xcalloc(FIXED_ARGS + 1 + batch_key_count(batch) + batch_arg_count(batch), sizeof *argv);
    size_t argc = 0;
    argv[argc++] = slice_str("FCALL");
    argv[argc++] = slice_str("dauys_apply");
    argv[argc++] = slice_str(keys_text);
    argv[argc++] = batch_applied_key(batch);
    argc += batch_keys(batch, argv + argc);
    argv[argc++] = slice_str(first_text);
    argv[argc++] = slice_str(size_text);
    argv[argc++] = slice_str(root_text);
    argv[argc++] = checkpoint;
    argc += batch_args(batch, argv + argc);

    struct apply *apply = apply_create(callback, context);
    enum err err = redis_client_send(client, argv, argc, timeout_ms, got_applied, apply);
    if (err != OK) {
        free(apply);
    }
    free(argv);
    return err;
}

/* HMGET size root broken */
static void got_place(void *context, enum err err, const struct redis_reply *reply)
{
    struct redis_apply_answer answer = {.verdict = REDIS_BROKEN};
    if (err == OK && reply->kind == REDIS_ARRAY && reply->len == 3) {
        struct redis_reply size = redis_reply_item(reply, 0);
        bool whole = redis_reply_item(reply, 2).kind == REDIS_NIL;
        if (whole && (size.kind == REDIS_NIL ||
                      parse_place(size, redis_reply_item(reply, 1), &answer) == OK)) {
            answer.verdict = REDIS_APPLIED;
        }
    }
    apply_finish(context, err, &answer);
}

/* A key of another type than hash is broken too, not an error of the connection. */
static void got_place_or_wrong_type(void *context, enum err err, const struct redis_reply *reply)
{
    if (err == ERR_INTERNAL && reply != NULL && reply->text.len > 9 &&
        memcmp(reply->text.data, "WRONGTYPE", 9) == 0) {
        const struct redis_apply_answer broken = {.verdict = REDIS_BROKEN};
        apply_finish(context, OK, &broken);
        return;
    }
    got_place(context, err, reply);
}

enum err redis_apply_read(struct redis_client *client, const char *campaign, unsigned timeout_ms,
                          redis_apply_callback *callback, void *context)
{
    char *key = xasprintf("{c:%s}:applied", campaign);
    const struct slice argv[] = {slice_str("HMGET"), slice_str(key), slice_str("size"),
                                 slice_str("root"), slice_str("broken")};
    struct apply *apply = apply_create(callback, context);
    enum err err = redis_client_send(client, argv, 5, timeout_ms, got_place_or_wrong_type, apply);
    if (err != OK) {
        free(apply);
    }
    free(key);
    return err;
}
