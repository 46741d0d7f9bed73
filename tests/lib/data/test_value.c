/* test_value.c - any value, with its type. */
#include <weft/value.h>

#include <criterion/criterion.h>
#include <math.h>

#include <weft/block.h>

Test(value, numbers_come_back_as_numbers)
{
    cr_expect_eq(weft_value_f64(weft_value_of_f64(-1.5)), -1.5);
    cr_expect_eq(weft_value_i64(weft_value_of_f64(-1.5)), -1);
    cr_expect_eq(weft_value_i64(weft_value_of_i64(INT64_MIN)), INT64_MIN);
    cr_expect_eq(weft_value_f64(weft_value_of_i64(3)), 3.0);
    cr_expect_eq(weft_value_i64(weft_value_of_bool(true)), 1);
    cr_expect_eq(weft_value_f64(weft_value_of_bool(false)), 0.0);
}

Test(value, no_value_is_no_number_and_can_be_released)
{
    const struct weft_value none = weft_value_none();
    struct weft_value out = weft_value_of_i64(1);

    cr_assert_null(none.type);
    cr_assert(isnan(weft_value_f64(none)));
    cr_assert_eq(weft_value_i64(none), 0);
    cr_assert_eq(weft_value_bytes(none), 0);
    weft_value_release(none);
    cr_assert_eq(weft_value_retain(none, &out), WEFT_OK);
    cr_assert_null(out.type);
}

static struct weft_value block_of(int n_dims, const int64_t *shape)
{
    weft_block *b = weft_block_new(WEFT_FLOAT64, n_dims, shape);
    double *x = weft_block_data_mut(b);

    for (int64_t i = 0; i < weft_block_n_elems(b); i++)
        x[i] = 2.5;
    return weft_value_of_ptr(&weft_type_block, b);
}

Test(value, the_one_element_of_a_block_is_a_number)
{
    const struct weft_value scalar = block_of(0, NULL), one = block_of(2, (const int64_t[]){1, 1});
    const struct weft_value two = block_of(1, (const int64_t[]){2}), none = block_of(1, (const int64_t[]){0});

    cr_expect_eq(weft_value_f64(scalar), 2.5);
    cr_expect_eq(weft_value_i64(one), 2);
    cr_expect(isnan(weft_value_f64(two)) && isnan(weft_value_f64(none)));
    cr_expect_eq(weft_value_i64(two), 0);
    cr_expect_geq(weft_value_bytes(two), 16);
    weft_value_release(scalar);
    weft_value_release(one);
    weft_value_release(two);
    weft_value_release(none);
}

/* ---- Types of a user -------------------------------------------------------- */

static int held[4], n_copies;

static void  free_one(void *data)        { held[*(int *)data]--; }
static void *share_one(void *data)       { held[*(int *)data]++; return data; }
static size_t bytes_of(const void *data) { (void)data; return 77; }

static void *copy_one(const void *data)
{
    static int copy;

    copy = *(const int *)data + 1;
    held[copy]++;
    n_copies++;
    return &copy;
}

static void *copy_none(const void *data)
{
    (void)data;
    return NULL;
}

Test(value, a_counted_type_is_shared)
{
    static const struct weft_type counted = {.name = "counted", .free = free_one, .share = share_one,
                                             .copy = copy_one, .bytes = bytes_of};
    int id = 1;
    struct weft_value v = weft_value_of_ptr(&counted, &id), again;

    held[1] = 1;
    cr_assert_eq(weft_value_retain(v, &again), WEFT_OK);
    cr_assert(held[1] == 2 && again.as.ptr == &id && n_copies == 0);
    cr_assert_eq(weft_value_bytes(v), 77);
    weft_value_release(v);
    weft_value_release(again);
    cr_assert_eq(held[1], 0);
}

Test(value, a_type_that_is_not_counted_is_copied)
{
    static const struct weft_type copied = {.name = "copied", .free = free_one, .copy = copy_one};
    int id = 1;
    struct weft_value v = weft_value_of_ptr(&copied, &id), again;

    held[1] = 1;
    cr_assert_eq(weft_value_retain(v, &again), WEFT_OK);
    cr_assert(again.as.ptr != &id && *(int *)weft_value_ptr(again, &copied) == 2);
    weft_value_release(v);
    weft_value_release(again);
    cr_assert(held[1] == 0 && held[2] == 0);
}

Test(value, a_type_with_neither_cannot_be_retained)
{
    static const struct weft_type plain = {.name = "plain"}, poor = {.name = "poor", .copy = copy_none};
    int id = 3;
    struct weft_value out = weft_value_of_i64(5);

    cr_assert_eq(weft_value_retain(weft_value_of_ptr(&plain, &id), &out), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_value_retain(weft_value_of_ptr(&poor, &id), &out), WEFT_NOMEM);
    cr_assert_eq(weft_value_i64(out), 5); /* written only on success */
    weft_value_release(weft_value_of_ptr(&plain, &id));
    cr_assert_eq(weft_value_bytes(weft_value_of_ptr(&plain, &id)), 0);
}

Test(value, a_pointer_is_given_out_under_its_own_type_only)
{
    static const struct weft_type one = {.name = "same name"}, other = {.name = "same name"};
    int x = 0;

    cr_assert_eq(weft_value_ptr(weft_value_of_ptr(&one, &x), &one), &x);
    cr_assert_null(weft_value_ptr(weft_value_of_ptr(&one, &x), &other));
    cr_assert_null(weft_value_ptr(weft_value_none(), &one));
    cr_assert(isnan(weft_value_f64(weft_value_of_ptr(&one, &x))));
}
