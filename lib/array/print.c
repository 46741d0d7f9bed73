/* print.c - an array as a few lines of text. */
#include <stdlib.h>
#include <string.h>

#include "lib/array/array.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

/* Operations and layers behind an array, each once, in the order met: what comes
 * first is computed first. */
struct names {
    const char *name[64];
    int         n;
    bool        more; /* than there is room for */
};

static void add_name(struct names *to, const char *name)
{
    for (int i = 0; i < to->n; i++)
        if (!strcmp(to->name[i], name))
            return;
    to->more |= to->n == 64;
    if (to->n < 64)
        to->name[to->n++] = name;
}

/* Layers of tasks, those of dependencies first. Tasks are numbered after what they
 * depend on, unless one was named before it came; so a sweep down the numbers marks
 * what is needed, and one up tells it in order. */
static bool add_layers(struct names *to, const weft_array *a)
{
    const weft_graph *g = a->graph;
    const size_t n = weft_graph_n_tasks(g);
    bool *needed = wf_alloc_zero(n ? n : 1, sizeof *needed);

    if (!needed)
        return false;
    for (int64_t i = 0; i < weft_array_n_chunks(a); i++)
        if (weft_task_id(a->chunks[i]) < n)
            needed[weft_task_id(a->chunks[i])] = true;
    for (size_t i = n; i-- > 0;) {
        const weft_task *t = weft_graph_task(g, i);

        for (size_t k = 0; needed[i] && k < weft_task_n_deps(t); k++)
            needed[weft_task_id(weft_task_dep(t, k))] = true;
    }
    for (size_t i = 0; i < n; i++)
        if (needed[i] && weft_task_layer(weft_graph_task(g, i)))
            add_name(to, weft_graph_layer_name(g, weft_task_layer(weft_graph_task(g, i))));
    wf_free(needed);
    return true;
}

/* Each array once: an operand may be shared by many. False: no memory. */
static bool add_array(struct names *to, struct wf_map *seen, const weft_array *a)
{
    bool fresh;

    /* Two arrays of equal bytes are one computation, so the handle is its own key. */
    if (!wf_map_put(seen, a, sizeof *a, 0, &fresh))
        return false;
    if (!fresh)
        return true;
    if (a->chunks)
        return add_layers(to, a);
    for (int i = 0; a->kind == WF_ARRAY_CALL && i < a->as.call.n_args; i++)
        if (!add_array(to, seen, a->as.call.args[i]))
            return false;
    add_name(to, a->name);
    return true;
}

/* "762.9 MiB" */
static const char *bytes_text(char text[32], double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;

    for (; bytes >= 1024 && unit < 6; unit++)
        bytes /= 1024;
    snprintf(text, 32, unit ? "%.2f %s" : "%.0f %s", bytes, units[unit]);
    return text;
}

/* The longest chunk of each axis. */
static void longest_chunk(const weft_array *a, int64_t *shape)
{
    for (int d = 0; d < a->n_dims; d++) {
        shape[d] = 0;
        for (int64_t i = 0; i < a->cuts[d].n; i++) {
            const int64_t length = a->cuts[d].at[i + 1] - a->cuts[d].at[i];

            shape[d] = length > shape[d] ? length : shape[d];
        }
    }
}

const char *wf_array_about(const weft_array *a, char text[WF_ABOUT_TEXT])
{
    char whole[WF_SHAPE_TEXT], chunk[WF_SHAPE_TEXT];
    int64_t longest[WEFT_MAX_DIMS];

    longest_chunk(a, longest);
    wf_shape_text(whole, a->n_dims, a->shape);
    wf_shape_text(chunk, a->n_dims, longest);
    snprintf(text, WF_ABOUT_TEXT, "%s %s%s%s", weft_dtype_name(a->dtype), whole,
             weft_array_n_chunks(a) == 1 ? "" : " by ", weft_array_n_chunks(a) == 1 ? "" : chunk);
    return text;
}

void weft_array_print(const weft_array *a, FILE *to)
{
    const double size = (double)weft_dtype_size(weft_array_dtype(a));
    char whole[WF_SHAPE_TEXT], chunk[WF_SHAPE_TEXT], grid[WF_SHAPE_TEXT];
    int64_t longest[WEFT_MAX_DIMS], n_along[WEFT_MAX_DIMS];
    struct weft_error err;
    struct names names = {.n = 0};
    struct wf_map seen;

    if (weft_array_status(a, &err)) {
        fprintf(to, "array  failed: %s\n", err.message);
        return;
    }
    longest_chunk(a, longest);
    for (int d = 0; d < a->n_dims; d++)
        n_along[d] = a->cuts[d].n;
    fprintf(to, "array  %s of %s\n", a->name, weft_dtype_name(a->dtype));
    fprintf(to, "         %-24s %s\n", "whole", "chunk");
    fprintf(to, "shape    %-24s %s\n", wf_shape_text(whole, a->n_dims, a->shape),
            wf_shape_text(chunk, a->n_dims, longest));
    fprintf(to, "bytes    %-24s %s\n", bytes_text(whole, (double)weft_array_n_elems(a) * size),
            bytes_text(chunk, (double)wf_shape_elems(a->n_dims, longest) * size));
    fprintf(to, "chunks   %-24lld %s\n", (long long)weft_array_n_chunks(a),
            wf_shape_text(grid, a->n_dims, n_along));
    wf_map_init(&seen);
    if (add_array(&names, &seen, a)) {
        fprintf(to, "layers   %d%s: ", names.n, names.more ? " or more" : "");
        for (int i = 0; i < names.n; i++)
            fprintf(to, "%s%s", i ? ", " : "", names.name[i]);
        fprintf(to, "\n");
    }
    wf_map_fini(&seen);
}
