/* compare.c - the kernels of strings, which look at views first and seldom further.
 *
 * Length and first four bytes are one word of a view; the second word is the rest of
 * a short string, zero-padded. So two views with different first words differ, and
 * short ones are equal when both words are.
 */
#include "lib/kernel/string/compare.h"

#include "lib/kernel/tables.h"

struct words {
    uint64_t head, tail;
};

static struct words words_of(const struct wf_view *v)
{
    struct words w;

    memcpy(&w, v, sizeof w);
    return w;
}

int wf_text_compare(struct weft_text x, struct weft_text y)
{
    const int64_t both = x.len < y.len ? x.len : y.len;
    const int c = both ? memcmp(x.ptr, y.ptr, (size_t)both) : 0;

    return c ? c : (x.len > y.len) - (x.len < y.len);
}

bool wf_view_equal(const struct wf_view *x, struct wf_buffer *const *xt,
                   const struct wf_view *y, struct wf_buffer *const *yt)
{
    const struct words a = words_of(x), b = words_of(y);

    if (a.head != b.head)
        return false;
    if (x->len <= WF_VIEW_INLINE)
        return a.tail == b.tail;
    return !memcmp(wf_view_ptr(x, xt), wf_view_ptr(y, yt), (size_t)x->len);
}

/* The first four bytes as a number that sorts as they do. */
static uint32_t first_of(const struct wf_view *v)
{
    uint32_t four;

    memcpy(&four, v->u.small, 4);
    return __builtin_bswap32(four);
}

int wf_view_compare(const struct wf_view *x, struct wf_buffer *const *xt,
                    const struct wf_view *y, struct wf_buffer *const *yt)
{
    const uint32_t a = first_of(x), b = first_of(y);

    if (a != b)
        return a < b ? -1 : 1;
    return wf_text_compare((struct weft_text){wf_view_ptr(x, xt), x->len},
                           (struct weft_text){wf_view_ptr(y, yt), y->len});
}

/* ---- Kernels: views name a source and a number (kernel.h) ----------------------- */

static const char *ptr_of(const struct wf_view *v, const struct wf_arg *arg)
{
    if (v->len <= WF_VIEW_INLINE)
        return v->u.small;
    return (const char *)arg->texts[v->u.big.text >> WF_TEXT_BITS][v->u.big.text & (WF_MAX_TEXTS - 1)]->data
           + v->u.big.offset;
}

static bool is_equal(const struct wf_view *x, const struct wf_view *y, const struct wf_arg *in)
{
    const struct words a = words_of(x), b = words_of(y);

    if (a.head != b.head)
        return false;
    if (x->len <= WF_VIEW_INLINE)
        return a.tail == b.tail;
    return !memcmp(ptr_of(x, &in[0]), ptr_of(y, &in[1]), (size_t)x->len);
}

static int order(const struct wf_view *x, const struct wf_view *y, const struct wf_arg *in)
{
    const uint32_t a = first_of(x), b = first_of(y);

    if (a != b)
        return a < b ? -1 : 1;
    return wf_text_compare((struct weft_text){ptr_of(x, &in[0]), x->len},
                           (struct weft_text){ptr_of(y, &in[1]), y->len});
}

/* Against one short string, as most comparisons are: two words decide. */
static void equal_short(uint8_t *restrict o, const struct wf_view *x, const struct wf_view *one,
                        int64_t n, uint8_t flip)
{
    const struct words b = words_of(one);

    for (int64_t i = 0; i < n; i++) {
        const struct words a = words_of(&x[i]);
        o[i] = (uint8_t)(((a.head == b.head) & (a.tail == b.tail)) ^ flip);
    }
}

static void equality(void *out, const struct wf_arg *in, int64_t n, uint8_t flip)
{
    uint8_t *o = out;
    const struct wf_view *x = in[0].values, *y = in[1].values;

    if (in[0].step && !in[1].step && y->len <= WF_VIEW_INLINE) {
        equal_short(o, x, y, n, flip);
    } else if (in[1].step && !in[0].step && x->len <= WF_VIEW_INLINE) {
        equal_short(o, y, x, n, flip);
    } else {
        for (int64_t i = 0; i < n; i++)
            o[i] = is_equal(&x[i * in[0].step], &y[i * in[1].step], in) ^ flip;
    }
}

#define KERNEL static void

KERNEL equal(void *out, const struct wf_arg *in, int64_t n) { equality(out, in, n, 0); }
KERNEL not_equal(void *out, const struct wf_arg *in, int64_t n) { equality(out, in, n, 1); }

static inline __attribute__((always_inline)) void
ordered(void *out, const struct wf_arg *in, int64_t n, bool (*f)(int))
{
    uint8_t *o = out;
    const struct wf_view *x = in[0].values, *y = in[1].values;

    for (int64_t i = 0; i < n; i++)
        o[i] = f(order(&x[i * in[0].step], &y[i * in[1].step], in));
}

static bool less_of(int c) { return c < 0; }
static bool less_equal_of(int c) { return c <= 0; }
static bool greater_of(int c) { return c > 0; }
static bool greater_equal_of(int c) { return c >= 0; }

KERNEL less(void *out, const struct wf_arg *in, int64_t n) { ordered(out, in, n, less_of); }
KERNEL less_equal(void *out, const struct wf_arg *in, int64_t n) { ordered(out, in, n, less_equal_of); }
KERNEL greater(void *out, const struct wf_arg *in, int64_t n) { ordered(out, in, n, greater_of); }
KERNEL greater_equal(void *out, const struct wf_arg *in, int64_t n) { ordered(out, in, n, greater_equal_of); }

KERNEL choose(void *out, const struct wf_arg *in, int64_t n)
{
    static const struct wf_view none;
    const int64_t st = in[0].step, sx = in[1].step, sy = in[2].step;
    const uint8_t *t = in[0].values;
    /* Single values are copied, for `out` may lie over them. */
    const struct wf_view x0 = sx ? none : *(const struct wf_view *)in[1].values;
    const struct wf_view y0 = sy ? none : *(const struct wf_view *)in[2].values;
    const struct wf_view *x = sx ? in[1].values : &x0, *y = sy ? in[2].values : &y0;
    struct wf_view *o = out;

    for (int64_t i = 0; i < n; i++) {
        const struct wf_view a = x[i * sx], b = y[i * sy];
        o[i] = t[i * st] ? a : b;
    }
}

/* Code points: all bytes but those that continue one. */
KERNEL length(void *out, const struct wf_arg *in, int64_t n)
{
    int64_t *o = out;
    const struct wf_view *x = in[0].values;

    for (int64_t i = 0; i < n; i++) {
        const struct wf_view *v = &x[i * in[0].step];
        const char *p = ptr_of(v, &in[0]);
        int64_t c = 0;

        for (int32_t k = 0; k < v->len; k++)
            c += (p[k] & 0xc0) != 0x80;
        o[i] = c;
    }
}

wf_kernel *const wf_string_kernels[WEFT_OP_COUNT] = {
    [WEFT_OP_EQUAL]         = equal,
    [WEFT_OP_NOT_EQUAL]     = not_equal,
    [WEFT_OP_LESS]          = less,
    [WEFT_OP_LESS_EQUAL]    = less_equal,
    [WEFT_OP_GREATER]       = greater,
    [WEFT_OP_GREATER_EQUAL] = greater_equal,
    [WEFT_OP_IF]            = choose,
    [WEFT_OP_LEN]           = length,
};
