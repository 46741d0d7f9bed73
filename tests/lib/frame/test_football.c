/* test_football.c - the football file: its known figures, and pandas for the rest.
 *
 * Skipped, saying so, where the file or pandas is not there.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/frames.h"

/* The file, looked for from here upwards; NULL: it is not there. */
static const char *football(void)
{
    static const char name[] = "../../../../shared/data/football/match_results.csv";

    for (const char *path = name + 12; path >= name; path -= 3)
        if (access(path, R_OK) == 0)
            return path;
    return NULL;
}

static weft_frame *results(weft_graph *g)
{
    const char *path = football();

    if (!path)
        cr_skip_test("the football file is not beside the source");
    return weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = 10});
}

Test(football, the_known_figures_come_out_to_the_last_digit)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = results(g);
    weft_frame *wins = weft_frame_assign(f, "home_win", "if(neutral, 0, sign(home_score - away_score))");

    for (int i = 0; i < 10; i++)
        cr_assert_eq(weft_frame_divisions(f)[i], 4406 * i);
    cr_assert_eq(weft_frame_divisions(f)[10], 44059);
    cr_assert_eq(frame_f64(weft_frame_mean(f, "coalesce(home_score, 0)")), 1.7404675442578301);
    cr_assert_eq(frame_i64(weft_frame_sum(wins, "home_win")), 8061);
    weft_graph_free(g);
}

