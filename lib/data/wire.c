/* wire.c - a chunk as a row of bytes and back. */
#include "lib/data/wire.h"

#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/data/chunk.h"

struct column_head {
    int64_t dtype, n_name, n_nulls, n_texts;
};

static size_t values_bytes(weft_dtype dtype, int64_t n)
{
    return dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype);
}

static weft_status write_column(const struct wf_column *c, const char *name, struct weft_sink *sink)
{
    const struct column_head head = {c->dtype, (int64_t)strlen(name), c->n_nulls, c->n_texts};
    weft_status st = sink->write(sink->to, &head, sizeof head);

    if (!st)
        st = sink->write(sink->to, name, (size_t)head.n_name);
    if (!st)
        st = sink->write(sink->to, c->values, values_bytes(c->dtype, c->n));
    if (!st && c->valid)
        st = sink->write(sink->to, c->valid, wf_bits_bytes(c->n));
    for (int32_t i = 0; !st && i < c->n_texts; i++) {
        const int64_t bytes = (int64_t)c->texts[i]->bytes;

        st = sink->write(sink->to, &bytes, sizeof bytes);
        if (!st)
            st = sink->write(sink->to, c->texts[i]->data, (size_t)bytes);
    }
    return st;
}

weft_status wf_wire_write(const void *chunk, struct weft_sink *sink)
{
    const weft_chunk *c = chunk;
    const int64_t head[2] = {c->n_rows, c->schema->n};
    weft_status st = sink->write(sink->to, head, sizeof head);

    for (int i = 0; !st && i < c->schema->n; i++)
        st = write_column(c->columns[i], c->schema->names[i], sink);
    return st;
}

/* `bytes` bytes as a buffer. */
static weft_status read_buffer(struct wf_buffer **out, size_t bytes, struct weft_source *source)
{
    struct wf_buffer *b = wf_buffer_new(bytes);
    weft_status st = b ? source->read(source->from, b->data, bytes) : WEFT_NOMEM;

    if (st)
        wf_buffer_release(b);
    else
        *out = b;
    return st;
}

/* Whether every long text lies inside its buffer: bytes from outside are not believed. */
static bool views_fit(const struct wf_view *views, int64_t n, struct wf_buffer *const *texts, int64_t n_texts)
{
    for (int64_t i = 0; i < n; i++) {
        const struct wf_view *v = &views[i];

        if (v->len < 0)
            return false;
        if (v->len > WF_VIEW_INLINE &&
            (v->u.big.text < 0 || v->u.big.text >= n_texts || v->u.big.offset < 0 ||
             (size_t)v->u.big.offset + (size_t)v->len > texts[v->u.big.text]->bytes))
            return false;
    }
    return true;
}

static weft_status read_texts(struct wf_buffer **texts, int64_t n, struct weft_source *source)
{
    weft_status st = WEFT_OK;

    for (int64_t i = 0; !st && i < n; i++) {
        int64_t bytes;

        st = source->read(source->from, &bytes, sizeof bytes);
        if (!st)
            st = bytes < 0 || bytes > INT32_MAX ? WEFT_PARSE : read_buffer(&texts[i], (size_t)bytes, source);
    }
    return st;
}

static weft_status read_column(struct wf_column **out, char **name, int64_t n, struct weft_source *source)
{
    struct wf_buffer *values = NULL, *valid = NULL, **texts = NULL;
    struct wf_column *c = NULL;
    struct column_head head = {0};
    weft_status st = source->read(source->from, &head, sizeof head);

    if (!st && (head.dtype < 0 || head.dtype >= WEFT_DTYPE_COUNT || head.n_name < 0 || head.n_name > 1 << 20 ||
                head.n_nulls < 0 || head.n_nulls > n || head.n_texts < 0 || head.n_texts > 1 << 28 ||
                (head.n_texts && head.dtype != WEFT_STRING)))
        st = WEFT_PARSE;
    if (st)
        return st;
    *name = wf_alloc_zero((size_t)head.n_name + 1, 1);
    texts = wf_alloc_zero((size_t)head.n_texts, sizeof *texts);
    st = *name && texts ? source->read(source->from, *name, (size_t)head.n_name) : WEFT_NOMEM;
    if (!st)
        st = read_buffer(&values, values_bytes((weft_dtype)head.dtype, n), source);
    if (!st && head.n_nulls)
        st = read_buffer(&valid, wf_bits_bytes(n), source);
    if (!st)
        st = read_texts(texts, head.n_texts, source);
    if (!st && head.dtype == WEFT_STRING && !views_fit(values->data, n, texts, head.n_texts))
        st = WEFT_PARSE;
    if (st) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        for (int64_t i = 0; texts && i < head.n_texts; i++)
            wf_buffer_release(texts[i]);
    } else {
        c = head.dtype == WEFT_STRING
                ? wf_column_new_text(n, values, valid, head.n_nulls, texts, (int32_t)head.n_texts)
                : wf_column_new((weft_dtype)head.dtype, n, values, values->data, valid, head.n_nulls);
        st = c ? WEFT_OK : WEFT_NOMEM;
        *out = c;
    }
    wf_free(texts);
    return st;
}

weft_status wf_wire_read(void **chunk, struct weft_source *source)
{
    struct wf_column **columns = NULL;
    weft_dtype *dtypes = NULL;
    struct wf_schema *schema = NULL;
    char **names = NULL;
    int64_t head[2];
    int n = 0;
    weft_status st = source->read(source->from, head, sizeof head);

    if (!st && (head[0] < 0 || head[0] > (int64_t)1 << 48 || head[1] < 0 || head[1] > 1 << 20))
        st = WEFT_PARSE;
    if (st)
        return st;
    n = (int)head[1];
    columns = wf_alloc_zero((size_t)n, sizeof *columns);
    names = wf_alloc_zero((size_t)n, sizeof *names);
    dtypes = wf_alloc_zero((size_t)n, sizeof *dtypes);
    st = columns && names && dtypes ? WEFT_OK : WEFT_NOMEM;
    for (int i = 0; !st && i < n; i++) {
        st = read_column(&columns[i], &names[i], head[0], source);
        if (!st)
            dtypes[i] = columns[i]->dtype;
    }
    schema = st ? NULL : wf_schema_new(n, (const char *const *)names, dtypes);
    if (!st && !schema)
        st = WEFT_NOMEM;
    if (!st) {
        *chunk = wf_chunk_new(schema, head[0], columns); /* takes the columns */
        st = *chunk ? WEFT_OK : WEFT_NOMEM;
    } else {
        for (int i = 0; columns && i < n; i++)
            wf_column_release(columns[i]);
    }
    for (int i = 0; names && i < n; i++)
        wf_free(names[i]);
    wf_schema_release(schema);
    wf_free(columns);
    wf_free(names);
    wf_free(dtypes);
    return st;
}
