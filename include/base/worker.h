/*
 * One thread beside an event loop, for single calculations that would hold the loop up: a
 * password's hash takes a tenth of a second. Jobs are done one after another, so their memory is
 * needed once.
 */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stddef.h>

#include "base/err.h"

struct worker;

/* The first member of what its owner sends; the worker's from worker_send() to worker_take(). */
struct worker_job {
    void (*work)(struct worker_job *job); /* on the worker's thread */
    struct worker_job *next;
};

/* At most so many jobs wait. Signals are blocked in its thread. */
struct worker *worker_create(size_t most);

/* ERR_LIMITED: too many wait; the job stays the caller's. */
enum err worker_send(struct worker *worker, struct worker_job *job) MUST_CHECK;

/* Readable while there are done jobs to take. */
int worker_fd(const struct worker *worker);

/* The next done job, or NULL: then the descriptor has been emptied. */
struct worker_job *worker_take(struct worker *worker);

/* Ends the thread after the job in hand. Jobs that waited are to be taken, undone. */
void worker_stop(struct worker *worker);

/* After worker_stop() and taking everything. NULL is fine. */
void worker_destroy(struct worker *worker);

#endif
