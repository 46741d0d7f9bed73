/* test_mistakes.c - a mistake is told by the call that made it, by file and line, before any data is read. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/bag.h>

#include "tests/support/bodies.h"
#include "tests/support/frames.h"

static weft_status task_status(weft_task *t, struct weft_error *err)
{
    return weft_task_status(t, err);
}

static weft_status array_status(weft_array *a, struct weft_error *err)
{
    return weft_array_status(a, err);
}

static weft_status frame_status(weft_frame *f, struct weft_error *err)
{
    return weft_frame_status(f, err);
}

/* A failed bag gives its failed task to whatever is built on it. */
static weft_status bag_status(weft_bag *b, struct weft_error *err)
{
    return weft_task_status(weft_bag_count(b), err);
}

static int n_told;

static void check(weft_status st, const struct weft_error *err, weft_status want, const char *words, int line)
{
    char site[32];

    snprintf(site, sizeof site, "test_mistakes.c:%d", line);
    cr_expect_eq(st, want, "line %d: status %d: %s", line, (int)st, st ? err->message : "it was built");
    cr_expect(strstr(err->message, words), "line %d: \"%s\" is not in: %s", line, words, err->message);
    cr_expect(strlen(err->site) >= strlen(site) && !strcmp(err->site + strlen(err->site) - strlen(site), site),
              "line %d: told as of %s: %s", line, err->site, err->message);
    n_told++;
}

/* What is built on one line fails there, with this status and these words. */
#define MISTAKE(want, words, ...)                                                                        \
    do {                                                                                                 \
        struct weft_error err = {0};                                                                     \
        const weft_status st = _Generic((__VA_ARGS__), weft_task *: task_status, weft_array *: array_status, \
                                        weft_frame *: frame_status, weft_bag *: bag_status)((__VA_ARGS__), &err); \
        check(st, &err, want, words, __LINE__);                                                          \
    } while (0)

/* What tells that data was read: no body ever runs. */
static weft_status never(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    cr_assert_fail("data was read");
    return WEFT_OK;
}

static weft_array *array_of(weft_graph *g, weft_dtype dtype, int64_t rows, int64_t columns)
{
    const struct weft_layout layout = {WEFT_SHAPE(rows, columns), .chunks = {.all = 2}};
    weft_task *tasks[64];
    const int64_t n = ((rows + 1) / 2) * ((columns + 1) / 2);

    for (int64_t i = 0; i < n; i++)
        tasks[i] = weft_add(g, never);
    return weft_array_from_tasks(g, dtype, layout, tasks, n);
}

