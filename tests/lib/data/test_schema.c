/* test_schema.c - names and types of columns, kept as they were given. */
#include "lib/data/schema.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/nomem.h"

Test(schema, keeps_its_own_copy_of_names)
{
    char one[] = "date", two[] = "home team";
    const char *names[] = {one, two};
    const weft_dtype dtypes[] = {WEFT_DATE, WEFT_STRING};
    struct wf_schema *s = wf_schema_new(2, names, dtypes);

    one[0] = two[0] = 'X';
    cr_assert_eq(s->n, 2);
    cr_assert_str_eq(s->names[0], "date");
    cr_assert_str_eq(s->names[1], "home team");
    cr_assert_eq(s->dtypes[0], WEFT_DATE);
    cr_assert_eq(s->dtypes[1], WEFT_STRING);
    wf_schema_release(s);
}

Test(schema, finds_a_name_or_says_there_is_none)
{
    struct wf_schema *s = wf_schema_new(3, (const char *[]){"a", "b", "ab"},
                                        (const weft_dtype[]){WEFT_BOOL, WEFT_BOOL, WEFT_BOOL});

    cr_assert_eq(wf_schema_find(s, "a"), 0);
    cr_assert_eq(wf_schema_find(s, "ab"), 2);
    cr_assert_eq(wf_schema_find(s, "A"), -1);
    cr_assert_eq(wf_schema_find(s, ""), -1);
    wf_schema_release(s);
}

Test(schema, of_no_columns_is_a_schema)
{
    struct wf_schema *s = wf_schema_new(0, NULL, NULL);

    cr_assert_not_null(s);
    cr_assert_eq(wf_schema_find(s, "a"), -1);
    wf_schema_release(wf_schema_retain(s));
    wf_schema_release(s);
    wf_schema_release(NULL);
}

static weft_status make_one(void *arg)
{
    struct wf_schema *s = wf_schema_new(3, (const char *[]){"a", "b", "ab"},
                                        (const weft_dtype[]){WEFT_BOOL, WEFT_INT64, WEFT_DATE});

    (void)arg;
    wf_schema_release(s);
    return s ? WEFT_OK : WEFT_NOMEM;
}

Test(schema, a_refused_allocation_leaks_no_name)
{
    cr_assert_eq(nomem_everywhere(make_one, NULL), 6);
}
