#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>
#include <weft/report.h>

#include "lib/graph/trace.h"
#include "tests/dash/made_trace.h"
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

Test(report, figures_are_those_of_the_analysis)
{
    weft_trace *t = made_trace(500, 4, false);
    weft_analysis *a;
    const struct weft_stats *s;
    json_t *data = data_of(t, NULL), *stats = json_object_get(data, "stats");

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    s = weft_analysis_stats(a);
    cr_assert_eq(figure(stats, "n_tasks"), (int64_t)s->n_tasks);
    cr_assert_eq(figure(stats, "n_edges"), (int64_t)s->n_edges);
    cr_assert_eq(figure(stats, "work_ns"), s->work_ns);
    cr_assert_eq(figure(stats, "span_ns"), s->span_ns);
    cr_assert_eq(figure(stats, "makespan_ns"), s->makespan_ns);
    cr_assert_eq(figure(stats, "n_workers"), 4);
    cr_assert_float_eq(json_number_value(json_object_get(stats, "parallelism")), s->parallelism, 1e-6 * s->parallelism);
    cr_assert_eq((size_t)figure(json_object_get(data, "critical"), "n"), weft_analysis_n_critical(a));
    cr_assert_eq(json_array_size(json_object_get(data, "workers")), 4);
    cr_assert_eq(json_array_size(json_object_get(data, "runs")), 2);
    cr_assert_eq(json_array_size(json_object_get(json_object_get(data, "samples"), "cores")), 240);
    json_decref(data);
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
    cr_assert_eq(json_array_size(json_object_get(data, "functions")), 0);
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

struct reported {
    weft_trace *trace;
    char       *path;
};

static weft_status report(void *arg)
{
    const struct reported *r = arg;
    struct weft_report_spec spec = {.most_events = 50, .no_graph = true};

    return weft_report_trace(r->trace, r->path, &spec, NULL);
}

Test(report, no_memory_leaves_what_was_there)
{
    struct reported r = {made_trace(100, 2, false), tempdir_path(dir, "run.html")};
    char *page;

    cr_assert_eq(report(&r), WEFT_OK);
    nomem_everywhere(report, &r);
    page = tempdir_read(r.path, NULL);
    cr_assert(strstr(page, "</html>"));
    free(page);
    free(r.path);
    weft_trace_free(r.trace);
}
