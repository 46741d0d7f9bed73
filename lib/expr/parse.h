/* parse.h - a parser at work on one text; functions.c and text.c share it. */
#ifndef WF_PARSE_H
#define WF_PARSE_H

#include "lib/expr/lex.h"
#include "lib/expr/tree.h"

struct wf_parser {
    struct wf_source_text *source;
    size_t                 next;   /* where the token after `now` begins, or blanks before it */
    struct wf_lex_token    now;
    int                    depth;  /* of brackets and signs around `now` */
    weft_status            status; /* of the first fault; nothing is read after it */
    struct weft_error      err;
};

/* A fault at byte `at` of the text; the first one counts. Answers NULL, for an operand. */
weft_expr *wf_parse_fault(struct wf_parser *p, size_t at, const char *fmt, ...) WEFT_FORMAT(3, 4);

/* The call of function `name` (its token) with n operands, taken. NULL after a fault. */
weft_expr *wf_parse_call(struct wf_parser *p, const struct wf_lex_token *name, int n,
                         weft_expr *const *args);

/* x in (values), at byte `at`; n >= 1. All are taken. */
weft_expr *wf_parse_in(struct wf_parser *p, size_t at, weft_expr *x, int n, weft_expr *const *values);

/* An operation at byte `at`, operands taken. */
weft_expr *wf_parse_op(struct wf_parser *p, size_t at, weft_op op, int n, weft_expr *const *args);

#endif
