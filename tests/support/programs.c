/* programs.c - random programs that grow: run as tasks that make tasks, or evaluated by plain recursion. */
#include "tests/support/programs.h"

#include <stdio.h>
#include <string.h>

#include <weft/fork.h>

enum { MOST = 3, MOST_TURNS = 3, MOST_KIDS = MOST_TURNS * (MOST + 1) };

static uint64_t mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * 0x9E3779B97F4A7C15u;
    a ^= a >> 29;
    a *= 0xBF58476D1CE4E5B9u;
    return a ^ a >> 32;
}

/* ---- What a body does -------------------------------------------------------------- */

struct step {
    const struct program *p;
    uint64_t path;
    int      depth, turn;
};

enum end { RETURNS, BECOMES, PASSES_ON, DETACHES };

struct choice {
    uint64_t value;
    int      n_kids, n_parts, n_within;
    unsigned deps[MOST], grouped, waited, next; /* sets of kids */
    unsigned chained;   /* of the tasks within: those that wait for the one before */
    bool     waits_for_group, answers, blocks, backwards;
    bool     fails_first, fails_last;
    enum end end;
};

static uint64_t pick(uint64_t *x, uint64_t n)
{
    *x = mix(*x, 1);
    return *x % n;
}

static struct choice decide(const struct step *s)
{
    uint64_t x = mix(mix(s->p->seed, s->path), (uint64_t)s->turn + 77);
    struct choice c = {.value = x};
    c.fails_first = pick(&x, 24) == 0;
    c.fails_last = pick(&x, 24) == 0;
    c.n_kids = s->depth ? (int)pick(&x, MOST + 1) : 0;
    for (int i = 0; i < c.n_kids; i++)
        c.deps[i] = (unsigned)pick(&x, 8) & (unsigned)pick(&x, 8) & ((1u << i) - 1);
    c.grouped = pick(&x, 3) ? 0 : (unsigned)pick(&x, 8) & ((1u << c.n_kids) - 1);
    c.waited = pick(&x, 2) ? 0 : (unsigned)pick(&x, 8) & ((1u << c.n_kids) - 1);
    c.waits_for_group = c.grouped && pick(&x, 2);
    c.answers = pick(&x, 2);
    c.backwards = pick(&x, 2);
    c.end = pick(&x, 2) ? RETURNS : pick(&x, 3) ? BECOMES : pick(&x, 2) ? PASSES_ON : DETACHES;
    c.next = (unsigned)pick(&x, 8) & ((1u << c.n_kids) - 1) & ~c.waited; /* what is taken is gone */
    if (c.end == PASSES_ON)
        c.next &= ~(c.next - 1);
    if ((c.end == PASSES_ON && !c.next) || (c.end == BECOMES && s->turn + 1 == MOST_TURNS) ||
        (c.end == DETACHES && !s->p->detaches))
        c.end = RETURNS;
    if (!s->p->is_quiet) {
        c.n_parts = pick(&x, 4) ? 0 : (int)pick(&x, MOST + 1);
        c.n_within = s->depth && !pick(&x, 5) ? 1 + (int)pick(&x, MOST) : 0;
        c.chained = (unsigned)pick(&x, 8);
        c.blocks = !pick(&x, 6);
    }
    return c;
}

static struct step kid_of(const struct step *s, int i)
{
    return (struct step){s->p, mix(mix(s->path, (uint64_t)s->turn), (uint64_t)i + 1), s->depth - 1, 0};
}

static void message_of(const struct step *s, const char *when, char out[40])
{
    snprintf(out, 40, "%s %016llx.%d", when, (unsigned long long)s->path, s->turn);
}

static weft_status fail(const struct step *s, const char *when, struct weft_error *err)
{
    char message[40];

    message_of(s, when, message);
    return weft_error_set(err, WEFT_FAILED, "%s", message);
}

/* A part: what it gives, or whether it fails. */
static bool part_of(uint64_t value, int i, uint64_t *out)
{
    *out = mix(value, 500 + (uint64_t)i);
    return *out % 11 != 0;
}

static uint64_t number_in(struct weft_value v)
{
    return v.type ? (uint64_t)weft_value_i64(v) : 7;
}

/* ---- As tasks ------------------------------------------------------------------------ */

struct part {
    uint64_t value, out;
    int      i;
};

