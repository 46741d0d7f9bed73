/* object.h - which loaded object an address lies in, as another process would find it. */
#ifndef WF_OBJECT_H
#define WF_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

enum { WF_BUILD_ID = 20 };

struct wf_object {
    const char *file;     /* as the loader has it, "" for the program; lent as long as it is loaded */
    uintptr_t   base;     /* where it was loaded: an address less this means the same in every process */
    uint8_t     build_id[WF_BUILD_ID]; /* of its note; zero behind n_build_id */
    int         n_build_id;            /* 0: none */
};

/* False: none. */
bool wf_object_of(struct wf_object *out, const void *address);
bool wf_object_find(struct wf_object *out, const uint8_t build_id[WF_BUILD_ID], int n_build_id);

#endif
