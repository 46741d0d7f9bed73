/* live.c - what a pool does now, for who looks from outside. */
#include "scheduler/live.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"
#include "scheduler/pool.h"
#include "scheduler/sample.h"

enum {
    BATCH = 8192,           /* records read at once */
    MOST_EVENTS = 1 << 15,  /* told by one look; then the rest is only counted */
    MOST_OPEN = 256,        /* bodies not yet known to lie within another */
    PARTS = 2000,           /* bodies shorter than this part of the time between two looks are told together */
};

/* A run as this one sees it. */
struct act {
    struct act      *next;
    struct wf_scene *scene;
    bool             closing;   /* it had ended when the present look began */
    uint32_t        *group_of;  /* a group of the scene: of ours */
    uint64_t        *n_done;    /* of a group of the scene */
    uint64_t         n_missed;  /* before the look in which it came: of it none */
};

struct interval {
    uint64_t begin, end;
};

struct eye {
    uint64_t        seen;       /* records */
    struct interval inner[MOST_OPEN]; /* the latest bodies, by begin: what may lie within one that ends later */
    size_t          n_inner;
    int64_t         busy_ticks; /* of bodies that have ended */
    int64_t         busy_before;/* with the present one, at the look before */
};

struct weft_live {
    weft_live        *next;     /* of the pool; guarded by its lock */
    weft_pool        *pool;
    struct wf_moment  opened;
    int64_t           looked_ns;
    struct act *_Atomic incoming;
    struct act       *waiting;   /* have come, in their order, and are not met: no memory */
    struct act       *acts[WF_MAX_RUNS]; /* by place, the oldest first */
    struct wf_map     group_by_name;
    struct weft_live_group  *groups;
    size_t            n_groups, room_groups;
    struct wf_map     link_by_ends;
    struct weft_live_link   *links;
    size_t            n_links, room_links;
    struct weft_live_worker *workers;
    struct eye       *eyes;
    struct wf_record *batch;
    struct weft_live_event  *events;
    size_t            n_events;
    uint64_t          n_missed, missed_before; /* in all; before the present look */
    uint64_t          n_begun, n_ended;
    struct weft_error last_error;
    struct wf_sampler sampler;
};

/* ---- Runs come -------------------------------------------------------------------- */

static void free_act(struct act *a)
{
    if (!a)
        return;
    wf_scene_release(a->scene);
    wf_free(a->group_of);
    wf_free(a->n_done);
    wf_free(a);
}

static void free_acts(struct act *a)
{
    for (struct act *next; a; a = next) {
        next = a->next;
        free_act(a);
    }
}

static void push(weft_live *live, struct wf_scene *scene)
{
    struct act *a = wf_alloc_zero(1, sizeof *a);

    if (a)
        a->group_of = wf_alloc_array(scene->n_groups, sizeof *a->group_of);
    if (a)
        a->n_done = wf_alloc_zero(scene->n_groups, sizeof *a->n_done);
    if (!a || !a->group_of || !a->n_done) {
        free_act(a); /* that run is not told */
        return;
    }
    a->scene = wf_scene_retain(scene);
    a->next = wf_load_relaxed(&live->incoming);
    /* Release in it: who takes the act sees it whole. */
    while (!wf_cas(&live->incoming, &a->next, a))
        ;
}

void wf_live_show(weft_pool *pool, struct wf_scene *scene)
{
    for (weft_live *live = pool->lives; live; live = live->next)
        push(live, scene);
}

/* The number of the group of this name, new if need be; UINT32_MAX: no memory. */
static uint32_t group_at(weft_live *live, const char *name)
{
    const size_t bytes = strlen(name);
    uint64_t *found = wf_map_find(&live->group_by_name, name, bytes);
    struct weft_live_group *grown;
    bool fresh;
    char *own;

    if (found)
        return (uint32_t)*found;
    grown = wf_grow(live->groups, live->n_groups, &live->room_groups, sizeof *grown);
    if (!grown)
        return UINT32_MAX;
    live->groups = grown;
    own = wf_alloc(bytes + 1);
    if (!own)
        return UINT32_MAX;
    memcpy(own, name, bytes + 1);
    if (!wf_map_put(&live->group_by_name, own, bytes, live->n_groups, &fresh)) {
        wf_free(own);
        return UINT32_MAX;
    }
    live->groups[live->n_groups] = (struct weft_live_group){.name = own};
    return (uint32_t)live->n_groups++;
}

