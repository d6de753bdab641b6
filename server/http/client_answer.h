/* Parts of an answer, read strictly; for client.c. */
#ifndef SERVER_HTTP_CLIENT_ANSWER_H
#define SERVER_HTTP_CLIENT_ANSWER_H

#include <stdbool.h>

#include "base/slice.h"

/* The first header of that name, without regard to case. head holds status line and headers. */
bool answer_header(struct slice head, const char *name, struct slice *value);

/* Status of "HTTP/1.1 200 …"; 0 when it is none. */
int answer_status(struct slice head);

/* A Content-Length of 1 to 10 digits. */
bool answer_length(struct slice text, size_t *length);

#endif