static weft_status run_part(weft_call *call, void *arg, struct weft_error *err)
{
    struct part *part = arg;

    (void)call;
    return part_of(part->value, part->i, &part->out) ? WEFT_OK : weft_error_set(err, WEFT_FAILED, "part");
}

static weft_status run_step(weft_call *call, void *arg, struct weft_error *err);

static void run_parts(weft_call *call, const struct choice *c, uint64_t *value)
{
    struct weft_fork forks[MOST];
    struct part parts[MOST];
    struct weft_error err;

    for (int i = 0; i < c->n_parts; i++) {
        parts[i] = (struct part){c->value, 0, i};
        weft_call_fork(call, &forks[i], run_part, &parts[i]);
    }
    for (int i = c->n_parts; i-- > 0;)
        *value = mix(*value, weft_call_join(call, &forks[i], &err) ? 3 : parts[i].out);
}

static weft_status run_within(weft_call *call, const struct step *s, const struct choice *c, uint64_t *value,
                              struct weft_error *err)
{
    struct weft_value outs[MOST];
    weft_task *t[MOST];
    weft_graph *g;
    weft_status st;

    if (!c->n_within)
        return WEFT_OK;
    g = weft_graph_new();
    for (int i = 0; i < c->n_within; i++) {
        struct step kid = kid_of(s, 100 + i);

        t[i] = weft_add(g, run_step, .arg = &kid, .arg_bytes = sizeof kid, .deps = &t[i ? i - 1 : 0],
                        .n_deps = i && c->chained >> i & 1);
    }
    st = weft_call_run(call, t, (size_t)c->n_within, NULL, outs, err);
    for (int i = 0; i < c->n_within; i++) {
        *value = mix(*value, number_in(outs[i]));
        weft_value_release(outs[i]);
    }
    weft_graph_free(g);
    return c->answers ? WEFT_OK : st;
}

static weft_status wait_for_kids(weft_call *call, const struct choice *c, weft_child **kids, weft_child *group,
                                 uint64_t *value, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (int k = 0; k < c->n_kids; k++) {
        const int i = c->backwards ? c->n_kids - 1 - k : k;
        struct weft_value v = weft_value_none();

        if (!(c->waited >> i & 1))
            continue;
        st = weft_call_wait(call, kids[i], &v, err);
        if (st && !c->answers)
            return st;
        *value = mix(*value, st ? 1000 + (uint64_t)st : number_in(v));
    }
    if (c->waits_for_group) {
        st = weft_call_wait(call, group, NULL, err);
        if (st && !c->answers)
            return st;
        *value = mix(*value, (uint64_t)st);
    }
    return WEFT_OK;
}

static size_t pick_kids(weft_child **kids, unsigned set, weft_child **out)
{
    size_t n = 0;

    for (int i = 0; i < MOST; i++)
        if (set >> i & 1)
            out[n++] = kids[i];
    return n;
}

static void finish(const struct step *s, weft_later *later, const struct choice *c, uint64_t value)
{
    struct weft_error err = {.status = WEFT_OK};
    const weft_status st = c->fails_last ? fail(s, "later", &err) : WEFT_OK;

    if (s->p->post)
        s->p->post(s->p->post_arg, later, st, weft_value_of_i64((int64_t)value), &err);
    else
        weft_later_finish(later, st, weft_value_of_i64((int64_t)value), &err);
}

static weft_status run_step(weft_call *call, void *arg, struct weft_error *err)
{
    const struct step s = *(struct step *)arg;
    const struct choice c = decide(&s);
    weft_child *kids[MOST], *deps[MOST], *group = c.grouped ? weft_call_group(call) : NULL;
    uint64_t value = c.value;
    struct step next = s;
    weft_status st;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        value = mix(value, number_in(weft_call_input(call, i)));
    if (c.fails_first)
        return fail(&s, "first", err);
    for (int i = 0; i < c.n_kids; i++) {
        struct step kid = kid_of(&s, i);
        const size_t n = pick_kids(kids, c.deps[i], deps);

        kids[i] = weft_spawn(call, run_step, WEFT_ARG(kid), .deps = deps, .n_deps = n,
                             .group = c.grouped >> i & 1 ? group : NULL);
    }
    if (c.blocks) {
        weft_call_blocking_begin(call);
        weft_call_blocking_end(call);
    }
    run_parts(call, &c, &value);
    st = run_within(call, &s, &c, &value, err);
    if (!st)
        st = wait_for_kids(call, &c, kids, group, &value, err);
    if (st)
        return st;
    if (c.end == DETACHES) {
        weft_later *later = weft_call_detach(call);

        finish(&s, later, &c, value);
        return WEFT_OK;
    }
    if (c.fails_last)
        return fail(&s, "last", err);
    weft_call_return(call, weft_value_of_i64((int64_t)value));
    next.turn++;
    if (c.end == BECOMES)
        weft_become(call, run_step, WEFT_ARG(next), .deps = deps, .n_deps = pick_kids(kids, c.next, deps));
    else if (c.end == PASSES_ON)
        weft_become(call, NULL, .deps = deps, .n_deps = pick_kids(kids, c.next, deps));
    return WEFT_OK;
}

