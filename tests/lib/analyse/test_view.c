#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>

#include "config.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"

#if WF_HAVE_JANSSON
#include <jansson.h>
#endif

/* What is printed; the caller's to free(). */
static char *printed(const weft_trace *t, enum weft_view view, enum weft_form form)
{
    weft_analysis *a = NULL;
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert(to);
    cr_assert(!weft_analyse_with(&a, t, &(struct weft_analyse_spec){.burden_ns = -1}, NULL));
    cr_assert(!weft_analysis_print_view(a, view, form, to, NULL));
    fclose(to);
    weft_analysis_free(a);
    return text;
}

static void assert_printed(const weft_trace *t, enum weft_view view, enum weft_form form, const char *expected)
{
    char *text = printed(t, view, form);

    cr_assert_str_eq(text, expected);
    free(text);
}

/*  0 | load 0..100 | parse 100..400              | sum 410..510 |
 *  1 |             | check 100..200 |                                    */
static const struct hand_task four[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 100, .result_bytes = 64},
    {.name = "parse", .HAND_DEPS(0), .begin_ns = 100, .end_ns = 400},
    {.name = "check", .HAND_DEPS(0), .begin_ns = 100, .end_ns = 200, .worker = 1},
    {.name = "sum", .HAND_DEPS(1, 2), .begin_ns = 410, .end_ns = 510},
};

Test(view, of_the_critical_path_tells_length_and_drag)
{
    weft_trace *t = hand_trace(four, 4, 2);

    assert_printed(t, WEFT_VIEW_CRITICAL, WEFT_FORM_TEXT,
                   "task  length   share    drag  worker  function  key\n"
                   "   0  100 ns  20.0 %  100 ns       0  load      load-0\n"
                   "   1  300 ns  60.0 %  200 ns       0  parse     parse-1\n"
                   "   3  100 ns  20.0 %  100 ns       0  sum       sum-3\n");
    assert_printed(t, WEFT_VIEW_CRITICAL, WEFT_FORM_CSV,
                   "task,run,length_ns,share,drag_ns,worker,function,key\n"
                   "0,0,100,0.2,100,0,load,load-0\n"
                   "1,0,300,0.6,200,0,parse,parse-1\n"
                   "3,0,100,0.2,100,0,sum,sum-3\n");
    weft_trace_free(t);
}

Test(view, of_workers_tells_shares_and_leaves_out_what_there_is_none_of)
{
    weft_trace *t = hand_trace(four, 4, 2);

    assert_printed(t, WEFT_VIEW_WORKERS, WEFT_FORM_TEXT,
                   "worker  execution  scheduling  stealing    idle  unfound  before   after     wall  tasks  steals\n"
                   "     0     98.0 %       2.0 %     0.0 %   0.0 %    0.0 %   0.0 %   0.0 %   510 ns      3       0\n"
                   "     1     19.6 %       0.0 %     0.0 %  80.4 %    2.0 %  19.6 %  58.8 %   510 ns      1       0\n"
                   "   all     58.8 %       1.0 %     0.0 %  40.2 %    1.0 %   9.8 %  29.4 %  1.02 us      4       0\n");
    weft_trace_free(t);
}

Test(view, of_results_tells_when_each_was_stored_and_freed)
{
    weft_trace *t = hand_trace(four, 4, 2);

    assert_printed(t, WEFT_VIEW_RESULTS, WEFT_FORM_CSV,
                   "task,result_bytes,stored_ns,freed_ns,held_ns,target,key\n"
                   "0,64,100,400,300,false,load-0\n"
                   "1,0,400,510,110,false,parse-1\n"
                   "2,0,200,510,310,false,check-2\n"
                   "3,0,510,510,0,false,sum-3\n");
    weft_trace_free(t);
}

Test(view, of_scaling_answers_the_questions_of_the_lecture)
{
    const struct hand_task six[] = {
        {.name = "T1"}, {.name = "T2"}, {.name = "T3"},
        {.name = "T4", .HAND_DEPS(0)}, {.name = "T5", .HAND_DEPS(1)},
        {.name = "T6", .HAND_DEPS(3, 4)}};
    weft_trace *t = hand_trace(six, 6, 0);

    assert_printed(t, WEFT_VIEW_SCALING, WEFT_FORM_TEXT,
                   "workers  at least  greedy  at most  speed-up  efficiency\n"
                   "      1         6       6        6      1.00     100.0 %\n"
                   "      2         3       3        4      2.00     100.0 %\n");
    weft_trace_free(t);
}

