/* picture.c - what gnuplot is to draw: three panels, of speed-up, time and efficiency. */
#include "tools/scale/scale.h"

#include <math.h>
#include <string.h>

/* Somebody's words inside '...': there gnuplot heeds only the quote, of which it understands
 * two for one, but not four for two. */
static void write_words(FILE *to, const char *words, size_t most)
{
    for (size_t n = 0; *words; words++) {
        /* A character of UTF-8 is not cut. */
        if (n++ >= most && ((unsigned char)*words & 0xc0) != 0x80) {
            fputs("…", to);
            break;
        }
        if (*words == '\'')
            fputs("'.\"'\".'", to);
        else
            putc((unsigned char)*words < ' ' ? ' ' : *words, to);
    }
}

static void write_heading(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to)
{
    const struct scale_machine *m = &d->machine;

    fputs("title = '", to);
    write_words(to, o->title ? o->title : *d->command ? d->command : o->from, 110);
    fprintf(to, "'\nsubtitle = '%s scaling, median of %d run%s", s->weak ? "weak" : "strong", s->repeat,
            s->repeat == 1 ? "" : "s");
    if (s->repeat > 1) {
        double times = s->confidence, speedups = s->confidence; /* a few runs cannot be as sure as asked for */

        for (size_t i = 0; i < s->n_rows; i++) {
            times = fmin(times, s->rows[i].time.confidence);
            speedups = fmin(speedups, s->rows[i].speedup_confidence);
        }
        fprintf(to, "; intervals of %.3g %%", 100 * speedups);
        if (times != speedups)
            fprintf(to, ", of times %.3g %%", 100 * times);
    }
    if (*m->processor) {
        fprintf(to, "; %d core%s, ", m->n_cores, m->n_cores == 1 ? "" : "s");
        write_words(to, m->processor, 50);
    }
    if (*m->when)
        fprintf(to, "; %.10s", m->when);
    fputs("'\n", to);
}

/* ---- Axes --------------------------------------------------------------------- */

/* What all three panels have in common. */
struct page {
    const struct scale_summary *s;
    double first, last; /* workers */
    bool   far;         /* from the first to the last is a long way: the big panel is logarithmic */
    bool   logs;        /* or not so long, and the small ones are */
    double unit;        /* of time, in seconds */
};

/* Where a panel is, in shares of the page. */
static void place(FILE *to, double left, double right, double bottom, double top)
{
    fprintf(to, "\n  set lmargin at screen %g; set rmargin at screen %g\n", left, right);
    fprintf(to, "  set bmargin at screen %g; set tmargin at screen %g\n", bottom, top);
}

/* The measured numbers of workers, as far as there is room for them; of many, where it is
 * logarithmic, the powers of two. `wide`: what a digit takes, as a share of the axis. */
static void x_axis(const struct page *g, bool logs, double wide, FILE *to)
{
    const struct scale_summary *s = g->s;
    const double far = logs ? log(g->last / g->first) : g->last - g->first, pad = far > 0 ? 0.04 * far : 1;
    double free_from = -INFINITY;

    fputs("  set xtics nomirror (", to);
    for (size_t i = 0; i <= s->n_rows; i++) {
        const int p = i < s->n_rows ? s->rows[i].n_workers : (int)g->last;
        const double at = far > 0 ? (logs ? log(p / g->first) : p - g->first) / far : 0;
        const double half = (snprintf(NULL, 0, "%d", p) + 1) * wide / 2;

        if (at - half < free_from || (logs && s->n_rows > 12 && (p & (p - 1))))
            continue;
        fprintf(to, "%s%d", isinf(free_from) ? "" : ", ", p);
        free_from = at + half;
    }
    fputs(")\n", to);
    if (logs)
        fprintf(to, "  set logscale x 2; set xrange [%g:%g]\n", g->first * exp(-pad), g->last * exp(pad));
    else
        fprintf(to, "  unset logscale x; set xrange [%g:%g]\n", g->first - pad, g->last + pad);
}

