/* compare.h - two strings as views: equal or not, which comes first, by bytes. */
#ifndef WF_STRING_COMPARE_H
#define WF_STRING_COMPARE_H

#include "lib/data/column.h"

/* Negative, 0 or positive as x sorts before, with or after y. */
int  wf_text_compare(struct weft_text x, struct weft_text y);

/* `xt`, `yt`: the texts of their columns. */
bool wf_view_equal(const struct wf_view *x, struct wf_buffer *const *xt,
                   const struct wf_view *y, struct wf_buffer *const *yt);
int  wf_view_compare(const struct wf_view *x, struct wf_buffer *const *xt,
                     const struct wf_view *y, struct wf_buffer *const *yt);

#endif
