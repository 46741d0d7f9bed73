/* csv_oracle.c - CSV text read the plainest way. */
#include "tests/support/csv_oracle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- Characters to records --------------------------------------------------- */

enum state { LINE_START, FIELD_START, UNQUOTED, QUOTED, QUOTE_IN_QUOTED, COMMENT, COMMENT_AFTER };

struct reader {
    struct csv_oracle            *o;
    const struct csv_oracle_spec *spec;
    struct csv_cell *record;       /* the fields so far */
    int              n, room;
    long             line, record_line, quote_line;
    bool             quoted;
    size_t           start;        /* of the field in o->room */
    long             n_records;    /* of data */
    bool             has_fields;   /* n_fields is known */
};

static void put(struct reader *r, char c)
{
    r->o->room[r->o->n_room++] = c;
}

static void end_field(struct reader *r)
{
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : 8;
        r->record = realloc(r->record, (size_t)r->room * sizeof *r->record);
    }
    r->record[r->n++] = (struct csv_cell){r->o->room + r->start, r->o->n_room - r->start, r->quoted};
    r->start = r->o->n_room;
    r->quoted = false;
}

static void end_record(struct reader *r)
{
    struct csv_oracle *o = r->o;

    end_field(r);
    if (!r->has_fields) {
        r->has_fields = true;
        o->n_fields = r->n;
        if (!r->spec->no_header) {
            o->header = malloc((size_t)r->n * sizeof *o->header);
            memcpy(o->header, r->record, (size_t)r->n * sizeof *o->header);
            r->n = 0;
            return;
        }
    }
    if (!o->error[0] && (r->n > o->n_fields || (r->n < o->n_fields && !r->spec->pads)))
        snprintf(o->error, sizeof o->error, "record %ld (line %ld) has %d field%s, %s has %d", r->n_records + 1,
                 r->record_line, r->n, r->n == 1 ? "" : "s", r->spec->no_header ? "the first record" : "the header",
                 o->n_fields);
    if (!o->error[0]) {
        if (o->n_rows == o->rows_room) {
            o->rows_room = o->rows_room ? 2 * o->rows_room : 16;
            o->cells = realloc(o->cells, o->rows_room * (size_t)o->n_fields * sizeof *o->cells);
            o->lines = realloc(o->lines, o->rows_room * sizeof *o->lines);
        }
        for (int i = 0; i < o->n_fields; i++)
            o->cells[o->n_rows * (size_t)o->n_fields + (size_t)i] =
                i < r->n ? r->record[i] : (struct csv_cell){"", 0, false};
        o->lines[o->n_rows++] = r->record_line;
    }
    r->n_records++;
    r->n = 0;
}

/* One character; '\n' stands for every end of a line. */
static enum state step(struct reader *r, enum state state, char c)
{
    const struct csv_oracle_spec *spec = r->spec;

    switch (state) {
    case LINE_START:
        r->record_line = r->line;
        if (c == '\n')
            return LINE_START;
        if (spec->comment && c == spec->comment)
            return COMMENT;
        /* fall through */
    case FIELD_START:
        if (spec->quote && c == spec->quote) {
            r->quoted = true;
            r->quote_line = r->line;
            return QUOTED;
        }
        /* fall through */
    case UNQUOTED:
        if (c == spec->sep) {
            end_field(r);
            return FIELD_START;
        }
        if (c == '\n' || (spec->comment && c == spec->comment)) {
            end_record(r);
            return c == '\n' ? LINE_START : COMMENT_AFTER;
        }
        put(r, c);
        return UNQUOTED;
    case QUOTED:
        if (c == spec->quote)
            return QUOTE_IN_QUOTED;
        put(r, c);
        return QUOTED;
    case QUOTE_IN_QUOTED:
        if (c == spec->quote) {
            put(r, c);
            return QUOTED;
        }
        return step(r, UNQUOTED, c);
    case COMMENT:
    case COMMENT_AFTER:
        return c == '\n' ? LINE_START : state;
    }
    return state;
}

