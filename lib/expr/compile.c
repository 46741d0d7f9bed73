/* compile.c - from expressions to a program: values numbered, results put in few registers. */
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/expr/ins.h"
#include "lib/expr/nodes.h"
#include "lib/expr/op.h"
#include "lib/expr/token.h"
#include "lib/expr/type.h"

struct compiler {
    struct wf_program *p;
    struct wf_nodes    nodes;
    int32_t           *value;  /* of each node */
    int32_t           *last;   /* of each value: the last instruction that reads it, INT32_MAX for outputs */
    struct weft_error *err;
};

static weft_status nomem(struct compiler *c)
{
    return wf_error_nomem(c->err, "a program");
}

static void *room(struct wf_arena *a, int32_t n, size_t bytes)
{
    return wf_arena_alloc(a, (size_t)(n + 1) * bytes, 16);
}

/* ---- Numbers -------------------------------------------------------------------- */

static bool is_input(const struct wf_node *node)
{
    return node->e->kind == WF_EXPR_INPUT;
}

static bool is_constant(const struct wf_node *node)
{
    return node->e->kind == WF_EXPR_CONST;
}

/* Inputs ascending by the caller's number. They are few: each finds its place among
 * those before it. */
static weft_status number_inputs(struct compiler *c)
{
    struct wf_program *p = c->p;

    for (int32_t i = 0; i < c->nodes.n; i++) {
        const struct wf_expr *e = c->nodes.at[i].e;
        int32_t at = p->n_inputs;

        if (e->kind != WF_EXPR_INPUT)
            continue;
        for (; at > 0 && p->inputs[at - 1] > e->as.input; at--)
            p->inputs[at] = p->inputs[at - 1];
        p->inputs[at] = e->as.input;
        p->n_inputs++;
    }
    for (int32_t i = 1; i < p->n_inputs; i++)
        if (p->inputs[i] == p->inputs[i - 1])
            return weft_error_set(c->err, WEFT_TYPE, "input %lld is used with two types",
                                  (long long)p->inputs[i]);
    return WEFT_OK;
}

static weft_status number_values(struct compiler *c)
{
    struct wf_program *p = c->p;
    int32_t n_constants = 0, next_constant, next_result;
    weft_status st;

    p->n_values = c->nodes.n;
    p->inputs = room(&p->arena, c->nodes.n, sizeof *p->inputs);
    p->values = room(&p->arena, c->nodes.n, sizeof *p->values);
    c->value = room(&c->nodes.arena, c->nodes.n, sizeof *c->value);
    c->last = room(&c->nodes.arena, c->nodes.n, sizeof *c->last);
    if (!p->inputs || !p->values || !c->value || !c->last)
        return nomem(c);
    st = number_inputs(c);
    if (st)
        return st;
    for (int32_t i = 0; i < c->nodes.n; i++)
        n_constants += is_constant(&c->nodes.at[i]);
    p->first_result = p->n_inputs + n_constants;
    p->n_ins = p->n_values - p->first_result;

    next_constant = p->n_inputs;
    next_result = p->first_result;
    for (int32_t i = 0; i < c->nodes.n; i++) {
        const struct wf_node *node = &c->nodes.at[i];
        int32_t v = 0;

        if (is_input(node))
            while (p->inputs[v] != node->e->as.input)
                v++;
        else
            v = is_constant(node) ? next_constant++ : next_result++;
        c->value[i] = v;
        p->values[v] = (struct wf_place){.dtype = node->e->dtype, .reg = WF_NONE, .output = WF_NONE,
                                         .source = WF_NONE};
    }
    return WEFT_OK;
}

/* ---- Constants: one element each; long texts in one buffer -------------------------- */

static size_t literal_bytes(const struct wf_expr *e)
{
    return e->kind == WF_EXPR_CONST && e->as.constant.long_text ? (size_t)e->as.constant.value.text.len
                                                                : 0;
}

