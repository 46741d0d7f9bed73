#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graphviz/cgraph.h>
#include <weft/draw.h>

#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/svg.h"
#include "tests/support/tempdir.h"

TestSuite(draw, .init = tempdir_begin, .fini = tempdir_end);

/*  T1 -> T4 -.
 *             >-> T6     T2 -> T5 -> T6 is critical: 5 + 40 + 3 ns
 *  T2 -> T5 -'
 *  T3                                                             */
static const struct hand_task six[] = {
    {.name = "T1", .begin_ns = 0, .end_ns = 10},
    {.name = "T2", .begin_ns = 0, .end_ns = 5, .worker = 1, .layer = "first", .layer_id = 1},
    {.name = "T3", .begin_ns = 18, .end_ns = 48},
    {.name = "T4", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 18},
    {.name = "T5", .HAND_DEPS(1), .begin_ns = 5, .end_ns = 45, .worker = 1},
    {.name = "T6", .HAND_DEPS(3, 4), .begin_ns = 48, .end_ns = 51},
};

/* The drawing as bytes; the caller's to free(). */
static char *drawn(const weft_trace *t, const char *name, const struct weft_draw_spec *spec, size_t *n)
{
    char *path = tempdir_path(tempdir, name), *bytes;
    struct weft_error err = {0};

    if (weft_draw_trace(t, path, spec, &err))
        cr_assert_fail("%s", err.message);
    bytes = tempdir_read(path, n);
    free(path);
    return bytes;
}

static Agraph_t *dot_of(const weft_trace *t, const struct weft_draw_spec *spec)
{
    char *text = drawn(t, "graph.dot", spec, NULL);
    Agraph_t *g = agmemread(text);

    cr_assert(g, "not the language of dot: %s", text);
    free(text);
    return g;
}

static Agnode_t *node(Agraph_t *g, const char *name)
{
    Agnode_t *n = agnode(g, (char *)name, 0);

    cr_assert(n, "no box %s", name);
    return n;
}

static const char *get(void *object, const char *name)
{
    const char *value = agget(object, (char *)name);

    return value ? value : "";
}

static bool is_red(void *object)
{
    return !strcmp(get(object, "color"), "#d1242f");
}

/* `n` tasks, `per_layer` of each name, each waiting for one of the layer before. */
static weft_trace *layers(uint32_t n, uint32_t per_layer)
{
    weft_trace *t = wf_trace_begin(n, n - per_layer, NULL), *out = NULL;

    cr_assert(t);
    for (uint32_t i = 0; i < n; i++) {
        struct wf_trace_record r = {.layer_id = 1 + i / per_layer, .n_deps = i >= per_layer};
        char name[32];
        const uint32_t dep = i - per_layer;

        snprintf(name, sizeof name, "layer-%u", i / per_layer);
        cr_assert(wf_trace_text(t, name, &r.name));
        r.layer = r.name;
        wf_trace_add(t, &r, &dep);
    }
    cr_assert(!wf_trace_end(&out, t, NULL));
    return out;
}

/* ---- What is in the picture ---------------------------------------------------- */

Test(draw, has_a_box_per_task_and_an_arrow_per_dependency)
{
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, NULL);
    static const int arrows[][2] = {{0, 3}, {1, 4}, {3, 5}, {4, 5}};

    cr_assert_eq(agnnodes(g), 6);
    cr_assert_eq(agnedges(g), 4);
    for (int i = 0; i < 4; i++) {
        char from[16], to[16];

        snprintf(from, sizeof from, "task%d", arrows[i][0]);
        snprintf(to, sizeof to, "task%d", arrows[i][1]);
        cr_assert(agedge(g, node(g, from), node(g, to), NULL, 0), "%s -> %s", from, to);
    }
    agclose(g);
    weft_trace_free(t);
}

Test(draw, the_critical_path_stands_out)
{
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, NULL);
    static const bool critical[] = {false, true, false, false, true, true};

    for (int i = 0; i < 6; i++) {
        char name[16];

        snprintf(name, sizeof name, "task%d", i);
        cr_assert_eq(is_red(node(g, name)), critical[i], "%s", name);
        cr_assert_eq(atof(get(node(g, name), "penwidth")) > 2, critical[i]);
        for (Agedge_t *e = agfstout(g, node(g, name)); e; e = agnxtout(g, e)) {
            cr_assert_eq(is_red(e), critical[i]);
            cr_assert_eq(atof(get(e, "penwidth")) > 2, critical[i]);
        }
    }
    agclose(g);
    weft_trace_free(t);
}

