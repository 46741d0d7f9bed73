/* test_mem.c - every allocation can be counted, and made to fail. */
#include "lib/base/mem.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "config.h"

Test(mem, small_allocations_are_aligned_for_any_number)
{
    for (size_t bytes = 0; bytes < 200; bytes++) {
        char *p = wf_alloc(bytes);

        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % 16, 0);
        memset(p, 1, bytes);
        wf_free(p);
    }
}

Test(mem, zeroed_memory_is_zero_though_it_was_used_before)
{
    for (int round = 0; round < 3; round++)
        for (size_t n = 0; n < 3000; n += 37) {
            unsigned char *p = wf_alloc_zero(n, 3);

            cr_assert_not_null(p);
            for (size_t i = 0; i < 3 * n; i++)
                cr_assert_eq(p[i], 0);
            memset(p, 0xa5, 3 * n);
            wf_free(p);
        }
}

Test(mem, aligned_memory_starts_on_a_line_and_may_be_read_a_line_too_far)
{
    for (size_t bytes = 0; bytes < 400; bytes += 13) {
        volatile unsigned char *p = wf_alloc_aligned(bytes);
        unsigned sum = 0;

        cr_assert_not_null((void *)p);
        cr_assert_eq((uintptr_t)p % 64, 0);
        memset((void *)p, 0, bytes + 64);
        for (size_t i = 0; i < bytes + 64; i++)
            sum += p[i];
        cr_assert_eq(sum, 0);
        wf_free((void *)p);
    }
}

Test(mem, sizes_that_overflow_are_refused)
{
    cr_assert_null(wf_alloc_zero(SIZE_MAX / 2, 3));
    cr_assert_null(wf_alloc_zero(3, SIZE_MAX / 2));
    cr_assert_null(wf_alloc_array(SIZE_MAX, 2));
    cr_assert_null(wf_alloc_aligned(SIZE_MAX));
    cr_assert_null(wf_alloc_aligned(SIZE_MAX - 100));
}

Test(mem, what_no_machine_has_is_refused)
{
    cr_assert_null(wf_alloc((size_t)1 << 62));
    cr_assert_null(wf_alloc_aligned((size_t)1 << 62));
    cr_assert_null(wf_pages_alloc((size_t)1 << 62));
}

Test(mem, growing_keeps_what_was_there)
{
    unsigned char *p = NULL;
    size_t had = 0;

    for (size_t bytes = 1; bytes < 70000; bytes = bytes * 3 / 2 + 1) {
        p = wf_realloc(p, bytes);
        cr_assert_not_null(p);
        for (size_t i = 0; i < had; i++)
            cr_assert_eq(p[i], (unsigned char)(i * 7));
        for (size_t i = had; i < bytes; i++)
            p[i] = (unsigned char)(i * 7);
        had = bytes;
    }
    wf_free(p);
}

Test(mem, a_refused_realloc_leaves_the_old_memory_alone)
{
    char *p = wf_strdup("still here");

    wf_mem_fail_at(1);
    cr_assert_null(wf_realloc(p, 100000));
    wf_mem_fail_at(0);
    cr_assert_str_eq(p, "still here");
    wf_free(p);
}

Test(mem, pages_are_zero_and_page_aligned)
{
    const size_t sizes[] = {1, 4096, 100000, 512 << 10, (512 << 10) + 1, (2 << 20) - 1, 2 << 20, 5 << 20, (17 << 20) + 1};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *p = wf_pages_alloc(sizes[i]);

        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % (sizes[i] < 2 << 20 ? 4096 : 2 << 20), 0);
        for (size_t k = 0; k < sizes[i]; k += 509)
            cr_assert_eq(p[k], 0);
        memset(p, 1, sizes[i]);
        wf_pages_free(p, sizes[i]);
    }
}

/* One allocation of each kind: how many succeed. */
static int one_of_each(void)
{
    void *grown = NULL, *more;
    void *p[] = {wf_alloc(8), wf_alloc_zero(2, 8), wf_alloc_array(2, 8), wf_alloc_aligned(8),
                 wf_strdup("x")};
    void *pages = wf_pages_alloc(4096);
    int n = pages != NULL;

    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        n += p[i] != NULL;
        wf_free(p[i]);
    }
    grown = wf_realloc(NULL, 8);
    more = grown ? wf_realloc(grown, 80) : NULL;
    n += (grown != NULL) + (more != NULL);
    wf_free(more ? more : grown);
    wf_pages_free(pages, 4096);
    return n;
}

