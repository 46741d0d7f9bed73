/* weft/rowfn.h - a C function over rows, as an operation on columns.
 *
 * Either written for one row, with a macro that makes the loop around it:
 *
 *     WEFT_ROWFN2(home_points, int64_t, bool, neutral, int64_t, goals,
 *     {
 *         return neutral ? 0 : goals > 0 ? 3 : goals == 0;
 *     })
 *
 * or for a batch of rows at once, by filling a struct weft_batch_fn. Both name
 * their types in C, and columns are converted to them: bool, int64_t, float,
 * double, int32_t (a date, in days) and struct weft_text.
 *
 * Nulls:   where any argument is null the result is, and what the function gave
 *          there is dropped, unless the function says that it sees nulls itself.
 * Threads: called from many at once; ctx is not written without a lock.
 */
#ifndef WEFT_ROWFN_H
#define WEFT_ROWFN_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/chunk.h>
#include <weft/dtype.h>
#include <weft/status.h>

WEFT_BEGIN

enum { WEFT_BATCH = 1024, WEFT_MAX_ARGS = 8 };

/* At most WEFT_BATCH rows. Column k is an array of n elements of the declared type:
 * bool a byte each, date int32_t, string struct weft_text. */
struct weft_batch {
    int64_t         n;
    const void     *columns[WEFT_MAX_ARGS];
    const uint64_t *valid[WEFT_MAX_ARGS]; /* bit i % 64 of word i / 64 set: there; NULL: all are */
};

/* Where results go: n elements of the declared type, never a string. */
struct weft_batch_out {
    void     *values;
    uint64_t *valid; /* all set; clear bits for nulls. NULL unless sees_nulls */
};

struct weft_batch_fn {
    const char *name;
    int         n_args;              /* 1 to WEFT_MAX_ARGS */
    weft_dtype  args[WEFT_MAX_ARGS];
    weft_dtype  result;              /* not WEFT_STRING */
    weft_status (*fn)(const struct weft_batch *in, struct weft_batch_out *out, void *ctx,
                      struct weft_error *err);
    void       *ctx;                 /* lent; must outlive the runs */
    size_t      ctx_bytes;           /* > 0: plain bytes, so that equal calls are seen to be equal */
    bool        sees_nulls;          /* looks at in->valid and writes out->valid itself */
};

#ifndef __cplusplus

#define WEFT_DTYPE_OF(type) \
    _Generic((type){0}, bool: WEFT_BOOL, int64_t: WEFT_INT64, float: WEFT_FLOAT32,   \
             double: WEFT_FLOAT64, int32_t: WEFT_DATE, struct weft_text: WEFT_STRING)

/* One loop for any machine and one for AVX2. Not for FMA: joining a product and a
 * sum would change digits between machines. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) \
    && !defined(__SANITIZE_ADDRESS__)
#define WEFT_CLONES __attribute__((target_clones("default", "avx2")))
#else
#define WEFT_CLONES
#endif

/* Each defines id_row(), the function itself, and `id`, a const struct weft_batch_fn: type
 * and name of each argument, then the body in braces. No semicolon follows. */
