/* pairs.c - numbers for pairs of numbers, in order of their first appearance. */
#include "lib/draw/pairs.h"

#include "lib/base/hash.h"
#include "lib/base/mem.h"

static size_t slot_of(const struct wf_pairs *p, uint32_t a, uint32_t b)
{
    size_t s = wf_mix((uint64_t)a << 32 | b) & (p->n_slots - 1);

    while (p->slots[s] && (p->pair[p->slots[s] - 1].a != a || p->pair[p->slots[s] - 1].b != b))
        s = (s + 1) & (p->n_slots - 1);
    return s;
}

static int grow(struct wf_pairs *p)
{
    const size_t room = p->room ? p->room * 2 : 64;
    struct wf_pair *pair = wf_realloc(p->pair, room * sizeof *pair);
    uint32_t *slots;

    if (!pair)
        return 0;
    p->pair = pair;
    slots = wf_alloc_zero(room * 2, sizeof *slots);
    if (!slots)
        return 0;
    wf_free(p->slots);
    p->slots = slots;
    p->n_slots = room * 2;
    p->room = room;
    for (size_t i = 0; i < p->n; i++)
        p->slots[slot_of(p, pair[i].a, pair[i].b)] = (uint32_t)i + 1;
    return 1;
}

uint32_t wf_pairs_put(struct wf_pairs *p, uint32_t a, uint32_t b)
{
    size_t s;

    if (p->n == p->room && !grow(p))
        return WF_NO_PAIR;
    s = slot_of(p, a, b);
    if (!p->slots[s]) {
        p->pair[p->n] = (struct wf_pair){.a = a, .b = b};
        p->slots[s] = (uint32_t)++p->n;
    }
    return p->slots[s] - 1;
}

uint32_t wf_pairs_find(const struct wf_pairs *p, uint32_t a, uint32_t b)
{
    return p->n_slots ? p->slots[slot_of(p, a, b)] - 1 : WF_NO_PAIR;
}

void wf_pairs_fini(struct wf_pairs *p)
{
    wf_free(p->pair);
    wf_free(p->slots);
    *p = (struct wf_pairs){0};
}
