#include "reply.h"

#include <errno.h>
#include <hiredis/hiredis.h>

struct redis_reply redis_reply_view(const struct redisReply *reply)
{
    struct redis_reply view = {.kind = REDIS_NIL, .inner = reply};
    switch (reply->type) {
    case REDIS_REPLY_INTEGER:
        view.kind = REDIS_INT;
        view.integer = reply->integer;
        break;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
        view.kind = REDIS_STRING;
        view.text = slice_of(reply->str, reply->len);
        break;
    case REDIS_REPLY_ERROR:
        view.kind = REDIS_ERROR;
        view.text = slice_of(reply->str, reply->len);
        break;
    case REDIS_REPLY_ARRAY:
        view.kind = REDIS_ARRAY;
        view.len = reply->elements;
        break;
    default: /* REDIS_REPLY_NIL; RESP2 has no other */
        break;
    }
    return view;
}

struct redis_reply redis_reply_item(const struct redis_reply *reply, size_t i)
{
    INVARIANT(reply->kind == REDIS_ARRAY && i < reply->len);
    const struct redisReply *array = reply->inner;
    return redis_reply_view(array->element[i]);
}

enum err redis_reply_int(const struct redis_reply *reply, int64_t *out)
{
    if (reply->kind == REDIS_INT) {
        *out = reply->integer;
        return OK;
    }
    char text[24];
    if (reply->kind != REDIS_STRING || reply->text.len == 0 || reply->text.len >= sizeof text) {
        return ERR_CORRUPT;
    }
    memcpy(text, reply->text.data, reply->text.len);
    text[reply->text.len] = '\0';
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    char again[24];
    (void)snprintf(again, sizeof again, "%lld", value);
    if (errno != 0 || !slice_is(reply->text, again)) {
        return ERR_CORRUPT;
    }
    *out = value;
    return OK;
}

enum err redis_reply_err(const struct redis_reply *reply)
{
    static const struct {
        const char *prefix;
        enum err err;
    } table[] = {
        {"NOPERM", ERR_DENIED},           {"NOAUTH", ERR_DENIED},
        {"WRONGPASS", ERR_DENIED},        {"LOADING", ERR_UNAVAILABLE},
        {"BUSY", ERR_UNAVAILABLE},        {"OOM", ERR_UNAVAILABLE},
        {"MISCONF", ERR_UNAVAILABLE},     {"READONLY", ERR_UNAVAILABLE},
        {"MASTERDOWN", ERR_UNAVAILABLE},  {"NOREPLICAS", ERR_UNAVAILABLE},
        {"CLUSTERDOWN", ERR_UNAVAILABLE}, {"TRYAGAIN", ERR_UNAVAILABLE},
    };
    if (reply->kind != REDIS_ERROR) {
        return OK;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t len = strlen(table[i].prefix);
        if (reply->text.len > len && memcmp(reply->text.data, table[i].prefix, len) == 0 &&
            reply->text.data[len] == ' ') {
            return table[i].err;
        }
    }
    return ERR_INTERNAL;
}
