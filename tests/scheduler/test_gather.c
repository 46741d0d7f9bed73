/* test_gather.c - counts travel up the tree of caches and none is lost. */
#include <criterion/criterion.h>

#include <pthread.h>

#include "scheduler/gather.h"
#include "tests/support/scale.h"

enum { MAX = 64, PLACES = 4 };

struct fixture {
    struct wf_topo  *topo;
    struct wf_gather g;
    int              pu[MAX];
};

static struct fixture with(const char *synthetic, int n_workers)
{
    struct fixture f;

    cr_assert_eq(wf_topo_new(&f.topo, synthetic, NULL), WEFT_OK);
    wf_topo_place(f.topo, n_workers, f.pu);
    cr_assert(wf_gather_init(&f.g, f.topo, n_workers, f.pu, PLACES));
    return f;
}

static void done(struct fixture *f)
{
    wf_gather_fini(&f->g);
    wf_topo_free(f->topo);
}

Test(gather, one_cache_needs_no_tree)
{
    struct fixture f = with("l3:1 core:4 pu:1", 4);

    cr_expect_eq(f.g.n_groups, 0);
    cr_expect_eq(wf_gather_add(&f.g, 3, 2, 17), 17);
    done(&f);
}

/*   run              .
 *   node       4           5
 *   L3       0    1      2    3
 *   worker  0 1  2 3    4 5  6 7 */
Test(gather, workers_meet_in_the_cache_caches_in_the_node)
{
    struct fixture f = with("pack:2 [numa] l3:2 core:2 pu:1", 8);
    const int up[] = {4, 4, 5, 5, -1, -1};

    cr_assert_eq(f.g.n_groups, 6);
    for (int w = 0; w < 8; w++)
        cr_expect_eq(f.g.group_of[w], w / 2);
    for (int g = 0; g < 6; g++)
        cr_expect_eq(f.g.up[g], up[g]);
    done(&f);
}

Test(gather, a_level_that_gathers_nothing_is_left_out)
{
    struct fixture f = with("pack:2 [numa] l3:1 core:2 pu:1", 4); /* L3 and node are the same */

    cr_expect_eq(f.g.n_groups, 2);
    cr_expect_eq(f.g.up[0], -1);
    done(&f);
    f = with("pack:4 [numa] l3:1 core:1 pu:1", 4); /* each worker has a cache of its own */
    cr_expect_eq(f.g.n_groups, 0);
    done(&f);
}

Test(gather, who_comes_second_leaves_its_count_with_the_first)
{
    struct fixture f = with("pack:2 [numa] l3:2 core:2 pu:1", 8);
    struct wf_gathered *count = f.g.counts + 2 * f.g.n_groups;

    count[0].n = 5; /* worker 1 is on its way up with these */
    cr_expect_eq(wf_gather_add(&f.g, 2, 0, 3), 0);
    cr_expect_eq(count[0].n, 8);
    cr_expect_eq(wf_gather_add(&f.g, 2, 2, 4), 4);
    count[4].n = 7; /* worker 2 is one level further */
    count[0].n = 0;
    cr_expect_eq(wf_gather_add(&f.g, 2, 0, 3), 0);
    cr_expect_eq(count[4].n, 10);
    cr_expect_eq(count[0].n, 0);
    done(&f);
}

struct adder {
    struct wf_gather *g;
    _Atomic uint64_t *sum;
    int               worker;
    int64_t           rounds;
};

static void *add_often(void *arg)
{
    struct adder *a = arg;

    for (int64_t i = 0; i < a->rounds; i++)
        atomic_fetch_add(a->sum, wf_gather_add(a->g, 1, a->worker, (uint32_t)(i % 7) + 1));
    return NULL;
}

Test(gather, a_crowd_loses_nothing)
{
    enum { CROWD = 8 };
    struct fixture f = with("pack:2 [numa] l3:2 core:2 pu:1", CROWD);
    _Atomic uint64_t sum = 0;
    struct adder adders[CROWD];
    pthread_t threads[CROWD];
    uint64_t want = 0;

    for (int w = 0; w < CROWD; w++) {
        adders[w] = (struct adder){&f.g, &sum, w, test_scaled(70000)};
        cr_assert_eq(pthread_create(&threads[w], NULL, add_often, &adders[w]), 0);
    }
    for (int w = 0; w < CROWD; w++) {
        pthread_join(threads[w], NULL);
        for (int64_t i = 0; i < adders[w].rounds; i++)
            want += (uint64_t)(i % 7) + 1;
    }
    cr_expect_eq(sum, want);
    for (int i = 0; i < PLACES * f.g.n_groups; i++)
        cr_expect_eq(f.g.counts[i].n, 0);
    done(&f);
}
