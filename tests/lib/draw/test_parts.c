#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/draw.h>

#include "tests/support/svg.h"
#include "tests/support/tempdir.h"

static weft_graph *graph;

static void begin(void)
{
    tempdir_begin();
    graph = weft_graph_new();
}

static void end(void)
{
    weft_graph_free(graph);
    tempdir_end();
}

TestSuite(parts, .init = begin, .fini = end);

static char *picture(void)
{
    char *path = tempdir_path(tempdir, "p.svg"), *bytes = tempdir_read(path, NULL);

    svg_check(bytes);
    free(path);
    return bytes;
}

static char *array_picture(struct weft_layout layout)
{
    struct weft_random random = {.seed = 1};
    weft_array *a = weft_array_normal(graph, &random, 0, 1, layout);
    char *path = tempdir_path(tempdir, "p.svg");
    struct weft_error err = {0};

    cr_assert_eq(weft_draw_array(a, path, NULL, &err), WEFT_OK, "%s", err.message);
    free(path);
    return picture();
}

Test(parts, an_array_shows_shape_type_bytes_and_chunks)
{
    char *svg = array_picture((struct weft_layout){WEFT_SHAPE(1000, 300), .chunks = {.axis = {250, 100}}});

    cr_assert(strstr(svg, ">float64<"));
    cr_assert(strstr(svg, ">(1000, 300)<"));
    cr_assert(strstr(svg, ">2.29 MiB<"));
    cr_assert(strstr(svg, ">12<"));
    cr_assert(strstr(svg, ">(250, 100), 195 KiB<"));
    free(svg);
}

Test(parts, an_array_is_a_bar_a_grid_a_block_or_several)
{
    static const struct {
        int n_dims, n_faces;
    } cases[] = {{0, 1}, {1, 1}, {2, 1}, {3, 3}, {4, 4}, {5, 4}, {6, 6}, {8, 7}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *svg = array_picture((struct weft_layout){.n_dims = cases[i].n_dims, .shape = {4, 3, 5, 4, 3, 2, 2, 2},
                                                       .chunks = {.all = 2}});

        cr_assert_eq(svg_count(svg, "class=\"face\""), cases[i].n_faces, "%d axes", cases[i].n_dims);
        free(svg);
    }
}

Test(parts, a_million_chunks_are_still_a_small_picture)
{
    char *svg = array_picture((struct weft_layout){WEFT_SHAPE(1000000, 1000000), .chunks = {.all = 1000}});

    cr_assert(strstr(svg, ">1,000,000<"));
    cr_assert_lt(strlen(svg), 20000);
    free(svg);
}

Test(parts, an_empty_array_has_a_picture)
{
    char *svg = array_picture((struct weft_layout){WEFT_SHAPE(0, 5)});

    cr_assert_null(strstr(svg, "nan"));
    cr_assert_null(strstr(svg, "inf"));
    free(svg);
}

Test(parts, a_failed_array_has_none)
{
    weft_array *a = weft_array_range(graph, 0, 1, 10, 5), *b = weft_array_range(graph, 0, 1, 11, 5);
    struct weft_error err;

    cr_assert_neq(weft_draw_array(weft_array_add(a, b), "p.svg", NULL, &err), WEFT_OK);
    cr_assert(strstr(err.message, "(10)"));
    cr_assert_eq(weft_draw_array(a, "p.png", NULL, &err), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_draw_array(a, "p.svg", &(struct weft_draw_parts_spec){.size = -1}, &err), WEFT_INVALID);
}

static char *frame_picture(int n_partitions, const char *name)
{
    static int64_t values[1000];
    const struct weft_column_spec columns[] = {{.name = name, .dtype = WEFT_INT64, .values = values},
                                               {.name = "n", .dtype = WEFT_INT64, .values = values}};
    weft_frame *f = weft_frame_from_columns(graph, columns, 2, 1000, (struct weft_cut){.n_partitions = n_partitions});
    char *path = tempdir_path(tempdir, "p.svg");

    cr_assert_eq(weft_draw_frame(f, path, NULL, NULL), WEFT_OK);
    free(path);
    return picture();
}

Test(parts, a_frame_shows_columns_partitions_and_where_they_begin)
{
    char *svg = frame_picture(4, "a <b> & c");

    cr_assert_eq(svg_count(svg, "class=\"partition\""), 4);
    cr_assert(strstr(svg, "a &lt;b&gt; &amp; c"));
    cr_assert(strstr(svg, ">250<") && strstr(svg, ">500<") && strstr(svg, ">750<") && strstr(svg, ">999<"));
    cr_assert(strstr(svg, ">1,000<"));
    free(svg);
}

Test(parts, of_many_partitions_the_first_and_the_last_are_shown)
{
    char *svg = frame_picture(500, "x");

    cr_assert_eq(svg_count(svg, "class=\"partition\""), 24);
    cr_assert(strstr(svg, "476 more"));
    cr_assert(strstr(svg, "partition 499"));
    free(svg);
}

Test(parts, a_bag_shows_partitions_and_records)
{
    const struct weft_text texts[] = {weft_text_of("a"), weft_text_of("b"), weft_text_of("c")};
    weft_bag *b = weft_bag_parallelize_texts(graph, texts, 3, 3);
    char *path = tempdir_path(tempdir, "p.svg"), *svg;

    cr_assert_eq(weft_draw_bag(b, path, &(struct weft_draw_parts_spec){.title = "my <bag>"}, NULL), WEFT_OK);
    svg = picture();
    cr_assert_eq(svg_count(svg, "class=\"partition\""), 3);
    cr_assert(strstr(svg, ">texts<"));
    cr_assert(strstr(svg, "my &lt;bag&gt;"));
    free(svg);
    free(path);
}

Test(parts, collections_are_drawn_together)
{
    weft_array *a = weft_array_keep(weft_array_range(graph, 0, 1, 30, 10)), *b = weft_array_keep(weft_array_add(a, a));
    const struct weft_collection both[] = {weft_array_collection(a), weft_array_collection(b)};
    char *path = tempdir_path(tempdir, "p.svg"), *svg;
    static struct svg_box boxes[20];

    cr_assert_eq(weft_draw_collections(both, 2, path, NULL, NULL), WEFT_OK);
    svg = picture();
    cr_assert_eq(svg_boxes(svg, boxes, 20), 6); /* three chunks each, those of b read those of a */
    cr_assert_eq(svg_count(svg, " edge\" d="), 3);
    free(svg);
    free(path);
}

Test(parts, a_collection_can_be_drawn_as_it_will_run)
{
    weft_array *a = weft_array_keep(weft_array_range(graph, 0, 1, 30, 10));
    const struct weft_collection b = weft_array_collection(weft_array_add(a, a));
    char *path = tempdir_path(tempdir, "p.svg"), *svg;

    for (int optimized = 0; optimized < 2; optimized++) {
        cr_assert_eq(weft_draw_collections(&b, 1, path, &(struct weft_draw_spec){.optimized = optimized}, NULL), WEFT_OK);
        svg = picture();
        cr_assert_eq(svg_count(svg, "joined: runs as one task"), optimized ? 3 : 0);
        free(svg);
    }
    free(path);
}