Test(mem, the_nth_allocation_fails_and_no_other)
{
    enum { ALL = 8 };

    cr_assert_eq(one_of_each(), ALL);
    for (int n = 1; n <= ALL; n++) {
        wf_mem_fail_at(n);
        /* Without the seventh there is no eighth. */
        cr_expect_eq(one_of_each(), n == 7 ? ALL - 2 : ALL - 1, "%d", n);
        cr_expect_eq(wf_mem_n_asked(), n == 7 ? ALL - 1 : ALL);
        cr_expect_eq(one_of_each(), ALL);
    }
    wf_mem_fail_at(0);
    cr_assert_eq(one_of_each(), ALL);
    cr_assert_eq(wf_mem_n_asked(), ALL);
}

static void *body_trims(void *start)
{
    pthread_barrier_wait(start);
    wf_mem_trim();
    return NULL;
}

Test(mem, the_first_to_give_memory_back_may_be_many_at_once)
{
    enum { N = 4 };
    pthread_barrier_t start;
    pthread_t threads[N];

    pthread_barrier_init(&start, NULL, N);
    for (int i = 0; i < N; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, body_trims, &start), 0);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

Test(mem, live_allocations_are_counted_while_watched)
{
    void *p, *pages;

    wf_mem_watch(true);
    cr_assert_eq(wf_mem_n_live(), 0);
    p = wf_alloc(10);
    cr_assert_eq(wf_mem_n_live(), 1);
    p = wf_realloc(p, 10000);
    cr_assert_eq(wf_mem_n_live(), 1);
    pages = wf_pages_alloc(4096);
    cr_assert_eq(wf_mem_n_live(), 2);
    one_of_each();
    cr_assert_eq(wf_mem_n_live(), 2);
    wf_free(p);
    wf_pages_free(pages, 4096);
    cr_assert_eq(wf_mem_n_live(), 0);
    wf_free(NULL);
    wf_pages_free(NULL, 0);
    cr_assert_eq(wf_mem_n_live(), 0);
    cr_assert_null((wf_mem_fail_at(1), wf_alloc(1)));
    cr_assert_eq(wf_mem_n_live(), 0);
}

/* ---- Nodes: two threads that live on two of them --------------------------------- */

enum { MOST_RANGES = 64, BIG = 5 << 20, BLOCKS = 12 };

/* What was bound for one node. */
struct bound {
    int n;
    struct { char *from; size_t bytes; } ranges[MOST_RANGES];
};

struct inhabitant {
    int          node;
    struct bound bound;
    void        *blocks[BLOCKS];
};

static void note_range(void *self, int node, void *p, size_t bytes)
{
    struct inhabitant *me = self;

    cr_assert_eq(node, me->node);
    cr_assert_lt(me->bound.n, MOST_RANGES);
    me->bound.ranges[me->bound.n].from = p;
    me->bound.ranges[me->bound.n++].bytes = bytes;
}

static bool is_bound(const struct bound *b, const char *page)
{
    for (int i = 0; i < b->n; i++)
        if (page >= b->ranges[i].from && page < b->ranges[i].from + b->ranges[i].bytes)
            return true;
    return false;
}

static void *take_blocks(void *arg)
{
    struct inhabitant *me = arg;

    cr_assert(wf_mem_home(me->node, note_range, me));
    for (int i = 0; i < BLOCKS; i++) {
        me->blocks[i] = i % 2 ? wf_alloc_aligned(BIG) : wf_alloc(BIG);
        memset(me->blocks[i], 1, BIG);
    }
    return NULL;
}

static void in_a_thread(void *(*fn)(void *arg), void *arg)
{
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, fn, arg), 0);
    pthread_join(thread, NULL);
}

static void free_blocks(struct inhabitant *who)
{
    for (int i = 0; i < BLOCKS; i++)
        wf_free(who->blocks[i]);
}

Test(mem, big_blocks_come_from_memory_bound_to_the_node_of_their_thread)
{
    struct inhabitant who[] = {{.node = 0}, {.node = 1}};

    if (!WF_HAVE_JEMALLOC)
        cr_skip_test("only jemalloc has arenas");
    for (int k = 0; k < 2; k++)
        in_a_thread(take_blocks, &who[k]);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < BLOCKS; i++) {
            cr_expect_eq(wf_mem_node_of(who[k].blocks[i]), k);
            for (size_t at = 0; at < BIG; at += 4096) {
                cr_assert(is_bound(&who[k].bound, (char *)who[k].blocks[i] + at), "node %d, block %d, %zu", k, i, at);
                cr_assert(!is_bound(&who[!k].bound, (char *)who[k].blocks[i] + at));
            }
        }
    for (int k = 0; k < 2; k++)
        free_blocks(&who[k]);
}