Test(draw, shows_measured_time_slack_and_the_four_figures)
{
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, NULL);
    const char *legend = get(g, "label");
    static const char *const figures[] = {"work", "<b>96 ns</b>", "span", "<b>48 ns</b>", "parallelism", "<b>2.00</b>",
                                          "makespan, 2 workers", "<b>51 ns</b>", "critical path"};
    const char *at = legend;

    cr_assert(strstr(get(node(g, "task3"), "label"), "8 ns, slack 27 ns"));
    cr_assert(strstr(get(node(g, "task4"), "label"), "40 ns"));
    cr_assert_not(strstr(get(node(g, "task4"), "label"), "slack"));
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        at = strstr(at, figures[i]);
        cr_assert(at, "no %s in %s", figures[i], legend);
    }
    agclose(g);
    weft_trace_free(t);
}

Test(draw, of_a_graph_that_has_not_run_counts_tasks)
{
    weft_trace *t = hand_trace(six, 6, 0);
    Agraph_t *g = dot_of(t, NULL);
    const char *legend = get(g, "label");

    cr_assert_not(strstr(legend, "makespan"));
    cr_assert(strstr(legend, "tasks</font><br/><font point-size=\"12\" color=\"#1f2328\"><b>6</b>"));
    cr_assert(strstr(legend, "depth</font><br/><font point-size=\"12\" color=\"#1f2328\"><b>3</b>"));
    cr_assert_not(strstr(get(node(g, "task0"), "label"), "ns"));
    agclose(g);
    weft_trace_free(t);
}

Test(draw, tooltips_tell_key_layer_call_site_and_worker)
{
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, NULL);

    cr_assert_str_eq(get(node(g, "task1"), "tooltip"),
                     "T2-1\nlayer first\nbuilt at hand.c:2\ntime 5 ns on worker 1\nslack 0 ns\non the critical path");
    agclose(g);
    weft_trace_free(t);
}

Test(draw, frames_what_runs_as_one)
{
    const struct hand_task chain[] = {
        {.name = "a"}, {.name = "b", .HAND_DEPS(0), .fused = true}, {.name = "c", .HAND_DEPS(1), .fused = true},
        {.name = "d", .HAND_DEPS(0)}};
    weft_trace *t = hand_trace(chain, 4, 0);
    Agraph_t *g = dot_of(t, NULL), *frame = agfstsubg(g);

    cr_assert(frame);
    cr_assert_null(agnxtsubg(frame));
    cr_assert_eq(agnnodes(frame), 3);
    cr_assert_eq(strncmp(agnameof(frame), "cluster", 7), 0);
    cr_assert_str_eq(get(frame, "label"), "");
    agclose(g);
    weft_trace_free(t);
}

Test(draw, labels_and_attributes_are_free)
{
    const struct weft_draw_attr graph[] = {{"ranksep", "1.5"}}, nodes[] = {{"shape", "ellipse"}, {"fillcolor", "gold"}},
                                edges[] = {{"style", "dotted"}};
    const struct weft_draw_spec spec = {
        .rankdir = "LR", .title = "Six & <more>", .graph_attrs = graph, .n_graph_attrs = 1, .node_attrs = nodes,
        .n_node_attrs = 2, .edge_attrs = edges, .n_edge_attrs = 1};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, &spec);

    cr_assert_str_eq(get(g, "rankdir"), "LR");
    cr_assert_str_eq(get(g, "ranksep"), "1.5");
    cr_assert(strstr(get(g, "label"), "Six &amp; &lt;more&gt;"));
    cr_assert_str_eq(get(node(g, "task2"), "shape"), "ellipse");
    cr_assert_str_eq(get(node(g, "task2"), "fillcolor"), "gold");
    cr_assert_str_eq(get(agfstout(g, node(g, "task0")), "style"), "dotted");
    agclose(g);
    weft_trace_free(t);
}

static bool odd_ones(const weft_trace *t, size_t i, char *text, size_t size, void *context)
{
    snprintf(text, size, "%s <%s>", (const char *)context, weft_trace_task(t, i)->name);
    return i % 2;
}

