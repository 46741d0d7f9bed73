/* lex.h - an expression's text as tokens. */
#ifndef WF_LEX_H
#define WF_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/status.h>

enum wf_token_kind {
    WF_TOK_END,
    WF_TOK_NAME,   /* a word that is no keyword */
    WF_TOK_QUOTED, /* `a column`; text without the quotes */
    WF_TOK_INT,    /* digits; `too_big` when int64 ends before */
    WF_TOK_REAL,
    WF_TOK_STRING, /* 'text'; text still has its doubled quotes */
    WF_TOK_DATE,   /* date'2020-01-31' */
    WF_TOK_SIGN,   /* an operator or ( ) , in `sign` */
    WF_TOK_KEYWORD /* and or not in true false null, in `text` */
};

struct wf_lex_token {
    enum wf_token_kind kind;
    const char        *text;
    size_t             n;
    size_t             at;      /* where it begins in the whole */
    char               sign[3]; /* of SIGN, ended by a zero */
    uint64_t           whole;   /* of INT */
    bool               too_big; /* of INT: more than 2^64 - 1 */
    double             real;    /* of REAL */
    int32_t            days;    /* of DATE */
};

/* The token at text[*at]; *at moves behind it. On failure `err` has the sentence and
 * *at the place. */
weft_status wf_lex_next(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err);

/* Whether a token is this sign, or this keyword. */
bool wf_lex_is(const struct wf_lex_token *t, const char *what);

#endif
