/* random_graph.c - graphs of every shape from a seed, for whoever runs graphs to be judged by. */
#include "tests/support/random_graph.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"
#include "tests/support/bodies.h"

enum { RESULTS = 3, FAILS = 1 << 20 };

/* ---- Bodies ---------------------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    return (a ^ (b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccd;
}

static uint64_t number_of(struct weft_value v)
{
    return (uint64_t)(v.type == &type_box ? box_number(v) : weft_value_i64(v));
}

/* Takes the first input over when its argument is odd. Result 1 is a plain number. */
static weft_status body_mix(weft_call *call, void *arg, struct weft_error *err)
{
    const uintptr_t own = (uintptr_t)arg;
    const size_t n = weft_call_n_inputs(call);
    struct weft_value taken = {0};
    uint64_t mixed = mix(n, own);

    if (own & FAILS)
        return weft_error_set(err, WEFT_FAILED, "no %llu", (unsigned long long)own);
    if (n && own % 2 && weft_call_take(call, 0, &taken))
        return weft_error_set(err, WEFT_NOMEM, "cannot take");
    for (size_t i = 0; i < n; i++)
        mixed = mix(mixed, number_of(i == 0 && own % 2 ? taken : weft_call_input(call, i)));
    weft_value_release(taken);
    for (int k = 0; k < RESULTS; k++) {
        const int64_t given = (int64_t)mix(mixed, (uint64_t)k);

        weft_call_return_at(call, k, k == 1 ? weft_value_of_i64(given) : box_of(&type_box, given));
    }
    return WEFT_OK;
}

/* ---- Dice ------------------------------------------------------------------------- */

/* 0 .. n-1 (splitmix64, Steele et al. 2014). */
static size_t dice(struct random_graph *r, size_t n)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (size_t)((z ^ (z >> 31)) % n);
}

/* ---- Tasks ------------------------------------------------------------------------- */

static weft_task *some_result(struct random_graph *r, size_t task)
{
    return weft_task_result(r->tasks[task], (int)dice(r, RESULTS));
}

/* Adds a task that reads some result of each of these, and answers its number. */
static size_t add(struct random_graph *r, const size_t *reads, size_t n)
{
    weft_task **deps = malloc((n + 1) * sizeof(weft_task *));
    const size_t own = dice(r, 1000) | (r->fails && !dice(r, 40) ? FAILS : 0);

    for (size_t i = 0; i < n; i++)
        deps[i] = some_result(r, reads[i]);
    if (!dice(r, 12))
        deps[n++] = weft_graph_put(r->graph, box_of(&type_box, (int64_t)dice(r, 1000)));
    r->tasks[r->n_tasks] = weft_add(r->graph, body_mix, .name = "mix", .arg = arg_of((int64_t)own), .deps = deps,
                                    .n_deps = n, .n_results = RESULTS, .flags = dice(r, 3) ? 0 : WEFT_PURE);
    free(deps);
    return r->n_tasks++;
}

/* ---- Shapes, each of about n tasks --------------------------------------------------- */

static void any_before(struct random_graph *r, size_t n)
{
    const size_t degree = 1 + dice(r, 6);

    for (size_t i = 0; i < n; i++) {
        size_t reads[8], n_reads = 0;

        while (i && n_reads < 8 && dice(r, degree + 1))
            reads[n_reads++] = dice(r, i);
        add(r, reads, n_reads);
    }
}

static void layers(struct random_graph *r, size_t n)
{
    const size_t width = 1 + dice(r, n < 40 ? n : 40), most = 1 + dice(r, 4);

    for (size_t i = 0; i < n; i++) {
        const size_t before = i / width * width; /* where this layer begins */
        size_t reads[4], n_reads = before ? 1 + dice(r, most) : 0;

        for (size_t k = 0; k < n_reads; k++)
            reads[k] = before - width + dice(r, width);
        add(r, reads, n_reads);
    }
}

/* Series and parallel from `head` on, of at most n tasks; answers its last one. */
static size_t nested(struct random_graph *r, size_t head, size_t n)
{
    size_t tails[4], n_tails = 2 + dice(r, 3);

    if (n < 6)
        return add(r, &head, 1);
    if (dice(r, 2))
        return nested(r, nested(r, head, n / 2), n / 2);
    for (size_t k = 0; k < n_tails; k++)
        tails[k] = nested(r, head, (n - 1) / n_tails);
    return add(r, tails, n_tails);
}

static void series_parallel(struct random_graph *r, size_t n)
{
    nested(r, add(r, NULL, 0), n - 1);
}

