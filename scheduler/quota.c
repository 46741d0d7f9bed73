/* quota.c - how much of the machine the process's cgroup grants it. */
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

/* What is granted, and how a directory of each version of cgroups says it: 0: no limit. */
struct grant {
    const char *controller;
    double    (*v2)(const char *dir), (*v1)(const char *dir);
};

static double cores_v2(const char *dir)
{
    char line[128];
    double quota, period;

    /* "max 100000" or "150000 100000" */
    if (!first_line(dir, "cpu.max", line, sizeof line))
        return 0;
    return sscanf(line, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0 ? quota / period : 0;
}

static double cores_v1(const char *dir)
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

static double bytes_v2(const char *dir)
{
    char line[128];

    return first_line(dir, "memory.max", line, sizeof line) ? atof(line) : 0; /* "max": 0 */
}

static double bytes_v1(const char *dir)
{
    char line[128];
    const double bytes = first_line(dir, "memory.limit_in_bytes", line, sizeof line) ? atof(line) : 0;

    return bytes < 0x1p62 ? bytes : 0; /* no limit: as many whole pages as int64 has bytes */
}

static const struct grant cores = {"cpu", cores_v2, cores_v1}, bytes = {"memory", bytes_v2, bytes_v1};

/* The least that mount/path and the directories above it, down to `mount`, grant. A
 * path that is not there is a container's: what it sees starts at the mount. */
static double least(const char *mount, const char *path, double (*granted)(const char *dir))
{
    const size_t n_mount = strlen(mount);
    char dir[PATH_MAX];
    double least_yet = 0;

    /* "/../x": the process's cgroup lies outside of what is mounted here. */
    if (strstr(path, "/.."))
        path = "";
    if (snprintf(dir, sizeof dir, "%s%s", mount, path) >= (int)sizeof dir)
        return 0;
    for (;;) {
        const double here = granted(dir);
        char *slash = strrchr(dir, '/');

        if (here > 0 && (least_yet == 0 || here < least_yet))
            least_yet = here;
        if (!slash || strlen(dir) <= n_mount)
            return least_yet;
        *slash = '\0';
    }
}

static double smaller(double a, double b)
{
    if (a > 0 && b > 0)
        return a < b ? a : b;
    return a > 0 ? a : b;
}

/* Whether the comma-separated list has this controller. */
static bool has(const char *controllers, const char *controller)
{
    const size_t n = strlen(controller);

    for (const char *p = controllers; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, controller, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return false;
}

/* One line of /proc/self/cgroup: "0::/path" (version 2) or "4:cpu,cpuacct:/path". */
static double granted_by(const char *root, const struct grant *what, char *line)
{
    char mount[PATH_MAX];
    char *controllers = strchr(line, ':');
    char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    double granted = 0;

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
            granted = smaller(granted, least(mount, path, what->v2));
        }
    } else if (has(controllers, what->controller)) {
        const char *const mounts[] = {controllers, what->controller};

        for (int i = 0; i < (strcmp(controllers, what->controller) == 0 ? 1 : 2); i++) {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root, mounts[i]);
            granted = smaller(granted, least(mount, path, what->v1));
        }
    }
    return granted;
}

static double least_of(const char *root, const struct grant *what)
{
    char path[PATH_MAX], line[PATH_MAX];
    double granted = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    f = fopen(path, "re");
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        granted = smaller(granted, granted_by(root, what, line));
    fclose(f);
    return granted;
}

double wf_quota_cores(const char *root)
{
    return least_of(root, &cores);
}

double wf_quota_bytes(const char *root)
{
    return least_of(root, &bytes);
}
