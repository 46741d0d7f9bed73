/* verb-report.c - weft report: a saved trace becomes a page to read. */
#include "tools/verb.h"

#include <stdio.h>

#include <weft/weft.h>

static const char usage[] =
    "usage: weft report FILE -o PAGE.html [OPTION]...\n"
    "\n"
    "Tells of the run in FILE, saved by weft_trace_write(), in one page that any browser opens:\n"
    "what each worker did, the graph, the critical path, memory, functions, workers. The page\n"
    "needs no network and no other file.\n"
    "\n"
    "  -o PAGE.html      where to\n"
    "  --title TEXT      above all; else the program\n"
    "  --profile FILE    with a flame graph of these stacks, which WEFT_PROFILE=FILE.folded wrote\n"
    "  --events N        how many events are shown one by one at most (40000); more make a\n"
    "                    longer file, the others are summed up\n"
    "  --no-graph        without the picture of the graph\n";

#if HAVE_DASH

#include <weft/report.h>

#include "tools/options.h"

struct request {
    const char             *from, *to, *profile;
    struct weft_report_spec spec;
};

static int read_options(int argc, char **argv, struct request *r)
{
    const struct option_row rows[] = {
        {"o", OPTION_TEXT, INTO(r->to)},
        {"title", OPTION_TEXT, INTO(r->spec.title)},
        {"profile", OPTION_TEXT, INTO(r->profile)},
        {"events", OPTION_COUNT, INTO(r->spec.most_events), .least = 1},
        {"no-graph", OPTION_IS, INTO(r->spec.no_graph), .is = true},
    };
    const int code = options_read(argc, argv, rows, N_ROWS(rows), "FILE", &r->from);

    return code || r->to ? code : misused(argv[0], "where to? -o PAGE.html is missing");
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct weft_error err;
    weft_trace *t = NULL;
    weft_profile *p = NULL;
    weft_status st;
    const int code = read_options(argc, argv, &r);

    if (code)
        return code;
    st = weft_trace_read(&t, r.from, &err);
    if (!st && r.profile)
        st = weft_profile_read(&p, r.profile, &err);
    r.spec.profile = p;
    if (!st)
        st = weft_report_trace(t, r.to, &r.spec, &err);
    weft_profile_free(p);
    weft_trace_free(t);
    return st ? failed("report", &err) : 0;
}

#else

static int run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(stderr, "weft report: this Weft was built without libweft-dash and makes no pages\n");
    return 1;
}

#endif

const struct verb verb_report = {
    .summary = "a saved trace as a page to read",
    .usage = usage,
    .run = run,
};
