/* weft/pool.h - workers, and what they can be asked to run.
 *
 * A pool is made once and used for many runs; several pools may live in one
 * process. Workers are threads, one per allowed core and pinned to it, or
 * processes, or the caller alone. An idle pool sleeps.
 *
 * Ownership: results of a run are given: release each with weft_value_release().
 * Errors:    a task that fails poisons what depends on it; the rest runs or is
 *            cancelled, as the run spec says. The pool stays usable. A wrong
 *            configuration is told by weft_pool_open(), or else by the first run.
 * Threads:   any thread may submit; runs share the workers, each of which goes to another run
 *            after some tasks of one (of a serial pool, they wait for each other). A body must
 *            not wait for a run of its own pool: it has weft_call_run() (weft/spawn.h).
 * Fork:      a pool does not survive into a forked child: there it can only be
 *            freed, and a new one made.
 * Exit:      files that a pool is configured to leave (trace.file and the like) are written when it
 *            is freed, or else by exit(), unless a run still goes on, which is said on stderr.
 */
#ifndef WEFT_POOL_H
#define WEFT_POOL_H

#include <weft/config.h>
#include <weft/future.h>
#include <weft/graph.h>
#include <weft/plan.h>
#include <weft/progress.h>
#include <weft/watch.h>

WEFT_BEGIN

typedef struct weft_pool   weft_pool;

enum weft_pool_kind {
    WEFT_POOL_CONFIGURED, /* as pool.kind is set: threads, unless told */
    WEFT_POOL_THREADS,   /* workers in this process, which a body that crashes takes with it */
    WEFT_POOL_SERIAL,    /* the calling thread, in rank order: for debuggers, and the judge of the others. "sync"
                          * in a configuration */
    WEFT_POOL_PROCESSES, /* forked workers: a body that crashes fails one task. Results travel by
                          * their type's write and read */
};

/* Somebody else's threads: `submit` must run fn(arg) once, soon, on some thread,
 * and every fn submitted must be able to run at the same time. */
struct weft_executor {
    void        *self;
    weft_status (*submit)(void *self, void (*fn)(void *arg), void *arg);
};

/* So many units of something there is little of - licences, connections, room on a device; a
 * semaphore is one, too. Tasks say what they need (struct weft_need) and wait for all of it,
 * workers do not. Never more are in use than there are. Those that need the same are served
 * in order, and none is passed by one that could delay it. A task that needs more than there
 * is, or what there is nothing of, fails at once. */
struct weft_resource {
    const char *name;
    int         units; /* >= 0 */
};

/* What is left 0 here is as the configuration says (weft/config.h), in brackets. */
struct weft_pool_spec {
    enum weft_pool_kind kind; /* [pool.kind]; threads, if there is an executor */
    int    n_workers;        /* [pool.workers: one per core this process may use, its cpuset and its
                              * cgroup's cpu.max, unless told] */
    bool   no_pin;           /* let the system move the workers [pool.pin] */
    bool   trace;            /* note what each worker does; see weft/trace.h [trace.on] */
    size_t trace_events;     /* kept per worker, the latest [trace.events] */
    const struct weft_executor *executor; /* run worker loops there instead of on own threads; copied */
    const weft_config *config; /* NULL: files and environment, read now. Lent for the call */
    size_t limit_bytes;      /* of memory its runs may hold, or WEFT_LIMIT_AUTO; see below
                              * [memory.limit: none, unless told] */
    const char *spill_dir;   /* where values go that leave memory; copied [spill.dir: $TMPDIR, else /tmp] */
    size_t spill_bytes;      /* at most so many there [spill.limit: what the disk has] */
    enum weft_progress_show progress; /* what is told on stderr of runs that go on [progress] */
    int64_t progress_interval_ns;     /* how often [progress.interval] */
    weft_progress_fn *on_progress;    /* told the same, too, whatever `progress` is; NULL: nobody */
    void   *progress_arg;
    const struct weft_watch *watch;   /* called as any of its runs goes on; copied */
    bool    rerun_failed;  /* who waits in weft_pool_run() or its like for a run that failed then runs the
                            * first failed task once more, there: for a debugger [run.rerun_failed] */
    const struct weft_resource *resources; /* read now, copied */
    size_t n_resources;
};

/* `spec` may be NULL. WEFT_NOMEM, too, when the system starts no more threads; a wrong
 * configuration as in weft/config.h. */
WEFT_API weft_status weft_pool_open(weft_pool **out, const struct weft_pool_spec *spec, struct weft_error *err);

