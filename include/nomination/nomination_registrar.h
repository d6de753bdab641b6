/* What the registrar's endpoints about nominations share: nominating, "my page", moderating. */
#ifndef NOMINATION_NOMINATION_REGISTRAR_H
#define NOMINATION_NOMINATION_REGISTRAR_H

#include <jansson.h>
#include <stdbool.h>

#include "nomination/calendar.h"
#include "nomination/moderation_store.h"
#include "nomination/nomination_store.h"
#include "serve/nominees.h"
#include "serve/registrar.h"

#define NOMINATION_ANSWER_DAYS 3 /* working days to answer an appeal or a dispute (Law 94-V) */
#define NOMINATION_ERASE_DAYS 1  /* working days to log an erasure; the text is gone at once */

struct event;

/* What the room keeps of a campaign. */
struct nomination_desk {
    struct nomination_store *store;
    struct moderation_store *moderation;
    struct calendar *calendar; /* NULL: weekends alone */
    struct event *resend;      /* of entries that the ledger has not answered */
    int64_t opened_unix;
};

/* The text and links members of the ask into row (text, links, payload, c and fresh salts), with
 * cat and ngo from row. False: the ask has been answered. */
bool nomination_write(struct registrar_ask *ask, const struct roll_voter *voter,
                      struct nomination_row *row);

/* A text among the members. False: text_not_allowed has been answered. */
bool nomination_text(struct registrar_ask *ask, const char *name, size_t least, size_t most,
                     struct slice *text);

int64_t nomination_deadline(const struct registrar_campaign *campaign, int64_t from_unix,
                            unsigned days);

/* Members of an answer's item. */
int64_t nominee_int(const json_t *item, const char *name);
bool nominee_is(const json_t *item, const char *name, const char *text);
/* The item of this nominee, or of this (cat, ngo), or NULL. */
const json_t *nominee_in(const json_t *answer, int64_t index);
const json_t *nominee_by(const json_t *answer, const char *cat, const char *ngo);

/* The ledger may have learnt of an erasure by another way than a staff act of ours: what an item of
 * an answer says is erased is erased here too. */
void nomination_follow_erasure(struct registrar_campaign *campaign, const json_t *item);

json_t *nomination_text_json(const char *text);
/* links is a JSON array as text. */
json_t *nomination_links_json(const char *links);
/* A dispute as its citizen and the moderators read it. */
json_t *nomination_dispute_json(const struct dispute *dispute);

/* Submits from time to time the entries that the ledger has not answered (resend_registrar.c). The
 * event is the caller's. */
struct event *nomination_resend_start(struct registrar_campaign *campaign);

#endif
