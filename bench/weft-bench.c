/* weft-bench.c - runs the rows of every bench; or, as a contestant, answers for Weft. */
#include "bench/support/contest.h"
#include "bench/support/options.h"
#include "bench/support/report.h"
#include "bench/support/spin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* weft-bench --answer --bench ... : one sample, in this process. */
static int answer(int argc, char **argv)
{
    struct bench_request request;

    if (!bench_request_parse(&request, argc, argv))
        return BENCH_USAGE;
    for (int b = 0; bench_all[b]; b++)
        if (!strcmp(bench_all[b]->name, request.bench) && bench_all[b]->answer)
            return bench_all[b]->answer(&request);
    fprintf(stderr, "no such bench: %s\n", request.bench);
    return BENCH_USAGE;
}

/* The folder of this program. */
static void find_folder(char *out, size_t size)
{
    const ssize_t n = readlink("/proc/self/exe", out, size - 1);

    out[n > 0 ? n : 0] = '\0';
    if (strrchr(out, '/'))
        *strrchr(out, '/') = '\0';
    else
        snprintf(out, size, ".");
}

/* The heading of a bench comes before its first row that has contestants. */
static bool run_row(const struct bench *bench, const char *case_name, int workers,
                    const char *folder, const struct bench_options *o, bool *has_heading)
{
    struct bench_contest c;
    bool                 right = true;

    bench_contest_init(&c, bench, case_name, workers, folder, o);
    if (c.n_who) {
        if (!o->json && !*has_heading)
            bench_report_heading(bench);
        *has_heading = true;
        right = bench_contest_run(&c, o);
        (o->json ? bench_report_json : bench_report_table)(&c);
    }
    bench_contest_fini(&c);
    return right;
}

/* *n_rows counts the rows that were wanted. */
static bool run_bench(const struct bench *bench, const char *folder, const struct bench_options *o,
                      int *n_rows)
{
    bool right = true;
    bool has_heading = false;

    for (int i = 0; bench->cases[i]; i++)
        for (int k = 0; bench->workers[k]; k++) {
            char row[128];

            snprintf(row, sizeof row, "%s/%s@%d", bench->name, bench->cases[i], bench->workers[k]);
            if (!bench_options_want_row(o, row))
                continue;
            ++*n_rows;
            if (o->list)
                printf("%s\n", row);
            else
                right = run_row(bench, bench->cases[i], bench->workers[k], folder, o, &has_heading)
                     && right;
        }
    return right;
}

int main(int argc, char **argv)
{
    struct bench_options o;
    char                 folder[448];
    bool                 right = true;
    int                  n_rows = 0;

    if (argc > 1 && !strcmp(argv[1], "--answer"))
        return answer(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "--help"))
        return bench_options_parse(&o, argc, argv);
    if (!bench_options_parse(&o, argc, argv))
        return BENCH_USAGE;
    find_folder(folder, sizeof folder);
    if (!o.list)
        o.spin_ns = bench_spin_calibrate();
    for (int b = 0; bench_all[b]; b++)
        right = run_bench(bench_all[b], folder, &o, &n_rows) && right;
    if (!n_rows) {
        fprintf(stderr, "weft-bench: no row contains '%s'; --list names them\n", o.filter);
        return BENCH_USAGE;
    }
    return right ? BENCH_OK : BENCH_WRONG;
}
