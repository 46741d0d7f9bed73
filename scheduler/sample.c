/* sample.c - memory and processors of this process, now and then. */
#include "scheduler/sample.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "scheduler/pool.h"

/* Time of processors, and memory of children. */
struct use {
    int64_t  cpu_ns;
    uint64_t bytes;
};

/* A child that lives, and what it has of its own. */
static void add_child(struct use *u, long pid)
{
    const int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
    unsigned long user, system, resident, shared;
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    f = fopen(path, "re");
    /* The name is in brackets, and may hold anything but is followed by the last of them. */
    if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
        u->cpu_ns += (int64_t)(user + system) * tick_ns;
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%ld/statm", pid);
    f = fopen(path, "re");
    if (f && fscanf(f, "%*u %lu %lu", &resident, &shared) == 2 && resident > shared)
        u->bytes += (uint64_t)(resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
    if (f)
        fclose(f);
}

/* Each thread lists the children it has forked. */
static void add_children(struct use *u)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *d;

    while (tasks && (d = readdir(tasks))) {
        char path[300];
        long pid;
        FILE *f;

        snprintf(path, sizeof path, "/proc/self/task/%s/children", d->d_name);
        f = d->d_name[0] == '.' ? NULL : fopen(path, "re");
        while (f && fscanf(f, "%ld", &pid) == 1)
            add_child(u, pid);
        if (f)
            fclose(f);
    }
    if (tasks)
        closedir(tasks);
}

static int64_t ns_of(struct timeval t)
{
    return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
}

/* Of this process, of the children that have ended, and of those that a pool of processes has. */
static struct use use_now(const weft_pool *pool)
{
    struct use u = {0};
    struct timespec own;
    struct rusage ended;

    if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own))
        u.cpu_ns = (int64_t)own.tv_sec * 1000000000 + own.tv_nsec;
    if (!getrusage(RUSAGE_CHILDREN, &ended))
        u.cpu_ns += ns_of(ended.ru_utime) + ns_of(ended.ru_stime);
    if (pool->kind == WEFT_POOL_PROCESSES)
        add_children(&u);
    return u;
}

struct weft_sample wf_sample(struct wf_sampler *s, weft_pool *pool)
{
    const struct use u = use_now(pool);
    struct weft_sample now = {.at_ns = wf_now_ns()};
    struct weft_pool_memory memory;

    if (s->at_ns && now.at_ns > s->at_ns && u.cpu_ns > s->cpu_ns)
        now.cores = (double)(u.cpu_ns - s->cpu_ns) / (double)(now.at_ns - s->at_ns);
    *s = (struct wf_sampler){now.at_ns, u.cpu_ns};
    weft_pool_memory(pool, &memory);
    now.resident_bytes = memory.resident + u.bytes;
    now.managed_bytes = memory.managed;
    now.spilled_bytes = memory.spilled;
    return now;
}

/* ---- Now and then ------------------------------------------------------------------ */

static void take(struct wf_sampling *s)
{
    const struct weft_sample now = wf_sample(&s->sampler, s->pool);

    /* Relaxed: a run that has just begun or ended brings a sample more or less. */
    wf_record_sample(&s->pool->recorder, &now, wf_load_relaxed(&s->pool->live) != 0);
}

static void *thread_main(void *arg)
{
    struct wf_sampling *s = arg;

    for (;;) {
        wf_wait(&s->ending, 0, s->interval_ns);
        if (wf_load_acquire(&s->ending))
            return NULL;
        take(s);
    }
}

/* One when it begins and one when it ends, whatever the interval and however late the thread. */
bool wf_sampling_start(struct wf_sampling *s, weft_pool *pool, int64_t interval_ns)
{
    s->pool = pool;
    s->interval_ns = interval_ns;
    wf_init(&s->ending, 0);
    take(s);
    s->started = wf_thread_start(&s->thread, thread_main, s);
    return s->started;
}

void wf_sampling_stop(struct wf_sampling *s)
{
    if (!s->started)
        return;
    wf_store_release(&s->ending, 1);
    wf_wake(&s->ending, 1);
    wf_thread_join(s->thread);
    take(s);
    s->started = false;
}
