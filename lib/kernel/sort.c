/* sort.c - the order of rows by one column. */
#include "lib/kernel/sort.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/mem.h"

struct keyed {
    uint64_t key;
    uint32_t row;
};

enum {
    SMALL  = 32, /* so few are sorted by insertion */
    DIGITS = 8,  /* of 8 bits: 256 streams fit the first-level cache and its TLB */
};

#define SIGN ((uint64_t)1 << 63)

/* ---- Keys in order --------------------------------------------------------- */

static void insert(struct keyed *x, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const struct keyed one = x[i];
        int64_t at = i;

        for (; at > 0 && x[at - 1].key > one.key; at--)
            x[at] = x[at - 1];
        x[at] = one;
    }
}

/* Stable; `other` has room for n. The result is in x. */
static void radix(struct keyed *x, struct keyed *other, int64_t n)
{
    int64_t counts[DIGITS][256] = {{0}};
    struct keyed *from = x, *to = other;
    uint64_t differ = 0;
    bool is_sorted = true;

    if (n <= SMALL) {
        insert(x, n);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        differ |= x[i].key ^ x[0].key;
        is_sorted = is_sorted && x[i - 1].key <= x[i].key;
    }
    if (is_sorted)
        return;
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++)
            counts[d][x[i].key >> (8 * d) & 255]++;
    for (int d = 0; d < DIGITS; d++) {
        int64_t at = 0;

        if (!(differ >> (8 * d) & 255))
            continue;
        for (int k = 0; k < 256; k++) {
            const int64_t count = counts[d][k];

            counts[d][k] = at;
            at += count;
        }
        for (int64_t i = 0; i < n; i++)
            to[counts[d][from[i].key >> (8 * d) & 255]++] = from[i];

        struct keyed *swap = from;

        from = to;
        to = swap;
    }
    if (from != x)
        memcpy(x, from, (size_t)n * sizeof *x);
}

/* ---- Keys of numbers --------------------------------------------------------- */

