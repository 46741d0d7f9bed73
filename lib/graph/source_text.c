/* source_text.c - what results were made from, in words. */
#include "lib/graph/source.h"

#include <stdarg.h>
#include <string.h>

#include "lib/base/units.h"
#include "lib/base/utf8.h"

/* A text that grows in `size` bytes; what does not fit is cut. */
struct text {
    char  *to;
    size_t n, size;
};

static void put(struct text *t, const char *fmt, ...) WEFT_FORMAT(2, 3);
static void put(struct text *t, const char *fmt, ...)
{
    const size_t room = t->size - t->n;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(t->to + t->n, room, fmt, args);
    va_end(args);
    t->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room ? room - 1 : 0;
}

/* Long paths by their end, which tells them apart. */
enum { PATH_SHOWN = 100, RANGE_TEXT = PATH_SHOWN + 160, FEW = 3 };

static const char *end_of(const char *path)
{
    const size_t n = strlen(path);
    const char *end = n > PATH_SHOWN ? path + n - PATH_SHOWN + 3 : path;

    while (wf_utf8_continues(*end))
        end++;
    return end;
}

/* ", bytes 0 to 10, rows 0 to 3", or what of that is known. */
static void put_place(struct text *t, const struct weft_source_range *r, const char *comma)
{
    if (r->end != WEFT_SOURCE_END)
        put(t, "%sbytes %lld to %lld", comma, (long long)r->begin, (long long)r->end);
    else if (r->begin)
        put(t, "%sbytes %lld to its end", comma, (long long)r->begin);
    if (r->n_rows == 1 && r->first_row >= 0)
        put(t, ", row %lld", (long long)r->first_row);
    else if (r->n_rows >= 0 && r->first_row >= 0)
        put(t, ", rows %lld to %lld", (long long)r->first_row, (long long)(r->first_row + r->n_rows));
}

static void put_range(struct text *t, const struct weft_source_range *r, bool with_path)
{
    const char *end = end_of(r->path);

    if (with_path)
        put(t, "%s%s", end == r->path ? "" : "...", end);
    put_place(t, r, with_path ? ", " : "");
}

/* "; and 7 more files": what is left behind n ranges of `n_files` files. */
static void put_rest(struct text *t, const struct weft_sources *s, size_t n, size_t n_files)
{
    const char *and = n ? "; and " : "";
    const char *more = n ? " more" : "";

    if (n_files < s->n_files)
        put(t, "%s%zu%s file%s", and, s->n_files - n_files, more, s->n_files - n_files == 1 ? "" : "s");
    else if (n < s->n)
        put(t, "%s%zu%s part%s", and, s->n - n, more, s->n - n == 1 ? "" : "s");
}

void wf_sources_text(const struct weft_sources *s, bool with_paths, char *text, size_t size)
{
    enum { REST = 40 }; /* "; and so many more files" */
    struct text t = {.to = text, .size = size};
    size_t n = 0, n_files = 0;

    if (!size)
        return;
    text[0] = 0;
    for (; n < s->n && n < FEW; n++) {
        char one[RANGE_TEXT] = "";
        struct text range = {.to = one, .size = sizeof one};

        put_range(&range, &s->range[n], with_paths);
        if (t.n + range.n + 3 + (n + 1 < s->n ? REST : 0) > size)
            break;
        put(&t, "%s%s", n ? "; " : "", one);
        n_files += !n || s->range[n].path != s->range[n - 1].path;
    }
    put_rest(&t, s, n, n_files);
}

void weft_sources_text(const struct weft_sources *s, char *text, size_t size)
{
    wf_sources_text(s, true, text, size);
}

void wf_sources_print_sums(const struct weft_sources *s, FILE *to)
{
    char bytes[WEFT_UNITS_TEXT];

    fprintf(to, "%zu file%s", s->n_files, s->n_files == 1 ? "" : "s");
    if (s->n_bytes >= 0)
        fprintf(to, ", %s", wf_bytes_text((size_t)s->n_bytes, bytes));
    if (s->n_rows >= 0)
        fprintf(to, ", %lld row%s", (long long)s->n_rows, s->n_rows == 1 ? "" : "s");
}

void weft_sources_print(const struct weft_sources *s, FILE *to)
{
    if (!s->n) {
        fprintf(to, "no files\n");
        return;
    }
    wf_sources_print_sums(s, to);
    fprintf(to, ", in %zu reading%s\n", s->n_reads, s->n_reads == 1 ? "" : "s");
    for (size_t i = 0; i < s->n; i++) {
        char place[RANGE_TEXT] = "";
        struct text t = {.to = place, .size = sizeof place};

        put_place(&t, &s->range[i], ", ");
        fprintf(to, "  %s%s", s->range[i].path, place);
        if (s->range[i].n_reads > 1)
            fprintf(to, ", in %zu readings", s->range[i].n_reads);
        fputc('\n', to);
    }
}