/* Keys of the map are ends of links, which move as the list grows: so it is made anew then. */
static bool grow_links(weft_live *live)
{
    struct weft_live_link *grown = wf_grow(live->links, live->n_links, &live->room_links, sizeof *grown);
    bool fresh, ok = grown != NULL;

    if (!ok)
        return false;
    live->links = grown;
    wf_map_fini(&live->link_by_ends);
    wf_map_init(&live->link_by_ends);
    for (size_t i = 0; i < live->n_links; i++)
        ok = wf_map_put(&live->link_by_ends, &grown[i], 2 * sizeof grown->from, i, &fresh) && ok;
    return ok;
}

static void add_link(weft_live *live, uint32_t from, uint32_t to, uint64_t n)
{
    struct weft_live_link link = {.from = from, .to = to, .n = n};
    const uint64_t *found = wf_map_find(&live->link_by_ends, &link, 2 * sizeof link.from);
    bool fresh;

    if (found) {
        live->links[*found].n += n;
        return;
    }
    if (live->n_links == live->room_links && !grow_links(live))
        return;
    live->links[live->n_links] = link;
    if (wf_map_put(&live->link_by_ends, &live->links[live->n_links], 2 * sizeof link.from, live->n_links, &fresh))
        live->n_links++;
}

/* False: no memory; it is tried again. */
static bool meet(weft_live *live, struct act *a)
{
    const struct wf_scene *s = a->scene;

    for (uint32_t g = 0; g < s->n_groups; g++) {
        a->group_of[g] = group_at(live, s->names[g]);
        if (a->group_of[g] == UINT32_MAX)
            return false;
    }
    for (uint32_t g = 0; g < s->n_groups; g++) {
        live->groups[a->group_of[g]].n_tasks += s->n_tasks[g];
        live->groups[a->group_of[g]].n_open += s->n_tasks[g];
        for (uint32_t to = 0; s->links && to < s->n_groups; to++)
            if (s->links[(size_t)g * s->n_groups + to])
                add_link(live, a->group_of[g], a->group_of[to], s->links[(size_t)g * s->n_groups + to]);
    }
    return true;
}

/* To the end of the list. */
static void append(struct act **list, struct act *a)
{
    while (*list)
        list = &(*list)->next;
    *list = a;
}

/* What has come since, in its order. */
static weft_status take_incoming(weft_live *live)
{
    /* Acquire: what was pushed is whole. */
    struct act *last = wf_swap(&live->incoming, NULL), *first = NULL, *next;

    for (; last; last = next) {
        next = last->next;
        last->next = first;
        first = last;
    }
    append(&live->waiting, first);
    for (; (first = live->waiting); live->n_begun++) {
        if (!meet(live, first))
            return WEFT_NOMEM;
        live->waiting = first->next;
        first->n_missed = live->missed_before;
        first->next = NULL;
        append(&live->acts[first->scene->place], first);
    }
    return WEFT_OK;
}

/* ---- Runs go ------------------------------------------------------------------------ */

static void mark_closing(weft_live *live)
{
    for (int i = 0; i < WF_MAX_RUNS; i++)
        for (struct act *a = live->acts[i]; a; a = a->next)
            /* Acquire: all it noted can be read from now on. */
            a->closing = wf_load_acquire(&a->scene->ended);
}

