/* body.h - what the tasks of a bench do: nothing, or keep watch over the order.
 *
 * Both are called through a pointer, by everybody. The watching body proves that
 * every task runs exactly once a run and after all it waits for.
 */
#ifndef BENCH_SUPPORT_BODY_H
#define BENCH_SUPPORT_BODY_H

#include "bench/support/shape.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The argument of task i is args + i * stride: one each, or one for all, or NULL. */
struct bench_body {
    void  (*fn)(void *arg);
    char   *args;
    size_t  stride;
};

static inline void *bench_body_arg(struct bench_body body, uint32_t task)
{
    return body.args ? body.args + task * body.stride : NULL;
}

/* void f(void *) {} */
void bench_do_nothing(void *arg);

static inline struct bench_body bench_body_empty(void)
{
    const struct bench_body body = { bench_do_nothing, NULL, 0 };

    return body;
}

struct bench_watch;

struct bench_watch *bench_watch_new(const struct bench_shape *shape);
void bench_watch_free(struct bench_watch *watch);
struct bench_body bench_watch_body(struct bench_watch *watch);

/* The fn of that body. */
void bench_watch_keep(void *arg);

/* Around each run. end() says on stderr what was wrong, if anything. */
void bench_watch_begin(struct bench_watch *watch);
bool bench_watch_end(struct bench_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
