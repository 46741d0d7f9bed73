/* bench_dag.c - what a task costs: to build, to keep, to run again, to build and run once. */
#include "bench/scheduler/weft_dag.h"
#include "bench/support/benches.h"

#include <stdlib.h>
#include <string.h>

static int answer(const struct bench_request *request)
{
    const struct bench_dag dag = bench_weft_dag(BENCH_UNNAMED);

    return bench_dag_answer(&dag, request);
}

/* Here tasks have names: "weft" one for all, as in a loop that adds them; "weft-keys"
 * an index each beside it. */
static int answer_once(const struct bench_request *request)
{
    const struct bench_dag dag =
        bench_weft_dag(strcmp(request->who, "weft-keys") ? BENCH_NAMED : BENCH_INDEXED);

    return bench_dag_answer(&dag, request);
}

/* "weft-8" is Weft with 8 workers, whatever the row says: so that it takes turns with
 * the others, and their ratio is of one moment. */
static int answer_crowded(const struct bench_request *request)
{
    const struct bench_dag dag = bench_weft_dag(BENCH_UNNAMED);
    struct bench_request   mine = *request;

    if (!strncmp(request->who, "weft-", 5))
        mine.workers = atoi(request->who + 5);
    return bench_dag_answer(&dag, &mine);
}

static const char *const cases[] = { "wide", "chain", "tree", "wave", "random", NULL };
static const char *const big_cases[] = { "wave", "random", NULL };
static const int         one[] = { 1, 0 };
static const int         two[] = { 2, 0 };
static const int         one_and_two[] = { 1, 2, 0 };
static const char *const own[] = { "weft", NULL };
static const char *const own_once[] = { "weft", "weft-keys", NULL };
static const char *const own_crowded[] = { "weft", "weft-8", "weft-16", "weft-64", NULL };

const struct bench bench_dag_build = {
    .name = "dag-build", .unit = "ns/task", .cases = cases, .workers = one, .own = own,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .answer = answer,
};

const struct bench bench_dag_replay = {
    .name = "dag-replay", .unit = "ns/task", .cases = cases, .workers = one_and_two, .own = own,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .answer = answer,
};

const struct bench bench_dag_once = {
    .name = "dag-once", .unit = "ns/task", .cases = cases, .workers = one_and_two, .own = own_once,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .answer = answer_once,
};

const struct bench bench_dag_memory = {
    .name = "dag-memory", .unit = "bytes/task", .cases = cases, .workers = one, .own = own,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .most_runs = 3, .answer = answer,
};

const struct bench bench_dag_10m = {
    .name = "dag-10m", .unit = "bytes/task", .cases = big_cases, .workers = one, .own = own,
    .size = BENCH_TASKS, .n = 10000000, .n_quick = 1000, .most_runs = 1, .answer = answer,
};

const struct bench bench_dag_results = {
    .name = "dag-results", .unit = "ns/task", .cases = cases, .workers = one_and_two, .own = own,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .answer = answer,
};

const struct bench bench_dag_crowded = {
    .name = "dag-crowded", .unit = "ns/task", .cases = cases, .workers = two, .own = own_crowded,
    .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000, .answer = answer_crowded,
};
