/* pass.c - an expression compiled, and what each task of it is told. */
#include "lib/array/pass.h"

#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"

/* ---- Compiling ------------------------------------------------------------------ */

struct compile {
    struct wf_arena arena;   /* of the expressions, gone when the program is made */
    const void     *stamp;   /* the pass: memory of the graph is never used again, so no other has its place */
    weft_graph     *graph;
    struct wf_leaf *leaves;
    int             n_leaves, room;
    char            name[64];
    size_t          n_name;
};

/* Puts a name behind those there, each once: "normal-add-sqrt". What has no room is
 * left out, and the end says so. */
static void add_name(struct compile *c, const char *name)
{
    const size_t n = strlen(name), room = sizeof c->name - 4;
    const char *found = c->name;

    while (*name && (found = strstr(found, name))) {
        if ((found == c->name || found[-1] == '-') && (found[n] == '-' || !found[n]))
            return;
        found += n;
    }
    if (c->n_name + n + 1 > room) {
        strcpy(c->name + c->n_name, "...");
        return;
    }
    c->n_name += (size_t)snprintf(c->name + c->n_name, room - c->n_name, "%s%s", c->n_name ? "-" : "", name);
}

static bool add_leaf(struct compile *c, weft_array *a)
{
    if (c->n_leaves == c->room) {
        const int room = c->room ? c->room * 2 : 8;
        struct wf_leaf *leaves = wf_graph_alloc(c->graph, (size_t)room * sizeof *leaves);

        if (!leaves)
            return false;
        if (c->n_leaves)
            memcpy(leaves, c->leaves, (size_t)c->n_leaves * sizeof *leaves);
        c->leaves = leaves;
        c->room = room;
    }
    a->leaf = c->n_leaves;
    c->leaves[c->n_leaves++] = (struct wf_leaf){.array = a, .input = -1};
    return true;
}

static const struct wf_expr *number_expr(struct wf_arena *arena, const weft_array *a)
{
    switch (a->dtype) {
    case WEFT_BOOL:    return wf_expr_bool(arena, a->as.fill.i64);
    case WEFT_INT64:   return wf_expr_i64(arena, a->as.fill.i64);
    case WEFT_FLOAT32: return wf_expr_f32(arena, (float)a->as.fill.f64);
    default:           return wf_expr_f64(arena, a->as.fill.f64);
    }
}

static bool is_call(const weft_array *a)
{
    return a->kind == WF_ARRAY_CALL && !a->chunks;
}

static weft_status visit(struct compile *c, weft_array *a, struct weft_error *err);

static weft_status visit_call(struct compile *c, weft_array *a, struct weft_error *err)
{
    const struct wf_expr *args[3];

    for (int i = 0; i < a->as.call.n_args; i++) {
        const weft_status st = visit(c, a->as.call.args[i], err);

        if (st)
            return st;
        args[i] = a->as.call.args[i]->expr;
    }
    add_name(c, a->name);
    return wf_expr_call(&a->expr, &c->arena, a->as.call.op, a->as.call.n_args, args, err);
}

/* Gives a->expr, once for each array however often it is met. Recursion is bounded:
 * weft_array_call1() and its like keep expressions shallow. */
static weft_status visit(struct compile *c, weft_array *a, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    if (a->stamp == c->stamp)
        return WEFT_OK;
    a->expr = NULL;
    if (is_call(a)) {
        st = visit_call(c, a, err);
    } else if (a->kind == WF_ARRAY_FILL) {
        a->expr = number_expr(&c->arena, a);
    } else if (add_leaf(c, a)) {
        if (a->kind != WF_ARRAY_MEMORY && !a->chunks)
            add_name(c, a->name);
        a->expr = wf_expr_input(&c->arena, a->leaf, a->dtype);
    }
    if (!st && !a->expr)
        return wf_error_nomem(err, "an expression");
    a->stamp = c->stamp;
    return st;
}

/* Keeps the leaves that the program reads, in its order, and numbers their inputs. */
static void settle_leaves(struct wf_pass *p, const struct compile *c)
{
    p->leaves = c->leaves;
    p->n_leaves = p->program ? wf_program_n_inputs(p->program) : c->n_leaves;
    for (int i = 0; i < p->n_leaves; i++) {
        /* Numbers ascend, so a place is read before it is written. */
        p->leaves[i] = c->leaves[p->program ? wf_program_input(p->program, i) : i];
        p->leaves[i].input = p->leaves[i].array->chunks ? p->n_inputs++ : -1;
    }
}

/* ---- The token ---------------------------------------------------------------------- */

static struct wf_token add_cuts(struct wf_token t, const weft_array *a)
{
    t = wf_token_add(t, &a->n_dims, sizeof a->n_dims);
    for (int d = 0; d < a->n_dims; d++)
        t = wf_token_add(t, a->cuts[d].at, (size_t)(a->cuts[d].n + 1) * sizeof *a->cuts[d].at);
    return t;
}

/* What a leaf is: of chunks their places, for what is in them the task's inputs say. */
static struct wf_token add_array(struct wf_token t, const weft_array *a)
{
    const int32_t what[] = {a->chunks ? WF_ARRAY_CHUNKS : (int32_t)a->kind, (int32_t)a->dtype, a->n_dims};

    t = wf_token_add(t, what, sizeof what);
    t = wf_token_add(t, a->shape, sizeof a->shape);
    if (a->chunks)
        return add_cuts(t, a);
    switch (a->kind) {
    case WF_ARRAY_FILL:
        return wf_token_add(t, &a->as.fill, sizeof a->as.fill);
    case WF_ARRAY_RANGE:
        return wf_token_add(t, &a->as.range, sizeof a->as.range);
    case WF_ARRAY_LINE:
        return wf_token_add(t, &a->as.line, sizeof a->as.line);
    case WF_ARRAY_MEMORY:
        return wf_token_add(t, &a->as.memory.token, sizeof a->as.memory.token);
    default:
        return wf_token_add(t, &a->as.random, sizeof a->as.random);
    }
}

