/* Addresses of clients: who they are for limits, and which networks are proxies of ours. */
#ifndef SERVER_HTTP_NET_H
#define SERVER_HTTP_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/slice.h"

/* An IPv4 address stands as ::ffff:a.b.c.d, so that every address has one form. */
struct net_address {
    uint8_t bytes[16];
};

struct net_prefix {
    struct net_address address;
    unsigned bits;
};

/* False: neither IPv4 nor IPv6. */
bool net_address_of(const struct sockaddr *sockaddr, struct net_address *address);

/* Of 4 or 16 bytes. */
void net_address_of_bytes(const uint8_t *bytes, size_t len, struct net_address *address);

/* Text without port or brackets. */
bool net_address_parse(struct slice text, struct net_address *address);

/* "10.0.0.0/8", "fd00::/8" or an address. */
enum err net_prefix_parse(const char *text, struct net_prefix *prefix,
                          struct fault *fault) MUST_CHECK;

bool net_prefix_holds(const struct net_prefix *prefix, const struct net_address *address);

/* What counts as one client: an IPv4 address, an IPv6 /64. */
struct net_address net_client(const struct net_address *address);
bool net_is_ipv4(const struct net_address *address);

#define NET_TEXT_LEN 50
/* "192.0.2.1" or, of an IPv6 /64, "2001:db8::/64". */
void net_client_text(char out[static NET_TEXT_LEN], const struct net_address *address);

/* How many connections each client has open. */
struct crowd;
struct crowd *crowd_create(void);
void crowd_destroy(struct crowd *crowd);
/* Counts one more unless the client has most already; false then. */
bool crowd_enter(struct crowd *crowd, const struct net_address *address, uint32_t most);
void crowd_leave(struct crowd *crowd, const struct net_address *address);

#endif
