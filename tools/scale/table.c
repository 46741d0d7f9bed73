/* table.c - a measurement in words: a line for each number of workers, one for each law. */
#include "tools/scale/scale.h"

#include <math.h>
#include <string.h>

const char *scale_seconds_text(double seconds, char text[SCALE_TEXT])
{
    static const struct { double unit; const char *name; } units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
    size_t i = 0;
    double x;

    while (i < 3 && seconds < 0.9995 * units[i].unit)
        i++;
    x = seconds / units[i].unit;
    /* Three digits, but all of those before the point: 1.28, 93.5, 417, 5123. */
    snprintf(text, SCALE_TEXT, "%.*f %s", x < 9.995 ? 2 : x < 99.95 ? 1 : 0, x, units[i].name);
    return text;
}

/* ---- The table ---------------------------------------------------------------- */

enum { MOST_COLUMNS = 12, CELL = 48 };

/* Cells as text, and how wide each column is. */
struct table {
    int width[MOST_COLUMNS];
    int n_columns;
};

typedef char table_line[MOST_COLUMNS][CELL];

static void widen(struct table *t, table_line line)
{
    for (int i = 0; i < t->n_columns; i++) {
        if ((int)strlen(line[i]) > t->width[i])
            t->width[i] = (int)strlen(line[i]);
    }
}

static void print_line(const struct table *t, table_line line, FILE *to)
{
    int end = t->n_columns;

    while (end && !*line[end - 1])
        end--;
    for (int i = 0; i < end; i++)
        fprintf(to, "%s%*s", i ? "   " : "", t->width[i], line[i]);
    putc('\n', to);
}

static void range_text(char cell[CELL], const char *low, const char *high)
{
    snprintf(cell, CELL, "%.20s .. %.20s", low, high);
}

static void time_range(char cell[CELL], double low, double high)
{
    char a[SCALE_TEXT], b[SCALE_TEXT];

    range_text(cell, scale_seconds_text(low, a), scale_seconds_text(high, b));
}

static void head(table_line line, const struct scale_summary *s, bool busy)
{
    int i = 0;

    snprintf(line[i++], CELL, "workers");
    if (s->weak)
        snprintf(line[i++], CELL, "n");
    snprintf(line[i++], CELL, "median time");
    snprintf(line[i++], CELL, "quartiles");
    snprintf(line[i++], CELL, "speed-up");
    snprintf(line[i++], CELL, "interval");
    snprintf(line[i++], CELL, "efficiency");
    snprintf(line[i++], CELL, "interval");
    if (busy)
        snprintf(line[i++], CELL, "cores busy");
}

static void body(table_line line, const struct scale_summary *s, const struct scale_row *r, bool busy)
{
    const bool sure = r != s->rows && r->speedup_confidence > 0;
    char text[SCALE_TEXT];
    int i = 0;

    snprintf(line[i++], CELL, "%d", r->n_workers);
    if (s->weak)
        snprintf(line[i++], CELL, "%lld", (long long)r->n);
    snprintf(line[i++], CELL, "%.40s", scale_seconds_text(r->time.median, text));
    time_range(line[i++], r->time.q1, r->time.q3);
    snprintf(line[i++], CELL, "%.2f", r->speedup.value);
    snprintf(line[i++], CELL, sure ? "%.2f .. %.2f" : "", r->speedup.low, r->speedup.high);
    snprintf(line[i++], CELL, "%.1f %%", 100 * r->efficiency.value);
    snprintf(line[i++], CELL, sure ? "%.0f .. %.0f %%" : "", 100 * r->efficiency.low, 100 * r->efficiency.high);
    if (busy)
        snprintf(line[i++], CELL, "%.2f", r->busy);
}

void scale_print_table(const struct scale_summary *s, const struct scale_data *d, FILE *to)
{
    const bool busy = !isnan(s->rows[0].busy);
    struct table t = {.n_columns = 7 + s->weak + busy};
    table_line line;

    head(line, s, busy);
    widen(&t, line);
    for (size_t i = 0; i < s->n_rows; i++) {
        body(line, s, &s->rows[i], busy);
        widen(&t, line);
    }
    if (*d->command)
        fprintf(to, "%s\n", d->command);
    fprintf(to, "%s scaling, %s; %d run%s of each%s\n\n", s->weak ? "weak" : "strong",
            s->weak ? "the size grows with the workers" : "the same work for all",
            s->repeat, s->repeat == 1 ? "" : "s",
            scale_data_inside(d) ? ", timed while its pool had a run going on"
            : *d->machine.name   ? ", timed from before the program is started until it has ended" : "");
    head(line, s, busy);
    print_line(&t, line, to);
    for (size_t i = 0; i < s->n_rows; i++) {
        body(line, s, &s->rows[i], busy);
        print_line(&t, line, to);
    }
}

