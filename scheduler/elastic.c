/* elastic.c - workers that a run will never need again leave, and come back for other work. */
#include "scheduler/elastic.h"

#include "lib/base/assert.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* What `ended` holds beside a node: nobody looks after the chains, or somebody does and
 * nothing has come. */
enum { FREE = UINT32_MAX, TAKEN = UINT32_MAX - 1 };

/* ---- One run ------------------------------------------------------------------ */

void wf_elastic_free(struct wf_elastic *e)
{
    if (!e)
        return;
    wf_chains_free(e->chains);
    wf_free(e->below);
    wf_free(e->away);
    wf_free(e);
}

/* A released worker may be the only one that some task may run on. */
static bool binds_workers(const weft_plan *p)
{
    for (uint32_t i = 0; p->has_terms && i < p->n_nodes; i++) {
        const struct weft_terms *terms = wf_plan_terms(p, i);

        if (terms && terms->only_workers)
            return true;
    }
    return false;
}

static weft_status find_chains(struct wf_elastic *e, const weft_plan *p, struct weft_error *err)
{
    uint32_t *first = wf_alloc_array((size_t)p->n_nodes + 1, sizeof *first);
    uint32_t *preds = wf_alloc_array(p->n_edges, sizeof *preds);

    e->below = wf_alloc_array(p->n_nodes, sizeof *e->below);
    if (!first || !preds || !e->below) {
        wf_free(first);
        wf_free(preds);
        return wf_error_nomem(err, "an elastic run");
    }
    wf_plan_preds(p, first, preds);
    return wf_chains_new(&e->chains, p->n_nodes, first, preds, err);
}

/* Room for who sits on the bench, once in the life of a pool. */
static bool have_bench(weft_pool *pool)
{
    struct wf_bench *b = &pool->bench;

    wf_mutex_lock(&pool->lock);
    if (!b->is_out)
        b->is_out = wf_alloc_zero((size_t)pool->n_workers, sizeof *b->is_out);
    wf_mutex_unlock(&pool->lock);
    return b->is_out != NULL;
}

weft_status wf_elastic_new(struct wf_elastic **out, weft_pool *pool, const weft_plan *plan, struct weft_error *err)
{
    struct wf_elastic *e = wf_alloc_zero(1, sizeof *e);
    weft_status st = WEFT_OK;

    if (!e)
        return wf_error_nomem(err, "an elastic run");
    e->n_workers = pool->n_workers;
    e->want = (uint32_t)pool->n_workers;
    e->away = wf_alloc_array((size_t)pool->n_workers, sizeof *e->away);
    wf_init(&e->ended, FREE);
    for (int i = 0; e->away && i < pool->n_workers; i++)
        e->away[i] = (struct wf_away){-1, -1};
    if (!e->away)
        st = wf_error_nomem(err, "an elastic run");
    else if (pool->n_workers > 1 && plan->n_nodes && !binds_workers(plan))
        st = have_bench(pool) ? find_chains(e, plan, err) : wf_error_nomem(err, "an elastic run");
    if (st) {
        wf_elastic_free(e);
        return st;
    }
    if (e->chains && e->chains->n_chains < e->want)
        e->want = e->chains->n_chains;
    *out = e;
    return WEFT_OK;
}

/* The nodes of a stack in the order they ended, without who is below them all. */
static uint32_t turn_over(uint32_t *below, uint32_t node)
{
    uint32_t first = FREE;

    while (node != FREE && node != TAKEN) {
        const uint32_t next = below[node];

        below[node] = first;
        first = node;
        node = next;
    }
    return first;
}

/* Under no lock: the chains are ours. */
static void count_ends(struct wf_elastic *e, weft_pool *pool, uint32_t ended)
{
    uint32_t want;

    for (uint32_t i = turn_over(e->below, ended); i != FREE; i = e->below[i])
        wf_chains_end(e->chains, i);
    want = e->chains->n_chains ? e->chains->n_chains : 1;
    if (want >= e->want)
        return;
    wf_mutex_lock(&pool->lock);
    e->want = want;
    wf_bench_settle(pool);
    wf_mutex_unlock(&pool->lock);
}

/* Workers leave what ended in a stack, and who finds it free looks after the chains
 * until nothing more comes: nobody waits. A task that depends on another comes above it. */
void wf_elastic_end(struct wf_elastic *e, struct wf_worker *w, uint32_t node)
{
    uint32_t top = wf_load_relaxed(&e->ended), ended;

    if (!e->chains)
        return;
    do
        e->below[node] = top;
    while (!wf_cas(&e->ended, &top, node)); /* Release: who swaps sees `below`. */
    if (top != FREE)
        return;
    do {
        /* Acquire: `below` of others, and the chains as who had them before left them. */
        ended = wf_swap(&e->ended, TAKEN);
        count_ends(e, w->pool, ended);
        top = TAKEN;
    } while (!wf_cas(&e->ended, &top, FREE));
}

void wf_elastic_open(struct wf_run *r)
{
    weft_pool *pool = r->future->pool;

    if (wf_load_relaxed(&r->elastic->is_open))
        return;
    wf_mutex_lock(&pool->lock);
    wf_store_relaxed(&r->elastic->is_open, true);
    wf_bench_settle(pool);
    wf_mutex_unlock(&pool->lock);
}

/* ---- The bench ---------------------------------------------------------------- */

/* The run that says how many workers are wanted: the only one, if it knows. One whose
 * last task has ended says nothing any more: who left then would leave after its end. */
