/*
 * One job at a time: the caller publishes it under the lock and takes part; a worker that wakes in
 * time joins it, one that wakes late finds it closed. The caller waits only for those that joined,
 * so a batch smaller than the time a thread needs to wake costs no more than without a pool.
 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#define THREADS_MAX 256

struct pool {
    unsigned threads; /* the caller included */
    pthread_t *workers;

    pthread_mutex_t lock;
    pthread_cond_t wake, joined;
    /* Under the lock. */
    uint64_t generation; /* of the job: tells a worker whether it has seen it */
    bool open, stop;
    unsigned active; /* workers inside the job */

    /* Written by the caller while no worker is active. */
    void (*work)(void *, size_t);
    void *context;
    size_t count, step;
    atomic_size_t next;
};

/* Takes steps of several indices, so that cheap items do not fight over the counter. */
static void take_part(struct pool *pool)
{
    for (;;) {
        size_t first = atomic_fetch_add(&pool->next, pool->step), last;

        if (first >= pool->count)
            return;
        last = pool->count - first > pool->step ? first + pool->step : pool->count;
        for (size_t i = first; i < last; i++)
            pool->work(pool->context, i);
    }
}

static void *worker(void *arg)
{
    struct pool *pool = arg;
    uint64_t seen = 0;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && !(pool->open && pool->generation != seen))
            pthread_cond_wait(&pool->wake, &pool->lock);
        if (pool->stop)
            break;
        seen = pool->generation;
        pool->active++;
        pthread_mutex_unlock(&pool->lock);
        take_part(pool);
        pthread_mutex_lock(&pool->lock);
        if (--pool->active == 0)
            pthread_cond_signal(&pool->joined);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals belong to the thread with the event loop. */
static void start_workers(struct pool *pool)
{
    sigset_t all, before;

    sigfillset(&all);
    INVARIANT(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    for (unsigned i = 0; i + 1 < pool->threads; i++)
        INVARIANT(pthread_create(&pool->workers[i], NULL, worker, pool) == 0);
    INVARIANT(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

struct pool *pool_create(unsigned threads)
{
    struct pool *pool = xcalloc(1, sizeof *pool);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (threads == 0)
        threads = cores > 0 ? (unsigned)cores : 1;
    pool->threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    pool->workers = xcalloc(pool->threads, sizeof *pool->workers);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->joined, NULL);
    start_workers(pool);
    return pool;
}

void pool_destroy(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i + 1 < pool->threads; i++)
        pthread_join(pool->workers[i], NULL);
    pthread_cond_destroy(&pool->joined);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

unsigned pool_threads(const struct pool *pool)
{
    return pool->threads;
}

static void open_job(struct pool *pool, size_t count, void (*work)(void *, size_t), void *context)
{
    pthread_mutex_lock(&pool->lock);
    pool->work = work;
    pool->context = context;
    pool->count = count;
    pool->step = count / (8 * (size_t)pool->threads) + 1;
    atomic_store(&pool->next, 0);
    pool->generation++;
    pool->open = true;
    if (count - 1 < pool->threads - 1)
        for (size_t i = 0; i + 1 < count; i++)
            pthread_cond_signal(&pool->wake);
    else
        pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

void pool_run(struct pool *pool, size_t count, void (*work)(void *context, size_t index),
              void *context)
{
    if (count <= 1 || pool->threads == 1) {
        for (size_t i = 0; i < count; i++)
            work(context, i);
        return;
    }
    open_job(pool, count, work, context);
    take_part(pool);
    pthread_mutex_lock(&pool->lock);
    pool->open = false;
    while (pool->active > 0)
        pthread_cond_wait(&pool->joined, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
