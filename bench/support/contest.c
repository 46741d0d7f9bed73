/* contest.c - one row: its contestants take turns until each has its samples. */
#include "bench/support/contest.h"

#include "bench/support/child.h"
#include "bench/support/g1.h"
#include "bench/support/rival.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The slowest, Dask reading a table, needs some 30 s on a busy machine. */
enum { LIMIT_S = 300 };

static int64_t size_of(const struct bench *bench, const struct bench_options *o)
{
    const int64_t wanted = bench->size == BENCH_ROWS    ? o->rows
                           : bench->size == BENCH_TASKS ? o->tasks
                                                        : 0;

    if (wanted)
        return wanted;
    return o->quick ? bench->n_quick : bench->n;
}

static struct bench_contestant *add(struct bench_contest *c, const char *who, int64_t n)
{
    struct bench_contestant *new = &c->who[c->n_who++];

    *new = (struct bench_contestant){ .who = who, .n = n };
    return new;
}

static void add_rival(struct bench_contest *c, const struct bench_rival *rival, int64_t n,
                      const char *folder)
{
    struct bench_contestant *new = add(c, rival->who, n);

    if (rival->n_max && n > rival->n_max)
        new->n = rival->n_max;
    new->package = rival->package;
    new->is_script = strstr(rival->program, ".py") != NULL;
    snprintf(new->program, sizeof new->program, "%s/peers/%s", folder, rival->program);
    if (access(new->program, F_OK)) {
        new->state = BENCH_MISSING;
        snprintf(new->why, sizeof new->why, "%s is not installed", rival->package);
    }
}

void bench_contest_init(struct bench_contest *c, const struct bench *bench, const char *case_name,
                        int workers, const char *folder, const struct bench_options *o)
{
    const int64_t n = size_of(bench, o);

    *c = (struct bench_contest){
        .bench = bench, .case_name = case_name, .workers = workers, .spin_ns = o->spin_ns,
    };
    for (int i = 0; bench->own[i]; i++) {
        if (!bench_options_want_who(o, bench->own[i]))
            continue;
        struct bench_contestant *new = add(c, bench->own[i], n);

        new->is_own = true;
        snprintf(new->program, sizeof new->program, "%s/weft-bench", folder);
    }
    for (const struct bench_rival *r = bench_rivals; r->who; r++)
        if (bench_rival_joins(r, bench) && bench_options_want_who(o, r->who))
            add_rival(c, r, n, folder);
    for (int i = 0; i < c->n_who; i++)
        c->who[i].samples = bench_alloc((size_t)o->runs, sizeof *c->who[i].samples);
    if (bench->reads_file)
        bench_g1_path(c->file, sizeof c->file, o->data, folder, n);
}

void bench_contest_fini(struct bench_contest *c)
{
    for (int i = 0; i < c->n_who; i++)
        free(c->who[i].samples);
}

/* Order is as right or wrong in a hundred thousand tasks as in ten millions. */
static int64_t n_to_check(const struct bench_contest *c, const struct bench_contestant *who)
{
    const int64_t enough = 100000;

    return c->bench->size == BENCH_TASKS && who->n > enough ? enough : who->n;
}

static void ask(struct bench_child *child, const struct bench_contest *c,
                const struct bench_contestant *who, bool check)
{
    const char *argv[24];
    char        n[24], workers[12], spin_ns[32];
    int         i = 0;

    snprintf(n, sizeof n, "%" PRId64, check ? n_to_check(c, who) : who->n);
    snprintf(workers, sizeof workers, "%d", c->workers);
    if (who->is_script)
        argv[i++] = BENCH_PYTHON;
    argv[i++] = who->program;
    if (who->is_own)
        argv[i++] = "--answer";
    argv[i++] = "--bench", argv[i++] = c->bench->name;
    argv[i++] = "--case", argv[i++] = c->case_name;
    argv[i++] = "--who", argv[i++] = who->who;
    argv[i++] = "--workers", argv[i++] = workers;
    argv[i++] = "--n", argv[i++] = n;
    if (c->file[0])
        argv[i++] = "--file", argv[i++] = c->file;
    if (c->bench->spins) {
        snprintf(spin_ns, sizeof spin_ns, "%.6f", c->spin_ns);
        argv[i++] = "--spin-ns", argv[i++] = spin_ns;
    }
    if (check)
        argv[i++] = "--check";
    argv[i] = NULL;
    bench_child_run(child, (char *const *)argv, LIMIT_S);
}

/* Copies what follows `word` on its line; false if no line begins with it. */
static bool line_after(char *out, size_t size, const char *output, const char *word)
{
    for (const char *at = output; at && *at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, word, strlen(word)))
            continue;
        at += strlen(word);
        snprintf(out, size, "%.*s", (int)strcspn(at, "\n"), at);
        return true;
    }
    return false;
}

static void fail(struct bench_contestant *who, enum bench_state state, const char *why)
{
    who->state = state;
    snprintf(who->why, sizeof who->why, "%s", why);
}

static void take_check(const struct bench_contest *c, struct bench_contestant *who,
                       const struct bench_child *child)
{
    char said[256];

    if (!c->truth[0])
        return;
    if (!line_after(said, sizeof said, child->output, "check "))
        fail(who, BENCH_FAILED, "says no check");
    else if (strcmp(said, c->truth)) {
        fail(who, BENCH_FAILED, "other values than were written");
        fprintf(stderr, "%s: %s\nbut written: %s\n", who->who, said, c->truth);
    }
}

static void take_sample(struct bench_contestant *who, const struct bench_child *child)
{
    char        *end = NULL;
    const double value = strtod(child->output, &end);

    if (end == child->output)
        fail(who, BENCH_FAILED, "prints no number");
    else
        who->samples[who->n_samples++] = value;
}

static void play(struct bench_contest *c, struct bench_contestant *who, bool check)
{
    struct bench_child child;

    if (who->state != BENCH_FINE)
        return;
    ask(&child, c, who, check);
    if (child.status == BENCH_SKIPPED) {
        fail(who, BENCH_MISSING, "");
        line_after(who->why, sizeof who->why, child.output, "skipped: ");
    } else if (child.status != BENCH_OK) {
        fail(who, BENCH_FAILED, "");
        snprintf(who->why, sizeof who->why, "ends with status %d", child.status);
    } else if (check)
        take_check(c, who, &child);
    else
        take_sample(who, &child);
}

bool bench_contest_run(struct bench_contest *c, const struct bench_options *o)
{
    const int64_t most = c->bench->most_runs;
    const int64_t n_rounds = most && most < o->runs ? most : o->runs;
    bool          right = true;

    if (c->file[0] && !bench_g1_ensure(c->file, size_of(c->bench, o), c->truth, sizeof c->truth,
                                       c->bench->name))
        return false;
    for (int i = 0; i < c->n_who; i++)
        play(c, &c->who[i], true);
    for (int round = 0; round < n_rounds && !o->quick; round++)
        for (int i = 0; i < c->n_who; i++)
            /* Another one begins each round: who follows whom decides nothing. */
            play(c, &c->who[(i + round) % c->n_who], false);
    for (int i = 0; i < c->n_who; i++)
        right = right && c->who[i].state != BENCH_FAILED;
    return right;
}
