/* target.c - the figures to reach, all in one place, and whether they are. */
#include "bench/support/target.h"

#include "bench/support/rival.h"

#include <stdio.h>
#include <string.h>

static const char replay[]   = "replay";
static const char replay_3[] = "replay, 3 dependencies";
static const char build[]    = "build + freeze";
static const char memory[]   = "memory";
static const char ten_m[]    = "memory, 10M tasks";
static const char once[]     = "build + freeze + run once, with names";
static const char results[]  = "8-byte results, read by successors";
static const char fork[]     = "spawn and join, fib(30)";
static const char stencil[]  = "stencil, METG(50%)";
static const char uneven[]   = "uneven bodies, 1-100 us";
static const char idle[]     = "idle pool";
static const char wake[]     = "first wake";
static const char crowded[]  = "more workers than cores";

static const char simple[] = "wide chain tree wave";
static const char every[]  = "wide chain tree wave random";

const struct bench_target bench_targets[] = {
    { replay,   "dag-replay",  simple,            0, BENCH_THAN_WHO,       "floor",     1.6 },
    { replay,   "dag-replay",  simple,            0, BENCH_THAN_WHO,       "tbb-flow",  1.0 / 5 },
    { replay,   "dag-replay",  simple,            0, BENCH_THAN_WHO,       "tbb-group", 1 },
    { replay,   "dag-replay",  "wide wave",       2, BENCH_THAN_1_WORKER,  NULL,        1 },
    { replay_3, "dag-replay",  "random",          0, BENCH_THAN_WHO,       "floor",     1.4 },
    { replay_3, "dag-replay",  "random",          0, BENCH_THAN_WHO,       "tbb-flow",  1.0 / 4 },
    { replay_3, "dag-replay",  "random",          0, BENCH_THAN_WHO,       "tbb-group", 1 },
    { build,    "dag-build",   "wide chain tree", 0, BENCH_THAN_UNIT,      NULL,        45 },
    { build,    "dag-build",   "wave random",     0, BENCH_THAN_UNIT,      NULL,        65 },
    { build,    "dag-build",   every,             0, BENCH_THAN_WHO,       "tbb-flow",  1.0 / 3 },
    { memory,   "dag-memory",  every,             0, BENCH_THAN_UNIT,      NULL,        100 },
    { memory,   "dag-memory",  every,             0, BENCH_THAN_WHO,       "tbb-flow",  1.0 / 2 },
    { ten_m,    "dag-10m",     "wave random",     0, BENCH_THAN_UNIT,      NULL,        100 },
    { ten_m,    "dag-10m",     "wave random",     0, BENCH_THAN_WHO,       "tbb-flow",  1.0 / 2 },
    { once,     "dag-once",    every,             0, BENCH_THAN_BUILD_AND_REPLAY, NULL, 1.5 },
    { once,     "dag-once",    every,             0, BENCH_THAN_BEST_PEER, NULL,        1 },
    { results,  "dag-results", every,             0, BENCH_THAN_REPLAY,    NULL,        2 },
    { fork,     "fork",        "fib",             1, BENCH_THAN_UNIT,      NULL,        12 },
    { fork,     "fork",        "fib",             2, BENCH_THAN_UNIT,      NULL,        6 },
    { fork,     "fork",        "fib",             0, BENCH_THAN_BEST_PEER, NULL,        1.0 / 3 },
    { stencil,  "stencil",     "width-2",         2, BENCH_THAN_EVERY_RUN, NULL,        650 },
    { stencil,  "stencil",     "width-2",         2, BENCH_THAN_BEST_PEER, NULL,        1.0 / 3 },
    { stencil,  "stencil",     "width-64",        2, BENCH_THAN_UNIT,      NULL,        110 },
    { stencil,  "stencil",     "width-64",        2, BENCH_THAN_BEST_PEER, NULL,        1.0 / 6 },
    { uneven,   "uneven",      "wide random",     2, BENCH_THAN_UNIT,      NULL,        1.03 },
    { idle,     "idle",        "wide",            2, BENCH_THAN_UNIT,      NULL,        0.1 },
    { wake,     "wake-ratio",  "one-task",        2, BENCH_THAN_UNIT,      NULL,        1.3 },
    { crowded,  "dag-crowded", every,             8, BENCH_THAN_2_WORKERS, NULL,        1.3 },
    { crowded,  "dag-crowded", every,            16, BENCH_THAN_2_WORKERS, NULL,        1.3 },
    { crowded,  "dag-crowded", every,            64, BENCH_THAN_2_WORKERS, NULL,        1.3 },
    { 0 },
};