/* ---- Laws --------------------------------------------------------------------- */

static void print_share(FILE *to, const char *name, const struct weft_fit_param *p)
{
    fprintf(to, "%s %.3g %% (%.3g .. %.3g)", name, 100 * p->value, 100 * p->low, 100 * p->high);
}

/* Its parameters, for a line of text or a legend. */
const char *scale_law_text(const struct scale_summary *s, int law, char text[SCALE_TEXT])
{
    const struct weft_fit *fit = &s->fit[law];
    FILE *to = fmemopen(text, SCALE_TEXT, "w");

    text[0] = '\0';
    if (!to)
        return text;
    print_share(to, fit->params[1].name, &fit->params[1]);
    if (fit->n_params > 2)
        fprintf(to, ", coherency %.2g (%.2g .. %.2g)", fit->params[2].value, fit->params[2].low, fit->params[2].high);
    fclose(to);
    text[SCALE_TEXT - 1] = '\0';
    return text;
}

/* The message may begin with the law's name, "USL: ": who tells it has said that. */
const char *scale_refusal(const struct scale_summary *s, int law)
{
    const char *why = s->refused[law].message, *name = weft_law_name(s->law[law]);

    return strncmp(why, name, strlen(name)) ? why : why + strlen(name) + 2;
}

static void print_number(FILE *to, double x)
{
    if (isinf(x))
        fprintf(to, "no end");
    else
        fprintf(to, "%.3g", x);
}

/* Where it leads: the largest speed-up there can be. */
static void print_limit(const struct weft_fit *fit, FILE *to)
{
    const struct weft_band limit = weft_fit_limit(fit);
    const double peak = weft_fit_peak(fit);

    if (isinf(limit.value)) {
        fprintf(to, "grows without end");
        return;
    }
    fprintf(to, "at most %.3g times as fast as one worker (%.3g .. ", limit.value, limit.low);
    print_number(to, limit.high);
    putc(')', to);
    if (!isinf(peak))
        fprintf(to, ", with %.0f workers", peak);
}

void scale_print_laws(const struct scale_summary *s, FILE *to)
{
    for (int i = 0; i < SCALE_LAWS; i++) {
        const struct weft_fit *fit = &s->fit[i];
        const char *name = weft_law_name(s->law[i]);
        char text[SCALE_TEXT];

        if (!s->fitted[i]) {
            fprintf(to, "%-10s not fitted: %s\n", name, scale_refusal(s, i));
            continue;
        }
        fprintf(to, "%-10s %s; ", name, scale_law_text(s, i, text));
        print_limit(fit, to);
        putc('\n', to);
        if (fit->lacking)
            fprintf(to, "%-10s but the times do not follow it (p = %.2g): its intervals are as wide as that asks for\n", "",
                    fit->lack_p);
    }
}

/* ---- What one should know ------------------------------------------------------- */

static bool speaks_of_size(const struct scale_options *o)
{
    bool found = false;

    for (int i = 0; o->command && o->command[i]; i++)
        found |= strstr(o->command[i], "{n}") != NULL;
    for (size_t i = 0; i < o->n_env; i++)
        found |= strstr(o->env[i], "{n}") != NULL;
    return found;
}

void scale_print_notes(const struct scale_summary *s, const struct scale_data *d, const struct scale_options *o, FILE *to)
{
    const struct scale_machine *m = &d->machine;
    const struct scale_row *last = &s->rows[s->n_rows - 1];
    double sure = 1;

    for (size_t i = 1; i < s->n_rows; i++)
        sure = fmin(sure, s->rows[i].speedup_confidence);
    if (sure <= 0)
        fprintf(to, "One run each tells no interval: 4 of each are the least for 95 %%.\n");
    else if (s->n_rows > 1)
        fprintf(to, "Intervals of speed-ups hold with %.3g %% or more (Mann and Whitney's, of all pairs of runs).\n", 100 * sure);
    if (sure > 0 && sure < s->confidence)
        fprintf(to, "More runs make them surer: 4 of each are the least for 95 %%.\n");
    if (!*m->name)
        return;
    if (s->rows[0].n_workers != 1)
        fprintf(to, "Speed-ups are over %d workers, the least that were measured.\n", s->rows[0].n_workers);
    if (m->n_threads && last->n_workers > m->n_threads)
        fprintf(to, "There are %d hardware threads: with more workers than that they take turns.\n", m->n_threads);
    if (m->load_before > 0.2 * m->n_threads)
        fprintf(to, "Others were at work when this began (load %.1f): expect noise.\n", m->load_before);
    if (o->weak && !speaks_of_size(o))
        fprintf(to, "No {n} in the command: its size grows only if it reads WEFT_SCALE_SIZE or WEFT_SCALE_FACTOR.\n");
}