/* The same without a word: NULL when there is no memory. If the configuration is wrong, a
 * pool that runs nothing: every run fails and tells what is wrong with it. */
WEFT_API weft_pool *weft_pool_new(const struct weft_pool_spec *spec);
WEFT_API void       weft_pool_free(weft_pool *pool);                  /* finishes what is submitted, whose futures
                                                                       * stay good; NULL is fine */
WEFT_API int        weft_pool_n_workers(const weft_pool *pool);       /* 0 for NULL */

/* How far its runs are: the numbers it tells, now; after the last run, those of its end.
 * False: it does not count, for it tells nobody. */
WEFT_API bool weft_pool_progress(weft_pool *pool, struct weft_progress *out);

/* ---- Memory ---------------------------------------------------------------
 * A pool with limit_bytes keeps what its runs hold below that: the results that have
 * readers to come or are asked for, by the `bytes` of their types, and what the tasks that
 * run say they need (result_bytes, scratch_bytes). Tasks for which there is no room wait,
 * workers do not: sources do not run ahead of those who consume. Results that are wanted
 * last, by the order of the plan, go to a file without a name in spill_dir if their type has
 * `write` and `read`, and come back before a body reads them; those asked for come back when
 * they are taken from the future. Nothing is left of the file, however the process ends.
 *
 * The limit holds as far as it can: a task that runs alone runs even if it is too big; one
 * that gives more than it said, or than its like gave before, is over it until others have
 * gone to disk; values known before, bodies that allocate by themselves, tasks spawned and
 * two results that share memory are not seen through, nor are results that a run hands over
 * before its end (weft/future.h) and nobody has taken yet. Memory that is freed goes back to the
 * system when the process outgrows the limit.
 *
 * Errors: a file that cannot be written or read, or gives back other bytes than went there,
 *         fails the task that wanted room or its input, with WEFT_IO. The pool stays usable.
 * What is computed does not depend on it. Each task takes a lock; a pool without a limit
 * has nothing of all this. */

/* As a limit: three fifths of the memory of this machine, or of the least that the cgroup of
 * this process or one above it may have. */
#define WEFT_LIMIT_AUTO SIZE_MAX

struct weft_pool_memory {
    size_t   limit;     /* 0: none, and then nothing is counted but what is on disk and the last three */
    size_t   managed;   /* bytes of the results that runs hold in memory, each as its type says */
    size_t   scratch;   /* that running tasks have said they need */
    size_t   peak;      /* the most of both together at any time */
    size_t   spilled;   /* bytes of results that are on disk instead, those of futures too */
    size_t   disk, disk_peak; /* what they take there */
    uint64_t written, read;   /* bytes of the file, in all */
    uint64_t n_waits;   /* how often a task was put aside */
    uint64_t n_over;    /* how often one ran that was too big */
    size_t   resident;  /* memory of the process, as the system counts it */
    size_t   allocated; /* of it, in use by blocks of the heap; 0: this build cannot tell */
    size_t   unmanaged; /* resident, less managed */
};
WEFT_API void weft_pool_memory(weft_pool *pool, struct weft_pool_memory *out); /* NULL pool: zeroes */

/* ---- Running and waiting ------------------------------------------------ */

enum weft_on_error {
    WEFT_POISON,    /* tasks that depend on a failed one fail; all others run */
    WEFT_FAIL_FAST, /* the first failure also cancels what has not begun */
    WEFT_CONTINUE,  /* as WEFT_POISON, but tasks that are `lenient` run though inputs have failed. A memo is
                     * offered nothing more after the first failure */
};

/* Where results wait until they are taken from their future. */
enum weft_level {
    WEFT_LEVEL_ANY,    /* in memory, or on disk what a pool with a limit has no room for */
    WEFT_LEVEL_MEMORY, /* in memory, whatever the limit says */
    WEFT_LEVEL_DISK,   /* on disk, if their type has `write` and `read` and the disk has room; else in memory */
};

