/* trace.c - what each worker did, without slowing it. */
#include "scheduler/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"

enum { MOST_PER_BLOCK = 8192, LEAST_PER_BLOCK = 4 };

/* The one that follows. Acquire: it is as it was made. */
static struct wf_trace_block *next_of(const struct wf_trace_block *b)
{
    return wf_load_acquire(&((struct wf_trace_block *)b)->next);
}

/* A block as one who reads sees it, going from one to the next. */
struct part {
    const struct wf_trace_block *block;
    const struct wf_trace_block *next;
    uint32_t                     n;
};

/* Next before n: where there is a next one this one is full, and must be seen to be, or what comes after
 * it would be read before its last. Acquire: the records are there. */
static struct part part_of(const struct wf_trace_block *b)
{
    struct part p = {.block = b};

    if (b) {
        p.next = next_of(b);
        p.n = wf_load_acquire(&((struct wf_trace_block *)b)->n);
    }
    return p;
}

static struct wf_trace_block *new_block(uint32_t room)
{
    struct wf_trace_block *b = wf_alloc(sizeof *b + room * sizeof *b->records);

    if (b) {
        wf_init(&b->next, NULL);
        wf_init(&b->n, 0);
        b->first = 0;
    }
    return b;
}

bool wf_tracer_init(struct wf_tracer *t, size_t n_events)
{
    const size_t quarter = n_events / 4 < MOST_PER_BLOCK ? n_events / 4 : MOST_PER_BLOCK;

    t->per_block = (uint32_t)(quarter > LEAST_PER_BLOCK ? quarter : LEAST_PER_BLOCK);
    t->most_blocks = (n_events + t->per_block - 1) / t->per_block + 1;
    t->n_blocks = 1;
    t->first = t->block = new_block(t->per_block);
    wf_init(&t->now, WF_NOTHING_NOW);
    wf_init(&t->since, 0);
    wf_mutex_init(&t->lock);
    return t->block != NULL;
}

void wf_tracer_fini(struct wf_tracer *t)
{
    if (!t->per_block)
        return;
    for (struct wf_trace_block *b = t->first, *next; b; b = next) {
        next = next_of(b);
        wf_free(b);
    }
    t->first = t->block = NULL;
    wf_mutex_fini(&t->lock);
}

/* The oldest block, taken away; NULL: somebody reads, or it is the only one. */
static struct wf_trace_block *take_oldest(struct wf_tracer *t)
{
    struct wf_trace_block *b = NULL;

    if (!wf_mutex_try_lock(&t->lock))
        return NULL;
    if (t->first != t->block) {
        b = t->first;
        t->first = next_of(b);
    }
    wf_mutex_unlock(&t->lock);
    return b;
}

/* Without memory the oldest must do, or the only one; for that it waits for readers. */
static void turn_over(struct wf_tracer *t, uint64_t first)
{
    struct wf_trace_block *b;

    wf_mutex_lock(&t->lock);
    b = t->first;
    if (b != t->block) {
        t->first = next_of(b);
        wf_store_relaxed(&b->next, NULL);
        wf_store_relaxed(&t->block->next, b);
    }
    b->first = first;
    wf_store_relaxed(&b->n, 0);
    t->block = b;
    wf_mutex_unlock(&t->lock);
}

void wf_tracer_turn(struct wf_tracer *t)
{
    const uint64_t first = t->block->first + t->per_block;
    struct wf_trace_block *b = t->n_blocks >= t->most_blocks ? take_oldest(t) : NULL;

    /* What was taken because of readers goes back when nobody reads. */
    for (struct wf_trace_block *more; b && t->n_blocks > t->most_blocks && (more = take_oldest(t)); t->n_blocks--)
        wf_free(more);
    if (!b) {
        b = new_block(t->per_block);
        t->n_blocks += b != NULL;
    }
    if (!b) {
        turn_over(t, first);
        return;
    }
    b->first = first;
    wf_store_relaxed(&b->n, 0);
    wf_store_relaxed(&b->next, NULL);
    /* Release: who gets to it sees it empty. */
    wf_store_release(&t->block->next, b);
    t->block = b;
}

struct wf_moment wf_moment_now(void)
{
    return (struct wf_moment){.ticks = wf_ticks(), .ns = wf_now_ns()};
}

int64_t wf_moment_ns(uint64_t ticks, struct wf_moment begin, struct wf_moment end)
{
    const double per_tick = end.ticks > begin.ticks
                                ? (double)(end.ns - begin.ns) / (double)(end.ticks - begin.ticks) : 0;

    return ticks <= begin.ticks ? 0 : (int64_t)((double)(ticks - begin.ticks) * per_tick);
}

size_t wf_tracer_n(struct wf_tracer *t)
{
    size_t n = 0;

    wf_mutex_lock(&t->lock);
    for (struct part p = part_of(t->first); p.block; p = part_of(p.next))
        n += p.n;
    wf_mutex_unlock(&t->lock);
    return n;
}

uint64_t wf_tracer_end_of(struct wf_tracer *t)
{
    uint64_t end = 0;

    wf_mutex_lock(&t->lock);
    for (struct part p = part_of(t->first); p.block; p = part_of(p.next))
        end = p.block->first + p.n;
    wf_mutex_unlock(&t->lock);
    return end;
}

