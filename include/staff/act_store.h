/*
 * Acts of staff on their way to the ledger, in private.db: each waits for its signers, is sent, and
 * is then logged or refused. What a commitment in an entry is of stays here, found by the act; the
 * ledger never has it.
 */
#ifndef STAFF_ACT_STORE_H
#define STAFF_ACT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "staff/signed_act.h"

#define ACT_WAITS_S 1209600 /* two weeks without its second signer */

/* outdated is told of a waiting one by its age, never stored. */
enum act_state {
    ACT_WAITING,
    ACT_SENT, /* to the ledger, not answered: to be sent again */
    ACT_LOGGED,
    ACT_REFUSED,
    ACT_WITHDRAWN,
    ACT_OUTDATED,
    ACT_STATES
};

const char *act_state_name(enum act_state state);

struct act_store;

/* path: of private.db. Errors as db_open(). */
enum err act_store_open(const char *path, struct act_store **store, struct fault *fault) MUST_CHECK;
void act_store_close(struct act_store *store);

/* One act. The slices point into what holder holds. */
struct stored_act {
    int64_t number;
    struct slice type, body, payload, salt; /* empty: none */
    struct slice by, code;                  /* code: why the ledger refused it */
    int64_t at_unix;
    unsigned needs;
    enum act_state state;
    uint64_t index; /* of a logged one */
    struct act_signature sigs[SIGNED_ACT_SIGS];
    size_t sigs_len;
    struct buf holder;
};

void stored_act_release(struct stored_act *act);

/*
 * Keeps an act that signed_act_read() took, with its signatures; *number is its. The same body
 * again is the same act: signatures are added to one that waits, and to none that was sent or
 * logged; one that ended without being logged begins anew.
 */
enum err act_put(struct act_store *store, const struct signed_act *act, struct slice payload,
                 struct slice salt, struct slice by, int64_t now_unix, int64_t *number) MUST_CHECK;

/* ERR_NOT_FOUND. To be released. */
enum err act_get(struct act_store *store, int64_t number, int64_t now_unix,
                 struct stored_act *act) MUST_CHECK;

/* ERR_CONFLICT: the key has signed already; ERR_LIMITED: no room for another. */
enum err act_add_signature(struct act_store *store, int64_t number,
                           const struct act_signature *signature) MUST_CHECK;

/* index: of a logged one; code: of a refused one, else "". */
enum err act_set_state(struct act_store *store, int64_t number, enum act_state state,
                       uint64_t index, const char *code) MUST_CHECK;

/* What the commitment of the act at this index is of has been erased by an `erase` entry: it is
 * here too, in the file and in the log beside it. */
enum err act_forget(struct act_store *store, uint64_t index) MUST_CHECK;

/* Withdraws what this person has asked for of `key` for himself and waits, all but this number:
 * else one could fill the list in which others find what to sign. */
enum err act_outdo_keys(struct act_store *store, struct slice person, int64_t number) MUST_CHECK;

/* Numbers of acts: all that wait or were sent, and the latest of the others, at most so many in
 * all, newest first. */
enum err act_numbers(struct act_store *store, int64_t *numbers, size_t most,
                     size_t *len) MUST_CHECK;

/* The oldest that was sent, above after. ERR_NOT_FOUND: none. */
enum err act_next_sent(struct act_store *store, int64_t after, int64_t *number) MUST_CHECK;

#endif
