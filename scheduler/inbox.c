/* inbox.c - where strangers leave work, and workers what they cannot keep. */
#include "scheduler/inbox.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"

enum { FIRST_ROOM = 16 };

void wf_inbox_init(struct wf_inbox *b)
{
    wf_mutex_init(&b->lock);
    b->ring = NULL;
    b->first = b->n_room = b->n_promised = 0;
    wf_init(&b->n, 0);
}

void wf_inbox_fini(struct wf_inbox *b)
{
    wf_free(b->ring);
    wf_mutex_fini(&b->lock);
}

/* Room for one more than is there and promised. Under the lock. */
static bool make_room(struct wf_inbox *b)
{
    const uint32_t n = wf_load_relaxed(&b->n);
    uint32_t room = b->n_room ? b->n_room : FIRST_ROOM;
    wf_ready *ring;

    if (n + b->n_promised < b->n_room)
        return true;
    if (b->n_room)
        room *= 2;
    ring = wf_alloc_array(room, sizeof *ring);
    if (!ring)
        return false;
    for (uint32_t i = 0; i < n; i++)
        ring[i] = b->ring[(b->first + i) % b->n_room];
    wf_free(b->ring);
    b->ring = ring;
    b->first = 0;
    b->n_room = room;
    return true;
}

static void put(struct wf_inbox *b, wf_ready word, struct wf_park *park)
{
    const uint32_t n = wf_load_relaxed(&b->n);

    b->ring[(b->first + n) % b->n_room] = word;
    /* Release: who sees that there is one takes the lock, so this need not publish it; the
     * fence in wf_park_wake() orders it before the look at who sleeps. */
    wf_store_fenced(&b->n, n + 1);
    wf_park_wake(park);
    wf_wake(&b->n, 1); /* the serial runner has no park */
}

bool wf_inbox_promise(struct wf_inbox *b)
{
    bool ok;

    wf_mutex_lock(&b->lock);
    ok = make_room(b);
    b->n_promised += ok;
    wf_mutex_unlock(&b->lock);
    return ok;
}

void wf_inbox_forget(struct wf_inbox *b)
{
    wf_mutex_lock(&b->lock);
    WF_ASSERT(b->n_promised > 0);
    b->n_promised--;
    wf_mutex_unlock(&b->lock);
}

void wf_inbox_keep(struct wf_inbox *b, wf_ready word, struct wf_park *park)
{
    wf_mutex_lock(&b->lock);
    WF_ASSERT(b->n_promised > 0);
    b->n_promised--;
    put(b, word, park);
    wf_mutex_unlock(&b->lock);
}

bool wf_inbox_put(struct wf_inbox *b, wf_ready word, struct wf_park *park)
{
    bool ok;

    wf_mutex_lock(&b->lock);
    ok = make_room(b);
    if (ok)
        put(b, word, park);
    wf_mutex_unlock(&b->lock);
    return ok;
}

bool wf_inbox_take(struct wf_inbox *b, wf_ready *out)
{
    uint32_t n;

    if (!wf_inbox_has_some(b))
        return false;
    wf_mutex_lock(&b->lock);
    n = wf_load_relaxed(&b->n);
    if (n) {
        *out = b->ring[b->first];
        b->first = (b->first + 1) % b->n_room;
        wf_store_relaxed(&b->n, n - 1);
    }
    wf_mutex_unlock(&b->lock);
    return n != 0;
}
