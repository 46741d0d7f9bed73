/* weft/memo.h - results kept, so that the same work is not done twice.
 *
 * A memo holds results of pure tasks under what they compute (weft_task_token()): body,
 * argument and everything they read. A plan made with a memo asks it, from what is wanted
 * down; a task whose result is there is not run, nor is what only it needs. After a body
 * has run its result is offered to the memo. So when one of a hundred files has changed,
 * what reads it and what depends on that runs, and nothing else.
 *
 *     weft_memo_new(&memo, &(struct weft_memo_spec){.folder = "cache"}, &err);
 *     weft_pool_run_many(pool, &task, 1, &(struct weft_run_spec){.memo = memo, .reuse = &reuse},
 *                        &value, &err);
 *     weft_reuse_print(&reuse, stdout);
 *
 * In memory results are shared, within a budget of bytes. What goes first is what took
 * least time a byte and was not asked for of late: GreedyDual-Size (Cao and Irani, USENIX
 * ITS 1997), with the time of the body as its cost. A type that can be neither shared nor
 * copied, or does not tell its bytes, is kept on disk only.
 *
 * On disk a result is a file of its own in one folder, named by the token, which appears
 * when it is whole. Any number of processes may use the folder at once. Each file says
 * what it is, how long, and a checksum of all of it: one that is broken, cut off or of
 * another version is removed and its work done again. A file's time of modification is
 * its priority, for the same rule as in memory; it is no time. Types are found by where
 * they are in the program, as bodies are; one that this program does not have is passed
 * over. A file tells a program which of its types to read it with, so a folder is to be
 * written by those only whom you trust: one that is made here is open to its owner alone.
 *
 * The budget is the memo's own: what it holds is not in the limit of a pool.
 *
 * What a body calls in other objects than its own is not seen: a program that is built
 * again has other tokens, one whose library has been replaced does not.
 *
 * Ownership: values come in lent and go out given. A value that came from a run with a
 *            memo, or out of one, is shared with it: it must not be changed. (In bodies
 *            weft_call_take() sees to that.)
 * Errors:    a folder that cannot be made or read is one of weft_memo_new(). After that
 *            nothing about the disk is: what cannot be written is not kept, and counted.
 * Threads:   any.
 */
#ifndef WEFT_MEMO_H
#define WEFT_MEMO_H

#include <stdio.h>
#include <weft/plan.h>

WEFT_BEGIN

/* A memo is of type weft_memo, which weft/plan.h names. */
struct weft_memo_spec {
    size_t      memory_bytes; /* 0: 256 MiB */
    const char *folder;       /* on disk, made if it is not there (not those above it); NULL: none */
    uint64_t    disk_bytes;   /* of all files of the folder, whoever wrote them; 0: 4 GiB. Each process
                               * that writes may add a sixteenth before it looks again */
    int64_t     least_ns;     /* a result that took less is not kept, but WEFT_KEEP; 0: what keeping it
                               * takes, in memory about 1 us, on disk what files of late have taken and
                               * 1 ns a byte; negative: keep all */
    bool        no_packing;   /* write what goes to disk as it is, not through LZ4 */
};

WEFT_API weft_status weft_memo_new(weft_memo **out, const struct weft_memo_spec *spec, struct weft_error *err);
WEFT_API void        weft_memo_free(weft_memo *memo); /* after all plans made with it; NULL is fine */

/* ---- By hand --------------------------------------------------------------- */

/* Keeps `value`, which took `cost_ns` to make, in memory and on disk, replacing none that
 * is there. WEFT_UNSUPPORTED: its type can be kept in neither; WEFT_RANGE: it is larger than
 * what it could be kept in. */
WEFT_API weft_status weft_memo_put(weft_memo *memo, struct weft_token token, struct weft_value value,
                                   int64_t cost_ns, struct weft_error *err);
/* WEFT_NOT_FOUND: it is not there. */
WEFT_API weft_status weft_memo_get(weft_memo *memo, struct weft_token token, struct weft_value *out,
                                   struct weft_error *err);
WEFT_API void weft_memo_evict(weft_memo *memo, struct weft_token token); /* memory and disk */
WEFT_API void weft_memo_clear(weft_memo *memo);                          /* memory and the whole folder */

/* ---- How it went ----------------------------------------------------------- */

struct weft_memo_stats {
    uint64_t hits, disk_hits; /* found; of these, by reading a file */
    uint64_t misses;
    int64_t  saved_ns;        /* what bodies had taken to make what was found */
    uint64_t n_memory, memory_bytes;
    uint64_t n_disk, disk_bytes;   /* disk_bytes: as of the last look at the folder, and what was written since */
    uint64_t kept, refused;   /* results offered: kept in either place; not worth it, too large, of no fit type */
    uint64_t evicted;         /* of memory and disk, for room */
    uint64_t broken;          /* files that were not what they should be */
    uint64_t failed;          /* files that could not be written */
    uint64_t read_bytes, written_bytes; /* of files */
};
WEFT_API void weft_memo_stats(weft_memo *memo, struct weft_memo_stats *out);
WEFT_API void weft_memo_print(weft_memo *memo, FILE *to); /* the same in words, some lines */

WEFT_END
#endif
