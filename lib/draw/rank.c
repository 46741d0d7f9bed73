/* rank.c - which rank a box is in, and where links bend. */
#include <math.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/layout.h"

/* Links of each box, by box: those that leave it, those that reach it. */
struct near {
    size_t   *first; /* n + 1 */
    uint32_t *ties;
};

static bool near_init(struct near *s, size_t n, const struct wf_tie *ties, size_t n_ties, bool leaving)
{
    s->first = wf_alloc_zero(n + 2, sizeof *s->first);
    s->ties = wf_alloc_array(n_ties + 1, sizeof *s->ties);
    if (!s->first || !s->ties)
        return false;
    for (size_t k = 0; k < n_ties; k++)
        s->first[(leaving ? ties[k].from : ties[k].to) + 2]++;
    for (size_t i = 0; i < n; i++)
        s->first[i + 2] += s->first[i + 1];
    for (size_t k = 0; k < n_ties; k++)
        s->ties[s->first[(leaving ? ties[k].from : ties[k].to) + 1]++] = (uint32_t)k;
    return true;
}

static void near_fini(struct near *s)
{
    wf_free(s->first);
    wf_free(s->ties);
}

static size_t n_near(const struct near *s, size_t i)
{
    return s->first[i + 1] - s->first[i];
}

/* Ranks by the longest path that leads there; `queue` becomes a topological order. */
static void rank_by_path(uint32_t *rank, uint32_t *queue, size_t n, const struct wf_tie *ties, const struct near *out,
                         const struct near *in, uint32_t *waits)
{
    size_t n_queue = 0;

    for (size_t i = 0; i < n; i++) {
        waits[i] = (uint32_t)n_near(in, i);
        rank[i] = 0;
        if (!waits[i])
            queue[n_queue++] = (uint32_t)i;
    }
    for (size_t q = 0; q < n_queue; q++) {
        const uint32_t i = queue[q];

        for (size_t k = out->first[i]; k < out->first[i + 1]; k++) {
            const uint32_t to = ties[out->ties[k]].to;

            rank[to] = rank[to] > rank[i] ? rank[to] : rank[i] + 1;
            if (--waits[to] == 0)
                queue[n_queue++] = to;
        }
    }
}

/* Moves boxes down to their readers when that shortens more links than it lengthens. */
static void pull_down(uint32_t *rank, const uint32_t *queue, size_t n, const struct wf_tie *ties, const struct near *out,
                      const struct near *in)
{
    for (size_t q = n; q-- > 0;) {
        const uint32_t i = queue[q];
        uint32_t lowest = UINT32_MAX;

        for (size_t k = out->first[i]; k < out->first[i + 1]; k++) {
            const uint32_t to = ties[out->ties[k]].to;

            lowest = rank[to] < lowest ? rank[to] : lowest;
        }
        if (lowest != UINT32_MAX && n_near(out, i) > n_near(in, i))
            rank[i] = lowest - 1;
    }
}

/* Boxes without links stand in rows, as a block about as wide as high. */
static void stack_loners(uint32_t *rank, size_t n, const struct near *out, const struct near *in)
{
    size_t n_alone = 0, per_row, seen = 0;

    for (size_t i = 0; i < n; i++)
        n_alone += !n_near(out, i) && !n_near(in, i);
    per_row = (size_t)sqrt((double)n_alone / 2);
    per_row = per_row < 8 ? 8 : per_row;
    for (size_t i = 0; i < n; i++) {
        if (!n_near(out, i) && !n_near(in, i))
            rank[i] = (uint32_t)(seen++ / per_row);
    }
}

/* ---- Bends ------------------------------------------------------------------------- */

static uint32_t span(const struct wf_ranks *r, const struct wf_tie *tie)
{
    return r->rank[tie->to] - r->rank[tie->from];
}

