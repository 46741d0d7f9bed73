/* create.c - frames over data in memory: columns of the caller, and chunks. */
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/frame/frame.h"

enum { CHUNK_ROWS = 1 << 20 };

/* ---- Columns in memory -------------------------------------------------------------- */

/* The caller's values, given back whatever comes of it. */
struct lent {
    const struct weft_column_spec *spec;
    int64_t                        n_rows;
    struct wf_buffer              *held;  /* over spec->values; NULL: there are none */
};

/* Which rows have a value, as a buffer of our own; *n_nulls counts the others. */
static weft_status copy_valid(const struct lent *c, struct wf_buffer **out, int64_t *n_nulls, struct weft_error *err)
{
    const struct weft_column_spec *spec = c->spec;
    struct wf_buffer *valid;

    *n_nulls = 0;
    if (!spec->valid && !spec->texts)
        return WEFT_OK;
    valid = wf_buffer_new(wf_bits_bytes(c->n_rows));
    if (!valid)
        return wf_error_nomem(err, "a column");
    if (spec->valid)
        wf_bits_copy(valid->data, 0, spec->valid, 0, c->n_rows);
    else
        wf_bits_fill(valid->data, c->n_rows, true);
    for (int64_t i = 0; spec->texts && i < c->n_rows; i++)
        if (!spec->texts[i])
            wf_bits_clear(valid->data, i);
    *n_nulls = c->n_rows - wf_bits_count(valid->data, c->n_rows);
    *out = valid;
    return WEFT_OK;
}

static weft_status bool_values(const struct lent *c, struct wf_buffer **out, struct weft_error *err)
{
    const uint8_t *bytes = c->spec->values;
    struct wf_buffer *values;

    for (int64_t i = 0; i < c->n_rows; i++)
        if (bytes[i] > 1)
            return weft_error_set(err, WEFT_INVALID, "from columns: column \"%s\" is bool and row %lld holds %d",
                                  c->spec->name, (long long)i, bytes[i]);
    values = wf_buffer_new(wf_bits_bytes(c->n_rows));
    if (!values)
        return wf_error_nomem(err, "a column");
    wf_bits_pack(values->data, bytes, c->n_rows);
    *out = values;
    return WEFT_OK;
}

/* Views of texts that lie one after another, cut by offsets: long ones stay there. */
static weft_status views_of_offsets(const struct lent *c, struct wf_view *views, struct weft_error *err)
{
    const int32_t *at = c->spec->offsets;
    const char *text = c->spec->values;

    for (int64_t i = 0; i < c->n_rows; i++) {
        if (at[i] < 0 || at[i + 1] < at[i])
            return weft_error_set(err, WEFT_INVALID, "from columns: column \"%s\", row %lld: offsets %d and %d go back",
                                  c->spec->name, (long long)i, at[i], at[i + 1]);
        views[i] = wf_view_of(text + at[i], at[i + 1] - at[i], 0, at[i]);
    }
    return WEFT_OK;
}

/* Views of texts ended by a zero; long ones are copied to *text. */
static weft_status views_of_texts(const struct lent *c, struct wf_view *views, struct wf_buffer **text,
                                  struct weft_error *err)
{
    const char *const *texts = c->spec->texts;
    size_t n_long = 0, at = 0;

    for (int64_t i = 0; i < c->n_rows; i++) {
        const size_t len = texts[i] ? strlen(texts[i]) : 0;

        n_long += len > WF_VIEW_INLINE ? len : 0;
        if (len > INT32_MAX || n_long > INT32_MAX)
            return weft_error_set(err, WEFT_INVALID, "from columns: column \"%s\" has more than 2 GiB of text",
                                  c->spec->name);
    }
    *text = n_long ? wf_buffer_new(n_long) : NULL;
    if (n_long && !*text)
        return wf_error_nomem(err, "a column");
    for (int64_t i = 0; i < c->n_rows; i++) {
        const size_t len = texts[i] ? strlen(texts[i]) : 0;

        views[i] = wf_view_of(texts[i] ? texts[i] : "", (int32_t)len, 0, (int32_t)at);
        if (len > WF_VIEW_INLINE) {
            memcpy((char *)(*text)->data + at, texts[i], len);
            at += len;
        }
    }
    return WEFT_OK;
}