Test(draw, a_label_of_ones_own_is_text_not_markup)
{
    const struct weft_draw_spec spec = {.label = odd_ones, .context = (void *)"mine:"};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, &spec);

    cr_assert(strstr(get(node(g, "task1"), "label"), "mine: &lt;T2&gt;"));
    cr_assert(strstr(get(node(g, "task2"), "label"), "<b>T3</b>"));
    agclose(g);
    weft_trace_free(t);
}

/* Whether the fills of two tasks are the same under a way to colour. */
static bool same_fill(const weft_trace *t, enum weft_draw_color color, const char *a, const char *b)
{
    const struct weft_draw_spec spec = {.color = color};
    Agraph_t *g = dot_of(t, &spec);
    const bool same = !strcmp(get(node(g, a), "fillcolor"), get(node(g, b), "fillcolor"));

    agclose(g);
    return same;
}

Test(draw, colors_tell_what_was_asked)
{
    const struct hand_task four[] = {
        {.name = "a", .begin_ns = 0, .end_ns = 10},
        {.name = "a", .begin_ns = 0, .end_ns = 30, .worker = 1},
        {.name = "b", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 20},
        {.name = "b", .HAND_DEPS(1), .begin_ns = 30, .end_ns = 31, .worker = 1},
    };
    weft_trace *t = hand_trace(four, 4, 2);

    cr_assert(same_fill(t, WEFT_COLOR_NAME, "task0", "task1"));
    cr_assert_not(same_fill(t, WEFT_COLOR_NAME, "task0", "task2"));
    cr_assert_not(same_fill(t, WEFT_COLOR_ORDER, "task0", "task1"));
    cr_assert(same_fill(t, WEFT_COLOR_DURATION, "task0", "task2"));
    cr_assert_not(same_fill(t, WEFT_COLOR_DURATION, "task0", "task1"));
    cr_assert(same_fill(t, WEFT_COLOR_CRITICAL, "task1", "task3"));
    cr_assert(same_fill(t, WEFT_COLOR_CRITICAL, "task0", "task2"));
    cr_assert_not(same_fill(t, WEFT_COLOR_CRITICAL, "task0", "task1"));
    cr_assert(same_fill(t, WEFT_COLOR_WORKER, "task0", "task2"));
    cr_assert_not(same_fill(t, WEFT_COLOR_WORKER, "task0", "task1"));
    weft_trace_free(t);
}

Test(draw, every_way_to_color_has_its_key)
{
    static const char *const words[] = {NULL, "last", "40 ns", NULL, "worker 1", "age", "freed", "memory increases",
                                        "memory decreases", "memory pressure"};
    weft_trace *t = hand_trace(six, 6, 2);

    for (int c = WEFT_COLOR_NAME; c <= WEFT_COLOR_MEMORY_PRESSURE; c++) {
        const struct weft_draw_spec spec = {.color = (enum weft_draw_color)c};
        Agraph_t *g = dot_of(t, &spec);
        char *svg = drawn(t, "six.svg", &spec, NULL);

        cr_assert(strstr(get(g, "label"), "critical path"));
        cr_assert(!words[c] || strstr(get(g, "label"), words[c]), "color %d", c);
        cr_assert(!words[c] || strstr(svg, words[c]), "color %d", c);
        cr_assert_eq(strstr(svg, "linearGradient") != NULL, c == WEFT_COLOR_ORDER || c == WEFT_COLOR_DURATION || c >= WEFT_COLOR_AGE);
        agclose(g);
        free(svg);
    }
    weft_trace_free(t);
}

Test(draw, boxes_can_say_the_value_that_colors_them)
{
    const struct weft_draw_spec value = {.color = WEFT_COLOR_AGE, .words = WEFT_WORDS_VALUE},
                                both = {.color = WEFT_COLOR_AGE, .words = WEFT_WORDS_ORDER_VALUE};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, &value);

    /* T1 is read by T4, three tasks later. */
    cr_assert_str_eq(get(node(g, "task0"), "label"), "<b>3</b>");
    agclose(g);
    g = dot_of(t, &both);
    cr_assert_str_eq(get(node(g, "task1"), "label"), "<b>1-3</b>");
    agclose(g);
    weft_trace_free(t);
}

