#include "registrar_inner.h"

#include <event2/event.h>

#define WAITING_MAX 48 /* passwords at a tenth of a second each: below a front's patience */

static void work(struct worker_job *job)
{
    struct registrar_job *own = (struct registrar_job *)job;
    own->work(own);
    own->worked = true;
}

static void take_all(struct worker *worker)
{
    struct worker_job *job;
    while ((job = worker_take(worker)) != NULL) {
        struct registrar_job *own = (struct registrar_job *)job;
        own->done(own);
    }
}

static void on_worked(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    take_all(((struct registrar *)context)->worker);
}

enum err registrar_work(struct registrar *registrar, struct registrar_job *job)
{
    job->job.work = work;
    job->worked = false;
    return worker_send(registrar->worker, &job->job);
}

void registrar_start_worker(struct registrar *registrar)
{
    registrar->worker = worker_create(WAITING_MAX);
    registrar->worked = event_new(registrar->base, worker_fd(registrar->worker),
                                  EV_READ | EV_PERSIST, on_worked, registrar);
    event_add(registrar->worked, NULL);
}

void registrar_stop_worker(struct registrar *registrar)
{
    event_free(registrar->worked);
    worker_stop(registrar->worker);
    take_all(registrar->worker);
    worker_destroy(registrar->worker);
}
