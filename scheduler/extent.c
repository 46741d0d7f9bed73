/* extent.c - which parts of a file are free. */
#include "scheduler/extent.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/mem.h"

void wf_extents_init(struct wf_extents *e, uint64_t most)
{
    *e = (struct wf_extents){.most = most};
}

void wf_extents_fini(struct wf_extents *e)
{
    wf_free(e->free);
    *e = (struct wf_extents){0};
}

void wf_extents_check(const struct wf_extents *e)
{
    uint64_t free_bytes = 0;

    for (size_t i = 0; i < e->n; i++) {
        WF_ASSERT(e->free[i].bytes);                                                                /* 1 */
        WF_ASSERT(e->free[i].at + e->free[i].bytes < (i + 1 < e->n ? e->free[i + 1].at : e->end)); /* 1 */
        free_bytes += e->free[i].bytes;
    }
    WF_ASSERT(e->used + free_bytes <= e->end && e->end <= e->most); /* 2 */
    (void)free_bytes;
}

static void drop(struct wf_extents *e, size_t i)
{
    memmove(&e->free[i], &e->free[i + 1], (e->n - i - 1) * sizeof *e->free);
    e->n--;
}

bool wf_extents_take(struct wf_extents *e, uint64_t bytes, uint64_t *at)
{
    for (size_t i = 0; i < e->n; i++) {
        struct wf_extent *f = &e->free[i];

        if (f->bytes < bytes)
            continue;
        *at = f->at;
        f->at += bytes;
        f->bytes -= bytes;
        if (!f->bytes)
            drop(e, i);
        e->used += bytes;
        return true;
    }
    if (bytes > e->most - e->end)
        return false;
    *at = e->end;
    e->end += bytes;
    e->used += bytes;
    return true;
}

/* The first free part behind `at`. */
static size_t find(const struct wf_extents *e, uint64_t at)
{
    size_t low = 0, high = e->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (e->free[middle].at > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool insert(struct wf_extents *e, size_t i, struct wf_extent part)
{
    if (e->n == e->room) {
        const size_t room = e->room ? e->room * 2 : 16;
        struct wf_extent *list = wf_realloc(e->free, room * sizeof *list);

        if (!list)
            return false;
        e->free = list;
        e->room = room;
    }
    memmove(&e->free[i + 1], &e->free[i], (e->n - i) * sizeof *e->free);
    e->free[i] = part;
    e->n++;
    return true;
}

void wf_extents_give(struct wf_extents *e, uint64_t at, uint64_t bytes)
{
    size_t i = find(e, at);
    struct wf_extent *before = i ? &e->free[i - 1] : NULL;

    if (!bytes)
        return;
    e->used -= bytes;
    if (before && before->at + before->bytes == at) {
        at = before->at;
        bytes += before->bytes;
        drop(e, --i);
    }
    if (i < e->n && at + bytes == e->free[i].at) {
        bytes += e->free[i].bytes;
        drop(e, i);
    }
    if (at + bytes == e->end)
        e->end = at;
    else
        insert(e, i, (struct wf_extent){at, bytes}); /* no memory: a part less, which nobody misses but the disk */
    if (!e->used) { /* and with the last, those come back */
        e->n = 0;
        e->end = 0;
    }
}
