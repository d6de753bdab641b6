/*
 * An act of staff: a signed entry on its way to the ledger, checked as far as it can be before it
 * is there, so that a second signer is not shown what will be refused. Pure.
 */
#ifndef STAFF_SIGNED_ACT_H
#define STAFF_SIGNED_ACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/slice.h"
#include "crypt/ed25519.h"
#include "crypt/hash.h"
#include "ledger/entry.h"
#include "staff/keyring.h"
#include "staff/may.h"

#define SIGNED_ACT_SIGS 8
/* Leaves room for all signatures: a longer one, when whole, would be no entry, and the ledger
 * process drops whoever sends such. */
#define SIGNED_ACT_BODY_MAX (ENTRY_LEN_MAX - SIGNED_ACT_SIGS * 128)
#define SIGNED_ACT_SALT_LEN 32
#define SIGNED_ACT_PAYLOAD_MAX 16384

struct act_signature {
    char k[KEY_ID_TEXT_LEN + 1];
    char s[BASE64_LEN(ED25519_SIG_LEN) + 1];
    char person[KEY_PERSON_MAX + 1];
};

struct signed_act {
    enum act act;
    char type[ENTRY_TYPE_MAX + 1];
    unsigned needs; /* different persons */
    unsigned roles; /* ROLE_BITs that its keys may have */
    bool commits;   /* it has a commitment: */
    uint8_t c[SHA256_LEN];
    struct act_signature sigs[SIGNED_ACT_SIGS];
    size_t sigs_len;
    struct buf body; /* the canonical entry without signatures; owned */
};

/* By what an act is checked. */
struct act_place {
    const char *origin;
    const struct keyring *staff;
    uint64_t size; /* of the ledger */
};

/* Takes an entry with its signatures apart: its form is that of its type, which staff may submit,
 * `seen` is not beyond the ledger, and every signature holds. NULL, or the problem code; the act is
 * to be released in either case. */
const char *signed_act_read(struct slice text, const struct act_place *place,
                            struct signed_act *act);

/* The same for a body that nobody has signed yet: without `sigs`. */
const char *unsigned_act_read(struct slice text, const struct act_place *place,
                              struct signed_act *act);

/* The type, signers and commitment of what has been taken apart before; its signatures are not
 * looked at again. False: it is no such body. To be released in either case. */
bool signed_act_reread(struct slice body, const struct act_signature *sigs, size_t len,
                       struct signed_act *act);
void signed_act_release(struct signed_act *act);

/* One signature on a body: by a staff key that is not revoked and has a role of the act, over
 * exactly these bytes. NULL (signature has the person), or the problem code. */
const char *signed_act_verify(const struct signed_act *act, const struct act_place *place,
                              struct act_signature *signature);

/* True when payload and salt are what the entry's commitment is of; when it has none, both must be
 * empty. */
bool signed_act_commits(const struct signed_act *act, struct slice payload, struct slice salt);

/* How many different persons have signed. */
size_t signed_act_persons(const struct act_signature *sigs, size_t len);

/* Appends the canonical entry: body and signatures, sorted by key. */
void signed_act_compose(struct slice body, const struct act_signature *sigs, size_t len,
                        struct buf *out);

#endif
