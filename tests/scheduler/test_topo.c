/* test_topo.c - binding plans and distances on machines we do not have. */
#include "scheduler/topo.h"

#include <criterion/criterion.h>
#include <hwloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static struct wf_topo *made(const char *synthetic)
{
    struct wf_topo *t = NULL;
    struct weft_error err = {0};

    cr_assert_eq(wf_topo_new(&t, synthetic, &err), WEFT_OK, "%s: %s", synthetic, err.message);
    return t;
}

/* Workers 0, 1, ... sit on these PUs. */
#define EXPECT_PLAN(t, ...)                                                              \
    do {                                                                                 \
        const int want_[] = {__VA_ARGS__};                                               \
        int plan_[sizeof want_ / sizeof *want_];                                         \
        wf_topo_place(t, (int)(sizeof want_ / sizeof *want_), plan_);                    \
        for (size_t w_ = 0; w_ < sizeof want_ / sizeof *want_; w_++)                     \
            cr_expect_eq(plan_[w_], want_[w_], "worker %zu on PU %d, not %d", w_, plan_[w_], want_[w_]); \
    } while (0)

/* Two nodes, each with two L3, each with two cores of two threads:
 *
 *   node      0                               1
 *   L3        0               1               2               3
 *   core      0       1       2       3       4       5       6       7
 *   PU        0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15          */
#define TWO_NODES "pack:2 [numa] l3:2 core:2 pu:2"

Test(topo, counts_every_level_of_a_machine)
{
    struct wf_topo *t = made(TWO_NODES);

    cr_assert_eq(wf_topo_n_pus(t), 16);
    cr_assert_eq(wf_topo_n_cores(t), 8);
    cr_assert_eq(t->n_l3, 4);
    cr_assert_eq(t->n_nodes, 2);
    cr_assert_eq(t->n_packages, 2);
    cr_assert_eq(t->max_threads, 2);
    wf_topo_free(t);
}

Test(topo, by_default_there_is_one_worker_per_core)
{
    struct wf_topo *t = made(TWO_NODES);

    cr_assert_eq(wf_topo_n_workers(t), 8);
    wf_topo_free(t);
}

Test(topo, a_quota_bounds_the_default_number_of_workers_rounded_up)
{
    struct wf_topo *t = made(TWO_NODES);
    const struct { double quota; int workers; } cases[] = {
        {0, 8}, {0.1, 1}, {1, 1}, {1.5, 2}, {2, 2}, {7.01, 8}, {64, 8},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        t->quota_cores = cases[i].quota;
        cr_expect_eq(wf_topo_n_workers(t), cases[i].workers, "quota %g: %d workers", cases[i].quota,
                     wf_topo_n_workers(t));
    }
    wf_topo_free(t);
}

Test(topo, workers_take_one_core_each_before_any_core_has_two)
{
    struct wf_topo *t = made(TWO_NODES);

    EXPECT_PLAN(t, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    wf_topo_free(t);
}

Test(topo, few_workers_sit_together)
{
    struct wf_topo *t = made(TWO_NODES);

    EXPECT_PLAN(t, 0, 2);
    wf_topo_free(t);
}

Test(topo, more_workers_than_pus_go_round_again)
{
    struct wf_topo *t = made("core:2 pu:2");

    EXPECT_PLAN(t, 0, 2, 1, 3, 0, 2, 1, 3, 0);
    wf_topo_free(t);
}

/* Where 1, 2, 8, 16, 32 and 40 workers sit: a smaller pool as the first of a bigger one. */
static void expect_plans(const char *machine, const int *want)
{
    const int sizes[] = {1, 2, 8, 16, 32, 40};
    struct wf_topo *t = made(machine);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int plan[40];

        wf_topo_place(t, sizes[i], plan);
        for (int w = 0; w < sizes[i]; w++)
            cr_expect_eq(plan[w], want[w], "%s, %d workers: %d on PU %d, not %d", machine, sizes[i], w, plan[w], want[w]);
    }
    wf_topo_free(t);
}