Test(draw, the_last_color_can_be_given_a_value)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char fills[2][16];

    for (int i = 0; i < 2; i++) {
        const struct weft_draw_spec spec = {.color = WEFT_COLOR_AGE, .maxval = i ? 1 : 1000, .cmap = WEFT_CMAP_GREY};
        Agraph_t *g = dot_of(t, &spec);

        snprintf(fills[i], sizeof fills[i], "%s", get(node(g, "task0"), "fillcolor"));
        agclose(g);
    }
    /* Three is next to nothing of a thousand, and more than all of one. */
    cr_assert_str_neq(fills[0], fills[1]);
    cr_assert_gt(strtol(fills[0] + 1, NULL, 16), strtol(fills[1] + 1, NULL, 16));
    weft_trace_free(t);
}

static size_t gold_third(const weft_trace *t, size_t i, struct weft_draw_attr *attrs, size_t room, void *context)
{
    (void)t;
    cr_assert_geq(room, 8);
    attrs[0] = (struct weft_draw_attr){"fillcolor", "gold"};
    attrs[1] = (struct weft_draw_attr){"URL", context};
    return i == 2 ? 2 : 0;
}

Test(draw, a_task_can_have_attributes_of_its_own)
{
    const struct weft_draw_attr all[] = {{"fillcolor", "silver"}};
    const struct weft_draw_spec spec = {.task_attrs = gold_third, .context = (void *)"http://a/?b&c", .node_attrs = all,
                                        .n_node_attrs = 1};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, &spec);
    char *svg = drawn(t, "six.svg", &spec, NULL);

    cr_assert_str_eq(get(node(g, "task2"), "fillcolor"), "gold");
    cr_assert_str_eq(get(node(g, "task1"), "fillcolor"), "silver");
    svg_check(svg);
    cr_assert_eq(svg_count(svg, "fill=\"gold\""), 1);
    cr_assert_eq(svg_count(svg, "fill=\"silver\""), 5);
    cr_assert_eq(svg_count(svg, "href=\"http://a/?b&amp;c\""), 1);
    free(svg);
    agclose(g);
    weft_trace_free(t);
}

Test(draw, attributes_of_boxes_may_be_many)
{
    struct weft_draw_attr many[40];
    const struct weft_draw_spec spec = {.node_attrs = many, .n_node_attrs = 40, .task_attrs = gold_third, .context = (void *)"x"};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g;
    char *svg;

    for (int i = 0; i < 39; i++)
        many[i] = (struct weft_draw_attr){"comment", "no more than that"};
    many[39] = (struct weft_draw_attr){"fillcolor", "silver"};
    g = dot_of(t, &spec);
    svg = drawn(t, "six.svg", &spec, NULL);
    cr_assert_str_eq(get(node(g, "task1"), "fillcolor"), "silver");
    cr_assert_str_eq(get(node(g, "task2"), "fillcolor"), "gold");
    cr_assert_eq(svg_count(svg, "fill=\"silver\""), 5);
    cr_assert_eq(svg_count(svg, "fill=\"gold\""), 1);
    free(svg);
    agclose(g);
    weft_trace_free(t);
}

Test(draw, as_dask_a_circle_is_a_task_and_a_box_its_result)
{
    const struct weft_draw_spec spec = {.data_boxes = true};
    weft_trace *t = hand_trace(six, 6, 2);
    Agraph_t *g = dot_of(t, &spec);
    char *svg = drawn(t, "six.svg", &spec, NULL);

    cr_assert_eq(agnnodes(g), 12);
    cr_assert_eq(agnedges(g), 6 + 4);
    cr_assert_str_eq(get(node(g, "task3"), "shape"), "circle");
    cr_assert_str_eq(get(node(g, "data3"), "shape"), "box");
    cr_assert(agedge(g, node(g, "data3"), node(g, "task5"), NULL, 0));
    cr_assert_eq(svg_count(svg, "<ellipse"), 6);
    cr_assert_eq(svg_count(svg, "class=\"node\""), 12);
    free(svg);
    agclose(g);
    weft_trace_free(t);
}

/* ---- Big graphs ----------------------------------------------------------------- */

