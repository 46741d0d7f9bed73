/* topo.c - the cores and memory of this machine, as far as this process may use them. */
#include "scheduler/topo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hwloc.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/quota.h"
#include "scheduler/sync.h"

/* The machine, looked at once in a process. Looking takes 1 ms on 2 cores, and making
 * hwloc ready (it loads its plugins anew whenever no topology is left) 2 to 6 ms: too
 * much for a pool that must start in one. Every later wf_topo_new() takes 0.05 ms. The
 * machine does not change once it is here; what may change - affinity, quota - is asked
 * anew each time. An atomic pointer, not a once or a lock: a fork in the middle leaves
 * the child nothing held. */
static _Atomic(hwloc_topology_t) machine;

/* Only the levels that are used, and no x86 component: sysfs has the same facts, and
 * that one moves the calling thread from core to core to read them. */
static int look(hwloc_topology_t *out, const char *synthetic)
{
    static const hwloc_obj_type_t levels[] = {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_CORE, HWLOC_OBJ_L1CACHE,
                                              HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
    hwloc_topology_t h;

    if (hwloc_topology_init(&h))
        return -1;
    hwloc_topology_set_all_types_filter(h, HWLOC_TYPE_FILTER_KEEP_NONE);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        hwloc_topology_set_type_filter(h, levels[i], HWLOC_TYPE_FILTER_KEEP_ALL);
    /* NUMA nodes smaller than a package hang on groups. */
    hwloc_topology_set_type_filter(h, HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE);
    hwloc_topology_set_components(h, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
    if ((synthetic && hwloc_topology_set_synthetic(h, synthetic)) || hwloc_topology_load(h)) {
        hwloc_topology_destroy(h);
        return -1;
    }
    *out = h;
    return 0;
}

static hwloc_topology_t machine_of_process(void)
{
    /* Acquire: pairs with the exchange below, so the tables behind it are there. */
    hwloc_topology_t h = wf_load_acquire(&machine), none = NULL;

    if (h || look(&h, NULL))
        return h;
    if (wf_cas(&machine, &none, h))
        return h;
    hwloc_topology_destroy(h); /* somebody else was first */
    return none;
}

/* The number of the level above `pu`; -1: there is none. */
static int above(hwloc_topology_t h, hwloc_obj_t pu, hwloc_obj_type_t type)
{
    const hwloc_obj_t obj = hwloc_get_ancestor_obj_by_type(h, type, pu);

    return obj ? (int)obj->logical_index : -1;
}

static int node_of(hwloc_topology_t h, hwloc_obj_t pu)
{
    const int os = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : -1;
    const hwloc_obj_t node = os < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(h, (unsigned)os);

    return node ? (int)node->logical_index : -1;
}

static int kind_of(hwloc_topology_t h, hwloc_obj_t pu)
{
    const int kind = hwloc_cpukinds_get_by_cpuset(h, pu->cpuset, 0);
    int efficiency;

    /* hwloc numbers kinds by rising efficiency, when it knows one. */
    if (kind < 0 || hwloc_cpukinds_get_info(h, (unsigned)kind, NULL, &efficiency, NULL, NULL, 0))
        return 0;
    return efficiency < 0 ? 0 : kind;
}

static size_t cache_bytes(hwloc_topology_t h, hwloc_obj_type_t type)
{
    const hwloc_obj_t obj = hwloc_get_obj_by_type(h, type, 0);

    return obj ? (size_t)obj->attr->cache.size : 0;
}

/* The PUs this thread may run on. NULL: no memory. */
static hwloc_bitmap_t allowed_set(hwloc_topology_t h)
{
    hwloc_bitmap_t set = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(h));
    hwloc_bitmap_t mine = hwloc_bitmap_alloc();

    if (set && mine && hwloc_topology_is_thissystem(h) &&
        hwloc_get_cpubind(h, mine, HWLOC_CPUBIND_THREAD) == 0 && hwloc_bitmap_intersects(set, mine))
        hwloc_bitmap_and(set, set, mine);
    if (!mine) {
        hwloc_bitmap_free(set);
        return NULL;
    }
    hwloc_bitmap_free(mine);
    return set;
}

/* How many different numbers >= 0 a level has. In logical order equal ones are neighbours. */
static int n_different(const struct wf_topo *t, size_t level)
{
    int n = 0, last = -1;

    for (int i = 0; i < t->n_pus; i++) {
        int id;

        memcpy(&id, (const char *)&t->pus[i] + level, sizeof id);
        n += id >= 0 && id != last;
        last = id;
    }
    return n;
}

static void count_levels(struct wf_topo *t)
{
    t->n_cores = n_different(t, offsetof(struct wf_pu, core));
    t->n_l2 = n_different(t, offsetof(struct wf_pu, l2));
    t->n_l3 = n_different(t, offsetof(struct wf_pu, l3));
    t->n_nodes = n_different(t, offsetof(struct wf_pu, node));
    t->n_packages = n_different(t, offsetof(struct wf_pu, package));
}

static weft_status fill(struct wf_topo *t, struct weft_error *err)
{
    hwloc_topology_t h = t->hwloc;
    hwloc_bitmap_t allowed = allowed_set(h);
    hwloc_obj_t pu = NULL;

    if (!allowed)
        return wf_error_nomem(err, "the set of allowed cores");
    t->pus = wf_alloc_zero((size_t)hwloc_bitmap_weight(allowed), sizeof *t->pus);
    if (!t->pus) {
        hwloc_bitmap_free(allowed);
        return wf_error_nomem(err, "the cores of this machine");
    }
    while ((pu = hwloc_get_next_obj_by_type(h, HWLOC_OBJ_PU, pu))) {
        struct wf_pu *p = &t->pus[t->n_pus];
        const int core = above(h, pu, HWLOC_OBJ_CORE);

        if (!hwloc_bitmap_isset(allowed, pu->os_index))
            continue;
        p->os = (int)pu->os_index;
        p->core = core >= 0 ? core : hwloc_get_nbobjs_by_type(h, HWLOC_OBJ_CORE) + (int)pu->logical_index;
        p->l2 = above(h, pu, HWLOC_OBJ_L2CACHE);
        p->l3 = above(h, pu, HWLOC_OBJ_L3CACHE);
        p->node = node_of(h, pu);
        p->package = above(h, pu, HWLOC_OBJ_PACKAGE);
        p->kind = kind_of(h, pu);
        p->thread = t->n_pus > 0 && p[-1].core == p->core ? p[-1].thread + 1 : 0;
        t->max_threads = p->thread >= t->max_threads ? p->thread + 1 : t->max_threads;
        t->n_kinds = p->kind >= t->n_kinds ? p->kind + 1 : t->n_kinds;
        t->n_pus++;
    }
    hwloc_bitmap_free(allowed);
    count_levels(t);
    t->l1_bytes = cache_bytes(h, HWLOC_OBJ_L1CACHE);
    t->l2_bytes = cache_bytes(h, HWLOC_OBJ_L2CACHE);
    t->l3_bytes = cache_bytes(h, HWLOC_OBJ_L3CACHE);
    return WEFT_OK;
}

enum { MAX_RANK = WF_TOPO_MAX_DISTANCE - 5 };

weft_status wf_topo_set_slit(struct wf_topo *t, int n_nodes, const uint64_t *values,
                             struct weft_error *err)
{
    const int n = n_nodes * n_nodes;
    uint8_t *remote = wf_alloc_zero((size_t)n, 1);
    uint64_t done = 0;

    if (!remote)
        return wf_error_nomem(err, "the NUMA distances");
    /* The rank of a value among the different ones off the diagonal: only order matters. */
    for (int rank = 0;; rank++) {
        uint64_t least = UINT64_MAX;

        for (int i = 0; i < n; i++)
            if (i / n_nodes != i % n_nodes && values[i] > done && values[i] < least)
                least = values[i];
        if (least == UINT64_MAX)
            break;
        for (int i = 0; i < n; i++)
            if (values[i] == least)
                remote[i] = (uint8_t)(rank < MAX_RANK ? rank : MAX_RANK);
        done = least;
    }
    wf_free(t->remote);
    t->remote = remote;
    t->n_slit = n_nodes;
    return WEFT_OK;
}

/* The system's table, if it has one, by logical node number. */
static weft_status read_slit(struct wf_topo *t, struct weft_error *err)
{
    hwloc_topology_t h = t->hwloc;
    const int n_nodes = hwloc_get_nbobjs_by_type(h, HWLOC_OBJ_NUMANODE);
    struct hwloc_distances_s *d = NULL;
    unsigned n_found = 1;
    uint64_t *values;
    weft_status st;

    if (t->n_nodes < 2 || hwloc_distances_get_by_name(h, "NUMALatency", &n_found, &d, 0) || !n_found)
        return WEFT_OK;
    values = wf_alloc_zero((size_t)n_nodes * (size_t)n_nodes, sizeof *values);
    if (!values) {
        hwloc_distances_release(h, d);
        return wf_error_nomem(err, "the NUMA distances");
    }
    for (unsigned i = 0; i < d->nbobjs; i++)
        for (unsigned k = 0; k < d->nbobjs; k++)
            if (d->objs[i] && d->objs[k])
                values[d->objs[i]->logical_index * (unsigned)n_nodes + d->objs[k]->logical_index] =
                    d->values[i * d->nbobjs + k];
    hwloc_distances_release(h, d);
    st = wf_topo_set_slit(t, n_nodes, values, err);
    wf_free(values);
    return st;
}

weft_status wf_topo_of(struct wf_topo **out, void *hwloc, struct weft_error *err)
{
    struct wf_topo *t = wf_alloc_zero(1, sizeof *t);
    weft_status st;

    if (!t)
        return wf_error_nomem(err, "the machine's topology");
    t->hwloc = hwloc;
    st = fill(t, err);
    if (st)
        goto out;
    st = read_slit(t, err);
    if (st)
        goto out;
    *out = t;
    t = NULL;
out:
    wf_topo_free(t);
    return st;
}

weft_status wf_topo_new(struct wf_topo **out, const char *synthetic, struct weft_error *err)
{
    hwloc_topology_t h = NULL;
    weft_status st;

    if (synthetic && look(&h, synthetic))
        return weft_error_set(err, WEFT_INVALID, "topology '%s': hwloc cannot read it", synthetic);
    if (!synthetic && !(h = machine_of_process()))
        return weft_error_set(err, WEFT_UNSUPPORTED, "topology: hwloc cannot look at this machine");
    st = wf_topo_of(out, h, err);
    if (!st && synthetic)
        (*out)->own_hwloc = true;
    else if (!st)
        (*out)->quota_cores = wf_quota_cores("");
    else if (synthetic)
        hwloc_topology_destroy(h);
    return st;
}

void wf_topo_free(struct wf_topo *t)
{
    if (!t)
        return;
    if (t->own_hwloc)
        hwloc_topology_destroy(t->hwloc);
    wf_free(t->pus);
    wf_free(t->remote);
    wf_free(t);
}

int wf_topo_n_pus(const struct wf_topo *t)
{
    return t->n_pus;
}

int wf_topo_n_cores(const struct wf_topo *t)
{
    return t->n_cores;
}

int wf_topo_n_workers(const struct wf_topo *t)
{
    const double quota = ceil(t->quota_cores);

    return quota >= 1 && quota < t->n_cores ? (int)quota : t->n_cores;
}

void wf_topo_place(const struct wf_topo *t, int n_workers, int *pu_of_worker)
{
    int n = 0;

    WF_ASSERT(t->n_pus > 0);
    while (n < n_workers)
        for (int thread = 0; thread < t->max_threads; thread++)
            for (int kind = t->n_kinds - 1; kind >= 0; kind--)
                for (int pu = 0; pu < t->n_pus && n < n_workers; pu++)
                    if (t->pus[pu].thread == thread && t->pus[pu].kind == kind)
                        pu_of_worker[n++] = pu;
}

bool wf_topo_pins(const struct wf_topo *t, int n_workers)
{
    return n_workers >= t->n_cores;
}

weft_status wf_topo_pin(const struct wf_topo *t, int pu)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    int rc = -1;

    WF_ASSERT(pu >= 0 && pu < t->n_pus);
    if (set) {
        hwloc_bitmap_only(set, (unsigned)t->pus[pu].os);
        rc = hwloc_set_cpubind(t->hwloc, set, HWLOC_CPUBIND_THREAD);
    }
    hwloc_bitmap_free(set);
    return rc ? WEFT_UNSUPPORTED : WEFT_OK;
}

