/* value.h - values from inside: which live in their two words. */
#ifndef WF_VALUE_H
#define WF_VALUE_H

#include <weft/value.h>

static inline bool wf_type_is_number(const struct weft_type *type)
{
    return type == &weft_type_f64 || type == &weft_type_i64 || type == &weft_type_bool;
}

#endif
