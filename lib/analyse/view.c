/* view.c - what an analysis tells, as tables. */
#include "lib/analyse/view.h"

#include "lib/analyse/analysis.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static struct wf_cell of_text(const char *text)
{
    return (struct wf_cell){.text = text};
}

static struct wf_cell of(int64_t n)
{
    return (struct wf_cell){.n = n};
}

/* Nothing, when it is negative. */
static struct wf_cell of_known(int64_t n)
{
    return (struct wf_cell){.n = n, .none = n < 0};
}

static struct wf_cell of_part(int64_t part, int64_t whole)
{
    return (struct wf_cell){.n = part, .x = ratio(part, whole)};
}

static struct wf_cell of_number(double x)
{
    return (struct wf_cell){.x = x};
}

/* ---- Functions and layers -------------------------------------------------------- */

static const struct wf_column group_columns[] = {
    {"tasks", "tasks", WF_CELL_COUNT, false},
    {"failed", "failed", WF_CELL_COUNT, true},
    {"spawned", "spawned", WF_CELL_COUNT, true},
    {"total_ns", "total", WF_CELL_NS, false},
    {"share", "share", WF_CELL_SHARE, false},
    {"mean_ns", "mean", WF_CELL_NS, false},
    {"median_ns", "median", WF_CELL_NS, false},
    {"p95_ns", "p95", WF_CELL_NS, false},
    {"max_ns", "max", WF_CELL_NS, false},
    {"waited_ns", "waited", WF_CELL_NS, true},
    {"sent_ns", "sent", WF_CELL_NS, true},
    {"received_ns", "received", WF_CELL_NS, true},
    {"read_back_ns", "read back", WF_CELL_NS, true},
    {"result_bytes", "results", WF_CELL_BYTES, true},
    {"not_run", "not run", WF_CELL_COUNT, true},
    {"name", "name", WF_CELL_TEXT, false},
};

static void group_row(const void *self, size_t i, struct wf_cell *c)
{
    const struct weft_group_stats *g = &((const struct wf_view *)self)->groups[i];

    *c++ = of((int64_t)g->n_tasks);
    *c++ = of((int64_t)g->n_failed);
    *c++ = of((int64_t)g->n_spawned);
    *c++ = of(g->total_ns);
    *c++ = of_number(g->share);
    *c++ = of(g->mean_ns);
    *c++ = of(g->median_ns);
    *c++ = of(g->p95_ns);
    *c++ = of(g->max_ns);
    *c++ = of(g->wait_ns);
    *c++ = of(g->send_ns);
    *c++ = of(g->receive_ns);
    *c++ = of(g->unspill_ns);
    *c++ = of(g->result_bytes);
    *c++ = of((int64_t)(g->n_tasks - g->n_measured));
    *c = of_text(*g->name ? g->name : "(none)");
}

/* ---- Tasks and results ------------------------------------------------------------- */

static const struct wf_column task_columns[] = {
    {"task", "task", WF_CELL_COUNT, false},
    {"run", "run", WF_CELL_COUNT, true},
    {"worker", "worker", WF_CELL_COUNT, false},
    {"attempts", "attempts", WF_CELL_COUNT, false},
    {"ready_ns", "ready", WF_CELL_NS, false},
    {"begin_ns", "begin", WF_CELL_NS, false},
    {"end_ns", "end", WF_CELL_NS, false},
    {"cost_ns", "cost", WF_CELL_NS, false},
    {"length_ns", "length", WF_CELL_NS, false},
    {"slack_ns", "slack", WF_CELL_NS, false},
    {"drag_ns", "drag", WF_CELL_NS, true},
    {"critical", "critical", WF_CELL_FLAG, false},
    {"result_bytes", "result", WF_CELL_BYTES, true},
    {"layer", "layer", WF_CELL_TEXT, true},
    {"function", "function", WF_CELL_TEXT, false},
    {"file", "file", WF_CELL_TEXT, true},
    {"line", "line", WF_CELL_COUNT, true},
    {"key", "key", WF_CELL_TEXT, false},
};

