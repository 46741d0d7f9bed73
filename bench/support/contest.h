/* contest.h - one row: its contestants take turns until each has its samples. */
#ifndef BENCH_SUPPORT_CONTEST_H
#define BENCH_SUPPORT_CONTEST_H

#include "bench/support/options.h"

enum { BENCH_MAX_CONTESTANTS = 16 };

enum bench_state { BENCH_FINE, BENCH_MISSING, BENCH_FAILED };

struct bench_contestant {
    const char       *who;
    char              program[512];
    bool              is_own;       /* a case of weft-bench itself */
    bool              is_script;
    const char       *package;
    int64_t           n;
    enum bench_state  state;
    char              why[160];     /* where the state is not BENCH_FINE */
    double           *samples;
    int               n_samples;
};

struct bench_contest {
    const struct bench     *bench;
    const char             *case_name;
    int                     workers;
    double                  spin_ns;     /* of one turn of the busy body */
    char                    file[640];   /* "" where none is read */
    char                    truth[256];  /* what a checked answer must say; "" if nothing */
    struct bench_contestant who[BENCH_MAX_CONTESTANTS];
    int                     n_who;
};

/* `folder` is that of this program: its peers are in folder/peers. */
void bench_contest_init(struct bench_contest *c, const struct bench *bench, const char *case_name,
                        int workers, const char *folder, const struct bench_options *o);
void bench_contest_fini(struct bench_contest *c);

/* A checked round, then the timed ones (none under --quick). False if somebody
 * did the work wrong. */
bool bench_contest_run(struct bench_contest *c, const struct bench_options *o);

#endif