/* A key whose unsigned order is the order of the doubles; no NaN. */
static uint64_t key_of_f64(double x)
{
    uint64_t bits;

    x += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&bits, &x, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

static uint64_t key_at(const struct wf_column *c, int64_t row)
{
    switch (c->dtype) {
    case WEFT_BOOL:    return wf_bits_at(c->values, row);
    case WEFT_INT64:   return ((const uint64_t *)c->values)[row] ^ SIGN;
    case WEFT_DATE:    return (uint64_t)(int64_t)((const int32_t *)c->values)[row] ^ SIGN;
    case WEFT_FLOAT32: return key_of_f64((double)((const float *)c->values)[row]);
    case WEFT_FLOAT64: return key_of_f64(((const double *)c->values)[row]);
    default:           WF_ASSERT(!"strings have bytes, not keys"); return 0;
    }
}

static bool is_nan_at(const struct wf_column *c, int64_t row)
{
    if (c->dtype == WEFT_FLOAT64)
        return ((const double *)c->values)[row] != ((const double *)c->values)[row];
    if (c->dtype == WEFT_FLOAT32)
        return ((const float *)c->values)[row] != ((const float *)c->values)[row];
    return false;
}

/* ---- Strings ------------------------------------------------------------------ */

/* Bytes depth .. depth+7 of a text, the first as the highest, zeros behind its end. */
static uint64_t bytes_at(struct weft_text t, int64_t depth)
{
    uint64_t key = 0;

    if (depth + 8 <= t.len) {
        memcpy(&key, t.ptr + depth, 8);
        return __builtin_bswap64(key);
    }
    for (int64_t i = depth; i < t.len; i++)
        key |= (uint64_t)(uint8_t)t.ptr[i] << (8 * (7 - (i - depth)));
    return key;
}

/* How many bytes all the texts begin with in common. */
static int64_t common_bytes(const struct wf_column *c, const struct keyed *x, int64_t n)
{
    const struct weft_text first = wf_column_text(c, x[0].row);
    int64_t common = first.len;

    for (int64_t i = 1; i < n && common; i++) {
        const struct weft_text t = wf_column_text(c, x[i].row);
        int64_t k = 0;

        common = t.len < common ? t.len : common;
        while (k < common && t.ptr[k] == first.ptr[k])
            k++;
        common = k;
    }
    return common;
}

struct text_sort {
    const struct wf_column *c;
    bool                    descending;
    struct keyed           *other;
};

/* Sorts texts that are equal before `depth`. Each round takes eight bytes more, and
 * rounds go on only where texts are still equal: no deeper than the longest text. */
static void sort_texts(const struct text_sort *s, struct keyed *x, int64_t n, int64_t depth)
{
    while (n > 1) {
        int64_t longest = 0;

        for (int64_t i = 0; i < n; i++) {
            const struct weft_text t = wf_column_text(s->c, x[i].row);
            /* With no byte left to tell them apart, the shorter one (of zero bytes behind) comes first. */
            const uint64_t key = depth > t.len ? 0 : bytes_at(t, depth);

            x[i].key = s->descending ? ~key : key;
            longest = t.len > longest ? t.len : longest;
        }
        if (longest <= depth) {
            for (int64_t i = 0; i < n; i++) {
                const uint64_t len = (uint64_t)wf_column_text(s->c, x[i].row).len;

                x[i].key = s->descending ? ~len : len;
            }
            radix(x, s->other, n);
            return;
        }
        radix(x, s->other, n);
        depth += 8;
        if (x[0].key == x[n - 1].key)
            continue; /* all equal still: the next eight bytes, without a call */
        for (int64_t first = 0, i = 1; i <= n; i++) {
            if (i < n && x[i].key == x[first].key)
                continue;
            if (i - first > 1)
                sort_texts(s, x + first, i - first, depth);
            first = i;
        }
        return;
    }
}

/* ---- A whole column ------------------------------------------------------------ */

bool wf_sort_rows(const struct wf_column *c, bool descending, uint32_t *rows, int64_t n)
{
    struct keyed *x = wf_alloc_array((size_t)n, sizeof *x), *other = wf_alloc_array((size_t)n, sizeof *other);
    const bool ok = x && other;
    int64_t n_values = 0, n_nan = 0, n_null = 0;

    if (!ok)
        goto out;
    /* Values to the front of x; NaN from the front, nulls from the back of `other`. */
    for (int64_t i = 0; i < n; i++) {
        if (wf_column_is_null(c, rows[i]))
            other[n - ++n_null].row = rows[i];
        else if (is_nan_at(c, rows[i]))
            other[n_nan++].row = rows[i];
        else
            x[n_values++].row = rows[i];
    }
    for (int64_t i = 0; i < n_nan; i++)
        rows[n_values + i] = other[i].row;
    for (int64_t i = 0; i < n_null; i++)
        rows[n_values + n_nan + i] = other[n - 1 - i].row;
    if (c->dtype == WEFT_STRING) {
        const struct text_sort s = {.c = c, .descending = descending, .other = other};

        sort_texts(&s, x, n_values, n_values > 1 ? common_bytes(c, x, n_values) : 0);
    } else {
        for (int64_t i = 0; i < n_values; i++) {
            const uint64_t key = key_at(c, x[i].row);

            x[i].key = descending ? ~key : key;
        }
        radix(x, other, n_values);
    }
    for (int64_t i = 0; i < n_values; i++)
        rows[i] = x[i].row;
out:
    wf_free(x);
    wf_free(other);
    return ok;
}

/* ---- Two rows -------------------------------------------------------------------- */

/* 0: a value, 1: NaN, 2: null. */
static int class_at(const struct wf_column *c, int64_t row)
{
    return wf_column_is_null(c, row) ? 2 : is_nan_at(c, row);
}

int wf_sort_compare(const struct wf_column *a, int64_t i, const struct wf_column *b, int64_t j, bool descending)
{
    const int class_a = class_at(a, i), class_b = class_at(b, j);
    int order;

    if (class_a != class_b || class_a != 0)
        return class_a - class_b;
    if (a->dtype == WEFT_STRING) {
        const struct weft_text s = wf_column_text(a, i), t = wf_column_text(b, j);

        order = memcmp(s.ptr, t.ptr, (size_t)(s.len < t.len ? s.len : t.len));
        if (!order)
            order = s.len < t.len ? -1 : s.len > t.len;
    } else {
        const uint64_t x = key_at(a, i), y = key_at(b, j);

        order = x < y ? -1 : x > y;
    }
    return descending ? -order : order;
}
