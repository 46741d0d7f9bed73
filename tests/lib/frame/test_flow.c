/* test_flow.c - what is read, settled and computed for the columns asked for, and nothing else. */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "lib/frame/flow.h"
#include "tests/support/frames.h"

/* The flow of one expression over f, which the caller releases. */
static struct wf_flow *flow_of(weft_frame *f, const char *what)
{
    const struct wf_expr *e = NULL;
    struct wf_flow *w = NULL;
    struct weft_error err = {0};

    cr_assert_eq(wf_frame_expr_of(&e, f, what, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(wf_flow_new(&w, f, 1, &e, &what, &err), WEFT_OK, "%s", err.message);
    return w;
}

static weft_frame *any_frame(weft_graph *g, weft_chunk **all)
{
    uint64_t seed = 1;

    *all = random_chunk(&seed, 50, 20, 10);
    return cut_frame(g, &seed, *all, 2, NO_HOLES);
}

Test(flow, only_columns_that_matter_are_read)
{
    weft_chunk *all;
    weft_graph *g = weft_graph_new();
    weft_frame *f = any_frame(g, &all); /* b 0, i 1, f 2, d 3, s 4 */
    struct wf_flow *w;

    f = weft_frame_assign(f, "z", "i + f");
    f = weft_frame_assign(f, "unused", "len(s)");
    w = flow_of(f, "z");
    cr_assert_eq(w->n_reads, 2);
    cr_assert_eq(w->reads[0], 1);
    cr_assert_eq(w->reads[1], 2);
    cr_assert_eq(w->n_stages, 0);
    wf_flow_release(w);

    f = weft_frame_filter(f, "z > 3");
    w = flow_of(f, "d");
    cr_assert_eq(w->n_reads, 3); /* d, and what the predicate looks at */
    cr_assert_eq(w->reads[2], 3);
    cr_assert_eq(w->stages[0].n_settled, 0); /* z is computed for the predicate and not kept */
    cr_assert_null(w->program);
    wf_flow_release(w);

    w = flow_of(f, "z");
    cr_assert_eq(w->stages[0].n_settled, 1); /* and kept when it is asked for */
    cr_assert_null(w->program);
    wf_flow_release(w);
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(flow, columns_as_they_are_need_no_flow)
{
    weft_chunk *all;
    weft_graph *g = weft_graph_new();
    weft_frame *f = any_frame(g, &all);
    struct wf_flow *w = flow_of(f, "d"), *computed = flow_of(f, "i + 0");

    cr_assert(wf_flow_is_nothing(w));
    cr_assert_not(wf_flow_is_nothing(computed));
    wf_flow_release(w);
    wf_flow_release(computed);
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(flow, equal_flows_have_equal_tokens_and_others_do_not)
{
    weft_chunk *all;
    weft_graph *g = weft_graph_new();
    weft_frame *f = any_frame(g, &all);
    weft_frame *a = weft_frame_filter(weft_frame_assign(f, "z", "i + 1"), "z > 3");
    weft_frame *b = weft_frame_filter(weft_frame_assign(f, "z", "i + 1"), "z > 3");
    weft_frame *c = weft_frame_filter(weft_frame_assign(f, "z", "i + 2"), "z > 3");
    weft_frame *d = weft_frame_filter(weft_frame_assign(f, "z", "i + 1"), "z > 4");
    struct wf_flow *w[] = {flow_of(a, "z"), flow_of(b, "z"), flow_of(c, "z"), flow_of(d, "z"), flow_of(a, "i")};

    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            cr_assert_eq(memcmp(&w[i]->token, &w[k]->token, sizeof w[i]->token) == 0, i == k || i + k == 1);
    for (int i = 0; i < 5; i++)
        wf_flow_release(w[i]);
    weft_chunk_release(all);
    weft_graph_free(g);
}

/* Counts rows and blocks. */
struct counts {
    int64_t n_rows, n_blocks, most;
};

static weft_status count_block(void *to, struct wf_column *const *columns, int64_t n_rows, struct weft_error *err)
{
    struct counts *c = to;

    (void)err;
    cr_assert_eq(columns[0]->n, n_rows);
    c->n_rows += n_rows;
    c->n_blocks++;
    c->most = n_rows > c->most ? n_rows : c->most;
    return WEFT_OK;
}

Test(flow, long_partitions_go_through_in_blocks)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 3 * WF_FLOW_BLOCK + 17, 20, 10);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 1, NO_HOLES);
    struct wf_flow *plain = flow_of(f, "s"), *computed = flow_of(f, "i * 2");
    struct counts a = {0}, b = {0};
    void *scratch = wf_alloc_aligned(plain->scratch_bytes + computed->scratch_bytes);

    cr_assert_eq(wf_flow_each(plain, all, scratch, count_block, &a, NULL), WEFT_OK);
    cr_assert_eq(a.n_blocks, 1); /* nothing to compute, nothing to cut */
    cr_assert_eq(a.n_rows, all->n_rows);
    cr_assert_eq(wf_flow_each(computed, all, scratch, count_block, &b, NULL), WEFT_OK);
    cr_assert_eq(b.n_blocks, 4);
    cr_assert_eq(b.most, WF_FLOW_BLOCK);
    cr_assert_eq(b.n_rows, all->n_rows);
    wf_free(scratch);
    wf_flow_release(plain);
    wf_flow_release(computed);
    weft_chunk_release(all);
    weft_graph_free(g);
}
