/* 6-bigger-than-memory.c - the variance of more numbers than memory may hold, read twice.
 *
 *     6-bigger-than-memory [--size 2GiB] [--limit 256MiB]
 *
 * x - mean(x) needs all of x before its first chunk can be made, so all of x is kept: below
 * the limit in memory, the rest on disk.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <weft/weft.h>

/* The two sizes, as the arguments say. */
static weft_status sizes_of(int argc, char **argv, size_t *size, size_t *limit, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (int i = 1; i < argc && !st; i += 2) {
        size_t *out = !strcmp(argv[i], "--size") ? size : !strcmp(argv[i], "--limit") ? limit : NULL;

        if (!out || i + 1 == argc)
            return weft_error_set(err, WEFT_INVALID, "use: 6-bigger-than-memory [--size BYTES] [--limit BYTES]");
        st = weft_bytes_parse(argv[i + 1], out, err);
    }
    return st;
}

static const char *text_of(size_t bytes, char text[32])
{
    snprintf(text, 32, "%.1f MiB", (double)bytes / (1 << 20));
    return text;
}

static void print_memory(weft_pool *pool)
{
    struct weft_pool_memory m;
    struct rusage usage;
    char text[32];

    weft_pool_memory(pool, &m);
    getrusage(RUSAGE_SELF, &usage);
    printf("spilled   %s\n", text_of(m.written, text));
    printf("peak      %s of results in memory\n", text_of(m.peak, text));
    printf("resident  %s at most\n", text_of((size_t)usage.ru_maxrss << 10, text));
}

int main(int argc, char **argv)
{
    size_t size = (size_t)2 << 30, limit = (size_t)256 << 20;
    struct weft_value v[2] = {{0}};
    struct weft_error err;
    weft_status st = sizes_of(argc, argv, &size, &limit, &err);

    if (st) {
        weft_error_print(&err, stderr);
        return 2;
    }

    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.limit_bytes = limit});
    const int64_t n = (int64_t)(size / sizeof(double)) + 1;
    const int64_t chunk = (int64_t)(limit / sizeof(double)) / (32 + 8 * weft_pool_n_workers(pool)) + 1;

    weft_array *x = weft_array_keep(weft_array_range(g, 0, 1, n, chunk));
    weft_array *mean = weft_array_mean(x, WEFT_ALL_AXES);
    weft_array *off = weft_array_subtract(x, mean);
    weft_array *variance = weft_array_mean(weft_array_multiply(off, off), WEFT_ALL_AXES);
    weft_task *both[] = {weft_array_whole(mean), weft_array_whole(variance)};

    st = weft_pool_run_many(pool, both, 2, NULL, v, &err);
    if (st) {
        weft_error_print(&err, stderr);
    } else {
        const double m = (double)n, known = (m * m - 1) / 12;

        printf("mean      %.17g, and should be %.17g\n", weft_value_f64(v[0]), (m - 1) / 2);
        printf("variance  %.17g, and should be %.17g\n", weft_value_f64(v[1]), known);
        if (weft_value_f64(v[0]) != (m - 1) / 2 || fabs(weft_value_f64(v[1]) / known - 1) > 1e-12)
            st = weft_error_set(&err, WEFT_FAILED, "they are not");
        print_memory(pool);
    }

    weft_value_release(v[0]);
    weft_value_release(v[1]);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}
