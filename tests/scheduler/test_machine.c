/* test_machine.c - what is printed is what pools use. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

/* What weft_machine_print() writes. The caller's to free(). */
static char *printed(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    cr_assert_eq(weft_machine_print(f, NULL), WEFT_OK);
    fclose(f);
    return text;
}

Test(machine, counts_the_threads_this_process_may_use)
{
    struct weft_machine m;
    cpu_set_t mask;

    unsetenv("WEFT_WORKERS");
    sched_getaffinity(0, sizeof mask, &mask);
    cr_assert_eq(weft_machine_look(&m, NULL), WEFT_OK);
    cr_assert_eq(m.n_pus, CPU_COUNT(&mask));
    cr_assert(m.n_cores >= 1 && m.n_cores <= m.n_pus);
    cr_assert(m.n_workers >= 1 && m.n_workers <= m.n_cores);
    cr_assert(m.n_packages <= m.n_cores && m.n_l3 <= m.n_cores && m.n_l2 <= m.n_cores);
}

Test(machine, another_machine_can_be_looked_at_through_the_environment)
{
    struct weft_machine m;
    char *text;

    unsetenv("WEFT_WORKERS");
    setenv("HWLOC_SYNTHETIC", "pack:2 [numa] l3:2 core:4 pu:2", 1);
    cr_assert_eq(weft_machine_look(&m, NULL), WEFT_OK);
    cr_expect_eq(m.n_packages, 2);
    cr_expect_eq(m.n_nodes, 2);
    cr_expect_eq(m.n_l3, 4);
    cr_expect_eq(m.n_cores, 16);
    cr_expect_eq(m.n_pus, 32);

    setenv("WEFT_WORKERS", "18", 1);
    text = printed();
    cr_expect(strstr(text, "2 packages, 2 NUMA nodes, 4 shared L3, 16 cores, 32 hardware threads"), "%s", text);
    cr_expect(strstr(text, "18 workers, each pinned"), "%s", text);
    /* The last two share the first two cores. */
    cr_expect(strstr(text, "L3 0: threads 0-7, workers 0-3,16-17\n"), "%s", text);
    cr_expect(strstr(text, "L3 3: threads 24-31, workers 12-15\n"), "%s", text);
    cr_expect(strstr(text, "worker 0 robs 16, then 1 2 3 17, then 4 5 6 7, then 8 9"), "%s", text);
    free(text);
}

Test(machine, a_pool_smaller_than_the_machine_is_said_not_to_be_pinned)
{
    struct weft_machine m;
    char *text;

    setenv("HWLOC_SYNTHETIC", "l3:1 core:4 pu:1", 1);
    setenv("WEFT_WORKERS", "3", 1);
    cr_assert_eq(weft_machine_look(&m, NULL), WEFT_OK);
    cr_assert_eq(m.n_workers, 3);
    cr_assert_not(m.pinned);
    text = printed();
    cr_assert(strstr(text, "3 workers, not pinned"), "%s", text);
    free(text);
}

Test(machine, no_memory_is_told_and_leaks_nothing)
{
    FILE *null = fopen("/dev/null", "w");
    weft_status st = WEFT_NOMEM;

    cr_assert_eq(weft_machine_print(null, NULL), WEFT_OK);
    wf_mem_watch(true);
    for (int n = 1; st; n++) {
        wf_mem_fail_at(n);
        st = weft_machine_print(null, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM);
        cr_assert_eq(wf_mem_n_live(), 0);
    }
    fclose(null);
}
