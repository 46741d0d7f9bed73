/* test_process.c - bodies in processes: same results, and a crash fails one task. */
#include <criterion/criterion.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <weft/pool.h>

#include "config.h"
#include "lib/data/builder.h"
#include "lib/data/chunk.h"
#include "tests/support/bodies.h"

static weft_status body_crash(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would report it otherwise */
    if (arg)
        raise(SIGSEGV);
    _exit(7);
}

static weft_status body_pid(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(getpid()));
    return WEFT_OK;
}

static weft_pool *processes(int n)
{
#if WF_TSAN
    cr_skip_test("the thread sanitizer does not follow a fork");
#endif
    return weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = n});
}

Test(process, bodies_run_elsewhere_with_the_same_results)
{
    weft_pool *pool = processes(2);
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3), *t[50];
    weft_task *known = weft_graph_put(g, weft_value_of_i64(1000));
    struct weft_value v[2];
    struct weft_error err;

    for (int i = 0; i < 50; i++)
        t[i] = weft_add(g, body_add, .arg = arg_of(i), .deps = WEFT_DEPS(weft_task_result(three, 1), known));
    t[0] = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = t, .n_deps = 50});
    t[1] = weft_add(g, body_pid);
    for (int round = 0; round < 3; round++) {
        cr_assert_eq(weft_pool_run_many(pool, t, 2, NULL, v, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_value_i64(v[0]), 49 * 50 / 2 + 50 * 1020);
        cr_assert_neq(weft_value_i64(v[1]), getpid());
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(process, a_crash_fails_its_task_and_what_depends_on_it)
{
    weft_pool *pool = processes(2);
    weft_graph *g = weft_graph_new();
    weft_task *bad = weft_add(g, body_crash, .key = "bad", .arg = arg_of(1));
    weft_task *gone = weft_add(g, body_crash, .key = "gone");
    weft_task *on_bad = weft_add(g, body_add, .key = "end", .deps = WEFT_DEPS(bad));
    weft_task *good = weft_add(g, body_add, .arg = arg_of(4));
    struct weft_value v[2];
    struct weft_error err;

    for (int round = 0; round < 3; round++) {
        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){on_bad, good}, 2, NULL, v, &err), WEFT_CRASHED);
        cr_assert(strstr(err.message, "died of signal 11"));
        cr_assert_str_eq(err.chain, "end <- bad");
        cr_assert_eq(weft_value_i64(v[1]), 4);
        cr_assert_eq(weft_pool_run(pool, gone, v, &err), WEFT_CRASHED);
        cr_assert_str_eq(err.message, "the worker process running it ended with exit status 7");
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(process, a_failing_body_tells_its_reason)
{
    weft_pool *pool = processes(1);
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, body_fail, .key = "f"), NULL, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "told to");
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status body_chunk(weft_call *call, void *arg, struct weft_error *err)
{
    const char *const names[] = {"n", "text"};
    const weft_dtype dtypes[] = {WEFT_INT64, WEFT_STRING};
    struct wf_schema *schema = wf_schema_new(2, names, dtypes);
    struct wf_builder numbers, texts;
    struct wf_column *columns[2];

    (void)arg, (void)err;
    wf_builder_init(&numbers, WEFT_INT64);
    wf_builder_init(&texts, WEFT_STRING);
    for (int i = 0; i < 100; i++) {
        const char *text = i % 2 ? "short" : "a text longer than a view";

        if (i % 7 == 0)
            wf_builder_add_null(&numbers);
        else
            wf_builder_add_i64(&numbers, i);
        wf_builder_add_text(&texts, text, (int64_t)strlen(text));
    }
    columns[0] = wf_builder_finish(&numbers);
    columns[1] = wf_builder_finish(&texts);
    weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, wf_chunk_new(schema, 100, columns)));
    wf_schema_release(schema);
    return WEFT_OK;
}

static weft_status body_pass(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;

    (void)arg, (void)err;
    weft_value_retain(weft_call_input(call, 0), &v);
    weft_call_return(call, v);
    return WEFT_OK;
}

Test(process, chunks_travel_both_ways)
{
    weft_pool *pool = processes(2);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_pass, .deps = WEFT_DEPS(weft_add(g, body_chunk)));
    struct weft_error err;
    struct weft_value v;

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_chunk_n_rows(weft_value_chunk(v)), 100);
    cr_assert_eq(weft_chunk_n_nulls(weft_value_chunk(v), 0), 15);
    cr_assert_eq(weft_chunk_i64_at(weft_value_chunk(v), 0, 99), 99);
    cr_assert_eq(memcmp(weft_chunk_text_at(weft_value_chunk(v), 1, 98).ptr, "a text longer than a view", 25), 0);
    weft_value_release(v);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(process, a_value_that_cannot_travel_is_named)
{
    weft_pool *pool = processes(1);
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, body_box), NULL, &err), WEFT_UNSUPPORTED);
    cr_assert_str_eq(err.message, "a box cannot travel between processes: its type has no write and read");
    weft_graph_free(g);
    weft_pool_free(pool);
}
