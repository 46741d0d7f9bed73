/* partial.c - what the tasks of a reduction do: a chunk to a state, states to one, a state to numbers. */
#include "lib/array/partial.h"

#include <math.h>
#include <string.h>

#include "lib/array/eval.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"

int wf_reduced_shape(const struct wf_reduction *r, int n_dims, const int64_t *shape, int64_t *out)
{
    int n = 0;

    for (int d = 0; d < n_dims; d++) {
        const bool goes = r->axis < 0 || r->axis == d;

        if (!goes || r->keep_dims)
            out[n++] = goes ? 1 : shape[d];
    }
    return n;
}

const char *wf_reduce_name(int what)
{
    static const char *const names[WEFT_REDUCE_COUNT] = {
        [WEFT_SUM] = "sum", [WEFT_PROD] = "prod", [WEFT_MIN] = "min", [WEFT_MAX] = "max",
        [WEFT_MEAN] = "mean", [WEFT_VAR] = "var", [WEFT_STD] = "std", [WEFT_ANY] = "any",
        [WEFT_ALL] = "all", [WEFT_COUNT] = "count_nonzero",
    };

    return names[what];
}

/* ---- A state becomes numbers --------------------------------------------------------- */

static wf_i128 sum_128(const union wf_word *words, int64_t stride, int64_t j)
{
    return words[stride + j].i64 * ((wf_i128)1 << 64) + words[j].u64;
}

/* False: the number leaves int64. */
static bool int64_of(const struct wf_reduction *r, const union wf_word *words, int64_t stride, int64_t j,
                     int64_t *out)
{
    if (r->fold == WF_FOLD_SUM_I64) {
        const wf_i128 sum = sum_128(words, stride, j);

        *out = (int64_t)sum;
        return sum == *out;
    }
    if (r->fold == WF_FOLD_PROD_I64) {
        const uint64_t magnitude = words[j].u64;
        const bool negative = words[stride + j].u64 && magnitude;

        *out = (int64_t)(negative ? -magnitude : magnitude);
        return magnitude <= (uint64_t)INT64_MAX + negative;
    }
    *out = words[j].i64;
    return true;
}

static double double_of(const struct wf_reduction *r, const union wf_word *words, int64_t stride, int64_t j)
{
    switch (r->fold) {
    case WF_FOLD_SUM_I64:
        return (double)sum_128(words, stride, j) / (double)r->count;
    case WF_FOLD_MOMENTS: {
        const double variance = words[2 * stride + j].f64 / (double)(r->count - r->ddof);

        return r->what == WEFT_STD ? sqrt(variance) : variance;
    }
    default:
        return r->what == WEFT_MEAN ? words[j].f64 / (double)r->count : words[j].f64;
    }
}

static weft_status finish(weft_block **out, const struct wf_reduction *r, const union wf_word *words,
                          int64_t n, int n_dims, const int64_t *shape, struct weft_error *err)
{
    weft_block *block = weft_block_new((weft_dtype)r->dtype, n_dims, shape);
    void *to = block ? weft_block_data_mut(block) : NULL;
    int64_t number;

    if (!block)
        return wf_error_nomem(err, wf_reduce_name(r->what));
    for (int64_t j = 0; j < n; j++)
        switch (r->dtype) {
        case WEFT_FLOAT64:
            ((double *)to)[j] = double_of(r, words, n, j);
            break;
        case WEFT_FLOAT32:
            ((float *)to)[j] = (float)double_of(r, words, n, j);
            break;
        default:
            if (!int64_of(r, words, n, j, &number)) {
                weft_block_release(block);
                return weft_error_set(err, WEFT_RANGE, "%s: result %lld of %lld leaves int64",
                                      wf_reduce_name(r->what), (long long)j, (long long)n);
            }
            if (r->dtype == WEFT_INT64)
                ((int64_t *)to)[j] = number;
            else /* extremes of bool; of none, whatever stands for that */
                ((uint8_t *)to)[j] = number > 0;
        }
    *out = block;
    return WEFT_OK;
}

/* ---- A chunk becomes a state ---------------------------------------------------------- */

