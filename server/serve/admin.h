/* The admin listener of the first front: /metrics of all processes. */
#ifndef SERVER_SERVE_ADMIN_H
#define SERVER_SERVE_ADMIN_H

#include "serve/front.h"

struct admin;

/* *admin is NULL for a front without that listener. */
enum err admin_open(struct front *front, struct admin **admin, struct fault *fault) MUST_CHECK;
void admin_close(struct admin *admin);

#endif
