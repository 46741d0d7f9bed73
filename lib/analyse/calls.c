/* calls.c - the stacks of a profile as a tree: who called whom, and how often each was seen so. */
#include "lib/analyse/calls.h"

#include <stdlib.h>
#include <string.h>

#include "lib/analyse/profile.h"
#include "lib/base/mem.h"

enum { MOST_ROWS = 1024 };

/* NO_CALL: no memory. */
enum { NO_CALL = 0 };

void wf_calls_fini(struct wf_calls *c)
{
    wf_free(c->list);
    *c = (struct wf_calls){0};
}

static uint32_t add_call(struct wf_calls *c, const char *name, size_t bytes, uint32_t up)
{
    struct wf_call *list = c->n < UINT32_MAX ? wf_grow(c->list, c->n, &c->room, sizeof *list) : NULL;

    if (!list)
        return NO_CALL;
    c->list = list;
    c->list[c->n] = (struct wf_call){.name = name, .bytes = bytes, .up = up};
    if (c->n) {
        c->list[c->n].row = c->list[up].row + 1;
        c->list[up].last = c->n;
    }
    c->n_rows = c->n_rows > c->list[c->n].row ? c->n_rows : c->list[c->n].row + 1;
    return c->n++;
}

/* Stacks come in the order of their frames: a call that is there already is the latest. What is beyond
 * MOST_ROWS belongs to the one that called it. */
static bool add_stack(struct wf_calls *c, const struct weft_profile_stack *stack)
{
    uint32_t at = 0;

    c->list[0].total += stack->count;
    for (const char *frame = stack->text, *end; c->list[at].row + 1 < MOST_ROWS; frame = end + 1) {
        const struct wf_call *last = &c->list[c->list[at].last];

        end = strchrnul(frame, ';');
        if (c->list[at].last && last->bytes == (size_t)(end - frame) && !memcmp(last->name, frame, last->bytes))
            at = c->list[at].last;
        else if ((at = add_call(c, frame, (size_t)(end - frame), at)) == NO_CALL)
            return false;
        c->list[at].total += stack->count;
        if (!*end)
            break;
    }
    c->list[at].self += stack->count;
    return true;
}

static int by_width(const void *a, const void *b)
{
    const struct wf_call *x = *(struct wf_call *const *)a, *y = *(struct wf_call *const *)b;

    if (x->up != y->up)
        return x->up < y->up ? -1 : 1;
    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Those that one called stand side by side. As it is before them in the list, it has its place
 * before them. */
static bool place(struct wf_calls *c)
{
    struct wf_call **order = wf_alloc_array(c->n, sizeof *order);

    if (!order)
        return false;
    for (uint32_t i = 0; i < c->n; i++)
        order[i] = &c->list[i];
    qsort(order + 1, c->n - 1, sizeof *order, by_width);
    for (uint32_t i = 1; i < c->n; i++)
        order[i]->at = i > 1 && order[i - 1]->up == order[i]->up ? order[i - 1]->at + order[i - 1]->total
                                                                : c->list[order[i]->up].at;
    wf_free(order);
    return true;
}

bool wf_calls_build(struct wf_calls *c, const weft_profile *p)
{
    const struct weft_profile_stack **sorted = wf_profile_sorted(p);
    bool ok = sorted != NULL;

    add_call(c, "all", 3, 0);
    ok = ok && c->n == 1;
    for (size_t i = 0; ok && i < weft_profile_n_stacks(p); i++)
        ok = add_stack(c, sorted[i]);
    wf_free(sorted);
    return ok && place(c);
}
