/* about.c - which program this is, and on what machine, for traces and pages. */
#include "lib/base/about.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The arguments with blanks between them; of a long list the beginning. */
static void look_at_program(char *text, size_t size)
{
    FILE *f = fopen("/proc/self/cmdline", "re");
    size_t n = f ? fread(text, 1, size - 1, f) : 0;

    if (f)
        fclose(f);
    while (n && !text[n - 1])
        n--;
    for (size_t i = 0; i < n; i++)
        if (!text[i])
            text[i] = ' ';
    text[n] = '\0';
}

static void look_at_processor(char *text, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[256];

    text[0] = '\0';
    while (f && !text[0] && fgets(line, sizeof line, f)) {
        const char *value = strchr(line, ':');

        if (strncmp(line, "model name", 10) || !value)
            continue;
        value += 1 + strspn(value + 1, " ");
        snprintf(text, size, "%.*s", (int)strcspn(value, "\n"), value);
    }
    if (f)
        fclose(f);
}

void wf_about_look(struct wf_about *a)
{
    const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE), cores = sysconf(_SC_NPROCESSORS_ONLN);

    look_at_program(a->program, sizeof a->program);
    look_at_processor(a->machine, sizeof a->machine);
    a->memory_bytes = pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : 0;
    a->n_cores = cores > 0 ? (int)cores : 0;
}
