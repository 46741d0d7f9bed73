#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/graph/chains.h"
#include "tests/support/nomem.h"

/* ---- Graphs ------------------------------------------------------------------- */

enum { MOST = 4000, MOST_READS = 5 };

struct dag {
    uint32_t n;
    uint32_t n_reads[MOST], reads[MOST][MOST_READS];
    int64_t  cost[MOST];
    uint32_t rank[MOST]; /* of two ready tasks the one of smaller rank begins first */
};

static uint64_t dice(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15;
    uint64_t x = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9;

    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static uint32_t below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(dice(state) % n);
}

static void read_one(struct dag *d, uint32_t i, uint32_t u)
{
    for (uint32_t k = 0; k < d->n_reads[i]; k++)
        if (d->reads[i][k] == u)
            return;
    if (d->n_reads[i] < MOST_READS)
        d->reads[i][d->n_reads[i]++] = u;
}

/* seed % 5: 0 any task may read any before it, 1 layers, 2 chains with cross links,
 * 3 a tree that sums, 4 one to many to one, again and again. */
static void make_dag(struct dag *d, uint64_t seed, uint32_t n)
{
    uint64_t s = seed;
    const uint32_t wide = 1 + below(&s, n > 200 ? 40 : 8), links = below(&s, 4);

    d->n = n;
    for (uint32_t i = 0; i < n; i++) {
        d->n_reads[i] = 0;
        d->cost[i] = 1 + below(&s, 20);
        d->rank[i] = (uint32_t)dice(&s);
        if (seed % 5 == 0)
            for (uint32_t k = below(&s, links + 2); i && k; k--)
                read_one(d, i, below(&s, i));
        else if (seed % 5 == 1)
            for (uint32_t k = 0; i >= wide && k <= links; k++)
                read_one(d, i, i / wide * wide - 1 - below(&s, wide));
        else if (seed % 5 == 2 && i >= wide) {
            read_one(d, i, i - wide);
            if (links && below(&s, 3) == 0)
                read_one(d, i, below(&s, i));
        } else if (seed % 5 == 3 && i >= (n + 1) / 2) {
            read_one(d, i, 2 * (i - (n + 1) / 2));
            read_one(d, i, 2 * (i - (n + 1) / 2) + 1 < i ? 2 * (i - (n + 1) / 2) + 1 : i - 1);
        } else if (seed % 5 == 4 && i) {
            const uint32_t at = i % (wide + 1);

            if (at)
                read_one(d, i, i - at);
            else
                for (uint32_t k = 1; k <= wide; k++)
                    read_one(d, i, i - k);
        }
    }
}

/* Given. */
static struct wf_chains *chains_of(const struct dag *d)
{
    uint32_t *first = wf_alloc_array(d->n + 1, sizeof *first), *preds, n = 0;
    struct wf_chains *c;

    for (uint32_t i = 0; i < d->n; i++) {
        first[i] = n;
        n += d->n_reads[i];
    }
    first[d->n] = n;
    preds = wf_alloc_array(n, sizeof *preds);
    for (uint32_t i = 0; i < d->n; i++)
        memcpy(preds + first[i], d->reads[i], d->n_reads[i] * sizeof *preds);
    cr_assert(!wf_chains_new(&c, d->n, first, preds, NULL));
    return c;
}

/* ---- The plain width ------------------------------------------------------------ */

/* The largest set of unfinished tasks none of which depends on another: by trying them
 * all. `masks[i]` is all that task i depends on. */
static int widest(const uint32_t *masks, uint32_t left, uint32_t taken)
{
    uint32_t i;
    int with, without;

    if (!left)
        return __builtin_popcount(taken);
    i = (uint32_t)__builtin_ctz(left);
    left &= left - 1;
    without = widest(masks, left, taken);
    if (masks[i] & taken)
        return without;
    with = widest(masks, left, taken | 1u << i);
    return with > without ? with : without;
}

static void close_masks(const struct dag *d, uint32_t *masks)
{
    for (uint32_t i = 0; i < d->n; i++) {
        masks[i] = 0;
        for (uint32_t k = 0; k < d->n_reads[i]; k++)
            masks[i] |= masks[d->reads[i][k]] | 1u << d->reads[i][k];
    }
}

