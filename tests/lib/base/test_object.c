/* test_object.c - an address is known by its object's build and its place there. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/object.h"

static const int constant = 7;

static void here(void)
{
}

static const void *address_of(void (*fn)(void))
{
    const void *p;

    memcpy(&p, &fn, sizeof p);
    return p;
}

Test(object, code_and_constants_of_a_program_are_in_it)
{
    struct wf_object code, data;

    cr_assert(wf_object_of(&code, address_of(here)));
    cr_assert(wf_object_of(&data, &constant));
    cr_assert_eq(code.base, data.base);
    cr_assert_gt(code.n_build_id, 0, "the linker was told to leave none");
    cr_assert_arr_eq(code.build_id, data.build_id, sizeof code.build_id);
    cr_assert_lt(code.base, (uintptr_t)address_of(here));
}

Test(object, another_object_is_another_and_each_is_found_by_its_build_id)
{
    struct wf_object own, libc, found;

    cr_assert(wf_object_of(&own, &constant));
    cr_assert(wf_object_of(&libc, address_of((void (*)(void))abort)));
    cr_assert_neq(own.base, libc.base);
    cr_assert(wf_object_find(&found, own.build_id, own.n_build_id));
    cr_assert_eq(found.base, own.base);
    own.build_id[0] ^= 1;
    cr_assert_not(wf_object_find(&found, own.build_id, own.n_build_id));
    cr_assert_not(wf_object_find(&found, own.build_id, 0));
}

Test(object, the_heap_and_the_stack_are_in_none)
{
    struct wf_object o;
    void *heap = calloc(1, 1);
    int stack = 0;

    cr_assert_not(wf_object_of(&o, heap));
    cr_assert_not(wf_object_of(&o, &stack));
    cr_assert_not(wf_object_of(&o, NULL));
    free(heap);
}
