/* source.c - what tasks read: said of one, asked of all that is behind another. */
#include "lib/graph/source.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* ---- Saying it -------------------------------------------------------------- */

/* A reader with an argument of its own for each part is not worth a search through them all. */
enum { MOST_TRIED = 8 };

/* NULL: no memory. */
static const struct wf_source_file *file_of(weft_graph *g, const struct weft_task_source *s)
{
    const uint64_t *place = wf_map_find(&g->files, s->path, strlen(s->path));
    struct wf_source_file *first = place ? (struct wf_source_file *)(uintptr_t)*place : NULL, *f = first;
    const char *path;
    bool fresh;

    for (int i = 0; f && i < MOST_TRIED; i++, f = f->other)
        if (f->row_bytes == s->row_bytes && f->find_row == s->find_row && f->find_arg == s->find_arg)
            return f;
    f = wf_graph_alloc(g, sizeof *f);
    path = first ? first->path : wf_graph_strdup(g, s->path);
    if (!f || !path)
        return NULL;
    *f = (struct wf_source_file){.path = path, .row_bytes = s->row_bytes, .find_row = s->find_row, .find_arg = s->find_arg};
    if (first) {
        f->other = first->other;
        first->other = f;
    } else if (!wf_map_put(&g->files, path, strlen(path), (uintptr_t)f, &fresh)) {
        return NULL;
    }
    return f;
}

/* False: no memory. */
static bool add(weft_task *t, const struct weft_task_source *told)
{
    weft_graph *g = wf_task_graph(t);
    struct wf_page *page = wf_task_page(t);
    const struct wf_source_file *file = file_of(g, told);
    struct wf_task_source *s = file ? wf_graph_alloc(g, sizeof *s) : NULL;

    if (!s)
        return false;
    *s = (struct wf_task_source){.file = file, .task = wf_task_id(t), .begin = told->begin,
                                 .end = told->end ? told->end : WEFT_SOURCE_END,
                                 .first_row = told->first_row, .n_rows = told->n_rows};
    if (page->last_source)
        page->last_source->next = s;
    else
        page->first_source = s;
    page->last_source = s;
    return true;
}

static weft_status check(const weft_task *t, const struct weft_task_source *s, struct weft_error *err)
{
    const char *name = weft_task_name(t);

    if (!s->path || !s->path[0])
        return weft_error_set(err, WEFT_INVALID, "%s: a source without a path", name);
    if (s->begin < 0 || (s->end && s->end < s->begin))
        return weft_error_set(err, WEFT_INVALID, "%s: bytes %lld to %lld of %s", name, (long long)s->begin,
                              (long long)s->end, s->path);
    if (s->first_row < 0 || s->n_rows < 0 || s->first_row > INT64_MAX - s->n_rows)
        return weft_error_set(err, WEFT_INVALID, "%s: %lld rows from %lld on of %s", name, (long long)s->n_rows,
                              (long long)s->first_row, s->path);
    if (s->row_bytes < WEFT_LINES)
        return weft_error_set(err, WEFT_INVALID, "%s: rows of %lld bytes in %s", name, (long long)s->row_bytes, s->path);
    return WEFT_OK;
}

/* The task that gives what `t` stands for; itself when that is not to be found. */
static weft_task *giver(weft_task *t)
{
    const weft_graph *g = wf_task_graph(t);
    weft_task *at = t;

    for (uint32_t steps = 0; at->what == WF_TASK_ALIAS || at->what == WF_TASK_RESULT; steps++) {
        if (steps > g->n_tasks)
            return t;
        at = wf_graph_at(g, at->deps.few[0]);
    }
    return at;
}

weft_task *weft_task_source(weft_task *t, const struct weft_task_source *s)
{
    struct weft_error err;

    if (!t || t->what == WF_TASK_FAILED)
        return t;
    if (check(t, s, &err))
        return wf_graph_fail_with(wf_task_graph(t), &err, NULL, 0);
    return add(giver(t), s) ? t : wf_graph_nomem(wf_task_graph(t));
}

