/* flow.c - the columns of a frame, made from those of its source in one pass. */
#include "lib/frame/flow.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/kernel/select.h"
#include "lib/kernel/valid.h"

struct wf_flow *wf_flow_retain(struct wf_flow *w)
{
    wf_count_add(&w->holders);
    return w;
}

void wf_flow_release(struct wf_flow *w)
{
    if (!w || !wf_count_drop(&w->holders))
        return;
    for (int s = 0; s < w->n_stages; s++) {
        wf_program_release(w->stages[s].program);
        wf_free(w->stages[s].settled);
        wf_free(w->stages[s].live);
    }
    wf_free(w->stages);
    wf_program_release(w->program);
    wf_schema_release(w->schema);
    wf_free(w->reads);
    wf_free(w->number);
    wf_free(w->output);
    wf_free(w);
}

/* ---- Making, from the last stage to the first ------------------------------------ */

struct making {
    struct wf_flow *w;
    bool           *live;   /* by number: looked at from here on */
    const struct wf_expr **outputs;
};

static void mark_program(bool *live, const wf_program *p)
{
    for (int i = 0; p && i < wf_program_n_inputs(p); i++)
        live[wf_program_input(p, i)] = true;
}

static weft_status make_program(struct making *m, wf_program **out, int n, struct weft_error *err)
{
    size_t bytes;

    if (!n)
        return WEFT_OK;
    weft_status st = wf_program_new(out, m->outputs, n, err);

    if (st)
        return st;
    bytes = wf_program_scratch_bytes(*out);
    m->w->scratch_bytes = bytes > m->w->scratch_bytes ? bytes : m->w->scratch_bytes;
    mark_program(m->live, *out);
    return WEFT_OK;
}

/* The numbers that are live, of the first n. */
static int64_t *live_numbers(const struct making *m, int64_t n, int *n_live)
{
    int64_t *numbers = wf_alloc_array((size_t)n + 1, sizeof *numbers);

    *n_live = 0;
    for (int64_t i = 0; numbers && i < n; i++)
        if (m->live[i])
            numbers[(*n_live)++] = i;
    return numbers;
}

static weft_status make_stage(struct making *m, struct wf_flow_stage *to, const struct wf_stage *s,
                              struct weft_error *err)
{
    const int64_t end = s->first + s->n_settled;
    int n = 0;

    to->live = live_numbers(m, end, &to->n_live);
    to->settled = wf_alloc_array((size_t)s->n_settled + 1, sizeof *to->settled);
    if (!to->live || !to->settled)
        return wf_error_nomem(err, "a stage of a frame");
    to->has_mask = s->keep != NULL;
    if (s->keep)
        m->outputs[n++] = s->keep;
    for (int i = 0; i < s->n_settled; i++) {
        if (!m->live[s->first + i])
            continue;
        m->outputs[n++] = s->settled[i];
        to->settled[to->n_settled++] = s->first + i;
        m->live[s->first + i] = false;
    }
    return make_program(m, &to->program, n, err);
}

static weft_status make_stages(struct making *m, const struct wf_stage *last, struct weft_error *err)
{
    struct wf_flow *w = m->w;
    weft_status st = WEFT_OK;
    int s = 0;

    for (const struct wf_stage *i = last; i; i = i->before)
        s++;
    w->stages = wf_alloc_zero((size_t)s + 1, sizeof *w->stages);
    if (!w->stages)
        return wf_error_nomem(err, "the stages of a frame");
    w->n_stages = s;
    for (const struct wf_stage *i = last; i && !st; i = i->before)
        st = make_stage(m, &w->stages[--s], i, err);
    return st;
}

/* Which columns are numbers, and the program of the others. */
static weft_status make_columns(struct making *m, int n, const struct wf_expr *const *columns,
                                struct weft_error *err)
{
    struct wf_flow *w = m->w;
    int n_outputs = 0;

