/* input.h - a file that is read whole.
 *
 * Errors: WEFT_IO, "path: No such file or directory"; WEFT_NOMEM.
 */
#ifndef WF_INPUT_H
#define WF_INPUT_H

#include <stddef.h>

#include <weft/status.h>

/* All of it, or its first `most` bytes, given, and a zero behind that *n does not count. What has no size,
 * as a pipe, is read to its end. */
weft_status wf_input_read(char **out, size_t *n, const char *path, size_t most, struct weft_error *err);

#endif