/* 1, 2, 5, 10, 20 ... from the first below `least` to the last above `most`; 1 and 10 only when that is far. */
static void log_axis(double least, double most, FILE *to)
{
    const bool far = most / least > 1000;
    const char *between = "";

    least /= 1.1;
    most *= 1.1;
    fprintf(to, "  set logscale y 10; set yrange [%g:%g]\n  set ytics nomirror (", least, most);
    for (int k = (int)floor(log10(least)); k <= (int)ceil(log10(most)); k++) {
        for (int i = 0; i < (far ? 1 : 3); i++) {
            const double tic = (double)(int[]){1, 2, 5}[i] * pow(10, k);

            if (tic < least || tic > most)
                continue;
            fprintf(to, "%s'%g' %g", between, tic, tic);
            between = ", ";
        }
    }
    fputs(")\n", to);
}

static void speedup_axis(const struct page *g, FILE *to)
{
    const double ideal = g->last / g->first;
    double most = ideal;

    /* An interval may reach above the ideal line, but shall not press all else down. */
    for (size_t i = 0; i < g->s->n_rows; i++)
        most = fmax(most, fmin(g->s->rows[i].speedup.high, 1.3 * ideal));
    if (g->far)
        fprintf(to, "  set logscale y 2; set yrange [%g:%g]\n", 1 / pow(most, 0.04), pow(most, 1.04));
    else
        fprintf(to, "  unset logscale y; set yrange [0:%g]\n", 1.05 * most);
}

static void time_axis(const struct page *g, FILE *to)
{
    const struct scale_summary *s = g->s;
    double least = INFINITY, most = 0;

    for (size_t i = 0; i < s->n_rows; i++) {
        least = fmin(least, s->rows[i].time.least / g->unit);
        most = fmax(most, s->rows[i].time.most / g->unit);
    }
    if (g->logs && !s->weak) {
        /* The ideal line goes on below all that was measured. */
        least = fmin(least, s->rows[0].time.median / g->unit * g->first / g->last);
        log_axis(least, most, to);
    } else {
        fprintf(to, "  unset logscale y; set ytics nomirror autofreq; set yrange [0:%g]\n", 1.08 * most);
    }
}

/* ---- Curves ------------------------------------------------------------------- */

static const char *const colours[SCALE_LAWS] = {"#c8553d", "#2f8f6b"};

static void write_legend(const struct scale_summary *s, int law, FILE *to)
{
    char text[SCALE_TEXT];

    fprintf(to, "title '%s: ", weft_law_name(s->law[law]));
    scale_law_text(s, law, text);
    for (const char *at = text; *at;) {
        const bool range = !strncmp(at, " .. ", 4);

        fputs(range ? "–" : (char[]){*at, 0}, to);
        at += range ? 4 : 1;
    }
    fprintf(to, "%s'", s->fit[law].lacking ? ", does not fit" : "");
}

/* What was measured is in column `y` of its block and its interval in the two behind; what a law
 * says in column `law_y` of its own, and the band likewise. All is multiplied by `by`. */
static void write_curves(const struct scale_summary *s, int y, int law_y, double by, bool legend, FILE *to)
{
    fputs("  plot \\\n", to);
    for (int i = 0; i < SCALE_LAWS; i++) {
        if (s->fitted[i])
            fprintf(to, "    data index '%s' using 1:(%g*$%d):(%g*$%d) with filledcurves fillcolor rgb '%s' "
                        "fillstyle transparent solid 0.15 noborder notitle, \\\n",
                    weft_law_name(s->law[i]), by, law_y + 1, by, law_y + 2, colours[i]);
    }
    fprintf(to, "    data index 'ideal' using 1:(%g*$%d) with lines linewidth 1.5 linecolor rgb '#8a8a8a' dashtype 2 %s, \\\n",
            by, law_y, legend ? "title 'ideal'" : "notitle");
    for (int i = 0; i < SCALE_LAWS; i++) {
        if (!s->fitted[i])
            continue;
        fprintf(to, "    data index '%s' using 1:(%g*$%d) with lines linewidth 2 linecolor rgb '%s' ",
                weft_law_name(s->law[i]), by, law_y, colours[i]);
        if (legend)
            write_legend(s, i, to);
        else
            fputs("notitle", to);
        fputs(", \\\n", to);
    }
    if (y == 3)
        fprintf(to, "    data index 'runs' using 1:(%g*$2) with points pointtype 7 pointsize 0.4 linecolor rgb '#8fb0d3' notitle, \\\n",
                by);
    fprintf(to, "    data index 'measured' using 1:(%g*$%d):(%g*$%d):(%g*$%d) with yerrorbars pointtype 7 pointsize 0.8 "
                "linewidth 1.8 linecolor rgb '#1d4e89' %s\n",
            by, y, by, y + 1, by, y + 2, legend ? "title 'measured'" : "notitle");
}

