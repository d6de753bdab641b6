/*
 * What people wrote when they nominated: in private.db of the registrar, beside the roll. The
 * ledger has only the commitment c = HMAC-SHA256(salt, payload); payload is a JSON object {cat,
 * links, ngo, person_c, text} in the form of RFC 8785, person_c = HMAC-SHA256(salt2, person
 * number). So payload and salt can be published on admission without saying who wrote it: salt2
 * stays here.
 *
 * A row is written before its entry is submitted, with index −1, and is taken again when the same
 * person asks again: a crash in between loses nothing and makes nothing twice. A completed text is
 * kept beside the row in the same way until its `amend` entry stands.
 *
 * Erasing overwrites: neither the file nor the log beside it holds the text afterwards.
 */
#ifndef NOMINATION_NOMINATION_STORE_H
#define NOMINATION_NOMINATION_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"
#include "nomination/nomination.h"
#include "nomination/nomination_rules.h"

struct nomination_store;

/* path: of private.db. Errors as db_open(). */
enum err nomination_store_open(const char *path, struct nomination_store **store,
                               struct fault *fault) MUST_CHECK;
void nomination_store_close(struct nomination_store *store);

struct nomination_row {
    int64_t number;
    int64_t person; /* row of the roll */
    char cat[RULES_CATEGORY_ID_MAX + 1];
    char ngo[NOMINATION_NGO_MAX + 1];
    enum nominator as;
    enum relation relation;
    int64_t processing, publication; /* versions of the consents; 0: not given */
    int64_t at_unix;                 /* when it was asked for */
    int64_t index;                   /* of its `nominate` entry; −1: not known to stand yet */
    int64_t text_index;              /* of the entry whose c is of this payload */
    int64_t wished_unix;             /* when its person wished to withdraw it; 0: never */
    bool erased;
    uint8_t c[NOMINATION_HASH_LEN], salt[NOMINATION_HASH_LEN];
    uint8_t salt2[NOMINATION_HASH_LEN];
    char *text, *links, *payload; /* owned; links is a JSON array. NULL when erased */
};

void nomination_row_release(struct nomination_row *row);

/* ERR_NOT_FOUND. row is the caller's to release. */
enum err nomination_store_find(struct nomination_store *store, int64_t person, struct slice cat,
                               struct slice ngo, struct nomination_row *row) MUST_CHECK;
enum err nomination_store_at(struct nomination_store *store, int64_t index,
                             struct nomination_row *row) MUST_CHECK;

/* Rows of a person by age; rows whose index is −1 (person −1: of anybody). each must not call the
 * store. */
enum err nomination_store_each(struct nomination_store *store, int64_t person, bool pending,
                               void (*each)(void *context, const struct nomination_row *row),
                               void *context) MUST_CHECK;

/* How many a person has. */
enum err nomination_store_count(struct nomination_store *store, int64_t person,
                                uint32_t *count) MUST_CHECK;

/* Adds a row and sets its number. ERR_CONFLICT: (person, cat, ngo) is there. */
enum err nomination_store_add(struct nomination_store *store,
                              struct nomination_row *row) MUST_CHECK;

/* Its entry stands at index. */
enum err nomination_store_logged(struct nomination_store *store, int64_t number,
                                 int64_t index) MUST_CHECK;

/* The ledger refused it: as if it had never been asked for. Only while its index is −1. */
enum err nomination_store_drop(struct nomination_store *store, int64_t number) MUST_CHECK;

/* ---- completing ---- */

/* Keeps row's text, links, payload, c, salt, salt2 and at_unix as what is to replace those of its
 * number. */
enum err nomination_store_amend(struct nomination_store *store,
                                const struct nomination_row *row) MUST_CHECK;

/* What is to replace it: only those members, and number, are set. ERR_NOT_FOUND. */
enum err nomination_store_amendment(struct nomination_store *store, int64_t number,
                                    struct nomination_row *row) MUST_CHECK;

/* All that is to replace something: index is that of the nomination, at_unix of the completing. */
enum err nomination_store_amendments(struct nomination_store *store,
                                     void (*each)(void *context, const struct nomination_row *row),
                                     void *context) MUST_CHECK;

/* The `amend` entry stands at index, which replaces; or (−1) the ledger refused it. */
enum err nomination_store_amended(struct nomination_store *store, int64_t number,
                                  int64_t index) MUST_CHECK;

/* ---- withdrawing, erasing ---- */

enum err nomination_store_wish(struct nomination_store *store, int64_t number,
                               int64_t now_unix) MUST_CHECK;

/* Everything that this person wrote; what is in the ledger is then due as `erase` entries. */
enum err nomination_store_erase_person(struct nomination_store *store, int64_t person,
                                       int64_t now_unix, int64_t due_unix) MUST_CHECK;

/* The ledger says that what this entry commits to is gone: so it is here. */
enum err nomination_store_erased(struct nomination_store *store, int64_t index,
                                 int64_t now_unix) MUST_CHECK;

struct erasure {
    int64_t index; /* of the entry whose payload is gone */
    int64_t asked_unix, due_unix;
};

/* Those without their `erase` entry, oldest first. */
enum err nomination_store_erasures(struct nomination_store *store,
                                   void (*each)(void *context, const struct erasure *erasure),
                                   void *context) MUST_CHECK;

#endif