Test(topo, sixteen_cores_of_two_threads_fill_up_in_the_order_of_their_caches)
{
    /* Two nodes of two L3 of four cores; one node of four L3 of four; eight L3 of two. */
    const char *const machines[] = {"node:2 l3:2 core:4 pu:2", "pack:1 [numa] l3:4 core:4 pu:2", "pack:2 l3:4 core:2 pu:2"};
    static const int plan[40] = {
        0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, /* the first thread of each core */
        1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, /* the second */
        0, 2, 4, 6, 8, 10, 12, 14,                                 /* and round again */
    };

    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        expect_plans(machines[i], plan);
}

Test(topo, cores_of_four_threads_get_one_worker_each_then_two)
{
    static const int plan[40] = {
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12,
        1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13,
    };

    expect_plans("pack:2 core:2 pu:4", plan);
}

Test(topo, cores_of_one_thread_are_taken_as_they_lie)
{
    int plan[40];

    for (int w = 0; w < 40; w++)
        plan[w] = w % 24;
    expect_plans("pack:2 [numa] l3:3 core:4 pu:1", plan);
}

/* ---- What no description can tell: by the calls of hwloc ------------------------ */

static hwloc_topology_t machine_of(const char *synthetic, unsigned long flags)
{
    hwloc_topology_t h;

    cr_assert_eq(hwloc_topology_init(&h), 0);
    cr_assert_eq(hwloc_topology_set_flags(h, flags), 0);
    cr_assert_eq(hwloc_topology_set_synthetic(h, synthetic), 0);
    cr_assert_eq(hwloc_topology_load(h), 0);
    return h;
}

static hwloc_bitmap_t set_of(const char *list)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();

    cr_assert_eq(hwloc_bitmap_list_sscanf(set, list), 0);
    return set;
}

/* These PUs are of a kind whose cores are that fast; -1: nobody knows. */
static void are_of_kind(hwloc_topology_t h, const char *list, int efficiency)
{
    hwloc_bitmap_t set = set_of(list);

    cr_assert_eq(hwloc_cpukinds_register(h, set, efficiency, 0, NULL, 0), 0);
    hwloc_bitmap_free(set);
}

static struct wf_topo *seen(hwloc_topology_t h)
{
    struct wf_topo *t = NULL;

    cr_assert_eq(wf_topo_of(&t, h, NULL), WEFT_OK);
    return t;
}

/* Four fast cores with two threads each, four slow ones with one, under one L3:
 *
 *   core   F0    F1    F2    F3    s4   s5   s6   s7
 *   PU     0 1   2 3   4 5   6 7   8    9    10   11     (the system's 8, 10, 12, 14) */
static hwloc_topology_t hybrid(void)
{
    hwloc_topology_t h = machine_of("l3:1 core:8 pu:2", 0);
    hwloc_bitmap_t set = set_of("0-8,10,12,14");

    cr_assert_eq(hwloc_topology_restrict(h, set, 0), 0);
    hwloc_bitmap_free(set);
    return h;
}

Test(topo, fast_cores_come_first_then_slow_ones_then_second_threads)
{
    hwloc_topology_t h = hybrid();
    struct wf_topo *t;

    are_of_kind(h, "8,10,12,14", 0);
    are_of_kind(h, "0-7", 1);
    t = seen(h);
    cr_expect_eq(t->n_kinds, 2);
    cr_expect_eq(t->max_threads, 2);
    cr_expect_eq(wf_topo_n_workers(t), 8);
    cr_expect_eq(t->pus[11].os, 14);
    EXPECT_PLAN(t, 0, 2, 4, 6, 8, 9, 10, 11, 1, 3, 5, 7, 0, 2, 4, 6);
    wf_topo_free(t);
    hwloc_topology_destroy(h);
}