static void step_of_node(const struct program *p, int i, struct step *out, bool *waits)
{
    *out = (struct step){p, mix(p->seed, 9000 + (uint64_t)i), p->depth, 0};
    *waits = i && mix(out->path, 3) % 2;
}

void program_run(weft_pool *pool, const struct program *p, struct outcome outcomes[PROGRAM_NODES])
{
    weft_graph *g = weft_graph_new();
    weft_task *t[PROGRAM_NODES];
    weft_future *f;

    for (int i = 0; i < PROGRAM_NODES; i++) {
        struct step s;
        bool waits;

        step_of_node(p, i, &s, &waits);
        t[i] = weft_add(g, run_step, WEFT_ARG(s), .deps = &t[i ? i - 1 : 0], .n_deps = waits);
    }
    memset(outcomes, 0, PROGRAM_NODES * sizeof *outcomes);
    if (weft_pool_submit(pool, t, PROGRAM_NODES, NULL, &f, NULL)) {
        weft_graph_free(g);
        outcomes[0].status = WEFT_CRASHED;
        return;
    }
    for (int i = 0; i < PROGRAM_NODES; i++) {
        struct outcome *o = &outcomes[i];
        struct weft_value v = weft_value_none();
        struct weft_error err;

        o->status = weft_future_take(f, (size_t)i, &v, &err);
        o->has_value = !o->status && v.type;
        o->value = o->has_value ? number_in(v) : 0;
        snprintf(o->message, sizeof o->message, "%.39s", o->status ? err.message : "");
    }
    weft_future_free(f);
    weft_graph_free(g);
}

/* ---- By recursion ----------------------------------------------------------------------- */

/* What was spawned: kids and groups, in order. */
struct kid {
    struct outcome o;
    bool           handled, is_in_group;
};

static struct outcome eval(const struct step *first, const struct outcome *in, size_t n_in);

static void set(struct outcome *o, weft_status st, const char *message)
{
    o->status = st;
    memmove(o->message, message, sizeof o->message);
}

/* The first that failed and was not answered for; NULL: none. */
static struct outcome *first_failed(struct kid *kids, size_t n, bool in_group)
{
    for (size_t i = 0; i < n; i++)
        if (kids[i].is_in_group == in_group && kids[i].o.status && !kids[i].handled)
            return &kids[i].o;
    return NULL;
}

static struct outcome eval_after(const struct step *s, const struct kid *kids, unsigned deps)
{
    struct outcome in[MOST];
    size_t n = 0;

    for (int i = 0; i < MOST; i++)
        if (deps >> i & 1) {
            if (kids[i].o.status)
                return kids[i].o;
            in[n++] = kids[i].o;
        }
    return eval(s, in, n);
}

static struct outcome eval_within(const struct step *s, const struct choice *c, uint64_t *value)
{
    struct outcome o[MOST], failed = {.status = WEFT_OK};

    for (int i = 0; i < c->n_within; i++) {
        const struct step kid = kid_of(s, 100 + i);
        const bool waits = i && c->chained >> i & 1;

        o[i] = waits && o[i - 1].status ? o[i - 1] : eval(&kid, waits ? &o[i - 1] : NULL, waits);
        if (o[i].status && !failed.status)
            failed = o[i];
        *value = mix(*value, o[i].has_value ? o[i].value : 7);
    }
    return failed;
}

/* One body; what it spawned is added to `all`. False: it failed, as *o says. */
static bool eval_body(const struct step *s, const struct choice *c, const struct outcome *in, size_t n_in,
                      struct kid *all, size_t *n_all, struct kid **kids_out, struct outcome *o)
{
    struct kid *group = c->grouped ? &all[(*n_all)++] : NULL, *kids = all + *n_all;
    struct outcome *failed, within;
    uint64_t value = c->value;
    bool ok = true;

