#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/predict.h>

#include "tests/support/hand_trace.h"

enum { MS = 1000000, TICK = 10 };
static const struct hand_task four[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 1 * MS + TICK},
    {.name = "work \"a\\b\"", .HAND_DEPS(0), .begin_ns = 2 * MS, .end_ns = 6 * MS + TICK},
    {.name = "work \"a\\b\"", .HAND_DEPS(0), .begin_ns = 6 * MS + 20, .end_ns = 10 * MS + 20 + TICK},
    {.name = "sum\xff", .HAND_DEPS(1, 2), .begin_ns = 11 * MS, .end_ns = 12 * MS + TICK},
};

/* All of it: two counts of workers, with and without a faster task, and what is worth it. To be freed. */
static char *printed(bool json, bool all)
{
    const struct weft_faster f = {.what = "load", .times = 2};
    const struct weft_predict_spec spec = {.ideal = true, .faster = &f, .n_faster = all};
    weft_trace *t = hand_trace(four, 4, 1);
    weft_predictor *p = NULL, *before = NULL;
    struct weft_forecast now[2], was[2], again;
    struct weft_worth worth[3];
    struct weft_prediction what = {.forecasts = now, .n_forecasts = all ? 2 : 0, .as_traced = all ? was : NULL, .worth = worth, .worth_at = 2};
    char *text = NULL;
    size_t n_text;
    FILE *to = open_memstream(&text, &n_text);

    cr_assert(to);
    cr_assert(!weft_predictor_new(&p, t, &spec, NULL));
    cr_assert(!weft_predictor_new(&before, t, &(struct weft_predict_spec){.ideal = true}, NULL));
    for (int i = 0; i < 2; i++) {
        cr_assert(!weft_predictor_at(p, i ? 4 : 1, &now[i], NULL));
        cr_assert(!weft_predictor_at(before, i ? 4 : 1, &was[i], NULL));
    }
    cr_assert(!weft_predictor_at(before, 1, &again, NULL));
    what.again = all ? &again : NULL;
    if (all)
        cr_assert(!weft_predictor_worth(p, 2, false, 3, worth, &what.n_worth, NULL) && !weft_predictor_below(p, 0.5, 4, &what.half_from, NULL));
    (json ? weft_prediction_print_json : weft_prediction_print)(p, &what, to);
    fclose(to);
    weft_predictor_free(p);
    weft_predictor_free(before);
    weft_trace_free(t);
    return text;
}

Test(predict_print, in_words_tells_all_that_was_asked)
{
    char *text = printed(false, true);
    const char *const expected =
        "4 tasks, traced on 1 worker in 12.0 ms\n"
        "work 9.50 ms, span 5.50 ms, parallelism 1.7; 1.7 with what handing out work takes\n"
        "handing out a task takes 0 ns, a steal 0 ns, a wake 0 ns\n"
        "replayed on the 1 worker of the trace it takes 10.0 ms, 16.7 % less than it took\n"
        "\n"
        "workers   makespan  interval               speed-up  efficiency   busy   at least    at most   burdened\n"
        "      1    9.50 ms                             1.00       100 %  100 %    9.50 ms    15.0 ms    15.0 ms\n"
        "      4    5.50 ms                             1.73        43 %   43 %    5.50 ms    7.88 ms    7.88 ms\n"
        "\n"
        "From 4 workers on the efficiency is below 50 %. The knee is at 1: 1.0 times as fast, at 100 % efficiency.\n"
        "\n"
        "workers  as traced       then     change\n"
        "      1    10.0 ms    9.50 ms     -5.0 %\n"
        "      4    6.00 ms    5.50 ms     -8.3 %\n"
        "\n"
        "worth making faster, on 2 workers\n"
        "   twice as fast   for nothing   of the work      tasks  name\n"
        "         -36.4 %       -72.7 %        84.2 %          2  work \"a\\b\"\n"
        "          -9.1 %       -18.2 %        10.5 %          1  sum\xff\n"
        "          -4.5 %        -9.1 %         5.3 %          1  load\n";

    cr_assert_str_eq(text, expected, "%s", text);
    free(text);
}

Test(predict_print, in_words_tells_nothing_that_was_not_asked)
{
    char *text = printed(false, false);

    cr_assert_null(strstr(text, "workers   "));
    cr_assert_null(strstr(text, "worth"));
    free(text);
}

/* Braces and brackets that open are closed, outside of texts, and there is one object. */
static bool is_closed(const char *text)
{
    int depth = 0;
    bool in_text = false;

    for (; *text; text++) {
        if (in_text && *text == '\\')
            text++;
        else if (*text == '"')
            in_text = !in_text;
        else if (!in_text)
            depth += (*text == '{' || *text == '[') - (*text == '}' || *text == ']');
    }
    return !depth && !in_text;
}

Test(predict_print, as_json_has_the_same)
{
    static const char *const parts[] = {
        "\"work_ns\": 9500000,", "\"span_ns\": 5500000,", "{\"workers\": 4, \"makespan_ns\": 5500000, \"least_ns\": 5500000,",
        "\"knee\": 1, \"half_from\": 4", "\"as_traced\": [", "\"again\": [", "\"worth\": {\"workers\": 2, \"names\": [",
        "{\"name\": \"work \\\"a\\\\b\\\"\", \"tasks\": 2, \"share\": 0.842105,", "{\"name\": \"sum\\ufffd\",",
    };
    char *text = printed(true, true), *less = printed(true, false);

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_assert(strstr(text, parts[i]), "no %s in %s", parts[i], text);
    cr_assert(is_closed(text), "%s", text);
    cr_assert(is_closed(less), "%s", less);
    cr_assert_null(strstr(less, "forecasts"));
    free(text);
    free(less);
}