/* Row after row of `length` elements, each to one result. Runs may cross rows. */
static weft_status fold_along(struct wf_eval *e, const struct wf_reduction *r, union wf_word *words,
                              int64_t n, int64_t length, struct weft_error *err)
{
    const size_t size = weft_dtype_size(e->pass->dtype);
    struct wf_along along;
    int64_t in_row = 0, j = 0;

    wf_along_begin(&along, (enum wf_fold)r->fold);
    for (int64_t p = 0, run; p < e->n_elems; p += run) {
        const char *values;
        const void *got;
        weft_status st;

        run = wf_eval_run(e, p);
        st = wf_eval_get(e, p, run, &got, err);
        if (st)
            return st;
        values = got;
        for (int64_t i = 0, k; i < run; i += k) {
            k = run - i < length - in_row ? run - i : length - in_row;
            wf_along_add(&along, e->pass->dtype, values + (size_t)i * size, k);
            in_row += k;
            if (in_row < length)
                break;
            wf_along_end(&along, words, n, j++);
            wf_along_begin(&along, (enum wf_fold)r->fold);
            in_row = 0;
        }
    }
    return WEFT_OK;
}

/* `n` rows of `length` elements, short ones, each to one result: as many as a batch
 * holds are turned to columns, which fold as rows do. */
static weft_status fold_short(struct wf_eval *e, const struct wf_reduction *r, union wf_word *words,
                              int64_t n, int64_t length, weft_call *call, struct weft_error *err)
{
    struct wf_across *across = weft_call_scratch(call, sizeof *across);
    uint64_t *column = weft_call_scratch(call, WF_ACROSS_WIDTH * sizeof *column);
    const int64_t at_once = WF_BATCH / length;

    if (!across || !column)
        return wf_error_nomem(err, wf_reduce_name(r->what));
    for (int64_t j = 0, rows; j < n; j += rows) {
        const void *values;
        weft_status st;

        rows = n - j < at_once ? n - j : at_once;
        st = wf_eval_get(e, j * length, rows * length, &values, err);
        if (st)
            return st;
        wf_across_begin(across, (enum wf_fold)r->fold, rows);
        for (int64_t k = 0; k < length; k++) {
            const char *from = (const char *)values + k * 8;

            for (int64_t i = 0; i < rows; i++)
                memcpy(&column[i], from + i * length * 8, 8);
            wf_across_add(across, column, rows);
        }
        wf_across_end(across, words + j, n, rows);
    }
    return WEFT_OK;
}

/* `outer` times `length` rows of `inner` elements, few enough that a batch holds a row
 * or more: several rows at a time are lanes, of which each has a result of its own till
 * the end. Each element of a row has a result, which those of the other rows share. */
static weft_status fold_narrow(struct wf_eval *e, const struct wf_reduction *r, union wf_word *words,
                               int64_t outer, int64_t length, int64_t inner, weft_call *call,
                               struct weft_error *err)
{
    struct wf_across *across = weft_call_scratch(call, sizeof *across);
    const int64_t fit = WF_ACROSS_WIDTH / inner;
    const int64_t at_once = (fit < length ? fit : length) * inner, all = length * inner;

    if (!across)
        return wf_error_nomem(err, wf_reduce_name(r->what));
    for (int64_t o = 0; o < outer; o++) {
        wf_across_begin(across, (enum wf_fold)r->fold, at_once);
        for (int64_t i = 0; i < all; i += at_once) {
            const int64_t n = all - i < at_once ? all - i : at_once;
            const void *values;
            weft_status st = wf_eval_get(e, o * all + i, n, &values, err);

            if (st)
                return st;
            wf_across_add(across, values, n);
        }
        wf_across_end(across, words + o * inner, outer * inner, inner);
    }
    return WEFT_OK;
}

/* Tiles side by side whose sums stay in the L2 cache while rows stream by: of 16384
 * columns they are 128 KiB. One tile at a time would jump from row to row, and what the
 * machine fetches ahead would be the wrong memory. */
enum { MAX_TILES = 16 };

/* `length` rows of `columns` elements from p, `step` apart. */
static weft_status fold_tiles(struct wf_eval *e, const struct wf_reduction *r, struct wf_across *tiles,
                              int64_t width, int64_t p, int64_t columns, int64_t length, int64_t step,
                              struct weft_error *err)
{
    for (int64_t c = 0; c < columns; c += width)
        wf_across_begin(&tiles[c / width], (enum wf_fold)r->fold, columns - c < width ? columns - c : width);
    for (int64_t row = 0; row < length; row++)
        for (int64_t c = 0; c < columns; c += width) {
            struct wf_across *tile = &tiles[c / width];
            const void *values;
            weft_status st = wf_eval_get(e, p + row * step + c, tile->width, &values, err);

            if (st)
                return st;
            wf_across_add(tile, values, tile->width);
        }
    return WEFT_OK;
}

