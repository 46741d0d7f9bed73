/* text.h - files cut into pieces, each of which is read alone.
 *
 * A file is cut anywhere. A line belongs to the piece that its first byte lies in.
 * So the reader of a piece begins one byte early and skips to the first end of
 * line, and reads its last line to its end, wherever that is: no piece needs to
 * know what another found, and cutting looks at sizes only.
 */
#ifndef WF_TEXT_H
#define WF_TEXT_H

#include "lib/bag/pipe.h"

struct wf_piece {
    int     file;
    int64_t begin, end; /* the last of a file ends at INT64_MAX: wherever the file ends by then */
};

struct wf_text_source {
    const char     **paths;
    struct wf_piece *pieces; /* one per partition */
};

/* Pushes the lines of one piece, until the pass is over. */
weft_status wf_text_read(const struct wf_text_source *source, struct wf_pass *pass,
                         void (*push)(void *to, const struct weft_record *record), void *to,
                         struct weft_error *err);

#endif