/* Gives bends to links, as long ones as there is room for; answers how many. */
static weft_status add_bends(struct wf_ranks *r, const struct wf_tie *ties, size_t n_ties, struct weft_error *err)
{
    const size_t room = 4 * (r->n + n_ties) + 64;
    size_t *of_span = wf_alloc_zero(r->n_ranks + 1, sizeof *of_span), n_bends = 0;
    uint32_t longest = 0;

    if (!of_span)
        return wf_error_nomem(err, "a layout");
    for (size_t k = 0; k < n_ties; k++)
        of_span[span(r, &ties[k])]++;
    for (uint32_t s = 1; s < r->n_ranks && n_bends + of_span[s] * (s - 1) <= room; s++) {
        n_bends += of_span[s] * (s - 1);
        longest = s;
    }
    wf_free(of_span);
    r->n_nodes = r->n;
    for (size_t k = 0; k < n_ties; k++) {
        const uint32_t s = span(r, &ties[k]);

        r->bend[k] = s <= longest ? (uint32_t)r->n_nodes : UINT32_MAX;
        r->n_nodes += s <= longest ? s - 1 : 0;
    }
    return WEFT_OK;
}

/* Calls for each pair of neighbours of a link, from above. */
static void for_pairs(const struct wf_ranks *r, const struct wf_tie *tie, uint32_t bend,
                      void (*call)(const struct wf_ranks *r, uint32_t above, uint32_t below, void *arg), void *arg)
{
    uint32_t above = tie->from;

    if (bend == UINT32_MAX)
        return;
    for (uint32_t s = 1; s < span(r, tie); s++) {
        call(r, above, bend, arg);
        above = bend++;
    }
    call(r, above, tie->to, arg);
}

static void count_pair(const struct wf_ranks *r, uint32_t above, uint32_t below, void *arg)
{
    (void)arg;
    r->down_first[above + 2]++;
    r->up_first[below + 2]++;
}

static void add_pair(const struct wf_ranks *r, uint32_t above, uint32_t below, void *arg)
{
    (void)arg;
    r->down[r->down_first[above + 1]++] = below;
    r->up[r->up_first[below + 1]++] = above;
}

static bool join_neighbours(struct wf_ranks *r, const struct wf_tie *ties, size_t n_ties)
{
    r->up_first = wf_alloc_zero(r->n_nodes + 2, sizeof *r->up_first);
    r->down_first = wf_alloc_zero(r->n_nodes + 2, sizeof *r->down_first);
    if (!r->up_first || !r->down_first)
        return false;
    for (size_t k = 0; k < n_ties; k++)
        for_pairs(r, &ties[k], r->bend[k], count_pair, NULL);
    for (size_t i = 1; i <= r->n_nodes; i++) {
        r->up_first[i + 1] += r->up_first[i];
        r->down_first[i + 1] += r->down_first[i];
    }
    r->up = wf_alloc_array(r->up_first[r->n_nodes + 1] + 1, sizeof *r->up);
    r->down = wf_alloc_array(r->down_first[r->n_nodes + 1] + 1, sizeof *r->down);
    if (!r->up || !r->down)
        return false;
    for (size_t k = 0; k < n_ties; k++)
        for_pairs(r, &ties[k], r->bend[k], add_pair, NULL);
    return true;
}

