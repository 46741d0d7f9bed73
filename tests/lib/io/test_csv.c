/* test_csv.c - what CSV files mean: names, types, nulls, quotes, options, partitions, and errors to the letter. */
#include "lib/io/csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/csv/scanned.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

static char *dir;

/* Messages name the path as it was given, so tests work where the file is. */
static void begin(void)
{
    dir = tempdir_new();
    cr_assert_eq(chdir(dir), 0);
}

static void end(void)
{
    cr_assert_eq(chdir("/"), 0);
    tempdir_remove(dir);
}

TestSuite(csv, .init = begin, .fini = end);

/* The whole file as a chunk. */
static weft_chunk *read_as(const char *text, const struct weft_csv_spec *spec)
{
    struct wf_csv *f = NULL;
    weft_chunk *chunk = NULL;
    struct wf_csv_range all;
    struct weft_error err = {0};

    tempdir_write(dir, "t.csv", text);
    cr_assert_eq(wf_csv_scan(&f, "t.csv", spec, &err), WEFT_OK, "%s", err.message);
    all = wf_csv_all(f);
    cr_assert_eq(wf_csv_parse(&chunk, f, &all, NULL, 0, &err), WEFT_OK, "%s", err.message);
    wf_csv_release(f);
    return chunk;
}

/* The message of the first failure, of the scan or of parsing all. */
static const char *failure(const char *text, const struct weft_csv_spec *spec, weft_status want)
{
    static struct weft_error err;
    struct wf_csv *f = NULL;
    weft_chunk *chunk = NULL;
    weft_status st;

    tempdir_write(dir, "t.csv", text);
    st = wf_csv_scan(&f, "t.csv", spec, &err);
    if (!st) {
        const struct wf_csv_range all = wf_csv_all(f);

        st = wf_csv_parse(&chunk, f, &all, NULL, 0, &err);
    }
    wf_csv_release(f);
    weft_chunk_release(chunk);
    cr_assert_eq(st, want);
    return err.message;
}

/* A chunk as text: "name:type" and "value" between bars, "-" for null. */
static const char *shown(const weft_chunk *c)
{
    static char text[4096];
    size_t n = 0;

    for (int i = 0; i < weft_chunk_n_columns(c); i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s:%s", i ? "|" : "", weft_chunk_name(c, i),
                              weft_dtype_name(weft_chunk_dtype(c, i)));
    for (int64_t r = 0; r < weft_chunk_n_rows(c); r++)
        for (int i = 0; i < weft_chunk_n_columns(c); i++) {
            const weft_dtype dtype = weft_chunk_dtype(c, i);
            const struct weft_text t = weft_chunk_text_at(c, i, r);
            char cell[400];

            if (weft_chunk_is_null(c, i, r))
                strcpy(cell, "-");
            else if (dtype == WEFT_STRING)
                snprintf(cell, sizeof cell, "%.*s", (int)t.len, t.ptr);
            else if (dtype == WEFT_FLOAT64 || dtype == WEFT_FLOAT32)
                snprintf(cell, sizeof cell, "%.17g", weft_chunk_f64_at(c, i, r));
            else if (dtype == WEFT_DATE)
                wf_date_text((int32_t)weft_chunk_i64_at(c, i, r), cell);
            else
                snprintf(cell, sizeof cell, "%lld", (long long)weft_chunk_i64_at(c, i, r));
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? "|" : "\n", cell);
        }
    return text;
}

static void reads(const char *text, const struct weft_csv_spec *spec, const char *want)
{
    weft_chunk *chunk = read_as(text, spec);

    cr_assert_str_eq(shown(chunk), want);
    weft_chunk_release(chunk);
}

#define SPEC(...) (&(const struct weft_csv_spec){__VA_ARGS__})

/* ---- Types ------------------------------------------------------------------------ */

