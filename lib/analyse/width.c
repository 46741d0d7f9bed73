/* width.c - the most tasks of a graph of which none depends on another.
 *
 * As many as chains are needed to cover all tasks (Dilworth 1950), which is tasks less a
 * largest matching of tasks with tasks after them (Fulkerson 1956). It lies between two
 * numbers found in one sweep: the widest level, whose tasks do not depend on each other,
 * and a cover by chains along dependencies, each task following the first it can. Trees,
 * chains and most layers are settled by these being equal, whatever their size; else
 * augmenting paths over all that depends, however far, give the number of graphs of up to
 * WEFT_WIDTH_EXACT tasks. A path not found is never looked for again: what it went through
 * leads nowhere, now and later.
 */
#include "lib/analyse/analysis.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { WORD = 64, NONE = UINT32_MAX };

/* ---- Both bounds -------------------------------------------------------------- */

static size_t widest_level(const weft_analysis *a, size_t r, uint32_t *on_level)
{
    size_t most = 0;

    memset(on_level, 0, a->stats.depth * sizeof *on_level);
    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
        most = ++on_level[a->level[i]] > most ? on_level[a->level[i]] : most;
    return most;
}

/* How many chains; followed[i]: somebody comes after task i. */
static size_t cover(const weft_analysis *a, size_t r, uint8_t *followed)
{
    size_t n_chains = a->runs[r].n_tasks;

    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const size_t n_deps = weft_trace_n_deps(a->trace, i);
        size_t d = 0;

        while (d < n_deps && followed[deps[d]])
            d++;
        if (d < n_deps) {
            followed[deps[d]] = 1;
            n_chains--;
        }
    }
    return n_chains;
}

/* ---- Exactly -------------------------------------------------------------------- */

struct match {
    size_t    n, words;
    uint64_t *before;  /* n rows: all that a task depends on */
    uint64_t *free;    /* nobody comes after these yet */
    uint64_t *fresh;   /* not tried in this search, nor in one that failed */
    uint64_t *alive;   /* not tried in one that failed */
    uint32_t *next;    /* who comes after; NONE: nobody */
    uint32_t *stack, *via; /* a path: tasks that look for one before them, and whom they would take */
};

static void match_fini(struct match *m)
{
    wf_free(m->before);
    wf_free(m->free);
    wf_free(m->fresh);
    wf_free(m->alive);
    wf_free(m->next);
    wf_free(m->stack);
    wf_free(m->via);
}

static bool match_init(struct match *m, const weft_analysis *a, size_t r)
{
    const size_t first = wf_run_first(a, r), n = a->runs[r].n_tasks, words = (n + WORD - 1) / WORD;

    *m = (struct match){.n = n, .words = words, .before = wf_alloc_zero(n * words, sizeof *m->before),
                        .free = wf_alloc_zero(words, sizeof *m->free), .fresh = wf_alloc_zero(words, sizeof *m->fresh),
                        .alive = wf_alloc_zero(words, sizeof *m->alive), .next = wf_alloc_array(n, sizeof *m->next),
                        .stack = wf_alloc_array(n + 1, sizeof *m->stack), .via = wf_alloc_array(n + 1, sizeof *m->via)};
    if (!m->before || !m->free || !m->fresh || !m->alive || !m->next || !m->stack || !m->via)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint64_t *row = m->before + i * words;

        m->free[i / WORD] |= UINT64_C(1) << i % WORD;
        m->alive[i / WORD] |= UINT64_C(1) << i % WORD;
        m->next[i] = NONE;
        for (size_t d = 0; d < weft_trace_n_deps(a->trace, first + i); d++) {
            const size_t p = weft_trace_deps(a->trace, first + i)[d] - first;

            row[p / WORD] |= UINT64_C(1) << p % WORD;
            for (size_t k = 0; k <= p / WORD; k++)
                row[k] |= m->before[p * words + k];
        }
    }
    return true;
}

/* The first in both sets; NONE: there is none. */
static uint32_t first_of(const uint64_t *x, const uint64_t *y, size_t words)
{
    for (size_t k = 0; k < words; k++)
        if (x[k] & y[k])
            return (uint32_t)(k * WORD + (size_t)__builtin_ctzll(x[k] & y[k]));
    return NONE;
}

static void clear(uint64_t *set, uint32_t i)
{
    set[i / WORD] &= ~(UINT64_C(1) << i % WORD);
}

/* Finds task v one before it, moving others; false: there is none, for good. */
static bool augment(struct match *m, uint32_t v)
{
    size_t depth = 1;

    memcpy(m->fresh, m->alive, m->words * sizeof *m->fresh);
    m->stack[0] = v;
    while (depth) {
        const uint64_t *row = m->before + m->stack[depth - 1] * m->words;
        uint32_t u = first_of(row, m->free, m->words);

        if (u != NONE) {
            clear(m->free, u);
            m->via[depth - 1] = u;
            while (depth--)
                m->next[m->via[depth]] = m->stack[depth];
            return true;
        }
        u = first_of(row, m->fresh, m->words);
        if (u == NONE) {
            depth--;
            continue;
        }
        clear(m->fresh, u);
        m->via[depth - 1] = u;
        m->stack[depth++] = m->next[u];
    }
    memcpy(m->alive, m->fresh, m->words * sizeof *m->fresh);
    return false;
}

static weft_status exact(const weft_analysis *a, size_t r, size_t *width, struct weft_error *err)
{
    struct match m;
    weft_status st = WEFT_OK;

    if (match_init(&m, a, r)) {
        *width = m.n;
        for (uint32_t v = 0; v < m.n; v++)
            *width -= augment(&m, v);
    } else {
        st = wf_error_nomem(err, "an analysis");
    }
    match_fini(&m);
    return st;
}

weft_status wf_width_find(weft_analysis *a, struct weft_error *err)
{
    uint32_t *on_level = wf_alloc_array(a->stats.depth, sizeof *on_level);
    uint8_t *followed = wf_alloc_zero(a->stats.n_tasks, sizeof *followed);
    size_t at_most = 0;
    weft_status st = on_level && followed ? WEFT_OK : wf_error_nomem(err, "an analysis");

    for (size_t r = 0; !st && r < a->stats.n_runs; r++) {
        size_t least = widest_level(a, r, on_level), most = cover(a, r, followed);

        if (least < most && most > a->stats.width && a->runs[r].n_tasks <= WEFT_WIDTH_EXACT) {
            st = exact(a, r, &least, err);
            most = least;
        }
        a->stats.width = least > a->stats.width ? least : a->stats.width;
        at_most = most > at_most ? most : at_most;
    }
    a->stats.width_is_exact = a->stats.width == at_most;
    wf_free(on_level);
    wf_free(followed);
    return st;
}
