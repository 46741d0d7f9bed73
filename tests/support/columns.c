/* columns.c - random columns of every type, for tests that judge by plain loops. */
#include "tests/support/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/data/builder.h"

uint64_t random_next(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15u;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

int64_t random_below(uint64_t *seed, int64_t n)
{
    return (int64_t)(random_next(seed) % (uint64_t)n);
}

/* Value number `which` of a type, always the same. */
static void add_value(struct wf_builder *b, int64_t which)
{
    char text[64];
    int n;

    switch (b->dtype) {
    case WEFT_BOOL:  wf_builder_add_i64(b, which & 1); break;
    case WEFT_INT64: wf_builder_add_i64(b, which * 3 - 7); break;
    case WEFT_DATE:  wf_builder_add_i64(b, which * 31 - 4000); break;
    case WEFT_STRING:
        if (which == 0)
            n = 0;
        else if (which == 1)
            n = (int)(memcpy(text, "a\0b", 3), 3);
        else if (which % 3 == 0)
            n = sprintf(text, "%lld", (long long)which);
        else
            n = sprintf(text, "a common beginning%s %lld", which % 2 ? ", and more" : "", (long long)which);
        wf_builder_add_text(b, text, n);
        break;
    default:
        wf_builder_add_f64(b, which == 0 ? NAN : which == 1 ? 0.0 : which == 2 ? -0.0 : (double)which / 8 - 3);
    }
}

struct wf_column *random_column(uint64_t *seed, weft_dtype dtype, int64_t n, int64_t n_distinct, int null_percent)
{
    struct wf_builder b;

    wf_builder_init(&b, dtype);
    for (int64_t i = 0; i < n; i++) {
        if (random_below(seed, 100) < null_percent)
            wf_builder_add_null(&b);
        else
            add_value(&b, random_below(seed, n_distinct));
    }
    return wf_builder_finish(&b);
}

static int64_t int_of(const struct wf_column *c, int64_t i)
{
    switch (c->dtype) {
    case WEFT_BOOL: return ((const uint64_t *)c->values)[i / 64] >> (i % 64) & 1;
    case WEFT_DATE: return ((const int32_t *)c->values)[i];
    default:        return ((const int64_t *)c->values)[i];
    }
}

bool same_key(const struct wf_column *a, int64_t i, const struct wf_column *b, int64_t j)
{
    if (wf_column_is_null(a, i) || wf_column_is_null(b, j))
        return wf_column_is_null(a, i) && wf_column_is_null(b, j);
    if (a->dtype == WEFT_FLOAT64) {
        const double x = ((const double *)a->values)[i], y = ((const double *)b->values)[j];

        return x == y || (x != x && y != y);
    }
    if (a->dtype == WEFT_STRING) {
        const struct weft_text s = wf_column_text(a, i), t = wf_column_text(b, j);

        return s.len == t.len && memcmp(s.ptr, t.ptr, (size_t)s.len) == 0;
    }
    return int_of(a, i) == int_of(b, j);
}

/* Bit by bit, but that a null is a null. */
static bool same_value(const struct wf_column *a, const struct wf_column *b, int64_t i)
{
    if (wf_column_is_null(a, i) || wf_column_is_null(b, i) || a->dtype == WEFT_STRING)
        return same_key(a, i, b, i);
    if (a->dtype == WEFT_FLOAT64)
        return memcmp((const double *)a->values + i, (const double *)b->values + i, sizeof(double)) == 0;
    return int_of(a, i) == int_of(b, i);
}

bool same_chunks(const weft_chunk *a, const weft_chunk *b)
{
    if (a->n_rows != b->n_rows || a->schema->n != b->schema->n)
        return false;
    for (int k = 0; k < a->schema->n; k++) {
        if (a->schema->dtypes[k] != b->schema->dtypes[k] || strcmp(a->schema->names[k], b->schema->names[k]))
            return false;
        for (int64_t i = 0; i < a->n_rows; i++)
            if (!same_value(a->columns[k], b->columns[k], i))
                return false;
    }
    return true;
}
