/* names.h - what the fields of a CSV file are called, and what the spec says of each. */
#ifndef WF_CSV_NAMES_H
#define WF_CSV_NAMES_H

#include "lib/io/csv/plain.h"

struct wf_csv_name {
    char      *name;
    bool       is_kept;
    bool       is_given; /* its type is `dtype` */
    weft_dtype dtype;
};

struct wf_csv_names {
    struct wf_csv_name *of; /* n of them, one a field */
    int                 n;
    int                 n_kept;
};

/* From the names of the spec, else the header `r` in `text`, else their places: without
 * names and header r->n fields. Columns of the spec that are not there are WEFT_NOT_FOUND. */
weft_status wf_csv_names_init(struct wf_csv_names *names, const struct wf_csv_dialect *d, const char *path,
                              const char *text, const struct wf_csv_record *r, const struct weft_csv_spec *spec,
                              struct weft_error *err);
void        wf_csv_names_fini(struct wf_csv_names *names); /* a zeroed one is fine */

#endif