static weft_status string_column(struct wf_column **out, const struct lent *c, struct wf_buffer *valid,
                                 int64_t n_nulls, struct weft_error *err)
{
    struct wf_buffer *views = wf_buffer_new((size_t)c->n_rows * sizeof(struct wf_view)), *text = NULL;
    weft_status st = views ? WEFT_OK : wf_error_nomem(err, "a column");

    if (!st && c->spec->texts)
        st = views_of_texts(c, views->data, &text, err);
    else if (!st && c->n_rows)
        st = views_of_offsets(c, views->data, err);
    if (!st && !c->spec->texts)
        text = wf_buffer_retain(c->held);
    if (st) {
        wf_buffer_release(views);
        wf_buffer_release(valid);
        wf_buffer_release(text);
        return st;
    }
    *out = wf_column_new_text(c->n_rows, views, valid, n_nulls, &text, text != NULL);
    return *out ? WEFT_OK : wf_error_nomem(err, "a column");
}

static weft_status check_spec(const struct weft_column_spec *spec, int64_t n_rows, struct weft_error *err)
{
    if (!spec->name)
        return weft_error_set(err, WEFT_INVALID, "from columns: a column has no name");
    if (spec->dtype == WEFT_FLOAT32 || (int)spec->dtype < 0 || (int)spec->dtype >= WEFT_DTYPE_COUNT)
        return weft_error_set(err, WEFT_TYPE,
                              "from columns: column \"%s\" is %s; frames hold bool, int64, float64, date and string",
                              spec->name, spec->dtype == WEFT_FLOAT32 ? "float32" : "of no type");
    if (spec->dtype == WEFT_STRING ? !spec->texts && !spec->offsets && n_rows : !spec->values && n_rows)
        return weft_error_set(err, WEFT_INVALID, "from columns: column \"%s\" has %lld rows and no %s", spec->name,
                              (long long)n_rows, spec->dtype == WEFT_STRING ? "texts or offsets" : "values");
    return WEFT_OK;
}

/* How long spec->values is, for accounts of memory. */
static size_t bytes_of(const struct weft_column_spec *spec, int64_t n_rows)
{
    if (n_rows <= 0)
        return 0;
    if (spec->dtype == WEFT_STRING)
        return spec->offsets && spec->offsets[n_rows] > 0 ? (size_t)spec->offsets[n_rows] : 0;
    return (size_t)n_rows * weft_dtype_size(spec->dtype);
}

/* One column of all rows; spec->values is taken. */
static weft_status whole_column(struct wf_column **out, const struct weft_column_spec *spec, int64_t n_rows,
                                struct weft_error *err)
{
    struct lent c = {.spec = spec, .n_rows = n_rows};
    struct wf_buffer *valid = NULL, *values = NULL;
    int64_t n_nulls = 0;
    weft_status st = check_spec(spec, n_rows, err);

    if (spec->values || spec->free_data) {
        c.held = wf_buffer_wrap((void *)(uintptr_t)spec->values, bytes_of(spec, n_rows), spec->free_data);
        if (!c.held) {
            if (spec->free_data)
                spec->free_data((void *)(uintptr_t)spec->values);
            return wf_error_nomem(err, "a column");
        }
    }
    if (!st)
        st = copy_valid(&c, &valid, &n_nulls, err);
    if (st)
        goto out;
    if (spec->dtype == WEFT_STRING) {
        st = string_column(out, &c, valid, n_nulls, err);
        goto out;
    }
    if (spec->dtype == WEFT_BOOL)
        st = bool_values(&c, &values, err);
    else
        values = c.held ? wf_buffer_retain(c.held) : wf_buffer_new(0);
    if (!st && !values)
        st = wf_error_nomem(err, "a column");
    if (st) {
        wf_buffer_release(valid);
        goto out;
    }
    *out = wf_column_new(spec->dtype, n_rows, values, values->data, valid, n_nulls);
    st = *out ? WEFT_OK : wf_error_nomem(err, "a column");
out:
    wf_buffer_release(c.held);
    return st;
}

