/* pipe.c - one pass over a partition: source, steps, sink. */
#include "lib/bag/pipe.h"

#include <string.h>

#include "lib/bag/text.h"
#include "lib/bag/token.h"
#include "lib/base/error.h"
#include "lib/graph/graph.h"

/* Asking whether the run was cancelled is a load of a shared line: not for every record. */
enum { RECORDS_PER_LOOK = 1024 };

/* A place in the chain: what is emitted here goes into `step`, or the sink after
 * the last. The places of a pass lie one after another. */
struct weft_emit {
    struct wf_pass       *pass;
    const struct wf_step *step;     /* NULL: the sink */
    struct wf_shape       shape;    /* of what must come */
    int64_t               n;        /* records that came */
    weft_records         *gathered; /* for a step that sees whole partitions */
    void                 *state;    /* the sink's */
    struct weft_error    *said;     /* what functions of the user write into */
};

/* ---- Failing ----------------------------------------------------------------- */

weft_status wf_error_at(struct weft_error *err, weft_status status, const struct weft_error *said,
                        const struct wf_step *step, int64_t partition, int64_t record)
{
    const char *why = said->message[0] ? said->message : weft_status_text(status);

    if (record < 0)
        weft_error_set(err, status, "%s: partition %lld: %s", step->name, (long long)partition, why);
    else
        weft_error_set(err, status, "%s: partition %lld, record %lld: %s", step->name, (long long)partition,
                       (long long)record, why);
    if (err && step->file)
        snprintf(err->site, sizeof err->site, "%s:%d", step->file, step->line);
    return status;
}

/* The step of `e` failed on its newest record; only the first failure counts. */
static void fail(struct weft_emit *e, weft_status status)
{
    struct wf_pass *pass = e->pass;
    const bool whole = e->step->op == WF_STEP_PARTITIONS;

    if (!wf_pass_is_over(pass))
        pass->status = wf_error_at(pass->err, status, e->said, e->step, pass->partition,
                                   whole ? -1 : e->n - 1);
}

/* ---- Pushing ----------------------------------------------------------------- */

static void push(struct weft_emit *e, const struct weft_record *record);

/* A map emits one record for each: none and two are both mistakes. */
static void map(struct weft_emit *e, const struct weft_record *record)
{
    const int64_t before = e[1].n;
    const weft_status st = e->step->fn.record(record, &e[1], e->step->arg, e->said);

    if (st) {
        fail(e, st);
    } else if (e[1].n != before + 1 && !wf_pass_is_over(e->pass)) {
        weft_error_set(e->said, WEFT_INVALID, "a map emits one record for each, not %lld",
                       (long long)(e[1].n - before));
        fail(e, WEFT_INVALID);
    }
}

static void flat_map(struct weft_emit *e, const struct weft_record *record)
{
    const weft_status st = e->step->fn.record(record, &e[1], e->step->arg, e->said);

    if (st)
        fail(e, st);
}

static void filter(struct weft_emit *e, const struct weft_record *record)
{
    bool keep = true;
    const weft_status st = e->step->fn.keep(record, &keep, e->step->arg, e->said);

    if (st)
        fail(e, st);
    else if (keep)
        push(&e[1], record);
}

static void gather(struct weft_emit *e, const struct weft_record *record)
{
    if (!wf_records_add(e->gathered, record))
        e->pass->status = wf_error_nomem(e->pass->err, e->step->name);
}

static void keys(struct weft_emit *e, const struct weft_record *record)
{
    push(&e[1], &(struct weft_record){.text = record->text});
}

static void values(struct weft_emit *e, const struct weft_record *record)
{
    const char *at = record->data;

    for (int64_t i = 0; i < record->n && !wf_pass_is_over(e->pass); i++)
        push(&e[1], &(struct weft_record){.text.ptr = "", .data = at + (size_t)i * e->shape.bytes, .n = 1});
}

static void push(struct weft_emit *e, const struct weft_record *record)
{
    struct wf_pass *pass = e->pass;

    if (wf_pass_is_over(pass))
        return;
    e->n++;
    if (!e->step) {
        const weft_status st = pass->pipe->sink->push(e->state, pass, record, pass->err);

        if (st)
            pass->status = st;
        return;
    }
    switch (e->step->op) {
    case WF_STEP_MAP:        map(e, record); break;
    case WF_STEP_FLAT_MAP:   flat_map(e, record); break;
    case WF_STEP_FILTER:     filter(e, record); break;
    case WF_STEP_PARTITIONS: gather(e, record); break;
    case WF_STEP_KEYS:       keys(e, record); break;
    case WF_STEP_VALUES:     values(e, record); break;
    }
}