/* As long as the node has room, else anywhere: BIND, which is not STRICT, means that. */
static void bind_to_node(void *self, int node, void *p, size_t bytes)
{
    const struct wf_topo *t = self;
    const hwloc_obj_t obj = hwloc_get_obj_by_type(t->hwloc, HWLOC_OBJ_NUMANODE, (unsigned)node);

    if (obj)
        hwloc_set_area_membind(t->hwloc, p, bytes, obj->nodeset, HWLOC_MEMBIND_BIND, HWLOC_MEMBIND_BYNODESET);
}

void wf_topo_settle(const struct wf_topo *t, int pu)
{
    if (wf_topo_pin(t, pu) == WEFT_OK && t->n_nodes > 1)
        wf_mem_home(t->pus[pu].node, bind_to_node, (void *)t);
}

int wf_topo_distance(const struct wf_topo *t, int pu_a, int pu_b)
{
    const struct wf_pu *a = &t->pus[pu_a], *b = &t->pus[pu_b];
    const bool same_package = a->package == b->package;

    if (a->core == b->core)
        return 0;
    if (a->l2 >= 0 && a->l2 == b->l2)
        return 1;
    if (a->l3 >= 0 && a->l3 == b->l3)
        return 2;
    if (a->node == b->node)
        return same_package ? 3 : 4;
    if (a->package >= 0 && same_package)
        return 4;
    if (a->node < 0 || b->node < 0 || a->node >= t->n_slit || b->node >= t->n_slit)
        return 5;
    return 5 + t->remote[a->node * t->n_slit + b->node];
}
