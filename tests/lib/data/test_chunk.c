/* test_chunk.c - columns under one count: asking, cutting, joining, printing. */
#include "lib/data/chunk.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "tests/support/nomem.h"
#include "tests/support/plain.h"

static const char *const names[] = {"b", "i", "f", "d", "when", "what"};
static const weft_dtype  dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};
enum { COLUMNS = 6 };

struct table {
    struct plain p[COLUMNS];
};

static struct table table_new(int64_t n, int null_every, uint64_t seed)
{
    struct table t;

    for (int i = 0; i < COLUMNS; i++)
        t.p[i] = plain_new(dtypes[i], n, null_every, seed + (uint64_t)i);
    return t;
}

static void table_free(struct table *t)
{
    for (int i = 0; i < COLUMNS; i++)
        plain_free(&t->p[i]);
}

/* NULL: no memory. */
static weft_chunk *chunk_of(const struct table *t)
{
    struct wf_schema *s = wf_schema_new(COLUMNS, names, dtypes);
    struct wf_column *columns[COLUMNS];
    weft_chunk *c;

    if (!s)
        return NULL;
    for (int i = 0; i < COLUMNS; i++)
        columns[i] = plain_column(&t->p[i]);
    c = wf_chunk_new(s, t->p[0].n, columns);
    wf_schema_release(s);
    return c;
}

/* Through the public questions only. */
static void expect(const weft_chunk *c, const struct table *t, int64_t first, int64_t n)
{
    cr_assert_eq(weft_chunk_n_rows(c), n);
    cr_assert_eq(weft_chunk_n_columns(c), COLUMNS);
    for (int i = 0; i < COLUMNS; i++) {
        cr_assert_eq(weft_chunk_dtype(c, i), dtypes[i]);
        cr_assert_str_eq(weft_chunk_name(c, i), names[i]);
        cr_assert_eq(weft_chunk_find(c, names[i]), i);
        for (int64_t row = 0; row < n; row++) {
            const struct plain_cell *want = &t->p[i].cells[first + row];
            const struct weft_text text = weft_chunk_text_at(c, i, row);
            const double f64 = weft_chunk_f64_at(c, i, row);

            cr_assert_eq(weft_chunk_is_null(c, i, row), want->null);
            if (want->null || dtypes[i] == WEFT_STRING) {
                cr_assert(isnan(f64));
                cr_assert_eq(weft_chunk_i64_at(c, i, row), 0);
            } else if (dtypes[i] == WEFT_FLOAT32 || dtypes[i] == WEFT_FLOAT64) {
                cr_assert_eq(f64, want->f64);
                cr_assert_eq(weft_chunk_i64_at(c, i, row), (int64_t)want->f64);
            } else {
                cr_assert_eq(weft_chunk_i64_at(c, i, row), want->i64);
                cr_assert_eq(f64, (double)want->i64);
            }
            cr_assert_not_null(text.ptr);
            cr_assert_eq(text.len, (int64_t)(want->null ? 0 : strlen(want->text)));
            cr_assert(memcmp(text.ptr, want->text, (size_t)text.len) == 0);
        }
    }
}

Test(chunk, answers_what_was_put_in)
{
    for (int null_every = 0; null_every < 5; null_every += 2) {
        struct table t = table_new(150, null_every, 1);
        weft_chunk *c = chunk_of(&t);

        expect(c, &t, 0, 150);
        cr_assert_eq(weft_chunk_find(c, "why"), -1);
        weft_chunk_release(c);
        table_free(&t);
    }
}

Test(chunk, fixed_width_values_can_be_read_as_an_array)
{
    struct table t = table_new(100, 0, 2);
    weft_chunk *c = chunk_of(&t);

    for (int i = 0; i < COLUMNS; i++)
        cr_assert_eq(weft_chunk_values(c, i) != NULL, dtypes[i] != WEFT_BOOL && dtypes[i] != WEFT_STRING);
    for (int64_t row = 0; row < 100; row++) {
        cr_assert_eq(((const int64_t *)weft_chunk_values(c, 1))[row], t.p[1].cells[row].i64);
        cr_assert_eq(((const double *)weft_chunk_values(c, 3))[row], t.p[3].cells[row].f64);
    }
    weft_chunk_release(c);
    table_free(&t);
}

