/* random.c - many random numbers at once: from groups to any range of numbers. */
#include "lib/kernel/random.h"

#include <string.h>

#include <weft/random.h>

#include "lib/base/assert.h"
#include "lib/kernel/isa.h"
#include "lib/kernel/typed/random.h"

#if WF_HAVE_X86
extern const struct wf_random wf_random_f64_v2, wf_random_f64_v3, wf_random_f64_v4;
static const struct wf_random *const tables[WF_ISA_COUNT] = {
    [WF_ISA_V2] = &wf_random_f64_v2, [WF_ISA_V3] = &wf_random_f64_v3, [WF_ISA_V4] = &wf_random_f64_v4,
};
#else
extern const struct wf_random wf_random_f64_base;
static const struct wf_random *const tables[WF_ISA_COUNT] = {[WF_ISA_BASE] = &wf_random_f64_base};
#endif

/* What is made: one of the functions of a table, with what it takes. */
struct source {
    void   (*bits)(uint64_t seed, uint64_t stream, uint64_t block, uint64_t *out);
    void   (*reals)(uint64_t seed, uint64_t stream, uint64_t block, double a, double b, double *out);
    uint64_t seed, stream;
    double   a, b;
};

/* A group, to 8-byte elements of either type. */
static void group(const struct source *s, uint64_t block, void *out)
{
    if (s->bits)
        s->bits(s->seed, s->stream, block, out);
    else
        s->reals(s->seed, s->stream, block, s->a, s->b, out);
}

/* Numbers first .. first+n-1: whole groups in place, the ends through a copy. A
 * range that begins inside a block has its first number made alone, so that the
 * rest begins with a block. */
static void make(const struct source *s, int64_t first, int64_t n, uint64_t *out)
{
    uint64_t part[WF_RANDOM_GROUP];
    uint64_t block = (uint64_t)first / 2;

    WF_ASSERT(first >= 0);
    if (n > 0 && first % 2) {
        group(s, block, part);
        *out++ = part[1];
        block++;
        n--;
    }
    for (; n >= WF_RANDOM_GROUP; n -= WF_RANDOM_GROUP) {
        group(s, block, out);
        out += WF_RANDOM_GROUP;
        block += WF_RANDOM_BLOCKS;
    }
    if (n > 0) {
        group(s, block, part);
        memcpy(out, part, (size_t)n * sizeof *part);
    }
}

void wf_random_bits(uint64_t seed, uint64_t stream, int64_t first, int64_t n, uint64_t *out)
{
    const struct source s = {.bits = tables[wf_isa()]->bits, .seed = seed, .stream = stream};

    make(&s, first, n, out);
}

void wf_random_uniform(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double low, double high,
                       double *out)
{
    const struct source s = {.reals = tables[wf_isa()]->uniform, .seed = seed, .stream = stream,
                             .a = low, .b = high};

    make(&s, first, n, (uint64_t *)(void *)out);
}

void wf_random_normal(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double mean, double sd,
                      double *out)
{
    const struct source s = {.reals = tables[wf_isa()]->normal, .seed = seed, .stream = stream,
                             .a = mean, .b = sd};

    make(&s, first, n, (uint64_t *)(void *)out);
}

void weft_random_units(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double *out)
{
    wf_random_uniform(seed, stream, first, n, 0, 1, out);
}
