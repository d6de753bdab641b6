#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/worker.h"

struct sum {
    struct worker_job job;
    int number, square;
    pthread_t thread;
};

static void square(struct worker_job *job)
{
    struct sum *sum = (struct sum *)job;
    sum->thread = pthread_self();
    sum->square = sum->number * sum->number;
}

static void wait_for(struct worker *worker)
{
    struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 10000), 1);
}

static void jobs_are_done_elsewhere_in_order(void **state)
{
    struct sum sums[3] = {{.number = 2}, {.number = 3}, {.number = 4}};
    struct worker *worker = worker_create(8);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sums[i].job.work = square;
        assert_int_equal(worker_send(worker, &sums[i].job), OK);
    }
    for (size_t taken = 0; taken < 3;) {
        wait_for(worker);
        for (struct worker_job *job; (job = worker_take(worker)) != NULL; taken++)
            assert_ptr_equal(job, &sums[taken].job);
    }
    assert_int_equal(sums[2].square, 16);
    assert_false(pthread_equal(sums[0].thread, pthread_self()));
    struct pollfd fd = {.fd = worker_fd(worker), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 0), 0); /* nothing is left */
    worker_stop(worker);
    worker_destroy(worker);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void wait_at_gate(struct worker_job *job)
{
    (void)job;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
}

static void too_many_are_refused_and_the_rest_comes_back(void **state)
{
    struct sum sums[4] = {{.number = 1}};
    struct worker *worker = worker_create(1);
    size_t sent = 0, taken = 0;
    (void)state;
    pthread_mutex_lock(&gate);
    for (size_t i = 0; i < 4; i++) {
        sums[i].job.work = wait_at_gate;
        sent += worker_send(worker, &sums[i].job) == OK ? 1 : 0;
    }
    assert_in_range(sent, 1, 2); /* one waits, one may be in hand */
    pthread_mutex_unlock(&gate);
    worker_stop(worker);
    while (worker_take(worker) != NULL)
        taken++;
    assert_int_equal(taken, sent);
    worker_destroy(worker);
    worker_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_done_elsewhere_in_order),
        cmocka_unit_test(too_many_are_refused_and_the_rest_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
