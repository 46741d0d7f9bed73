/* shuffle.c - the records of one partition sorted into pieces. */
#include "lib/bag/shuffle.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"

struct wf_pieces *wf_pieces_new(struct wf_shape shape, int n)
{
    struct wf_pieces *p = wf_alloc_zero(1, sizeof *p + (size_t)n * sizeof *p->piece);

    if (!p)
        return NULL;
    for (p->n = 0; p->n < n; p->n++) {
        p->piece[p->n] = wf_records_new(shape, 0);
        if (!p->piece[p->n]) {
            wf_pieces_free(p);
            return NULL;
        }
    }
    return p;
}

void wf_pieces_free(struct wf_pieces *p)
{
    for (int i = 0; p && i < p->n; i++)
        weft_records_release(p->piece[i]);
    wf_free(p);
}

const weft_records *wf_call_piece(const weft_call *call, size_t i, int k)
{
    const struct wf_pieces *p = weft_value_ptr(weft_call_input(call, i), &wf_type_pieces);

    WF_ASSERT(p && k < p->n);
    return p->piece[k];
}

/* ---- As a value: one holder, never copied ------------------------------------------ */

static size_t value_bytes(const void *data)
{
    const struct wf_pieces *p = data;
    size_t bytes = sizeof *p + (size_t)p->n * sizeof *p->piece;

    for (int i = 0; i < p->n; i++)
        bytes += weft_type_records.bytes(p->piece[i]);
    return bytes;
}

static void value_free(void *data)
{
    wf_pieces_free(data);
}

static weft_status value_write(const void *data, struct weft_sink *sink)
{
    const struct wf_pieces *p = data;
    const int64_t n = p->n;
    weft_status st = sink->write(sink->to, &n, sizeof n);

    for (int i = 0; !st && i < p->n; i++)
        st = weft_type_records.write(p->piece[i], sink);
    return st;
}

static weft_status value_read(void **data, struct weft_source *source)
{
    struct wf_pieces *p;
    int64_t n;
    weft_status st = source->read(source->from, &n, sizeof n);

    if (st)
        return st;
    if (n < 0 || n > INT32_MAX)
        return WEFT_PARSE;
    p = wf_alloc_zero(1, sizeof *p + (size_t)n * sizeof *p->piece);
    if (!p)
        return WEFT_NOMEM;
    while (!st && p->n < n) {
        void *piece = NULL;

        st = weft_type_records.read(&piece, source);
        if (!st)
            p->piece[p->n++] = piece;
    }
    if (st)
        wf_pieces_free(p);
    else
        *data = p;
    return st;
}

const struct weft_type wf_type_pieces = {
    .name = "pieces", .bytes = value_bytes, .free = value_free, .write = value_write, .read = value_read,
};
