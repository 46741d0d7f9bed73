/* quota.c - how many cores' worth of time the process's cgroup grants it. */
#include "scheduler/quota.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first line of the file dir/name; false: there is none. */
static bool first_line(const char *dir, const char *name, char *line, int size)
{
    char path[PATH_MAX];
    FILE *f;
    bool got;

    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return false;
    f = fopen(path, "re");
    if (!f)
        return false;
    got = fgets(line, size, f) != NULL;
    fclose(f);
    return got;
}

/* Both answer the cores one directory grants; 0: it sets no limit. */
static double granted_v2(const char *dir)
{
    char line[128];
    double quota, period;

    /* "max 100000" or "150000 100000" */
    if (!first_line(dir, "cpu.max", line, sizeof line))
        return 0;
    return sscanf(line, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0 ? quota / period : 0;
}

static double granted_v1(const char *dir)
{
    char line[128];
    double quota, period;

    /* -1: no limit */
    if (!first_line(dir, "cpu.cfs_quota_us", line, sizeof line))
        return 0;
    quota = atof(line);
    if (quota <= 0 || !first_line(dir, "cpu.cfs_period_us", line, sizeof line))
        return 0;
    period = atof(line);
    return period > 0 ? quota / period : 0;
}

/* The least that mount/path and the directories above it, down to `mount`, grant. A
 * path that is not there is a container's: what it sees starts at the mount. */
static double least(const char *mount, const char *path, double (*granted)(const char *dir))
{
    const size_t n_mount = strlen(mount);
    char dir[PATH_MAX];
    double cores = 0;

    /* "/../x": the process's cgroup lies outside of what is mounted here. */
    if (strstr(path, "/.."))
        path = "";
    if (snprintf(dir, sizeof dir, "%s%s", mount, path) >= (int)sizeof dir)
        return 0;
    for (;;) {
        const double here = granted(dir);
        char *slash = strrchr(dir, '/');

        if (here > 0 && (cores == 0 || here < cores))
            cores = here;
        if (!slash || strlen(dir) <= n_mount)
            return cores;
        *slash = '\0';
    }
}

static double smaller(double a, double b)
{
    if (a > 0 && b > 0)
        return a < b ? a : b;
    return a > 0 ? a : b;
}

/* Whether the comma-separated list of controllers has "cpu". */
static bool has_cpu(const char *controllers)
{
    for (const char *p = controllers; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, "cpu", 3) == 0 && (p[3] == ',' || p[3] == '\0'))
            return true;
    }
    return false;
}

/* One line of /proc/self/cgroup: "0::/path" (version 2) or "4:cpu,cpuacct:/path". */
static double granted_by(const char *root, char *line)
{
    char mount[PATH_MAX];
    char *controllers = strchr(line, ':');
    char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    double cores = 0;

    if (!path)
        return 0;
    *path++ = '\0';
    controllers++;
    path[strcspn(path, "\n")] = '\0';
    if (!*controllers) {
        /* Alone, or beside version 1 under "unified". */
        static const char *const mounts[] = {"", "/unified"};

        for (int i = 0; i < 2; i++) {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s", root, mounts[i]);
            cores = smaller(cores, least(mount, path, granted_v2));
        }
    } else if (has_cpu(controllers)) {
        const char *const mounts[] = {controllers, "cpu"};

        for (int i = 0; i < (strcmp(controllers, "cpu") == 0 ? 1 : 2); i++) {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root, mounts[i]);
            cores = smaller(cores, least(mount, path, granted_v1));
        }
    }
    return cores;
}

double wf_quota_cores(const char *root)
{
    char path[PATH_MAX], line[PATH_MAX];
    double cores = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    f = fopen(path, "re");
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        cores = smaller(cores, granted_by(root, line));
    fclose(f);
    return cores;
}