Test(chunk, slices_and_their_concatenation_have_the_right_rows)
{
    struct table t = table_new(300, 5, 3);
    weft_chunk *c = chunk_of(&t), *parts[3], *all;

    parts[0] = wf_chunk_slice(c, 0, 65);
    parts[1] = wf_chunk_slice(c, 65, 0);
    parts[2] = wf_chunk_slice(c, 65, 235);
    weft_chunk_release(c);
    expect(parts[0], &t, 0, 65);
    expect(parts[1], &t, 65, 0);
    expect(parts[2], &t, 65, 235);
    all = wf_chunk_concat(parts, 3);
    for (int i = 0; i < 3; i++)
        weft_chunk_release(parts[i]);
    expect(all, &t, 0, 300);
    weft_chunk_release(all);
    table_free(&t);
}

Test(chunk, of_no_columns_has_rows)
{
    struct wf_schema *s = wf_schema_new(0, NULL, NULL);
    weft_chunk *c = wf_chunk_new(s, 7, NULL), *half;

    wf_schema_release(s);
    cr_assert_eq(weft_chunk_n_rows(c), 7);
    cr_assert_eq(weft_chunk_n_columns(c), 0);
    half = wf_chunk_slice(c, 2, 3);
    cr_assert_eq(weft_chunk_n_rows(half), 3);
    weft_chunk_release(half);
    weft_chunk_release(c);
}

Test(chunk, is_a_value_that_is_shared_not_copied)
{
    struct table t = table_new(10, 0, 4);
    weft_chunk *c = chunk_of(&t);
    struct weft_value v = weft_value_of_ptr(&weft_type_chunk, c), again;

    cr_assert_eq(weft_value_chunk(v), c);
    cr_assert_null(weft_value_chunk(weft_value_of_f64(1)));
    cr_assert_eq(weft_value_retain(v, &again), WEFT_OK);
    cr_assert_eq(weft_value_chunk(again), c);
    cr_assert_gt(weft_value_bytes(v), 10 * (8 + 4 + 8 + 4 + 16));
    weft_value_release(v);
    expect(weft_value_chunk(again), &t, 0, 10);
    weft_value_release(again);
    table_free(&t);
}

static weft_status make_cut_join(void *arg)
{
    const struct table *t = arg;
    weft_chunk *c = chunk_of(t), *parts[2] = {NULL, NULL}, *all = NULL;

    if (c) {
        parts[0] = wf_chunk_slice(c, 0, 100);
        parts[1] = wf_chunk_slice(c, 100, 50);
    }
    if (parts[0] && parts[1])
        all = wf_chunk_concat(parts, 2);
    if (all)
        expect(all, t, 0, 150);
    weft_chunk_release(parts[0]);
    weft_chunk_release(parts[1]);
    weft_chunk_release(c);
    weft_chunk_release(all);
    return all ? WEFT_OK : WEFT_NOMEM;
}

Test(chunk, a_refused_allocation_leaks_no_column)
{
    struct table t = table_new(150, 4, 5);

    cr_assert_geq(nomem_everywhere(make_cut_join, &t), 50);
    table_free(&t);
}

/* ---- Dates, against a calendar that is counted day by day ------------------ */

