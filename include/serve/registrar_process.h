/*
 * The registrar: the process that knows people. It checks each proof of identity itself, makes
 * pseudonyms, has the ledger log each pass before it is released, and signs passes blindly. It
 * holds the pass keys, the registrar key and the pseudonym key of every campaign, and sees no
 * ballot.
 */
#ifndef SERVE_REGISTRAR_PROCESS_H
#define SERVE_REGISTRAR_PROCESS_H

#include "serve/parent.h"

/* The exit code of the process, for parent_options.child_main. */
int registrar_process_main(const struct child_spec *spec);

#endif
