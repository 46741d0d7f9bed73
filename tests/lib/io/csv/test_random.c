/* test_random.c - a file read in pieces and partitions of any size is what the plainest reader reads. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/csv/scanned.h"
#include "tests/support/csv_oracle.h"

/* A file in memory, by a path of its own. */
static int  fd;
static char path[40];

static void begin(void)
{
    fd = memfd_create("weft-csv", 0);
    cr_assert(fd >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
}

static void end(void)
{
    close(fd);
}

TestSuite(csv_random, .init = begin, .fini = end);

static void keep(const char *text, size_t n)
{
    cr_assert_eq(ftruncate(fd, 0), 0);
    cr_assert_eq(pwrite(fd, text, n, 0), (ssize_t)n);
}

static uint64_t state = 99;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

/* One cell of a chunk against the oracle's. */
static void check_cell(const weft_chunk *chunk, int column, int64_t row, const struct csv_cell *want)
{
    const weft_dtype dtype = weft_chunk_dtype(chunk, column);
    const bool is_null = csv_oracle_is_null(want, dtype);
    struct weft_text got;
    char text[600];
    double x;

    cr_assert_eq(weft_chunk_is_null(chunk, column, row), is_null);
    if (is_null)
        return;
    if (dtype == WEFT_STRING) {
        got = weft_chunk_text_at(chunk, column, row);
        cr_assert_eq((size_t)got.len, want->n);
        cr_assert_eq(memcmp(got.ptr, want->text, want->n), 0);
        if (want->n <= WF_VIEW_INLINE) {
            struct wf_view view = wf_view_of(want->text, (int32_t)want->n, 0, 0);

            cr_assert_eq(memcmp((const struct wf_view *)chunk->columns[column]->values + row, &view, 16), 0,
                         "equal short texts have equal views");
        }
        return;
    }
    memcpy(text, want->text, want->n);
    text[want->n] = 0;
    switch (dtype) {
    case WEFT_INT64:
        cr_assert_eq(weft_chunk_i64_at(chunk, column, row), strtoll(text, NULL, 10));
        break;
    case WEFT_FLOAT64:
        x = weft_chunk_f64_at(chunk, column, row);
        cr_assert(x == strtod(text, NULL) || (x != x && strtod(text, NULL) != strtod(text, NULL)));
        break;
    case WEFT_BOOL:
        cr_assert_eq(weft_chunk_i64_at(chunk, column, row), (text[0] | 32) == 't');
        break;
    case WEFT_DATE:
        wf_date_text((int32_t)weft_chunk_i64_at(chunk, column, row), text);
        cr_assert_eq(memcmp(text, want->text, 10), 0);
        break;
    default:
        cr_assert(false);
    }
}

/* All partitions, one after another, are the rows of the oracle. */
static void check_rows(const struct wf_csv *f, const struct csv_oracle *want, int64_t n_parts_wanted)
{
    struct wf_csv_range *ranges = NULL;
    int64_t n = 0, row = 0, end_of_last = wf_csv_all(f).begin;
    struct weft_error err;

    cr_assert_eq(wf_csv_split(&ranges, &n, f, &err), WEFT_OK, "%s", err.message);
    if (n_parts_wanted)
        cr_assert_eq(n, n_parts_wanted);
    for (int64_t k = 0; k < n; k++) {
        weft_chunk *chunk = NULL;

        cr_assert_eq(ranges[k].begin, end_of_last);
        cr_assert_eq(ranges[k].first_record, row);
        end_of_last = ranges[k].end;
        cr_assert_eq(wf_csv_parse(&chunk, f, &ranges[k], NULL, 0, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_chunk_n_rows(chunk), ranges[k].n_records);
        if (n_parts_wanted)
            cr_assert_eq(ranges[k].n_records, (int64_t)want->n_rows / n + (k < (int64_t)want->n_rows % n));
        for (int64_t i = 0; i < ranges[k].n_records; i++, row++) {
            if (i == 0 && (k == 0 || n_parts_wanted == 0))
                cr_assert_leq(ranges[k].first_line, want->lines[row]);
            for (int c = 0; c < want->n_fields; c++)
                check_cell(chunk, c, i, &want->cells[row * want->n_fields + c]);
        }
        weft_chunk_release(chunk);
    }
    cr_assert_eq(row, (int64_t)want->n_rows);
    cr_assert_eq(end_of_last, wf_csv_all(f).end);
    wf_free(ranges);
}

static void check_by(const char *text, size_t n, const struct csv_oracle_spec *how, int64_t piece)
{
    const int64_t parts = draw(2) ? 1 + (int64_t)draw(9) : 0;
    const struct weft_csv_spec spec = {
        .sep = how->sep,
        .quote = how->quote,
        .no_quote = !how->quote,
        .comment = how->comment,
        .no_header = how->no_header,
        .ragged = how->pads ? WEFT_RAGGED_PAD : WEFT_RAGGED_ERROR,
        .n_partitions = (int)parts,
        .partition_bytes = 1 + (int64_t)draw(200),
    };
    struct csv_oracle want;
    struct wf_csv *f = NULL;
    struct weft_error err = {0};
    weft_status st;

    keep(text, n);
    csv_oracle_read(&want, text, n, how);
    st = wf_csv_scan_by(&f, path, &spec, piece, &err);
    if (want.error[0]) {
        char message[500];

        snprintf(message, sizeof message, "%s: %s", path, want.error);
        cr_assert_eq(st, WEFT_PARSE, "%.*s", (int)n, text);
        cr_assert_str_eq(err.message, message, "%s, not %s, for\n%.*s", err.message, message, (int)n, text);
    } else {
        cr_assert_eq(st, WEFT_OK, "%s for\n%.*s", err.message, (int)n, text);
        cr_assert_eq(wf_csv_schema(f)->n, want.n_fields);
        cr_assert_eq(wf_csv_n_records(f), (int64_t)want.n_rows);
        for (int i = 0; i < want.n_fields; i++)
            cr_assert_eq(wf_csv_schema(f)->dtypes[i], csv_oracle_dtype(&want, i), "column %d is %s, not %s, in\n%.*s",
                         i, weft_dtype_name(wf_csv_schema(f)->dtypes[i]), weft_dtype_name(csv_oracle_dtype(&want, i)),
                         (int)n, text);
        check_rows(f, &want, parts);
        wf_csv_release(f);
    }
    csv_oracle_fini(&want);
}

static void check(const char *text, size_t n, const struct csv_oracle_spec *how)
{
    check_by(text, n, how, draw(4) ? 1 + (int64_t)draw(80) : 4096);
}

/* ---- Files of random characters: mostly wrong in some way ------------------------ */

static void random_characters(int n_files)
{
    static const char *const alphabets[] = {
        ",\n1", ",\n\"a", ",\n\r\"1a", ",,\n1.-", "\"\n,\r", ",\n12-.e+", ",\n# 1\"", ",\n\"\"\"\r\rNA-9",
        /* One column: no record is ragged. */
        "1\n", "11\n.", "11\n-", "1\r\n", "111\r\n.-", "1111111111111111111111\n", "111111\n\"", "\"\n", "a\"\r\n",
        "111.\n\n#", "aaaaaaaaaaaaaaaa\n",
    };
    char text[400];

    for (int i = 0; i < n_files; i++) {
        const char *alphabet = alphabets[draw(sizeof alphabets / sizeof *alphabets)];
        const size_t n = draw(draw(3) ? 40 : sizeof text);
        const struct csv_oracle_spec how = {
            .sep = ',',
            .quote = draw(8) ? '"' : 0,
            .comment = draw(3) ? 0 : '#',
            .no_header = draw(3) == 0,
            .pads = draw(2),
        };

        for (size_t k = 0; k < n; k++)
            text[k] = alphabet[draw(strlen(alphabet))];
        check(text, n, &how);
    }
}

Test(csv_random, any_characters_are_read_as_the_plain_reader_does)
{
    random_characters(60000);
}

Test(csv_random, any_characters_are_read_without_vector_instructions)
{
    setenv("WEFT_ISA", "v2", 1);
    random_characters(20000);
}

Test(csv_random, any_characters_are_read_with_32_byte_vectors)
{
    setenv("WEFT_ISA", "v3", 1);
    random_characters(20000);
}

/* ---- Every cell that a step could see half of ------------------------------------- */

Test(csv_random, a_cell_may_lie_across_any_two_steps)
{
    static const char *const cells[] = {
        "1.2.3", "1..2", ".", "-", "--1", "1-", "-1", "-.5", "1.", "1.2.", "12345678901234567", "123456789012345678901",
        "1e5", "\"1\"", "\"1\n2\"", "\"\"\"\"", "1\"2\"", "1\r", "\r1", "NA", "", "\"a\"b", "\"a\"b\"\n", "-\r",
    };
    const struct csv_oracle_spec how = {.sep = ',', .quote = '"'};
    char text[600];

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        for (int shift = 0; shift < 70; shift++)
            for (int kind = 0; kind < 8; kind++) {
                const char *before = kind & 1 ? "1.5" : "7", *line = kind & 2 ? "\r\n" : "\n";
                size_t n = 0;

                n += (size_t)sprintf(text + n, "a,b,c%s%s,%.*s,%s%s", line, before, shift + 1,
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                     before, line);
                for (int k = 0; k < 8; k++)
                    n += (size_t)sprintf(text + n, "%s,,%s%s", before, before, line);
                n += (size_t)sprintf(text + n, "%s,,%s%s", kind & 4 ? cells[i] : before, kind & 4 ? before : cells[i], line);
                for (int k = 0; k < 3; k++)
                    n += (size_t)sprintf(text + n, "%s,,%s%s", before, before, line);
                check_by(text, n, &how, 4096);
            }
}

/* ---- Tables with columns of each type, written in every legal way ------------------ */

struct writer {
    char   text[1 << 16];
    size_t n;
    const struct csv_oracle_spec *how;
};

static void put(struct writer *w, const char *text)
{
    const size_t n = strlen(text);

    memcpy(w->text + w->n, text, n);
    w->n += n;
}

static void put_quoted(struct writer *w, const char *text)
{
    char cell[200];
    size_t n = 0;

    cell[n++] = w->how->quote;
    for (; *text; text++) {
        if (*text == w->how->quote)
            cell[n++] = *text;
        cell[n++] = *text;
    }
    cell[n++] = w->how->quote;
    cell[n] = 0;
    put(w, cell);
}

static void random_text(char *text)
{
    static const char *const bits[] = {"a", "Zoe", " ", "\"", ",", "\n", "\r\n", "\r", "\xc3\xa9", "\xe2\x82\xac",
                                       "1", "-", "\xf0\x9f\x8e\xb2", ";", "NA", "longer than twelve"};
    const int n = (int)draw(6);

    text[0] = 0;
    for (int i = 0; i < n; i++)
        strcat(text, bits[draw(sizeof bits / sizeof *bits)]);
}

/* Something like a number. */
static void random_soup(char *text)
{
    static const char characters[] = "0123456789012345678901234567890123456789.....--+e\r ";
    const int n = 1 + (int)draw(draw(3) ? 5 : 24);

    for (int i = 0; i < n; i++)
        text[i] = characters[draw(sizeof characters - 1)];
    text[n] = 0;
}

static void random_cell(struct writer *w, int kind)
{
    static const char *const nulls[] = {"", "", "NA", "null", "#N/A N/A", "-nan"};
    char text[200];

    if (kind != 6 && draw(12) == 0) {
        put(w, nulls[draw(6)]);
        return;
    }
    switch (kind) {
    case 0: snprintf(text, sizeof text, "%d", (int)draw(2000) - 1000); break;
    case 1: snprintf(text, sizeof text, "%lld", (long long)((int64_t)(state * 0x9e3779b97f4a7c15u) >> draw(60))); break;
    case 2: snprintf(text, sizeof text, "%.*f", (int)draw(9), ((double)draw(1000000) - 500000) / 997); break;
    case 3: snprintf(text, sizeof text, "%.17g", ((double)draw(1000000) - 500000) / 997 * 1e200); break;
    case 4: snprintf(text, sizeof text, "%04d-%02d-%02d", 1800 + (int)draw(400), 1 + (int)draw(12), 1 + (int)draw(28)); break;
    case 5: snprintf(text, sizeof text, "%s", (const char *[]){"true", "FALSE", "True", "false"}[draw(4)]); break;
    case 6: random_text(text); break;
    default: random_soup(text);
    }
    if (w->how->quote && (kind == 6 || draw(15) == 0))
        put_quoted(w, text);
    else if (kind != 6)
        put(w, text);
}

static void random_tables(int n_files)
{
    static struct writer w;

    for (int i = 0; i < n_files; i++) {
        const struct csv_oracle_spec how = {
            .sep = draw(3) ? ',' : ';', .quote = draw(6) ? '"' : 0, .comment = draw(5) ? 0 : '#', .pads = draw(4) == 0,
        };
        const char *line_end = draw(3) ? "\n" : "\r\n";
        const int n_fields = 1 + (int)draw(draw(10) ? 9 : 150), n_rows = (int)draw(draw(5) ? 12 : 60);
        int kinds[150];

        w.n = 0;
        w.how = &how;
        if (draw(6) == 0)
            put(&w, "\xef\xbb\xbf");
        for (int c = 0; c < n_fields; c++) {
            char name[20];

            snprintf(name, sizeof name, "%sc%d", c ? how.sep == ',' ? "," : ";" : "", c);
            put(&w, name);
            kinds[c] = (int)draw(8);
        }
        put(&w, line_end);
        for (int r = 0; r < n_rows && w.n < sizeof w.text - 20000; r++) {
            if (how.comment && draw(10) == 0)
                put(&w, "# nothing, \"nothing\n");
            if (draw(30) == 0)
                put(&w, line_end);
            for (int c = 0; c < n_fields; c++) {
                if (c && how.pads && draw(60) == 0)
                    break;
                if (c)
                    put(&w, how.sep == ',' ? "," : ";");
                /* Now and then a column turns out to be something else, in its last row too. */
                random_cell(&w, draw(300) == 0 || (r == n_rows - 1 && draw(8) == 0) ? (int)draw(14) : kinds[c]);
            }
            if (r < n_rows - 1 || draw(2))
                put(&w, line_end);
        }
        check(w.text, w.n, &how);
    }
}

Test(csv_random, tables_of_all_types_are_read_as_the_plain_reader_does)
{
    random_tables(8000);
}

Test(csv_random, tables_of_all_types_are_read_without_vector_instructions)
{
    setenv("WEFT_ISA", "v2", 1);
    random_tables(2000);
}

Test(csv_random, tables_of_all_types_are_read_with_32_byte_vectors)
{
    setenv("WEFT_ISA", "v3", 1);
    random_tables(2000);
}