Test(chains, are_as_many_as_the_width_of_what_is_unfinished)
{
    static struct dag d;

    for (uint64_t seed = 0; seed < 3000; seed++) {
        uint32_t masks[12], left, n = 1 + (uint32_t)(seed / 5 % 12);
        uint64_t s = ~seed;
        struct wf_chains *c;

        make_dag(&d, seed, n);
        close_masks(&d, masks);
        c = chains_of(&d);
        left = (1u << n) - 1;
        while (left) {
            uint32_t i;

            cr_assert_eq((int)c->n_chains, widest(masks, left, 0), "seed %d, left %x: %u chains", (int)seed, left, c->n_chains);
            do
                i = below(&s, n);
            while (!(left >> i & 1) || (masks[i] & left));
            wf_chains_end(c, i);
            left &= ~(1u << i);
        }
        cr_assert_eq(c->n_chains, 0);
        wf_chains_free(c);
    }
}

/* ---- Running by a list ---------------------------------------------------------- */

struct outcome {
    int64_t  makespan, saved;
    uint32_t n_least; /* workers left before the last task ended */
    bool     too_few; /* a ready task waited for a released worker */
};

/* A ready task begins as soon as a worker is free, by rank. `fewer` < 0: no worker is
 * released; else so many more than may be, but for the last. */
static struct outcome play(const struct dag *d, int n_workers, int fewer)
{
    static int64_t end[MOST];
    static uint32_t waits[MOST];
    static bool begun[MOST], ended[MOST];
    struct wf_chains *c = fewer >= 0 ? chains_of(d) : NULL;
    struct outcome o = {0};
    int64_t now = 0;
    int active = n_workers, busy = 0;
    uint32_t n_ended = 0;

    for (uint32_t i = 0; i < d->n; i++) {
        begun[i] = ended[i] = false;
        waits[i] = d->n_reads[i];
    }
    while (n_ended < d->n) {
        int64_t next = INT64_MAX;

        while (c && c->n_chains && active > 1 && active > (int)c->n_chains - fewer && active > busy) {
            active--;
            o.saved -= now;
        }
        for (;;) {
            uint32_t best = UINT32_MAX;

            for (uint32_t i = 0; i < d->n; i++)
                if (!begun[i] && !waits[i] && (best == UINT32_MAX || d->rank[i] < d->rank[best]))
                    best = i;
            if (best == UINT32_MAX)
                break;
            if (busy == active) {
                o.too_few |= active < n_workers;
                break;
            }
            begun[best] = true;
            end[best] = now + d->cost[best];
            busy++;
        }
        for (uint32_t i = 0; i < d->n; i++)
            if (begun[i] && !ended[i] && end[i] < next)
                next = end[i];
        cr_assert_lt(next, INT64_MAX);
        now = next;
        for (uint32_t i = 0; i < d->n; i++)
            if (begun[i] && !ended[i] && end[i] == now) {
                ended[i] = true;
                busy--;
                n_ended++;
                for (uint32_t j = i + 1; j < d->n; j++)
                    for (uint32_t k = 0; k < d->n_reads[j]; k++)
                        waits[j] -= d->reads[j][k] == i;
                if (c)
                    wf_chains_end(c, i);
            }
    }
    o.makespan = now;
    o.n_least = (uint32_t)active;
    o.saved += (n_workers - active) * now;
    wf_chains_free(c);
    return o;
}

Test(chains, releasing_workers_by_them_lengthens_no_run_of_10000_graphs)
{
    static struct dag d;
    int n_released = 0, n_longer = 0;

    for (uint64_t seed = 0; seed < 10000; seed++) {
        const uint32_t n = 2 + (uint32_t)(seed * 7 % 40);
        const int n_workers = 1 + (int)(seed % 9);
        struct outcome all, fewer, too_few;

        make_dag(&d, seed, n);
        all = play(&d, n_workers, -1);
        fewer = play(&d, n_workers, 0);
        too_few = play(&d, n_workers, 1);
        cr_assert_eq(fewer.makespan, all.makespan, "seed %d on %d workers: %lld becomes %lld", (int)seed, n_workers,
                     (long long)all.makespan, (long long)fewer.makespan);
        cr_assert(!fewer.too_few, "seed %d", (int)seed);
        cr_assert_geq(fewer.saved, 0);
        n_released += fewer.saved > 0;
        n_longer += too_few.makespan > all.makespan;
    }
    /* The promise is not kept by releasing nobody, nor would one worker less do. */
    cr_expect_gt(n_released, 5000, "%d", n_released);
    cr_expect_gt(n_longer, 1000, "%d", n_longer);
}

