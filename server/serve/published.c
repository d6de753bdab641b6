/* Reads what Redis publishes of a campaign. One MULTI … EXEC, so that counts and checkpoint are of
 * the same moment; only the answer to EXEC is of interest. */
#include "base/mem.h"
#include "serve/front.h"

#define CHECKPOINT_MAX 4096

struct reading {
    published_callback *callback;
    void *context;
    bool extra, extra_is_whole;
};

static void put_members(json_t *object, const struct redis_reply *reply, bool numbers)
{
    for (size_t i = 0; i + 1 < reply->len; i += 2) {
        struct redis_reply name = redis_reply_item(reply, i);
        struct redis_reply value = redis_reply_item(reply, i + 1);
        int64_t number = 0;
        json_t *json = NULL;
        if (!numbers)
            json = json_stringn((const char *)value.text.data, value.text.len);
        else if (redis_reply_int(&value, &number) == OK)
            json = json_integer(number);
        char *key = xstrndup(name.text.data, name.text.len);
        json_object_set_new(object, key, json);
        free(key);
    }
}

/* The hash `applied`: size, root, checkpoint. */
static enum err take_applied(struct published *published, const struct redis_reply *reply)
{
    bool has_size = false;
    for (size_t i = 0; i + 1 < reply->len; i += 2) {
        struct redis_reply name = redis_reply_item(reply, i);
        struct redis_reply value = redis_reply_item(reply, i + 1);
        int64_t size = 0;
        if (slice_is(name.text, "size") && redis_reply_int(&value, &size) == OK && size > 0) {
            published->size = (uint64_t)size;
            has_size = true;
        } else if (slice_is(name.text, "root") && value.text.len == sizeof published->root - 1) {
            memcpy(published->root, value.text.data, value.text.len);
        } else if (slice_is(name.text, "checkpoint") && value.text.len <= CHECKPOINT_MAX) {
            published->checkpoint = xstrndup(value.text.data, value.text.len);
        }
    }
    return has_size && *published->root != '\0' && published->checkpoint != NULL ? OK
                                                                                 : ERR_UNAVAILABLE;
}

static enum err take(struct published *published, const struct reading *reading,
                     const struct redis_reply *reply)
{
    if (reply->kind != REDIS_ARRAY || reply->len != (reading->extra ? 4U : 3U))
        return ERR_UNAVAILABLE;
    struct redis_reply campaign = redis_reply_item(reply, 0);
    struct redis_reply applied = redis_reply_item(reply, 1);
    struct redis_reply counts = redis_reply_item(reply, 2);
    if (campaign.kind != REDIS_STRING || applied.kind != REDIS_ARRAY)
        return ERR_UNAVAILABLE;
    published->campaign = json_loadb((const char *)campaign.text.data, campaign.text.len, 0, NULL);
    if (published->campaign == NULL)
        return ERR_CORRUPT;
    published->counts = json_object();
    put_members(published->counts, &counts, true);
    if (reading->extra) {
        struct redis_reply extra = redis_reply_item(reply, 3);
        if (reading->extra_is_whole) {
            published->values = json_object();
            put_members(published->values, &extra, false);
        } else if (extra.kind == REDIS_STRING) {
            published->values = json_stringn((const char *)extra.text.data, extra.text.len);
        }
    }
    return take_applied(published, &applied);
}

static void got_reply(void *context, enum err err, const struct redis_reply *reply)
{
    struct reading *reading = context;
    struct published published = {0};
    if (err == OK)
        err = take(&published, reading, reply);
    reading->callback(reading->context, err, err == OK ? &published : NULL);
    json_decref(published.campaign);
    json_decref(published.counts);
    json_decref(published.values);
    free(published.checkpoint);
    free(reading);
}

static void ignore(void *context, enum err err, const struct redis_reply *reply)
{
    (void)context, (void)err, (void)reply;
}

/* One command of the transaction on {c:ID}:suffix. */
static enum err queue(struct front *front, const char *command, const char *campaign,
                      const char *suffix, const char *field)
{
    char *key = xasprintf("{c:%s}:%s", campaign, suffix);
    struct slice argv[] = {slice_str(command), slice_str(key), slice_str(field ? field : "")};
    enum err err = redis_client_send(front->redis, argv, field == NULL ? 2 : 3, REDIS_TIMEOUT_MS,
                                     ignore, NULL);
    free(key);
    return err;
}

enum err published_read(struct front *front, const char *campaign, struct published_key key,
                        published_callback *callback, void *context)
{
    struct slice multi = slice_str("MULTI"), exec = slice_str("EXEC");
    if (!redis_client_connected(front->redis))
        return ERR_UNAVAILABLE;
    enum err err = redis_client_send(front->redis, &multi, 1, REDIS_TIMEOUT_MS, ignore, NULL);
    if (err != OK)
        return err;
    /* EXEC must follow whatever happens, or the connection stays in the transaction. */
    err = queue(front, "GET", campaign, "campaign", NULL);
    if (err == OK)
        err = queue(front, "HGETALL", campaign, "applied", NULL);
    if (err == OK)
        err = queue(front, "HGETALL", campaign, "counts", NULL);
    if (err == OK && key.suffix != NULL)
        err = queue(front, key.field == NULL ? "HGETALL" : "HGET", campaign, key.suffix, key.field);
    (void)err; /* what was not queued is missing in the reply */

    struct reading *reading = xcalloc(1, sizeof *reading);
    *reading = (struct reading){callback, context, key.suffix != NULL, key.field == NULL};
    enum err sent = redis_client_send(front->redis, &exec, 1, REDIS_TIMEOUT_MS, got_reply, reading);
    if (sent != OK)
        free(reading);
    return sent;
}

json_t *published_ledger(const struct published *published, const char *campaign)
{
    return json_pack("{s:I,s:s,s:s,s:o}", "size", (json_int_t)published->size, "root",
                     published->root, "checkpoint", published->checkpoint, "url",
                     json_sprintf("/%s/ledger/", campaign));
}
