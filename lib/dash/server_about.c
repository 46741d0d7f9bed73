/* server_about.c - whom a dashboard belongs to, and which of all it is: read once. */
#include "lib/dash/server_about.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void wf_server_about_read(struct wf_server_about *a)
{
    struct timespec t;
    uint64_t chance = 0;

    wf_about_look(&a->of);
    if (gethostname(a->host, sizeof a->host))
        a->host[0] = '\0';
    a->host[sizeof a->host - 1] = '\0';
    a->pid = (int)getpid();
    clock_gettime(CLOCK_REALTIME, &t);
    a->began_unix_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = (uint64_t)t.tv_nsec << 20 ^ (uint64_t)a->pid; // another is enough; nobody is to guess at it
    snprintf(a->instance, sizeof a->instance, "%016llx", (unsigned long long)chance);
}
