/* print.c - a frame as a table of names, types and partitions, without running anything. */
#include <string.h>

#include "lib/frame/frame.h"

/* Partitions shown before and behind the gap. */
enum { SHOWN = 5, CELL = 24 };

static int width_of(const weft_frame *f, int column)
{
    const int name = (int)strlen(f->schema.names[column]), type = (int)strlen(weft_dtype_name(f->schema.dtypes[column]));

    return name > type ? name : type;
}

/* Row i of the table: where a partition begins, or the end of the last. */
static void print_bound(const weft_frame *f, int i, FILE *to)
{
    char text[CELL];

    if (f->divisions)
        snprintf(text, sizeof text, "%lld", (long long)f->divisions[i]);
    else
        snprintf(text, sizeof text, "%s", i < f->source->n ? "?" : "");
    fprintf(to, "%12s", text);
    for (int k = 0; k < f->schema.n; k++)
        fprintf(to, "  %*s", width_of(f, k), i < f->source->n ? "..." : "");
    fputc('\n', to);
}

const char *wf_frame_about(const struct wf_schema *schema, char text[WF_FRAME_ABOUT])
{
    size_t at = (size_t)snprintf(text, WF_FRAME_ABOUT, "%d column%s", schema->n, schema->n == 1 ? "" : "s");

    for (int i = 0; i < schema->n && at < WF_FRAME_ABOUT; i++) {
        const char *name = schema->names[i];

        if (at + strlen(name) + 20 > WF_FRAME_ABOUT) {
            snprintf(text + at, WF_FRAME_ABOUT - at, ", ...");
            break;
        }
        at += (size_t)snprintf(text + at, WF_FRAME_ABOUT - at, "%s%s %s", i ? ", " : ": ", name,
                               weft_dtype_name(schema->dtypes[i]));
    }
    return text;
}

void weft_frame_print(const weft_frame *f, FILE *to)
{
    struct weft_error err;

    if (weft_frame_status(f, &err)) {
        weft_error_print(&err, to);
        return;
    }
    fprintf(to, "frame of %d column%s in %d partition%s", f->schema.n, f->schema.n == 1 ? "" : "s", f->source->n,
            f->source->n == 1 ? "" : "s");
    if (f->n_rows >= 0)
        fprintf(to, ", %lld rows", (long long)f->n_rows);
    fprintf(to, ", %d layer%s\n%12s", f->n_layers, f->n_layers == 1 ? "" : "s", "divisions");
    for (int k = 0; k < f->schema.n; k++)
        fprintf(to, "  %*s", width_of(f, k), f->schema.names[k]);
    fprintf(to, "\n%12s", "");
    for (int k = 0; k < f->schema.n; k++)
        fprintf(to, "  %*s", width_of(f, k), weft_dtype_name(f->schema.dtypes[k]));
    fputc('\n', to);
    for (int i = 0; i <= f->source->n; i++) {
        if (i == SHOWN && f->source->n > 2 * SHOWN + 1) {
            fprintf(to, "%12s\n", "...");
            i = f->source->n - SHOWN;
        }
        if (i < f->source->n || f->divisions)
            print_bound(f, i, to);
    }
}