/* Numbers the texts that strings come from: string inputs in order, then literals. */
static weft_status number_sources(struct compiler *c)
{
    struct wf_program *p = c->p;
    size_t bytes = 0;

    p->literal_source = WF_NONE;
    for (int32_t i = 0; i < p->n_inputs; i++)
        if (p->values[i].dtype == WEFT_STRING)
            p->values[i].source = p->n_sources++;
    for (int32_t i = 0; i < c->nodes.n; i++)
        bytes += literal_bytes(c->nodes.at[i].e);
    if (bytes) {
        p->literal_source = p->n_sources++;
        p->literals = bytes <= INT32_MAX ? wf_buffer_new(bytes) : NULL;
        if (!p->literals)
            return nomem(c);
    }
    if (p->n_sources > WF_MAX_TEXT_SOURCES)
        return weft_error_set(c->err, WEFT_UNSUPPORTED,
                              "%d string columns in one expression; %d is the most",
                              (int)p->n_sources, WF_MAX_TEXT_SOURCES);
    return WEFT_OK;
}

static weft_status place_constants(struct compiler *c)
{
    struct wf_program *p = c->p;
    size_t used = 0;

    for (int32_t i = 0; i < c->nodes.n; i++) {
        const struct wf_expr *e = c->nodes.at[i].e;
        struct wf_place *v = &p->values[c->value[i]];
        struct wf_view *element;

        if (e->kind != WF_EXPR_CONST)
            continue;
        element = wf_arena_alloc(&p->arena, sizeof *element, 16);
        if (!element)
            return nomem(c);
        v->constant = element;
        v->is_null = e->as.constant.is_null;
        if (!v->is_null)
            memcpy(element, &e->as.constant.value, weft_dtype_size(e->dtype));
        if (!literal_bytes(e))
            continue;
        memcpy((char *)p->literals->data + used, e->as.constant.long_text, literal_bytes(e));
        element->u.big.text = p->literal_source << WF_TEXT_BITS;
        element->u.big.offset = (int32_t)used;
        used += literal_bytes(e);
    }
    return WEFT_OK;
}

/* ---- Registers --------------------------------------------------------------------- */

enum { N_WIDTHS = 4 };

struct registers {
    struct wf_program *p;
    int32_t *free[N_WIDTHS];  /* of elements of 1, 4, 8, 16 bytes */
    int32_t  n_free[N_WIDTHS];
    size_t   bytes;           /* of scratch so far */
};

static int width_of(weft_dtype dtype)
{
    switch (weft_dtype_size(dtype)) {
    case 1:
        return 0;
    case 4:
        return 1;
    case 8:
        return 2;
    default:
        return 3;
    }
}