void csv_oracle_read(struct csv_oracle *o, const char *text, size_t n, const struct csv_oracle_spec *spec)
{
    struct reader r = {.o = o, .spec = spec, .line = 1};
    enum state state = LINE_START;

    *o = (struct csv_oracle){.room = malloc(n + 2)};
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        n -= 3;
    }
    for (size_t i = 0; i <= n; i++) {
        const char c = i < n ? text[i] : '\n';
        const bool last = i == n;

        if (last && (state == LINE_START || text[n - 1] == '\n'))
            break;
        /* A carriage return before a line end is part of it, but in quotes, and after a comment began. */
        if (!last && c == '\r' && state != QUOTED && (i + 1 == n || text[i + 1] == '\n')) {
            if (i + 1 == n) {
                state = step(&r, state, '\n');
                r.line++;
                break;
            }
            continue;
        }
        state = step(&r, state, c);
        r.line += c == '\n';
    }
    if (state == QUOTED && !o->error[0] && r.has_fields)
        snprintf(o->error, sizeof o->error, "record %ld (line %ld): the quote opened on line %ld is not closed",
                 r.n_records + 1, r.record_line, r.quote_line);
    else if (state == QUOTED && !o->error[0])
        snprintf(o->error, sizeof o->error, "the quote opened on line %ld is not closed", r.quote_line);
    else if (!r.has_fields)
        snprintf(o->error, sizeof o->error, "no columns: the file is empty");
    free(r.record);
}

void csv_oracle_fini(struct csv_oracle *o)
{
    free(o->header);
    free(o->cells);
    free(o->lines);
    free(o->room);
}

/* ---- Types --------------------------------------------------------------------- */

static bool is_one_of(const struct csv_cell *cell, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == cell->n && memcmp(*words, cell->text, cell->n) == 0)
            return true;
    return false;
}

static bool is_null_text(const struct csv_cell *cell)
{
    static const char *const words[] = {
        "",      "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>",  "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null",   NULL,
    };

    return is_one_of(cell, words);
}

bool csv_oracle_is_null(const struct csv_cell *cell, weft_dtype dtype)
{
    return is_null_text(cell) && !(cell->quoted && dtype == WEFT_STRING);
}

static bool is_bool(const struct csv_cell *cell)
{
    static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};

    return is_one_of(cell, words);
}

/* Whether all of a cell, but blanks around it, is a number as the C library reads it; the C
 * library also reads hexadecimal digits and "nan(...)", which no cell of ours may be. */
static bool is_number(const struct csv_cell *cell, bool whole)
{
    char text[600], *end;
    size_t n = cell->n;
    const char *p = cell->text;

    while (n && (*p == ' ' || *p == '\t')) {
        p++;
        n--;
    }
    while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
        n--;
    if (n == 0 || n >= sizeof text || memchr(p, 0, n) || strchr(" \t\n\r\v\f", *p))
        return false;
    memcpy(text, p, n);
    text[n] = 0;
    if (strpbrk(text, "xXpP("))
        return false;
    errno = 0;
    if (whole)
        strtoll(text, &end, 10);
    else
        strtod(text, &end);
    return *end == 0 && end > text && !(whole && errno == ERANGE);
}

static bool is_date(const struct csv_cell *cell)
{
    int y, m, d, n = 0;
    char text[11];
    struct tm tm = {0};

    if (cell->n != 10)
        return false;
    memcpy(text, cell->text, 10);
    text[10] = 0;
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &n) != 3 || n != 10 || m < 1 || m > 12 || d < 1)
        return false;
    /* A day that does not exist comes back as another one. */
    tm.tm_year = y - 1900;
    tm.tm_mon = m - 1;
    tm.tm_mday = d;
    timegm(&tm);
    return tm.tm_mday == d && tm.tm_mon == m - 1;
}

weft_dtype csv_oracle_dtype(const struct csv_oracle *o, int field)
{
    bool any = false, all_bool = true, all_int = true, all_float = true, all_date = true, quoted_null = false;

    for (size_t i = 0; i < o->n_rows; i++) {
        const struct csv_cell *cell = &o->cells[i * (size_t)o->n_fields + (size_t)field];

        if (is_null_text(cell)) {
            quoted_null |= cell->quoted;
            continue;
        }
        any = true;
        all_bool &= is_bool(cell);
        all_int &= is_number(cell, true);
        all_float &= is_number(cell, false);
        all_date &= is_date(cell);
    }
    if (!any)
        return quoted_null ? WEFT_STRING : WEFT_FLOAT64;
    return all_bool ? WEFT_BOOL : all_int ? WEFT_INT64 : all_float ? WEFT_FLOAT64 : all_date ? WEFT_DATE : WEFT_STRING;
}
