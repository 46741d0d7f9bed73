/* weft/predict.h - how long a traced run would take on more workers, or if some tasks were faster.
 *
 *     weft_predictor *p;
 *     struct weft_forecast f;
 *     st = weft_predictor_new(&p, trace, NULL, &err);
 *     st = weft_predictor_at(p, 64, &f, &err);
 *     printf("%.1f times as fast as one worker\n", f.speedup);
 *
 * The measured graph is replayed: each task takes as long as it took, and so many virtual
 * workers hand out the tasks among themselves by the rules of a pool: blocks of roots, newest
 * first, whom to rob, who searches, sleeps and is woken (lib/analyse/predict_replay.h has
 * them all). What handing out takes comes from the trace itself, as far as it tells.
 *
 * What is answered, of P workers:
 *
 *     makespan     the whole program: its runs, replayed, and its own time between them, as it was
 *     interval     who finds work first is partly chance: some draws of it, their least and most
 *     at least     max(T1 / P, Tinf)    T1 is all tasks together, Tinf the longest path: Brent (1974)
 *     at most      T1 / P + Tinf        if handing out work took no time: Graham (1969)
 *     burdened     T1 / P + Tinf, where each task costs its overhead and each edge of a path that
 *                  may lead to another worker a wake and a steal (He, Leiserson and Leiserson, 2010)
 *
 * What is not seen. Tasks are as long on any number of workers. They are not where those
 * compete for memory bandwidth, a cache or the kernel (fresh memory, files), where two share
 * a core (hyperthreads), or where the clock slows down as more cores work. Of all that a trace
 * of one worker knows nothing, and is too hopeful: does the work of a trace of two, T1, differ
 * from that of one, then it is by so much. Parts of a body that it forked
 * (weft/fork.h) are seen where another worker ran them; a trace of one worker shows none. Who
 * spawned whom (weft/spawn.h) is not in a trace: spawned tasks count as ready when the body
 * they are part of has begun to spawn. Nobody waits for memory or resources; there are no
 * priorities; no workers share a core; which cores are near is not known: thieves ask the
 * others by number.
 *
 * How far off it is. Of 22 graphs of bodies of 5 to 200 us, each traced on one worker and on
 * two and predicted for both, the error was 0.5 % in the middle and 1.9 % at the 95th
 * percentile (bench/lib/analyse/bench_predict.c, two cores); of the examples 0.7 % in the
 * middle, 6 % where bodies share the memory, and 20 to 60 % for the two that end after 0.3
 * and 5 ms, when all is used for the first time (predict_examples.py there).
 *
 * Ownership: a predictor is given: weft_predictor_free(). It looks at its trace, which must
 *            outlive it.
 * Errors:    WEFT_NOMEM; WEFT_INVALID for what a spec or a number of workers may not be;
 *            WEFT_NOT_FOUND for a name that no task has.
 * Threads:   immutable; any thread may ask.
 */
#ifndef WEFT_PREDICT_H
#define WEFT_PREDICT_H

#include <stdio.h>
#include <weft/trace.h>

WEFT_BEGIN

typedef struct weft_predictor weft_predictor;

enum { WEFT_PREDICT_MOST_WORKERS = 4096 };

/* Tasks that take another time than they did: all of this name, of this layer, or the one of
 * this key. Of a graph that has not run, so each can be told what it would take. */
struct weft_faster {
    const char *what;
    double      times;    /* so many times faster: 1/times of their time; below 1 slower. Or 0, and */
    int64_t     takes_ns; /* so long each */
};

/* What handing out work takes, in nanoseconds. */
struct weft_overheads {
    int64_t task_ns;  /* of each task: from the one before it on its worker */
    int64_t edge_ns;  /* of each successor, after a task */
    int64_t steal_ns; /* to get work from another worker, or to notice that there is some */
    int64_t look_ns;  /* of each other worker that is asked for it */
    int64_t wake_ns;  /* until a sleeping worker looks for work */
    int64_t call_ns;  /* of waking one, for who does */
    int64_t start_ns; /* from submitting a run until a worker looks; of runs in a trace: as it was */
    size_t  n_tasks, n_edges, n_steals, n_wakes; /* seen in the trace. Where 0, the time before it is what it was
                       * on a quiet machine: two cores of an EPYC at 2.4 GHz, Linux 6 */
};

