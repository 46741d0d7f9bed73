/* test_graphs.c - random graphs with failures, taken inputs and several results: every
 * pool gives what the serial runner gives, values and errors alike. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"
#include "tests/support/scale.h"

enum { MOST = 80 };

/* Mixes all inputs in order, taking the first over; gives two results. */
static weft_status body_mix(weft_call *call, void *arg, struct weft_error *err)
{
    uint64_t mixed = (uint64_t)(intptr_t)arg;
    struct weft_value first = {0};

    if (mixed % 23 == 5)
        return weft_error_set(err, WEFT_FAILED, "no %llu", (unsigned long long)mixed);
    if (weft_call_n_inputs(call) && weft_call_take(call, 0, &first))
        return weft_error_set(err, WEFT_NOMEM, "cannot take");
    mixed = mixed * 31 + (uint64_t)box_number(first);
    for (size_t i = 1; i < weft_call_n_inputs(call); i++)
        mixed = mixed * 31 + (uint64_t)box_number(weft_call_input(call, i));
    weft_value_release(first);
    weft_call_return_at(call, 1, box_of(&type_box, (int64_t)(mixed >> 7)));
    weft_call_return(call, box_of(&type_box, (int64_t)mixed));
    return WEFT_OK;
}

static size_t random_graph(weft_graph *g, unsigned seed, weft_task **t)
{
    const size_t n = 1 + (size_t)rand_r(&seed) % MOST;
    const int degree = 1 + rand_r(&seed) % 5;

    for (size_t i = 0; i < n; i++) {
        weft_task *deps[6];
        size_t n_deps = 0;

        while (i && n_deps < 6 && rand_r(&seed) % (degree + 1))
            deps[n_deps++] = weft_task_result(t[(size_t)rand_r(&seed) % i], rand_r(&seed) % 2);
        if (rand_r(&seed) % 12 == 0) {
            weft_task *known = weft_graph_put(g, box_of(&type_box, rand_r(&seed)));

            deps[n_deps++ % 6] = known;
            n_deps = n_deps > 6 ? 6 : n_deps;
        }
        t[i] = weft_add(g, body_mix, .name = "mix", .arg = arg_of(rand_r(&seed) % 1000), .deps = deps, .n_deps = n_deps,
                        .n_results = 2, .flags = rand_r(&seed) % 3 ? 0 : WEFT_PURE);
    }
    return n;
}

struct outcome {
    weft_status status;
    int64_t     number;
    char        message[64], chain[256];
};

static void run_all(weft_pool *pool, weft_task **t, size_t n, struct outcome *out)
{
    struct weft_error err;
    weft_future *f;

    memset(out, 0, n * sizeof *out);
    cr_assert_eq(weft_pool_submit(pool, t, n, NULL, &f, &err), WEFT_OK, "%s", err.message);
    for (size_t i = 0; i < n; i++) {
        struct weft_value v;

        out[i].status = weft_future_take(f, i, &v, &err);
        if (out[i].status) {
            snprintf(out[i].message, sizeof out[i].message, "%.63s", err.message);
            snprintf(out[i].chain, sizeof out[i].chain, "%.255s", err.chain);
        } else {
            out[i].number = box_number(v);
            weft_value_release(v);
        }
    }
    weft_future_free(f);
}

Test(graphs, every_pool_agrees_with_the_serial_runner, .timeout = 280)
{
    const int workers[] = {1, 2, 3, 7, 16};
    const int64_t rounds = test_scaled(2000);
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_pool *pools[5];
    int64_t n_failed = 0, n_good = 0;

    for (int w = 0; w < 5; w++)
        pools[w] = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w]});
    boxes_live = 0;
    for (unsigned seed = 1; seed <= rounds; seed++) {
        weft_graph *g = weft_graph_new();
        struct outcome right[MOST], got[MOST];
        weft_task *t[MOST];
        const size_t n = random_graph(g, seed, t);

        run_all(serial, t, n, right);
        for (int w = 0; w < 5; w++) {
            run_all(pools[w], t, n, got);
            for (size_t i = 0; i < n; i++)
                cr_assert_eq(memcmp(&right[i], &got[i], sizeof *got), 0,
                             "seed %u, %d workers, task %zu: status %d, %lld, %s, %s; serially %d, %lld, %s, %s", seed,
                             workers[w], i, got[i].status, (long long)got[i].number, got[i].message, got[i].chain,
                             right[i].status, (long long)right[i].number, right[i].message, right[i].chain);
        }
        for (size_t i = 0; i < n; i++)
            n_failed += right[i].status != WEFT_OK, n_good += right[i].status == WEFT_OK;
        weft_graph_free(g);
        cr_assert_eq(boxes_live, 0, "seed %u leaves %lld boxes", seed, (long long)boxes_live);
    }
    cr_assert(n_failed > rounds && n_good > rounds); /* both sides were tried */
    for (int w = 0; w < 5; w++)
        weft_pool_free(pools[w]);
    weft_pool_free(serial);
}