Test(draw, detail_is_chosen_or_asked_for)
{
    const struct weft_draw_spec tasks = {.mode = WEFT_DRAW_TASKS}, boxes = {.mode = WEFT_DRAW_LAYERS, .no_path = true},
                                groups = {.mode = WEFT_DRAW_GROUPS, .no_path = true};
    const struct {
        uint32_t                     n;
        const struct weft_draw_spec *spec;
        int                          n_nodes;
    } cases[] = {{300, NULL, 300}, {310, NULL, 9 + 31}, {310, &tasks, 310}, {300, &boxes, 30}, {310, &groups, 31}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_trace *t = layers(cases[i].n, 10);
        Agraph_t *g = dot_of(t, cases[i].spec);

        cr_assert_eq(agnnodes(g), cases[i].n_nodes, "case %zu: %d", i, agnnodes(g));
        agclose(g);
        weft_trace_free(t);
    }
}

Test(draw, layers_tell_their_counts)
{
    const struct weft_draw_spec spec = {.mode = WEFT_DRAW_LAYERS, .no_path = true};
    weft_trace *t = layers(1000, 100);
    Agraph_t *g = dot_of(t, &spec);
    Agedge_t *e = agfstout(g, node(g, "layer3"));

    cr_assert_eq(agnedges(g), 9);
    cr_assert(strstr(get(node(g, "layer3"), "label"), "<b>layer-3</b>"));
    cr_assert(strstr(get(node(g, "layer3"), "label"), "100 tasks"));
    cr_assert_str_eq(agnameof(aghead(e)), "layer4");
    cr_assert_eq(atoi(get(e, "label")), 100);
    cr_assert(is_red(e));
    agclose(g);
    weft_trace_free(t);
}

Test(draw, refuses_what_graphviz_would_never_end)
{
    const struct weft_draw_spec tasks = {.mode = WEFT_DRAW_TASKS};
    weft_trace *t = layers(2001, 1);
    char *path = tempdir_path(tempdir, "big.png"), *text;
    struct weft_error err;

    cr_assert_eq(weft_draw_trace(t, path, &tasks, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "2001 boxes with 2000 arrows"));
    cr_assert_eq(tempdir_n_files(tempdir), 0);
    text = drawn(t, "big.dot", &tasks, NULL); /* written, not laid out */
    free(text);
    text = drawn(t, "big.svg", &tasks, NULL);
    cr_assert_eq(svg_count(text, "class=\"node\""), 2001);
    free(text);
    free(path);
    weft_trace_free(t);
}

Test(draw, the_engine_can_be_chosen)
{
    const struct weft_draw_attr far[] = {{"ranksep", "1.5"}};
    const struct weft_draw_spec ours = {.engine = WEFT_ENGINE_BUILTIN}, graphviz = {.engine = WEFT_ENGINE_GRAPHVIZ},
                                usual = {.node_attrs = far, .n_node_attrs = 1}, laid = {.graph_attrs = far, .n_graph_attrs = 1};
    weft_trace *t = hand_trace(six, 6, 2);
    char *path = tempdir_path(tempdir, "six.png"), *svg = drawn(t, "ours.svg", &ours, NULL);
    struct weft_error err;

    cr_assert_null(strstr(svg, "graphviz"));
    svg_check(svg);
    free(svg);
    svg = drawn(t, "theirs.svg", &graphviz, NULL);
    cr_assert(strstr(svg, "graphviz"));
    svg_check(svg);
    free(svg);
    svg = drawn(t, "usual.svg", &usual, NULL);
    cr_assert_null(strstr(svg, "graphviz"));
    free(svg);
    svg = drawn(t, "laid.svg", &laid, NULL);
    cr_assert(strstr(svg, "graphviz"));
    free(svg);
    cr_assert_eq(weft_draw_trace(t, path, &ours, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "six.png: the built-in engine makes .svg"));
    free(path);
    weft_trace_free(t);
}

Test(draw, gives_the_picture_in_memory)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char *file = drawn(t, "six.svg", NULL, NULL), *bytes = NULL;
    struct weft_error err;
    size_t n = 0;

    cr_assert_eq(weft_draw_bytes(t, "svg", NULL, &bytes, &n, &err), WEFT_OK);
    cr_assert_eq(n, strlen(file));
    cr_assert_str_eq(bytes, file);
    free(bytes);
    cr_assert_eq(weft_draw_bytes(t, "jpeg", NULL, &bytes, &n, &err), WEFT_INVALID);
    free(file);
    weft_trace_free(t);
}