Test(chains, of_big_graphs_bound_the_width_and_become_it_at_the_end)
{
    static struct dag d;

    for (uint64_t seed = 0; seed < 10; seed++) {
        struct outcome all, fewer;

        make_dag(&d, seed, seed < 5 ? 1100 : 2500);
        all = play(&d, 16, -1);
        fewer = play(&d, 16, 0);
        cr_assert_eq(fewer.makespan, all.makespan);
        cr_assert(!fewer.too_few);
    }
}

/* After a big graph's tasks have ended one by one in their order, down to few, the
 * chains are those of the rest alone. */
Test(chains, of_what_is_left_of_a_big_graph_are_those_of_that_graph_alone)
{
    static struct dag d, rest;

    for (uint64_t seed = 0; seed < 10; seed++) {
        const uint32_t n = 3000, at = n - WF_CHAINS_EXACT;
        struct wf_chains *c, *alone;

        make_dag(&d, seed, n);
        c = chains_of(&d);
        for (uint32_t i = 0; i < at; i++)
            wf_chains_end(c, i);
        rest.n = n - at;
        for (uint32_t i = at; i < n; i++) {
            rest.n_reads[i - at] = 0;
            for (uint32_t k = 0; k < d.n_reads[i]; k++)
                if (d.reads[i][k] >= at)
                    read_one(&rest, i - at, d.reads[i][k] - at);
        }
        alone = chains_of(&rest);
        for (uint32_t i = 0; i < rest.n; i++) {
            cr_assert_eq(c->n_chains, alone->n_chains, "seed %d: %u, alone %u", (int)seed, c->n_chains, alone->n_chains);
            wf_chains_end(c, i + at);
            wf_chains_end(alone, i);
        }
        wf_chains_free(c);
        wf_chains_free(alone);
    }
}

/* 0 -> 3 -+
 * 1 -> 4 -+-> 5       2 is alone. */
Test(chains, of_six_tasks_end_as_they_do_by_hand)
{
    static struct dag d = {.n = 6, .n_reads = {0, 0, 0, 1, 1, 2}, .reads = {[3] = {0}, [4] = {1}, [5] = {3, 4}}};
    static const uint32_t order[] = {2, 0, 1, 3, 4, 5}, left[] = {2, 2, 2, 1, 1, 0};
    struct wf_chains *c = chains_of(&d);

    cr_assert_eq(c->n_chains, 3);
    for (int k = 0; k < 6; k++) {
        wf_chains_end(c, order[k]);
        cr_assert_eq(c->n_chains, left[k], "after task %u: %u", order[k] + 1, c->n_chains);
    }
    wf_chains_free(c);
}

/* T1, T2, T3 take 4, 6, 3; T4, T5 take 3, 4; T6 takes 2, on three workers:
 *
 *     0         3   4       6 7         10    12
 *     T1 . . . . . |T4 . . . |
 *     T2 . . . . . . . . . |T5 . . . . |T6 . |
 *     T3 . . . |
 *
 * The worker of T3 goes at 3 and saves 9, that of T4 at 7 and saves 5. */
Test(chains, of_six_tasks_save_what_they_do_by_hand)
{
    static struct dag d = {.n = 6, .n_reads = {0, 0, 0, 1, 1, 2}, .reads = {[3] = {0}, [4] = {1}, [5] = {3, 4}},
                           .cost = {4, 6, 3, 3, 4, 2}, .rank = {0, 1, 2, 3, 4, 5}};
    const struct outcome o = play(&d, 3, 0);

    cr_assert_eq(o.makespan, 12);
    cr_assert_eq(o.saved, 9 + 5);
    cr_assert_eq(o.n_least, 1);
}

static weft_status make_and_end(void *arg)
{
    const uint32_t n = *(const uint32_t *)arg;
    uint32_t *first = wf_alloc_zero(n + 1, sizeof *first), *preds = wf_alloc_array(1, sizeof *preds);
    struct wf_chains *c;
    weft_status st = WEFT_NOMEM;

    if (!first || !preds) {
        wf_free(first);
        wf_free(preds);
        return st;
    }
    st = wf_chains_new(&c, n, first, preds, NULL);
    if (st)
        return st;
    for (uint32_t i = 0; i < n; i++)
        wf_chains_end(c, i);
    st = c->n_chains ? WEFT_INVALID : WEFT_OK;
    wf_chains_free(c);
    return st;
}

Test(chains, without_memory_are_not_made_or_bound_less_closely)
{
    nomem_everywhere(make_and_end, &(uint32_t){20});
    nomem_everywhere(make_and_end, &(uint32_t){WF_CHAINS_EXACT + 20});
}