static void chains(struct random_graph *r, size_t n)
{
    const size_t n_chains = 1 + dice(r, 9);

    for (size_t i = 0; i < n; i++) {
        size_t reads[2], n_reads = 0;

        if (i >= n_chains)
            reads[n_reads++] = i - n_chains;
        if (i && !dice(r, 10))
            reads[n_reads++] = dice(r, i);
        add(r, reads, n_reads);
    }
}

static void tree(struct random_graph *r, size_t n)
{
    const size_t degree = 2 + dice(r, 4), n_leaves = 1 + n * (degree - 1) / degree;
    size_t reads[5], next = 0;

    for (size_t i = 0; i < n_leaves; i++)
        add(r, NULL, 0);
    while (r->n_tasks - next > 1) {
        size_t n_reads = 0;

        while (n_reads < degree && next < r->n_tasks)
            reads[n_reads++] = next++;
        add(r, reads, n_reads);
    }
}

static void wavefront(struct random_graph *r, size_t n)
{
    const size_t side = 1 + dice(r, 20);

    for (size_t i = 0; i < n; i++) {
        size_t reads[2], n_reads = 0;

        if (i >= side)
            reads[n_reads++] = i - side;
        if (i % side)
            reads[n_reads++] = i - 1;
        add(r, reads, n_reads);
    }
}

static void one_to_many_to_one(struct random_graph *r, size_t n)
{
    const size_t n_rounds = 1 + dice(r, 3), width = n / n_rounds < 3 ? 1 : n / n_rounds - 2;
    size_t *all = malloc(width * sizeof *all), last = 0;

    for (size_t round = 0; round < n_rounds; round++) {
        const size_t first = add(r, &last, round ? 1 : 0);

        for (size_t i = 0; i < width; i++)
            all[i] = add(r, &first, 1);
        last = add(r, all, width);
    }
    free(all);
}

static void often_the_same(struct random_graph *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t from = i ? i - 1 - dice(r, i < 5 ? i : 5) : 0;
        const size_t reads[6] = {from, i ? dice(r, i) : 0, from, from, i ? dice(r, i) : 0, from};

        add(r, reads, i ? 1 + dice(r, 6) : 0);
    }
}

/* ---- From outside ------------------------------------------------------------------------ */

void random_graph_init(struct random_graph *r, uint64_t seed, size_t most_tasks)
{
    static void (*const shapes[RANDOM_SHAPES])(struct random_graph *r, size_t n) = {
        any_before, layers, series_parallel, chains, tree, wavefront, one_to_many_to_one, often_the_same,
    };
    size_t n;

    *r = (struct random_graph){.graph = weft_graph_new(), .state = seed * 0xd1342543de82ef95};
    r->fails = dice(r, 2);
    n = 1 + dice(r, most_tasks);
    r->tasks = malloc((2 * n + 8) * sizeof *r->tasks); /* a tree has up to twice its leaves, minus one */
    r->targets = malloc((2 * n + 8) * sizeof *r->targets);
    shapes[seed % RANDOM_SHAPES](r, n);
    cr_assert_leq(r->n_tasks, 2 * n + 8);
    for (size_t i = 0; i + 1 < r->n_tasks; i++)
        if (!dice(r, 4))
            r->targets[r->n_targets++] = some_result(r, i);
    r->targets[r->n_targets++] = some_result(r, r->n_tasks - 1);
}

void random_graph_fini(struct random_graph *r)
{
    weft_graph_free(r->graph);
    free(r->tasks);
    free(r->targets);
}

static uint64_t hash_of(const struct weft_error *err)
{
    const char *const texts[] = {err->message, err->task, err->chain};
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hash = mix(hash, wf_hash(texts[i], strlen(texts[i])));
    return hash;
}

void outcomes_take(weft_future *f, size_t n_targets, struct outcome *out)
{
    for (size_t i = 0; i < n_targets; i++) {
        struct weft_error err;
        struct weft_value v;

        out[i] = (struct outcome){.status = weft_future_take(f, i, &v, &err)};
        if (out[i].status) {
            out[i].why = hash_of(&err);
            continue;
        }
        out[i].number = (int64_t)number_of(v);
        weft_value_release(v);
    }
    weft_future_free(f);
}

void random_graph_run(weft_pool *pool, weft_plan *plan, struct outcome *out)
{
    struct weft_error err;
    weft_future *f;

    cr_assert_eq(weft_pool_submit_plan(pool, plan, NULL, &f, &err), WEFT_OK, "%s", err.message);
    outcomes_take(f, weft_plan_n_targets(plan), out);
}
