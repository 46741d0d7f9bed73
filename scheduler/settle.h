/* settle.h - what a pool is to be: its spec, and the configuration where that leaves it open. */
#ifndef WF_SETTLE_H
#define WF_SETTLE_H

#include <weft/pool.h>

/* A spec with nothing left open but the number of workers, which depends on the machine. */
struct wf_settled {
    struct weft_pool_spec spec;
    weft_config          *config; /* read for it, and holding its texts; NULL: the program's */
    struct wf_outlets    *outlets;/* what it shows and leaves behind; NULL: nothing. The pool takes it */
};

/* `spec` may be NULL. `is_inner`: it is part of another pool, which tells of both. On an error there is
 * nothing to fini. */
weft_status wf_settle(struct wf_settled *out, const struct weft_pool_spec *spec, bool is_inner, struct weft_error *err);
void        wf_settled_fini(struct wf_settled *s);

#endif
