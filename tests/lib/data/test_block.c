/* test_block.c - blocks of numbers: shapes, holders, and the way out and in. */
#include "lib/data/block.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"

#define SHAPE(...) (int)(sizeof((int64_t[]){__VA_ARGS__}) / 8), (const int64_t[]){__VA_ARGS__}

Test(block, has_the_shape_it_was_given)
{
    weft_block *b = weft_block_new(WEFT_FLOAT64, SHAPE(3, 4, 5));

    cr_assert_eq(weft_block_dtype(b), WEFT_FLOAT64);
    cr_assert_eq(weft_block_n_dims(b), 3);
    cr_assert_arr_eq(weft_block_shape(b), ((const int64_t[]){3, 4, 5}), 24);
    cr_assert_eq(weft_block_n_elems(b), 60);
    cr_assert_eq((uintptr_t)weft_block_data(b) % 64, 0);
    weft_block_release(b);
}

Test(block, of_no_axes_holds_one_element_and_of_an_empty_axis_none)
{
    weft_block *one = weft_block_new(WEFT_INT64, 0, NULL);
    weft_block *none = weft_block_new(WEFT_INT64, SHAPE(3, 0, 5));
    weft_block *wide = weft_block_new(WEFT_INT64, SHAPE((int64_t)1 << 40, (int64_t)1 << 40, 0));

    cr_assert_eq(weft_block_n_elems(one), 1);
    cr_assert_eq(weft_block_n_elems(none), 0);
    cr_assert_not_null(wide);
    cr_assert_eq(weft_block_n_elems(wide), 0);
    weft_block_release(one);
    weft_block_release(none);
    weft_block_release(wide);
}

Test(block, sizes_no_machine_has_are_refused)
{
    cr_assert_null(weft_block_new(WEFT_FLOAT64, SHAPE(INT64_MAX)));
    cr_assert_null(weft_block_new(WEFT_FLOAT64, SHAPE((int64_t)1 << 32, (int64_t)1 << 32)));
    cr_assert_null(weft_block_new(WEFT_FLOAT64, SHAPE((int64_t)1 << 60)));
    cr_assert_null(weft_block_new(WEFT_BOOL, SHAPE((int64_t)1 << 61)));
    cr_assert_null(weft_block_new(WEFT_BOOL, SHAPE(-1)));
    cr_assert_null(weft_block_new(WEFT_BOOL, SHAPE(0, -1)));
}

Test(block, elements_are_converted_as_c_does)
{
    weft_block *f64 = weft_block_new(WEFT_FLOAT64, SHAPE(2)), *f32 = weft_block_new(WEFT_FLOAT32, SHAPE(2));
    weft_block *i64 = weft_block_new(WEFT_INT64, SHAPE(2)), *yes = weft_block_new(WEFT_BOOL, SHAPE(2));
    weft_block *date = weft_block_new(WEFT_DATE, SHAPE(2));

    memcpy(weft_block_data_mut(f64), (const double[]){1.75, -2.5}, 16);
    memcpy(weft_block_data_mut(f32), (const float[]){1.75f, -2.5f}, 8);
    memcpy(weft_block_data_mut(i64), (const int64_t[]){7, -9007199254740993}, 16);
    memcpy(weft_block_data_mut(yes), (const uint8_t[]){0, 1}, 2);
    memcpy(weft_block_data_mut(date), (const int32_t[]){-1, 20000}, 8);
    cr_expect(weft_block_f64_at(f64, 0) == 1.75 && weft_block_i64_at(f64, 1) == -2);
    cr_expect(weft_block_f64_at(f32, 1) == -2.5 && weft_block_i64_at(f32, 0) == 1);
    cr_expect(weft_block_i64_at(i64, 1) == -9007199254740993 && weft_block_f64_at(i64, 0) == 7.0);
    cr_expect(weft_block_i64_at(yes, 0) == 0 && weft_block_f64_at(yes, 1) == 1.0);
    cr_expect(weft_block_i64_at(date, 0) == -1 && weft_block_f64_at(date, 1) == 20000.0);
    weft_block_release(f64);
    weft_block_release(f32);
    weft_block_release(i64);
    weft_block_release(yes);
    weft_block_release(date);
}

static int n_freed;

static void note_freed(void *data)
{
    (void)data;
    n_freed++;
}

Test(block, wrapped_memory_is_read_in_place_and_given_back_once)
{
    double mine[] = {1, 2, 3, 4, 5, 6};
    weft_block *b = weft_block_wrap(WEFT_FLOAT64, SHAPE(2, 3), mine, note_freed);

    cr_assert_eq(weft_block_data(b), (const void *)mine);
    cr_assert_eq(weft_block_f64_at(b, 5), 6);
    weft_block_release(weft_block_retain(b));
    cr_assert_eq(n_freed, 0);
    weft_block_release(b);
    cr_assert_eq(n_freed, 1);
}

Test(block, wrapped_memory_that_cannot_be_a_block_is_given_back_too)
{
    double mine[1];

    cr_assert_null(weft_block_wrap(WEFT_FLOAT64, SHAPE(INT64_MAX), mine, note_freed));
    cr_assert_eq(n_freed, 1);
    cr_assert_null(weft_block_wrap(WEFT_FLOAT64, SHAPE(-1), mine, NULL));
}

