#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/machine.h>
#include <weft/pool.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "scheduler/settle.h"
#include "tests/support/bodies.h"
#include "tests/support/config_env.h"
#include "tests/support/nomem.h"

static void clear(void)
{
    config_env_clear("/nowhere");
}

TestSuite(settle, .init = clear);

static struct weft_pool_spec settled(const struct weft_pool_spec *spec)
{
    struct wf_settled s;
    struct weft_error err;

    cr_assert_eq(wf_settle(&s, spec, false, &err), WEFT_OK, "%s", err.message);
    wf_settled_fini(&s);
    return s.spec;
}

static weft_config *config_of(const char *name, const char *value)
{
    struct weft_error err;
    weft_config *c;

    cr_assert_eq(weft_config_defaults(&c, &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, name, value, &err), WEFT_OK, "%s", err.message);
    return c;
}

Test(settle, nobody_saying_anything_means_threads_that_are_pinned)
{
    const struct weft_pool_spec s = settled(NULL);

    cr_assert_eq(s.kind, WEFT_POOL_THREADS);
    cr_assert_eq(s.n_workers, 0);
    cr_assert_not(s.no_pin);
    cr_assert_not(s.trace);
    cr_assert_eq(s.trace_events, 65536);
}

Test(settle, the_environment_says_what_the_spec_leaves_open)
{
    struct weft_pool_spec s;

    setenv("WEFT_WORKERS", "5", 1);
    setenv("WEFT_POOL__KIND", "processes", 1);
    setenv("WEFT_POOL__PIN", "no", 1);
    setenv("WEFT_TRACE__ON", "yes", 1);
    setenv("WEFT_TRACE__EVENTS", "100", 1);
    setenv("WEFT_MEMORY_LIMIT", "64MiB", 1);
    setenv("WEFT_SPILL__DIR", "/var/tmp", 1);
    setenv("WEFT_SPILL__LIMIT", "1GB", 1);
    setenv("WEFT_PROGRESS", "0", 1);
    setenv("WEFT_PROGRESS__INTERVAL", "2s", 1);
    setenv("WEFT_RERUN_FAILED", "yes", 1);
    s = settled(NULL);
    cr_assert_eq(s.kind, WEFT_POOL_PROCESSES);
    cr_assert_eq(s.n_workers, 5);
    cr_assert(s.no_pin);
    cr_assert(s.trace);
    cr_assert_eq(s.trace_events, 100);
    cr_assert_eq(s.limit_bytes, (size_t)64 << 20);
    cr_assert_eq(s.spill_bytes, 1000000000);
    cr_assert_eq(s.progress, WEFT_PROGRESS_OFF);
    cr_assert_eq(s.progress_interval_ns, 2000000000);
    cr_assert(s.rerun_failed);

    s = settled(&(struct weft_pool_spec){.kind = WEFT_POOL_THREADS, .n_workers = 2, .trace_events = 7, .limit_bytes = 5,
                                         .progress = WEFT_PROGRESS_ON, .progress_interval_ns = 3});
    cr_assert_eq(s.limit_bytes, 5);
    cr_assert_eq(s.progress, WEFT_PROGRESS_ON);
    cr_assert_eq(s.progress_interval_ns, 3);
    cr_assert_eq(s.kind, WEFT_POOL_THREADS);
    cr_assert_eq(s.n_workers, 2);
    cr_assert_eq(s.trace_events, 7);
}

Test(settle, a_limit_that_is_configured_is_one_of_the_pool)
{
    weft_config *c = config_of("memory.limit", "64MiB");
    struct weft_pool_memory memory;
    struct weft_error err;
    weft_pool *pool = NULL;

    cr_assert_eq(weft_config_set(c, "spill.dir", "/tmp", NULL), WEFT_OK);
    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.config = c, .n_workers = 2}, &err), WEFT_OK, "%s", err.message);
    weft_config_free(c);
    weft_pool_memory(pool, &memory);
    cr_assert_eq(memory.limit, (size_t)64 << 20);
    weft_pool_free(pool);
}

Test(settle, a_configuration_given_takes_the_place_of_the_environment)
{
    weft_config *c = config_of("pool.workers", "3");

    setenv("WEFT_WORKERS", "5", 1);
    setenv("WEFT_POOL__KIND", "nonsense", 1);
    cr_assert_eq(settled(&(struct weft_pool_spec){.config = c}).n_workers, 3);
    cr_assert_eq(settled(&(struct weft_pool_spec){.config = c}).kind, WEFT_POOL_THREADS);
    cr_assert_eq(settled(&(struct weft_pool_spec){.config = c, .n_workers = 4}).n_workers, 4);
    weft_config_free(c);
}

static weft_status refuse_to_start(void *self, void (*fn)(void *arg), void *arg)
{
    (void)self, (void)fn, (void)arg;
    return WEFT_FAILED;
}

