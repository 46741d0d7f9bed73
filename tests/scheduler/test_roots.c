/* test_roots.c - roots in ranges: taken one by one, split by thieves, each once. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdlib.h>

#include "scheduler/roots.h"
#include "tests/support/scale.h"

Test(roots, a_range_keeps_its_place_and_ends)
{
    const wf_range r = wf_range_of(63, WF_MAX_ROOTS - 2, WF_MAX_ROOTS - 1);

    cr_expect_eq(wf_range_place(r), 63);
    cr_expect_eq(wf_range_begin(r), WF_MAX_ROOTS - 2);
    cr_expect_eq(wf_range_end(r), WF_MAX_ROOTS - 1);
    cr_expect(!wf_range_is_empty(r));
    cr_expect(wf_range_is_empty(wf_range_of(63, 5, 5)));
    cr_expect(wf_range_is_empty(wf_range_of(63, 6, 5))); /* thieves took what its owner was about to */
}

Test(roots, the_owner_takes_the_first_a_thief_the_later_half)
{
    _Atomic wf_range roots = wf_range_of(7, 10, 15);
    wf_range got;

    cr_assert(wf_roots_take(&roots, &got));
    cr_expect_eq(wf_range_begin(got), 10);
    cr_expect_eq(wf_range_place(got), 7);
    cr_assert(wf_roots_split(&roots, &got)); /* 11 12 | 13 14 */
    cr_expect_eq(got, wf_range_of(7, 13, 15));
    cr_assert(wf_roots_take(&roots, &got));
    cr_assert(wf_roots_split(&roots, &got)); /* the last one */
    cr_expect_eq(got, wf_range_of(7, 12, 13));
    cr_expect(!wf_roots_take(&roots, &got));
    cr_expect(!wf_roots_split(&roots, &got));
    wf_roots_fill(&roots, wf_range_of(3, 0, 2));
    cr_assert(wf_roots_take_alone(&roots, &got) && wf_roots_take_alone(&roots, &got));
    cr_expect_eq(wf_range_begin(got), 1);
    cr_expect(!wf_roots_take_alone(&roots, &got));
}

Test(roots, a_claim_is_a_share_no_less_than_one_no_more_than_most)
{
    _Atomic uint64_t cursor = 1000;
    wf_range got;

    cr_assert(wf_roots_claim(&cursor, 2, 4, 64, &got));
    cr_expect_eq(got, wf_range_of(2, 0, 64));
    cr_assert(wf_roots_claim(&cursor, 2, 4, 1000, &got));
    cr_expect_eq(got, wf_range_of(2, 64, 64 + 936 / 4));
    wf_store_relaxed(&cursor, (uint64_t)998 << 32 | 1000);
    cr_assert(wf_roots_claim(&cursor, 2, 4, 64, &got) && wf_roots_claim(&cursor, 2, 4, 64, &got));
    cr_expect_eq(got, wf_range_of(2, 999, 1000));
    cr_expect(!wf_roots_claim(&cursor, 2, 4, 64, &got));
}

enum { HANDS = 4 };

struct crowd {
    _Atomic uint64_t cursor;
    struct hand {
        _Alignas(WF_APART) _Atomic wf_range roots;
        struct crowd *crowd;
    } hands[HANDS];
    _Atomic uint32_t n_taken;
    uint32_t         n;
    _Atomic uint8_t *taken;
};

static void take_all(struct hand *h)
{
    wf_range got;

    while (wf_roots_take(&h->roots, &got)) {
        atomic_fetch_add(&h->crowd->taken[wf_range_begin(got)], 1);
        atomic_fetch_add(&h->crowd->n_taken, 1);
    }
}

/* As a worker does: its own range, a block of the cursor, half of another's. */
static void *work(void *arg)
{
    struct hand *h = arg;
    struct crowd *c = h->crowd;
    wf_range got;

    while (atomic_load(&c->n_taken) < c->n) {
        take_all(h);
        if (wf_roots_claim(&c->cursor, 1, 2 * HANDS, 64, &got)) {
            wf_roots_fill(&h->roots, got);
            continue;
        }
        for (int v = 0; v < HANDS; v++)
            if (&c->hands[v] != h && wf_roots_split(&c->hands[v].roots, &got)) {
                wf_roots_fill(&h->roots, got);
                break;
            }
    }
    return NULL;
}

Test(roots, many_hands_take_each_root_once)
{
    static struct crowd c;

    c.n = (uint32_t)test_scaled(300000);
    c.cursor = c.n;
    c.taken = calloc(c.n, sizeof *c.taken);
    pthread_t threads[HANDS];

    for (int i = 0; i < HANDS; i++) {
        c.hands[i].crowd = &c;
        cr_assert_eq(pthread_create(&threads[i], NULL, work, &c.hands[i]), 0);
    }
    for (int i = 0; i < HANDS; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < c.n; i++)
        cr_assert_eq(c.taken[i], 1, "root %u was taken %d times", i, c.taken[i]);
    cr_expect_eq(c.n_taken, c.n);
    free(c.taken);
}