/* All that was noted of it has been read. What was not seen has not run, or was missed. */
static void close_act(weft_live *live, const struct act *a)
{
    const struct wf_scene *s = a->scene;
    const bool missed = live->n_missed > a->n_missed;

    for (uint32_t g = 0; g < s->n_groups; g++) {
        struct weft_live_group *group = &live->groups[a->group_of[g]];
        const uint64_t rest = s->n_tasks[g] > a->n_done[g] ? s->n_tasks[g] - a->n_done[g] : 0;

        group->n_done += missed ? rest : 0;
        group->n_skipped += missed ? 0 : rest;
        group->n_open -= s->n_tasks[g];
        group->n_open_done -= a->n_done[g];
    }
    live->n_ended++;
    if (s->status) {
        live->last_error = (struct weft_error){.status = s->status};
        if (s->error)
            live->last_error = *s->error;
    }
}

static void close_acts(weft_live *live)
{
    for (int i = 0; i < WF_MAX_RUNS; i++)
        for (struct act **at = &live->acts[i]; *at;) {
            struct act *a = *at;

            if (!a->closing) {
                at = &a->next;
                continue;
            }
            close_act(live, a);
            *at = a->next;
            free_act(a);
        }
}

/* ---- What workers have noted ---------------------------------------------------------- */

static struct act *act_of(const weft_live *live, uint32_t place, uint64_t begin, uint64_t end)
{
    struct act *a = place < WF_MAX_RUNS ? live->acts[place] : NULL;

    for (; a; a = a->next)
        /* A moment in common will do: the clocks of two cores may differ a little. */
        if (end >= a->scene->begin && (!wf_load_acquire(&a->scene->ended) || begin <= a->scene->end))
            break;
    return a;
}

/* Ticks of a body less those of bodies within it, which were noted before it. */
static uint64_t own_ticks(struct eye *e, const struct wf_record *r)
{
    uint64_t inner = 0;

    while (e->n_inner && e->inner[e->n_inner - 1].begin >= r->begin) {
        e->n_inner--;
        inner += e->inner[e->n_inner].end - e->inner[e->n_inner].begin;
    }
    if (e->n_inner == MOST_OPEN) {
        memmove(e->inner, e->inner + MOST_OPEN / 2, MOST_OPEN / 2 * sizeof *e->inner);
        e->n_inner = MOST_OPEN / 2;
    }
    e->inner[e->n_inner++] = (struct interval){r->begin, r->end};
    return r->end - r->begin > inner ? r->end - r->begin - inner : 0;
}

static void tell_event(weft_live *live, const struct weft_live_event *e, int64_t short_ns)
{
    struct weft_live_event *last = live->n_events ? &live->events[live->n_events - 1] : NULL;

    if (last && last->worker == e->worker && last->group == e->group && last->kind == e->kind && last->flags == e->flags &&
        wf_event_is_body(e->kind) && e->begin_ns - last->end_ns < short_ns && e->end_ns - e->begin_ns < short_ns &&
        e->begin_ns >= last->begin_ns) {
        last->end_ns = e->end_ns;
        last->busy_ns += e->busy_ns;
        last->n += e->n;
    } else if (live->n_events < MOST_EVENTS) {
        live->events[live->n_events++] = *e;
    }
}

static void see(weft_live *live, int worker, const struct wf_record *r, struct wf_moment now, int64_t short_ns)
{
    struct eye *eye = &live->eyes[worker];
    const struct act *a = r->node == UINT32_MAX ? NULL : act_of(live, r->place, r->begin, r->end);
    const uint32_t of = a && r->node < a->scene->n_nodes ? a->scene->group_of[r->node] : UINT32_MAX;
    struct weft_live_event e = {.begin_ns = wf_moment_ns(r->begin, live->opened, now),
                                .end_ns = wf_moment_ns(r->end, live->opened, now), .n = 1,
                                .group = of == UINT32_MAX ? of : a->group_of[of], .worker = (uint16_t)worker,
                                .kind = r->kind, .flags = r->flags};

    if (wf_event_is_body(r->kind)) {
        const uint64_t ticks = own_ticks(eye, r);

        e.busy_ns = wf_moment_ns(live->opened.ticks + ticks, live->opened, now);
        eye->busy_ticks += (int64_t)ticks;
        live->workers[worker].n_tasks += r->kind == WEFT_EVENT_TASK;
    }
    if (wf_event_is_body(r->kind) && e.group != UINT32_MAX) {
        struct weft_live_group *group = &live->groups[e.group];

        group->busy_ns += e.busy_ns;
        group->n_failed += r->kind == WEFT_EVENT_TASK && r->flags & WEFT_EVENT_FAILED;
        /* One that is tried again counts once. */
        if (r->kind == WEFT_EVENT_TASK && a->n_done[of] < a->scene->n_tasks[of]) {
            group->n_done++;
            group->n_open_done++;
            a->n_done[of]++;
        }
    }
    tell_event(live, &e, short_ns);
}