static void task_row(const void *self, size_t row, struct wf_cell *c)
{
    const struct wf_view *v = self;
    const weft_analysis *a = v->a;
    const uint32_t i = v->order[row];
    const struct weft_trace_task *task = weft_trace_task(a->trace, i);
    const struct weft_times times = weft_analysis_times(a, i);
    const bool measured = a->stats.n_measured > 0;

    *c++ = of(i);
    *c++ = of(times.run);
    *c++ = of_known(a->worker[i]);
    *c++ = of(v->count[i]);
    *c++ = of_known(measured ? times.ready_ns : -1);
    *c++ = of_known(times.begin_ns);
    *c++ = of_known(times.end_ns);
    *c++ = of_known(measured ? a->cost[i] : -1);
    *c++ = of_known(measured ? a->length[i] : -1);
    *c++ = of_known(measured ? weft_analysis_slack(a, i) : -1);
    *c++ = of_known(measured ? a->drag[i] : -1);
    *c++ = of(a->is_critical[i]);
    *c++ = of(task->result_bytes);
    *c++ = of_text(task->layer);
    *c++ = of_text(task->name);
    *c++ = of_text(task->file);
    *c++ = of(task->line);
    *c = of_text(task->key);
}

static const struct wf_column result_columns[] = {
    {"task", "task", WF_CELL_COUNT, false},
    {"result_bytes", "bytes", WF_CELL_BYTES, false},
    {"stored_ns", "stored", WF_CELL_NS, false},
    {"freed_ns", "freed", WF_CELL_NS, false},
    {"held_ns", "held", WF_CELL_NS, false},
    {"target", "target", WF_CELL_FLAG, true},
    {"key", "key", WF_CELL_TEXT, false},
};

static void result_row(const void *self, size_t row, struct wf_cell *c)
{
    const struct wf_view *v = self;
    const uint32_t i = v->order[row];
    const struct weft_trace_task *task = weft_trace_task(v->a->trace, i);
    const bool ran = v->a->nest.n_workers > 0;

    *c++ = of(i);
    *c++ = of(task->result_bytes);
    *c++ = of_known(ran ? v->a->end[i] : -1);
    *c++ = of_known(ran ? v->a->freed[i] : -1);
    *c++ = of_known(ran ? v->a->freed[i] - v->a->end[i] : -1);
    *c++ = of(task->is_target);
    *c = of_text(task->key);
}

/* ---- Workers ----------------------------------------------------------------------- */

static const struct wf_column worker_columns[] = {
    {"worker", "worker", WF_CELL_COUNT, false},
    {"executing_ns", "execution", WF_CELL_PART, false},
    {"scheduling_ns", "scheduling", WF_CELL_PART, false},
    {"stealing_ns", "stealing", WF_CELL_PART, false},
    {"disk_ns", "disk", WF_CELL_PART, true},
    {"process_ns", "process", WF_CELL_PART, true},
    {"idle_ns", "idle", WF_CELL_PART, false},
    {"unfound_ns", "unfound", WF_CELL_PART, true},
    {"dry_ns", "dry", WF_CELL_PART, true},
    {"before_ns", "before", WF_CELL_PART, true},
    {"after_ns", "after", WF_CELL_PART, true},
    {"memory_ns", "memory", WF_CELL_PART, true},
    {"need_ns", "need", WF_CELL_PART, true},
    {"outside_ns", "outside", WF_CELL_PART, true},
    {"wall_ns", "wall", WF_CELL_NS, false},
    {"tasks", "tasks", WF_CELL_COUNT, false},
    {"spawned", "spawned", WF_CELL_COUNT, true},
    {"steals", "steals", WF_CELL_COUNT, false},
};