Test(mistakes, of_arrays_are_told_by_the_call)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = array_of(g, WEFT_FLOAT64, 3, 4), *b = array_of(g, WEFT_FLOAT64, 3, 5);
    weft_array *truth = array_of(g, WEFT_BOOL, 3, 4), *empty = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(0, 4)});
    weft_task *t = weft_add(g, never);
    const struct weft_layout layout = {WEFT_SHAPE(4, 4), .chunks = {.all = 2}};
    struct weft_random r = {.seed = 1};

    n_told = 0;
    MISTAKE(WEFT_INVALID, "add: shapes (3, 4) and (3, 5) differ on axis 1", weft_array_add(a, b));
    MISTAKE(WEFT_INVALID, "multiply: shapes (3, 4) and (3, 5)", weft_array_multiply(a, weft_array_sqrt(b)));
    MISTAKE(WEFT_INVALID, "less: shapes", weft_array_less(a, b));
    MISTAKE(WEFT_INVALID, "if: shapes (3, 4), (3, 4) and (3, 5)", weft_array_sum(weft_array_where(truth, a, b), 0));
    MISTAKE(WEFT_INVALID, "maximum", weft_array_maximum(a, b));
    MISTAKE(WEFT_INVALID, "hypot", weft_array_hypot(a, b));
    MISTAKE(WEFT_INVALID, "shapes (3, 4) and (3, 5)", weft_array_isclose(a, b, 0, 0, false));
    MISTAKE(WEFT_INVALID, "shapes", weft_array_logical_and(a, b));
    MISTAKE(WEFT_INVALID, "shapes", weft_array_clip(a, weft_array_f64(g, 0), b));
    MISTAKE(WEFT_INVALID, "shapes", weft_array_call2(WEFT_OP_ADD, a, b));
    MISTAKE(WEFT_TYPE, "condition must be bool", weft_array_where(a, a, a));
    MISTAKE(WEFT_TYPE, "astype: arrays of string", weft_array_astype(a, WEFT_STRING));
    MISTAKE(WEFT_TYPE, "astype", weft_array_astype(a, (weft_dtype)99));
    MISTAKE(WEFT_INVALID, "sum: axis 2 and shape (3, 4)", weft_array_sum(a, 2));
    MISTAKE(WEFT_INVALID, "mean: axis -3 and shape (3, 4)", weft_array_mean(a, -3));
    MISTAKE(WEFT_INVALID, "max: axis 7", weft_array_ptp(a, 7));
    MISTAKE(WEFT_EMPTY, "min: shape (0, 4) has no elements along axis 0", weft_array_min(empty, 0));
    MISTAKE(WEFT_EMPTY, "mean: shape (0, 4) has no elements", weft_array_mean(empty, WEFT_ALL_AXES));
    MISTAKE(WEFT_EMPTY, "var: 0 elements and ddof 0", weft_array_var(empty, 0));
    MISTAKE(WEFT_EMPTY, "std: 3 elements and ddof 5", weft_array_reduce(a, WEFT_STD, &(struct weft_reduce_spec){.axis = 0, .ddof = 5}));
    MISTAKE(WEFT_INVALID, "var: ddof is -1", weft_array_reduce(a, WEFT_VAR, &(struct weft_reduce_spec){.ddof = -1}));
    MISTAKE(WEFT_INVALID, "axis 0 has size -3", weft_array_zeros(g, WEFT_INT64, (struct weft_layout){WEFT_SHAPE(-3)}));
    MISTAKE(WEFT_TYPE, "arrays of date", weft_array_ones(g, WEFT_DATE, layout));
    MISTAKE(WEFT_RANGE, "full", weft_array_full(g, WEFT_INT64, 1e300, layout));
    MISTAKE(WEFT_INVALID, "more elements than memory", weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(INT64_MAX, 9)}));
    MISTAKE(WEFT_INVALID, "chunk length -2", weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(9), .chunks = {.all = -2}}));
    MISTAKE(WEFT_INVALID, "chunk", weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(9), .chunks = {.list = {(int64_t[]){4, 4}}, .n_list = {2}}}));
    MISTAKE(WEFT_INVALID, "chunk 1 of axis 0 has length -1", weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(9), .chunks = {.list = {(int64_t[]){10, -1}}, .n_list = {2}}}));
    MISTAKE(WEFT_INVALID, "from_tasks: 1 tasks for 4 chunks", weft_array_from_tasks(g, WEFT_FLOAT64, layout, &t, 1));
    MISTAKE(WEFT_INVALID, "arange", weft_array_arange(g, 0, 10, 0, 5));
    MISTAKE(WEFT_INVALID, "linspace", weft_array_linspace(g, 0, 1, -4, true, 5, NULL));
    MISTAKE(WEFT_INVALID, "range", weft_array_range(g, 0, 1, -4, 5));
    MISTAKE(WEFT_INVALID, "normal", weft_array_normal(g, &r, 0, -1, layout));
    MISTAKE(WEFT_INVALID, "integers", weft_array_integers(g, &r, 5, 5, layout));
    MISTAKE(WEFT_INVALID, "chunk (9, 0)", weft_array_chunk_task(a, (int64_t[]){9, 0}));
    MISTAKE(WEFT_INVALID, "add: shapes", weft_array_whole(weft_array_keep(weft_array_add(a, b))));
    cr_assert_eq(n_told, 36);
    weft_graph_free(g);
}

