#include <criterion/criterion.h>
#include <string.h>

#include <weft/weft.h>

static const int64_t  ints[] = {1, 2, 3, 4, 5, 6, 7};
static const double   reals[] = {.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5};
static const uint8_t  bools[] = {1, 0, 1, 1, 0, 0, 1};
static const int32_t  dates[] = {10, 20, 30, 40, 50, 60, 70};
static const uint64_t valid[] = {0x7b}; /* row 2 is null */
static const char *const texts[] = {"a", "b", "c", "d", "e", "f", "g"};

static weft_frame *table(weft_graph *g, int n_partitions)
{
    static const struct weft_column_spec columns[] = {
        {.name = "i", .dtype = WEFT_INT64, .values = ints},    {.name = "r", .dtype = WEFT_FLOAT64, .values = reals, .valid = valid},
        {.name = "b", .dtype = WEFT_BOOL, .values = bools},    {.name = "d", .dtype = WEFT_DATE, .values = dates},
        {.name = "t", .dtype = WEFT_STRING, .texts = texts}};

    return weft_frame_from_columns(g, columns, 5, 7, (struct weft_cut){.n_partitions = n_partitions});
}

Test(store, writes_columns_of_all_partitions_where_the_caller_wants_them)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});

    for (int n = 1; n <= 7; n++) {
        weft_graph *g = weft_graph_new();
        int64_t i[7];
        double r[7];
        uint8_t b[7];
        int32_t d[7];
        uint64_t mask = 0;
        const struct weft_store_spec to[] = {{"d", d, NULL}, {"i", i, NULL}, {"r", r, &mask}, {"b", b, NULL}};
        struct weft_value v;

        cr_assert(!weft_pool_run(pool, weft_frame_store(table(g, n), to, 4, 7), &v, NULL));
        cr_assert_eq(weft_value_i64(v), 7);
        cr_assert(!memcmp(i, ints, sizeof i) && !memcmp(b, bools, sizeof b) && !memcmp(d, dates, sizeof d));
        cr_assert_eq(mask & 0x7f, valid[0]);
        for (int k = 0; k < 7; k++)
            cr_assert(k == 2 || r[k] == reals[k]);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

Test(store, writes_what_a_filter_leaves_in_order_and_says_how_many)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    weft_graph *g = weft_graph_new();
    int64_t i[7] = {0};
    weft_frame *f = weft_frame_filter(table(g, 4), "b");
    struct weft_value v;

    cr_assert(!weft_pool_run(pool, weft_frame_store(f, &(struct weft_store_spec){.name = "i", .values = i}, 1, 4), &v, NULL));
    cr_assert_eq(weft_value_i64(v), 4);
    cr_assert(i[0] == 1 && i[1] == 3 && i[2] == 4 && i[3] == 7 && i[4] == 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(store, refuses_what_has_no_place)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    char room[64];
    struct weft_error err;
    weft_frame *f = table(g, 2);

    cr_assert_eq(weft_pool_run(pool, weft_frame_store(f, &(struct weft_store_spec){.name = "t", .values = room}, 1, 7), NULL, NULL), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_pool_run(pool, weft_frame_store(f, &(struct weft_store_spec){.name = "x", .values = room}, 1, 7), NULL, NULL), WEFT_NOT_FOUND);
    cr_assert_eq(weft_pool_run(pool, weft_frame_store(f, &(struct weft_store_spec){.name = "r", .values = room}, 1, 7), NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "null in row 2"), "%s", err.message);
    cr_assert_eq(weft_pool_run(pool, weft_frame_store(f, &(struct weft_store_spec){.name = "i", .values = room}, 1, 6), NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "room for 6 rows"), "%s", err.message);
    weft_graph_free(g);
    weft_pool_free(pool);
}
