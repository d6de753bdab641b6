/* Between the files of the registrar process. */
#ifndef SERVE_REGISTRAR_INNER_H
#define SERVE_REGISTRAR_INNER_H

#include "serve/registrar.h"

/* Takes the request. rooms ends with NULL. */
void registrar_got_ask(struct registrar *registrar, const struct registrar_room *const *rooms,
                       struct ipc_request *ipc);

/* The thread of registrar_work(). At the end every job gets its done. */
void registrar_start_worker(struct registrar *registrar);
void registrar_stop_worker(struct registrar *registrar);

#endif
