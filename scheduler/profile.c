/* profile.c - who looks into the bodies of a pool, and what was seen. */
#include "scheduler/profile.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "scheduler/profile_stack.h"
#include "scheduler/profile_symbol.h"

enum { RATE_HZ = 997, MOST_HZ = 10000 };

struct weft_profiling {
    weft_pool        *pool;
    int               rate_hz;
    struct weft_error refused; /* why a thread that came later could not be looked at; WEFT_OK: none */
};

const char *wf_profile_group(struct wf_run *r, uint32_t node)
{
    /* Acquire: pairs with the release in wf_profile_stage(), which may come while the run goes on. */
    const struct wf_scene *s = wf_load_acquire(&r->scene);

    return s->names[s->group_of[node]];
}

void wf_profile_stage(weft_pool *pool, weft_future *f, uint32_t at)
{
    struct wf_run *r = &pool->runs[at];

    if (!wf_probes_going(&pool->probes))
        return;
    if (!f->scene && (f->scene = wf_scene_new(f->plan))) {
        f->scene->place = at;
        f->scene->begin = f->begin.ticks;
    }
    if (!f->scene)
        return; /* no memory: its bodies are not seen */
    wf_store_release(&r->scene, f->scene);
    wf_or(&r->flags, WF_RUN_PROFILED);
}

/* ---- Threads ------------------------------------------------------------------------ */

void wf_probes_init(struct wf_probes *ps)
{
    wf_mutex_init(&ps->lock);
    ps->first = NULL;
    wf_init(&ps->going, NULL);
}

void wf_probes_fini(struct wf_probes *ps)
{
    wf_mutex_fini(&ps->lock);
}

/* Under the lock. */
static weft_status look_at(struct wf_probe *p, int rate_hz, struct weft_error *err)
{
    if (!p->tally)
        p->tally = wf_stacks_new();
    return p->tally ? wf_probe_arm(p, rate_hz, err) : wf_error_nomem(err, "the stacks of a profile");
}

void wf_probes_enter(struct wf_probes *ps, struct wf_probe *p)
{
    weft_profiling *going;
    struct weft_error err;

    wf_mutex_lock(&ps->lock);
    if (!p->is_listed) {
        p->next = ps->first;
        ps->first = p;
        p->is_listed = true;
    }
    wf_probe_enter(p);
    going = wf_load_relaxed(&ps->going);
    if (going && p->is_here && look_at(p, going->rate_hz, &err))
        going->refused = err;
    wf_mutex_unlock(&ps->lock);
}

void wf_probes_leave(struct wf_probes *ps, struct wf_probe *p)
{
    wf_mutex_lock(&ps->lock);
    wf_probe_leave(p);
    wf_mutex_unlock(&ps->lock);
}

/* ---- Begin ----------------------------------------------------------------------------- */

/* Runs that go on already: what begins in them from now on is seen. */
static void show_those_that_run(weft_pool *pool)
{
    wf_mutex_lock(&pool->lock);
    for (uint64_t live = wf_load_relaxed(&pool->live); live; live &= live - 1) {
        const uint32_t at = (uint32_t)__builtin_ctzll(live);

        if (pool->runs[at].future)
            wf_profile_stage(pool, pool->runs[at].future, at);
    }
    wf_mutex_unlock(&pool->lock);
}

/* Nobody writes tallies any more; they stay for who reads them. Under the lock. */
static void stop(struct wf_probes *ps)
{
    for (struct wf_probe *p = ps->first; p; p = p->next)
        wf_probe_disarm(p);
    wf_store_release(&ps->going, NULL);
}

static void free_tallies(struct wf_probes *ps)
{
    for (struct wf_probe *p = ps->first; p; p = p->next) {
        wf_stacks_free(p->tally);
        p->tally = NULL;
    }
}

static weft_status start(struct wf_probes *ps, weft_profiling *going, struct weft_error *err)
{
    weft_status st = wf_probe_take_signal(err);

    if (st)
        return st;
    for (struct wf_probe *p = ps->first; !st && p; p = p->next)
        st = p->is_here ? look_at(p, going->rate_hz, err) : WEFT_OK;
    if (st) {
        stop(ps);
        free_tallies(ps);
        wf_probe_give_signal();
    } else {
        wf_store_release(&ps->going, going);
    }
    return st;
}

weft_status weft_profile_begin(weft_profiling **out, weft_pool *pool, const struct weft_profile_spec *spec,
                               struct weft_error *err)
{
    const int rate_hz = spec && spec->rate_hz ? spec->rate_hz : RATE_HZ;
    weft_profiling *going;
    weft_status st = wf_pool_may_run(pool, err);

