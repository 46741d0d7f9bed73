/* plain.c - one record of CSV text, found character by character. */
#include "lib/io/csv/plain.h"

#include <string.h>

#include "lib/base/mem.h"

/* Whether a line ends at text[i]: at its line feed or the carriage return before it. */
static bool ends_line(const char *text, int64_t n, int64_t i)
{
    return text[i] == '\n' || (text[i] == '\r' && i + 1 < n && text[i + 1] == '\n');
}

static int64_t behind_line(const char *text, int64_t n, int64_t i)
{
    const char *end = i < n ? memchr(text + i, '\n', (size_t)(n - i)) : NULL;

    return end ? end - text + 1 : -1;
}

static bool add_field(struct wf_csv_record *r, int64_t first, int64_t last)
{
    if (r->n == r->room) {
        const int room = r->room ? r->room * 2 : 16;
        uint32_t *grown = wf_realloc(r->first, (size_t)room * sizeof *grown);

        if (!grown)
            return false;
        r->first = grown;
        grown = wf_realloc(r->last, (size_t)room * sizeof *grown);
        if (!grown)
            return false;
        r->last = grown;
        r->room = room;
    }
    r->first[r->n] = (uint32_t)first;
    r->last[r->n++] = (uint32_t)last;
    return true;
}

/* Behind the closing quote of the quoted part that begins at text[i]; -1: it is open. */
static int64_t behind_quoted(const struct wf_csv_dialect *d, const char *text, int64_t n, int64_t i)
{
    for (i++; i < n; i++) {
        if (text[i] != d->quote)
            continue;
        if (i + 1 == n || text[i + 1] != d->quote)
            return i + 1;
        i++;
    }
    return -1;
}

/* The start of the record at or after text[at], past blank lines and comments; n: there is none;
 * -1: a comment has no end yet. */
static int64_t record_start(const struct wf_csv_dialect *d, const char *text, int64_t n, int64_t at)
{
    while (at < n) {
        if (ends_line(text, n, at))
            at += text[at] == '\r' ? 2 : 1;
        else if (d->comment && text[at] == d->comment)
            at = behind_line(text, n, at);
        else
            return at;
        if (at < 0)
            return -1;
    }
    return n;
}

enum wf_csv_found wf_csv_record_find(struct wf_csv_record *r, const struct wf_csv_dialect *d,
                                     const char *text, int64_t n, int64_t at)
{
    int64_t i = record_start(d, text, n, at);

    r->n = 0;
    r->quote = -1;
    r->begin = i < 0 ? at : i;
    if (i < 0)
        return WF_CSV_PARTIAL;
    if (i == n) {
        r->begin = at;
        r->next = n;
        return WF_CSV_NOTHING;
    }
    for (;;) {
        const int64_t first = i;

        if (i < n && d->has_quote && text[i] == d->quote) {
            i = behind_quoted(d, text, n, i);
            if (i < 0) {
                r->quote = first;
                return WF_CSV_PARTIAL;
            }
        }
        while (i < n && text[i] != d->sep && !ends_line(text, n, i) && !(d->comment && text[i] == d->comment))
            i++;
        if (i == n)
            return WF_CSV_PARTIAL;
        if (!add_field(r, first, i))
            return WF_CSV_NO_ROOM;
        if (text[i] != d->sep) {
            r->next = behind_line(text, n, i);
            return r->next < 0 ? WF_CSV_PARTIAL : WF_CSV_RECORD;
        }
        i++;
    }
}

void wf_csv_record_fini(struct wf_csv_record *r)
{
    wf_free(r->first);
    wf_free(r->last);
    *r = (struct wf_csv_record){0};
}
