/* server_about.c - the program a dashboard belongs to, and the machine it runs on: read once. */
#include "lib/dash/server_about.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static void read_program(char *text, size_t size)
{
    FILE *f = fopen("/proc/self/cmdline", "re");
    size_t n = f ? fread(text, 1, size - 1, f) : 0;

    if (f)
        fclose(f);
    text[n] = '\0';
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '\0')
            text[i] = ' ';
}

static void read_machine(char *text, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[256];

    text[0] = '\0';
    while (f && fgets(line, sizeof line, f)) {
        const char *value = strchr(line, ':');

        if (strncmp(line, "model name", 10) || !value)
            continue;
        value += 1 + strspn(value + 1, " ");
        snprintf(text, size, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    if (f)
        fclose(f);
}

void wf_about_read(struct wf_about *a)
{
    struct timespec t;
    uint64_t chance = 0;

    read_program(a->program, sizeof a->program);
    read_machine(a->machine, sizeof a->machine);
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