bool bench_target_wants(const char *bench)
{
    for (const struct bench_target *t = bench_targets; t->row; t++)
        if (!strcmp(t->bench, bench))
            return true;
    return false;
}

/* Whether `word` is one of `words`. */
static bool is_among(const char *words, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = words; (at = strstr(at, word)); at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

static const struct bench *find_bench(const char *name)
{
    for (int i = 0; bench_all[i]; i++)
        if (!strcmp(bench_all[i]->name, name))
            return bench_all[i];
    return NULL;
}

/* Whether the bench is of Weft, has as many of its cases as the target names, and the
 * contestant, if one is named. */
static bool speaks_of(const struct bench_target *t, const struct bench *bench)
{
    int  n_cases = 1, n_found = 0;
    bool has_who = t->than != BENCH_THAN_WHO;

    for (const char *at = t->cases; (at = strchr(at, ' ')); at++)
        n_cases++;
    for (int i = 0; bench->cases[i]; i++)
        n_found += is_among(t->cases, bench->cases[i]);
    for (const struct bench_rival *r = bench_rivals; r->who && !has_who; r++)
        has_who = bench_rival_joins(r, bench) && !strcmp(r->who, t->who);
    return n_found == n_cases && has_who && bench->own[0] && !strcmp(bench->own[0], "weft");
}

bool bench_targets_check(void)
{
    bool right = true;

    for (const struct bench_target *t = bench_targets; t->row; t++) {
        const struct bench *bench = find_bench(t->bench);

        if (bench && speaks_of(t, bench))
            continue;
        fprintf(stderr, "target '%s': %s has no such row\n", t->row, t->bench);
        right = false;
    }
    return right;
}

bool bench_target_meets(const struct bench_target *t, const struct bench_entry *e)
{
    return !strcmp(e->who, "weft") && !strcmp(t->bench, e->bench->name)
        && is_among(t->cases, e->case_name) && (!t->workers || t->workers == e->workers);
}

static double median_of(const struct bench_ledger *ledger, const char *bench, const char *case_name,
                        int workers, const char *who)
{
    const struct bench_entry *e = bench_ledger_find(ledger, bench, case_name, workers, who);

    return e ? e->stats.median : 0;
}

/* Peers are other people's; the rest, of weft-bench itself, are there to compare with. */
static bool is_peer(const struct bench_entry *e)
{
    if (!strcmp(e->who, "floor"))
        return false;
    for (int i = 0; e->bench->own[i]; i++)
        if (!strcmp(e->bench->own[i], e->who))
            return false;
    return true;
}

static double best_peer(const struct bench_entry *weft, const struct bench_ledger *ledger)
{
    double best = 0;

    for (int i = 0; i < ledger->n; i++) {
        const struct bench_entry *e = &ledger->entries[i];

        if (e->bench == weft->bench && !strcmp(e->case_name, weft->case_name)
            && e->workers == weft->workers && is_peer(e)
            && (best <= 0 || e->stats.median < best))
            best = e->stats.median;
    }
    return best;
}

static double measure_by(const struct bench_target *t, const struct bench_entry *e,
                         const struct bench_ledger *ledger)
{
    const char *bench = t->bench, *case_name = e->case_name;
    double      before = 0;

    switch (t->than) {
    case BENCH_THAN_UNIT:
    case BENCH_THAN_EVERY_RUN:
        return 1;
    case BENCH_THAN_WHO:
        return median_of(ledger, bench, case_name, e->workers, t->who);
    case BENCH_THAN_BEST_PEER:
        return best_peer(e, ledger);
    case BENCH_THAN_1_WORKER:
        return median_of(ledger, bench, case_name, 1, "weft");
    case BENCH_THAN_2_WORKERS:
        return median_of(ledger, bench, case_name, 2, "weft");
    case BENCH_THAN_REPLAY:
        return median_of(ledger, "dag-replay", case_name, e->workers, "weft");
    case BENCH_THAN_BUILD_AND_REPLAY:
        before = median_of(ledger, "dag-build", case_name, 1, "weft");
        return before > 0 ? before + median_of(ledger, "dag-replay", case_name, e->workers, "weft") : 0;
    }
    return 0;
}

double bench_target_reached(const struct bench_target *t, const struct bench_entry *e,
                            const struct bench_ledger *ledger)
{
    const double by = measure_by(t, e, ledger);

    if (by <= 0)
        return 0;
    return (t->than == BENCH_THAN_EVERY_RUN ? e->stats.max : e->stats.median) / by;
}
