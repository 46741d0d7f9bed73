/* test_body.c - a body is found again from what the loader knows. */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/graph.h>

static weft_status hidden_body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

Test(body, a_hidden_body_is_found_by_build_id_and_offset)
{
    struct weft_body_name name;
    weft_body *found = NULL;

    cr_assert_eq(weft_body_name(hidden_body, &name, NULL), WEFT_OK);
    cr_assert_gt(name.offset, 0);
    if (!name.n_build_id)
        cr_skip_test("this linker writes no build-id");
    cr_assert_eq(weft_body_find(&name, &found, NULL), WEFT_OK);
    cr_assert_eq(found, hidden_body);
}

Test(body, an_exported_symbol_is_found_in_an_object_not_loaded_yet)
{
    struct weft_body_name name = {.object = "libm.so.6", .symbol = "cos"};
    weft_body *found = NULL;
    struct weft_error err;

    cr_assert_eq(weft_body_find(&name, &found, &err), WEFT_OK, "%s", err.message);
    cr_assert_not_null(found);
    strcpy(name.symbol, "no_such_body");
    cr_assert_eq(weft_body_find(&name, &found, &err), WEFT_NOT_FOUND);
    cr_assert_str_eq(err.message, "libm.so.6 has no symbol \"no_such_body\"");
}

Test(body, what_is_in_no_object_is_said_so)
{
    struct weft_body_name name = {.object = "gone.so", .build_id = {1, 2, 3}, .n_build_id = 3};
    weft_body *found;
    struct weft_error err;
    int on_the_stack;

    cr_assert_eq(weft_body_find(&name, &found, &err), WEFT_NOT_FOUND);
    cr_assert_str_eq(err.message, "no loaded object has the build-id of gone.so");
    cr_assert_eq(weft_body_name((weft_body *)(uintptr_t)&on_the_stack, &name, &err), WEFT_NOT_FOUND);
}
