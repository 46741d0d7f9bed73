/* explain.c - an array as it was written, and as it will run. */
#include <string.h>

#include <weft/explain.h>

#include "lib/array/array.h"
#include "lib/base/error.h"
#include "lib/base/map.h"

enum { MOST_LINES = 100 };

struct telling {
    FILE         *to;
    struct wf_map seen;
    int           n_lines;
    int           n_calls, n_rules, n_read; /* operations; sources without tasks; arrays of tasks */
};

/* Two arrays of equal bytes are one computation, so the handle is its own key. */
static bool is_new(struct telling *t, const weft_array *a)
{
    bool fresh = true;

    return !wf_map_put(&t->seen, a, sizeof *a, 0, &fresh) || fresh;
}

static void print_number(FILE *to, const weft_array *a)
{
    if (a->dtype == WEFT_INT64 || a->dtype == WEFT_BOOL)
        fprintf(to, "%lld\n", (long long)a->as.fill.i64);
    else
        fprintf(to, "%.17g\n", a->as.fill.f64);
}

static void print_line(const struct telling *t, const weft_array *a, int indent)
{
    const int width = 30 - indent;
    char about[WF_ABOUT_TEXT];

    fprintf(t->to, "%-*s  %s", width > 0 ? width : 0, a->name, wf_array_about(a, about));
    if (a->chunks)
        fprintf(t->to, ", results of %lld task%s", (long long)weft_array_n_chunks(a),
                weft_array_n_chunks(a) == 1 ? "" : "s");
    if (a->from.place.file)
        fprintf(t->to, "  [%s:%d]", a->from.place.file, a->from.place.line);
    fputc('\n', t->to);
}

/* No deeper than expressions are. */
static void tell(struct telling *t, const weft_array *a, int depth)
{
    const bool fresh = is_new(t, a);
    const bool shown = t->n_lines++ < MOST_LINES;

    if (shown)
        fprintf(t->to, "%*s%s", 2 + (depth ? 3 * (depth - 1) : 0), "", depth ? "+- " : "");
    if (a->kind == WF_ARRAY_FILL && !a->n_dims && !a->chunks) {
        if (shown)
            print_number(t->to, a);
        return;
    }
    if (!fresh) {
        if (shown)
            fprintf(t->to, "%s, as above\n", a->name);
        return;
    }
    if (shown)
        print_line(t, a, 3 * depth);
    t->n_read += a->chunks != NULL;
    t->n_rules += !a->chunks && a->kind != WF_ARRAY_CALL;
    t->n_calls += !a->chunks && a->kind == WF_ARRAY_CALL;
    for (int i = 0; !a->chunks && a->kind == WF_ARRAY_CALL && i < a->as.call.n_args; i++)
        tell(t, a->as.call.args[i], depth + 1);
}

void weft_array_explain(const weft_array *a, FILE *to)
{
    struct telling t = {.to = to};
    struct weft_error err;
    const long long n = a ? (long long)weft_array_n_chunks(a) : 0;

    if (weft_array_status(a, &err)) {
        weft_error_print(&err, to);
        return;
    }
    wf_map_init(&t.seen);
    fprintf(to, "array as written\n");
    tell(&t, a, 0);
    if (t.n_lines > MOST_LINES)
        fprintf(to, "  and %d more\n", t.n_lines - MOST_LINES);
    wf_map_fini(&t.seen);
    if (a->chunks) {
        if (weft_explain(to, a->chunks, (size_t)n, NULL, &err))
            weft_error_print(&err, to);
        return;
    }
    fprintf(to, "as it will run\n  one pass over each of %lld chunk%s, of %d operation%s over %d source%s and %d array%s of "
            "tasks; nothing between is kept\n", n, n == 1 ? "" : "s", t.n_calls, t.n_calls == 1 ? "" : "s", t.n_rules,
            t.n_rules == 1 ? "" : "s", t.n_read, t.n_read == 1 ? "" : "s");
}
