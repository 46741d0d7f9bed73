#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include <weft/pool.h>
#include <weft/spawn.h>

#include "scheduler/pool.h"
#include "tests/support/bodies.h"

/* What a watch was told, as words in order; for pools of one worker. */
struct diary {
    char   text[2000];
    size_t n;
    const char *name;
};

static void add(struct diary *d, const char *words)
{
    d->n += (size_t)snprintf(d->text + d->n, sizeof d->text - d->n, "%s%s%s%s", d->n ? "; " : "", d->name ? d->name : "",
                             d->name ? " " : "", words);
}

static void start(void *arg, const weft_plan *plan)
{
    char words[40];

    snprintf(words, sizeof words, "start of %zu", weft_plan_n_tasks(plan));
    add(arg, words);
}

static void pretask(void *arg, weft_task *task, int worker)
{
    char words[80];

    snprintf(words, sizeof words, "before %s on %d", weft_task_name(task), worker);
    add(arg, words);
}

static void posttask(void *arg, weft_task *task, int worker, struct weft_value result, const struct weft_error *err)
{
    char words[480];

    (void)worker;
    if (err)
        snprintf(words, sizeof words, "after %s: %s", weft_task_name(task), err->message);
    else if (result.type)
        snprintf(words, sizeof words, "after %s: %lld", weft_task_name(task), (long long)weft_value_i64(result));
    else
        snprintf(words, sizeof words, "after %s: nothing", weft_task_name(task));
    add(arg, words);
}

static void finish(void *arg, weft_status status)
{
    char words[60];

    snprintf(words, sizeof words, "finish: %s", weft_status_text(status));
    add(arg, words);
}

static struct weft_watch watch_into(struct diary *d)
{
    return (struct weft_watch){.arg = d, .start = start, .pretask = pretask, .posttask = posttask, .finish = finish};
}

static const enum weft_pool_kind kinds[] = {WEFT_POOL_SERIAL, WEFT_POOL_THREADS, WEFT_POOL_PROCESSES};

Test(watch, tells_the_life_of_a_run_in_order)
{
    for (int k = 0; k < 3; k++) {
        struct diary d = {0};
        const struct weft_watch watch = watch_into(&d);
        weft_graph *g = weft_graph_new();
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kinds[k], .n_workers = 1});
        weft_task *a = weft_add(g, body_add, .name = "a", .arg = arg_of(2));
        weft_task *b = weft_add(g, body_add, .name = "b", .arg = arg_of(3), .deps = WEFT_DEPS(a));

        cr_assert_eq(weft_pool_run_many(pool, &b, 1, &(struct weft_run_spec){.watch = &watch}, NULL, NULL), WEFT_OK);
        cr_assert_str_eq(d.text, "start of 2; before a on 0; after a: 2; before b on 0; after b: 5; finish: ok");
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

Test(watch, a_failure_is_told_and_what_may_not_run_is_not)
{
    struct diary d = {0};
    const struct weft_watch watch = watch_into(&d);
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_task *a = weft_add(g, body_fail, .name = "a");
    weft_task *b = weft_add(g, body_add, .name = "b", .deps = WEFT_DEPS(a));

    cr_assert_eq(weft_pool_run_many(pool, &b, 1, &(struct weft_run_spec){.watch = &watch}, NULL, NULL), WEFT_FAILED);
    cr_assert_str_eq(d.text, "start of 2; before a on 0; after a: told to; finish: failed");
    weft_pool_free(pool);
    weft_graph_free(g);
}

static weft_status fail_silently(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_RANGE;
}

