/* report_groups.c - tasks of one function, and of one layer, together. */
#include "lib/dash/report.h"

enum { MOST_GROUPS = 1000 };

static void write_group(struct wf_json *j, const struct weft_group_stats *g)
{
    wf_json_open(j, '{');
    wf_json_put_text(j, "name", g->name);
    wf_json_put_int(j, "n_tasks", (int64_t)g->n_tasks);
    wf_json_put_int(j, "n_measured", (int64_t)g->n_measured);
    wf_json_put_int(j, "n_failed", (int64_t)g->n_failed);
    wf_json_put_int(j, "total_ns", g->total_ns);
    wf_json_put_number(j, "share", g->share);
    wf_json_put_int(j, "mean_ns", g->mean_ns);
    wf_json_put_int(j, "median_ns", g->median_ns);
    wf_json_put_int(j, "p95_ns", g->p95_ns);
    wf_json_put_int(j, "max_ns", g->max_ns);
    wf_json_put_int(j, "wait_ns", g->wait_ns);
    wf_json_put_int(j, "result_bytes", g->result_bytes);
    wf_json_close(j, '}');
}

static weft_status write_groups(struct wf_report *r, const char *key, enum weft_group_by by, struct weft_error *err)
{
    struct weft_group_stats *groups;
    size_t n;
    const weft_status st = weft_analysis_groups(r->analysis, by, &groups, &n, err);

    if (st)
        return st;
    wf_json_put_open(&r->json, key, '{');
    wf_json_put_int(&r->json, "n", (int64_t)n);
    wf_json_put_open(&r->json, "costly", '[');
    for (size_t i = 0; i < n && i < MOST_GROUPS; i++)
        write_group(&r->json, &groups[i]);
    wf_json_close(&r->json, ']');
    wf_json_close(&r->json, '}');
    weft_groups_free(groups);
    return WEFT_OK;
}

weft_status wf_report_groups(struct wf_report *r, struct weft_error *err)
{
    const weft_status st = write_groups(r, "functions", WEFT_BY_FUNCTION, err);

    return st ? st : write_groups(r, "layers", WEFT_BY_LAYER, err);
}
