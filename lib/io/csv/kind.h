/* kind.h - the narrowest type of a column, as its fields come by.
 *
 *         string
 *        /  |   \
 *   float64 |    \
 *      |   bool  date
 *    int64  |    /
 *        \  |   /
 *         nothing
 */
#ifndef WF_CSV_KIND_H
#define WF_CSV_KIND_H

#include "lib/io/csv/dialect.h"

enum wf_csv_kind { WF_CSV_EMPTY, WF_CSV_BOOL, WF_CSV_INT, WF_CSV_FLOAT, WF_CSV_DATE, WF_CSV_TEXT };

/* Quoted fields of more than this many bytes are texts without a look. */
enum { WF_CSV_NUMBER_MAX = 512 };

/* The least kind that holds what `kind` held and the field raw[0 .. n), quotes included.
 * A null changes nothing; but *quoted_null is set if it was a quoted one, which in a
 * column of texts is a text. */
enum wf_csv_kind wf_csv_kind_with(enum wf_csv_kind kind, const struct wf_csv_dialect *d, const char *raw,
                                  int64_t n, bool *quoted_null);

weft_dtype wf_csv_kind_dtype(enum wf_csv_kind kind, bool quoted_null);

/* The values of text[0 .. n), a field without quotes; thousands are passed over.
 * False: it is none. */
bool wf_csv_i64(const struct wf_csv_dialect *d, const char *text, int64_t n, int64_t *out);
bool wf_csv_f64(const struct wf_csv_dialect *d, const char *text, int64_t n, double *out);

#endif
