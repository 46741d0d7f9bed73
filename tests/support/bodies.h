/* bodies.h - small bodies for tests of graphs and pools. */
#ifndef TESTS_BODIES_H
#define TESTS_BODIES_H

#include <weft/graph.h>

/* Gives arg (as a number) plus the sum of its inputs. */
weft_status body_add(weft_call *call, void *arg, struct weft_error *err);
/* Fails with "told to". */
weft_status body_fail(weft_call *call, void *arg, struct weft_error *err);
/* Adds one to the atomic int64_t behind arg; gives nothing. */
weft_status body_count(weft_call *call, void *arg, struct weft_error *err);
/* Gives three results: 10, 20, 30. */
weft_status body_three(weft_call *call, void *arg, struct weft_error *err);

static inline void *arg_of(int64_t number)
{
    return (void *)(intptr_t)number;
}

/* A counted value of a test's own: how many live, how many copies were made. */
extern _Atomic int64_t boxes_live, boxes_copied;
extern const struct weft_type type_box;        /* free, copy */
extern const struct weft_type type_sealed_box; /* free only */
struct weft_value box_of(const struct weft_type *type, int64_t number);
int64_t box_number(struct weft_value v);
/* Gives a box of arg plus the sum of its inputs' boxes. */
weft_status body_box(weft_call *call, void *arg, struct weft_error *err);
/* Takes input 0 over, adds arg to it in place, and gives it. */
weft_status body_box_in_place(weft_call *call, void *arg, struct weft_error *err);

#endif