/* ---- Cutting ------------------------------------------------------------------------- */

weft_status wf_frame_check_cut(const char *op, int64_t n_rows, struct weft_cut cut, struct weft_error *err)
{
    if (n_rows < 0 || cut.n_partitions < 0 || cut.chunk_rows < 0)
        return weft_error_set(err, WEFT_INVALID, "%s: %lld rows in %d partitions or pieces of %lld", op,
                              (long long)n_rows, cut.n_partitions, (long long)cut.chunk_rows);
    if (!cut.n_partitions && n_rows / (cut.chunk_rows ? cut.chunk_rows : CHUNK_ROWS) >= INT32_MAX)
        return weft_error_set(err, WEFT_INVALID, "%s: %lld rows in pieces of %lld are too many partitions", op,
                              (long long)n_rows, (long long)cut.chunk_rows);
    return WEFT_OK;
}

int64_t *wf_frame_cut(weft_graph *g, int64_t n_rows, struct weft_cut cut, int *n)
{
    const int64_t step = cut.chunk_rows > 0 ? cut.chunk_rows : CHUNK_ROWS;
    const int64_t by_rows = n_rows ? n_rows / step + (n_rows % step != 0) : 1;
    int64_t *rows, first = 0;

    *n = cut.n_partitions > 0 ? cut.n_partitions : (int)by_rows;
    rows = wf_graph_alloc(g, (size_t)*n * sizeof *rows);
    for (int i = 0; rows && i < *n; i++) {
        if (cut.n_partitions > 0)
            rows[i] = n_rows / *n + (i < n_rows % *n);
        else
            rows[i] = n_rows - first < step ? n_rows - first : step;
        first += rows[i];
    }
    return rows;
}

/* The partition of rows first .. first+n-1, as a task. */
static weft_task *put_rows(weft_graph *g, struct wf_schema *schema, struct wf_column *const *columns, int64_t first,
                           int64_t n)
{
    struct wf_column **slices = wf_alloc_zero((size_t)schema->n + 1, sizeof *slices);
    weft_chunk *chunk = NULL;

    for (int i = 0; slices && i < schema->n; i++)
        slices[i] = wf_column_slice(columns[i], first, n);
    if (slices)
        chunk = wf_chunk_new(schema, n, slices);
    wf_free(slices);
    if (!chunk)
        return wf_graph_nomem(g);
    return weft_graph_put(g, weft_value_of_ptr(&weft_type_chunk, chunk));
}

static weft_frame *cut_rows(weft_graph *g, struct wf_schema *schema, struct wf_column *const *columns, int64_t n_rows,
                            struct weft_cut cut)
{
    int64_t *rows, first = 0;
    weft_task **tasks;
    weft_frame *f;
    int n;

    rows = wf_frame_cut(g, n_rows, cut, &n);
    tasks = rows ? wf_graph_alloc(g, (size_t)n * sizeof *tasks) : NULL;
    if (!tasks)
        return NULL;
    for (int i = 0; i < n; i++) {
        tasks[i] = put_rows(g, schema, columns, first, rows[i]);
        if (weft_task_status(tasks[i], NULL))
            return wf_frame_fail_task(g, tasks[i]);
        first += rows[i];
    }
    f = wf_frame_of_tasks(g, tasks, n, schema, 1);
    if (f)
        wf_frame_set_rows(f, rows);
    return f;
}

static weft_status check_names(const struct weft_column_spec *columns, int n, int64_t n_rows, struct weft_cut cut,
                               struct weft_error *err)
{
    const weft_status st = wf_frame_check_cut("from columns", n_rows, cut, err);

