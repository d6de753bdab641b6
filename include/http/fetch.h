/* One request to an http(s) address and its answer, for commands: libcurl, blocking. */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define HTTP_FETCH_SECONDS 60

/* POSTs body and appends the answer's body to out, whose cap is its limit; *status is what was
 * answered, whatever it is. Redirects are not followed. ERR_UNAVAILABLE: no connection;
 * ERR_UNKNOWN: sent and no whole answer; ERR_INVALID: no address; ERR_LIMITED: the answer is too
 * long. */
enum err http_fetch_post(const char *url, const char *content_type, struct slice body, int *status,
                         struct buf *out, struct fault *fault) MUST_CHECK;

#endif
