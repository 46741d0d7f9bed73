/* machine.c - on what, and when, something was measured. */
#include "tools/scale/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

double scale_load(void)
{
    double load;

    return getloadavg(&load, 1) == 1 ? load : NAN;
}

/* The name the system gives the processor; "" where it gives none. */
static void find_processor(char *name, size_t size)
{
    FILE *from = fopen("/proc/cpuinfo", "r");
    char line[512];

    while (from && fgets(line, sizeof line, from)) {
        char *value = strchr(line, ':');

        if (strncmp(line, "model name", 10) || !value)
            continue;
        value += strspn(value, ": \t");
        snprintf(name, size, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    if (from)
        fclose(from);
}

void scale_machine_look(struct scale_machine *m)
{
    struct weft_machine machine;
    struct utsname system;
    const time_t now = time(NULL);
    struct tm tm;

    *m = (struct scale_machine){.load_before = scale_load(), .load_after = NAN};
    if (!uname(&system)) {
        snprintf(m->name, sizeof m->name, "%s", system.nodename);
        snprintf(m->kernel, sizeof m->kernel, "%.20s %.60s %.40s", system.sysname, system.release, system.machine);
    }
    find_processor(m->processor, sizeof m->processor);
    if (gmtime_r(&now, &tm))
        strftime(m->when, sizeof m->when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!weft_machine_look(&machine, NULL)) {
        m->n_cores = machine.n_cores;
        m->n_threads = machine.n_pus;
        m->quota_cores = machine.quota_cores;
    }
}
