/* graph.h - the set of tasks, from inside.
 *
 * Many tasks are of few kinds: those built by one call in a loop share body,
 * name, call site, layer and flags. That is kept once, in a struct wf_kind, and a
 * task is 32 bytes. They lie in pages whose first 32 bytes say whose they are, so
 * a task holds neither its graph nor its number: both follow from its address.
 *
 *     page   | graph, bias | task | task | ... |          number = bias + place
 *     place    0             1      2      127
 *
 * The graph itself begins a page, where the task that has failed because there is
 * no memory has place 1 and so number -1.
 *
 * What always holds:
 *   1. Tasks are numbered in order of adding, and never move.
 *   2. A dependency has a smaller number than its task, unless a key was
 *      referred to before it came (has_forward).
 *   3. `keys` leads from every key given to the task it means; to a REF while
 *      it has not come.
 *   4. A failed task lies in a page that has_failed; nothing depends on it.
 */
#ifndef WF_GRAPH_H
#define WF_GRAPH_H

#include <weft/graph.h>

#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/map.h"
#include "lib/graph/terms.h"

enum wf_what {
    WF_TASK_BODY,
    WF_TASK_VALUE,  /* arg: struct wf_known *, whose first is the value */
    WF_TASK_ALIAS,  /* deps[0] */
    WF_TASK_REF,    /* a key that has not come; becomes an ALIAS */
    WF_TASK_RESULT, /* result number few[1] of deps[0] */
    WF_TASK_FAILED, /* arg: const struct weft_error *; no deps */
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
    int         priority;
    bool        by_symbol;  /* no name was given: it is the body's symbol */
    struct wf_token token;  /* of the body, when WEFT_PURE */
    bool        is_known;   /* that token means the same in every process */
    const struct weft_terms *terms; /* NULL: none */
};

/* Of spec.flags, beside those of enum weft_task_flag. */
enum {
    WF_TASK_WAITS  = 1 << 28, /* for its inputs, and is made from none of them */
    WF_TASK_PASSES = 1 << 29, /* its first input on; it waits for the others */
    WF_TASK_LENT   = 1 << 30, /* the argument stays another graph's */
};

struct wf_layer {
    const char *name;
    const char *about; /* what its tasks give; "": not told */
};

/* What few tasks have. */
struct wf_extra {
    void                   *arg;
    const char             *key;
    const struct weft_type *arg_type;
    void                  (*free_arg)(void *arg);
    size_t                  arg_bytes;
    bool                    is_lent;  /* the argument is another graph's */
    size_t                  result_bytes;
    struct wf_token         token;    /* when WEFT_PURE */
    uint32_t                doubt;    /* of enum wf_doubt: whether that token means anything elsewhere */
    int                     n_index;
    int64_t                 index[];
};

/* Why a token is no more than a name within its graph. */
enum wf_doubt {
    WF_CERTAIN,
    WF_DOUBT_BODY,  /* its object has no build-id */
    WF_DOUBT_ARG,   /* it is a bare pointer */
    WF_DOUBT_INPUT, /* + i: input i is not pure, or in doubt */
};

/* A value that is known, and its token once a pure task has asked for it. */
struct wf_known {
    struct weft_value value;
    struct wf_token   token;
    bool              is_asked, is_certain;
};

enum { WF_FEW_DEPS = 4, WF_MOST_DEPS = (1 << 28) - 1 };

struct weft_task {
    void    *arg;            /* or the struct wf_extra that has it */
    uint32_t kind;           /* number in graph->kinds; UINT32_MAX: none */
    uint32_t n_deps : 28;
    uint32_t what : 3;       /* of enum wf_what */
    uint32_t has_extra : 1;
    union {
        uint32_t  few[WF_FEW_DEPS];
        uint32_t *many;      /* n_deps > WF_FEW_DEPS */
    } deps;
};
_Static_assert(sizeof(struct weft_task) == 32, "two tasks a cache line");

/* The first of a page: takes the place of one task. */
struct wf_page {
    weft_graph *graph;
    uint32_t    bias;        /* number of the task at place 0, were there one */
    bool        has_failed;  /* so a dependency need be looked at only here */
    struct wf_task_source *first_source, *last_source; /* lib/graph/source.h; NULL: its tasks read nothing */
};
_Static_assert(sizeof(struct wf_page) == sizeof(struct weft_task), "a page is an array of tasks");

/* Slab s holds 1 << s pages: the first is as small as most graphs, and from 2 MiB on
 * they are huge pages. Together they hold 127 * (2^25 - 1) tasks: as many as have
 * numbers of 32 bits, but for a few. */
enum {
    WF_PAGE_BYTES   = 4096,
    WF_TASKS_A_PAGE = WF_PAGE_BYTES / sizeof(struct weft_task) - 1,
    WF_MAX_SLABS    = 25,
};

struct weft_graph {
    struct wf_page     head;
    struct weft_task   nomem;               /* the failed task that can always be made */
    struct wf_arena    arena;
    struct weft_task  *slabs[WF_MAX_SLABS];
    struct weft_task  *next, *end;          /* free places of the newest page */
    uint32_t           n_tasks;
    bool               has_forward;
    bool               has_priority;        /* of some kind it is not 0 */
    bool               has_several;         /* some kind gives several results */
    bool               has_terms;           /* some kind has */
    bool               is_plain;            /* every task is a body, and none is pure */
    bool               owns;                /* some task is a value, or its argument was taken */
    uint32_t           key_flags;           /* of enum weft_key_flag */

