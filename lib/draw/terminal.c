/* terminal.c - a graph as a tree of text. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <weft/draw.h>

#include "lib/base/duration.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/draw/label.h"

enum { USUAL_WIDTH = 100, LEAST_WIDTH = 50, MOST_WIDTH = 400, USUAL_LINES = 80, BAR = 10, RIGHT = 34, MOST_INDENT = 60 };

/* What a tree is drawn with. */
struct glyphs {
    const char *down, *fork, *bar;
};

struct tree {
    const struct wf_view *v;
    FILE                 *to;
    struct glyphs         glyphs;
    int                   width, n_left;
    size_t                n_missing;
    int64_t               most;     /* cost of the most costly box */
    size_t               *first;    /* links by their reader */
    uint32_t             *links;
    bool                 *is_shown; /* per box */
};

/* ---- A line ---------------------------------------------------------------------------- */

/* Name, how many tasks, their time and the bar; names too long end in "...". */
static void print_line(struct tree *t, const char *indent, const char *lead, size_t box, bool again)
{
    const struct wf_box *b = &t->v->picture.boxes[box];
    const int room = t->width - RIGHT - wf_utf8_width(indent) - wf_utf8_width(lead) - 2;
    struct wf_label label = {0};
    struct wf_text name = {0};
    char count[32], time[WF_DURATION_TEXT];
    const double share = t->most > 0 ? (double)b->total / (double)t->most : 0;

    wf_label_box(&label, t->v, box);
    for (int i = 0; i < label.n && (i == 0 || !label.spans[i].breaks); i++)
        wf_text_add_plain(&name, label.text.bytes ? label.text.bytes + label.spans[i].at : "", SIZE_MAX);
    if (again)
        wf_text_add(&name, t->is_shown[box] ? ", as above" : ", as below");
    fprintf(t->to, "%s%s%s", indent, lead, b->n_critical ? "* " : "  ");
    if (wf_utf8_width(name.bytes ? name.bytes : "") > room) {
        struct wf_text cut = {0};

        wf_text_add_plain(&cut, name.bytes, room > 4 ? (size_t)room : 4);
        fprintf(t->to, "%s", cut.bytes ? cut.bytes : "");
        wf_text_fini(&cut);
    } else {
        fprintf(t->to, "%s%*s", name.bytes ? name.bytes : "", room - wf_utf8_width(name.bytes ? name.bytes : ""), "");
    }
    if (!again) {
        fprintf(t->to, " %11s %-5s", wf_count_text(b->n_tasks, count), b->n_tasks == 1 ? "task" : "tasks");
        if (wf_is_measured(t->v)) {
            fprintf(t->to, " %8s  ", wf_duration_text(b->total, time));
            for (int i = 0; i < BAR && share * BAR > i + 0.01 && b->total > 0; i++)
                fprintf(t->to, "%s", t->glyphs.bar);
        }
    }
    fputc('\n', t->to);
    wf_text_fini(&name);
    wf_label_fini(&label);
}

/* ---- The tree --------------------------------------------------------------------------- */

/* A step that is still to be printed. What a box reads stands below it: one input, of the
 * path if there is one, goes on at its depth, so that a long path stays in sight; before it
 * all others branch off, one deeper. */
struct step {
    uint32_t box, depth;
    bool     branches;
    bool     is_aside; /* of the path, read by what is beside it: only told of */
};

static bool is_on_path(const struct wf_picture *p, uint32_t box)
{
    return p->boxes[box].n_critical > 0;
}

/* What is read by nothing, and where the path ends. */
static size_t push_roots(const struct wf_picture *p, struct step *stack, bool *is_read)
{
    size_t n = 0;

    for (size_t k = 0; k < p->n_links; k++)
        is_read[p->links[k].from] = is_read[p->links[k].from] || p->links[k].is_critical || !is_on_path(p, p->links[k].from);
    for (size_t b = p->n_boxes; b-- > 0;) {
        if (!is_read[b])
            stack[n++] = (struct step){(uint32_t)b, 0, false, false};
    }
    return n;
}

static size_t push_inputs(const struct tree *t, struct step s, struct step *stack, size_t n)
{
    const struct wf_picture *p = &t->v->picture;
    const size_t first = t->first[s.box], end = t->first[s.box + 1];

    /* Links of the path are the last: so the one that goes on is pushed first. */
    for (size_t i = end; i-- > first;) {
        const struct wf_link *l = &p->links[t->links[i]];
        const bool goes_on = i == end - 1;

        stack[n++] = (struct step){l->from, goes_on ? s.depth : s.depth + 1, !goes_on,
                                   is_on_path(p, l->from) && !l->is_critical};
    }
    return n;
}

