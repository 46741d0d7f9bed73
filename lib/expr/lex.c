/* lex.c - an expression's text as tokens. */
#include "lib/expr/lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/kernel/time/civil.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes above 127 are letters: names are UTF-8 of any language. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool wf_lex_is(const struct wf_lex_token *t, const char *what)
{
    if (t->kind == WF_TOK_SIGN)
        return !strcmp(t->sign, what);
    return t->kind == WF_TOK_KEYWORD && strlen(what) == t->n && !memcmp(t->text, what, t->n);
}

static bool is_keyword(const char *text, size_t n)
{
    static const char *const words[] = {"and", "or", "not", "in", "true", "false", "null"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && !memcmp(words[i], text, n))
            return true;
    return false;
}

/* The end of what stands between quotes `q`, doubled ones inside; 0: it does not end. */
static size_t end_of_quoted(const char *text, size_t i, char q)
{
    for (; text[i]; i++)
        if (text[i] == q) {
            if (text[i + 1] != q)
                return i;
            i++;
        }
    return 0;
}

static weft_status lex_quoted(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err)
{
    const size_t begin = *at + 1, end = end_of_quoted(text, begin, text[*at]);

    if (!end)
        return weft_error_set(err, WEFT_PARSE, text[*at] == '\'' ? "this text has no closing '"
                                                                 : "this name has no closing `");
    out->kind = text[*at] == '\'' ? WF_TOK_STRING : WF_TOK_QUOTED;
    out->text = text + begin;
    out->n = end - begin;
    *at = end + 1;
    return WEFT_OK;
}

/* "2020-01-31": digits of a year, at least four, then two and two. */
static bool read_date(const char *s, size_t n, int32_t *days)
{
    const bool minus = n && *s == '-';
    int64_t year = 0;
    size_t i = minus, digits;

    for (; i < n && is_digit(s[i]) && i < 9; i++)
        year = year * 10 + (s[i] - '0');
    digits = i - minus;
    if (digits < 4 || n - i != 6 || s[i] != '-' || !is_digit(s[i + 1]) || !is_digit(s[i + 2])
        || s[i + 3] != '-' || !is_digit(s[i + 4]) || !is_digit(s[i + 5]))
        return false;
    return wf_civil_days(minus ? -year : year, (s[i + 1] - '0') * 10 + s[i + 2] - '0',
                         (s[i + 4] - '0') * 10 + s[i + 5] - '0', days);
}

static weft_status lex_name(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err)
{
    const size_t begin = *at;
    size_t i = begin;
    weft_status st;

    while (is_letter(text[i]) || is_digit(text[i]))
        i++;
    out->text = text + begin;
    out->n = i - begin;
    *at = i;
    if (text[i] == '\'' && out->n == 4 && !memcmp(out->text, "date", 4)) {
        st = lex_quoted(text, at, out, err);
        if (st)
            return st;
        out->kind = WF_TOK_DATE;
        if (read_date(out->text, out->n, &out->days))
            return WEFT_OK;
        *at = begin;
        return weft_error_set(err, WEFT_PARSE, "'%.*s' is no date; one is written date'2020-01-31'",
                              (int)(out->n < 40 ? out->n : 40), out->text);
    }
    out->kind = is_keyword(out->text, out->n) ? WF_TOK_KEYWORD : WF_TOK_NAME;
    return WEFT_OK;
}

static weft_status lex_number(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err)
{
    const size_t begin = *at;
    size_t i = begin;
    bool real = false;
    char *end;

    while (is_digit(text[i]))
        i++;
    if (text[i] == '.') {
        real = true;
        for (i++; is_digit(text[i]);)
            i++;
    }
    if (text[i] == 'e' || text[i] == 'E') {
        const size_t sign = text[i + 1] == '+' || text[i + 1] == '-';

        if (is_digit(text[i + 1 + sign])) {
            real = true;
            for (i += 1 + sign; is_digit(text[i]);)
                i++;
        }
    }
    if (is_letter(text[i])) {
        *at = i;
        return weft_error_set(err, WEFT_PARSE, "a number ends in letters");
    }
    out->kind = real ? WF_TOK_REAL : WF_TOK_INT;
    out->text = text + begin;
    out->n = i - begin;
    errno = 0;
    if (real)
        out->real = strtod(text + begin, &end);
    else
        out->whole = strtoull(text + begin, &end, 10);
    out->too_big = errno == ERANGE;
    *at = i;
    return WEFT_OK;
}

/* Other languages' signs, and ours. */
static const char *ours(const char *s)
{
    static const char *const pairs[][2] = {
        {"&&", "and"}, {"||", "or"}, {"<>", "!="}, {"!", "not"}, {"&", "and"}, {"|", "or"},
        {"~", "not"},  {"^", "**"},  {"=", "=="},  {"\"", "'"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!strncmp(s, pairs[i][0], strlen(pairs[i][0])))
            return pairs[i][1];
    return NULL;
}

static weft_status lex_sign(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err)
{
    static const char *const two[] = {"**", "//", "==", "!=", "<=", ">="};
    const char *s = text + *at, *instead;

    out->kind = WF_TOK_SIGN;
    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (!strncmp(s, two[i], 2)) {
            memcpy(out->sign, two[i], 3);
            *at += 2;
            return WEFT_OK;
        }
    instead = ours(s);
    if (!instead && strchr("+-*/%<>(),", *s)) {
        out->sign[0] = *s;
        out->sign[1] = 0;
        *at += 1;
        return WEFT_OK;
    }
    if (instead)
        return weft_error_set(err, WEFT_PARSE, "this is written %s here", instead);
    return weft_error_set(err, WEFT_PARSE, "nothing begins with this character");
}

weft_status wf_lex_next(const char *text, size_t *at, struct wf_lex_token *out, struct weft_error *err)
{
    while (is_blank(text[*at]))
        ++*at;
    *out = (struct wf_lex_token){.kind = WF_TOK_END, .at = *at, .text = text + *at};
    if (!text[*at])
        return WEFT_OK;
    if (is_letter(text[*at]))
        return lex_name(text, at, out, err);
    if (is_digit(text[*at]) || (text[*at] == '.' && is_digit(text[*at + 1])))
        return lex_number(text, at, out, err);
    if (text[*at] == '\'' || text[*at] == '`')
        return lex_quoted(text, at, out, err);
    return lex_sign(text, at, out, err);
}
