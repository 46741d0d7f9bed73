/* token.c - what identifies a program: its instructions, constants and functions, and no
 * address, so that every process has the same token for it. */
#include "lib/expr/token.h"

#include <string.h>

#include "lib/base/object.h"
#include "lib/expr/ins.h"

static struct wf_token add_int(struct wf_token t, int64_t x)
{
    return wf_token_add(t, &x, sizeof x);
}

static struct wf_token add_text(struct wf_token t, const char *text)
{
    return wf_token_add(t, text, strlen(text) + 1);
}

/* A function by the build of the object it is in, and its place there. In an object without
 * a build-id, and of a context that is a bare pointer, equal ones are so in this process only. */
static struct wf_token add_fn(struct wf_token t, const struct weft_batch_fn *fn, bool *is_certain)
{
    struct wf_object o = {0};
    const void *body;

    memcpy(&body, &fn->fn, sizeof body);
    if (!wf_object_of(&o, body) || !o.n_build_id)
        *is_certain = false;
    t = wf_token_add(add_text(t, fn->name), o.build_id, sizeof o.build_id);
    t = add_int(t, (int64_t)((uintptr_t)body - o.base));
    t = add_int(t, fn->sees_nulls);
    if (fn->ctx_bytes)
        return wf_token_add(t, fn->ctx, fn->ctx_bytes);
    if (fn->ctx)
        *is_certain = false;
    return add_int(t, (int64_t)(intptr_t)fn->ctx);
}

struct wf_token wf_program_hash(const struct wf_program *p, bool *is_certain)
{
    struct wf_token t = add_text((struct wf_token){0, 0}, "weft program 1");

    *is_certain = true;
    for (int32_t v = 0; v < p->n_values; v++) {
        const struct wf_place *place = &p->values[v];

        t = add_int(t, (int64_t)place->dtype);
        if (place->constant && place->is_null)
            t = add_text(t, "null");
        else if (place->constant)
            t = wf_token_add(t, place->constant, weft_dtype_size(place->dtype));
    }
    if (p->literals)
        t = wf_token_add(t, p->literals->data, p->literals->bytes);
    for (int32_t i = 0; i < p->n_ins; i++) {
        const struct wf_ins *ins = &p->ins[i];

        t = add_int(add_int(t, (int64_t)ins->kind), (int64_t)ins->op);
        for (int k = 0; k < ins->n_args; k++)
            t = add_int(t, ins->args[k]);
        if (ins->fn)
            t = add_fn(t, ins->fn, is_certain);
    }
    for (int32_t j = 0; j < p->n_outputs; j++)
        t = add_int(t, p->outputs[j]);
    return t;
}
