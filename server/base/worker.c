#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

struct queue {
    struct worker_job *first, **last;
    size_t len;
};

struct worker {
    pthread_t thread;
    size_t most;
    int fd; /* an eventfd: counts done jobs */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* Under the lock. */
    struct queue waiting, done;
    bool stop, stopped;
};

static void queue_put(struct queue *queue, struct worker_job *job)
{
    job->next = NULL;
    *(queue->first == NULL ? &queue->first : queue->last) = job;
    queue->last = &job->next;
    queue->len++;
}

static struct worker_job *queue_take(struct queue *queue)
{
    struct worker_job *job = queue->first;
    if (job == NULL)
        return NULL;
    queue->first = job->next;
    queue->len--;
    return job;
}

static void *run(void *context)
{
    struct worker *worker = context;
    const uint64_t one = 1;
    pthread_mutex_lock(&worker->lock);
    while (!worker->stop) {
        struct worker_job *job = queue_take(&worker->waiting);
        if (job == NULL) {
            pthread_cond_wait(&worker->wake, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        job->work(job);
        pthread_mutex_lock(&worker->lock);
        queue_put(&worker->done, job);
        INVARIANT(write(worker->fd, &one, sizeof one) == sizeof one);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct worker *worker_create(size_t most)
{
    struct worker *worker = xcalloc(1, sizeof *worker);
    sigset_t all, before;
    worker->most = most;
    worker->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    INVARIANT(worker->fd >= 0);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    INVARIANT(pthread_create(&worker->thread, NULL, run, worker) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return worker;
}

enum err worker_send(struct worker *worker, struct worker_job *job)
{
    pthread_mutex_lock(&worker->lock);
    bool room = worker->waiting.len < worker->most;
    if (room) {
        queue_put(&worker->waiting, job);
        pthread_cond_signal(&worker->wake);
    }
    pthread_mutex_unlock(&worker->lock);
    return room ? OK : ERR_LIMITED;
}

int worker_fd(const struct worker *worker)
{
    return worker->fd;
}

struct worker_job *worker_take(struct worker *worker)
{
    uint64_t count;
    pthread_mutex_lock(&worker->lock);
    struct worker_job *job = queue_take(&worker->done);
    if (job == NULL && worker->stopped)
        job = queue_take(&worker->waiting);
    if (job == NULL)
        (void)!read(worker->fd, &count, sizeof count);
    pthread_mutex_unlock(&worker->lock);
    return job;
}

void worker_stop(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    worker->stopped = true;
}

void worker_destroy(struct worker *worker)
{
    if (worker == NULL)
        return;
    INVARIANT(worker->stopped && worker->waiting.first == NULL && worker->done.first == NULL);
    close(worker->fd);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    free(worker);
}
