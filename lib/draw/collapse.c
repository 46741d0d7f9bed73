/* collapse.c - a graph on one page: which tasks share a box. */
#include "lib/draw/collapse.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

enum { N_BANDS = 40 };

void wf_picture_fini(struct wf_picture *p)
{
    wf_free(p->boxes);
    wf_free(p->links);
    wf_free(p->box_of);
    *p = (struct wf_picture){0};
}

/* ---- Which box a task is in ------------------------------------------------ */

/* Gives each task the number of its layer, or name, in order of first task. */
static weft_status group_by_layer(struct wf_picture *p, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    const struct weft_trace_task *last = NULL;
    struct wf_map layers, names;
    weft_status st = WEFT_OK;

    wf_map_init(&layers);
    wf_map_init(&names);
    p->n_boxes = 0;
    for (size_t i = 0; i < n; i++) {
        const struct weft_trace_task *task = weft_trace_task(t, i);
        const bool same = last && task->layer_id == last->layer_id &&
                          (task->layer_id || task->name == last->name);
        uint64_t *number;
        bool fresh;

        if (same) {
            p->box_of[i] = p->box_of[i - 1];
            continue;
        }
        last = task;
        number = task->layer_id
                     ? wf_map_put(&layers, &task->layer_id, sizeof task->layer_id, p->n_boxes, &fresh)
                     : wf_map_put(&names, task->name, strlen(task->name), p->n_boxes, &fresh);
        if (!number) {
            st = wf_error_nomem(err, "a picture");
            break;
        }
        p->n_boxes += fresh;
        p->box_of[i] = (uint32_t)*number;
    }
    wf_map_fini(&names);
    wf_map_fini(&layers);
    return st;
}

static void group_by_band(struct wf_picture *p, const weft_trace *t, const weft_analysis *a)
{
    const size_t depth = weft_analysis_stats(a)->depth, n_bands = depth < N_BANDS ? depth : N_BANDS;

    for (size_t i = 0; i < weft_trace_n_tasks(t); i++)
        p->box_of[i] = (uint32_t)(weft_analysis_level(a, i) * n_bands / depth);
    p->n_boxes = n_bands;
}

/* Numbers boxes by their first task, dropping numbers nobody has. */
static weft_status renumber(struct wf_picture *p, size_t n_tasks, struct weft_error *err)
{
    uint32_t *number = wf_alloc_array(p->n_boxes, sizeof *number);
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

/* ---- Circles ---------------------------------------------------------------- */

/* reach[i] is the bitmap of boxes that box i leads to (Warshall 1962): at most
 * WF_MAX_BOXES boxes of 5 words, so 450 000 steps. */
enum { N_WORDS = (WF_MAX_BOXES + 63) / 64 };

static uint64_t (*reach_of(const struct wf_picture *p, const weft_trace *t))[N_WORDS]
{
    uint64_t (*reach)[N_WORDS] = wf_alloc_zero(p->n_boxes, sizeof *reach);

    WF_ASSERT(p->n_boxes <= WF_MAX_BOXES);
    if (!reach)
        return NULL;
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        const uint32_t *deps = weft_trace_deps(t, i), to = p->box_of[i];
        const size_t n_deps = weft_trace_n_deps(t, i);

        for (size_t d = 0; d < n_deps; d++) {
            if (p->box_of[deps[d]] != to)
                wf_bits_set(reach[p->box_of[deps[d]]], to);
        }
    }
    for (size_t k = 0; k < p->n_boxes; k++) {
        for (size_t i = 0; i < p->n_boxes; i++) {
            if (!wf_bits_at(reach[i], (int64_t)k))
                continue;
            for (size_t w = 0; w < N_WORDS; w++)
                reach[i][w] |= reach[k][w];
        }
    }
    return reach;
}

/* Puts tasks of boxes that lead to themselves into a box per (box, level). Each
 * dependency leads to a higher level, so no circle is left among them. False:
 * they would be more than WF_MAX_BOXES, and nothing is changed. */
