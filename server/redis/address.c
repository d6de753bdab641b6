#include "redis/address.h"

#include <ctype.h>

static int parse_port(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > 5 || strspn(text, "0123456789") != len) {
        return 0;
    }
    long port = strtol(text, NULL, 10);
    return port >= 1 && port <= 65535 ? (int)port : 0;
}

static enum err parse_tcp(const char *text, struct redis_address *address, struct fault *fault)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    const char *host = text;
    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    } else if (memchr(host, ':', len) != NULL) {
        len = 0; /* an IPv6 address wants brackets */
    }
    address->port = colon == NULL ? 0 : parse_port(colon + 1);
    if (len == 0 || len >= sizeof address->host || address->port == 0) {
        return fault_set(fault, ERR_INVALID, "redis address: neither unix:/path nor host:port");
    }
    memcpy(address->host, host, len);
    return OK;
}

enum err redis_address_parse(const char *text, struct redis_address *address, struct fault *fault)
{
    memset(address, 0, sizeof *address);
    if (strncmp(text, "unix:", 5) != 0) {
        return parse_tcp(text, address, fault);
    }
    size_t len = strlen(text + 5);
    if (text[5] != '/' || len >= sizeof address->path) {
        return fault_set(fault, ERR_INVALID,
                         "redis address: the path after unix: must begin with / and be shorter "
                         "than %zu bytes",
                         sizeof address->path);
    }
    memcpy(address->path, text + 5, len);
    return OK;
}
