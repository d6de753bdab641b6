/*
 * Texts as they are compared in searching: small letters without marks, and letters that people
 * type for one another made equal (ә→а ғ→г қ→к ң→н ө→о ұ,ү→у һ→х і,й→и ё→е). The same stands in
 * web/src/lib/fold.ts; web/i18n/fold-vectors.json holds both to one set of examples.
 */
#ifndef REGISTER_SEARCH_TEXT_H
#define REGISTER_SEARCH_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Appends text (UTF-8; what is not ends it) folded. */
void search_text_fold(struct slice text, struct buf *out);

/* Appends the full-text pattern that finds every text with words beginning with the words of query,
 * at most eight of them: `"жас"* "баст"*`. Words hold letters and digits only, so that nothing in a
 * query is ever read as syntax. False: there is no word in it. */
bool search_text_pattern(struct slice query, struct buf *out);

#endif
