/*
 * The fold as the judge of the sequencer (ledger/sequencer.h): for the ledger process and for
 * `campaign create`.
 */
#ifndef CAMPAIGN_JUDGE_H
#define CAMPAIGN_JUDGE_H

#include "campaign/fold.h"
#include "ledger/sequencer.h"

/* fold must outlive the judge; its code numbers are enum verdict_code. */
struct judge judge_of_fold(struct fold *fold);

#endif
