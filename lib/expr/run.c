/* run.c - one batch through a program: values in, each instruction once, values out.
 *
 * Scalars stay scalars as long as all operands are: a row of an array against one
 * number costs the number nothing. A null scalar carries the bitmap `none`, so that
 * nulls combine without asking who is one and who is many.
 */
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/expr/ins.h"
#include "lib/kernel/valid.h"

enum { WORDS = WF_BATCH / 64 };

static const uint64_t none[WORDS]; /* all bits 0: nothing is there */

struct run {
    const struct wf_program *p;
    struct wf_run_state     *state;
    struct wf_lane_now      *now;
    int64_t                  n;
    struct wf_dest          *out;
    struct weft_error       *err;
};

static void *reg_values(const struct run *r, int32_t reg)
{
    return (char *)r->state + r->p->regs[reg];
}

static uint64_t *reg_valid(const struct run *r, int32_t reg)
{
    return (uint64_t *)((char *)r->state + r->p->valids[reg]);
}

/* Where the result `v` is written: straight where the caller wants it, or to its register. */
static void *result_values(const struct run *r, const struct wf_place *v)
{
    const struct wf_dest *dest = v->output == WF_NONE ? NULL : &r->out[v->output];

    return dest && dest->values && !dest->is_bits ? dest->values : reg_values(r, v->reg);
}

static uint64_t *result_valid(const struct run *r, const struct wf_place *v)
{
    const struct wf_dest *dest = v->output == WF_NONE ? NULL : &r->out[v->output];

    return dest && dest->valid ? dest->valid : reg_valid(r, v->reg);
}

/* ---- In ----------------------------------------------------------------------------- */

/* Views that say which input they come from; those of the first say so already. */
static void number_texts(struct wf_view *to, const struct wf_view *from, int64_t n, int32_t source)
{
    for (int64_t i = 0; i < n; i++) {
        to[i] = from[i];
        if (to[i].len > WF_VIEW_INLINE)
            to[i].u.big.text |= source << WF_TEXT_BITS;
    }
}

static weft_status load(struct run *r, int32_t i, const struct wf_lane *lane)
{
    const struct wf_place *v = &r->p->values[i];
    const int64_t n = lane->is_scalar ? 1 : r->n;
    struct wf_lane_now *now = &r->now[i];

    now->values = lane->values;
    now->step = lane->is_scalar ? 0 : 1;
    now->valid = lane->valid && wf_valid_has_nulls(lane->valid, n) ? lane->valid : NULL;
    if (now->valid && lane->is_scalar)
        now->valid = none;
    if (lane->is_bits) {
        WF_ASSERT(v->dtype == WEFT_BOOL);
        wf_bits_unpack(reg_values(r, v->reg), lane->values, 0, n);
        now->values = reg_values(r, v->reg);
    }
    if (v->source == WF_NONE)
        return WEFT_OK;
    if (lane->n_texts > WF_MAX_TEXTS)
        return weft_error_set(r->err, WEFT_UNSUPPORTED, "a string column in %d pieces; %d is the most",
                              (int)lane->n_texts, WF_MAX_TEXTS);
    r->state->sources[v->source] = lane->texts;
    if (v->source > 0 && lane->n_texts) {
        number_texts(reg_values(r, v->reg), lane->values, n, v->source);
        now->values = reg_values(r, v->reg);
    }
    return WEFT_OK;
}

/* ---- One instruction ------------------------------------------------------------------ */

static bool is_many(const struct run *r, const struct wf_ins *ins)
{
    for (int k = 0; k < ins->n_args; k++)
        if (r->now[ins->args[k]].step)
            return true;
    return false;
}

static void call_kernel(const struct run *r, const struct wf_ins *ins, void *out, int64_t n)
{
    struct wf_arg in[3];

    for (int k = 0; k < ins->n_args; k++) {
        const struct wf_lane_now *arg = &r->now[ins->args[k]];
        in[k] = (struct wf_arg){arg->values, arg->step, (struct wf_buffer *const *const *)r->state->sources};
    }
    ins->kernel(out, in, n);
}

/* Null where any operand is. Nulls of an operand whose register the result takes over
 * lie in `room` already. */
static const uint64_t *any_null(const struct run *r, const struct wf_ins *ins, uint64_t *room)
{
    const uint64_t *valid = NULL;

    for (int k = 0; k < ins->n_args; k++)
        if (r->now[ins->args[k]].valid == room)
            valid = room;
    for (int k = 0; k < ins->n_args; k++) {
        const uint64_t *other = r->now[ins->args[k]].valid;

        if (!other || other == room)
            continue;
        wf_valid_and(room, other, valid, r->n);
        valid = room;
    }
    return valid;
}

/* The truths of a bool operand as bits. */
static void truth_bits(const struct run *r, const struct wf_lane_now *arg, uint64_t *bits)
{
    if (arg->step)
        wf_bits_pack(bits, arg->values, r->n);
    else
        wf_bits_fill(bits, r->n, *(const uint8_t *)arg->values);
}

