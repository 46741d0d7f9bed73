/* test_passes.c - what operations on collections answer does not depend on which of them become one
 * task; and each of them is run as its scope says, whatever becomes one. */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/graph/plan.h"
#include "tests/support/frames.h"
#include "tests/support/run_array.h"
#include "tests/support/run_bag.h"

enum mode {
    PLAIN,
    APART,  /* without the passes of collections */
    SCOPES, /* each operation in a scope of its own: timeout_ns FIRST, FIRST + 1, ... */
    WHOLE,  /* all of it in one scope */
    N_MODES
};
enum { FIRST = 1000000000 };

/* Around each operation: op(&b); x = ...; */
struct building {
    weft_graph *g;
    enum mode   mode;
    int         n_ops;
};

static void begin(struct building *b, enum mode mode)
{
    *b = (struct building){.g = weft_graph_new(), .mode = mode};
    if (mode == APART)
        weft_graph_without(b->g, WEFT_PASS_ARRAYS | WEFT_PASS_FRAMES | WEFT_PASS_BAGS);
    if (mode == WHOLE || mode == SCOPES)
        weft_annotate(b->g, .terms = {.timeout_ns = FIRST}, .priority = 1);
}

static void op(struct building *b)
{
    if (b->mode == SCOPES) {
        weft_graph_annotate_end(b->g);
        weft_annotate(b->g, .terms = {.timeout_ns = FIRST + ++b->n_ops});
    }
}

static void end(struct building *b)
{
    if (b->mode == WHOLE || b->mode == SCOPES)
        weft_graph_annotate_end(b->g);
}

/* Every operation has tasks of its own terms, and no task has other ones. Their number. */
static size_t check_terms(const struct building *b, weft_task *target)
{
    bool seen[64] = {0};
    weft_plan *p;
    size_t n;

    cr_assert_eq(weft_plan_new(&p, &target, 1, NULL, NULL), WEFT_OK);
    n = weft_plan_n_tasks(p);
    for (uint32_t i = 0; i < n; i++) {
        const struct weft_terms *terms = wf_plan_terms(p, i);

        if (b->mode == PLAIN || b->mode == APART) {
            cr_assert_null(terms);
            continue;
        }
        cr_assert_not_null(terms, "%s", weft_task_name(wf_plan_task(p, i)));
        cr_assert(terms->timeout_ns >= FIRST && terms->timeout_ns <= FIRST + b->n_ops);
        seen[terms->timeout_ns - FIRST] = true;
    }
    for (int i = 1; b->mode == SCOPES && i <= b->n_ops; i++)
        cr_assert(seen[i], "operation %d has no task", i);
    weft_plan_free(p);
    return n;
}

/* ---- Arrays ------------------------------------------------------------------------ */

static weft_array *random_ops(struct building *b, uint64_t seed)
{
    weft_array *x[8];
    int n = 0;

    op(b);
    x[n++] = weft_array_uniform(b->g, &(struct weft_random){.seed = seed}, -2, 2, random_layout(&seed, 2, 9));
    op(b);
    x[n] = weft_array_negative(x[0]), n++;
    while (n < 8) {
        weft_array *a = x[n - 1], *other = x[next_random(&seed, n)];

        op(b);
        switch (next_random(&seed, 6)) {
        case 0:  x[n] = weft_array_add(a, other); break;
        case 1:  x[n] = weft_array_multiply(a, weft_array_f64(b->g, 1.5)); break;
        case 2:  x[n] = weft_array_maximum(a, other); break;
        case 3:  x[n] = weft_array_abs(a); break;
        case 4:  x[n] = weft_array_subtract(a, weft_array_mean(a, (int)next_random(&seed, 2) - 2)); break;
        default: x[n] = weft_array_where(weft_array_less(a, other), a, other); break;
        }
        /* Shapes that do not meet: something that does. */
        if (weft_array_status(x[n], NULL))
            x[n] = weft_array_sqrt(weft_array_abs(a));
        n++;
    }
    op(b);
    return weft_array_sum(x[7], 0);
}

Test(passes, arrays_answer_the_same_whichever_operations_become_one)
{
    size_t n_plain = 0, n_apart = 0;

    for (uint64_t seed = 0; seed < 60; seed++) {
        weft_block *plain = NULL;

        for (enum mode mode = 0; mode < N_MODES; mode++) {
            struct building b;
            weft_array *a;
            weft_block *block;
            size_t n;

            begin(&b, mode);
            a = random_ops(&b, seed);
            block = run_array(a);
            n = check_terms(&b, weft_array_whole(a));
            n_plain += mode == PLAIN ? n : 0;
            n_apart += mode == APART ? n : 0;
            end(&b);
            if (!plain) {
                plain = weft_block_retain(block);
            } else {
                cr_assert_eq(weft_block_n_elems(plain), weft_block_n_elems(block));
                cr_assert_eq(memcmp(weft_block_data(plain), weft_block_data(block), (size_t)weft_block_n_elems(plain) * sizeof(double)), 0,
                             "seed %d, mode %d", (int)seed, (int)mode);
            }
            weft_block_release(block);
            weft_graph_free(b.g);
        }
        weft_block_release(plain);
    }
    cr_assert_gt(n_apart, n_plain * 2);
}

/* ---- Frames ------------------------------------------------------------------------- */

static weft_frame *frame_ops(struct building *b, weft_chunk *all, uint64_t seed)
{
    weft_frame *f;

    op(b);
    f = weft_frame_assign(cut_frame(b->g, &seed, all, 3, NO_HOLES), "z", "i * 2 + 1");
    op(b);
    f = weft_frame_filter(f, "z % 3 == 0 or f < 0");
    op(b);
    f = weft_frame_assign(f, "y", "f + z");
    op(b);
    f = weft_frame_rename(weft_frame_select(f, WEFT_NAMES("s", "y", "z", "i")), "i", "k");
    op(b);
    f = weft_frame_filter(f, "k != 0");
    return f;
}

