/* test_pandas.c - values, nulls and types are those that pandas reads, if the system's Python has it.
 *
 * Where Weft differs by intent the files do not go: quoted texts of nulls, and columns
 * that mix what pandas keeps as Python objects. An integer column with nulls is float64
 * for pandas, a bool column with nulls an object.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/io/csv/scanned.h"
#include "tests/support/tempdir.h"

/* Prints a file as: types, then for every cell "-" for null or ":" and the text in hexadecimal,
 * then for every numeric column its values as C reads them back. */
static const char script[] =
    "import sys\n"
    "try:\n"
    "    import pandas as pd\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "how = dict(na_values=['None'], float_precision='round_trip')\n"
    "for path in sys.argv[1:]:\n"
    "    texts = pd.read_csv(path, dtype=str, **how)\n"
    "    typed = pd.read_csv(path, **how)\n"
    "    print(len(typed), *[str(t) for t in typed.dtypes])\n"
    "    for c in range(len(typed.columns)):\n"
    "        for text, value in zip(texts.iloc[:, c], typed.iloc[:, c]):\n"
    "            if text != text:\n"
    "                print('-')\n"
    "            elif isinstance(value, str):\n"
    "                print(':' + text.encode().hex())\n"
    "            else:\n"
    "                print('=' + float(value).hex())\n";

static uint64_t state = 4711;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

static void add_cell(FILE *to, int kind)
{
    static const char *const nulls[] = {"", "NA", "null", "NaN", "N/A", "None", "#N/A"};
    static const char *const words[] = {"a", "Scotland", "\"Bosnia, and \"\"H\"\"\"", "São Tomé and Príncipe",
                                        "\"two\nlines\"", "5\" disk", "\"in\"out", "x y"};

    if (draw(10) == 0)
        fputs(nulls[draw(7)], to);
    else if (kind == 0)
        fprintf(to, "%d", (int)draw(100000) - 50000);
    else if (kind == 1)
        fprintf(to, "%.*g", 1 + (int)draw(17), ((double)draw(1 << 30) - (1 << 29)) / 7919);
    else if (kind == 2)
        fputs(draw(2) ? "True" : "FALSE", to);
    else if (kind == 3)
        fprintf(to, "%04d-%02d-%02d", 1900 + (int)draw(200), 1 + (int)draw(12), 1 + (int)draw(28));
    else
        fputs(words[draw(8)], to);
}

static void write_table(const char *path)
{
    const int n_fields = 1 + (int)draw(6), n_rows = 1 + (int)draw(40);
    const char *line = draw(3) ? "\n" : "\r\n";
    FILE *to = fopen(path, "w");
    int kinds[6];

    for (int c = 0; c < n_fields; c++) {
        kinds[c] = (int)draw(5);
        fprintf(to, "%sc%d", c ? "," : "", c);
    }
    for (int r = 0; r < n_rows; r++) {
        fputs(line, to);
        for (int c = 0; c < n_fields; c++) {
            fputs(c ? "," : "", to);
            add_cell(to, kinds[c]);
        }
    }
    fputs(draw(2) ? line : "", to);
    cr_assert_eq(fclose(to), 0);
}

static bool same_type(weft_dtype ours, const char *theirs, bool has_nulls)
{
    switch (ours) {
    case WEFT_INT64:   return strcmp(theirs, has_nulls ? "float64" : "int64") == 0;
    case WEFT_FLOAT64: return strcmp(theirs, "float64") == 0;
    case WEFT_BOOL:    return strcmp(theirs, has_nulls ? "object" : "bool") == 0;
    default:           return strcmp(theirs, "object") == 0;
    }
}