static bool is_leap(long y)
{
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int days_in(long y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

Test(chunk, dates_follow_the_calendar_forwards_and_backwards)
{
    char text[WF_DATE_TEXT], want[80];
    long y = 1970;
    int m = 1, d = 1;

    for (int32_t day = 0; day < 500000; day++) {
        wf_date_text(day, text);
        snprintf(want, sizeof want, "%04ld-%02d-%02d", y, m, d);
        cr_assert_str_eq(text, want);
        if (++d > days_in(y, m)) {
            d = 1;
            if (++m > 12) {
                m = 1;
                y++;
            }
        }
    }
    y = 1970;
    m = d = 1;
    for (int32_t day = 0; day > -800000; day--) {
        wf_date_text(day, text);
        snprintf(want, sizeof want, "%04ld-%02d-%02d", y, m, d);
        cr_assert_str_eq(text, want);
        if (--d < 1) {
            if (--m < 1) {
                m = 12;
                y--;
            }
            d = days_in(y, m);
        }
    }
}

Test(chunk, known_dates_and_the_farthest_have_a_text)
{
    const struct { int32_t day; const char *text; } known[] = {
        {0, "1970-01-01"}, {-35460, "1872-11-30"}, {11016, "2000-02-29"}, {19782, "2024-02-29"},
        {-719162, "0001-01-01"}, {INT32_MAX, "5881580-07-11"},
    };
    char text[WF_DATE_TEXT];

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        wf_date_text(known[i].day, text);
        cr_expect_str_eq(text, known[i].text);
    }
    wf_date_text(INT32_MIN, text);
    cr_expect_str_eq(text, "-5877641-06-23");
}

/* ---- Printing -------------------------------------------------------------- */

static struct wf_column *text_column(const char *const *texts, int n)
{
    struct wf_builder b;

    wf_builder_init(&b, WEFT_STRING);
    for (int i = 0; i < n; i++)
        if (texts[i])
            wf_builder_add_text(&b, texts[i], (int64_t)strlen(texts[i]));
        else
            wf_builder_add_null(&b);
    return wf_builder_finish(&b);
}

static struct wf_column *i64_column(weft_dtype dtype, const int64_t *x, int n)
{
    struct wf_builder b;

    wf_builder_init(&b, dtype);
    for (int i = 0; i < n; i++)
        wf_builder_add_i64(&b, x[i]);
    return wf_builder_finish(&b);
}

static struct wf_column *f64_column(weft_dtype dtype, const double *x, int n)
{
    struct wf_builder b;

    wf_builder_init(&b, dtype);
    for (int i = 0; i < n; i++)
        wf_builder_add_f64(&b, x[i]);
    return wf_builder_finish(&b);
}

static weft_chunk *small_table(void)
{
    const char *const column_names[] = {"team", "goals", "share", "won", "day", "x"};
    const weft_dtype types[] = {WEFT_STRING, WEFT_INT64, WEFT_FLOAT64, WEFT_BOOL, WEFT_DATE, WEFT_FLOAT32};
    struct wf_schema *s = wf_schema_new(6, column_names, types);
    struct wf_column *columns[] = {
        text_column((const char *[]){"Côte d'Ivoire", NULL, "two\nlines"}, 3),
        i64_column(WEFT_INT64, (const int64_t[]){3, -12, 0}, 3),
        f64_column(WEFT_FLOAT64, (const double[]){0.5, 1e300, -3}, 3),
        i64_column(WEFT_BOOL, (const int64_t[]){1, 0, 1}, 3),
        i64_column(WEFT_DATE, (const int64_t[]){0, 1, -35460}, 3),
        f64_column(WEFT_FLOAT32, (const double[]){0.1, 2, 3}, 3),
    };
    weft_chunk *c = wf_chunk_new(s, 3, columns);

    wf_schema_release(s);
    return c;
}

static char *printed(const weft_chunk *c, int64_t n_rows)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    weft_chunk_print(c, n_rows, f);
    fclose(f);
    return text;
}

Test(chunk, prints_an_aligned_table_of_whole_lines)
{
    weft_chunk *c = small_table();
    char *text = printed(c, 10);

    cr_assert_str_eq(text, "         team  goals   share    won         day    x\n"
                           "Côte d'Ivoire      3     0.5   true  1970-01-01  0.1\n"
                           "         null    -12  1e+300  false  1970-01-02    2\n"
                           "    two lines      0      -3   true  1872-11-30    3\n");
    free(text);
    text = printed(c, 1);
    cr_assert_str_eq(text, "         team  goals  share   won         day    x\n"
                           "Côte d'Ivoire      3    0.5  true  1970-01-01  0.1\n");
    free(text);
    text = printed(c, 0);
    cr_assert_str_eq(text, "team  goals  share  won  day  x\n");
    free(text);
    weft_chunk_release(c);
}

Test(chunk, cuts_long_texts_between_characters)
{
    /* 24 characters of two bytes: one too many for a cell of 47 bytes. */
    const char *const texts[] = {"ääääääääääääääääääääääää", "aääääääääääääääääääääääää"};
    struct wf_schema *s = wf_schema_new(1, (const char *[]){"t"}, (const weft_dtype[]){WEFT_STRING});
    struct wf_column *column = text_column(texts, 2);
    weft_chunk *c = wf_chunk_new(s, 2, &column);
    char *text = printed(c, 2);

    wf_schema_release(s);
    cr_assert_str_eq(text, "                       t\n"
                           " äääääääääääääääääääääää\n"
                           "aäääääääääääääääääääääää\n");
    free(text);
    weft_chunk_release(c);
}

Test(chunk, prints_without_memory_too)
{
    weft_chunk *c = small_table();
    char *text;

    wf_mem_fail_at(1);
    text = printed(c, 1);
    wf_mem_fail_at(0);
    cr_assert(strstr(text, "team  goals  share") && strstr(text, "Côte d'Ivoire  3  0.5  true"), "%s", text);
    free(text);
    weft_chunk_release(c);
}