struct weft_run_spec {
    enum weft_on_error on_error;
    void (*done)(void *done_arg, weft_status status); /* called once at the end, by a worker or who submits; short.
                              * May submit; must not wait for its own future, take from it or free it */
    void  *done_arg;
    weft_memo *memo; /* of a run that is given tasks, and so makes the plan: as in struct weft_plan_spec. Lent
                      * until the end of the run */
    struct weft_reuse *reuse; /* then filled with what the memo saved, before the run begins; NULL: not wanted */
    const struct weft_watch *watch; /* called as it goes on; copied */
    bool keep_failed; /* for weft_future_rerun(): what is read by a task that fails is kept, and what a body
                       * takes is a copy, if it can be */
    bool   elastic;          /* workers it will never need again leave; see weft/elastic.h */
    void (*released)(void *released_arg, int worker, int64_t at_ns); /* one has left, so long after the run
                              * began; by that worker, short, and calling nothing of the pool */
    void  *released_arg;
    enum weft_level level;   /* of its results */

    /* Results one by one (weft/future.h): each can be taken as soon as it is there. */
    bool   stream;
    size_t window;           /* > 0: streams, and does not run ahead: of the tasks without inputs only those
                              * begin that the next so many results need which nobody has taken, and those
                              * that who waits for a later one, or for the end, needs. At least the number of
                              * workers, or some may idle. Not kept where tasks have priorities, nor by a
                              * serial pool */
    /* Results into the caller's memory: the future has none of them then, only how they went.
     * Called for each target that does not fail, by the worker that made it, several at a time;
     * `value` is lent. Other than WEFT_OK fails the target. */
    weft_status (*store)(void *store_arg, size_t i, struct weft_value value, struct weft_error *err);
    void    *store_arg;
    double  *into_f64;       /* with one place for each target, filled as above with its number; or */
    int64_t *into_i64;
    int64_t timeout_ns;      /* > 0: so long after it was submitted what has not begun will not begin, running
                              * bodies are told (weft_call_is_cancelled), and what is not there fails with
                              * WEFT_TIMEOUT */
};

/* Runs one task and what it needs. *out is written only on success. */
WEFT_API weft_status weft_pool_run(weft_pool *pool, weft_task *task, struct weft_value *out,
                                   struct weft_error *err);

/* Runs several together: what they share runs once. Results in argument order;
 * those of failed tasks, and all when nothing could run, are no value. The status is that of the first target, in
 * that order, that failed. `outs` may be NULL. */
WEFT_API weft_status weft_pool_run_many(weft_pool *pool, weft_task *const *tasks, size_t n,
                                        const struct weft_run_spec *spec,
                                        struct weft_value *outs, struct weft_error *err);
WEFT_API weft_status weft_pool_run_plan(weft_pool *pool, weft_plan *plan,
                                        const struct weft_run_spec *spec,
                                        struct weft_value *outs, struct weft_error *err);

/* ---- Submitting and going on --------------------------------------------- */

WEFT_API weft_status weft_pool_submit(weft_pool *pool, weft_task *const *tasks, size_t n,
                                      const struct weft_run_spec *spec,
                                      weft_future **out, struct weft_error *err);
WEFT_API weft_status weft_pool_submit_plan(weft_pool *pool, weft_plan *plan,
                                           const struct weft_run_spec *spec,
                                           weft_future **out, struct weft_error *err);

/* ---- Loops over plain C arrays ------------------------------------------
 * In a pool of processes `fn` runs in another process: results of map and imap come back,
 * and all else it writes to memory stays there. */

/* out[i] = fn(in[i]), 0 <= i < n, `grain` elements a task (0: chosen). `in` and
 * `out` are arrays with elements of in_bytes and out_bytes; either may be NULL. */
typedef weft_status weft_map_body(const void *in, void *out, void *arg, struct weft_error *err);
WEFT_API weft_status weft_pool_map(weft_pool *pool, weft_map_body *fn, void *arg,
                                   const void *in, size_t in_bytes, void *out, size_t out_bytes,
                                   size_t n, size_t grain, struct weft_error *err);

/* The same, handing each result to `take` on the calling thread, in order, as
 * soon as it and all before it are there; `take` answers other than WEFT_OK to stop. */
typedef weft_status weft_map_take(size_t i, const void *out, void *arg);
WEFT_API weft_status weft_pool_imap(weft_pool *pool, weft_map_body *fn, void *arg,
                                    const void *in, size_t in_bytes, size_t out_bytes,
                                    size_t n, size_t grain,
                                    weft_map_take *take, void *take_arg, struct weft_error *err);

/* fn over [begin, end) pieces of [0, n). */
typedef weft_status weft_for_body(size_t begin, size_t end, void *arg, struct weft_error *err);
WEFT_API weft_status weft_pool_for(weft_pool *pool, weft_for_body *fn, void *arg,
                                   size_t n, size_t grain, struct weft_error *err);

WEFT_END
#endif
