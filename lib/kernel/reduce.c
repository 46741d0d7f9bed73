/* reduce.c - values with nulls, of any type and number, to one: blocks whose nulls are
 * squeezed out, each given to the loop of its type, and their results put together. */
#include "lib/kernel/reduce.h"

#include <math.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/kernel/select.h"
#include "lib/kernel/tables.h"

#define ROW(isa)                                                                     \
    {                                                                                \
        [WEFT_BOOL] = &wf_reduce_bool, [WEFT_INT64] = &wf_reduce_i64_##isa,          \
        [WEFT_FLOAT32] = &wf_reduce_f32_##isa, [WEFT_FLOAT64] = &wf_reduce_f64_##isa, \
        [WEFT_DATE] = &wf_reduce_i32_##isa,                                          \
    }

static const struct wf_reduce *const reduce_of[WF_ISA_COUNT][WEFT_DTYPE_COUNT] = {
#if WF_HAVE_X86
    [WF_ISA_V2] = ROW(v2),
    [WF_ISA_V3] = ROW(v3),
    [WF_ISA_V4] = ROW(v4),
#else
    [WF_ISA_BASE] = ROW(base),
#endif
};

static bool is_float(weft_dtype dtype)
{
    return dtype == WEFT_FLOAT32 || dtype == WEFT_FLOAT64;
}

/* ---- Blocks ------------------------------------------------------------------- */

/* Walks over values a block at a time, without nulls: `now` has n_now of them. */
struct blocks {
    weft_dtype      dtype;
    size_t          elem_bytes;
    const char     *values;
    const uint64_t *valid;
    int64_t         n, done;
    const void     *now;
    int64_t         n_now;
    _Alignas(64) char room[WF_BLOCK_ELEMS * 8];
};

static void blocks_begin(struct blocks *b, weft_dtype dtype, const void *values,
                         const uint64_t *valid, int64_t n)
{
    WF_ASSERT(dtype != WEFT_STRING);
    b->dtype = dtype;
    b->elem_bytes = weft_dtype_size(dtype);
    b->values = values;
    b->valid = valid;
    b->n = n;
    b->done = 0;
}

static bool blocks_next(struct blocks *b)
{
    const int64_t len = b->n - b->done < WF_BLOCK_ELEMS ? b->n - b->done : WF_BLOCK_ELEMS;
    const char *from = b->values + (size_t)b->done * b->elem_bytes;

    if (len <= 0)
        return false;
    if (b->valid) {
        b->n_now = wf_filter(b->dtype, b->room, from, b->valid + b->done / 64, len);
        b->now = b->room;
    } else {
        b->n_now = len;
        b->now = from;
    }
    b->done += len;
    return true;
}

/* ---- Sums --------------------------------------------------------------------- */

void wf_sum_init(struct wf_sum *s)
{
    memset(s, 0, sizeof *s);
}

/* A binary counter of blocks: two of a size become one of twice the size. */
static void add_block(struct wf_sum *s, double x)
{
    int k = 0;

    for (uint64_t bits = s->n_blocks; bits & 1; bits >>= 1)
        x = s->level[k++] + x;
    s->level[k] = x;
    s->n_blocks++;
}

void wf_sum_add(struct wf_sum *s, weft_dtype dtype, const void *values, const uint64_t *valid,
                int64_t n)
{
    const struct wf_reduce *reduce = reduce_of[wf_isa()][dtype];
    struct blocks b;

    if (!is_float(dtype) && !valid) {
        reduce->sum_exact(values, n, &s->hi, &s->lo);
        s->n += n;
        return;
    }
    blocks_begin(&b, dtype, values, valid, n);
    while (blocks_next(&b)) {
        s->n += b.n_now;
        if (is_float(dtype))
            add_block(s, reduce->sum(b.now, b.n_now));
        else
            reduce->sum_exact(b.now, b.n_now, &s->hi, &s->lo);
    }
}

bool wf_sum_i64(const struct wf_sum *s, int64_t *out)
{
    *out = (int64_t)s->lo;
    return s->hi == (*out < 0 ? -1 : 0);
}

