/* "unix:/path" or "host:port": where a Redis is. */
#ifndef REDIS_ADDRESS_H
#define REDIS_ADDRESS_H

#include "base/err.h"

struct redis_address {
    char path[108]; /* of a Unix socket (the kernel's limit, NUL included); "" with TCP */
    char host[256];
    int port;
};

/* ERR_INVALID: of neither form, or too long; fault says so. */
enum err redis_address_parse(const char *text, struct redis_address *address,
                             struct fault *fault) MUST_CHECK;

#endif
