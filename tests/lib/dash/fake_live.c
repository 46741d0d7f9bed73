/* fake_live.c - a pool that does what a test says. */
#include "tests/lib/dash/fake_live.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct fake fake;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What a look lends. */
struct weft_live {
    struct fake copy;
    int64_t     began_ns;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void fake_change(void (*change)(struct fake *f, void *arg), void *arg)
{
    pthread_mutex_lock(&lock);
    change(&fake, arg);
    pthread_mutex_unlock(&lock);
}

static void read_looks(struct fake *f, void *arg)
{
    *(int *)arg = f->n_looks;
}

int fake_looks(void)
{
    int n;

    fake_change(read_looks, &n);
    return n;
}

static void read_opened(struct fake *f, void *arg)
{
    *(int *)arg = f->n_open;
}

int fake_opened(void)
{
    int n;

    fake_change(read_opened, &n);
    return n;
}

struct filling {
    int n_groups, n_workers;
    uint64_t n_tasks, n_done;
};

static void fill(struct fake *f, void *arg)
{
    const struct filling *with = arg;

    memset(f->groups, 0, sizeof f->groups);
    for (int g = 0; g < with->n_groups; g++) {
        snprintf(f->names[g], sizeof f->names[g], "group-%d", g);
        f->groups[g] = (struct weft_live_group){.name = f->names[g], .n_tasks = with->n_tasks, .n_done = with->n_done, .n_open = with->n_tasks,
                                                .n_open_done = with->n_done,
                                                .busy_ns = (int64_t)with->n_done * 1000000};
        if (g)
            f->links[g - 1] = (struct weft_live_link){(uint32_t)g - 1, (uint32_t)g, with->n_tasks};
    }
    for (int w = 0; w < with->n_workers; w++)
        f->workers[w] = (struct weft_live_worker){.n_tasks = 1, .busy_ns = 1000000, .load = 0.5, .group = UINT32_MAX, .idle = WEFT_EVENT_IDLE, .pu = w};
    f->now.n_groups = (size_t)with->n_groups;
    f->now.n_links = with->n_groups ? (size_t)with->n_groups - 1 : 0;
    f->now.n_workers = with->n_workers;
    f->now.n_runs_begun = 1;
    f->now.n_runs_ended = 0;
    f->now.memory.resident = 1 << 20;
}

void fake_fill(int n_groups, int n_workers, uint64_t n_tasks, uint64_t n_done)
{
    struct filling with = {n_groups, n_workers, n_tasks, n_done};

    fake_change(fill, &with);
}

weft_status weft_live_open(weft_live **out, weft_pool *pool, struct weft_error *err)
{
    weft_live *live = calloc(1, sizeof *live);

    (void)pool;
    (void)err;
    if (!live)
        return WEFT_NOMEM;
    live->began_ns = now_ns();
    pthread_mutex_lock(&lock);
    fake.n_open++;
    pthread_mutex_unlock(&lock);
    *out = live;
    return WEFT_OK;
}

weft_status weft_live_look(weft_live *live, struct weft_live_now *out)
{
    weft_status st = WEFT_OK;

    pthread_mutex_lock(&lock);
    fake.n_looks++;
    if (fake.refuses) {
        st = WEFT_NOMEM;
    } else {
        live->copy = fake;
        fake.now.n_events = 0;
    }
    pthread_mutex_unlock(&lock);
    if (st)
        return st;
    for (size_t g = 0; g < live->copy.now.n_groups; g++)
        live->copy.groups[g].name = live->copy.names[g];
    live->copy.now.now_ns = now_ns() - live->began_ns;
    live->copy.now.groups = live->copy.groups;
    live->copy.now.links = live->copy.links;
    live->copy.now.workers = live->copy.workers;
    live->copy.now.events = live->copy.events;
    *out = live->copy.now;
    return WEFT_OK;
}

void weft_live_close(weft_live *live)
{
    pthread_mutex_lock(&lock);
    fake.n_open--;
    pthread_mutex_unlock(&lock);
    free(live);
}