static void worker_row(const void *self, size_t w, struct wf_cell *c)
{
    const struct wf_view *v = self;
    const bool is_all = (int)w == v->a->nest.n_workers;
    const struct weft_share s = is_all ? v->total : weft_analysis_share(v->a, (int)w);

    *c++ = (struct wf_cell){.n = (int64_t)w, .none = is_all, .text = "all"};
    *c++ = of_part(s.executing_ns, s.wall_ns);
    *c++ = of_part(s.scheduling_ns, s.wall_ns);
    *c++ = of_part(s.stealing_ns, s.wall_ns);
    *c++ = of_part(s.disk_ns, s.wall_ns);
    *c++ = of_part(s.process_ns, s.wall_ns);
    *c++ = of_part(s.idle_ns, s.wall_ns);
    *c++ = of_part(s.unfound_ns, s.wall_ns);
    *c++ = of_part(s.dry_ns, s.wall_ns);
    *c++ = of_part(s.before_ns, s.wall_ns);
    *c++ = of_part(s.after_ns, s.wall_ns);
    *c++ = of_part(s.memory_ns, s.wall_ns);
    *c++ = of_part(s.need_ns, s.wall_ns);
    *c++ = of_part(s.outside_ns, s.wall_ns);
    *c++ = of(s.wall_ns);
    *c++ = of((int64_t)s.n_tasks);
    *c++ = of((int64_t)s.n_spawned);
    *c = of((int64_t)s.n_steals);
}

/* ---- Paths -------------------------------------------------------------------------- */

static const struct wf_column critical_columns[] = {
    {"task", "task", WF_CELL_COUNT, false},
    {"run", "run", WF_CELL_COUNT, true},
    {"length_ns", "length", WF_CELL_NS, false},
    {"share", "share", WF_CELL_SHARE, false},
    {"drag_ns", "drag", WF_CELL_NS, false},
    {"worker", "worker", WF_CELL_COUNT, false},
    {"function", "function", WF_CELL_TEXT, false},
    {"key", "key", WF_CELL_TEXT, false},
};

static void critical_row(const void *self, size_t k, struct wf_cell *c)
{
    const weft_analysis *a = ((const struct wf_view *)self)->a;
    const uint32_t i = a->critical[k];
    const bool measured = a->stats.n_measured > 0;

    *c++ = of(i);
    *c++ = of((int64_t)wf_analysis_run_of(a, i));
    *c++ = of_known(measured ? a->length[i] : -1);
    *c++ = of_number(ratio(a->length[i], a->span));
    *c++ = of_known(measured ? a->drag[i] : -1);
    *c++ = of_known(a->worker[i]);
    *c++ = of_text(weft_trace_task(a->trace, i)->name);
    *c = of_text(weft_trace_task(a->trace, i)->key);
}

static const struct wf_column realised_columns[] = {
    {"begin_ns", "from", WF_CELL_NS, false},
    {"end_ns", "to", WF_CELL_NS, false},
    {"time_ns", "time", WF_CELL_NS, false},
    {"share", "share", WF_CELL_SHARE, false},
    {"step", "step", WF_CELL_TEXT, false},
    {"worker", "worker", WF_CELL_COUNT, false},
    {"key", "key", WF_CELL_TEXT, false},
};

static void realised_row(const void *self, size_t k, struct wf_cell *c)
{
    const weft_analysis *a = ((const struct wf_view *)self)->a;
    const struct weft_path_step *s = &a->path[k];

    *c++ = of(s->begin_ns);
    *c++ = of(s->end_ns);
    *c++ = of(s->end_ns - s->begin_ns);
    *c++ = of_number(ratio(s->end_ns - s->begin_ns, a->stats.makespan_ns));
    *c++ = of_text(weft_path_name((enum weft_path_kind)s->kind));
    *c++ = of_known(s->worker);
    *c = s->task == UINT32_MAX ? (struct wf_cell){.text = "", .none = true} : of_text(weft_trace_task(a->trace, s->task)->key);
}

/* ---- Runs ---------------------------------------------------------------------------- */