/* ---- The file --------------------------------------------------------------------- */

Test(draw, svg_is_well_formed_whatever_the_names)
{
    const struct hand_task odd[] = {
        {.name = "a<b>&\"c\"", .layer = "</title>", .layer_id = 1},
        {.name = "\xff\xfe\x01\x02", .HAND_DEPS(0)},
        {.name = "back\\slash\\N\\G", .HAND_DEPS(0)},
        {.name = "", .HAND_DEPS(1)},
        {.name = "\xc3\xbc\xe2\x82\xac", .HAND_DEPS(2)},
        {.name = "]]>-->", .HAND_DEPS(2)},
    };
    const struct weft_draw_spec boxes = {.mode = WEFT_DRAW_LAYERS, .title = "<&>\x01"};

    for (int i = 0; i < 2; i++) {
        weft_trace *t = hand_trace(odd, 6, 0);
        char *svg = drawn(t, "odd.svg", i ? &boxes : NULL, NULL);

        cr_assert(strstr(svg, "<svg"));
        svg_check(svg);
        cr_assert_null(strchr(svg, 1));
        cr_assert(strstr(svg, "a&lt;b&gt;&amp;") || i);
        free(svg);
        weft_trace_free(t);
    }
}

Test(draw, svg_says_more_under_the_pointer)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char *svg = drawn(t, "six.svg", NULL, NULL);

    svg_check(svg);
    cr_assert(strstr(svg, "id=\"task1\""));
    cr_assert(strstr(svg, "<title>T2-1&#10;layer first"));
    cr_assert(strstr(svg, "built at hand.c:2"));
    free(svg);
    weft_trace_free(t);
}

Test(draw, png_and_pdf_are_what_they_say)
{
    weft_trace *t = hand_trace(six, 6, 2);
    size_t n;
    char *png = drawn(t, "six.png", NULL, &n), *pdf;

    cr_assert_gt(n, 1000);
    cr_assert_arr_eq(png, "\x89PNG\r\n\x1a\n", 8);
    cr_assert_arr_eq(png + n - 8, "IEND\xae\x42\x60\x82", 8);
    pdf = drawn(t, "six.pdf", NULL, &n);
    cr_assert_gt(n, 1000);
    cr_assert_arr_eq(pdf, "%PDF-", 5);
    free(png);
    free(pdf);
    weft_trace_free(t);
}

Test(draw, of_nothing_is_a_picture_too)
{
    weft_trace *t = hand_trace(NULL, 0, 0);
    char *svg = drawn(t, "nothing.svg", NULL, NULL);

    svg_check(svg);
    free(svg);
    weft_trace_free(t);
}

Test(draw, the_same_graph_gives_the_same_bytes)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char *a = drawn(t, "a.svg", NULL, NULL), *b = drawn(t, "b.svg", NULL, NULL);

    cr_assert_str_eq(a, b);
    free(a);
    free(b);
    weft_trace_free(t);
}

