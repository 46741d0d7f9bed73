/* table.c - one table as text, CSV or JSON. */
#include "lib/analyse/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/duration.h"
#include "lib/base/escape.h"
#include "lib/base/units.h"
#include "lib/base/utf8.h"

void wf_print_number(double x, FILE *to)
{
    if (isfinite(x))
        fprintf(to, "%.9g", x);
    else
        fputs("null", to);
}

/* ---- Text ---------------------------------------------------------------------- */

enum { ROOM = 64 };

static const char *text_of(const struct wf_column *c, const struct wf_cell *cell, char room[ROOM])
{
    if (cell->none)
        return cell->text && *cell->text ? cell->text : "-";
    switch (c->kind) {
    case WF_CELL_TEXT:
        return cell->text;
    case WF_CELL_NS:
        return wf_duration_text(cell->n, room);
    case WF_CELL_BYTES:
        return wf_bytes_text((size_t)cell->n, room);
    case WF_CELL_PART: case WF_CELL_SHARE:
        snprintf(room, ROOM, "%.1f %%", 100 * cell->x);
        return room;
    case WF_CELL_NUMBER:
        snprintf(room, ROOM, "%.2f", cell->x);
        return room;
    case WF_CELL_FLAG:
        return cell->n ? "yes" : "";
    case WF_CELL_COUNT:
        break;
    }
    snprintf(room, ROOM, "%" PRId64, cell->n);
    return room;
}

static bool is_something(const struct wf_column *c, const struct wf_cell *cell)
{
    return !cell->none && (c->kind == WF_CELL_TEXT ? *cell->text != '\0' : cell->n || fabs(cell->x) > 0);
}

static void pad(int n, FILE *to)
{
    if (n > 0)
        fprintf(to, "%*s", n, "");
}

void wf_table_text(const char *text, FILE *to)
{
    for (const char *c = text; *c; c++)
        fputc((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c, to);
}

/* The last column is not padded: it may be long, and nothing follows. */
static void print_cell(const char *text, bool left, int width, bool is_last, FILE *to)
{
    if (!left)
        pad(width - wf_utf8_width(text), to);
    wf_table_text(text, to);
    if (left && !is_last)
        pad(width - wf_utf8_width(text), to);
}

static void get_row(const struct wf_table *t, size_t i, struct wf_cell *cells)
{
    memset(cells, 0, WF_MOST_COLUMNS * sizeof *cells);
    t->row(t->self, i, cells);
}

static void print_text(const struct wf_table *t, const char *indent, FILE *to)
{
    struct wf_cell cells[WF_MOST_COLUMNS];
    int width[WF_MOST_COLUMNS] = {0};
    bool shown[WF_MOST_COLUMNS];
    size_t last = 0;
    char room[ROOM];

    for (size_t c = 0; c < t->n_columns; c++) {
        width[c] = wf_utf8_width(t->columns[c].head);
        shown[c] = !t->columns[c].rare;
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        get_row(t, i, cells);
        for (size_t c = 0; c < t->n_columns; c++) {
            const int w = wf_utf8_width(text_of(&t->columns[c], &cells[c], room));

            width[c] = w > width[c] ? w : width[c];
            shown[c] |= is_something(&t->columns[c], &cells[c]);
        }
    }
    for (size_t c = 0; c < t->n_columns; c++)
        last = shown[c] ? c : last;
    for (size_t i = 0; i <= t->n_rows; i++) {
        if (i)
            get_row(t, i - 1, cells);
        fputs(indent, to);
        for (size_t c = 0; c <= last; c++) {
            if (!shown[c])
                continue;
            print_cell(i ? text_of(&t->columns[c], &cells[c], room) : t->columns[c].head,
                       t->columns[c].kind == WF_CELL_TEXT, width[c], c == last, to);
            fputs(c == last ? "\n" : "  ", to);
        }
    }
}

/* ---- Exactly -------------------------------------------------------------------- */

static void print_exact(const struct wf_column *c, const struct wf_cell *cell, bool is_json, FILE *to)
{
    if (cell->none)
        fputs(is_json ? "null" : "", to);
    else if (c->kind == WF_CELL_TEXT && is_json)
        wf_escape_json(cell->text, wf_put_file, to);
    else if (c->kind == WF_CELL_TEXT)
        wf_escape_csv(cell->text, wf_put_file, to);
    else if (c->kind == WF_CELL_SHARE || c->kind == WF_CELL_NUMBER)
        wf_print_number(cell->x, to);
    else if (c->kind == WF_CELL_FLAG)
        fputs(cell->n ? "true" : "false", to);
    else
        fprintf(to, "%" PRId64, cell->n);
}

static void print_csv(const struct wf_table *t, FILE *to)
{
    struct wf_cell cells[WF_MOST_COLUMNS];

    for (size_t c = 0; c < t->n_columns; c++)
        fprintf(to, "%s%s", c ? "," : "", t->columns[c].name);
    fputc('\n', to);
    for (size_t i = 0; i < t->n_rows; i++) {
        get_row(t, i, cells);
        for (size_t c = 0; c < t->n_columns; c++) {
            if (c)
                fputc(',', to);
            print_exact(&t->columns[c], &cells[c], false, to);
        }
        fputc('\n', to);
    }
}

static void print_json(const struct wf_table *t, FILE *to)
{
    struct wf_cell cells[WF_MOST_COLUMNS];

    fputs("[", to);
    for (size_t i = 0; i < t->n_rows; i++) {
        get_row(t, i, cells);
        fputs(i ? ",\n{" : "\n{", to);
        for (size_t c = 0; c < t->n_columns; c++) {
            fprintf(to, "%s\"%s\":", c ? "," : "", t->columns[c].name);
            print_exact(&t->columns[c], &cells[c], true, to);
        }
        fputs("}", to);
    }
    fputs("]", to);
}

void wf_table_print(const struct wf_table *t, enum weft_form form, const char *indent, FILE *to)
{
    WF_ASSERT(t->n_columns <= WF_MOST_COLUMNS);
    if (form == WEFT_FORM_CSV)
        print_csv(t, to);
    else if (form == WEFT_FORM_JSON)
        print_json(t, to);
    else
        print_text(t, indent, to);
}
