/* weft/source.h - which files, bytes and rows a result was made from.
 *
 *     weft_task *part = weft_frame_partition(f, 3);
 *     struct weft_sources from;
 *
 *     if (!weft_sources_of(&part, 1, &from, &err))
 *         weft_sources_print(&from, stdout);
 *     weft_sources_fini(&from);
 *
 *     1 file, 64.0 KiB, 1500 rows, in 1 reading
 *       results.csv, bytes 65536 to 131072, rows 1498 to 2998
 *
 * A task that reads says what it reads: its sources. Those of weft_frame_read_csv() and
 * weft_bag_text() do so by themselves, a reader of your own is told by weft_task_source().
 * What a result was made from is then a question to the graph, before a run as after it: all
 * sources of all tasks behind. So the grain is a partition, and a run pays nothing for it.
 * An operation that needs all partitions, as sorting, makes each of its own from all files.
 * What a task only waits for (weft/rewire.h) made nothing.
 *
 * Every error of a run tells the sources of the task that failed: struct weft_error, `source`.
 *
 * Ranges are of bytes begin .. end - 1 and rows first_row .. first_row + n_rows - 1, all
 * counted from 0, and so are they in texts: "bytes 0 to 10" are ten.
 *
 * Ownership: paths are copied into the graph, and lent by it to whoever asks.
 * Errors:    weft_task_source() builds, as weft/graph.h says: what makes no sense gives a
 *            task that has failed. Asking fails as the tasks have that were asked about.
 * Threads:   asking is free for all while nobody builds.
 */
#ifndef WEFT_SOURCE_H
#define WEFT_SOURCE_H

#include <stdio.h>
#include <weft/collection.h>
#include <weft/graph.h>
#include <weft/pool.h>

WEFT_BEGIN

/* ---- Saying it -------------------------------------------------------------- */

enum { WEFT_LINES = -1 };                    /* row_bytes of text: each line is a row */
#define WEFT_SOURCE_END INT64_MAX            /* wherever the file ends by then */

struct weft_task_source;

/* Where row `row` of a source is, 0 <= row < n_rows: bytes *begin .. *end - 1 of the file. */
typedef weft_status weft_find_row(const struct weft_task_source *source, int64_t row, int64_t *begin, int64_t *end,
                                  struct weft_error *err);

/* Part of a file, or of whatever else `path` names. What is 0 is not told. */
struct weft_task_source {
    const char    *path;      /* copied */
    int64_t        begin;
    int64_t        end;       /* 0: WEFT_SOURCE_END */
    int64_t        first_row; /* of the file; counts when n_rows is told */
    int64_t        n_rows;
    /* If the rows of what the task gives are those of its sources, in the order these were told,
     * then one of these finds them. Otherwise rows of the result cannot be asked for. */
    int64_t        row_bytes; /* each row has so many; WEFT_LINES: rows are the lines that begin in the range */
    weft_find_row *find_row;
    const void    *find_arg;  /* for it; lent as long as the graph, and graphs made of it (weft_optimize()) */
};

/* `t` reads this, too: say it once for each part of each file. Gives `t`, or a task that has
 * failed: a range that is none (WEFT_INVALID), no memory. What reads several files and what
 * stands for another task (an alias, one of several results) is fine. */
WEFT_API weft_task *weft_task_source(weft_task *t, const struct weft_task_source *source);

/* weft_task_source(t, WEFT_SOURCE(.path = path, .end = n_bytes)) (C only) */
#define WEFT_SOURCE(...) &(struct weft_task_source){__VA_ARGS__}

/* ---- Asking ------------------------------------------------------------------ */

struct weft_source_range {
    const char *path;      /* lent by the graph */
    int64_t     begin;
    int64_t     end;       /* WEFT_SOURCE_END: of the file */
    int64_t     first_row; /* -1: not known */
    int64_t     n_rows;    /* -1: not known */
    size_t      n_reads;   /* how many readings became this range, by tasks as built: equal pure ones run once */
};

struct weft_sources {
    struct weft_source_range *range;
    size_t                    n;       /* ranges */
    size_t                    n_files;
    size_t                    n_reads;
    int64_t                   n_bytes; /* in all ranges; -1: not known */
    int64_t                   n_rows;  /* -1: not known */
};

/* All that these tasks were or will be made from. Files are in the order they are met from the
 * targets down, inputs in their order; ranges of a file by their begin, and those that touch
 * or overlap are one. Given: weft_sources_fini(). */
WEFT_API weft_status weft_sources_of(weft_task *const *targets, size_t n_targets, struct weft_sources *out,
                                     struct weft_error *err);
WEFT_API void        weft_sources_fini(struct weft_sources *s); /* NULL, or a zeroed one, is fine */

/* The same for the task of this key, given or made, as errors (err.task) and traces (struct weft_trace_task)
 * name it; of equal pure tasks the first. WEFT_NOT_FOUND. Looks through all tasks. */
WEFT_API weft_status weft_sources_of_key(const weft_graph *g, const char *key, struct weft_sources *out,
                                         struct weft_error *err);

/* The same for a partition of a frame or bag or a chunk of an array, 0 <= part < n_parts. */
WEFT_API weft_status weft_collection_sources(struct weft_collection c, size_t part, struct weft_sources *out,
                                             struct weft_error *err);

/* Where row `row` of what `t` gives comes from: its bytes, as a range of one row. Answered where rows
 * stay what they are: by readers that tell their rows (struct weft_task_source), and through tasks that are
 * WEFT_ROWS: frames and bags that are cut, joined and computed row by row. Of what a filter has left or a
 * sort has mixed WEFT_UNSUPPORTED says which task that was. WEFT_RANGE: there is no such row. Runs
 * nothing, but may look into the file, which must still be what it was. */
WEFT_API weft_status weft_source_of_row(weft_task *t, int64_t row, struct weft_source_range *out,
                                        struct weft_error *err);

/* The same of what filters of frames have left, too, and tasks of your own that are WEFT_SOME_ROWS and
 * read a chunk: what they read is run on `pool`, and then they are, again and again over half as many
 * rows, until it is known which one it was. So it costs the reading of a partition, or of all up to
 * it, and fails as the tasks do that run. */
WEFT_API weft_status weft_pool_source_of_row(weft_pool *pool, weft_task *t, int64_t row, struct weft_source_range *out,
                                             struct weft_error *err);

/* weft_source_of_row() of a partition. */
WEFT_API weft_status weft_collection_source_of_row(struct weft_collection c, size_t part, int64_t row,
                                                   struct weft_source_range *out, struct weft_error *err);

/* ---- As text ------------------------------------------------------------------- */

/* A line of sums, then a line a range. */
WEFT_API void weft_sources_print(const struct weft_sources *s, FILE *to);

/* In short: "a.csv, bytes 0 to 10; b.csv; c.csv, bytes 7 to its end; and 7 more files". At most
 * `size` bytes with the closing zero; "" when there are none. */
WEFT_API void weft_sources_text(const struct weft_sources *s, char *text, size_t size);

WEFT_END
#endif
