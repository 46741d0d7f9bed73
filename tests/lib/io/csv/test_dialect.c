/* test_dialect.c - which texts are null, and what a field says without its quotes. */
#include "lib/io/csv/dialect.h"

#include <criterion/criterion.h>
#include <string.h>

static bool is_null(const struct wf_csv_dialect *d, const char *text)
{
    return wf_csv_is_null(d, text, (int64_t)strlen(text));
}

Test(csv_dialect, the_list_of_pandas_is_null)
{
    static const char *const nulls[] = {
        "",      "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>",  "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null",
    };
    static const char *const others[] = {" ", "na", "NAN", "N", "NAN/A", "Null", "none", "0", "-", "NA ", "<N", "nul"};
    struct wf_csv_dialect d;

    cr_assert_eq(wf_csv_dialect_init(&d, &(struct weft_csv_spec){0}, NULL), WEFT_OK);
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        cr_assert(is_null(&d, nulls[i]), "%s", nulls[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_not(is_null(&d, others[i]), "%s", others[i]);
    cr_assert_not(d.nulls_like_numbers);
    wf_csv_dialect_fini(&d);
}

Test(csv_dialect, long_texts_can_be_null_too)
{
    const char *const more[] = {"there is nothing here at all, although it takes quite some words to say so", "-999"};
    struct wf_csv_dialect d;

    cr_assert_eq(wf_csv_dialect_init(&d, &(struct weft_csv_spec){.na_values = more, .n_na_values = 2}, NULL), WEFT_OK);
    cr_assert(is_null(&d, more[0]));
    cr_assert(is_null(&d, "-999"));
    cr_assert(is_null(&d, "NA"));
    cr_assert_not(wf_csv_is_null(&d, more[0], (int64_t)strlen(more[0]) - 1));
    cr_assert_not(is_null(&d, "-99"));
    cr_assert(d.nulls_like_numbers);
    wf_csv_dialect_fini(&d);
}

Test(csv_dialect, quotes_are_undone_where_a_field_begins_with_one)
{
    static const struct {
        const char *raw, *text;
    } cases[] = {
        {"a", "a"},           {"", ""},          {"\"\"", ""},           {"\"a\"", "a"},         {"\"a\"\"b\"", "a\"b"},
        {"\"\"\"\"", "\""},   {"a\"b\"", "a\"b\""}, {"\"a\"b", "ab"},    {"\"a\"b\"c", "ab\"c"}, {"\"a,\n\"", "a,\n"},
        {"\"\"a", "a"},       {"\"\"\"a\"\"\"", "\"a\""},                {" \"a\"", " \"a\""},
    };
    struct wf_csv_dialect d;
    char text[20];

    cr_assert_eq(wf_csv_dialect_init(&d, &(struct weft_csv_spec){0}, NULL), WEFT_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int64_t n = wf_csv_unquote(&d, cases[i].raw, (int64_t)strlen(cases[i].raw), text);

        text[n] = 0;
        cr_assert_str_eq(text, cases[i].text, "%s", cases[i].raw);
    }
    wf_csv_dialect_fini(&d);
}
