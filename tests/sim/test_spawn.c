/* test_spawn.c - tasks that make tasks, under all or random schedules: each ends once, after all below it.
 *
 * Bodies write plain memory that others read after they may: what is told too early is a
 * race. Values are boxes on the heap of the schedule: freed too early, twice or never ends
 * the schedule. Threads are few (WF_SIM_THREADS), so that there are none left is met, too.
 */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/fork.h>
#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"
#include "tests/support/programs.h"

/* ---- The smallest cases, exhaustively ---------------------------------------------------- */

static void free_box(void *data)
{
    wf_free(data);
}

static void *copy_box(const void *data)
{
    int *box = wf_alloc(sizeof *box);

    *box = *(const int *)data;
    return box;
}

static const struct weft_type box_type = {.name = "box", .free = free_box, .copy = copy_box};

static int in_box(struct weft_value v)
{
    return v.type ? *(int *)v.as.ptr : -1;
}

/* What the bodies of a case share. */
struct scene {
    int        n_workers;
    int        plain[4];
    weft_pool *pool;
    weft_later *_Atomic later;
    _Atomic uint32_t word;
};

/* Gives a box with its number, and notes that it ran. */
struct one {
    struct scene *scene;
    int           i;
    bool          fails;
};

static weft_status gives(weft_call *call, void *arg, struct weft_error *err)
{
    const struct one *o = arg;
    int *box;

    o->scene->plain[o->i]++;
    if (o->fails)
        return weft_error_set(err, WEFT_FAILED, "number %d", o->i);
    box = wf_alloc(sizeof *box);
    *box = o->i;
    weft_call_return(call, weft_value_of_ptr(&box_type, box));
    return WEFT_OK;
}

/* Takes all it is given over, and gives the sum plus 10. */
static weft_status adds(weft_call *call, void *arg, struct weft_error *err)
{
    int *box = wf_alloc(sizeof *box);

    (void)arg;
    *box = 10;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        struct weft_value v = weft_value_none();

        if (weft_call_take(call, i, &v)) {
            wf_free(box);
            return weft_error_set(err, WEFT_NOMEM, "not to be had");
        }
        *box += in_box(v);
        weft_value_release(v);
    }
    weft_call_return(call, weft_value_of_ptr(&box_type, box));
    return WEFT_OK;
}

static weft_child *give_child(weft_call *call, struct scene *s, int i, bool fails)
{
    const struct one o = {s, i, fails};

    return weft_spawn(call, gives, WEFT_ARG(o));
}

/*   0 -- adds      the second may come too late to wait for the first */
static weft_status a_pair(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *first = give_child(call, arg, 0, false), *second;

    (void)err;
    second = weft_spawn(call, adds, .deps = &first, .n_deps = 1);
    weft_become(call, NULL, .deps = &second, .n_deps = 1);
    return WEFT_OK;
}

/*   1 --+-- becomes adds
 *   2 --+                 */
static weft_status a_join(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *both[2] = {give_child(call, arg, 1, false), give_child(call, arg, 2, false)};

    (void)err;
    weft_become(call, adds, .deps = both, .n_deps = 2);
    return WEFT_OK;
}

/*   3 --+-- adds --+-- becomes adds    both take the same box: who is last has it */
/*       +-- adds --+ */
static weft_status two_readers(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *first = give_child(call, arg, 3, false), *both[2];

    (void)err;
    for (int i = 0; i < 2; i++)
        both[i] = weft_spawn(call, adds, .deps = &first, .n_deps = 1);
    weft_become(call, adds, .deps = both, .n_deps = 2);
    return WEFT_OK;
}

static weft_status waits(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;
    weft_child *first = give_child(call, s, 1, false);
    struct weft_value v;
    const weft_status st = weft_call_wait(call, first, &v, err);

    wf_sim_check(!st && s->plain[1] == 1 && in_box(v) == 1, "waited for what has not run");
    weft_call_return(call, v);
    return WEFT_OK;
}