static const struct wf_column run_columns[] = {
    {"run", "run", WF_CELL_COUNT, false},
    {"begin_ns", "begin", WF_CELL_NS, false},
    {"makespan_ns", "makespan", WF_CELL_NS, false},
    {"tasks", "tasks", WF_CELL_COUNT, false},
    {"failed", "failed", WF_CELL_COUNT, true},
    {"spawned", "spawned", WF_CELL_COUNT, true},
    {"work_ns", "work", WF_CELL_NS, false},
    {"span_ns", "span", WF_CELL_NS, false},
    {"parallelism", "parallelism", WF_CELL_NUMBER, false},
    {"executing_ns", "execution", WF_CELL_PART, false},
    {"scheduling_ns", "scheduling", WF_CELL_PART, false},
    {"stealing_ns", "stealing", WF_CELL_PART, false},
    {"disk_ns", "disk", WF_CELL_PART, true},
    {"process_ns", "process", WF_CELL_PART, true},
    {"idle_ns", "idle", WF_CELL_PART, false},
    {"memory_ns", "memory", WF_CELL_PART, true},
    {"unfound_ns", "unfound", WF_CELL_PART, true},
    {"status", "status", WF_CELL_TEXT, false},
};

static void run_row(const void *self, size_t r, struct wf_cell *c)
{
    const weft_analysis *a = ((const struct wf_view *)self)->a;
    const struct weft_run_stats *s = &a->run_stats[r];
    const struct weft_share share = weft_analysis_run_share(a, r, -1);

    *c++ = of((int64_t)r);
    *c++ = of(a->runs[r].begin_ns);
    *c++ = of(s->makespan_ns);
    *c++ = of((int64_t)s->n_tasks);
    *c++ = of((int64_t)s->n_failed);
    *c++ = of((int64_t)s->n_spawned);
    *c++ = of(s->work_ns);
    *c++ = of(s->span_ns);
    *c++ = of_number(ratio(s->work_ns, s->span_ns));
    *c++ = of_part(share.executing_ns, share.wall_ns);
    *c++ = of_part(share.scheduling_ns, share.wall_ns);
    *c++ = of_part(share.stealing_ns, share.wall_ns);
    *c++ = of_part(share.disk_ns, share.wall_ns);
    *c++ = of_part(share.process_ns, share.wall_ns);
    *c++ = of_part(share.idle_ns, share.wall_ns);
    *c++ = of_part(share.memory_ns, share.wall_ns);
    *c++ = of_part(share.unfound_ns, share.wall_ns);
    *c = of_text(a->runs[r].status ? weft_status_text(a->runs[r].status) : "ok");
}

/* ---- So many workers ------------------------------------------------------------------ */

static const int worker_counts[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024};

static const struct wf_column scaling_columns[] = {
    {"workers", "workers", WF_CELL_COUNT, false},
    {"least_ns", "at least", WF_CELL_NS, false},
    {"greedy_ns", "greedy", WF_CELL_NS, false},
    {"most_ns", "at most", WF_CELL_NS, false},
    {"speedup", "speed-up", WF_CELL_NUMBER, false},
    {"efficiency", "efficiency", WF_CELL_SHARE, false},
};

static const struct wf_column scaling_columns_unmeasured[] = {
    {"workers", "workers", WF_CELL_COUNT, false},
    {"least_steps", "at least", WF_CELL_COUNT, false},
    {"greedy_steps", "greedy", WF_CELL_COUNT, false},
    {"most_steps", "at most", WF_CELL_COUNT, false},
    {"speedup", "speed-up", WF_CELL_NUMBER, false},
    {"efficiency", "efficiency", WF_CELL_SHARE, false},
};

static void scaling_row(const void *self, size_t k, struct wf_cell *c)
{
    const struct wf_view *v = self;
    const struct weft_bounds *b = &v->bounds[k];
    const double speedup = ratio(v->bounds[0].greedy_ns, b->greedy_ns);

    *c++ = of(worker_counts[k]);
    *c++ = of(b->least_ns);
    *c++ = of(b->greedy_ns);
    *c++ = of(b->most_ns);
    *c++ = of_number(speedup);
    *c = of_number(speedup / worker_counts[k]);
}

/* ---- As pysparkling tells it ------------------------------------------------------------ */

enum stage { MAP_EXEC, DESERIALIZE_FUNC, SERIALIZE, DESERIALIZE, CACHE_IN, CACHE_OUT, SCHEDULING, STEALING, IDLE, N_STAGES };