    *kids_out = kids;
    for (size_t i = 0; i < n_in; i++)
        value = mix(value, in[i].has_value ? in[i].value : 7);
    if (c->fails_first) {
        o->status = WEFT_FAILED;
        message_of(s, "first", o->message);
        return false;
    }
    for (int i = 0; i < c->n_kids; i++) {
        const struct step kid = kid_of(s, i);

        kids[i] = (struct kid){.is_in_group = c->grouped >> i & 1};
        kids[i].o = eval_after(&kid, kids, c->deps[i]);
    }
    *n_all += (size_t)c->n_kids;
    for (int i = c->n_parts; i-- > 0;) {
        uint64_t out;

        value = mix(value, part_of(c->value, i, &out) ? out : 3);
    }
    within = eval_within(s, c, &value);
    if (within.status && !c->answers) {
        set(o, within.status, within.message);
        ok = false;
    }
    for (int k = 0; k < c->n_kids && ok; k++) {
        struct kid *kid = &kids[c->backwards ? c->n_kids - 1 - k : k];

        if (!(c->waited >> (kid - kids) & 1))
            continue;
        kid->handled = true;
        if (kid->o.status && !c->answers) {
            set(o, kid->o.status, kid->o.message);
            ok = false;
        }
        value = mix(value, kid->o.status ? 1000 + (uint64_t)kid->o.status : kid->o.has_value ? kid->o.value : 7);
    }
    failed = first_failed(kids, (size_t)c->n_kids, true);
    if (group && failed)
        group->o = *failed;
    if (group && c->waits_for_group && ok) {
        group->handled = true;
        if (failed && !c->answers) {
            set(o, failed->status, failed->message);
            ok = false;
        }
        value = mix(value, failed ? (uint64_t)failed->status : 0);
    }
    if (ok && c->fails_last && c->end != DETACHES) {
        o->status = WEFT_FAILED;
        message_of(s, "last", o->message);
        ok = false;
    }
    if (ok) {
        o->has_value = true;
        o->value = value;
    }
    return ok;
}

static struct outcome eval(const struct step *first, const struct outcome *in, size_t n_in)
{
    struct kid all[MOST_KIDS] = {{.handled = false}}, *kids;
    struct outcome o = {.status = WEFT_OK}, next[MOST], *failed;
    struct step s = *first;
    size_t n_all = 0;

    for (;; s.turn++) {
        const struct choice c = decide(&s);
        size_t n_next = 0;

        if (!eval_body(&s, &c, in, n_in, all, &n_all, &kids, &o))
            break;
        if (c.end == RETURNS)
            break;
        if (c.end == DETACHES) {
            failed = first_failed(all, n_all, false);
            if (c.fails_last && !failed) {
                o.status = WEFT_FAILED;
                message_of(&s, "later", o.message);
            }
            break;
        }
        for (int i = 0; i < MOST; i++)
            if (c.next >> i & 1) {
                next[n_next++] = kids[i].o;
                if (kids[i].o.status && !o.status)
                    set(&o, kids[i].o.status, kids[i].o.message);
            }
        if (o.status)
            break;
        if (c.end == PASSES_ON) {
            if (next[0].has_value)
                o.value = next[0].value;
            break;
        }
        in = next;
        n_in = n_next;
    }
    failed = first_failed(all, n_all, false);
    if (!o.status && failed)
        set(&o, failed->status, failed->message);
    o.has_value = o.has_value && !o.status;
    o.value = o.has_value ? o.value : 0;
    if (!o.status)
        o.message[0] = '\0';
    return o;
}

void program_eval(const struct program *p, struct outcome outcomes[PROGRAM_NODES])
{
    for (int i = 0; i < PROGRAM_NODES; i++) {
        struct step s;
        bool waits;

        step_of_node(p, i, &s, &waits);
        outcomes[i] = waits && outcomes[i - 1].status ? outcomes[i - 1] : eval(&s, waits ? &outcomes[i - 1] : NULL, waits);
    }
}

bool outcome_equal(const struct outcome *a, const struct outcome *b)
{
    return a->status == b->status && a->has_value == b->has_value && a->value == b->value && !strcmp(a->message, b->message);
}