Test(mem, what_others_free_goes_home)
{
    struct inhabitant who[] = {{.node = 0}, {.node = 1}};
    int n_bound;

    if (!WF_HAVE_JEMALLOC)
        cr_skip_test("only jemalloc has arenas");
    in_a_thread(take_blocks, &who[0]);
    n_bound = who[0].bound.n;
    free_blocks(&who[0]); /* by this thread, which has no home */
    in_a_thread(take_blocks, &who[1]);
    in_a_thread(take_blocks, &who[0]);
    cr_expect_eq(who[0].bound.n, n_bound, "%d ranges more", who[0].bound.n - n_bound);
    for (int i = 0; i < BLOCKS; i++) {
        cr_expect_eq(wf_mem_node_of(who[0].blocks[i]), 0);
        cr_expect_eq(wf_mem_node_of(who[1].blocks[i]), 1);
    }
    for (int k = 0; k < 2; k++)
        free_blocks(&who[k]);
}

Test(mem, lists_grow_when_they_are_full)
{
    size_t room = 0, n_moved = 0;
    int *list = NULL;

    for (int n = 0; n < 1000; n++) {
        const size_t before = room;
        int *grown = wf_grow(list, (size_t)n, &room, sizeof *list);

        cr_assert(grown);
        cr_assert_gt(room, (size_t)n);
        cr_assert(room != before || grown == list);
        n_moved += room != before;
        list = grown;
        list[n] = n;
    }
    cr_assert_eq(n_moved, 7); /* 16 to 1024 */
    for (int n = 0; n < 1000; n++)
        cr_assert_eq(list[n], n);
    wf_mem_fail_at(1);
    cr_assert_null(wf_grow(list, room, &room, sizeof *list));
    cr_assert_eq(room, 1024);
    wf_mem_fail_at(0);
    cr_assert_eq(list[999], 999);
    wf_free(list);
}

Test(mem, bytes_grow_by_as_many_as_come)
{
    static const size_t more[] = {0, 1, 63, 1000, 0, 5, 100000};
    size_t n = 0, room = 0, before;
    unsigned char *bytes = NULL;

    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        unsigned char *grown = wf_grow_bytes(bytes, n, &room, more[i]);

        cr_assert(grown);
        cr_assert_geq(room - n, more[i]);
        bytes = grown;
        memset(bytes + n, (int)i, more[i]);
        n += more[i];
    }
    cr_assert_eq(wf_grow_bytes(bytes, n, &room, room - n), bytes); /* it has that */
    before = room;
    wf_mem_fail_at(1);
    cr_assert_null(wf_grow_bytes(bytes, n, &room, room - n + 1));
    wf_mem_fail_at(0);
    cr_assert_eq(room, before);
    for (size_t i = sizeof more / sizeof *more; i-- > 0;)
        for (size_t k = 0; k < more[i]; k++)
            cr_assert_eq(bytes[--n], i);
    wf_free(bytes);
}

Test(mem, small_blocks_and_threads_without_a_home_have_no_node)
{
    static struct inhabitant who = {.node = 3};
    void *big = wf_alloc(BIG), *small;

    cr_expect_eq(wf_mem_node_of(big), -1);
    wf_free(big);
    cr_expect_not(wf_mem_home(WF_MEM_MAX_NODES, note_range, &who));
    if (!WF_HAVE_JEMALLOC)
        return;
    cr_assert(wf_mem_home(3, note_range, &who));
    small = wf_alloc(1000);
    big = wf_alloc(BIG);
    cr_expect_eq(wf_mem_node_of(small), -1);
    cr_expect_eq(wf_mem_node_of(big), 3);
    big = wf_realloc(big, 3 * BIG);
    cr_expect_eq(wf_mem_node_of(big), 3);
    wf_free(small);
    wf_free(big);
    cr_expect_not(wf_mem_home(-1, note_range, &who));
    big = wf_alloc(BIG);
    cr_expect_eq(wf_mem_node_of(big), -1);
    wf_free(big);
}
