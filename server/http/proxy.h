/*
 * The PROXY protocol, versions 1 and 2, as a proxy of ours sends it before the first byte of a
 * connection (HAProxy's proxy-protocol.txt, §2). Pure. Stricter than the text: one form of each
 * number, TCP only, and a header of at most PROXY_HEADER_MAX bytes.
 */
#ifndef SERVER_HTTP_PROXY_H
#define SERVER_HTTP_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net.h"

#define PROXY_HEADER_MAX                                                                           \
    536 /* §2: what fits the first segment on any path; longer TLVs are refused */

enum proxy_verdict {
    PROXY_MORE,  /* right so far */
    PROXY_DONE,  /* `len` bytes of header, then the connection */
    PROXY_WRONG, /* no such header: close */
};

struct proxy_header {
    size_t len;
    bool has_client; /* false: UNKNOWN, LOCAL or UNSPEC: the peer itself, a health check */
    struct net_address client;
};

/* Looks at the first bytes of a connection; the same whole answer however they are cut. */
enum proxy_verdict proxy_parse(const uint8_t *data, size_t len, struct proxy_header *header);

#endif
