/* terms.h - how a task wants to be run: again, so long, with what, where.
 *
 * Few tasks say anything of it, so a kind of tasks has a pointer that is NULL for
 * most. Equal terms of a graph are one struct: whoever compares them compares
 * pointers, and tasks of different terms are of different kinds. No pass lets such
 * tasks be one (share.c) or run as one (lay.c).
 *
 * A scope (weft_graph_annotate) is what is said for all tasks built until its end.
 * Tasks that are not pure are never run again, whatever a scope says, so it has
 * terms for both.
 *
 * What collections describe becomes tasks later than it was said, so they keep its
 * origin: the scope and the call it was said in. What has different origins does not
 * become one task.
 *
 * What always holds:
 *   1. terms of a kind or scope are NULL when they say nothing.
 *   2. quick_terms of a graph are those of its scope for tasks that are not pure;
 *      in a scope that is wrong, terms that no kind has: so weft_graph_add() never
 *      goes its quick way there.
 */
#ifndef WF_TERMS_H
#define WF_TERMS_H

#include <weft/graph.h>

#include "lib/base/map.h"

struct wf_scope {
    struct wf_scope         *outer;
    const struct weft_terms   *pure, *impure;
    int                      priority;
    const struct weft_error *error;  /* why nothing can be built in it; NULL: it can */
    uint32_t                 n_lost; /* scopes begun in it that there was no memory for */
};

/* The call of a program that builds something; file NULL: not known. */
struct wf_place {
    const char *file; /* lent for good: a literal */
    int         line;
};

/* Where and how something was said. */
struct wf_origin {
    const struct weft_terms *pure, *impure;
    int                    priority;
    struct wf_place        place;
};

/* Of what is said now. */
struct wf_origin wf_graph_origin(const weft_graph *g);

/* Whether what is said now may become one task with what was said there: it wants to be
 * run alike, and `pass` of enum weft_pass is not left out. */
bool wf_origin_joins(const weft_graph *g, const struct wf_origin *o, uint32_t pass);

/* Between these two, all that is built is as said at the origin. */
struct wf_saved {
    struct wf_scope scope;
    struct wf_place here;
};
struct wf_saved wf_origin_enter(weft_graph *g, const struct wf_origin *o);
void            wf_origin_leave(weft_graph *g, const struct wf_saved *saved);

/* The terms of a task of this graph. */
weft_status wf_terms_of(weft_graph *g, const struct weft_task_spec *spec, const struct weft_terms **out,
                        struct weft_error *err);

void wf_terms_fini(weft_graph *g);

#endif
