/* choices.c - which schedule: all within bounds, some from a seed, or one again.
 *
 * A schedule is the list of its choices where there was one. All of them: a tree is
 * walked depth first; the list is the way to the present leaf. A choice other than
 * the dull one costs, a thread stopped though it could go on or an old store seen,
 * and when the purse is empty only dull ones are left (Musuvathi and Qadeer 2007:
 * most bugs need few preemptions).
 */
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scheduler/sim/inside.h"

enum { MOST_CHOICES = 1 << 18, MOST_TRIALS = 2000 };
static const int64_t FALLEN = (int64_t)1 << 40; /* below all that only give way */

struct choice {
    uint8_t took, of;
};

enum mode { FOLLOW, WALK_ALL, UNIFORM, PRIORITIES };

static struct choice path[MOST_CHOICES];
static int           n_path, at;          /* known choices, and the next one */
static enum mode     mode;
static uint64_t      state;               /* of the random numbers */
static uint32_t      switch_in, stale_in; /* one in so many */
static int           preemptions, stale;  /* left in the purse */
static int64_t       usual_steps;
static struct {
    int     thread; /* -1: whoever runs */
    int64_t step;   /* of all, or of that thread: then it falls to the last */
} change[4];
static int           n_changes;
static int64_t       priority[WF_SIM_THREADS], lowest, n_gave_way;

static uint64_t next_random(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)((next_random() >> 32) * n >> 32);
}

/* ---- From a seed -------------------------------------------------------------- */

static void begin_random(uint64_t from)
{
    static const uint32_t switches[] = {2, 4, 12, 40}, stales[] = {2, 4, 16, UINT32_MAX};

    state = from * 0xd1342543de82ef95u + 1;
    mode = below(2) ? UNIFORM : PRIORITIES;
    switch_in = switches[below(4)];
    stale_in = stales[below(4)];
    n_changes = mode == PRIORITIES ? (int)below(5) : 0;
    for (int i = 0; i < n_changes; i++)
        if (below(2)) {
            change[i].thread = -1;
            change[i].step = below((uint32_t)(usual_steps ? usual_steps : 100));
        } else { /* threads that do little are stopped as often as others */
            change[i].thread = (int)below(WF_SIM_THREADS - 2);
            change[i].step = below(1u << below(10));
        }
    for (int i = 0; i < WF_SIM_THREADS; i++)
        priority[i] = 1 + below(1 << 20);
    lowest = n_gave_way = 0;
}

/* Now and then it comes behind those that have fallen, too: they may hold what it
 * waits for. */
void wf_choices_gave_way(int thread)
{
    const int64_t now = --lowest - (++n_gave_way % 256 ? 0 : FALLEN);

    if (priority[thread] > now)
        priority[thread] = now;
}

static int first_in_priority(int n, const int *threads)
{
    int first = 0;

    for (int i = 0; i < n_changes; i++)
        if (change[i].thread < 0 ? change[i].step == wf_sim.n_steps
                                 : change[i].thread == wf_sim.me->id && change[i].step == wf_sim.me->n_steps)
            priority[wf_sim.me->id] = --lowest - FALLEN;
    for (int i = 1; i < n; i++)
        if (priority[threads[i]] > priority[threads[first]])
            first = i;
    return first;
}

static int pick_random(enum wf_choice what, int n, const int *threads)
{
    if (what == WF_CHOOSE_THREAD && mode == PRIORITIES)
        return first_in_priority(n, threads);
    if (what == WF_CHOOSE_THREAD && threads[0] == wf_sim.me->id && below(switch_in))
        return 0;
    if (what == WF_CHOOSE_STORE && (stale_in == UINT32_MAX || below(stale_in)))
        return 0;
    if (what == WF_CHOOSE_EARLY)
        return !below(8);
    return (int)below((uint32_t)n);
}

/* ---- One choice ---------------------------------------------------------------- */

