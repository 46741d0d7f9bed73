/* weft/graph.h - say what must be computed, before anything is.
 *
 * A graph holds tasks. A task is a C function, the tasks whose results it
 * reads, and one or more results of its own. Adding a task computes nothing; a
 * pool (weft/pool.h) runs the graph.
 *
 *     weft_task *a = weft_add(g, load,  .arg = path, .arg_bytes = sizeof path);
 *     weft_task *b = weft_add(g, parse, .deps = WEFT_DEPS(a));
 *
 * Ownership: the graph owns its tasks and takes them with it when freed. A
 *            result is dropped once its last reader has run, unless the run
 *            was asked for it.
 * Errors:    what cannot be added comes back as a task that has already failed.
 *            Whatever is built on a failed task fails for the same reason, and
 *            running it tells that reason. So build freely, and look at one
 *            status: the one the run returns. Only weft_graph_new() answers
 *            NULL; every function takes that NULL and the run says WEFT_NOMEM.
 * Threads:   one thread builds a graph at a time. Bodies run on any thread.
 */
#ifndef WEFT_GRAPH_H
#define WEFT_GRAPH_H

#include <stddef.h>
#include <weft/block.h>
#include <weft/chunk.h>
#include <weft/value.h>

WEFT_BEGIN

typedef struct weft_graph weft_graph;
typedef struct weft_task  weft_task;
typedef struct weft_call  weft_call; /* one run of one task, seen from inside */

/* The body of a task: reads its inputs from `call`, gives its result through
 * weft_call_return() (none is fine), and answers WEFT_OK or fills `err`. Runs
 * once a run, on any thread; must not write inputs it has not taken. */
typedef weft_status weft_body(weft_call *call, void *arg, struct weft_error *err);

/* ---- A graph's life ---------------------------------------------------- */

WEFT_API weft_graph *weft_graph_new(void);            /* NULL: no memory */
WEFT_API void        weft_graph_free(weft_graph *g);  /* NULL is fine */
WEFT_API void        weft_graph_keys(weft_graph *g, uint32_t flags); /* of enum weft_key_flag; for what is added from now on */

/* ---- Adding tasks ------------------------------------------------------ */

enum weft_task_flag {
    WEFT_PURE  = 1, /* same body, same argument, same inputs: same result. Equal pure tasks
                     * run once, and their key is the same in every process */
    WEFT_SHARE = 2, /* a task of this key that exists already is meant, not a mistake */
    WEFT_KEEP  = 4, /* pure, and a run with a memo (weft/memo.h) keeps its result however quickly it
                     * was made. Fails when nobody can say its key in another process */
    WEFT_ROWS  = 8, /* the rows it gives are those of its inputs, one input after another, so that
                     * weft_source_of_row() finds through it where a row comes from */
    WEFT_SOME_ROWS = 16, /* some rows of its one input, in their order; and of the first rows of that some
                     * first rows of what it gives. So weft_pool_source_of_row() finds them, too */
};

/* How a graph makes the keys of pure tasks. */
enum weft_key_flag {
    WEFT_KEYS_STRICT     = 1, /* a task that is to be pure but whose key would mean something else in
                               * another process (an argument that is a bare pointer, an input that is
                               * not pure) fails and says why. Else it is pure within its graph */
    WEFT_KEYS_BY_CONTENT = 2, /* what reads a file is told by the bytes in it, which are read once more
                               * for it. Else by its path, size, time of change and inode. (Either way
                               * a file that changed less than 20 ms ago is waited for) */
};

/* So many units of a resource that pools have some of, by its name. */
struct weft_need {
    const char *resource;
    int         units; /* > 0 */
};

