/*
 * What a demo campaign is filled with: invented NGOs with valid BINs, nominees among them, voter
 * codes. The same every time but for the codes.
 */
#ifndef CAMPAIGN_DEMO_H
#define CAMPAIGN_DEMO_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "campaign/rules.h"

#define DEMO_NGOS 300
#define DEMO_NOMINEES 60
#define DEMO_UNDECIDED 12 /* of them, in a demo that shows screening */
#define DEMO_CODES 3

/* Appends a register of so many NGOs: the CSV of PROTOCOL.md §3 with all columns. */
void demo_register(const struct rules *rules, size_t ngos, struct buf *out);

/* Appends the nominees' CSV: so many NGOs of that register, spread over all categories. */
void demo_nominees(const struct rules *rules, size_t ngos, size_t nominees, struct buf *out);

/* Appends a roll (CSV voter,code) of so many random codes. */
void demo_roll(size_t voters, struct buf *out);

/* Phases of a schedule in which, at now, this one has been open for a day and stays open for days
 * more. Returns how many of the rules' phases were written. */
size_t demo_schedule(const struct rules *rules, int64_t now_unix, enum phase open, unsigned days,
                     struct rules_phase phases[static PHASE_COUNT]);

#endif
