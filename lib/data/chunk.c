/* chunk.c - columns of equal length under one count. */
#include "lib/data/chunk.h"

#include <math.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/data/wire.h"

weft_chunk *wf_chunk_new(struct wf_schema *schema, int64_t n_rows, struct wf_column **columns)
{
    weft_chunk *c = wf_alloc(sizeof *c);
    struct wf_column **kept = wf_alloc_array((size_t)schema->n, sizeof *kept);
    bool ok = c && kept;

    for (int i = 0; i < schema->n; i++)
        ok = ok && columns[i];
    if (!ok) {
        for (int i = 0; i < schema->n; i++)
            wf_column_release(columns[i]);
        wf_free(kept);
        wf_free(c);
        return NULL;
    }
    for (int i = 0; i < schema->n; i++) {
        WF_ASSERT(columns[i]->n == n_rows && columns[i]->dtype == schema->dtypes[i]);
        kept[i] = columns[i];
    }
    wf_count_init(&c->holders);
    c->n_rows = n_rows;
    c->schema = wf_schema_retain(schema);
    c->columns = kept;
    return c;
}

weft_chunk *weft_chunk_retain(weft_chunk *c)
{
    wf_count_add(&c->holders);
    return c;
}

void weft_chunk_release(weft_chunk *c)
{
    if (!c || !wf_count_drop(&c->holders))
        return;
    for (int i = 0; i < c->schema->n; i++)
        wf_column_release(c->columns[i]);
    wf_schema_release(c->schema);
    wf_free(c->columns);
    wf_free(c);
}

weft_chunk *wf_chunk_slice(weft_chunk *c, int64_t first, int64_t n)
{
    struct wf_column **columns = wf_alloc_array((size_t)c->schema->n, sizeof *columns);
    weft_chunk *slice;

    if (!columns)
        return NULL;
    for (int i = 0; i < c->schema->n; i++)
        columns[i] = wf_column_slice(c->columns[i], first, n);
    slice = wf_chunk_new(c->schema, n, columns);
    wf_free(columns);
    return slice;
}

weft_chunk *wf_chunk_concat(weft_chunk *const *chunks, int n_chunks)
{
    const int n_columns = chunks[0]->schema->n;
    struct wf_column **columns = NULL, **parts = NULL;
    weft_chunk *all = NULL;
    int64_t n_rows = 0;

    if (n_chunks == 1)
        return weft_chunk_retain(chunks[0]);
    columns = wf_alloc_array((size_t)n_columns, sizeof *columns);
    parts = wf_alloc_array((size_t)n_chunks, sizeof *parts);
    if (columns && parts) {
        for (int k = 0; k < n_chunks; k++)
            n_rows += chunks[k]->n_rows;
        for (int i = 0; i < n_columns; i++) {
            for (int k = 0; k < n_chunks; k++)
                parts[k] = chunks[k]->columns[i];
            columns[i] = wf_column_concat(parts, n_chunks);
        }
        all = wf_chunk_new(chunks[0]->schema, n_rows, columns);
    }
    wf_free(columns);
    wf_free(parts);
    return all;
}

/* ---- Asking -------------------------------------------------------------- */

int64_t weft_chunk_n_rows(const weft_chunk *c)
{
    return c->n_rows;
}

int weft_chunk_n_columns(const weft_chunk *c)
{
    return c->schema->n;
}

static const struct wf_column *column_at(const weft_chunk *c, int column)
{
    WF_ASSERT(column >= 0 && column < c->schema->n);
    return c->columns[column];
}

const char *weft_chunk_name(const weft_chunk *c, int column)
{
    WF_ASSERT(column >= 0 && column < c->schema->n);
    return c->schema->names[column];
}

weft_dtype weft_chunk_dtype(const weft_chunk *c, int column)
{
    return column_at(c, column)->dtype;
}

int weft_chunk_find(const weft_chunk *c, const char *name)
{
    return wf_schema_find(c->schema, name);
}

int64_t weft_chunk_n_nulls(const weft_chunk *c, int column)
{
    return column_at(c, column)->n_nulls;
}

bool weft_chunk_is_null(const weft_chunk *c, int column, int64_t row)
{
    WF_ASSERT(row >= 0 && row < c->n_rows);
    return wf_column_is_null(column_at(c, column), row);
}

double weft_chunk_f64_at(const weft_chunk *c, int column, int64_t row)
{
    const struct wf_column *col = column_at(c, column);

    if (wf_column_is_null(col, row))
        return NAN;
    switch (col->dtype) {
    case WEFT_FLOAT64: return ((const double *)col->values)[row];
    case WEFT_FLOAT32: return ((const float *)col->values)[row];
    case WEFT_STRING:  return NAN;
    default:           return (double)weft_chunk_i64_at(c, column, row);
    }
}

