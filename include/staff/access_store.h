/*
 * The register of access (Law 94-V): every act of staff and every reading of personal data is a row
 * in private.db: when, who, what, about what. Never a secret and never what was read. Rows are only
 * added; the database refuses everything else.
 */
#ifndef STAFF_ACCESS_STORE_H
#define STAFF_ACCESS_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct access_store;

/* path: of private.db. Errors as db_open(). */
enum err access_store_open(const char *path, struct access_store **store,
                           struct fault *fault) MUST_CHECK;
void access_store_close(struct access_store *store);

/* person: an account, or empty: nobody known. what: an act's name. about: a number or name of the
 * thing, or empty. What can't be noted may not be done. */
enum err access_note(struct access_store *store, int64_t at_unix, struct slice person,
                     const char *what, struct slice about) MUST_CHECK;

struct access {
    int64_t number, at_unix;
    struct slice person, what, about; /* valid during the call */
};

/* At most so many rows after that number, in order. */
enum err access_each(struct access_store *store, int64_t after, int64_t most,
                     void (*each)(void *context, const struct access *access),
                     void *context) MUST_CHECK;

#endif
