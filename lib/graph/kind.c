/* kind.c - what the tasks of one loop have in common, kept once. */
#include "lib/graph/graph.h"

#include <string.h>

#include "lib/base/mem.h"

/* `other` has no name when the symbol is to be taken: finding that takes longer than
 * all the rest of adding a task, so it is done once a kind. */
static bool is_kind(const struct wf_kind *k, const struct wf_kind *other)
{
    return k->body == other->body && k->line == other->line && k->file == other->file &&
           k->layer == other->layer && k->flags == other->flags &&
           k->n_results == other->n_results && k->priority == other->priority && k->terms == other->terms &&
           k->by_symbol == !other->name &&
           (!other->name || strcmp(k->name, other->name) == 0);
}

static uint32_t kind_hash(const struct wf_kind *k, const char *name)
{
    const uint64_t fields[] = {(uint64_t)(uintptr_t)k->body, (uint64_t)(uintptr_t)k->file,
                               (uint64_t)k->line << 32 | k->layer,
                               (uint64_t)k->flags << 32 | k->n_results, (uint64_t)k->priority,
                               (uint64_t)(uintptr_t)k->terms};

    return (uint32_t)wf_mix(wf_hash(fields, sizeof fields) ^ (name ? wf_hash(name, strlen(name)) : 0));
}

static bool grow_kinds(weft_graph *g)
{
    const uint32_t room = g->room_kinds ? g->room_kinds * 2 : 8;
    struct wf_kind *kinds = wf_realloc(g->kinds, room * sizeof *kinds);
    uint32_t *slots;

    if (!kinds)
        return false;
    g->kinds = kinds;
    slots = wf_alloc_zero(room * 2, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < g->n_kinds; i++) {
        uint32_t at = kind_hash(&kinds[i], kinds[i].by_symbol ? NULL : kinds[i].name);

        while (slots[at & (room * 2 - 1)])
            at++;
        slots[at & (room * 2 - 1)] = i + 1;
    }
    wf_free(g->kind_slots);
    g->kind_slots = slots;
    g->n_kind_slots = room * 2;
    g->room_kinds = room;
    return true;
}

const char *wf_body_symbol(weft_body *body, struct weft_body_name *where)
{
    return !weft_body_name(body, where, NULL) && where->symbol[0] ? where->symbol : "task";
}

uint32_t wf_graph_kind(weft_graph *g, const struct wf_kind *kind)
{
    struct weft_body_name where;
    uint32_t at;
    char *name;

    /* A loop builds tasks of one kind, so the last one found is tried first. */
    if (g->last_kind != UINT32_MAX && is_kind(&g->kinds[g->last_kind], kind))
        return g->last_kind;
    if (g->n_kinds == g->room_kinds && !grow_kinds(g))
        return UINT32_MAX;
    at = kind_hash(kind, kind->name);
    for (; g->kind_slots[at & (g->n_kind_slots - 1)]; at++) {
        const uint32_t number = g->kind_slots[at & (g->n_kind_slots - 1)] - 1;

        if (is_kind(&g->kinds[number], kind))
            return g->last_kind = number;
    }
    name = wf_graph_strdup(g, kind->name ? kind->name : wf_body_symbol(kind->body, &where));
    if (!name)
        return UINT32_MAX;
    g->kinds[g->n_kinds] = *kind;
    g->kinds[g->n_kinds].name = name;
    g->kinds[g->n_kinds].by_symbol = !kind->name;
    g->has_several |= kind->n_results > 1;
    g->has_priority |= kind->priority != 0;
    if (kind->flags & WEFT_PURE)
        g->kinds[g->n_kinds].token = wf_body_token(kind->body, &g->kinds[g->n_kinds].is_known);
    g->kind_slots[at & (g->n_kind_slots - 1)] = g->n_kinds + 1;
    return g->last_kind = g->n_kinds++;
}