    if (st)
        return st;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (columns[i].name && columns[k].name && strcmp(columns[i].name, columns[k].name) == 0)
                return weft_error_set(err, WEFT_DUPLICATE, "from columns: two columns are called \"%s\"",
                                      columns[i].name);
    return WEFT_OK;
}

weft_frame *weft_frame_from_columns(weft_graph *g, const struct weft_column_spec *columns, int n_columns,
                                    int64_t n_rows, struct weft_cut cut)
{
    struct wf_column **whole = wf_alloc_zero((size_t)n_columns + 1, sizeof *whole);
    const char **names = wf_alloc_zero((size_t)n_columns + 1, sizeof *names);
    weft_dtype *dtypes = wf_alloc_zero((size_t)n_columns + 1, sizeof *dtypes);
    struct wf_schema *schema = NULL;
    struct weft_error err;
    weft_frame *f = NULL;
    weft_status st = WEFT_OK;
    int taken = 0;

    if (!g || !whole || !names || !dtypes)
        goto out;
    st = check_names(columns, n_columns, n_rows, cut, &err);
    while (taken < n_columns && !st) {
        names[taken] = columns[taken].name;
        dtypes[taken] = columns[taken].dtype;
        st = whole_column(&whole[taken], &columns[taken], n_rows, &err);
        taken++;
    }
    if (st) {
        f = wf_frame_fail(g, &err);
        goto out;
    }
    schema = wf_schema_new(n_columns, names, dtypes);
    if (schema)
        f = cut_rows(g, schema, whole, n_rows, cut);
out:
    for (; taken < n_columns; taken++)
        if (columns[taken].free_data)
            columns[taken].free_data((void *)(uintptr_t)columns[taken].values);
    for (int i = 0; whole && i < n_columns; i++)
        wf_column_release(whole[i]);
    wf_schema_release(schema);
    wf_free(whole);
    wf_free(names);
    wf_free(dtypes);
    return f;
}

/* ---- Chunks --------------------------------------------------------------------------- */

static weft_status check_chunk(const weft_chunk *c, const weft_chunk *first, int i, struct weft_error *err)
{
    if (c->schema->n != first->schema->n)
        return weft_error_set(err, WEFT_INVALID, "from chunks: chunk %d has %d columns and the first has %d", i,
                              c->schema->n, first->schema->n);
    for (int k = 0; k < c->schema->n; k++)
        if (c->schema->dtypes[k] != first->schema->dtypes[k] || strcmp(c->schema->names[k], first->schema->names[k]))
            return weft_error_set(err, WEFT_INVALID,
                                  "from chunks: column %d is \"%s\" of %s in chunk %d and \"%s\" of %s in the first", k,
                                  c->schema->names[k], weft_dtype_name(c->schema->dtypes[k]), i,
                                  first->schema->names[k], weft_dtype_name(first->schema->dtypes[k]));
    return WEFT_OK;
}

weft_frame *weft_frame_from_chunks(weft_graph *g, weft_chunk *const *chunks, int n)
{
    struct weft_error err;
    weft_task **tasks;
    int64_t *rows;
    weft_frame *f;

    if (!g)
        return NULL;
    for (int i = 0; i < n; i++)
        if (check_chunk(chunks[i], chunks[0], i, &err))
            return wf_frame_fail(g, &err);
    tasks = wf_graph_alloc(g, (size_t)n * sizeof *tasks);
    rows = wf_graph_alloc(g, (size_t)n * sizeof *rows);
    if (!tasks || !rows)
        return NULL;
    for (int i = 0; i < n; i++) {
        tasks[i] = weft_graph_put(g, weft_value_of_ptr(&weft_type_chunk, weft_chunk_retain(chunks[i])));
        if (weft_task_status(tasks[i], NULL))
            return wf_frame_fail_task(g, tasks[i]);
        rows[i] = chunks[i]->n_rows;
    }
    f = wf_frame_of_tasks(g, tasks, n, chunks[0]->schema, 1);
    if (f)
        wf_frame_set_rows(f, rows);
    return f;
}
