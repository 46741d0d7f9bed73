/* verb-trace.c - weft trace: what happened in a run, and where its time went. */
#include "tools/verb.h"

#include <stdbool.h>
#include <stdio.h>

#include <weft/weft.h>

#include "tools/options.h"

static const char usage[] =
    "usage: weft trace FILE [OPTION]...\n"
    "\n"
    "Tells what happened in the run that FILE, saved by weft_trace_write(), has recorded: figures,\n"
    "where the time of the workers went and what the makespan was made of, the most costly\n"
    "functions and the critical path.\n"
    "\n"
    "  --functions       a line per function: count, total, mean, median, p95, max, share\n"
    "  --layers          the same per layer\n"
    "  --tasks           a line per task, as they began\n"
    "  --workers         where the time of each worker went, and why it was idle\n"
    "  --critical        the critical path: length of each task, and its drag, by which the span\n"
    "                    were shorter if it took no time\n"
    "  --realised        what the makespan was really made of, step by step\n"
    "  --runs            a line per run\n"
    "  --results         each result: bytes, when it was stored and when freed\n"
    "  --scaling         how long 1, 2, 4, ... workers would take\n"
    "  --sparkling       the stages in per cent of the time of bodies, as pysparkling tells them\n"
    "  --csv, --json     tables as CSV, or as JSON; all times are in nanoseconds then. Without a\n"
    "                    view --json gives all of them in one object\n"
    "  --all             that object with each task and each result, too\n"
    "  --burden TIME     what handing a task to another worker takes (10us), instead of what\n"
    "                    the trace tells\n"
    "  --export PICTURE  writes the trace for other tools; the suffix says for which:\n"
    "                    .perfetto-trace or .pftrace, .json (Chrome), .csv or .events.json (events),\n"
    "                    .tasks.csv or .tasks.json (tasks)\n"
    "  --arrows          exported pictures show which task waits for which\n";

struct request {
    const char               *from, *to;
    bool                      wanted[WEFT_N_VIEWS], all;
    int                       n_wanted;
    enum weft_form            form;
    struct weft_analyse_spec  how;
    struct weft_export_spec   export;
};

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    int64_t burden_ns = -1;
    const struct option_row rows[] = {
        {"functions", OPTION_IS, INTO(r->wanted[WEFT_VIEW_FUNCTIONS]), .is = true},
        {"layers", OPTION_IS, INTO(r->wanted[WEFT_VIEW_LAYERS]), .is = true},
        {"tasks", OPTION_IS, INTO(r->wanted[WEFT_VIEW_TASKS]), .is = true},
        {"workers", OPTION_IS, INTO(r->wanted[WEFT_VIEW_WORKERS]), .is = true},
        {"critical", OPTION_IS, INTO(r->wanted[WEFT_VIEW_CRITICAL]), .is = true},
        {"realised", OPTION_IS, INTO(r->wanted[WEFT_VIEW_REALISED]), .is = true},
        {"runs", OPTION_IS, INTO(r->wanted[WEFT_VIEW_RUNS]), .is = true},
        {"results", OPTION_IS, INTO(r->wanted[WEFT_VIEW_RESULTS]), .is = true},
        {"scaling", OPTION_IS, INTO(r->wanted[WEFT_VIEW_SCALING]), .is = true},
        {"sparkling", OPTION_IS, INTO(r->wanted[WEFT_VIEW_SPARKLING]), .is = true},
        {"csv", OPTION_IS, INTO(r->form), .is = WEFT_FORM_CSV},
        {"json", OPTION_IS, INTO(r->form), .is = WEFT_FORM_JSON},
        {"all", OPTION_IS, INTO(r->all), .is = true},
        {"burden", OPTION_TIME, INTO(burden_ns)},
        {"export", OPTION_TEXT, INTO(r->to)},
        {"arrows", OPTION_IS, INTO(r->export.arrows), .is = true},
    };
    const int code = options_read(argc, argv, rows, N_ROWS(rows), "FILE", &r->from);

    if (code)
        return code;
    for (int v = 0; v < WEFT_N_VIEWS; v++)
        r->n_wanted += r->wanted[v];
    if (r->form != WEFT_FORM_TEXT && r->n_wanted > 1)
        return misused("trace", "--csv and --json take one view at a time, not %d", r->n_wanted);
    if (r->form == WEFT_FORM_CSV && !r->n_wanted && !r->to)
        return misused("trace", "--csv of what? --functions, --tasks or another view is missing");
    if (burden_ns >= 0)
        r->how.burden_ns = burden_ns ? burden_ns : -1;
    return 0;
}

static weft_status print_views(const struct request *r, const weft_analysis *a, struct weft_error *err)
{
    weft_status st = WEFT_OK;
    int n = 0;

    for (int v = 0; !st && v < WEFT_N_VIEWS; v++) {
        if (!r->wanted[v])
            continue;
        if (n++)
            printf("\n");
        st = weft_analysis_print_view(a, (enum weft_view)v, r->form, stdout, err);
    }
    return st;
}

static weft_status print_all(const struct request *r, const weft_trace *t, struct weft_error *err)
{
    weft_analysis *a = NULL;
    weft_status st = weft_analyse_with(&a, t, &r->how, err);

    if (st)
        return st;
    if (r->n_wanted)
        st = print_views(r, a, err);
    else if (r->form == WEFT_FORM_JSON)
        st = weft_analysis_print_json(a, r->all, stdout, err);
    else
        weft_analysis_print(a, stdout);
    weft_analysis_free(a);
    return st;
}

static int run(int argc, char **argv)
{
    struct request r = {.form = WEFT_FORM_TEXT};
    struct weft_error err;
    weft_trace *t = NULL;
    int code = read_options(argc, argv, &r);
    weft_status st;

    if (code)
        return code;
    st = weft_trace_read(&t, r.from, &err);
    if (!st && r.to)
        st = weft_export(t, r.to, &r.export, &err);
    if (!st && (!r.to || r.n_wanted || r.form != WEFT_FORM_TEXT))
        st = print_all(&r, t, &err);
    if (st)
        code = failed("trace", &err);
    weft_trace_free(t);
    return code;
}

const struct verb verb_trace = {
    .summary = "what happened in a run, and where its time went",
    .usage = usage,
    .run = run,
};