static weft_status read_worker(weft_live *live, int worker, struct wf_moment now, int64_t short_ns)
{
    struct wf_tracer *t = &live->pool->workers[worker].tracer;
    const uint64_t until = wf_tracer_end_of(t);
    weft_status st = WEFT_OK;

    /* Not what is noted meanwhile: a fast worker could keep us here. */
    while (!st && live->eyes[worker].seen < until) {
        const size_t n = wf_tracer_since(t, &live->eyes[worker].seen, live->batch, BATCH, &live->n_missed);

        /* Whose it is was shown before it was noted; without memory for that it is read again. */
        st = take_incoming(live);
        if (st)
            live->eyes[worker].seen -= n;
        for (size_t i = 0; !st && i < n; i++)
            see(live, worker, &live->batch[i], now, short_ns);
    }
    return st;
}

/* ---- Workers now ------------------------------------------------------------------------ */

static void look_at_worker(weft_live *live, int worker, struct wf_moment now, int64_t since_ns)
{
    struct weft_live_worker *w = &live->workers[worker];
    struct wf_tracer *t = &live->pool->workers[worker].tracer;
    struct eye *eye = &live->eyes[worker];
    const uint64_t doing = wf_load_acquire(&t->now), since = wf_load_relaxed(&t->since);
    const uint32_t node = (uint32_t)doing;
    const struct act *a = wf_is_task_now(doing) ? act_of(live, (uint32_t)(doing >> 32), since, now.ticks) : NULL;
    int64_t busy_ticks = eye->busy_ticks;
    double load;

    w->pu = live->pool->pins ? live->pool->workers[worker].pu : -1;
    w->group = a && node < a->scene->n_nodes ? a->group_of[a->scene->group_of[node]] : UINT32_MAX;
    w->idle = doing != WF_NOTHING_NOW && !wf_is_task_now(doing) ? (int)(WF_SLEEPS_NOW(0) - doing) : -1;
    w->since_ns = doing == WF_NOTHING_NOW ? wf_moment_ns(now.ticks, live->opened, now) : wf_moment_ns(since, live->opened, now);
    if (wf_is_task_now(doing) && now.ticks > since)
        busy_ticks += (int64_t)(now.ticks - since);
    if (w->group != UINT32_MAX)
        live->groups[w->group].n_running++;
    w->busy_ns = wf_moment_ns(live->opened.ticks + (uint64_t)busy_ticks, live->opened, now);
    load = since_ns > 0 ? (double)(w->busy_ns - eye->busy_before) / (double)since_ns : 0;
    w->load = load < 0 ? 0 : load > 1 ? 1 : load;
    eye->busy_before = w->busy_ns;
}

weft_status weft_live_look(weft_live *live, struct weft_live_now *out)
{
    const struct wf_moment now = wf_moment_now();
    const int64_t now_ns = now.ns - live->opened.ns, since_ns = now_ns - live->looked_ns;
    weft_status st;

    live->n_events = 0;
    live->missed_before = live->n_missed;
    st = take_incoming(live);
    mark_closing(live);
    for (int i = 0; !st && i < live->pool->n_workers; i++)
        st = read_worker(live, i, now, since_ns / PARTS);
    if (!st)
        close_acts(live);
    for (size_t g = 0; g < live->n_groups; g++)
        live->groups[g].n_running = 0;
    for (int i = 0; i < live->pool->n_workers; i++)
        look_at_worker(live, i, now, since_ns);
    live->looked_ns = now_ns;
    *out = (struct weft_live_now){
        .now_ns = now_ns, .n_runs_begun = live->n_begun, .n_runs_ended = live->n_ended, .last_error = live->last_error,
        .sample = wf_sample(&live->sampler, live->pool), .groups = live->groups, .n_groups = live->n_groups,
        .links = live->links, .n_links = live->n_links, .workers = live->workers, .n_workers = live->pool->n_workers,
        .events = live->events, .n_events = live->n_events, .n_missed = live->n_missed};
    for (size_t g = 0; g < live->n_groups; g++)
        out->n_failed += live->groups[g].n_failed;
    out->sample.at_ns -= live->opened.ns;
    weft_pool_memory(live->pool, &out->memory);
    return st;
}

