/* weft-bench.c - runs the rows of every bench; or, as a contestant, answers for Weft. */
#include "bench/support/contest.h"
#include "bench/support/ledger.h"
#include "bench/support/options.h"
#include "bench/support/report.h"
#include "bench/support/spin.h"
#include "bench/support/summary.h"
#include "bench/support/target.h"

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

/* What the rows of a run share. */
struct session {
    struct bench_options o;
    char                 folder[448];
    struct bench_ledger  ledger;
    int                  n_rows;  /* that were wanted */
};

/* The heading of a bench comes before its first row that has contestants. */
static bool run_row(struct session *s, const struct bench *bench, const char *case_name, int workers,
                    bool *has_heading)
{
    struct bench_contest c;
    bool                 right = true;

    bench_contest_init(&c, bench, case_name, workers, s->folder, &s->o);
    if (c.n_who) {
        if (!s->o.json && !s->o.table && !*has_heading)
            bench_report_heading(bench);
        *has_heading = true;
        right = bench_contest_run(&c, &s->o);
        if (s->o.json)
            bench_report_json(&c);
        else if (!s->o.table)
            bench_report_table(&c);
        bench_ledger_add(&s->ledger, &c);
    }
    bench_contest_fini(&c);
    return right;
}

static bool run_bench(struct session *s, const struct bench *bench)
{
    const int *workers = s->o.workers[0] ? s->o.workers : bench->workers;
    bool       right = true;
    bool       has_heading = false;

    for (int i = 0; bench->cases[i]; i++)
        for (int k = 0; workers[k]; k++) {
            char row[128];

            snprintf(row, sizeof row, "%s/%s@%d", bench->name, bench->cases[i], workers[k]);
            if (!bench_options_want_row(&s->o, row) || (s->o.table && !bench_target_wants(bench->name)))
                continue;
            s->n_rows++;
            if (s->o.list)
                printf("%s\n", row);
            else {
                /* There is nothing else to see until the end. */
                if (s->o.table)
                    fprintf(stderr, "%s\n", row);
                right = run_row(s, bench, bench->cases[i], workers[k], &has_heading) && right;
            }
        }
    return right;
}

int main(int argc, char **argv)
{
    struct session s = { 0 };
    bool           right = true;

    if (argc > 1 && !strcmp(argv[1], "--answer"))
        return answer(argc - 1, argv + 1);
    if (!bench_options_parse(&s.o, argc, argv))
        return argc > 1 && !strcmp(argv[1], "--help") ? BENCH_OK : BENCH_USAGE;
    find_folder(s.folder, sizeof s.folder);
    if (!s.o.list)
        s.o.spin_ns = bench_spin_calibrate();
    right = bench_targets_check();
    for (int b = 0; bench_all[b]; b++)
        right = run_bench(&s, bench_all[b]) && right;
    if (!s.o.json)
        bench_summary_print(&s.ledger, s.o.markdown);
    bench_ledger_fini(&s.ledger);
    if (!s.n_rows) {
        fprintf(stderr, "weft-bench: no row contains '%s'; --list names them\n", s.o.filter);
        return BENCH_USAGE;
    }
    return right ? BENCH_OK : BENCH_WRONG;
}
