/* boxes.c - what is in each box, and what runs between boxes. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/collapse.h"
#include "lib/draw/pairs.h"

weft_status wf_number_boxes(struct wf_picture *p, size_t n_tasks, struct weft_error *err)
{
    uint32_t *number = wf_alloc_array(p->n_boxes + 1, sizeof *number);
    uint32_t next = 0;

    if (!number)
        return wf_error_nomem(err, "a picture");
    memset(number, 0xff, p->n_boxes * sizeof *number);
    for (size_t i = 0; i < n_tasks; i++) {
        uint32_t *b = &number[p->box_of[i]];

        if (*b == UINT32_MAX)
            *b = next++;
        p->box_of[i] = *b;
    }
    p->n_boxes = next;
    wf_free(number);
    return WEFT_OK;
}

static const char *name_of(const struct weft_trace_task *task, bool of_task)
{
    return !of_task && task->layer_id && task->layer[0] ? task->layer : task->name;
}

static bool same_name(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

/* Notes a name that is new to the box; the third and later ones are only counted as many. */
static void add_name(struct wf_box *b, const char *name)
{
    if (b->n_names > 2 || same_name(name, b->name) || (b->other && same_name(name, b->other)))
        return;
    b->n_names++;
    if (!b->other)
        b->other = name;
}

static void add_task(struct wf_box *b, const weft_trace *t, const weft_analysis *a, size_t i, enum wf_box_kind kind)
{
    const struct weft_trace_task *task = weft_trace_task(t, i);
    const char *name = name_of(task, kind == WF_BOX_CHAIN || kind == WF_BOX_PATH);
    const int64_t cost = weft_analysis_cost(a, i), slack = weft_analysis_slack(a, i);
    const uint32_t level = weft_analysis_level(a, i);
    const int worker = weft_analysis_worker(a, i);

    if (b->n_tasks == 0)
        *b = (struct wf_box){.name = name, .n_names = 1, .kind = kind, .first = (uint32_t)i, .from_level = level,
                             .to_level = level, .slack = slack, .worker = worker};
    else
        add_name(b, name);
    b->n_tasks++;
    b->n_critical += weft_analysis_is_critical(a, i);
    b->total += cost;
    b->longest = cost > b->longest ? cost : b->longest;
    b->slack = slack < b->slack ? slack : b->slack;
    b->from_level = level < b->from_level ? level : b->from_level;
    b->to_level = level > b->to_level ? level : b->to_level;
    b->last = (uint32_t)i;
    if (task->result_bytes > 0 && b->bytes <= INT64_MAX - task->result_bytes)
        b->bytes += task->result_bytes;
    /* Who ran the others does not matter once one is unlike them. */
    if (b->worker == -1)
        b->worker = worker;
    else if (worker >= 0 && worker != b->worker)
        b->worker = WF_SEVERAL;
}

static weft_status fill_links(struct wf_picture *p, const weft_trace *t, const weft_analysis *a, struct weft_error *err)
{
    const uint32_t *critical = weft_analysis_critical(a);
    struct wf_pairs pairs = {0};
    uint32_t last = WF_NO_PAIR;
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        const uint32_t *deps = weft_trace_deps(t, i), to = p->box_of[i];
        const size_t n_deps = weft_trace_n_deps(t, i);

        for (size_t d = 0; d < n_deps; d++) {
            const uint32_t from = p->box_of[deps[d]];

            if (from == to)
                continue;
            if (last == WF_NO_PAIR || pairs.pair[last].a != from || pairs.pair[last].b != to)
                last = wf_pairs_put(&pairs, from, to);
            if (last == WF_NO_PAIR) {
                st = wf_error_nomem(err, "a picture");
                goto out;
            }
            pairs.pair[last].n++;
        }
    }
    p->links = wf_alloc_zero(pairs.n + 1, sizeof *p->links);
    if (!p->links) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    p->n_links = pairs.n;
    for (size_t k = 0; k < pairs.n; k++) {
        const struct wf_box *to = &p->boxes[pairs.pair[k].b];

        p->links[k] = (struct wf_link){.from = pairs.pair[k].a, .to = pairs.pair[k].b, .n = pairs.pair[k].n,
            .is_fused = p->mode == WEFT_DRAW_TASKS && weft_trace_task(t, to->first)->fused &&
                        p->box_of[to->first - 1] == pairs.pair[k].a};
    }
    for (size_t i = 1; i < weft_analysis_n_critical(a); i++) {
        const uint32_t from = p->box_of[critical[i - 1]], to = p->box_of[critical[i]];
        const uint32_t link = wf_pairs_find(&pairs, from, to);

        /* Between two runs the path goes on though nothing links them. */
        if (link != WF_NO_PAIR)
            p->links[link].is_critical = true;
    }
out:
    wf_pairs_fini(&pairs);
    return st;
}

weft_status wf_fill_boxes(struct wf_picture *p, const weft_trace *t, const weft_analysis *a, const struct wf_path *path,
                          bool in_bands, struct weft_error *err)
{
    const enum wf_box_kind usual = in_bands ? WF_BOX_BAND : p->mode == WEFT_DRAW_CHAINS ? WF_BOX_CHAIN : WF_BOX_TASKS;

    p->boxes = wf_alloc_zero(p->n_boxes + 1, sizeof *p->boxes);
    if (!p->boxes)
        return wf_error_nomem(err, "a picture");
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++)
        add_task(&p->boxes[p->box_of[i]], t, a, i, path->n_pieces && path->piece[i] ? WF_BOX_PATH : usual);
    return fill_links(p, t, a, err);
}

weft_status wf_picture_add_data(struct wf_picture *p, size_t n_tasks, struct weft_error *err)
{
    struct wf_box *boxes = wf_alloc_zero(2 * p->n_boxes + 1, sizeof *boxes);
    struct wf_link *links = wf_alloc_zero(p->n_links + p->n_boxes + 1, sizeof *links);

    if (!boxes || !links) {
        wf_free(boxes);
        wf_free(links);
        return wf_error_nomem(err, "a picture");
    }
    for (size_t b = 0; b < p->n_boxes; b++) {
        boxes[2 * b] = boxes[2 * b + 1] = p->boxes[b];
        boxes[2 * b + 1].kind = WF_BOX_DATA;
        boxes[2 * b + 1].n_tasks = 0;
        links[b] = (struct wf_link){.from = (uint32_t)(2 * b), .to = (uint32_t)(2 * b + 1),
                                    .is_critical = p->boxes[b].n_critical > 0};
    }
    for (size_t k = 0; k < p->n_links; k++) {
        links[p->n_boxes + k] = p->links[k];
        links[p->n_boxes + k].from = 2 * p->links[k].from + 1;
        links[p->n_boxes + k].to = 2 * p->links[k].to;
    }
    for (size_t i = 0; i < n_tasks; i++)
        p->box_of[i] *= 2;
    wf_free(p->boxes);
    wf_free(p->links);
    p->boxes = boxes;
    p->links = links;
    p->n_links += p->n_boxes;
    p->n_boxes *= 2;
    return WEFT_OK;
}

void wf_picture_fini(struct wf_picture *p)
{
    wf_free(p->boxes);
    wf_free(p->links);
    wf_free(p->box_of);
    *p = (struct wf_picture){0};
}
