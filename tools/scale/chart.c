/* chart.c - the speed-ups as a picture of letters, beside the ideal line. */
#include "tools/scale/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDE = 60, HIGH = 16 };

/* What may stand in a place; of several, the last of these. */
enum mark { NOTHING, IDEAL, LAW, INTERVAL, POINT, N_MARKS };

static const char *const fine[N_MARKS] = {" ", "·", "~", "│", "●"}, *const plain[N_MARKS] = {" ", ".", "~", "|", "o"};

struct chart {
    unsigned char at[HIGH][WIDE];
    double least, most; /* of the numbers of workers */
    double bottom, top; /* of the speed-ups: those numbers, too, unless one is slower than the least */
    bool   logs;
};

/* How far x is from 0 (the least) to 1 (the most). */
static double share(const struct chart *c, double x, double least, double most)
{
    return c->logs ? log(x / least) / log(most / least) : (x - least) / (most - least);
}

static double from_share(const struct chart *c, double share)
{
    return c->logs ? c->least * pow(c->most / c->least, share) : c->least + share * (c->most - c->least);
}

static int column(const struct chart *c, double n_workers)
{
    return (int)lround(share(c, n_workers, c->least, c->most) * (WIDE - 1));
}

static int line(const struct chart *c, double speedup)
{
    return HIGH - 1 - (int)lround(share(c, speedup, c->bottom, c->top) * (HIGH - 1));
}

static void set(struct chart *c, int y, int x, enum mark mark)
{
    if (x >= 0 && x < WIDE && y >= 0 && y < HIGH && c->at[y][x] < mark)
        c->at[y][x] = (unsigned char)mark;
}

static bool speaks_utf8(void)
{
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);

        if (value && *value) /* the first that is set decides */
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static void print_axis(const struct chart *c, const struct scale_summary *s, FILE *to)
{
    char below[WIDE + 16];
    int free_from = 0;

    memset(below, ' ', sizeof below);
    for (size_t i = 0; i < s->n_rows; i++) {
        char number[16];
        const int n = snprintf(number, sizeof number, "%d", s->rows[i].n_workers);
        const int at = column(c, s->rows[i].n_workers) - (n - 1) / 2;

        if (at < free_from - (i == 0))
            continue; /* no room between its neighbours */
        memcpy(below + (at < 0 ? 0 : at), number, (size_t)n);
        free_from = at + n + 1;
    }
    fprintf(to, "         %.*s workers\n", WIDE + 2, below);
}

/* A number beside a line of the picture where it is that of a measured number of workers, or
 * of the top. */
static void print_label(const struct chart *c, const struct scale_summary *s, int y, FILE *to)
{
    for (size_t i = 0; i < s->n_rows; i++) {
        const double ideal = (double)s->rows[i].n_workers / s->rows[0].n_workers;

        if (line(c, ideal * c->least) == y && (!c->logs || exp2(round(log2(ideal))) == ideal)) {
            fprintf(to, "%6.4g ", ideal);
            return;
        }
    }
    fprintf(to, "       ");
}

/* One is enough at this size: the first that fits, or else the first there is; -1: none. */
static int law_to_draw(const struct scale_summary *s)
{
    int law = -1;

    for (int k = SCALE_LAWS - 1; k >= 0; k--) {
        if (s->fitted[k] && (law < 0 || !s->fit[k].lacking || s->fit[law].lacking))
            law = k;
    }
    return law;
}

void scale_print_chart(const struct scale_summary *s, FILE *to)
{
    const struct scale_row *last = &s->rows[s->n_rows - 1];
    const double first = s->rows[0].n_workers;
    const char *const *marks = speaks_utf8() ? fine : plain;
    struct chart c = {.least = first, .most = last->n_workers, .bottom = first, .top = last->n_workers};
    int law;

    if (s->n_rows < 2)
        return;
    c.logs = c.most / c.least > 32;
    for (size_t i = 1; i < s->n_rows; i++)
        c.bottom = fmin(c.bottom, first * s->rows[i].speedup.value);
    law = law_to_draw(s);
    for (int x = 0; x < WIDE; x++) {
        const double n_workers = from_share(&c, (double)x / (WIDE - 1));

        set(&c, line(&c, n_workers), x, IDEAL);
        if (law >= 0)
            set(&c, line(&c, first * scale_law_speedup(s, law, n_workers).value), x, LAW);
    }
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct weft_band up = s->rows[i].speedup;
        const int x = column(&c, s->rows[i].n_workers);

        for (int y = line(&c, first * up.high); i && y <= line(&c, first * up.low); y++)
            set(&c, y, x, INTERVAL);
        set(&c, line(&c, first * up.value), x, POINT);
    }
    fprintf(to, "speed-up\n");
    for (int y = 0; y < HIGH; y++) {
        int end = WIDE;

        print_label(&c, s, y, to);
        fputs(marks == fine ? "┤ " : "| ", to);
        while (end && c.at[y][end - 1] == NOTHING)
            end--;
        for (int x = 0; x < end; x++)
            fputs(marks[c.at[y][x]], to);
        putc('\n', to);
    }
    print_axis(&c, s, to);
    fprintf(to, "         %s measured   %s its interval   %s ideal", marks[POINT], marks[INTERVAL], marks[IDEAL]);
    if (law >= 0)
        fprintf(to, "   %s %s", marks[LAW], weft_law_name(s->law[law]));
    putc('\n', to);
}