static struct wf_token token_of(const struct wf_pass *p)
{
    struct wf_token t = {0};

    if (p->program) {
        const struct wf_token program = wf_program_token(p->program);

        t = wf_token_add(t, &program, sizeof program);
    }
    for (int i = 0; i < p->n_leaves; i++)
        t = add_array(t, p->leaves[i].array);
    t = add_cuts(t, p->root);
    return p->n_job ? wf_token_add(t, p->job, p->n_job) : t;
}

/* ---- A pass --------------------------------------------------------------------------- */

static weft_status compile(struct wf_pass *p, struct compile *c, weft_array *root, struct weft_error *err)
{
    const struct wf_expr *out;
    weft_status st;

    if (!is_call(root) && root->dtype == p->dtype) {
        if (!add_leaf(c, root))
            return wf_error_nomem(err, "an expression");
        add_name(c, root->name);
        return WEFT_OK;
    }
    st = visit(c, root, err);
    if (!st)
        st = wf_expr_cast(&out, &c->arena, root->expr, p->dtype, err);
    if (!st)
        st = wf_program_new(&p->program, &out, 1, err);
    return st;
}

weft_status wf_pass_new(struct wf_pass **out, weft_array *root, weft_dtype dtype, const void *job,
                        size_t n_job, const char *then, struct weft_error *err)
{
    struct wf_pass *p = wf_graph_alloc(root->graph, sizeof *p);
    struct compile c = {.graph = root->graph, .stamp = p};
    void *job_copy = wf_graph_alloc(root->graph, n_job ? n_job : 1);
    weft_status st;

    wf_arena_init(&c.arena);
    if (!p || !job_copy) {
        st = wf_error_nomem(err, "an expression");
        goto out;
    }
    wf_count_init(&p->holders);
    p->root = root;
    p->dtype = dtype;
    p->job = job_copy;
    p->n_job = n_job;
    if (n_job)
        memcpy(job_copy, job, n_job);
    st = compile(p, &c, root, err);
    if (st)
        goto out;
    if (then)
        add_name(&c, then);
    else if (!c.n_name)
        add_name(&c, root->name);
    p->name = wf_graph_strdup(root->graph, c.name);
    if (!p->name) {
        wf_pass_release(p);
        st = wf_error_nomem(err, "an expression");
        goto out;
    }
    settle_leaves(p, &c);
    p->token = token_of(p);
    *out = p;
out:
    wf_arena_fini(&c.arena);
    return st;
}

void wf_pass_release(struct wf_pass *p)
{
    if (p && wf_count_drop(&p->holders))
        wf_program_release(p->program);
}

/* ---- Its tasks -------------------------------------------------------------------------- */

static void part_free(void *part)
{
    wf_pass_release(((struct wf_part *)part)->pass);
}

/* Two parts of the same bytes compute the same. */
static weft_status part_hash(const void *data, struct weft_sink *sink)
{
    const struct wf_part *part = data;
    weft_status st = sink->write(sink->to, &part->pass->token, sizeof part->pass->token);

    if (!st)
        st = sink->write(sink->to, part->index, sizeof part->index);
    return !st && part->pass->program && !wf_program_is_certain(part->pass->program) ? WEFT_UNSUPPORTED : st;
}

static const struct weft_type part_type = {.name = "chunk of an expression", .free = part_free,
                                           .hash = part_hash};

/* The chunk of a leaf that holds chunk `index` of the root. */
static weft_task *chunk_under(const weft_array *leaf, const weft_array *root, const int64_t *index)
{
    int64_t number = 0;

    for (int d = 0; d < leaf->n_dims; d++) {
        const int axis = d + root->n_dims - leaf->n_dims;
        const int64_t *at = root->cuts[axis].at + index[axis];
        const bool repeats = leaf->shape[d] == 1;

        number = number * leaf->cuts[d].n +
                 wf_cuts_find(&leaf->cuts[d], repeats ? 0 : at[0], repeats ? 1 : at[1]);
    }
    return leaf->chunks[number];
}

weft_task *wf_pass_task(struct wf_pass *p, weft_body *body, uint32_t layer, const int64_t *index,
                        size_t result_bytes)
{
    weft_graph *g = p->root->graph;
    struct wf_part *part = wf_graph_alloc(g, sizeof *part);
    weft_task *few[16], **deps = few;
    int n = 0;

    if (p->n_inputs > (int)(sizeof few / sizeof *few))
        deps = wf_graph_alloc(g, (size_t)p->n_inputs * sizeof *deps);
    if (!part || !deps)
        return wf_graph_nomem(g);
    for (int i = 0; i < p->n_leaves; i++)
        if (p->leaves[i].input >= 0)
            deps[n++] = chunk_under(p->leaves[i].array, p->root, index);
    wf_count_add(&p->holders);
    part->pass = p;
    for (int d = 0; d < p->root->n_dims; d++)
        part->index[d] = index[d];
    return weft_graph_add(g, &(struct weft_task_spec){
        .name = p->name, .index = part->index, .n_index = p->root->n_dims, .layer = layer, .body = body,
        .arg = part, .arg_type = &part_type, .deps = deps, .n_deps = (size_t)n, .flags = WEFT_PURE,
        .result_bytes = result_bytes, .file = g->here.file, .line = g->here.line});
}