Test(draw, what_cannot_be_written_is_named_and_leaves_nothing)
{
    weft_trace *t = hand_trace(six, 6, 2);
    struct weft_error err;

    cr_assert_eq(weft_draw_trace(t, "/nowhere/six.svg", NULL, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/nowhere/six.svg: No such file or directory");
    cr_assert_eq(tempdir_n_files(tempdir), 0);
    weft_trace_free(t);
}

Test(draw, a_graphviz_without_its_parts_tells_so)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char *path = tempdir_path(tempdir, "six.png");
    struct weft_error err;

    cr_assert_eq(setenv("GVBINDIR", "/nowhere", 1), 0);
    cr_assert_eq(weft_draw_trace(t, path, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "six.png: Graphviz cannot render png: Layout type: \"dot\" not recognized"));
    cr_assert_eq(tempdir_n_files(tempdir), 0);
    free(path);
    weft_trace_free(t);
}

Test(draw, what_makes_no_sense_is_refused)
{
    weft_trace *t = hand_trace(six, 6, 2);
    char *path = tempdir_path(tempdir, "six.svg");
    struct weft_error err;

    cr_assert_eq(weft_draw_trace(t, "six.bmp", NULL, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "six.bmp: a picture ends in .svg, .png, .pdf or .dot");
    cr_assert_eq(weft_draw_trace(t, "six", NULL, &err), WEFT_INVALID);
    cr_assert_eq(weft_draw_trace(t, path, &(struct weft_draw_spec){.rankdir = "UP"}, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "\"UP\" is none of TB, LR, BT, RL"));
    cr_assert_eq(weft_draw_trace(t, path, &(struct weft_draw_spec){.color = (enum weft_draw_color)99}, &err),
                 WEFT_INVALID);
    cr_assert_eq(tempdir_n_files(tempdir), 0);
    free(path);
    weft_trace_free(t);
}

struct drawing {
    const weft_trace *trace;
    char             *path;
};

static weft_status draw_anew(void *arg)
{
    const struct drawing *d = arg;
    weft_status st;

    remove(d->path);
    st = weft_draw_trace(d->trace, d->path, NULL, NULL);
    cr_assert_eq(tempdir_n_files(tempdir), st == WEFT_OK);
    return st;
}

Test(draw, without_memory_leaves_no_file_and_leaks_nothing)
{
    static const char *const names[] = {"six.svg", "six.png"};
    weft_trace *t = hand_trace(six, 6, 2);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct drawing d = {t, tempdir_path(tempdir, names[i])};

        cr_assert_gt(nomem_everywhere(draw_anew, &d), 15);
        remove(d.path);
        free(d.path);
    }
    weft_trace_free(t);
}

/* ---- Threads ------------------------------------------------------------------------ */

struct artist {
    const weft_trace *trace;
    char             *path;
    weft_status       st;
};

static void *paint(void *arg)
{
    struct artist *a = arg;

    const struct weft_draw_spec how = {.engine = WEFT_ENGINE_GRAPHVIZ};

    for (int i = 0; i < 5 && !a->st; i++)
        a->st = weft_draw_trace(a->trace, a->path, &how, NULL);
    return NULL;
}

Test(draw, many_threads_draw_at_once)
{
    enum { N = 4 };
    weft_trace *t = hand_trace(six, 6, 2);
    const struct weft_draw_spec how = {.engine = WEFT_ENGINE_GRAPHVIZ};
    char *alone = drawn(t, "alone.svg", &how, NULL);
    struct artist artists[N];
    pthread_t threads[N];

    for (int i = 0; i < N; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d.svg", i);
        artists[i] = (struct artist){t, tempdir_path(tempdir, name), WEFT_OK};
        cr_assert_eq(pthread_create(&threads[i], NULL, paint, &artists[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        char *svg;

        pthread_join(threads[i], NULL);
        cr_assert_eq(artists[i].st, WEFT_OK);
        svg = tempdir_read(artists[i].path, NULL);
        cr_assert_str_eq(svg, alone);
        free(svg);
        free(artists[i].path);
    }
    free(alone);
    weft_trace_free(t);
}

/* ---- Graphs and plans, from the front ------------------------------------------------- */

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)arg;
    (void)err;
    return WEFT_OK;
}

Test(draw, tasks_are_drawn_as_built_and_plans_as_they_will_run)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, nothing, .name = "a"), *b = weft_add(g, nothing, .name = "b", .deps = WEFT_DEPS(a)),
              *c = weft_add(g, nothing, .name = "c", .deps = WEFT_DEPS(b)),
              *unused = weft_add(g, nothing, .name = "unused");
    char *path = tempdir_path(tempdir, "g.dot");
    weft_plan *plan = NULL;
    Agraph_t *dot;
    char *text;

    (void)unused;
    cr_assert(!weft_draw_tasks(&c, 1, path, NULL, NULL));
    text = tempdir_read(path, NULL);
    dot = agmemread(text);
    cr_assert_eq(agnnodes(dot), 3);
    cr_assert_eq(agnedges(dot), 2);
    cr_assert_null(agfstsubg(dot));
    agclose(dot);
    free(text);

    cr_assert(!weft_plan_new(&plan, &c, 1, NULL, NULL));
    cr_assert(!weft_draw_plan(plan, path, NULL, NULL));
    text = tempdir_read(path, NULL);
    dot = agmemread(text);
    cr_assert_eq(agnnodes(dot), 3);
    cr_assert(agfstsubg(dot));
    agclose(dot);
    free(text);

    weft_plan_free(plan);
    weft_graph_free(g);
    free(path);
}