struct weft_predict_spec {
    const struct weft_faster *faster; /* read now, one after the other */
    size_t   n_faster;
    bool     ideal;        /* handing out work takes no time */
    const struct weft_overheads *overheads; /* NULL: as the trace tells */
    int64_t  task_ns;      /* of each task, in a trace that has not run; 0: a millisecond */
    int      n_draws;      /* of chance; 0: 7, or 3 where there are more than 100000 tasks */
    uint64_t seed;         /* the same gives the same answers */
};

WEFT_API weft_status weft_predictor_new(weft_predictor **out, const weft_trace *t, const struct weft_predict_spec *spec,
                                        struct weft_error *err); /* `spec` may be NULL */
WEFT_API void        weft_predictor_free(weft_predictor *p);     /* NULL is fine */

/* ---- What it stands on --------------------------------------------------- */

struct weft_predictor_stats {
    size_t  n_tasks, n_runs;
    size_t  n_unknown;   /* tasks of overwritten events, taken to be as long as others of their name */
    bool    is_measured; /* the trace has run */
    int     n_traced;    /* on so many workers */
    int64_t traced_ns;   /* in that time */
    int64_t outside_ns;  /* of which no run was going on */
    int64_t work_ns;     /* T1, with what is faster; without what is outside of runs, as the next two */
    int64_t span_ns;     /* Tinf */
    int64_t burdened_span_ns;
    struct weft_overheads overheads;
};
WEFT_API struct weft_predictor_stats weft_predictor_stats(const weft_predictor *p);

/* ---- How long ------------------------------------------------------------ */

struct weft_forecast {
    int      n_workers;
    int64_t  makespan_ns;       /* median of the draws */
    int64_t  least_ns, most_ns; /* of them */
    double   speedup;           /* against one worker, predicted too */
    double   efficiency;        /* speedup / n_workers */
    double   utilisation;       /* share of the workers' time that bodies ran */
    int64_t  lower_ns, upper_ns, burdened_ns; /* the bounds above */
};

/* On so many workers, 1 .. WEFT_PREDICT_MOST_WORKERS. */
WEFT_API weft_status weft_predictor_at(const weft_predictor *p, int n_workers, struct weft_forecast *out,
                                       struct weft_error *err);

/* The fewest workers, at most `most`, from which on the efficiency is seen below 0 < `efficiency` <= 1; 0: it
 * is not. Halving between `most` and 1, so it takes the efficiency to fall. */
WEFT_API weft_status weft_predictor_below(const weft_predictor *p, double efficiency, int most, int *out,
                                          struct weft_error *err);

/* Of several forecasts the one where one more step costs as much as it gives: of the greatest
 * speedup times efficiency (the knee of Eager, Zahorjan and Lazowska, 1989). n >= 1. */
WEFT_API size_t weft_forecast_knee(const struct weft_forecast *f, size_t n);

/* ---- What is worth making faster ----------------------------------------- *
 * A function that takes half of the time need not be worth anything: others may be on the
 * longest path. As Coz does while a program runs (Curtsinger and Berger, 2015), each is made
 * faster virtually, and the whole is looked at; here by a replay. */

struct weft_worth {
    const char *what;       /* a name of tasks, or of a layer; lent by the trace */
    size_t      n_tasks;
    double      share;      /* of the work */
    int64_t     twice_ns;   /* the makespan if they took half of their time */
    int64_t     free_ns;    /* and none at all */
    double      twice_less, free_less; /* shares of the makespan that this saves; below 0 it gets longer */
};

/* Of at most `most` names with the most work, or layers; the most worth (twice as fast)
 * first. `out` has room for `most`; *n is how many there are. */
WEFT_API weft_status weft_predictor_worth(const weft_predictor *p, int n_workers, bool of_layers, size_t most,
                                          struct weft_worth *out, size_t *n, struct weft_error *err);

/* ---- In words ------------------------------------------------------------- */

/* What was asked for, and answered, before it is printed. */
struct weft_prediction {
    const struct weft_forecast *forecasts;  /* by workers */
    size_t                      n_forecasts;
    const struct weft_forecast *as_traced;  /* without what is faster, of the same workers; NULL: nothing is */
    const struct weft_forecast *again;      /* the traced run itself, as a judge of the model; NULL: not asked */
    const struct weft_worth    *worth;
    size_t                      n_worth;
    int                         worth_at;   /* workers */
    int                         half_from;  /* efficiency is below a half from so many on; 0: it is not */
};
WEFT_API void weft_prediction_print(const weft_predictor *p, const struct weft_prediction *what, FILE *to);
WEFT_API void weft_prediction_print_json(const weft_predictor *p, const struct weft_prediction *what, FILE *to);

WEFT_END
#endif
