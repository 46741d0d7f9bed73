/* 4-football.c - who wins at home? A table of matches, read, computed and grouped.
 *
 *     4-football [CSV] [--out DIR] [--workers N]
 *
 * The columns needed are home_score, away_score, tournament and neutral. Without a
 * file the program makes one: 44,060 matches that never took place, the same each
 * time. With --out it leaves pictures of the graph there: what each task took, and
 * the critical path.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weft/weft.h>
#include <weft/draw.h>

struct options {
    const char *csv, *out;
    int         n_workers;
};

static bool parse(int argc, char **argv, struct options *o)
{
    char *end;

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--out") == 0 && value) {
            o->out = argv[++i];
        } else if (strcmp(argv[i], "--workers") == 0 && value) {
            o->n_workers = (int)strtol(argv[++i], &end, 10);
            if (*end || o->n_workers < 1)
                return false;
        } else if (argv[i][0] != '-' && !o->csv) {
            o->csv = argv[i];
        } else {
            return false;
        }
    }
    return true;
}

/* ---- Matches that never took place ------------------------------------------ */

/* A number of 31 bits, another each time, the same sequence in each run. */
static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static int goals(uint64_t *state, unsigned chance)
{
    int n = 0;

    while (n < 12 && next(state) % 100 < chance)
        n++;
    return n;
}

/* Writes the table to `path`; its last match has no score yet, as in real ones. */
static weft_status make_matches(const char *path, struct weft_error *err)
{
    static const char *const tournaments[] = {"Friendly", "World Cup", "World Cup qualification", "Continental Cup",
                                              "Island \"Shield\"", "Cup, of Nations"};
    uint64_t state = 1872;
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;

    if (!f)
        return weft_error_set(err, WEFT_IO, "%s: %s", path, strerror(errno));
    fprintf(f, "date,home_team,away_team,home_score,away_score,tournament,neutral\n");
    for (int i = 0; i < 44060; i++) {
        const bool last = i == 44059, neutral = next(&state) % 4 == 0;
        const char *t = tournaments[next(&state) % 6];
        const int home = goals(&state, neutral ? 55 : 62), away = goals(&state, 53);

        fprintf(f, "%d-%02d-%02d,Team %c,Team %c,", 1872 + i / 294, 1 + i % 12, 1 + i % 28, 'A' + i % 26, 'A' + i % 25);
        fprintf(f, last ? "NA,NA," : "%d,%d,", home, away);
        for (fputc('"', f); *t; t++)
            fprintf(f, *t == '"' ? "\"\"" : "%c", *t);
        fprintf(f, "\",%s\n", neutral ? "TRUE" : "FALSE");
    }
    ok = !ferror(f);
    if (fclose(f) || !ok)
        return weft_error_set(err, WEFT_IO, "%s: %s", path, strerror(errno));
    return WEFT_OK;
}

/* ---- What is asked ------------------------------------------------------------ */

enum { MEAN_HOME, HOME_WINS, GOALS, N_ASKED };

static void describe(weft_graph *g, const char *csv, weft_frame **matches, weft_task *asked[N_ASKED])
{
    const struct weft_csv_spec ten = {.n_partitions = 10};
    weft_frame *f = weft_frame_read_csv(g, csv, &ten), *by_tournament;

    *matches = f;
    f = weft_frame_assign(f, "home_score", "coalesce(home_score, 0)");
    f = weft_frame_assign(f, "away_score", "coalesce(away_score, 0)");
    f = weft_frame_assign(f, "home_win", "if(neutral, 0, sign(home_score - away_score))");
    f = weft_frame_assign(f, "goals", "home_score + away_score");
    f = weft_frame_keep(f); /* read once for all three questions */
    by_tournament = weft_frame_group(f, WEFT_NAMES("tournament"),
                                     WEFT_AGGS({WEFT_AGG_MEAN, "goals"}, {WEFT_AGG_SIZE, NULL, "matches"}), NULL);
    asked[MEAN_HOME] = weft_frame_mean(f, "home_score");
    asked[HOME_WINS] = weft_frame_sum(f, "home_win");
    asked[GOALS] = weft_frame_whole(weft_frame_sort(by_tournament, "matches", WEFT_DESCENDING));
}

static void print_divisions(const weft_frame *f)
{
    const int64_t *d = weft_frame_divisions(f);
    const int n = weft_frame_n_partitions(f);

    printf("divisions (");
    for (int i = 0; d && i <= n; i++)
        printf("%s%" PRId64, i ? ", " : "", d[i]);
    printf(")\n");
}

/* ---- Pictures ------------------------------------------------------------------- */

static weft_status draw(const weft_trace *t, const char *dir, struct weft_error *err)
{
    static const char *const files[] = {"football.svg", "football.png"};
    const struct weft_draw_spec how = {.color = WEFT_COLOR_NAME, .rankdir = "LR", .title = "football"};
    char path[4096];
    weft_status st = WEFT_OK;

    for (int i = 0; !st && i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        st = weft_draw_trace(t, path, &how, err);
        if (!st)
            printf("picture %s\n", path);
        else if (st == WEFT_UNSUPPORTED) {
            printf("no picture: %s\n", err->message);
            st = WEFT_OK;
        }
    }
    return st;
}

static weft_status keep(weft_pool *pool, const char *dir, struct weft_error *err)
{
    weft_trace *t = NULL;
    char path[4096];
    weft_status st;

    if (mkdir(dir, 0777) && errno != EEXIST)
        return weft_error_set(err, WEFT_IO, "%s: %s", dir, strerror(errno));
    st = weft_trace_of_pool(&t, pool, err);
    snprintf(path, sizeof path, "%s/football.trace", dir);
    if (!st)
        st = weft_trace_write(t, path, err);
    if (!st)
        st = draw(t, dir, err);
    weft_trace_free(t);
    return st;
}

static weft_status run(const struct options *o, const char *csv, struct weft_error *err)
{
    struct weft_value v[N_ASKED] = {{0}};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = o->n_workers, .trace = o->out != NULL});
    weft_task *asked[N_ASKED];
    weft_frame *matches;
    weft_status st;

    describe(g, csv, &matches, asked);
    st = weft_frame_status(matches, err);
    if (!st)
        st = weft_pool_run_many(pool, asked, N_ASKED, NULL, v, err);
    if (!st) {
        weft_frame_print(matches, stdout);
        print_divisions(matches);
        printf("mean of home_score %.16f\n", weft_value_f64(v[MEAN_HOME]));
        printf("home wins minus away wins, off neutral ground %" PRId64 "\n", weft_value_i64(v[HOME_WINS]));
        printf("mean goals by tournament, the ten with most matches\n");
        weft_chunk_print(weft_value_chunk(v[GOALS]), 10, stdout);
    }
    if (!st && o->out)
        st = keep(pool, o->out, err);
    for (int i = 0; i < N_ASKED; i++)
        weft_value_release(v[i]);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct weft_error err = {0};
    char made[] = "/tmp/weft-football-XXXXXX";
    weft_status st = WEFT_OK;

    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: 4-football [CSV] [--out DIR] [--workers N]\n");
        return 2;
    }
    if (!o.csv) {
        const int fd = mkstemp(made);

        if (fd < 0) {
            fprintf(stderr, "error: %s: %s\n", made, strerror(errno));
            return 1;
        }
        close(fd);
        st = make_matches(made, &err);
    }
    if (!st)
        st = run(&o, o.csv ? o.csv : made, &err);
    if (!o.csv)
        unlink(made);
    if (st)
        weft_error_print(&err, stderr);
    return st != WEFT_OK;
}
