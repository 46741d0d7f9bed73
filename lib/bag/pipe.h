/* pipe.h - one pass over a partition: source, steps, sink.
 *
 *     source --record--> step --emit--> step --emit--> sink --> result of the task
 *
 * Records are pushed: a step that emits calls the next one before it goes on. So a
 * record is in cache on its whole way, and a chain needs no memory but its sink's.
 * The first failure stops the source; later statuses are not looked at.
 */
#ifndef WF_PIPE_H
#define WF_PIPE_H

#include "lib/bag/bag.h"
#include "lib/base/hash.h"

struct wf_pass; /* one run of a pipe over one partition */

/* What becomes of records at the end of a chain. `state` is zeroed, state_bytes long. */
struct wf_sink {
    const char  *name;        /* "" or what the task does besides the chain: "shuffle" */
    size_t       state_bytes;
    weft_status (*begin)(void *state, struct wf_pass *pass, struct weft_error *err);
    weft_status (*push)(void *state, struct wf_pass *pass, const struct weft_record *record,
                        struct weft_error *err);
    weft_status (*end)(void *state, struct wf_pass *pass, struct weft_error *err); /* gives the result */
    void        (*fini)(void *state);
    /* For keys, of the pipe's sink_arg (token.h); NULL: pure, and nothing in it counts. */
    bool        (*is_pure)(const void *arg);
    weft_status (*hash)(const void *arg, struct weft_sink *sink);
};

/* A chain as the tasks of all partitions share it; in the graph's arena. */
struct wf_pipe {
    const struct wf_base        *base;
    const struct wf_step *const *steps;
    int                          n_steps;
    struct wf_shape              shape; /* of what reaches the sink */
    const struct wf_sink        *sink;
    const void                  *sink_arg;
    const char                  *name;  /* "text+flat-map+shuffle" */
    bool                         is_pure, is_certain; /* its token, when pure, means the same in every process */
    struct wf_token              token; /* of all of this */
};

struct wf_pass {
    const struct wf_pipe *pipe;
    weft_call            *call;
    int64_t               partition;
    size_t                first_extra; /* the task's inputs from here on are the sink's */
    weft_status           status;      /* the first failure */
    bool                  full;        /* the sink wants no more: not a failure */
    struct weft_error    *err;
};

/* Whether the source may stop. */
static inline bool wf_pass_is_over(const struct wf_pass *pass)
{
    return pass->status || pass->full;
}

/* The pipe of `b` into `sink`; `name` is of the operation, when the sink has none.
 * NULL: no memory. */
struct wf_pipe *wf_pipe_make(weft_bag *b, const struct wf_sink *sink, const void *sink_arg, const char *name);
/* The same for a sink that is said now: see wf_bag_to_join(). */
struct wf_pipe *wf_pipe_new(weft_bag *b, const struct wf_sink *sink, const void *sink_arg, const char *name);

/* The task of one partition. `extra`: one more input, for the sink (NULL: none). */
weft_task *wf_pipe_task(weft_graph *g, const struct wf_pipe *pipe, int partition, uint32_t layer,
                        weft_task *extra, const struct weft_step *site);

/* One task for each partition, in a layer of its own; tasks[n_partitions] is filled. */
void wf_pipe_tasks(weft_bag *b, const struct wf_pipe *pipe, const struct weft_step *site, weft_task **tasks);

/* The sink that keeps all records. */
extern const struct wf_sink wf_sink_keep;

/* A user's message with where it happened, as "square: partition 3, record 17: ..." (record
 * < 0: none), and the call that built the step: a chain is one task of many steps. */
weft_status wf_error_at(struct weft_error *err, weft_status status, const struct weft_error *said,
                        const struct wf_step *step, int64_t partition, int64_t record);

#endif
