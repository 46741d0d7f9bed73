/* weft/save.h - a graph written to a file, to be looked at, sent, and run again.
 *
 *     weft_graph_save("sum.json", &sum, 1, &err);
 *     ...
 *     weft_graph_load(&g, "sum.json", NULL, &err);
 *     weft_pool_run(pool, weft_graph_find(g, "sum-4"), &result, &err);
 *
 * What is saved is what a plan of the targets would run (weft_optimize): needed tasks
 * only, in order, each under its key. A body is saved by name (weft_body_name), so it is
 * found by a program that has the same code loaded, or exports the symbol. Arguments are
 * saved when they are bytes, of a type that writes and reads itself, NULL, or a number
 * kept in the pointer (0 .. 4095); values when of such a type or small numbers.
 *
 * The file is JSON, a task a line:
 *     { "weft": 1, "layers": [{"name", "about"}], "bodies": [{"object", "symbol",
 *       "build_id", "offset"}], "targets": [key], "tasks": [
 *     {"key", "name", "body": place in bodies, "deps": [key or [key, result]], "arg", "index",
 *      "layer", "pure", "keep", "rows", "some_rows", "made_from", "results", "priority", "retries", "backoff_ns",
 *      "timeout_ns", "scratch_bytes", "needs": {resource: units}, "workers", "only_workers",
 *      "result_bytes", "file", "line", "sources"},
 *     {"key", "value": number or {"type", "bytes" in hex}, "sources"},
 *     {"key", "alias": key}, ... ] }
 * where all but key, and one of body, value and alias, may be left out. A task stands
 * behind those that it reads. Sources (weft/source.h) are a list of {"path", or "path_bytes" in
 * hex for one that is not ASCII, "begin", "end", "first_row", "n_rows", "row_bytes"}: a
 * function that finds rows is not saved. "made_from" is 0 or 1, how many of the first deps a
 * result is made from; it waits for the others.
 *
 * A file tells what code to call with what, so load only those you trust.
 *
 * Errors: WEFT_UNSUPPORTED for what cannot be saved, with the task's name, and for all
 *         loading when Weft was built without jansson; WEFT_PARSE, "sum.json:12: ...".
 */
#ifndef WEFT_SAVE_H
#define WEFT_SAVE_H

#include <weft/graph.h>

WEFT_BEGIN

WEFT_API weft_status weft_graph_save(const char *path, weft_task *const *targets, size_t n_targets,
                                     struct weft_error *err);

/* The same graph for Graphviz and people: keys, bodies and arrows; cannot be loaded. */
WEFT_API weft_status weft_graph_save_dot(const char *path, weft_task *const *targets, size_t n_targets,
                                         struct weft_error *err);

struct weft_load_spec {
    const struct weft_type *const *types; /* of arguments and values beside the built-in ones, known by name */
    size_t                         n_types;
};

/* `spec` may be NULL. Given; its tasks are found by their keys, those that were targets
 * also by weft_graph_target(). */
WEFT_API weft_status weft_graph_load(weft_graph **out, const char *path, const struct weft_load_spec *spec,
                                     struct weft_error *err);
WEFT_API size_t     weft_graph_n_targets(const weft_graph *g); /* 0 for a graph that was not loaded */
WEFT_API weft_task *weft_graph_target(const weft_graph *g, size_t i);

WEFT_END
#endif
