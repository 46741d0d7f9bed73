/* verb-predict.c - weft predict: how long a traced run would take on other workers, or with faster tasks. */
#include "tools/verb.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tools/options.h"

static const char usage[] =
    "usage: weft predict TRACE [OPTION]...\n"
    "\n"
    "Replays a traced run, saved by WEFT_TRACE=TRACE or weft_trace_write(), on other numbers\n"
    "of workers, as a pool would hand out its tasks, and tells how long each takes. Tasks\n"
    "take as long as they took: where more workers share memory or cores they take longer.\n"
    "\n"
    "  --workers LIST    how many, as in 1,2,4-8; 1,2,...,1024 unless told, where \"...\" goes on\n"
    "                    as the two before it\n"
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

struct request {
    const char              *from;
    struct option_numbers    workers;
    struct weft_faster      *faster;
    struct weft_predict_spec spec;
    size_t                   n_worth;
    bool                     of_layers, json;
    int                      at;
};

/* ---- The command line -------------------------------------------------------------- */

/* Where a value begins in "WHAT=VALUE"; a name may have a '=' itself. NULL: it is not of that form. */
static char *value_in(char *text)
{
    char *equals = strrchr(text, '=');

    return equals && equals != text ? equals + 1 : NULL;
}

/* Cuts it before the value. */
static bool add_faster(struct request *r, char *value, struct weft_faster faster)
{
    struct weft_faster *more = realloc(r->faster, (r->spec.n_faster + 1) * sizeof *more);

    if (!more)
        return false;
    value[-1] = '\0';
    more[r->spec.n_faster++] = faster;
    r->faster = more;
    return true;
}

static bool read_faster(void *to, char *text)
{
    char *value = value_in(text), *end;
    const double times = value ? strtod(value, &end) : 0;

    return times > 0 && !*end && add_faster(to, value, (struct weft_faster){.what = text, .times = times});
}

static bool read_takes(void *to, char *text)
{
    char *value = value_in(text);
    int64_t ns;

    return value && !weft_duration_parse(value, &ns, NULL) && ns > 0
           && add_faster(to, value, (struct weft_faster){.what = text, .takes_ns = ns});
}

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    const struct option_row rows[] = {
        {"workers", OPTION_NUMBERS, INTO(r->workers), .most = WEFT_PREDICT_MOST_WORKERS},
        {"faster", OPTION_READ, INTO(*r), .read = read_faster, .wrong = "not of the form WHAT=K with K above 0"},
        {"takes", OPTION_READ, INTO(*r), .read = read_takes, .wrong = "not of the form WHAT=TIME, as load=20us"},
        {"worth", OPTION_COUNT, INTO(r->n_worth), .most = 1000},
        {"layers", OPTION_IS, INTO(r->of_layers), .is = true},
        {"at", OPTION_COUNT, INTO(r->at), .least = 1, .most = WEFT_PREDICT_MOST_WORKERS},
        {"ideal", OPTION_IS, INTO(r->spec.ideal), .is = true},
        {"each", OPTION_TIME, INTO(r->spec.task_ns), .least = 1},
        {"draws", OPTION_COUNT, INTO(r->spec.n_draws), .least = 1, .most = 1000},
        {"seed", OPTION_COUNT, INTO(r->spec.seed)},
        {"json", OPTION_IS, INTO(r->json), .is = true},
    };
    const int code = options_read(argc, argv, rows, N_ROWS(rows), "TRACE", &r->from);

    if (code)
        return code;
    if (!r->workers.n && !option_numbers_read(&r->workers, "1,2,...,1024", WEFT_PREDICT_MOST_WORKERS))
        return misused("predict", "no memory for a list of workers");
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

    for (size_t i = 0; !st && i < r->workers.n; i++)
        st = weft_predictor_at(p, r->workers.at[i], &out[i], err);
    return st;
}

static weft_status ask(const struct request *r, struct answers *a, struct weft_error *err)
{
    struct weft_predict_spec plain = r->spec;
    weft_status st = weft_trace_read(&a->trace, r->from, err);

    plain.n_faster = 0;
    a->forecasts = malloc(r->workers.n * sizeof *a->forecasts);
    a->as_traced = malloc(r->workers.n * sizeof *a->as_traced);
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
    a->all = (struct weft_prediction){.forecasts = a->forecasts, .n_forecasts = r->workers.n, .worth = a->worth,
                                      .as_traced = r->spec.n_faster ? a->as_traced : NULL};
    if (!st && weft_predictor_stats(a->now).is_measured && !r->spec.ideal &&
        weft_trace_n_workers(a->trace) <= WEFT_PREDICT_MOST_WORKERS) {
        a->all.again = &a->again;
        st = weft_predictor_at(a->before ? a->before : a->now, weft_trace_n_workers(a->trace), &a->again, err);
    }
    if (!st)
        st = weft_predictor_below(a->now, 0.5, r->workers.at[r->workers.n - 1], &a->all.half_from, err);
    if (st || !r->n_worth)
        return st;
    a->all.worth_at = r->at ? r->at : weft_trace_n_workers(a->trace);
    if ((a->all.worth_at < 2 || a->all.worth_at > WEFT_PREDICT_MOST_WORKERS) && !r->at)
        a->all.worth_at = a->forecasts[weft_forecast_knee(a->forecasts, r->workers.n)].n_workers;
    return weft_predictor_worth(a->now, a->all.worth_at, r->of_layers, r->n_worth, a->worth, &a->all.n_worth, err);
}

static int run(int argc, char **argv)
{
    struct request r = {.n_worth = 10};
    struct answers a = {0};
    struct weft_error err;
    int code = read_options(argc, argv, &r);

    if (code)
        goto out;
    if (ask(&r, &a, &err))
        code = failed("predict", &err);
    else if (r.json)
        weft_prediction_print_json(a.now, &a.all, stdout);
    else
        weft_prediction_print(a.now, &a.all, stdout);
out:
    weft_predictor_free(a.now);
    weft_predictor_free(a.before);
    weft_trace_free(a.trace);
    free(a.forecasts);
    free(a.as_traced);
    free(a.worth);
    free(r.workers.at);
    free(r.faster);
    return code;
}

const struct verb verb_predict = {
    .summary = "how long a traced run takes on other workers",
    .usage = usage,
    .run = run,
};
