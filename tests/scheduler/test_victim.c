/* test_victim.c - thieves ask the nearest first. */
#include "scheduler/victim.h"

#include <criterion/criterion.h>

enum { MAX = 64 };

struct fixture {
    struct wf_topo *t;
    int n, pu[MAX];
};

static struct fixture with(const char *synthetic, int n_workers)
{
    struct fixture f = {.n = n_workers};

    cr_assert_eq(wf_topo_new(&f.t, synthetic, NULL), WEFT_OK);
    wf_topo_place(f.t, n_workers, f.pu);
    return f;
}

/* `worker` visits these, and its groups of equally far ones end there. */
static void expect(const struct fixture *f, int worker, const int *want, const int *want_ends, int n_ends)
{
    int order[MAX], ends[MAX];
    const int n_groups = wf_victim_order(f->t, f->n, worker, f->pu, order, ends);

    cr_expect_eq(n_groups, n_ends, "worker %d: %d groups", worker, n_groups);
    for (int i = 0; i < n_groups && i < n_ends; i++)
        cr_expect_eq(ends[i], want_ends[i], "worker %d: group %d ends at %d", worker, i, ends[i]);
    for (int i = 0; i < f->n - 1; i++)
        cr_expect_eq(order[i], want[i], "worker %d: visit %d is to %d", worker, i, order[i]);
}

#define VISITS(f, worker, ends, ...)                                              \
    do {                                                                          \
        const int want_[] = {__VA_ARGS__};                                        \
        expect(f, worker, want_, ends, (int)(sizeof ends / sizeof *ends));        \
    } while (0)

/*   node   0           1
 *   L3     0     1     2     3
 *   core   0  1  2  3  4  5  6  7   = worker */
Test(victim, visits_the_l3_then_the_node_then_the_rest)
{
    struct fixture f = with("pack:2 [numa] l3:2 core:2 pu:1", 8);
    const int ends[] = {1, 3, 7};

    VISITS(&f, 0, ends, 1, 2, 3, 4, 5, 6, 7);
    VISITS(&f, 1, ends, 0, 3, 2, 5, 6, 7, 4);
    VISITS(&f, 3, ends, 2, 1, 0, 7, 4, 5, 6);
    VISITS(&f, 4, ends, 5, 6, 7, 0, 1, 2, 3);
    VISITS(&f, 6, ends, 7, 4, 5, 2, 3, 0, 1);
    wf_topo_free(f.t);
}

Test(victim, among_equals_each_begins_behind_itself)
{
    struct fixture f = with("l3:1 core:5 pu:1", 5);
    const int ends[] = {4};

    VISITS(&f, 0, ends, 1, 2, 3, 4);
    VISITS(&f, 1, ends, 2, 3, 4, 0);
    VISITS(&f, 2, ends, 3, 4, 0, 1);
    VISITS(&f, 4, ends, 0, 1, 2, 3);
    wf_topo_free(f.t);
}

/*   core   0    1    2         worker 0, 1, 2 on the first PUs, 3, 4, 5 on the second */
Test(victim, the_other_thread_of_the_core_comes_first)
{
    struct fixture f = with("l3:1 core:3 pu:2", 6);
    const int ends[] = {1, 5};

    VISITS(&f, 0, ends, 3, 1, 2, 4, 5);
    VISITS(&f, 4, ends, 1, 0, 2, 3, 5);
    wf_topo_free(f.t);
}

Test(victim, cores_that_share_an_l2_come_before_the_rest_of_the_l3)
{
    struct fixture f = with("l3:2 l2:2 core:2 pu:1", 8);
    const int ends[] = {1, 3, 7};

    VISITS(&f, 0, ends, 1, 2, 3, 4, 5, 6, 7);
    VISITS(&f, 5, ends, 4, 7, 6, 1, 2, 3, 0);
    wf_topo_free(f.t);
}

/*   node   0                    1
 *   L3     0         1          2            3
 *   core   0 1 2 3   4 5 6 7    8 9 10 11    12 13 14 15   = worker, if there are 16; then
 *          16 .. 19  20 .. 23   24 .. 27     28 .. 31        share the cores a second time */
#define TWO_BY_TWO "node:2 l3:2 core:4 pu:2"

