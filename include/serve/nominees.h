/*
 * What a ledger process knows of nominees, for the registrar: MESSAGE_NOMINEES with JSON, all of
 * whose members may be missing:
 *
 *     {refs: [index…],     nominees of these ids; others are passed over
 *      pairs: [[cat, ngo]…], the same by category and NGO
 *      undecided: true,    all that are undecided
 *      ngo: "n00017",      all of this NGO, and what the register says of it
 *      twin: index,        others of its category that it can be merged into, and how many of
 *                          them have the same BIN
 *      pass: base64}       the `issue` entries of this pseudonym
 *
 * The answer: {size, at, evaluation (was opened), items, ngo (an object or null), twins,
 * others: [{ref, ngo, name}], passes:
 * [{cat, index}]}. An item is {index, cat, ngo, state, moderated, moderated_at, into (null), text
 * (entry whose c stands), c, erased, supporters, name, …}, with the columns of the register.
 */
#ifndef SERVE_NOMINEES_H
#define SERVE_NOMINEES_H

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/fold.h"
#include "serve/registrar.h"

#define NOMINEES_ANSWER_MAX (16U << 20)

/* The ledger's side. NULL: question is not one. */
json_t *nominees_answer(const struct fold *fold, struct slice question);

/* The registrar's side. answer is an object when err is OK, and valid during the call. */
typedef void nominees_callback(void *context, enum err err, const json_t *answer);

/* Takes question. Launch law. */
enum err nominees_ask(struct registrar_campaign *campaign, json_t *question,
                      nominees_callback *callback, void *context) MUST_CHECK;

#endif