static weft_status split_by_level(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                                  uint64_t (*reach)[N_WORDS], bool *split, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    struct { uint32_t box, level; } *keys = wf_alloc_array(WF_MAX_BOXES + 1, sizeof *keys);
    uint32_t *box_of = wf_alloc_array(n, sizeof *box_of);
    struct wf_map numbers;
    size_t next = p->n_boxes, n_plain = 0;
    weft_status st = WEFT_OK;

    *split = false;
    wf_map_init(&numbers);
    for (size_t b = 0; b < p->n_boxes; b++)
        n_plain += !wf_bits_at(reach[b], (int64_t)b);
    if (!keys || !box_of) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t box = p->box_of[i];
        uint64_t *number;
        bool fresh;

        box_of[i] = box;
        if (!wf_bits_at(reach[box], box))
            continue;
        keys[numbers.n].box = box;
        keys[numbers.n].level = weft_analysis_level(a, i);
        number = wf_map_put(&numbers, &keys[numbers.n], sizeof *keys, next, &fresh);
        if (!number) {
            st = wf_error_nomem(err, "a picture");
            goto out;
        }
        next += fresh;
        if (n_plain + numbers.n > WF_MAX_BOXES)
            goto out;
        box_of[i] = (uint32_t)*number;
    }
    memcpy(p->box_of, box_of, n * sizeof *box_of);
    p->n_boxes = next;
    st = renumber(p, n, err);
    *split = true;
out:
    wf_map_fini(&numbers);
    wf_free(box_of);
    wf_free(keys);
    return st;
}

/* Makes each circle one box. */
static void merge_circles(struct wf_picture *p, size_t n_tasks, uint64_t (*reach)[N_WORDS])
{
    uint32_t into[WF_MAX_BOXES];

    for (uint32_t b = 0; b < p->n_boxes; b++) {
        into[b] = b;
        for (uint32_t c = 0; c < b && into[b] == b; c++) {
            if (wf_bits_at(reach[b], c) && wf_bits_at(reach[c], b))
                into[b] = c;
        }
    }
    for (size_t i = 0; i < n_tasks; i++)
        p->box_of[i] = into[p->box_of[i]];
}

static weft_status open_circles(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                                struct weft_error *err)
{
    uint64_t (*reach)[N_WORDS] = reach_of(p, t);
    bool has_circle = false, split;
    weft_status st = WEFT_OK;

    if (!reach)
        return wf_error_nomem(err, "a picture");
    for (size_t b = 0; b < p->n_boxes; b++)
        has_circle = has_circle || wf_bits_at(reach[b], (int64_t)b);
    if (!has_circle)
        goto out;
    st = split_by_level(p, t, a, reach, &split, err);
    if (st || split)
        goto out;
    merge_circles(p, weft_trace_n_tasks(t), reach);
    st = renumber(p, weft_trace_n_tasks(t), err);
out:
    wf_free(reach);
    return st;
}

/* ---- Boxes and links -------------------------------------------------------- */

static const char *name_of(const struct weft_trace_task *task)
{
    return task->layer_id && task->layer[0] ? task->layer : task->name;
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

static weft_status fill_boxes(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                              bool in_bands, struct weft_error *err)
{
    p->boxes = wf_alloc_zero(p->n_boxes, sizeof *p->boxes);
    if (!p->boxes)
        return wf_error_nomem(err, "a picture");
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        struct wf_box *b = &p->boxes[p->box_of[i]];
        const struct weft_trace_task *task = weft_trace_task(t, i);
        const int64_t cost = weft_analysis_cost(a, i), slack = weft_analysis_slack(a, i);
        const uint32_t level = weft_analysis_level(a, i);
        const int worker = weft_analysis_worker(a, i);

        if (b->n_tasks == 0)
            *b = (struct wf_box){.name = name_of(task), .n_names = 1, .is_band = in_bands,
                                 .first = (uint32_t)i, .from_level = level, .to_level = level,
                                 .slack = slack, .worker = worker};
        else
            add_name(b, name_of(task));
        b->n_tasks++;
        b->n_critical += weft_analysis_is_critical(a, i);
        b->total += cost;
        b->longest = cost > b->longest ? cost : b->longest;
        b->slack = slack < b->slack ? slack : b->slack;
        b->from_level = level < b->from_level ? level : b->from_level;
        b->to_level = level > b->to_level ? level : b->to_level;
        /* Who ran the others does not matter once one is unlike them. */
        if (b->worker == -1)
            b->worker = worker;
        else if (worker >= 0 && worker != b->worker)
            b->worker = WF_SEVERAL;
    }
    return WEFT_OK;
}

