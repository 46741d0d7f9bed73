/* 5-random-normal.c - a million normal numbers in ten chunks: their mean, and its picture.
 *
 *     5-random-normal [PICTURE]
 */
#include <stdio.h>

#include <weft/weft.h>
#include <weft/draw.h>

static weft_status draw(weft_task *task, const char *path, struct weft_error *err)
{
    return weft_draw_tasks(&task, 1, path, &(struct weft_draw_spec){.rankdir = "LR"}, err);
}

int main(int argc, char **argv)
{
    struct weft_random random = {.seed = 5110};
    struct weft_value v[2] = {{0}};
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);

    weft_array *x = weft_array_normal(g, &random, 0, 1, weft_layout_1d(1000000, 100000));
    weft_array *mean = weft_array_mean(x, WEFT_ALL_AXES);
    weft_array *std = weft_array_std(x, WEFT_ALL_AXES);
    weft_task *both[] = {weft_array_whole(mean), weft_array_whole(std)};

    weft_array_print(x, stdout);
    weft_status st = weft_pool_run_many(pool, both, 2, NULL, v, &err);
    if (!st)
        printf("mean %.17g\nstd  %.17g\n", weft_value_f64(v[0]), weft_value_f64(v[1]));
    if (!st && argc > 1)
        st = draw(both[0], argv[1], &err);
    if (st)
        weft_error_print(&err, stderr);

    weft_value_release(v[0]);
    weft_value_release(v[1]);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}
