/* options.h - what the user of weft-bench asks for. */
#ifndef BENCH_SUPPORT_OPTIONS_H
#define BENCH_SUPPORT_OPTIONS_H

#include "bench/support/bench.h"

enum { BENCH_MAX_WORKERS = 16 };

struct bench_options {
    const char *filter;   /* rows whose "bench/case@workers" contains one of these, by commas;
                           * NULL for all */
    const char *who;      /* contestants, by commas; NULL for all */
    const char *data;     /* folder of the tables; NULL for data/ beside the program */
    int64_t     tasks;    /* 0: what the bench says */
    int64_t     rows;
    int64_t     runs;
    int         workers[BENCH_MAX_WORKERS + 1]; /* in place of those of the benches; 0-terminated */
    double      spin_ns;  /* measured here, not asked for; see spin.h */
    bool        json;
    bool        list;
    bool        quick;
    bool        table;    /* rows that have a figure to reach; of them only the summary */
    bool        markdown;
};

/* False, after the manual or a sentence on stderr, if there is nothing to do. */
bool bench_options_parse(struct bench_options *out, int argc, char **argv);

bool bench_options_want_row(const struct bench_options *o, const char *row);
bool bench_options_want_who(const struct bench_options *o, const char *who);

#endif