/* The reader of the first and its maker both take its box. */
static weft_status waits_beside_a_reader(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *first = give_child(call, arg, 1, false);
    struct weft_value v;
    weft_status st;

    weft_spawn(call, adds, .deps = &first, .n_deps = 1);
    st = weft_call_wait(call, first, &v, err);
    wf_sim_check(!st && in_box(v) == 1, "what was waited for is not there");
    weft_call_return(call, v);
    return WEFT_OK;
}

static weft_status two_fail(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    give_child(call, arg, 1, true);
    give_child(call, arg, 2, true);
    return WEFT_OK;
}

static weft_status spawns_two(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    give_child(call, arg, 1, false);
    give_child(call, arg, 2, false);
    weft_call_return(call, weft_value_of_ptr(&box_type, copy_box(&(int){5})));
    return WEFT_OK;
}

static weft_status blocks(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)err;
    give_child(call, s, 1, false);
    weft_call_blocking_begin(call);
    wf_sim_spend(1);
    weft_call_blocking_end(call);
    give_child(call, s, 2, false);
    weft_call_return(call, weft_value_of_ptr(&box_type, copy_box(&(int){5})));
    return WEFT_OK;
}

/* All that was spawned has run when the successor does, and the result is as it should. */
static weft_status looks(weft_call *call, void *arg, struct weft_error *err)
{
    const struct scene *s = arg;

    (void)err;
    weft_call_return(call, weft_value_of_i64(in_box(weft_call_input(call, 0)) + 100 * (s->plain[0] + s->plain[1] +
                                                                                       s->plain[2] + s->plain[3])));
    return WEFT_OK;
}

static struct case_of {
    const char *name;
    weft_body  *body;
    int64_t     gives; /* the result, and 100 for each that ran; < 0: it fails */
} const cases[] = {
    {"a pair", a_pair, 100 + 10},
    {"a join", a_join, 200 + 13},
    {"two readers", two_readers, 100 + 36},
    {"waits", waits, 100 + 1},
    {"waits beside a reader", waits_beside_a_reader, 100 + 1},
    {"two fail", two_fail, -1},
    {"spawns two", spawns_two, 200 + 5},
    {"blocks", blocks, 200 + 5}, /* with two workers and a third hand they are too many to play all */
};
enum { N_CASES = sizeof cases / sizeof *cases };

struct playing {
    const struct case_of *of;
    int                   n_workers;
};

static void play(void *arg)
{
    const struct playing *p = arg;
    weft_graph *g = weft_graph_new();
    struct scene *s = wf_alloc_zero(1, sizeof *s);
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = p->n_workers});
    weft_task *t = weft_add(g, p->of->body, .arg = s), *after = weft_add(g, looks, .arg = s, .deps = &t, .n_deps = 1);
    struct weft_value v = weft_value_none();
    struct weft_error err;
    const weft_status st = weft_pool_run(pool, after, &v, &err);

    if (p->of->gives < 0)
        wf_sim_check(st == WEFT_FAILED && !strcmp(err.message, "number 1"), "status %d", st);
    else
        wf_sim_check(!st && weft_value_i64(v) == p->of->gives, "it gives %lld", (long long)weft_value_i64(v));
    weft_pool_free(pool);
    weft_graph_free(g);
    wf_free(s);
}

Test(spawn, each_line_holds_in_every_schedule)
{
    for (int i = 0; i < N_CASES; i++)
        for (int n = 1; n <= (i == N_CASES - 1 ? 1 : 2); n++) {
            char name[64];
            struct playing p = {&cases[i], n};

            snprintf(name, sizeof name, "%s, %d", cases[i].name, n);
            sim_all(name, play, &p, 1, n == 1);
        }
}