/* Links found so far, by their two ends. */
struct link_table {
    struct wf_link *links;
    size_t          n, room;
    uint32_t       *slots; /* place in `links` + 1; 0: empty. At least twice `room` */
    size_t          n_slots;
};

static size_t slot_of(const struct link_table *k, uint32_t from, uint32_t to)
{
    size_t s = wf_mix((uint64_t)from << 32 | to) & (k->n_slots - 1);

    while (k->slots[s] && (k->links[k->slots[s] - 1].from != from || k->links[k->slots[s] - 1].to != to))
        s = (s + 1) & (k->n_slots - 1);
    return s;
}

static bool grow_links(struct link_table *k)
{
    const size_t room = k->room ? k->room * 2 : 64;
    struct wf_link *links = wf_realloc(k->links, room * sizeof *links);
    uint32_t *slots;

    if (!links)
        return false;
    k->links = links;
    slots = wf_alloc_zero(room * 2, sizeof *slots);
    if (!slots)
        return false;
    wf_free(k->slots);
    k->slots = slots;
    k->n_slots = room * 2;
    k->room = room;
    for (size_t i = 0; i < k->n; i++)
        k->slots[slot_of(k, links[i].from, links[i].to)] = (uint32_t)i + 1;
    return true;
}

/* The link between two boxes, new if need be; NULL: no memory. */
static struct wf_link *link_at(struct link_table *k, uint32_t from, uint32_t to)
{
    size_t s;

    if (k->n == k->room && !grow_links(k))
        return NULL;
    s = slot_of(k, from, to);
    if (!k->slots[s]) {
        k->links[k->n++] = (struct wf_link){.from = from, .to = to};
        k->slots[s] = (uint32_t)k->n;
    }
    return &k->links[k->slots[s] - 1];
}

static weft_status fill_links(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                              struct weft_error *err)
{
    const uint32_t *critical = weft_analysis_critical(a);
    struct link_table k = {0};
    struct wf_link *link = NULL;
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        const uint32_t *deps = weft_trace_deps(t, i), to = p->box_of[i];
        const size_t n_deps = weft_trace_n_deps(t, i);

        for (size_t d = 0; d < n_deps; d++) {
            const uint32_t from = p->box_of[deps[d]];

            if (from == to)
                continue;
            if (!link || link->from != from || link->to != to)
                link = link_at(&k, from, to);
            if (!link) {
                st = wf_error_nomem(err, "a picture");
                goto out;
            }
            link->n++;
        }
    }
    for (size_t i = 1; i < weft_analysis_n_critical(a); i++) {
        const uint32_t from = p->box_of[critical[i - 1]], to = p->box_of[critical[i]];

        /* Between two runs the path goes on though nothing links them. */
        const size_t place = from != to && k.n_slots ? k.slots[slot_of(&k, from, to)] : 0;

        if (place)
            k.links[place - 1].is_critical = true;
    }
    p->links = k.links;
    p->n_links = k.n;
    k.links = NULL;
out:
    wf_free(k.links);
    wf_free(k.slots);
    return st;
}

weft_status wf_collapse(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                        bool by_layer, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    bool in_bands = false;
    weft_status st = WEFT_OK;

    p->box_of = wf_alloc_array(n, sizeof *p->box_of);
    if (!p->box_of)
        return wf_error_nomem(err, "a picture");
    if (by_layer) {
        st = group_by_layer(p, t, err);
        in_bands = p->n_boxes > WF_MAX_BOXES;
        if (!st && in_bands)
            group_by_band(p, t, a);
        else if (!st)
            st = open_circles(p, t, a, err);
        if (!st && in_bands)
            st = renumber(p, n, err);
    } else {
        p->n_boxes = n;
        for (size_t i = 0; i < n; i++)
            p->box_of[i] = (uint32_t)i;
    }
    if (!st)
        st = fill_boxes(p, t, a, in_bands, err);
    return st ? st : fill_links(p, t, a, err);
}
