/* ins.h - what a program is made of: values, instructions, and their places in scratch.
 *
 * A value is an input, a constant, or the result of one instruction. Results live in
 * registers: room for WF_BATCH elements and as many bits of validity. A register is
 * used again once its value has been read for the last time; the very instruction
 * that reads it may write it.
 *
 * What always holds:
 *   1. Values are numbered inputs first, ascending by the caller's number, then
 *      constants, then results in the order of their instructions: instruction i
 *      gives value first_result + i.
 *   2. An instruction reads values of lower numbers than it gives.
 *   3. Two values whose lives overlap have different registers.
 *   4. The value of an output keeps its register to the end.
 */
#ifndef WF_INS_H
#define WF_INS_H

#include "lib/expr/program.h"
#include "lib/kernel/kernel.h"

/* How nulls go through, and whether the kernel is all there is to do. */
enum wf_ins_kind {
    WF_INS_KERNEL,   /* null where any operand is */
    WF_INS_KLEENE,   /* and, or */
    WF_INS_IF,
    WF_INS_COALESCE,
    WF_INS_NULL,     /* isnull, notnull */
    WF_INS_FN,       /* a user's function */
};

struct wf_ins {
    enum wf_ins_kind kind;
    weft_op          op;
    wf_kernel       *kernel;
    int32_t          n_args;
    const int32_t   *args;   /* values */
    const struct weft_batch_fn *fn;
    const int32_t   *temps;  /* FN: a register for each operand, to spread or convert it */
};

enum { WF_NONE = -1 };

struct wf_place {
    weft_dtype  dtype;
    int32_t     reg;         /* results; inputs that must be unpacked (bool) or numbered (string); else none */
    int32_t     output;      /* results: the first output that it is, else none */
    int32_t     source;      /* strings that come from outside: the number of their texts, else none */
    const void *constant;    /* one element; NULL: none */
    bool        is_null;     /* a constant null */
};

struct wf_program {
    wf_count               holders;
    struct wf_arena        arena;       /* has all below */
    int32_t                n_inputs, n_values, n_ins, n_outputs, n_regs, n_sources;
    int32_t                first_result;
    int64_t               *inputs;      /* the caller's numbers */
    struct wf_place       *values;
    struct wf_ins         *ins;
    int32_t               *outputs;     /* values */
    int32_t               *output_regs; /* of outputs that no instruction writes there, else none */
    size_t                *regs;        /* where each register is in scratch */
    size_t                *valids;      /* and its validity */
    size_t                 scratch_bytes;
    struct wf_buffer      *literals;    /* long constant texts, one after another; NULL: none */
    int32_t                literal_source;
    struct wf_token        token;
    bool                   is_certain;  /* it means the same in every process */
};

/* A value while a batch runs. All nulls of a single value are in `valid` as of many. */
struct wf_lane_now {
    const void     *values;
    const uint64_t *valid;   /* NULL: no nulls */
    int64_t         step;    /* 1: n values; 0: one for all */
};

/* The start of scratch, registers follow. Behind this head lie the values, then what
 * the texts of each source are. */
struct wf_run_state {
    uint8_t truth[WF_BATCH];                   /* a condition whose nulls count as false */
    uint64_t bits[2][WF_BATCH / 64];           /* truths as bits */
    struct wf_buffer *const **sources;
    struct wf_lane_now now[];
};

static inline size_t wf_run_state_bytes(const struct wf_program *p)
{
    return sizeof(struct wf_run_state) + (size_t)p->n_values * sizeof(struct wf_lane_now)
           + (size_t)p->n_sources * sizeof(struct wf_buffer *const *);
}

#endif