Test(passes, frames_answer_the_same_whichever_operations_become_one)
{
    for (uint64_t seed = 1; seed < 12; seed++) {
        uint64_t dice = seed;
        weft_chunk *all = random_chunk(&dice, 200, 20, 10), *plain[3] = {0};
        size_t n_plain[3] = {0};

        for (enum mode mode = 0; mode < N_MODES; mode++)
            for (int what = 0; what < 3; what++) {
                struct building b;
                weft_frame *f;
                weft_chunk *rows;
                weft_task *t;
                size_t n;

                begin(&b, mode);
                f = frame_ops(&b, all, seed);
                op(&b);
                if (what == 1)
                    f = weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({WEFT_AGG_SUM, "y"}, {WEFT_AGG_MAX, "k"}), NULL);
                if (what == 2)
                    f = weft_frame_sort(f, "y + k", WEFT_DESCENDING);
                t = weft_frame_whole(f);
                rows = frame_chunk(t);
                n = check_terms(&b, t);
                end(&b);
                weft_graph_free(b.g);
                if (mode == PLAIN) {
                    plain[what] = rows;
                    n_plain[what] = n;
                    continue;
                }
                cr_assert(same_chunks(plain[what], rows), "seed %d, mode %d, what %d", (int)seed, (int)mode, what);
                cr_assert(mode == WHOLE ? n == n_plain[what] : n > n_plain[what]);
                weft_chunk_release(rows);
            }
        for (int what = 0; what < 3; what++)
            weft_chunk_release(plain[what]);
        weft_chunk_release(all);
    }
}

/* ---- Bags ---------------------------------------------------------------------------- */

static int64_t number(const struct weft_record *r)
{
    int64_t x;

    memcpy(&x, r->data, sizeof x);
    return x;
}

static weft_status times_three(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const int64_t x = number(in) * 3;

    (void)arg, (void)err;
    return weft_emit_struct(out, &x);
}

static weft_status is_even(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *keep = number(in) % 2 == 0;
    return WEFT_OK;
}

static weft_status some(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int64_t i = 0, x = number(in); i < number(in) % 5; i++, x++)
        weft_emit_struct(out, &x);
    return WEFT_OK;
}

static weft_status with_key(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const int64_t x = number(in);
    char key[8];

    (void)arg, (void)err;
    snprintf(key, sizeof key, "%d", (int)(x % 7));
    return weft_emit_pair(out, weft_text_of(key), &x);
}

static weft_status plus(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

static weft_task *bag_ops(struct building *b, int what)
{
    int64_t all[200];
    weft_bag *bag;

    for (int i = 0; i < 200; i++)
        all[i] = i * 17 % 101;
    op(b);
    bag = weft_bag_map(weft_bag_parallelize(b->g, all, sizeof *all, 200, 5), times_three, NULL);
    op(b);
    bag = weft_bag_filter(bag, is_even, NULL);
    op(b);
    bag = weft_bag_flat_map(bag, some, WEFT_STEP(.name = "some"));
    op(b);
    if (what == 0)
        return weft_bag_collect(weft_bag_filter(bag, is_even, NULL));
    if (what == 1)
        return weft_bag_reduce(bag, plus, NULL);
    bag = weft_bag_map(bag, with_key, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t)));
    op(b);
    return weft_bag_collect(what == 2 ? weft_bag_reduce_by_key(bag, plus, 3, NULL) : weft_bag_group_by_key(bag, 2));
}

Test(passes, bags_answer_the_same_whichever_steps_become_one)
{
    for (int what = 0; what < 4; what++) {
        weft_records *plain = NULL;
        size_t n_plain = 0;

        for (enum mode mode = 0; mode < N_MODES; mode++) {
            struct building b;
            weft_records *records;
            weft_task *t;
            size_t n;

            begin(&b, mode);
            t = bag_ops(&b, what);
            records = run_records(t, 3);
            n = check_terms(&b, t);
            end(&b);
            weft_graph_free(b.g);
            if (mode == PLAIN) {
                plain = records;
                n_plain = n;
                continue;
            }
            cr_assert(run_equal(plain, records), "what %d, mode %d", what, (int)mode);
            cr_assert(mode == WHOLE || n >= n_plain + 10);
            weft_records_release(records);
        }
        weft_records_release(plain);
    }
}

/* ---- Twice --------------------------------------------------------------------------- */

Test(passes, keeping_what_is_kept_adds_nothing)
{
    uint64_t seed = 5;
    weft_chunk *all = random_chunk(&seed, 50, 20, 10);
    struct building b;
    weft_array *a;
    weft_frame *f;
    weft_bag *bag;
    int64_t one = 1;
    size_t n;

    begin(&b, PLAIN);
    a = weft_array_keep(random_ops(&b, 3));
    f = weft_frame_keep(frame_ops(&b, all, 3));
    bag = weft_bag_keep(weft_bag_map(weft_bag_parallelize(b.g, &one, sizeof one, 1, 1), times_three, NULL));
    n = weft_graph_n_tasks(b.g);
    cr_assert_eq(weft_array_keep(a), a);
    cr_assert_eq(weft_bag_keep(bag), bag);
    for (int i = 0; i < 3; i++) {
        weft_frame *again = weft_frame_keep(f);

        cr_assert_eq(weft_frame_partition(again, i), weft_frame_partition(f, i));
    }
    cr_assert_eq(weft_graph_n_tasks(b.g), n);
    weft_chunk_release(all);
    weft_graph_free(b.g);
}
