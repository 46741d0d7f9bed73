/* lines.h - a text file cut at ends of lines.
 *
 * A line ends at a line feed, which is no part of it, nor is a carriage return
 * before it; the last line may lack its line feed. Lines are bytes, in any
 * encoding.
 *
 * Errors: WEFT_IO, WEFT_NOMEM. Threads: any; nothing is shared.
 */
#ifndef WF_LINES_H
#define WF_LINES_H

#include <weft/chunk.h>

#include "lib/data/buffer.h"

/* bounds[0 .. n_parts] with bounds[0] = 0 and bounds[n_parts] = size of the file:
 * part i is the bytes bounds[i] .. bounds[i+1]-1, whole lines, as equal as lines
 * allow. A part can be empty. Reads only around the cuts. */
weft_status wf_lines_split(const char *path, int64_t n_parts, int64_t *bounds, struct weft_error *err);

/* Some lines in memory: line i is text->data + starts[i], wf_lines_at() gives it. */
struct wf_lines {
    struct wf_buffer *text;
    int64_t           n;
    int64_t          *starts; /* n + 1 of them; the last is one past the last line's end of line */
};

/* The lines in bytes begin .. end-1 of a file, which start and end with lines as
 * the bounds above do. The result is given: wf_lines_fini(). */
weft_status wf_lines_read(struct wf_lines *out, const char *path, int64_t begin, int64_t end,
                          struct weft_error *err);
void        wf_lines_fini(struct wf_lines *l); /* a zeroed one is fine */

static inline struct weft_text wf_lines_at(const struct wf_lines *l, int64_t i) /* lent */
{
    const char *ptr = (const char *)l->text->data + l->starts[i];
    int64_t len = l->starts[i + 1] - l->starts[i];

    if (len > 0 && ptr[len - 1] == '\n')
        len -= len > 1 && ptr[len - 2] == '\r' ? 2 : 1;
    return (struct weft_text){ptr, len};
}

#endif
