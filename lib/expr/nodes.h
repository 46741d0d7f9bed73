/* nodes.h - the distinct computations of some expressions, operands before their users. */
#ifndef WF_NODES_H
#define WF_NODES_H

#include "lib/base/map.h"
#include "lib/expr/expr.h"

struct wf_node {
    const struct wf_expr *e;
    const int32_t        *args; /* nodes */
};

struct wf_nodes {
    struct wf_arena arena;
    struct wf_map   seen;  /* an expression, by its address -> node */
    struct wf_map   keys;  /* what it computes -> node */
    struct wf_node *at;
    int32_t         n, room;
};

void wf_nodes_init(struct wf_nodes *s);
void wf_nodes_fini(struct wf_nodes *s);

/* The node of `e`, with all below it: those that compute the same are one. */
weft_status wf_nodes_add(struct wf_nodes *s, const struct wf_expr *e, int32_t *node,
                         struct weft_error *err);

#endif