Test(csv, each_column_gets_the_narrowest_type)
{
    reads("b,i,f,d,s,n\n"
          "true,1,1,2000-02-29,x,\n"
          "FALSE,-2,2.5,1872-11-30,\"y,z\",NA\n",
          NULL,
          "b:bool|i:int64|f:float64|d:date|s:string|n:float64\n"
          "1|1|1|2000-02-29|x|-\n"
          "0|-2|2.5|1872-11-30|y,z|-");
}

Test(csv, the_last_row_can_widen_a_column)
{
    reads("a\n1\n2\n3.5\n", NULL, "a:float64\n1\n2\n3.5");
    reads("a\n1\n007\nx\n", NULL, "a:string\n1\n007\nx");
    reads("a\n1.50\nx\n", NULL, "a:string\n1.50\nx");
    reads("a\ntrue\n1\n", NULL, "a:string\ntrue\n1");
    reads("a\n2000-01-01\n2000-13-01\n", NULL, "a:string\n2000-01-01\n2000-13-01");
    reads("a\n2000-01-01\n20000101\n", NULL, "a:string\n2000-01-01\n20000101");
    reads("a\n9223372036854775807\n", NULL, "a:int64\n9223372036854775807");
    reads("a\n1\n9223372036854775808\n", NULL, "a:float64\n1\n9.2233720368547758e+18");
}

Test(csv, nulls_change_no_type)
{
    reads("i,b\n,NA\n3,true\nnull,\n", NULL, "i:int64|b:bool\n-|-\n3|1\n-|-");
    reads("home,away\n2,1\n0,0\nNA,NA\n", NULL, "home:int64|away:int64\n2|1\n0|0\n-|-");
}

Test(csv, a_quoted_text_of_nothing_is_no_null_among_strings)
{
    reads("s,i\n\"\",\"\"\nx,\"5\"\n\"NA\",\n,6\n", NULL, "s:string|i:int64\n|-\nx|5\nNA|-\n-|6");
    reads("s\n\"\"\n\"\"\n", NULL, "s:string\n\n");
}

Test(csv, why_a_column_has_its_type_is_known)
{
    struct wf_csv *f;

    tempdir_write(dir, "t.csv", "a,b,c\n1,x,\n\"2\",\"y\nz\",\n2.5,,\n3,4,\n");
    cr_assert_eq(wf_csv_scan(&f, "t.csv", SPEC(.dtypes = &(struct weft_csv_type){"b", WEFT_STRING}, .n_dtypes = 1), NULL),
                 WEFT_OK);
    cr_assert_eq(wf_csv_origin(f, 0).record, 2);
    cr_assert_eq(wf_csv_origin(f, 0).line, 5);
    cr_assert(wf_csv_origin(f, 1).given);
    cr_assert_eq(wf_csv_origin(f, 2).record, -1);
    wf_csv_release(f);
}

Test(csv, the_row_that_widened_a_column_is_known_in_pieces_of_any_size)
{
    for (int64_t piece = 1; piece < 60; piece++) {
        struct wf_csv *f;

        tempdir_write(dir, "t.csv", "a,b\n1,\"\n\"\n2,\"\n\"\n3,x\n4.5,x\n5,x\n");
        cr_assert_eq(wf_csv_scan_by(&f, "t.csv", NULL, piece, NULL), WEFT_OK);
        cr_assert_eq(wf_csv_origin(f, 0).record, 3);
        cr_assert_eq(wf_csv_origin(f, 0).line, 7);
        cr_assert_eq(wf_csv_origin(f, 1).record, 0);
        wf_csv_release(f);
    }
}

Test(csv, given_types_are_kept)
{
    const struct weft_csv_type types[] = {{"a", WEFT_STRING}, {"b", WEFT_FLOAT64}, {"c", WEFT_FLOAT32}};

    reads("a,b,c\n01,2,0.1\n,,\n", SPEC(.dtypes = types, .n_dtypes = 3),
          "a:string|b:float64|c:float32\n01|2|0.10000000149011612\n-|-|-");
}

/* ---- Text --------------------------------------------------------------------------- */