int64_t weft_chunk_i64_at(const weft_chunk *c, int column, int64_t row)
{
    const struct wf_column *col = column_at(c, column);

    if (wf_column_is_null(col, row))
        return 0;
    switch (col->dtype) {
    case WEFT_BOOL:    return wf_bits_at(col->values, row);
    case WEFT_INT64:   return ((const int64_t *)col->values)[row];
    case WEFT_DATE:    return ((const int32_t *)col->values)[row];
    case WEFT_FLOAT32: return (int64_t)((const float *)col->values)[row];
    case WEFT_FLOAT64: return (int64_t)((const double *)col->values)[row];
    default:           return 0;
    }
}

struct weft_text weft_chunk_text_at(const weft_chunk *c, int column, int64_t row)
{
    const struct wf_column *col = column_at(c, column);

    if (col->dtype != WEFT_STRING || wf_column_is_null(col, row))
        return (struct weft_text){"", 0};
    return wf_column_text(col, row);
}

const void *weft_chunk_values(const weft_chunk *c, int column)
{
    const struct wf_column *col = column_at(c, column);

    return col->dtype == WEFT_BOOL || col->dtype == WEFT_STRING ? NULL : col->values;
}

/* ---- Printing ------------------------------------------------------------ */

void wf_date_text(int32_t days, char *text)
{
    const int64_t z = (int64_t)days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;
    const int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    const long year = (long)(yoe + era * 400 + (month <= 2));

    snprintf(text, WF_DATE_TEXT, "%04ld-%02d-%02d", year, month, (int)(doy - (153 * mp + 2) / 5 + 1));
}

/* `text` has room for `size` bytes: as much of `t` as fits, whole characters, on one line. */
static void print_text(char *text, size_t size, struct weft_text t)
{
    const size_t n = wf_utf8_fit(t.ptr, (size_t)t.len, size - 1);

    for (size_t i = 0; i < n; i++)
        text[i] = (unsigned char)t.ptr[i] < ' ' ? ' ' : t.ptr[i];
    text[n] = '\0';
}

enum { CELL = 48 };

/* One cell, cut to fit; answers its width. */
static int print_cell(const weft_chunk *c, int column, int64_t row, char text[CELL])
{
    if (weft_chunk_is_null(c, column, row)) {
        strcpy(text, "null");
        return 4;
    }
    switch (weft_chunk_dtype(c, column)) {
    case WEFT_BOOL:    strcpy(text, weft_chunk_i64_at(c, column, row) ? "true" : "false"); break;
    case WEFT_FLOAT32: snprintf(text, CELL, "%.7g", weft_chunk_f64_at(c, column, row)); break;
    case WEFT_FLOAT64: snprintf(text, CELL, "%.10g", weft_chunk_f64_at(c, column, row)); break;
    case WEFT_DATE:    wf_date_text((int32_t)weft_chunk_i64_at(c, column, row), text); break;
    case WEFT_STRING:  print_text(text, CELL, weft_chunk_text_at(c, column, row)); break;
    default:           snprintf(text, CELL, "%lld", (long long)weft_chunk_i64_at(c, column, row));
    }
    return wf_utf8_width(text);
}

static int column_width(const weft_chunk *c, int column, int64_t n_rows)
{
    char text[CELL];
    int width = wf_utf8_width(weft_chunk_name(c, column));

    for (int64_t row = 0; row < n_rows; row++) {
        const int w = print_cell(c, column, row, text);

        width = w > width ? w : width;
    }
    return width;
}

static void print_aligned(const char *text, int text_width, int width, FILE *to)
{
    fprintf(to, "%*s%s", width > text_width ? width - text_width : 0, "", text);
}

void weft_chunk_print(const weft_chunk *c, int64_t n_rows, FILE *to)
{
    const int64_t n = n_rows < c->n_rows ? n_rows : c->n_rows;
    /* Without memory the table is there, not aligned. */
    int *widths = wf_alloc_zero((size_t)c->schema->n, sizeof *widths);
    char text[CELL];

    for (int i = 0; i < c->schema->n; i++) {
        const char *name = c->schema->names[i];

        if (widths)
            widths[i] = column_width(c, i, n);
        fputs(i ? "  " : "", to);
        print_aligned(name, wf_utf8_width(name), widths ? widths[i] : 0, to);
    }
    fputc('\n', to);
    for (int64_t row = 0; row < n; row++) {
        for (int i = 0; i < c->schema->n; i++) {
            const int width = print_cell(c, i, row, text);

            fputs(i ? "  " : "", to);
            print_aligned(text, width, widths ? widths[i] : 0, to);
        }
        fputc('\n', to);
    }
    wf_free(widths);
}

/* ---- As a value ---------------------------------------------------------- */

static size_t value_bytes(const void *data)
{
    const weft_chunk *c = data;
    size_t bytes = sizeof *c;

    for (int i = 0; i < c->schema->n; i++)
        bytes += wf_column_bytes(c->columns[i]);
    return bytes;
}

static void value_free(void *data)
{
    weft_chunk_release(data);
}

static void *value_share(void *data)
{
    return weft_chunk_retain(data);
}

/* A chunk is never changed in place, so one holder more is as good as a copy. */
const struct weft_type weft_type_chunk = {
    .name = "chunk", .bytes = value_bytes, .free = value_free, .share = value_share,
    .write = wf_wire_write, .read = wf_wire_read,
};
