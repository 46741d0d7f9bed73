/* explain.c - what each pass does to a graph, told to people. */
#include <weft/explain.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/base/units.h"
#include "lib/graph/plan.h"
#include "lib/graph/source.h"

/* More lines nobody reads; and names of so many groups are not compared one by one. */
enum { MOST_LINES = 1000, MOST_COMPARED = 2000, MOST_NAMES = 5 };

/* ---- Groups ------------------------------------------------------------------
 * Tasks of one layer, or of one name where there is no layer, that want to be run
 * alike: what people think of as one step. */

struct group {
    const weft_task *first;   /* of its tasks, by rank */
    int64_t          n;
    int64_t          n_fused;
    size_t           bytes;
    uint32_t        *reads;   /* other groups, in the order met; NULL: not looked for */
    uint32_t         n_reads;
    size_t           room_reads;
    bool             is_told;
};

struct groups {
    struct group    *group;
    uint32_t         n;
    size_t           room;
    uint32_t        *of;      /* of each node */
    struct wf_map    by_key;  /* struct group_key, kept in `arena` */
    struct wf_arena  arena;
};

struct group_key {
    const void *name; /* NULL: it has a layer */
    const void *terms;
    int64_t     priority;
    int64_t     layer;
};

static void groups_fini(struct groups *gs)
{
    for (uint32_t i = 0; i < gs->n; i++)
        wf_free(gs->group[i].reads);
    wf_free(gs->group);
    wf_free(gs->of);
    wf_map_fini(&gs->by_key);
    wf_arena_fini(&gs->arena);
}

/* Names of kinds are copies, one a kind; equal ones shall be one. */
static const void *one_name(struct groups *gs, const char *name)
{
    bool fresh;
    const uint64_t *place = wf_map_put(&gs->by_key, name, strlen(name) + 1, (uintptr_t)name, &fresh);

    return place ? (const void *)(uintptr_t)*place : NULL;
}

/* The group of a task, new if need be. WF_NONE: no memory. */
static uint32_t group_of(struct groups *gs, const weft_task *t)
{
    const struct wf_kind *kind = wf_task_kind(t);
    struct group_key *key = wf_arena_alloc(&gs->arena, sizeof *key, 8);
    struct group *group;
    uint64_t *place;
    bool fresh;

    if (!key)
        return WF_NONE;
    key->layer = kind->layer;
    key->terms = kind->terms;
    key->priority = kind->priority;
    if (!kind->layer && !(key->name = one_name(gs, kind->name)))
        return WF_NONE;
    group = wf_grow(gs->group, gs->n, &gs->room, sizeof *group);
    if (!group)
        return WF_NONE;
    gs->group = group;
    place = wf_map_put(&gs->by_key, key, sizeof *key, gs->n, &fresh);
    if (!place)
        return WF_NONE;
    if (fresh)
        gs->group[gs->n++] = (struct group){.first = t};
    return (uint32_t)*place;
}

static const char *group_name(const struct group *g)
{
    const uint32_t layer = weft_task_layer(g->first);

    return layer ? weft_graph_layer_name(wf_task_graph(g->first), layer) : weft_task_name(g->first);
}

static weft_status find_groups(struct groups *gs, const weft_plan *p, struct weft_error *err)
{
    uint32_t *of_kind; /* 1 + the group of a kind of tasks, which says all that groups are told apart by */
    weft_status st = WEFT_OK;

    *gs = (struct groups){0};
    wf_map_init(&gs->by_key);
    wf_arena_init(&gs->arena);
    gs->of = wf_alloc_array((size_t)p->n_nodes + 1, sizeof *gs->of);
    of_kind = wf_alloc_zero((size_t)p->graph->n_kinds + 1, sizeof *of_kind);
    if (!gs->of || !of_kind)
        st = wf_error_nomem(err, "an explanation");
    for (uint32_t i = 0; !st && i < p->n_nodes; i++) {
        const weft_task *t = wf_plan_task(p, i);
        const struct wf_extra *x = wf_task_extra(t);
        uint32_t *group = &of_kind[t->kind];

        if (!*group)
            *group = group_of(gs, t) + 1; /* WF_NONE + 1 is 0 */
        if (!*group) {
            st = wf_error_nomem(err, "an explanation");
            break;
        }
        gs->of[i] = *group - 1;
        gs->group[*group - 1].n++;
        gs->group[*group - 1].n_fused += wf_plan_is_fused(p, i);
        gs->group[*group - 1].bytes += x ? x->result_bytes : 0;
    }
    wf_free(of_kind);
    return st;
}

