/* turns.c - whether every thread of this process has had its turn on a core since. */
#include "scheduler/turns.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A tick is 10 ms; user and system time are each rounded down, so 3 are at least 10 ms. */
enum { TURN_TICKS = 3 };

/* One thread as /proc shows it. */
struct seen {
    bool     sleeps;
    uint64_t ticks;
};

/* False: it is gone, or the line is not what proc(5) says. */
static bool see(const char *tasks, const char *thread, struct seen *out)
{
    char path[PATH_MAX], line[1024];
    unsigned long long user, system;
    const char *rest;
    char state;
    size_t n;
    FILE *f;

    if (snprintf(path, sizeof path, "%s/%s/stat", tasks, thread) >= (int)sizeof path)
        return false;
    f = fopen(path, "re");
    if (!f)
        return false;
    n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = 0;
    /* "TID (name) STATE ...": the name may hold anything, even a bracket. */
    rest = strrchr(line, ')');
    if (!rest || sscanf(rest, ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu", &state, &user, &system) != 3)
        return false;
    /* Sleeping, a zombie, dead. Not D: who waits for a page would be running. */
    *out = (struct seen){.sleeps = strchr("SZX", state) != NULL, .ticks = user + system};
    return true;
}

/* Calls `on_thread` for all threads but this one until it says false; false: it did, or
 * /proc cannot be read. */
static bool each(const char *root, bool (*on_thread)(void *self, long thread, struct seen seen), void *self)
{
    const long me = (long)gettid();
    char tasks[PATH_MAX];
    struct dirent *entry;
    struct seen seen;
    bool go_on = true;
    DIR *d;

    if (snprintf(tasks, sizeof tasks, "%s/proc/self/task", root) >= (int)sizeof tasks)
        return false;
    d = opendir(tasks);
    if (!d)
        return false;
    while (go_on && (entry = readdir(d))) {
        const long thread = atol(entry->d_name);

        if (thread > 0 && thread != me && see(tasks, entry->d_name, &seen))
            go_on = on_thread(self, thread, seen);
    }
    closedir(d);
    return go_on;
}

static bool note(void *self, long thread, struct seen seen)
{
    struct wf_turns *t = self;

    if (t->n == WF_TURNS_MOST)
        return false;
    t->of[t->n].thread = thread;
    t->of[t->n++].ticks = seen.ticks;
    return true;
}

void wf_turns_begin(struct wf_turns *t, const char *root)
{
    t->n = 0;
    each(root, note, t);
}

static bool had(void *self, long thread, struct seen seen)
{
    const struct wf_turns *t = self;

    if (seen.sleeps)
        return true;
    for (int i = 0; i < t->n; i++)
        if (t->of[i].thread == thread)
            return seen.ticks >= t->of[i].ticks + TURN_TICKS;
    return false;
}

bool wf_turns_all_had(const struct wf_turns *t, const char *root)
{
    return each(root, had, (void *)t);
}
