/* test_quota.c - every way a cgroup can bound the processor and the memory. */
#include "scheduler/quota.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/tempdir.h"

/* A root directory with these files, as pairs of path and text, ended by NULL. */
static double quota_of(double (*quota)(const char *root), const char *const *files)
{
    char *root = tempdir_new();
    double granted;

    for (; files[0]; files += 2)
        tempdir_write(root, files[0], files[1]);
    granted = quota(root);
    tempdir_remove(root);
    return granted;
}

#define QUOTA(...) quota_of(wf_quota_cores, (const char *const[]){__VA_ARGS__, NULL})
#define BYTES(...) quota_of(wf_quota_bytes, (const char *const[]){__VA_ARGS__, NULL})

Test(quota, version_2_is_quota_over_period)
{
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/job\n",
                             "sys/fs/cgroup/job/cpu.max", "150000 100000\n"), 1.5, 1e-12);
}

Test(quota, max_is_no_limit)
{
    cr_assert_eq(QUOTA("proc/self/cgroup", "0::/job\n", "sys/fs/cgroup/job/cpu.max", "max 100000\n"), 0);
}

Test(quota, the_parent_that_grants_least_decides)
{
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/a/b/c\n",
                             "sys/fs/cgroup/a/cpu.max", "200000 100000\n",
                             "sys/fs/cgroup/a/b/cpu.max", "100000 100000\n",
                             "sys/fs/cgroup/a/b/c/cpu.max", "400000 100000\n"), 1.0, 1e-12);
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/a/b\n",
                             "sys/fs/cgroup/a/cpu.max", "max 100000\n",
                             "sys/fs/cgroup/a/b/cpu.max", "50000 100000\n"), 0.5, 1e-12);
}

Test(quota, inside_a_container_the_root_is_the_group)
{
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/\n", "sys/fs/cgroup/cpu.max", "300000 100000\n"),
                       3.0, 1e-12);
    /* A path of the host, which is not there in here. */
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/docker/0123456789abcdef\n",
                             "sys/fs/cgroup/cpu.max", "300000 100000\n"), 3.0, 1e-12);
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "0::/../other\n",
                             "sys/fs/cgroup/cpu.max", "250000 100000\n"), 2.5, 1e-12);
}

Test(quota, version_1_is_read_under_its_own_names)
{
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/job\n",
                             "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n",
                             "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n"), 2.5, 1e-12);
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "4:cpuacct,cpu:/job\n",
                             "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "50000\n",
                             "sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n"), 0.5, 1e-12);
    cr_assert_eq(QUOTA("proc/self/cgroup", "4:cpu:/job\n",
                       "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n",
                       "sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n"), 0);
}

Test(quota, cpuset_and_cpuacct_are_not_cpu)
{
    cr_assert_eq(QUOTA("proc/self/cgroup", "4:cpuset:/job\n3:cpuacct:/job\n",
                       "sys/fs/cgroup/cpuset/job/cpu.cfs_quota_us", "100000\n",
                       "sys/fs/cgroup/cpuset/job/cpu.cfs_period_us", "100000\n",
                       "sys/fs/cgroup/cpuacct/job/cpu.cfs_quota_us", "100000\n",
                       "sys/fs/cgroup/cpuacct/job/cpu.cfs_period_us", "100000\n"), 0);
}

Test(quota, with_both_versions_the_smaller_counts)
{
    cr_assert_float_eq(QUOTA("proc/self/cgroup", "3:cpu:/job\n0::/slice/job\n",
                             "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "800000\n",
                             "sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n",
                             "sys/fs/cgroup/unified/slice/cpu.max", "200000 50000\n"), 4.0, 1e-12);
}

Test(quota, what_cannot_be_read_is_no_limit)
{
    cr_assert_eq(wf_quota_cores("/there/is/no/such/root"), 0);
    cr_assert_eq(QUOTA("proc/self/cgroup", ""), 0);
    cr_assert_eq(QUOTA("proc/self/cgroup", "no colons at all\n:\n::\n"), 0);
    cr_assert_eq(QUOTA("proc/self/cgroup", "0::/job\n", "sys/fs/cgroup/job/cpu.max", "\n"), 0);
    cr_assert_eq(QUOTA("proc/self/cgroup", "0::/job\n", "sys/fs/cgroup/job/cpu.max", "100000 0\n"), 0);
    cr_assert_eq(QUOTA("proc/self/cgroup", "0::/job\n", "sys/fs/cgroup/job/cpu.max", "-5 100000\n"), 0);
}

Test(quota, memory_is_what_the_group_or_a_parent_may_have)
{
    cr_assert_eq(BYTES("proc/self/cgroup", "0::/a/b\n", "sys/fs/cgroup/a/memory.max", "1073741824\n",
                       "sys/fs/cgroup/a/b/memory.max", "max\n"), 1073741824.0);
    cr_assert_eq(BYTES("proc/self/cgroup", "0::/a\n", "sys/fs/cgroup/a/memory.max", "max\n",
                       "sys/fs/cgroup/a/cpu.max", "150000 100000\n"), 0);
    cr_assert_eq(BYTES("proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/job\n",
                       "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n",
                       "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096\n"), 4096);
    cr_assert_eq(BYTES("proc/self/cgroup", "5:memory:/x\n",
                       "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n"), 0);
}
