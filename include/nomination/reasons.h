/* Coded reasons of decisions, with a text to begin with in the three languages. A moderator may
 * change the text; the code stays. Data, no more. */
#ifndef NOMINATION_REASONS_H
#define NOMINATION_REASONS_H

#include <stddef.h>

#include "base/slice.h"
#include "campaign/rules.h"

struct reason {
    const char *code;
    const char *d; /* the decision it is for */
    const char *text[RULES_LANGS];
};

extern const struct reason reasons[];
extern const size_t reasons_len;

/* True when this decision may have this code. */
bool reason_known(struct slice d, struct slice code);

#endif
