#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>
#include <weft/profile.h>
#include <weft/report.h>

#include "lib/graph/trace.h"
#include "tests/lib/dash/made_trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

static char *dir;

static void make_dir(void)
{
    dir = tempdir_new();
}

static void drop_dir(void)
{
    tempdir_remove(dir);
}

TestSuite(report, .init = make_dir, .fini = drop_dir);

/* The page; the caller's to free(). */
static char *page_of(const weft_trace *t, const struct weft_report_spec *spec)
{
    char *path = tempdir_path(dir, "run.html"), *page;
    struct weft_error err = {0};

    if (weft_report_trace(t, path, spec, &err))
        cr_assert_fail("%s", err.message);
    page = tempdir_read(path, NULL);
    free(path);
    return page;
}

/* What the page shows; the caller's to json_decref(). */
static json_t *data_of(const weft_trace *t, const struct weft_report_spec *spec)
{
    static const char mark[] = "<script id=\"data\" type=\"application/json\">";
    char *page = page_of(t, spec), *begin = strstr(page, mark);
    json_error_t why;
    json_t *data;

    cr_assert(begin);
    begin += strlen(mark);
    *strstr(begin, "</script>") = '\0';
    data = json_loads(begin, 0, &why);
    cr_assert(data, "%s", why.text);
    free(page);
    return data;
}

static int64_t figure(const json_t *of, const char *key)
{
    const json_t *value = json_object_get(of, key);

    cr_assert(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

static int64_t at(const json_t *column, size_t i)
{
    return json_integer_value(json_array_get(column, i));
}

/*  a -> b -> d      d waits for c longest: the path is a, c, d
 *   '-> c ---'                                                   */
static const struct hand_task four[] = {
    {.name = "a", .begin_ns = 0, .end_ns = 100},
    {.name = "b", .HAND_DEPS(0), .begin_ns = 110, .end_ns = 150, .worker = 1},
    {.name = "c", .HAND_DEPS(0), .begin_ns = 120, .end_ns = 420},
    {.name = "d", .HAND_DEPS(1, 2), .begin_ns = 430, .end_ns = 500},
};

/* The analysis as it tells itself, in JSON; the caller's to json_decref(). */
static json_t *told_by_analysis(const weft_trace *t)
{
    weft_analysis *a;
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);
    json_t *told;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_print_json(a, false, to, NULL));
    fclose(to);
    told = json_loads(text, 0, NULL);
    cr_assert(told);
    free(text);
    weft_analysis_free(a);
    return told;
}

/* The same number under one name here and another there. */
static void expect_same(const json_t *of, const char *key, const json_t *told, const char *told_key)
{
    const json_t *x = json_object_get(of, key), *y = json_object_get(told, told_key);

    cr_assert(json_is_number(x) && json_is_number(y), "%s, %s", key, told_key);
    cr_assert_float_eq(json_number_value(x), json_number_value(y), 1e-7 * json_number_value(y), "%s", key);
}

