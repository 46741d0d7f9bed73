/* summary.c - the table of all targets: what was measured, what is to be reached.
 *
 * A line is a row of the ledger of Weft: its figure, the peers' beside it, then each
 * target as "to reach" and "reached", with what is missed marked.
 */
#include "bench/support/summary.h"

#include "bench/support/machine.h"
#include "bench/support/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const peers[] = {
    "floor", "tbb-flow", "tbb-group", "omp-gcc", "omp-clang", "starpu", NULL,
};

enum { NAME_WIDTH = 52, FIGURE_WIDTH = 10, TO_REACH_WIDTH = 50, TEXT_MAX = 512 };

/* One line of either kind of table. */
struct line {
    bool markdown;
    char text[TEXT_MAX];
};

static void add(struct line *l, int width, const char *fmt, ...)
{
    const size_t n = strlen(l->text);
    char         cell[256];
    va_list      args;

    va_start(args, fmt);
    vsnprintf(cell, sizeof cell, fmt, args);
    va_end(args);
    if (l->markdown)
        snprintf(l->text + n, sizeof l->text - n, "| %s ", cell);
    else
        snprintf(l->text + n, sizeof l->text - n, width < 0 ? "%*s  " : "%*s ", width, cell);
}

static void print(struct line *l)
{
    printf(l->markdown ? "%s|\n" : "%s\n", l->text);
    l->text[0] = '\0';
}

static void print_heading(bool markdown)
{
    struct line l = { .markdown = markdown };
    int         n_columns = 5;

    add(&l, -NAME_WIDTH, "%s", markdown ? "" : "row");
    add(&l, FIGURE_WIDTH + 3, "unit");
    add(&l, FIGURE_WIDTH, "weft");
    for (int i = 0; peers[i]; i++, n_columns++)
        add(&l, FIGURE_WIDTH, "%s", peers[i]);
    add(&l, -TO_REACH_WIDTH, "to reach");
    add(&l, 0, "reached");
    print(&l);
    for (int i = 0; markdown && i < n_columns; i++)
        printf("%s", i < 2 || i > n_columns - 3 ? "|---" : "|---:");
    if (markdown)
        printf("|\n");
}

/* "1.6x" or, where it is faster, "1/5". */
static void write_factor(char *out, size_t size, double factor)
{
    if (factor >= 1)
        snprintf(out, size, "%.3gx", factor);
    else
        snprintf(out, size, "1/%.3g", 1 / factor);
}

static const char *name_of(const struct bench_target *t)
{
    static const char *const names[] = {
        [BENCH_THAN_BEST_PEER] = "best peer",
        [BENCH_THAN_1_WORKER] = "1 worker",
        [BENCH_THAN_2_WORKERS] = "2 workers",
        [BENCH_THAN_REPLAY] = "replay",
        [BENCH_THAN_BUILD_AND_REPLAY] = "build + replay",
    };

    return t->than == BENCH_THAN_WHO ? t->who : names[t->than];
}

static void write_to_reach(char *out, size_t size, const struct bench_target *t)
{
    char factor[32];

    if (t->than == BENCH_THAN_UNIT)
        snprintf(out, size, "%g", t->limit);
    else if (t->than == BENCH_THAN_EVERY_RUN)
        snprintf(out, size, "%g in every run", t->limit);
    else {
        write_factor(factor, sizeof factor, t->limit);
        snprintf(out, size, "%s %s", factor, name_of(t));
    }
}

/* "1/5 tbb-flow, 1.6x floor" and "1/7.2, **1.8x**": in Markdown what is missed is bold,
 * else it has an exclamation mark. */
static void write_targets(char *to_reach, char *reached, size_t size, const struct bench_entry *e,
                          const struct bench_ledger *ledger, bool markdown)
{
    for (const struct bench_target *t = bench_targets; t->row; t++) {
        const double factor = bench_target_meets(t, e) ? bench_target_reached(t, e, ledger) : 0;
        const bool   missed = factor > t->limit;
        const size_t at = strlen(to_reach), at_reached = strlen(reached);
        char         wanted[64], got[32];

        if (factor <= 0)
            continue;
        write_to_reach(wanted, sizeof wanted, t);
        if (t->than == BENCH_THAN_UNIT || t->than == BENCH_THAN_EVERY_RUN)
            snprintf(got, sizeof got, "%.3g", factor);
        else
            write_factor(got, sizeof got, factor);
        snprintf(to_reach + at, size - at, "%s%s", at ? ", " : "", wanted);
        snprintf(reached + at_reached, size - at_reached, "%s%s%s%s", at ? ", " : "",
                 missed && markdown ? "**" : "", got,
                 missed ? markdown ? "**" : "!" : "");
    }
}

static void print_line(const struct bench_target *t, const struct bench_entry *e,
                       const struct bench_ledger *ledger, bool markdown)
{
    struct line l = { .markdown = markdown };
    char        to_reach[192] = "", reached[192] = "", name[96];

    snprintf(name, sizeof name, "%s: %s @%d", t->row, e->case_name, e->workers);
    add(&l, -NAME_WIDTH, "%s", name);
    add(&l, FIGURE_WIDTH + 3, "%s", e->bench->unit);
    add(&l, FIGURE_WIDTH, "%.3g", e->stats.median);
    for (int i = 0; peers[i]; i++) {
        const struct bench_entry *p =
            bench_ledger_find(ledger, e->bench->name, e->case_name, e->workers, peers[i]);

        if (p)
            add(&l, FIGURE_WIDTH, "%.3g", p->stats.median);
        else
            add(&l, FIGURE_WIDTH, "-");
    }
    write_targets(to_reach, reached, sizeof to_reach, e, ledger, markdown);
    add(&l, -TO_REACH_WIDTH, "%s", to_reach);
    add(&l, 0, "%s", reached);
    print(&l);
}

static const struct bench_target *first_target(const struct bench_entry *e)
{
    for (const struct bench_target *t = bench_targets; t->row; t++)
        if (bench_target_meets(t, e))
            return t;
    return NULL;
}

void bench_summary_print(const struct bench_ledger *ledger, bool markdown)
{
    bool has_heading = false;

    for (int i = 0; i < ledger->n; i++) {
        const struct bench_target *t = first_target(&ledger->entries[i]);

        if (!t)
            continue;
        if (!has_heading) {
            bench_machine_print(stdout);
            printf("\n");
            print_heading(markdown);
        }
        has_heading = true;
        print_line(t, &ledger->entries[i], ledger, markdown);
    }
}
