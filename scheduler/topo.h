/* topo.h - the cores and memory of this machine, as far as this process may use them.
 *
 * The only door to hwloc. A processing unit (PU: one hardware thread) is named by
 * its number among the allowed ones, 0 <= pu < n_pus, in hwloc's logical order, so
 * neighbours in number are neighbours on the machine.
 *
 * Allowed are the PUs in the cpuset of the process's cgroup and in the affinity mask
 * of the calling thread, which is what a thread started now would inherit.
 *
 * Threads: a wf_topo is not changed after it is made; any thread may read it.
 */
#ifndef WF_TOPO_H
#define WF_TOPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/status.h>

/* Where a PU sits. Numbers are hwloc's logical ones; -1: the machine has no such level. */
struct wf_pu {
    int os;                             /* the system's number, as in taskset */
    int core, l2, l3, node, package;    /* core is never -1: a PU without one is its own */
    int thread;                         /* 0: the first allowed PU of its core */
    int kind;                           /* of hybrid processors: bigger is faster */
};

struct wf_topo {
    int           n_pus, n_cores, n_l2, n_l3, n_nodes, n_packages; /* allowed ones */
    int           n_kinds, max_threads; /* kinds of cores; most allowed PUs in one core */
    struct wf_pu *pus;
    size_t        l1_bytes, l2_bytes, l3_bytes; /* of one such cache, the first; 0: unknown */
    double        quota_cores;          /* the cgroup's cpu.max; 0: no limit */
    int           n_slit;               /* remote[a * n_slit + b]: see wf_topo_distance() */
    uint8_t      *remote;
    void         *hwloc;
    bool          own_hwloc;            /* false: the one this process shares, or lent */
};

/* `synthetic`: a machine as hwloc describes it ("node:2 l3:2 core:4 pu:2"), for tests;
 * NULL: this one. */
weft_status wf_topo_new(struct wf_topo **out, const char *synthetic, struct weft_error *err);
/* Of an hwloc_topology_t that is loaded, lent until wf_topo_free(): tests make machines
 * that no description can tell, with kinds of cores, distances and forbidden cores. */
weft_status wf_topo_of(struct wf_topo **out, void *hwloc, struct weft_error *err);
void        wf_topo_free(struct wf_topo *t); /* NULL is fine */

int wf_topo_n_pus(const struct wf_topo *t);
int wf_topo_n_cores(const struct wf_topo *t);
/* How many workers a pool has unless somebody says: one per core, no more than the cgroup's
 * quota rounded up. */
int wf_topo_n_workers(const struct wf_topo *t);
enum { WF_MAX_WORKERS = 4096 };

/* Which PU each worker belongs to: one worker per core first, then the second PUs of
 * the cores, and so on; round again when there are more workers than PUs. Fast cores
 * before slow ones. Among equals packed: worker w + 1 sits next to worker w, so a
 * small pool shares caches. */
void wf_topo_place(const struct wf_topo *t, int n_workers, int *pu_of_worker);

/* Whether such workers should be pinned: only if there is one for every core. Fewer
 * means that somebody else has a share of the machine - another pool, another process
 * under the same kind of quota - who would be pinned to the same first cores. */
bool wf_topo_pins(const struct wf_topo *t, int n_workers);

/* Pins the calling thread. A failure (WEFT_UNSUPPORTED) costs speed, nothing else. */
weft_status wf_topo_pin(const struct wf_topo *t, int pu);

/* For a worker at its start, on a machine with several NUMA nodes: pins it, and what it
 * allocates lies on the node of its PU (see wf_mem_home()) until it ends or settles
 * elsewhere; the topology must live as long. With one node it only pins. */
void wf_topo_settle(const struct wf_topo *t, int pu);

/* How far apart: 0 same core, 1 same L2, 2 same L3, 3 same NUMA node, 4 same package,
 * 5 elsewhere; 6, 7, ... elsewhere and further by the system's NUMA distances (SLIT). */
int wf_topo_distance(const struct wf_topo *t, int pu_a, int pu_b);
enum { WF_TOPO_MAX_DISTANCE = 31 };

/* NUMA distances as the system gives them, n_nodes x n_nodes, by node number. Done by
 * wf_topo_new() where the machine has a table; tests bring their own. */
weft_status wf_topo_set_slit(struct wf_topo *t, int n_nodes, const uint64_t *values,
                             struct weft_error *err);

#endif
