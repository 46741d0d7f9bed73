/* schema.h - the names and types of the columns of a frame, known before its data.
 *
 * Ownership: counted, immutable once shared.
 */
#ifndef WF_SCHEMA_H
#define WF_SCHEMA_H

#include <weft/dtype.h>

#include "lib/data/count.h"

struct wf_schema {
    wf_count    holders;
    int         n;
    char      **names;
    weft_dtype *dtypes;
};

/* Names are copied. NULL: no memory. */
struct wf_schema *wf_schema_new(int n, const char *const *names, const weft_dtype *dtypes);
struct wf_schema *wf_schema_retain(struct wf_schema *s);
void              wf_schema_release(struct wf_schema *s); /* NULL is fine */
int               wf_schema_find(const struct wf_schema *s, const char *name); /* -1: none */

#endif
