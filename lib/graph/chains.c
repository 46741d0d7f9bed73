/* chains.c - how many workers what is unfinished of a graph can still use. */
#include "lib/graph/chains.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* While many tasks are left a search looks at no more: a bound may be loose, and the
 * end of a task should not cost what a body does. */
enum { NONE = UINT32_MAX, MOST_STEPS = 32, MOST_EDGES = 256 };

/* A task that looks for one to stand behind, for the sake of that of another step. */
struct wf_chains_step {
    uint32_t task, from;
};

void wf_chains_free(struct wf_chains *c)
{
    if (!c)
        return;
    wf_free(c->first);
    wf_free(c->preds);
    wf_free(c->number);
    wf_free(c->next);
    wf_free(c->prev);
    wf_free(c->ended);
    wf_free(c->dead);
    wf_free(c->before);
    wf_free(c->open);
    wf_free(c->seen);
    wf_free(c->steps);
    wf_free(c);
}

/* ---- Searching --------------------------------------------------------------- */

/* Task u becomes the one before that of step s, which gives up the one before it, for
 * the step it was taken for, and so on. */
static void augment(struct wf_chains *c, uint32_t s, uint32_t u)
{
    if (c->open)
        wf_bits_clear(c->open, u);
    for (;;) {
        const uint32_t v = c->steps[s].task, given_up = c->prev[v];

        c->next[u] = v;
        c->prev[v] = u;
        if (!s)
            return;
        u = given_up;
        s = c->steps[s].from;
    }
}

/* What a search went through in vain will be in vain for ever. */
static void bury(struct wf_chains *c, uint32_t n_steps)
{
    for (uint32_t s = 0; s < n_steps; s++)
        wf_bits_set(c->dead, c->steps[s].task);
}

/* Finds a chain for task v to go on, when all that a task depends on is known. */
static bool search_all(struct wf_chains *c, uint32_t v)
{
    uint32_t n_steps = 1;

    memset(c->seen, 0, (size_t)c->words * sizeof *c->seen);
    c->steps[0] = (struct wf_chains_step){.task = v};
    for (uint32_t s = 0; s < n_steps; s++) {
        const uint64_t *before = c->before + (size_t)c->steps[s].task * c->words;

        for (uint32_t k = 0; k < c->words; k++)
            if (before[k] & c->open[k] & ~c->ended[k]) {
                augment(c, s, 64 * k + (uint32_t)__builtin_ctzll(before[k] & c->open[k] & ~c->ended[k]));
                return true;
            }
        for (uint32_t k = 0; k < c->words; k++) {
            uint64_t fresh = before[k] & ~c->ended[k] & ~c->seen[k];

            c->seen[k] |= fresh;
            for (; fresh; fresh &= fresh - 1) {
                const uint32_t other = c->next[64 * k + (uint32_t)__builtin_ctzll(fresh)];

                if (!wf_bits_at(c->dead, other))
                    c->steps[n_steps++] = (struct wf_chains_step){.task = other, .from = s};
            }
        }
    }
    bury(c, n_steps);
    return false;
}

static bool was_met(const struct wf_chains *c, uint32_t n_steps, uint32_t v)
{
    for (uint32_t s = 0; s < n_steps; s++)
        if (c->steps[s].task == v)
            return true;
    return false;
}

/* The same along what tasks read, giving up early. */
static bool search_near(struct wf_chains *c, uint32_t v)
{
    uint32_t n_steps = 1, n_edges = 0;
    bool gave_up = false;

    c->steps[0] = (struct wf_chains_step){.task = v};
    for (uint32_t s = 0; s < n_steps && !gave_up; s++) {
        const uint32_t task = c->steps[s].task;

        for (uint32_t k = c->first[task]; k < c->first[task + 1] && !gave_up; k++) {
            const uint32_t u = c->preds[k];

            gave_up = ++n_edges == MOST_EDGES;
            if (wf_bits_at(c->ended, u))
                continue;
            if (c->next[u] == NONE) {
                augment(c, s, u);
                return true;
            }
            if (wf_bits_at(c->dead, c->next[u]) || was_met(c, n_steps, c->next[u]))
                continue;
            gave_up = n_steps == MOST_STEPS;
            if (!gave_up)
                c->steps[n_steps++] = (struct wf_chains_step){.task = c->next[u], .from = s};
        }
    }
    if (!gave_up)
        bury(c, n_steps);
    return false;
}

static bool search(struct wf_chains *c, uint32_t v)
{
    if (wf_bits_at(c->dead, v))
        return false;
    return c->before ? search_all(c, v) : search_near(c, v);
}

/* ---- Making ------------------------------------------------------------------ */

/* Each task that begins a chain looks for one to go on. */
static void join_chains(struct wf_chains *c, uint32_t n)
{
    for (uint32_t v = 0; v < n; v++)
        if (c->prev[v] == NONE && search(c, v))
            c->n_chains--;
}