static size_t up_to_line(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

static int32_t take_register(struct registers *r, weft_dtype dtype)
{
    const int width = width_of(dtype);
    int32_t reg;

    if (r->n_free[width])
        return r->free[width][--r->n_free[width]];
    reg = r->p->n_regs++;
    r->p->regs[reg] = r->bytes;
    r->p->valids[reg] = r->bytes + up_to_line(weft_dtype_size(dtype) * WF_BATCH);
    r->bytes = r->p->valids[reg] + up_to_line(WF_BATCH / 8);
    return reg;
}

static void give_register(struct registers *r, weft_dtype dtype, int32_t reg)
{
    const int width = width_of(dtype);

    r->free[width][r->n_free[width]++] = reg;
}

static weft_status begin_registers(struct compiler *c, struct registers *r)
{
    struct wf_program *p = c->p;
    int32_t most = p->n_values + p->n_outputs;

    for (int32_t i = 0; i < c->nodes.n; i++)
        most += c->nodes.at[i].e->n_args;
    *r = (struct registers){.p = p, .bytes = up_to_line(wf_run_state_bytes(p))};
    p->regs = room(&p->arena, most, sizeof *p->regs);
    p->valids = room(&p->arena, most, sizeof *p->valids);
    if (!p->regs || !p->valids)
        return nomem(c);
    for (int k = 0; k < N_WIDTHS; k++) {
        r->free[k] = room(&c->nodes.arena, most, sizeof **r->free);
        if (!r->free[k])
            return nomem(c);
    }
    return WEFT_OK;
}

/* The last reader of each value, and what the outputs are. */
static weft_status find_lives(struct compiler *c, const int32_t *roots)
{
    struct wf_program *p = c->p;

    p->outputs = room(&p->arena, p->n_outputs, sizeof *p->outputs);
    p->output_regs = room(&p->arena, p->n_outputs, sizeof *p->output_regs);
    if (!p->outputs || !p->output_regs)
        return nomem(c);
    for (int32_t v = 0; v < p->n_values; v++)
        c->last[v] = WF_NONE;
    for (int32_t i = 0; i < c->nodes.n; i++)
        for (int k = 0; k < c->nodes.at[i].e->n_args; k++) {
            int32_t *last = &c->last[c->value[c->nodes.at[i].args[k]]];
            const int32_t at = c->value[i] - p->first_result;

            *last = *last > at ? *last : at;
        }
    for (int32_t j = 0; j < p->n_outputs; j++) {
        const int32_t v = c->value[roots[j]];

        p->outputs[j] = v;
        c->last[v] = INT32_MAX;
        if (v >= p->first_result && p->values[v].output == WF_NONE)
            p->values[v].output = j;
    }
    return WEFT_OK;
}

/* ---- Instructions --------------------------------------------------------------------- */

static enum wf_ins_kind kind_of(const struct wf_expr *e)
{
    if (e->kind == WF_EXPR_FN)
        return WF_INS_FN;
    if (e->as.op == WEFT_OP_AND || e->as.op == WEFT_OP_OR)
        return WF_INS_KLEENE;
    switch (wf_ops[e->as.op].rule) {
    case WF_RULE_IF:
        return WF_INS_IF;
    case WF_RULE_COALESCE:
        return WF_INS_COALESCE;
    case WF_RULE_NULL:
        return WF_INS_NULL;
    default:
        return WF_INS_KERNEL;
    }
}

static void free_operands(struct compiler *c, struct registers *r, const struct wf_ins *ins, int32_t at)
{
    for (int k = 0; k < ins->n_args; k++) {
        const int32_t v = ins->args[k];

        if (v >= c->p->first_result && c->last[v] == at) {
            give_register(r, c->p->values[v].dtype, c->p->values[v].reg);
            c->last[v] = WF_NONE; /* an operand given twice is freed once */
        }
    }
}

static weft_status set_fn(struct compiler *c, struct registers *r, struct wf_ins *ins,
                          const struct wf_expr *e)
{
    struct weft_batch_fn *fn = wf_arena_alloc(&c->p->arena, sizeof *fn, _Alignof(struct weft_batch_fn));
    int32_t *temps = room(&c->p->arena, e->n_args, sizeof *temps);

    if (!fn || !temps)
        return nomem(c);
    *fn = *e->as.fn;
    fn->name = wf_arena_strdup(&c->p->arena, e->as.fn->name);
    if (!fn->name)
        return nomem(c);
    for (int k = 0; k < e->n_args; k++)
        temps[k] = take_register(r, fn->args[k]);
    ins->fn = fn;
    ins->temps = temps;
    return WEFT_OK;
}

static weft_status set_kernel(struct compiler *c, struct wf_ins *ins, const struct wf_expr *e)
{
    const weft_dtype dtype = e->args[wf_op_decider(e->as.op)]->dtype;

    ins->op = e->as.op;
    if (ins->kind == WF_INS_NULL)
        return WEFT_OK;
    ins->kernel = wf_kernel_find(ins->kind == WF_INS_COALESCE ? WEFT_OP_IF : ins->op, dtype);
    if (!ins->kernel)
        return weft_error_set(c->err, WEFT_TYPE, "%s: no meaning for %s", weft_op_name(ins->op),
                              weft_dtype_name(dtype));
    return WEFT_OK;
}

static weft_status emit(struct compiler *c, struct registers *r, int32_t node)
{
    struct wf_program *p = c->p;
    const struct wf_expr *e = c->nodes.at[node].e;
    struct wf_place *result = &p->values[c->value[node]];
    const int32_t at = c->value[node] - p->first_result;
    struct wf_ins *ins = &p->ins[at];
    int32_t *args = room(&p->arena, e->n_args, sizeof *args);
    weft_status st;

    if (!args)
        return nomem(c);
    *ins = (struct wf_ins){.kind = kind_of(e), .n_args = e->n_args, .args = args};
    for (int k = 0; k < e->n_args; k++)
        args[k] = c->value[c->nodes.at[node].args[k]];
    if (ins->kind == WF_INS_FN) {
        /* Not ours: its result lies over nothing that it reads. */
        st = set_fn(c, r, ins, e);
        result->reg = take_register(r, result->dtype);
        free_operands(c, r, ins, at);
        for (int k = 0; !st && k < e->n_args; k++)
            give_register(r, ins->fn->args[k], ins->temps[k]);
        return st;
    }
    free_operands(c, r, ins, at);
    result->reg = take_register(r, result->dtype);
    return set_kernel(c, ins, e);
}

static weft_status emit_all(struct compiler *c)
{
    struct wf_program *p = c->p;
    struct registers r;
    weft_status st = begin_registers(c, &r);

    p->ins = room(&p->arena, p->n_ins, sizeof *p->ins);
    if (!p->ins)
        return nomem(c);
    for (int32_t v = 0; !st && v < p->n_inputs; v++)
        if (p->values[v].dtype == WEFT_BOOL || p->values[v].source > 0)
            p->values[v].reg = take_register(&r, p->values[v].dtype);
    for (int32_t i = 0; !st && i < c->nodes.n; i++)
        if (!is_input(&c->nodes.at[i]) && !is_constant(&c->nodes.at[i]))
            st = emit(c, &r, i);
    for (int32_t j = 0; !st && j < p->n_outputs; j++) {
        const struct wf_place *v = &p->values[p->outputs[j]];

        p->output_regs[j] = v->output == j ? WF_NONE : take_register(&r, v->dtype);
    }
    p->scratch_bytes = r.bytes;
    return st;
}

/* ---- Life ------------------------------------------------------------------------------- */

weft_status wf_program_new(wf_program **out, const struct wf_expr *const *outputs, int n_outputs,
                           struct weft_error *err)
{
    struct wf_program *p = wf_alloc_zero(1, sizeof *p);
    struct compiler c = {.p = p, .err = err};
    int32_t *roots = NULL;
    weft_status st = WEFT_OK;

    WF_ASSERT(n_outputs >= 1);
    wf_nodes_init(&c.nodes);
    if (!p) {
        st = nomem(&c);
        goto out;
    }
    wf_count_init(&p->holders);
    wf_arena_init(&p->arena);
    p->n_outputs = n_outputs;
    roots = room(&c.nodes.arena, n_outputs, sizeof *roots);
    if (!roots) {
        st = nomem(&c);
        goto out;
    }
    for (int j = 0; !st && j < n_outputs; j++)
        st = wf_nodes_add(&c.nodes, outputs[j], &roots[j], err);
    if (!st)
        st = number_values(&c);
    if (!st)
        st = number_sources(&c);
    if (!st)
        st = place_constants(&c);
    if (!st)
        st = find_lives(&c, roots);
    if (!st)
        st = emit_all(&c);
    if (!st) {
        p->token = wf_program_hash(p, &p->is_certain);
        *out = p;
        p = NULL;
    }
out:
    wf_nodes_fini(&c.nodes);
    wf_program_release(p);
    return st;
}

wf_program *wf_program_retain(wf_program *p)
{
    wf_count_add(&p->holders);
    return p;
}

void wf_program_release(wf_program *p)
{
    if (!p || !wf_count_drop(&p->holders))
        return;
    wf_buffer_release(p->literals);
    wf_arena_fini(&p->arena);
    wf_free(p);
}

/* ---- Asking ------------------------------------------------------------------------------- */

size_t wf_program_scratch_bytes(const wf_program *p)
{
    return p->scratch_bytes;
}

int wf_program_n_inputs(const wf_program *p)
{
    return p->n_inputs;
}

int64_t wf_program_input(const wf_program *p, int i)
{
    WF_ASSERT(i >= 0 && i < p->n_inputs);
    return p->inputs[i];
}

weft_dtype wf_program_input_dtype(const wf_program *p, int i)
{
    WF_ASSERT(i >= 0 && i < p->n_inputs);
    return p->values[i].dtype;
}

int wf_program_n_outputs(const wf_program *p)
{
    return p->n_outputs;
}

weft_dtype wf_program_dtype(const wf_program *p, int j)
{
    WF_ASSERT(j >= 0 && j < p->n_outputs);
    return p->values[p->outputs[j]].dtype;
}

int wf_program_n_ops(const wf_program *p)
{
    return p->n_ins;
}

struct wf_token wf_program_token(const wf_program *p)
{
    return p->token;
}

bool wf_program_is_certain(const wf_program *p)
{
    return p->is_certain;
}