static void play_any(void *arg)
{
    struct playing p = {&cases[wf_sim_pick(N_CASES)], 1 + wf_sim_pick(3)};

    (void)arg;
    play(&p);
}

Test(spawn, each_line_holds_in_random_schedules)
{
    sim_some("any case", play_any, NULL, 12000);
}

/* The second comes while the first ends: it finds the list closed, and what was told by that. */
static weft_status reads(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)err;
    wf_sim_check(s->plain[0] == 1 && in_box(weft_call_input(call, 0)) == 0, "its input is not there");
    return WEFT_OK;
}

static weft_status a_late_pair(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *first = give_child(call, arg, 0, false);

    (void)err;
    for (int n = wf_sim_pick(60); n > 0; n--)
        wf_sim_spend(1);
    weft_spawn(call, reads, arg, .deps = &first, .n_deps = 1);
    return WEFT_OK;
}

static void late(void *arg)
{
    weft_graph *g = weft_graph_new();
    struct scene *s = wf_alloc_zero(1, sizeof *s);
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});

    (void)arg;
    wf_sim_check(!weft_pool_run(pool, weft_add(g, a_late_pair, .arg = s), NULL, NULL), "it fails");
    weft_pool_free(pool);
    weft_graph_free(g);
    wf_free(s);
}

Test(spawn, who_comes_late_sees_what_has_ended)
{
    sim_some("late", late, NULL, 20000);
}

/* ---- Ended by others ------------------------------------------------------------------------- */

static weft_status detaches(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)err;
    wf_store_release(&s->later, weft_call_detach(call));
    wf_store_release(&s->word, 1);
    wf_wake(&s->word, 1);
    return WEFT_OK;
}

static weft_status waits_for_detached(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    const weft_status st = weft_call_wait(call, weft_spawn(call, detaches, arg), &v, err);

    if (!st)
        weft_call_return(call, v);
    return st;
}

static void *finishes(void *arg)
{
    struct scene *s = arg;

    while (!wf_load_acquire(&s->word))
        wf_wait(&s->word, 0, -1);
    s->plain[0] = 1; /* seen by who reads the result */
    weft_later_finish(wf_load_acquire(&s->later), WEFT_OK, weft_value_of_i64(7), NULL);
    return NULL;
}

static weft_status looks_at_what_was_brought(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)err;
    wf_sim_check(weft_value_i64(weft_call_input(call, 0)) == 7 && s->plain[0] == 1, "it was not brought");
    return WEFT_OK;
}

/* The pool is freed as soon as it can: who finishes may still be in it. */
static void brought(struct scene *s, int n_workers, bool is_waited_for)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers});
    weft_task *t = weft_add(g, is_waited_for ? waits_for_detached : detaches, .arg = s);
    weft_task *after = weft_add(g, looks_at_what_was_brought, .arg = s, .deps = &t, .n_deps = 1);
    wf_thread thread;

    wf_thread_start(&thread, finishes, s);
    wf_sim_check(!weft_pool_run(pool, after, NULL, NULL), "it fails");
    weft_pool_free(pool);
    wf_thread_join(thread);
    weft_graph_free(g);
}

static void brought_to_one(void *arg)
{
    struct scene *s = wf_alloc_zero(1, sizeof *s);

    (void)arg;
    brought(s, 1, false);
    wf_free(s);
}

static void brought_to_any(void *arg)
{
    struct scene *s = wf_alloc_zero(1, sizeof *s);

    (void)arg;
    brought(s, 1 + wf_sim_pick(3), wf_sim_pick(2));
    wf_free(s);
}

Test(spawn, what_a_stranger_finishes_ends_in_every_schedule)
{
    sim_all("brought to one", brought_to_one, NULL, 2, 0);
}

Test(spawn, what_a_stranger_finishes_ends)
{
    sim_some("brought", brought_to_any, NULL, 12000);
}

/* ---- No worker sleeps beside what was spawned ---------------------------------------------------- */

