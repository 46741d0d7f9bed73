/* child.h - starting a contestant, listening to what it prints. */
#ifndef BENCH_SUPPORT_CHILD_H
#define BENCH_SUPPORT_CHILD_H

enum { BENCH_ANSWER_MAX = 4096 };

struct bench_child {
    int  status;                      /* its exit status, or 128 + signal */
    char output[BENCH_ANSWER_MAX];    /* what it printed; cut where it is longer */
};

/* Runs argv[0] (found in PATH if it has no slash) to its end; stderr stays ours.
 * After limit_s seconds it is killed. */
void bench_child_run(struct bench_child *out, char *const *argv, int limit_s);

#endif
