/* output.h - a file that appears when it is complete.
 *
 * Bytes go to a file beside the one asked for, which takes its place on closing:
 * a failure leaves what was there before. A device or pipe is written as it is.
 *
 *     st = wf_output_open(&o, path, err);
 *     st = st ? st : wf_output_write(&o, bytes, n, err);
 *     st = st ? st : wf_output_close(&o, err);
 *     wf_output_fini(&o);
 *
 * Errors: WEFT_IO, "path: Permission denied".
 */
#ifndef WF_OUTPUT_H
#define WF_OUTPUT_H

#include <stddef.h>

#include <weft/status.h>

struct wf_output {
    const char *path; /* as asked for: what errors name; lent */
    char       *temp; /* where the bytes are; NULL: in the file itself */
    char       *real; /* what `temp` will replace */
    int         fd;
    int         is_open;
};

weft_status wf_output_open(struct wf_output *o, const char *path, struct weft_error *err);
weft_status wf_output_write(struct wf_output *o, const void *bytes, size_t n, struct weft_error *err);
weft_status wf_output_close(struct wf_output *o, struct weft_error *err);

/* Drops what was not closed. A zeroed one is fine. */
void wf_output_fini(struct wf_output *o);

#endif
