/* weft/machine.h - this machine and this build, as Weft sees and uses them.
 *
 * What is counted is what this process may use: the cores in its cpuset and in the
 * affinity mask of the calling thread. `weft info` prints all of it.
 */
#ifndef WEFT_MACHINE_H
#define WEFT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <weft/status.h>

WEFT_BEGIN

/* Filled by weft_machine_look(); zeros where the system does not say. */
struct weft_machine {
    int    n_packages;
    int    n_nodes;      /* NUMA nodes */
    int    n_l3, n_l2;   /* groups of cores that share one */
    int    n_cores;
    int    n_pus;        /* hardware threads */
    size_t l1_bytes, l2_bytes, l3_bytes; /* of one such cache */
    double quota_cores;  /* the least cpu.max of the process's cgroups; 0: no limit */
    int    n_workers;    /* of weft_pool_new(NULL), here and now */
    bool   pinned;       /* whether those are pinned: each has a core of its own */
};

WEFT_API weft_status weft_machine_look(struct weft_machine *out, struct weft_error *err);

/* The same as text, then which worker sits where and whom the first one robs first. */
WEFT_API weft_status weft_machine_print(FILE *to, struct weft_error *err);

WEFT_API const char *weft_version(void); /* "0.1.0" */

/* Which loops run here: "v2", "v3" or "v4" of the x86-64 levels, "base" elsewhere. WEFT_ISA
 * asks for a lower one. */
WEFT_API const char *weft_isa(void);

/* The optional parts in this build, "jemalloc, paranoid"; "" when there is none. */
WEFT_API const char *weft_features(void);

WEFT_END
#endif
