/* test_table.c - the budget holds, and what goes first is what it should be. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/graph/memo/table.h"

static struct wf_token token_of(uint64_t i)
{
    return (struct wf_token){.hi = i * 0x9e3779b97f4a7c15u, .lo = i};
}

static struct wf_kept *kept_of(uint64_t i, size_t bytes, int64_t cost_ns)
{
    struct wf_kept *k = wf_alloc_zero(1, sizeof *k);

    *k = (struct wf_kept){.token = token_of(i), .value = weft_value_of_i64((int64_t)i), .bytes = bytes, .cost_ns = cost_ns};
    return k;
}

/* Adds one; what went, as a bitmap of numbers below 64. */
static uint64_t add(struct wf_memo_table *t, uint64_t i, size_t bytes, int64_t cost_ns)
{
    struct wf_kept *gone = NULL;
    uint64_t went = 0;

    cr_assert(wf_memo_table_add(t, kept_of(i, bytes, cost_ns), &gone));
    cr_assert(wf_memo_table_is_sound(t));
    for (const struct wf_kept *k = gone; k; k = k->next)
        went |= (uint64_t)(k->value.as.i64 < 64) << (k->value.as.i64 & 63);
    wf_kept_free(gone);
    return went;
}

Test(table, what_took_least_time_a_byte_goes_first)
{
    struct wf_memo_table t = {.budget = 1000};

    cr_assert_eq(add(&t, 1, 400, 4000), 0); /* 10 ns a byte */
    cr_assert_eq(add(&t, 2, 100, 500), 0);  /* 5 */
    cr_assert_eq(add(&t, 3, 500, 10000), 0);/* 20 */
    cr_assert_eq(t.bytes, 1000);
    cr_assert_eq(add(&t, 4, 300, 9000), 1 << 2 | 1 << 1);
    cr_assert_not(wf_memo_table_has(&t, token_of(1)));
    cr_assert(wf_memo_table_has(&t, token_of(3)));
    wf_memo_table_fini(&t);
}

Test(table, what_is_asked_for_outlives_what_is_not)
{
    struct wf_memo_table t = {.budget = 300};

    add(&t, 1, 100, 1000);
    add(&t, 2, 100, 1000);
    add(&t, 3, 100, 1000);
    /* As 4 comes one of the three goes, and the floor rises: from then on being found counts. */
    add(&t, 4, 100, 1000);
    for (uint64_t i = 1; i <= 3; i++)
        if (i != 2)
            wf_memo_table_find(&t, token_of(i));
    cr_assert(wf_memo_table_is_sound(&t));
    for (uint64_t i = 5; i < 40; i++) {
        wf_memo_table_find(&t, token_of(4));
        add(&t, i, 100, 1000);
        cr_assert(wf_memo_table_has(&t, token_of(4)), "it was found before %d came", (int)i);
    }
    wf_memo_table_fini(&t);
}

Test(table, what_was_dear_goes_too_when_nobody_asks_for_long)
{
    struct wf_memo_table t = {.budget = 200};
    uint64_t i = 2;

    add(&t, 1, 100, 100000);
    while (wf_memo_table_has(&t, token_of(1))) {
        add(&t, i++, 100, 1000);
        cr_assert_lt(i, 200);
    }
    cr_assert_gt(i, 50, "but a hundred times as dear stays a hundred rounds or so");
    wf_memo_table_fini(&t);
}

/* The same by a plain list: judge of the heap. */
enum { N = 300, BUDGET = 4000 };

struct plain {
    size_t bytes[N]; /* 0: not there */
    double cost[N], priority[N], floor;
    size_t all;
};

static void plain_add(struct plain *p, uint64_t i, size_t bytes, double cost)
{
    while (p->all + bytes > BUDGET) {
        int lowest = -1;

        for (int k = 0; k < N; k++)
            if (p->bytes[k] && (lowest < 0 || p->priority[k] < p->priority[lowest]))
                lowest = k;
        p->floor = p->priority[lowest];
        p->all -= p->bytes[lowest];
        p->bytes[lowest] = 0;
    }
    p->bytes[i] = bytes;
    p->cost[i] = cost;
    p->all += bytes;
    p->priority[i] = p->floor + cost / (double)bytes;
}

Test(table, it_keeps_what_a_plain_list_keeps)
{
    struct wf_memo_table t = {.budget = BUDGET};
    struct plain p = {0};

    for (uint64_t step = 0; step < 20000; step++) {
        uint32_t r[4];
        uint64_t i;

        wf_random_block(11, 0, step, r);
        i = r[0] % N;
        if (r[1] % 8 == 0) {
            struct wf_kept *k = wf_memo_table_take(&t, token_of(i));

            cr_assert_eq(k != NULL, p.bytes[i] != 0);
            p.all -= p.bytes[i];
            p.bytes[i] = 0;
            wf_kept_free(k);
        } else if (r[1] % 8 < 4) {
            cr_assert_eq(wf_memo_table_find(&t, token_of(i)) != NULL, p.bytes[i] != 0);
            if (p.bytes[i])
                p.priority[i] = p.floor + p.cost[i] / (double)p.bytes[i];
        } else if (!p.bytes[i]) {
            const size_t bytes = 1 + r[2] % 200;
            struct wf_kept *gone = NULL;

            cr_assert(wf_memo_table_add(&t, kept_of(i, bytes, r[3]), &gone));
            wf_kept_free(gone);
            plain_add(&p, i, bytes, r[3]);
        }
        cr_assert_eq(t.bytes, p.all, "step %d", (int)step);
        if (step % 64)
            continue;
        cr_assert(wf_memo_table_is_sound(&t));
        for (uint64_t k = 0; k < N; k++)
            cr_assert_eq(wf_memo_table_has(&t, token_of(k)), p.bytes[k] != 0, "step %d", (int)step);
    }
    wf_memo_table_fini(&t);
}