static const uint64_t *kleene(const struct run *r, const struct wf_ins *ins, uint64_t *room)
{
    const struct wf_lane_now *a = &r->now[ins->args[0]], *b = &r->now[ins->args[1]];

    if (!a->valid && !b->valid)
        return NULL;
    truth_bits(r, a, r->state->bits[0]);
    truth_bits(r, b, r->state->bits[1]);
    if (ins->op == WEFT_OP_AND)
        wf_valid_kleene_and(room, r->state->bits[0], a->valid, r->state->bits[1], b->valid, r->n);
    else
        wf_valid_kleene_or(room, r->state->bits[0], a->valid, r->state->bits[1], b->valid, r->n);
    return room;
}

/* Takes the value of x where `bits` is set, else of y: for conditions that are not a
 * value of the program. */
static void choose(const struct run *r, const struct wf_ins *ins, void *out, const uint64_t *bits,
                   const struct wf_lane_now *x, const struct wf_lane_now *y, int64_t n)
{
    const struct wf_arg in[3] = {
        {r->state->truth, 1, NULL}, {x->values, x->step, NULL}, {y->values, y->step, NULL}};

    wf_bits_unpack(r->state->truth, bits, 0, n);
    ins->kernel(out, in, n);
}

/* Nulls are settled before the kernel runs, for its result may lie over an operand. */
static const uint64_t *choose_branch(const struct run *r, const struct wf_ins *ins, void *out,
                                     uint64_t *room, int64_t n)
{
    const struct wf_lane_now *c = &r->now[ins->args[0]], *x = &r->now[ins->args[1]],
                             *y = &r->now[ins->args[2]];
    const uint64_t *valid = NULL;
    uint64_t *bits = r->state->bits[0];

    if (c->valid || x->valid || y->valid)
        truth_bits(r, c, bits);
    if (c->valid) /* a condition that is not known is not true */
        wf_valid_and(bits, bits, c->valid, r->n);
    if (x->valid || y->valid) {
        wf_valid_choose(room, bits, x->valid, y->valid, r->n);
        valid = room;
    }
    if (c->valid)
        choose(r, ins, out, bits, x, y, n);
    else
        call_kernel(r, ins, out, n);
    return valid;
}

static const uint64_t *first_valid(const struct run *r, const struct wf_ins *ins, void *out,
                                   uint64_t *room, int64_t n)
{
    const struct wf_lane_now *x = &r->now[ins->args[0]], *y = &r->now[ins->args[1]];
    uint64_t *bits = r->state->bits[0];
    const uint64_t *valid = NULL;

    if (x->valid)
        memcpy(bits, x->valid, wf_bits_bytes(r->n));
    else
        wf_bits_fill(bits, r->n, true);
    if (x->valid && y->valid) {
        wf_valid_coalesce(room, x->valid, y->valid, r->n);
        valid = room;
    }
    choose(r, ins, out, bits, x, y, n);
    return valid;
}

/* ---- Users' functions ------------------------------------------------------------------- */

static const char *text_ptr(const struct run *r, const struct wf_view *v)
{
    if (v->len <= WF_VIEW_INLINE)
        return v->u.small;
    return (const char *)r->state->sources[v->u.big.text >> WF_TEXT_BITS]
                                          [v->u.big.text & (WF_MAX_TEXTS - 1)]->data + v->u.big.offset;
}

/* An operand as a user's function sees it: n elements, strings as weft_text. */
static const void *spread(const struct run *r, const struct wf_lane_now *arg, weft_dtype dtype,
                          int32_t temp)
{
    const size_t bytes = weft_dtype_size(dtype);
    char *to = reg_values(r, temp);

    if (dtype == WEFT_STRING) {
        const struct wf_view *v = arg->values;

        for (int64_t i = 0; i < r->n; i++, v += arg->step)
            ((struct weft_text *)(void *)to)[i] = (struct weft_text){text_ptr(r, v), v->len};
        return to;
    }
    if (arg->step)
        return arg->values;
    for (int64_t i = 0; i < r->n; i++)
        memcpy(to + (size_t)i * bytes, arg->values, bytes);
    return to;
}

static weft_status call_fn(const struct run *r, const struct wf_ins *ins, void *out, uint64_t *room,
                           const uint64_t **valid)
{
    const struct weft_batch_fn *fn = ins->fn;
    struct weft_batch in = {.n = r->n};
    struct weft_batch_out to = {.values = out};
    weft_status st;

    *valid = any_null(r, ins, room);
    for (int k = 0; k < ins->n_args; k++) {
        in.columns[k] = spread(r, &r->now[ins->args[k]], fn->args[k], ins->temps[k]);
        in.valid[k] = r->now[ins->args[k]].valid;
    }
    if (fn->sees_nulls) {
        wf_bits_fill(room, r->n, true);
        to.valid = room;
        *valid = room;
    }
    st = fn->fn(&in, &to, fn->ctx, r->err);
    if (*valid && !wf_valid_has_nulls(*valid, r->n))
        *valid = NULL;
    return st;
}

