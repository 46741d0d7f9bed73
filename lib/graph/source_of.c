/* source_of.c - what is behind a result: the sources of all that it was made from, in order.
 *
 * A walk down from the targets, inputs in their order, numbers files as they are met. Then
 * sources are sorted by file and begin, and neighbours that touch are joined.
 */
#include "lib/graph/source.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* ---- What is behind ---------------------------------------------------------- */

struct found {
    size_t                       rank; /* of its file: the first met has 0 */
    const struct wf_task_source *source;
};

/* A walk down from targets; tasks met are in an open table, as number + 1. */
struct walk {
    const weft_graph *g;
    uint32_t         *met;
    size_t            n_met, room_met;
    uint32_t         *stack;
    size_t            n_stack, room_stack;
    struct found     *found;
    size_t            n_found, room_found;
    struct wf_map     ranks;
};

static uint32_t *place_of(const uint32_t *met, size_t room, uint32_t id)
{
    size_t at = wf_mix(id) & (room - 1);

    while (met[at] && met[at] != id + 1)
        at = (at + 1) & (room - 1);
    return (uint32_t *)&met[at];
}

static bool grow_met(struct walk *w)
{
    const size_t room = w->room_met ? 2 * w->room_met : 64;
    uint32_t *met = wf_alloc_zero(room, sizeof *met);

    if (!met)
        return false;
    for (size_t i = 0; i < w->room_met; i++)
        if (w->met[i])
            *place_of(met, room, w->met[i] - 1) = w->met[i];
    wf_free(w->met);
    w->met = met;
    w->room_met = room;
    return true;
}

/* False: no memory. *fresh: it was not met before. */
static bool meet(struct walk *w, uint32_t id, bool *fresh)
{
    uint32_t *place;

    if (2 * w->n_met >= w->room_met && !grow_met(w))
        return false;
    place = place_of(w->met, w->room_met, id);
    *fresh = !*place;
    w->n_met += *fresh;
    *place = id + 1;
    return true;
}

static bool push(struct walk *w, uint32_t id)
{
    uint32_t *stack = wf_grow(w->stack, w->n_stack, &w->room_stack, sizeof *stack);

    if (!stack)
        return false;
    w->stack = stack;
    w->stack[w->n_stack++] = id;
    return true;
}

static bool take(struct walk *w, const struct wf_task_source *s)
{
    const char *path = s->file->path;
    bool fresh;
    const uint64_t *rank = wf_map_put(&w->ranks, path, strlen(path), w->ranks.n, &fresh);
    struct found *found = rank ? wf_grow(w->found, w->n_found, &w->room_found, sizeof *found) : NULL;

    if (!found)
        return false;
    w->found = found;
    w->found[w->n_found++] = (struct found){*rank, s};
    return true;
}

/* Depth first, inputs in their order: graphs may be as deep as they have tasks. */
static bool walk(struct walk *w)
{
    while (w->n_stack) {
        const uint32_t id = w->stack[--w->n_stack];
        const weft_task *t = wf_graph_at(w->g, id);
        bool fresh;

        if (!meet(w, id, &fresh))
            return false;
        if (!fresh)
            continue;
        for (const struct wf_task_source *s = wf_source_first(t); s; s = wf_source_next(t, s->next))
            if (!take(w, s))
                return false;
        for (uint32_t k = wf_task_n_made_from(t); k-- > 0;)
            if (!push(w, wf_task_deps(t)[k]))
                return false;
    }
    return true;
}

/* ---- Ranges that touch are one ------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->source->begin != y->source->begin)
        return x->source->begin < y->source->begin ? -1 : 1;
    return (x->source->end > y->source->end) - (x->source->end < y->source->end);
}

/* The rows of `r` once s has joined it: known when both number them alike, without a gap. */
static void join_rows(struct weft_source_range *r, const struct wf_task_source *s)
{
    const int64_t last = r->first_row + r->n_rows, more = s->first_row + s->n_rows;
    const bool touches = s->begin == r->end, equal = s->begin == r->begin && s->end == r->end;

    if (r->n_rows < 0 || !s->n_rows || s->first_row < r->first_row || s->first_row > last ||
        (touches && s->first_row != last) || (equal && (s->first_row != r->first_row || more != last)))
        r->first_row = r->n_rows = -1;
    else if (more > last)
        r->n_rows = more - r->first_row;
}

static void join(struct weft_source_range *r, const struct wf_task_source *s)
{
    join_rows(r, s);
    r->end = s->end > r->end ? s->end : r->end;
    r->n_reads++;
}

/* NULL: no memory. */
static struct weft_source_range *join_all(const struct walk *w, size_t *n)
{
    struct weft_source_range *range = wf_alloc_array(w->n_found + 1, sizeof *range);

    *n = 0;
    for (size_t i = 0; range && i < w->n_found; i++) {
        const struct wf_task_source *s = w->found[i].source;
        const bool has_rows = s->n_rows > 0;

        if (i && w->found[i].rank == w->found[i - 1].rank && s->begin <= range[*n - 1].end)
            join(&range[*n - 1], s);
        else
            range[(*n)++] = (struct weft_source_range){.path = s->file->path, .begin = s->begin, .end = s->end,
                                                       .first_row = has_rows ? s->first_row : -1,
                                                       .n_rows = has_rows ? s->n_rows : -1, .n_reads = 1};
    }
    return range;
}