/* ---- What functions of the user emit ------------------------------------------- */

weft_status weft_emit_record(weft_emit *out, const struct weft_record *record)
{
    switch (out->shape.kind) {
    case WEFT_STRUCTS: return weft_emit_struct(out, record->data);
    case WEFT_TEXTS:   return weft_emit_text(out, record->text);
    case WEFT_PAIRS:   return weft_emit_pair(out, record->text, record->data);
    default:           return weft_emit_group(out, record->text, record->data, record->n);
    }
}

/* Of the right kind, or the step before fails, which promised another. */
static weft_status emit(weft_emit *out, enum weft_record_kind kind, bool is_sound,
                        const struct weft_record *record)
{
    if (wf_pass_is_over(out->pass))
        return WEFT_CANCELLED;
    if (out->shape.kind != kind || !is_sound) {
        weft_error_set(out[-1].said, WEFT_TYPE, "emitted %s, but the step says %s",
                       out->shape.kind != kind ? wf_kind_text(kind) : "a record without its data",
                       wf_kind_text(out->shape.kind));
        fail(&out[-1], WEFT_TYPE);
        return WEFT_CANCELLED;
    }
    push(out, record);
    return wf_pass_is_over(out->pass) ? WEFT_CANCELLED : WEFT_OK;
}

weft_status weft_emit_struct(weft_emit *out, const void *data)
{
    return emit(out, WEFT_STRUCTS, data, &(struct weft_record){.text.ptr = "", .data = data, .n = 1});
}

weft_status weft_emit_text(weft_emit *out, struct weft_text text)
{
    return emit(out, WEFT_TEXTS, text.len >= 0, &(struct weft_record){.text = text});
}

weft_status weft_emit_pair(weft_emit *out, struct weft_text key, const void *value)
{
    return emit(out, WEFT_PAIRS, value && key.len >= 0,
                &(struct weft_record){.text = key, .data = value, .n = 1});
}

weft_status weft_emit_group(weft_emit *out, struct weft_text key, const void *data, int64_t n)
{
    return emit(out, WEFT_GROUPS, key.len >= 0 && (n == 0 || (n > 0 && data)),
                &(struct weft_record){.text = key, .data = data, .n = n});
}

/* ---- Sources ------------------------------------------------------------------- */

static void push_from(void *to, const struct weft_record *record)
{
    push(to, record);
}

static void push_rows(struct weft_emit *e, const weft_records *in)
{
    for (int64_t i = 0; i < in->n && !wf_pass_is_over(e->pass); i++) {
        const struct weft_record record = weft_records_at(in, i);

        if (i % RECORDS_PER_LOOK == RECORDS_PER_LOOK - 1 && weft_call_is_cancelled(e->pass->call)) {
            e->pass->status = weft_error_set(e->pass->err, WEFT_CANCELLED, "%s: cancelled",
                                             e->pass->pipe->name);
            return;
        }
        push(e, &record);
    }
}

static void run_source(struct weft_emit *e)
{
    struct wf_pass *pass = e->pass;
    const struct wf_base *base = pass->pipe->base;
    weft_status st;

    if (!base->tasks) {
        st = wf_text_read(base->text, pass, push_from, e, pass->err);
    } else {
        const struct weft_value in = weft_call_input(pass->call, 0);

        st = wf_records_check(in, base->shape, pass->pipe->name, pass->err);
        if (st) {
            pass->status = st;
        } else if (e->step && e->step->op == WF_STEP_PARTITIONS) {
            /* The partition lies there already: no need to gather a copy. */
            weft_records_release(e->gathered);
            e->gathered = weft_records_retain(weft_value_records(in));
        } else {
            push_rows(e, weft_value_records(in));
        }
    }
    if (st && !pass->status)
        pass->status = st;
}

/* ---- The pass -------------------------------------------------------------------- */

