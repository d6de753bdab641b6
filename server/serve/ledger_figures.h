/* What a ledger process counts for /metrics. */
#ifndef SERVER_SERVE_LEDGER_FIGURES_H
#define SERVER_SERVE_LEDGER_FIGURES_H

#include <stdbool.h>

#include "ipc/peer.h"
#include "ledger/sequencer.h"

struct ledger_figures;

struct ledger_figures *ledger_figures_create(void);
void ledger_figures_destroy(struct ledger_figures *figures);

/* A batch of count candidates was decided and committed in so many µs. */
void ledger_figures_batch(struct ledger_figures *figures, struct candidate *const *batch,
                          size_t count, int64_t us);

/* A batch could not be taken: no space, Redis away. */
void ledger_figures_untaken(struct ledger_figures *figures);

struct ledger_level {
    uint64_t size;  /* of the ledger */
    size_t waiting; /* entries */
    bool following; /* Redis holds what the ledger holds */
};

/* Answers MESSAGE_FIGURES. */
void ledger_figures_answer(struct ledger_figures *figures, const char *process,
                           const struct ledger_level *level, struct ipc_request *request);

#endif