static void sum_up(struct weft_sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct weft_source_range *r = &s->range[i];
        const bool has_bytes = s->n_bytes >= 0 && r->end != WEFT_SOURCE_END;
        const bool has_rows = s->n_rows >= 0 && r->n_rows >= 0;

        s->n_reads += r->n_reads;
        s->n_bytes = has_bytes && r->end - r->begin <= INT64_MAX - s->n_bytes ? s->n_bytes + (r->end - r->begin) : -1;
        s->n_rows = has_rows && r->n_rows <= INT64_MAX - s->n_rows ? s->n_rows + r->n_rows : -1;
    }
}

/* ---- Asking --------------------------------------------------------------------- */

/* Targets that can be asked about, last one first onto the stack. */
static weft_status begin(struct walk *w, weft_task *const *targets, size_t n, struct weft_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const weft_status st = weft_task_status(targets[i], err);

        if (st)
            return st;
        if (wf_task_graph(targets[i]) != wf_task_graph(targets[0]))
            return weft_error_set(err, WEFT_INVALID, "target %zu (%s) belongs to another graph than target 0 (%s)",
                                  i, weft_task_name(targets[i]), weft_task_name(targets[0]));
    }
    w->g = n ? wf_task_graph(targets[0]) : NULL;
    for (size_t i = n; i-- > 0;)
        if (!push(w, wf_task_id(targets[i])))
            return wf_error_nomem(err, "sources");
    return WEFT_OK;
}

weft_status weft_sources_of(weft_task *const *targets, size_t n, struct weft_sources *out, struct weft_error *err)
{
    struct weft_sources s = {0};
    struct walk w = {0};
    weft_status st = begin(&w, targets, n, err);

    if (st)
        goto out;
    /* A graph that reads nothing is not walked through. */
    if (n && w.g->files.n && !walk(&w))
        st = wf_error_nomem(err, "sources");
    if (st)
        goto out;
    if (w.n_found)
        qsort(w.found, w.n_found, sizeof *w.found, compare);
    s.range = join_all(&w, &s.n);
    s.n_files = w.ranks.n;
    if (!s.range)
        st = wf_error_nomem(err, "sources");
    else
        sum_up(&s);
out:
    if (!st)
        *out = s;
    wf_free(w.met);
    wf_free(w.stack);
    wf_free(w.found);
    wf_map_fini(&w.ranks);
    return st;
}

/* Whether `key` is that of `t`, or as much of it as an error has room for. */
static bool has_key(const weft_task *t, const char *key, size_t n_key)
{
    char own[512];
    const size_t n = weft_task_key(t, own, sizeof own);

    return strncmp(own, key, n_key) == 0 && (n == n_key || n_key + 1 == sizeof ((struct weft_error *)0)->task);
}

weft_status weft_sources_of_key(const weft_graph *g, const char *key, struct weft_sources *out, struct weft_error *err)
{
    weft_task *t = weft_graph_find(g, key);
    const size_t n = strlen(key);

    for (uint32_t i = 0; g && !t && i < g->n_tasks; i++)
        if (has_key(wf_graph_at(g, i), key, n))
            t = wf_graph_at(g, i);
    if (!g)
        return wf_error_nomem(err, "a graph");
    if (!t)
        return weft_error_set(err, WEFT_NOT_FOUND, "no task of the graph has the key \"%.100s\"", key);
    return weft_sources_of(&t, 1, out, err);
}

void weft_sources_fini(struct weft_sources *s)
{
    if (!s)
        return;
    wf_free(s->range);
    *s = (struct weft_sources){0};
}

weft_status wf_collection_at(struct weft_collection c, size_t part, weft_task **out, struct weft_error *err)
{
    if (!c.type)
        return weft_error_set(err, WEFT_INVALID, "no collection: its type is NULL");
    if (c.type->status && c.type->status(c.self, err))
        return c.type->status(c.self, NULL);
    if (part >= weft_collection_n_parts(c))
        return weft_error_set(err, WEFT_INVALID, "part %zu of %s with %zu", part, c.type->name, weft_collection_n_parts(c));
    *out = weft_collection_part(c, part);
    return WEFT_OK;
}

weft_status weft_collection_sources(struct weft_collection c, size_t part, struct weft_sources *out, struct weft_error *err)
{
    weft_task *t;
    const weft_status st = wf_collection_at(c, part, &t, err);

    return st ? st : weft_sources_of(&t, 1, out, err);
}

void wf_source_tell(const weft_task *t, struct weft_error *err)
{
    weft_task *const target = (weft_task *)t;
    struct weft_sources s;

    if (err->source[0] || weft_sources_of(&target, 1, &s, NULL))
        return;
    wf_sources_text(&s, s.n_files != 1 || !strstr(err->message, s.range[0].path), err->source, sizeof err->source);
    weft_sources_fini(&s);
}