/* How a task wants to be run. What is 0 is as in the scope of weft_graph_annotate(). */
struct weft_terms {
    int      retries;    /* > 0: run again so often when it fails; only tasks that are WEFT_PURE. While there are
                          * tries left weft_call_take() gives copies where it can; a body that takes what cannot be
                          * copied is not run again */
    int64_t  backoff_ns; /* rest before the first time more, doubled before each further one, and up to a quarter
                          * more; no worker waits meanwhile */
    int64_t  timeout_ns; /* of one run of the body, from its beginning: then weft_call_is_cancelled() is true in it,
                          * and the task fails with WEFT_TIMEOUT whatever it returns */
    const struct weft_need *needs; /* what it holds until it has ended, all or nothing; read now, copied */
    size_t   n_needs;
    size_t   scratch_bytes; /* what its body needs beside inputs and results, a bound */
    const int *workers;  /* where it had better run: others take it when they have nothing else; read now, copied */
    int      n_workers;
    bool     only_workers; /* there or nowhere */
    bool     lenient;    /* in a run that continues (WEFT_CONTINUE) it runs though inputs have failed: they are no
                          * values, and weft_call_input_status() tells why */
};
/* WEFT_TERMS(.retries = 3, .timeout_ns = 1000000) fills .terms (C only). */
#define WEFT_TERMS(...) .terms = &(struct weft_terms){__VA_ARGS__}

/* Two cache lines, not a byte more: who adds a task clears one, and a larger one takes longer by
 * a fifth of what building does (bench dag-build). So what few tasks say is in `terms`. */
struct weft_task_spec {
    const char       *name;     /* what it does, for keys, traces and pictures; copied. NULL: the body's
                                 * symbol. Many tasks may have one name */
    const char       *key;      /* unique in the graph, to find and refer to it; copied. NULL: made */
    const int64_t    *index;    /* which block or partition it is, appended to the made key; copied */
    int16_t           n_index;  /* at most WEFT_MAX_DIMS */
    int16_t           arity;    /* > 0: n_deps must be this, else the task fails */
    uint32_t          layer;    /* from weft_graph_layer(); 0: none */
    weft_body        *body;
    void             *arg;      /* given to the body */
    size_t            arg_bytes;/* > 0: `arg` is plain bytes, copied now. 0: kept as a pointer and taken, even
                                 * if the task fails */
    const struct weft_type *arg_type; /* type of a taken `arg`: freed, and sent elsewhere, through it */
    void            (*free_arg)(void *arg); /* or just this; called once. NULL both: the caller keeps `arg` */
    weft_task *const *deps;     /* inputs, in order; read now, not kept */
    size_t            n_deps;
    int               n_results;/* 0 means 1, at most 65536; weft_task_result() tells them apart */
    uint32_t          flags;    /* of enum weft_task_flag */
    size_t            result_bytes; /* a guess; 0: unknown */
    const struct weft_terms *terms; /* read now, copied; NULL: as the scope has it */
    const char       *file;     /* the call that built it, for error reports; kept, so a literal */
    int               line;
    int               priority; /* of the ready tasks of a run, larger ones begin earlier; 0 unless told */
};

WEFT_API weft_task *weft_graph_add(weft_graph *g, const struct weft_task_spec *spec);

/* The same with named arguments, noting the place of the call (C only): the body
 * comes first, then any fields, as in weft_add(g, load, .name = "load"). */
#define weft_add(g, ...)                                                      \
    weft_graph_add((g), &(struct weft_task_spec){.file = __FILE__, .line = __LINE__, \
                                                 .body = __VA_ARGS__})
/* WEFT_ARG(x) fills .arg and .arg_bytes with a copy of the variable x. */
#define WEFT_ARG(x) .arg = (void *)&(x), .arg_bytes = sizeof(x)
/* WEFT_DEPS(a, b) fills .deps and .n_deps. */
#define WEFT_DEPS(...)                                   \
    (weft_task *const[]){__VA_ARGS__},                   \
    .n_deps = sizeof((weft_task *const[]){__VA_ARGS__}) / sizeof(weft_task *)

/* What is said of all tasks of a scope. */
struct weft_annotation {
    int               priority;
    struct weft_terms terms;
    const char       *file; /* of the call, for error reports; kept, so a literal */
    int               line;
};

