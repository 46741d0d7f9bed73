/* bench_trace.c - what tracing adds to tasks of one microsecond. */
#include "bench/support/benches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static weft_status work_1us(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t until = bench_now_ns() + 1000;

    (void)call;
    (void)err;
    ++*(unsigned char *)arg;
    while (bench_now_ns() < until)
        ;
    return WEFT_OK;
}

struct setting {
    weft_pool     *pool;
    weft_graph    *graph;
    weft_plan     *plan;
    unsigned char *n_ran;  /* of each task, over all runs */
    int64_t        n;
};

static bool setting_init(struct setting *s, const struct bench_request *request)
{
    weft_task **tasks = bench_alloc((size_t)request->n, sizeof *tasks);

    *s = (struct setting){ .n = request->n };
    s->n_ran = bench_alloc((size_t)s->n, 1);
    s->pool = weft_pool_new(&(struct weft_pool_spec){
        .n_workers = request->workers, .trace = !strcmp(request->who, "weft-trace"),
        .trace_events = 4 * (size_t)s->n, .progress = WEFT_PROGRESS_OFF,
    });
    s->graph = weft_graph_new();
    for (int64_t i = 0; i < s->n; i++)
        tasks[i] = weft_add(s->graph, work_1us, .arg = &s->n_ran[i]);
    weft_plan_new(&s->plan, tasks, (size_t)s->n, NULL, NULL);
    free(tasks);
    return s->pool && s->plan;
}

static void setting_fini(struct setting *s)
{
    weft_plan_free(s->plan);
    weft_graph_free(s->graph);
    weft_pool_free(s->pool);
    free(s->n_ran);
}

static bool run(struct setting *s)
{
    return !weft_pool_run_plan(s->pool, s->plan, NULL, NULL, NULL);
}

/* Every task ran once, and the trace, if there is one, says so. */
static bool check(struct setting *s, bool traced)
{
    weft_trace *trace = NULL;
    int64_t     n_seen = 0;
    bool        right = run(s);

    for (int64_t i = 0; i < s->n; i++)
        right = right && s->n_ran[i] == 1;
    if (!traced || !right)
        return right;
    right = !weft_trace_of_pool(&trace, s->pool, NULL);
    for (size_t i = 0; right && i < weft_trace_n_events(trace); i++)
        n_seen += weft_trace_events(trace)[i].kind == WEFT_EVENT_TASK;
    weft_trace_free(trace);
    if (n_seen != s->n)
        fprintf(stderr, "%lld tasks ran, the trace has %lld\n", (long long)s->n, (long long)n_seen);
    return right && n_seen == s->n;
}

static int answer(const struct bench_request *request)
{
    struct setting s;
    bool           right = setting_init(&s, request);

    if (request->check)
        right = right && check(&s, !strcmp(request->who, "weft-trace"));
    else
        right = right && run(&s);
    for (int r = 0; r < request->runs && !request->check && right; r++) {
        const int64_t begin = bench_now_ns();

        right = run(&s);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)s.n);
    }
    setting_fini(&s);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "1us", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "weft-trace", NULL };

const struct bench bench_trace_cost = {
    .name = "trace-cost", .unit = "ns/task", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 50000, .n_quick = 1000, .answer = answer,
};
