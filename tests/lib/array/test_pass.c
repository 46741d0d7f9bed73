/* test_pass.c - an expression becomes one program over the arrays it reads. */
#include "lib/array/pass.h"

#include <criterion/criterion.h>
#include <string.h>

static struct wf_pass *compile(weft_array *a, weft_dtype dtype, const void *job, size_t n_job, const char *then)
{
    struct wf_pass *p = NULL;

    cr_assert_eq(wf_pass_new(&p, a, dtype, job, n_job, then, NULL), WEFT_OK);
    return p;
}

Test(pass, its_name_tells_the_operations_in_order_and_each_once)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_arange(g, 0, 10, 1, 5), *y = weft_array_multiply(x, x);
    struct wf_pass *p = compile(weft_array_sqrt(weft_array_add(y, weft_array_multiply(y, x))), WEFT_FLOAT64, NULL, 0,
                                "sum");

    cr_assert_str_eq(p->name, "arange-multiply-add-sqrt-sum");
    wf_pass_release(p);
    /* A name inside another is not the same. */
    p = compile(weft_array_less_equal(x, weft_array_less(x, y)), WEFT_BOOL, NULL, 0, NULL);
    cr_assert_str_eq(p->name, "arange-multiply-less-less_equal");
    wf_pass_release(p);
    weft_graph_free(g);
}

Test(pass, a_name_too_long_ends_in_dots)
{
    static const weft_op ops[] = {WEFT_OP_SIN, WEFT_OP_COS, WEFT_OP_TAN, WEFT_OP_ARCSINH, WEFT_OP_ARCTAN, WEFT_OP_EXPM1,
                                  WEFT_OP_LOG1P, WEFT_OP_RECIPROCAL, WEFT_OP_NEGATIVE, WEFT_OP_DEG2RAD};
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_arange(g, 0, 10, 1, 5);
    struct wf_pass *p;

    for (int i = 0; i < 10; i++)
        x = weft_array_call1(ops[i], x);
    p = compile(x, WEFT_FLOAT64, NULL, 0, NULL);
    cr_assert_lt(strlen(p->name), 64);
    cr_assert_str_eq(p->name + strlen(p->name) - 3, "...");
    wf_pass_release(p);
    weft_graph_free(g);
}

Test(pass, only_leaves_with_chunks_are_inputs_and_each_is_one)
{
    weft_graph *g = weft_graph_new();
    weft_array *kept = weft_array_keep(weft_array_arange(g, 0, 10, 1, 5)), *rule = weft_array_range(g, 0, 1, 10, 5);
    weft_array *sum = weft_array_add(weft_array_multiply(kept, kept), weft_array_multiply(rule, weft_array_f64(g, 3)));
    struct wf_pass *p = compile(sum, WEFT_FLOAT64, NULL, 0, NULL);

    cr_assert_eq(p->n_leaves, 2);
    cr_assert_eq(p->n_inputs, 1);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(p->leaves[i].input, p->leaves[i].array == kept ? 0 : -1);
    wf_pass_release(p);
    weft_graph_free(g);
}

Test(pass, a_leaf_alone_needs_no_program_unless_its_type_changes)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 10, 5);
    struct wf_pass *same = compile(x, WEFT_INT64, NULL, 0, NULL), *other = compile(x, WEFT_FLOAT64, NULL, 0, NULL);

    cr_assert_null(same->program);
    cr_assert_not_null(other->program);
    wf_pass_release(same);
    wf_pass_release(other);
    weft_graph_free(g);
}

Test(pass, tokens_are_equal_where_expression_cuts_and_job_are)
{
    weft_graph *g = weft_graph_new();
    const int64_t job = 1, other_job = 2;
    weft_array *x[4] = {weft_array_range(g, 0, 1, 10, 5), weft_array_range(g, 0, 1, 10, 5),
                        weft_array_range(g, 0, 2, 10, 5), weft_array_range(g, 0, 1, 10, 4)};
    struct wf_pass *p[5];

    for (int i = 0; i < 5; i++)
        p[i] = compile(weft_array_sqrt(x[i % 4]), WEFT_FLOAT64, i == 4 ? &other_job : &job, sizeof job, "then");
    for (int i = 1; i < 5; i++)
        cr_assert_eq(p[i]->token.hi == p[0]->token.hi && p[i]->token.lo == p[0]->token.lo, i == 1, "%d", i);
    for (int i = 0; i < 5; i++)
        wf_pass_release(p[i]);
    weft_graph_free(g);
}
