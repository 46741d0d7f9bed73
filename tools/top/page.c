/* page.c - a state as lines of text.
 *
 *     weft top  ./etl data/ (4711)            up 12.3 s                running
 *     tasks     [############>         ]  58 %  580 of 1 000  412/s  1.5 s left
 *     memory    [mmmmmmuu..............]  managed 1.2 GiB  other 310 MiB  limit 4.0 GiB
 *
 *     worker  load                task          for   tasks
 *     group   progress                        done   total ...
 */
#include "tools/top/page.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <weft/trace.h>

const char *const sort_names[N_SORTS + 1] = {"order", "time", "left", "failed", "name", NULL};

/* ---- Cells ------------------------------------------------------------------- */

size_t page_fit(const char *line, int width)
{
    mbstate_t state = {0};
    const char *at = line;

    while (*at) {
        wchar_t c;
        size_t n;
        int cells;

        if (*at < N_INKS && *at > 0) {
            at++;
            continue;
        }
        n = mbrtowc(&c, at, MB_LEN_MAX, &state);
        if (n == (size_t)-1 || n == (size_t)-2) {
            state = (mbstate_t){0};
            n = 1;
            cells = 1;
        } else {
            cells = wcwidth(c);
        }
        if (cells > width)
            break;
        width -= cells > 0 ? cells : 0;
        at += n;
    }
    return (size_t)(at - line);
}

/* `text` in just `width` cells: cut, or filled up with blanks. What this terminal has no
 * letters for is a question mark each. */
static void put_text(FILE *to, const char *text, int width)
{
    mbstate_t state = {0};

    while (*text && width > 0) {
        wchar_t c;
        const size_t n = mbrtowc(&c, text, MB_LEN_MAX, &state);
        const bool is_bad = n == (size_t)-1 || n == (size_t)-2;
        const int cells = is_bad ? 1 : wcwidth(c);

        if (cells > width)
            break;
        if (is_bad || cells < 0) {
            state = (mbstate_t){0};
            fputc('?', to);
            width--;
            text++;
            while ((*text & 0xc0) == 0x80) // the rest of that letter
                text++;
            continue;
        }
        fwrite(text, 1, n, to);
        text += n;
        width -= cells;
    }
    fprintf(to, "%*s", width, "");
}

/* ---- Numbers ----------------------------------------------------------------- */

enum { WORDS = 32 };

static const char *three(char *to, double x, const char *unit)
{
    snprintf(to, WORDS, "%.*f%s%s", x < 9.995 ? 2 : x < 99.95 ? 1 : 0, x, *unit ? " " : "", unit);
    return to;
}

static const char *bytes(char *to, double n)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t i = 0;

    for (; n >= 999.5 && i < sizeof units / sizeof *units - 1; i++)
        n /= 1024;
    if (i)
        return three(to, n, units[i]);
    snprintf(to, WORDS, "%.0f B", n);
    return to;
}

static const char *duration(char *to, double s)
{
    if (s <= 0)
        return strcpy(to, "0 s");
    if (s < 999.5e-9)
        return three(to, s * 1e9, "ns");
    if (s < 999.5e-6)
        return three(to, s * 1e6, "us");
    if (s < 0.9995)
        return three(to, s * 1e3, "ms");
    if (s < 119.5)
        return three(to, s, "s");
    if (s < 7200)
        snprintf(to, WORDS, "%d min %02d s", (int)s / 60, (int)s % 60);
    else
        snprintf(to, WORDS, "%.0f h %02d min", floor(s / 3600), (int)fmod(s / 60, 60));
    return to;
}

/* "1 234 567" */
static const char *count(char *to, double n)
{
    char digits[WORDS];
    const int length = snprintf(digits, sizeof digits, "%.0f", n);
    char *at = to;

    for (int i = 0; i < length && at < to + WORDS - 3; i++) {
        if (i && (length - i) % 3 == 0 && digits[i - 1] != '-')
            *at++ = ' ';
        *at++ = digits[i];
    }
    *at = '\0';
    return to;
}

/* ---- Bars -------------------------------------------------------------------- */

struct part {
    double share; /* of the whole bar */
    enum ink ink;
    char   mark;
};

/* `width` cells between brackets. A part that is not nothing has a cell if there is one left. */
static void put_bar(FILE *to, const struct part *parts, int n, int width, bool unicode)
{
    double sum = 0;
    int at = 0;

    fprintf(to, "%c[", INK_FAINT);
    for (int i = 0; i < n; i++) {
        int end;

        sum += parts[i].share > 0 ? parts[i].share : 0;
        end = (int)(sum * width + 0.5);
        if (parts[i].share > 0 && end == at)
            end++;
        if (sum < 1 - 1e-9 && end >= width) // full is only what is whole
            end = width - 1;
        if (end > width)
            end = width;
        fputc(parts[i].ink, to);
        for (; at < end; at++)
            unicode ? fputs("\xe2\x96\x88", to) : fputc(parts[i].mark, to);
    }
    fputc(INK_FAINT, to);
    for (; at < width; at++)
        unicode ? fputs("\xc2\xb7", to) : fputc(' ', to);
    fprintf(to, "]%c", INK_PLAIN);
}

