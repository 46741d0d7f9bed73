/* page.h - a state as lines of text, for a terminal or a file. */
#ifndef TOP_PAGE_H
#define TOP_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/top/state.h"

/* How what follows in a line looks: bytes no text of ours has otherwise. */
enum ink { INK_PLAIN = 1, INK_FAINT, INK_HEAD, INK_DONE, INK_RUN, INK_FAIL, INK_DISK, INK_OTHER, N_INKS };

enum sort { SORT_ORDER, SORT_TIME, SORT_LEFT, SORT_FAILED, SORT_NAME, N_SORTS };
extern const char *const sort_names[N_SORTS + 1]; /* NULL at the end */

struct look {
    int       width, height; /* cells; height 0: as many lines as it takes */
    enum sort sort;
    bool      unicode;       /* bars of blocks, else of # */
    const char *remark;      /* said at the end of the first line; NULL: nothing */
};

/* Writes lines with inks; false: no memory. */
bool page_write(FILE *to, const struct state *s, const struct look *how);

/* So many bytes of `line` fit in `width` cells; inks take none. */
size_t page_fit(const char *line, int width);

#endif
