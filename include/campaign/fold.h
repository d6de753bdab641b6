/*
 * The deciding state of a campaign: a fold over the entries of its ledger, and the judge of the
 * next one (PROTOCOL.md §6). The ledger process, `dauys campaign create` and `dauys verify` use
 * this same code. Pure: no clock, no I/O; files that entries name come through a callback.
 *
 * For every entry in order: fold_prove() (costly, on any thread), fold_check() (the decision), and
 * if it is accepted fold_apply(). fold_apply() alone rebuilds the state from a ledger that is
 * trusted.
 *
 * Invariants:
 *  1. What fold_check() says depends only on the entries applied before, the entry, its index, and
 *     the files: never on what a proof found in an older state (it proves again where that
 * matters).
 *  2. fold_apply() is called only with an entry that fold_check() accepted in this very state, or
 *     that stands in a ledger already.
 *  3. Between fold_prove() on other threads and the state's changes there is a join.
 */
#ifndef CAMPAIGN_FOLD_H
#define CAMPAIGN_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ballot/ballot.h"
#include "ballot/method.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "campaign/phase.h"
#include "campaign/rules.h"
#include "campaign/verdict.h"
#include "crypt/hash.h"
#include "crypt/hpke.h"
#include "ledger/entry.h"
#include "nomination/nomination.h"
#include "register/register.h"
#include "staff/keyring.h"
#include "tally/counts.h"
#include "voter/issue.h"

#define FOLD_FILE_MAX (64U << 20) /* bytes; a larger file counts as absent */
#define FOLD_MARK_SECONDS 3600

struct fold;

/* Appends the file of this hash to out. Any error counts as absent; the callback has checked that
 * the bytes have the hash. */
struct fold_files {
    void *context;
    enum err (*get)(void *context, const uint8_t hash[static SHA256_LEN], struct buf *out,
                    struct fault *fault);
};

/* origin is copied; files is copied, its context borrowed. */
struct fold *fold_create(const char *origin, const struct fold_files *files);
void fold_destroy(struct fold *fold);

/* ---- judging -------------------------------------------------------------------------------- */

/* Steps 1 to 4 on raw bytes: VERDICT_ACCEPTED and *entry parsed, or the code. Needs no state. */
enum verdict_code fold_form(struct slice bytes, struct entry *entry);

/* What fold_prove() found, for fold_check() to consult; zero before. */
struct fold_proof {
    uint64_t state;
    uint64_t generation; /* of the keyring in which it was found */
};

/* The form (an `at` may still be missing) and all public-key cryptography of the entry against the
 * keyring as it stands. Safe on several threads while nobody changes the fold. */
void fold_prove(const struct fold *fold, const struct entry *entry, struct fold_proof *proof);

/* Decides on the entry as the one at index, in the order of PROTOCOL.md §6. proof may be zero: it
 * is then made here. */
void fold_check(struct fold *fold, const struct entry *entry, const struct fold_proof *proof,
                uint64_t index, struct verdict *verdict);

/* Takes the entry at index. leaf is its leaf hash. */
void fold_apply(struct fold *fold, const struct entry *entry, uint64_t index,
                const uint8_t leaf[static SHA256_LEN]);

/* NULL, or why an entry that was applied could not be (a file gone, found at a rebuild): the state
 * is then of no use. */
const char *fold_fault(const struct fold *fold);

/*
 * Is this submission a repetition of what is logged already, to be answered with that index (I11)?
 * The same ballot bytes; the same issue (cat, p, bh); the same nomination (p, cat, ngo); the same
 * amendment; the same signed text of staff. For those of the registrar the signature must hold. at
 * is not needed.
 */
bool fold_repeat(const struct fold *fold, const struct entry *entry, const struct fold_proof *proof,
                 uint64_t *index);

/* True for a type (and form) that is the ledger's own: nobody else may submit it. */
bool fold_is_own(const struct entry *entry);

/* ---- what the ledger owes ---------------------------------------------------------------------
 */

