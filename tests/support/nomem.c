/* nomem.c - a scenario run once for every allocation it makes, that one failing. */
#include "tests/support/nomem.h"

#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "tests/support/scale.h"

int64_t nomem_everywhere(nomem_scenario *fn, void *arg)
{
    const int64_t scale = test_scale();
    int64_t n_nomem = 0, asked;
    weft_status st;

    /* Every one of the first hundreds; of many, fewer. */
    for (int64_t n = 1;; n += n < 300 ? 1 : n / 100 * scale) {
        wf_mem_watch(true);
        wf_mem_fail_at(n);
        st = fn(arg);
        asked = wf_mem_n_asked();
        wf_mem_fail_at(0);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld fails: %lld are left", (long long)n,
                     (long long)wf_mem_n_live());
        wf_mem_watch(false);
        if (asked < n)
            break;
        cr_assert(st == WEFT_NOMEM || st == WEFT_OK, "allocation %lld fails: %s", (long long)n,
                  weft_status_text(st));
        n_nomem += st == WEFT_NOMEM;
    }
    cr_assert_eq(st, WEFT_OK, "no allocation fails: %s", weft_status_text(st));
    cr_assert_gt(n_nomem, 0);
    return n_nomem;
}
