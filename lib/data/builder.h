/* builder.h - a column still growing, value by value.
 *
 * For sources that do not know how much comes, and for tests. Errors are kept:
 * after a refused allocation every call does nothing and finish gives NULL.
 */
#ifndef WF_BUILDER_H
#define WF_BUILDER_H

#include "lib/data/column.h"

struct wf_builder {
    weft_dtype        dtype;
    int64_t           n, room, n_nulls;
    char             *values;     /* bool: a byte each until finish */
    uint64_t         *valid;      /* NULL until the first null */
    char             *text;       /* the long texts, one after another */
    size_t            n_text, text_room;
    bool              failed;
};

void wf_builder_init(struct wf_builder *b, weft_dtype dtype);
void wf_builder_fini(struct wf_builder *b); /* a zeroed one is fine */

void wf_builder_add_i64(struct wf_builder *b, int64_t x);  /* int64, date, bool */
void wf_builder_add_f64(struct wf_builder *b, double x);   /* float64, float32 */
void wf_builder_add_text(struct wf_builder *b, const char *text, int64_t len);
void wf_builder_add_null(struct wf_builder *b);

/* The column, given; the builder is empty again. NULL: no memory. */
struct wf_column *wf_builder_finish(struct wf_builder *b);

#endif
