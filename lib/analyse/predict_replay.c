/* predict_replay.c - a graph of known costs run by Weft's policy on virtual workers.
 *
 * Each worker has one moment at which something happens to it next, and a tree of matches
 * tells whose is first. A worker that searches does not look again and again here: it is
 * told when there is something (`tell_searchers`), as many of them as there are things.
 */
#include "lib/analyse/predict_replay.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"
#include "lib/graph/policy.h"

enum { NONE = UINT32_MAX };
static const int64_t NEVER = INT64_MAX;

/* What happens to a worker next. */
enum next {
    ENDS,    /* its node ends */
    LOOKS,   /* it searches, and has been told that there is something */
    TIRES,   /* it searches until then, and sleeps after */
    WAKES,   /* it has been woken */
    SLEEPS,  /* nothing */
};

struct worker {
    enum next next;
    uint32_t  node;
    uint32_t  newest, oldest; /* of its queue */
    uint32_t  begin, end;     /* of its range of roots */
    uint32_t  held, n_held;   /* a node, and predecessors of it not counted there yet */
    uint32_t  run;            /* whose roots it took last */
    int       last_victim;
    int       at_search;      /* its place among the searchers that are not told */
    int64_t   tires_ns;
};

struct state {
    uint32_t join, older, newer;
};

/* What always holds between events:
 *   1. n_things = entries of queues + ranges that are not empty + cursors that are not.
 *   2. has[] has the bit of a worker with an entry or a range.
 *   3. n_told == n_things, or more, or nobody else searches.
 *   4. n_searching = those that LOOK, TIRE or WAKE; n_sleeping = those in sleepers[]. */
struct replay {
    const struct wf_replay_graph *g;
    const struct wf_replay_how   *how;
    struct wf_replay_result       result;
    struct state  *state;
    struct worker *workers;
    int64_t       *moment;      /* of each worker, and NEVER up to n_leaves */
    int           *first;       /* first[1] wins; first[n_leaves + w] is w */
    int            n_leaves;
    uint64_t      *has;
    int           *searchers;   /* not told */
    int            n_searchers, n_told;
    int           *sleepers;    /* in a ring */
    int            next_sleeper;
    uint32_t       n_searching, n_sleeping, max_searching;
    uint32_t      *cursor;      /* of each run */
    uint32_t       first_live, n_live; /* runs that were submitted; those before first_live have no roots left */
    uint64_t       n_things;
    uint32_t       n_done;
    uint64_t       random;
};