static weft_status meets(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;
    uint32_t came = wf_add(&s->word, 1) + 1;

    (void)call, (void)err;
    if (came == (uint32_t)s->n_workers)
        wf_wake(&s->word, WF_SIM_THREADS);
    for (; came < (uint32_t)s->n_workers; came = wf_load_acquire(&s->word))
        wf_wait(&s->word, came, -1);
    return WEFT_OK;
}

static weft_status lull(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    for (int n = wf_sim_pick(200); n > 0; n--)
        wf_sim_spend(1);
    return WEFT_OK;
}

static weft_status spawns_meeting(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;
    weft_child *before = wf_sim_pick(2) ? weft_spawn(call, lull) : NULL;

    (void)err;
    for (int i = 0; i < s->n_workers; i++)
        weft_spawn(call, meets, s, .deps = &before, .n_deps = before != NULL);
    return wf_sim_pick(2) ? weft_call_wait_all(call, err) : WEFT_OK;
}

static void all_meet(void *arg)
{
    weft_graph *g = weft_graph_new();
    struct scene *s = wf_alloc_zero(1, sizeof *s);
    weft_pool *pool;

    (void)arg;
    s->n_workers = 2 + wf_sim_pick(2);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = s->n_workers});
    wf_sim_check(!weft_pool_run(pool, weft_add(g, spawns_meeting, .arg = s), NULL, NULL), "it fails");
    weft_pool_free(pool);
    weft_graph_free(g);
    wf_free(s);
}

Test(spawn, as_many_children_as_workers_run_side_by_side)
{
    sim_some("children meet", all_meet, NULL, 6000);
}

/* ---- Forks of bodies that were away ------------------------------------------------------------------ */

static weft_status counts(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    ++*(int *)arg;
    return WEFT_OK;
}

static weft_status forks_and_is_away(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_fork forks[2];
    int n_ran[2] = {0};
    weft_status st = WEFT_OK;

    (void)arg;
    for (int i = 0; i < 2; i++)
        weft_call_fork(call, &forks[i], counts, &n_ran[i]);
    weft_call_blocking_begin(call);
    wf_sim_spend(1);
    weft_call_blocking_end(call);
    for (int i = 2; i-- > 0 && !st;)
        st = weft_call_join(call, &forks[i], err);
    wf_sim_check(n_ran[0] == 1 && n_ran[1] == 1, "forks ran %d and %d times", n_ran[0], n_ran[1]);
    return st;
}

static void away(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(2)});
    weft_task *t[2] = {weft_add(g, forks_and_is_away), weft_add(g, forks_and_is_away)};

    (void)arg;
    wf_sim_check(!weft_pool_run_many(pool, t, 1 + (size_t)wf_sim_pick(2), NULL, NULL, NULL), "it fails");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(spawn, forks_of_bodies_that_were_away_are_joined)
{
    sim_some("away", away, NULL, 10000);
}

/* ---- Whole programs ------------------------------------------------------------------------------------- */

/* Finishes what is detached, late, in any order. */
struct postman {
    wf_mutex lock;
    wf_cond  came;
    struct letter {
        weft_later       *later;
        weft_status       status;
        struct weft_value value;
        struct weft_error err;
    } letters[32];
    int  n;
    bool ends;
};

static void post(void *arg, weft_later *later, weft_status status, struct weft_value value, const struct weft_error *err)
{
    struct postman *m = arg;
    bool kept;

    wf_mutex_lock(&m->lock);
    kept = m->n < 32;
    if (kept)
        m->letters[m->n++] = (struct letter){later, status, value, *err};
    wf_cond_wake_all(&m->came);
    wf_mutex_unlock(&m->lock);
    if (!kept)
        weft_later_finish(later, status, value, err);
}