Test(block, wrapped_memory_may_stay_the_callers)
{
    double mine[] = {4};
    weft_block *b = weft_block_wrap(WEFT_FLOAT64, 0, NULL, mine, NULL);

    cr_assert_eq(weft_value_f64(weft_value_of_ptr(&weft_type_block, b)), 4);
    weft_block_release(b);
    mine[0] = 5;
}

/* ---- Out and in ------------------------------------------------------------ */

struct pipe_end {
    char  *bytes;
    size_t n, at;
};

static weft_status pipe_write(void *to, const void *bytes, size_t n)
{
    struct pipe_end *p = to;

    p->bytes = realloc(p->bytes, p->n + n + 1);
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
    return WEFT_OK;
}

static weft_status pipe_read(void *from, void *bytes, size_t n)
{
    struct pipe_end *p = from;

    if (n > p->n - p->at)
        return WEFT_IO;
    memcpy(bytes, p->bytes + p->at, n);
    p->at += n;
    return WEFT_OK;
}

Test(block, is_the_same_on_the_other_side)
{
    for (int dtype = 0; dtype < WEFT_STRING; dtype++) {
        weft_block *b = weft_block_new((weft_dtype)dtype, SHAPE(3, 1, 7)), *back;
        struct pipe_end p = {0};
        void *data = NULL;

        memset(weft_block_data_mut(b), 1, 21 * weft_dtype_size((weft_dtype)dtype));
        cr_assert_eq(weft_type_block.write(b, &(struct weft_sink){&p, pipe_write}), WEFT_OK);
        cr_assert_eq(weft_type_block.read(&data, &(struct weft_source){&p, pipe_read}), WEFT_OK);
        cr_assert_eq(p.at, p.n); /* all of it, and no more */
        back = data;
        cr_assert_eq(weft_block_dtype(back), (weft_dtype)dtype);
        cr_assert_eq(weft_block_n_dims(back), 3);
        cr_assert_arr_eq(weft_block_shape(back), weft_block_shape(b), 24);
        cr_assert_arr_eq(weft_block_data(back), weft_block_data(b), 21 * weft_dtype_size((weft_dtype)dtype));
        weft_block_release(b);
        weft_block_release(back);
        free(p.bytes);
    }
}

Test(block, what_was_cut_off_is_told_and_leaks_nothing)
{
    weft_block *b = weft_block_new(WEFT_INT64, SHAPE(5));
    struct pipe_end p = {0};

    memset(weft_block_data_mut(b), 0, 40);
    cr_assert_eq(weft_type_block.write(b, &(struct weft_sink){&p, pipe_write}), WEFT_OK);
    weft_block_release(b);
    wf_mem_watch(true);
    for (size_t n = 0, all = p.n; n < all; n++) {
        struct pipe_end cut = {p.bytes, n, 0};
        void *data = NULL;

        cr_assert_eq(weft_type_block.read(&data, &(struct weft_source){&cut, pipe_read}), WEFT_IO);
        cr_assert_null(data);
        cr_assert_eq(wf_mem_n_live(), 0);
    }
    free(p.bytes);
}

Test(block, nonsense_instead_of_a_block_is_refused)
{
    const int64_t heads[][10] = {
        {-1, 1, 1}, {WEFT_STRING, 1, 1}, {99, 1, 1}, {WEFT_INT64, -1}, {WEFT_INT64, 9, 1, 1, 1, 1, 1, 1, 1, 1},
        {WEFT_INT64, 1, -5}, {WEFT_INT64, 2, (int64_t)1 << 40, (int64_t)1 << 40}, {WEFT_INT64, (int64_t)1 << 33, 1},
    };

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct pipe_end p = {(char *)heads[i], sizeof heads[i], 0};
        void *data = NULL;

        cr_expect_neq(weft_type_block.read(&data, &(struct weft_source){&p, pipe_read}), WEFT_OK, "head %zu", i);
        cr_expect_null(data);
    }
}

Test(block, a_copy_is_equal_and_its_own)
{
    weft_block *b = weft_block_new(WEFT_INT64, SHAPE(3)), *copy;

    memcpy(weft_block_data_mut(b), (const int64_t[]){1, 2, 3}, 24);
    copy = weft_type_block.copy(b);
    ((int64_t *)weft_block_data_mut(copy))[1] = 20;
    cr_assert_eq(weft_block_i64_at(b, 1), 2);
    cr_assert_eq(weft_block_i64_at(copy, 2), 3);
    weft_block_release(b);
    weft_block_release(copy);
}

static weft_status make_and_copy(void *arg)
{
    weft_block *b = weft_block_new(WEFT_FLOAT64, SHAPE(10)), *wrapped, *copy = NULL;
    const int before = n_freed;

    if (b) {
        memset(weft_block_data_mut(b), 0, 80);
        copy = weft_type_block.copy(b);
    }
    /* Given back once, whether there is a block or not. */
    wrapped = weft_block_wrap(WEFT_FLOAT64, SHAPE(1), arg, note_freed);
    weft_block_release(wrapped);
    cr_assert_eq(n_freed, before + 1);
    weft_block_release(b);
    weft_block_release(copy);
    return b && copy && wrapped ? WEFT_OK : WEFT_NOMEM;
}

Test(block, a_refused_allocation_leaks_nothing)
{
    double mine[1];

    cr_assert_eq(nomem_everywhere(make_and_copy, mine), 6);
}
