#include "lib/base/about.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

Test(about, a_program_is_named_with_its_arguments)
{
    struct wf_about a;

    wf_about_look(&a);
    cr_assert(!strncmp(a.program, program_invocation_name, strlen(program_invocation_name)), "%s", a.program);
    /* What the system tells of a process is what stands where its arguments were. */
    cr_assert_geq(strlen(program_invocation_name), 11);
    memcpy(program_invocation_name, "run\0--all\0x", 12);
    wf_about_look(&a);
    cr_assert(!strncmp(a.program, "run --all x", 11), "%s", a.program);
    cr_assert_neq(a.program[strlen(a.program) - 1], ' ');
}

Test(about, a_machine_is_what_the_system_says)
{
    struct wf_about a;
    char line[512], name[512] = "";
    unsigned long long kib = 0;
    FILE *f = fopen("/proc/meminfo", "r");

    cr_assert(f && fscanf(f, "MemTotal: %llu kB", &kib) == 1);
    fclose(f);
    f = fopen("/proc/cpuinfo", "r");
    while (f && !*name && fgets(line, sizeof line, f))
        sscanf(line, "model name : %511[^\n]", name);
    if (f)
        fclose(f);
    wf_about_look(&a);
    cr_assert_eq(a.memory_bytes, kib << 10);
    cr_assert_str_eq(a.machine, name);
    cr_assert_eq(a.n_cores, sysconf(_SC_NPROCESSORS_ONLN));
}