Test(report, figures_are_those_of_the_analysis)
{
    static const char *const stats[][2] = {
        {"n_tasks", "tasks"}, {"n_edges", "edges"}, {"n_layers", "layers"}, {"depth", "depth"}, {"width", "width"},
        {"n_measured", "measured"}, {"n_spawned", "spawned"}, {"n_failed", "failed"}, {"n_workers", "workers"},
        {"n_events", "events"}, {"work_ns", "work_ns"}, {"span_ns", "span_ns"}, {"makespan_ns", "makespan_ns"},
        {"parallelism", "parallelism"}, {"burden_ns", "burden_ns"}, {"burdened_span_ns", "burdened_span_ns"},
        {"burdened_parallelism", "burdened_parallelism"},
    };
    static const char *const shares[] = {"executing_ns", "scheduling_ns", "stealing_ns", "disk_ns", "process_ns", "idle_ns",
                                         "unfound_ns", "dry_ns", "before_ns", "after_ns", "memory_ns", "need_ns",
                                         "outside_ns", "wall_ns"};
    static const char *const groups[][2] = {
        {"n_tasks", "tasks"}, {"n_failed", "failed"}, {"total_ns", "total_ns"}, {"share", "share"}, {"mean_ns", "mean_ns"},
        {"median_ns", "median_ns"}, {"p95_ns", "p95_ns"}, {"max_ns", "max_ns"}, {"wait_ns", "waited_ns"},
    };
    static const char *const curves[] = {"ideal", "realised", "ready", "results", "memory"};
    weft_trace *t = made_trace(500, 4, false);
    json_t *data = data_of(t, NULL), *told = told_by_analysis(t);
    const json_t *kinds = json_object_get(json_object_get(data, "realised"), "kinds"), *part, *one;
    size_t i;

    for (i = 0; i < sizeof stats / sizeof *stats; i++)
        expect_same(json_object_get(data, "stats"), stats[i][0], json_object_get(told, "stats"), stats[i][1]);
    part = json_object_get(data, "workers");
    cr_assert_eq(json_array_size(part), 4);
    json_array_foreach(part, i, one) {
        for (size_t k = 0; k < sizeof shares / sizeof *shares; k++)
            expect_same(one, shares[k], json_array_get(json_object_get(told, "workers"), i), shares[k]);
    }
    part = json_object_get(json_object_get(data, "functions"), "costly");
    cr_assert_eq(json_array_size(part), 6);
    json_array_foreach(part, i, one) {
        for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
            expect_same(one, groups[k][0], json_array_get(json_object_get(told, "functions"), i), groups[k][1]);
    }
    part = json_object_get(json_object_get(data, "critical"), "steps");
    cr_assert_eq(json_array_size(part), json_array_size(json_object_get(told, "critical")));
    json_array_foreach(part, i, one) {
        const json_t *other = json_array_get(json_object_get(told, "critical"), i);

        cr_assert_str_eq(json_string_value(json_object_get(one, "key")), json_string_value(json_object_get(other, "key")));
        expect_same(one, "length_ns", other, "length_ns");
        expect_same(one, "drag_ns", other, "drag_ns");
    }
    json_array_foreach(kinds, i, one) {
        char key[32];

        snprintf(key, sizeof key, "%s_ns", json_string_value(json_object_get(one, "name")));
        expect_same(one, "ns", json_object_get(told, "makespan_by_step"), key);
    }
    part = json_object_get(data, "runs");
    cr_assert_eq(json_array_size(part), 2);
    json_array_foreach(part, i, one) {
        expect_same(one, "work_ns", json_array_get(json_object_get(told, "runs"), i), "work_ns");
        expect_same(one, "span_ns", json_array_get(json_object_get(told, "runs"), i), "span_ns");
    }
    for (i = 0; i < sizeof curves / sizeof *curves; i++) {
        const json_t *curve = json_object_get(json_object_get(data, "curves"), curves[i]);
        const json_t *other = json_object_get(json_object_get(told, "curves"), curves[i]);

        expect_same(curve, "peak", other, "peak");
        expect_same(curve, "mean", other, "mean");
    }
    cr_assert_eq(json_array_size(json_object_get(json_object_get(data, "samples"), "cores")), 240);
    json_decref(data);
    json_decref(told);
    weft_trace_free(t);
}

Test(report, a_curve_in_bins_has_the_area_that_it_has_in_steps)
{
    weft_trace *t = made_trace(9000, 3, false);
    json_t *data = data_of(t, NULL);
    const json_t *curve = json_object_get(json_object_get(data, "curves"), "realised"), *bins = json_object_get(curve, "at"), *bin;
    weft_analysis *a;
    struct weft_curve steps;
    double sum = 0, expected = 0;
    size_t i;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_curve(a, WEFT_CURVE_REALISED, &steps, NULL));
    for (size_t k = 0; k + 1 < steps.n; k++)
        expected += (double)steps.values[k] * (double)(steps.times_ns[k + 1] - steps.times_ns[k]);
    json_array_foreach(bins, i, bin) {
        cr_assert(json_number_value(bin) <= 3.0001);
        sum += json_number_value(bin) * (double)figure(curve, "width_ns");
    }
    cr_assert(json_array_size(bins) > 700 && json_array_size(bins) <= 800);
    cr_assert_float_eq(sum, expected, 1e-6 * expected, "%f and %f", sum, expected);
    json_decref(data);
    weft_curve_free(&steps);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(report, a_small_trace_is_shown_event_by_event)
{
    weft_trace *t = hand_trace(four, 4, 2);
    const struct weft_event *e = weft_trace_events(t);
    json_t *data = data_of(t, NULL), *stream = json_object_get(data, "stream"), *tasks = json_object_get(data, "tasks");
    json_t *events = json_object_get(stream, "events");
    int64_t now = 0;

    cr_assert_eq(figure(stream, "n_shown"), 4);
    cr_assert_eq(json_array_size(json_object_get(stream, "cells")), 0);
    for (size_t i = 0; i < 4; i++) {
        const size_t task = (size_t)at(json_object_get(events, "task"), i);
        const uint32_t number = e[i].task;

        now += at(json_object_get(events, "begin"), i);
        cr_assert_eq(now, e[i].begin_ns);
        cr_assert_eq(at(json_object_get(events, "length"), i), e[i].end_ns - e[i].begin_ns);
        cr_assert_eq(at(json_object_get(events, "worker"), i), e[i].worker);
        cr_assert_str_eq(json_string_value(json_array_get(json_object_get(tasks, "key"), task)),
                         weft_trace_task(t, number)->key);
        cr_assert_eq(json_array_size(json_array_get(json_object_get(tasks, "deps"), task)), four[number].n_deps);
    }
    json_decref(data);
    weft_trace_free(t);
}

