#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/near.h"

static const char *const names[] = {"pool.workers", "pool.pin", "memory.limit", "log"};

static const char *near(const char *wrong)
{
    return wf_near(wrong, strlen(wrong), names, 4);
}

Test(near, a_letter_added_dropped_changed_or_swapped_is_near)
{
    cr_assert_str_eq(near("pool.workerss"), "pool.workers");
    cr_assert_str_eq(near("pol.workers"), "pool.workers");
    cr_assert_str_eq(near("pool,workers"), "pool.workers");
    cr_assert_str_eq(near("pool.pni"), "pool.pin");
    cr_assert_str_eq(near("MEMORY.LIMIT"), "memory.limit");
}

Test(near, what_shares_little_is_not)
{
    cr_assert_null(near("elephants"));
    cr_assert_null(near(""));
    cr_assert_null(near("xyz"));
}

Test(near, a_name_too_long_to_compare_is_not)
{
    char wrong[200];

    memset(wrong, 'a', sizeof wrong - 1);
    wrong[sizeof wrong - 1] = '\0';
    cr_assert_null(near(wrong));
}