static weft_status set_places(struct weft_emit *places, struct wf_pass *pass, struct weft_error *said,
                              void *state)
{
    const struct wf_pipe *pipe = pass->pipe;

    for (int i = 0; i <= pipe->n_steps; i++) {
        const struct wf_step *step = i < pipe->n_steps ? pipe->steps[i] : NULL;

        places[i] = (struct weft_emit){.pass = pass, .step = step, .said = said, .state = state,
                                       .shape = step ? step->in : pipe->shape};
        if (!step || step->op != WF_STEP_PARTITIONS)
            continue;
        places[i].gathered = wf_records_new(step->in, 0);
        if (!places[i].gathered)
            return wf_error_nomem(pass->err, step->name);
    }
    return WEFT_OK;
}

/* Whole partitions, once all of their records are there: first step first. */
static void run_gathered(struct weft_emit *places, struct wf_pass *pass)
{
    for (struct weft_emit *e = places; e->step; e++) {
        weft_status st;

        if (!e->gathered || wf_pass_is_over(pass))
            continue;
        st = e->step->fn.partition(e->gathered, pass->partition, &e[1], e->step->arg, e->said);
        if (st)
            fail(e, st);
    }
}

struct pass_arg {
    const struct wf_pipe *pipe;
    int64_t               partition;
};

/* What a pass computes: its pipe, over one partition. */
static weft_status pass_hash(const void *data, struct weft_sink *sink)
{
    const struct pass_arg *a = data;
    weft_status st = sink->write(sink->to, &a->pipe->token, sizeof a->pipe->token);

    if (!st)
        st = sink->write(sink->to, &a->partition, sizeof a->partition);
    if (!st && !a->pipe->base->tasks)
        st = wf_text_hash(a->pipe->base->text, a->partition, sink);
    return st ? st : a->pipe->is_certain ? WEFT_OK : WEFT_UNSUPPORTED;
}

static const struct weft_type pass_type = {.name = "pass", .hash = pass_hash};

static weft_status run_pass(weft_call *call, void *arg, struct weft_error *err)
{
    const struct pass_arg *a = arg;
    const struct wf_pipe *pipe = a->pipe;
    const struct wf_sink *sink = pipe->sink;
    const size_t n_places = (size_t)pipe->n_steps + 1;
    struct wf_pass pass = {.pipe = pipe, .call = call, .partition = a->partition, .err = err,
                           .first_extra = pipe->base->tasks ? 1 : 0};
    struct weft_error said;
    struct weft_emit *places = weft_call_scratch(call, n_places * sizeof *places);
    void *state = weft_call_scratch(call, sink->state_bytes);

    if (!places || !state)
        return wf_error_nomem(err, pipe->name);
    said.message[0] = 0;
    memset(places, 0, n_places * sizeof *places);
    memset(state, 0, sink->state_bytes);

    pass.status = set_places(places, &pass, &said, state);
    if (pass.status)
        goto out;
    pass.status = sink->begin(state, &pass, err);
    if (!wf_pass_is_over(&pass))
        run_source(places);
    if (!wf_pass_is_over(&pass))
        run_gathered(places, &pass);
    if (!pass.status)
        pass.status = sink->end(state, &pass, err);
out:
    sink->fini(state);
    for (size_t i = 0; i < n_places; i++)
        weft_records_release(places[i].gathered);
    return pass.status;
}

/* ---- Adding it to the graph ------------------------------------------------------- */

/* Names of the source, the steps and the sink, those that have one, with plus signs. */
static char *pipe_name(weft_graph *g, const struct wf_pipe *pipe, const char *name)
{
    const char *const first = pipe->base->tasks ? "" : "text";
    const char *const last = name ? name : pipe->sink->name;
    size_t bytes = strlen(first) + strlen(last) + 8;
    char *text, *end;

    for (int i = 0; i < pipe->n_steps; i++)
        bytes += strlen(pipe->steps[i]->name) + 1;
    text = wf_graph_alloc(g, bytes);
    if (!text)
        return NULL;
    end = stpcpy(text, first);
    for (int i = 0; i < pipe->n_steps; i++)
        end = stpcpy(stpcpy(end, end == text ? "" : "+"), pipe->steps[i]->name);
    if (last[0])
        end = stpcpy(stpcpy(end, end == text ? "" : "+"), last);
    if (end == text)
        strcpy(text, "keep");
    return text;
}

struct wf_pipe *wf_pipe_make(weft_bag *b, const struct wf_sink *sink, const void *sink_arg, const char *name)
{
    int n_steps;
    const weft_bag *first = wf_bag_first(b, &n_steps);
    struct wf_pipe *pipe = wf_graph_alloc(b->graph, sizeof *pipe);
    const struct wf_step **steps = wf_graph_alloc(b->graph, ((size_t)n_steps + 1) * sizeof *steps);