static void put_progress(FILE *to, const struct group *g, int width, bool unicode)
{
    const double whole = g->n_total > 0 ? g->n_total : 1;
    const struct part parts[] = {
        {(g->n_done - g->n_failed) / whole, INK_DONE, '#'},
        {g->n_failed / whole, INK_FAIL, 'x'},
        {g->n_skipped / whole, INK_DISK, '-'},
        {g->n_running / whole, INK_RUN, '>'},
    };

    put_bar(to, parts, 4, width, unicode);
}

static int percent(const struct group *g)
{
    return g->n_total > 0 ? (int)((g->n_done + g->n_skipped) / g->n_total * 100) : 0;
}

/* ---- Parts of the page ------------------------------------------------------- */

static int bar_width(const struct look *how)
{
    const int width = how->width - 68;

    return width < 10 ? 10 : width > 50 ? 50 : width;
}

/* "/usr/bin/etl --in data/" is known by the end of its first word. */
static const char *without_folder(const char *program)
{
    const char *begin = program;

    for (const char *c = program; *c && *c != ' '; c++)
        if (*c == '/')
            begin = c + 1;
    return begin;
}

static void put_head(FILE *to, const struct state *s, const struct look *how)
{
    char a[WORDS], b[WORDS], right[160];
    int room;

    snprintf(right, sizeof right, "  (%d)  up %s  weft %.16s  %s", s->pid, duration(a, s->now_s), s->version,
             how->remark ? how->remark : s->ended ? "ended" : s->n_runs_open > 0 ? "running" : "idle");
    room = how->width - 10 - (int)strlen(right);
    fprintf(to, "%cweft top  ", INK_HEAD);
    put_text(to, without_folder(s->program), room < 10 ? 10 : room);
    fprintf(to, "%c%s\n", INK_PLAIN, right);

    fprintf(to, "tasks     ");
    put_progress(to, &s->sum, bar_width(how), how->unicode);
    fprintf(to, " %3d %%  %s of %s", percent(&s->sum), count(a, s->sum.n_done), count(b, s->sum.n_total));
    fprintf(to, "  %s/s", s->per_s >= 1000 ? count(a, s->per_s) : three(a, s->per_s, ""));
    if (s->left_s >= 0 && s->n_runs_open > 0)
        fprintf(to, "  %s left", duration(a, s->left_s));
    if (s->sum.n_failed > 0)
        fprintf(to, "  %c%s failed%c", INK_FAIL, count(a, s->sum.n_failed), INK_PLAIN);
    if (s->sum.n_skipped > 0)
        fprintf(to, "  %c%s skipped%c", INK_DISK, count(a, s->sum.n_skipped), INK_PLAIN);
    fputc('\n', to);
}

/* The whole bar is the limit, or what is there where there is none. */
static void put_memory(FILE *to, const struct state *s, const struct look *how)
{
    const double held = s->managed + s->unmanaged;
    const double whole = s->limit > held ? s->limit : held > 0 ? held : 1;
    const struct part parts[] = {{s->managed / whole, INK_DONE, 'm'}, {s->unmanaged / whole, INK_OTHER, 'o'}};
    char a[WORDS], b[WORDS];

    fprintf(to, "memory    ");
    put_bar(to, parts, 2, bar_width(how), how->unicode);
    fprintf(to, " %cresults %s%c  %cother %s%c", INK_DONE, bytes(a, s->managed), INK_PLAIN, INK_OTHER,
            bytes(b, s->unmanaged), INK_PLAIN);
    if (s->limit > 0)
        fprintf(to, "  limit %s", bytes(a, s->limit));
    if (s->spilled > 0)
        fprintf(to, "  %con disk %s%c", INK_DISK, bytes(a, s->spilled), INK_PLAIN);
    fprintf(to, "\n%-9s %.1f cores busy, %s of %s open\n", "runs", s->cores, count(a, s->n_runs_open),
            count(b, s->n_runs));
}

/* Of a terminal of 80 cells the mean goes, and names and bars are short. */
static bool is_narrow(const struct look *how)
{
    return how->width < 100;
}

/* Of n rows in so many lines, where one may say how many more there are. */
static size_t n_shown(size_t n, size_t lines)
{
    return n <= lines ? n : lines ? lines - 1 : 0;
}

static const char *idle_words(int why)
{
    return why == WEFT_EVENT_IDLE ? "-" : why == WEFT_EVENT_MEMORY ? "- waits for memory"
           : why == WEFT_EVENT_NEED ? "- waits for a resource" : "- between bodies";
}

