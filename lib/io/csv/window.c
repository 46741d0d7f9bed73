/* window.c - a part of a file in memory, moving from its begin to its end. */
#include "lib/io/csv/window.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { TAIL = 64 };

weft_status wf_csv_window_init(struct wf_csv_window *w, const struct wf_file *file, int64_t begin, int64_t end,
                               int64_t room, struct weft_error *err)
{
    /* No larger than the text and the line feed behind it. */
    const int64_t enough = end - begin + 1;

    *w = (struct wf_csv_window){.file = file, .at = begin, .end = end, .room = enough < room ? enough : room};
    w->text = wf_alloc((size_t)w->room + TAIL);
    if (!w->text)
        return wf_error_nomem(err, file->path);
    memset(w->text + w->room, 0, TAIL);
    return WEFT_OK;
}

void wf_csv_window_fini(struct wf_csv_window *w)
{
    wf_free(w->text);
    w->text = NULL;
}

static weft_status grow(struct wf_csv_window *w, struct weft_error *err)
{
    char *text = wf_realloc(w->text, (size_t)w->room * 2 + TAIL);

    if (!text)
        return wf_error_nomem(err, w->file->path);
    w->text = text;
    w->room *= 2;
    memset(w->text + w->room, 0, TAIL);
    return WEFT_OK;
}

weft_status wf_csv_window_move(struct wf_csv_window *w, int64_t used, struct weft_error *err)
{
    int64_t more;
    weft_status st;

    WF_ASSERT(used <= w->n);
    if (used == 0 && w->n == w->room && !w->is_last) {
        st = grow(w, err);
        if (st)
            return st;
    }
    memmove(w->text, w->text + used, (size_t)(w->n - used));
    w->at += used;
    w->n -= used;
    if (w->is_last)
        return WEFT_OK;
    more = w->end - w->at - w->n;
    if (more > w->room - w->n)
        more = w->room - w->n;
    st = wf_file_read(w->file, w->at + w->n, w->text + w->n, (size_t)more, err);
    if (st)
        return st;
    w->n += more;
    /* The end is reached when there is room for a line feed behind it. */
    if (w->at + w->n == w->end && w->n < w->room) {
        w->is_last = true;
        if (w->n > 0 && w->text[w->n - 1] != '\n')
            w->text[w->n++] = '\n';
    }
    return WEFT_OK;
}