static bool add_read(struct group *g, uint32_t other)
{
    uint32_t *reads;

    if (g->n_reads >= MOST_LINES) /* no more are told */
        return true;
    for (uint32_t i = 0; i < g->n_reads; i++)
        if (g->reads[i] == other)
            return true;
    reads = wf_grow(g->reads, g->n_reads, &g->room_reads, sizeof *reads);
    if (!reads)
        return false;
    g->reads = reads;
    g->reads[g->n_reads++] = other;
    return true;
}

/* Who reads whom; one that is fused reads the one before it first. */
static weft_status find_reads(struct groups *gs, const weft_plan *p, struct weft_error *err)
{
    for (uint32_t i = 0; i < p->n_nodes; i++)
        for (uint32_t k = 0, last = gs->of[i]; k < p->nodes[i].n_succ; k++) {
            const uint32_t to = gs->of[wf_plan_succ(p, i)[k]];

            if (to == last || to == gs->of[i])
                continue;
            last = to;
            if (!add_read(&gs->group[to], gs->of[i]))
                return wf_error_nomem(err, "an explanation");
        }
    return WEFT_OK;
}

/* ---- The passes ---------------------------------------------------------------- */

/* One line of the table: the plan without these passes. */
struct stage {
    const char *name;
    uint32_t    pass; /* that was added; 0: none */
    uint32_t    without;
    const char *did;  /* "not needed" */
};

static const struct stage stages[] = {
    {"as built", 0, WEFT_PASS_CULL | WEFT_PASS_SHARE | WEFT_PASS_FUSE | WEFT_PASS_ORDER, NULL},
    {"cull", WEFT_PASS_CULL, WEFT_PASS_SHARE | WEFT_PASS_FUSE | WEFT_PASS_ORDER, "not needed"},
    {"share", WEFT_PASS_SHARE, WEFT_PASS_FUSE | WEFT_PASS_ORDER, "equal to another"},
    {"fuse", WEFT_PASS_FUSE, WEFT_PASS_ORDER, "run with the one before"},
    {"order", WEFT_PASS_ORDER, 0, NULL},
    {"recall", 0, 0, "known from earlier runs"}, /* with a memo only */
};
enum { N_STAGES = sizeof stages / sizeof *stages };

struct explain {
    FILE              *to;
    weft_task *const  *targets;
    size_t             n_targets;
    struct weft_plan_spec plan;
    int                n_lines;
    weft_plan         *p;      /* after the newest pass */
    struct groups      groups; /* of it */
};

/* How many tasks of this name are in a plan; the name is that of a group. */
static int64_t count_in(const struct groups *gs, const char *name)
{
    int64_t n = 0;

    for (uint32_t i = 0; i < gs->n; i++)
        if (strcmp(group_name(&gs->group[i]), name) == 0)
            n += gs->group[i].n;
    return n;
}

struct lost {
    const char *name;
    int64_t     n;
};

