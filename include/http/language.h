/* Which of the three languages (http/fmt.h) an answer is written in. */
#ifndef HTTP_LANGUAGE_H
#define HTTP_LANGUAGE_H

#include "base/slice.h"
#include "http/fmt.h"

/* What a reader wants: the first segment of the path when it is a language, else the best of
 * Accept-Language (RFC 9110 §12.5.4; by weight, then by order), else Kazakh. Either may be empty.
 */
enum lang language_wanted(struct slice path, struct slice accept_language);

#endif
