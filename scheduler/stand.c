/* stand.c - how a task stands that wants to be run in a certain way. */
#include "scheduler/stand.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* ---- Of both, nodes and spawned tasks ----------------------------------------- */

/* A task that waits for units while one it is part of holds some would wait for itself, or
 * two such for each other. */
static bool is_held_above(const struct weft_child *up)
{
    for (; up; up = wf_load_relaxed(&((struct weft_child *)up)->up)) {
        if (up->kind == WF_CHILD_STEM && up->run->stands && up->run->stands[up->node].holds)
            return true;
        if (wf_load_relaxed(&((struct weft_child *)up)->has_units)) /* it did before it spawned any */
            return true;
    }
    return false;
}

static enum wf_begin enter(weft_pool *pool, const struct weft_terms *terms, const struct wf_entrant *who,
                           const struct weft_child *up, struct weft_error *err)
{
    if (!terms->n_needs || *who->holds)
        return WF_BEGIN_NOW;
    if (wf_gate_refusal(&pool->gate, terms, err))
        return WF_BEGIN_FAILED;
    if (is_held_above(up)) {
        weft_error_set(err, WEFT_INVALID, "it needs %d units of \"%s\", and is part of a task that holds what it needs until "
                       "all its parts have ended", terms->needs[0].units, terms->needs[0].resource);
        return WF_BEGIN_FAILED;
    }
    switch (wf_gate_enter(pool, terms, who)) {
    case WF_ENTRY_NOW:   return WF_BEGIN_NOW;
    case WF_ENTRY_LATER: return WF_BEGIN_LATER;
    default:             wf_error_nomem(err, "a task that waits for a resource"); return WF_BEGIN_FAILED;
    }
}

static void clock_in(const struct weft_terms *terms, struct wf_stand *s)
{
    if (terms->timeout_ns)
        wf_store_relaxed(&s->until, wf_until(terms->timeout_ns));
}

static bool is_late(struct wf_stand *s)
{
    /* Relaxed: forks and children of the body look, too, and whatever they see is sound. */
    const int64_t until = wf_load_relaxed(&s->until);

    return until && wf_now_ns() >= until;
}

static weft_status clock_out(const struct weft_terms *terms, struct wf_stand *s, weft_status st, struct weft_error *err)
{
    char text[WEFT_UNITS_TEXT];

    if (!terms->timeout_ns)
        return st;
    if (is_late(s))
        st = weft_error_set(err, WEFT_TIMEOUT, "its body ran for longer than its timeout of %s",
                            weft_duration_format(terms->timeout_ns, text));
    wf_store_relaxed(&s->until, 0);
    return st;
}

static bool has_tries(const struct weft_terms *terms, const struct wf_stand *s)
{
    return s->n_failed < (uint32_t)terms->retries && !s->spent;
}

static void tell_tries(const struct wf_stand *s, weft_status st, struct weft_error *err)
{
    const size_t n = sizeof err->message;
    size_t at;

    if (!s->n_failed)
        return;
    if (err->status != st) /* the body gave a status and no sentence */
        weft_error_set(err, st, "%s", weft_status_text(st));
    at = strlen(err->message);
    snprintf(err->message + at, n - at, "; tried %u times", s->n_failed + 1);
}

/* To be queued again after it has rested; without memory for that, now. */
static void put_aside(struct wf_worker *w, struct wf_run *r, struct weft_child *c, wf_ready word, int64_t ns)
{
    if (ns <= 0 || !wf_rest(w->pool, r, c, word, ns))
        wf_worker_leave(w, word);
}

/* ---- Nodes -------------------------------------------------------------------- */

static bool matters(const struct weft_terms *t)
{
    return t && (t->retries || t->timeout_ns || t->n_needs || t->n_workers);
}

weft_status wf_stands_new(struct wf_stand **out, weft_pool *pool, const weft_plan *plan, struct weft_error *err)
{
    bool needs_timer = false, any = false;

    *out = NULL;
    for (uint32_t i = 0; plan->has_terms && i < plan->n_nodes; i++) {
        const struct weft_terms *t = wf_plan_terms(plan, i);

        any |= matters(t);
        needs_timer |= t && (t->backoff_ns || t->only_workers);
    }
    if (!any)
        return WEFT_OK;
    if (needs_timer && !wf_timer_start(&pool->timer))
        return weft_error_set(err, WEFT_NOMEM, "a pool whose tasks rest before they are tried again: its timer could not be started");
    *out = wf_alloc_zero(plan->n_nodes, sizeof **out);
    return *out ? WEFT_OK : wf_error_nomem(err, "a run whose tasks have terms");
}

/* NULL: most have none. */
static const struct weft_terms *terms_of(const weft_call *call)
{
    return call->run->stands ? wf_plan_terms(call->run->plan, call->node) : NULL;
}

