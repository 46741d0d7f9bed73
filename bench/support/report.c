/* report.c - telling the outcome of a row: as a table, or as JSON. */
#include "bench/support/report.h"

#include "bench/support/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const state_names[] = { "fine", "skipped", "failed" };

static void print_json_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar((unsigned char)*text < ' ' ? ' ' : *text);
    }
}

void bench_report_json(struct bench_contest *c)
{
    for (int i = 0; i < c->n_who; i++) {
        struct bench_contestant *w = &c->who[i];

        printf("{\"bench\":\"%s\",\"case\":\"%s\",\"workers\":%d,\"who\":\"%s\",\"unit\":\"%s\"",
               c->bench->name, c->case_name, c->workers, w->who, c->bench->unit);
        if (w->state != BENCH_FINE) {
            printf(",\"%s\":\"", state_names[w->state]);
            print_json_text(w->why);
            printf("\"");
        } else if (w->n_samples) {
            const struct bench_stats s = bench_stats_of(w->samples, w->n_samples);

            printf(",\"median\":%.6g,\"q1\":%.6g,\"q3\":%.6g,\"min\":%.6g,\"max\":%.6g",
                   s.median, s.q1, s.q3, s.min, s.max);
            printf(",\"samples\":[");
            for (int k = 0; k < w->n_samples; k++)
                printf("%s%.6g", k ? "," : "", w->samples[k]);
            printf("]");
        } else
            printf(",\"checked\":true");
        printf(",\"runs\":%d,\"n\":%" PRId64 "}\n", w->n_samples, w->n);
    }
    fflush(stdout);
}

void bench_report_heading(const struct bench *bench)
{
    printf("\n%s, %s\n%-10s %7s  %-11s %10s %10s %10s %10s %10s %9s  %s\n", bench->name,
           bench->unit, "case", "workers", "who", "median", "q1", "q3", "min", "max", "x weft",
           bench->every_run ? "runs" : "of runs");
}

static double median_of_weft(struct bench_contest *c)
{
    struct bench_contestant *w = &c->who[0];

    if (!c->n_who || strcmp(w->who, "weft") || !w->n_samples)
        return 0;
    return bench_stats_of(w->samples, w->n_samples).median;
}

/* How many there are, or each, ascending. */
static void print_runs(const struct bench *bench, const struct bench_contestant *w)
{
    if (!bench->every_run)
        printf(" %d", w->n_samples);
    for (int i = 0; bench->every_run && i < w->n_samples; i++)
        printf(" %.4g", w->samples[i]);
    printf("\n");
}

void bench_report_table(struct bench_contest *c)
{
    const double weft = median_of_weft(c);

    for (int i = 0; i < c->n_who; i++) {
        struct bench_contestant *w = &c->who[i];

        printf("%-10s %7d  %-11s ", c->case_name, c->workers, w->who);
        if (w->state != BENCH_FINE)
            printf("%s: %s (%s)\n", state_names[w->state], w->who, w->why);
        else if (!w->n_samples)
            printf("right, n = %" PRId64 "\n", w->n);
        else {
            const struct bench_stats s = bench_stats_of(w->samples, w->n_samples);

            printf("%10.4g %10.4g %10.4g %10.4g %10.4g ", s.median, s.q1, s.q3, s.min, s.max);
            if (weft > 0)
                printf("%9.3g ", s.median / weft);
            else
                printf("%9s ", "-");
            print_runs(c->bench, w);
        }
    }
    printf("\n");
    fflush(stdout);
}
