/* test_isa.c - the environment chooses among what the machine has. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "lib/kernel/isa.h"

Test(isa, the_environment_may_ask_for_less)
{
    setenv("WEFT_ISA", wf_isa_name((enum wf_isa)0), 1);
    cr_assert_eq((int)wf_isa(), 0);
}

Test(isa, what_is_not_known_is_not_heeded)
{
    setenv("WEFT_ISA", "v99", 1);
    cr_assert(wf_isa_has(wf_isa()));
    for (int i = (int)wf_isa() + 1; i < WF_ISA_COUNT; i++)
        cr_assert(!wf_isa_has((enum wf_isa)i), "the best is taken");
}
