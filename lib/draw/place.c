/* place.c - where in its rank a box stands. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/layout.h"

enum { MOST_ROUNDS = 40, FEW_ROUNDS = 6, STEPS = 20000000 };

#define BOX_GAP  16.0
#define BEND_GAP 9.0

static bool is_bend(const struct wf_ranks *r, uint32_t i)
{
    return i >= r->n;
}

static double apart(const struct wf_ranks *r, uint32_t left, uint32_t right)
{
    const double gap = is_bend(r, left) && is_bend(r, right)   ? BEND_GAP
                       : is_bend(r, left) || is_bend(r, right) ? (BOX_GAP + BEND_GAP) / 2
                                                               : BOX_GAP;

    return r->half[left] + r->half[right] + gap;
}

/* Links between bends matter most: what is long should be straight (Gansner et al. 1993). What
 * is said to be straight shall be so even more, as a spine for all else. */
static double weight(const struct wf_ranks *r, uint32_t i, uint32_t j)
{
    const double bends = is_bend(r, i) && is_bend(r, j) ? 6 : is_bend(r, i) || is_bend(r, j) ? 1.5 : 1;

    return r->straight[i] && r->straight[j] ? bends * 12 : bends;
}

/* Nodes pooled because they stand as close as they may: they move as one. */
struct pool {
    double weight, sum;
    size_t n;
};

static double mean(const struct pool *p)
{
    return p->sum / p->weight;
}

static void add_pull(const struct wf_ranks *r, uint32_t i, const size_t *first, const uint32_t *near, double *sum,
                     double *weights)
{
    for (size_t e = first[i]; e < first[i + 1]; e++) {
        const double w = weight(r, i, near[e]);

        *sum += w * r->x[near[e]];
        *weights += w;
    }
}

/* Puts the nodes of a rank where they would like to be, by least squares: near their
 * neighbours above, below or both. */
static void place_rank(struct wf_ranks *r, size_t k, bool above, bool below, const double *spine, struct pool *pools)
{
    const uint32_t *order = r->order + r->first[k];
    const size_t n = r->first[k + 1] - r->first[k];
    size_t n_pools = 0, at = 0;
    double offset = 0;

    for (size_t s = 0; s < n; s++) {
        double sum = 0, weights = 0;

        offset += s > 0 ? apart(r, order[s - 1], order[s]) : 0;
        if (above)
            add_pull(r, order[s], r->up_first, r->up, &sum, &weights);
        if (below)
            add_pull(r, order[s], r->down_first, r->down, &sum, &weights);
        if (spine && r->straight[order[s]]) {
            sum += 200 * *spine;
            weights += 200;
        }
        /* Whom nothing pulls stays, as far as others let it. */
        sum += 0.05 * r->x[order[s]];
        weights += 0.05;
        pools[n_pools++] = (struct pool){weights, sum - weights * offset, 1};
        for (; n_pools > 1 && mean(&pools[n_pools - 2]) >= mean(&pools[n_pools - 1]); n_pools--) {
            pools[n_pools - 2].weight += pools[n_pools - 1].weight;
            pools[n_pools - 2].sum += pools[n_pools - 1].sum;
            pools[n_pools - 2].n += pools[n_pools - 1].n;
        }
    }
    offset = 0;
    for (size_t p = 0; p < n_pools; p++) {
        const double x = mean(&pools[p]);

        for (size_t i = 0; i < pools[p].n; i++, at++) {
            offset += at > 0 ? apart(r, order[at - 1], order[at]) : 0;
            r->x[order[at]] = x + offset;
        }
    }
}

/* The middle of what shall be straight. False: nothing shall. */
static bool find_spine(const struct wf_ranks *r, double *spine)
{
    size_t n = 0;

    *spine = 0;
    for (size_t i = 0; i < r->n_nodes; i++) {
        if (r->straight[i]) {
            *spine += r->x[i];
            n++;
        }
    }
    *spine = n ? *spine / (double)n : 0;
    return n > 0;
}

static void begin(struct wf_ranks *r)
{
    for (size_t k = 0; k < r->n_ranks; k++) {
        const uint32_t *order = r->order + r->first[k];
        const size_t n = r->first[k + 1] - r->first[k];
        double width = 0;

        for (size_t s = 1; s < n; s++)
            width += apart(r, order[s - 1], order[s]);
        for (size_t s = 0; s < n; s++)
            r->x[order[s]] = s ? r->x[order[s - 1]] + apart(r, order[s - 1], order[s]) : -width / 2;
    }
}

weft_status wf_ranks_place(struct wf_ranks *r, struct weft_error *err)
{
    const size_t per_round = 4 * (r->n_nodes + r->down_first[r->n_nodes]) + 1;
    size_t n_rounds = STEPS / per_round;
    struct pool *pools = wf_alloc_array(r->n_nodes + 1, sizeof *pools);
    double least = 0, spine = 0;
    bool has_spine = false;

    if (!pools)
        return wf_error_nomem(err, "a layout");
    n_rounds = n_rounds > MOST_ROUNDS ? MOST_ROUNDS : n_rounds < FEW_ROUNDS ? FEW_ROUNDS : n_rounds;
    begin(r);
    for (size_t round = 0; round < n_rounds; round++) {
        /* In the end both sides pull, so that a box stands amid all its neighbours. */
        const bool both = round + 6 >= n_rounds, down = round % 2 == 0;

        has_spine = round * 2 >= n_rounds && (has_spine || find_spine(r, &spine));
        for (size_t s = 0; s < r->n_ranks; s++)
            place_rank(r, down ? s : r->n_ranks - 1 - s, both || down, both || !down, has_spine ? &spine : NULL, pools);
    }
    wf_free(pools);
    for (size_t i = 0; i < r->n_nodes; i++)
        least = i == 0 || r->x[i] - r->half[i] < least ? r->x[i] - r->half[i] : least;
    for (size_t i = 0; i < r->n_nodes; i++)
        r->x[i] -= least;
    return WEFT_OK;
}
