/* bench_export.c - how fast a trace goes to a file, and to files for other tools; beside it, what
 * writing as many bytes takes that are there already. */
#include "bench/support/benches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft/weft.h>

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)arg;
    (void)err;
    return WEFT_OK;
}

struct setting {
    weft_trace *trace;
    char        path[64];
    bool        is_plain;
    bool        is_export;
    char       *bytes;   /* of the file, for who writes only them */
    size_t      n_bytes;
};

/* Tasks in layers of a thousand, each reading two of the layer before. */
static weft_trace *traced(int64_t n, int n_workers)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){
        .n_workers = n_workers, .trace = true, .trace_events = 4 * (size_t)n, .progress = WEFT_PROGRESS_OFF});
    weft_task **tasks = bench_alloc((size_t)n, sizeof *tasks);
    weft_plan *plan = NULL;
    weft_trace *t = NULL;

    for (int64_t i = 0; i < n; i++) {
        weft_task *reads[] = { i < 1001 ? NULL : tasks[i - 1000], i < 1001 ? NULL : tasks[i - 1001] };

        tasks[i] = weft_add(g, nothing, .name = i % 3 ? "map" : "sum", .deps = reads, .n_deps = i < 1001 ? 0 : 2);
    }
    if (!weft_plan_new(&plan, tasks, (size_t)n, NULL, NULL) && !weft_pool_run_plan(pool, plan, NULL, NULL, NULL))
        weft_trace_of_pool(&t, pool, NULL);
    weft_pool_free(pool);
    weft_plan_free(plan);
    weft_graph_free(g);
    free(tasks);
    return t;
}

static bool write_trace(const struct setting *s)
{
    return s->is_export ? !weft_export(s->trace, s->path, NULL, NULL) : !weft_trace_write(s->trace, s->path, NULL);
}

static bool read_bytes(struct setting *s)
{
    FILE *f = fopen(s->path, "rb");
    bool right = f && !fseek(f, 0, SEEK_END);

    s->n_bytes = right ? (size_t)ftell(f) : 0;
    s->bytes = bench_alloc(s->n_bytes + 1, 1);
    right = right && !fseek(f, 0, SEEK_SET) && fread(s->bytes, 1, s->n_bytes, f) == s->n_bytes;
    if (f)
        fclose(f);
    return right;
}

static bool write_bytes(const struct setting *s)
{
    FILE *f = fopen(s->path, "wb");
    const bool right = f && fwrite(s->bytes, 1, s->n_bytes, f) == s->n_bytes;

    return f && !fclose(f) && right;
}

/* The trace comes back as it was; an export is there. */
static bool check(const struct setting *s)
{
    weft_trace *back = NULL;
    bool right = write_trace(s);

    if (right && !s->is_export)
        right = !weft_trace_read(&back, s->path, NULL) && weft_trace_n_events(back) == weft_trace_n_events(s->trace);
    weft_trace_free(back);
    return right;
}

static int answer(const struct bench_request *request)
{
    struct setting s = {.is_plain = !strcmp(request->who, "fwrite"), .is_export = strcmp(request->case_name, "trace") != 0};
    bool right;

    snprintf(s.path, sizeof s.path, "/tmp/weft-bench-export-%d.%s", (int)getpid(), request->case_name);
    s.trace = traced(request->n, request->workers);
    right = s.trace && check(&s) && (!s.is_plain || read_bytes(&s));
    for (int r = 0; r < request->runs && !request->check && right; r++) {
        int64_t begin;

        unlink(s.path);
        begin = bench_now_ns();
        right = s.is_plain ? write_bytes(&s) : write_trace(&s);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)request->n);
    }
    unlink(s.path);
    weft_trace_free(s.trace);
    free(s.bytes);
    return right ? BENCH_OK : BENCH_WRONG;
}

/* Suffixes of files. */
static const char *const cases[] = { "trace", "pftrace", "json", "csv", NULL };
static const int         workers[] = { 1, 0 };
static const char *const own[] = { "weft", "fwrite", NULL };

const struct bench bench_export = {
    .name = "export", .unit = "ns/task", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 3000, .answer = answer,
};
