/* test_text.c - what texts mean, and what is said of those that mean nothing. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/data/schema.h"
#include "lib/expr/bind.h"
#include "lib/expr/program.h"

static const char *const names[] = {"home_score", "away_score", "neutral", "team", "day", "ratio", "small", "a b"};
static const weft_dtype dtypes[] = {WEFT_INT64, WEFT_INT64, WEFT_BOOL, WEFT_STRING, WEFT_DATE,
                                    WEFT_FLOAT64, WEFT_FLOAT32, WEFT_INT64};
enum { N_COLUMNS = 8 };

/* One row of values for the columns above. */
static const int64_t home = 3, away = 5, a_b = -4;
static const uint8_t neutral = 1;
static const int32_t day = 18322; /* 2020-03-01 */
static const double ratio = 2.5;
static const float small = 0.5f;

static struct wf_schema *schema;
static struct wf_arena arena;
static struct weft_error err;

static void begin(void)
{
    wf_arena_init(&arena);
    schema = wf_schema_new(N_COLUMNS, names, dtypes);
}

static void end(void)
{
    wf_schema_release(schema);
    wf_arena_fini(&arena);
}

TestSuite(text, .init = begin, .fini = end);

static const struct wf_expr *bind(const char *text)
{
    const struct wf_expr *e = NULL;

    cr_assert_eq(wf_expr_bind_text(&e, &arena, text, schema, &err), WEFT_OK, "%s", err.message);
    return e;
}

struct answer {
    weft_dtype dtype;
    bool       is_null;
    int64_t    i64;
    double     f64;
};

/* The text on the one row. */
static struct answer eval(const char *text)
{
    const struct wf_expr *e = bind(text);
    const struct wf_view team = wf_view_of("Scotland", 8, 0, 0);
    const void *row[N_COLUMNS] = {&home, &away, &neutral, &team, &day, &ratio, &small, &a_b};
    struct wf_lane lanes[N_COLUMNS];
    struct wf_dest dest = {0};
    struct answer a;
    wf_program *p = NULL;
    void *scratch;

    cr_assert_eq(wf_program_new(&p, &e, 1, &err), WEFT_OK);
    scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
    for (int i = 0; i < wf_program_n_inputs(p); i++)
        lanes[i] = (struct wf_lane){.values = row[wf_program_input(p, i)]};
    cr_assert_eq(wf_program_run(p, scratch, lanes, 1, &dest, &err), WEFT_OK);
    a = (struct answer){.dtype = e->dtype, .is_null = dest.has_nulls};
    if (!a.is_null)
        switch (e->dtype) {
        case WEFT_BOOL:
            a.i64 = *(uint8_t *)dest.values;
            break;
        case WEFT_INT64:
            a.i64 = *(int64_t *)dest.values;
            break;
        case WEFT_DATE:
            a.i64 = *(int32_t *)dest.values;
            break;
        case WEFT_FLOAT32:
            a.f64 = *(float *)dest.values;
            break;
        case WEFT_FLOAT64:
            a.f64 = *(double *)dest.values;
            break;
        default:
            break;
        }
    wf_free(scratch);
    wf_program_release(p);
    return a;
}

static void is_i64(const char *text, int64_t want)
{
    const struct answer a = eval(text);

    cr_assert(a.dtype == WEFT_INT64 && !a.is_null && a.i64 == want, "%s gives %lld (%s)", text,
              (long long)a.i64, weft_dtype_name(a.dtype));
}

static void is_f64(const char *text, double want)
{
    const struct answer a = eval(text);

    cr_assert(a.dtype == WEFT_FLOAT64 && !a.is_null && a.f64 == want, "%s gives %.17g (%s)", text, a.f64,
              weft_dtype_name(a.dtype));
}

static void is_bool(const char *text, bool want)
{
    const struct answer a = eval(text);

    cr_assert(a.dtype == WEFT_BOOL && !a.is_null && a.i64 == want, "%s gives %d (%s)", text, (int)a.i64,
              weft_dtype_name(a.dtype));
}