Test(topo, fast_cores_come_first_wherever_they_lie)
{
    hwloc_topology_t h = machine_of("l3:1 core:6 pu:1", 0);
    struct wf_topo *t;

    are_of_kind(h, "0,1", 5);   /* the system's numbers for how fast mean their order only */
    are_of_kind(h, "2,3", 90);
    are_of_kind(h, "4,5", 40);
    t = seen(h);
    cr_expect_eq(t->n_kinds, 3);
    EXPECT_PLAN(t, 2, 3, 4, 5, 0, 1, 2);
    wf_topo_free(t);
    hwloc_topology_destroy(h);
}

Test(topo, kinds_of_which_nobody_knows_the_faster_are_alike)
{
    hwloc_topology_t h = machine_of("l3:1 core:4 pu:1", 0);
    struct wf_topo *t;

    are_of_kind(h, "0,1", -1);
    are_of_kind(h, "2,3", -1);
    t = seen(h);
    cr_expect_eq(t->n_kinds, 1);
    EXPECT_PLAN(t, 0, 1, 2, 3);
    wf_topo_free(t);
    hwloc_topology_destroy(h);
}

/* A container that has one thread of this core and both of that, in two sockets:
 *
 *   socket   0                 1
 *   core     0    1     2      4     7
 *   PU       0    1 2   3      4     5 6    the system's 1  2 3  5  9  14 15      */