    w->n = n;
    w->number = wf_alloc_zero((size_t)n + 1, sizeof *w->number);
    w->output = wf_alloc_zero((size_t)n + 1, sizeof *w->output);
    if (!w->number || !w->output)
        return wf_error_nomem(err, "the columns of a frame");
    for (int j = 0; j < n; j++) {
        w->output[j] = -1;
        if (columns[j]->kind == WF_EXPR_INPUT) {
            w->number[j] = columns[j]->as.input;
            m->live[w->number[j]] = true;
        } else {
            m->outputs[n_outputs] = columns[j];
            w->output[j] = n_outputs++;
        }
    }
    return make_program(m, &w->program, n_outputs, err);
}

static weft_status make_schema(struct wf_flow *w, const struct wf_expr *const *columns, const char *const *names,
                               struct weft_error *err)
{
    const char **called = wf_alloc_array((size_t)w->n + 1, sizeof *called);
    weft_dtype *dtypes = wf_alloc_array((size_t)w->n + 1, sizeof *dtypes);

    if (called && dtypes) {
        for (int j = 0; j < w->n; j++) {
            called[j] = names ? names[j] : "";
            dtypes[j] = columns[j]->dtype;
        }
        w->schema = wf_schema_new(w->n, called, dtypes);
    }
    wf_free(called);
    wf_free(dtypes);
    return w->schema ? WEFT_OK : wf_error_nomem(err, "the columns of a frame");
}

static struct wf_token add_program(struct wf_token t, const wf_program *p)
{
    const struct wf_token own = p ? wf_program_token(p) : (struct wf_token){0, 0};

    t = wf_token_add(t, &own, sizeof own);
    for (int i = 0; p && i < wf_program_n_inputs(p); i++) {
        const int64_t number = wf_program_input(p, i);

        t = wf_token_add(t, &number, sizeof number);
    }
    return t;
}

static bool is_certain(const wf_program *p)
{
    return !p || wf_program_is_certain(p);
}

/* Everything that decides the result, lengths before lists. */
static struct wf_token token_of(const struct wf_flow *w)
{
    const int64_t sizes[] = {w->n_reads, w->is_dense, w->n_numbers, w->n_stages, w->n};
    struct wf_token t = wf_token_add((struct wf_token){0, 0}, sizes, sizeof sizes);

    t = wf_token_add(t, w->reads, (size_t)w->n_reads * sizeof *w->reads);
    for (int s = 0; s < w->n_stages; s++) {
        const struct wf_flow_stage *stage = &w->stages[s];
        const int64_t sizes_of[] = {stage->has_mask, stage->n_settled};

        t = wf_token_add(t, sizes_of, sizeof sizes_of);
        t = wf_token_add(t, stage->settled, (size_t)stage->n_settled * sizeof *stage->settled);
        t = add_program(t, stage->program);
    }
    t = wf_token_add(t, w->number, (size_t)w->n * sizeof *w->number);
    t = wf_token_add(t, w->output, (size_t)w->n * sizeof *w->output);
    for (int j = 0; j < w->n; j++)
        t = wf_token_add(t, w->schema->names[j], strlen(w->schema->names[j]) + 1);
    return add_program(t, w->program);
}

weft_status wf_flow_new(struct wf_flow **out, const weft_frame *f, int n, const struct wf_expr *const *columns,
                        const char *const *names, struct weft_error *err)
{
    struct wf_flow *w = wf_alloc_zero(1, sizeof *w);
    struct making m = {.w = w};
    weft_status st = WEFT_OK;

    if (w)
        wf_count_init(&w->holders);
    m.live = wf_alloc_zero((size_t)f->n_numbers + 1, sizeof *m.live);
    m.outputs = wf_alloc_zero((size_t)(f->n_numbers + n) + 2, sizeof *m.outputs);
    if (!w || !m.live || !m.outputs) {
        st = wf_error_nomem(err, "what a frame computes");
        goto out;
    }
    w->n_numbers = f->n_numbers;
    w->scratch_bytes = 64; /* asking for none would answer as no memory does */
    w->is_dense = f->source->csv != NULL;
    st = make_columns(&m, n, columns, err);
    if (!st)
        st = make_stages(&m, f->stage, err);
    if (!st)
        st = make_schema(w, columns, names, err);
    if (st)
        goto out;
    w->reads = live_numbers(&m, f->source->n_columns, &w->n_reads);
    if (!w->reads) {
        st = wf_error_nomem(err, "what a frame reads");
        goto out;
    }
    w->token = token_of(w);
    w->is_certain = is_certain(w->program);
    for (int s = 0; s < w->n_stages; s++)
        w->is_certain &= is_certain(w->stages[s].program);
out:
    if (st)
        wf_flow_release(w);
    else
        *out = w;
    wf_free(m.live);
    wf_free(m.outputs);
    return st;
}