Test(mistakes, of_frames_are_told_by_the_call)
{
    uint64_t seed = 1;
    weft_graph *g = weft_graph_new();
    weft_chunk *all = random_chunk(&seed, 20, 5, 10);
    weft_frame *f = cut_frame(g, &seed, all, 3, NO_HOLES); /* b bool, i int64, f float64, d date, s string */
    const double values[4] = {0};
    const struct weft_column_spec x = {.name = "x", .dtype = WEFT_FLOAT64, .values = values};
    const struct weft_column_spec same[] = {x, x}, nameless = {.dtype = WEFT_FLOAT64, .values = values};
    const struct weft_column_spec single = {.name = "x", .dtype = WEFT_FLOAT32, .values = values};
    const struct weft_column_spec none = {.name = "x", .dtype = WEFT_FLOAT64};

    n_told = 0;
    MISTAKE(WEFT_IO, "nowhere.csv", weft_frame_read_csv(g, "/nowhere.csv", NULL));
    MISTAKE(WEFT_DUPLICATE, "two columns are called \"x\"", weft_frame_from_columns(g, same, 2, 4, (struct weft_cut){0}));
    MISTAKE(WEFT_INVALID, "a column has no name", weft_frame_from_columns(g, &nameless, 1, 4, (struct weft_cut){0}));
    MISTAKE(WEFT_TYPE, "is float32", weft_frame_from_columns(g, &single, 1, 4, (struct weft_cut){0}));
    MISTAKE(WEFT_INVALID, "has 4 rows and no values", weft_frame_from_columns(g, &none, 1, 4, (struct weft_cut){0}));
    MISTAKE(WEFT_INVALID, "-5", weft_frame_from_columns(g, &x, 1, -5, (struct weft_cut){0}));
    MISTAKE(WEFT_NOT_FOUND, "select: no column \"z\"", weft_frame_select(f, WEFT_NAMES("i", "z")));
    MISTAKE(WEFT_DUPLICATE, "column \"i\" is asked for twice", weft_frame_select(f, WEFT_NAMES("i", "i")));
    MISTAKE(WEFT_NOT_FOUND, "no column \"nope\"", weft_frame_column(f, "nope"));
    MISTAKE(WEFT_NOT_FOUND, "drop: no column \"q\"", weft_frame_drop(f, WEFT_NAMES("q")));
    MISTAKE(WEFT_NOT_FOUND, "rename: no column", weft_frame_rename(f, "q", "r"));
    MISTAKE(WEFT_DUPLICATE, "\"i\" cannot become \"f\"", weft_frame_rename(f, "i", "f"));
    MISTAKE(WEFT_TYPE, "the predicate is int64, not bool", weft_frame_filter(f, "i + 1"));
    MISTAKE(WEFT_TYPE, "the predicate is string, not bool", weft_frame_filter(f, "s"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"zz\"", weft_frame_filter(f, "zz > 1"));
    MISTAKE(WEFT_PARSE, "written == here", weft_frame_filter(f, "i = 1"));
    MISTAKE(WEFT_PARSE, "", weft_frame_filter(f, "i >"));
    MISTAKE(WEFT_PARSE, "no closing", weft_frame_filter(f, "s == 'abc"));
    MISTAKE(WEFT_PARSE, "a number ends in letters", weft_frame_filter(f, "i > 1x"));
    MISTAKE(WEFT_TYPE, "no meaning for", weft_frame_assign(f, "y", "s + i"));
    MISTAKE(WEFT_TYPE, "", weft_frame_assign(f, "y", "s == i"));
    MISTAKE(WEFT_TYPE, "the condition must be bool", weft_frame_assign(f, "y", "if(i, 1, 2)"));
    MISTAKE(WEFT_TYPE, "", weft_frame_assign(f, "y", "not i"));
    MISTAKE(WEFT_PARSE, "no function", weft_frame_assign(f, "y", "frobnicate(i)"));
    MISTAKE(WEFT_PARSE, "", weft_frame_assign(f, "y", "sqrt(i, i)"));
    MISTAKE(WEFT_PARSE, "is no date", weft_frame_assign(f, "y", "d < date'2020-13-45'"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"w\"", weft_frame_assign_expr(f, "y", weft_expr_column("w")));
    MISTAKE(WEFT_NOT_FOUND, "no column", weft_frame_filter_expr(f, weft_expr_column("w")));
    MISTAKE(WEFT_TYPE, "sum: \"s\" is string, not a number", weft_frame_sum(f, "s"));
    MISTAKE(WEFT_TYPE, "mean: \"d\" is date", weft_frame_mean(f, "d"));
    MISTAKE(WEFT_TYPE, "std: \"s\" is string", weft_frame_std(f, "s"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"u\"", weft_frame_min(f, "u"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"u\"", weft_frame_max(f, "u + 1"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"u\"", weft_frame_count(f, "u"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"k\"", weft_frame_group(f, WEFT_NAMES("k"), WEFT_AGGS({WEFT_AGG_SIZE}), NULL));
    MISTAKE(WEFT_NOT_FOUND, "no column \"v\"", weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({WEFT_AGG_SUM, "v"}), NULL));
    MISTAKE(WEFT_TYPE, "is string, not a number", weft_frame_group(f, WEFT_NAMES("i"), WEFT_AGGS({WEFT_AGG_SUM, "s"}), NULL));
    MISTAKE(WEFT_DUPLICATE, "are called \"s\"", weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({WEFT_AGG_SUM, "i", "s"}), NULL));
    MISTAKE(WEFT_INVALID, "a sum of nothing", weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({WEFT_AGG_SUM}), NULL));
    MISTAKE(WEFT_INVALID, "is of kind 99", weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({(enum weft_agg_kind)99, "i"}), NULL));
    MISTAKE(WEFT_NOT_FOUND, "no column", weft_frame_value_counts(f, "kk"));
    MISTAKE(WEFT_NOT_FOUND, "no column", weft_frame_sort(f, "kk", WEFT_ASCENDING));
    MISTAKE(WEFT_INVALID, "number 9 of a frame with 3 partitions", weft_frame_partition(f, 9));
    MISTAKE(WEFT_INVALID, "head: -1 rows", weft_frame_head(f, -1));
    MISTAKE(WEFT_TYPE, "is string, and arrays hold numbers", weft_frame_to_array(f, "s"));
    MISTAKE(WEFT_UNSUPPORTED, "is not known before a run", weft_frame_to_array(weft_frame_filter(f, "b"), "i"));
    MISTAKE(WEFT_NOT_FOUND, "no column \"z\"", weft_frame_whole(weft_frame_keep(weft_frame_column(f, "z"))));
    cr_assert_eq(n_told, 47);
    weft_chunk_release(all);
    weft_graph_free(g);
}

static weft_status one(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    return weft_emit_record(out, in);
}

static weft_status plus(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)into, (void)value, (void)arg, (void)err;
    return WEFT_OK;
}

Test(mistakes, of_bags_are_told_by_the_call)
{
    weft_graph *g = weft_graph_new();
    const int64_t x = 1;
    const struct weft_text text = weft_text_of("a");
    weft_bag *structs = weft_bag_parallelize(g, &x, sizeof x, 1, 1), *texts = weft_bag_parallelize_texts(g, &text, 1, 1);
    weft_bag *pairs = weft_bag_map(texts, one, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = 8));
    weft_task *t = weft_add(g, never);

    n_told = 0;
    MISTAKE(WEFT_NOT_FOUND, "no file matches", weft_bag_text(g, "/nowhere/*.txt", 0));
    MISTAKE(WEFT_INVALID, "the list of files is empty", weft_bag_text(g, ",", 0));
    MISTAKE(WEFT_INVALID, "bag of tasks: records of kind 77", weft_bag_of_tasks(g, &t, 1, (enum weft_record_kind)77, 8));
    MISTAKE(WEFT_INVALID, "0 bytes", weft_bag_of_tasks(g, &t, 1, WEFT_STRUCTS, 0));
    MISTAKE(WEFT_INVALID, ".to_bytes is 0", weft_bag_map(texts, one, WEFT_STEP(.to = WEFT_STRUCTS)));
    MISTAKE(WEFT_INVALID, ".to is 55", weft_bag_flat_map(texts, one, WEFT_STEP(.to = (enum weft_record_kind)55)));
    MISTAKE(WEFT_INVALID, "mine: .to is", weft_bag_map(texts, one, &(struct weft_step){.name = "mine", .to = WEFT_PAIRS}));
    MISTAKE(WEFT_TYPE, "keys: the records are structs", weft_bag_keys(structs));
    MISTAKE(WEFT_TYPE, "values: the records are texts", weft_bag_values(texts));
    MISTAKE(WEFT_TYPE, "reduce: the records are texts", weft_bag_reduce(texts, plus, NULL));
    MISTAKE(WEFT_TYPE, "reduce-by-key: the records are structs", weft_bag_reduce_by_key(structs, plus, 1, NULL));
    MISTAKE(WEFT_INVALID, "reduce-by-key: -1 partitions", weft_bag_reduce_by_key(pairs, plus, -1, NULL));
    MISTAKE(WEFT_TYPE, "group-by-key: the records are texts", weft_bag_group_by_key(texts, 1));
    MISTAKE(WEFT_INVALID, "group-by-key: -2 partitions", weft_bag_group_by_key(pairs, -2));
    MISTAKE(WEFT_TYPE, "count-by-key: the records are structs", weft_bag_count_by_key(structs));
    MISTAKE(WEFT_INVALID, "coalesce: 0 partitions", weft_bag_coalesce(pairs, 0));
    MISTAKE(WEFT_INVALID, "take: -3 records", weft_bag_take(pairs, -3));
    MISTAKE(WEFT_TYPE, "union: the records are texts", weft_bag_union(texts, structs));
    MISTAKE(WEFT_TYPE, "keys: the records are structs", weft_bag_collect(weft_bag_keep(weft_bag_keys(structs))));
    cr_assert_eq(n_told, 19);
    weft_graph_free(g);
}

