/* source.h - what tasks read, kept beside them.
 *
 * A source lies in the arena of its graph and hangs on the page of its task, so a page
 * whose tasks read nothing holds two NULLs and a task nothing at all. What the parts of a
 * file have in common, its path and how its rows are found, is there once.
 *
 *     page | first, last |--> source of task 3 --> of task 7 --> of task 7 --> of task 4
 *
 * What always holds:
 *   1. The list of a page has its sources in the order they were told.
 *   2. Equal paths are one pointer.
 */
#ifndef WF_SOURCE_H
#define WF_SOURCE_H

#include <weft/source.h>

#include "lib/graph/graph.h"

/* A file, and one way in which its rows are found. */
struct wf_source_file {
    struct wf_source_file *other; /* the same file, another way */
    const char            *path;
    int64_t                row_bytes;
    weft_find_row         *find_row;
    const void            *find_arg;
};

struct wf_task_source {
    struct wf_task_source       *next; /* of the page */
    const struct wf_source_file *file;
    uint32_t                     task;
    int64_t                      begin, end, first_row, n_rows;
};

/* The first source of `t` from `s` on, s in the list of its page. NULL: none. */
static inline const struct wf_task_source *wf_source_next(const weft_task *t, const struct wf_task_source *s)
{
    const uint32_t id = s ? wf_task_id(t) : 0;

    while (s && s->task != id)
        s = s->next;
    return s;
}

static inline const struct wf_task_source *wf_source_first(const weft_task *t)
{
    return wf_source_next(t, wf_task_page(t)->first_source);
}

/* As weft_task_source() told it. */
struct weft_task_source wf_source_told(const struct wf_task_source *s);

/* What `from` reads, `to` reads, too; they may be of two graphs. False: no memory. */
bool wf_sources_copy(weft_task *to, const weft_task *from);

/* The same with all that is behind `from`, for what stands in its place. */
bool wf_sources_inherit(weft_task *to, const weft_task *from);

/* The readers whose rows, one after another, a result has. */
struct wf_readers {
    const weft_task **stack;
    size_t            n, room, n_steps;
};
weft_status wf_readers_init(struct wf_readers *w, const weft_task *t, struct weft_error *err);
weft_status wf_readers_next(struct wf_readers *w, const weft_task **out, struct weft_error *err); /* NULL: no more */
void        wf_readers_fini(struct wf_readers *w);

/* The task of a part that there is. */
weft_status wf_collection_at(struct weft_collection c, size_t part, weft_task **out, struct weft_error *err);

static inline bool wf_task_keeps_rows(const weft_task *t)
{
    return t->what == WF_TASK_ALIAS || (t->what == WF_TASK_BODY && wf_task_kind(t)->flags & WEFT_ROWS);
}

/* How many of its inputs a task is made from, the first ones; it waits for the others. */
static inline uint32_t wf_task_n_made_from(const weft_task *t)
{
    const uint32_t flags = t->what == WF_TASK_BODY ? wf_task_kind(t)->flags : 0;

    return flags & WF_TASK_WAITS ? 0 : flags & WF_TASK_PASSES ? 1 : t->n_deps;
}

/* "2 files, 1.20 MiB, 50 rows": what of that is known. There is at least one. */
void wf_sources_print_sums(const struct weft_sources *s, FILE *to);

/* As weft_sources_text(), perhaps without the paths. */
void wf_sources_text(const struct weft_sources *s, bool with_paths, char *text, size_t size);

/* err->source: what `t` was to be made from, without the path where the message has it. */
void wf_source_tell(const weft_task *t, struct weft_error *err);

#endif
