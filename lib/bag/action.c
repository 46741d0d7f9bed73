/* action.c - actions that walk over all records: collect, count, reduce. */
#include "lib/bag/concat.h"
#include "lib/bag/pipe.h"
#include "lib/bag/token.h"
#include "lib/base/error.h"
#include "lib/graph/graph.h"

/* Results of partitions meet eight at a time: a tree that depends on their number alone. */
enum { FAN_IN = 8 };

weft_task *weft_bag_collect(weft_bag *b)
{
    weft_task *failed;
    const struct wf_base *base;

    if (wf_bag_is_failed(b, &failed))
        return failed;
    base = wf_bag_parts(b);
    if (!base)
        return wf_graph_nomem(b->graph);
    return wf_concat_task(b->graph, "collect", -1, weft_graph_layer(b->graph, "collect"), b->shape, base->tasks,
                          (size_t)base->n_partitions);
}

/* ---- A tree of tasks ------------------------------------------------------------------ */

/* Joins tasks[0 .. n) in place until one is left; `spec` is a task of the tree but for
 * its index and inputs. */
static weft_task *tree(weft_graph *g, weft_task **tasks, int n, struct weft_task_spec *spec)
{
    spec->layer = weft_graph_layer(g, spec->name);
    for (int64_t level = 0; n > 1 || level == 0; level++) {
        int n_next = 0;

        for (int i = 0; i < n; i += FAN_IN) {
            const int64_t index[2] = {level, n_next};

            spec->index = index;
            spec->n_index = 2;
            spec->deps = tasks + i;
            spec->n_deps = (size_t)(n - i < FAN_IN ? n - i : FAN_IN);
            tasks[n_next++] = weft_graph_add(g, spec);
        }
        n = n_next;
    }
    return tasks[0];
}

/* ---- count ------------------------------------------------------------------------------ */

static weft_status count_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    (void)state, (void)pass, (void)err;
    return WEFT_OK;
}

static weft_status count_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                              struct weft_error *err)
{
    (void)pass, (void)record, (void)err;
    ++*(int64_t *)state;
    return WEFT_OK;
}

static weft_status count_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    (void)err;
    weft_call_return(pass->call, weft_value_of_i64(*(int64_t *)state));
    return WEFT_OK;
}

static void count_fini(void *state)
{
    (void)state;
}

static const struct wf_sink sink_count = {
    .name = "count", .state_bytes = sizeof(int64_t),
    .begin = count_begin, .push = count_push, .end = count_end, .fini = count_fini,
};

static weft_status add_counts(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

weft_task *weft_bag_count(weft_bag *b)
{
    weft_task *failed, **tasks;
    struct wf_pipe *pipe;

    if (wf_bag_is_failed(b, &failed))
        return failed;
    pipe = wf_pipe_new(b, &sink_count, NULL, NULL);
    tasks = wf_graph_alloc(b->graph, (size_t)wf_bag_n(b) * sizeof *tasks);
    if (!pipe || !tasks)
        return wf_graph_nomem(b->graph);
    wf_pipe_tasks(b, pipe, NULL, tasks);
    return tree(b->graph, tasks, wf_bag_n(b), &(struct weft_task_spec){.name = "sum", .body = add_counts, .flags = WEFT_PURE, .file = b->graph->here.file,
                                                                       .line = b->graph->here.line});
}

/* ---- reduce ------------------------------------------------------------------------------ */

/* What is folded so far: no record yet, or one. */
struct folder {
    weft_records     *result;
    int64_t           n;
    struct weft_error said;
};

static weft_status fold(struct folder *f, const struct wf_step *step, const void *data, int64_t partition,
                        int64_t record, struct weft_error *err)
{
    weft_status st;

    if (f->result->n == 0) {
        const struct weft_record first = {.data = data, .n = 1};

        wf_records_add(f->result, &first); /* cannot fail: made with room for one */
        return WEFT_OK;
    }
    st = step->fn.combine(f->result->data, data, step->arg, &f->said);
    return st ? wf_error_at(err, st, &f->said, step, partition, record) : WEFT_OK;
}

static weft_status fold_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct folder *f = state;

    f->result = wf_records_sized(pass->pipe->shape, 1, 1, 0);
    return f->result ? WEFT_OK : wf_error_nomem(err, pass->pipe->name);
}