static void is_null(const char *text, weft_dtype dtype)
{
    const struct answer a = eval(text);

    cr_assert(a.is_null && a.dtype == dtype, "%s", text);
}

static void is_fault(const char *text, weft_status status, const char *message)
{
    const struct wf_expr *e = NULL;

    cr_assert_eq(wf_expr_bind_text(&e, &arena, text, schema, &err), status, "%s: %s", text, err.message);
    cr_assert_str_eq(err.message, message);
    cr_assert_null(e);
}

Test(text, signs_bind_as_in_arithmetic)
{
    is_i64("1 + 2 * 3", 7);
    is_i64("(1 + 2) * 3", 9);
    is_i64("10 - 4 - 3", 3);
    is_i64("-2 ** 2", -4);
    is_i64("2 ** 3 ** 2", 512);
    is_f64("2.0 ** -1", 0.5);
    is_f64("7 / 2", 3.5);
    is_i64("-7 // 2", -4);
    is_i64("-7 % 3", 2);
    is_i64("2 * -3", -6);
    is_i64("- - 3", 3);
    is_i64("-9223372036854775808", INT64_MIN);
    is_bool("1 + 1 == 2 and not 2 < 1 or false", true);
    is_bool("not true == false", true);
    is_bool("false and false or true", true);
    is_bool("true or true and false", true);
}

Test(text, the_founding_example_reads)
{
    is_i64("if(neutral, 0, sign(home_score - away_score))", 0);
    is_i64("if(not neutral, 0, sign(home_score - away_score))", -1);
}

Test(text, columns_may_stand_in_back_quotes)
{
    is_i64("`a b` + `home_score`", -1);
}

Test(text, strings_compare_by_their_bytes)
{
    is_bool("team == 'Scotland'", true);
    is_bool("team < 'Wales'", true);
    is_bool("team != 'Scot''s land'", true);
    is_i64("len(team)", 8);
    is_i64("len('Z\xc3\xbcrich')", 6);
    is_bool("team in ('England', 'Scotland')", true);
    is_bool("team not in ('England', 'a text too long to lie in its view')", true);
    is_bool("if(neutral, team, 'x') == 'Scotland'", true);
    is_bool("coalesce(null, 'a text too long to lie in its view') == 'a text too long to lie in its view'", true);
}

Test(text, dates_have_parts_and_count_days)
{
    is_i64("year(day)", 2020);
    is_i64("month(day) * 100 + day(day)", 301);
    is_i64("weekday(day)", 6);
    is_i64("day - date'2020-02-28'", 2);
    is_bool("day - 1 == date'2020-02-29'", true);
    is_bool("day + 1 > day", true);
    cr_assert_eq(eval("day + 1").dtype, WEFT_DATE);
    cr_assert_eq(eval("date(0)").i64, 0);
    is_bool("between(day, date'2020-01-01', date'2020-12-31')", true);
}

Test(text, null_takes_the_type_of_what_it_meets)
{
    is_null("home_score + null", WEFT_INT64);
    is_null("ratio * null", WEFT_FLOAT64);
    is_null("if(neutral, null, 1.5)", WEFT_FLOAT64);
    is_f64("if(not neutral, null, 1.5)", 1.5);
    is_bool("isnull(null)", true);
    is_bool("false and null", false);
    is_bool("true or null", true);
    is_null("true and null", WEFT_BOOL);
    is_i64("coalesce(null, null, 4)", 4);
    is_bool("home_score in (1, 3, null)", true);
    is_bool("isnull(home_score) or notnull(null)", false);
}