Test(mistakes, of_tasks_are_told_by_the_call)
{
    weft_graph *g = weft_graph_new(), *other = weft_graph_new();
    weft_task *stranger = weft_add(other, never), *t = weft_add(g, never, .name = "t");

    n_told = 0;
    weft_add(g, never, .key = "k");
    MISTAKE(WEFT_INVALID, "belongs to another graph", weft_add(g, never, .deps = &stranger, .n_deps = 1));
    MISTAKE(WEFT_INVALID, "takes 2 inputs and got 1", weft_add(g, never, .deps = &t, .n_deps = 1, .arity = 2));
    MISTAKE(WEFT_INVALID, "input 0 is NULL", weft_add(g, never, .deps = (weft_task *[]){NULL}, .n_deps = 1));
    MISTAKE(WEFT_DUPLICATE, "key \"k\" is used twice", weft_add(g, never, .key = "k"));
    MISTAKE(WEFT_INVALID, "70000 results", weft_add(g, never, .n_results = 70000));
    MISTAKE(WEFT_INVALID, "only tasks marked WEFT_PURE", weft_add(g, never, WEFT_TERMS(.retries = 1)));
    cr_assert_eq(n_told, 6);
    weft_graph_free(g);
    weft_graph_free(other);
}

/* ---- Where exactly -------------------------------------------------------------- */

