/* fill.c - a column that is filled from the cells of a CSV file, piece by piece. */
#include "lib/io/csv/fill.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/io/csv/kind.h"
#include "lib/io/number.h"

/* Texts double in size, from the first to the largest; offsets in them are int32. */
enum { TEXT_FIRST = 16 << 10, TEXT_LARGEST = 64 << 20 };

weft_status wf_csv_fill_init(struct wf_csv_fill *c, const struct wf_csv_pieces *pieces, int column, int64_t n,
                             int64_t text_max, struct weft_error *err)
{
    const struct wf_csv *f = pieces->f;
    const weft_dtype dtype = f->schema->dtypes[column];

    *c = (struct wf_csv_fill){
        .f = f,
        .pieces = pieces,
        .name = f->schema->names[column],
        .field = f->field_of[column],
        .dtype = dtype,
        .n = n,
        .text_max = text_max,
        .err = err,
    };
    c->values = wf_buffer_new(dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype));
    if (!c->values)
        return wf_error_nomem(err, c->name);
    if (dtype == WEFT_BOOL)
        memset(c->values->data, 0, wf_bits_bytes(n));
    return WEFT_OK;
}

void wf_csv_fill_fini(struct wf_csv_fill *c)
{
    wf_buffer_release(c->values);
    wf_buffer_release(c->valid);
    for (int32_t i = 0; i < c->n_texts; i++)
        wf_buffer_release(c->texts[i]);
    wf_free(c->texts);
    *c = (struct wf_csv_fill){0};
}

/* ---- Cells that the loops hand on --------------------------------------------- */

static bool fail(struct wf_csv_fill *c, weft_status status)
{
    c->status = status;
    return false;
}

static bool misfit(struct wf_csv_fill *c, int64_t r, int64_t first, int64_t last)
{
    enum { SHOWN = 60 }; /* bytes of a field */
    static const char *const what[] = {
        [WEFT_BOOL] = "a bool",       [WEFT_INT64] = "an int64", [WEFT_FLOAT32] = "a float32",
        [WEFT_FLOAT64] = "a float64", [WEFT_DATE] = "a date",    [WEFT_STRING] = "a string",
    };
    const char *text = c->pieces->text + first;
    const int n = (int)wf_utf8_fit(text, (size_t)(last - first), SHOWN);
    const int64_t begin = (uint32_t)(c->pieces->ends[r * c->pieces->stride] + 1);
    char where[WF_CSV_WHERE];

    wf_csv_where(where, c->f->path, c->pieces->first_record + r,
                 c->pieces->line + wf_csv_count_lines(c->pieces->text, begin));
    return fail(c, weft_error_set(c->err, WEFT_PARSE, "%s: column \"%.60s\": \"%.*s%s\" is not %s", where, c->name, n,
                                  text, n < last - first ? "..." : "", what[c->dtype]));
}

static bool put_null(struct wf_csv_fill *c, int64_t row)
{
    if (!c->valid) {
        c->valid = wf_buffer_new(wf_bits_bytes(c->n));
        if (!c->valid)
            return fail(c, wf_error_nomem(c->err, c->name));
        wf_bits_fill(c->valid->data, c->n, true);
    }
    wf_bits_clear(c->valid->data, row);
    c->n_nulls++;
    if (c->dtype != WEFT_BOOL)
        memset((char *)c->values->data + (size_t)row * weft_dtype_size(c->dtype), 0, weft_dtype_size(c->dtype));
    return true;
}

/* One text more, of at least `bytes`. */
static bool add_text(struct wf_csv_fill *c, int64_t bytes)
{
    int64_t size = c->n_texts == 0 ? TEXT_FIRST : 2 * (int64_t)c->texts[c->n_texts - 1]->bytes;
    const int64_t left = c->text_max - c->all_text;

    if (c->n_texts == c->texts_room) {
        const int32_t room = c->texts_room ? c->texts_room * 2 : 8;
        struct wf_buffer **texts = wf_realloc(c->texts, (size_t)room * sizeof *texts);

        if (!texts)
            return false;
        c->texts = texts;
        c->texts_room = room;
    }
    size = size < TEXT_LARGEST ? size : TEXT_LARGEST;
    size = size < left ? size : left;
    size = size > bytes ? size : bytes;
    c->texts[c->n_texts] = wf_buffer_new((size_t)size);
    if (!c->texts[c->n_texts])
        return false;
    /* The one before ends here; nobody pays for what it did not need. */
    if (c->n_texts)
        c->texts[c->n_texts - 1]->bytes = (size_t)c->n_text;
    c->n_texts++;
    c->n_text = 0;
    return true;
}

/* Room for a text of `bytes` in the last of the texts, not used yet. NULL: no memory. */
static char *text_room(struct wf_csv_fill *c, int64_t bytes)
{
    if ((!c->n_texts || (int64_t)c->texts[c->n_texts - 1]->bytes - c->n_text < bytes) && !add_text(c, bytes)) {
        fail(c, wf_error_nomem(c->err, c->name));
        return NULL;
    }
    return (char *)c->texts[c->n_texts - 1]->data + c->n_text;
}