double wf_sum_f64(const struct wf_sum *s, weft_dtype dtype)
{
    double x = 0;

    if (!is_float(dtype))
        return (double)wf_wide_of(s->hi, s->lo);
    for (int k = 0; k < WF_SUM_LEVELS; k++)
        if (s->n_blocks >> k & 1)
            x = s->level[k] + x;
    return x;
}

/* ---- Products ------------------------------------------------------------------ */

void wf_prod_init(struct wf_prod *p)
{
    *p = (struct wf_prod){.i64 = 1, .f64 = 1};
}

void wf_prod_add(struct wf_prod *p, weft_dtype dtype, const void *values, const uint64_t *valid,
                 int64_t n)
{
    const struct wf_reduce *reduce = reduce_of[wf_isa()][dtype];
    struct blocks b;

    blocks_begin(&b, dtype, values, valid, n);
    while (blocks_next(&b)) {
        p->n += b.n_now;
        if (is_float(dtype))
            p->f64 *= reduce->prod(b.now, b.n_now);
        else
            p->overflow |= reduce->prod_exact(b.now, b.n_now, &p->i64);
    }
}

/* ---- Extremes ------------------------------------------------------------------- */

static int64_t extreme(weft_dtype dtype, void *out, const void *values, const uint64_t *valid,
                       int64_t n, bool least)
{
    const struct wf_reduce *reduce = reduce_of[wf_isa()][dtype];
    void (*const f)(void *, const void *, int64_t) = least ? reduce->min : reduce->max;
    const size_t bytes = weft_dtype_size(dtype);
    struct blocks b;
    int64_t count = 0;
    _Alignas(8) char two[16];

    if (!valid) {
        if (n > 0)
            f(out, values, n);
        return n;
    }
    blocks_begin(&b, dtype, values, valid, n);
    while (blocks_next(&b)) {
        if (!b.n_now)
            continue;
        f(two + bytes, b.now, b.n_now);
        if (count)
            f(two, two, 2);
        else
            memcpy(two, two + bytes, bytes);
        count += b.n_now;
    }
    if (count)
        memcpy(out, two, bytes);
    return count;
}

int64_t wf_min(weft_dtype dtype, void *out, const void *values, const uint64_t *valid, int64_t n)
{
    return extreme(dtype, out, values, valid, n, true);
}

int64_t wf_max(weft_dtype dtype, void *out, const void *values, const uint64_t *valid, int64_t n)
{
    return extreme(dtype, out, values, valid, n, false);
}

static int64_t place_of(weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n,
                        bool least)
{
    _Alignas(8) char best[8];

    if (!extreme(dtype, best, values, valid, n, least))
        return -1;
    return reduce_of[wf_isa()][dtype]->find(values, valid, n, best);
}

int64_t wf_argmin(weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n)
{
    return place_of(dtype, values, valid, n, true);
}

int64_t wf_argmax(weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n)
{
    return place_of(dtype, values, valid, n, false);
}

/* ---- Moments --------------------------------------------------------------------- */

void wf_moments_merge(struct wf_moments *m, const struct wf_moments *other)
{
    const double na = (double)m->n, nb = (double)other->n, d = other->mean - m->mean;

    if (!other->n)
        return;
    if (!m->n) {
        *m = *other;
        return;
    }
    m->n += other->n;
    m->mean += d * (nb / (na + nb));
    m->m2 += other->m2 + d * d * (na * nb / (na + nb));
}

void wf_moments_add(struct wf_moments *m, weft_dtype dtype, const void *values,
                    const uint64_t *valid, int64_t n)
{
    const struct wf_reduce *reduce = reduce_of[wf_isa()][dtype];
    struct blocks b;

    blocks_begin(&b, dtype, values, valid, n);
    while (blocks_next(&b)) {
        struct wf_moments block = {.n = b.n_now};

        if (!b.n_now)
            continue;
        block.mean = reduce->mean(b.now, b.n_now);
        block.m2 = reduce->squares(b.now, b.n_now, block.mean);
        wf_moments_merge(m, &block);
    }
}
