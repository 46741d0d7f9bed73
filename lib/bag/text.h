/* text.h - files cut into pieces, each of which is read alone.
 *
 * A file is cut anywhere. A line belongs to the piece that its first byte lies in.
 * So the reader of a piece begins one byte early and skips to the first end of
 * line, and reads its last line to its end, wherever that is: no piece needs to
 * know what another found, and cutting looks at sizes only.
 */
#ifndef WF_TEXT_H
#define WF_TEXT_H

#include <weft/source.h>

#include "lib/bag/pipe.h"
#include "lib/io/file.h"

struct wf_piece {
    int     file;
    int64_t begin, end; /* the last of a file ends at INT64_MAX: wherever the file ends by then */
};

/* What a file was, and its token. */
struct wf_fingerprint {
    struct wf_file_stamp stamp;
    struct wf_token      token;
};

struct wf_text_source {
    weft_graph            *graph;  /* whose memory this is */
    const char           **paths;
    int                    n_paths;
    struct wf_piece       *pieces; /* one per partition */
    struct wf_fingerprint *prints; /* of each file, as of the first pure pass; NULL: none yet */
};

/* Looks at what the files are, once. False: one cannot be read, or there is no memory; then
 * nothing over them is pure. */
bool wf_text_fingerprint(struct wf_text_source *source, bool by_content);

/* What the piece of a partition is, for keys; after the above. */
weft_status wf_text_hash(const struct wf_text_source *source, int64_t partition, struct weft_sink *sink);

/* What the task of a partition reads; `is_lines`: its records are the lines. */
struct weft_task_source wf_text_task_source(const struct wf_text_source *source, int64_t partition, bool is_lines);

/* Pushes the lines of one piece, until the pass is over. Of a pure pass a file that is not
 * what its fingerprint says is an error. */
weft_status wf_text_read(const struct wf_text_source *source, struct wf_pass *pass,
                         void (*push)(void *to, const struct weft_record *record), void *to,
                         struct weft_error *err);

#endif
