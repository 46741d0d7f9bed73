/* server_view.c - what is known of the pool: the last look, and what follows from those before. */
#include "lib/dash/server_view.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

enum {
    MOST_RECTS = 4000,   /* of one look: a page shows thirty seconds of a hundred workers with them */
    PAST_RECTS = 16384,  /* and of those before: thirty seconds of two workers of short tasks */
    PAST_POINTS = 256,   /* a minute, at four looks a second */
};

weft_status wf_view_init(struct wf_view *v, weft_pool *pool, struct weft_error *err)
{
    memset(v, 0, sizeof *v);
    v->past_rects = (struct wf_ring){.bytes = sizeof(struct wf_rect), .room = PAST_RECTS};
    v->past_points = (struct wf_ring){.bytes = sizeof(struct wf_point), .room = PAST_POINTS};
    return weft_live_open(&v->live, pool, err);
}

void wf_view_fini(struct wf_view *v)
{
    if (v->live)
        weft_live_close(v->live);
    wf_free(v->before);
    wf_free(v->base);
    wf_free(v->changed);
    wf_free(v->rects);
    wf_ring_fini(&v->past_rects);
    wf_ring_fini(&v->past_points);
    memset(v, 0, sizeof *v);
}

int64_t wf_view_age_ns(const struct wf_view *v)
{
    return v->n_looks ? wf_now_ns() - v->looked_ns : INT64_MAX;
}

static struct wf_counts counts_of(const struct weft_live_group *g)
{
    return (struct wf_counts){g->n_tasks, g->n_done, g->n_failed, g->n_skipped, g->n_running};
}

/* Room for n groups; new ones begin with nothing before them. */
static bool grow_groups(struct wf_view *v, size_t n)
{
    if (n > v->room_groups) {
        const size_t room = n * 2;
        struct wf_counts *before = wf_realloc(v->before, room * sizeof *before);
        struct wf_counts *base;
        bool *changed;

        if (!before)
            return false;
        v->before = before;
        base = wf_realloc(v->base, room * sizeof *base);
        if (!base)
            return false;
        v->base = base;
        changed = wf_realloc(v->changed, room * sizeof *changed);
        if (!changed)
            return false;
        v->changed = changed;
        v->room_groups = room;
    }
    for (size_t g = v->n_groups; g < n; g++) {
        v->before[g] = (struct wf_counts){0};
        v->base[g] = (struct wf_counts){0};
        v->changed[g] = true;
    }
    v->n_groups = n;
    return true;
}

static int count_entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    if (!dir)
        return 0;
    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void read_io(struct wf_process *p)
{
    unsigned long long value;
    char line[256];
    FILE *f = fopen("/proc/self/io", "re");

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "read_bytes: %llu", &value) == 1)
            p->read_bytes = value;
        if (sscanf(line, "write_bytes: %llu", &value) == 1)
            p->written_bytes = value;
    }
    if (f)
        fclose(f);
}

/* Some fields that /proc has for us, once a second: listing them costs more than a look. */
static void read_process(struct wf_view *v)
{
    const int64_t now = wf_now_ns();
    const struct wf_process was = v->process;
    const double s = (double)(now - v->process_ns) / 1e9;
    struct wf_process *p = &v->process;
    struct timespec cpu;

    if (v->process_ns && s < 1)
        return;
    p->n_fds = count_entries("/proc/self/fd") - 1; // the one that lists them
    p->n_threads = count_entries("/proc/self/task");
    if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu))
        p->cpu_s = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
    read_io(p);
    p->read_per_s = v->process_ns ? (double)(p->read_bytes - was.read_bytes) / s : 0;
    p->written_per_s = v->process_ns ? (double)(p->written_bytes - was.written_bytes) / s : 0;
    v->process_ns = now;
}

/* The last second or two count, for one look alone is too short to be a rate. */
static void follow_rate(struct wf_view *v, uint64_t n_ran, int64_t ns)
{
    const double now = ns > 0 ? (double)n_ran * 1e9 / (double)ns : 0;
    const double weight = ns > 1000000000 ? 1 : (double)ns / 1e9;

    v->tasks_per_s += (now - v->tasks_per_s) * (v->n_looks < 2 ? 1 : weight);
    if (v->tasks_per_s < 0.01)
        v->tasks_per_s = 0;
}

/* Runs began after all those seen at the look before had ended: what is not of those that go
 * on is over. Of failures and what was skipped, that which was seen. */