static weft_status step(struct run *r, int32_t i)
{
    const struct wf_ins *ins = &r->p->ins[i];
    const int32_t v = r->p->first_result + i;
    const struct wf_place *place = &r->p->values[v];
    struct wf_lane_now *now = &r->now[v];
    const bool many = is_many(r, ins) || ins->kind == WF_INS_FN;
    const int64_t n = many ? r->n : 1;
    void *out = result_values(r, place);
    uint64_t *room = result_valid(r, place);
    const uint64_t *valid = NULL;
    weft_status st = WEFT_OK;

    switch (ins->kind) {
    case WF_INS_KERNEL:
        valid = any_null(r, ins, room);
        call_kernel(r, ins, out, n);
        break;
    case WF_INS_KLEENE:
        valid = kleene(r, ins, room);
        call_kernel(r, ins, out, n);
        break;
    case WF_INS_IF:
        valid = choose_branch(r, ins, out, room, n);
        break;
    case WF_INS_COALESCE:
        valid = first_valid(r, ins, out, room, n);
        break;
    case WF_INS_NULL:
        (ins->op == WEFT_OP_ISNULL ? wf_valid_isnull : wf_valid_notnull)(out, r->now[ins->args[0]].valid, n);
        break;
    case WF_INS_FN:
        st = call_fn(r, ins, out, room, &valid);
        break;
    }
    now->values = out;
    now->step = many;
    now->valid = many ? valid : valid && !(*valid & 1) ? none : NULL;
    return st;
}

/* ---- Out ------------------------------------------------------------------------------------ */

/* n times the element at `from`, which may be the first of `to`. */
static void fill(char *to, const char *from, size_t bytes, int64_t n)
{
    char one[16];

    memcpy(one, from, bytes);
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * bytes, one, bytes);
}

static void store(const struct run *r, int32_t j)
{
    const int32_t v = r->p->outputs[j];
    const struct wf_place *place = &r->p->values[v];
    const struct wf_lane_now *now = &r->now[v];
    const size_t bytes = weft_dtype_size(place->dtype);
    struct wf_dest *dest = &r->out[j];
    const int32_t reg = place->output == j ? place->reg : r->p->output_regs[j];
    const void *values = now->values;
    void *to = dest->values && !dest->is_bits ? dest->values : reg_values(r, reg);

    if (!now->step) {
        fill(to, values, bytes, r->n);
        values = to;
    } else if (dest->values && !dest->is_bits && values != to) {
        memcpy(to, values, (size_t)r->n * bytes);
        values = to;
    }
    if (dest->is_bits && dest->values)
        wf_bits_pack(dest->values, values, r->n);
    else
        dest->values = (void *)(uintptr_t)values;

    dest->has_nulls = now->valid && wf_valid_has_nulls(now->valid, r->n);
    if (!dest->has_nulls)
        return;
    if (!dest->valid)
        dest->valid = (uint64_t *)(uintptr_t)now->valid;
    else if (dest->valid != now->valid)
        memcpy(dest->valid, now->valid, wf_bits_bytes(r->n));
}

weft_status wf_program_run(const wf_program *p, void *scratch, const struct wf_lane *in, int64_t n,
                           struct wf_dest *out, struct weft_error *err)
{
    struct wf_run_state *state = scratch;
    struct run r = {.p = p, .state = state, .now = state->now, .n = n, .out = out, .err = err};
    weft_status st = WEFT_OK;

    WF_ASSERT(n > 0 && n <= WF_BATCH && ((uintptr_t)scratch & 63) == 0);
    state->sources = (struct wf_buffer *const **)(void *)(state->now + p->n_values);
    if (p->literal_source != WF_NONE)
        state->sources[p->literal_source] = &p->literals;
    for (int32_t i = 0; !st && i < p->n_inputs; i++)
        st = load(&r, i, &in[i]);
    for (int32_t v = p->n_inputs; v < p->first_result; v++)
        r.now[v] = (struct wf_lane_now){p->values[v].constant, p->values[v].is_null ? none : NULL, 0};
    for (int32_t i = 0; !st && i < p->n_ins; i++)
        st = step(&r, i);
    for (int32_t j = 0; !st && j < p->n_outputs; j++)
        store(&r, j);
    return st;
}

struct wf_lane wf_lane_of_column(const struct wf_column *c, int64_t row)
{
    struct wf_lane lane = {.texts = c->texts, .n_texts = c->n_texts};

    WF_ASSERT(row % 64 == 0);
    lane.is_bits = c->dtype == WEFT_BOOL;
    lane.values = (const char *)c->values
                  + (lane.is_bits ? (size_t)row / 8 : (size_t)row * weft_dtype_size(c->dtype));
    if (c->valid)
        lane.valid = c->valid + row / 64;
    return lane;
}
