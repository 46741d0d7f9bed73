/* peak.c - how many bytes a plan holds at most, said before it runs. */
#include <weft/plan.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "lib/graph/terms.h"

/* What one walk through an order knows. */
struct walk {
    const weft_plan       *p;
    uint32_t              *left;   /* by node: readers to come */
    uint32_t              *waits;  /* by node: predecessors to come */
    struct weft_plan_peak *peak;
    size_t                 held;
};

static size_t scratch_of(const weft_task *t)
{
    const struct weft_terms *terms = t->what == WF_TASK_BODY ? wf_task_kind(t)->terms : NULL;

    return terms ? terms->scratch_bytes : 0;
}

/* Readers of all results of each node, asking included: what a task gives is said for all
 * of them together, and goes with the last. */
static void count_readers(struct walk *w)
{
    for (uint32_t slot = 0; slot < w->p->first_const; slot++)
        w->left[wf_plan_owner(w->p, slot)] += wf_plan_uses(w->p, slot);
    for (uint32_t i = 0; i < w->p->n_nodes; i++)
        w->waits[i] = w->p->nodes[i].n_join;
}

/* One that is read twice counts twice. */
static size_t inputs_bytes(const struct walk *w, const struct wf_inputs *in)
{
    size_t bytes = 0;

    for (uint32_t k = 0; k < in->n; k++) {
        const uint32_t slot = wf_input_slot(in, k);

        if (slot < w->p->first_const)
            bytes += wf_task_bytes(wf_plan_task(w->p, wf_plan_owner(w->p, slot)));
    }
    return bytes;
}

/* Runs the node: its result comes into being before what it has read is dropped. */
static void step(struct walk *w, uint32_t node)
{
    const weft_task *t = wf_plan_task(w->p, node);
    const struct wf_inputs in = wf_plan_inputs(w->p, node);
    const size_t own = wf_task_bytes(t), scratch = scratch_of(t), alone = own + scratch + inputs_bytes(w, &in);

    w->held += own;
    w->peak->n_unknown += t->what == WF_TASK_BODY && !own;
    if (w->held + scratch > w->peak->bytes) {
        w->peak->bytes = w->held + scratch;
        w->peak->at = node;
    }
    if (alone > w->peak->largest) {
        w->peak->largest = alone;
        w->peak->largest_at = node;
    }
    if (!w->left[node])
        w->held -= own;
    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);
        const uint32_t owner = slot < w->p->first_const ? wf_plan_owner(w->p, slot) : WF_NONE;

        if (owner != WF_NONE && !--w->left[owner])
            w->held -= wf_task_bytes(wf_plan_task(w->p, owner));
    }
    for (uint32_t k = 0; k < w->p->nodes[node].n_succ; k++)
        w->waits[wf_plan_succ(w->p, node)[k]]--;
    w->waits[node] = WF_NONE; /* it runs once */
}

static weft_status wrong_order(const struct walk *w, uint32_t place, uint32_t node, struct weft_error *err)
{
    char key[96];

    if (node >= w->p->n_nodes)
        return weft_error_set(err, WEFT_INVALID, "place %u of the order is task %u of a plan that has %u",
                              (unsigned)place, (unsigned)node, (unsigned)w->p->n_nodes);
    weft_task_key(wf_plan_task(w->p, node), key, sizeof key);
    if (w->waits[node] == WF_NONE)
        return weft_error_set(err, WEFT_INVALID, "place %u of the order is %s, which has run before", (unsigned)place, key);
    return weft_error_set(err, WEFT_INVALID, "place %u of the order is %s, and %u tasks it waits for come later",
                          (unsigned)place, key, (unsigned)w->waits[node]);
}

weft_status weft_plan_peak(const weft_plan *p, const uint32_t *order, struct weft_plan_peak *out, struct weft_error *err)
{
    struct weft_plan_peak peak = {0};
    struct walk w = {.p = p, .peak = &peak};
    weft_status st = WEFT_OK;

    w.left = wf_alloc_zero((size_t)p->n_nodes + 1, sizeof *w.left);
    w.waits = wf_alloc_zero((size_t)p->n_nodes + 1, sizeof *w.waits);
    if (!w.left || !w.waits) {
        st = wf_error_nomem(err, "the peak of a plan");
        goto out;
    }
    count_readers(&w);
    for (uint32_t i = 0; !st && i < p->n_nodes; i++) {
        const uint32_t node = order ? order[i] : i;

        if (node >= p->n_nodes || w.waits[node])
            st = wrong_order(&w, i, node, err);
        else
            step(&w, node);
    }
    if (!st)
        *out = peak;
out:
    wf_free(w.left);
    wf_free(w.waits);
    return st;
}
