/*
 * The ledger process of one campaign: takes entries from the fronts and the registrar, has them
 * judged and committed in batches, answers, and publishes. It holds the log key and the seal key,
 * reads no HTTP and talks to nobody else.
 */
#ifndef SERVE_LEDGER_PROCESS_H
#define SERVE_LEDGER_PROCESS_H

#include "serve/parent.h"

/* The exit code of the process, for parent_options.child_main: 0 after SIGTERM, 78 when it refuses
 * to run on a disagreement (I2), 1 after a failed write (I7). */
int ledger_process_main(const struct child_spec *spec);

#endif
