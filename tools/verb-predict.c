/* verb-predict.c - weft predict: how long a traced run would take on other workers, or with faster tasks. */
#include "tools/verb.h"

#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

static const char usage[] =
    "usage: weft predict TRACE [OPTION]...\n"
    "\n"
    "Replays a traced run, saved by WEFT_TRACE=TRACE or weft_trace_write(), on other numbers\n"
    "of workers, as a pool would hand out its tasks, and tells how long each takes. Tasks\n"
    "take as long as they took: where more workers share memory or cores they take longer.\n"
    "\n"
    "  --workers LIST    how many; 1,2,4,...,1024 unless told. \"...\" goes on as the two\n"
    "                    before it\n"
    "  --faster WHAT=K   tasks of this name or layer, or the one of this key, take a Kth\n"
    "                    of their time, or none at all (K: inf); may be given again\n"
    "  --takes WHAT=TIME these take so long each; likewise\n"
    "  --worth N         the N names with the most work, by what making each faster gives\n"
    "                    the whole; 10 unless told\n"
    "  --layers          layers instead of names\n"
    "  --at N            on so many workers; those of the trace, or if that was one, of the knee\n"
    "  --ideal           as if handing out work took no time\n"
    "  --each TIME       what a task takes in a graph that has not run; 1ms unless told\n"
    "  --draws N         how often to draw who finds work first; 7, or 3 of many tasks\n"
    "  --seed N          other draws\n"
    "  --json            for other programs\n";

enum { MOST_COUNTS = 1024, MOST_WORTH = 1000 };

struct request {
    const char              *from;
    int                      workers[MOST_COUNTS];
    size_t                   n_workers;
    struct weft_faster      *faster;
    struct weft_predict_spec spec;
    size_t                   n_worth;
    bool                     of_layers, json;
    int                      at;
};

/* ---- The command line -------------------------------------------------------------- */

/* A whole number from least to most, all of `text` up to `end`. */
static bool read_number(const char *text, const char *end, long least, long most, long *out)
{
    char *stop;

    if (text == end || *text < '0' || *text > '9')
        return false;
    *out = strtol(text, &stop, 10);
    return stop == end && *out >= least && *out <= most;
}

static bool add_workers(struct request *r, long n)
{
    if (r->n_workers == MOST_COUNTS || (r->n_workers && n <= r->workers[r->n_workers - 1]))
        return false;
    r->workers[r->n_workers++] = (int)n;
    return true;
}

/* From the last two on to n: 2,4 doubles, 2,3 adds one. */
static bool add_up_to(struct request *r, long n)
{
    long a, b;

    if (r->n_workers < 2)
        return false;
    a = r->workers[r->n_workers - 2];
    b = r->workers[r->n_workers - 1];
    for (long next = b % a ? 2 * b - a : b * (b / a); next < n; next = b % a ? next + b - a : next * (b / a))
        if (!add_workers(r, next))
            return false;
    return add_workers(r, n);
}

/* "1,2,4,...,64": ascending. */
static bool read_workers(struct request *r, const char *text)
{
    bool goes_on = false;

    r->n_workers = 0;
    for (const char *end; ; text = end + 1) {
        long n;

        end = text + strcspn(text, ",");
        if (end - text == 3 && !strncmp(text, "...", 3) && *end && !goes_on)
            goes_on = true;
        else if (!read_number(text, end, 1, WEFT_PREDICT_MOST_WORKERS, &n) || !(goes_on ? add_up_to(r, n) : add_workers(r, n)))
            return false;
        else
            goes_on = false;
        if (!*end)
            return true;
    }
}

/* "20us", "1.5 ms", "2s". */
static bool read_time(const char *text, int64_t *ns)
{
    static const struct { const char *name; double ns; } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    char *end;
    const double n = strtod(text, &end);

    while (*end == ' ')
        end++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(end, units[i].name) && n * units[i].ns >= 1 && n * units[i].ns < 1e15) {
            *ns = (int64_t)(n * units[i].ns);
            return true;
        }
    return false;
}

