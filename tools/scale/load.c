/* load.c - runs from a CSV file, by our own reader: of another day, another machine, anything. */
#include "tools/scale/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static weft_status read_chunk(struct weft_value *out, const char *path, struct weft_error *err)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_graph *g = weft_graph_new();
    const weft_status st = weft_pool_run(pool, weft_frame_whole(weft_frame_read_csv(g, path, NULL)), out, err);

    weft_graph_free(g);
    weft_pool_free(pool);
    /* That a task of ours reads it is nobody's business. */
    err->task[0] = err->site[0] = err->chain[0] = err->source[0] = '\0';
    return st;
}

/* The columns that are looked for; -1: not there. */
struct columns {
    int round, position, workers, n, work, seconds, whole, user, system, peak;
};

static bool is_number(const weft_chunk *c, int column)
{
    return weft_chunk_dtype(c, column) == WEFT_INT64 || weft_chunk_dtype(c, column) == WEFT_FLOAT64;
}

static double number_at(const weft_chunk *c, int column, int64_t row, double otherwise)
{
    return column < 0 || !is_number(c, column) || weft_chunk_is_null(c, column, row) ? otherwise
                                                                                     : weft_chunk_f64_at(c, column, row);
}

static weft_status find_columns(struct columns *k, const weft_chunk *c, const char *path, struct weft_error *err)
{
    *k = (struct columns){
        .round = weft_chunk_find(c, "round"), .position = weft_chunk_find(c, "position"),
        .workers = weft_chunk_find(c, "workers"), .n = weft_chunk_find(c, "n"), .work = weft_chunk_find(c, "work"),
        .seconds = weft_chunk_find(c, "seconds"), .whole = weft_chunk_find(c, "whole_seconds"),
        .user = weft_chunk_find(c, "user_seconds"),
        .system = weft_chunk_find(c, "system_seconds"), .peak = weft_chunk_find(c, "peak_bytes"),
    };
    if (k->workers < 0 || k->seconds < 0)
        return weft_error_set(err, WEFT_NOT_FOUND, "%s: there is no column '%s'; needed are workers and seconds", path,
                              k->workers < 0 ? "workers" : "seconds");
    if (!is_number(c, k->workers) || !is_number(c, k->seconds))
        return weft_error_set(err, WEFT_TYPE, "%s: column '%s' has no numbers", path,
                              is_number(c, k->workers) ? "seconds" : "workers");
    return WEFT_OK;
}

static weft_status read_row(struct scale_data *d, const weft_chunk *c, const struct columns *k, int64_t row, const char *path,
                            struct weft_error *err)
{
    const double workers = number_at(c, k->workers, row, NAN), seconds = number_at(c, k->seconds, row, NAN);
    const double n = number_at(c, k->n, row, 1), work = number_at(c, k->work, row, n);

    if (!(workers >= 1 && workers <= 1e6 && workers == floor(workers)))
        return weft_error_set(err, WEFT_RANGE, "%s: row %lld has %g workers", path, (long long)row + 1, workers);
    if (!(seconds > 0 && seconds < 1e12) || !(work > 0 && work < 1e300) || !(n >= 1 && n < 9e18))
        return weft_error_set(err, WEFT_RANGE, "%s: row %lld has %g seconds for n = %g and work %g, none of which may be 0 or less",
                              path, (long long)row + 1, seconds, n, work);
    return scale_data_add(d, (struct scale_sample){
        .round = (int)number_at(c, k->round, row, 0), .position = (int)number_at(c, k->position, row, 0),
        .n_workers = (int)workers, .n = (int64_t)n, .work = work, .seconds = seconds, .whole = number_at(c, k->whole, row, seconds),
        .user = number_at(c, k->user, row, NAN), .system = number_at(c, k->system, row, NAN),
        .peak_bytes = (int64_t)number_at(c, k->peak, row, 0)}, err);
}

/* A text of the first row; "" where there is none. */
static struct weft_text first_text(const weft_chunk *c, const char *name)
{
    const int column = weft_chunk_find(c, name);
    const bool there = column >= 0 && weft_chunk_dtype(c, column) == WEFT_STRING && !weft_chunk_is_null(c, column, 0);

    return there ? weft_chunk_text_at(c, column, 0) : (struct weft_text){.ptr = "", .len = 0};
}

/* All rows have the same one, or none has. */
static weft_status check_same(const weft_chunk *c, const char *name, const char *path, struct weft_error *err)
{
    const struct weft_text first = first_text(c, name);

    for (int64_t row = 1; first.len && row < weft_chunk_n_rows(c); row++) {
        const struct weft_text t = weft_chunk_text_at(c, weft_chunk_find(c, name), row);

        if (t.len != first.len || memcmp(t.ptr, first.ptr, (size_t)t.len))
            return weft_error_set(err, WEFT_INVALID, "%s: column %s has '%.*s' and '%.*s': that is more than one measurement",
                                  path, name, (int)first.len, first.ptr, (int)t.len, t.ptr);
    }
    return WEFT_OK;
}

static void copy_text(char *to, size_t size, struct weft_text from)
{
    snprintf(to, size, "%.*s", (int)from.len, from.ptr);
}

static weft_status read_header(struct scale_data *d, const weft_chunk *c, const char *path, struct weft_error *err)
{
    struct scale_machine *m = &d->machine;
    const struct weft_text command = first_text(c, "command");
    weft_status st = check_same(c, "command", path, err);

    if (!st)
        st = check_same(c, "machine", path, err);
    if (st)
        return st;
    copy_text(m->name, sizeof m->name, first_text(c, "machine"));
    copy_text(m->processor, sizeof m->processor, first_text(c, "processor"));
    copy_text(m->kernel, sizeof m->kernel, first_text(c, "kernel"));
    copy_text(m->when, sizeof m->when, first_text(c, "begun"));
    m->n_cores = (int)number_at(c, weft_chunk_find(c, "cores"), 0, 0);
    m->n_threads = (int)number_at(c, weft_chunk_find(c, "threads"), 0, 0);
    m->quota_cores = number_at(c, weft_chunk_find(c, "quota_cores"), 0, 0);
    m->load_before = number_at(c, weft_chunk_find(c, "load_before"), 0, NAN);
    m->load_after = number_at(c, weft_chunk_find(c, "load_after"), 0, NAN);
    d->command = strndup(command.ptr, (size_t)command.len);
    return d->command ? WEFT_OK : weft_error_set(err, WEFT_NOMEM, "no memory for a command");
}

weft_status scale_load_csv(struct scale_data *out, const char *path, struct weft_error *err)
{
    struct scale_data d = {.machine = {.load_before = NAN, .load_after = NAN}};
    struct weft_value v = weft_value_none();
    const weft_chunk *c;
    struct columns k;
    weft_status st = read_chunk(&v, path, err);

    if (st)
        return st;
    c = weft_value_chunk(v);
    st = find_columns(&k, c, path, err);
    if (!st && weft_chunk_n_rows(c) == 0)
        st = weft_error_set(err, WEFT_EMPTY, "%s: no runs", path);
    if (!st)
        st = read_header(&d, c, path, err);
    for (int64_t row = 0; !st && row < weft_chunk_n_rows(c); row++)
        st = read_row(&d, c, &k, row, path, err);
    weft_value_release(v);
    if (st)
        scale_data_fini(&d);
    else
        *out = d;
    return st;
}