Test(mistakes, of_nested_calls_each_has_its_own_line)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = array_of(g, WEFT_FLOAT64, 3, 4), *b = array_of(g, WEFT_FLOAT64, 3, 5), *sum;
    struct weft_error err;
    int line;

    line = __LINE__ + 2;
    sum = weft_array_sqrt(
        weft_array_add(
            weft_array_abs(a),
            weft_array_negative(b)));
    cr_assert_neq(weft_array_status(sum, &err), WEFT_OK);
    cr_assert(strstr(err.site, "test_mistakes.c:"));
    /* Which line of a call of several lines __LINE__ is, is the compiler's choice. */
    cr_assert(atoi(strrchr(err.site, ':') + 1) >= line && atoi(strrchr(err.site, ':') + 1) <= line + 2, "%s", err.site);
    weft_graph_free(g);
}

Test(mistakes, what_fails_while_it_runs_names_the_call_of_the_program)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_array *big = weft_array_full(g, WEFT_INT64, 4e18, (struct weft_layout){WEFT_SHAPE(10), .chunks = {.all = 5}});
    weft_array *sum = weft_array_sum(weft_array_multiply(big, weft_array_i64(g, 1)), 0); const int line = __LINE__;
    weft_frame *f = weft_frame_from_columns(g, &(struct weft_column_spec){.name = "i", .dtype = WEFT_INT64,
                                                                          .values = (int64_t[]){INT64_MAX, INT64_MAX}},
                                            1, 2, (struct weft_cut){.n_partitions = 2});
    weft_task *total = weft_frame_sum(f, "i + 0"); const int line_of_total = __LINE__;
    struct weft_error err = {0};
    char site[32];

    cr_assert_eq(weft_pool_run(pool, weft_array_whole(sum), NULL, &err), WEFT_RANGE);
    snprintf(site, sizeof site, "test_mistakes.c:%d", line);
    cr_assert(strstr(err.site, site), "%s: %s", err.site, err.message);
    cr_assert_eq(weft_pool_run(pool, total, NULL, &err), WEFT_RANGE);
    snprintf(site, sizeof site, "test_mistakes.c:%d", line_of_total);
    cr_assert(strstr(err.site, site), "%s: %s", err.site, err.message);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(mistakes, a_place_said_by_hand_counts_until_the_next)
{
    weft_graph *g = weft_graph_new();
    weft_array *(*sum)(weft_array *, int) = weft_array_sum;
    weft_array *a = array_of(g, WEFT_FLOAT64, 3, 4);
    struct weft_error err;

    weft_graph_at(g, "script.py", 12);
    weft_array_status(sum(a, 9), &err);
    cr_assert_str_eq(err.site, "script.py:12");
    weft_graph_at(g, NULL, 0);
    weft_array_status(sum(a, 9), &err);
    cr_assert_str_eq(err.site, "");
    weft_graph_free(g);
}
