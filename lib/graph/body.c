/* body.c - where a body lives, so that another process can find it. */
#include <weft/graph.h>

#include <dlfcn.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/object.h"

weft_status weft_body_name(weft_body *body, struct weft_body_name *out, struct weft_error *err)
{
    const void *address = (const void *)(uintptr_t)body;
    struct wf_object o;
    Dl_info info;

    if (!wf_object_of(&o, address))
        return weft_error_set(err, WEFT_NOT_FOUND, "the body at %p is in no loaded object", address);
    *out = (struct weft_body_name){.offset = (uintptr_t)body - o.base, .n_build_id = o.n_build_id};
    memcpy(out->build_id, o.build_id, sizeof o.build_id);
    snprintf(out->object, sizeof out->object, "%s", o.file[0] ? o.file : "/proc/self/exe");
    if (dladdr(address, &info) && info.dli_sname && info.dli_saddr == address)
        snprintf(out->symbol, sizeof out->symbol, "%s", info.dli_sname);
    return WEFT_OK;
}

weft_status weft_body_find(const struct weft_body_name *name, weft_body **out, struct weft_error *err)
{
    void *object, *symbol;
    struct wf_object o;

    if (wf_object_find(&o, name->build_id, name->n_build_id)) {
        *out = (weft_body *)(o.base + name->offset);
        return WEFT_OK;
    }
    if (!name->symbol[0])
        return weft_error_set(err, WEFT_NOT_FOUND, "no loaded object has the build-id of %s", name->object);
    object = dlopen(name->object, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        return weft_error_set(err, WEFT_NOT_FOUND, "%s", dlerror());
    symbol = dlsym(object, name->symbol);
    if (!symbol) {
        weft_error_set(err, WEFT_NOT_FOUND, "%s has no symbol \"%s\"", name->object, name->symbol);
        dlclose(object);
        return WEFT_NOT_FOUND;
    }
    *out = (weft_body *)(uintptr_t)symbol;
    return WEFT_OK;
}
