/* csv.h - comma separated text as columns: scanned once, then parsed in pieces.
 *
 *     wf_csv_scan(&f, path, spec, err);          types, rows, where records begin
 *     wf_csv_split(&ranges, &n, f, err);         the partitions, as spec says
 *     wf_csv_parse(&chunk, f, &ranges[i], ...);  any range, on any thread
 *
 * The scan walks over the whole file and keeps nothing but the names and types of
 * columns and every 256 KiB the place of a record. So a range begins and ends at
 * true ends of records, its rows are numbered, and parsing ranges needs no word
 * from other ranges. What the fields look like is told in weft/io.h.
 *
 * Ownership: counted. Errors: WEFT_IO, WEFT_PARSE, WEFT_INVALID (the spec),
 * WEFT_NOMEM; they name file, record (from 1, the header is none), physical line,
 * column and text:
 *     results.csv: record 17 (line 19): column "home_score": "abc" is not an int64
 * Threads: immutable once scanned; any thread may parse.
 */
#ifndef WF_CSV_H
#define WF_CSV_H

#include <weft/io.h>

#include "lib/base/hash.h"
#include "lib/data/chunk.h"

struct wf_csv; /* a file that has been scanned */

/* Some records of the file: bytes begin .. end-1. */
struct wf_csv_range {
    int64_t begin, end;
    int64_t first_record; /* from 0 */
    int64_t n_records;
    int64_t first_line;   /* physical line of `begin`, from 1 */
};

/* Why a column has its type. */
struct wf_csv_origin {
    bool    given;  /* the spec says so */
    int64_t record; /* the first that the type before did not fit, from 0; -1: none did */
    int64_t line;
};

/* NULL `spec`: the usual. *out is given. */
weft_status    wf_csv_scan(struct wf_csv **out, const char *path, const struct weft_csv_spec *spec,
                           struct weft_error *err);
struct wf_csv *wf_csv_retain(struct wf_csv *f);
void           wf_csv_release(struct wf_csv *f); /* NULL is fine */

const char          *wf_csv_path(const struct wf_csv *f);
struct wf_schema    *wf_csv_schema(const struct wf_csv *f); /* lent; the columns kept */
int64_t              wf_csv_n_records(const struct wf_csv *f);
struct wf_csv_origin wf_csv_origin(const struct wf_csv *f, int column);

/* Says what the file is and how it is read, for keys: see wf_file_fingerprint(). To be called
 * before others hold it. A file that is no longer what was scanned is an error. */
weft_status     wf_csv_fingerprint(struct wf_csv *f, bool by_content, struct weft_error *err);
struct wf_token wf_csv_token(const struct wf_csv *f); /* what that said */

/* The whole file as one range. */
struct wf_csv_range wf_csv_all(const struct wf_csv *f);

/* The partitions that the spec asks for, at least one, in order, without gaps:
 * n_partitions of them (the first n_records % n_partitions have one row more), or
 * the fewest of about partition_bytes each. *ranges is freed with wf_free(). */
weft_status wf_csv_split(struct wf_csv_range **ranges, int64_t *n, const struct wf_csv *f,
                         struct weft_error *err);

/* Records first .. first+n-1. */
weft_status wf_csv_rows(struct wf_csv_range *out, const struct wf_csv *f, int64_t first, int64_t n,
                        struct weft_error *err);

/* The chunk of `range`: columns[0 .. n_columns) of the schema, in this order (NULL:
 * all). A file that is no longer what was scanned is an error. *out is given. */
weft_status wf_csv_parse(weft_chunk **out, const struct wf_csv *f, const struct wf_csv_range *range,
                         const int *columns, int n_columns, struct weft_error *err);

#endif