/* pysparkling's own names (Context._stats), and ours for what it has none for. */
static const struct {
    const char *name, *what;
} stages[N_STAGES] = {
    [MAP_EXEC] = {"map exec", "bodies ran"},
    [DESERIALIZE_FUNC] = {"map deserialize func", "bodies are C functions: they are there"},
    [SERIALIZE] = {"driver serialize data", "what bodies read went to other processes"},
    [DESERIALIZE] = {"driver deserialize data", "what they gave came back"},
    [CACHE_IN] = {"driver cache join", "results went to disk, for want of memory"},
    [CACHE_OUT] = {"driver cache clone", "they were read back"},
    [SCHEDULING] = {"scheduling", "workers were between bodies"},
    [STEALING] = {"stealing", "workers found work elsewhere"},
    [IDLE] = {"idle", "workers had nothing to do"},
};

static const struct wf_column sparkling_columns[] = {
    {"stage", "stage", WF_CELL_TEXT, false},
    {"time_ns", "time", WF_CELL_NS, false},
    {"of_map_exec", "of map exec", WF_CELL_SHARE, false},
    {"what", "that is", WF_CELL_TEXT, false},
};

/* Events do not overlap with others of these kinds, so their lengths are the stage's time. */
static int64_t sum_events(const weft_analysis *a, enum weft_event_kind kind)
{
    int64_t all = 0;

    for (size_t k = 0; k < weft_trace_n_events(a->trace); k++)
        if (a->nest.events[k].kind == kind)
            all += a->nest.events[k].end_ns - a->nest.events[k].begin_ns;
    return all;
}

static void sparkling_row(const void *self, size_t k, struct wf_cell *c)
{
    const struct wf_view *v = self;
    int64_t time = 0;

    switch ((enum stage)k) {
    case MAP_EXEC:    time = v->total.executing_ns; break;
    case SERIALIZE:   time = sum_events(v->a, WEFT_EVENT_SEND); break;
    case DESERIALIZE: time = sum_events(v->a, WEFT_EVENT_RECEIVE); break;
    case CACHE_IN:    time = sum_events(v->a, WEFT_EVENT_SPILL); break;
    case CACHE_OUT:   time = sum_events(v->a, WEFT_EVENT_UNSPILL); break;
    case SCHEDULING:  time = v->total.scheduling_ns; break;
    case STEALING:    time = v->total.stealing_ns; break;
    case IDLE:        time = v->total.idle_ns; break;
    case DESERIALIZE_FUNC: case N_STAGES: break;
    }
    *c++ = of_text(stages[k].name);
    *c++ = of(time);
    *c++ = of_number(ratio(time, v->total.executing_ns));
    *c = of_text(stages[k].what);
}

/* ---- Making ------------------------------------------------------------------------------ */

/* Tasks by their begin, or by the end of those that did not run; and how often each ran. */
static weft_status order_tasks(struct wf_view *v, struct weft_error *err)
{
    const weft_analysis *a = v->a;
    const size_t n = a->stats.n_tasks;
    struct wf_moment_of *m = wf_alloc_array(n, sizeof *m), *spare = wf_alloc_array(n, sizeof *spare);
    weft_status st = WEFT_OK;

    v->order = wf_alloc_array(n, sizeof *v->order);
    v->count = wf_alloc_zero(n, sizeof *v->count);
    if (m && spare && v->order && v->count) {
        for (size_t i = 0; i < n; i++)
            m[i] = (struct wf_moment_of){a->begin[i] < 0 ? a->end[i] : a->begin[i], (int64_t)i};
        wf_times_sort(m, spare, n);
        for (size_t i = 0; i < n; i++)
            v->order[i] = (uint32_t)m[i].change;
        for (size_t k = 0; k < weft_trace_n_events(a->trace); k++)
            if (a->nest.events[k].kind == WEFT_EVENT_TASK)
                v->count[a->nest.events[k].task]++;
    } else {
        st = wf_error_nomem(err, "a table");
    }
    wf_free(m);
    wf_free(spare);
    return st;
}

