/* verb-report.c - weft report: a saved trace becomes a page to read. */
#include "tools/verb.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

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
    "  --events N        how many events are shown one by one at most (40000); more make a\n"
    "                    longer file, the others are summed up\n"
    "  --no-graph        without the picture of the graph\n";

#if HAVE_DASH

#include <errno.h>
#include <weft/report.h>

struct request {
    const char             *from, *to;
    struct weft_report_spec spec;
};

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    enum { TITLE = 256, EVENTS, NO_GRAPH };
    static const struct option options[] = {
        {"title", required_argument, NULL, TITLE},
        {"events", required_argument, NULL, EVENTS},
        {"no-graph", no_argument, NULL, NO_GRAPH},
        {NULL, 0, NULL, 0},
    };
    char *end;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        switch (c) {
        case 'o':      r->to = optarg; break;
        case TITLE:    r->spec.title = optarg; break;
        case NO_GRAPH: r->spec.no_graph = true; break;
        case EVENTS:
            errno = 0;
            r->spec.most_events = strtoul(optarg, &end, 10);
            if (*optarg < '1' || *optarg > '9' || *end || errno)
                return misused("report", "--events %s is not a number from 1", optarg);
            break;
        case ':':
            return misused("report", "%s needs a value", argv[optind - 1]);
        default:
            return misused("report", "there is no option %s", argv[optind - 1]);
        }
    }
    if (optind == argc)
        return misused("report", "a FILE is missing");
    if (optind < argc - 1)
        return misused("report", "one FILE at a time: %s is too many", argv[optind + 1]);
    if (!r->to)
        return misused("report", "where to? -o PAGE.html is missing");
    r->from = argv[optind];
    return 0;
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct weft_error err;
    weft_trace *t = NULL;
    int code = read_options(argc, argv, &r);

    if (!code && (weft_trace_read(&t, r.from, &err) || weft_report_trace(t, r.to, &r.spec, &err))) {
        weft_error_print(&err, stderr);
        code = 1;
    }
    weft_trace_free(t);
    return code;
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
