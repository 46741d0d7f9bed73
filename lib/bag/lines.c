/* lines.c - the lines of one piece of a file, through a window that moves on.
 *
 * The window grows to the longest line, not to the piece: a chain over a large
 * file holds one window per worker.
 */
#include <string.h>

#include "lib/bag/text.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/io/file.h"

enum { WINDOW = 256 << 10, LEAST_READ = 4096 };

/* Bytes [from, n) of `bytes` are still to be looked at; those before `seen` hold no
 * end of line. bytes[0] is byte `at` of the file. */
struct window {
    struct wf_file file;
    char          *bytes;
    size_t         room, from, seen, n;
    int64_t        at;
};

/* Where the next line begins in the file. */
static int64_t place(const struct window *w)
{
    return w->at + (int64_t)w->from;
}

static void drop_read(struct window *w)
{
    if (!w->from)
        return;
    memmove(w->bytes, w->bytes + w->from, w->n - w->from);
    w->at += (int64_t)w->from;
    w->n -= w->from;
    w->seen -= w->from;
    w->from = 0;
}

static weft_status grow(struct window *w, struct weft_error *err)
{
    const size_t room = w->room ? w->room * 2 : WINDOW;
    char *bytes = wf_realloc(w->bytes, room);

    if (!bytes)
        return wf_error_nomem(err, w->file.path);
    w->bytes = bytes;
    w->room = room;
    return WEFT_OK;
}

/* Reads on, at first up to `end` and then in small steps, since little is missing.
 * *more: whether the file went on. */
static weft_status read_on(struct window *w, int64_t end, bool *more, struct weft_error *err)
{
    const int64_t from = w->at + (int64_t)w->n, rest = w->file.stamp.size - from;
    int64_t want = end - from > LEAST_READ ? end - from : LEAST_READ;
    weft_status st = WEFT_OK;

    *more = rest > 0;
    if (rest <= 0)
        return WEFT_OK;
    drop_read(w);
    if (w->n == w->room)
        st = grow(w, err);
    if (want > rest)
        want = rest;
    if (want > (int64_t)(w->room - w->n))
        want = (int64_t)(w->room - w->n);
    if (!st)
        st = wf_file_read(&w->file, from, w->bytes + w->n, (size_t)want, err);
    if (!st)
        w->n += (size_t)want;
    return st;
}

/* The next end of line in the window; NULL: none yet. */
static char *stop_in(struct window *w)
{
    char *stop = w->n > w->seen ? memchr(w->bytes + w->seen, '\n', w->n - w->seen) : NULL;

    if (!stop)
        w->seen = w->n;
    return stop;
}

static void go_behind(struct window *w, const char *stop)
{
    w->from = w->seen = (size_t)(stop + 1 - w->bytes);
}

/* To behind the next end of line; keeps nothing, however far that is. */
static weft_status skip_line(struct window *w, int64_t end, struct weft_error *err)
{
    bool more = true;
    weft_status st = WEFT_OK;

    while (!st && more) {
        const char *stop = stop_in(w);

        if (stop) {
            go_behind(w, stop);
            return WEFT_OK;
        }
        w->from = w->n;
        if (place(w) >= end)
            return WEFT_OK; /* one line from before this piece to behind it */
        st = read_on(w, end, &more, err);
    }
    return st;
}

/* *line.ptr is NULL at the end of the file. */
static weft_status next_line(struct window *w, int64_t end, struct weft_text *line, struct weft_error *err)
{
    bool more = true;
    weft_status st = WEFT_OK;

    *line = (struct weft_text){0};
    while (!st && more) {
        const char *stop = stop_in(w);

        if (stop) {
            *line = (struct weft_text){w->bytes + w->from, stop - (w->bytes + w->from)};
            go_behind(w, stop);
            return WEFT_OK;
        }
        st = read_on(w, end, &more, err);
    }
    if (!st && w->n > w->from) {
        *line = (struct weft_text){w->bytes + w->from, (int64_t)(w->n - w->from)};
        w->from = w->seen = w->n;
    }
    return st;
}

static void push_line(struct weft_text line, void (*push)(void *to, const struct weft_record *record), void *to)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    push(to, &(struct weft_record){.text = line});
}

/* Between lines; asking for every line would cost a shared load each. */
static weft_status look_up(struct wf_pass *pass, int64_t n, struct weft_error *err)
{
    if (n % 1024 != 1023 || !weft_call_is_cancelled(pass->call))
        return WEFT_OK;
    return weft_error_set(err, WEFT_CANCELLED, "%s: cancelled", pass->pipe->name);
}

/* Whether the file is what the token of a pure pass says. */
static weft_status check(const struct wf_pass *pass, const struct wf_file *f, const struct wf_fingerprint *print,
                         struct weft_error *err)
{
    bool unchanged = true;
    weft_status st;

    if (!pass->pipe->is_pure)
        return WEFT_OK;
    st = wf_file_is_unchanged(f, &unchanged, err);
    if (st || (unchanged && wf_file_is_same(&f->stamp, &print->stamp)))
        return st;
    return weft_error_set(err, WEFT_IO, "%s: has changed since it was looked at", f->path);
}

weft_status wf_text_read(const struct wf_text_source *source, struct wf_pass *pass,
                         void (*push)(void *to, const struct weft_record *record), void *to,
                         struct weft_error *err)
{
    const struct wf_piece piece = source->pieces[pass->partition];
    const struct wf_fingerprint *print = source->prints ? &source->prints[piece.file] : NULL;
    struct window w = {.file.fd = -1, .at = piece.begin ? piece.begin - 1 : 0};
    weft_status st = wf_file_open(&w.file, source->paths[piece.file], err);

    if (!st)
        st = check(pass, &w.file, print, err);
    if (!st && piece.begin)
        st = skip_line(&w, piece.end, err);
    for (int64_t n = 0; !st && place(&w) < piece.end && !wf_pass_is_over(pass); n++) {
        struct weft_text line;

        st = next_line(&w, piece.end, &line, err);
        if (st || !line.ptr)
            break;
        push_line(line, push, to);
        st = look_up(pass, n, err);
    }
    if (!st)
        st = check(pass, &w.file, print, err);
    wf_file_close(&w.file);
    wf_free(w.bytes);
    return st;
}