Test(watch, a_failure_without_a_sentence_has_the_words_of_its_status)
{
    struct diary d = {0};
    const struct weft_watch watch = {.arg = &d, .posttask = posttask};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_task *t = weft_add(g, fail_silently, .name = "t");
    struct weft_error err;

    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.watch = &watch}, NULL, &err), WEFT_RANGE);
    cr_assert_str_eq(d.text, "after t: out of range");
    cr_assert_str_eq(err.message, "out of range");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(watch, of_a_pool_it_hears_all_runs_and_before_that_of_the_run)
{
    struct diary d = {0};
    struct weft_watch of_pool = {.arg = &d, .start = start, .finish = finish};
    const struct weft_watch of_run = {.arg = &d, .pretask = pretask, .finish = finish};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1, .watch = &of_pool});
    weft_task *a = weft_add(g, body_add, .name = "a");

    of_pool = (struct weft_watch){0}; /* it was copied */
    cr_assert_eq(weft_pool_run(pool, a, NULL, NULL), WEFT_OK);
    cr_assert_str_eq(d.text, "start of 1; finish: ok");
    d.n = 0;
    cr_assert_eq(weft_pool_run_many(pool, &a, 1, &(struct weft_run_spec){.watch = &of_run}, NULL, NULL), WEFT_OK);
    cr_assert_str_eq(d.text, "start of 1; before a on 0; finish: ok; finish: ok");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(watch, a_run_of_known_values_starts_and_finishes)
{
    struct diary d = {0};
    const struct weft_watch watch = watch_into(&d);
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_task *a = weft_graph_put(g, weft_value_of_i64(3));

    cr_assert_eq(weft_pool_run_many(pool, &a, 1, &(struct weft_run_spec){.watch = &watch}, NULL, NULL), WEFT_OK);
    cr_assert_str_eq(d.text, "start of 0; finish: ok");
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* Gives what its child gives: 8. */
static weft_status child(weft_call *call, void *arg, struct weft_error *err)
{
    add(arg, "child");
    (void)err;
    weft_call_return(call, weft_value_of_i64(8));
    return WEFT_OK;
}

static weft_status becomes_child(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *c = weft_spawn(call, child, .arg = arg);

    (void)err;
    add(arg, "body");
    weft_become(call, NULL, .deps = &c, .n_deps = 1);
    return WEFT_OK;
}

Test(watch, a_task_with_children_has_finished_when_they_have)
{
    for (int k = 0; k < 2; k++) {
        struct diary d = {0};
        const struct weft_watch watch = watch_into(&d);
        weft_graph *g = weft_graph_new();
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kinds[k], .n_workers = 1});
        weft_task *t = weft_add(g, becomes_child, .name = "t", .arg = &d);

        cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.watch = &watch}, NULL, NULL), WEFT_OK);
        cr_assert_str_eq(d.text, "start of 1; before t on 0; body; child; after t: 8; finish: ok");
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

struct counts {
    _Atomic int starts, before, after, finishes, out_of_order;
};

static void count_start(void *arg, const weft_plan *plan)
{
    struct counts *c = arg;

    (void)plan;
    c->starts++;
}

static void count_before(void *arg, weft_task *task, int worker)
{
    struct counts *c = arg;

    (void)task, (void)worker;
    c->before++;
    c->out_of_order += c->finishes != 0 || c->starts != 1;
}

static void count_after(void *arg, weft_task *task, int worker, struct weft_value result, const struct weft_error *err)
{
    struct counts *c = arg;

    (void)task, (void)worker, (void)result, (void)err;
    c->after++;
    c->out_of_order += c->finishes != 0;
}

static void count_finish(void *arg, weft_status status)
{
    struct counts *c = arg;

    (void)status;
    c->finishes++;
    c->out_of_order += c->after != c->before;
}

Test(watch, hears_every_task_once_with_many_workers)
{
    enum { N = 2000 };
    struct counts c = {0};
    const struct weft_watch watch = {&c, count_start, count_before, count_after, count_finish};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 7});
    weft_task *leaves[N], *sum;
    struct weft_value v;

    for (int i = 0; i < N; i++)
        leaves[i] = weft_add(g, body_add, .arg = arg_of(i));
    sum = weft_graph_add(g, &(struct weft_task_spec){.name = "sum", .body = body_add, .deps = leaves, .n_deps = N});
    cr_assert_eq(weft_pool_run_many(pool, &sum, 1, &(struct weft_run_spec){.watch = &watch}, &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), N * (N - 1) / 2);
    cr_assert_eq(c.starts, 1);
    cr_assert_eq(c.before, N + 1);
    cr_assert_eq(c.after, N + 1);
    cr_assert_eq(c.finishes, 1);
    cr_assert_eq(c.out_of_order, 0);
    weft_pool_free(pool);
    weft_graph_free(g);
}