static uint64_t next_random(struct replay *r)
{
    uint64_t z = r->random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* About so long: from half of it to half more. */
static int64_t about(struct replay *r, int64_t ns)
{
    return r->how->seed && ns ? ns / 2 + (int64_t)(next_random(r) % (uint64_t)(ns + 1)) : ns;
}

/* ---- Whose moment is first ------------------------------------------------------- */

static void set_moment(struct replay *r, int w, enum next next, int64_t at)
{
    r->workers[w].next = next;
    r->moment[w] = at;
    for (int i = (r->n_leaves + w) / 2; i; i /= 2) {
        const int a = r->first[2 * i], b = r->first[2 * i + 1];

        r->first[i] = r->moment[b] < r->moment[a] ? b : a;
    }
}

/* ---- Searching and sleeping ---------------------------------------------------------- */

static void enter_searchers(struct replay *r, int w)
{
    r->workers[w].at_search = r->n_searchers;
    r->searchers[r->n_searchers++] = w;
    set_moment(r, w, TIRES, r->workers[w].tires_ns);
}

static void leave_searchers(struct replay *r, int w)
{
    const int at = r->workers[w].at_search, last = r->searchers[--r->n_searchers];

    r->searchers[at] = last;
    r->workers[last].at_search = at;
}

/* As many searchers look as there are things to be found. */
static void tell_searchers(struct replay *r, int64_t now)
{
    while (r->n_searchers && (uint64_t)r->n_told < r->n_things) {
        const int w = r->searchers[r->how->seed ? next_random(r) % (uint64_t)r->n_searchers : 0];

        leave_searchers(r, w);
        r->n_told++;
        set_moment(r, w, LOOKS, now + about(r, r->how->costs.steal_ns));
    }
}

static void add_sleeper(struct replay *r, int w)
{
    r->sleepers[(r->next_sleeper + (int)r->n_sleeping++) % r->how->n_workers] = w;
    set_moment(r, w, SLEEPS, NEVER);
}

static int take_sleeper(struct replay *r)
{
    const int n = r->how->n_workers;
    int at = r->next_sleeper, w;

    for (uint32_t k = 1; r->how->wakes_lowest && k < r->n_sleeping; k++) {
        const int other = (r->next_sleeper + (int)k) % n;

        if (r->sleepers[other] < r->sleepers[at])
            at = other;
    }
    w = r->sleepers[at];
    r->sleepers[at] = r->sleepers[r->next_sleeper];
    r->next_sleeper = (r->next_sleeper + 1) % n;
    r->n_sleeping--;
    return w;
}

/* One more sleeper searches from `at` on. */
static void wake_at(struct replay *r, int64_t at)
{
    r->n_searching++;
    r->result.n_wakes++;
    set_moment(r, take_sleeper(r), WAKES, at);
}

/* wf_park_wake(): takes the time of who calls. */
static void wake(struct replay *r, int64_t *now)
{
    if (!r->n_sleeping || r->n_searching)
        return;
    wake_at(r, *now + about(r, r->how->costs.wake_ns));
    *now += r->how->costs.call_ns;
}

/* ---- Queues, ranges and cursors -------------------------------------------------------- */

static void note_what_it_has(struct replay *r, int w)
{
    const struct worker *me = &r->workers[w];
    const uint64_t bit = (uint64_t)1 << (w & 63);

    if (me->newest != NONE || me->begin < me->end)
        r->has[w >> 6] |= bit;
    else
        r->has[w >> 6] &= ~bit;
}

static void push(struct replay *r, int w, uint32_t node, int64_t now)
{
    struct worker *me = &r->workers[w];

    r->state[node].older = me->newest;
    r->state[node].newer = NONE;
    if (me->newest != NONE)
        r->state[me->newest].newer = node;
    else
        me->oldest = node;
    me->newest = node;
    r->n_things++;
    note_what_it_has(r, w);
    tell_searchers(r, now);
}

static bool take_newest(struct replay *r, int w, uint32_t *out)
{
    struct worker *me = &r->workers[w];

    if (me->newest == NONE)
        return false;
    *out = me->newest;
    me->newest = r->state[*out].older;
    if (me->newest != NONE)
        r->state[me->newest].newer = NONE;
    r->n_things--;
    note_what_it_has(r, w);
    return true;
}

static bool take_oldest(struct replay *r, int w, uint32_t *out)
{
    struct worker *me = &r->workers[w];

    if (me->newest == NONE)
        return false;
    *out = me->oldest;
    me->oldest = r->state[*out].newer;
    if (me->oldest != NONE)
        r->state[me->oldest].older = NONE;
    else
        me->newest = NONE;
    r->n_things--;
    note_what_it_has(r, w);
    return true;
}

static bool take_root(struct replay *r, int w, uint32_t *out)
{
    struct worker *me = &r->workers[w];

    if (me->begin >= me->end)
        return false;
    *out = r->g->roots[me->begin++];
    if (me->begin == me->end)
        r->n_things--;
    note_what_it_has(r, w);
    return true;
}

/* Roots in hand: the first is run, the rest is its range. */
static uint32_t keep_rest(struct replay *r, int w, uint32_t begin, uint32_t end, int64_t now)
{
    r->workers[w].begin = begin + 1;
    r->workers[w].end = end;
    r->n_things += begin + 1 < end;
    note_what_it_has(r, w);
    tell_searchers(r, now);
    return r->g->roots[begin];
}

static bool claim(struct replay *r, int w, uint32_t *out, int64_t now)
{
    const int n = r->how->n_workers;
    uint32_t k;

    while (r->first_live < r->n_live && r->cursor[r->first_live] == r->g->runs[r->first_live].n_roots)
        r->first_live++;
    if (r->first_live == r->n_live)
        return false;
    k = r->workers[w].run >= r->first_live ? r->workers[w].run : r->first_live;
    for (;; k = k + 1 < r->n_live ? k + 1 : r->first_live) {
        const struct wf_replay_run *run = &r->g->runs[k];
        const uint32_t begin = r->cursor[k], left = run->n_roots - begin;
        uint32_t block;

        if (!left)
            continue;
        block = wf_policy_block(left, wf_policy_parts(n), n > 1 ? WF_MOST_ROOTS : WF_MOST_ROOTS_ALONE);
        r->cursor[k] += block;
        r->n_things -= block == left;
        r->workers[w].run = k;
        *out = keep_rest(r, w, run->first_root + begin, run->first_root + begin + block, now);
        return true;
    }
}

/* ---- Finding elsewhere ------------------------------------------------------------------ */

static bool rob(struct replay *r, int w, int victim, uint32_t *out, int64_t now)
{
    struct worker *v = &r->workers[victim];

    if (!take_oldest(r, victim, out)) {
        uint32_t middle;

        if (v->begin >= v->end)
            return false;
        middle = wf_policy_middle(v->begin, v->end);
        r->n_things -= middle == v->begin;
        *out = keep_rest(r, w, middle, v->end, now);
        v->end = middle;
        note_what_it_has(r, victim);
    }
    r->workers[w].last_victim = victim;
    r->result.n_steals++;
    return true;
}

static bool has_some(const struct replay *r, int w)
{
    return r->has[w >> 6] >> (w & 63) & 1;
}

/* The first from `from` on, below `end`, that has something; `end`: none. */
static int first_that_has(const struct replay *r, int from, int end)
{
    for (int i = from; i < end; i = (i | 63) + 1) {
        const uint64_t rest = r->has[i >> 6] >> (i & 63);

        if (rest)
            return i + __builtin_ctzll(rest) < end ? i + __builtin_ctzll(rest) : end;
    }
    return end;
}

/* The nearest victim that has something, and how many were asked for that; -1: none has. */
static int find_victim(const struct replay *r, int w, int *n_asked)
{
    const int n = r->how->n_workers;
    int victim;

    if (r->how->victims) {
        for (*n_asked = 0; *n_asked < n - 1; ++*n_asked)
            if (has_some(r, r->how->victims[w * (n - 1) + *n_asked]))
                return r->how->victims[w * (n - 1) + *n_asked];
        return -1;
    }
    victim = first_that_has(r, w + 1, n);
    if (victim == n && (victim = first_that_has(r, 0, w)) == w)
        return -1;
    *n_asked = (victim - w + n) % n;
    return victim;
}

static bool steal(struct replay *r, int w, uint32_t *out, int64_t *now)
{
    int victim = r->workers[w].last_victim, n_asked = 1;

    if (victim < 0 || !has_some(r, victim))
        victim = find_victim(r, w, &n_asked);
    if (victim < 0)
        return false;
    *now += n_asked * r->how->costs.look_ns;
    return rob(r, w, victim, out, *now);
}

/* ---- One worker --------------------------------------------------------------------------- */

static uint32_t n_succ(const struct replay *r, uint32_t node)
{
    return r->g->nodes[node + 1].first_succ - r->g->nodes[node].first_succ;
}

static void tell_held(struct replay *r, int w, int64_t *now)
{
    struct worker *me = &r->workers[w];
    const uint32_t n = me->n_held;

    me->n_held = 0;
    if ((r->state[me->held].join -= n) == 0) {
        push(r, w, me->held, *now);
        wake(r, now);
    }
}

static void begin(struct replay *r, int w, uint32_t node, int64_t now)
{
    const uint32_t *succ = r->g->succ + r->g->nodes[node].first_succ, n = n_succ(r, node);
    struct worker *me = &r->workers[w];

    if (me->n_held && !(n && succ[n - 1] == me->held))
        tell_held(r, w, &now);
    now += r->how->costs.task_ns;
    me->node = node;
    if (r->how->worker)
        r->how->worker[node] = w;
    if (r->how->begin_ns)
        r->how->begin_ns[node] = now;
    set_moment(r, w, ENDS, now + r->g->nodes[node].cost_ns);
}

/* Which successors are ready? The first in rank is next, the others are pushed. */
static uint32_t tell_successors(struct replay *r, int w, uint32_t node, int64_t *now)
{
    const uint32_t *succ = r->g->succ + r->g->nodes[node].first_succ, n = n_succ(r, node);
    struct worker *me = &r->workers[w];
    const bool alone = r->how->n_workers == 1;
    uint32_t next = NONE;
    bool queued = false;

    for (uint32_t k = n; k-- > 0;) {
        const uint32_t s = succ[k];

        if (!alone && r->g->nodes[s].n_join >= WF_MANY_JOIN) {
            if (me->n_held && me->held != s)
                tell_held(r, w, now);
            me->held = s;
            me->n_held++;
            continue;
        }
        if (--r->state[s].join)
            continue;
        if (next != NONE) {
            push(r, w, next, *now);
            queued = true;
        }
        next = s;
    }
    *now += n * r->how->costs.edge_ns;
    if (queued)
        wake(r, now);
    return next;
}

/* Nothing is left for it to search: it looks once more, and sleeps. */
static void sleep_or_begin(struct replay *r, int w, int64_t now)
{
    uint32_t node;

    if (claim(r, w, &node, now) || steal(r, w, &node, &now)) {
        if (r->n_things)
            wake(r, &now);
        begin(r, w, node, now + about(r, r->how->costs.steal_ns));
    } else {
        add_sleeper(r, w);
    }
}

/* It is counted as searching and looks; what it needs for that is `ns` when it finds some. */
static void search(struct replay *r, int w, int64_t now, int64_t ns)
{
    uint32_t node;

    if (!steal(r, w, &node, &now) && !claim(r, w, &node, now)) {
        enter_searchers(r, w);
        return;
    }
    if (--r->n_searching == 0 && r->n_things)
        wake(r, &now);
    begin(r, w, node, now + ns);
}

/* It has no task at hand. */
static void go_on(struct replay *r, int w, int64_t now)
{
    struct worker *me = &r->workers[w];
    uint32_t node;

    if (!take_newest(r, w, &node) && !take_root(r, w, &node)) {
        if (claim(r, w, &node, now)) {
            wake(r, &now);
        } else if (me->n_held) {
            tell_held(r, w, &now);
            go_on(r, w, now);
            return;
        } else if (r->n_searching < r->max_searching) {
            r->n_searching++;
            me->tires_ns = now + r->how->costs.spin_ns;
            search(r, w, now, about(r, r->how->costs.steal_ns));
            return;
        } else {
            sleep_or_begin(r, w, now);
            return;
        }
    }
    begin(r, w, node, now);
}

static void end_node(struct replay *r, int w, int64_t now)
{
    const uint32_t node = r->workers[w].node;
    uint32_t next;

    r->n_done++;
    r->result.busy_ns += r->g->nodes[node].cost_ns;
    r->result.end_ns = now;
    next = tell_successors(r, w, node, &now);
    if (next != NONE)
        begin(r, w, next, now);
    else
        go_on(r, w, now);
}

static void happen(struct replay *r, int w, int64_t now)
{
    struct worker *me = &r->workers[w];

    switch (me->next) {
    case ENDS:
        end_node(r, w, now);
        break;
    case LOOKS:
        r->n_told--;
        search(r, w, now, 0);
        break;
    case WAKES:
        me->tires_ns = now + r->how->costs.spin_ns;
        search(r, w, now, about(r, r->how->costs.steal_ns));
        break;
    case TIRES:
        leave_searchers(r, w);
        r->n_searching--;
        sleep_or_begin(r, w, now);
        break;
    case SLEEPS:
        WF_ASSERT(false); /* a graph without circles always has somebody who goes on */
    }
}

/* ---- All of it -------------------------------------------------------------------------------- */

static void submit(struct replay *r)
{
    const struct wf_replay_run *run = &r->g->runs[r->n_live++];

    if (!run->n_roots)
        return;
    r->n_things++;
    if (r->n_sleeping && !r->n_searching)
        wake_at(r, run->at_ns + run->start_ns);
    tell_searchers(r, run->at_ns + run->start_ns);
}

static void play(struct replay *r)
{
    while (r->n_done < r->g->n_nodes) {
        const int w = r->first[1];

        if (r->n_live < r->g->n_runs && r->g->runs[r->n_live].at_ns <= r->moment[w])
            submit(r);
        else
            happen(r, w, r->moment[w]);
    }
}

/* Those that had work not long ago still search, as many as may. */
static void set_up_worker(struct replay *r, int w)
{
    const int64_t left_ns = r->how->costs.spin_ns - r->g->idle_ns;

    r->workers[w] = (struct worker){.newest = NONE, .oldest = NONE, .last_victim = -1, .tires_ns = left_ns};
    if (r->g->idle_ns < 0 || left_ns <= 0 || r->n_searching == r->max_searching) {
        add_sleeper(r, w);
    } else {
        r->n_searching++;
        enter_searchers(r, w);
    }
}

static void set_up(struct replay *r)
{
    const int n = r->how->n_workers;

    r->max_searching = wf_policy_max_searching(n);
    r->random = r->how->seed;

    for (uint32_t i = 0; i < r->g->n_nodes; i++)
        r->state[i].join = r->g->nodes[i].n_join;
    for (int i = 0; i < r->n_leaves; i++) {
        r->moment[i] = NEVER;
        r->first[r->n_leaves + i] = i;
    }
    for (int i = r->n_leaves - 1; i; i--)
        r->first[i] = r->first[2 * i];
    for (int w = 0; w < n; w++)
        set_up_worker(r, w);
}

bool wf_replay(const struct wf_replay_graph *g, const struct wf_replay_how *how, struct wf_replay_result *out)
{
    const size_t n = (size_t)how->n_workers;
    struct replay r = {.g = g, .how = how, .n_leaves = 2};
    bool ok;

    while (r.n_leaves < how->n_workers)
        r.n_leaves *= 2;
    r.state = wf_alloc_array(g->n_nodes, sizeof *r.state);
    r.workers = wf_alloc_array(n, sizeof *r.workers);
    r.moment = wf_alloc_array((size_t)r.n_leaves, sizeof *r.moment);
    r.first = wf_alloc_array((size_t)r.n_leaves * 2, sizeof *r.first);
    r.has = wf_alloc_zero(n / 64 + 1, sizeof *r.has);
    r.searchers = wf_alloc_array(n, sizeof *r.searchers);
    r.sleepers = wf_alloc_array(n, sizeof *r.sleepers);
    r.cursor = wf_alloc_zero(g->n_runs, sizeof *r.cursor);
    ok = r.state && r.workers && r.moment && r.first && r.has && r.searchers && r.sleepers && r.cursor;
    if (ok) {
        set_up(&r);
        play(&r);
        *out = r.result;
    }
    wf_free(r.state);
    wf_free(r.workers);
    wf_free(r.moment);
    wf_free(r.first);
    wf_free(r.has);
    wf_free(r.searchers);
    wf_free(r.sleepers);
    wf_free(r.cursor);
    return ok;
}
