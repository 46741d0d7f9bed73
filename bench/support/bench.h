/* bench.h - what a bench is, and the one line in which every contestant answers.
 *
 * A row of the report is (bench, case, workers). Its contestants are Weft, the
 * floor and the peers, and all are treated alike: each sample is a process of
 * its own, so that nobody measures on a heap that another has warmed, and the
 * contestants of a row take turns. A contestant is started as
 *
 *     program --bench dag-replay --case chain --workers 2 --n 1000000 --runs 1
 *
 * and prints one number a run, in the unit of the bench. With --check it prints
 * no number: it does the same work in a form that can be verified, exits with 1
 * if something is wrong, and may print "check TEXT", which must be the TEXT of
 * the others. What cannot run here prints "skipped: WHY" and exits with 77.
 */
#ifndef BENCH_SUPPORT_BENCH_H
#define BENCH_SUPPORT_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_OK = 0, BENCH_WRONG = 1, BENCH_USAGE = 2, BENCH_SKIPPED = 77 };

/* One sample that is asked for. Strings are lent, by argv. */
struct bench_request {
    const char *bench;
    const char *case_name;
    const char *who;      /* which of the bench's own contestants; "weft" unless told */
    const char *file;     /* the input, for benches that read one; else NULL */
    int64_t     n;        /* tasks or rows */
    int         workers;
    int         runs;
    double      spin_ns;  /* what one turn of the busy body takes, the same for all; see spin.h */
    bool        check;
};

/* False, and a sentence on stderr, if argv says something else. */
bool bench_request_parse(struct bench_request *out, int argc, char **argv);

/* What a bench counts in. */
enum bench_size { BENCH_TASKS, BENCH_ROWS, BENCH_TIMES };

struct bench {
    const char        *name;
    const char        *unit;
    const char *const *cases;       /* NULL-terminated */
    const int         *workers;     /* 0-terminated */
    const char *const *own;         /* contestants inside weft-bench; NULL-terminated */
    enum bench_size    size;
    int64_t            n;           /* at full size */
    int64_t            n_quick;     /* under --quick */
    int                most_runs;   /* for what hardly varies; 0: as many as are asked for */
    bool               reads_file;  /* wants the G1 table of n rows as --file */
    bool               spins;       /* wants --spin-ns */
    bool               every_run;   /* each sample is told, not only their middle */

    /* Answers a request on stdout, as a peer does; gives the exit status. */
    int (*answer)(const struct bench_request *request);
};

/* Every bench there is; NULL-terminated. */
extern const struct bench *const bench_all[];

/* Prints one sample, in the unit of the bench. */
void bench_print_sample(double value);

/* Monotonic nanoseconds. */
int64_t bench_now_ns(void);

/* Zeroed memory; ends the process with a sentence where there is none. */
void *bench_alloc(size_t n, size_t size);

#ifdef __cplusplus
}
#endif

#endif