Test(topo, of_an_odd_set_of_threads_the_first_of_each_core_comes_first)
{
    hwloc_topology_t h = machine_of("pack:2 [numa] l3:1 core:4 pu:2", HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_bitmap_t set = set_of("1-3,5,9,14-15");
    const int os[] = {1, 2, 3, 5, 9, 14, 15};
    struct wf_topo *t;

    cr_assert_eq(hwloc_topology_allow(h, set, NULL, HWLOC_ALLOW_FLAG_CUSTOM), 0);
    t = seen(h);
    cr_assert_eq(t->n_pus, 7);
    for (int pu = 0; pu < 7; pu++)
        cr_expect_eq(t->pus[pu].os, os[pu]);
    cr_expect_eq(t->n_cores, 5);
    cr_expect_eq(t->n_packages, 2);
    cr_expect_eq(wf_topo_n_workers(t), 5);
    EXPECT_PLAN(t, 0, 1, 3, 4, 5, 2, 6, 0);
    cr_expect_eq(wf_topo_distance(t, 1, 2), 0);
    cr_expect_eq(wf_topo_distance(t, 0, 3), 2);
    cr_expect_eq(wf_topo_distance(t, 3, 4), 5);
    wf_topo_free(t);
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(h);
}

Test(topo, the_systems_own_table_of_distances_is_read)
{
    hwloc_topology_t h = machine_of("pack:4 [numa] core:1 pu:1", 0);
    uint64_t line[16]; /* four sockets in a line: 0 1 2 3 */
    hwloc_obj_t nodes[4];
    hwloc_distances_add_handle_t table;
    struct wf_topo *t;

    for (unsigned i = 0; i < 4; i++)
        nodes[i] = hwloc_get_obj_by_type(h, HWLOC_OBJ_NUMANODE, i);
    for (int i = 0; i < 16; i++)
        line[i] = 10 + 11 * (uint64_t)abs(i / 4 - i % 4);
    table = hwloc_distances_add_create(h, "NUMALatency",
                                       HWLOC_DISTANCES_KIND_FROM_USER | HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0);
    cr_assert_not_null(table);
    cr_assert_eq(hwloc_distances_add_values(h, table, 4, nodes, line, 0), 0);
    cr_assert_eq(hwloc_distances_add_commit(h, table, 0), 0);
    t = seen(h);
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            cr_expect_eq(wf_topo_distance(t, a, b), a == b ? 0 : 4 + abs(a - b), "%d to %d: %d", a, b,
                         wf_topo_distance(t, a, b));
    wf_topo_free(t);
    hwloc_topology_destroy(h);
}

Test(topo, distance_grows_with_every_level_that_is_not_shared)
{
    struct wf_topo *t = made("pack:2 numa:2 l3:2 l2:2 core:2 pu:2");
    /* PUs of one core: 2, of an L2: 4, of an L3: 8, of a node: 16, of a package: 32. */
    const struct { int pu, distance; } from_0[] = {
        {0, 0}, {1, 0}, {2, 1}, {3, 1}, {4, 2}, {7, 2}, {8, 3}, {15, 3}, {16, 4}, {31, 4}, {32, 5}, {63, 5},
    };

    for (size_t i = 0; i < sizeof from_0 / sizeof *from_0; i++)
        cr_expect_eq(wf_topo_distance(t, 0, from_0[i].pu), from_0[i].distance, "to PU %d: %d",
                     from_0[i].pu, wf_topo_distance(t, 0, from_0[i].pu));
    for (int a = 0; a < 64; a++)
        for (int b = 0; b < 64; b++)
            cr_assert_eq(wf_topo_distance(t, a, b), wf_topo_distance(t, b, a));
    wf_topo_free(t);
}

Test(topo, far_nodes_are_ranked_by_the_systems_distances)
{
    /* A ring of four sockets: neighbours 16, across 22. */
    struct wf_topo *t = made("pack:4 [numa] core:1 pu:1");
    const uint64_t slit[] = {10, 16, 22, 16,
                             16, 10, 16, 22,
                             22, 16, 10, 16,
                             16, 22, 16, 10};

    cr_assert_eq(wf_topo_distance(t, 0, 2), 5); /* before: all alike */
    cr_assert_eq(wf_topo_set_slit(t, 4, slit, NULL), WEFT_OK);
    cr_assert_eq(wf_topo_distance(t, 0, 1), 5);
    cr_assert_eq(wf_topo_distance(t, 0, 2), 6);
    cr_assert_eq(wf_topo_distance(t, 0, 3), 5);
    cr_assert_eq(wf_topo_distance(t, 1, 3), 6);
    wf_topo_free(t);
}

Test(topo, distances_never_pass_their_greatest)
{
    enum { NODES = 40 };
    struct wf_topo *t = made("pack:40 [numa] core:1 pu:1");
    static uint64_t slit[NODES * NODES];

    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++)
            slit[a * NODES + b] = a == b ? 10 : 20 + (uint64_t)(a > b ? a - b : b - a);
    cr_assert_eq(wf_topo_set_slit(t, NODES, slit, NULL), WEFT_OK);
    cr_assert_eq(wf_topo_distance(t, 0, 1), 5);
    cr_assert_eq(wf_topo_distance(t, 0, 2), 6);
    cr_assert_eq(wf_topo_distance(t, 0, 39), WF_TOPO_MAX_DISTANCE);
    wf_topo_free(t);
}

Test(topo, pins_only_a_pool_that_has_every_core)
{
    struct wf_topo *t = made(TWO_NODES);

    cr_assert_not(wf_topo_pins(t, 1));
    cr_assert_not(wf_topo_pins(t, 7));
    cr_assert(wf_topo_pins(t, 8));
    cr_assert(wf_topo_pins(t, 100));
    wf_topo_free(t);
}

Test(topo, a_description_that_makes_no_sense_is_refused_by_name)
{
    struct wf_topo *t = NULL;
    struct weft_error err = {0};

    cr_assert_eq(wf_topo_new(&t, "three cores please", &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "three cores please"));
    cr_assert_null(t);
}

