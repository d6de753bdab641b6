/* What a request target may look like beyond its bytes; a part of the gate, and as pure. */
#ifndef SERVER_HTTP_TARGET_H
#define SERVER_HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* True for a path of RFC 3986 that begins with one slash and has no escapes and no dot segments,
 * and, after a question mark, a query whose escapes are whole and stand for no control byte. */
bool target_allowed(const char *target, size_t len);

#endif
