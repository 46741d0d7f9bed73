/* scanned.h - a CSV file that has been scanned, from inside. */
#ifndef WF_CSV_SCANNED_H
#define WF_CSV_SCANNED_H

#include "lib/io/csv.h"
#include "lib/io/csv/dialect.h"
#include "lib/io/file.h"

/* A place where a record begins, and what lies before it. */
struct wf_csv_cut {
    int64_t offset;
    int64_t record; /* number of records before */
    int64_t line;   /* physical line, from 1 */
};

/* What always holds:
 *   1. cuts[0] is where the first record begins; cuts are in order, each after the one before.
 *   2. Every record has n_fields fields, or fewer if the dialect pads.
 *   3. Every field of a column whose type was not given has that type or is null. */
struct wf_csv {
    wf_count              holders;
    char                 *path;
    struct wf_file_stamp  stamp;
    struct wf_csv_dialect dialect;
    bool                  has_header;
    int                   n_fields;
    struct wf_schema     *schema;  /* of the columns kept */
    int                  *field_of; /* of a column: its place in a record */
    struct wf_csv_origin *origins;
    uint64_t             *lines;   /* n_fields words: struct wf_csv_phases */
    struct wf_csv_cut    *cuts;    /* n_cuts and one more: the end of the file */
    int64_t               n_cuts;
    int64_t               piece_bytes;
    int64_t               partition_bytes, n_partitions;
    struct wf_token       token;   /* of how it is read; with a fingerprint, of the file too */
};

enum { WF_CSV_PIECE = 256 << 10 };

/* wf_csv_scan() with pieces of another size, down to 1: for tests. */
weft_status wf_csv_scan_by(struct wf_csv **out, const char *path, const struct weft_csv_spec *spec,
                           int64_t piece_bytes, struct weft_error *err);

/* Sets the bits of the cells of `field` in a set of words (struct wf_csv_phases), or clears them. */
void wf_csv_phase_set(uint64_t *words, int n_fields, int field, bool to);

/* "path: record 17 (line 19)": the first words of messages; `record` from 0. */
enum { WF_CSV_WHERE = 200 };
void wf_csv_where(char text[WF_CSV_WHERE], const char *path, int64_t record, int64_t line);

/* A record has too few or too many fields. */
weft_status wf_csv_ragged_error(const struct wf_csv *f, int64_t record, int64_t line, int n,
                                struct weft_error *err);

int64_t wf_csv_count_lines(const char *text, int64_t n); /* line feeds */

#endif
