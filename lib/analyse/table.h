/* table.h - one table as text, CSV or JSON.
 *
 * Rows are asked for one by one and not kept; as text twice, because columns are as wide as
 * what is in them.
 */
#ifndef WF_TABLE_H
#define WF_TABLE_H

#include <weft/analyse.h>

enum wf_cell_kind {
    WF_CELL_TEXT,   /* left */
    WF_CELL_COUNT,
    WF_CELL_NS,     /* as text "1.28 us"; exact else */
    WF_CELL_BYTES,  /* as text "64.0 MiB"; exact else */
    WF_CELL_PART,   /* as text the share in per cent; the time exactly else */
    WF_CELL_SHARE,  /* 0 to 1; as text in per cent */
    WF_CELL_NUMBER, /* as text with two digits behind the point */
    WF_CELL_FLAG,   /* as text "yes" or nothing */
};

struct wf_column {
    const char       *name; /* in CSV and JSON; with the unit */
    const char       *head; /* in text */
    enum wf_cell_kind kind;
    bool              rare; /* in text left out if nothing is in it */
};

struct wf_cell {
    const char *text;
    int64_t     n; /* COUNT, NS, BYTES, PART, FLAG */
    double      x; /* PART, SHARE, NUMBER */
    bool        none; /* nothing is known; `text` then says so as text, or "-" does */
};

enum { WF_MOST_COLUMNS = 20 };

struct wf_table {
    const struct wf_column *columns;
    size_t                  n_columns, n_rows;
    void                  (*row)(const void *self, size_t i, struct wf_cell *cells); /* cells come zeroed */
    const void             *self;
};

/* Errors of `to` stay in it. `indent` is put before each line of text. */
void wf_table_print(const struct wf_table *t, enum weft_form form, const char *indent, FILE *to);

/* A text of several lines, or with a bell in it, must not break what is around it: ? for those. */
void wf_table_text(const char *text, FILE *to);

/* As JSON and CSV write numbers: the shortest that reads back the same, of at most 9 digits; null
 * where there is none. */
void wf_print_number(double x, FILE *to);

#endif