static void begin_anew(struct wf_view *v)
{
    const bool goes_on = v->now.n_runs_begun > v->now.n_runs_ended;

    memcpy(v->base, v->before, v->n_groups * sizeof *v->base);
    for (size_t g = 0; goes_on && g < v->n_groups; g++) {
        const struct weft_live_group *group = &v->now.groups[g];

        v->base[g].n_tasks = group->n_tasks - group->n_open;
        v->base[g].n_done = group->n_done - group->n_open_done;
    }
}

static void remember(struct wf_view *v)
{
    const struct weft_pool_memory *m = &v->now.memory;
    const struct wf_point point = {.at_ns = v->now.now_ns, .managed = m->managed, .resident = m->resident,
                                   .spilled = m->spilled, .limit = m->limit, .cores = v->now.sample.cores,
                                   .tasks_per_s = v->tasks_per_s, .read_per_s = v->process.read_per_s,
                                   .written_per_s = v->process.written_per_s, .n_fds = v->process.n_fds,
                                   .n_threads = v->process.n_threads};

    wf_ring_add(&v->past_points, &point);
    for (size_t i = 0; i < v->n_rects; i++)
        wf_ring_add(&v->past_rects, &v->rects[i]);
}

weft_status wf_view_look(struct wf_view *v)
{
    const int64_t then = v->now.now_ns;
    const uint64_t n_begun = v->now.n_runs_begun;
    uint64_t n_ran = 0;
    weft_status st;

    /* What the groups were goes before the look that overwrites them. */
    for (size_t g = 0; g < v->n_groups; g++)
        v->before[g] = counts_of(&v->now.groups[g]);
    v->n_links_before = v->now.n_links;
    st = weft_live_look(v->live, &v->now);
    if (st)
        return st;
    if (!grow_groups(v, v->now.n_groups))
        return WEFT_NOMEM;
    if (v->now.n_runs_begun > n_begun && v->now.n_runs_ended >= n_begun)
        begin_anew(v);
    for (size_t g = 0; g < v->n_groups; g++) {
        const struct wf_counts now = counts_of(&v->now.groups[g]);

        v->changed[g] = !v->n_looks || memcmp(&now, &v->before[g], sizeof now) != 0 || v->now.n_runs_begun > n_begun;
        n_ran += now.n_done - v->before[g].n_done;
    }
    follow_rate(v, n_ran, v->now.now_ns - then);
    v->moved = n_ran > 0 || v->now.n_runs_begun > n_begun || v->now.n_runs_begun > v->now.n_runs_ended;
    v->looked_ns = wf_now_ns();
    v->n_looks++;
    read_process(v);
    st = wf_rects_make(v, v->now.events, v->now.n_events, MOST_RECTS) ? WEFT_OK : WEFT_NOMEM;
    remember(v);
    return st;
}

static uint64_t beyond(uint64_t now, uint64_t base)
{
    return now > base ? now - base : 0;
}

struct wf_counts wf_view_progress(const struct wf_view *v, size_t group)
{
    struct wf_counts c = counts_of(&v->now.groups[group]);
    const struct wf_counts *base = &v->base[group];

    c.n_tasks = beyond(c.n_tasks, base->n_tasks);
    c.n_done = beyond(c.n_done, base->n_done);
    c.n_failed = beyond(c.n_failed, base->n_failed);
    c.n_skipped = beyond(c.n_skipped, base->n_skipped);
    return c;
}

struct wf_counts wf_view_total(const struct wf_view *v)
{
    struct wf_counts sum = {0};

    for (size_t g = 0; g < v->n_groups; g++) {
        const struct wf_counts c = wf_view_progress(v, g);

        sum.n_tasks += c.n_tasks;
        sum.n_done += c.n_done;
        sum.n_failed += c.n_failed;
        sum.n_skipped += c.n_skipped;
        sum.n_running += c.n_running;
    }
    return sum;
}

double wf_view_left_s(const struct wf_view *v)
{
    double busy_ns = 0, n_done = 0, left_ns = 0;

    if (v->now.n_runs_begun == v->now.n_runs_ended || !v->now.n_workers)
        return -1;
    for (size_t g = 0; g < v->n_groups; g++) {
        busy_ns += (double)v->now.groups[g].busy_ns;
        n_done += (double)v->now.groups[g].n_done;
    }
    if (n_done == 0)
        return -1;
    for (size_t g = 0; g < v->n_groups; g++) {
        const struct weft_live_group *group = &v->now.groups[g];
        const struct wf_counts c = wf_view_progress(v, g);
        const uint64_t n_over = c.n_done + c.n_skipped;
        const double left = c.n_tasks > n_over ? (double)(c.n_tasks - n_over) : 0;

        left_ns += left * (group->n_done ? (double)group->busy_ns / (double)group->n_done : busy_ns / n_done);
    }
    return left_ns / 1e9 / v->now.n_workers;
}