    if (st)
        return st;
    if (rate_hz < 1 || rate_hz > MOST_HZ)
        return weft_error_set(err, WEFT_INVALID, "a profile of %d looks a second: 1 to %d can be had", rate_hz, (int)MOST_HZ);
    if (WF_TSAN)
        return weft_error_set(err, WEFT_UNSUPPORTED, "a profile under the thread sanitizer, which delivers signals late");
    if (pool->kind == WEFT_POOL_PROCESSES)
        return weft_error_set(err, WEFT_UNSUPPORTED, "a profile of a pool of processes: bodies run in children, where "
                              "nobody looks; a pool of threads can be profiled");
    going = wf_alloc_zero(1, sizeof *going);
    if (!going)
        return wf_error_nomem(err, "a profile");
    going->pool = pool;
    going->rate_hz = rate_hz;
    wf_mutex_lock(&pool->probes.lock);
    if (wf_load_relaxed(&pool->probes.going))
        st = weft_error_set(err, WEFT_INVALID, "a second profile of one pool: another goes on");
    else
        st = start(&pool->probes, going, err);
    wf_mutex_unlock(&pool->probes.lock);
    if (st) {
        wf_free(going);
        return st;
    }
    /* A serial pool holds its lock while it runs. */
    if (pool->kind != WEFT_POOL_SERIAL)
        show_those_that_run(pool);
    *out = going;
    return WEFT_OK;
}

/* ---- End ------------------------------------------------------------------------------- */

enum { MOST_NAME = 256, MOST_STACK = (WF_MOST_FRAMES + 1) * MOST_NAME };

/* Names of addresses that were met; keys lie in the tallies. */
struct naming {
    struct wf_symbols symbols;
    struct wf_map     names;
    char             *stack; /* MOST_STACK bytes */
};

/* Given by the map; NULL: no memory. */
static const char *name_of(struct naming *n, const uintptr_t *frame)
{
    const uint64_t *found = wf_map_find(&n->names, frame, sizeof *frame);
    char text[MOST_NAME];
    bool fresh;
    char *own;

    if (*frame == WF_FRAMES_MISSING)
        return "[...]";
    if (found)
        return (const char *)(uintptr_t)*found;
    own = wf_strdup(wf_symbols_name(&n->symbols, *frame, text, sizeof text));
    if (own && !wf_map_put(&n->names, frame, sizeof *frame, (uintptr_t)own, &fresh)) {
        wf_free(own);
        own = NULL;
    }
    return own;
}

/* A group is a name that users chose. */
static size_t put_group(char *to, const char *group)
{
    size_t n = 0;

    for (; group[n]; n++)
        to[n] = group[n] == ';' ? ':' : (unsigned char)group[n] < ' ' || group[n] == 127 ? '?' : group[n];
    if (!n)
        to[n++] = '?';
    to[n] = '\0';
    return n;
}

static weft_status add_record(weft_profile *p, struct naming *n, const struct wf_stacks_record *r, struct weft_error *err)
{
    size_t at = put_group(n->stack, r->group);
    const char *before = "";

    for (uint32_t i = r->n_frames; i-- > 0;) {
        const char *name = name_of(n, &r->frames[i]);

        if (!name)
            return wf_error_nomem(err, "the names of a profile");
        if (name[0] == '[' && !strcmp(name, before))
            continue; /* one box for all that is not known of a library */
        before = name;
        at += (size_t)snprintf(n->stack + at, MOST_STACK - at, ";%s", name);
    }
    return weft_profile_add(p, n->stack, r->count, err);
}

static void free_names(struct naming *n)
{
    for (size_t i = 0; i < n->names.n_slots; i++)
        if (n->names.slots[i].key)
            wf_free((void *)(uintptr_t)n->names.slots[i].number);
    wf_map_fini(&n->names);
}

/* Under the lock. */
static weft_status gather(weft_profile *p, const struct wf_probes *ps, int rate_hz, struct weft_error *err)
{
    struct weft_profile_about about = {.rate_hz = rate_hz};
    struct naming n = {.stack = wf_alloc(MOST_STACK)};
    weft_status st = n.stack ? WEFT_OK : wf_error_nomem(err, "the names of a profile");

    wf_map_init(&n.names);
    wf_symbols_open(&n.symbols);
    for (const struct wf_probe *probe = ps->first; !st && probe; probe = probe->next) {
        const struct wf_stacks_record *r = NULL;

        if (!probe->tally)
            continue;
        about.n_outside += probe->tally->n_outside;
        about.n_lost += probe->tally->n_lost;
        about.n_looks += probe->tally->n_looks;
        while (!st && (r = wf_stacks_next(probe->tally, r)))
            st = add_record(p, &n, r, err);
    }
    wf_symbols_close(&n.symbols);
    free_names(&n);
    wf_free(n.stack);
    weft_profile_tell(p, &about);
    return st;
}

weft_status weft_profile_end(weft_profiling *going, weft_profile **out, struct weft_error *err)
{
    struct wf_probes *ps = &going->pool->probes;
    weft_profile *seen = NULL;
    weft_status st = WEFT_OK;

    wf_mutex_lock(&ps->lock);
    stop(ps);
    /* Who calls a serial pool may never come again. */
    for (struct wf_probe *p = ps->first; p && going->pool->kind == WEFT_POOL_SERIAL; p = p->next)
        wf_probe_forget(p);
    wf_probe_give_signal();
    if (going->refused.status) {
        st = going->refused.status;
        if (err)
            *err = going->refused;
    }
    if (!st && out)
        st = weft_profile_new(&seen, err);
    if (!st && out)
        st = gather(seen, ps, going->rate_hz, err);
    free_tallies(ps);
    wf_mutex_unlock(&ps->lock);
    wf_free(going);
    if (!st && out) {
        *out = seen;
        seen = NULL;
    }
    weft_profile_free(seen);
    return st;
}
