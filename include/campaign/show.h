/* A campaign as its ledger has it, in a few lines for an operator. Reads only; the ledger may be in
 * use. */
#ifndef CAMPAIGN_SHOW_H
#define CAMPAIGN_SHOW_H

#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "campaign/fold.h"

/* folder: the campaign's. The entries are taken as they stand; checking them is `dauys verify`. */
enum err campaign_show(const char *folder, FILE *out, struct fault *fault) MUST_CHECK;

/* A line for each phase of the rules. */
void campaign_show_phases(const struct fold *fold, FILE *out);

/* The state after all entries, taken as they stand; the caller destroys it. */
enum err campaign_replay(const char *folder, struct fold **fold, struct fault *fault) MUST_CHECK;

/* The same of the first entries: all, or `most` of them. *size gets how many they are. */
enum err campaign_fold(const char *folder, uint64_t most, struct fold **fold, uint64_t *size,
                       struct fault *fault) MUST_CHECK;

/* Appends the bytes of one entry of the folder's ledger. */
enum err campaign_entry(const char *folder, uint64_t index, struct buf *out,
                        struct fault *fault) MUST_CHECK;

#endif
