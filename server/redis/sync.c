#include "sync.h"

#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "redis/address.h"
#include "reply.h"

#define ARGC_MAX 16

struct redis_sync {
    redisContext *link;
    redisReply *reply; /* the last one */
};

enum err redis_sync_open(const struct redis_endpoint *endpoint, unsigned timeout_ms,
                         struct redis_sync **out, struct fault *fault)
{
    struct redis_address address;
    enum err err = redis_address_parse(endpoint->address, &address, fault);
    if (err != OK) {
        return err;
    }
    const struct timeval timeout = {.tv_sec = timeout_ms / 1000,
                                    .tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000};
    struct redis_sync *sync = xcalloc(1, sizeof *sync);
    sync->link = address.path[0] != '\0'
                     ? redisConnectUnixWithTimeout(address.path, timeout)
                     : redisConnectWithTimeout(address.host, address.port, timeout);
    if (sync->link == NULL || sync->link->err != 0) {
        err = fault_set(fault, ERR_UNAVAILABLE, "redis %s: %s", endpoint->address,
                        sync->link == NULL ? "no memory" : sync->link->errstr);
    } else if (redisSetTimeout(sync->link, timeout) != REDIS_OK) {
        err = fault_set(fault, ERR_INTERNAL, "redis %s: %s", endpoint->address, sync->link->errstr);
    } else if (endpoint->user != NULL && endpoint->user[0] != '\0') {
        const struct slice argv[] = {slice_str("AUTH"), slice_str(endpoint->user),
                                     slice_str(endpoint->password)};
        struct redis_reply reply;
        err = redis_sync_ask(sync, argv, 3, &reply, fault);
    }
    if (err != OK) {
        redis_sync_close(sync);
        return err;
    }
    *out = sync;
    return OK;
}

void redis_sync_close(struct redis_sync *sync)
{
    if (sync == NULL) {
        return;
    }
    freeReplyObject(sync->reply);
    if (sync->link != NULL) {
        redisFree(sync->link);
    }
    free(sync);
}

enum err redis_sync_ask(struct redis_sync *sync, const struct slice *argv, size_t argc,
                        struct redis_reply *reply, struct fault *fault)
{
    INVARIANT(argc >= 1 && argc <= ARGC_MAX);
    const char *data[ARGC_MAX] = {NULL};
    size_t lens[ARGC_MAX] = {0};
    for (size_t i = 0; i < argc; i++) {
        data[i] = argv[i].len == 0 ? "" : (const char *)argv[i].data;
        lens[i] = argv[i].len;
    }
    freeReplyObject(sync->reply);
    sync->reply = redisCommandArgv(sync->link, (int)argc, data, lens);
    if (sync->reply == NULL) {
        return fault_set(fault, ERR_UNAVAILABLE, "redis: %.*s: %s", SLICE_PRINT(argv[0]),
                         sync->link->errstr);
    }
    *reply = redis_reply_view(sync->reply);
    enum err err = redis_reply_err(reply);
    if (err != OK) {
        return fault_set(fault, err, "redis: %.*s: %.*s", SLICE_PRINT(argv[0]),
                         SLICE_PRINT(reply->text));
    }
    return OK;
}
