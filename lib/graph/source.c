/* source.c - what a task reads, said of it, and of what stands in its place. */
#include "lib/graph/source.h"

#include <string.h>

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
                                     .n_rows = s->n_rows, .row_bytes = s->file->row_bytes,
                                     .find_row = s->file->find_row, .find_arg = s->file->find_arg};
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

/* ---- For what stands in the place of a task ------------------------------------------ */

/* Of more readers it is told what ranges they come to, and no longer which row is whose. */
enum { MOST_INHERITED = 1024 };

static bool has_finder(const weft_task *reader)
{
    const struct wf_task_source *s = wf_source_first(reader);

    while (s && !s->file->find_row)
        s = wf_source_next(reader, s->next);
    return s;
}

/* Those of the readers whose rows it has. *told: whether that is how it is. */
static weft_status inherit_rows(weft_task *to, const weft_task *from, bool *told)
{
    const weft_task *reader = NULL;
    struct wf_readers w;
    weft_status st = wf_readers_init(&w, from, NULL);
    bool is_lasting = true;
    size_t n = 0;

    while (!st && n <= MOST_INHERITED && !(st = wf_readers_next(&w, &reader, NULL)) && reader) {
        /* What finds rows of another graph may be gone before this one. */
        is_lasting &= wf_task_graph(to) == wf_task_graph(from) || !has_finder(reader);
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
                                                .first_row = has_rows ? r->first_row : 0,
                                                .n_rows = has_rows ? r->n_rows : 0});
    }
    weft_sources_fini(&all);
    return ok;
}
