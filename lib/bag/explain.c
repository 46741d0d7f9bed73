/* explain.c - a bag as it was written, and as it will run. */
#include <weft/explain.h>

#include "lib/bag/bag.h"

enum { MOST_LINES = 100 };

static void print_shape(struct wf_shape shape, FILE *to)
{
    fprintf(to, "%s", wf_kind_text(shape.kind));
    if (wf_shape_has_data(shape))
        fprintf(to, " of %zu bytes", shape.bytes);
}

static void indent(int depth, FILE *to)
{
    fprintf(to, "%*s%s", 2 + (depth ? 3 * (depth - 1) : 0), "", depth ? "+- " : "");
}

void weft_bag_explain(const weft_bag *b, FILE *to)
{
    struct weft_error err;
    const weft_bag *first;
    int n_steps, depth = 0, n;

    if (!b || b->failed) {
        weft_task_status(b ? b->failed : NULL, &err);
        weft_error_print(&err, to);
        return;
    }
    first = wf_bag_first(b, &n_steps);
    n = first->base->n_partitions;
    fprintf(to, "bag as written\n");
    for (const weft_bag *at = b; at->before && depth < MOST_LINES; at = at->before, depth++) {
        indent(depth, to);
        fprintf(to, "%-*s  ", depth < 6 ? 30 - 3 * depth : 12, at->step->name);
        print_shape(at->shape, to);
        if (at->step->file)
            fprintf(to, "  [%s:%d]", at->step->file, at->step->line);
        fputc('\n', to);
    }
    if (n_steps > MOST_LINES)
        fprintf(to, "  and %d more steps\n", n_steps - MOST_LINES);
    indent(depth, to);
    print_shape(first->shape, to);
    fprintf(to, ", %d %s%s\n", n, first->base->tasks ? "task" : "piece", n == 1 ? "" : "s");
    if (!first->base->tasks || n_steps)
        fprintf(to, "as it will run\n  one pass over each of %d partition%s, of %d step%s%s, together with what reads it\n",
                n, n == 1 ? "" : "s", n_steps, n_steps == 1 ? "" : "s", first->base->tasks ? "" : " and the reading");
    if (first->base->tasks && weft_explain(to, first->base->tasks, (size_t)n, NULL, &err))
        weft_error_print(&err, to);
}
