/* What a campaign's keys in Redis hold, written change by change or as a whole, and compared. */
#ifndef SERVE_PUBLISH_REBUILD_H
#define SERVE_PUBLISH_REBUILD_H

#include "ballot/ballot.h"
#include "base/buf.h"
#include "base/slice.h"
#include "publish.h"
#include "published_json.h"
#include "redis/apply.h"
#include "redis/expected.h"
#include "redis/rebuild.h"
#include "tally/tally_file.h"

/* What publishing needs to know of a campaign. */
struct published_facts {
    const struct publisher_options *options;
    struct campaign_facts campaign;
    struct rules *strict; /* with names and visibility; owned */
    char *vkey;           /* owned */
    char rules_hash[2 * SHA256_LEN + 1];
};

/* Reads rules.json and log.vkey of the campaign's folder. options is borrowed. */
enum err published_facts_read(const struct publisher_options *options,
                              struct published_facts **facts, struct fault *fault) MUST_CHECK;
void published_facts_destroy(struct published_facts *facts);

/* ---- one key each --------------------------------------------------------------------------- */

void published_put_count(struct redis_batch *batch, struct slice cat, const char *name,
                         int64_t change);
void published_put_ballot(struct redis_batch *batch, struct slice cat,
                          const uint8_t pk[static BALLOT_PK_LEN], uint64_t rev, uint64_t index);
void published_put_campaign(struct redis_batch *batch, const struct published_facts *facts);
void published_put_nominees(struct redis_batch *batch, const struct published_facts *facts,
                            unsigned cat);

/* The tally of a category, when it is shown: that of its tally entry, or live (may be empty). */
void published_put_tally(struct redis_batch *batch, const struct published_facts *facts,
                         unsigned cat, struct slice live);
void published_drop_tally(struct redis_batch *batch, const struct published_facts *facts,
                          unsigned cat);

/* ---- everything ----------------------------------------------------------------------------- */

/* live: one buffer a category. Launch law; *rebuild as redis_rebuild_start(). */
enum err published_rebuild(struct redis_client *redis, const struct published_facts *facts,
                           const struct buf *live, void (*done)(void *context, enum err err),
                           void *context, struct redis_rebuild **rebuild) MUST_CHECK;

/* What a rebuild would write, gathered. No live tallies: they are the ledger process's alone. */
void published_gather(const struct published_facts *facts, struct redis_expected *expected);

/* Compares counts and the number of passes of every category with memory. Launch law. */
enum err published_compare(struct redis_client *redis, const struct published_facts *facts,
                           void (*done)(void *context, enum err err, bool equal),
                           void *context) MUST_CHECK;

#endif