#define WEFT_ROWFN1(id, out_t, t1, a1, ...)                                                    \
    static inline out_t id##_row(t1 a1) __VA_ARGS__                                            \
    WEFT_CLONES static weft_status id##_batch(const struct weft_batch *in_,                    \
        struct weft_batch_out *out_, void *ctx_, struct weft_error *err_)                      \
    {                                                                                          \
        const t1 *c1_ = (const t1 *)in_->columns[0];                                           \
        out_t *restrict o_ = (out_t *)out_->values;                                            \
        (void)ctx_, (void)err_;                                                                \
        for (int64_t i_ = 0; i_ < in_->n; i_++)                                                \
            o_[i_] = id##_row(c1_[i_]);                                                        \
        return WEFT_OK;                                                                        \
    }                                                                                          \
    static const struct weft_batch_fn id = {                                                   \
        .name = #id, .n_args = 1, .args = {WEFT_DTYPE_OF(t1)},                                 \
        .result = WEFT_DTYPE_OF(out_t), .fn = id##_batch};

#define WEFT_ROWFN2(id, out_t, t1, a1, t2, a2, ...)                                            \
    static inline out_t id##_row(t1 a1, t2 a2) __VA_ARGS__                                     \
    WEFT_CLONES static weft_status id##_batch(const struct weft_batch *in_,                    \
        struct weft_batch_out *out_, void *ctx_, struct weft_error *err_)                      \
    {                                                                                          \
        const t1 *c1_ = (const t1 *)in_->columns[0];                                           \
        const t2 *c2_ = (const t2 *)in_->columns[1];                                           \
        out_t *restrict o_ = (out_t *)out_->values;                                            \
        (void)ctx_, (void)err_;                                                                \
        for (int64_t i_ = 0; i_ < in_->n; i_++)                                                \
            o_[i_] = id##_row(c1_[i_], c2_[i_]);                                               \
        return WEFT_OK;                                                                        \
    }                                                                                          \
    static const struct weft_batch_fn id = {                                                   \
        .name = #id, .n_args = 2, .args = {WEFT_DTYPE_OF(t1), WEFT_DTYPE_OF(t2)},              \
        .result = WEFT_DTYPE_OF(out_t), .fn = id##_batch};

#define WEFT_ROWFN3(id, out_t, t1, a1, t2, a2, t3, a3, ...)                                    \
    static inline out_t id##_row(t1 a1, t2 a2, t3 a3) __VA_ARGS__                              \
    WEFT_CLONES static weft_status id##_batch(const struct weft_batch *in_,                    \
        struct weft_batch_out *out_, void *ctx_, struct weft_error *err_)                      \
    {                                                                                          \
        const t1 *c1_ = (const t1 *)in_->columns[0];                                           \
        const t2 *c2_ = (const t2 *)in_->columns[1];                                           \
        const t3 *c3_ = (const t3 *)in_->columns[2];                                           \
        out_t *restrict o_ = (out_t *)out_->values;                                            \
        (void)ctx_, (void)err_;                                                                \
        for (int64_t i_ = 0; i_ < in_->n; i_++)                                                \
            o_[i_] = id##_row(c1_[i_], c2_[i_], c3_[i_]);                                      \
        return WEFT_OK;                                                                        \
    }                                                                                          \
    static const struct weft_batch_fn id = {                                                   \
        .name = #id, .n_args = 3,                                                              \
        .args = {WEFT_DTYPE_OF(t1), WEFT_DTYPE_OF(t2), WEFT_DTYPE_OF(t3)},                     \
        .result = WEFT_DTYPE_OF(out_t), .fn = id##_batch};

#define WEFT_ROWFN4(id, out_t, t1, a1, t2, a2, t3, a3, t4, a4, ...)                            \
    static inline out_t id##_row(t1 a1, t2 a2, t3 a3, t4 a4) __VA_ARGS__                       \
    WEFT_CLONES static weft_status id##_batch(const struct weft_batch *in_,                    \
        struct weft_batch_out *out_, void *ctx_, struct weft_error *err_)                      \
    {                                                                                          \
        const t1 *c1_ = (const t1 *)in_->columns[0];                                           \
        const t2 *c2_ = (const t2 *)in_->columns[1];                                           \
        const t3 *c3_ = (const t3 *)in_->columns[2];                                           \
        const t4 *c4_ = (const t4 *)in_->columns[3];                                           \
        out_t *restrict o_ = (out_t *)out_->values;                                            \
        (void)ctx_, (void)err_;                                                                \
        for (int64_t i_ = 0; i_ < in_->n; i_++)                                                \
            o_[i_] = id##_row(c1_[i_], c2_[i_], c3_[i_], c4_[i_]);                             \
        return WEFT_OK;                                                                        \
    }                                                                                          \
    static const struct weft_batch_fn id = {                                                   \
        .name = #id, .n_args = 4,                                                              \
        .args = {WEFT_DTYPE_OF(t1), WEFT_DTYPE_OF(t2), WEFT_DTYPE_OF(t3), WEFT_DTYPE_OF(t4)},  \
        .result = WEFT_DTYPE_OF(out_t), .fn = id##_batch};

#endif /* __cplusplus */

WEFT_END
#endif