Test(text, functions_of_several_operations)
{
    is_i64("min(4, home_score, 9)", 3);
    is_f64("max(ratio, 1)", 2.5);
    is_f64("round(ratio)", 2);
    is_f64("round(2.675, 2)", 2.68); /* as NumPy: 267.49999999999994 rounds by its product */
    is_f64("round(1234.0, -2)", 1200);
    is_i64("clip(`a b`, -2, 2)", -2);
    is_i64("pow(home_score, 3)", 27);
    is_bool("between(home_score, 3, 5)", true);
    is_i64("where(neutral, 1, 2)", 1);
    is_f64("abs(-ratio) + floor(ratio)", 4.5);
}

Test(text, types_meet_as_numpy_has_it)
{
    cr_assert_eq(bind("small + small")->dtype, WEFT_FLOAT32);
    cr_assert_eq(bind("small + home_score")->dtype, WEFT_FLOAT64);
    cr_assert_eq(bind("small + ratio")->dtype, WEFT_FLOAT64);
    cr_assert_eq(bind("small + neutral")->dtype, WEFT_FLOAT32);
    cr_assert_eq(bind("neutral + neutral")->dtype, WEFT_INT64);
    cr_assert_eq(bind("home_score / away_score")->dtype, WEFT_FLOAT64);
    cr_assert_eq(bind("sqrt(small)")->dtype, WEFT_FLOAT32);
    cr_assert_eq(bind("sqrt(neutral)")->dtype, WEFT_FLOAT64);
    cr_assert_eq(bind("floor(home_score)")->dtype, WEFT_INT64);
    cr_assert_eq(bind("min(neutral, neutral)")->dtype, WEFT_BOOL);
    cr_assert_eq(bind("float32(home_score)")->dtype, WEFT_FLOAT32);
}

Test(text, an_unknown_column_is_shown_with_one_that_is_near)
{
    is_fault("home_scor - 1", WEFT_NOT_FOUND,
             "no column \"home_scor\"; did you mean \"home_score\"?\n  home_scor - 1\n  ^");
    is_fault("1 + 2 * xyzzy", WEFT_NOT_FOUND,
             "no column \"xyzzy\"; there are: home_score, away_score, neutral, team, day, ratio, small, a b"
             "\n  1 + 2 * xyzzy\n          ^");
    is_fault("Neutral", WEFT_NOT_FOUND, "no column \"Neutral\"; did you mean \"neutral\"?\n  Neutral\n  ^");
}

Test(text, types_that_do_not_go_together_are_shown)
{
    is_fault("home_score + team", WEFT_TYPE,
             "add: no meaning for int64 and string\n  home_score + team\n             ^");
    is_fault("if(home_score, 1, 2)", WEFT_TYPE,
             "if: the condition must be bool, this is int64\n  if(home_score, 1, 2)\n  ^");
    is_fault("neutral and home_score", WEFT_TYPE,
             "and: needs bool, this is int64\n  neutral and home_score\n          ^");
    is_fault("day == '2020-01-01'", WEFT_TYPE,
             "equal: no meaning for date and string; a date is written date'2020-01-31'"
             "\n  day == '2020-01-01'\n      ^");
    is_fault("day + day", WEFT_TYPE, "add: no meaning for date and date\n  day + day\n      ^");
    is_fault("-team", WEFT_TYPE, "negative: no meaning for string\n  -team\n  ^");
    is_fault("float64(team)", WEFT_TYPE, "float64: cannot be made of string\n  float64(team)\n  ^");
    is_fault("null", WEFT_TYPE, "null alone has no type; say float64(null), for one\n  null\n  ^");
}