static void put_workers(FILE *to, const struct state *s, const struct look *how, size_t lines)
{
    const int bar = is_narrow(how) ? 10 : 20, name = is_narrow(how) ? 24 : 27;
    char a[WORDS];
    const size_t shown = n_shown(s->n_workers, lines);

    fprintf(to, "%c%-7s %-*s %-*s %11s %12s%c\n", INK_HEAD, "worker", bar + 8, "load", name, "task", "for", "tasks",
            INK_PLAIN);
    for (size_t i = 0; i < shown; i++) {
        const struct worker *w = &s->workers[i];
        const struct part load = {w->load, INK_RUN, '#'};

        fprintf(to, "%6zu  ", i);
        put_bar(to, &load, 1, bar, how->unicode);
        fprintf(to, " %3.0f %%  ", w->load * 100);
        put_text(to, w->group >= 0 ? s->groups[w->group].name : idle_words(w->idle), name);
        fprintf(to, " %11s", w->group >= 0 ? duration(a, w->since_s) : "");
        fprintf(to, " %12s\n", count(a, w->n_tasks));
    }
    if (shown < s->n_workers)
        fprintf(to, "%c%6s  and %zu more%c\n", INK_FAINT, "", s->n_workers - shown, INK_PLAIN);
}

static double left_of(const struct group *g)
{
    return g->n_total - g->n_done - g->n_skipped;
}

struct sorting {
    const struct state *s;
    enum sort           by;
};

static int compare(const void *a, const void *b, void *with)
{
    const struct sorting *sorting = with;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const struct group *x = &sorting->s->groups[i], *y = &sorting->s->groups[j];
    double differ = 0;

    switch (sorting->by) {
    case SORT_TIME:   differ = y->busy_s - x->busy_s; break;
    case SORT_LEFT:   differ = left_of(y) - left_of(x); break;
    case SORT_FAILED: differ = y->n_failed - x->n_failed; break;
    case SORT_NAME:   differ = strcmp(x->name, y->name); break;
    case SORT_ORDER: case N_SORTS: break;
    }
    return differ < 0 ? -1 : differ > 0 ? 1 : i < j ? -1 : i > j;
}

static bool put_groups(FILE *to, const struct state *s, const struct look *how, size_t lines)
{
    struct sorting with = {s, how->sort};
    const size_t shown = n_shown(s->n_groups, lines);
    const bool narrow = is_narrow(how);
    const int bar = narrow ? 10 : how->width > 110 ? 26 : 16, name = narrow ? 18 : how->width > 110 ? 30 : 22;
    size_t *order = malloc((s->n_groups + 1) * sizeof *order);
    char a[WORDS], b[WORDS];

    if (!order)
        return false;
    for (size_t g = 0; g < s->n_groups; g++)
        order[g] = g;
    qsort_r(order, s->n_groups, sizeof *order, compare, &with);
    fprintf(to, "%c%-*s %-*s %15s %4s %6s %10s %10s%c\n", INK_HEAD, name, "group", bar + 7, "progress",
            "done/total", "run", "failed", "time", narrow ? "" : "mean", INK_PLAIN);
    for (size_t i = 0; i < shown; i++) {
        const struct group *g = &s->groups[order[i]];
        char both[2 * WORDS + 1];

        put_text(to, g->name, name);
        fputc(' ', to);
        put_progress(to, g, bar, how->unicode);
        snprintf(both, sizeof both, "%.0f/%.0f", g->n_done, g->n_total);
        fprintf(to, " %3d %% %15s %4.0f ", percent(g), both, g->n_running);
        fprintf(to, "%s%6.0f%s", g->n_failed > 0 ? (char[]){INK_FAIL, 0} : "", g->n_failed,
                g->n_failed > 0 ? (char[]){INK_PLAIN, 0} : "");
        fprintf(to, " %10s", duration(a, g->busy_s));
        if (!narrow)
            fprintf(to, " %10s", g->n_all > 0 ? duration(b, g->busy_s / g->n_all) : "-");
        fputc('\n', to);
    }
    if (shown < s->n_groups)
        fprintf(to, "%cand %zu more%c\n", INK_FAINT, s->n_groups - shown, INK_PLAIN);
    free(order);
    return true;
}

/* Workers get a third of what the head leaves, or what groups do not need. */
bool page_write(FILE *to, const struct state *s, const struct look *how)
{
    enum { FIXED = 4 + 1 + 1 + 1 + 1 }; /* head, blank, heads of tables, blank */
    size_t workers = s->n_workers, groups = s->n_groups;

    if (how->height) {
        const size_t room = how->height > FIXED + 2 ? (size_t)(how->height - FIXED) : 2;

        if (workers + groups > room) {
            size_t least = room / 3;

            if (groups < room - least)
                least = room - groups;
            if (workers > least)
                workers = least;
            groups = room - workers;
        }
    }
    put_head(to, s, how);
    put_memory(to, s, how);
    fputc('\n', to);
    put_workers(to, s, how, workers);
    fputc('\n', to);
    return put_groups(to, s, how, groups) && !ferror(to);
}
