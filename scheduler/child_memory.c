/* child_memory.c - the memory of spawned tasks, which goes round among workers. */
#include "scheduler/child.h"

#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"

enum { CHILDREN_A_BLOCK = 32 };

struct wf_child_block {
    struct wf_child_block *older;
    _Alignas(64) struct weft_child of[CHILDREN_A_BLOCK];
};

void wf_child_free_blocks(struct wf_child_block *blocks)
{
    while (blocks) {
        struct wf_child_block *older = blocks->older;

        wf_free(blocks);
        blocks = older;
    }
}

/* Where one worker spawns and another ends, what is free goes round by the pool. A batch
 * hangs on its first. */
static void lend_batch(struct wf_worker *w)
{
    struct weft_child *first = w->free_children, *last = first;

    for (int i = 1; i < CHILDREN_A_BLOCK; i++)
        last = last->sibling;
    w->free_children = last->sibling;
    w->n_free_children -= CHILDREN_A_BLOCK;
    last->sibling = NULL;
    wf_mutex_lock(&w->pool->lock);
    first->children = w->pool->free_children;
    w->pool->free_children = first;
    wf_mutex_unlock(&w->pool->lock);
}

static bool borrow_batch(struct wf_worker *w)
{
    struct weft_child *first;

    if (w->alone)
        return false; /* none is ever lent; and a serial pool holds its lock */
    wf_mutex_lock(&w->pool->lock);
    first = w->pool->free_children;
    w->pool->free_children = first ? first->children : NULL;
    wf_mutex_unlock(&w->pool->lock);
    w->free_children = first;
    w->n_free_children = first ? CHILDREN_A_BLOCK : 0;
    return first != NULL;
}

static void put_free(struct wf_worker *w, struct weft_child *c)
{
    c->sibling = w->free_children;
    w->free_children = c;
    if (++w->n_free_children >= 2 * CHILDREN_A_BLOCK && !w->alone)
        lend_batch(w);
}

void wf_child_free(struct wf_worker *w, struct weft_child *c)
{
    weft_value_release(c->value);
    wf_free(c->err);
    put_free(w, c);
}

static bool add_block(struct wf_worker *w)
{
    struct wf_child_block *b = wf_alloc_aligned(sizeof *b);

    if (!b)
        return false;
    memset(b, 0, sizeof *b);
    b->older = w->child_blocks;
    w->child_blocks = b;
    for (int i = CHILDREN_A_BLOCK; i-- > 0;) {
        b->of[i].sibling = w->free_children;
        w->free_children = &b->of[i];
    }
    w->n_free_children = CHILDREN_A_BLOCK;
    return true;
}

struct weft_child *wf_child_new(struct wf_worker *w, enum wf_child_kind kind, struct weft_child *up)
{
    struct weft_child *c;

    if (!w->free_children && !borrow_batch(w) && !add_block(w))
        return NULL;
    c = w->free_children;
    w->free_children = c->sibling;
    w->n_free_children--;
    /* Relaxed, and one by one: a thief may be reading of an earlier life. */
    wf_store_relaxed(&c->up, up);
    wf_store_relaxed(&c->depth, up ? wf_load_relaxed(&up->depth) + 1 : 0);
    wf_store_relaxed(&c->n_open, WF_OPEN_BODY);
    wf_store_relaxed(&c->holds, WF_HOLD_LIFE);
    wf_store_relaxed(&c->stop, 0);
    wf_store_relaxed(&c->waiters, NULL);
    wf_store_relaxed(&c->failed, NULL);
    wf_store_relaxed(&c->has_units, false);
    c->n_spawned = 0;
    c->n_numbers = c->n_before = 0;
    c->held = NULL;
    c->kind = kind;
    c->status = WEFT_OK;
    c->handled = c->closed = false;
    c->err = NULL;
    c->value = weft_value_none();
    c->later = NULL;
    c->children = c->sibling = NULL;
    c->next = NULL;
    return c;
}