Test(text, what_does_not_read_is_shown_where_it_stops)
{
    is_fault("", WEFT_PARSE, "a value is missing at the end\n  \n  ^");
    is_fault("1 +", WEFT_PARSE, "a value is missing at the end\n  1 +\n     ^");
    is_fault("1 + * 2", WEFT_PARSE, "a value is missing here\n  1 + * 2\n      ^");
    is_fault("(1 + 2", WEFT_PARSE, "this bracket is not closed\n  (1 + 2\n  ^");
    is_fault("abs(1, ", WEFT_PARSE, "a value is missing at the end\n  abs(1, \n         ^");
    is_fault("1 2", WEFT_PARSE, "a sign such as + or == is missing before this\n  1 2\n    ^");
    is_fault("a = 1", WEFT_PARSE, "this is written == here\n  a = 1\n    ^");
    is_fault("a && b", WEFT_PARSE, "this is written and here\n  a && b\n    ^");
    is_fault("team == 'x", WEFT_PARSE, "this text has no closing '\n  team == 'x\n          ^");
    is_fault("1 < 2 < 3", WEFT_PARSE, "comparisons do not chain; write a < b and b < c\n  1 < 2 < 3\n        ^");
    is_fault("sgn(1)", WEFT_PARSE, "no function \"sgn\"; did you mean \"sign\"?\n  sgn(1)\n  ^");
    is_fault("abs(1, 2)", WEFT_PARSE, "abs: takes 1, 2 given\n  abs(1, 2)\n  ^");
    is_fault("coalesce()", WEFT_PARSE, "coalesce: takes 1 or more, 0 given\n  coalesce()\n  ^");
    is_fault("12x", WEFT_PARSE, "a number ends in letters\n  12x\n    ^");
    is_fault("99999999999999999999", WEFT_PARSE,
             "this number is beyond int64; 99999999999999999999. is a float64\n  99999999999999999999\n  ^");
    is_fault("date'2021-02-29'", WEFT_PARSE,
             "'2021-02-29' is no date; one is written date'2020-01-31'\n  date'2021-02-29'\n  ^");
    is_fault("round(ratio, away_score)", WEFT_PARSE,
             "round: digits must be a whole number from -300 to 300\n  round(ratio, away_score)\n  ^");
}

Test(text, the_caret_counts_letters_not_bytes)
{
    is_fault("'Z\xc3\xbcrich' == nope_at_all", WEFT_NOT_FOUND,
             "no column \"nope_at_all\"; there are: home_score, away_score, neutral, team, day, ratio, small, a b"
             "\n  'Z\xc3\xbcrich' == nope_at_all\n              ^");
}

Test(text, a_long_line_is_cut_around_the_fault)
{
    char text[512] = "0";

    for (int i = 0; i < 60; i++)
        strcat(text, " + 1");
    strcat(text, " + nowhere");
    for (int i = 0; i < 20; i++)
        strcat(text, " + 2");
    cr_assert_eq(wf_expr_bind_text(&(const struct wf_expr *){0}, &arena, text, schema, &err), WEFT_NOT_FOUND);
    cr_assert(strstr(err.message, "\n  ...") && strstr(err.message, "...\n"), "%s", err.message);
}

Test(text, nesting_has_an_end)
{
    char text[2001];

    memset(text, '(', 1000);
    text[1000] = 0;
    cr_assert_eq(wf_expr_bind_text(&(const struct wf_expr *){0}, &arena, text, schema, &err), WEFT_PARSE);
    memset(text, '-', 2000);
    text[2000] = 0;
    cr_assert_eq(wf_expr_bind_text(&(const struct wf_expr *){0}, &arena, text, schema, &err), WEFT_PARSE);
}

Test(text, trees_built_in_c_mean_the_same)
{
    weft_expr *e = weft_expr_if(
        weft_expr_column("neutral"), weft_expr_i64(0),
        weft_expr_call1(WEFT_OP_SIGN, weft_expr_subtract(weft_expr_column("home_score"),
                                                         weft_expr_column("away_score"))));
    const struct wf_expr *built = NULL, *read = bind("if(neutral, 0, sign(home_score - away_score))");
    wf_program *p = NULL, *q = NULL;

    cr_assert_eq(wf_expr_bind(&built, &arena, e, schema, &err), WEFT_OK);
    cr_assert_eq(wf_program_new(&p, &built, 1, &err), WEFT_OK);
    cr_assert_eq(wf_program_new(&q, &read, 1, &err), WEFT_OK);
    cr_assert_eq(wf_program_token(p).lo, wf_program_token(q).lo);
    cr_assert_eq(wf_program_token(p).hi, wf_program_token(q).hi);
    wf_program_release(p);
    wf_program_release(q);
    weft_expr_release(e);
}

