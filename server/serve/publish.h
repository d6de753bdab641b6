/*
 * The published copy of a campaign in Redis, kept by its ledger process (architecture.md §6).
 *
 * Everything there is a fold of the ledger. After each commit the net changes go out in one call;
 * after each connect what Redis has is compared with memory, and written anew when it differs (I3).
 * A Redis that knows more entries, or another root, ends the process (I2).
 */
#ifndef SERVE_PUBLISH_H
#define SERVE_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "campaign/fold.h"
#include "ledger/entry.h"
#include "ledger/ledger.h"
#include "redis/client.h"

struct event_base;
struct publisher;

struct publisher_options {
    struct redis_endpoint redis;
    const char *campaign;    /* id; borrowed */
    const char *folder;      /* of the campaign; borrowed */
    const struct fold *fold; /* borrowed, as is the ledger */
    struct ledger *ledger;   /* NULL for published_gather(): entries are read in the folder */

    /* Redis holds what the ledger holds, for the first time or again. */
    void (*on_ready)(void *context);
    /* Redis knows a larger or another ledger: the process must end (exit code 78). */
    void (*on_refuse)(void *context, const struct fault *fault);
    void *context;
};

enum err publisher_create(struct event_base *base, const struct publisher_options *options,
                          struct publisher **publisher, struct fault *fault) MUST_CHECK;
void publisher_destroy(struct publisher *publisher);

/* An entry that was just applied to the fold, in order, before its batch is committed. */
void publisher_note(struct publisher *publisher, const struct entry *entry, uint64_t index);

/* Counts while ballots come in (open: live): the tally file of a category as it stands. Copied. */
void publisher_note_live(struct publisher *publisher, unsigned cat, struct slice tally_file);

/* The batch is committed: sends what was noted. */
void publisher_flush(struct publisher *publisher);

/* True while new entries may be taken: Redis is there and follows. */
bool publisher_ready(const struct publisher *publisher);

/* True when the rules have ballots opened while they come in. */
bool publisher_opens_live(const struct publisher *publisher);

#endif