static void compare_cell(const weft_chunk *chunk, int column, int64_t row, const char *theirs)
{
    char ours[600];

    if (weft_chunk_is_null(chunk, column, row)) {
        strcpy(ours, "-");
    } else if (weft_chunk_dtype(chunk, column) == WEFT_STRING || weft_chunk_dtype(chunk, column) == WEFT_DATE) {
        struct weft_text t = weft_chunk_text_at(chunk, column, row);
        char date[WF_DATE_TEXT];
        size_t n = 0;

        if (weft_chunk_dtype(chunk, column) == WEFT_DATE) {
            wf_date_text((int32_t)weft_chunk_i64_at(chunk, column, row), date);
            t = (struct weft_text){date, 10};
        }
        ours[n++] = ':';
        for (int64_t i = 0; i < t.len; i++)
            n += (size_t)sprintf(ours + n, "%02x", (unsigned char)t.ptr[i]);
        ours[n] = 0;
    } else {
        cr_assert_eq(theirs[0], '=');
        cr_assert_eq(strtod(theirs + 1, NULL), weft_chunk_f64_at(chunk, column, row));
        return;
    }
    cr_assert_str_eq(ours, theirs);
}

static void compare(const char *path, FILE *from)
{
    struct wf_csv *f;
    weft_chunk *chunk;
    char line[1000], *types[8], *p = line;
    int n_types = 0;

    cr_assert_eq(wf_csv_scan_by(&f, path, NULL, 1 + (int64_t)draw(300), NULL), WEFT_OK);
    const struct wf_csv_range all = wf_csv_all(f);
    cr_assert_eq(wf_csv_parse(&chunk, f, &all, NULL, 0, NULL), WEFT_OK);
    cr_assert_not_null(fgets(line, sizeof line, from));
    for (char *word; (word = strtok_r(p, " \n", &p));)
        types[n_types++] = word;
    cr_assert_eq(atoll(types[0]), weft_chunk_n_rows(chunk), "%s", path);
    cr_assert_eq(n_types - 1, weft_chunk_n_columns(chunk));
    for (int c = 0; c < weft_chunk_n_columns(chunk); c++) {
        cr_assert(same_type(weft_chunk_dtype(chunk, c), types[c + 1], weft_chunk_n_nulls(chunk, c) > 0),
                  "%s column %d: %s, pandas says %s", path, c, weft_dtype_name(weft_chunk_dtype(chunk, c)), types[c + 1]);
        for (int64_t r = 0; r < weft_chunk_n_rows(chunk); r++) {
            char cell[700];

            cr_assert_not_null(fgets(cell, sizeof cell, from));
            cell[strcspn(cell, "\n")] = 0;
            compare_cell(chunk, c, r, cell);
        }
    }
    weft_chunk_release(chunk);
    wf_csv_release(f);
}

Test(csv_pandas, random_tables_are_what_pandas_reads)
{
    enum { N = 300 };
    static char command[N * 16 + 200];
    char *dir;
    FILE *from;
    int n, status, c;

    if (access("/usr/bin/python3", X_OK))
        cr_skip_test("no /usr/bin/python3 here");
    dir = tempdir_new();
    cr_assert_eq(chdir(dir), 0);
    tempdir_write(dir, "read.py", script);
    n = snprintf(command, sizeof command, "/usr/bin/python3 read.py");
    for (int i = 0; i < N; i++) {
        char path[20];

        snprintf(path, sizeof path, "%d.csv", i);
        write_table(path);
        n += snprintf(command + n, sizeof command - (size_t)n, " %s", path);
    }
    snprintf(command + n, sizeof command - (size_t)n, " 2>error");
    from = popen(command, "r");
    cr_assert_not_null(from);
    c = fgetc(from);
    if (c == EOF && WEXITSTATUS(pclose(from)) == 77) {
        tempdir_remove(dir);
        cr_skip_test("no pandas here");
    }
    ungetc(c, from);
    for (int i = 0; i < N; i++) {
        char path[20];

        snprintf(path, sizeof path, "%d.csv", i);
        compare(path, from);
    }
    cr_assert_eq(fgetc(from), EOF);
    status = pclose(from);
    cr_assert_eq(status, 0);
    cr_assert_eq(chdir("/"), 0);
    tempdir_remove(dir);
}