Test(csv, quotes_hold_separators_line_ends_and_quotes)
{
    reads("a,b\n\"x,\"\"y\"\"\nz\",1\n\"\"\"\",2\n", NULL, "a:string|b:int64\nx,\"y\"\nz|1\n\"|2");
    reads("a,b\n5\" disk,1\nmy \"own\" way,2\n", NULL, "a:string|b:int64\n5\" disk|1\nmy \"own\" way|2");
    reads("a,b\n\"in\"out,1\n\"x\"y\"z,2\n", NULL, "a:string|b:int64\ninout|1\nxy\"z|2");
}

Test(csv, long_and_short_texts_come_back_whole)
{
    reads("a\ntwelve bytes\nthirteen byte\n\"twelve \"\"yte\"\n\"thirteen \"\"yt\"\n\"\"\"twelve byte\"\n", NULL,
          "a:string\ntwelve bytes\nthirteen byte\ntwelve \"yte\nthirteen \"yt\n\"twelve byte");
}

Test(csv, lines_may_end_as_windows_writes_them)
{
    reads("a,b\r\n1,x\r\n2,\"y\r\nz\"\r\n", NULL, "a:int64|b:string\n1|x\n2|y\r\nz");
    reads("a,b\r\n1,2\r\n3,", NULL, "a:int64|b:int64\n1|2\n3|-");
    reads("a\r\n1\r", NULL, "a:int64\n1");
}

Test(csv, a_byte_order_mark_is_no_part_of_the_first_name)
{
    reads("\xef\xbb\xbf"
          "a,b\n1,2\n",
          NULL, "a:int64|b:int64\n1|2");
}

Test(csv, blank_lines_are_no_records)
{
    reads("\n\na,b\n\n1,2\n\r\n3,4\n\n", NULL, "a:int64|b:int64\n1|2\n3|4");
    reads("a\n1\n\n2\n", NULL, "a:int64\n1\n2");
}

Test(csv, the_last_line_needs_no_end)
{
    reads("a,b\n1,2", NULL, "a:int64|b:int64\n1|2");
    reads("a,b\n1,\"x\"", NULL, "a:int64|b:string\n1|x");
    reads("a,b", NULL, "a:float64|b:float64");
    reads("a,b\n", NULL, "a:float64|b:float64");
}

Test(csv, texts_outside_of_ascii_come_back)
{
    reads("pays,n\nCôte d'Ivoire,1\n\"Åland, îles d’\",2\n日本,3\n", NULL,
          "pays:string|n:int64\nCôte d'Ivoire|1\nÅland, îles d’|2\n日本|3");
}

Test(csv, blanks_around_numbers_are_passed_over)
{
    reads("a,b,c\n 1, 2.5 ,x\n-3\t,+4, y\n", NULL, "a:int64|b:float64|c:string\n1|2.5|x\n-3|4| y");
}

/* ---- Names ----------------------------------------------------------------------------- */

Test(csv, names_are_unique_and_never_empty)
{
    reads("a,,a,a.1,a,\"q\"\"x\",\n1,2,3,4,5,6,7\n", NULL,
          "a:int64|column_1:int64|a.2:int64|a.1:int64|a.3:int64|q\"x:int64|column_6:int64\n1|2|3|4|5|6|7");
}

Test(csv, without_a_header_places_are_names)
{
    reads("1,x\n2,y\n", SPEC(.no_header = true), "column_0:int64|column_1:string\n1|x\n2|y");
}

Test(csv, given_names_replace_the_header)
{
    const char *const names[] = {"p", "q"};

    reads("a,b\n1,2\n", SPEC(.names = names, .n_names = 2), "p:int64|q:int64\n1|2");
    reads("1,2\n", SPEC(.names = names, .n_names = 2, .no_header = true), "p:int64|q:int64\n1|2");
    reads("", SPEC(.names = names, .n_names = 2, .no_header = true), "p:float64|q:float64");
}

/* ---- Options ----------------------------------------------------------------------------- */

