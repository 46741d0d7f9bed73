/* machine.c - on what machine, and with what, the figures were taken. */
#include "bench/support/machine.h"

#include <sched.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The value of the first line that begins with `name`, less blanks, colons, equal signs
 * and quotes around it. */
static void read_value(char *out, size_t size, const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    char  line[512];

    snprintf(out, size, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        const char *at = line + strlen(name);

        if (strncmp(line, name, strlen(name)))
            continue;
        at += strspn(at, " \t:=\"");
        snprintf(out, size, "%.*s", (int)strcspn(at, "\"\n"), at);
        break;
    }
    if (f)
        fclose(f);
}

static int count_cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) ? 0 : CPU_COUNT(&set);
}

void bench_machine_print(FILE *to)
{
    const double   gib = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / (1 << 30);
    struct utsname system;
    char           model[128], release[128];

    read_value(model, sizeof model, "/proc/cpuinfo", "model name");
    read_value(release, sizeof release, "/etc/os-release", "PRETTY_NAME");
    if (uname(&system))
        snprintf(system.release, sizeof system.release, "unknown");
    fprintf(to, "%s, %d cores, %.0f GiB; Linux %s, %s.\n%s.\n", model, count_cores(), gib,
            system.release, release, BENCH_VERSIONS);
}