struct weft_task_source wf_source_told(const struct wf_task_source *s)
{
    return (struct weft_task_source){.path = s->file->path, .begin = s->begin, .end = s->end, .first_row = s->first_row,
                                .n_rows = s->n_rows, .row_bytes = s->file->row_bytes, .find_row = s->file->find_row,
                                .find_arg = s->file->find_arg};
}

bool wf_sources_copy(weft_task *to, const weft_task *from)
{
    bool ok = true;

    for (const struct wf_task_source *s = wf_source_first(from); ok && s; s = wf_source_next(from, s->next)) {
        const struct weft_task_source told = wf_source_told(s);

        ok = add(to, &told);
    }
    return ok;
}

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
    if (w->n_stack == w->room_stack) {
        const size_t room = 2 * w->room_stack + 64;
        uint32_t *stack = wf_realloc(w->stack, room * sizeof *stack);

        if (!stack)
            return false;
        w->stack = stack;
        w->room_stack = room;
    }
    w->stack[w->n_stack++] = id;
    return true;
}

static bool take(struct walk *w, const struct wf_task_source *s)
{
    const char *path = s->file->path;
    bool fresh;
    const uint64_t *rank = wf_map_put(&w->ranks, path, strlen(path), w->ranks.n, &fresh);

    if (rank && w->n_found == w->room_found) {
        const size_t room = 2 * w->room_found + 16;
        struct found *found = wf_realloc(w->found, room * sizeof *found);

        if (!found)
            return false;
        w->found = found;
        w->room_found = room;
    }
    if (rank)
        w->found[w->n_found++] = (struct found){*rank, s};
    return rank;
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

/* ---- For what stands in the place of a task ------------------------------------------ */

/* Of more readers it is told what ranges they come to, and no longer which row is whose. */
enum { MOST_INHERITED = 1024 };

/* Those of the readers whose rows it has. *told: whether that is how it is. */
static weft_status inherit_rows(weft_task *to, const weft_task *from, bool *told)
{
    const weft_task *reader = NULL;
    struct wf_readers w;
    weft_status st = wf_readers_init(&w, from, NULL);
    bool is_lasting = true;
    size_t n = 0;

    while (!st && !(st = wf_readers_next(&w, &reader, NULL)) && reader) {
        /* What finds rows of another graph may be gone before this one. */
        is_lasting &= wf_task_graph(to) == wf_task_graph(from) || !wf_source_first(reader)->file->find_row;
        n++;
    }
    wf_readers_fini(&w);
    *told = !st && n && n <= MOST_INHERITED && is_lasting;
    if (!*told)
        return st == WEFT_NOMEM ? st : WEFT_OK;
    st = wf_readers_init(&w, from, NULL);
    while (!st && !(st = wf_readers_next(&w, &reader, NULL)) && reader)
        st = wf_sources_copy(to, reader) ? WEFT_OK : WEFT_NOMEM;
    wf_readers_fini(&w);
    return st;
}

bool wf_sources_inherit(weft_task *to, const weft_task *from)
{
    weft_task *const target = (weft_task *)from;
    struct weft_sources all;
    bool ok = true, told;

    if (!wf_task_graph(from)->files.n)
        return true;
    if (inherit_rows(to, from, &told) || weft_sources_of(&target, told ? 0 : 1, &all, NULL))
        return false;
    for (size_t i = 0; ok && i < all.n; i++) {
        const struct weft_source_range *r = &all.range[i];
        const bool has_rows = r->n_rows > 0;

        ok = add(to, &(struct weft_task_source){.path = r->path, .begin = r->begin, .end = r->end,
                                           .first_row = has_rows ? r->first_row : 0, .n_rows = has_rows ? r->n_rows : 0});
    }
    weft_sources_fini(&all);
    return ok;
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
