/*
 * Everything that is refused says why (I11): the one table from problem code to status and to the
 * Kazakh, Russian and English text, answered as application/problem+json (RFC 9457).
 *
 * A text says what happened, what is safe and what to do next. A verdict of the domain is answered
 * under its own name: add a row to problem_rows.c for it.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/language.h"

struct problem {
    const char *code; /* [a-z0-9_]+, part of the API: never renamed */
    int status;
    struct {
        const char *title, *detail;
    } text[LANG_COUNT]; /* by enum lang */
};

/* The row of a code. An unknown code logs a line and gives the row "internal": never NULL. */
const struct problem *problem_find(const char *code);

/* True when the table has the code. */
bool problem_known(const char *code);

/* The one table from enum err to a code: what to answer when a step could not be done. */
const char *problem_of_err(enum err err);

/* All rows, sorted by code; for the page /problems/<code> and for tests. */
extern const struct problem problems[];
extern const size_t problems_len;

/*
 * Appends the JSON body: type (`/problems/<code>`), title, status, detail, code, request_id (NULL:
 * left out) and the members of extra (an object, borrowed, or NULL), which may not replace these.
 */
void problem_put(struct buf *out, const struct problem *problem, enum lang language,
                 const char *request_id, const json_t *extra);

#endif