    struct wf_kind    *kinds;
    uint32_t           n_kinds, room_kinds;
    uint32_t          *kind_slots;          /* hash table of numbers + 1 */
    uint32_t           n_kind_slots;
    uint32_t           last_kind;           /* UINT32_MAX: there is none */

    struct wf_layer   *layers;              /* layers[i] is layer i + 1 */
    uint32_t           n_layers, room_layers;

    struct wf_map      keys;                /* key -> task number */
    weft_task        **targets;             /* of a graph that was loaded */
    size_t             n_targets;

    struct wf_map      files;               /* that tasks read, by path: struct wf_source_file */
    struct wf_map      terms;               /* all there are, by what they say */
    struct wf_scope    scope;               /* the innermost begun and not ended */
    const struct weft_terms *quick_terms;
    struct wf_place    here;                /* the call of the program that builds now */
    uint32_t           without;             /* passes of enum weft_pass not to make on collections */

    struct weft_error  nomem_error;
};
_Static_assert(sizeof(struct weft_graph) <= WF_PAGE_BYTES, "a graph is one page");

static inline weft_task *wf_graph_at(const weft_graph *g, uint32_t id)
{
    const uint32_t page = id / WF_TASKS_A_PAGE + 1;
    const int slab = 31 - __builtin_clz(page);
    const size_t place = id % WF_TASKS_A_PAGE + 1;

    return g->slabs[slab] + (page - (1u << slab)) * (size_t)(WF_TASKS_A_PAGE + 1) + place;
}

static inline struct wf_page *wf_task_page(const weft_task *t)
{
    return (struct wf_page *)((uintptr_t)t & ~(uintptr_t)(WF_PAGE_BYTES - 1));
}

static inline weft_graph *wf_task_graph(const weft_task *t)
{
    return wf_task_page(t)->graph;
}

static inline uint32_t wf_task_id(const weft_task *t)
{
    const struct wf_page *page = wf_task_page(t);

    return page->bias + (uint32_t)(t - (const weft_task *)page);
}

static inline const struct wf_kind *wf_task_kind(const weft_task *t)
{
    return &wf_task_graph(t)->kinds[t->kind];
}

static inline const uint32_t *wf_task_deps(const weft_task *t)
{
    return t->n_deps <= WF_FEW_DEPS ? t->deps.few : t->deps.many;
}

/* NULL: nothing extra. */
static inline struct wf_extra *wf_task_extra(const weft_task *t)
{
    return t->has_extra ? t->arg : NULL;
}

/* What its results take, as its spec says; 0: it does not say. */
static inline size_t wf_task_bytes(const weft_task *t)
{
    return t->has_extra && t->what == WF_TASK_BODY ? wf_task_extra(t)->result_bytes : 0;
}

static inline void *wf_task_arg(const weft_task *t)
{
    return t->has_extra ? ((const struct wf_extra *)t->arg)->arg : t->arg;
}

/* The number of this kind, new if need be; its name is copied, NULL: the body's
 * symbol. UINT32_MAX: no memory. */
uint32_t wf_graph_kind(weft_graph *g, const struct wf_kind *kind);

/* The name of a body that was given none: its symbol, written into `where`, or "task". */
const char *wf_body_symbol(weft_body *body, struct weft_body_name *where);

/* The task an alias stands for; a REF that never came stands for itself. NULL:
 * the aliases go round in a circle. */
const weft_task *wf_task_resolve(const weft_task *t);

/* Memory that lives as long as the graph, for what collections describe. Zeroed;
 * NULL: no memory. */
void *wf_graph_alloc(weft_graph *g, size_t bytes);
char *wf_graph_strdup(weft_graph *g, const char *text);

/* The failed task that is always there; for builders that run out of memory. */
weft_task *wf_graph_nomem(weft_graph *g);

/* A failed task with a copy of `err` (file and line of the call that built it; NULL: here). */
weft_task *wf_graph_fail_with(weft_graph *g, const struct weft_error *err, const char *file, int line);
weft_task *wf_graph_fail(weft_graph *g, weft_status status, const char *fmt, ...) WEFT_FORMAT(3, 4);

/* Gives a task that has none a key, which no other has; copied. Failed: no memory. */
weft_task *wf_graph_name(weft_task *t, const char *key);

/* weft_add() for collections: the task is of the call of the program, not of theirs. */
#define wf_graph_add_here(g, ...)                                                                \
    weft_graph_add((g), &(struct weft_task_spec){.file = (g)->here.file, .line = (g)->here.line, \
                                                 .body = __VA_ARGS__})

/* What `t` computes: equal pure tasks have equal tokens, in every process. One
 * that is not pure is told by its number in the graph. */
struct wf_token wf_task_token(const weft_task *t);

/* Of its result number k, 0 <= k < n_results; that of result 0 is the task's own. */
struct wf_token wf_result_token(const weft_task *t, uint32_t k);

/* Whether the token says what `t` computes in every process, not only in this graph. */
bool wf_task_is_certain(const weft_task *t);

/* For weft_graph_add(): sets the token of a pure task that is whole but for it. */
void wf_task_set_token(weft_task *t);

/* The token of a body; *is_known: it means the same in every process. */
struct wf_token wf_body_token(weft_body *body, bool *is_known);

/* "f: is to be pure, but its input 2 (load-7) is not": an enum wf_doubt other than certain. */
weft_status wf_task_doubt(const weft_task *t, struct weft_error *err);

/* "file.c:12", or "" */
void wf_task_site(const weft_task *t, char *text, size_t size);

#endif