/* Of made_trace(n) with room for `most` events: nothing is counted twice or lost. */
static void expect_sums(size_t n, size_t most)
{
    weft_trace *t = made_trace(n, 3, false);
    const struct weft_event *e = weft_trace_events(t);
    const size_t n_events = weft_trace_n_events(t);
    struct weft_report_spec spec = {.most_events = most, .no_graph = true};
    json_t *data = data_of(t, &spec), *stream = json_object_get(data, "stream"), *events = json_object_get(stream, "events");
    const json_t *cells = json_object_get(stream, "cells"), *lengths = json_object_get(events, "length");
    const size_t n_shown = (size_t)figure(stream, "n_shown");
    double busy = 0, expected = 0;
    int64_t n_in_cells = 0, n_waits = 0, n_waits_shown = 0;

    cr_assert(n_shown <= most && n_shown >= most - 2, "%zu of %zu", n_shown, most);
    cr_assert_eq(json_array_size(lengths), n_shown);
    for (size_t k = 0; k < n_events; k++) {
        const bool waits = e[k].kind == WEFT_EVENT_IDLE || e[k].kind == WEFT_EVENT_STEAL || e[k].kind == WEFT_EVENT_MEMORY;

        n_waits += waits;
        expected += waits ? 0 : (double)(e[k].end_ns - e[k].begin_ns);
    }
    for (size_t i = 0; i < n_shown; i++) {
        const int64_t kind = at(json_object_get(events, "kind"), i);
        const bool waits = kind == WEFT_EVENT_IDLE || kind == WEFT_EVENT_STEAL || kind == WEFT_EVENT_MEMORY;

        n_waits_shown += waits;
        busy += waits ? 0 : (double)at(lengths, i);
    }
    for (size_t c = 0; c < json_array_size(cells); c += 6) {
        busy += (double)at(cells, c + 3) / 1000 * (double)figure(stream, "cell_ns");
        n_in_cells += at(cells, c + 5);
    }
    cr_assert_eq(n_in_cells, figure(stream, "n_summed"));
    cr_assert_eq((int64_t)(n_shown + (size_t)n_in_cells) + n_waits - n_waits_shown, (int64_t)n_events);
    /* Cells are rounded to thousandths, and full ones cannot say more than all: bodies within bodies. */
    cr_assert_float_eq(busy, expected, 0.02 * expected);
    cr_assert_eq(figure(stream, "n_failed_shown"), figure(stream, "n_failed"));
    cr_assert_eq(figure(stream, "n_critical_shown"), figure(stream, "n_critical"));
    json_decref(data);
    weft_trace_free(t);
}

Test(report, of_many_events_some_are_shown_and_the_others_summed_up)
{
    expect_sums(20000, 1000);
    expect_sums(5000, 4999);
}

Test(report, the_longest_events_are_shown)
{
    weft_trace *t = made_trace(20000, 3, false);
    const struct weft_event *e = weft_trace_events(t);
    struct weft_report_spec spec = {.most_events = 500, .no_graph = true};
    json_t *data = data_of(t, &spec), *stream = json_object_get(data, "stream");
    const int64_t shortest = figure(stream, "shortest_ns");
    size_t n_longer = 0;

    /* Lengths are told apart to a 64th: what is surely longer than the shortest one is there. */
    for (size_t k = 0; k < weft_trace_n_events(t); k++)
        n_longer += e[k].end_ns - e[k].begin_ns > shortest + shortest / 32;
    cr_assert(shortest > 0 && n_longer > 300 && n_longer <= (size_t)figure(stream, "n_shown"), "%zu", n_longer);
    json_decref(data);
    weft_trace_free(t);
}

