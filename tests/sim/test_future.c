/* test_future.c - the end of a run against who waits for it and who stops it, under every schedule.
 *
 * The future and its pool are made by hand and as small as can be: a run without
 * targets, whose one result is a plain number. Whoever has waited frees the future,
 * and then the pool, while the others may still be about to leave.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"

struct scene {
    weft_pool   *pool;
    weft_future *f;
    int         *result;
    int64_t      timeout_ns;
};

static void *finisher(void *arg)
{
    struct scene *s = arg;

    wf_sim_write(s->result, sizeof *s->result);
    *s->result = 7;
    wf_mutex_lock(&s->pool->lock); /* as wf_pool_finish() */
    s->f->run = NULL;
    wf_mutex_unlock(&s->pool->lock);
    wf_future_tell(s->f);
    return NULL;
}

static void *canceller(void *arg)
{
    struct scene *s = arg;

    weft_future_cancel(s->f);
    return NULL;
}

static void play(void *how)
{
    struct scene s = *(const struct scene *)how;
    const bool cancels = s.pool != NULL;
    wf_thread ends, stops;

    s.pool = wf_alloc_aligned(sizeof *s.pool);
    memset(s.pool, 0, sizeof *s.pool);
    wf_mutex_init(&s.pool->lock);
    s.f = wf_alloc_zero(1, sizeof *s.f);
    s.result = wf_alloc(sizeof *s.result);
    s.f->pool = s.pool;
    s.f->run = &s.pool->runs[0];
    wf_mutex_init(&s.f->lock);
    wf_init(&s.f->done, 0);
    wf_init(&s.f->stop, false);
    wf_sim_name(&s.f->done, "done");
    wf_thread_start(&ends, finisher, &s);
    if (cancels)
        wf_thread_start(&stops, canceller, &s);
    while (weft_future_wait(s.f, s.timeout_ns))
        wf_sim_check(s.timeout_ns >= 0, "a wait without end has ended");
    wf_sim_check(*s.result == 7, "the result is not there");
    wf_sim_read(s.result, sizeof *s.result);
    wf_free(s.pool); /* nobody is in it any more, though nobody has been joined */
    if (cancels)
        wf_thread_join(stops); /* who stops a run may not be robbed of its future */
    wf_free(s.f);
    wf_free(s.result);
    wf_thread_join(ends);
}

Test(future, who_waits_sees_the_result_and_may_free_everything)
{
    sim_all("wait", play, &(struct scene){.timeout_ns = -1}, 4, 3);
    sim_all("wait a while", play, &(struct scene){.timeout_ns = 200000}, 2, 2);
}

Test(future, stopping_does_not_outlive_the_end)
{
    static weft_pool some;

    sim_all("wait and stop", play, &(struct scene){.pool = &some, .timeout_ns = -1}, 3, 2);
}
