#include "redis/limit.h"

#include "base/mem.h"

#define NUMBERS 4   /* rate, period, burst, cost */
#define KEY_MAX 200 /* longest limit key without its prefix */
#define PREFIX "limit:"
#define FIXED_ARGS 3 /* FCALL, its name, number of keys */

struct ask {
    redis_limit_callback *callback;
    void *context;
};

static uint32_t wait_ms(int64_t wait_us)
{
    if (wait_us < 0 || wait_us / 1000 >= UINT32_MAX) {
        return UINT32_MAX;
    }
    return (uint32_t)((wait_us + 999) / 1000);
}

/* {allowed, number of the limit that said no, µs to wait, left} */
static void got_answer(void *context, enum err err, const struct redis_reply *reply)
{
    struct ask *ask = context;
    redis_limit_callback *callback = ask->callback;
    void *theirs = ask->context;
    free(ask);
    int64_t numbers[NUMBERS] = {0};
    if (err == OK && (reply->kind != REDIS_ARRAY || reply->len != NUMBERS)) {
        err = ERR_CORRUPT;
    }
    for (size_t i = 0; err == OK && i < NUMBERS; i++) {
        struct redis_reply item = redis_reply_item(reply, i);
        err = redis_reply_int(&item, &numbers[i]);
    }
    if (err != OK) {
        callback(theirs, err, NULL);
        return;
    }
    const struct redis_limit_answer answer = {
        .allowed = numbers[0] == 1,
        .blocked = numbers[1] > 0 ? (unsigned)(numbers[1] - 1) : 0,
        .wait_ms = wait_ms(numbers[2]),
        .remaining = numbers[3] > UINT32_MAX ? UINT32_MAX : (uint32_t)numbers[3],
    };
    callback(theirs, OK, &answer);
}

static bool in_range(const struct redis_limit *limits, size_t count)
{
    if (count < 1 || count > REDIS_LIMITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct redis_limit *limit = &limits[i];
        if (limit->rate == 0 || limit->period_ms == 0 || limit->burst == 0 ||
            limit->key.len > KEY_MAX) {
            return false;
        }
    }
    return true;
}

enum err redis_limit_ask(struct redis_client *client, const struct redis_limit *limits,
                         size_t count, unsigned timeout_ms, redis_limit_callback *callback,
                         void *context)
{
    if (!in_range(limits, count)) {
        return ERR_INVALID;
    }
    char keys[REDIS_LIMITS_MAX][sizeof PREFIX + KEY_MAX];
    char numbers[REDIS_LIMITS_MAX][NUMBERS][24];
    char count_text[4];
    struct slice argv[FIXED_ARGS + REDIS_LIMITS_MAX * (1 + NUMBERS)];
    size_t argc = 0;
    (void)snprintf(count_text, sizeof count_text, "%zu", count);
    argv[argc++] = slice_str("FCALL");
    argv[argc++] = slice_str("dauys_limit");
    argv[argc++] = slice_str(count_text);
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i], PREFIX, sizeof PREFIX - 1);
        if (limits[i].key.len > 0) {
            memcpy(keys[i] + sizeof PREFIX - 1, limits[i].key.data, limits[i].key.len);
        }
        argv[argc++] = slice_of(keys[i], sizeof PREFIX - 1 + limits[i].key.len);
    }
    for (size_t i = 0; i < count; i++) {
        const uint64_t values[NUMBERS] = {limits[i].rate, limits[i].period_ms * UINT64_C(1000),
                                          limits[i].burst, limits[i].cost};
        for (size_t n = 0; n < NUMBERS; n++) {
            int len = snprintf(numbers[i][n], sizeof numbers[i][n], "%llu",
                               (unsigned long long)values[n]);
            argv[argc++] = slice_of(numbers[i][n], (size_t)len);
        }
    }
    struct ask *ask = xcalloc(1, sizeof *ask);
    ask->callback = callback;
    ask->context = context;
    enum err err = redis_client_send(client, argv, argc, timeout_ms, got_answer, ask);
    if (err != OK) {
        free(ask);
    }
    return err;
}