/*
 * Appends the next entry of the ledger's own at this time, canonical and without `at`: a due phase
 * entry, mark, unseal (once the secret is set), tally (once counts are set), in this order.
 * ERR_NOT_FOUND: nothing is due.
 */
enum err fold_due(const struct fold *fold, uint64_t at, struct buf *out) MUST_CHECK;

/* Lets fold_due() unseal after the close of evaluation. Borrowed. */
void fold_set_seal_secret(struct fold *fold, const struct hpke_secret *secret);

/* Root of the tree of the first (index of evaluation's close) + 1 entries. */
void fold_set_close_root(struct fold *fold, const uint8_t root[static SHA256_LEN]);

/*
 * The counts of a category, out of tally/opening.h, after the unseal and the close root. They are
 * used at once to make the tally file, not kept. A `tally` entry is judged by that file.
 * ERR_CONFLICT: not unsealed, no root, or the numbers do not add up.
 */
enum err fold_set_counts(struct fold *fold, unsigned cat, const struct counts *counts) MUST_CHECK;

/* ---- reading ----------------------------------------------------------------------------------
 */

const char *fold_origin(const struct fold *fold);
const struct rules *fold_rules(const struct fold *fold); /* NULL before the genesis */
bool fold_demo(const struct fold *fold);
uint64_t fold_size(const struct fold *fold); /* index of the last entry taken + 1 */
uint64_t fold_at(const struct fold *fold);   /* the last `at`, 0 at first */
const struct phases *fold_phases(const struct fold *fold);

/* What staff said of a phase, for people to read: of its last signed act the reason, and of the
 * last act that had one the decision's number. NULL: none. */
struct fold_phase_words {
    char *why, *no;
    bool extended; /* its end was moved after the last schedule */
};
const struct fold_phase_words *fold_phase_words(const struct fold *fold, enum phase phase);
const struct keyring *fold_keyring(const struct fold *fold);
const struct ngo_register *fold_register(const struct fold *fold); /* NULL at first */
const uint8_t *fold_register_hash(const struct fold *fold);        /* of its file; NULL likewise */
const struct nomination_set *fold_nominations(const struct fold *fold);
const struct issue_set *fold_issues(const struct fold *fold);
const struct ballot_set *fold_ballots(const struct fold *fold);

/* Every nomination is decided, every category has a pass key, there is a seal key, none revoked. */
bool fold_evaluation_ready(const struct fold *fold);

/* Of evaluation: its open or the last mark, whichever is later; 0 before it was opened. */
uint64_t fold_last_mark_at(const struct fold *fold);
uint64_t fold_marks(const struct fold *fold);

/* An `erase` names this entry: what its c commits to is gone. */
bool fold_erased(const struct fold *fold, uint64_t index);

/* Index of the unseal entry. False when there is none. */
bool fold_unsealed(const struct fold *fold, uint64_t *index);

struct fold_category {
    uint64_t issued; /* accepted issue entries */
    uint64_t cast;   /* accepted ballots */
    uint64_t passes; /* passes with a ballot; cast − passes are superseded */
    uint64_t voids;  /* of those, void ones */
    size_t admitted; /* nominees */
    size_t ct_len;   /* of a ballot, once evaluation was opened; 0 before */

    bool has_counts; /* fold_set_counts() was called */
    uint64_t spoiled;
    uint64_t counted;
    struct slice tally_file; /* valid until the next fold_set_counts() */
    uint8_t tally_hash[SHA256_LEN];

    bool has_tally;
    uint64_t tally; /* index of the tally entry */
};

/* cat is below the rules' number of categories. */
const struct fold_category *fold_category(const struct fold *fold, unsigned cat);

/* Number of a category by its id. False when the rules have none, or before the genesis. */
bool fold_category_find(const struct fold *fold, struct slice id, unsigned *cat);

/* What may be voted for: the category's ballot rules and its admitted nominees. Its nominees move
 * until evaluation is opened, then they stand. Valid as long as the fold. */
const struct ballot_paper *fold_paper(const struct fold *fold, unsigned cat);

#endif
