/* test_demo.c - made-up frames: the same rows however they are cut, and as described. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/support/frames.h"
#include "tests/support/nomem.h"

static const char *const colors[] = {"red", "green", "a colour with a longer name"};
static const struct weft_random_column all_kinds[] = {
    {.name = "i", .dtype = WEFT_INT64, .low = -5, .high = 5},
    {.name = "f", .dtype = WEFT_FLOAT64, .low = 2, .high = 3, .null_share = 0.25},
    {.name = "d", .dtype = WEFT_DATE, .low = 0, .high = 31},
    {.name = "b", .dtype = WEFT_BOOL},
    {.name = "s", .dtype = WEFT_STRING, .choices = colors, .n_choices = 3, .null_share = 0.5},
    {.name = "p", .dtype = WEFT_STRING, .pattern = "##-x-#"},
    {.name = "t", .dtype = WEFT_INT64, .low = 100, .step = -3},
    {.name = "u", .dtype = WEFT_FLOAT64, .low = 0.5, .step = 0.25},
};
enum { N_KINDS = sizeof all_kinds / sizeof *all_kinds, N_ROWS = 5000 };

static weft_frame *made(weft_graph *g, uint64_t seed, struct weft_cut cut)
{
    struct weft_random r = {.seed = seed};

    return weft_frame_random(g, &r, all_kinds, N_KINDS, N_ROWS, cut);
}

static void same_rows(const weft_chunk *a, const weft_chunk *b)
{
    cr_assert_eq(weft_chunk_n_rows(a), weft_chunk_n_rows(b));
    for (int c = 0; c < N_KINDS; c++)
        for (int64_t i = 0; i < weft_chunk_n_rows(a); i++) {
            const struct weft_text x = weft_chunk_text_at(a, c, i), y = weft_chunk_text_at(b, c, i);

            cr_assert_eq(weft_chunk_is_null(a, c, i), weft_chunk_is_null(b, c, i));
            if (weft_chunk_is_null(a, c, i))
                continue;
            if (weft_chunk_dtype(a, c) == WEFT_STRING)
                cr_assert(x.len == y.len && memcmp(x.ptr, y.ptr, (size_t)x.len) == 0);
            else
                cr_assert_eq(weft_chunk_f64_at(a, c, i), weft_chunk_f64_at(b, c, i));
        }
}

Test(demo, rows_do_not_depend_on_partitions_or_workers)
{
    const struct weft_cut cuts[] = {{.n_partitions = 1}, {.n_partitions = 7}, {.chunk_rows = 513}, {0}};
    weft_graph *g = weft_graph_new();
    weft_chunk *whole = frame_rows(made(g, 7, cuts[0]));

    for (size_t k = 1; k < sizeof cuts / sizeof *cuts; k++) {
        weft_frame *f = made(g, 7, cuts[k]);
        weft_chunk *other = frame_rows(f);

        cr_assert_eq(weft_frame_n_rows(f), N_ROWS);
        same_rows(whole, other);
        weft_chunk_release(other);
    }
    weft_chunk_release(whole);
    weft_graph_free(g);
}

static bool is_color(struct weft_text s)
{
    for (int k = 0; k < 3; k++)
        if ((size_t)s.len == strlen(colors[k]) && memcmp(s.ptr, colors[k], (size_t)s.len) == 0)
            return true;
    return false;
}

Test(demo, values_are_as_the_columns_say)
{
    weft_graph *g = weft_graph_new();
    weft_chunk *c = frame_rows(made(g, 7, (struct weft_cut){.n_partitions = 3}));
    int64_t seen[10] = {0}, n_true = 0;

    for (int64_t i = 0; i < N_ROWS; i++) {
        const struct weft_text s = weft_chunk_text_at(c, 4, i), p = weft_chunk_text_at(c, 5, i);
        const int64_t x = weft_chunk_i64_at(c, 0, i);

        cr_assert(x >= -5 && x < 5);
        seen[x + 5]++;
        cr_assert(weft_chunk_is_null(c, 1, i) || (weft_chunk_f64_at(c, 1, i) >= 2 && weft_chunk_f64_at(c, 1, i) < 3));
        cr_assert(weft_chunk_i64_at(c, 2, i) >= 0 && weft_chunk_i64_at(c, 2, i) < 31);
        n_true += weft_chunk_i64_at(c, 3, i);
        cr_assert(weft_chunk_is_null(c, 4, i) || is_color(s));
        cr_assert_eq(p.len, 6);
        cr_assert(p.ptr[0] >= '0' && p.ptr[0] <= '9' && !memcmp(p.ptr + 2, "-x-", 3) && p.ptr[5] >= '0' && p.ptr[5] <= '9');
        cr_assert_eq(weft_chunk_i64_at(c, 6, i), 100 - 3 * i);
        cr_assert_eq(weft_chunk_f64_at(c, 7, i), 0.5 + 0.25 * (double)i);
    }
    /* Five standard deviations of 5000 draws. */
    for (int k = 0; k < 10; k++)
        cr_assert(llabs(seen[k] - 500) < 107, "%d came %lld times", k - 5, (long long)seen[k]);
    cr_assert(llabs(n_true - 2500) < 177);
    cr_assert(llabs(weft_chunk_n_nulls(c, 1) - 1250) < 154);
    cr_assert(llabs(weft_chunk_n_nulls(c, 4) - 2500) < 177);
    cr_assert_eq(weft_chunk_n_nulls(c, 0), 0);
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(demo, another_seed_or_stream_gives_other_rows)
{
    struct weft_random r = {.seed = 7};
    weft_graph *g = weft_graph_new();
    weft_frame *a = weft_frame_random(g, &r, all_kinds, 1, N_ROWS, (struct weft_cut){0});
    weft_frame *b = weft_frame_random(g, &r, all_kinds, 1, N_ROWS, (struct weft_cut){0});
    weft_frame *c = made(g, 8, (struct weft_cut){0});
    const int64_t sums[3] = {frame_i64(weft_frame_sum(a, "i*(i+1)")), frame_i64(weft_frame_sum(b, "i*(i+1)")),
                             frame_i64(weft_frame_sum(c, "i*(i+1)"))};

    cr_assert_eq(r.stream, 4);
    cr_assert(sums[0] != sums[1] && sums[0] != sums[2] && sums[1] != sums[2]);
    weft_graph_free(g);
}

