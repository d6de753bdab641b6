/* Replies of hiredis seen through struct redis_reply. Private to redis/. */
#ifndef SERVER_REDIS_REPLY_H
#define SERVER_REDIS_REPLY_H

#include "redis/client.h"

struct redisReply;

/* reply is not NULL; the view is valid as long as it is. */
struct redis_reply redis_reply_view(const struct redisReply *reply);

/* What a callback gets as err for this reply. */
enum err redis_reply_err(const struct redis_reply *reply);

#endif
