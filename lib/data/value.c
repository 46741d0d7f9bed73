/* value.c - what a task gives: any value, with its type. */
#include "lib/data/value.h"

#include <math.h>

#include <weft/block.h>

/* Numbers live in the value, so there is nothing to free, and sharing is copying. */
const struct weft_type weft_type_f64  = {.name = "float64"};
const struct weft_type weft_type_i64  = {.name = "int64"};
const struct weft_type weft_type_bool = {.name = "bool"};

double weft_value_to_f64(struct weft_value v)
{
    const weft_block *b = weft_value_block(v);

    if (b)
        return weft_block_n_elems(b) == 1 ? weft_block_f64_at(b, 0) : NAN;
    if (!wf_type_is_number(v.type))
        return NAN;
    return v.type == &weft_type_f64 ? v.as.f64 : (double)v.as.i64;
}

int64_t weft_value_to_i64(struct weft_value v)
{
    const weft_block *b = weft_value_block(v);

    if (b)
        return weft_block_n_elems(b) == 1 ? weft_block_i64_at(b, 0) : 0;
    if (!wf_type_is_number(v.type))
        return 0;
    return v.type == &weft_type_f64 ? (int64_t)v.as.f64 : v.as.i64;
}

void *weft_value_ptr(struct weft_value v, const struct weft_type *type)
{
    return v.type == type ? v.as.ptr : NULL;
}

size_t weft_value_bytes(struct weft_value v)
{
    return v.type && v.type->bytes ? v.type->bytes(v.as.ptr) : 0;
}

void weft_value_release(struct weft_value v)
{
    if (v.type && v.type->free)
        v.type->free(v.as.ptr);
}

weft_status weft_value_retain(struct weft_value v, struct weft_value *out)
{
    struct weft_value held = v;

    if (v.type && !wf_type_is_number(v.type)) {
        if (v.type->share)
            held.as.ptr = v.type->share(v.as.ptr);
        else if (v.type->copy)
            held.as.ptr = v.type->copy(v.as.ptr);
        else
            return WEFT_UNSUPPORTED;
        if (!held.as.ptr)
            return WEFT_NOMEM;
    }
    *out = held;
    return WEFT_OK;
}