Test(football, a_column_as_an_array_has_the_same_mean)
{
    weft_graph *g = weft_graph_new();
    weft_array *scores = weft_frame_to_array(results(g), "coalesce(home_score, 0)");
    weft_pool *pool = weft_pool_new(NULL);
    struct weft_value v;

    cr_assert_eq(weft_array_n_chunks(scores), 10);
    cr_assert_eq(weft_pool_run(pool, weft_array_whole(weft_array_mean(scores, WEFT_ALL_AXES)), &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_f64(v), 1.7404675442578301);
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* ---- pandas ------------------------------------------------------------------------ */

static const char script[] =
    "import sys\n"
    "try:\n"
    "    import pandas as pd, numpy as np\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "d = pd.read_csv(sys.argv[1], parse_dates=['date'])\n"
    "d['goals'] = d.home_score + d.away_score\n"
    "def show(x):\n"
    "    print('nan' if x != x else float(x).hex())\n"
    "for c in ['home_score', 'goals', 'neutral']:\n"
    "    for how in ['sum', 'mean', 'min', 'max', 'std', 'count']:\n"
    "        show(getattr(d[c], how)())\n"
    "show(len(d[(d.home_score > 3) & ~d.neutral]))\n"
    "for keys in [['tournament'], ['home_team'], ['neutral', 'tournament'], ['date']]:\n"
    "    t = d.groupby(keys).agg(a=('goals', 'mean'), b=('goals', 'std'), c=('home_score', 'sum'), "
    "e=('home_score', 'count'), h=('away_score', 'max'), n=('goals', 'size'))\n"
    "    show(len(t))\n"
    "    for row in t.itertuples():\n"
    "        for x in row[1:]:\n"
    "            show(x)\n"
    "c = d.groupby('home_team', sort=False).size().sort_values(ascending=False, kind='stable')\n"
    "for x in c:\n"
    "    show(x)\n"
    "d['row'] = np.arange(len(d))\n"
    "for key, up in [('home_score', False), ('city', True), ('date', False)]:\n"
    "    for x in d.sort_values(key, ascending=up, kind='stable').row:\n"
    "        show(x)\n";

static FILE *pandas(const char *path)
{
    char command[1000];
    FILE *from;
    int c;

    if (access("/usr/bin/python3", X_OK) != 0)
        cr_skip_test("there is no /usr/bin/python3");
    setenv("WEFT_TEST_SCRIPT", script, 1);
    snprintf(command, sizeof command, "/usr/bin/python3 -c \"$WEFT_TEST_SCRIPT\" '%s'", path);
    from = popen(command, "r");
    c = fgetc(from);
    if (c == EOF) {
        cr_assert_eq(pclose(from), 77 << 8);
        cr_skip_test("the system's Python has no pandas");
    }
    ungetc(c, from);
    return from;
}

/* The next number that pandas printed. */
static double said(FILE *from)
{
    char line[80];

    cr_assert_not_null(fgets(line, sizeof line, from));
    return strtod(line, NULL);
}

static void agree(double ours, double theirs, bool is_exact)
{
    cr_assert((isnan(ours) && isnan(theirs)) || (is_exact ? ours == theirs : fabs(ours - theirs) <= 1e-12 * fabs(theirs)),
              "%.17g, and pandas says %.17g", ours, theirs);
}

static void check_groups(weft_frame *f, const char *const *keys, int n_keys, FILE *from)
{
    weft_frame *grouped = weft_frame_group(f, keys, n_keys,
                                           WEFT_AGGS({WEFT_AGG_MEAN, "goals"}, {WEFT_AGG_STD, "goals"},
                                                     {WEFT_AGG_SUM, "home_score"}, {WEFT_AGG_COUNT, "home_score"},
                                                     {WEFT_AGG_MAX, "away_score"}, {WEFT_AGG_SIZE}), NULL);
    weft_chunk *c = frame_rows(grouped);

    agree((double)weft_chunk_n_rows(c), said(from), true);
    for (int64_t i = 0; i < weft_chunk_n_rows(c); i++)
        for (int k = 0; k < 6; k++)
            agree(weft_chunk_f64_at(c, n_keys + k, i), said(from), k != 1);
    weft_chunk_release(c);
}

Test(football, pandas_says_the_same)
{
    static const char *const columns[] = {"home_score", "goals", "neutral"};
    static const char *const sorted[] = {"home_score", "city", "date"};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_assign(results(g), "goals", "home_score + away_score");
    FILE *from = pandas(football());
    weft_chunk *c;

    for (int k = 0; k < 3; k++) {
        agree(frame_f64(weft_frame_sum(f, columns[k])), said(from), true);
        agree(frame_f64(weft_frame_mean(f, columns[k])), said(from), true);
        agree(frame_f64(weft_frame_min(f, columns[k])), said(from), true);
        agree(frame_f64(weft_frame_max(f, columns[k])), said(from), true);
        agree(frame_f64(weft_frame_std(f, columns[k])), said(from), false);
        agree((double)frame_i64(weft_frame_count(f, columns[k])), said(from), true);
    }
    agree((double)frame_i64(weft_frame_size(weft_frame_filter(f, "home_score > 3 and not neutral"))), said(from), true);
    check_groups(f, WEFT_NAMES("tournament"), from);
    check_groups(f, WEFT_NAMES("home_team"), from);
    check_groups(f, WEFT_NAMES("neutral", "tournament"), from);
    check_groups(f, WEFT_NAMES("date"), from);
    c = frame_rows(weft_frame_value_counts(f, "home_team"));
    for (int64_t i = 0; i < weft_chunk_n_rows(c); i++)
        agree(weft_chunk_f64_at(c, 1, i), said(from), true);
    weft_chunk_release(c);

    /* The row each row of a sorted frame comes from. */
    int64_t *row = malloc(44060 * sizeof *row);
    const struct weft_column_spec number = {.name = "row", .dtype = WEFT_INT64, .values = row};

    for (int64_t i = 0; i < 44060; i++)
        row[i] = i;
    c = frame_rows(f);

    struct wf_column *with_row[11];
    const char *names[11];
    weft_dtype dtypes[11];
    weft_chunk *rows = frame_rows(weft_frame_from_columns(g, &number, 1, 44060, (struct weft_cut){.n_partitions = 1}));

    for (int k = 0; k < 11; k++) {
        with_row[k] = wf_column_retain(k < 10 ? c->columns[k] : rows->columns[0]);
        names[k] = k < 10 ? c->schema->names[k] : "row";
        dtypes[k] = with_row[k]->dtype;
    }
    struct wf_schema *schema = wf_schema_new(11, names, dtypes);
    weft_chunk *numbered = wf_chunk_new(schema, 44060, with_row);
    uint64_t seed = 1;
    weft_frame *cut = cut_frame(g, &seed, numbered, 7, HOLE_MIDDLE);

    for (int k = 0; k < 3; k++) {
        weft_chunk *s = frame_rows(weft_frame_sort(cut, sorted[k], k == 1 ? WEFT_ASCENDING : WEFT_DESCENDING));

        for (int64_t i = 0; i < 44060; i++)
            agree(weft_chunk_f64_at(s, 10, i), said(from), true);
        weft_chunk_release(s);
    }
    cr_assert_eq(fgetc(from), EOF);
    pclose(from);
    weft_chunk_release(c);
    weft_chunk_release(rows);
    weft_chunk_release(numbered);
    wf_schema_release(schema);
    weft_graph_free(g);
    free(row);
}
