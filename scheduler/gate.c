/* gate.c - who may have so many units of what there is little of. */
#include "scheduler/gate.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* One that waits. */
struct waiter {
    struct waiter    *next;
    uint64_t          came;
    struct wf_entrant who;
};

/* Those that need the same. */
struct wf_line {
    struct wf_line *next;
    struct waiter  *first, *last;
    int64_t         wants[]; /* of each resource */
};

weft_status wf_gate_check(const struct weft_resource *resources, size_t n, struct weft_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!resources[i].name)
            return weft_error_set(err, WEFT_INVALID, "a pool: its resource %zu has no name", i);
        if (resources[i].units < 0)
            return weft_error_set(err, WEFT_INVALID, "a pool: %d units of \"%s\"", resources[i].units, resources[i].name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(resources[k].name, resources[i].name) == 0)
                return weft_error_set(err, WEFT_INVALID, "a pool: its resources %zu and %zu are both \"%s\"", k, i,
                                      resources[i].name);
    }
    return WEFT_OK;
}

bool wf_gate_init(struct wf_gate *g, const struct weft_resource *resources, size_t n)
{
    wf_mutex_init(&g->lock);
    if (!n)
        return true;
    g->resources = wf_alloc_zero(n, sizeof *g->resources);
    if (!g->resources)
        return false;
    for (; g->n_resources < n; g->n_resources++) {
        struct wf_resource *r = &g->resources[g->n_resources];
        const size_t bytes = strlen(resources[g->n_resources].name) + 1;

        r->units = r->free = resources[g->n_resources].units;
        r->name = wf_alloc(bytes);
        if (!r->name)
            return false;
        memcpy(r->name, resources[g->n_resources].name, bytes);
    }
    return true;
}

void wf_gate_fini(struct wf_gate *g)
{
    for (size_t i = 0; i < g->n_resources; i++)
        wf_free(g->resources[i].name);
    wf_free(g->resources);
    wf_mutex_fini(&g->lock);
}

/* NULL: the pool has none of that name. */
static struct wf_resource *find(const struct wf_gate *g, const char *name)
{
    for (size_t i = 0; i < g->n_resources; i++)
        if (strcmp(g->resources[i].name, name) == 0)
            return &g->resources[i];
    return NULL;
}

weft_status wf_gate_refusal(const struct wf_gate *g, const struct weft_terms *terms, struct weft_error *err)
{
    for (size_t i = 0; i < terms->n_needs; i++) {
        const struct weft_need *need = &terms->needs[i];
        const struct wf_resource *r = find(g, need->resource);

        if (!r)
            return weft_error_set(err, WEFT_INVALID, "it needs %d units of \"%s\", a resource that this pool of %zu "
                                  "resources does not have", need->units, need->resource, g->n_resources);
        if (need->units > r->units)
            return weft_error_set(err, WEFT_INVALID, "it needs %d units of \"%s\", of which this pool has %lld",
                                  need->units, need->resource, (long long)r->units);
    }
    return WEFT_OK;
}

void wf_gate_check_held(const struct wf_gate *g)
{
#if WF_PARANOID
    for (size_t i = 0; i < g->n_resources; i++)
        WF_ASSERT(g->resources[i].free >= 0 && g->resources[i].free <= g->resources[i].units); /* 1 */
    for (const struct wf_line *l = g->lines; l; l = l->next)
        WF_ASSERT(l->first); /* 2 */
#else
    (void)g;
#endif
}

/* ---- Lines; all under the lock ------------------------------------------------- */

static bool is_stopped(const struct wf_entrant *who)
{
    return who->child ? wf_child_is_cancelled(who->child, who->run) : (wf_load_relaxed(&who->run->flags) & WF_RUN_STOP) != 0;
}

/* Nobody has kept anything yet. */
static void begin_looking(struct wf_gate *g)
{
    for (size_t i = 0; i < g->n_resources; i++)
        g->resources[i].left = g->resources[i].free;
}

/* Of those whose first came after `came`, the line whose first came first. */
static struct wf_line *next_line(const struct wf_gate *g, uint64_t came)
{
    struct wf_line *found = NULL;

    for (struct wf_line *l = g->lines; l; l = l->next)
        if (l->first->came > came && (!found || l->first->came < found->first->came))
            found = l;
    return found;
}

/* The first of a line begins if it can; else it keeps what it needs for itself. */
static bool look_at(struct wf_gate *g, const int64_t *wants)
{
    bool fits = true;

    for (size_t i = 0; i < g->n_resources; i++)
        fits &= !wants[i] || g->resources[i].left >= wants[i];
    for (size_t i = 0; i < g->n_resources; i++) {
        g->resources[i].left -= wants[i];
        if (fits)
            g->resources[i].free -= wants[i];
    }
    return fits;
}

static bool is_any_left(const struct wf_gate *g)
{
    for (size_t i = 0; i < g->n_resources; i++)
        if (g->resources[i].left > 0)
            return true;
    return false;
}

/* The waiter after `before` (NULL: the first) leaves its line, which goes with its last. */
static void pop(struct wf_gate *g, struct wf_line *l, struct waiter *before)
{
    struct waiter *w = before ? before->next : l->first;
    struct wf_line **at = &g->lines;

    if (before)
        before->next = w->next;
    else
        l->first = w->next;
    if (l->last == w)
        l->last = before;
    wf_free(w);
    wf_store_relaxed(&g->n_waiting, wf_load_relaxed(&g->n_waiting) - 1);
    if (l->first)
        return;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    wf_free(l);
}