Test(demo, the_series_is_a_reading_a_second)
{
    struct weft_random r = {.seed = 1};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_demo_series(g, &r, 100000, (struct weft_cut){.n_partitions = 10});

    cr_assert_eq(frame_i64(weft_frame_min(f, "time")), 946684800);
    cr_assert_eq(frame_i64(weft_frame_max(f, "time")), 946684800 + 99999);
    cr_assert_eq(frame_i64(weft_frame_max(f, "id")), 999);
    cr_assert_eq(frame_i64(weft_frame_min(f, "id")), 0);
    cr_assert_lt(fabs(frame_f64(weft_frame_mean(f, "x"))), 0.01);
    cr_assert_lt(fabs(frame_f64(weft_frame_std(f, "y")) - sqrt(1.0 / 3)), 0.01);
    weft_graph_free(g);
}

Test(demo, the_people_stay_who_they_are)
{
    struct weft_random r = {.seed = 1};
    weft_graph *g = weft_graph_new();
    weft_chunk *c = frame_rows(weft_frame_demo_people(g, &r, 3, (struct weft_cut){0}));
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);

    weft_chunk_print(c, 3, to);
    fclose(to);
    cr_assert_str_eq(text,
        " first    last  age  occupation           city            phone      joined       income\n"
        "Xavier  Okafor   49       nurse          Genoa  +46 499 1525768  2015-10-26  69132.30223\n"
        " Sarah   Baker   66    gardener          Dhaka  +46 968 8428801  2009-01-23  83036.36594\n"
        " Wendy    Wang   36  journalist  San Francisco  +22 721 9781792  2008-12-24  70836.20989\n");
    free(text);
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(demo, no_rows_and_no_columns_are_fine)
{
    struct weft_random r = {.seed = 1};
    weft_graph *g = weft_graph_new();
    weft_chunk *c = frame_rows(weft_frame_demo_people(g, &r, 0, (struct weft_cut){.n_partitions = 3}));

    cr_assert_eq(weft_chunk_n_rows(c), 0);
    cr_assert_eq(weft_chunk_n_columns(c), 8);
    weft_chunk_release(c);
    cr_assert_eq(frame_i64(weft_frame_size(weft_frame_random(g, &r, NULL, 0, 12, (struct weft_cut){.chunk_rows = 5}))), 12);
    cr_assert_null(weft_frame_demo_people(NULL, &r, 3, (struct weft_cut){0}));
    weft_graph_free(g);
}