/* "WHAT=K" or "WHAT=TIME"; the text is cut in two. A name may have a '=' itself. */
static bool add_faster(struct request *r, char *text, bool is_time)
{
    char *equals = strrchr(text, '='), *end;
    struct weft_faster faster = {.what = text}, *more;

    if (!equals || equals == text || !equals[1])
        return false;
    if (is_time) {
        if (!read_time(equals + 1, &faster.takes_ns))
            return false;
    } else {
        faster.times = strtod(equals + 1, &end);
        if (*end || !(faster.times > 0))
            return false;
    }
    more = realloc(r->faster, (r->spec.n_faster + 1) * sizeof *more);
    if (!more)
        return false;
    *equals = '\0';
    more[r->spec.n_faster++] = faster;
    r->faster = more;
    return true;
}

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    enum { WORKERS = 256, FASTER, TAKES, WORTH, LAYERS, AT, IDEAL, EACH, DRAWS, SEED, JSON };
    static const struct option options[] = {
        {"workers", required_argument, NULL, WORKERS}, {"faster", required_argument, NULL, FASTER},
        {"takes", required_argument, NULL, TAKES},     {"worth", required_argument, NULL, WORTH},
        {"layers", no_argument, NULL, LAYERS},         {"at", required_argument, NULL, AT},
        {"ideal", no_argument, NULL, IDEAL},           {"each", required_argument, NULL, EACH},
        {"draws", required_argument, NULL, DRAWS},     {"seed", required_argument, NULL, SEED},
        {"json", no_argument, NULL, JSON},             {NULL, 0, NULL, 0},
    };
    long n;
    int c;

    opterr = 0;
    read_workers(r, "1,2,4,...,1024");
    r->n_worth = 10;
    while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        const char *end = optarg ? optarg + strlen(optarg) : NULL;

        switch (c) {
        case LAYERS: r->of_layers = true; break;
        case IDEAL:  r->spec.ideal = true; break;
        case JSON:   r->json = true; break;
        case WORKERS:
            if (!read_workers(r, optarg))
                return misused("predict", "--workers %s is no list of numbers from 1 to %d that ascend", optarg, WEFT_PREDICT_MOST_WORKERS);
            break;
        case FASTER:
            if (!add_faster(r, optarg, false))
                return misused("predict", "--faster %s is not of the form WHAT=K with K above 0", optarg);
            break;
        case TAKES:
            if (!add_faster(r, optarg, true))
                return misused("predict", "--takes %s is not of the form WHAT=TIME, as load=20us", optarg);
            break;
        case WORTH:
            if (!read_number(optarg, end, 0, MOST_WORTH, &n))
                return misused("predict", "--worth %s is no number from 0 to %d", optarg, MOST_WORTH);
            r->n_worth = (size_t)n;
            break;
        case AT:
            if (!read_number(optarg, end, 1, WEFT_PREDICT_MOST_WORKERS, &n))
                return misused("predict", "--at %s is no number from 1 to %d", optarg, WEFT_PREDICT_MOST_WORKERS);
            r->at = (int)n;
            break;
        case EACH:
            if (!read_time(optarg, &r->spec.task_ns))
                return misused("predict", "--each %s is no time such as 20us", optarg);
            break;
        case DRAWS:
            if (!read_number(optarg, end, 1, 1000, &n))
                return misused("predict", "--draws %s is no number from 1 to 1000", optarg);
            r->spec.n_draws = (int)n;
            break;
        case SEED:
            if (!read_number(optarg, end, 0, 1000000000, &n))
                return misused("predict", "--seed %s is no number from 0 to 1000000000", optarg);
            r->spec.seed = (uint64_t)n;
            break;
        case ':':
            return misused("predict", "%s needs a value", argv[optind - 1]);
        default:
            return misused("predict", "there is no option %s", argv[optind - 1]);
        }
    }
    if (optind == argc)
        return misused("predict", "a TRACE is missing");
    if (optind < argc - 1)
        return misused("predict", "one TRACE at a time: %s is too many", argv[optind + 1]);
    r->from = argv[optind];
    r->spec.faster = r->faster;
    return 0;
}