/* Queues the task again. It may run, and end its run, at once. */
static void queue(weft_pool *pool, const struct wf_entrant *who, bool holds)
{
    *who->holds = holds;
    wf_inbox_keep(&pool->inbox, who->word, &pool->park);
}

/* Whoever can begin does. */
static void let_in(weft_pool *pool)
{
    struct wf_gate *g = &pool->gate;
    uint64_t came = 0;
    struct wf_line *l;

    begin_looking(g);
    while (is_any_left(g) && (l = next_line(g, came))) {
        came = l->first->came;
        if (look_at(g, l->wants)) {
            const struct wf_entrant who = l->first->who;

            pop(g, l, NULL);
            queue(pool, &who, true);
        }
    }
    wf_gate_check_held(g);
}

static void fill_wants(const struct wf_gate *g, const struct weft_terms *terms, int64_t *wants)
{
    for (size_t i = 0; i < g->n_resources; i++)
        wants[i] = 0;
    for (size_t i = 0; i < terms->n_needs; i++)
        wants[find(g, terms->needs[i].resource) - g->resources] = terms->needs[i].units;
}

/* Whether it can begin and delay none that came before; then it has what it needs. */
static bool enters_now(struct wf_gate *g, const struct weft_terms *terms)
{
    begin_looking(g);
    for (const struct wf_line *l = g->lines; l; l = l->next)
        for (size_t i = 0; i < g->n_resources; i++)
            g->resources[i].left -= l->wants[i];
    for (size_t i = 0; i < terms->n_needs; i++)
        if (find(g, terms->needs[i].resource)->left < terms->needs[i].units)
            return false;
    for (size_t i = 0; i < terms->n_needs; i++)
        find(g, terms->needs[i].resource)->free -= terms->needs[i].units;
    return true;
}

/* To the end of the line of those that want the same; `l` is used for it if there is none,
 * else freed. */
static void line_up(struct wf_gate *g, struct wf_line *l, struct waiter *w)
{
    struct wf_line *same = g->lines;
    const size_t bytes = g->n_resources * sizeof *l->wants;

    wf_store_relaxed(&g->n_waiting, wf_load_relaxed(&g->n_waiting) + 1);
    while (same && memcmp(same->wants, l->wants, bytes) != 0)
        same = same->next;
    if (same) {
        wf_free(l);
        same->last->next = w;
        same->last = w;
        return;
    }
    l->first = l->last = w;
    l->next = g->lines;
    g->lines = l;
}

/* ---- Coming and going ----------------------------------------------------------- */

static bool try_to_enter(struct wf_gate *g, const struct weft_terms *terms, const struct wf_entrant *who)
{
    wf_mutex_lock(&g->lock);
    *who->holds = enters_now(g, terms);
    wf_gate_check_held(g);
    wf_mutex_unlock(&g->lock);
    return *who->holds;
}

enum wf_entry wf_gate_enter(weft_pool *pool, const struct weft_terms *terms, const struct wf_entrant *who)
{
    struct wf_gate *g = &pool->gate;
    enum wf_entry entry = WF_ENTRY_NOMEM;
    struct wf_line *l;
    struct waiter *w;

    if (try_to_enter(g, terms, who))
        return WF_ENTRY_NOW;
    l = wf_alloc(sizeof *l + g->n_resources * sizeof *l->wants);
    w = wf_alloc(sizeof *w);
    if (!l || !w || !wf_inbox_promise(&pool->inbox))
        goto out;
    fill_wants(g, terms, l->wants);
    wf_mutex_lock(&g->lock);
    if (enters_now(g, terms)) {
        wf_inbox_forget(&pool->inbox);
        *who->holds = true;
        entry = WF_ENTRY_NOW;
    } else if (is_stopped(who)) { /* and whoever did that may have looked here before */
        queue(pool, who, false);
        entry = WF_ENTRY_LATER;
    } else {
        *w = (struct waiter){.came = ++g->n_came, .who = *who};
        line_up(g, l, w);
        l = NULL;
        w = NULL;
        entry = WF_ENTRY_LATER;
    }
    wf_gate_check_held(g);
    wf_mutex_unlock(&g->lock);
out:
    wf_free(w);
    wf_free(l);
    return entry;
}

void wf_gate_leave(weft_pool *pool, const struct weft_terms *terms, bool *holds)
{
    struct wf_gate *g = &pool->gate;

    if (!*holds)
        return;
    wf_mutex_lock(&g->lock);
    *holds = false;
    for (size_t i = 0; i < terms->n_needs; i++)
        find(g, terms->needs[i].resource)->free += terms->needs[i].units;
    let_in(pool);
    wf_mutex_unlock(&g->lock);
}

/* Who was stopped leaves the line, which goes with the last. */
static void hurry_line(weft_pool *pool, struct wf_line *l)
{
    struct waiter *before = NULL, *next;

    for (struct waiter *w = l->first; w; w = next) {
        const struct wf_entrant who = w->who;

        next = w->next;
        if (is_stopped(&who)) {
            pop(&pool->gate, l, before);
            queue(pool, &who, false);
        } else {
            before = w;
        }
    }
}

void wf_gate_hurry(weft_pool *pool)
{
    struct wf_gate *g = &pool->gate;
    struct wf_line *next;

    wf_mutex_lock(&g->lock);
    for (struct wf_line *l = g->lines; l; l = next) {
        next = l->next;
        hurry_line(pool, l);
    }
    let_in(pool);
    wf_mutex_unlock(&g->lock);
}