size_t wf_tracer_since(struct wf_tracer *t, uint64_t *seen, struct wf_record *out, size_t room, uint64_t *n_missed)
{
    size_t n = 0;

    wf_mutex_lock(&t->lock);
    if (t->first->first > *seen) {
        *n_missed += t->first->first - *seen;
        *seen = t->first->first;
    }
    for (struct part p = part_of(t->first); p.block && n < room; p = part_of(p.next)) {
        size_t take;

        if (p.block->first + p.n <= *seen)
            continue;
        take = (size_t)(p.block->first + p.n - *seen);
        take = take < room - n ? take : room - n;
        memcpy(out + n, p.block->records + (*seen - p.block->first), take * sizeof *out);
        n += take;
        *seen += take;
    }
    wf_mutex_unlock(&t->lock);
    return n;
}

/* ---- As events --------------------------------------------------------------- */

enum { NO_SPAN = -1 };

/* Which span a record is of. In each place spans follow one another, as records do. */
struct finder {
    const struct wf_span *spans;
    size_t                n;
    size_t                at[WF_MAX_RUNS]; /* of each place: no earlier span is meant any more */
};

/* Clocks of two cores may differ a little, so a body is of the first run with which it has a moment in
 * common; but a search may begin before the run of what it finds, even in that of another. */
static int64_t span_of(struct finder *f, const struct wf_record *r)
{
    const bool whole = r->kind == WEFT_EVENT_STEAL;
    size_t k;

    if (r->place >= WF_MAX_RUNS)
        return NO_SPAN;
    for (k = f->at[r->place]; k < f->n; k++)
        if (f->spans[k].place == r->place && f->spans[k].end.ticks >= (whole ? r->end : r->begin))
            break;
    f->at[r->place] = k;
    return k < f->n && f->spans[k].begin.ticks <= (whole ? r->begin : r->end) ? (int64_t)k : NO_SPAN;
}

static bool is_idle(unsigned kind)
{
    return kind == WEFT_EVENT_IDLE || kind == WEFT_EVENT_MEMORY || kind == WEFT_EVENT_NEED;
}

/* By begin; of those that begin together the longer first, since it is around the other. */
static int by_begin(const void *a, const void *b)
{
    const struct weft_event *x = a, *y = b;

    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    return x->end_ns > y->end_ns ? -1 : x->end_ns < y->end_ns;
}

static bool is_sorted(const struct weft_event *e, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (by_begin(&e[i - 1], &e[i]) > 0)
            return false;
    return true;
}

/* False: it is of no span, and no idle time either. */
static bool event_of(struct finder *f, const struct wf_record *r, struct wf_moment begin, struct wf_moment end,
                     struct weft_event *e)
{
    const int64_t wall_ns = end.ns - begin.ns;
    const int64_t span = is_idle(r->kind) ? NO_SPAN : span_of(f, r);

    e->begin_ns = wf_moment_ns(r->begin, begin, end);
    e->end_ns = wf_moment_ns(r->end > r->begin ? r->end : r->begin, begin, end); /* of two cores, perhaps */
    e->kind = r->kind;
    e->flags = r->flags;
    e->task = UINT32_MAX;
    if (span != NO_SPAN && r->kind != WEFT_EVENT_SPILL) {
        e->task = f->spans[span].first_task + r->node;
    } else if (r->kind == WEFT_EVENT_STEAL || is_idle(r->kind)) {
        /* What it found for another run, it only looked for in these. */
        e->kind = r->kind == WEFT_EVENT_STEAL ? WEFT_EVENT_IDLE : r->kind;
        e->end_ns = e->end_ns < wall_ns ? e->end_ns : wall_ns;
    } else if (span == NO_SPAN) {
        return false;
    }
    return true;
}

/* Why it slept when the window ended. */
static enum weft_event_kind last_sleep(struct wf_tracer *t, struct wf_moment end)
{
    const uint64_t now = wf_load_acquire(&t->now);

    if (now == WF_NOTHING_NOW || wf_is_task_now(now) || wf_load_relaxed(&t->since) > end.ticks)
        return WEFT_EVENT_IDLE;
    return (enum weft_event_kind)(WF_SLEEPS_NOW(0) - now);
}

size_t wf_tracer_read(struct wf_tracer *t, int worker, const struct wf_span *spans, size_t n_spans,
                      struct wf_moment begin, struct wf_moment end, struct weft_event *out, size_t room, size_t *n_lost)
{
    const int64_t wall_ns = end.ns - begin.ns;
    struct finder f = {.spans = spans, .n = n_spans};
    int64_t idle_from = 0;
    size_t n = 0;

    wf_mutex_lock(&t->lock);
    if (t->first->first && (!part_of(t->first).n || t->first->records[0].begin > begin.ticks))
        *n_lost += t->first->first;
    for (struct part p = part_of(t->first); p.block; p = part_of(p.next)) {
        for (uint32_t i = 0; i < p.n && n + 1 < room; i++) {
            const struct wf_record *r = &p.block->records[i];
            struct weft_event e = {.worker = (uint16_t)worker};

            if (r->end < begin.ticks || r->begin > end.ticks || !event_of(&f, r, begin, end, &e))
                continue;
            if (!n && (is_idle(e.kind) || e.kind == WEFT_EVENT_STEAL))
                e.begin_ns = 0; /* it was looking before, too */
            out[n++] = e;
            idle_from = e.end_ns > idle_from ? e.end_ns : idle_from;
        }
    }
    wf_mutex_unlock(&t->lock);
    if (!is_sorted(out, n))
        qsort(out, n, sizeof *out, by_begin);
    if (idle_from < wall_ns && n < room)
        out[n++] = (struct weft_event){.begin_ns = idle_from, .end_ns = wall_ns, .task = UINT32_MAX,
                                       .worker = (uint16_t)worker, .kind = (uint8_t)last_sleep(t, end)};
    return n;
}
