/*
 * The published state as a whole, for subcommands and tests: blocking calls with a deadline.
 *
 * State digest: for every key of the campaign (all that begin with {c:ID}) one
 *   leaf = SHA-256(str(key) ‖ type byte ‖ str(item) …)
 * with str(x) = uint32 big-endian length ‖ x and the type byte 's' string (its value), 'h' hash
 * (field, value, sorted by field), 'e' set (members, sorted), 'l' list (items in order), 'z' sorted
 * set (member, score, in order); then
 *   digest = SHA-256(leaf …) in bytewise order of the keys.
 * session:* and limit:* carry no campaign tag and are outside. Two servers with equal digests hold
 * the same keys and values.
 */
#ifndef REDIS_STATE_H
#define REDIS_STATE_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/hash.h"
#include "redis/client.h"

struct redis_state_options {
    struct redis_endpoint endpoint;
    const char *campaign;
    unsigned timeout_ms; /* of one command; 0: 10000 */

    /* Optional: called once for every key, in order, so that two states can be compared key by key.
     */
    void (*on_key)(void *context, struct slice key, const uint8_t leaf[static SHA256_LEN]);
    void *context;
};

struct redis_state {
    uint8_t digest[SHA256_LEN];
    uint64_t keys;
    uint64_t items; /* fields, members, values */
    uint64_t size;  /* of `applied`; 0 when it is missing */
    char root[65];  /* of `applied`, hex; "" when it is missing */
};

/* ERR_CONFLICT: the ledger went on while it was read, three times. ERR_CORRUPT: a key of a kind
 * this program never writes. ERR_UNAVAILABLE, ERR_DENIED. fault names the cause. */
enum err redis_state_read(const struct redis_state_options *options, struct redis_state *state,
                          struct fault *fault) MUST_CHECK;

#endif
