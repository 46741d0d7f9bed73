/* options.c - the command line of a verb, told by a table of its options. */
#include "tools/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/config.h>

#include "tools/verb.h"

enum { FIRST_LONG = 256, MOST_ROWS = 32 };

/* ---- Values ---------------------------------------------------------------------- */

static void set_integer(const struct option_row *row, int64_t value)
{
    if (row->size == sizeof(bool))
        *(bool *)row->to = value != 0;
    else if (row->size == sizeof(int))
        *(int *)row->to = (int)value;
    else
        *(int64_t *)row->to = value;
}

/* Digits, from *text on, which goes behind them. */
static bool read_whole(const char **text, double least, double most, int64_t *out)
{
    char *end;

    errno = 0;
    *out = **text >= '0' && **text <= '9' ? strtoll(*text, &end, 10) : -1;
    if (errno || *out < 0 || (double)*out < least || (most > 0 && (double)*out > most))
        return false;
    *text = end;
    return true;
}

static bool is_count(const struct option_row *row, const char *value)
{
    int64_t n;

    if (!read_whole(&value, row->least, row->most, &n) || *value)
        return false;
    set_integer(row, n);
    return true;
}

static bool is_real(const struct option_row *row, const char *value)
{
    char *end;
    const double x = strtod(value, &end);

    if (end == value || *end || !isfinite(x) || x <= 0 || x < row->least || (row->most > 0 && x > row->most))
        return false;
    *(double *)row->to = x;
    return true;
}

static bool is_word(const struct option_row *row, const char *value)
{
    for (int i = 0; row->words[i]; i++) {
        if (strcmp(value, row->words[i]))
            continue;
        set_integer(row, i);
        return true;
    }
    return false;
}

/* ---- Lists of numbers --------------------------------------------------------------- */

static bool add(struct option_numbers *l, int64_t from, int64_t to)
{
    int *more = realloc(l->at, (l->n + (size_t)(to - from) + 1) * sizeof *more);

    if (!more)
        return false;
    l->at = more;
    for (int64_t n = from; n <= to; n++)
        l->at[l->n++] = (int)n;
    return true;
}

static bool go_on(struct option_numbers *l, int64_t to)
{
    const int64_t a = l->n > 1 ? l->at[l->n - 2] : 0, b = l->n > 1 ? l->at[l->n - 1] : 0;
    bool ok = a && a < b && b < to;

    for (int64_t n = b; ok && n < to; n = b % a ? n + b - a : n * (b / a))
        ok = n == b || add(l, n, n);
    return ok && add(l, to, to);
}