/* The same as fold_narrow() for rows longer than a batch. */
static weft_status fold_wide(struct wf_eval *e, const struct wf_reduction *r, union wf_word *words,
                             int64_t outer, int64_t length, int64_t inner, weft_call *call,
                             struct weft_error *err)
{
    const int64_t n_tiles = (inner - 1) / WF_ACROSS_WIDTH + 1;
    const int64_t width = ((inner - 1) / n_tiles + 1 + 15) / 16 * 16;
    const int64_t band = width * (n_tiles < MAX_TILES ? n_tiles : MAX_TILES);
    struct wf_across *tiles = weft_call_scratch(call, (size_t)(band / width) * sizeof *tiles);

    if (!tiles)
        return wf_error_nomem(err, wf_reduce_name(r->what));
    for (int64_t o = 0; o < outer; o++)
        for (int64_t from = 0; from < inner; from += band) {
            const int64_t columns = inner - from < band ? inner - from : band;
            weft_status st = fold_tiles(e, r, tiles, width, o * length * inner + from, columns, length, inner, err);

            if (st)
                return st;
            for (int64_t c = 0; c < columns; c += width)
                wf_across_end(&tiles[c / width], words + o * inner + from + c, outer * inner, tiles[c / width].width);
        }
    return WEFT_OK;
}

static weft_status fold_chunk(struct wf_eval *e, const struct wf_reduction *r, union wf_word *words,
                              int64_t n, weft_call *call, struct weft_error *err)
{
    int64_t outer = 1, length = e->n_elems, inner = 1;

    if (r->axis >= 0) {
        for (int d = 0; d < r->axis; d++)
            outer *= e->shape[d];
        length = e->shape[r->axis];
        for (int d = r->axis + 1; d < e->pass->root->n_dims; d++)
            inner *= e->shape[d];
    }
    wf_fold_clear((enum wf_fold)r->fold, words, n, n);
    if (!e->n_elems)
        return WEFT_OK;
    if (inner > 1)
        return (inner > WF_ACROSS_WIDTH ? fold_wide : fold_narrow)(e, r, words, outer, length, inner, call, err);
    if (r->axis >= 0 && length <= WF_SHORT_ROW && length < e->n_elems && weft_dtype_size(e->pass->dtype) == 8)
        return fold_short(e, r, words, n, length, call, err);
    return fold_along(e, r, words, n, length, err);
}

weft_status wf_partial_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_part *part = arg;
    const struct wf_reduction *r = part->pass->job;
    const int n_words = wf_fold_n_words((enum wf_fold)r->fold);
    weft_block *state = NULL, *result = NULL;
    int64_t shape[WEFT_MAX_DIMS], n;
    struct wf_eval e;
    int n_dims;
    weft_status st = wf_eval_begin(&e, part, call, err);

    if (st)
        goto out;
    n_dims = wf_reduced_shape(r, part->pass->root->n_dims, e.shape, shape);
    n = wf_shape_elems(n_dims, shape);
    state = weft_block_new(WEFT_INT64, 1, &(int64_t){n * n_words});
    if (!state) {
        st = wf_error_nomem(err, wf_reduce_name(r->what));
        goto out;
    }
    st = fold_chunk(&e, r, weft_block_data_mut(state), n, call, err);
    if (st)
        goto out;
    if (r->finish) {
        st = finish(&result, r, weft_block_data(state), n, n_dims, shape, err);
        if (st)
            goto out;
    } else {
        result = state;
        state = NULL;
    }
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, result));
out:
    weft_block_release(state);
    return st;
}

/* ---- States become one ------------------------------------------------------------------ */

weft_status wf_combine_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_combine *c = arg;
    const struct wf_reduction *r = &c->reduction;
    const enum wf_fold fold = (enum wf_fold)r->fold;
    weft_block *state = NULL, *result = NULL;
    struct weft_value taken;
    weft_status st = weft_call_take(call, 0, &taken);

    if (st)
        return wf_error_nomem(err, wf_reduce_name(r->what));
    state = weft_value_block(taken);
    for (size_t i = 1; i < weft_call_n_inputs(call); i++)
        wf_fold_merge(fold, weft_block_data_mut(state), c->n, weft_block_data(weft_call_block(call, i)), c->n,
                      c->n);
    if (r->finish) {
        st = finish(&result, r, weft_block_data(state), c->n, (int)c->n_dims, c->shape, err);
        if (st)
            goto out;
    } else {
        result = state;
        state = NULL;
    }
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, result));
out:
    weft_block_release(state);
    return st;
}
