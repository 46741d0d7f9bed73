/* scanned.c - a CSV file that has been scanned: holding it and asking it. */
#include "lib/io/csv/scanned.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

struct wf_csv *wf_csv_retain(struct wf_csv *f)
{
    wf_count_add(&f->holders);
    return f;
}

void wf_csv_release(struct wf_csv *f)
{
    if (!f || !wf_count_drop(&f->holders))
        return;
    wf_free(f->path);
    wf_csv_dialect_fini(&f->dialect);
    wf_schema_release(f->schema);
    wf_free(f->field_of);
    wf_free(f->origins);
    wf_free(f->lines);
    wf_free(f->cuts);
    wf_free(f);
}

const char *wf_csv_path(const struct wf_csv *f)
{
    return f->path;
}

struct wf_schema *wf_csv_schema(const struct wf_csv *f)
{
    return f->schema;
}

int64_t wf_csv_n_records(const struct wf_csv *f)
{
    return f->cuts[f->n_cuts].record;
}

struct wf_csv_origin wf_csv_origin(const struct wf_csv *f, int column)
{
    WF_ASSERT(column >= 0 && column < f->schema->n);
    return f->origins[column];
}

struct wf_csv_range wf_csv_all(const struct wf_csv *f)
{
    return (struct wf_csv_range){
        .begin = f->cuts[0].offset,
        .end = f->cuts[f->n_cuts].offset,
        .n_records = wf_csv_n_records(f),
        .first_line = f->cuts[0].line,
    };
}

void wf_csv_phase_set(uint64_t *words, int n_fields, int field, bool to)
{
    int phase = field;

    /* Cell k of those that begin with column `phase` is in column `field`. */
    for (int k = 0; k < 64; k++) {
        if (to)
            words[phase] |= (uint64_t)1 << k;
        else
            words[phase] &= ~((uint64_t)1 << k);
        phase = phase ? phase - 1 : n_fields - 1;
    }
}

int64_t wf_csv_count_lines(const char *text, int64_t n)
{
    int64_t lines = 0;

    for (const char *p = text, *end = text + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    return lines;
}

void wf_csv_where(char text[WF_CSV_WHERE], const char *path, int64_t record, int64_t line)
{
    snprintf(text, WF_CSV_WHERE, "%.120s: record %lld (line %lld)", path, (long long)record + 1, (long long)line);
}

weft_status wf_csv_ragged_error(const struct wf_csv *f, int64_t record, int64_t line, int n,
                                struct weft_error *err)
{
    char where[WF_CSV_WHERE];

    wf_csv_where(where, f->path, record, line);
    return weft_error_set(err, WEFT_PARSE, "%s has %d field%s, %s has %d", where, n, n == 1 ? "" : "s",
                          f->has_header ? "the header" : "the first record", f->n_fields);
}