Test(victim, one_worker_a_core_visits_l3_node_machine)
{
    struct fixture f = with(TWO_BY_TWO, 16);
    const int ends[] = {3, 7, 15};

    VISITS(&f, 0, ends, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    VISITS(&f, 2, ends, 3, 0, 1, 6, 7, 4, 5, 10, 11, 12, 13, 14, 15, 8, 9);
    VISITS(&f, 5, ends, 6, 7, 4, 1, 2, 3, 0, 13, 14, 15, 8, 9, 10, 11, 12);
    VISITS(&f, 15, ends, 12, 13, 14, 11, 8, 9, 10, 7, 0, 1, 2, 3, 4, 5, 6);
    wf_topo_free(f.t);
}

Test(victim, two_workers_a_core_visit_each_other_first)
{
    struct fixture f = with(TWO_BY_TWO, 32);
    const int ends[] = {1, 7, 15, 31};

    VISITS(&f, 0, ends, 16, 1, 2, 3, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23,
           8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    VISITS(&f, 17, ends, 1, 19, 0, 2, 3, 16, 18, 5, 6, 7, 20, 21, 22, 23, 4,
           9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31, 8);
    wf_topo_free(f.t);
}

/* 40 workers on 32 threads: 32 .. 39 sit on the first threads of cores 0 .. 7 again. */
Test(victim, who_shares_a_thread_is_as_near_as_who_shares_a_core)
{
    struct fixture f = with(TWO_BY_TWO, 40);
    const int ends[] = {2, 11, 23, 39};

    VISITS(&f, 0, ends, 16, 32, 1, 2, 3, 17, 18, 19, 33, 34, 35, 4, 5, 6, 7, 20, 21, 22, 23, 36, 37, 38, 39,
           8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    wf_topo_free(f.t);
}

/* As AMD builds them: an L3 to every four cores, all in one node. */
Test(victim, small_l3s_come_first_then_the_whole_node)
{
    struct fixture f = with("pack:1 [numa] l3:4 core:4 pu:2", 16);
    const int ends[] = {3, 15};

    VISITS(&f, 0, ends, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    VISITS(&f, 6, ends, 7, 4, 5, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 8, 9);
    VISITS(&f, 15, ends, 12, 13, 14, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2);
    wf_topo_free(f.t);
}

/* How many thieves begin the kth group at the door where most do. */
static int most_at_one_door(const struct fixture *f, int k)
{
    int at_door[MAX] = {0}, most = 0;

    for (int w = 0; w < f->n; w++) {
        int order[MAX], ends[MAX];
        const int n_groups = wf_victim_order(f->t, f->n, w, f->pu, order, ends);
        const int door = k < n_groups ? order[k ? ends[k - 1] : 0] : -1;

        if (door >= 0 && ++at_door[door] > most)
            most = at_door[door];
    }
    return most;
}

Test(victim, thieves_that_see_the_same_begin_at_different_doors)
{
    const struct { const char *machine; int n_workers, n_groups, most; } cases[] = {
        {"l3:1 core:8 pu:1", 8, 1, 1},
        {TWO_BY_TWO, 16, 3, 1},
        {"pack:1 [numa] l3:4 core:4 pu:2", 16, 2, 1},
        {"pack:1 [numa] l3:8 core:8 pu:2", 64, 2, 1},
        {"pack:2 numa:4 l3:2 core:4 pu:1", 64, 4, 1},
        {TWO_BY_TWO, 32, 4, 2},
        {"core:4 pu:4", 16, 2, 2},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = with(cases[i].machine, cases[i].n_workers);

        for (int k = 0; k < cases[i].n_groups; k++)
            cr_expect_leq(most_at_one_door(&f, k), cases[i].most, "%s: %d thieves begin group %d at one door",
                          cases[i].machine, most_at_one_door(&f, k), k);
        cr_expect_eq(most_at_one_door(&f, cases[i].n_groups), 0, "%s has more groups", cases[i].machine);
        wf_topo_free(f.t);
    }
}

Test(victim, far_sockets_follow_near_ones)
{
    struct fixture f = with("pack:4 [numa] core:1 pu:1", 4);
    const uint64_t ring[] = {10, 16, 22, 16, 16, 10, 16, 22, 22, 16, 10, 16, 16, 22, 16, 10};
    const int ends[] = {2, 3};

    cr_assert_eq(wf_topo_set_slit(f.t, 4, ring, NULL), WEFT_OK);
    VISITS(&f, 0, ends, 1, 3, 2);
    VISITS(&f, 1, ends, 2, 0, 3);
    VISITS(&f, 3, ends, 0, 2, 1);
    wf_topo_free(f.t);

    /* Two cores a socket: the second of each begins one door further. */
    f = with("pack:4 [numa] core:2 pu:1", 8);
    const int ends_of_two[] = {1, 5, 7};

    cr_assert_eq(wf_topo_set_slit(f.t, 4, ring, NULL), WEFT_OK);
    VISITS(&f, 0, ends_of_two, 1, 2, 3, 6, 7, 4, 5);
    VISITS(&f, 1, ends_of_two, 0, 3, 6, 7, 2, 5, 4);
    wf_topo_free(f.t);
}

Test(victim, a_worker_alone_has_nobody_to_rob)
{
    struct fixture f = with("core:4 pu:1", 1);
    int order[1], ends[1];

    cr_assert_eq(wf_victim_order(f.t, 1, 0, f.pu, order, ends), 0);
    wf_topo_free(f.t);
}

Test(victim, everybody_else_is_visited_once_and_never_nearer_after_farther)
{
    const char *const machines[] = {
        "pack:2 numa:2 l3:2 l2:2 core:2 pu:1", "pack:1 core:3 pu:2", "numa:2 l3:3 core:2 pu:2", "pu:1",
    };

    for (size_t m = 0; m < sizeof machines / sizeof *machines; m++)
        for (int n = 1; n <= 40; n += 13) {
            struct fixture f = with(machines[m], n);

            for (int w = 0; w < n; w++) {
                int order[MAX], ends[MAX], seen[MAX] = {0};
                const int n_groups = wf_victim_order(f.t, n, w, f.pu, order, ends);
                int far = 0, group = 0;

                for (int i = 0; i < n - 1; i++) {
                    const int d = wf_topo_distance(f.t, f.pu[w], f.pu[order[i]]);

                    cr_assert_neq(order[i], w);
                    cr_assert_eq(seen[order[i]]++, 0);
                    cr_assert_geq(d, far);
                    if (i == ends[group])
                        group++;
                    else if (i)
                        cr_assert_eq(d, far);
                    far = d;
                }
                cr_assert_eq(n_groups, n > 1 ? group + 1 : 0);
            }
            wf_topo_free(f.t);
        }
}
