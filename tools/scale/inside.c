/* inside.c - how long the runs of a program's pool took, by the trace it left. */
#include "tools/scale/scale.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_begin(const void *a, const void *b)
{
    const struct weft_trace_run *x = a, *y = b;

    return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
}

/* The time in which at least one run went on: some may be at the same time. */
static int64_t covered_ns(struct weft_trace_run *runs, size_t n)
{
    int64_t sum = 0, upto = INT64_MIN;

    qsort(runs, n, sizeof *runs, by_begin);
    for (size_t i = 0; i < n; i++) {
        const int64_t from = runs[i].begin_ns > upto ? runs[i].begin_ns : upto;

        if (runs[i].end_ns > from)
            sum += runs[i].end_ns - from;
        if (runs[i].end_ns > upto)
            upto = runs[i].end_ns;
    }
    return sum;
}

weft_status scale_inside_seconds(double *out, const char *path, const char *program, struct weft_error *err)
{
    weft_trace *t = NULL;
    struct weft_trace_run *runs = NULL;
    int64_t ns = 0;
    size_t n;
    weft_status st;

    if (access(path, F_OK))
        return weft_error_set(err, WEFT_NOT_FOUND, "%s left no trace: --inside is for programs that run a Weft pool", program);
    st = weft_trace_read(&t, path, err);
    if (st)
        goto out;
    n = weft_trace_n_runs(t);
    runs = calloc(n + 1, sizeof *runs);
    if (!runs) {
        st = weft_error_set(err, WEFT_NOMEM, "no memory for %zu runs", n);
        goto out;
    }
    if (n)
        memcpy(runs, weft_trace_runs(t), n * sizeof *runs);
    ns = covered_ns(runs, n);
    if (ns <= 0)
        st = weft_error_set(err, WEFT_EMPTY, "%s: its pool ran nothing that took time", program);
    else
        *out = (double)ns / 1e9;
out:
    free(runs);
    weft_trace_free(t);
    unlink(path); /* the next run writes its own, or none */
    return st;
}

/* A folder of our own for it: in one that all share, somebody may have put a link of that name. */
weft_status scale_inside_init(char **path, struct weft_error *err)
{
    const char *temp = getenv("TMPDIR");
    char *folder = NULL;
    weft_status st = WEFT_OK;

    *path = NULL;
    if (asprintf(&folder, "%s/weft-scale-XXXXXX", temp && *temp ? temp : "/tmp") < 0)
        return weft_error_set(err, WEFT_NOMEM, "no memory for the name of a folder");
    if (!mkdtemp(folder))
        st = weft_error_set(err, WEFT_IO, "%s: %s", folder, strerror(errno));
    else if (asprintf(path, "%s/run.trace", folder) < 0)
        st = weft_error_set(err, WEFT_NOMEM, "no memory for the name of a file");
    free(folder);
    return st;
}

void scale_inside_fini(char *path)
{
    if (!path)
        return;
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    free(path);
}