static weft_status fold_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                             struct weft_error *err)
{
    struct folder *f = state;

    return fold(f, pass->pipe->sink_arg, record->data, pass->partition, f->n++, err);
}

static weft_status fold_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct folder *f = state;

    (void)err;
    weft_call_return(pass->call, weft_value_of_ptr(&weft_type_records, f->result));
    f->result = NULL;
    return WEFT_OK;
}

static void fold_fini(void *state)
{
    struct folder *f = state;

    weft_records_release(f->result);
}

static bool fold_is_pure(const void *arg)
{
    return ((const struct wf_step *)arg)->is_pure;
}

static const struct wf_sink sink_fold = {
    .name = "", .state_bytes = sizeof(struct folder),
    .begin = fold_begin, .push = fold_push, .end = fold_end, .fini = fold_fini,
    .is_pure = fold_is_pure, .hash = wf_step_type_hash,
};

/* Folds what partitions, or joins before, came to; those without records do not count. */
static weft_status join(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_step *step = arg;
    struct folder f = {.result = wf_records_sized(step->in, 1, 1, 0)};
    weft_status st = f.result ? WEFT_OK : wf_error_nomem(err, step->name);

    for (size_t i = 0; !st && i < weft_call_n_inputs(call); i++) {
        const weft_records *r = weft_call_records(call, i);

        if (r->n)
            st = fold(&f, step, r->data, (int64_t)i, -1, err);
    }
    if (!st) {
        weft_call_return(call, weft_value_of_ptr(&weft_type_records, f.result));
        f.result = NULL;
    }
    weft_records_release(f.result);
    return st;
}

/* The root: nothing has no sum. */
static weft_status not_empty(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_step *step = arg;
    struct weft_value one;

    if (weft_call_records(call, 0)->n == 0)
        return weft_error_set(err, WEFT_EMPTY, "%s: there is no record", step->name);
    if (weft_value_retain(weft_call_input(call, 0), &one))
        return wf_error_nomem(err, step->name);
    weft_call_return(call, one);
    return WEFT_OK;
}

weft_task *weft_bag_reduce(weft_bag *b, weft_combine_fn *fn, const struct weft_step *step)
{
    weft_task *failed, **tasks;
    struct wf_step *s;
    struct wf_pipe *pipe;
    struct weft_task_spec spec;

    if (wf_bag_is_failed(b, &failed)) {
        wf_step_drop(step);
        return failed;
    }
    if (b->shape.kind != WEFT_STRUCTS) {
        wf_step_drop(step);
        return wf_bag_fail_task(b->graph, step, WEFT_TYPE, "reduce: the records are %s, not structs",
                                wf_kind_text(b->shape.kind));
    }
    s = wf_step_new(b->graph, WF_STEP_MAP, step, "reduce");
    if (!s)
        return wf_graph_nomem(b->graph);
    s->fn.combine = fn;
    s->in = b->shape;
    pipe = wf_pipe_new(b, &sink_fold, s, s->name);
    tasks = wf_graph_alloc(b->graph, (size_t)wf_bag_n(b) * sizeof *tasks);
    if (!pipe || !tasks)
        return wf_graph_nomem(b->graph);
    wf_pipe_tasks(b, pipe, step, tasks);
    spec = (struct weft_task_spec){.name = s->name, .body = join, .arg = s, .arg_type = &wf_step_type,
                                   .flags = s->is_pure ? WEFT_PURE : 0,
                                   .file = s->file, .line = s->line};
    tasks[0] = tree(b->graph, tasks, wf_bag_n(b), &spec);
    spec.body = not_empty;
    spec.n_index = 0;
    spec.deps = tasks;
    spec.n_deps = 1;
    return weft_graph_add(b->graph, &spec);
}
