/* The JSON texts in Redis: how a fold looks to readers. One place for their members;
 * published_read() and the endpoints read them. */
#ifndef SERVE_PUBLISHED_JSON_H
#define SERVE_PUBLISHED_JSON_H

#include <jansson.h>

#include "campaign/fold.h"

/* What never changes of a campaign: its id, the log's verifier key, its strict rules (names and
 * visibility), the hash of the rules file. All borrowed. */
struct campaign_facts {
    const char *id;
    const char *vkey;
    const struct rules *rules;
    const char *rules_hash; /* hex */
};

/* {c:ID}:campaign */
json_t *campaign_published(const struct fold *fold, const struct campaign_facts *facts);

/* A row of {c:ID}:nominees:<cat>. */
json_t *nominee_published(const struct fold *fold, const struct nominee *nominee);

/* True when tallies are shown to everybody now. */
bool tally_is_shown(const struct fold *fold, const struct rules *rules);

#endif
