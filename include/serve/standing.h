/*
 * How a campaign stands by its ledger, as far as it decides who may do what: the registrar asks for
 * it before it lets staff and citizens act. The ledger process still judges every entry by its own
 * place; this only lets the registrar refuse early and tell people why.
 */
#ifndef SERVE_STANDING_H
#define SERVE_STANDING_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/fold.h"
#include "campaign/phase.h"
#include "staff/keyring.h"

struct standing {
    uint64_t size; /* of the tree */
    uint64_t at;   /* of its last entry */
    struct phases phases;
    struct keyring *staff; /* staff keys alone, revoked ones told */
};

/* What a ledger process answers. */
json_t *standing_json(const struct fold *fold);

/* ERR_CORRUPT: no such answer. */
enum err standing_parse(struct slice text, struct standing *standing) MUST_CHECK;
void standing_release(struct standing *standing);

#endif
