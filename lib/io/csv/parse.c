/* parse.c - a range of a scanned CSV file becomes a chunk. */
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/io/csv/fill.h"

/* The columns wanted, while they fill. */
struct parse {
    struct wf_csv_pieces pieces;
    struct wf_csv_fill  *fills;
    struct wf_column   **columns;
    struct wf_schema    *schema;
    int                  n;
};

static weft_status begin(struct parse *p, const struct wf_csv *f, const struct wf_csv_range *range,
                         const int *wanted, struct weft_error *err)
{
    const char **names = wf_alloc_array((size_t)p->n, sizeof *names);
    weft_dtype *dtypes = wf_alloc_array((size_t)p->n, sizeof *dtypes);
    weft_status st = WEFT_OK;

    p->fills = wf_alloc_zero((size_t)p->n, sizeof *p->fills);
    p->columns = wf_alloc_zero((size_t)p->n, sizeof *p->columns);
    if (!names || !dtypes || !p->fills || !p->columns) {
        st = wf_error_nomem(err, f->path);
        goto out;
    }
    for (int i = 0; i < p->n && !st; i++) {
        const int k = wanted ? wanted[i] : i;

        WF_ASSERT(k >= 0 && k < f->schema->n);
        names[i] = f->schema->names[k];
        dtypes[i] = f->schema->dtypes[k];
        st = wf_csv_fill_init(&p->fills[i], &p->pieces, k, range->n_records, range->end - range->begin, err);
    }
    if (st)
        goto out;
    p->schema = wanted ? wf_schema_new(p->n, names, dtypes) : wf_schema_retain(f->schema);
    if (!p->schema)
        st = wf_error_nomem(err, f->path);
out:
    wf_free(names);
    wf_free(dtypes);
    return st;
}

static weft_status fill_all(struct parse *p, const struct wf_csv_range *range, struct weft_error *err)
{
    const struct wf_csv_loops *loops = wf_csv_loops_of(wf_isa());
    int64_t n_records = 0;

    for (;;) {
        weft_status st = wf_csv_pieces_next(&p->pieces, err);

        if (st)
            return st;
        if (!p->pieces.n_records)
            break;
        n_records += p->pieces.n_records;
        if (n_records > range->n_records)
            return wf_csv_changed(p->pieces.f, err);
        for (int i = 0; i < p->n; i++) {
            st = wf_csv_fill_add(&p->fills[i], loops);
            if (st)
                return st;
        }
    }
    return n_records == range->n_records ? WEFT_OK : wf_csv_changed(p->pieces.f, err);
}

static weft_status finish(struct parse *p, const struct wf_csv_range *range, weft_chunk **out, struct weft_error *err)
{
    bool same;
    weft_status st = wf_file_is_unchanged(&p->pieces.file, &same, err);

    if (st)
        return st;
    if (!same)
        return wf_csv_changed(p->pieces.f, err);
    for (int i = 0; i < p->n; i++)
        p->columns[i] = wf_csv_fill_finish(&p->fills[i]);
    *out = wf_chunk_new(p->schema, range->n_records, p->columns);
    return *out ? WEFT_OK : wf_error_nomem(err, p->pieces.f->path);
}

weft_status wf_csv_parse(weft_chunk **out, const struct wf_csv *f, const struct wf_csv_range *range,
                         const int *columns, int n_columns, struct weft_error *err)
{
    struct parse p = {.pieces = {.file = {.fd = -1}}, .n = columns ? n_columns : f->schema->n};
    weft_chunk *chunk = NULL;
    weft_status st;

    st = wf_csv_pieces_init(&p.pieces, f, range, err);
    if (st)
        goto out;
    st = begin(&p, f, range, columns, err);
    if (st)
        goto out;
    st = fill_all(&p, range, err);
    if (st)
        goto out;
    st = finish(&p, range, &chunk, err);
    if (st)
        goto out;
    *out = chunk;
out:
    for (int i = 0; p.fills && i < p.n; i++)
        wf_csv_fill_fini(&p.fills[i]);
    wf_free(p.fills);
    wf_free(p.columns);
    wf_schema_release(p.schema);
    wf_csv_pieces_fini(&p.pieces);
    return st;
}