Test(report, of_events_of_one_length_every_nth_is_shown)
{
    enum { N = 3000, MOST = 300 };
    struct hand_task *tasks = calloc(N, sizeof *tasks);
    struct weft_report_spec spec = {.most_events = MOST, .no_graph = true};
    weft_trace *t;
    json_t *data, *begins;
    int64_t early = 0, now = 0;

    for (int i = 0; i < N; i++)
        tasks[i] = (struct hand_task){.name = "same", .begin_ns = i * 2000, .end_ns = i * 2000 + 1000};
    t = hand_trace(tasks, N, 1);
    data = data_of(t, &spec);
    begins = json_object_get(json_object_get(json_object_get(data, "stream"), "events"), "begin");
    for (size_t i = 0; i < json_array_size(begins); i++) {
        now += at(begins, i);
        early += now < N * 1000;
    }
    cr_assert(json_array_size(begins) <= MOST && json_array_size(begins) > MOST * 2 / 3);
    cr_assert(early * 2 > (int64_t)json_array_size(begins) - 10 && early * 2 < (int64_t)json_array_size(begins) + 10);
    json_decref(data);
    weft_trace_free(t);
    free(tasks);
}

Test(report, results_are_told_with_when_they_were_there)
{
    weft_trace *t = made_trace(300, 2, false);
    json_t *data = data_of(t, NULL), *results = json_object_get(data, "results");
    const json_t *biggest = json_object_get(results, "biggest");

    cr_assert_eq((size_t)figure(results, "n"), weft_trace_n_tasks(t)); /* each has a size */
    cr_assert_eq(json_array_size(biggest), 200);
    for (size_t i = 0; i < 200; i++) {
        const json_t *r = json_array_get(biggest, i);

        cr_assert(figure(r, "stored_ns") <= figure(r, "freed_ns") && figure(r, "freed_ns") <= weft_trace_wall_ns(t));
        cr_assert(!i || figure(r, "bytes") <= figure(json_array_get(biggest, i - 1), "bytes"));
    }
    json_decref(data);
    weft_trace_free(t);
}

Test(report, names_cannot_leave_their_place_in_the_page)
{
    weft_trace *t = made_trace(100, 2, true);
    char *page = page_of(t, NULL);

    cr_assert(!strstr(page, "<img src=x"));
    cr_assert(!strstr(page, "<b>"));
    free(page);
    weft_trace_free(t);
}

Test(report, a_graph_that_has_not_run_is_a_page_too)
{
    weft_trace *t = made_trace(100, 0, false), *none = hand_trace(NULL, 0, 0);
    json_t *data = data_of(t, NULL);

    cr_assert_eq(figure(json_object_get(data, "stats"), "n_workers"), 0);
    cr_assert_eq(figure(json_object_get(data, "functions"), "n"), 6);
    cr_assert_eq(figure(json_object_get(data, "realised"), "n"), 0);
    json_decref(data);
    data = data_of(none, NULL);
    cr_assert_eq(figure(json_object_get(data, "stats"), "n_tasks"), 0);
    json_decref(data);
    weft_trace_free(t);
    weft_trace_free(none);
}

Test(report, a_path_that_cannot_be_written_is_named)
{
    weft_trace *t = hand_trace(four, 4, 2);
    struct weft_error err = {0};

    cr_assert_eq(weft_report_trace(t, "/nowhere/run.html", NULL, &err), WEFT_IO);
    cr_assert(strstr(err.message, "/nowhere/run.html"));
    weft_trace_free(t);
}

/* ---- With a profile ------------------------------------------------------------------- */

static weft_profile *made_profile(const struct weft_profile_stack *stacks, size_t n)
{
    weft_profile *p = NULL;

    cr_assert_eq(weft_profile_new(&p, NULL), WEFT_OK);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(weft_profile_add(p, stacks[i].text, stacks[i].count, NULL), WEFT_OK);
    return p;
}

/* The stacks that the calls of a page are the tree of. */
static weft_profile *profile_of(const json_t *of)
{
    const json_t *calls = json_object_get(of, "calls"), *names = json_object_get(of, "names");
    weft_profile *p = made_profile(NULL, 0);
    const char *open[16];

    for (size_t i = 0; i < json_array_size(calls); i += 3) {
        const int64_t name = at(calls, i), row = at(calls, i + 1);
        char stack[1024] = "";
        int64_t self = at(calls, i + 2);

        cr_assert(row >= 1 && row < 16);
        open[row] = name < 0 ? "..." : json_string_value(json_array_get(names, (size_t)name));
        for (int64_t k = 1; k <= row; k++)
            snprintf(stack + strlen(stack), sizeof stack - strlen(stack), "%s%s", k > 1 ? ";" : "", open[k]);
        for (size_t k = i + 3; k < json_array_size(calls) && at(calls, k + 1) > row; k += 3)
            self -= at(calls, k + 1) == row + 1 ? at(calls, k + 2) : 0;
        cr_assert(self >= 0);
        cr_assert_eq(weft_profile_add(p, stack, (uint64_t)self, NULL), WEFT_OK);
    }
    return p;
}

