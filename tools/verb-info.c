/* verb-info.c - the machine and the build, as Weft uses them. */
#include "tools/verb.h"

#include <stdio.h>

#include <weft/weft.h>

static int info(int argc, char **argv)
{
    struct weft_error err;
    const char *features = weft_features();

    if (argc > 1)
        return misused(argv[0], "'%s' is one argument too many", argv[1]);
    printf("weft      %s\n", weft_version());
    printf("parts     %s%s%s\n", features, *features && HAVE_GRAPHVIZ ? ", " : "", HAVE_GRAPHVIZ ? "graphviz" : "");
    printf("loops     %s\n", weft_isa());
    fflush(stdout);
    if (weft_machine_print(stdout, &err)) {
        weft_error_print(&err, stderr);
        return 1;
    }
    return 0;
}

const struct verb verb_info = {
    .summary = "this machine and this build, as Weft uses them",
    .usage =
        "usage: weft info\n"
        "\n"
        "Prints the version and the optional parts of this build; the instruction set its\n"
        "loops use (WEFT_ISA changes that); the cores and caches this process may use, by its\n"
        "cpuset, affinity mask and cgroup quota; how many workers a pool has unless told\n"
        "otherwise (`weft config` tells what changes that), where they sit, and in which order\n"
        "the first one robs the others.\n",
    .run = info,
};