Test(csv, other_characters_can_have_the_roles)
{
    reads("a;b\n1,5;'x;y'\n-2,25;'it''s'\n", SPEC(.sep = ';', .quote = '\'', .decimal = ','),
          "a:float64|b:string\n1.5|x;y\n-2.25|it's");
    reads("a\tb\n\"x\"\t1\n", SPEC(.sep = '\t', .no_quote = true), "a:string|b:int64\n\"x\"|1");
    reads("a;b\n1,234;1,234,567.5\n12;,5\n", SPEC(.sep = ';', .thousands = ','), "a:int64|b:string\n1234|1,234,567.5\n12|,5");
    reads("a;b\n1,234;1,234,567.5\n12;0.5\n", SPEC(.sep = ';', .thousands = ','), "a:int64|b:float64\n1234|1234567.5\n12|0.5");
}

Test(csv, comments_reach_to_the_end_of_the_line)
{
    reads("# made by hand, \"today\na,b # names\n1,2# one\n#\n3,\"#4\"\n", SPEC(.comment = '#'),
          "a:int64|b :string\n1|2\n3|#4");
}

Test(csv, lines_before_the_header_can_be_skipped)
{
    reads("a report\nof two lines\na,b\n1,2\n", SPEC(.skip_rows = 2), "a:int64|b:int64\n1|2");
}

Test(csv, only_the_columns_asked_for_are_kept)
{
    const char *const columns[] = {"c", "a"};

    reads("a,b,c\n1,x,2.5\n2,y,3\n", SPEC(.columns = columns, .n_columns = 2), "a:int64|c:float64\n1|2.5\n2|3");
}

Test(csv, further_texts_can_be_null)
{
    const char *const nulls[] = {"-999", "?"};

    reads("a,b,c\n1,?,-999\n-999,x,2.5\n", SPEC(.na_values = nulls, .n_na_values = 2),
          "a:int64|b:string|c:float64\n1|-|-\n-|x|2.5");
    reads("a,b\nNA,1\n?,\n", SPEC(.na_values = nulls, .n_na_values = 2, .no_usual_nulls = true),
          "a:string|b:int64\nNA|1\n-|-");
}

Test(csv, short_records_are_padded_when_asked)
{
    reads("a,b,c\n1\n2,x\n3,y,z\n\n4,\n", SPEC(.ragged = WEFT_RAGGED_PAD),
          "a:int64|b:string|c:string\n1|-|-\n2|x|-\n3|y|z\n4|-|-");
}

Test(csv, a_projection_parses_some_columns_in_any_order)
{
    const int wanted[] = {2, 0};
    struct wf_csv *f;
    weft_chunk *chunk;

    tempdir_write(dir, "t.csv", "a,b,c\r\n1,x,2.5\r\n2,y,3\r\n");
    cr_assert_eq(wf_csv_scan(&f, "t.csv", NULL, NULL), WEFT_OK);
    const struct wf_csv_range all = wf_csv_all(f);
    cr_assert_eq(wf_csv_parse(&chunk, f, &all, wanted, 2, NULL), WEFT_OK);
    cr_assert_str_eq(shown(chunk), "c:float64|a:int64\n2.5|1\n3|2");
    weft_chunk_release(chunk);
    cr_assert_eq(wf_csv_parse(&chunk, f, &all, wanted, 0, NULL), WEFT_OK);
    cr_assert_eq(weft_chunk_n_rows(chunk), 2);
    cr_assert_eq(weft_chunk_n_columns(chunk), 0);
    weft_chunk_release(chunk);
    wf_csv_release(f);
}

/* ---- Partitions ---------------------------------------------------------------------------- */

static void write_rows(int n, bool long_rows)
{
    char *text = malloc((size_t)n * 100 + 100), *p = text;

    cr_assert_not_null(text);
    p += sprintf(p, "i,s\n");
    for (int i = 0; i < n; i++)
        p += sprintf(p, "%d,\"%s\n%d\"\n", i, long_rows && i % 7 == 0 ? "a line of some more length, quoted" : "x", i);
    tempdir_write(dir, "t.csv", text);
    free(text);
}