/* Between these two, every task built, by collections too, has this priority and these
 * terms where it says none itself. Scopes nest; each field of an inner one goes before that
 * of an outer one. Retries are for the pure tasks among them: others are never run again. In a scope
 * that makes no sense every task fails and says why. Tasks of different terms never
 * become one, nor run as one. */
WEFT_API void weft_graph_annotate(weft_graph *g, const struct weft_annotation *a);
WEFT_API void weft_graph_annotate_end(weft_graph *g);

#define weft_annotate(g, ...)                                                 \
    weft_graph_annotate((g), &(struct weft_annotation){.file = __FILE__, .line = __LINE__, __VA_ARGS__})

/* The call that builds what follows, until the next one: errors of collections and of
 * their tasks name it. In C the calls of weft/array.h, frame.h and bag.h say it by
 * themselves; what calls them through a pointer, or for another language, says it here.
 * `file` is kept, so a literal; NULL: not known. */
WEFT_API void weft_graph_at(weft_graph *g, const char *file, int line);
static inline weft_graph *weft_graph_here(weft_graph *g, const char *file, int line)
{
    weft_graph_at(g, file, line);
    return g;
}
#define WEFT_GRAPH_HERE(g) weft_graph_here((g), __FILE__, __LINE__)

/* A value known already, entered once however many tasks read it. Taken. */
WEFT_API weft_task *weft_graph_put(weft_graph *g, struct weft_value value);

/* Another key for the same result, without a copy. */
WEFT_API weft_task *weft_graph_alias(weft_graph *g, const char *key, weft_task *task);

/* The task of this key, which may be added later: how a graph is written down
 * in any order. A plan refuses keys that never came, and circles, written out. */
WEFT_API weft_task *weft_graph_ref(weft_graph *g, const char *key);

/* Result k of a task with several, usable as a task; 0 <= k < n_results. */
WEFT_API weft_task *weft_task_result(weft_task *task, int k);

/* A task that has failed, for those who build collections of their own. */
WEFT_API weft_task *weft_graph_fail(weft_graph *g, weft_status status, const char *fmt, ...)
    WEFT_FORMAT(3, 4);

/* A layer: the tasks that one operation on a collection became. Pictures of big
 * graphs show layers. Numbers start at 1; `name` is copied; 0 when out of memory. */
WEFT_API uint32_t weft_graph_layer(weft_graph *g, const char *name);

/* Tells people what its tasks give: "float64 (1000, 3) in 10 chunks". Copied. */
WEFT_API void weft_graph_layer_tell(weft_graph *g, uint32_t layer, const char *fmt, ...) WEFT_FORMAT(3, 4);

/* ---- Inside a body ----------------------------------------------------- */

/* The first words of a call and of its run, so that reading inputs of a plan that runs
 * again costs no call into the library. For the next two functions, not for other use. */
struct weft_run_head {
    const struct weft_value *slots;
    const uint32_t          *first; /* input i of a node is in slot which[first[node] + i] */
    const uint32_t          *which; /* NULL: not listed; ask the library */
};
struct weft_call_head {
    const struct weft_run_head *run;
    uint32_t                    node;
};
WEFT_API size_t            weft_call_n_found(const weft_call *call);
WEFT_API struct weft_value weft_call_find(const weft_call *call, size_t i);

static inline size_t weft_call_n_inputs(const weft_call *call)
{
    const struct weft_call_head *c = (const struct weft_call_head *)(const void *)call;

    return c->run->which ? c->run->first[c->node + 1] - c->run->first[c->node] : weft_call_n_found(call);
}
static inline struct weft_value weft_call_input(const weft_call *call, size_t i) /* lent; i < n_inputs */
{
    const struct weft_call_head *c = (const struct weft_call_head *)(const void *)call;

    return c->run->which ? c->run->slots[c->run->which[c->run->first[c->node] + i]] : weft_call_find(call, i);
}