/* What a choice other than the first is paid from; NULL: it is free. */
static int *purse(enum wf_choice what, const int *threads)
{
    switch (what) {
    case WF_CHOOSE_THREAD:
        return threads[0] == wf_sim.me->id || wf_sim.me->paused ? &preemptions : NULL;
    case WF_CHOOSE_STORE:
    case WF_CHOOSE_EARLY:
        return &stale;
    default:
        return NULL;
    }
}

static int walk(enum wf_choice what, int n, const int *threads)
{
    int *const pays = purse(what, threads);

    if (at == n_path)
        path[n_path++] = (struct choice){.took = 0, .of = (uint8_t)(pays && *pays <= 0 ? 1 : n)};
    if (path[at].took && pays)
        --*pays;
    return path[at++].took;
}

int wf_choose(enum wf_choice what, int n, const int *threads)
{
    int took;

    if (n <= 1)
        return 0;
    wf_sim_check(at < MOST_CHOICES, "more than %d choices", MOST_CHOICES);
    if (mode == WALK_ALL)
        return walk(what, n, threads);
    if (mode == FOLLOW)
        took = at < n_path && path[at].took < n ? path[at].took : 0;
    else
        took = pick_random(what, n, threads);
    path[at++] = (struct choice){.took = (uint8_t)took, .of = (uint8_t)n};
    return took;
}

/* The next leaf; false: there is none. */
static bool step_back(void)
{
    while (n_path > 0 && path[n_path - 1].took + 1 >= path[n_path - 1].of)
        n_path--;
    if (!n_path)
        return false;
    path[n_path - 1].took++;
    return true;
}

/* ---- Schedules as text ----------------------------------------------------------- */

/* What the random numbers of the present schedule began with. */
static uint64_t seed;
static int64_t  steps_then;

/* "0*35 1 0*12 2": what was taken, and how often in a row; dull ones at the end are left
 * out. One that is too long: "seed 35 400", as it was found. */
static void write_schedule(char *text, size_t room, int n)
{
    size_t used = 0;

    text[0] = '\0';
    while (n > 0 && !path[n - 1].took)
        n--;
    for (int i = 0, k; i < n && used < room; i = k) {
        for (k = i + 1; k < n && path[k].took == path[i].took; k++)
            ;
        used += (size_t)snprintf(text + used, room - used, k - i > 1 ? "%s%d*%d" : "%s%d", i ? " " : "", path[i].took, k - i);
    }
    if (used >= room)
        snprintf(text, room, "seed %llu %lld", (unsigned long long)seed, (long long)steps_then);
}

static void read_schedule(const char *text)
{
    n_path = 0;
    while (*text) {
        char *end;
        const long took = strtol(text, &end, 10);
        long times = 1;

        if (end == text)
            break;
        if (*end == '*')
            times = strtol(end + 1, &end, 10);
        while (times-- > 0 && n_path < MOST_CHOICES)
            path[n_path++] = (struct choice){.took = (uint8_t)took};
        for (text = end; isspace((unsigned char)*text); text++)
            ;
    }
}

/* ---- Searching -------------------------------------------------------------------- */

static struct wf_sim_result *result;

static void begin(enum mode how)
{
    mode = how;
    at = 0;
    preemptions = wf_sim.search->n_preemptions;
    stale = wf_sim.search->n_stale;
}

static void count(void)
{
    result->n_schedules++;
    result->n_steps += wf_sim.n_steps;
    usual_steps = usual_steps ? (usual_steps * 7 + wf_sim.n_steps) / 8 : wf_sim.n_steps;
}

static bool still_fails(void)
{
    begin(FOLLOW);
    wf_sim_play();
    return wf_sim.failed;
}

/* Makes choices dull, from the last on, as long as the schedule still fails. */
static void shorten(void)
{
    static struct choice best[MOST_CHOICES];
    int n_best = at, trials = 0;

    memcpy(best, path, (size_t)n_best * sizeof *best);
    for (int width = n_best / 2; width >= 1 && trials < MOST_TRIALS; width /= 2)
        for (int from = n_best; from > 0 && trials < MOST_TRIALS; from -= width) {
            const int first = from > width ? from - width : 0;
            bool dull = true;

            for (int i = first; i < from; i++)
                dull &= !best[i].took;
            if (dull)
                continue;
            memcpy(path, best, (size_t)n_best * sizeof *best);
            n_path = n_best;
            for (int i = first; i < from; i++)
                path[i].took = 0;
            trials++;
            if (still_fails()) {
                n_best = at;
                memcpy(best, path, (size_t)n_best * sizeof *best);
                from = from < n_best ? from : n_best;
            }
        }
    memcpy(path, best, (size_t)n_best * sizeof *best);
    n_path = n_best;
    still_fails();
}

