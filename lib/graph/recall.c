/* recall.c - what a plan need not run, because its result is in a memo. */
#include "lib/graph/recall.h"

#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/graph/memo.h"
#include "lib/graph/plan.h"

weft_status wf_recall_init(struct wf_recall *r, weft_memo *memo, const weft_graph *g)
{
    *r = (struct wf_recall){.memo = memo, .g = g};
    if (!memo)
        return WEFT_OK;
    r->first = wf_alloc_zero(g->n_tasks, sizeof *r->first);
    wf_memo_refresh(memo);
    return r->first ? WEFT_OK : WEFT_NOMEM;
}

void wf_recall_fini(struct wf_recall *r)
{
    for (uint32_t i = 0; i < r->n_values; i++)
        weft_value_release(r->values[i]);
    wf_free(r->values);
    wf_free(r->tasks);
    wf_free(r->first);
    *r = (struct wf_recall){0};
}

/* Room for `more` beside the n there are, of `bytes` each. */
static bool make_room(void **list, uint32_t n, uint32_t *room, uint32_t more, size_t bytes)
{
    void *moved;
    uint32_t want = *room ? *room : 64;

    while (want - n < more)
        want *= 2;
    if (want == *room)
        return true;
    moved = wf_realloc(*list, want * bytes);
    if (!moved)
        return false;
    *list = moved;
    *room = want;
    return true;
}

weft_status wf_recall_find(struct wf_recall *r, uint32_t id, bool *known)
{
    const weft_task *t = wf_graph_at(r->g, id);
    const uint32_t n_results = t->what == WF_TASK_BODY ? wf_task_kind(t)->n_results : 0, before = r->n_values;

    *known = r->first && r->first[id];
    if (!r->first || *known || !n_results || !wf_task_is_certain(t))
        return WEFT_OK;
    if (!make_room((void **)&r->values, r->n_values, &r->room_values, n_results, sizeof *r->values) ||
        !make_room((void **)&r->tasks, r->n_tasks, &r->room_tasks, 1, sizeof *r->tasks))
        return WEFT_NOMEM;
    for (uint32_t k = 0; k < n_results; k++) {
        const weft_status st = wf_memo_recall(r->memo, wf_result_token(t, k), &r->values[r->n_values]);

        if (!st) {
            r->n_values++;
            continue;
        }
        /* One that is not there, or that there is no memory to read now, is made again. */
        while (r->n_values > before)
            weft_value_release(r->values[--r->n_values]);
        return WEFT_OK;
    }
    r->tasks[r->n_tasks++] = id;
    r->first[id] = before + 1;
    *known = true;
    return WEFT_OK;
}

/* ---- What that saved --------------------------------------------------------------- */

struct below {
    const struct wf_recall *r;
    const uint32_t         *node_of;
    uint64_t               *seen;
    uint32_t               *path;
    uint32_t                n, room;
};

static bool push(struct below *b, uint32_t id)
{
    if (b->node_of[id] != WF_NONE || b->r->first[id] || wf_bits_at(b->seen, id))
        return true;
    if (!make_room((void **)&b->path, b->n, &b->room, 1, sizeof *b->path))
        return false;
    wf_bits_set(b->seen, id);
    b->path[b->n++] = id;
    return true;
}

static bool push_inputs(struct below *b, uint32_t id)
{
    const weft_task *t = wf_graph_at(b->r->g, id);
    const uint32_t n = t->what == WF_TASK_RESULT ? 1 : t->n_deps; /* of a result the second is no task */

    for (uint32_t k = 0; k < n; k++)
        if (!push(b, wf_task_deps(t)[k]))
            return false;
    return true;
}

weft_status wf_recall_count_culled(const struct wf_recall *r, const uint32_t *node_of, size_t *n)
{
    struct below b = {.r = r, .node_of = node_of};
    bool ok = true;

    *n = 0;
    if (!r->n_tasks)
        return WEFT_OK;
    b.seen = wf_alloc_zero(1, wf_bits_bytes(r->g->n_tasks));
    ok = b.seen != NULL;
    for (uint32_t i = 0; ok && i < r->n_tasks; i++)
        ok = push_inputs(&b, r->tasks[i]);
    while (ok && b.n) {
        const uint32_t id = b.path[--b.n];

        *n += wf_graph_at(r->g, id)->what == WF_TASK_BODY;
        ok = push_inputs(&b, id);
    }
    wf_free(b.seen);
    wf_free(b.path);
    return ok ? WEFT_OK : WEFT_NOMEM;
}
