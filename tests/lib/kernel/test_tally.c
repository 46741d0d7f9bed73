/* test_tally.c - tallies against plain loops over the rows of each group. */
#include <criterion/criterion.h>
#include <math.h>

#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/kernel/tally.h"
#include "tests/support/columns.h"

static const weft_dtype all_types[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};
static const enum wf_tally_kind all_kinds[] = {WF_TALLY_SIZE, WF_TALLY_COUNT, WF_TALLY_SUM,
                                               WF_TALLY_MOMENTS, WF_TALLY_MIN, WF_TALLY_MAX};
enum { N_TYPES = 5, N_KINDS = 6, N = 3000, GROUPS = 7 };

static double number_at(const struct wf_column *c, int64_t i)
{
    switch (c->dtype) {
    case WEFT_BOOL:    return ((const uint64_t *)c->values)[i / 64] >> (i % 64) & 1;
    case WEFT_INT64:   return (double)((const int64_t *)c->values)[i];
    case WEFT_DATE:    return ((const int32_t *)c->values)[i];
    case WEFT_FLOAT64: return ((const double *)c->values)[i];
    default:           return 0;
    }
}

static bool counts(const struct wf_column *c, int64_t i)
{
    return !wf_column_is_null(c, i) && !isnan(number_at(c, i));
}

static bool near(double x, double y)
{
    return fabs(x - y) <= 1e-11 * (1 + fabs(y));
}

/* The extreme row of a group; -1: it has none. */
static int64_t plain_extreme(const struct wf_column *c, const uint32_t *number, uint32_t g, bool is_min)
{
    int64_t best = -1;

    for (int64_t i = 0; i < c->n; i++) {
        bool wins;

        if (number[i] != g || !counts(c, i))
            continue;
        if (best < 0) {
            wins = true;
        } else if (c->dtype == WEFT_STRING) {
            const struct weft_text s = wf_column_text(c, i), t = wf_column_text(c, best);
            int order = memcmp(s.ptr, t.ptr, (size_t)(s.len < t.len ? s.len : t.len));

            order = order ? order : (s.len > t.len) - (s.len < t.len);
            wins = is_min ? order < 0 : order > 0;
        } else {
            wins = is_min ? number_at(c, i) < number_at(c, best) : number_at(c, i) > number_at(c, best);
        }
        best = wins ? i : best;
    }
    return best;
}

static void check_group(const struct wf_tally *t, const struct wf_column *c, const uint32_t *number, uint32_t g)
{
    struct wf_column *states[WF_TALLY_STATES];
    int64_t size = 0, count = 0;
    double sum = 0, m2 = 0;

    for (int64_t i = 0; i < c->n; i++) {
        size += number[i] == g;
        if (number[i] != g || !counts(c, i))
            continue;
        count++;
        sum += number_at(c, i);
    }
    for (int64_t i = 0; i < c->n; i++)
        if (number[i] == g && counts(c, i))
            m2 += (number_at(c, i) - sum / (double)count) * (number_at(c, i) - sum / (double)count);
    switch (t->kind) {
    case WF_TALLY_SIZE:  cr_assert_eq(t->counts[g], size); break;
    case WF_TALLY_COUNT: cr_assert_eq(t->counts[g], count); break;
    case WF_TALLY_SUM:
        if (t->dtype == WEFT_FLOAT64)
            cr_assert(near(t->sums[g], sum));
        else
            cr_assert(t->totals[g] == (wf_int128)sum); /* small numbers: doubles hold the sum */
        break;
    case WF_TALLY_MOMENTS:
        cr_assert_eq(t->moments[g].count, count);
        cr_assert(!count || near(t->moments[g].mean, sum / (double)count));
        cr_assert(!count || near(t->moments[g].m2, m2));
        break;
    default: {
        const int64_t row = plain_extreme(c, number, g, t->kind == WF_TALLY_MIN);

        cr_assert(wf_tally_states(t, GROUPS, states));
        if (row < 0)
            cr_assert(wf_column_is_null(states[0], g - 1));
        else
            cr_assert(same_key(states[0], g - 1, c, row));
        wf_column_release(states[0]);
    }
    }
}

