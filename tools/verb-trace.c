/* verb-trace.c - weft trace: what happened in a run, and where its time went. */
#include "tools/verb.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include <weft/weft.h>

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
    enum { CSV = 1000, JSON, ALL, BURDEN, EXPORT, ARROWS };
    static const struct option options[] = {
        {"functions", no_argument, NULL, WEFT_VIEW_FUNCTIONS}, {"layers", no_argument, NULL, WEFT_VIEW_LAYERS},
        {"tasks", no_argument, NULL, WEFT_VIEW_TASKS},         {"workers", no_argument, NULL, WEFT_VIEW_WORKERS},
        {"critical", no_argument, NULL, WEFT_VIEW_CRITICAL},   {"realised", no_argument, NULL, WEFT_VIEW_REALISED},
        {"runs", no_argument, NULL, WEFT_VIEW_RUNS},           {"results", no_argument, NULL, WEFT_VIEW_RESULTS},
        {"scaling", no_argument, NULL, WEFT_VIEW_SCALING},     {"sparkling", no_argument, NULL, WEFT_VIEW_SPARKLING},
        {"csv", no_argument, NULL, CSV},                       {"json", no_argument, NULL, JSON},
        {"all", no_argument, NULL, ALL},                       {"burden", required_argument, NULL, BURDEN},
        {"export", required_argument, NULL, EXPORT},           {"arrows", no_argument, NULL, ARROWS},
        {NULL, 0, NULL, 0},
    };
    struct weft_error err;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (c) {
        case CSV:    r->form = WEFT_FORM_CSV; break;
        case JSON:   r->form = WEFT_FORM_JSON; break;
        case ALL:    r->all = true; break;
        case EXPORT: r->to = optarg; break;
        case ARROWS: r->export.arrows = true; break;
        case BURDEN:
            if (weft_duration_parse(optarg, &r->how.burden_ns, &err))
                return misused("trace", "--burden: %s", err.message);
            r->how.burden_ns = r->how.burden_ns ? r->how.burden_ns : -1;
            break;
        case ':':
            return misused("trace", "%s needs a value", argv[optind - 1]);
        case '?':
            return misused("trace", "there is no option %s", argv[optind - 1]);
        default:
            r->n_wanted += !r->wanted[c];
            r->wanted[c] = true;
        }
    }
    if (optind == argc)
        return misused("trace", "a FILE is missing");
    if (optind < argc - 1)
        return misused("trace", "one FILE at a time: %s is too many", argv[optind + 1]);
    if (r->form != WEFT_FORM_TEXT && r->n_wanted > 1)
        return misused("trace", "--csv and --json take one view at a time, not %d", r->n_wanted);
    if (r->form == WEFT_FORM_CSV && !r->n_wanted && !r->to)
        return misused("trace", "--csv of what? --functions, --tasks or another view is missing");
    r->from = argv[optind];
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
    if (!st && fflush(stdout))
        st = weft_error_set(err, WEFT_IO, "what was analysed cannot be written");
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
    if (st) {
        weft_error_print(&err, stderr);
        code = 1;
    }
    weft_trace_free(t);
    return code;
}

const struct verb verb_trace = {
    .summary = "what happened in a run, and where its time went",
    .usage = usage,
    .run = run,
};