static int ascending(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

bool option_numbers_read(struct option_numbers *out, const char *text, int most)
{
    size_t n = 0;

    out->n = 0;
    for (;; text++) {
        const bool goes_on = !strncmp(text, "...,", 4);
        int64_t from, to;

        text += goes_on ? 4 : 0;
        if (!read_whole(&text, 1, most, &from))
            return false;
        to = from;
        if (*text == '-' && !goes_on && (text++, !read_whole(&text, (double)from, most, &to)))
            return false;
        if ((*text && *text != ',') || !(goes_on ? go_on(out, to) : add(out, from, to)))
            return false;
        if (!*text)
            break;
    }
    qsort(out->at, out->n, sizeof *out->at, ascending);
    for (size_t i = 0; i < out->n; i++) {
        if (!n || out->at[n - 1] != out->at[i])
            out->at[n++] = out->at[i];
    }
    out->n = n;
    return true;
}

/* ---- Options -------------------------------------------------------------------------- */

/* Says it with the option and its value before: "--top 0 is no ..." */
static int wrong(const char *verb, const struct option_row *row, const char *value, const char *what)
{
    return misused(verb, "-%s%s %s is %s", row->name[1] ? "-" : "", row->name, value, what);
}

static int none_of(const char *verb, const struct option_row *row, const char *value)
{
    char all[256] = "none of ";

    for (size_t i = 0, n = strlen(all); row->words[i] && n < sizeof all; n = strlen(all), i++)
        snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", row->words[i]);
    return wrong(verb, row, value, all);
}

static int out_of_range(const char *verb, const struct option_row *row, const char *value, const char *what)
{
    char range[128];

    if (row->most > 0)
        snprintf(range, sizeof range, "%s from %.10g to %.10g", what, row->least, row->most);
    else if (row->kind == OPTION_COUNT)
        snprintf(range, sizeof range, "%s from %.10g", what, row->least);
    else
        snprintf(range, sizeof range, "%s above 0", what);
    return wrong(verb, row, value, range);
}

/* 0, or 2 having said what is wrong with the value. */
static int take(const char *verb, const struct option_row *row, char *value)
{
    struct weft_error err;
    char words[128];

    switch (row->kind) {
    case OPTION_IS:
        set_integer(row, row->is);
        return 0;
    case OPTION_TEXT:
        *(const char **)row->to = value;
        return 0;
    case OPTION_WORD:
        return is_word(row, value) ? 0 : none_of(verb, row, value);
    case OPTION_COUNT:
        return is_count(row, value) ? 0 : out_of_range(verb, row, value, "no whole number");
    case OPTION_REAL:
        return is_real(row, value) ? 0 : out_of_range(verb, row, value, "no number");
    case OPTION_TIME:
        if (weft_duration_parse(value, row->to, &err))
            return misused(verb, "--%s: %s", row->name, err.message);
        return (double)*(int64_t *)row->to >= row->least ? 0 : out_of_range(verb, row, value, "no time");
    case OPTION_NUMBERS:
        if (option_numbers_read(row->to, value, (int)row->most))
            return 0;
        snprintf(words, sizeof words, "no list of numbers from 1 to %d, as in 1,2,4-8 or 1,2,...,64", (int)row->most);
        return wrong(verb, row, value, words);
    case OPTION_READ:
        break;
    }
    return row->read(row->to, value) ? 0 : wrong(verb, row, value, row->wrong);
}

/* What getopt_long() wants to know. */
struct wanted {
    struct option longs[MOST_ROWS + 1];
    char          letters[2 * MOST_ROWS + 3];
};

static void translate(struct wanted *w, const struct option_row *rows, size_t n_rows, bool stops)
{
    size_t n_long = 0;

    *w = (struct wanted){.letters = {stops ? '+' : ':', stops ? ':' : '\0'}};
    assert(n_rows <= MOST_ROWS);
    for (size_t i = 0; i < n_rows; i++) {
        const bool has_value = rows[i].kind != OPTION_IS;

        if (rows[i].name[1])
            w->longs[n_long++] = (struct option){rows[i].name, has_value ? required_argument : no_argument, NULL,
                                                 FIRST_LONG + (int)i};
        else
            strcat(strcat(w->letters, rows[i].name), has_value ? ":" : "");
    }
}

static const struct option_row *row_of(const struct option_row *rows, int c)
{
    if (c >= FIRST_LONG)
        return &rows[c - FIRST_LONG];
    while (rows->name[0] != c || rows->name[1])
        rows++;
    return rows;
}

int options_read(int argc, char **argv, const struct option_row *rows, size_t n_rows, const char *what, const char **out)
{
    struct wanted w;
    int c;

    translate(&w, rows, n_rows, !what);
    opterr = 0;
    while ((c = getopt_long(argc, argv, w.letters, w.longs, NULL)) != -1) {
        int code;

        if (c == ':')
            return misused(argv[0], "%s needs a value", argv[optind - 1]);
        if (c == '?' && optopt > 0 && optopt < FIRST_LONG) /* maybe one of several letters */
            return misused(argv[0], "there is no option -%c", optopt);
        if (c == '?')
            return misused(argv[0], "there is no option %s", argv[optind - 1]);
        code = take(argv[0], row_of(rows, c), optarg);
        if (code)
            return code;
    }
    if (!what)
        return 0;
    if (optind < argc - 1)
        return misused(argv[0], "one %s at a time: %s is too many", what, argv[optind + 1]);
    if (optind < argc)
        *out = argv[optind];
    return *out ? 0 : misused(argv[0], "a %s is missing", what);
}
