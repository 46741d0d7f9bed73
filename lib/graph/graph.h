/* graph.h - the set of tasks, from inside.
 *
 * Many tasks are of few kinds: those built by one call in a loop share body,
 * name, call site, layer and flags. That is kept once, in a struct wf_kind, and a
 * task is 48 bytes.
 *
 * What always holds:
 *   1. Tasks are numbered in order of adding, and never move.
 *   2. A dependency has a smaller number than its task, unless a key was
 *      referred to before it came (has_forward).
 *   3. `keys` leads from every key given to the task it means; to a REF while
 *      it has not come.
 */
#ifndef WF_GRAPH_H
#define WF_GRAPH_H

#include <weft/graph.h>

#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/map.h"

enum wf_what {
    WF_TASK_BODY,
    WF_TASK_VALUE,  /* arg: struct weft_value * */
    WF_TASK_ALIAS,  /* deps[0] */
    WF_TASK_REF,    /* a key that has not come; becomes an ALIAS */
    WF_TASK_RESULT, /* result number `k` of deps[0] */
    WF_TASK_FAILED, /* arg: const struct weft_error * */
};

/* What tasks built by one call have in common. */
struct wf_kind {
    weft_body  *body;
    const char *name;
    const char *file;
    int         line;
    uint32_t    layer;
    uint32_t    flags;
    uint32_t    n_results;
    struct wf_token token;  /* of the body, when WEFT_PURE */
};

/* What few tasks have. */
struct wf_extra {
    const char             *key;
    const struct weft_type *arg_type;
    void                  (*free_arg)(void *arg);
    size_t                  arg_bytes;
    size_t                  result_bytes;
    int                     n_index;
    int64_t                 index[WEFT_MAX_DIMS];
    struct wf_token         token;    /* when WEFT_PURE */
};

struct weft_task {
    weft_graph      *graph;
    void            *arg;
    struct wf_extra *extra;  /* NULL: nothing extra */
    union {
        uint32_t  few[2];    /* n_deps <= 2 */
        uint32_t *many;
    } deps;
    uint32_t n_deps;
    uint32_t id;
    uint32_t kind;           /* number in graph->kinds */
    uint16_t what;           /* of enum wf_what */
    uint16_t k;              /* of a RESULT: which */
};
_Static_assert(sizeof(struct weft_task) == 48, "a task is 48 bytes");

enum { WF_FIRST_SLAB = 64, WF_MAX_SLABS = 27 };

struct weft_graph {
    struct wf_arena    arena;
    struct weft_task  *slabs[WF_MAX_SLABS]; /* slab s holds WF_FIRST_SLAB << s tasks */
    uint32_t           n_tasks;
    bool               has_forward;

    struct wf_kind    *kinds;
    uint32_t           n_kinds, room_kinds;
    uint32_t          *kind_slots;          /* hash table of numbers + 1 */
    uint32_t           n_kind_slots;
    uint32_t           last_kind;

    const char       **layers;              /* layers[i]: the name of layer i + 1 */
    uint32_t           n_layers, room_layers;

    struct wf_map      keys;                /* key -> task number */
    struct weft_error  nomem_error;
    struct weft_task   nomem;               /* the failed task that can always be made */
};

static inline weft_task *wf_graph_at(const weft_graph *g, uint32_t id)
{
    const uint32_t shifted = id + WF_FIRST_SLAB;
    const int slab = 31 - __builtin_clz(shifted) - 6;

    return &g->slabs[slab][shifted - ((uint32_t)WF_FIRST_SLAB << slab)];
}
_Static_assert(WF_FIRST_SLAB == 1 << 6, "wf_graph_at() knows the size of slab 0");

static inline const struct wf_kind *wf_task_kind(const weft_task *t)
{
    return &t->graph->kinds[t->kind];
}

static inline const uint32_t *wf_task_deps(const weft_task *t)
{
    return t->n_deps <= 2 ? t->deps.few : t->deps.many;
}

/* The number of this kind, new if need be; its name is copied. UINT32_MAX: no memory. */
uint32_t wf_graph_kind(weft_graph *g, const struct wf_kind *kind);

/* The task an alias stands for; a REF that never came stands for itself. NULL:
 * the aliases go round in a circle. */
const weft_task *wf_task_resolve(const weft_task *t);

/* Memory that lives as long as the graph, for what collections describe. Zeroed;
 * NULL: no memory. */
void *wf_graph_alloc(weft_graph *g, size_t bytes);
char *wf_graph_strdup(weft_graph *g, const char *text);

/* The failed task that is always there; for builders that run out of memory. */
weft_task *wf_graph_nomem(weft_graph *g);

/* A failed task with a copy of `err` (file and line of the call that built it; may be NULL). */
weft_task *wf_graph_fail_with(weft_graph *g, const struct weft_error *err, const char *file, int line);

/* What `t` computes: equal pure tasks have equal tokens, in every process. One
 * that is not pure is told by its number in the graph. */
struct wf_token wf_task_token(const weft_task *t);

/* For weft_graph_add(): the token of a pure task that is whole but for it, and of a body. */
struct wf_token wf_task_make_token(const weft_task *t);
struct wf_token wf_body_token(weft_body *body);

/* "file.c:12", or "" */
void wf_task_site(const weft_task *t, char *text, size_t size);

#endif
