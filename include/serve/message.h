/*
 * What the processes say to one another, in the frames of ipc/frame.h. Pure.
 */
#ifndef SERVE_MESSAGE_H
#define SERVE_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum message_type {
    /* To a ledger: an entry's bytes. Answered OK with a struct submit_answer; ERR_LIMITED: the
     * queue is full; ERR_UNAVAILABLE: nothing new is taken now (Redis away, no space, draining). */
    MESSAGE_SUBMIT = 1,
    /* To the registrar: JSON {ask, campaign, …} (serve/registrar.h). Answered OK with JSON {code,
     * …}, a problem, or with the result. */
    MESSAGE_ASK = 2,
    /* To a ledger: nothing. Answered OK with JSON: how its campaign stands (serve/standing.h). */
    MESSAGE_STANDING = 3,
    /* To either: nothing. Answered OK with JSON {ready: true or false, why: text}. */
    MESSAGE_PING = 4,
    /* To a ledger: JSON {refs, …}. Answered OK with JSON: its nominees (serve/nominees.h). */
    MESSAGE_NOMINEES = 5,
    /* To any process, fronts too: nothing. Answered OK with the text of serve/figures.h. */
    MESSAGE_FIGURES = 64,
};

/* What became of a submitted entry. */
enum submit_verdict { SUBMIT_REFUSED = 0, SUBMIT_ACCEPTED = 1, SUBMIT_REPEATED = 2 };

struct submit_answer {
    enum submit_verdict verdict;
    uint16_t code;           /* enum verdict_code of a refused one (campaign/verdict.h) */
    uint64_t index;          /* where it stands, or what stands in the way */
    uint64_t rev;            /* of what stands in the way */
    uint64_t size;           /* of the checkpoint */
    struct slice checkpoint; /* the signed note that covers index; empty when refused */
};

#define SUBMIT_ANSWER_HEAD 27

/* The fixed part; the checkpoint is sent after it. */
void submit_answer_head(uint8_t out[static SUBMIT_ANSWER_HEAD], const struct submit_answer *answer);

/* The checkpoint points into payload. ERR_CORRUPT: no such answer. */
enum err submit_answer_parse(struct slice payload, struct submit_answer *answer) MUST_CHECK;

#endif
