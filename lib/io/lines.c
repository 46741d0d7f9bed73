/* lines.c - a text file cut at ends of lines. */
#include "lib/io/lines.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/io/file.h"

/* Looking for the end of a line goes by steps of this. */
enum { STEP = 64 << 10 };

/* The first start of a line at or after byte `at`, or the end of the file. */
static weft_status line_after(int64_t *out, const struct wf_file *f, int64_t at, char *step,
                              struct weft_error *err)
{
    if (at == 0) {
        *out = 0;
        return WEFT_OK;
    }
    for (int64_t i = at - 1; i < f->stamp.size;) {
        const int64_t left = f->stamp.size - i;
        const size_t n = left < STEP ? (size_t)left : STEP;
        const weft_status st = wf_file_read(f, i, step, n, err);
        const char *end;

        if (st)
            return st;
        end = memchr(step, '\n', n);
        if (end) {
            *out = i + (end - step) + 1;
            return WEFT_OK;
        }
        i += (int64_t)n;
    }
    *out = f->stamp.size;
    return WEFT_OK;
}

weft_status wf_lines_split(const char *path, int64_t n_parts, int64_t *bounds, struct weft_error *err)
{
    struct wf_file f = {.fd = -1};
    char *step = NULL;
    weft_status st;

    WF_ASSERT(n_parts > 0);
    st = wf_file_open(&f, path, err);
    if (st)
        goto out;
    step = wf_alloc(STEP);
    if (!step) {
        st = wf_error_nomem(err, path);
        goto out;
    }
    bounds[0] = 0;
    for (int64_t i = 1; i <= n_parts; i++) {
        const int64_t share = f.stamp.size / n_parts * i + f.stamp.size % n_parts * i / n_parts;

        /* A line longer than a share: the next parts are empty, and need no look. */
        if (bounds[i - 1] >= share) {
            bounds[i] = bounds[i - 1];
            continue;
        }
        st = line_after(&bounds[i], &f, share, step, err);
        if (st)
            goto out;
    }
out:
    wf_free(step);
    wf_file_close(&f);
    return st;
}

/* Fills starts, if there are any yet, and counts. */
static int64_t find_starts(int64_t *starts, const char *text, int64_t bytes)
{
    int64_t n = 0;

    for (const char *p = text, *end = text + bytes; p < end; n++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));

        if (starts)
            starts[n] = p - text;
        p = stop ? stop + 1 : end;
    }
    if (starts)
        starts[n] = bytes;
    return n;
}

weft_status wf_lines_read(struct wf_lines *out, const char *path, int64_t begin, int64_t end,
                          struct weft_error *err)
{
    struct wf_lines l = {0};
    struct wf_file f = {.fd = -1};
    weft_status st;

    WF_ASSERT(0 <= begin && begin <= end);
    st = wf_file_open(&f, path, err);
    if (st)
        goto out;
    l.text = wf_buffer_new((size_t)(end - begin));
    if (!l.text) {
        st = wf_error_nomem(err, path);
        goto out;
    }
    st = wf_file_read(&f, begin, l.text->data, (size_t)(end - begin), err);
    if (st)
        goto out;
    l.n = find_starts(NULL, l.text->data, end - begin);
    l.starts = wf_alloc_array((size_t)l.n + 1, sizeof *l.starts);
    if (!l.starts) {
        st = wf_error_nomem(err, path);
        goto out;
    }
    find_starts(l.starts, l.text->data, end - begin);
    *out = l;
    l = (struct wf_lines){0};
out:
    wf_lines_fini(&l);
    wf_file_close(&f);
    return st;
}

void wf_lines_fini(struct wf_lines *l)
{
    wf_buffer_release(l->text);
    wf_free(l->starts);
    *l = (struct wf_lines){0};
}
