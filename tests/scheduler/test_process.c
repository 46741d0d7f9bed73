/* test_process.c - bodies in processes: same results, and a crash fails one task. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
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

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* A number that all processes share. */
static _Atomic int *shared_number(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Waits until two of it run at once, so two workers have a child. */
static weft_status body_meet(weft_call *call, void *arg, struct weft_error *err)
{
    _Atomic int *n = arg;

    (void)call, (void)err;
    for (atomic_fetch_add(n, 1); atomic_load(n) % 2;)
        nap();
    return WEFT_OK;
}

Test(process, a_child_ends_though_a_later_one_knows_its_socket, .timeout = 60)
{
    weft_pool *pool = processes(2);
    weft_graph *g = weft_graph_new();
    _Atomic int *n = shared_number();
    weft_task *both[] = {weft_add(g, body_meet, .arg = (void *)n), weft_add(g, body_meet, .arg = (void *)n)};
    weft_task *one = weft_add(g, body_pid);
    struct weft_error err;

    for (int round = 0; round < 20; round++) {
        cr_assert_eq(weft_pool_run_many(pool, both, 2, NULL, NULL, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_pool_run(pool, one, NULL, &err), WEFT_OK, "%s", err.message);
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* Takes both inputs over; gives their sum and how many it got. */
static weft_status body_take_two(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v[2];

    (void)arg;
    for (size_t i = 0; i < 2; i++)
        if (weft_call_take(call, i, &v[i]))
            return weft_error_set(err, WEFT_EMPTY, "input %zu is gone", i);
    weft_call_return(call, weft_value_of_i64(weft_value_i64(v[0]) + weft_value_i64(v[1])));
    return WEFT_OK;
}

Test(process, an_input_read_twice_can_be_taken_twice)
{
    weft_pool *pool = processes(1);
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .arg = arg_of(21));
    weft_task *t = weft_add(g, body_take_two, .deps = WEFT_DEPS(a, a));
    struct weft_value v;
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_value_i64(v), 42);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* Says that it began, then works until the run wants to stop. */
static weft_status body_until_cancelled(weft_call *call, void *arg, struct weft_error *err)
{
    for (atomic_store((_Atomic int *)arg, 1); !weft_call_is_cancelled(call);)
        nap();
    return weft_error_set(err, WEFT_CANCELLED, "heard it");
}

Test(process, a_body_hears_that_the_run_wants_to_stop, .timeout = 60)
{
    weft_pool *pool = processes(2);
    weft_graph *g = weft_graph_new();
    _Atomic int *began = shared_number();
    weft_task *t = weft_add(g, body_until_cancelled, .arg = (void *)began);
    struct weft_error err;
    weft_future *f;

    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, &err), WEFT_OK);
    while (!atomic_load(began))
        nap();
    weft_future_cancel(f);
    cr_assert_eq(weft_future_take(f, 0, NULL, &err), WEFT_CANCELLED);
    cr_assert_str_eq(err.message, "heard it");
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static void on_signal(int number)
{
    (void)number;
}

/* Leaves behind a process that signals this one while it waits for its next task. */
static weft_status body_signal_later(weft_call *call, void *arg, struct weft_error *err)
{
    const pid_t me = getpid();

    (void)call, (void)arg, (void)err;
    if (fork() == 0) {
        for (int i = 0; i < 50; i++) {
            nap();
            kill(me, SIGUSR1);
        }
        _exit(0);
    }
    return WEFT_OK;
}

static void *slow_copy(void *data)
{
    return data;
}

static void slow_free(void *data)
{
    (void)data;
}

static weft_status slow_write(const void *data, struct weft_sink *sink)
{
    (void)data;
    return sink->write(sink->to, "x", 1);
}

/* While the parent reads the result, the child waits for its next task. */
static weft_status slow_read(void **data, struct weft_source *source)
{
    char x;

    for (int i = 0; i < 30; i++)
        nap();
    *data = NULL;
    return source->read(source->from, &x, 1);
}

static const struct weft_type type_slow = {.name = "slow", .share = slow_copy, .free = slow_free,
                                           .write = slow_write, .read = slow_read};

static weft_status body_signalled(weft_call *call, void *arg, struct weft_error *err)
{
    weft_call_return(call, weft_value_of_ptr(&type_slow, NULL));
    return body_signal_later(call, arg, err);
}

Test(process, a_signal_with_a_handler_ends_no_child)
{
    weft_pool *pool = processes(1);
    weft_graph *g = weft_graph_new();
    weft_task *first = weft_add(g, body_signalled), *then = weft_add(g, body_pid, .deps = WEFT_DEPS(first));
    struct weft_error err;

    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal}, NULL);
    cr_assert_eq(weft_pool_run(pool, then, NULL, &err), WEFT_OK, "%s", err.message);
    weft_graph_free(g);
    weft_pool_free(pool);
}
