/*
 * Checking a whole published ledger and counting it again (PROTOCOL.md §8), and checking receipts
 * (§9). What is wrong with a ledger is a finding; an error is what kept us from looking.
 *
 * Memory goes with hashes, passes and cells, not with bytes of entries: 1,000,000 ballots take
 * about 200 MiB.
 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "audit/source.h"
#include "base/err.h"
#include "base/slice.h"
#include "campaign/fold.h"
#include "campaign/verdict.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

#define VERIFY_WHOLE (-1) /* index of a finding about the ledger as a whole */

struct verify_finding {
    enum verdict_code code;
    int64_t index;
};

/* One line about long work: what is being done, and how far it is. Called in the caller's thread.
 */
struct verify_progress {
    void *context;
    void (*show)(void *context, const char *title, uint64_t done, uint64_t total);
};

struct verify_options {
    unsigned threads;                /* 0: as many as there are cores */
    struct verify_progress progress; /* show may be NULL */
};

struct verify_report {
    struct verify_finding *findings; /* by index, then by name of the code; owned */
    size_t findings_len, findings_room;
    bool has_checkpoint;          /* a good one: the next is set */
    struct checkpoint checkpoint; /* origin, size, root */
    struct fold *fold;            /* after all entries, NULL when they were not judged; owned */

    struct verify_files *files; /* what fold reads with; owned */
};

/*
 * Checks a ledger against the key of its log. OK: report holds all findings; it is good when there
 * is none. ERR_NOT_FOUND: there is no checkpoint at all; anything else: could not be read, or
 * changed while it was read; then report is empty. A ledger that grows meanwhile is looked at again
 * as it has become.
 *
 * report is released by the caller in any case, before the source is closed.
 */
enum err verify_run(struct source *source, const struct note_key *log,
                    const struct verify_options *options, struct verify_report *report,
                    struct fault *fault) MUST_CHECK;
void verify_release(struct verify_report *report);

/* A sentence for people, without full stop: what this finding means. */
const char *verify_sentence(enum verdict_code code);

/* The report for people, and for machines as one JSON object: size, root, origin, findings,
 * tallies. */
void verify_print(const struct verify_report *report, bool colours, FILE *out);
void verify_print_json(const struct verify_report *report, FILE *out);

/* What came out about a receipt. */
struct verify_receipt {
    bool good;
    char why[256]; /* when it is not good: a sentence without full stop */
    uint64_t index;
    uint64_t size;    /* of its checkpoint */
    uint64_t current; /* size of the ledger it was looked up in, 0 for none */
};

/*
 * Checks a `.tlog-proof`: checkpoint, signature and proof. With a source also that the ledger there
 * still holds all of that earlier one (consistency proof) and shows this very entry at its index.
 * OK whatever came out; an error is what kept us from looking. source may be NULL.
 */
enum err verify_receipt(struct slice bytes, const struct note_key *log, struct source *source,
                        struct verify_receipt *out, struct fault *fault) MUST_CHECK;

#endif