/* The page has the stacks of `p` as those of `expected`, and what is known about it. */
static void expect_profile(const weft_profile *p, const weft_profile *expected)
{
    weft_trace *t = hand_trace(four, 4, 2);
    json_t *data = data_of(t, &(struct weft_report_spec){.no_graph = true, .profile = p});
    const json_t *told = json_object_get(data, "profile");
    weft_profile *shown = profile_of(told);
    const struct weft_profile_about about = weft_profile_about(p);
    char *ours = tempdir_path(dir, "ours.folded"), *theirs = tempdir_path(dir, "theirs.folded"), *x, *y;

    cr_assert_eq(weft_profile_write(shown, ours, NULL), WEFT_OK);
    cr_assert_eq(weft_profile_write(expected, theirs, NULL), WEFT_OK);
    x = tempdir_read(ours, NULL);
    y = tempdir_read(theirs, NULL);
    cr_assert_str_eq(x, y);
    cr_assert_eq((uint64_t)figure(told, "n_samples"), about.n_samples);
    cr_assert_eq(figure(told, "rate_hz"), about.rate_hz);
    cr_assert_eq((uint64_t)figure(told, "n_outside"), about.n_outside);
    cr_assert_eq((uint64_t)figure(told, "n_lost"), about.n_lost);
    free(x);
    free(y);
    free(ours);
    free(theirs);
    weft_profile_free(shown);
    json_decref(data);
    weft_trace_free(t);
}

Test(report, a_profile_is_there_stack_by_stack)
{
    static const struct weft_profile_stack stacks[] = {
        {"read;parse;digit", 6}, {"read;parse", 3}, {"read;copy", 1}, {"write", 10}, {"read-more;parse;parse;parse", 5},
        {"</script><img src=x>;\"q\" & 'a';\\n", 2}, {"__proto__;Z\xc3\xbcrich", 1},
    };
    weft_profile *p = made_profile(stacks, sizeof stacks / sizeof *stacks);

    weft_profile_tell(p, &(struct weft_profile_about){.rate_hz = 997, .n_outside = 5, .n_lost = 2});
    expect_profile(p, p);
    weft_profile_free(p);
}

Test(report, stacks_under_a_thousandth_of_a_profile_are_summed_up_where_they_are)
{
    static const struct weft_profile_stack stacks[] = {
        {"a;big", 8975}, {"a;big;few", 9}, {"a;big;ten", 10}, {"a;s", 4}, {"a;s;deep;deeper", 5}, {"a;t", 8}, {"b", 965}, {"b;x", 5},
        {"b;x;y", 5}, {"c", 9}, {"d;e", 5},
    };
    static const struct weft_profile_stack summed[] = {
        {"a;big", 8975}, {"a;big;...", 9}, {"a;big;ten", 10}, {"a;...", 17}, {"b", 965}, {"b;x", 5}, {"b;x;...", 5}, {"...", 14},
    };
    weft_profile *p = made_profile(stacks, sizeof stacks / sizeof *stacks);
    weft_profile *expected = made_profile(summed, sizeof summed / sizeof *summed);

    expect_profile(p, expected);
    weft_profile_free(p);
    weft_profile_free(expected);
}

Test(report, a_profile_in_which_nothing_was_seen_is_there_and_none_is_null)
{
    weft_profile *p = made_profile(NULL, 0);
    weft_trace *t = hand_trace(four, 4, 2);
    json_t *data = data_of(t, NULL);

    expect_profile(p, p);
    cr_assert(json_is_null(json_object_get(data, "profile")));
    json_decref(data);
    weft_trace_free(t);
    weft_profile_free(p);
}

struct reported {
    weft_trace   *trace;
    weft_profile *profile;
    char         *path;
};

static weft_status report(void *arg)
{
    const struct reported *r = arg;
    struct weft_report_spec spec = {.most_events = 50, .no_graph = true, .profile = r->profile};

    return weft_report_trace(r->trace, r->path, &spec, NULL);
}

Test(report, no_memory_leaves_what_was_there)
{
    static const struct weft_profile_stack stacks[] = {{"read;parse", 3}, {"write", 10}};
    struct reported r = {made_trace(100, 2, false), made_profile(stacks, 2), tempdir_path(dir, "run.html")};
    char *page;

    cr_assert_eq(report(&r), WEFT_OK);
    nomem_everywhere(report, &r);
    page = tempdir_read(r.path, NULL);
    cr_assert(strstr(page, "</html>"));
    free(page);
    free(r.path);
    weft_profile_free(r.profile);
    weft_trace_free(r.trace);
}
