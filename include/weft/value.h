/* weft/value.h - what a task gives: any value, with its type.
 *
 * A value is two words, passed by copy: a type, and a number or a pointer. Three
 * kinds are built in: small numbers, chunks of columns (weft/chunk.h) and
 * n-dimensional blocks (weft/block.h). A program adds its own by filling a
 * struct weft_type, once, as a constant.
 *
 * Ownership: holding a value of a type with `free` means owing one release:
 *            weft_value_release(). Copying the two words does not retain.
 * Threads:   a value shared between tasks is not written; a type's functions
 *            may be called from any thread.
 */
#ifndef WEFT_VALUE_H
#define WEFT_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <weft/status.h>

WEFT_BEGIN

/* Bytes on their way out of or into a process (scheduler, disk, another
 * machine). `write` appends; `read` fills exactly n bytes or fails. */
struct weft_sink {
    void        *to;
    weft_status (*write)(void *to, const void *bytes, size_t n);
};
struct weft_source {
    void        *from;
    weft_status (*read)(void *from, void *bytes, size_t n);
};

/* A type of values: what Weft must know to keep, free and send one. Any function
 * may be NULL, and then what needs it is not to be had:
 *   bytes   memory the value takes, for accounting       (NULL: unknown, 0)
 *   free    gives up one holder                          (NULL: nothing to free)
 *   share   one holder more of the same value: counted   (NULL: not counted)
 *   copy    an equal value of its own, NULL: no memory   (NULL: cannot be copied)
 *   write, read  serialise and make anew                 (NULL: stays in this process)
 *   hash    writes what tells it from others of its type: equal bytes mean that tasks which
 *           read equal ones give the same, in any process (NULL: what `write` writes).
 *           WEFT_UNSUPPORTED: in this process only, or not at all if nothing was written */
struct weft_type {
    const char  *name;
    size_t      (*bytes)(const void *data);
    void        (*free)(void *data);
    void       *(*share)(void *data);
    void       *(*copy)(const void *data);
    weft_status (*write)(const void *data, struct weft_sink *sink);
    weft_status (*read)(void **data, struct weft_source *source);
    weft_status (*hash)(const void *data, struct weft_sink *sink);
};

struct weft_value {
    const struct weft_type *type; /* NULL: no value */
    union {
        void   *ptr;
        double  f64;
        int64_t i64;
    } as;
};

/* The types of small numbers, kept in the value itself. */
extern WEFT_API const struct weft_type weft_type_f64, weft_type_i64, weft_type_bool;

static inline struct weft_value weft_value_none(void)
{
    struct weft_value v = {NULL, {NULL}};

    return v;
}
static inline struct weft_value weft_value_of_f64(double x)
{
    struct weft_value v = {&weft_type_f64, {NULL}};

    v.as.f64 = x;
    return v;
}
static inline struct weft_value weft_value_of_i64(int64_t x)
{
    struct weft_value v = {&weft_type_i64, {NULL}};

    v.as.i64 = x;
    return v;
}
static inline struct weft_value weft_value_of_bool(bool x)
{
    struct weft_value v = {&weft_type_bool, {NULL}};

    v.as.i64 = x;
    return v;
}
static inline struct weft_value weft_value_of_ptr(const struct weft_type *type, void *data) /* taken */
{
    struct weft_value v = {type, {data}};

    return v;
}

/* The number in `v`: a small number, or the one element of a block, converted
 * as C does. NaN (0 for i64) when there is none. */
WEFT_API double  weft_value_to_f64(struct weft_value v);
WEFT_API int64_t weft_value_to_i64(struct weft_value v);
static inline double weft_value_f64(struct weft_value v)
{
    return v.type == &weft_type_f64 ? v.as.f64 : weft_value_to_f64(v);
}
static inline int64_t weft_value_i64(struct weft_value v)
{
    return v.type == &weft_type_i64 ? v.as.i64 : weft_value_to_i64(v);
}

/* The pointer in `v` if its type is `type`, else NULL. Lent. */
WEFT_API void *weft_value_ptr(struct weft_value v, const struct weft_type *type);

WEFT_API size_t weft_value_bytes(struct weft_value v);  /* 0 for small numbers */
WEFT_API void   weft_value_release(struct weft_value v); /* no value is fine */

/* One holder more, by `share`, else by `copy`; WEFT_UNSUPPORTED when the type has
 * neither, WEFT_NOMEM. */
WEFT_API weft_status weft_value_retain(struct weft_value v, struct weft_value *out);

WEFT_END
#endif