static int compare_lost(const void *a, const void *b)
{
    const struct lost *x = a, *y = b;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* "  not needed: 11 (range-print 10, print)" */
static void print_lost(FILE *to, const char *did, struct lost *lost, uint32_t n)
{
    int64_t all = 0;

    for (uint32_t i = 0; i < n; i++)
        all += lost[i].n;
    if (!all)
        return;
    qsort(lost, n, sizeof *lost, compare_lost);
    fprintf(to, "  %s: %lld (", did, (long long)all);
    for (uint32_t i = 0; i < n && i < MOST_NAMES && lost[i].n; i++) {
        fprintf(to, "%s%s", i ? ", " : "", lost[i].name);
        if (lost[i].n > 1)
            fprintf(to, " %lld", (long long)lost[i].n);
    }
    fprintf(to, "%s)", n > MOST_NAMES && lost[MOST_NAMES].n ? ", ..." : "");
}

/* What the pass took from the groups before it, by their names. */
static weft_status print_did(const struct explain *e, const struct stage *s, const struct groups *before,
                             struct weft_error *err)
{
    struct lost *lost = before->n > MOST_COMPARED ? NULL : wf_alloc_zero((size_t)before->n + 1, sizeof *lost);
    uint32_t n = 0;

    if (before->n > MOST_COMPARED)
        return WEFT_OK;
    if (!lost)
        return wf_error_nomem(err, "an explanation");
    for (uint32_t i = 0; i < before->n; i++) {
        const char *name = group_name(&before->group[i]);
        bool is_told = false;

        for (uint32_t k = 0; k < n; k++)
            is_told |= strcmp(lost[k].name, name) == 0;
        if (is_told)
            continue;
        lost[n].name = name;
        if (s->pass == WEFT_PASS_FUSE)
            for (uint32_t k = 0; k < e->groups.n; k++)
                lost[n].n += strcmp(group_name(&e->groups.group[k]), name) == 0 ? e->groups.group[k].n_fused : 0;
        else
            lost[n].n = count_in(before, name) - count_in(&e->groups, name);
        n++;
    }
    print_lost(e->to, s->did, lost, n);
    wf_free(lost);
    return WEFT_OK;
}

static weft_status print_stage(struct explain *e, const struct stage *s, struct weft_error *err)
{
    const struct weft_plan_spec spec = {.without = s->without | e->plan.without,
                                        .times = s->without ? NULL : e->plan.times,
                                        .rank = s->without & WEFT_PASS_ORDER ? NULL : e->plan.rank,
                                        .rank_arg = e->plan.rank_arg,
                                        .memo = s == &stages[N_STAGES - 1] ? e->plan.memo : NULL};
    struct groups before = e->groups;
    weft_plan *plan = NULL;
    struct weft_order_stats held;
    char text[WEFT_UNITS_TEXT];
    weft_status st;

    e->groups = (struct groups){0};
    if (s->pass & e->plan.without) {
        e->groups = before;
        fprintf(e->to, "  %-9s off\n", s->name);
        return WEFT_OK;
    }
    st = weft_plan_new(&plan, e->targets, e->n_targets, &spec, err);
    if (!st) {
        weft_plan_free(e->p);
        e->p = plan;
        st = find_groups(&e->groups, plan, err);
    }
    if (!st)
        st = weft_plan_order_stats(plan, NULL, &held, err);
    if (st)
        goto out;
    fprintf(e->to, "  %-9s %7zu %7zu %7zu %5lld", s->name, weft_plan_n_tasks(plan), weft_plan_n_edges(plan),
            weft_plan_n_tasks(plan) - weft_plan_n_fused(plan), (long long)held.n_most);
    if (held.bytes_most)
        fprintf(e->to, " %10s", wf_bytes_text(held.bytes_most, text));
    if (s->did)
        st = print_did(e, s, &before, err);
    fputc('\n', e->to);
out:
    groups_fini(&before);
    return st;
}

/* What it will take, if tasks say so. */
static weft_status print_peak(const struct explain *e, struct weft_error *err)
{
    struct weft_plan_peak peak;
    char bytes[WEFT_UNITS_TEXT], largest[WEFT_UNITS_TEXT], key[96];
    const weft_status st = weft_plan_peak(e->p, NULL, &peak, err);

    if (st || !peak.bytes)
        return st;
    weft_task_key(weft_plan_task(e->p, peak.at), key, sizeof key);
    fprintf(e->to, "  peak      %s at %s", wf_bytes_text(peak.bytes, bytes), key);
    fprintf(e->to, ", with one worker; %s for the largest task", wf_bytes_text(peak.largest, largest));
    if (peak.n_unknown)
        fprintf(e->to, "; no bound, as %zu task%s not say what %s", peak.n_unknown, peak.n_unknown == 1 ? " does" : "s do",
                peak.n_unknown == 1 ? "it gives" : "they give");
    fputc('\n', e->to);
    return WEFT_OK;
}

/* The files behind the targets, if there are any. */
static weft_status print_sources(struct explain *e, struct weft_error *err)
{
    struct weft_sources s;
    const weft_status st = weft_sources_of(e->targets, e->n_targets, &s, err);
    char few[256];

    if (st)
        return st;
    if (s.n) {
        weft_sources_text(&s, few, sizeof few);
        fprintf(e->to, "  reads     ");
        wf_sources_print_sums(&s, e->to);
        fprintf(e->to, ": %s\n", few);
    }
    weft_sources_fini(&s);
    return WEFT_OK;
}

/* ---- The tree ---------------------------------------------------------------------- */

static void print_terms(FILE *to, const weft_task *t)
{
    const struct wf_kind *kind = wf_task_kind(t);
    const struct weft_terms *terms = kind->terms;
    char text[WEFT_UNITS_TEXT];

    if (kind->priority)
        fprintf(to, ", priority %d", kind->priority);
    if (!terms)
        return;
    if (terms->retries)
        fprintf(to, ", %d retries", terms->retries);
    if (terms->backoff_ns)
        fprintf(to, " from %s", weft_duration_format(terms->backoff_ns, text));
    if (terms->timeout_ns)
        fprintf(to, ", timeout %s", weft_duration_format(terms->timeout_ns, text));
    if (terms->scratch_bytes)
        fprintf(to, ", scratch %s", wf_bytes_text(terms->scratch_bytes, text));
    if (terms->lenient)
        fputs(", lenient", to);
    for (size_t i = 0; i < terms->n_needs; i++)
        fprintf(to, ", needs %d %s", terms->needs[i].units, terms->needs[i].resource);
    for (int i = 0; i < terms->n_workers; i++)
        fprintf(to, "%s%d", i ? " " : terms->only_workers ? ", only on workers " : ", best on workers ",
                terms->workers[i]);
}

/* What is behind the name: how many, and what they give. */
static void print_group(const struct explain *e, const struct group *g, int indent)
{
    const char *name = group_name(g);
    const uint32_t layer = weft_task_layer(g->first);
    const char *about = weft_graph_layer_about(wf_task_graph(g->first), layer);
    const int width = 40 - indent;
    char text[WEFT_UNITS_TEXT], site[128];

    fprintf(e->to, "%-*s %7lld task%s", width > 0 ? width : 0, name, (long long)g->n, g->n == 1 ? "" : "s");
    if (about[0])
        fprintf(e->to, "  %s", about);
    if (g->bytes)
        fprintf(e->to, "%s %s", about[0] ? "," : " ", wf_bytes_text(g->bytes, text));
    if (g->n_fused == g->n)
        fprintf(e->to, ", run with what they read");
    else if (g->n_fused)
        fprintf(e->to, ", %lld run with what they read", (long long)g->n_fused);
    print_terms(e->to, g->first);
    wf_task_site(g->first, site, sizeof site);
    if (site[0])
        fprintf(e->to, "  [%s]", site);
    fputc('\n', e->to);
}

/* A group and what it reads, once each. No deeper than there are lines. */
static void print_tree(struct explain *e, uint32_t at, int depth)
{
    struct group *g = &e->groups.group[at];

    if (e->n_lines-- <= 0)
        return;
    fprintf(e->to, "%*s%s", 2 + (depth > 0 ? 3 * (depth - 1) : 0), "", depth ? "+- " : "");
    if (g->is_told) {
        fprintf(e->to, "%s, as above\n", group_name(g));
        return;
    }
    g->is_told = true;
    print_group(e, g, depth ? 3 * depth : 0);
    for (uint32_t i = 0; i < g->n_reads; i++)
        print_tree(e, g->reads[i], depth + 1);
}

static weft_status print_trees(struct explain *e, struct weft_error *err)
{
    const weft_status st = find_reads(&e->groups, e->p, err);
    uint32_t n_left = 0;

    if (st)
        return st;
    for (uint32_t i = 0; i < e->p->n_targets; i++)
        if (e->p->targets[i] < e->p->first_const) {
            const uint32_t at = e->groups.of[wf_plan_owner(e->p, e->p->targets[i])];

            if (!e->groups.group[at].is_told)
                print_tree(e, at, 0);
        }
    for (uint32_t i = 0; i < e->groups.n; i++)
        n_left += !e->groups.group[i].is_told;
    if (n_left)
        fprintf(e->to, "  and %u more\n", n_left);
    return WEFT_OK;
}

/* ---- All of it --------------------------------------------------------------------- */

static weft_status print_all(struct explain *e, bool with_order, struct weft_error *err)
{
    weft_status st;

    fprintf(e->to, "plan for %zu target%s of a graph of %zu tasks\n", e->n_targets, e->n_targets == 1 ? "" : "s",
            weft_graph_n_tasks(wf_task_graph(e->targets[0])));
    fprintf(e->to, "  %-9s %7s %7s %7s %5s\n", "", "tasks", "edges", "run as", "held");
    for (int i = 0; i < N_STAGES - !e->plan.memo; i++) {
        st = print_stage(e, &stages[i], err);
        if (st)
            return st;
    }
    st = print_peak(e, err);
    if (!st)
        st = print_sources(e, err);
    if (!st)
        st = print_trees(e, err);
    if (!st && with_order)
        st = weft_plan_print_order(e->p, 64, e->to, err);
    return st;
}

weft_status weft_explain_text(char **out, weft_task *const *targets, size_t n_targets,
                              const struct weft_explain_spec *spec, struct weft_error *err)
{
    struct explain e = {.targets = targets, .n_targets = n_targets,
                        .n_lines = spec && spec->n_lines ? spec->n_lines : 60};
    weft_plan *plan;
    char *text = NULL;
    size_t bytes;
    weft_status st;

    if (spec && spec->plan)
        e.plan = *spec->plan;
    e.n_lines = e.n_lines > MOST_LINES ? MOST_LINES : e.n_lines;
    /* What is wrong with the graph is found before anything is written. */
    st = weft_plan_new(&plan, targets, n_targets, &e.plan, err);
    if (st)
        return st;
    weft_plan_free(plan);
    e.to = open_memstream(&text, &bytes);
    if (!e.to)
        return wf_error_nomem(err, "an explanation");
    st = print_all(&e, spec && spec->order, err);
    if (fclose(e.to) && !st)
        st = wf_error_nomem(err, "an explanation");
    weft_plan_free(e.p);
    groups_fini(&e.groups);
    if (st)
        free(text);
    else
        *out = text;
    return st;
}

weft_status weft_explain(FILE *to, weft_task *const *targets, size_t n_targets,
                         const struct weft_explain_spec *spec, struct weft_error *err)
{
    char *text;
    weft_status st = weft_explain_text(&text, targets, n_targets, spec, err);

    if (st)
        return st;
    if (fputs(text, to) < 0)
        st = weft_error_set(err, WEFT_IO, "explain: cannot write");
    free(text);
    return st;
}