Test(settle, threads_that_are_brought_are_used)
{
    const struct weft_executor executor = {.submit = refuse_to_start};

    setenv("WEFT_POOL__KIND", "sync", 1);
    cr_assert_eq(settled(&(struct weft_pool_spec){.executor = &executor}).kind, WEFT_POOL_THREADS);
}

/* Runs one task that answers 9. */
static weft_status run_nine(weft_pool *pool, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    const weft_status st = weft_pool_run(pool, weft_add(g, body_add, .arg = arg_of(9)), &v, err);

    if (!st)
        cr_assert_eq(weft_value_i64(v), 9);
    weft_graph_free(g);
    return st;
}

Test(settle, a_pool_is_of_the_kind_its_name_says)
{
    static const char *const names[] = {"threads", "processes", "sync"};
    static const enum weft_pool_kind kinds[] = {WEFT_POOL_THREADS, WEFT_POOL_PROCESSES, WEFT_POOL_SERIAL};

    for (int i = 0; i < 3; i++) {
        weft_config *c = config_of("pool.kind", names[i]);
        struct weft_error err;
        weft_pool *pool;

        cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.config = c, .n_workers = 2}, &err), WEFT_OK);
        weft_config_free(c);
        cr_assert_eq(pool->kind, kinds[i]);
        cr_assert_eq(weft_pool_n_workers(pool), kinds[i] == WEFT_POOL_SERIAL ? 1 : 2);
        cr_assert_eq(run_nine(pool, &err), WEFT_OK, "%s", err.message);
        weft_pool_free(pool);
    }
}

Test(settle, the_environment_sets_the_number_of_workers)
{
    struct weft_machine m;
    weft_pool *pool;

    setenv("WEFT_WORKERS", "5", 1);
    pool = weft_pool_new(NULL);
    cr_assert_eq(weft_pool_n_workers(pool), 5);
    weft_pool_free(pool);
    cr_assert_eq(weft_machine_look(&m, NULL), WEFT_OK);
    cr_assert_eq(m.n_workers, 5);
}

Test(settle, a_wrong_configuration_opens_no_pool_and_says_why)
{
    struct weft_error err;
    weft_pool *pool = NULL;

    setenv("WEFT_WORKERS", "many", 1);
    cr_assert_eq(weft_pool_open(&pool, NULL, &err), WEFT_PARSE);
    cr_assert_null(pool);
    cr_assert_str_eq(err.message, "WEFT_WORKERS: 'many' is not a number from 1 to 4096, or auto");
    cr_assert_eq(weft_machine_look(&(struct weft_machine){0}, &err), WEFT_PARSE);
}

static weft_status nothing(const void *in, void *out, void *arg, struct weft_error *err)
{
    (void)in, (void)out, (void)arg, (void)err;
    cr_assert_fail("no body runs");
    return WEFT_OK;
}

Test(settle, a_pool_made_without_a_word_tells_it_by_every_run)
{
    struct weft_error err = {0};
    weft_future *f = NULL;
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .arg = arg_of(9));
    weft_pool *pool;

    setenv("WEFT_WORKERS", "many", 1);
    pool = weft_pool_new(NULL);
    cr_assert_not_null(pool);
    cr_assert_geq(weft_pool_n_workers(pool), 1);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(run_nine(pool, &err), WEFT_PARSE);
        cr_assert_str_eq(err.message, "WEFT_WORKERS: 'many' is not a number from 1 to 4096, or auto");
    }
    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, NULL), WEFT_PARSE);
    cr_assert_null(f);
    cr_assert_eq(weft_pool_map(pool, nothing, NULL, NULL, 0, NULL, 0, 10, 0, &err), WEFT_PARSE);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(settle, threads_that_do_not_start_are_told)
{
    const struct weft_executor executor = {.submit = refuse_to_start};
    const struct weft_pool_spec spec = {.executor = &executor, .n_workers = 2};
    struct weft_error err;
    weft_pool *pool = NULL;

    cr_assert_eq(weft_pool_open(&pool, &spec, &err), WEFT_NOMEM);
    cr_assert_str_eq(err.message, "a pool of 2 workers: only 0 could be started");
    cr_assert_null(weft_pool_new(&spec));
}

static weft_status open_pool(void *arg)
{
    weft_pool *pool = NULL;
    const weft_status st = weft_pool_open(&pool, NULL, NULL);

    (void)arg;
    weft_pool_free(pool);
    return st;
}

static weft_status new_refusing_pool(void *arg)
{
    weft_pool *pool = weft_pool_new(NULL);
    weft_status st = pool ? WEFT_OK : WEFT_NOMEM;

    (void)arg;
    if (pool && pool->refusal)
        cr_assert_eq(pool->refusal->status, WEFT_PARSE);
    weft_pool_free(pool);
    return st;
}

Test(settle, no_memory_is_told_and_leaks_nothing)
{
    weft_pool_free(weft_pool_new(NULL)); /* the machine stays known */
    setenv("WEFT_WORKERS", "2", 1);
    nomem_everywhere(open_pool, NULL);
    setenv("WEFT_WORKERS", "two", 1);
    nomem_everywhere(new_refusing_pool, NULL);
}