/* ---- Its life ------------------------------------------------------------------------------ */

static void free_live(weft_live *live)
{
    free_acts(wf_load_acquire(&live->incoming));
    free_acts(live->waiting);
    for (int i = 0; i < WF_MAX_RUNS; i++)
        free_acts(live->acts[i]);
    for (size_t g = 0; g < live->n_groups; g++)
        wf_free((void *)(uintptr_t)live->groups[g].name);
    wf_map_fini(&live->group_by_name);
    wf_map_fini(&live->link_by_ends);
    wf_free(live->groups);
    wf_free(live->links);
    wf_free(live->workers);
    wf_free(live->eyes);
    wf_free(live->batch);
    wf_free(live->events);
    wf_free(live);
}

/* Runs that go on already. Their plans are there, for their end takes the lock, too. */
static void show_those_that_run(weft_pool *pool)
{
    for (uint64_t live = wf_load_relaxed(&pool->live); live; live &= live - 1) {
        const uint32_t at = (uint32_t)__builtin_ctzll(live);
        weft_future *f = pool->runs[at].future;

        if (f && !f->scene)
            wf_pool_stage(pool, f, at);
    }
}

weft_status weft_live_open(weft_live **out, weft_pool *pool, struct weft_error *err)
{
    weft_live *live;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!pool->traces)
        return weft_error_set(err, WEFT_INVALID, "this pool was made without .trace");
    live = wf_alloc_zero(1, sizeof *live);
    if (!live)
        return wf_error_nomem(err, "a look at a pool");
    live->pool = pool;
    wf_map_init(&live->group_by_name);
    wf_map_init(&live->link_by_ends);
    live->workers = wf_alloc_zero((size_t)pool->n_workers, sizeof *live->workers);
    live->eyes = wf_alloc_zero((size_t)pool->n_workers, sizeof *live->eyes);
    live->batch = wf_alloc_array(BATCH, sizeof *live->batch);
    live->events = wf_alloc_array(MOST_EVENTS, sizeof *live->events);
    if (!live->workers || !live->eyes || !live->batch || !live->events) {
        free_live(live);
        return wf_error_nomem(err, "a look at a pool");
    }
    wf_sample(&live->sampler, pool); /* the first look tells of the time since */
    wf_mutex_lock(&pool->lock);
    live->opened = wf_moment_now();
    for (int i = 0; i < pool->n_workers; i++)
        live->eyes[i].seen = wf_tracer_end_of(&pool->workers[i].tracer);
    live->next = pool->lives;
    pool->lives = live;
    for (uint64_t at = wf_load_relaxed(&pool->live); at; at &= at - 1) {
        const weft_future *f = pool->runs[__builtin_ctzll(at)].future;

        if (f && f->scene)
            push(live, f->scene);
    }
    show_those_that_run(pool);
    /* Relaxed: a run that is entered meanwhile may not be told. */
    wf_store_relaxed(&pool->is_watched, true);
    wf_mutex_unlock(&pool->lock);
    *out = live;
    return WEFT_OK;
}

void weft_live_close(weft_live *live)
{
    weft_pool *pool = live ? live->pool : NULL;
    weft_live **at;

    if (!live)
        return;
    wf_mutex_lock(&pool->lock);
    for (at = &pool->lives; *at != live; at = &(*at)->next)
        ;
    *at = live->next;
    wf_store_relaxed(&pool->is_watched, pool->lives != NULL);
    wf_mutex_unlock(&pool->lock);
    free_live(live);
}