    if (!pipe || !steps)
        return NULL;
    *pipe = (struct wf_pipe){.base = first->base, .steps = steps, .n_steps = n_steps, .shape = b->shape,
                             .sink = sink, .sink_arg = sink_arg};
    for (const weft_bag *at = b; at->before; at = at->before)
        steps[--n_steps] = at->step;
    pipe->name = pipe_name(b->graph, pipe, name);
    wf_pipe_set_token(pipe, b->graph);
    return pipe->name ? pipe : NULL;
}

struct wf_pipe *wf_pipe_new(weft_bag *b, const struct wf_sink *sink, const void *sink_arg, const char *name)
{
    return wf_bag_to_join(b) ? wf_pipe_make(b, sink, sink_arg, name) : NULL;
}

/* Whether its result has a record for each of the source, in their order. */
static bool keeps_records(const struct wf_pipe *pipe)
{
    bool keeps = pipe->sink == &wf_sink_keep;

    for (int i = 0; i < pipe->n_steps; i++)
        keeps &= pipe->steps[i]->op == WF_STEP_MAP || pipe->steps[i]->op == WF_STEP_KEYS;
    return keeps;
}

weft_task *wf_pipe_task(weft_graph *g, const struct wf_pipe *pipe, int partition, uint32_t layer,
                        weft_task *extra, const struct weft_step *site)
{
    weft_task *deps[2];
    size_t n_deps = 0;
    struct pass_arg *arg = wf_graph_alloc(g, sizeof *arg);
    const struct wf_step *last = pipe->n_steps ? pipe->steps[pipe->n_steps - 1] : NULL;
    const bool keeps = keeps_records(pipe);
    struct weft_task_source from;
    struct wf_place place = g->here;
    weft_task *t;

    if (!arg)
        return wf_graph_nomem(g);
    if (last && last->file)
        place = (struct wf_place){last->file, last->line};
    if (site && site->file)
        place = (struct wf_place){site->file, site->line};
    *arg = (struct pass_arg){pipe, partition};
    if (pipe->base->tasks)
        deps[n_deps++] = pipe->base->tasks[partition];
    if (extra)
        deps[n_deps++] = extra;
    t = weft_graph_add(g, &(struct weft_task_spec){
        .name = pipe->name, .index = (int64_t[]){partition}, .n_index = 1, .layer = layer, .body = run_pass, .arg = arg,
        .arg_type = &pass_type, .flags = (pipe->is_pure ? WEFT_PURE : 0) | (keeps ? WEFT_ROWS : 0), .deps = deps, .n_deps = n_deps,
        .file = place.file, .line = place.line});
    if (pipe->base->tasks)
        return t;
    from = wf_text_task_source(pipe->base->text, partition, keeps);
    return weft_task_source(t, &from);
}

void wf_pipe_tasks(weft_bag *b, const struct wf_pipe *pipe, const struct weft_step *site, weft_task **tasks)
{
    const uint32_t layer = weft_graph_layer(b->graph, pipe->name);

    weft_graph_layer_tell(b->graph, layer, "from %s", wf_kind_text(b->shape.kind));
    for (int p = 0; p < pipe->base->n_partitions; p++)
        tasks[p] = wf_pipe_task(b->graph, pipe, p, layer, NULL, site);
}

/* ---- Keeping all ------------------------------------------------------------------ */

struct keeper {
    weft_records *records;
};

static weft_status keep_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct keeper *k = state;

    k->records = wf_records_new(pass->pipe->shape, 0);
    return k->records ? WEFT_OK : wf_error_nomem(err, pass->pipe->name);
}

static weft_status keep_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                             struct weft_error *err)
{
    struct keeper *k = state;

    return wf_records_add(k->records, record) ? WEFT_OK : wf_error_nomem(err, pass->pipe->name);
}

static weft_status keep_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct keeper *k = state;

    (void)err;
    weft_call_return(pass->call, weft_value_of_ptr(&weft_type_records, k->records));
    k->records = NULL;
    return WEFT_OK;
}

static void keep_fini(void *state)
{
    struct keeper *k = state;

    weft_records_release(k->records);
}

const struct wf_sink wf_sink_keep = {
    .name = "", .state_bytes = sizeof(struct keeper),
    .begin = keep_begin, .push = keep_push, .end = keep_end, .fini = keep_fini,
};
