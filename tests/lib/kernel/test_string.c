/* test_string.c - strings compare by their bytes, short or long, wherever they lie. */
#include <criterion/criterion.h>
#include <string.h>

#include "lib/data/builder.h"
#include "lib/kernel/kernel.h"
#include "lib/kernel/string/compare.h"

static const char *const words[] = {
    "", "a", "aa", "ab", "abc", "abcd", "abcde", "abcdefghijkl", "abcdefghijklm", "abcdefghijklmn",
    "abcdefghijklz", "abce", "b", "\xc3\xbc", "\xff", "abcdefghijkm", "abcdefghijk", "zzzzzzzzzzzzzzzzzzzzzzzz",
};
enum { N_WORDS = sizeof words / sizeof *words };

static int order(const char *x, const char *y)
{
    const int c = strcmp(x, y); /* no zero inside: bytes, then length */

    return (c > 0) - (c < 0);
}

static bool holds(weft_op op, int c)
{
    switch (op) {
    case WEFT_OP_EQUAL:
        return c == 0;
    case WEFT_OP_NOT_EQUAL:
        return c != 0;
    case WEFT_OP_LESS:
        return c < 0;
    case WEFT_OP_LESS_EQUAL:
        return c <= 0;
    case WEFT_OP_GREATER:
        return c > 0;
    default:
        return c >= 0;
    }
}

/* All pairs: x repeats each word, y the whole list. */
static struct wf_column *column(bool each)
{
    struct wf_builder b;

    wf_builder_init(&b, WEFT_STRING);
    for (int i = 0; i < N_WORDS; i++)
        for (int k = 0; k < N_WORDS; k++)
            wf_builder_add_text(&b, words[each ? i : k], (int64_t)strlen(words[each ? i : k]));
    return wf_builder_finish(&b);
}

Test(string, every_pair_of_short_and_long)
{
    struct wf_column *x = column(true), *y = column(false);
    struct wf_buffer *const *const xt[1] = {x->texts}, *const *const yt[1] = {y->texts};
    uint8_t out[N_WORDS * N_WORDS];

    for (int op = WEFT_OP_EQUAL; op <= WEFT_OP_GREATER_EQUAL; op++) {
        wf_kernel *f = wf_kernel_find((weft_op)op, WEFT_STRING);
        struct wf_arg in[2] = {{x->values, 1, xt}, {y->values, 1, yt}};

        f(out, in, x->n);
        for (int64_t i = 0; i < x->n; i++)
            cr_assert_eq(out[i], holds((weft_op)op, order(words[i / N_WORDS], words[i % N_WORDS])), "%s of %s and %s",
                         weft_op_name((weft_op)op), words[i / N_WORDS], words[i % N_WORDS]);
        for (int64_t one = 0; one < N_WORDS; one++) { /* one string against all */
            in[0] = (struct wf_arg){x->values, 1, xt};
            in[1] = (struct wf_arg){(const struct wf_view *)y->values + one, 0, yt};
            f(out, in, x->n);
            for (int64_t i = 0; i < x->n; i++)
                cr_assert_eq(out[i], holds((weft_op)op, order(words[i / N_WORDS], words[one])));
            in[0] = (struct wf_arg){(const struct wf_view *)y->values + one, 0, yt};
            in[1] = (struct wf_arg){x->values, 1, xt};
            f(out, in, x->n);
            for (int64_t i = 0; i < x->n; i++)
                cr_assert_eq(out[i], holds((weft_op)op, order(words[one], words[i / N_WORDS])));
        }
    }
    for (int64_t i = 0; i < x->n; i++) {
        const struct wf_view *a = (const struct wf_view *)x->values + i, *b = (const struct wf_view *)y->values + i;
        const int c = wf_view_compare(a, x->texts, b, y->texts);

        cr_assert_eq((c > 0) - (c < 0), order(words[i / N_WORDS], words[i % N_WORDS]));
        cr_assert_eq(wf_view_equal(a, x->texts, b, y->texts), c == 0);
    }
    wf_column_release(x);
    wf_column_release(y);
}

Test(string, length_counts_code_points)
{
    const struct wf_view v[3] = {wf_view_of("", 0, 0, 0), wf_view_of("Z\xc3\xbcrich", 7, 0, 0),
                                 wf_view_of("\xe2\x82\xac\xf0\x9f\x98\x80", 7, 0, 0)};
    const struct wf_arg in = {v, 1, NULL};
    int64_t out[3];

    wf_kernel_find(WEFT_OP_LEN, WEFT_STRING)(out, &in, 3);
    cr_assert(out[0] == 0 && out[1] == 6 && out[2] == 2);
}
