/* test_calls.c - stacks of a profile as a tree. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "lib/analyse/calls.h"

static weft_profile *p;

static void make_profile(void)
{
    cr_assert_eq(weft_profile_new(&p, NULL), WEFT_OK);
}

static void drop_profile(void)
{
    weft_profile_free(p);
}

TestSuite(calls, .init = make_profile, .fini = drop_profile);

/* "row name at+total self", of each. */
static void expect(const struct wf_calls *c, const char *const *lines, uint32_t n)
{
    cr_assert_eq(c->n, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct wf_call *x = &c->list[i];
        char line[128];

        snprintf(line, sizeof line, "%u %.*s %d+%d %d", x->row, (int)x->bytes, x->name, (int)x->at, (int)x->total, (int)x->self);
        cr_assert_str_eq(line, lines[i]);
        cr_assert(!i || (x->up < i && c->list[x->up].row + 1 == x->row));
    }
}

/*                 all 25
 *   write 11    | read 9                  | read-more 5
 *               | parse 7   | copy 2      | read 5
 *               | digit 6   |                                  */
Test(calls, those_of_one_stand_side_by_side_the_widest_first_whenever_they_were_seen)
{
    static const char *const lines[] = {"0 all 0+25 0",     "1 read 11+9 0",      "2 copy 18+2 2", "2 parse 11+7 1",
                                        "3 digit 11+6 6",   "1 read-more 20+5 0", "2 read 20+5 5", "1 write 0+11 11"};
    struct wf_calls c = {0};

    weft_profile_add(p, "read;copy", 2, NULL);
    weft_profile_add(p, "write", 11, NULL);
    weft_profile_add(p, "read-more;read", 5, NULL);
    weft_profile_add(p, "read;parse;digit", 6, NULL);
    weft_profile_add(p, "read;parse", 1, NULL);
    cr_assert(wf_calls_build(&c, p));
    cr_assert_eq(c.n_rows, 4);
    expect(&c, lines, sizeof lines / sizeof *lines);
    wf_calls_fini(&c);
}

Test(calls, of_nothing_there_is_only_the_one_who_called_all)
{
    static const char *const lines[] = {"0 all 0+0 0"};
    struct wf_calls c = {0};

    cr_assert(wf_calls_build(&c, p));
    expect(&c, lines, 1);
    wf_calls_fini(&c);
}
