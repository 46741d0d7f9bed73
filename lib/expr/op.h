/* op.h - the one list of operations: names, operands, and the rule that types follow. */
#ifndef WF_OP_H
#define WF_OP_H

#include <stddef.h>

#include <weft/op.h>

enum wf_rule {
    WF_RULE_NUMBER,   /* operands meet in int64 or a float; so is the result */
    WF_RULE_REAL,     /* the same, in a float */
    WF_RULE_ROUND,    /* as NUMBER, and int64 stays what it is */
    WF_RULE_EXTREME,  /* operands meet in a number, bool or date */
    WF_RULE_COMPARE,  /* operands meet in any type; bool */
    WF_RULE_TEST,     /* a number; bool */
    WF_RULE_LOGIC,    /* bool; bool */
    WF_RULE_IF,       /* bool, and two that meet in any type */
    WF_RULE_COALESCE, /* two that meet in any type */
    WF_RULE_NULL,     /* any type; bool */
    WF_RULE_CAST,     /* any type that has a kernel; `to` */
    WF_RULE_DATE,     /* date; int64 */
    WF_RULE_STRING,   /* string; int64 */
};

struct wf_op_info {
    const char  *name;
    const char  *sign;  /* how texts write it between operands; NULL: as a function */
    int          arity;
    enum wf_rule rule;
    weft_dtype   to;    /* of CAST */
};

extern const struct wf_op_info wf_ops[WEFT_OP_COUNT];

/* The operation of this name, `n` bytes long; -1: none. */
int wf_op_find(const char *name, size_t n);

#endif
