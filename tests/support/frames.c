/* frames.c - random frames in any number of partitions, and tasks run in every way. */
#include "tests/support/frames.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

weft_chunk *random_chunk(uint64_t *seed, int64_t n, int64_t n_distinct, int null_percent)
{
    static const char *const names[] = {"b", "i", "f", "d", "s"};
    static const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};
    struct wf_schema *schema = wf_schema_new(5, names, dtypes);
    struct wf_column *columns[5];
    weft_chunk *c;

    for (int k = 0; k < 5; k++)
        columns[k] = random_column(seed, dtypes[k], n, n_distinct, null_percent);
    c = wf_chunk_new(schema, n, columns);
    wf_schema_release(schema);
    return c;
}

weft_frame *cut_frame(weft_graph *g, uint64_t *seed, weft_chunk *all, int n, enum holes holes)
{
    weft_chunk *parts[32];
    int64_t first = 0;
    weft_frame *f;

    cr_assert_leq(n, 32);
    for (int i = 0; i < n; i++) {
        const int64_t left = all->n_rows - first;
        int64_t rows = i == n - 1 ? left : random_below(seed, 2 * left / (n - i) + 1);

        rows = rows < left ? rows : left;
        if (holes == ALL_HOLES || (holes == HOLE_FIRST && i == 0) || (holes == HOLE_MIDDLE && i == (n - 1) / 2))
            rows = 0;
        if (holes == HOLE_LAST && n > 1)
            rows = i == n - 2 ? left : i == n - 1 ? 0 : rows;
        parts[i] = wf_chunk_slice(all, first, rows);
        first += rows;
    }
    f = weft_frame_from_chunks(g, parts, n);
    cr_assert_eq(weft_frame_status(f, NULL), WEFT_OK);
    for (int i = 0; i < n; i++)
        weft_chunk_release(parts[i]);
    return f;
}

/* ---- Running ----------------------------------------------------------------------- */

static struct weft_value run_on(const struct weft_pool_spec *spec, weft_task *t)
{
    weft_pool *pool = weft_pool_new(spec);
    struct weft_value v = weft_value_none();
    struct weft_error err;

    if (weft_pool_run(pool, t, &v, &err)) {
        weft_error_print(&err, stderr);
        cr_assert_fail("%s", err.message);
    }
    weft_pool_free(pool);
    return v;
}

static bool same_values(struct weft_value a, struct weft_value b)
{
    if (a.type != b.type)
        return false;
    if (!a.type)
        return true;
    return weft_value_chunk(a) ? same_chunks(weft_value_chunk(a), weft_value_chunk(b)) : a.as.i64 == b.as.i64;
}

static struct weft_value run_everywhere(weft_task *t)
{
    const int workers[] = {1, 2, 3, 7, 16};
    struct weft_value serial = run_on(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL}, t);

    for (size_t w = 0; w < sizeof workers / sizeof *workers; w++) {
        struct weft_value v = run_on(&(struct weft_pool_spec){.n_workers = workers[w], .no_pin = true}, t);

        cr_assert(same_values(serial, v), "%d workers give another result than one thread", workers[w]);
        weft_value_release(v);
    }
    return serial;
}

weft_chunk *frame_chunk(weft_task *t)
{
    struct weft_value v = run_everywhere(t);

    cr_assert(!v.type || weft_value_chunk(v));
    return v.type ? weft_value_chunk(v) : NULL;
}

double frame_f64(weft_task *t)
{
    struct weft_value v = run_everywhere(t);

    cr_assert_null(weft_value_chunk(v));
    return v.type ? weft_value_f64(v) : NAN;
}

int64_t frame_i64(weft_task *t)
{
    struct weft_value v = run_everywhere(t);

    cr_assert(v.type == &weft_type_i64 || v.type == &weft_type_bool);
    return weft_value_i64(v);
}

weft_chunk *frame_rows(weft_frame *f)
{
    return frame_chunk(weft_frame_whole(f));
}

/* ---- Failing ------------------------------------------------------------------------ */

void fails_with(weft_task *t, weft_status status, const char *part)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    struct weft_value v = weft_value_none();
    struct weft_error err = {0};

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), status, "%s: %s", weft_status_text(err.status), err.message);
    cr_assert(strstr(err.message, part), "\"%s\" has no \"%s\"", err.message, part);
    weft_pool_free(pool);
}

void frame_fails_with(weft_frame *f, weft_status status, const char *part)
{
    struct weft_error err = {0};

    cr_assert_eq(weft_frame_status(f, &err), status, "%s: %s", weft_status_text(err.status), err.message);
    cr_assert(strstr(err.message, part), "\"%s\" has no \"%s\"", err.message, part);
    cr_assert_eq(weft_frame_n_columns(f), 0);
    cr_assert_eq(weft_frame_n_partitions(f), 0);
    fails_with(weft_frame_whole(f), status, part);
}
