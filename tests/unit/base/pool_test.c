#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/mem.h"
#include "base/pool.h"

struct counts {
    atomic_uint *done;
    atomic_uint elsewhere; /* items that another thread than the caller's did */
    pthread_t caller;
    atomic_bool signals_open;
};

static void count(void *context, size_t index)
{
    struct counts *counts = context;
    sigset_t blocked;

    atomic_fetch_add(&counts->done[index], 1);
    if (pthread_equal(pthread_self(), counts->caller))
        return;
    atomic_fetch_add(&counts->elsewhere, 1);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (!sigismember(&blocked, SIGTERM))
        atomic_store(&counts->signals_open, true);
}

static void each_item_once(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 5, 31, 32, 33, 1000, 4097};

    for (unsigned threads = 1; threads <= 5; threads++) {
        struct pool *pool = pool_create(threads);

        assert_int_equal(pool_threads(pool), threads);
        for (unsigned round = 0; round < 50; round++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                struct counts counts = {.done = xcalloc(sizes[s] + 1, sizeof *counts.done),
                                        .caller = pthread_self()};

                pool_run(pool, sizes[s], count, &counts);
                for (size_t i = 0; i < sizes[s]; i++)
                    assert_int_equal(counts.done[i], 1);
                assert_int_equal(counts.done[sizes[s]], 0);
                assert_false(counts.signals_open);
                if (threads == 1 || sizes[s] <= 1)
                    assert_int_equal(counts.elsewhere, 0);
                free(counts.done);
            }
        pool_destroy(pool);
    }
    pool_destroy(NULL);
}

static pthread_barrier_t barrier;

static void meet(void *context, size_t index)
{
    (void)index;
    atomic_fetch_add((atomic_uint *)context, 1);
    pthread_barrier_wait(&barrier);
}

/* Three items that wait for each other finish only when three threads work at once. */
static void works_side_by_side(void **state)
{
    (void)state;
    struct pool *pool = pool_create(3);
    atomic_uint done = 0;

    pthread_barrier_init(&barrier, NULL, 3);
    for (unsigned i = 0; i < 20; i++)
        pool_run(pool, 3, meet, &done);
    assert_int_equal(done, 60);
    pthread_barrier_destroy(&barrier);
    pool_destroy(pool);
}

static void as_many_as_cores(void **state)
{
    (void)state;
    struct pool *pool = pool_create(0);

    assert_true(pool_threads(pool) >= 1);
    pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_once),
        cmocka_unit_test(works_side_by_side),
        cmocka_unit_test(as_many_as_cores),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
