/* share.c - equal pure tasks become one. */
#include "lib/graph/plan.h"

#include "lib/base/mem.h"
#include "lib/graph/graph.h"

struct wf_share_slot {
    struct wf_token token;
    uint32_t        node; /* + 1; 0: empty */
};

void wf_share_fini(struct wf_share *s)
{
    wf_free(s->slots);
    *s = (struct wf_share){0};
}

static struct wf_share_slot *slot_of(const struct wf_share *s, struct wf_token token)
{
    uint32_t at = (uint32_t)token.lo;

    for (;; at++) {
        struct wf_share_slot *slot = &s->slots[at & (s->n_slots - 1)];

        if (!slot->node || (slot->token.hi == token.hi && slot->token.lo == token.lo))
            return slot;
    }
}

static bool grow(struct wf_share *s)
{
    struct wf_share bigger = {.n = s->n, .n_slots = s->n_slots ? s->n_slots * 2 : 64};

    bigger.slots = wf_alloc_zero(bigger.n_slots, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slots[i].node)
            *slot_of(&bigger, s->slots[i].token) = s->slots[i];
    wf_free(s->slots);
    *s = bigger;
    return true;
}

bool wf_share_find(struct wf_share *s, struct wf_token token, uint32_t *node)
{
    struct wf_share_slot *slot;

    if (s->n * 2 >= s->n_slots && !grow(s))
        return false;
    slot = slot_of(s, token);
    if (slot->node) {
        *node = slot->node - 1;
        return true;
    }
    *slot = (struct wf_share_slot){.token = token, .node = *node + 1};
    s->n++;
    return true;
}
