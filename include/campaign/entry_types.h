/*
 * The types of entries (PROTOCOL.md §2), one row each: which fields of which form, who signs. What
 * each type asks and does is in server/campaign/fold_*.c, by the same numbers.
 */
#ifndef CAMPAIGN_ENTRY_TYPES_H
#define CAMPAIGN_ENTRY_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "campaign/verdict.h"
#include "ledger/entry.h"
#include "staff/keyring.h"

enum entry_kind {
    ENTRY_KIND_GENESIS,
    ENTRY_KIND_KEY,
    ENTRY_KIND_REVOKE,
    ENTRY_KIND_PHASE,
    ENTRY_KIND_REGISTER,
    ENTRY_KIND_NOMINATE,
    ENTRY_KIND_AMEND,
    ENTRY_KIND_MODERATE,
    ENTRY_KIND_ISSUE,
    ENTRY_KIND_BALLOT,
    ENTRY_KIND_MARK,
    ENTRY_KIND_VOID,
    ENTRY_KIND_UNSEAL,
    ENTRY_KIND_TALLY,
    ENTRY_KIND_ERASE,
    ENTRY_KIND_NOTICE,
    ENTRY_KIND_COUNT
};

enum field_kind {
    FIELD_INT,    /* least … most */
    FIELD_TEXT,   /* least … most bytes, escapes resolved */
    FIELD_NAME,   /* [A-Za-z0-9._-], 1 to 64 */
    FIELD_CAT,    /* [a-z0-9_], 1 to 16 */
    FIELD_ID,     /* 16 hex digits */
    FIELD_HEX32,  /* 64 hex digits */
    FIELD_BASE64, /* of least … most bytes */
    FIELD_ONE_OF, /* a string of `only` */
    FIELD_SIGS,
    FIELD_STAFF,
    FIELD_PREV,
};

struct entry_field {
    const char *name;
    enum field_kind kind;
    bool optional;
    uint64_t least, most;
    const char *const *only; /* NULL-terminated */
};

/* Whose signatures: use ENTRY_UNSIGNED_USE for none (the ledger's own, the genesis, ballots). */
#define ENTRY_UNSIGNED_USE KEY_USE_COUNT

struct entry_signers {
    enum key_use use;
    unsigned roles;   /* ROLE_BITs, of staff */
    unsigned persons; /* how many different ones at least (registrar: keys) */
};

/* The form an entry must have: some types have several, by one of their fields. */
struct entry_form {
    const struct entry_field *fields; /* ascending by name; ends with a NULL name */
    struct entry_signers signers;
};

/* ENTRY_KIND_COUNT when unknown. */
enum entry_kind entry_kind_by_name(struct slice name);

/* The form that this entry must have. NULL when the field that tells is wrong. */
const struct entry_form *entry_form_of(const struct entry *entry, enum entry_kind kind);

/* What an entry on its way may still lack. */
enum { ENTRY_LACKS_AT = 1, ENTRY_LACKS_SIGS = 2 };

/* Step 4. lacks: bits ENTRY_LACKS_… of what may be missing; 0 for an entry of a ledger. */
bool entry_types_check_form(const struct entry *entry, const struct entry_form *form,
                            unsigned lacks);

#endif
