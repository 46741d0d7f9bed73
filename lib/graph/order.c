/* order.c - which tasks are needed, and what comes first.
 *
 * Depth first from the targets, deepest dependency first, numbering a task when
 * all it needs is numbered (the idea of dask.order: small goals, then big steps;
 * and of Sethi and Ullman, 1970, for registers). A branch begun is finished
 * before the next, so little is held; and a chain comes out side by side.
 *
 * Recursion would follow the depth of the graph, which is the user's, so the
 * path is kept in an array: it is also the circle to print when there is one.
 */
#include "lib/graph/plan.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"

/* Graphs of more tasks keep the order they were built in, unless collections built
 * them (they have layers): at a million tasks in random order the walk misses the
 * cache at each step, 850 ns a task instead of 100, and replay was not faster for
 * it (52 ns against 48). */
enum { MOST_WALKED = 1 << 16 };

/* What node_of holds while ordering. */
enum { UNSEEN = 0, OPEN = 1, FIRST_NODE = 2 };

struct step {
    uint32_t task;
    uint32_t n_tried; /* dependencies looked at, in order given */
};

struct walk {
    const weft_graph *g;
    struct wf_order  *o;
    uint32_t          without;
    uint32_t         *height;  /* longest way down from a task; NULL: not known */
    struct step      *path;
    size_t            n_path, room_path;
    struct wf_share   share;
};

static weft_status push(struct walk *w, uint32_t task, struct weft_error *err)
{
    if (w->n_path == w->room_path) {
        const size_t room = w->room_path ? w->room_path * 2 : 256;
        struct step *path = wf_realloc(w->path, room * sizeof *path);

        if (!path)
            return wf_error_nomem(err, "the order of tasks");
        w->path = path;
        w->room_path = room;
    }
    w->path[w->n_path++] = (struct step){.task = task};
    w->o->node_of[task] = OPEN;
    return WEFT_OK;
}

/* "a needs b needs a": from the first time `task` is on the path. */
static weft_status circle(const struct walk *w, uint32_t task, struct weft_error *err)
{
    char text[280] = "", key[96];
    size_t at = 0, from = 0;

    while (from < w->n_path && w->path[from].task != task)
        from++;
    for (size_t i = from; i < w->n_path && at < sizeof text - 1; i++) {
        weft_task_key(wf_graph_at(w->g, w->path[i].task), key, sizeof key);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s needs ", key);
    }
    weft_task_key(wf_graph_at(w->g, task), key, sizeof key);
    if (at < sizeof text)
        snprintf(text + at, sizeof text - at, "%s", key);
    return weft_error_set(err, WEFT_CYCLE, "tasks wait for each other: %s", text);
}

/* The task that gives what `id` stands for: aliases and numbered results followed. */
static weft_status giver(const struct walk *w, uint32_t id, uint32_t *out, struct weft_error *err)
{
    const weft_task *t = wf_graph_at(w->g, id);
    char key[96];

    for (int steps = 0; t; steps++) {
        t = wf_task_resolve(t);
        if (!t || t->what != WF_TASK_RESULT || steps > 1000)
            break;
        t = wf_graph_at(w->g, t->deps.few[0]);
    }
    if (!t || t->what == WF_TASK_RESULT) {
        weft_task_key(wf_graph_at(w->g, id), key, sizeof key);
        return weft_error_set(err, WEFT_CYCLE, "tasks wait for each other: %s needs %s", key, key);
    }
    if (t->what == WF_TASK_REF)
        return weft_error_set(err, WEFT_NOT_FOUND, "a task refers to key \"%s\", which no task has",
                              wf_task_extra(t)->key);
    *out = wf_task_id(t);
    return WEFT_OK;
}

static void number_value(struct wf_order *o, uint32_t task)
{
    o->node_of[task] = FIRST_NODE; /* done; it has no node */
    o->value_of[task] = o->n_values;
    o->values[o->n_values++] = task;
}

/* By what tasks are the same one: their token. Where tasks have terms, also by these, and
 * by what they read having become the same: else a task of other terms would be lost
 * with the one that reads it. */
static struct wf_token share_token(const struct walk *w, const weft_task *t)
{
    const struct weft_terms *terms = wf_task_kind(t)->terms;
    struct wf_token token = wf_task_token(t);
    uint32_t task;