Test(topo, this_machine_has_what_the_affinity_mask_says)
{
    struct wf_topo *t = made(NULL);
    cpu_set_t mask;

    cr_assert_eq(sched_getaffinity(0, sizeof mask, &mask), 0);
    cr_assert_eq(wf_topo_n_pus(t), CPU_COUNT(&mask));
    for (int pu = 0; pu < t->n_pus; pu++)
        cr_expect(CPU_ISSET(t->pus[pu].os, &mask));
    cr_assert_geq(wf_topo_n_cores(t), 1);
    cr_assert_leq(wf_topo_n_cores(t), wf_topo_n_pus(t));
    wf_topo_free(t);
}

Test(topo, a_narrower_affinity_mask_is_seen_by_the_next_pool)
{
    struct wf_topo *all = made(NULL), *one;
    const int last = all->pus[all->n_pus - 1].os;
    cpu_set_t mask;

    CPU_ZERO(&mask);
    CPU_SET(last, &mask);
    cr_assert_eq(sched_setaffinity(0, sizeof mask, &mask), 0);
    one = made(NULL);
    cr_assert_eq(wf_topo_n_pus(one), 1);
    cr_assert_eq(one->pus[0].os, last);
    cr_assert_eq(wf_topo_n_workers(one), 1);
    wf_topo_free(one);
    wf_topo_free(all);
}

Test(topo, a_pinned_thread_runs_where_it_was_told)
{
    struct wf_topo *t = made(NULL);
    cpu_set_t mask;

    for (int pu = 0; pu < t->n_pus; pu++) {
        cr_assert_eq(wf_topo_pin(t, pu), WEFT_OK);
        cr_assert_eq(sched_getaffinity(0, sizeof mask, &mask), 0);
        cr_assert_eq(CPU_COUNT(&mask), 1);
        cr_assert(CPU_ISSET(t->pus[pu].os, &mask));
    }
    wf_topo_free(t);
}

Test(topo, pinning_to_a_machine_we_are_not_on_changes_nothing)
{
    struct wf_topo *t = made("core:64 pu:1");
    cpu_set_t before, after;

    sched_getaffinity(0, sizeof before, &before);
    wf_topo_pin(t, 63);
    sched_getaffinity(0, sizeof after, &after);
    cr_assert(CPU_EQUAL(&before, &after));
    wf_topo_free(t);
}

static void *look_once(void *arg)
{
    struct wf_topo *t = NULL;

    (void)arg;
    cr_expect_eq(wf_topo_new(&t, NULL, NULL), WEFT_OK);
    cr_expect_geq(wf_topo_n_cores(t), 1);
    wf_topo_free(t);
    return NULL;
}

Test(topo, threads_that_look_first_at_once_see_one_machine)
{
    enum { THREADS = 8 };
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&thread[i], NULL, look_once, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

Test(topo, the_second_look_is_quick_enough_for_a_pool)
{
    struct wf_topo *t = made(NULL);
    int64_t best_ns = INT64_MAX;

    wf_topo_free(t);
    for (int i = 0; i < 20; i++) {
        const int64_t begin = wf_now_ns();
        int64_t ns;

        t = made(NULL);
        ns = wf_now_ns() - begin;
        best_ns = ns < best_ns ? ns : best_ns;
        wf_topo_free(t);
    }
    /* A pool has 1 ms to start in all; generous, for builds that check everything. */
    cr_assert_lt(best_ns, 1000000, "%lld ns", (long long)best_ns);
}

Test(topo, every_refused_allocation_is_told_and_leaks_nothing)
{
    struct wf_topo *t = NULL;
    weft_status st = WEFT_NOMEM;
    int n = 0;

    wf_topo_free(made(NULL));
    wf_mem_watch(true);
    while (st) {
        wf_mem_fail_at(++n);
        st = wf_topo_new(&t, n % 2 ? NULL : TWO_NODES, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM);
        if (st)
            cr_assert_eq(wf_mem_n_live(), 0);
    }
    wf_topo_free(t);
    cr_assert_gt(n, 2);
    cr_assert_eq(wf_mem_n_live(), 0);
}