bool wf_flow_is_nothing(const struct wf_flow *w)
{
    if (w->n_stages || w->program || w->n != w->n_reads)
        return false;
    for (int j = 0; j < w->n; j++)
        if (w->number[j] != w->reads[j])
            return false;
    return true;
}

bool wf_flow_keeps_rows(const struct wf_flow *w)
{
    for (int s = 0; s < w->n_stages; s++)
        if (w->stages[s].has_mask)
            return false;
    return true;
}

/* ---- Running --------------------------------------------------------------------- */

/* The columns of one block, by number; those not looked at any more are NULL. */
struct block {
    struct wf_column **columns;
    struct wf_column **io;      /* inputs or outputs of a program */
    int64_t            n_rows;
};

static void drop(struct wf_column **c)
{
    wf_column_release(*c);
    *c = NULL;
}

/* Runs a program over the block; outputs are in io. */
static weft_status run_program(const struct wf_flow *w, const wf_program *p, struct block *b, void *scratch,
                               struct weft_error *err)
{
    struct wf_column **in = b->io, **out = b->io + w->n_numbers + w->n + 1;

    for (int i = 0; i < wf_program_n_inputs(p); i++)
        in[i] = b->columns[wf_program_input(p, i)];
    return wf_program_run_columns(p, scratch, in, b->n_rows, out, err);
}

/* Keeps the rows of all columns that are looked at later where `mask` is true. */
static weft_status keep_rows(const struct wf_flow_stage *s, struct block *b, const struct wf_column *mask,
                             struct weft_error *err)
{
    uint64_t *bits = wf_alloc_array((size_t)wf_bits_n_words(b->n_rows) + 1, sizeof *bits);
    weft_status st = WEFT_OK;
    int64_t n_kept;

    if (!bits)
        return wf_error_nomem(err, "the rows that a filter keeps");
    n_kept = wf_mask_of_bits(bits, mask->values, mask->valid, b->n_rows);
    for (int i = 0; i < s->n_live && n_kept < b->n_rows && !st; i++) {
        struct wf_column **c = &b->columns[s->live[i]];
        struct wf_column *kept = wf_column_filter(*c, bits, n_kept);

        if (!kept)
            st = wf_error_nomem(err, "the rows that a filter keeps");
        else
            drop(c), *c = kept;
    }
    b->n_rows = n_kept;
    wf_free(bits);
    return st;
}

static weft_status run_stage(const struct wf_flow *w, const struct wf_flow_stage *s, struct block *b, void *scratch,
                             struct weft_error *err)
{
    struct wf_column **out = b->io + w->n_numbers + w->n + 1;
    struct wf_column *mask = NULL;
    weft_status st;
    int live = 0;

    if (!s->program)
        return WEFT_OK;
    st = run_program(w, s->program, b, scratch, err);
    if (st)
        return st;
    if (s->has_mask)
        mask = *out++;
    for (int i = 0; i < s->n_settled; i++)
        b->columns[s->settled[i]] = out[i];
    for (int64_t number = 0; number < w->n_numbers; number++) {
        if (live < s->n_live && s->live[live] == number)
            live++;
        else
            drop(&b->columns[number]);
    }
    if (mask)
        st = keep_rows(s, b, mask, err);
    wf_column_release(mask);
    return st;
}

/* The block's columns by number become those asked for. */
static weft_status run_block(const struct wf_flow *w, struct block *b, void *scratch, struct wf_column **columns,
                             struct weft_error *err)
{
    struct wf_column **out = b->io + w->n_numbers + w->n + 1;
    weft_status st = WEFT_OK;