/* In the big panel, for who looks for a law that is not there. */
static void write_refusals(const struct scale_summary *s, FILE *to)
{
    int line = 0;

    for (int i = SCALE_LAWS - 1; i >= 0; i--) {
        if (s->fitted[i])
            continue;
        fprintf(to, "  set label %d 'no %s: ", 10 + line, weft_law_name(s->law[i]));
        write_words(to, scale_refusal(s, i), 80);
        fprintf(to, "' at graph 0.985, graph %g right noenhanced font ',9' textcolor rgb '#777777'\n", 0.035 + 0.04 * line);
        line++;
    }
}

void scale_write_gp(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to)
{
    const int measured = s->rows[s->n_rows - 1].n_workers;
    const double slowest = fmax(s->rows[0].time.median, s->rows[s->n_rows - 1].time.median);
    struct page g = {.s = s, .first = s->rows[0].n_workers, .last = o->upto > measured ? o->upto : measured};

    g.far = g.last / g.first > 32;
    g.logs = g.last / g.first >= 4;
    g.unit = slowest < 1e-3 ? 1e-6 : slowest < 1 ? 1e-3 : 1;
    fputs("# Draws scale.svg and scale.png from scale.dat:   gnuplot scale.gp\n"
          "# For a paper, scale.pdf:                         gnuplot -e \"formats='pdf'\" scale.gp\n"
          "set encoding utf8\n"
          "data = 'scale.dat'\n", to);
    write_heading(o, d, s, to);
    fputs("if (!exists('formats')) formats = 'svg png'\n"
          "\n"
          "set border 3 linecolor rgb '#555555'\n"
          "set tics nomirror textcolor rgb '#333333'\n"
          "set grid linetype 1 linewidth 0.6 linecolor rgb '#e4e4e4'\n"
          "set bars 0.6\n"
          "set format '%g'\n" /* the usual one has a space before the number */
          "\n"
          "do for [format in formats] {\n"
          "  if (format eq 'svg') { set terminal svg enhanced size 1200,680 font 'sans-serif,12' fontscale 1.25 background rgb 'white' }\n"
          "  if (format eq 'png') { set terminal pngcairo enhanced size 1800,1020 fontscale 1.5 linewidth 1.5 pointscale 1.5 font 'DejaVu Sans,12' }\n"
          "  if (format eq 'pdf') { set terminal pdfcairo enhanced size 8in,4.53in font 'DejaVu Sans,9' }\n"
          "  set output 'scale.'.format\n"
          "  set multiplot\n"
          "  set label 1 title at screen 0.02, screen 0.955 left noenhanced font ',15' textcolor rgb '#111111'\n"
          "  set label 2 subtitle at screen 0.02, screen 0.905 left noenhanced font ',11' textcolor rgb '#666666'\n", to);

    place(to, 0.065, 0.585, 0.11, 0.85);
    x_axis(&g, g.far, 0.018, to);
    speedup_axis(&g, to);
    fprintf(to, "  set xlabel 'workers'; set ylabel '%s'; set ytics nomirror autofreq\n"
                "  set key left top reverse Left samplen 2 spacing 1.25 noenhanced font ',10'\n",
            s->weak ? "speed-up, of work per second" : "speed-up");
    write_refusals(s, to);
    write_curves(s, 8, 5, 1, true, to);
    fputs("  unset label; unset key; set tics font ',10'\n", to);

    place(to, 0.67, 0.985, 0.555, 0.85);
    x_axis(&g, g.logs, 0.025, to);
    time_axis(&g, to);
    fprintf(to, "  set ylabel 'time, %s'; set xlabel ''\n", g.unit < 1e-4 ? "us" : g.unit < 1 ? "ms" : "s");
    write_curves(s, 3, 2, 1 / g.unit, false, to);

    place(to, 0.67, 0.985, 0.11, 0.42);
    fputs("  unset logscale y; set ytics nomirror autofreq; set yrange [0:110<*<130]\n"
          "  set ylabel 'efficiency, %'; set xlabel 'workers'\n", to);
    write_curves(s, 11, 8, 100, false, to);
    fputs("\n  unset multiplot; unset output; set tics font ',12'\n}\n", to);
}
