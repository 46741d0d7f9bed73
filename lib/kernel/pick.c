/* pick.c - columns made of chosen rows of several columns. */
#include "lib/kernel/pick.h"

#include "lib/base/bits.h"
#include "lib/base/mem.h"

/* Rows lie anywhere in memory, so each is asked for this many picks ahead. */
enum { AHEAD = 24 };

static inline const char *place(const void *const *values, size_t size, struct wf_pick p)
{
    return (const char *)values[p.part] + (size_t)p.row * size;
}

static inline void fetch(const void *const *values, size_t size, const struct wf_pick *picks, int64_t i, int64_t n)
{
    if (i + AHEAD < n)
        __builtin_prefetch(place(values, size, picks[i + AHEAD]));
}

static void pick_values(size_t size, void *to, const void *const *values, const struct wf_pick *picks, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        fetch(values, size, picks, i, n);
        if (size == 4)
            memcpy((uint32_t *)to + i, place(values, 4, picks[i]), 4);
        else
            memcpy((uint64_t *)to + i, place(values, 8, picks[i]), 8);
    }
}

/* Views of long texts are told where the texts of their part begin. */
static void pick_views(struct wf_view *to, const void *const *values, const int32_t *bases,
                       const struct wf_pick *picks, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        fetch(values, sizeof *to, picks, i, n);
        memcpy(&to[i], place(values, sizeof *to, picks[i]), sizeof *to);
        if (to[i].len > WF_VIEW_INLINE)
            to[i].u.big.text += bases[picks[i].part];
    }
}

static void pick_bits(uint64_t *to, struct wf_column *const *parts, bool validity, const struct wf_pick *picks,
                      int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        const int64_t m = n - i < 64 ? n - i : 64;
        uint64_t word = 0;

        for (int64_t k = 0; k < m; k++) {
            const struct wf_column *c = parts[picks[i + k].part];
            const uint64_t *map = validity ? c->valid : c->values;

            word |= (uint64_t)(!map || wf_bits_at(map, picks[i + k].row)) << k;
        }
        to[i >> 6] = word;
    }
}

/* The texts of all parts, retained, and where those of each part begin. */
static bool gather_texts(struct wf_column *const *parts, int n_parts, struct wf_buffer ***texts, int32_t **bases,
                         int32_t *n_texts)
{
    int32_t n = 0;

    for (int k = 0; k < n_parts; k++)
        n += parts[k]->n_texts;
    *texts = wf_alloc_array((size_t)n, sizeof **texts);
    *bases = wf_alloc_array((size_t)n_parts, sizeof **bases);
    if (!*texts || !*bases)
        return false;
    for (int k = 0; k < n_parts; k++) {
        (*bases)[k] = *n_texts;
        for (int32_t i = 0; i < parts[k]->n_texts; i++)
            (*texts)[(*n_texts)++] = wf_buffer_retain(parts[k]->texts[i]);
    }
    return true;
}

struct wf_column *wf_pick_rows(struct wf_column *const *parts, int n_parts, const struct wf_pick *picks, int64_t n)
{
    const weft_dtype dtype = parts[0]->dtype;
    struct wf_buffer *values = NULL, *valid = NULL, **texts = NULL;
    struct wf_column *picked = NULL;
    const void **at = wf_alloc_array((size_t)n_parts, sizeof *at);
    int32_t *bases = NULL, n_texts = 0;
    bool has_nulls = false;

    if (!at)
        goto out;
    for (int k = 0; k < n_parts; k++) {
        has_nulls = has_nulls || parts[k]->valid;
        at[k] = parts[k]->values;
    }
    values = wf_buffer_new(dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype));
    valid = has_nulls ? wf_buffer_new(wf_bits_bytes(n)) : NULL;
    if (!values || (has_nulls && !valid))
        goto out;
    if (dtype == WEFT_STRING && !gather_texts(parts, n_parts, &texts, &bases, &n_texts))
        goto out;

    if (dtype == WEFT_BOOL)
        pick_bits(values->data, parts, false, picks, n);
    else if (dtype == WEFT_STRING)
        pick_views(values->data, at, bases, picks, n);
    else
        pick_values(weft_dtype_size(dtype), values->data, at, picks, n);
    if (valid)
        pick_bits(valid->data, parts, true, picks, n);

    const int64_t n_nulls = valid ? n - wf_bits_count(valid->data, n) : 0;

    if (dtype == WEFT_STRING)
        picked = wf_column_new_text(n, values, valid, n_nulls, texts, n_texts);
    else
        picked = wf_column_new(dtype, n, values, values->data, valid, n_nulls);
    values = valid = NULL;
    n_texts = 0;
out:
    for (int32_t i = 0; i < n_texts; i++)
        wf_buffer_release(texts[i]);
    wf_free(texts);
    wf_free(bases);
    wf_free(at);
    wf_buffer_release(values);
    wf_buffer_release(valid);
    return picked;
}
