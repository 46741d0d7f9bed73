/* bodies.c - small bodies for tests of graphs and pools. */
#include "tests/support/bodies.h"

#include <stdatomic.h>
#include <stdlib.h>

weft_status body_add(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = (int64_t)(intptr_t)arg;

    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

weft_status body_fail(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "told to");
}

weft_status body_count(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    atomic_fetch_add((_Atomic int64_t *)arg, 1);
    return WEFT_OK;
}

weft_status body_three(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int k = 0; k < 3; k++)
        weft_call_return_at(call, k, weft_value_of_i64(10 * (k + 1)));
    return WEFT_OK;
}

_Atomic int64_t boxes_live, boxes_copied;

static void *new_box(int64_t number)
{
    int64_t *box = malloc(sizeof *box);

    *box = number;
    atomic_fetch_add(&boxes_live, 1);
    return box;
}

static void free_box(void *data)
{
    atomic_fetch_sub(&boxes_live, 1);
    free(data);
}

static void *copy_box(const void *data)
{
    atomic_fetch_add(&boxes_copied, 1);
    return new_box(*(const int64_t *)data);
}

const struct weft_type type_box = {.name = "box", .free = free_box, .copy = copy_box};
const struct weft_type type_sealed_box = {.name = "sealed box", .free = free_box};

struct weft_value box_of(const struct weft_type *type, int64_t number)
{
    return weft_value_of_ptr(type, new_box(number));
}

int64_t box_number(struct weft_value v)
{
    return v.type ? *(const int64_t *)v.as.ptr : -1;
}

weft_status body_box(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = (int64_t)(intptr_t)arg;

    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += box_number(weft_call_input(call, i));
    weft_call_return(call, box_of(&type_box, sum));
    return WEFT_OK;
}

weft_status body_box_in_place(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value mine;
    const weft_status st = weft_call_take(call, 0, &mine);

    if (st)
        return weft_error_set(err, st, "the box cannot be taken");
    *(int64_t *)mine.as.ptr += (int64_t)(intptr_t)arg;
    weft_call_return(call, mine);
    return WEFT_OK;
}