Test(demo, what_makes_no_sense_is_told)
{
    static const struct {
        struct weft_random_column column;
        weft_status               status;
        const char               *part;
    } cases[] = {
        {{.name = "a", .dtype = WEFT_INT64}, WEFT_INVALID, "column \"a\" from 0 to 0 is no range of int64s"},
        {{.name = "a", .dtype = WEFT_INT64, .low = 0, .high = 1.5}, WEFT_INVALID, "from 0 to 1.5 is no range of int64s"},
        {{.name = "a", .dtype = WEFT_INT64, .low = 0, .high = 1e300}, WEFT_INVALID, "is no range of int64s"},
        {{.name = "a", .dtype = WEFT_FLOAT64, .low = NAN, .high = 1}, WEFT_INVALID, "is no range of float64s"},
        {{.name = "a", .dtype = WEFT_INT64, .step = 1e300}, WEFT_INVALID, "leaves the whole numbers up to 2^53"},
        {{.name = "a", .dtype = WEFT_DATE, .high = 1e12}, WEFT_RANGE, "leaves the days of a date"},
        {{.name = "a", .dtype = WEFT_STRING}, WEFT_INVALID, "has neither choices nor a pattern"},
        {{.name = "a", .dtype = WEFT_BOOL, .null_share = 1.5}, WEFT_INVALID, "1.5 is no share of nulls"},
        {{.name = "a", .dtype = WEFT_FLOAT32, .high = 1}, WEFT_TYPE, "is float32"},
        {{.dtype = WEFT_BOOL}, WEFT_INVALID, "a column has no name"},
    };
    const struct weft_random_column twice[] = {{.name = "a", .dtype = WEFT_BOOL}, {.name = "a", .dtype = WEFT_BOOL}};
    struct weft_random r = {.seed = 1};
    weft_graph *g = weft_graph_new();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        frame_fails_with(weft_frame_random(g, &r, &cases[i].column, 1, 10, (struct weft_cut){0}), cases[i].status, cases[i].part);
    frame_fails_with(weft_frame_random(g, &r, twice, 2, 10, (struct weft_cut){0}), WEFT_DUPLICATE, "two columns are called \"a\"");
    frame_fails_with(weft_frame_demo_people(g, &r, -1, (struct weft_cut){0}), WEFT_INVALID, "random: -1 rows");
    weft_graph_free(g);
}

static weft_status scenario(void *arg)
{
    struct weft_random r = {.seed = 1};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_random(g, &r, all_kinds, N_KINDS, 50, (struct weft_cut){.n_partitions = 2});
    const weft_status st = weft_pool_run(arg, weft_frame_whole(f), NULL, NULL);

    weft_graph_free(g);
    return st;
}

Test(demo, no_memory_is_told_and_leaks_nothing)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    scenario(pool);
    nomem_everywhere(scenario, pool);
    weft_pool_free(pool);
}
