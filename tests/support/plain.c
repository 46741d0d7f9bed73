/* plain.c - a column as a plain array of cells: what clever columns are judged by. */
#include "tests/support/plain.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/data/builder.h"

static struct plain_cell cell(weft_dtype dtype, int null_every, uint64_t seed, uint64_t i)
{
    struct plain_cell c = {0};
    uint32_t r[4];

    wf_random_block(seed, (uint64_t)dtype, i, r);
    c.null = null_every && r[0] % (unsigned)null_every == 0;
    switch (dtype) {
    case WEFT_BOOL:    c.i64 = r[1] % 2; break;
    case WEFT_INT64:   c.i64 = (int64_t)((uint64_t)r[1] << 32 | r[2]); break;
    case WEFT_DATE:    c.i64 = (int32_t)r[1]; break;
    case WEFT_FLOAT32: c.f64 = (double)(float)((int32_t)r[1] * 0.125); break;
    case WEFT_FLOAT64: c.f64 = (int32_t)r[1] * 1e-3; break;
    case WEFT_STRING:
        for (uint32_t k = 0; k < r[1] % 31; k++)
            c.text[k] = (char)('a' + (r[2] + k * k) % 26);
        break;
    }
    return c;
}

struct plain plain_new(weft_dtype dtype, int64_t n, int null_every, uint64_t seed)
{
    struct plain p = {.dtype = dtype, .n = n, .cells = calloc((size_t)n + 1, sizeof *p.cells)};

    for (int64_t i = 0; i < n; i++)
        p.cells[i] = cell(dtype, null_every, seed, (uint64_t)i);
    return p;
}

void plain_free(struct plain *p)
{
    free(p->cells);
    *p = (struct plain){0};
}

struct wf_column *plain_column(const struct plain *p)
{
    struct wf_builder b;

    wf_builder_init(&b, p->dtype);
    for (int64_t i = 0; i < p->n; i++) {
        const struct plain_cell *c = &p->cells[i];

        if (c->null)
            wf_builder_add_null(&b);
        else if (p->dtype == WEFT_STRING)
            wf_builder_add_text(&b, c->text, (int64_t)strlen(c->text));
        else if (p->dtype == WEFT_FLOAT64 || p->dtype == WEFT_FLOAT32)
            wf_builder_add_f64(&b, c->f64);
        else
            wf_builder_add_i64(&b, c->i64);
    }
    return wf_builder_finish(&b);
}

static void expect_cell(const struct wf_column *c, int64_t row, const struct plain_cell *want)
{
    struct weft_text t;
    int64_t i64 = 0;
    double f64 = 0;

    cr_assert_eq(wf_column_is_null(c, row), want->null, "row %lld", (long long)row);
    if (want->null)
        return;
    switch (c->dtype) {
    case WEFT_BOOL:    i64 = ((const uint64_t *)c->values)[row / 64] >> (row % 64) & 1; break;
    case WEFT_INT64:   i64 = ((const int64_t *)c->values)[row]; break;
    case WEFT_DATE:    i64 = ((const int32_t *)c->values)[row]; break;
    case WEFT_FLOAT32: f64 = (double)((const float *)c->values)[row]; break;
    case WEFT_FLOAT64: f64 = ((const double *)c->values)[row]; break;
    case WEFT_STRING:
        t = wf_column_text(c, row);
        cr_assert(t.len == (int64_t)strlen(want->text) && memcmp(t.ptr, want->text, (size_t)t.len) == 0,
                  "row %lld: '%.*s', not '%s'", (long long)row, (int)t.len, t.ptr, want->text);
        return;
    }
    cr_assert_eq(i64, want->i64, "row %lld", (long long)row);
    cr_assert_eq(f64, want->f64, "row %lld", (long long)row);
}

void plain_expect_rows(const struct wf_column *c, int64_t at, const struct plain *p, int64_t first, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        expect_cell(c, at + i, &p->cells[first + i]);
}

void plain_expect(const struct wf_column *c, const struct plain *p, int64_t first, int64_t n)
{
    int64_t n_nulls = 0;

    cr_assert_eq(c->dtype, p->dtype);
    cr_assert_eq(c->n, n);
    for (int64_t i = 0; i < n; i++)
        n_nulls += p->cells[first + i].null;
    cr_assert_eq(c->n_nulls, n_nulls);
    cr_assert_eq(c->valid != NULL, n_nulls > 0);
    plain_expect_rows(c, 0, p, first, n);
}