/* Ranks as lists, boxes in their own order, bends after them. */
static bool list_ranks(struct wf_ranks *r, const struct wf_tie *ties, size_t n_ties)
{
    uint32_t *rank = wf_realloc(r->rank, (r->n_nodes + 1) * sizeof *rank);

    if (!rank)
        return false;
    r->rank = rank;
    r->order = wf_alloc_array(r->n_nodes + 1, sizeof *r->order);
    r->at = wf_alloc_array(r->n_nodes + 1, sizeof *r->at);
    r->first = wf_alloc_zero(r->n_ranks + 2, sizeof *r->first);
    r->straight = wf_alloc_zero(r->n_nodes + 1, sizeof *r->straight);
    if (!r->order || !r->at || !r->first || !r->straight)
        return false;
    for (size_t k = 0; k < n_ties; k++) {
        const uint32_t s = span(r, &ties[k]);

        for (uint32_t b = 0; b + 1 < s && r->bend[k] != UINT32_MAX; b++) {
            r->rank[r->bend[k] + b] = r->rank[ties[k].from] + b + 1;
            r->straight[r->bend[k] + b] = ties[k].is_straight;
        }
        if (ties[k].is_straight)
            r->straight[ties[k].from] = r->straight[ties[k].to] = 1;
    }
    for (size_t i = 0; i < r->n_nodes; i++)
        r->first[r->rank[i] + 2]++;
    for (size_t k = 1; k <= r->n_ranks; k++)
        r->first[k + 1] += r->first[k];
    for (size_t i = 0; i < r->n_nodes; i++)
        r->order[r->first[r->rank[i] + 1]++] = (uint32_t)i;
    for (size_t k = 0; k < r->n_ranks; k++) {
        for (size_t o = r->first[k]; o < r->first[k + 1]; o++)
            r->at[r->order[o]] = (uint32_t)(o - r->first[k]);
    }
    return true;
}

static weft_status rank_boxes(struct wf_ranks *r, const struct wf_tie *ties, size_t n_ties, struct weft_error *err)
{
    struct near out = {0}, in = {0};
    uint32_t *queue = wf_alloc_array(r->n + 1, sizeof *queue), *waits = wf_alloc_array(r->n + 1, sizeof *waits);
    weft_status st = WEFT_OK;

    if (!queue || !waits || !near_init(&out, r->n, ties, n_ties, true) || !near_init(&in, r->n, ties, n_ties, false)) {
        st = wf_error_nomem(err, "a layout");
        goto out;
    }
    rank_by_path(r->rank, queue, r->n, ties, &out, &in, waits);
    pull_down(r->rank, queue, r->n, ties, &out, &in);
    stack_loners(r->rank, r->n, &out, &in);
    r->n_ranks = 0;
    for (size_t i = 0; i < r->n; i++)
        r->n_ranks = r->rank[i] >= r->n_ranks ? r->rank[i] + 1 : r->n_ranks;
out:
    near_fini(&in);
    near_fini(&out);
    wf_free(queue);
    wf_free(waits);
    return st;
}

weft_status wf_ranks_init(struct wf_ranks *r, const struct wf_layout *l, const struct wf_tie *ties, size_t n_ties,
                          struct weft_error *err)
{
    weft_status st;

    *r = (struct wf_ranks){.n = l->n};
    r->rank = wf_alloc_zero(l->n + 1, sizeof *r->rank);
    r->bend = wf_alloc_array(n_ties + 1, sizeof *r->bend);
    if (!r->rank || !r->bend)
        return wf_error_nomem(err, "a layout");
    st = rank_boxes(r, ties, n_ties, err);
    st = st ? st : add_bends(r, ties, n_ties, err);
    if (st)
        return st;
    if (!list_ranks(r, ties, n_ties) || !join_neighbours(r, ties, n_ties))
        return wf_error_nomem(err, "a layout");
    r->half = wf_alloc_zero(r->n_nodes + 1, sizeof *r->half);
    r->x = wf_alloc_zero(r->n_nodes + 1, sizeof *r->x);
    if (!r->half || !r->x)
        return wf_error_nomem(err, "a layout");
    for (size_t i = 0; i < r->n; i++)
        r->half[i] = l->places[i].w / 2;
    return WEFT_OK;
}

void wf_ranks_fini(struct wf_ranks *r)
{
    wf_free(r->rank);
    wf_free(r->order);
    wf_free(r->first);
    wf_free(r->at);
    wf_free(r->up_first);
    wf_free(r->down_first);
    wf_free(r->up);
    wf_free(r->down);
    wf_free(r->straight);
    wf_free(r->bend);
    wf_free(r->half);
    wf_free(r->x);
    *r = (struct wf_ranks){0};
}
