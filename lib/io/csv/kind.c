/* kind.c - the narrowest type of a column, as its fields come by. */
#include "lib/io/csv/kind.h"

#include <string.h>

#include "lib/io/number.h"

/* `text` without its thousands, in `to`, if it has any and they stand between digits; else
 * *text is as it was. False: no number. */
static bool without_thousands(const struct wf_csv_dialect *d, const char **text, int64_t *n, char *to)
{
    int64_t n_to = 0;

    if (!d->thousands || *n > WF_CSV_NUMBER_MAX || !memchr(*text, d->thousands, (size_t)*n))
        return true;
    for (int64_t i = 0; i < *n; i++) {
        const char c = (*text)[i];

        if (c != d->thousands)
            to[n_to++] = c;
        else if (i == 0 || i + 1 == *n || (unsigned char)((*text)[i - 1] - '0') > 9 ||
                 (unsigned char)((*text)[i + 1] - '0') > 9)
            return false;
    }
    *text = to;
    *n = n_to;
    return true;
}

bool wf_csv_i64(const struct wf_csv_dialect *d, const char *text, int64_t n, int64_t *out)
{
    char to[WF_CSV_NUMBER_MAX];

    return without_thousands(d, &text, &n, to) && wf_i64_parse(text, n, out);
}

bool wf_csv_f64(const struct wf_csv_dialect *d, const char *text, int64_t n, double *out)
{
    char to[WF_CSV_NUMBER_MAX];

    return without_thousands(d, &text, &n, to) && wf_f64_parse(text, n, d->point, out);
}

static enum wf_csv_kind kind_of(const struct wf_csv_dialect *d, const char *text, int64_t n)
{
    bool truth;
    int64_t whole;
    double number;
    int32_t day;

    if (wf_csv_i64(d, text, n, &whole))
        return WF_CSV_INT;
    if (wf_csv_f64(d, text, n, &number))
        return WF_CSV_FLOAT;
    if (wf_date_parse(text, n, &day))
        return WF_CSV_DATE;
    return wf_bool_parse(text, n, &truth) ? WF_CSV_BOOL : WF_CSV_TEXT;
}

static enum wf_csv_kind join(enum wf_csv_kind a, enum wf_csv_kind b)
{
    if (a == b || a == WF_CSV_EMPTY)
        return b;
    if ((a == WF_CSV_INT && b == WF_CSV_FLOAT) || (a == WF_CSV_FLOAT && b == WF_CSV_INT))
        return WF_CSV_FLOAT;
    return WF_CSV_TEXT;
}

/* Whether a text is of this kind, for the kinds whose cells are all looked at. */
static bool fits(enum wf_csv_kind kind, const char *text, int64_t n)
{
    int32_t day;
    bool truth;

    return (kind == WF_CSV_DATE && wf_date_parse(text, n, &day)) ||
           (kind == WF_CSV_BOOL && wf_bool_parse(text, n, &truth));
}

enum wf_csv_kind wf_csv_kind_with(enum wf_csv_kind kind, const struct wf_csv_dialect *d, const char *raw,
                                  int64_t n, bool *quoted_null)
{
    char plain[WF_CSV_NUMBER_MAX];
    const bool quoted = wf_csv_is_quoted(d, raw, n);

    if (kind == WF_CSV_TEXT || fits(kind, raw, n))
        return kind;
    if (quoted) {
        if (n > WF_CSV_NUMBER_MAX)
            return WF_CSV_TEXT;
        n = wf_csv_unquote(d, raw, n, plain);
        raw = plain;
    }
    if (wf_csv_is_null(d, raw, n)) {
        *quoted_null = *quoted_null || quoted;
        return kind;
    }
    return join(kind, kind_of(d, raw, n));
}

weft_dtype wf_csv_kind_dtype(enum wf_csv_kind kind, bool quoted_null)
{
    switch (kind) {
    case WF_CSV_BOOL:  return WEFT_BOOL;
    case WF_CSV_INT:   return WEFT_INT64;
    case WF_CSV_FLOAT: return WEFT_FLOAT64;
    case WF_CSV_DATE:  return WEFT_DATE;
    case WF_CSV_EMPTY: return quoted_null ? WEFT_STRING : WEFT_FLOAT64;
    default:           return WEFT_STRING;
    }
}
