/* The three languages of every page and every answer. */
#ifndef HTTP_LANGUAGE_H
#define HTTP_LANGUAGE_H

#include <stdbool.h>

#include "base/slice.h"

enum language { LANGUAGE_KK, LANGUAGE_RU, LANGUAGE_EN };
#define LANGUAGE_COUNT 3

/* "kk", "ru", "en". */
const char *language_name(enum language language);

/* True when tag is exactly one of the three names. */
bool language_find(struct slice tag, enum language *language);

/* What a reader wants: the first segment of the path when it is a language, else the best of
 * Accept-Language (RFC 9110 §12.5.4; by weight, then by order), else Kazakh. */
enum language language_wanted(struct slice path, struct slice accept_language);

#endif
