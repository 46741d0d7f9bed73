/* inputs.c - what each node of a plan reads, in one list. */
#include "lib/graph/plan.h"

void wf_plan_list_inputs(weft_plan *p)
{
    uint64_t n_inputs = 0;
    uint32_t *first, *inputs;

    if (p->inputs)
        return;
    for (uint32_t i = 0; i < p->n_nodes; i++)
        n_inputs += wf_plan_task(p, i)->n_deps;
    if (n_inputs > UINT32_MAX)
        return;
    first = wf_arena_alloc(&p->arena, ((size_t)p->n_nodes + 1) * sizeof *first, 64);
    inputs = wf_arena_alloc(&p->arena, (size_t)(n_inputs + 1) * sizeof *inputs, 64);
    if (!first || !inputs)
        return;
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const weft_task *t = wf_plan_task(p, i);
        const uint32_t *deps = wf_task_deps(t);

        for (uint32_t k = 0; k < t->n_deps; k++)
            inputs[first[i] + k] = p->slot_of ? p->slot_of[deps[k]] - 1 : deps[k];
        first[i + 1] = first[i] + t->n_deps;
    }
    p->first_input = first;
    p->inputs = inputs;
}