Test(csv, ten_partitions_of_44060_rows_begin_at_every_4406th)
{
    struct wf_csv_range *ranges;
    struct wf_csv *f;
    int64_t n;

    write_rows(44060, true);
    cr_assert_eq(wf_csv_scan(&f, "t.csv", SPEC(.n_partitions = 10), NULL), WEFT_OK);
    cr_assert_eq(wf_csv_split(&ranges, &n, f, NULL), WEFT_OK);
    cr_assert_eq(n, 10);
    for (int64_t k = 0; k < n; k++) {
        weft_chunk *chunk;

        cr_assert_eq(ranges[k].first_record, 4406 * k);
        cr_assert_eq(ranges[k].n_records, 4406);
        cr_assert_eq(ranges[k].first_line, 2 + 2 * 4406 * k);
        cr_assert_eq(wf_csv_parse(&chunk, f, &ranges[k], NULL, 0, NULL), WEFT_OK);
        cr_assert_eq(weft_chunk_i64_at(chunk, 0, 0), 4406 * k);
        cr_assert_eq(weft_chunk_i64_at(chunk, 0, 4405), 4406 * k + 4405);
        weft_chunk_release(chunk);
    }
    wf_free(ranges);
    wf_csv_release(f);
}

Test(csv, partitions_by_bytes_are_about_as_long_as_asked)
{
    struct wf_csv_range *ranges;
    struct wf_csv *f;
    int64_t n;

    write_rows(44060, true);
    cr_assert_eq(wf_csv_scan(&f, "t.csv", SPEC(.partition_bytes = 100000), NULL), WEFT_OK);
    cr_assert_eq(wf_csv_split(&ranges, &n, f, NULL), WEFT_OK);
    cr_assert_eq(n, (wf_csv_all(f).end - wf_csv_all(f).begin + 99999) / 100000);
    for (int64_t k = 0; k < n; k++)
        cr_assert(llabs(ranges[k].end - ranges[k].begin - 100000) < 3000);
    wf_free(ranges);
    wf_csv_release(f);
}

Test(csv, more_partitions_than_rows_leave_some_empty)
{
    struct wf_csv_range *ranges;
    struct wf_csv *f;
    int64_t n;

    write_rows(2, false);
    cr_assert_eq(wf_csv_scan(&f, "t.csv", SPEC(.n_partitions = 4), NULL), WEFT_OK);
    cr_assert_eq(wf_csv_split(&ranges, &n, f, NULL), WEFT_OK);
    cr_assert_eq(n, 4);
    for (int64_t k = 0; k < n; k++) {
        weft_chunk *chunk;

        cr_assert_eq(wf_csv_parse(&chunk, f, &ranges[k], NULL, 0, NULL), WEFT_OK);
        cr_assert_eq(weft_chunk_n_rows(chunk), k < 2);
        cr_assert_eq(weft_chunk_n_columns(chunk), 2);
        weft_chunk_release(chunk);
    }
    wf_free(ranges);
    wf_csv_release(f);
}