    for (int s = 0; s < w->n_stages && !st; s++)
        st = run_stage(w, &w->stages[s], b, scratch, err);
    if (!st && w->program)
        st = run_program(w, w->program, b, scratch, err);
    for (int j = 0; j < w->n && !st; j++)
        columns[j] = w->output[j] >= 0 ? out[w->output[j]] : wf_column_retain(b->columns[w->number[j]]);
    for (int64_t number = 0; number < w->n_numbers; number++)
        drop(&b->columns[number]);
    return st;
}

static weft_status block_init(const struct wf_flow *w, struct block *b, struct weft_error *err)
{
    b->columns = wf_alloc_zero((size_t)w->n_numbers + 1, sizeof *b->columns);
    b->io = wf_alloc_zero(2 * ((size_t)w->n_numbers + (size_t)w->n + 1) + 1, sizeof *b->io);
    return b->columns && b->io ? WEFT_OK : wf_error_nomem(err, "the columns of a partition");
}

static void block_fini(struct block *b)
{
    wf_free(b->columns);
    wf_free(b->io);
}

static struct wf_column *read_at(const struct wf_flow *w, const weft_chunk *chunk, int i)
{
    return chunk->columns[w->is_dense ? i : w->reads[i]];
}

weft_status wf_flow_run(const struct wf_flow *w, const weft_chunk *chunk, void *scratch,
                        struct wf_column **columns, int64_t *n_rows, struct weft_error *err)
{
    struct block b = {.n_rows = chunk->n_rows};
    weft_status st = block_init(w, &b, err);

    if (!st) {
        for (int i = 0; i < w->n_reads; i++)
            b.columns[w->reads[i]] = wf_column_retain(read_at(w, chunk, i));
        st = run_block(w, &b, scratch, columns, err);
    }
    if (!st)
        *n_rows = b.n_rows;
    block_fini(&b);
    return st;
}

weft_status wf_flow_each(const struct wf_flow *w, const weft_chunk *chunk, void *scratch,
                         wf_flow_take *take, void *to, struct weft_error *err)
{
    /* What needs no computing goes as one block: there is nothing to keep in cache. */
    const int64_t step = w->n_stages || w->program ? WF_FLOW_BLOCK : chunk->n_rows;
    struct wf_column **columns = wf_alloc_zero((size_t)w->n + 1, sizeof *columns);
    struct block b = {0};
    weft_status st = block_init(w, &b, err);

    if (!st && !columns)
        st = wf_error_nomem(err, "the columns of a partition");
    for (int64_t first = 0; first < chunk->n_rows && !st; first += step) {
        const int64_t n = chunk->n_rows - first < step ? chunk->n_rows - first : step;

        b.n_rows = n;
        for (int i = 0; i < w->n_reads && !st; i++) {
            struct wf_column *c = read_at(w, chunk, i);

            b.columns[w->reads[i]] = n == chunk->n_rows ? wf_column_retain(c) : wf_column_slice(c, first, n);
            if (!b.columns[w->reads[i]])
                st = wf_error_nomem(err, "a block of a partition");
        }
        if (!st)
            st = run_block(w, &b, scratch, columns, err);
        if (!st && b.n_rows)
            st = take(to, columns, b.n_rows, err);
        for (int j = 0; columns && j < w->n; j++)
            drop(&columns[j]);
    }
    for (int64_t number = 0; b.columns && number < w->n_numbers; number++)
        drop(&b.columns[number]);
    wf_free(columns);
    block_fini(&b);
    return st;
}

/* ---- As the argument of a task ------------------------------------------------------ */

static void type_free(void *data)
{
    wf_flow_release(data);
}

static void *type_share(void *data)
{
    return wf_flow_retain(data);
}

static weft_status type_hash(const void *data, struct weft_sink *sink)
{
    const struct wf_flow *w = data;
    const weft_status st = sink->write(sink->to, &w->token, sizeof w->token);

    return st ? st : w->is_certain ? WEFT_OK : WEFT_UNSUPPORTED;
}

const struct weft_type wf_flow_type = {
    .name = "flow", .free = type_free, .share = type_share, .hash = type_hash,
};
