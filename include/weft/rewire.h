/* weft/rewire.h - tasks that wait for others, and the same work once more under new keys.
 *
 *     weft_graph_checkpoint(tasks)        done when all are; moves no data
 *     weft_graph_wait_on(tasks)           each, but not before all are there
 *     weft_graph_clone(tasks)             the same computation, to be made again
 *     weft_graph_bind(tasks, parent)      a clone that does not begin before the parent is done
 *
 * To clone is to choose computing over holding: what two parts of a graph share is held
 * between them, and a clone for one of them is not. Each works on collections of every
 * kind, too (weft/collection.h).
 *
 * Builders as in weft/graph.h: a NULL task, or one that failed, gives tasks that fail.
 */
#ifndef WEFT_REWIRE_H
#define WEFT_REWIRE_H

#include <weft/collection.h>
#include <weft/graph.h>

WEFT_BEGIN

/* A task without a value, done when all n tasks are. Their results are dropped as they come. */
WEFT_API weft_task *weft_graph_checkpoint(weft_graph *g, weft_task *const *tasks, size_t n);

/* out[i] gives what tasks[i] gives, once all n are done. Results pass through uncopied,
 * but those that are neither counted nor read by this alone. */
WEFT_API void weft_graph_wait_on(weft_graph *g, weft_task *const *tasks, size_t n, weft_task **out);

/* What is not done again. */
struct weft_clone_spec {
    weft_task *const *omit; /* tasks that stay as they are, with all they need; read now */
    size_t            n_omit;
    uint64_t          seed; /* clones of one task by one seed have one key; 0: by none that was before */
};

/* out[i] is computed as tasks[i] is, by tasks of its own with keys of their own: all that it
 * needs is cloned, but known values and what `spec` (may be NULL) says. Arguments of bodies
 * are shared, and given keys are not taken over. */
WEFT_API void weft_graph_clone(weft_graph *g, weft_task *const *tasks, size_t n, const struct weft_clone_spec *spec,
                               weft_task **out);

/* A clone whose tasks without inputs wait for `parent`: their bodies see it as one input. */
WEFT_API void weft_graph_bind(weft_graph *g, weft_task *const *tasks, size_t n, weft_task *parent,
                              const struct weft_clone_spec *spec, weft_task **out);

/* ---- Of collections; *out is written only on success ------------------------------ */

WEFT_API weft_task  *weft_collection_checkpoint(struct weft_collection c);
WEFT_API weft_status weft_collection_wait_on(struct weft_collection c, struct weft_collection *out, struct weft_error *err);
WEFT_API weft_status weft_collection_clone(struct weft_collection c, const struct weft_clone_spec *spec,
                                           struct weft_collection *out, struct weft_error *err);
WEFT_API weft_status weft_collection_bind(struct weft_collection c, weft_task *parent, const struct weft_clone_spec *spec,
                                          struct weft_collection *out, struct weft_error *err);

WEFT_END
#endif
