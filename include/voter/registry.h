/*
 * What the registrar holds of one campaign: its keys, its roll, and how an `issue` entry is made
 * (PROTOCOL.md §4). No loop, no sockets.
 */
#ifndef VOTER_REGISTRY_H
#define VOTER_REGISTRY_H

#include "base/buf.h"
#include "base/err.h"
#include "campaign/rules.h"
#include "crypt/hash.h"
#include "crypt/rsabssa.h"
#include "voter/roll.h"

#define PSEUDONYM_LEN SHA256_LEN

struct registry;

/* Reads keys/registrar/ and registrar/private.db of the campaign's folder. */
enum err registry_open(const char *folder, struct registry **registry,
                       struct fault *fault) MUST_CHECK;
void registry_close(struct registry *registry);

const char *registry_origin(const struct registry *registry);
const struct rules *registry_rules(const struct registry *registry);
struct roll *registry_roll(struct registry *registry);

/* HMAC-SHA256(pseudonym key, `<origin>\n<purpose>\n` ‖ person number); purpose is `pass` or
 * `nominate`, so that the two do not link. */
void registry_pseudonym(const struct registry *registry, const char *purpose, struct slice person,
                        uint8_t p[static PSEUDONYM_LEN]);

/* Number of the category, or −1. */
int registry_category(const struct registry *registry, struct slice cat);

/* Appends the signed `issue` entry, without `at`: the voter's right to a pass of the category for
 * this blinded message. */
void registry_issue(const struct registry *registry, unsigned cat, const struct roll_voter *voter,
                    const uint8_t blinded[static RSABSSA_LEN], struct buf *out);

/* Appends the DER SPKI of the category's pass key. */
enum err registry_pass_spki(const struct registry *registry, unsigned cat,
                            struct buf *out) MUST_CHECK;

/* Signs the blinded message with the category's pass key, only after its `issue` is in the ledger.
 * On any thread. Errors as rsabssa_blind_sign(). */
enum err registry_sign(const struct registry *registry, unsigned cat,
                       const uint8_t blinded[static RSABSSA_LEN],
                       uint8_t blind_sig[static RSABSSA_LEN]) MUST_CHECK;

/* Appends a signed `nominate` entry, without `at`. c is the commitment to text and person. */
void registry_nominate(const struct registry *registry, struct slice cat, struct slice ngo,
                       struct slice person, const uint8_t c[static SHA256_LEN], struct buf *out);

/* Appends a signed `amend` entry, without `at`: from now on c stands for the nominee's text. */
void registry_amend(const struct registry *registry, uint64_t ref,
                    const uint8_t c[static SHA256_LEN], struct buf *out);

#endif
