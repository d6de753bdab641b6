#include "net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <uthash.h>

#include "base/mem.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void from_ipv4(struct net_address *address, const void *four)
{
    memcpy(address->bytes, mapped, sizeof mapped);
    memcpy(address->bytes + 12, four, 4);
}

void net_address_of_bytes(const uint8_t *bytes, size_t len, struct net_address *address)
{
    INVARIANT(len == 4 || len == 16);
    if (len == 4)
        from_ipv4(address, bytes);
    else
        memcpy(address->bytes, bytes, 16);
}

bool net_address_of(const struct sockaddr *sockaddr, struct net_address *address)
{
    if (sockaddr->sa_family == AF_INET) {
        from_ipv4(address, &((const struct sockaddr_in *)(const void *)sockaddr)->sin_addr);
        return true;
    }
    if (sockaddr->sa_family == AF_INET6) {
        memcpy(address->bytes, &((const struct sockaddr_in6 *)(const void *)sockaddr)->sin6_addr,
               16);
        return true;
    }
    return false;
}

bool net_address_parse(struct slice text, struct net_address *address)
{
    char copy[INET6_ADDRSTRLEN];
    uint8_t four[4];

    if (text.len == 0 || text.len >= sizeof copy || memchr(text.data, 0, text.len) != NULL)
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, four) == 1) {
        from_ipv4(address, four);
        return true;
    }
    return inet_pton(AF_INET6, copy, address->bytes) == 1;
}

bool net_is_ipv4(const struct net_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

enum err net_prefix_parse(const char *text, struct net_prefix *prefix, struct fault *fault)
{
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    unsigned long bits, most;
    char *end;

    if (!net_address_parse(slice_of(text, len), &prefix->address))
        return fault_set(fault, ERR_INVALID, "%s: not an address or network", text);
    most = net_is_ipv4(&prefix->address) ? 32 : 128;
    bits = most;
    if (slash != NULL) {
        bits = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > most)
            return fault_set(fault, ERR_INVALID, "%s: prefix length", text);
    }
    prefix->bits = (unsigned)(128 - most + bits);
    return OK;
}

bool net_prefix_holds(const struct net_prefix *prefix, const struct net_address *address)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    unsigned mask = (0xff00u >> rest) & 0xff;

    if (memcmp(prefix->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || ((prefix->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

struct net_address net_client(const struct net_address *address)
{
    struct net_address client = *address;

    if (!net_is_ipv4(address))
        memset(client.bytes + 8, 0, 8);
    return client;
}

void net_client_text(char out[static NET_TEXT_LEN], const struct net_address *address)
{
    struct net_address client = net_client(address);

    if (net_is_ipv4(&client)) {
        inet_ntop(AF_INET, client.bytes + 12, out, NET_TEXT_LEN);
        return;
    }
    inet_ntop(AF_INET6, client.bytes, out, NET_TEXT_LEN);
    snprintf(out + strlen(out), NET_TEXT_LEN - strlen(out), "/64");
}

/* At most as many records as connections, whose number is limited. */
struct member {
    struct net_address client;
    uint32_t count;
    UT_hash_handle hh;
};

struct crowd {
    struct member *members;
};

struct crowd *crowd_create(void)
{
    return xcalloc(1, sizeof(struct crowd));
}

void crowd_destroy(struct crowd *crowd)
{
    struct member *member, *next;

    if (crowd == NULL)
        return;
    HASH_ITER(hh, crowd->members, member, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): HASH_ITER took the next one before */
        HASH_DEL(crowd->members, member);
        free(member);
    }
    free(crowd);
}

static struct member *find(struct crowd *crowd, const struct net_address *client)
{
    struct member *member;

    HASH_FIND(hh, crowd->members, client, sizeof *client, member);
    return member;
}

bool crowd_enter(struct crowd *crowd, const struct net_address *address, uint32_t most)
{
    struct net_address client = net_client(address);
    struct member *member = find(crowd, &client);

    if (member == NULL) {
        if (most == 0)
            return false;
        member = xcalloc(1, sizeof *member);
        member->client = client;
        HASH_ADD(hh, crowd->members, client, sizeof client, member);
    }
    if (member->count >= most)
        return false;
    member->count++;
    return true;
}

void crowd_leave(struct crowd *crowd, const struct net_address *address)
{
    struct net_address client = net_client(address);
    struct member *member = find(crowd, &client);

    INVARIANT(member != NULL && member->count > 0);
    if (--member->count == 0) {
        HASH_DEL(crowd->members, member);
        free(member);
    }
}
