/* program.h - several expressions as one pass over batches that stay in cache.
 *
 * A program is a list of instructions over registers of WF_BATCH elements. It is
 * made once from any number of expressions, in which equal parts are computed
 * once, and run for each batch of at most WF_BATCH rows:
 *
 *     bytes = wf_program_scratch_bytes(p);         // a few registers: they fit the L1 cache
 *     for (row = 0; row < n_rows; row += WF_BATCH)
 *         fill in[i] for input wf_program_input(p, i), fill out[j]
 *         wf_program_run(p, scratch, in, min(WF_BATCH, n_rows - row), out, err)
 *
 * The instruction that computes output j writes where out[j] says: no copy.
 *
 * Ownership: counted. Expressions and their arena may go once the program is made.
 * Threads:   immutable; any number of threads run it, each with scratch of its own.
 */
#ifndef WF_PROGRAM_H
#define WF_PROGRAM_H

#include "lib/base/hash.h"
#include "lib/expr/expr.h"

enum { WF_BATCH = WEFT_BATCH }; /* a multiple of 64, so that batches begin with a word of their bitmaps */

typedef struct wf_program wf_program;

/* One input of a batch: n elements. */
struct wf_lane {
    const void     *values;
    const uint64_t *valid;      /* from bit 0; NULL: no nulls */
    bool            is_scalar;  /* one element (and one bit) stands for all */
    bool            is_bits;    /* bool as a bitmap from bit 0, as in columns, not bytes */
    struct wf_buffer *const *texts; /* of strings: what views refer to */
    int32_t         n_texts;
};

/* Where one output of a batch goes. */
struct wf_dest {
    void     *values;    /* room for n elements (is_bits: whole words); NULL: run sets it to
                          * the register, which stands until the next run and is not written.
                          * If there is one output, it may be the memory of an input of the
                          * same type that is not a scalar: the result then lies over it */
    uint64_t *valid;     /* room for whole words of n bits; NULL: the same. Written only if has_nulls */
    bool      is_bits;   /* bool wanted as a bitmap */
    bool      has_nulls; /* set by run: false means that none of the n is null */
};

/* n_outputs >= 1. */
weft_status wf_program_new(wf_program **out, const struct wf_expr *const *outputs, int n_outputs,
                           struct weft_error *err);
wf_program *wf_program_retain(wf_program *p);
void        wf_program_release(wf_program *p); /* NULL is fine */

/* `scratch`: wf_program_scratch_bytes() of memory at a multiple of 64, in any state.
 * 0 < n <= WF_BATCH. Fails only where a user's batch function does. String outputs
 * name texts as kernel.h says; wf_program_run_columns() settles that. */
weft_status wf_program_run(const wf_program *p, void *scratch, const struct wf_lane *in, int64_t n,
                           struct wf_dest *out, struct weft_error *err);

/* The same over whole columns: in[i] is input i, each n_rows long. out[j], given, is
 * written only on success; an output that is an input is that column, retained. */
weft_status wf_program_run_columns(const wf_program *p, void *scratch,
                                   struct wf_column *const *in, int64_t n_rows,
                                   struct wf_column **out, struct weft_error *err);

/* ---- Asking ------------------------------------------------------------------ */

size_t     wf_program_scratch_bytes(const wf_program *p);
int        wf_program_n_inputs(const wf_program *p);  /* that it needs, ascending by number, each once */
int64_t    wf_program_input(const wf_program *p, int i); /* the caller's number of input i */
weft_dtype wf_program_input_dtype(const wf_program *p, int i);
int        wf_program_n_outputs(const wf_program *p);
weft_dtype wf_program_dtype(const wf_program *p, int j);  /* of output j */
int        wf_program_n_ops(const wf_program *p);     /* instructions a batch takes */

/* Equal programs have equal tokens, in every process. Inputs count by their place
 * (i of wf_program_input), not by the caller's numbers. */
struct wf_token wf_program_token(const wf_program *p);
/* But for one that calls a function whose context is a bare pointer, or whose object has no
 * build-id: then in this process. */
bool wf_program_is_certain(const wf_program *p);

/* Rows [row, row + n) of a column as a lane; row is a multiple of 64. */
struct wf_lane wf_lane_of_column(const struct wf_column *c, int64_t row);

#endif