/* What each of the tasks left depends on among them, by their new numbers. */
static void close_rows(const struct wf_chains *c, const uint32_t *number, uint64_t *before, uint32_t words)
{
    for (uint32_t i = 0; i < c->n; i++) {
        uint64_t *row;

        if (number[i] == NONE)
            continue;
        row = before + (size_t)number[i] * words;
        for (uint32_t k = c->first[i]; k < c->first[i + 1]; k++) {
            const uint32_t u = number[c->preds[k]];

            if (u == NONE || wf_bits_at(row, u))
                continue;
            for (uint32_t j = 0; j < words; j++)
                row[j] |= before[(size_t)u * words + j];
            wf_bits_set(row, u);
        }
    }
}

/* Few tasks are left: from here on all that a task depends on is known. Without memory
 * for that all goes on as before. */
static void condense(struct wf_chains *c)
{
    const uint32_t m = c->n_left, words = (uint32_t)wf_bits_n_words(m);
    uint32_t *number = wf_alloc_array(c->n, sizeof *number), fresh = 0;
    uint32_t *next = wf_alloc_array(m, sizeof *next), *prev = wf_alloc_array(m, sizeof *prev);
    uint64_t *ended = wf_alloc_zero(words, sizeof *ended), *dead = wf_alloc_zero(words, sizeof *dead);
    uint64_t *open = wf_alloc_zero(words, sizeof *open), *seen = wf_alloc_array(words, sizeof *seen);
    uint64_t *before = wf_alloc_zero((size_t)m * words, sizeof *before);
    struct wf_chains_step *steps = wf_alloc_array(m, sizeof *steps);

    if (!number || !next || !prev || !ended || !dead || !open || !seen || !before || !steps)
        goto out;
    for (uint32_t i = 0; i < c->n; i++)
        number[i] = wf_bits_at(c->ended, i) ? NONE : fresh++;
    WF_ASSERT(fresh == m);
    for (uint32_t i = 0; i < c->n; i++) {
        if (number[i] == NONE)
            continue;
        next[number[i]] = c->next[i] == NONE ? NONE : number[c->next[i]];
        prev[number[i]] = c->prev[i] == NONE ? NONE : number[c->prev[i]];
        if (c->next[i] == NONE)
            wf_bits_set(open, number[i]);
    }
    close_rows(c, number, before, words);

#define SWAP(a, b) do { void *was = (a); (a) = (b); (b) = was; } while (0)
    SWAP(c->number, number);
    SWAP(c->next, next);
    SWAP(c->prev, prev);
    SWAP(c->ended, ended);
    SWAP(c->dead, dead);
    SWAP(c->open, open);
    SWAP(c->seen, seen);
    SWAP(c->before, before);
    SWAP(c->steps, steps);
#undef SWAP
    c->words = words;
    join_chains(c, m);
out:
    wf_free(number);
    wf_free(next);
    wf_free(prev);
    wf_free(ended);
    wf_free(dead);
    wf_free(open);
    wf_free(seen);
    wf_free(before);
    wf_free(steps);
}

weft_status wf_chains_new(struct wf_chains **out, uint32_t n, uint32_t *first, uint32_t *preds,
                          struct weft_error *err)
{
    struct wf_chains *c = wf_alloc_zero(1, sizeof *c);

    if (!c) {
        wf_free(first);
        wf_free(preds);
        return wf_error_nomem(err, "chains of tasks");
    }
    *c = (struct wf_chains){.n = n, .n_left = n, .n_chains = n, .first = first, .preds = preds};
    c->next = wf_alloc_array(n, sizeof *c->next);
    c->prev = wf_alloc_array(n, sizeof *c->prev);
    c->ended = wf_alloc_zero((size_t)wf_bits_n_words(n), sizeof *c->ended);
    c->dead = wf_alloc_zero((size_t)wf_bits_n_words(n), sizeof *c->dead);
    c->steps = wf_alloc_array(MOST_STEPS, sizeof *c->steps);
    if (!c->next || !c->prev || !c->ended || !c->dead || !c->steps) {
        wf_chains_free(c);
        return wf_error_nomem(err, "chains of tasks");
    }
    memset(c->next, 0xff, (size_t)n * sizeof *c->next);
    memset(c->prev, 0xff, (size_t)n * sizeof *c->prev);
    /* Long chains first, as they are built: that leaves little for later. */
    join_chains(c, n);
    if (n && n <= WF_CHAINS_EXACT)
        condense(c);
    *out = c;
    return WEFT_OK;
}

/* ---- Running ----------------------------------------------------------------- */

void wf_chains_end(struct wf_chains *c, uint32_t i)
{
    uint32_t u = c->number ? c->number[i] : i, v;

    WF_ASSERT(!wf_bits_at(c->ended, u) && c->prev[u] == NONE);
    wf_bits_set(c->ended, u);
    v = c->next[u];
    c->n_left--;
    if (v == NONE) {
        c->n_chains--;
    } else {
        c->prev[v] = NONE;
        if (search(c, v))
            c->n_chains--;
    }
    if (!c->before && c->n_left == WF_CHAINS_EXACT)
        condense(c);
}
