/* quota.h - how much of the machine the process's cgroup grants it.
 *
 * The quota of cores bounds time, not cores: hwloc and the affinity mask do not see it, and
 * workers beyond it only get each other throttled.
 */
#ifndef WF_QUOTA_H
#define WF_QUOTA_H

/* quota / period of the cgroup of this process or of the parent that grants least;
 * cgroup 2 (cpu.max) and cgroup 1 (cpu.cfs_quota_us). 0: no limit, or none that can
 * be read. `root` is put before /proc and /sys, for tests: "" is this machine. */
double wf_quota_cores(const char *root);

/* The same for bytes of memory: memory.max, memory.limit_in_bytes. */
double wf_quota_bytes(const char *root);

#endif