/* WEFT_OK, or why input i has failed, told to a lenient task; `err` may be NULL. */
WEFT_API weft_status weft_call_input_status(const weft_call *call, size_t i, struct weft_error *err);

/* Takes input i over, to change it in place and perhaps return it: the value
 * itself when this task is its last reader and nobody asked for it, else a copy
 * (WEFT_UNSUPPORTED when its type has none). Given. */
WEFT_API weft_status weft_call_take(weft_call *call, size_t i, struct weft_value *out);

WEFT_API void weft_call_return(weft_call *call, struct weft_value value);           /* taken */
WEFT_API void weft_call_return_at(weft_call *call, int k, struct weft_value value); /* taken */

/* `bytes` of memory, 64-byte aligned, gone when the body returns. NULL: none. */
WEFT_API void *weft_call_scratch(weft_call *call, size_t bytes);

WEFT_API int  weft_call_worker(const weft_call *call);       /* 0 <= worker < n_workers */
WEFT_API bool weft_call_is_cancelled(const weft_call *call); /* the run wants to stop, or this body has had its time */

static inline weft_block *weft_call_block(const weft_call *call, size_t i) /* lent */
{
    return weft_value_block(weft_call_input(call, i));
}
static inline weft_chunk *weft_call_chunk(const weft_call *call, size_t i) /* lent */
{
    return weft_value_chunk(weft_call_input(call, i));
}

/* ---- Asking ------------------------------------------------------------ */

WEFT_API size_t     weft_graph_n_tasks(const weft_graph *g);
WEFT_API weft_task *weft_graph_task(const weft_graph *g, size_t i); /* in order of adding */
WEFT_API weft_task *weft_graph_find(const weft_graph *g, const char *key); /* NULL: none */
WEFT_API const char *weft_graph_layer_name(const weft_graph *g, uint32_t layer); /* "" for 0 */
WEFT_API const char *weft_graph_layer_about(const weft_graph *g, uint32_t layer); /* "": not told */

WEFT_API weft_graph *weft_task_graph(const weft_task *t);
WEFT_API size_t      weft_task_id(const weft_task *t);  /* its place in the order of adding */
WEFT_API const char *weft_task_name(const weft_task *t);
WEFT_API uint32_t    weft_task_layer(const weft_task *t);
WEFT_API size_t      weft_task_n_deps(const weft_task *t);
WEFT_API weft_task  *weft_task_dep(const weft_task *t, size_t i);

/* Writes the key, at most `size` bytes with the closing zero: the one given, or
 * name, token and index: "sum-6c1f0e9a22b4d713(2, 0)". Returns its length. */
WEFT_API size_t weft_task_key(const weft_task *t, char *text, size_t size);

/* What a task computes, in 128 bits: equal tokens mean equal results, in every process that
 * runs the same bodies. Made of the body (its object's build-id and its place there), the
 * argument, and the tokens of the inputs. */
struct weft_token {
    uint64_t hi, lo;
};
/* WEFT_UNSUPPORTED, and why, for a task that is not pure or whose token means nothing elsewhere. */
WEFT_API weft_status weft_task_token(const weft_task *t, struct weft_token *out, struct weft_error *err);

/* WEFT_OK, or why the task could not be built. */
WEFT_API weft_status weft_task_status(const weft_task *t, struct weft_error *err);

/* Where a body lives, so that another process can find it: the build-id of its
 * object and the offset in it, or object and exported symbol. Found through the
 * dynamic loader; users write nothing. */
struct weft_body_name {
    char     object[256];  /* file of the shared object or program */
    char     symbol[128];  /* "" when not exported */
    uint8_t  build_id[20]; /* of the object's note */
    int      n_build_id;   /* 0: none */
    uint64_t offset;       /* from the object's load address */
};
WEFT_API weft_status weft_body_name(weft_body *body, struct weft_body_name *out, struct weft_error *err);
WEFT_API weft_status weft_body_find(const struct weft_body_name *name, weft_body **out,
                                    struct weft_error *err);

WEFT_END
#endif