static struct wf_stand *stand_of(const weft_call *call)
{
    return &call->run->stands[call->node];
}

static wf_ready word_of(const weft_call *call)
{
    return (wf_ready)call->run->place << 32 | call->node;
}

static bool is_home(const weft_call *call, const struct weft_terms *terms)
{
    for (int i = 0; i < terms->n_workers; i++)
        if (terms->workers[i] == call->worker->id)
            return true;
    return false;
}

/* Of those it names, the one with the least post; NULL: there is none in this pool. */
static struct wf_worker *choose(weft_pool *pool, const struct weft_terms *terms)
{
    struct wf_worker *best = NULL;
    uint32_t least = UINT32_MAX;

    for (int i = 0; i < terms->n_workers; i++) {
        struct wf_worker *w = terms->workers[i] < pool->n_workers ? &pool->workers[terms->workers[i]] : NULL;
        const uint32_t n = w ? wf_load_relaxed(&w->post.only.n) + wf_load_relaxed(&w->post.rather.n) : UINT32_MAX;

        if (n < least) {
            least = n;
            best = w;
        }
    }
    return best;
}

/* To where it had better run, if that is not here. */
static enum wf_begin send(weft_call *call, const struct weft_terms *terms)
{
    weft_pool *pool = call->worker->pool;
    struct wf_stand *s = stand_of(call);
    struct wf_worker *to;

    if (is_home(call, terms) || (s->is_sent && !terms->only_workers))
        return WF_BEGIN_NOW;
    to = choose(pool, terms);
    if (!to && terms->only_workers) {
        weft_error_set(&call->err, WEFT_INVALID, "it may run only on worker %d%s, and the workers of this pool are 0 to %d",
                       terms->workers[0], terms->n_workers > 1 ? " and others like it" : "", pool->n_workers - 1);
        return WF_BEGIN_FAILED;
    }
    if (!to)
        return WF_BEGIN_NOW;
    s->is_sent = true;
    if (wf_post_put(to, word_of(call), terms->only_workers))
        return WF_BEGIN_LATER;
    if (!terms->only_workers)
        return WF_BEGIN_NOW;
    wf_error_nomem(&call->err, "a task for one worker");
    return WF_BEGIN_FAILED;
}

enum wf_begin wf_stand_begin(weft_call *call)
{
    const struct weft_terms *terms = terms_of(call);
    enum wf_begin begin = WF_BEGIN_NOW;

    if (!terms)
        return begin;
    if (terms->n_workers)
        begin = send(call, terms);
    if (begin == WF_BEGIN_NOW) {
        const struct wf_entrant who = {.run = call->run, .word = word_of(call), .holds = &stand_of(call)->holds};

        begin = enter(call->worker->pool, terms, &who, wf_load_relaxed(&call->run->up), &call->err);
    }
    return begin;
}

void wf_stand_clock(weft_call *call)
{
    const struct weft_terms *terms = terms_of(call);

    if (terms)
        clock_in(terms, stand_of(call));
}

weft_status wf_stand_returned(weft_call *call, weft_status st)
{
    const struct weft_terms *terms = terms_of(call);

    return terms ? clock_out(terms, stand_of(call), st, &call->err) : st;
}

bool wf_stand_is_again(const weft_call *call)
{
    return terms_of(call) && stand_of(call)->n_failed;
}

bool wf_stand_again(weft_call *call, weft_status st)
{
    const struct weft_terms *terms = terms_of(call);
    struct wf_stand *s;
    int64_t ns;

    if (!terms)
        return false;
    s = stand_of(call);
    if (!has_tries(terms, s) || (wf_load_relaxed(&call->run->flags) & WF_RUN_STOP)) {
        tell_tries(s, st, &call->err);
        return false;
    }
    s->n_failed++;
    call->err.status = WEFT_OK;
    wf_run_drop_results(call->run->plan, call->node);
    wf_gate_leave(call->worker->pool, terms, &s->holds);
    if (call->run->stock)
        wf_budget_again(call);
    ns = terms->backoff_ns ? wf_rest_ns(terms->backoff_ns, s->n_failed, call->node) : 0;
    put_aside(call->worker, call->run, NULL, word_of(call), ns);
    return true;
}

void wf_stand_end(weft_call *call)
{
    const struct weft_terms *terms = terms_of(call);

    if (terms)
        wf_gate_leave(call->worker->pool, terms, &stand_of(call)->holds);
}

/* ---- Bodies ------------------------------------------------------------------- */

/* Of the spawned task whose body it is; NULL: of none. */
static struct wf_asks *asks_of(const weft_call *call)
{
    return call->work ? call->work->asks : NULL;
}

bool wf_stand_is_late(const weft_call *call)
{
    struct wf_asks *asks = asks_of(call);

    if (asks && is_late(&asks->stand))
        return true;
    return call->run->stands && is_late(stand_of(call));
}

