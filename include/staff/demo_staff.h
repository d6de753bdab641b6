/* Accounts of a demo's invented staff, ready to sign in with. */
#ifndef STAFF_DEMO_STAFF_H
#define STAFF_DEMO_STAFF_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "staff/keyring.h"

struct demo_staff {
    const char *person;
    enum staff_role role;
};

/* Makes the accounts in private.db at path, with random passwords and second factors, and appends
 * them as CSV: person, role, password, totp_secret. */
enum err demo_staff_make(const char *path, const struct demo_staff *people, size_t len,
                         struct pool *pool, struct buf *csv, struct fault *fault) MUST_CHECK;

#endif
