/* explain.c - a frame as it was written, and as it will run. */
#include <string.h>

#include <weft/explain.h>

#include "lib/base/error.h"
#include "lib/frame/flow.h"

/* Which columns of the source a flow looks at: what is read of a file. */
static void print_reads(const weft_frame *f, const struct wf_flow *w, FILE *to)
{
    const struct wf_schema *schema = f->source->csv ? wf_csv_schema(f->source->csv) : NULL;

    fprintf(to, "  looks at %d of %d columns of its source", w->n_reads, f->source->n_columns);
    for (int i = 0; schema && i < w->n_reads && i < 20; i++)
        fprintf(to, "%s%s", i ? ", " : ": ", schema->names[w->reads[i]]);
    fprintf(to, "%s\n", schema && w->n_reads > 20 ? ", ..." : "");
}

static void print_stages(const weft_frame *f, FILE *to)
{
    int n_filters = 0, n_settled = 0;

    for (const struct wf_stage *s = f->stage; s; s = s->before) {
        n_filters += s->keep != NULL;
        n_settled += s->n_settled;
    }
    if (n_filters)
        fprintf(to, "  %d filter%s before any other column is computed", n_filters, n_filters == 1 ? "" : "s");
    if (n_settled)
        fprintf(to, "%s%d column%s computed for a filter and kept", n_filters ? ", " : "  ", n_settled,
                n_settled == 1 ? "" : "s");
    if (n_filters || n_settled)
        fputc('\n', to);
}

static void print_columns(const weft_frame *f, FILE *to)
{
    int n_computed = 0;

    for (int i = 0; i < f->schema.n; i++)
        n_computed += f->columns[i]->n_args > 0;
    fprintf(to, "  %d column%s as %s, %d computed\n", f->schema.n - n_computed, f->schema.n - n_computed == 1 ? "" : "s",
            f->schema.n - n_computed == 1 ? "it is" : "they are", n_computed);
}

void weft_frame_explain(const weft_frame *f, FILE *to)
{
    char about[WF_FRAME_ABOUT];
    struct wf_flow *w = NULL;
    struct weft_error err;

    if (weft_frame_status(f, &err)) {
        weft_error_print(&err, to);
        return;
    }
    fprintf(to, "frame as written\n  %s", wf_frame_about(&f->schema, about));
    if (f->n_rows >= 0)
        fprintf(to, ", %lld rows", (long long)f->n_rows);
    if (f->from.place.file)
        fprintf(to, "  [%s:%d]", f->from.place.file, f->from.place.line);
    fprintf(to, "\n  +- %s%s%d %s%s\n", f->label, f->label[0] ? ", of " : "", f->source->n,
            f->source->csv ? "range" : "task", f->source->n == 1 ? "" : "s");
    if (wf_flow_new(&w, f, f->schema.n, f->columns, (const char *const *)f->schema.names, &err)) {
        weft_error_print(&err, to);
        return;
    }
    fprintf(to, "as it will run\n");
    if (f->label[0])
        fprintf(to, "  one pass over each of %d partition%s, together with what reads it\n", f->source->n,
                f->source->n == 1 ? "" : "s");
    print_reads(f, w, to);
    print_stages(f, to);
    print_columns(f, to);
    wf_flow_release(w);
    if (f->source->tasks && weft_explain(to, f->source->tasks, (size_t)f->source->n, NULL, &err))
        weft_error_print(&err, to);
}
