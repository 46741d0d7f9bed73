#include <criterion/criterion.h>

#include "lib/graph/trace_names.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"

static const struct hand_task tasks[] = {
    {.name = "load", .layer = "read", .layer_id = 1},
    {.name = "load", .layer = "read", .layer_id = 1},
    {.name = "sum", .HAND_DEPS(0)},
    {.name = "load", .layer = "again", .layer_id = 2},
};

Test(trace_names, are_numbered_as_they_come)
{
    weft_trace *t = hand_trace(tasks, 4, 0);
    struct wf_names names;

    cr_assert(wf_names_init(&names, t, false));
    cr_assert_eq(names.n, 2);
    cr_assert_str_eq(names.texts[0], "load");
    cr_assert_str_eq(names.texts[1], "sum");
    cr_assert_arr_eq(names.of, ((uint32_t[]){0, 0, 1, 0}), 4 * sizeof *names.of);
    wf_names_fini(&names);

    cr_assert(wf_names_init(&names, t, true));
    cr_assert_eq(names.n, 3);
    cr_assert_str_eq(names.texts[1], "");
    cr_assert_arr_eq(names.of, ((uint32_t[]){0, 0, 1, 2}), 4 * sizeof *names.of);
    wf_names_fini(&names);
    weft_trace_free(t);
}

static weft_status named(void *arg)
{
    struct wf_names names;
    const bool ok = wf_names_init(&names, arg, false);

    wf_names_fini(&names);
    return ok ? WEFT_OK : WEFT_NOMEM;
}

Test(trace_names, without_memory_are_none_and_leak_nothing)
{
    weft_trace *t = hand_trace(tasks, 4, 0);

    cr_assert_geq(nomem_everywhere(named, t), 3);
    weft_trace_free(t);
}