static void *deliver(void *arg)
{
    struct postman *m = arg;

    wf_mutex_lock(&m->lock);
    while (m->n || !m->ends) {
        struct letter l;
        int i;

        if (!m->n) {
            wf_cond_wait(&m->came, &m->lock);
            continue;
        }
        i = wf_sim_pick(m->n);
        l = m->letters[i];
        m->letters[i] = m->letters[--m->n];
        wf_mutex_unlock(&m->lock);
        weft_later_finish(l.later, l.status, l.value, &l.err);
        wf_mutex_lock(&m->lock);
    }
    wf_mutex_unlock(&m->lock);
    return NULL;
}

static void any_program(void *arg)
{
    struct postman *m = wf_alloc_zero(1, sizeof *m);
    const struct program p = {.seed = (uint64_t)wf_sim_pick(1000000), .depth = 1 + wf_sim_pick(2), .is_quiet = wf_sim_pick(2),
                              .detaches = true, .post = post, .post_arg = m};
    struct outcome plain[PROGRAM_NODES], o[PROGRAM_NODES];
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(3)});
    wf_thread thread;

    (void)arg;
    wf_mutex_init(&m->lock);
    wf_cond_init(&m->came);
    wf_thread_start(&thread, deliver, m);
    program_eval(&p, plain);
    program_run(pool, &p, o);
    for (int i = 0; i < PROGRAM_NODES; i++)
        wf_sim_check(outcome_equal(&o[i], &plain[i]), "program %d, task %d: %d '%s', by recursion %d '%s'", (int)p.seed, i,
                     o[i].status, o[i].message, plain[i].status, plain[i].message);
    weft_pool_free(pool);
    wf_mutex_lock(&m->lock);
    m->ends = true;
    wf_cond_wake_all(&m->came);
    wf_mutex_unlock(&m->lock);
    wf_thread_join(thread);
    wf_cond_fini(&m->came);
    wf_mutex_fini(&m->lock);
    wf_free(m);
}

Test(spawn, programs_that_grow_give_what_recursion_gives)
{
    sim_some("programs", any_program, NULL, 15000);
}

/* ---- Stopped ---------------------------------------------------------------------------------------------- */

static void *stops(void *arg)
{
    weft_future_cancel(arg);
    return NULL;
}

static weft_status spawns_more(weft_call *call, void *arg, struct weft_error *err)
{
    int depth = *(int *)arg, less = depth - 1;
    weft_child *group = weft_call_group(call);

    for (int i = 0; i < 2 && depth; i++)
        weft_spawn(call, spawns_more, WEFT_ARG(less), .group = group);
    if (wf_sim_pick(3) == 0)
        weft_child_cancel(group);
    if (depth == 1 && wf_sim_pick(2)) {
        weft_graph *g = weft_graph_new();
        weft_task *t = weft_add(g, spawns_more, WEFT_ARG(less));

        weft_call_run(call, &t, 1, NULL, NULL, err);
        weft_graph_free(g);
    }
    return wf_sim_pick(2) ? WEFT_OK : weft_call_wait(call, group, NULL, err);
}

static void stopped(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(3)});
    int depth = 2;
    weft_task *t[2] = {weft_add(g, spawns_more, WEFT_ARG(depth)), weft_add(g, spawns_more, WEFT_ARG(depth))};
    weft_future *f;
    wf_thread other;

    (void)arg;
    wf_sim_check(!weft_pool_submit(pool, t, 2, NULL, &f, NULL), "the pool refuses");
    wf_thread_start(&other, stops, f);
    if (wf_sim_pick(2)) {
        weft_pool_free(pool);
        pool = NULL;
    }
    for (size_t i = 0; i < 2; i++) {
        const weft_status st = weft_future_take(f, i, NULL, NULL);

        wf_sim_check(!st || st == WEFT_CANCELLED, "status %d", st);
    }
    wf_thread_join(other);
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(spawn, what_is_stopped_ends_and_leaves_nothing)
{
    sim_some("stopped", stopped, NULL, 8000);
}