static weft_future *decider(weft_pool *pool)
{
    const uint64_t live = wf_load_relaxed(&pool->live);
    struct wf_run *r;
    weft_future *f;

    if (!live || live & (live - 1))
        return NULL;
    r = &pool->runs[__builtin_ctzll(live)];
    f = r->future;
    if (!wf_load_acquire(&r->n_sinks_left) || !f->elastic || !f->elastic->chains || wf_load_relaxed(&f->elastic->is_open))
        return NULL;
    return f;
}

static void call_all_back(weft_pool *pool)
{
    struct wf_bench *b = &pool->bench;
    const int64_t now = wf_now_ns();

    for (int i = 0; i < pool->n_workers; i++) {
        if (b->is_out[i] && b->decider)
            b->decider->elastic->away[i].until_ns = now;
        b->is_out[i] = false;
    }
    b->n_out = 0;
    wf_add(&b->turn, 1);
    wf_wake(&b->turn, INT32_MAX);
}

void wf_bench_settle(weft_pool *pool)
{
    struct wf_bench *b = &pool->bench;
    weft_future *next;
    int surplus = 0;

    if (!b->is_out)
        return;
    next = decider(pool);
    if (b->n_out && wf_load_relaxed(&pool->live) && (!next || next != b->decider))
        call_all_back(pool);
    b->decider = next;
    if (next)
        surplus = pool->n_workers - b->n_out - (int)next->elastic->want;
    wf_store_fenced(&b->surplus, surplus > 0 ? (uint32_t)surplus : 0);
    /* Full fence: the surplus is there before we look who sleeps. Partner: the fence in
     * wf_park_sleep(), before a worker looks at it. */
    wf_fence_seq();
    if (surplus > 0)
        wf_park_wake_all(&pool->park);
}

void wf_bench_leave(weft_pool *pool, weft_future *f)
{
    struct wf_bench *b = &pool->bench;

    if (b->decider != f)
        return;
    b->decider = NULL;
    wf_store_relaxed(&b->surplus, 0);
}

/* A worker has left; what it was away before is over. */
static void note_left(struct wf_elastic *e, int worker, int64_t now_ns)
{
    struct wf_away *away = &e->away[worker];

    if (away->from_ns >= 0) {
        e->saved_ns += away->until_ns - away->from_ns;
        e->n_recalled++;
    }
    *away = (struct wf_away){now_ns, -1};
}

void wf_bench_sit(struct wf_worker *w)
{
    weft_pool *pool = w->pool;
    struct wf_bench *b = &pool->bench;
    uint32_t turn;
    weft_future *f;
    int64_t now;

    wf_mutex_lock(&pool->lock);
    if (!wf_load_relaxed(&b->surplus)) {
        wf_mutex_unlock(&pool->lock);
        return;
    }
    f = b->decider;
    wf_store_relaxed(&b->surplus, wf_load_relaxed(&b->surplus) - 1);
    b->n_out++;
    b->is_out[w->id] = true;
    now = wf_now_ns();
    note_left(f->elastic, w->id, now);
    if (f->spec.released)
        f->spec.released(f->spec.released_arg, w->id, now - f->begin.ns);
    turn = wf_load_relaxed(&b->turn);
    wf_mutex_unlock(&pool->lock);
    /* Acquire: what the pool was told before it called. */
    while (wf_load_acquire(&b->turn) == turn && !wf_load_acquire(&pool->ending))
        wf_wait(&b->turn, turn, -1);
}

void wf_bench_end(weft_pool *pool)
{
    wf_mutex_lock(&pool->lock);
    wf_add(&pool->bench.turn, 1);
    wf_mutex_unlock(&pool->lock);
    wf_wake(&pool->bench.turn, INT32_MAX);
}

void wf_bench_fini(struct wf_bench *b)
{
    wf_free(b->is_out);
    b->is_out = NULL;
}

/* ---- What it was good for ------------------------------------------------------- */

weft_status weft_future_elastic(weft_future *f, struct weft_elastic_report *report, struct weft_error *err)
{
    const struct wf_elastic *e = f->elastic;

    if (!e)
        return weft_error_set(err, WEFT_INVALID, "this run was not submitted as elastic: weft_run_spec.elastic is false");
    weft_future_wait(f, -1);
    report->n_workers = e->n_workers;
    report->n_released = 0;
    report->n_recalled = e->n_recalled;
    report->wall_ns = f->end.ns - f->begin.ns;
    report->saved_ns = e->saved_ns;
    for (int i = 0; i < e->n_workers; i++) {
        const struct wf_away away = e->away[i];
        /* To leave or come back once the run has ended is as if it had stayed so. */
        const bool left = away.from_ns >= 0 && away.from_ns < f->end.ns;
        const bool is_back = left && away.until_ns >= 0 && away.until_ns < f->end.ns;

        report->saved_ns += left ? (is_back ? away.until_ns : f->end.ns) - away.from_ns : 0;
        report->n_recalled += is_back;
        report->n_released += left && !is_back;
        if (report->released_ns)
            report->released_ns[i] = left && !is_back ? away.from_ns - f->begin.ns : -1;
    }
    return WEFT_OK;
}

void weft_elastic_print(const struct weft_elastic_report *r, double price_per_core_hour, FILE *to)
{
    const double all = (double)r->wall_ns * r->n_workers / 1e9, saved = (double)r->saved_ns / 1e9;

    fprintf(to, "%.3f of %.3f core-seconds saved (%.1f %%): %d of %d workers released before the end",
            saved, all, all > 0 ? 100 * saved / all : 0, r->n_released, r->n_workers);
    if (r->n_recalled)
        fprintf(to, ", %d called back", r->n_recalled);
    if (price_per_core_hour > 0)
        fprintf(to, "; worth %.6g", saved / 3600 * price_per_core_hour);
    fprintf(to, "\n");
}