/* ---- Asking ------------------------------------------------------------------------- */

/* What is asked, and room for the answers. */
struct answers {
    weft_trace           *trace;
    weft_predictor       *now, *before; /* before: without what is faster; NULL: nothing is */
    struct weft_forecast *forecasts, *as_traced, again;
    struct weft_worth    *worth;
    struct weft_prediction all;
};

static weft_status ask_forecasts(const weft_predictor *p, const struct request *r, struct weft_forecast *out, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (size_t i = 0; !st && i < r->n_workers; i++)
        st = weft_predictor_at(p, r->workers[i], &out[i], err);
    return st;
}

static weft_status ask(const struct request *r, struct answers *a, struct weft_error *err)
{
    struct weft_predict_spec plain = r->spec;
    weft_status st = weft_trace_read(&a->trace, r->from, err);

    plain.n_faster = 0;
    a->forecasts = malloc(r->n_workers * sizeof *a->forecasts);
    a->as_traced = malloc(r->n_workers * sizeof *a->as_traced);
    a->worth = malloc((r->n_worth + 1) * sizeof *a->worth);
    if (!st && (!a->forecasts || !a->as_traced || !a->worth))
        st = weft_error_set(err, WEFT_NOMEM, "no memory for a prediction");
    if (!st)
        st = weft_predictor_new(&a->now, a->trace, &r->spec, err);
    if (!st)
        st = ask_forecasts(a->now, r, a->forecasts, err);
    if (!st && r->spec.n_faster) {
        st = weft_predictor_new(&a->before, a->trace, &plain, err);
        if (!st)
            st = ask_forecasts(a->before, r, a->as_traced, err);
    }
    a->all = (struct weft_prediction){.forecasts = a->forecasts, .n_forecasts = r->n_workers, .worth = a->worth,
                                      .as_traced = r->spec.n_faster ? a->as_traced : NULL};
    if (!st && weft_predictor_stats(a->now).is_measured && !r->spec.ideal &&
        weft_trace_n_workers(a->trace) <= WEFT_PREDICT_MOST_WORKERS) {
        a->all.again = &a->again;
        st = weft_predictor_at(a->before ? a->before : a->now, weft_trace_n_workers(a->trace), &a->again, err);
    }
    if (!st)
        st = weft_predictor_below(a->now, 0.5, r->workers[r->n_workers - 1], &a->all.half_from, err);
    if (st || !r->n_worth)
        return st;
    a->all.worth_at = r->at ? r->at : weft_trace_n_workers(a->trace);
    if ((a->all.worth_at < 2 || a->all.worth_at > WEFT_PREDICT_MOST_WORKERS) && !r->at)
        a->all.worth_at = a->forecasts[weft_forecast_knee(a->forecasts, r->n_workers)].n_workers;
    return weft_predictor_worth(a->now, a->all.worth_at, r->of_layers, r->n_worth, a->worth, &a->all.n_worth, err);
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct answers a = {0};
    struct weft_error err;
    int code = read_options(argc, argv, &r);

    if (code)
        goto out;
    if (ask(&r, &a, &err)) {
        weft_error_print(&err, stderr);
        code = 1;
    } else if (r.json) {
        weft_prediction_print_json(a.now, &a.all, stdout);
    } else {
        weft_prediction_print(a.now, &a.all, stdout);
    }
out:
    weft_predictor_free(a.now);
    weft_predictor_free(a.before);
    weft_trace_free(a.trace);
    free(a.forecasts);
    free(a.as_traced);
    free(a.worth);
    free(r.faster);
    return code;
}

const struct verb verb_predict = {
    .summary = "how long a traced run takes on other workers",
    .usage = usage,
    .run = run,
};
