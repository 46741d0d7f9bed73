/* columns.c - a program over whole columns: batch after batch into new buffers. */
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/expr/ins.h"

/* One output while its column is made. */
struct making {
    weft_dtype        dtype;
    bool              is_input; /* nothing to make */
    struct wf_buffer *values, *valid;
    int64_t           n_nulls;
};

static size_t bytes_of(weft_dtype dtype, int64_t n)
{
    return dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype);
}

static weft_status begin(struct making *m, const wf_program *p, int64_t n_rows, struct weft_error *err)
{
    for (int j = 0; j < p->n_outputs; j++) {
        m[j].dtype = wf_program_dtype(p, j);
        m[j].is_input = p->outputs[j] < p->n_inputs;
        if (m[j].is_input)
            continue;
        m[j].values = wf_buffer_new(bytes_of(m[j].dtype, n_rows));
        m[j].valid = wf_buffer_new(wf_bits_bytes(n_rows));
        if (!m[j].values || !m[j].valid)
            return wf_error_nomem(err, "a column");
    }
    return WEFT_OK;
}

static struct wf_dest dest_of(const struct making *m, int64_t row)
{
    struct wf_dest d = {.is_bits = m->dtype == WEFT_BOOL};

    if (m->is_input)
        return (struct wf_dest){0};
    d.values = (char *)m->values->data
               + (d.is_bits ? (size_t)row / 8 : (size_t)row * weft_dtype_size(m->dtype));
    d.valid = (uint64_t *)m->valid->data + row / 64;
    return d;
}

/* What a batch left: bitmaps are written only where there are nulls. */
static void note(struct making *m, const struct wf_dest *d, int64_t row, int64_t n)
{
    uint64_t *valid;

    if (m->is_input)
        return;
    valid = (uint64_t *)m->valid->data + row / 64;
    if (d->has_nulls)
        m->n_nulls += n - wf_bits_count(valid, n);
    else
        wf_bits_fill(valid, n, true);
}

/* ---- Strings: views that name source and text to views that name texts of one column --- */

static int32_t texts_of(const wf_program *p, struct wf_column *const *in, int32_t *base,
                        struct wf_buffer **texts)
{
    int32_t n = 0;

    for (int32_t i = 0; i < p->n_inputs; i++) {
        if (p->values[i].source == WF_NONE)
            continue;
        base[p->values[i].source] = n;
        for (int32_t k = 0; k < in[i]->n_texts; k++, n++)
            if (texts)
                texts[n] = wf_buffer_retain(in[i]->texts[k]);
    }
    if (p->literals) {
        base[p->literal_source] = n;
        if (texts)
            texts[n] = wf_buffer_retain(p->literals);
        n++;
    }
    return n;
}

static struct wf_column *finish_text(struct making *m, const wf_program *p,
                                     struct wf_column *const *in, int64_t n_rows)
{
    int32_t *base = wf_alloc_array((size_t)p->n_sources + 1, sizeof *base);
    struct wf_buffer **texts = NULL;
    struct wf_column *c = NULL;
    int32_t n_texts = 0;

    if (base) {
        n_texts = texts_of(p, in, base, NULL);
        texts = wf_alloc_array((size_t)n_texts + 1, sizeof *texts);
    }
    if (texts) {
        struct wf_view *v = m->values->data;

        texts_of(p, in, base, texts);
        for (int64_t i = 0; i < n_rows; i++)
            if (v[i].len > WF_VIEW_INLINE)
                v[i].u.big.text = base[v[i].u.big.text >> WF_TEXT_BITS]
                                  + (v[i].u.big.text & (WF_MAX_TEXTS - 1));
        c = wf_column_new_text(n_rows, m->values, m->valid, m->n_nulls, texts, n_texts);
    } else {
        wf_buffer_release(m->values);
        wf_buffer_release(m->valid);
    }
    m->values = m->valid = NULL;
    wf_free(texts);
    wf_free(base);
    return c;
}

static struct wf_column *finish(struct making *m, const wf_program *p, struct wf_column *const *in,
                                int j, int64_t n_rows)
{
    struct wf_column *c;

    if (m->is_input)
        return wf_column_retain(in[p->outputs[j]]);
    if (!m->n_nulls) {
        wf_buffer_release(m->valid);
        m->valid = NULL;
    }
    if (m->dtype == WEFT_STRING)
        return finish_text(m, p, in, n_rows);
    c = wf_column_new(m->dtype, n_rows, m->values, m->values->data, m->valid, m->n_nulls);
    m->values = m->valid = NULL;
    return c;
}

weft_status wf_program_run_columns(const wf_program *p, void *scratch, struct wf_column *const *in,
                                   int64_t n_rows, struct wf_column **out, struct weft_error *err)
{
    struct making *m = wf_alloc_zero((size_t)p->n_outputs, sizeof *m);
    struct wf_lane *lanes = wf_alloc_array((size_t)p->n_inputs + 1, sizeof *lanes);
    struct wf_dest *dests = wf_alloc_array((size_t)p->n_outputs, sizeof *dests);
    int done = 0;
    weft_status st = m && lanes && dests ? WEFT_OK : wf_error_nomem(err, "a batch");

    if (!st)
        st = begin(m, p, n_rows, err);
    for (int64_t row = 0; !st && row < n_rows; row += WF_BATCH) {
        const int64_t n = n_rows - row < WF_BATCH ? n_rows - row : WF_BATCH;

        for (int i = 0; i < p->n_inputs; i++) {
            WF_ASSERT(in[i]->dtype == p->values[i].dtype && in[i]->n == n_rows);
            lanes[i] = wf_lane_of_column(in[i], row);
        }
        for (int j = 0; j < p->n_outputs; j++)
            dests[j] = dest_of(&m[j], row);
        st = wf_program_run(p, scratch, lanes, n, dests, err);
        for (int j = 0; !st && j < p->n_outputs; j++)
            note(&m[j], &dests[j], row, n);
    }
    for (; !st && done < p->n_outputs; done++) {
        out[done] = finish(&m[done], p, in, done, n_rows);
        if (!out[done])
            st = wf_error_nomem(err, "a column");
    }
    if (st) { /* the last of `done` is not there */
        for (int j = 0; j < done - 1; j++) {
            wf_column_release(out[j]);
            out[j] = NULL;
        }
    }
    for (int j = 0; m && j < p->n_outputs; j++) {
        wf_buffer_release(m[j].values);
        wf_buffer_release(m[j].valid);
    }
    wf_free(dests);
    wf_free(lanes);
    wf_free(m);
    return st;
}
