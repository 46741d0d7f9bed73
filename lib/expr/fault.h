/* fault.h - an error in a text, shown under the text. */
#ifndef WF_FAULT_H
#define WF_FAULT_H

#include <stddef.h>

#include <weft/status.h>

/* Adds to the sentence in `err` (NULL is fine) the line of `text` that byte `at` is in,
 * and under it a caret:
 *
 *     no column "home_scor"; did you mean "home_score"?
 *       home_scor - 1
 *       ^
 *
 * A long line is cut around the fault. Answers err->status. */
void wf_fault_show(struct weft_error *err, const char *text, size_t at);

#endif