    if (!w->g->has_terms)
        return token;
    token = wf_token_add(token, &terms, sizeof terms);
    for (uint32_t i = 0; i < t->n_deps; i++)
        if (!giver(w, wf_task_deps(t)[i], &task, NULL))
            token = wf_token_add(token, &w->o->node_of[task], sizeof task);
    return token;
}

/* Whether a memo knows what a body gives; then that is a value. */
static weft_status recall(struct walk *w, uint32_t task, bool *known, struct weft_error *err)
{
    const weft_status st = wf_recall_find(w->o->recall, task, known);

    if (st)
        return wf_error_nomem(err, "what is known already");
    if (*known)
        w->o->node_of[task] = FIRST_NODE; /* done; it has no node */
    return WEFT_OK;
}

static weft_status number(struct walk *w, uint32_t task, struct weft_error *err)
{
    const weft_task *t = wf_graph_at(w->g, task);
    uint32_t node = w->o->n_nodes;

    if (t->what == WF_TASK_BODY && (wf_task_kind(t)->flags & WEFT_PURE) &&
        !(w->without & WEFT_PASS_SHARE) && !wf_share_find(&w->share, share_token(w, t), &node))
        return wf_error_nomem(err, "the order of tasks");
    if (node == w->o->n_nodes)
        w->o->task_of[w->o->n_nodes++] = task;
    w->o->node_of[task] = FIRST_NODE + node;
    return WEFT_OK;
}

/* Enters the task behind `id` unless it is numbered. A task of no dependencies is
 * numbered at once. */
static weft_status enter(struct walk *w, uint32_t id, struct weft_error *err)
{
    uint32_t task = id;
    weft_status st = giver(w, id, &task, err);
    const weft_task *t;
    bool known;

    if (st)
        return st;
    if (w->o->node_of[task] == OPEN)
        return circle(w, task, err);
    if (w->o->node_of[task] != UNSEEN)
        return WEFT_OK;
    t = wf_graph_at(w->g, task);
    if (t->what == WF_TASK_VALUE) {
        number_value(w->o, task);
        return WEFT_OK;
    }
    if (w->o->recall) {
        st = recall(w, task, &known, err);
        if (st || known)
            return st;
    }
    if (t->what == WF_TASK_FAILED || !t->n_deps)
        return number(w, task, err);
    return push(w, task, err);
}

/* The task behind a dependency. Where heights are known nothing refers forward, so there is one. */
static uint32_t behind(const struct walk *w, uint32_t dep)
{
    uint32_t task = dep;

    if (wf_graph_at(w->g, dep)->what > WF_TASK_VALUE)
        giver(w, dep, &task, NULL);
    return task;
}

/* The dependency to enter next, or WF_NONE. Few: the deepest not numbered yet,
 * the first of equals. Many: in the order given. By which name a task is known
 * makes no difference, so that an optimized graph keeps its order. */
static uint32_t next_dep(const struct walk *w, struct step *s)
{
    const weft_task *t = wf_graph_at(w->g, s->task);
    const uint32_t *deps = wf_task_deps(t);
    uint32_t best = WF_NONE, best_height = 0;

    if (!w->height || t->n_deps > 8 || t->n_deps == 1)
        return s->n_tried < t->n_deps ? deps[s->n_tried++] : WF_NONE;
    if (s->n_tried++ > t->n_deps)
        return WF_NONE;
    for (uint32_t i = 0; i < t->n_deps; i++) {
        const uint32_t task = behind(w, deps[i]);

        if (w->o->node_of[task] != UNSEEN || (best != WF_NONE && w->height[task] <= best_height))
            continue;
        best = deps[i];
        best_height = w->height[task];
    }
    return best;
}

static weft_status walk_from(struct walk *w, uint32_t id, struct weft_error *err)
{
    const size_t floor = w->n_path;
    weft_status st = enter(w, id, err);

    while (!st && w->n_path > floor) {
        struct step *top = &w->path[w->n_path - 1];
        const uint32_t dep = next_dep(w, top);

        if (dep != WF_NONE) {
            st = enter(w, dep, err);
        } else {
            const uint32_t done = top->task;

            w->n_path--;
            st = number(w, done, err);
        }
    }
    return st;
}

