/* weft/frame.h - tables of named columns, kept as partitions that fit.
 *
 *     weft_frame *f = weft_frame_read_csv(g, "results.csv", NULL);
 *
 *     f = weft_frame_filter(f, "not neutral");
 *     f = weft_frame_assign(f, "home_win", "sign(home_score - away_score)");
 *     weft_pool_run(pool, weft_frame_sum(f, "home_win"), &sum, &err);
 *
 * A frame is a description: the names and types of its columns, known before any
 * row is, and how each partition comes about. Selecting, filtering and assigning
 * compute nothing and make no tasks; what they describe is done by the operation
 * that needs it, in one pass over each partition and over the needed columns only.
 * Partitions decide how work is cut up, never what it answers, but for the last
 * digits of sums of float64; the number of workers changes no digit at all.
 *
 * Types:  bool, int64, float64, string, date. Any column may have nulls, and null
 *         is not NaN. Expressions are told in weft/expr.h.
 * Order:  rows keep theirs in all that works row by row.
 * Ownership and errors are as in weft/graph.h: frames belong to their graph, and an
 *         impossible request gives a frame, or a task, that has already failed. A
 *         NULL frame means that there was no memory; every function takes it.
 */
#ifndef WEFT_FRAME_H
#define WEFT_FRAME_H

#include <weft/array.h>
#include <weft/collection.h>
#include <weft/expr.h>
#include <weft/graph.h>
#include <weft/io.h>

WEFT_BEGIN

typedef struct weft_frame weft_frame;