static void tell_failure(void)
{
    snprintf(result->why, sizeof result->why, "%s", wf_sim.why);
    write_schedule(result->schedule, sizeof result->schedule, at);
    if (!wf_sim.search->quiet)
        fprintf(stderr, "%s fails: %s\n  after %lld schedules; again with WEFT_SIM_REPLAY='%s: %s'\n",
                wf_sim.search->name, result->why,
                (long long)result->n_schedules, wf_sim.search->name, result->schedule);
}

/* A crash in a schedule: its choices are told before the process ends. */
static void crash(int signal)
{
    static const struct sigaction as_ever = {.sa_handler = SIG_DFL};

    if (wf_sim.me) {
        snprintf(wf_sim.why, sizeof wf_sim.why, "signal %d in thread %d", signal, wf_sim.me->id);
        tell_failure();
    }
    sigaction(signal, &as_ever, NULL);
    raise(signal);
}

static void watch_crashes(void)
{
    static char stack[64 << 10];
    const struct sigaction how = {.sa_handler = crash, .sa_flags = SA_ONSTACK | SA_NODEFER};

    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV, &how, NULL);
    sigaction(SIGBUS, &how, NULL);
    sigaction(SIGFPE, &how, NULL);
    sigaction(SIGABRT, &how, NULL);
}

/* The schedule to play again, if it is one of this search. */
static const char *asked_again(const struct wf_sim_search *s)
{
    const char *text = getenv("WEFT_SIM_REPLAY");
    const size_t n = strlen(s->name);

    return text && !strncmp(text, s->name, n) && text[n] == ':' ? text + n + 1 : s->again;
}

static void search_all(const struct wf_sim_search *s)
{
    n_path = 0;
    do {
        begin(WALK_ALL);
        wf_sim_play();
        count();
        if (wf_sim.failed)
            return;
        n_path = at;
        result->all = !step_back();
    } while (!result->all && (!s->n_schedules || result->n_schedules < s->n_schedules));
}

static void play_seed(void)
{
    begin(UNIFORM);
    steps_then = usual_steps;
    begin_random(seed);
    wf_sim_play();
    count();
}

static void search_some(const struct wf_sim_search *s)
{
    for (seed = s->seed; result->n_schedules < s->n_schedules && !wf_sim.failed; seed++)
        play_seed();
    seed--;
}

static void play_again(const char *text)
{
    unsigned long long of;
    long long steps;

    wf_sim.tells = !wf_sim.search->quiet;
    if (sscanf(text, " seed %llu %lld", &of, &steps) == 2) {
        seed = of;
        usual_steps = steps;
        play_seed();
    } else {
        read_schedule(text);
        begin(FOLLOW);
        wf_sim_play();
        count();
    }
    wf_sim.tells = false;
}

bool wf_sim_run(const struct wf_sim_search *s, struct wf_sim_result *out)
{
    const char *again = asked_again(s);

    memset(out, 0, sizeof *out);
    result = out;
    wf_sim.search = s;
    wf_sim.failed = false;
    usual_steps = 0;
    watch_crashes();
    if (again) {
        play_again(again);
    } else if (s->how == WF_SIM_ALL) {
        search_all(s);
    } else if (s->how == WF_SIM_SOME) {
        search_some(s);
    } else {
        n_path = 0;
        begin(FOLLOW);
        wf_sim_play();
        count();
    }
    out->failed = wf_sim.failed;
    out->now_ns = wf_sim.now_ns;
    if (out->failed) {
        if (!again)
            shorten();
        tell_failure();
    }
    return !out->failed;
}
