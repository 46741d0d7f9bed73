/* cross.c - the order of boxes in their ranks, with few crossings. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/layout.h"

/* Sweeps as many as about this many steps allow. */
enum { MOST_SWEEPS = 24, FEW_SWEEPS = 4, STEPS = 6000000 };

/* ---- Counting -------------------------------------------------------------------- */

/* Pairs of links between rank k and the next that cross: for each link, those before it in
 * the upper order that end further right (Barth, Juenger and Mutzel 2002). */
static size_t crossings_below(const struct wf_ranks *r, size_t k, uint32_t *tree)
{
    const size_t n_below = r->first[k + 2] - r->first[k + 1];
    size_t n_seen = 0, n = 0;

    memset(tree, 0, (n_below + 1) * sizeof *tree);
    for (size_t o = r->first[k]; o < r->first[k + 1]; o++) {
        const uint32_t i = r->order[o];

        for (size_t d = r->down_first[i]; d < r->down_first[i + 1]; d++) {
            size_t left = 0;

            for (size_t at = r->at[r->down[d]] + 1; at > 0; at -= at & -at)
                left += tree[at];
            n += n_seen - left;
        }
        for (size_t d = r->down_first[i]; d < r->down_first[i + 1]; d++, n_seen++) {
            for (size_t at = r->at[r->down[d]] + 1; at <= n_below; at += at & -at)
                tree[at]++;
        }
    }
    return n;
}

static size_t count(const struct wf_ranks *r, uint32_t *tree)
{
    size_t n = 0;

    for (size_t k = 0; k + 1 < r->n_ranks; k++)
        n += crossings_below(r, k, tree);
    return n;
}

size_t wf_ranks_crossings(const struct wf_ranks *r)
{
    uint32_t *tree = wf_alloc_array(r->n_nodes + 2, sizeof *tree);
    size_t n = tree ? count(r, tree) : SIZE_MAX;

    wf_free(tree);
    return n;
}

/* ---- Sweeping ---------------------------------------------------------------------- */

struct seat {
    double   mean; /* of its neighbours' places */
    uint32_t node, at;
};

static int by_mean(const void *a, const void *b)
{
    const struct seat *x = a, *y = b;

    if (x->mean != y->mean)
        return x->mean < y->mean ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorts a rank by the mean place of neighbours; what has none keeps its place. */
static void sort_rank(struct wf_ranks *r, size_t k, const size_t *near_first, const uint32_t *near, size_t n_other,
                      struct seat *seats)
{
    const size_t n = r->first[k + 1] - r->first[k];
    const double scale = n_other && n ? (double)n_other / (double)n : 1;
    bool moves = false;

    for (size_t s = 0; s < n; s++) {
        const uint32_t i = r->order[r->first[k] + s];
        const size_t n_near = near_first[i + 1] - near_first[i];
        double sum = 0;

        for (size_t e = near_first[i]; e < near_first[i + 1]; e++)
            sum += r->at[near[e]];
        seats[s] = (struct seat){n_near ? sum / (double)n_near : (double)s * scale, i, (uint32_t)s};
        moves = moves || (s > 0 && seats[s].mean < seats[s - 1].mean);
    }
    if (!moves)
        return;
    qsort(seats, n, sizeof *seats, by_mean);
    for (size_t s = 0; s < n; s++) {
        r->order[r->first[k] + s] = seats[s].node;
        r->at[seats[s].node] = (uint32_t)s;
    }
}

static size_t n_in_rank(const struct wf_ranks *r, size_t k)
{
    return r->first[k + 1] - r->first[k];
}

static void sweep(struct wf_ranks *r, bool down, struct seat *seats)
{
    for (size_t s = 1; s < r->n_ranks; s++) {
        const size_t k = down ? s : r->n_ranks - 1 - s;

        if (down)
            sort_rank(r, k, r->up_first, r->up, n_in_rank(r, k - 1), seats);
        else
            sort_rank(r, k, r->down_first, r->down, n_in_rank(r, k + 1), seats);
    }
}

/* Crossings of the links of two nodes, a left of b, and of them the other way round. */
static void compare(const struct wf_ranks *r, const size_t *first, const uint32_t *near, uint32_t a, uint32_t b,
                    size_t *as_is, size_t *swapped)
{
    for (size_t i = first[a]; i < first[a + 1]; i++) {
        for (size_t j = first[b]; j < first[b + 1]; j++) {
            *as_is += r->at[near[i]] > r->at[near[j]];
            *swapped += r->at[near[i]] < r->at[near[j]];
        }
    }
}

/* Swaps neighbours in a rank while that saves crossings. */
static void swap_neighbours(struct wf_ranks *r)
{
    bool better = true;

    for (int round = 0; better && round < 10; round++) {
        better = false;
        for (size_t k = 0; k < r->n_ranks; k++) {
            for (size_t o = r->first[k]; o + 1 < r->first[k + 1]; o++) {
                const uint32_t a = r->order[o], b = r->order[o + 1];
                size_t as_is = 0, swapped = 0;

                compare(r, r->up_first, r->up, a, b, &as_is, &swapped);
                compare(r, r->down_first, r->down, a, b, &as_is, &swapped);
                if (swapped >= as_is)
                    continue;
                r->order[o] = b;
                r->order[o + 1] = a;
                r->at[b]--;
                r->at[a]++;
                better = true;
            }
        }
    }
}

static void take_order(struct wf_ranks *r, const uint32_t *order)
{
    memcpy(r->order, order, r->n_nodes * sizeof *order);
    for (size_t k = 0; k < r->n_ranks; k++) {
        for (size_t o = r->first[k]; o < r->first[k + 1]; o++)
            r->at[r->order[o]] = (uint32_t)(o - r->first[k]);
    }
}

weft_status wf_ranks_order(struct wf_ranks *r, struct weft_error *err)
{
    const size_t n_links = r->down_first[r->n_nodes], per_sweep = r->n_nodes * 4 + n_links * 4 + 1;
    size_t n_sweeps = STEPS / per_sweep, n_best = SIZE_MAX;
    uint32_t *tree = wf_alloc_array(r->n_nodes + 2, sizeof *tree), *best = wf_alloc_array(r->n_nodes + 1, sizeof *best);
    struct seat *seats = wf_alloc_array(r->n_nodes + 1, sizeof *seats);
    weft_status st = WEFT_OK;

    if (!tree || !best || !seats) {
        st = wf_error_nomem(err, "a layout");
        goto out;
    }
    n_sweeps = n_sweeps > MOST_SWEEPS ? MOST_SWEEPS : n_sweeps < FEW_SWEEPS ? FEW_SWEEPS : n_sweeps;
    for (size_t s = 0; s <= n_sweeps && n_best > 0; s++) {
        size_t n;

        if (s > 0)
            sweep(r, s % 2 == 1, seats);
        if (s > 0 && n_links < 4000)
            swap_neighbours(r);
        n = count(r, tree);
        if (n < n_best) {
            n_best = n;
            memcpy(best, r->order, r->n_nodes * sizeof *best);
        }
    }
    take_order(r, best);
out:
    wf_free(tree);
    wf_free(best);
    wf_free(seats);
    return st;
}