Test(csv, any_run_of_rows_can_be_read)
{
    struct wf_csv *f;

    write_rows(300, true);
    cr_assert_eq(wf_csv_scan_by(&f, "t.csv", NULL, 700, NULL), WEFT_OK);
    for (int64_t first = 0; first <= 300; first += 37)
        for (int64_t n = 0; first + n <= 300; n += 41) {
            struct wf_csv_range range;
            weft_chunk *chunk;

            cr_assert_eq(wf_csv_rows(&range, f, first, n, NULL), WEFT_OK);
            cr_assert_eq(wf_csv_parse(&chunk, f, &range, NULL, 0, NULL), WEFT_OK);
            cr_assert_eq(weft_chunk_n_rows(chunk), n);
            for (int64_t i = 0; i < n; i++)
                cr_assert_eq(weft_chunk_i64_at(chunk, 0, i), first + i);
            weft_chunk_release(chunk);
        }
    wf_csv_release(f);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

Test(csv, a_field_that_does_not_fit_its_given_type_is_named)
{
    const struct weft_csv_type types[] = {{"n", WEFT_INT64}, {"d", WEFT_DATE}, {"b", WEFT_BOOL}, {"f", WEFT_FLOAT64}};
    const struct weft_csv_spec *spec = SPEC(.dtypes = types, .n_dtypes = 4);

    cr_assert_str_eq(failure("n,d,b,f\n1,2000-01-01,true,1\n\"2\n\",,,\n", spec, WEFT_PARSE),
                     "t.csv: record 2 (line 3): column \"n\": \"\"2\n\"\" is not an int64");
    cr_assert_str_eq(failure("n,d,b,f\n1,2000-01-01,true,1\nabc,,,\n", spec, WEFT_PARSE),
                     "t.csv: record 2 (line 3): column \"n\": \"abc\" is not an int64");
    cr_assert_str_eq(failure("n,d,b,f\n1,2000-01-32,true,1\n", spec, WEFT_PARSE),
                     "t.csv: record 1 (line 2): column \"d\": \"2000-01-32\" is not a date");
    cr_assert_str_eq(failure("n,d,b,f\n1,,yes,1\n", spec, WEFT_PARSE),
                     "t.csv: record 1 (line 2): column \"b\": \"yes\" is not a bool");
    cr_assert_str_eq(failure("n,d,b,f\n1,,,1.2.3\n", spec, WEFT_PARSE),
                     "t.csv: record 1 (line 2): column \"f\": \"1.2.3\" is not a float64");
    cr_assert_str_eq(failure("n,d,b,f\n99999999999999999999,,,\n", spec, WEFT_PARSE),
                     "t.csv: record 1 (line 2): column \"n\": \"99999999999999999999\" is not an int64");
}

Test(csv, the_line_of_a_misfit_counts_line_ends_within_quotes)
{
    struct weft_error err;
    struct wf_csv_range range;
    struct wf_csv *f;
    weft_chunk *chunk;

    tempdir_write(dir, "t.csv", "s,n\n\"a\nb\",1\n\"c\n\nd\",2\ne,x\n");
    cr_assert_eq(wf_csv_scan_by(&f, "t.csv", SPEC(.dtypes = &(struct weft_csv_type){"n", WEFT_INT64}, .n_dtypes = 1), 8, NULL),
                 WEFT_OK);
    cr_assert_eq(wf_csv_rows(&range, f, 2, 1, NULL), WEFT_OK);
    cr_assert_eq(wf_csv_parse(&chunk, f, &range, NULL, 0, &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "t.csv: record 3 (line 7): column \"n\": \"x\" is not an int64");
    wf_csv_release(f);
}

Test(csv, ragged_records_are_named)
{
    cr_assert_str_eq(failure("a,b,c\n1,2,3\n1,\"2\n2\",3\n1,2\n", NULL, WEFT_PARSE),
                     "t.csv: record 3 (line 5) has 2 fields, the header has 3");
    cr_assert_str_eq(failure("a,b\n1,2,3\n", NULL, WEFT_PARSE), "t.csv: record 1 (line 2) has 3 fields, the header has 2");
    cr_assert_str_eq(failure("a,b\n1\n", NULL, WEFT_PARSE), "t.csv: record 1 (line 2) has 1 field, the header has 2");
    cr_assert_str_eq(failure("1,2\n1\n", SPEC(.no_header = true), WEFT_PARSE),
                     "t.csv: record 2 (line 2) has 1 field, the first record has 2");
    cr_assert_str_eq(failure("a,b\n1,2,3\n", SPEC(.ragged = WEFT_RAGGED_PAD), WEFT_PARSE),
                     "t.csv: record 1 (line 2) has 3 fields, the header has 2");
}

Test(csv, a_quote_that_is_not_closed_is_named_where_it_opens)
{
    cr_assert_str_eq(failure("a,b\n1,2\n3,\"x\ny\nz", NULL, WEFT_PARSE),
                     "t.csv: record 2 (line 3): the quote opened on line 3 is not closed");
    cr_assert_str_eq(failure("a,b\n\"1\n2\",\"x\ny\n", NULL, WEFT_PARSE),
                     "t.csv: record 1 (line 2): the quote opened on line 3 is not closed");
    cr_assert_str_eq(failure("a,\"b\n1,2\n", NULL, WEFT_PARSE), "t.csv: the quote opened on line 1 is not closed");
}

Test(csv, missing_files_and_directories_are_named)
{
    struct weft_error err;
    struct wf_csv *f;

    cr_assert_eq(wf_csv_scan(&f, "no/such.csv", NULL, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "no/such.csv: No such file or directory");
    cr_assert_eq(wf_csv_scan(&f, ".", NULL, &err), WEFT_IO);
    cr_assert_str_eq(err.message, ".: Is a directory");
    cr_assert_eq(wf_csv_scan(&f, "/dev/null", NULL, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/dev/null: not a regular file, so it has no size to cut");
}

Test(csv, nothing_at_all_has_no_columns)
{
    cr_assert_str_eq(failure("", NULL, WEFT_PARSE), "t.csv: no columns: the file is empty");
    cr_assert_str_eq(failure("\n\n", NULL, WEFT_PARSE), "t.csv: no columns: the file is empty");
    cr_assert_str_eq(failure("", SPEC(.no_header = true), WEFT_PARSE), "t.csv: no columns: the file is empty");
    cr_assert_str_eq(failure("a\n", SPEC(.skip_rows = 3), WEFT_PARSE), "t.csv: no columns: the file is empty");
}

Test(csv, other_encodings_are_refused)
{
    cr_assert_str_eq(failure("a,b\n1,x\n2,caf\xe9\n", NULL, WEFT_PARSE),
                     "t.csv: record 2 (line 3): field 2: byte 0xe9 is not UTF-8");
    cr_assert_str_eq(failure("caf\xe9\n1\n", NULL, WEFT_PARSE), "t.csv: line 1: the header is not UTF-8");
    cr_assert_str_eq(failure("\xff\xfe\x61", NULL, WEFT_PARSE), "t.csv: begins with the mark of UTF-16; only UTF-8 is read");
    cr_assert_str_eq(failure("a\n\xed\xa0\x80\n", NULL, WEFT_PARSE), "t.csv: record 1 (line 2): field 1: byte 0xed is not UTF-8");
    cr_assert_str_eq(failure("a\n\xc3\n", NULL, WEFT_PARSE), "t.csv: record 1 (line 2): field 1: byte 0xc3 is not UTF-8");
}

Test(csv, a_spec_that_makes_no_sense_is_refused)
{
    const char *const names[] = {"p", "q"};

    cr_assert_str_eq(failure("a\n", SPEC(.sep = ';', .comment = ';'), WEFT_INVALID), "read_csv: sep and comment are both ';'");
    cr_assert_str_eq(failure("a\n", SPEC(.decimal = ','), WEFT_INVALID), "read_csv: sep and decimal are both ','");
    cr_assert_str_eq(failure("a\n", SPEC(.sep = '5'), WEFT_INVALID),
                     "read_csv: sep is byte 53, which numbers or line ends are written with");
    cr_assert_str_eq(failure("a,b,c\n", SPEC(.names = names, .n_names = 2), WEFT_INVALID),
                     "t.csv: 2 names are given, the header has 3 fields");
    cr_assert_str_eq(failure("a,b,c\n", SPEC(.columns = names, .n_columns = 2), WEFT_NOT_FOUND),
                     "t.csv: no column \"p\" to keep");
    cr_assert_str_eq(failure("a\n", SPEC(.dtypes = &(struct weft_csv_type){"x", WEFT_DATE}, .n_dtypes = 1), WEFT_NOT_FOUND),
                     "t.csv: no column \"x\" to be date");
}

Test(csv, a_file_that_changed_after_the_scan_is_an_error)
{
    static const char *const now[] = {"a,b\n1,2\n3,4\n5,6\n", "a,b\n1,2\n", "a,b\n1,2\n9,9\n", "a,b\n1,\"\n9,9\n"};

    for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
        struct weft_error err;
        struct wf_csv *f;
        weft_chunk *chunk;

        tempdir_write(dir, "t.csv", "a,b\n1,2\n3,4\n");
        cr_assert_eq(wf_csv_scan(&f, "t.csv", NULL, NULL), WEFT_OK);
        const struct wf_csv_range all = wf_csv_all(f);
        usleep(20000); /* the clock of files is coarse */
        tempdir_write(dir, "t.csv", now[i]);
        cr_assert_eq(wf_csv_parse(&chunk, f, &all, NULL, 0, &err), WEFT_IO);
        cr_assert_str_eq(err.message, "t.csv: has changed since its columns were found");
        unlink("t.csv");
        cr_assert_eq(wf_csv_parse(&chunk, f, &all, NULL, 0, &err), WEFT_IO);
        cr_assert_str_eq(err.message, "t.csv: No such file or directory");
        wf_csv_release(f);
    }
}

/* Even where the time and size of the file do not tell. */
Test(csv, records_that_changed_unseen_are_an_error)
{
    static const char *const now[] = {"a,b\n1,2\n3\n,4", "a,b\n1,2\n3,\"4", "a,b\n1,2,3,4\n", "a,b\n12\n34\n66"};

    for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
        struct weft_error err;
        struct stat s;
        struct wf_csv *f;
        weft_chunk *chunk;

        tempdir_write(dir, "t.csv", "a,b\n1,2\n3,4\n");
        cr_assert_eq(wf_csv_scan(&f, "t.csv", NULL, NULL), WEFT_OK);
        const struct wf_csv_range all = wf_csv_all(f);
        tempdir_write(dir, "t.csv", now[i]);
        cr_assert_eq(stat("t.csv", &s), 0);
        f->stamp = (struct wf_file_stamp){s.st_size, (int64_t)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec,
                                          s.st_dev, s.st_ino};
        cr_assert_eq(wf_csv_parse(&chunk, f, &all, NULL, 0, &err), WEFT_IO);
        cr_assert_str_eq(err.message, "t.csv: has changed since its columns were found", "%s: %s", now[i], err.message);
        wf_csv_release(f);
    }
}

/* ---- Memory ------------------------------------------------------------------------------------ */

static weft_status scan_split_parse(void *arg)
{
    const struct weft_csv_spec *spec = arg;
    struct wf_csv_range *ranges = NULL;
    struct wf_csv *f = NULL;
    weft_status st = wf_csv_scan_by(&f, "t.csv", spec, 16, NULL);
    int64_t n = 0;

    if (!st)
        st = wf_csv_split(&ranges, &n, f, NULL);
    for (int64_t i = 0; i < n && !st; i++) {
        weft_chunk *chunk = NULL;

        st = wf_csv_parse(&chunk, f, &ranges[i], NULL, 0, NULL);
        weft_chunk_release(chunk);
    }
    wf_free(ranges);
    wf_csv_release(f);
    return st;
}

Test(csv, refused_memory_is_told_and_leaks_nothing)
{
    const char *const columns[] = {"a", "s", "a.1"}, *const nulls[] = {"?"};
    struct weft_csv_spec spec = {
        .columns = columns, .n_columns = 3, .na_values = nulls, .n_na_values = 1, .n_partitions = 3, .comment = '#',
        .dtypes = &(struct weft_csv_type){"s", WEFT_STRING}, .n_dtypes = 1,
    };

    tempdir_write(dir, "t.csv",
                  "a,,s,a\n1,true,\"a text, of some \"\"length\"\"\",1\n,,?,2\n# no record\n2.5,false,another long text,x\n"
                  "3,true,short,and some more text of length\n");
    cr_assert_gt(nomem_everywhere(scan_split_parse, &spec), 40);
}