/* Without recursion, as chains are long. */
static void print_tree(struct tree *t, struct step *stack, bool *is_read)
{
    size_t n = push_roots(&t->v->picture, stack, is_read);
    char indent[MOST_INDENT * 4 + 1];

    while (n > 0) {
        const struct step s = stack[--n];
        const bool again = t->is_shown[s.box] || s.is_aside;
        size_t at = 0;

        for (uint32_t d = 1; d < s.depth && d <= MOST_INDENT; d++)
            at += (size_t)snprintf(indent + at, sizeof indent - at, "%s ", t->glyphs.down);
        indent[at] = '\0';
        if (t->n_left-- > 0)
            print_line(t, indent, s.depth == 0 ? "" : s.branches ? t->glyphs.fork : t->glyphs.down, s.box, again);
        else
            t->n_missing += !again;
        if (again)
            continue;
        t->is_shown[s.box] = true;
        n = push_inputs(t, s, stack, n);
    }
}

static int by_reader(struct tree *t)
{
    const struct wf_picture *p = &t->v->picture;

    t->first = wf_alloc_zero(p->n_boxes + 2, sizeof *t->first);
    t->links = wf_alloc_array(p->n_links + 1, sizeof *t->links);
    t->is_shown = wf_alloc_zero(p->n_boxes + 1, sizeof *t->is_shown);
    if (!t->first || !t->links || !t->is_shown)
        return 0;
    for (size_t k = 0; k < p->n_links; k++)
        t->first[p->links[k].to + 2]++;
    for (size_t b = 0; b < p->n_boxes; b++)
        t->first[b + 2] += t->first[b + 1];
    /* Those of the path come last. */
    for (int red = 0; red < 2; red++) {
        for (size_t k = 0; k < p->n_links; k++) {
            if (p->links[k].is_critical == red)
                t->links[t->first[p->links[k].to + 1]++] = (uint32_t)k;
        }
    }
    return 1;
}

static void print_head(const struct wf_view *v, FILE *to)
{
    const struct weft_stats *s = weft_analysis_stats(v->analysis);
    char a[WF_DURATION_TEXT], b[WF_DURATION_TEXT], c[WF_DURATION_TEXT], n[32];

    fprintf(to, "%s tasks, ", wf_count_text(s->n_tasks, n));
    fprintf(to, "%s dependencies, ", wf_count_text(s->n_edges, n));
    fprintf(to, "depth %s, ", wf_count_text(s->depth, n));
    fprintf(to, "width %s\n", wf_count_text(s->width, n));
    if (s->n_measured)
        fprintf(to, "work %s, span %s, parallelism %.2f, makespan %s on %d worker%s\n", wf_duration_text(s->work_ns, a),
                wf_duration_text(s->span_ns, b), s->parallelism, wf_duration_text(s->makespan_ns, c), s->n_workers,
                s->n_workers == 1 ? "" : "s");
}

static int width_of(FILE *to, const struct weft_draw_text_spec *spec)
{
    struct winsize size;
    int width = spec->width;

    if (!width)
        width = fileno(to) >= 0 && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_WIDTH;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width;
}

static weft_status print_all(const struct wf_view *v, FILE *to, const struct weft_draw_text_spec *spec, struct weft_error *err)
{
    static const struct glyphs utf8 = {"\xe2\x94\x82", "\xe2\x94\x9c", "\xe2\x96\x88"}, ascii = {"|", "+", "#"};
    const struct wf_picture *p = &v->picture;
    struct tree t = {.v = v, .to = to, .glyphs = spec->ascii ? ascii : utf8, .width = width_of(to, spec),
                     .n_left = spec->n_lines > 0 ? spec->n_lines : USUAL_LINES};
    struct step *stack = wf_alloc_array(p->n_boxes + p->n_links + 1, sizeof *stack);
    bool *is_read = wf_alloc_zero(p->n_boxes + 1, sizeof *is_read);
    weft_status st = WEFT_OK;

    if (!stack || !is_read || !by_reader(&t)) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    for (size_t b = 0; b < p->n_boxes; b++)
        t.most = p->boxes[b].total > t.most ? p->boxes[b].total : t.most;
    print_head(v, to);
    print_tree(&t, stack, is_read);
    if (t.n_missing)
        fprintf(to, "... and %zu boxes more\n", t.n_missing);
    if (ferror(to))
        st = weft_error_set(err, WEFT_IO, "draw: the text could not be written");
out:
    wf_free(stack);
    wf_free(is_read);
    wf_free(t.first);
    wf_free(t.links);
    wf_free(t.is_shown);
    return st;
}

weft_status weft_draw_text(const weft_trace *t, FILE *to, const struct weft_draw_text_spec *spec, struct weft_error *err)
{
    static const struct weft_draw_text_spec all_usual = {0};
    static const struct weft_draw_spec usual = {0};
    struct wf_view v = {.trace = t, .spec = &usual};
    weft_analysis *a = NULL;
    weft_status st = weft_analyse_trace(&a, t, err);

    v.analysis = a;
    st = st ? st : wf_collapse(&v.picture, t, a, WEFT_DRAW_AUTO, true, err);
    st = st ? st : print_all(&v, to, spec ? spec : &all_usual, err);
    wf_picture_fini(&v.picture);
    weft_analysis_free(a);
    return st;
}