static void random_numbers(uint64_t *seed, uint32_t *number, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        number[i] = (uint32_t)random_below(seed, GROUPS); /* so group GROUPS stays empty */
}

Test(tally, every_kind_of_every_type_is_its_plain_loop)
{
    uint64_t seed = 1;
    uint32_t number[N];

    for (int k = 0; k < N_KINDS; k++)
        for (int d = 0; d < N_TYPES; d++)
            for (int nulls = 0; nulls <= 100; nulls += 50) {
                struct wf_column *c = random_column(&seed, all_types[d], N, 500, nulls);
                struct wf_tally t;

                if (k != WF_TALLY_SIZE && !wf_tally_takes(all_kinds[k], all_types[d])) {
                    wf_column_release(c);
                    continue;
                }
                random_numbers(&seed, number, N);
                wf_tally_init(&t, all_kinds[k], all_types[d]);
                cr_assert(wf_tally_room(&t, GROUPS + 1));
                cr_assert(wf_tally_add(&t, c, number, N));
                for (uint32_t g = 1; g <= GROUPS; g++)
                    check_group(&t, c, number, g);
                wf_tally_fini(&t);

                /* All rows in one group take other loops. */
                for (int64_t i = 0; i < N; i++)
                    number[i] = 1;
                wf_tally_init(&t, all_kinds[k], all_types[d]);
                cr_assert(wf_tally_room(&t, GROUPS + 1));
                cr_assert(wf_tally_add(&t, c, NULL, N));
                check_group(&t, c, number, 1);
                wf_tally_fini(&t);
                wf_column_release(c);
            }
}

Test(tally, states_that_meet_make_the_state_of_all_rows)
{
    uint64_t seed = 2;
    uint32_t number[N], identity[GROUPS];

    for (uint32_t g = 0; g < GROUPS; g++)
        identity[g] = g + 1;
    for (int k = 0; k < N_KINDS; k++)
        for (int d = 0; d < N_TYPES; d++) {
            struct wf_column *c = random_column(&seed, all_types[d], N, 300, 10);
            struct wf_column *states[WF_TALLY_STATES];
            struct wf_tally all;
            weft_dtype types[WF_TALLY_STATES];

            if (k != WF_TALLY_SIZE && !wf_tally_takes(all_kinds[k], all_types[d])) {
                wf_column_release(c);
                continue;
            }
            random_numbers(&seed, number, N);
            wf_tally_init(&all, all_kinds[k], all_types[d]);
            cr_assert(wf_tally_room(&all, GROUPS + 1));
            for (int64_t first = 0; first < N; first += 1000) {
                struct wf_column *part = wf_column_slice(c, first, 1000);
                struct wf_tally t;

                wf_tally_init(&t, all_kinds[k], all_types[d]);
                cr_assert(wf_tally_room(&t, GROUPS + 1));
                cr_assert(wf_tally_add(&t, part, number + first, 1000));
                cr_assert(wf_tally_states(&t, GROUPS, states));
                for (int s = 0; s < wf_tally_state_types(t.kind, t.dtype, types); s++)
                    cr_assert_eq(states[s]->dtype, types[s]);
                cr_assert(wf_tally_merge(&all, states, identity, GROUPS));
                for (int s = 0; s < wf_tally_state_types(t.kind, t.dtype, types); s++)
                    wf_column_release(states[s]);
                wf_tally_fini(&t);
                wf_column_release(part);
            }
            for (uint32_t g = 1; g <= GROUPS; g++)
                check_group(&all, c, number, g);
            wf_tally_fini(&all);
            wf_column_release(c);
        }
}

