/* 7-reuse.c - sums over many files, of which only those that changed are read again.
 *
 *     7-reuse --make DIR    writes DIR/00.csv ... DIR/99.csv
 *     7-reuse DIR           revenue = sum of price * amount over all of DIR/x.csv
 *
 * What each run computes is kept in DIR/cache, named by what it is made of: the function,
 * its argument, and of a file its path, size and time of change. Change one file and run
 * again: its own tasks run, and the last.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <weft/weft.h>

enum { FILES = 100, ROWS = 2000 };

/* ---- The files ------------------------------------------------------------------- */

static int make_file(const char *dir, int i)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/%02d.csv", dir, i);
    f = fopen(path, "w");
    if (!f) {
        perror(path);
        return 1;
    }
    fprintf(f, "item,price,amount\n");
    for (int r = 0; r < ROWS; r++)
        fprintf(f, "item-%d,%d.%02d,%d\n", (r * 7 + i) % 50, 1 + (r * 31 + i * 17) % 90, r % 100, 1 + (r + i) % 9);
    return fclose(f) != 0;
}

static int make_files(const char *dir)
{
    if (mkdir(dir, 0777) && errno != EEXIST) {
        perror(dir);
        return 1;
    }
    for (int i = 0; i < FILES; i++)
        if (make_file(dir, i))
            return 1;
    return 0;
}

/* ---- The sum --------------------------------------------------------------------- */

/* In the order of the files, so the digits do not depend on who is first. */
static weft_status add_all(weft_call *call, void *arg, struct weft_error *err)
{
    double sum = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_f64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_f64(sum));
    return WEFT_OK;
}

/*   file -> read -> partial sum -> sum  ----->  add_all, for each file   */
static weft_task *revenue(weft_graph *g, const glob_t *files)
{
    weft_task **sums = calloc(files->gl_pathc, sizeof *sums), *all;

    if (!sums)
        return weft_graph_fail(g, WEFT_NOMEM, "no memory for %zu files", files->gl_pathc);
    for (size_t i = 0; i < files->gl_pathc; i++)
        sums[i] = weft_frame_sum(weft_frame_read_csv(g, files->gl_pathv[i], NULL), "price * amount");
    /* Pure: the same inputs give the same sum, so it need not run when none has changed. */
    all = weft_add(g, add_all, .deps = sums, .n_deps = files->gl_pathc, .flags = WEFT_PURE);
    free(sums);
    return all;
}

static weft_status run(const glob_t *files, const char *cache, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);
    weft_task *task = revenue(g, files);
    weft_memo *memo = NULL;
    struct weft_reuse reuse;
    struct weft_value sum;
    /* Keep even what takes microseconds: these files are small. */
    weft_status st = weft_memo_new(&memo, &(struct weft_memo_spec){.folder = cache, .least_ns = -1}, err);

    if (!st)
        st = weft_pool_run_many(pool, &task, 1, &(struct weft_run_spec){.memo = memo, .reuse = &reuse}, &sum, err);
    if (!st) {
        printf("files     %zu\nrevenue   %.17g\n", files->gl_pathc, weft_value_f64(sum));
        weft_reuse_print(&reuse, stdout);
        weft_memo_print(memo, stderr);
    }
    weft_memo_free(memo);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

int main(int argc, char **argv)
{
    char pattern[4096], cache[4096];
    struct weft_error err;
    glob_t files;
    weft_status st;

    if (argc == 3 && !strcmp(argv[1], "--make"))
        return make_files(argv[2]);
    if (argc != 2) {
        fprintf(stderr, "7-reuse [--make] DIR\n");
        return 2;
    }
    snprintf(pattern, sizeof pattern, "%s/*.csv", argv[1]);
    snprintf(cache, sizeof cache, "%s/cache", argv[1]);
    if (glob(pattern, 0, NULL, &files)) {
        fprintf(stderr, "%s: there is none; 7-reuse --make %s\n", pattern, argv[1]);
        return 1;
    }
    st = run(&files, cache, &err);
    if (st)
        weft_error_print(&err, stderr);
    globfree(&files);
    return st != WEFT_OK;
}
