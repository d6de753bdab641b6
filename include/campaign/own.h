/*
 * Who owns what in a campaign's folder when the processes are separated:
 *   ledger/ state/ keys/ledger/             dauys-ledger
 *   registrar/ register/ keys/registrar/    dauys-registrar
 *   everything else                         root; staff/ and demo-*.csv are for nobody but root
 * What fronts serve (ledger/, register/, rules.json) others may read; state/, registrar/ and
 * keys are 0700.
 */
#ifndef CAMPAIGN_OWN_H
#define CAMPAIGN_OWN_H

#include "base/err.h"
#include "base/users.h"

/* Gives the folder to its users. Also while the server runs. What is a link, of either kind, is
 * left as it is. ERR_NOT_FOUND: not a campaign; ERR_INTERNAL. */
enum err campaign_own(const char *folder, const struct users *users,
                      struct fault *fault) MUST_CHECK;

/* For a command that has made files there: the same when the machine has the users and this is
 * root, else nothing. */
enum err campaign_own_made(const char *folder, struct fault *fault) MUST_CHECK;

/* ERR_DENIED: a part is another user's; fault names it and `dauys campaign own`. */
enum err campaign_owned(const char *folder, const struct users *users,
                        struct fault *fault) MUST_CHECK;

#endif
