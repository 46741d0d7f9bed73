/* profile_order.c - the stacks of a profile in the order of their frames. */
#include "lib/analyse/profile.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* The end of a frame comes before all that could go on in it. */
static int rank_of(char c)
{
    return c == ';' ? 1 : c ? 1 + (unsigned char)c : 0;
}

static int by_frames(const void *a, const void *b)
{
    const char *x = (*(const struct weft_profile_stack *const *)a)->text;
    const char *y = (*(const struct weft_profile_stack *const *)b)->text;

    for (; *x && *x == *y; x++, y++)
        ;
    return rank_of(*x) - rank_of(*y);
}

const struct weft_profile_stack **wf_profile_sorted(const weft_profile *p)
{
    const struct weft_profile_stack *stacks = weft_profile_stacks(p);
    const size_t n = weft_profile_n_stacks(p);
    const struct weft_profile_stack **sorted = wf_alloc_array(n, sizeof *sorted);

    for (size_t i = 0; sorted && i < n; i++)
        sorted[i] = &stacks[i];
    if (sorted)
        qsort(sorted, n, sizeof *sorted, by_frames);
    return sorted;
}