static bool put_string(struct wf_csv_fill *c, int64_t row, const char *raw, int64_t n)
{
    struct wf_view *view = (struct wf_view *)c->values->data + row;
    char small[WF_VIEW_INLINE + 2];
    const bool quoted = wf_csv_is_quoted(&c->f->dialect, raw, n);
    const char *text = raw;

    if (!quoted && wf_csv_is_null(&c->f->dialect, raw, n))
        return put_null(c, row);
    /* Without its quotes a short one is inline, and a long one may be. */
    if (quoted && n <= (int64_t)sizeof small) {
        n = wf_csv_unquote(&c->f->dialect, raw, n, small);
        text = small;
    } else if (n > WF_VIEW_INLINE) {
        char *to = text_room(c, n);

        if (!to)
            return false;
        n = wf_csv_unquote(&c->f->dialect, raw, n, to);
        text = to;
    }
    *view = wf_view_of(text, (int32_t)n, c->n_texts - 1, (int32_t)c->n_text);
    if (n > WF_VIEW_INLINE) {
        c->n_text += n;
        c->all_text += n;
    }
    return true;
}

/* A number, date or truth; false: it is none of its column's type. */
static bool put_value(struct wf_csv_fill *c, int64_t row, const char *text, int64_t n)
{
    const struct wf_csv_dialect *d = &c->f->dialect;
    void *values = c->values->data;
    bool truth;
    double x;

    switch (c->dtype) {
    case WEFT_INT64:
        return wf_csv_i64(d, text, n, (int64_t *)values + row);
    case WEFT_FLOAT64:
        return wf_csv_f64(d, text, n, (double *)values + row);
    case WEFT_FLOAT32:
        if (!wf_csv_f64(d, text, n, &x))
            return false;
        ((float *)values)[row] = (float)x;
        return true;
    case WEFT_DATE:
        return wf_date_parse(text, n, (int32_t *)values + row);
    case WEFT_BOOL:
        if (!wf_bool_parse(text, n, &truth))
            return false;
        if (truth)
            wf_bits_set(values, row);
        return true;
    default:
        return false;
    }
}

/* Any cell at all. */
static bool put_cell(void *arg, int64_t r, int64_t first, int64_t last)
{
    struct wf_csv_fill *c = arg;
    const int64_t row = c->row + r;
    char plain[WF_CSV_NUMBER_MAX];
    const char *raw = c->pieces->text + first;
    int64_t n = last - first;

    if (c->dtype == WEFT_STRING)
        return put_string(c, row, raw, n);
    if (wf_csv_is_quoted(&c->f->dialect, raw, n)) {
        if (n > WF_CSV_NUMBER_MAX)
            return misfit(c, r, first, last);
        n = wf_csv_unquote(&c->f->dialect, raw, n, plain);
        raw = plain;
    }
    if (wf_csv_is_null(&c->f->dialect, raw, n))
        return put_null(c, row);
    return put_value(c, row, raw, n) || misfit(c, r, first, last);
}

/* ---- Pieces --------------------------------------------------------------------- */

weft_status wf_csv_fill_add(struct wf_csv_fill *c, const struct wf_csv_loops *loops)
{
    const struct wf_csv_pieces *p = c->pieces;
    const struct wf_csv_cells cells = {
        .dialect = &c->f->dialect,
        .text = p->text,
        .ends = p->ends + c->field,
        .stride = p->stride,
        .n = p->n_records,
        .cuts_cr = p->cuts_cr && c->field == c->f->n_fields - 1,
        .other = put_cell,
        .arg = c,
    };
    const bool one_by_one = c->f->dialect.nulls_like_numbers;
    bool ok;

    WF_ASSERT(c->row + p->n_records <= c->n);
    if (c->dtype == WEFT_STRING)
        ok = loops->views(&cells, (struct wf_view *)c->values->data + c->row);
    else if (c->dtype == WEFT_INT64 && !one_by_one)
        ok = loops->ints(&cells, (int64_t *)c->values->data + c->row);
    else if (c->dtype == WEFT_FLOAT64 && !one_by_one)
        ok = loops->floats(&cells, (double *)c->values->data + c->row);
    else
        ok = loops->others(&cells);
    c->row += p->n_records;
    return ok ? WEFT_OK : c->status;
}

struct wf_column *wf_csv_fill_finish(struct wf_csv_fill *c)
{
    struct wf_column *column;

    WF_ASSERT(c->row == c->n);
    if (c->n_texts)
        c->texts[c->n_texts - 1]->bytes = (size_t)c->n_text;
    if (c->dtype == WEFT_STRING)
        column = wf_column_new_text(c->n, c->values, c->valid, c->n_nulls, c->texts, c->n_texts);
    else
        column = wf_column_new(c->dtype, c->n, c->values, c->values->data, c->valid, c->n_nulls);
    /* All were taken. */
    c->values = c->valid = NULL;
    c->n_texts = 0;
    return column;
}