Test(tally, integer_sums_pass_int64_on_their_way_and_come_back)
{
    const int64_t x[] = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, 5};
    struct wf_column *states[WF_TALLY_STATES];
    struct wf_builder b;
    struct wf_tally t, u;
    struct wf_column *c;

    wf_builder_init(&b, WEFT_INT64);
    for (int i = 0; i < 5; i++)
        wf_builder_add_i64(&b, x[i]);
    c = wf_builder_finish(&b);
    wf_tally_init(&t, WF_TALLY_SUM, WEFT_INT64);
    wf_tally_init(&u, WF_TALLY_SUM, WEFT_INT64);
    cr_assert(wf_tally_room(&t, 2) && wf_tally_room(&u, 2));
    cr_assert(wf_tally_add(&t, c, NULL, 2));
    cr_assert(t.totals[1] == (wf_int128)INT64_MAX * 2);
    cr_assert(wf_tally_states(&t, 1, states));
    cr_assert(wf_tally_merge(&u, states, NULL, 1));
    cr_assert(u.totals[1] == t.totals[1]);
    cr_assert(wf_tally_add(&t, c, NULL, 5));
    cr_assert(t.totals[1] == (wf_int128)INT64_MAX * 2 + 3); /* the first two twice */
    wf_column_release(states[0]);
    wf_column_release(states[1]);
    wf_tally_fini(&t);
    wf_tally_fini(&u);
    wf_column_release(c);
}

Test(tally, the_spread_of_large_close_numbers_is_not_lost)
{
    struct wf_builder b;
    struct wf_tally t;
    struct wf_column *c;
    uint32_t number[1000];

    wf_builder_init(&b, WEFT_FLOAT64);
    for (int i = 0; i < 1000; i++) {
        wf_builder_add_f64(&b, 1e9 + i % 2);
        number[i] = 1;
    }
    c = wf_builder_finish(&b);
    for (int way = 0; way < 2; way++) {
        wf_tally_init(&t, WF_TALLY_MOMENTS, WEFT_FLOAT64);
        cr_assert(wf_tally_room(&t, 2));
        cr_assert(wf_tally_add(&t, c, way ? number : NULL, 1000));
        cr_assert_float_eq(t.moments[1].m2, 250.0, 1e-6);
        wf_tally_fini(&t);
    }
    wf_column_release(c);
}

Test(tally, a_text_that_is_replaced_over_and_over_takes_no_more_room)
{
    struct wf_builder b;
    struct wf_tally t;
    struct wf_column *c;
    char text[64];

    wf_builder_init(&b, WEFT_STRING);
    for (int i = 0; i < 5000; i++)
        wf_builder_add_text(&b, text, sprintf(text, "a long text, number %05d", 99999 - i));
    c = wf_builder_finish(&b);
    wf_tally_init(&t, WF_TALLY_MIN, WEFT_STRING);
    cr_assert(wf_tally_room(&t, 2));
    cr_assert(wf_tally_add(&t, c, NULL, 5000));
    cr_assert_lt(t.text_room, 1000);
    cr_assert_eq(memcmp(t.text + t.views[1].u.big.offset, "a long text, number 95000", 25), 0);
    wf_tally_fini(&t);
    wf_column_release(c);
}

Test(tally, every_refused_allocation_is_told)
{
    uint64_t seed = 5;
    struct wf_column *c = random_column(&seed, WEFT_STRING, 500, 300, 5);
    uint32_t number[500];

    random_numbers(&seed, number, 500);
    wf_mem_watch(true);
    for (int k = 0; k < N_KINDS; k++) {
        bool ok = !wf_tally_takes(all_kinds[k], WEFT_STRING);

        for (int64_t nth = 1; !ok; nth++) {
            struct wf_column *states[WF_TALLY_STATES] = {NULL};
            struct wf_tally t;

            wf_tally_init(&t, all_kinds[k], WEFT_STRING);
            wf_mem_fail_at(nth);
            ok = wf_tally_room(&t, GROUPS + 1) && wf_tally_add(&t, c, number, 500) && wf_tally_states(&t, GROUPS, states);
            wf_mem_fail_at(0);
            wf_column_release(states[0]);
            wf_tally_fini(&t);
            cr_assert_eq(wf_mem_n_live(), 0);
            cr_assert_lt(nth, 100);
        }
    }
    wf_mem_watch(false);
    wf_column_release(c);
}