/* As many rows as there are workers that the graph can use, and one more. */
static weft_status find_bounds(struct wf_view *v, struct weft_error *err)
{
    size_t n = 0;

    v->bounds = wf_alloc_array(N_OF(worker_counts), sizeof *v->bounds);
    if (!v->bounds)
        return wf_error_nomem(err, "a table");
    while (n < N_OF(worker_counts)) {
        const weft_status st = weft_analysis_on_workers(v->a, worker_counts[n], &v->bounds[n], err);

        if (st)
            return st;
        if (v->bounds[n++].greedy_ns <= v->a->span)
            break;
    }
    v->table.n_rows = n;
    return WEFT_OK;
}

static void set(struct wf_view *v, const struct wf_column *columns, size_t n_columns,
                void (*row)(const void *self, size_t i, struct wf_cell *cells), size_t n_rows)
{
    v->table = (struct wf_table){.columns = columns, .n_columns = n_columns, .n_rows = n_rows, .row = row, .self = v};
}

weft_status wf_view_init(struct wf_view *v, const weft_analysis *a, enum weft_view view, struct weft_error *err)
{
    const size_t n_workers = (size_t)a->nest.n_workers;
    size_t n = 0;
    weft_status st = WEFT_OK;

    *v = (struct wf_view){.a = a};
    switch (view) {
    case WEFT_VIEW_FUNCTIONS: case WEFT_VIEW_LAYERS:
        st = weft_analysis_groups(a, view == WEFT_VIEW_LAYERS ? WEFT_BY_LAYER : WEFT_BY_FUNCTION, &v->groups, &n, err);
        set(v, group_columns, N_OF(group_columns), group_row, n);
        break;
    case WEFT_VIEW_TASKS:
        st = order_tasks(v, err);
        set(v, task_columns, N_OF(task_columns), task_row, a->stats.n_tasks);
        break;
    case WEFT_VIEW_RESULTS:
        st = order_tasks(v, err);
        set(v, result_columns, N_OF(result_columns), result_row, a->stats.n_tasks);
        break;
    case WEFT_VIEW_WORKERS:
        v->total = weft_analysis_share(a, -1);
        set(v, worker_columns, N_OF(worker_columns), worker_row, n_workers + (n_workers > 1));
        break;
    case WEFT_VIEW_CRITICAL:
        set(v, critical_columns, N_OF(critical_columns), critical_row, a->n_critical);
        break;
    case WEFT_VIEW_REALISED:
        set(v, realised_columns, N_OF(realised_columns), realised_row, a->n_path);
        break;
    case WEFT_VIEW_RUNS:
        set(v, run_columns, N_OF(run_columns), run_row, n_workers ? a->stats.n_runs : 0);
        break;
    case WEFT_VIEW_SCALING:
        if (a->stats.n_measured)
            set(v, scaling_columns, N_OF(scaling_columns), scaling_row, 0);
        else
            set(v, scaling_columns_unmeasured, N_OF(scaling_columns_unmeasured), scaling_row, 0);
        st = find_bounds(v, err);
        break;
    case WEFT_VIEW_SPARKLING: case WEFT_N_VIEWS:
        v->total = weft_analysis_share(a, -1);
        set(v, sparkling_columns, N_OF(sparkling_columns), sparkling_row, N_STAGES);
        break;
    }
    if (st)
        wf_view_fini(v);
    return st;
}

void wf_view_fini(struct wf_view *v)
{
    weft_groups_free(v->groups);
    wf_free(v->order);
    wf_free(v->count);
    wf_free(v->bounds);
    *v = (struct wf_view){0};
}

const char *wf_view_name(enum weft_view view)
{
    static const char *const names[WEFT_N_VIEWS] = {
        [WEFT_VIEW_FUNCTIONS] = "functions", [WEFT_VIEW_LAYERS] = "layers", [WEFT_VIEW_TASKS] = "tasks",
        [WEFT_VIEW_WORKERS] = "workers", [WEFT_VIEW_CRITICAL] = "critical", [WEFT_VIEW_REALISED] = "realised",
        [WEFT_VIEW_RUNS] = "runs", [WEFT_VIEW_RESULTS] = "results", [WEFT_VIEW_SCALING] = "scaling",
        [WEFT_VIEW_SPARKLING] = "sparkling",
    };

    return names[view];
}
