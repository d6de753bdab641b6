/*
 * What moderators and citizens say to one another about nominations, in private.db: claims,
 * conflicts of interest, the reasons of decisions, appeals, disputes. The decisions themselves are
 * entries; this holds what their commitments are of.
 */
#ifndef NOMINATION_MODERATION_STORE_H
#define NOMINATION_MODERATION_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"
#include "staff/keyring.h"

#define MODERATION_CLAIM_S (15 * 60)

struct moderation_store;

/* path: of private.db. Errors as db_open(). */
enum err moderation_store_open(const char *path, struct moderation_store **store,
                               struct fault *fault) MUST_CHECK;
void moderation_store_close(struct moderation_store *store);

/* ---- who works on what ---- */

struct claim {
    char person[KEY_PERSON_MAX + 1];
    int64_t until_unix;
};

/* Takes the item for a quarter of an hour, again when it is the person's own. ERR_CONFLICT: another
 * has it; *claim says who and until when in both cases. */
enum err moderation_claim(struct moderation_store *store, int64_t ref, struct slice person,
                          int64_t now_unix, struct claim *claim) MUST_CHECK;
enum err moderation_release(struct moderation_store *store, int64_t ref,
                            struct slice person) MUST_CHECK;

/* ERR_NOT_FOUND: nobody has it now. */
enum err moderation_claimed(struct moderation_store *store, int64_t ref, int64_t now_unix,
                            struct claim *claim) MUST_CHECK;

/* For good: a conflict of interest is never taken back. */
enum err moderation_conflict_add(struct moderation_store *store, int64_t ref,
                                 struct slice person) MUST_CHECK;
enum err moderation_conflict(struct moderation_store *store, int64_t ref, struct slice person,
                             bool *conflict) MUST_CHECK;

/* ---- decisions ---- */

struct decision {
    int64_t index; /* of the `moderate` entry */
    int64_t ref;
    int64_t at_unix;
    struct slice d;       /* "admit" */
    struct slice payload; /* JSON {code, text: {kk, ru, en}}, "" when it is not known or erased */
    struct slice signers; /* JSON array of persons */
};

typedef void decision_each(void *context, const struct decision *decision);

/* Again with the same index: as if once. */
enum err moderation_decided(struct moderation_store *store, const struct decision *decision,
                            struct slice salt) MUST_CHECK;
enum err moderation_decisions(struct moderation_store *store, int64_t ref, decision_each *each,
                              void *context) MUST_CHECK;
/* Those that the person signed, newest first, at most 500. */
enum err moderation_history(struct moderation_store *store, struct slice person,
                            decision_each *each, void *context) MUST_CHECK;
enum err moderation_reason_erased(struct moderation_store *store, int64_t index) MUST_CHECK;

/* ---- appeals ---- */

struct appeal {
    int64_t ref;
    int64_t at_unix, due_unix;
    bool open;
    struct slice text;
};

/* ERR_CONFLICT: there was one before: a nomination is appealed once. */
enum err moderation_appeal_add(struct moderation_store *store, int64_t ref, int64_t person,
                               struct slice text, int64_t now_unix, int64_t due_unix) MUST_CHECK;
/* The nomination was reopened. */
enum err moderation_appeal_close(struct moderation_store *store, int64_t ref) MUST_CHECK;
enum err moderation_appeals(struct moderation_store *store, int64_t ref, bool open_only,
                            void (*each)(void *context, const struct appeal *appeal),
                            void *context) MUST_CHECK;

/* ---- disputes ---- */

struct dispute {
    int64_t number, person;
    int64_t at_unix, due_unix;
    int64_t answered_unix; /* 0: not yet */
    struct slice cat, text, answer;
};

typedef void dispute_each(void *context, const struct dispute *dispute);

enum err moderation_dispute_add(struct moderation_store *store, int64_t person, struct slice cat,
                                struct slice text, int64_t now_unix, int64_t due_unix,
                                int64_t *number) MUST_CHECK;
/* ERR_NOT_FOUND: none of that number; ERR_CONFLICT: it is answered. */
enum err moderation_dispute_answer(struct moderation_store *store, int64_t number,
                                   struct slice answer, struct slice by,
                                   int64_t now_unix) MUST_CHECK;
/* Of a person, by age; person −1: of everybody, unanswered ones first, by due date. */
enum err moderation_disputes(struct moderation_store *store, int64_t person, dispute_each *each,
                             void *context) MUST_CHECK;
/* How many of a person are not answered. */
enum err moderation_disputes_open(struct moderation_store *store, int64_t person,
                                  uint32_t *count) MUST_CHECK;

/* What this person wrote is overwritten: appeals and disputes keep their dates alone. */
enum err moderation_erase_person(struct moderation_store *store, int64_t person) MUST_CHECK;

#endif