Test(text, what_is_built_on_a_failed_tree_has_failed)
{
    weft_expr *e = weft_expr_add(weft_expr_i64(1), weft_expr_not(weft_expr_text("1 +")));

    cr_assert_eq(weft_expr_status(e, &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "a value is missing at the end\n  1 +\n     ^");
    cr_assert_eq(wf_expr_bind(&(const struct wf_expr *){0}, &arena, e, schema, &err), WEFT_PARSE);
    weft_expr_release(e);
    e = weft_expr_date(2021, 2, 29);
    cr_assert_eq(weft_expr_status(e, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "date: there is no 2021-02-29");
    weft_expr_release(e);
}

/* Reads, binds and compiles; answers the status. */
static weft_status whole_way(void)
{
    const struct wf_expr *e = NULL;
    struct wf_arena a;
    wf_program *p = NULL;
    weft_status st;

    wf_arena_init(&a);
    st = wf_expr_bind_text(&e, &a, "if(team in ('a', 'a text too long for a view'), home_score + 1, -away_score ** 2)",
                           schema, &err);
    if (!st)
        st = wf_program_new(&p, &e, 1, &err);
    wf_program_release(p);
    wf_arena_fini(&a);
    return st;
}

Test(text, every_allocation_may_fail)
{
    int64_t n;

    wf_mem_fail_at(0);
    cr_assert_eq(whole_way(), WEFT_OK);
    n = wf_mem_n_asked();
    cr_assert_gt(n, 10);
    wf_mem_watch(true);
    for (int64_t i = 1; i <= n; i++) {
        wf_mem_fail_at(i);
        cr_assert_eq(whole_way(), WEFT_NOMEM, "allocation %lld", (long long)i);
        wf_mem_fail_at(0);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld leaks", (long long)i);
    }
}

/* Words thrown together read or fault, and what reads compiles. */
Test(text, any_text_reads_or_is_a_fault)
{
    static const char *const words[] = {
        "home_score", "neutral", "team", "day", "ratio", "`a b`", "'x'", "'", "`", "1", "2.5", "9223372036854775808", ".5e3",
        "date'2020-02-30'", "date'2020-02-28'", "null", "true", "+", "-", "*", "**", "/", "//", "%", "==", "!=", "<", "<=",
        "(", ")", "(", ")", ",", "and", "or", "not", "in", "if(", "in(", "between(", "round(", "coalesce(", "min(", "len(",
        "year(", "isnull(", "bool(", "date(", "sqrt(", "\xc3", "\xff", "=", "\\", "\n", "\t",
    };
    uint64_t state = 1;
    int n_read = 0;

    for (int k = 0; k < 60000; k++) {
        char text[256] = "";
        const struct wf_expr *e = NULL;
        struct wf_arena a;
        wf_program *p = NULL;
        weft_status st;

        state = wf_mix(state + (uint64_t)k);
        for (uint64_t i = 0, n = 1 + state % 9; i < n; i++) {
            strcat(text, words[wf_mix(state + i * 77) % (sizeof words / sizeof *words)]);
            if (wf_mix(state + i * 33) % 4)
                strcat(text, " ");
        }
        wf_arena_init(&a);
        st = wf_expr_bind_text(&e, &a, text, schema, &err);
        if (!st) {
            n_read++;
            st = wf_program_new(&p, &e, 1, &err);
            cr_assert_eq(st, WEFT_OK, "%s: %s", text, err.message);
            wf_program_release(p);
        } else {
            cr_assert(st == WEFT_PARSE || st == WEFT_TYPE || st == WEFT_NOT_FOUND, "%s: %s", text, err.message);
            cr_assert(strchr(err.message, '^'), "%s: %s", text, err.message);
        }
        wf_arena_fini(&a);
    }
    cr_assert_gt(n_read, 500);
}