/* Depth from below, in one sweep: without forward references dependencies come first. */
static uint32_t *heights(const weft_graph *g)
{
    uint32_t *height = g->has_forward ? NULL : wf_alloc_array(g->n_tasks, sizeof *height);

    for (uint32_t i = 0; height && i < g->n_tasks; i++) {
        const weft_task *t = wf_graph_at(g, i);
        const uint32_t *deps = wf_task_deps(t);
        const uint32_t up = t->what == WF_TASK_BODY; /* another name is not above what it names */

        height[i] = 0;
        for (uint32_t k = 0; k < t->n_deps; k++)
            if (height[deps[k]] + up > height[i])
                height[i] = height[deps[k]] + up;
    }
    return height;
}

/* As built: the needed tasks by number. Marks what is needed in `needed`. */
static weft_status walk_as_built(struct walk *w, weft_task *const *targets, size_t n,
                                 struct weft_error *err)
{
    uint8_t *needed = wf_alloc_zero(w->g->n_tasks, 1);
    weft_status st = needed ? WEFT_OK : wf_error_nomem(err, "the order of tasks");

    for (size_t i = 0; !st && i < n; i++)
        if (wf_task_id(targets[i]) < w->g->n_tasks)
            needed[wf_task_id(targets[i])] = 1;
    /* Dependencies have smaller numbers, so one sweep down finds all. */
    for (uint32_t i = w->g->n_tasks; !st && i-- > 0;) {
        const weft_task *t = wf_graph_at(w->g, i);

        bool known = false;

        if (w->without & WEFT_PASS_CULL)
            needed[i] = 1;
        if (needed[i] && w->o->recall)
            st = recall(w, i, &known, err);
        for (uint32_t k = 0; needed[i] && !known && k < t->n_deps; k++)
            needed[wf_task_deps(t)[k]] = 1;
    }
    for (uint32_t i = 0; !st && i < w->g->n_tasks; i++)
        if (needed[i])
            st = walk_from(w, i, err);
    wf_free(needed);
    return st;
}

/* Whether tasks keep the order they were built in. */
static bool keeps_order(const weft_graph *g, uint32_t without)
{
    return !g->has_forward && (without & WEFT_PASS_ORDER || (g->n_tasks > MOST_WALKED && !g->n_layers));
}

bool wf_order_is_as_built(const weft_graph *g, uint32_t without)
{
    return g->is_plain && keeps_order(g, without);
}

weft_status wf_order_make(struct wf_order *o, struct wf_arena *arena, const weft_graph *g,
                          weft_task *const *targets, size_t n_targets, uint32_t without,
                          struct weft_error *err)
{
    struct walk w = {.g = g, .o = o, .without = without};
    const size_t bytes = ((size_t)g->n_tasks + 1) * sizeof(uint32_t);
    weft_status st = WEFT_OK;

    *o = (struct wf_order){.recall = o->recall};
    o->task_of = wf_arena_alloc(arena, bytes, 4);
    o->node_of = wf_arena_alloc(arena, bytes, 4);
    o->values = wf_arena_alloc(arena, bytes, 4);
    o->value_of = wf_arena_alloc(arena, bytes, 4);
    if (!o->task_of || !o->node_of || !o->values || !o->value_of)
        return wf_error_nomem(err, "the order of tasks");
    if (keeps_order(g, without)) {
        st = walk_as_built(&w, targets, n_targets, err);
        goto out;
    }
    w.height = heights(g);
    if (!w.height && !g->has_forward) {
        st = wf_error_nomem(err, "the order of tasks");
        goto out;
    }
    for (size_t i = 0; !st && i < n_targets; i++)
        if (wf_task_id(targets[i]) < g->n_tasks)
            st = walk_from(&w, wf_task_id(targets[i]), err);
    for (uint32_t i = 0; !st && (without & WEFT_PASS_CULL) && i < g->n_tasks; i++)
        st = walk_from(&w, i, err);
out:
    wf_free(w.height);
    wf_free(w.path);
    wf_share_fini(&w.share);
    for (uint32_t i = 0; !st && i < g->n_tasks; i++)
        o->node_of[i] = o->node_of[i] < FIRST_NODE ? WF_NONE : o->node_of[i] - FIRST_NODE;
    return st;
}
