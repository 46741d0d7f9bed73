/* window.h - a part of a file in memory, moving from its begin to its end.
 *
 * The window holds text[0 .. n), the bytes of the file from `at` on, and 64 readable
 * bytes behind them. Whoever reads uses up whole records; what is left of the last
 * one comes again, in front of what follows. The end of the file counts as the end of
 * its last line: a line feed is put there if it has none.
 */
#ifndef WF_CSV_WINDOW_H
#define WF_CSV_WINDOW_H

#include "lib/io/file.h"

struct wf_csv_window {
    const struct wf_file *file; /* lent */
    int64_t at, end;            /* of the file; what lies behind `end` is not read */
    char   *text;
    int64_t n, room;
    bool    is_last;            /* text reaches to the end */
};

/* A record of this size is refused: places in a text are kept in 32 bits. */
#define WF_CSV_RECORD_MAX ((int64_t)1 << 30)

/* Bytes begin .. end-1 by pieces of `room`; nothing is in the window yet. */
weft_status wf_csv_window_init(struct wf_csv_window *w, const struct wf_file *file, int64_t begin, int64_t end,
                               int64_t room, struct weft_error *err);
void        wf_csv_window_fini(struct wf_csv_window *w); /* a zeroed one is fine */

/* Moves on: `used` bytes are done with. If not even one record was used, the window
 * becomes larger; not beyond WF_CSV_RECORD_MAX, which the caller checks before. */
weft_status wf_csv_window_move(struct wf_csv_window *w, int64_t used, struct weft_error *err);

#endif