#ifndef __cplusplus
/* A list as two arguments, itself and its length: weft_frame_select(f, WEFT_NAMES("city", "date")). */
#define WEFT_NAMES(...)                 \
    (const char *const[]){__VA_ARGS__}, \
    (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
#endif

/* ---- Making ---------------------------------------------------------------- */

/* One column in the caller's memory. Numbers and dates are used where they lie. */
struct weft_column_spec {
    const char        *name;
    weft_dtype         dtype;
    const void        *values;  /* int64_t; double; date: int32_t days; bool: bytes 0 or 1, copied to bits;
                                 * string: the bytes that `offsets` cut, or NULL when `texts` has them */
    const uint64_t    *valid;   /* bit i % 64 of word i / 64 set: row i has a value; NULL: all have. Copied */
    const int32_t     *offsets; /* row i is bytes offsets[i] .. offsets[i+1]-1 (Arrow's utf8); read now, not kept */
    const char *const *texts;   /* or: a text each, ended by a zero; NULL is null. Copied */
    void (*free_data)(void *values); /* gives `values` back after the last reader; they are taken, whatever comes
                                 * of it. NULL: they stay the caller's and outlive all results */
};

/* How rows are cut into partitions of consecutive rows. */
struct weft_cut {
    int     n_partitions; /* so many, the first n_rows % n_partitions with one row more; 0: */
    int64_t chunk_rows;   /* so many rows each, the last fewer; 0: 1,048,576 */
};

WEFT_API weft_frame *weft_frame_from_columns(weft_graph *g, const struct weft_column_spec *columns,
                                             int n_columns, int64_t n_rows, struct weft_cut cut);

/* A partition for each chunk; all have the names and types of the first. Retains
 * them; n >= 1. */
WEFT_API weft_frame *weft_frame_from_chunks(weft_graph *g, weft_chunk *const *chunks, int n);

/* A partition for each task, which gives a chunk with the names and types of `like`, or
 * its reader fails with WEFT_TYPE; n >= 1. Nothing else of `like` is looked at: it may be
 * of another graph. */
WEFT_API weft_frame *weft_frame_from_tasks(weft_graph *g, weft_task *const *tasks, int n, const weft_frame *like);

/* A CSV file, as weft/io.h says; `spec` may be NULL. The file is walked over once,
 * now, for its names, types and rows; partitions are parsed by the run, and only
 * the columns that are needed. What is built on it can be asked which bytes and rows of
 * which file it is made from: weft/source.h. */
WEFT_API weft_frame *weft_frame_read_csv(weft_graph *g, const char *path, const struct weft_csv_spec *spec);

/* ---- Row by row -------------------------------------------------------------
 * Where a column is asked for by `what`, that is its name, or else the text of an
 * expression: weft_frame_mean(f, "coalesce(home_score, 0)"). */

WEFT_API weft_frame *weft_frame_select(weft_frame *f, const char *const *names, int n); /* in this order */
WEFT_API weft_frame *weft_frame_column(weft_frame *f, const char *name);                /* one column */
WEFT_API weft_frame *weft_frame_drop(weft_frame *f, const char *const *names, int n);   /* all but these */
WEFT_API weft_frame *weft_frame_rename(weft_frame *f, const char *name, const char *to);

/* The rows where the predicate is true; null is not true. Partitions stay, perhaps
 * empty. The expression is taken. */
WEFT_API weft_frame *weft_frame_filter(weft_frame *f, const char *text);
WEFT_API weft_frame *weft_frame_filter_expr(weft_frame *f, weft_expr *e);

/* A new column at the end, or a new one in the place of that name. */
WEFT_API weft_frame *weft_frame_assign(weft_frame *f, const char *name, const char *text);
WEFT_API weft_frame *weft_frame_assign_expr(weft_frame *f, const char *name, weft_expr *e);
/* name[i] = fn(args[0][i], args[1][i], ...): a row function or batch function of weft/rowfn.h. */
WEFT_API weft_frame *weft_frame_assign_fn(weft_frame *f, const char *name, const struct weft_batch_fn *fn,
                                          const char *const *args, int n_args);

/* An equal frame whose partitions are results of tasks of their own, made once for
 * all that is built on it. Otherwise each result makes for itself what it needs,
 * which holds less. */
WEFT_API weft_frame *weft_frame_keep(weft_frame *f);

/* ---- All rows to one number ---------------------------------------------------
 * Nulls and NaN are skipped. The task's value is an int64 or a float64; min and max
 * of a bool are a bool, of a date its days, of a string a chunk of one row. With
 * nothing left a sum is 0 and a count is 0; a mean, min, max or std is null, which
 * is no value: weft_value_f64() says NaN. An integer sum that leaves int64 fails
 * (WEFT_RANGE), and the mean of integers is their exact sum, divided once. */

WEFT_API weft_task *weft_frame_sum(weft_frame *f, const char *what);   /* bool, int64: int64; float64 */
WEFT_API weft_task *weft_frame_mean(weft_frame *f, const char *what);
WEFT_API weft_task *weft_frame_min(weft_frame *f, const char *what);
WEFT_API weft_task *weft_frame_max(weft_frame *f, const char *what);
WEFT_API weft_task *weft_frame_std(weft_frame *f, const char *what);   /* divides by n - 1; of one row: null */
WEFT_API weft_task *weft_frame_count(weft_frame *f, const char *what); /* rows with a value */
WEFT_API weft_task *weft_frame_size(weft_frame *f);                    /* rows */

/* ---- Groups --------------------------------------------------------------------- */

enum weft_agg_kind {
    WEFT_AGG_SUM, WEFT_AGG_MEAN, WEFT_AGG_MIN, WEFT_AGG_MAX, WEFT_AGG_STD,
    WEFT_AGG_COUNT, /* rows with a value */
    WEFT_AGG_SIZE,  /* rows; `what` is not looked at */
};

struct weft_agg {
    enum weft_agg_kind kind;
    const char        *what; /* a column or an expression */
    const char        *name; /* of the result; NULL: "what_kind", as in "goals_mean", or "size" */
};

#ifndef __cplusplus
/* weft_frame_group(f, WEFT_NAMES("city"), WEFT_AGGS({WEFT_AGG_MEAN, "goals"}, {WEFT_AGG_SIZE}), NULL) */
#define WEFT_AGGS(...)                    \
    (const struct weft_agg[]){__VA_ARGS__}, \
    (int)(sizeof((const struct weft_agg[]){__VA_ARGS__}) / sizeof(struct weft_agg))
#endif

struct weft_group_spec {
    bool keep_nulls; /* a null key makes a group too; usual is that its rows are dropped */
    bool unsorted;   /* groups in order of first appearance, not by key */
};

/* One row for each distinct combination of keys, sorted by them (nulls last), in one
 * partition: the keys, then the aggregates. All NaN are one key, and -0.0 is 0.0.
 * Aggregates are as above, except that null is null here. n_keys >= 0 (0: one row),
 * n_aggs >= 0 (0: the distinct keys); `spec` may be NULL. */
WEFT_API weft_frame *weft_frame_group(weft_frame *f, const char *const *keys, int n_keys,
                                      const struct weft_agg *aggs, int n_aggs,
                                      const struct weft_group_spec *spec);

/* The values of a column and how often each comes ("count"), the most frequent
 * first, ties in order of first appearance. Nulls are not counted. One partition. */
WEFT_API weft_frame *weft_frame_value_counts(weft_frame *f, const char *what);

/* ---- Order ------------------------------------------------------------------------ */

enum weft_order { WEFT_ASCENDING, WEFT_DESCENDING };

/* All rows by one column; equal ones stay in their order, in either direction. NaN
 * comes after the values and nulls come last, in either direction. As many
 * partitions as before, of about equal size whatever the values. */
WEFT_API weft_frame *weft_frame_sort(weft_frame *f, const char *what, enum weft_order order);

/* ---- Getting rows: tasks whose value is a chunk ------------------------------------ */

WEFT_API weft_task *weft_frame_whole(weft_frame *f);            /* all partitions, one after another */
WEFT_API weft_task *weft_frame_partition(weft_frame *f, int i); /* 0 <= i < n_partitions */
/* The first n rows, all if there are fewer. Walks from partition to partition until
 * it has them, and reads no further. */
WEFT_API weft_task *weft_frame_head(weft_frame *f, int64_t n);

/* Memory of the caller for one column; it outlives the runs. */
struct weft_store_spec {
    const char *name;
    void       *values; /* int64_t; double; date: int32_t days; bool: bytes 0 or 1. Of null rows anything */
    uint64_t   *valid;  /* bit i % 64 of word i / 64 is set for a row that is not null; NULL: none may be null */
};

/* The task that has written these columns of all rows; its value is how many rows there
 * were, an int64. `n_rows` is how many there is room for; more fail (WEFT_INVALID). Each
 * partition is dropped as soon as it is written. Strings have no such place:
 * WEFT_UNSUPPORTED. Not in a pool of processes, as weft_array_store(). */
WEFT_API weft_task *weft_frame_store(weft_frame *f, const struct weft_store_spec *columns, int n, int64_t n_rows);

/* A frame as a collection (weft/collection.h), and back; NULL: it is another. */
WEFT_API struct weft_collection weft_frame_collection(weft_frame *f);
WEFT_API weft_frame            *weft_collection_frame(struct weft_collection c);

/* ---- Columns as arrays ------------------------------------------------------------- */

/* One dimension, a chunk for each partition that has rows: numbers and bool as they
 * are, dates as int64 days. Null becomes NaN in float64; in the other types it fails
 * (WEFT_INVALID), so say "coalesce(x, 0)" or "float64(x)". The rows of each partition
 * must be known: not after a filter, a sort or grouping (WEFT_UNSUPPORTED). */
WEFT_API weft_array *weft_frame_to_array(weft_frame *f, const char *what);

/* ---- Asking: without running anything ------------------------------------------------ */

/* WEFT_OK, or why the frame could not be built; a failed one has no columns and no partitions. */
WEFT_API weft_status weft_frame_status(const weft_frame *f, struct weft_error *err);
WEFT_API weft_graph *weft_frame_graph(const weft_frame *f);
WEFT_API int         weft_frame_n_columns(const weft_frame *f);
WEFT_API const char *weft_frame_name(const weft_frame *f, int column);
WEFT_API weft_dtype  weft_frame_dtype(const weft_frame *f, int column);
WEFT_API int         weft_frame_find(const weft_frame *f, const char *name); /* -1: none */
WEFT_API int         weft_frame_n_partitions(const weft_frame *f);
WEFT_API int64_t     weft_frame_n_rows(const weft_frame *f);                 /* -1: not known before a run */

/* Bounds of the row numbers in each partition: n_partitions + 1 of them, partition i
 * has rows divisions[i] <= row < divisions[i+1], the last also row divisions[n].
 * Rows have the numbers they had when read, so a filter leaves bounds as they are.
 * NULL: not known (after a sort or grouping, or of no rows). Lent. */
WEFT_API const int64_t *weft_frame_divisions(const weft_frame *f);
WEFT_API weft_frame    *weft_frame_clear_divisions(weft_frame *f); /* the same frame, not known */

/* Names, types, partitions and their bounds, as a table, and how many layers of
 * operations stand behind. Runs nothing. */
WEFT_API void weft_frame_print(const weft_frame *f, FILE *to);

/* The frame as written and as it will run: which columns are read, what is one pass; see
 * weft/explain.h. Computes nothing, adds no task. */
WEFT_API void weft_frame_explain(const weft_frame *f, FILE *to);

WEFT_END

#include <weft/frame/demo.h>
#include <weft/frame/places.h>

#endif