bool wf_stand_keeps(weft_call *call)
{
    const struct weft_terms *terms;

    if (call->work)
        return asks_of(call) && wf_asks_has_tries(asks_of(call));
    terms = terms_of(call);
    return terms && has_tries(terms, stand_of(call));
}

void wf_stand_spend(weft_call *call)
{
    (call->work ? &asks_of(call)->stand : stand_of(call))->spent = true;
}

/* ---- Spawned tasks ------------------------------------------------------------ */

weft_status wf_asks_new(struct wf_asks **out, weft_pool *pool, const struct weft_spawn_spec *spec, struct weft_error *err)
{
    const struct weft_terms *t = spec->terms;
    size_t texts = 0;
    struct wf_asks *a;
    char *at;

    *out = NULL;
    if (!t || (!t->retries && !t->timeout_ns && !t->n_needs))
        return WEFT_OK;
    if (t->retries < 0 || t->backoff_ns < 0 || t->timeout_ns < 0)
        return weft_error_set(err, WEFT_INVALID, "a spawned task with %d retries, a backoff of %lld ns and a timeout of %lld ns",
                              t->retries, (long long)t->backoff_ns, (long long)t->timeout_ns);
    if (t->retries && !(spec->flags & WEFT_PURE))
        return weft_error_set(err, WEFT_INVALID, "%d retries of a spawned task that is not pure: only tasks marked WEFT_PURE "
                              "may be run again", t->retries);
    for (size_t i = 0; i < t->n_needs; i++) {
        if (!t->needs[i].resource || t->needs[i].units <= 0)
            return weft_error_set(err, WEFT_INVALID, "a spawned task needs %d units of \"%s\"", t->needs[i].units,
                                  t->needs[i].resource ? t->needs[i].resource : "");
        for (size_t k = 0; k < i; k++)
            if (strcmp(t->needs[k].resource, t->needs[i].resource) == 0)
                return weft_error_set(err, WEFT_INVALID, "a spawned task: its needs %zu and %zu are both of \"%s\"", k, i,
                                      t->needs[i].resource);
        texts += strlen(t->needs[i].resource) + 1;
    }
    if (t->backoff_ns && t->retries && !wf_timer_start(&pool->timer))
        return weft_error_set(err, WEFT_NOMEM, "a spawned task that rests before it is tried again: the timer could not be started");
    a = wf_alloc_zero(1, sizeof *a + t->n_needs * sizeof *a->needs + texts);
    if (!a)
        return wf_error_nomem(err, "a spawned task");
    a->terms = (struct weft_terms){.retries = t->retries, .backoff_ns = t->backoff_ns, .timeout_ns = t->timeout_ns,
                                 .needs = a->needs, .n_needs = t->n_needs};
    at = (char *)&a->needs[t->n_needs];
    for (size_t i = 0; i < t->n_needs; i++) {
        a->needs[i] = (struct weft_need){.resource = at, .units = t->needs[i].units};
        at = stpcpy(at, t->needs[i].resource) + 1;
    }
    *out = a;
    return WEFT_OK;
}

enum wf_begin wf_asks_begin(weft_pool *pool, struct weft_child *c, struct wf_asks *asks, struct weft_error *err)
{
    const struct wf_entrant who = {.run = c->run, .child = c, .word = wf_word_of(c, WF_WORD_RUN), .holds = &asks->stand.holds};

    return enter(pool, &asks->terms, &who, wf_load_relaxed(&c->up), err);
}

void wf_asks_clock(struct wf_asks *asks)
{
    clock_in(&asks->terms, &asks->stand);
}

weft_status wf_asks_returned(struct wf_asks *asks, weft_status st, struct weft_error *err)
{
    return clock_out(&asks->terms, &asks->stand, st, err);
}

bool wf_asks_has_tries(const struct wf_asks *asks)
{
    return has_tries(&asks->terms, &asks->stand);
}

void wf_asks_again(struct wf_worker *w, struct weft_child *c, struct wf_asks *asks)
{
    const struct weft_terms *terms = &asks->terms;
    struct wf_stand *s = &asks->stand;
    int64_t ns;

    s->n_failed++;
    wf_gate_leave(w->pool, terms, &s->holds);
    ns = terms->backoff_ns ? wf_rest_ns(terms->backoff_ns, s->n_failed, (uint64_t)c->number << 32 | c->node) : 0;
    put_aside(w, c->run, c, wf_word_of(c, WF_WORD_RUN), ns);
}

void wf_asks_tell_tries(const struct wf_asks *asks, struct weft_error *err)
{
    tell_tries(&asks->stand, err->status, err);
}

void wf_asks_end(weft_pool *pool, struct wf_asks *asks)
{
    wf_gate_leave(pool, &asks->terms, &asks->stand.holds);
}
