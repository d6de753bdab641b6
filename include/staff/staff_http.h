/* What the front's endpoints for staff and moderators stand on. */
#ifndef STAFF_STAFF_HTTP_H
#define STAFF_STAFF_HTTP_H

#include "serve/front.h"

/* The cookie of a session: one on a host, so signing in to another campaign ends this one's. */
#define STAFF_COOKIE "__Host-dauys-staff"

/*
 * front_ask_then() and front_ask() with the session's cookie and the CSRF token. A request that
 * changes something and does not come from a page of this very origin is answered with csrf: other
 * sites' forms and scripts send the cookie too. Takes members.
 */
void staff_ask_then(struct front *front, struct http_request *request, const char *ask,
                    json_t *members, front_answered *then);
void staff_ask(struct front *front, struct http_request *request, const char *ask, json_t *members,
               int status);

#endif