Test(view, of_the_stages_is_in_per_cent_of_the_time_of_bodies)
{
    static const struct hand_task one[] = {{.name = "a"}};
    static const struct weft_event events[] = {
        {.begin_ns = 0, .end_ns = 2, .kind = WEFT_EVENT_SEND}, {.begin_ns = 2, .end_ns = 1002},
        {.begin_ns = 1002, .end_ns = 1023, .kind = WEFT_EVENT_RECEIVE},
        {.begin_ns = 1023, .end_ns = 1033, .kind = WEFT_EVENT_SPILL, .task = UINT32_MAX}};
    weft_trace *t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 1, .events = events, .n_events = 4});
    char *text = printed(t, WEFT_VIEW_SPARKLING, WEFT_FORM_CSV);

    cr_assert(strstr(text, "map exec,1000,1,bodies ran\n"));
    cr_assert(strstr(text, "map deserialize func,0,0,"));
    cr_assert(strstr(text, "driver serialize data,2,0.002,"));
    cr_assert(strstr(text, "driver deserialize data,21,0.021,"));
    cr_assert(strstr(text, "driver cache join,10,0.01,"));
    free(text);
    weft_trace_free(t);
}

Test(view, of_a_graph_that_has_not_run_leaves_times_out)
{
    weft_trace *t = hand_trace(four, 4, 0);

    assert_printed(t, WEFT_VIEW_CRITICAL, WEFT_FORM_CSV,
                   "task,run,length_ns,share,drag_ns,worker,function,key\n"
                   "0,0,,0.333333333,,,load,load-0\n1,0,,0.333333333,,,parse,parse-1\n3,0,,0.333333333,,,sum,sum-3\n");
    for (int view = 0; view < WEFT_N_VIEWS; view++)
        free(printed(t, (enum weft_view)view, WEFT_FORM_TEXT));
    weft_trace_free(t);
}

#if WF_HAVE_JANSSON
Test(view, of_any_trace_is_json)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        weft_trace *t = hand_trace_random(seed);
        weft_analysis *a = NULL;
        char *text = NULL;
        size_t n;
        FILE *to = open_memstream(&text, &n);
        json_error_t why;
        json_t *json;

        cr_assert(!weft_analyse_trace(&a, t, NULL));
        cr_assert(!weft_analysis_print_json(a, true, to, NULL));
        fclose(to);
        json = json_loadb(text, n, 0, &why);
        cr_assert(json, "seed %zu: %s at %d", (size_t)seed, why.text, why.position);
        cr_assert_eq(json_array_size(json_object_get(json, "tasks")), weft_trace_n_tasks(t));
        cr_assert_eq(json_array_size(json_object_get(json, "realised")), weft_analysis_n_path(a));
        cr_assert_eq(json_integer_value(json_object_get(json_object_get(json, "stats"), "work_ns")), weft_analysis_stats(a)->work_ns);
        json_decref(json);
        free(text);
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
#endif

Test(view, that_cannot_be_written_says_so)
{
    weft_trace *t = hand_trace(four, 4, 2);
    weft_analysis *a = NULL;
    FILE *to = fopen("/dev/full", "w");

    if (!to)
        cr_skip_test("there is no /dev/full");
    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert_eq(weft_analysis_print_view(a, WEFT_VIEW_TASKS, WEFT_FORM_CSV, to, NULL), WEFT_IO);
    fclose(to);
    weft_analysis_free(a);
    weft_trace_free(t);
}

static weft_status print_everything(void *arg)
{
    weft_analysis *a = NULL;
    FILE *to = fopen("/dev/null", "w");
    weft_status st = weft_analyse_trace(&a, arg, NULL);

    cr_assert(to);
    if (!st)
        st = weft_analysis_print_json(a, true, to, NULL);
    if (!st)
        weft_analysis_print(a, to);
    weft_analysis_free(a);
    fclose(to);
    return st;
}

Test(view, without_memory_gives_nothing_and_leaks_nothing)
{
    weft_trace *t = hand_trace(four, 4, 2);

    cr_assert_geq(nomem_everywhere(print_everything, t), 60);
    weft_trace_free(t);
}
