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
    VISITS(&f, 1, ends, 0, 2, 3, 4, 5, 6, 7);
    VISITS(&f, 3, ends, 2, 0, 1, 4, 5, 6, 7);
    VISITS(&f, 4, ends, 5, 6, 7, 0, 1, 2, 3);
    VISITS(&f, 6, ends, 7, 4, 5, 0, 1, 2, 3);
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
    VISITS(&f, 4, ends, 1, 5, 0, 2, 3);
    wf_topo_free(f.t);
}

Test(victim, cores_that_share_an_l2_come_before_the_rest_of_the_l3)
{
    struct fixture f = with("l3:2 l2:2 core:2 pu:1", 8);
    const int ends[] = {1, 3, 7};

    VISITS(&f, 0, ends, 1, 2, 3, 4, 5, 6, 7);
    VISITS(&f, 5, ends, 4, 6, 7, 0, 1, 2, 3);
    wf_topo_free(f.t);
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
