/* The making of a campaign, shared by the files of campaign/create. */
#ifndef CAMPAIGN_CREATE_INNER_H
#define CAMPAIGN_CREATE_INNER_H

#include <jansson.h>

#include "campaign/create.h"
#include "campaign/fold.h"
#include "crypt/hpke.h"
#include "ledger/sequencer.h"
#include "voter/registry.h"

struct creation {
    const struct create_options *options;
    struct rules *rules;
    char *origin;
    struct pool *pool;

    /* Keys; those of staff are copies of the options', or made for a demo. */
    struct ed25519_secret log_key, registrar_key;
    struct hpke_secret *seal_key;
    struct create_staff staff[CREATE_STAFF_MAX];
    size_t staff_len;
    struct registry *registry;

    struct fold *fold;
    struct judge judge;
    struct sequencer *sequencer;
    char **queued; /* entries to be committed together */
    size_t queued_len;
};

/* ---- create.c ------------------------------------------------------------------------------- */

/* The tree's size once what is queued is committed. */
uint64_t creation_size(const struct creation *creation);

/* Takes a malloc'ed entry without `at`; commits when enough wait. */
enum err creation_submit(struct creation *creation, char *entry, struct fault *fault) MUST_CHECK;

/* Takes json, adds seen and v, has so many of that role sign, submits. */
enum err creation_submit_staff(struct creation *creation, json_t *json, unsigned signers,
                               const char *role, struct fault *fault) MUST_CHECK;

/* Commits what waits. ERR_INVALID: an entry was refused. */
enum err creation_flush(struct creation *creation, struct fault *fault) MUST_CHECK;

/* Adds one signature to an entry. */
enum err creation_sign(const struct creation *creation, json_t *entry,
                       const struct ed25519_secret *key, struct fault *fault) MUST_CHECK;

/* ---- create_keys.c -------------------------------------------------------------------------- */

/* Makes the folder and every key file, opens the registry. */
enum err creation_make_keys(struct creation *creation, struct fault *fault) MUST_CHECK;
void creation_release_keys(struct creation *creation);

/* Entry 0, with the keys of staff. */
enum err creation_genesis(struct creation *creation, struct fault *fault) MUST_CHECK;

/* `key` entries of registrar, seal and passes. */
enum err creation_name_keys(struct creation *creation, struct fault *fault) MUST_CHECK;

/* ---- create_people.c ------------------------------------------------------------------------ */

enum err creation_import_roll(struct creation *creation, struct fault *fault) MUST_CHECK;
enum err creation_register(struct creation *creation, struct fault *fault) MUST_CHECK;

/* Nominates and admits what the nominees' CSV lists. */
enum err creation_nominate(struct creation *creation, struct fault *fault) MUST_CHECK;

#endif
