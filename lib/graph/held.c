/* held.c - what lies in memory while a plan is run in its order. */
#include <string.h>

#include <weft/explain.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/units.h"
#include "lib/graph/plan.h"

/* The last task that reads what node i gives: itself when nobody does; WF_NONE: to the end. */
static void find_ends(const weft_plan *p, uint32_t *ends)
{
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const uint32_t *succ = wf_plan_succ(p, i);

        ends[i] = i;
        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++)
            ends[i] = succ[k] > ends[i] ? succ[k] : ends[i];
        if (wf_plan_is_target(p, i))
            ends[i] = WF_NONE;
    }
}

/* What is held after each task has begun, its own result included, as runs of a plan go:
 * that comes into being before what it has read is dropped. */
struct state {
    int64_t n;
    size_t  bytes;
};

static void drop(struct state *s, struct weft_order_info *info, const weft_task *t)
{
    info->n_at_drop = s->n;
    info->bytes_at_drop = s->bytes;
    s->n--;
    s->bytes -= wf_task_bytes(t);
}

static void walk(const weft_plan *p, const uint32_t *first, const uint32_t *preds, const uint32_t *ends,
                 struct weft_order_info *infos, struct weft_order_stats *sum)
{
    struct state s = {0};
    double ages = 0;

    for (uint32_t i = 0; i < p->n_nodes; i++) {
        struct weft_order_info *info = &infos[i];

        info->age = (ends[i] == WF_NONE ? p->n_nodes - 1 : ends[i]) - i;
        info->n_before = s.n;
        info->bytes_before = s.bytes;
        s.n++;
        s.bytes += wf_task_bytes(wf_plan_task(p, i));
        if (s.n > sum->n_most) {
            sum->n_most = s.n;
            sum->most_at = i;
        }
        if (s.bytes > sum->bytes_most) {
            sum->bytes_most = s.bytes;
            sum->bytes_most_at = i;
        }
        for (uint32_t k = first[i]; k < first[i + 1]; k++)
            if (ends[preds[k]] == i) {
                drop(&s, &infos[preds[k]], wf_plan_task(p, preds[k]));
                info->n_dropped_by++;
            }
        if (ends[i] == i)
            drop(&s, info, wf_plan_task(p, i));
        ages += (double)info->age;
        sum->age_most = info->age > sum->age_most ? info->age : sum->age_most;
    }
    for (uint32_t i = 0; i < p->n_nodes; i++)
        if (ends[i] == WF_NONE) {
            infos[i].n_at_drop = s.n;
            infos[i].bytes_at_drop = s.bytes;
        }
    sum->age_mean = p->n_nodes ? ages / p->n_nodes : 0;
}

weft_status weft_plan_order_stats(const weft_plan *p, struct weft_order_info *infos, struct weft_order_stats *sum,
                            struct weft_error *err)
{
    const size_t n = (size_t)p->n_nodes + 1;
    uint32_t *first = wf_alloc_array(n, sizeof *first);
    uint32_t *preds = wf_alloc_array((size_t)p->n_edges + 1, sizeof *preds);
    uint32_t *ends = wf_alloc_array(n, sizeof *ends);
    struct weft_order_info *own = infos ? NULL : wf_alloc_zero(n, sizeof *own);
    weft_status st = WEFT_OK;

    if (!first || !preds || !ends || (!infos && !own)) {
        st = wf_error_nomem(err, "the order of a plan");
        goto out;
    }
    *sum = (struct weft_order_stats){0};
    if (infos)
        memset(infos, 0, (size_t)p->n_nodes * sizeof *infos);
    wf_plan_preds(p, first, preds);
    find_ends(p, ends);
    walk(p, first, preds, ends, infos ? infos : own, sum);
out:
    wf_free(first);
    wf_free(preds);
    wf_free(ends);
    wf_free(own);
    return st;
}

/* ---- The curve ------------------------------------------------------------- */

enum { N_LINES = 10, MOST_COLUMNS = 200 };

/* The most that is held in each of the columns. */
static void fill_columns(const weft_plan *p, const struct weft_order_info *infos, bool in_bytes, int n_columns,
                         double *columns)
{
    for (int c = 0; c < n_columns; c++)
        columns[c] = 0;
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const int c = (int)((uint64_t)i * (uint64_t)n_columns / p->n_nodes);
        const double held = in_bytes ? (double)infos[i].bytes_before + (double)wf_task_bytes(wf_plan_task(p, i))
                                     : (double)infos[i].n_before + 1;

        columns[c] = held > columns[c] ? held : columns[c];
    }
}

static void print_curve(const double *columns, int n_columns, double most, bool in_bytes, FILE *to)
{
    for (int line = N_LINES; line > 0; line--) {
        const double from = most * (line - 1) / N_LINES;
        char label[WEFT_UNITS_TEXT];

        if (in_bytes)
            wf_bytes_text((size_t)(most * line / N_LINES), label);
        else
            snprintf(label, sizeof label, "%.0f", most * line / N_LINES);
        fprintf(to, "%10s |", label);
        for (int c = 0; c < n_columns; c++)
            fputc(columns[c] > from ? '#' : ' ', to);
        fputc('\n', to);
    }
}

weft_status weft_plan_print_order(const weft_plan *p, int n_columns, FILE *to, struct weft_error *err)
{
    struct weft_order_info *infos = wf_alloc_zero((size_t)p->n_nodes + 1, sizeof *infos);
    struct weft_order_stats sum;
    weft_status st = infos ? weft_plan_order_stats(p, infos, &sum, err) : wf_error_nomem(err, "the order of a plan");
    double columns[MOST_COLUMNS];
    char text[WEFT_UNITS_TEXT], key[64];

    if (st || !p->n_nodes)
        goto out;
    n_columns = n_columns < 1 ? 1 : n_columns > MOST_COLUMNS ? MOST_COLUMNS : n_columns;
    n_columns = (uint32_t)n_columns > p->n_nodes ? (int)p->n_nodes : n_columns;
    weft_task_key(wf_plan_task(p, (uint32_t)sum.most_at), key, sizeof key);
    fprintf(to, "held: at most %lld results, at %s", (long long)sum.n_most, key);
    if (sum.bytes_most) {
        weft_task_key(wf_plan_task(p, (uint32_t)sum.bytes_most_at), key, sizeof key);
        fprintf(to, "; at most %s, at %s", wf_bytes_text(sum.bytes_most, text), key);
    }
    fprintf(to, "\nage:  %.1f tasks in the mean, %lld at most\n", sum.age_mean, (long long)sum.age_most);
    fill_columns(p, infos, sum.bytes_most, n_columns, columns);
    print_curve(columns, n_columns, sum.bytes_most ? (double)sum.bytes_most : (double)sum.n_most, sum.bytes_most, to);
out:
    wf_free(infos);
    return st;
}
