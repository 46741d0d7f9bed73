/* file.h - where a picture goes: its format by its name, and the file when it is whole. */
#ifndef WF_DRAW_FILE_H
#define WF_DRAW_FILE_H

#include "lib/draw/text.h"

#include <weft/status.h>

/* *format is the suffix of the path, one of "svg", "png", "pdf" and "dot". WEFT_INVALID for any
 * other; WEFT_UNSUPPORTED for one that `made`, words with blanks between, does not have. */
weft_status wf_draw_format(const char **format, const char *path, const char *made, struct weft_error *err);
weft_status wf_draw_write(const char *path, const struct wf_text *picture, struct weft_error *err);

#endif
