/* source_row.c - where one row of a result was read.
 *
 * A reader tells how its rows are found; a task that is WEFT_ROWS gives those of its inputs.
 * So the rows of a result are those of readers, one after another, as far down as all
 * tasks are one or the other:
 *
 *     whole, rows 0..5 --+-- partition 0, rows 0..2 --- read a.csv, rows 0..2
 *                        +-- partition 1, rows 0..2 --- read b.csv, rows 0..2
 */
#include "lib/graph/source.h"

#include <errno.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* ---- The readers behind a result, in the order of its rows ------------------------- */

/* As often as a task is read, its rows are there: a result can be made of more readers than
 * there are tasks. */
enum { MOST_STEPS = 1 << 24 };

static bool push(struct wf_readers *w, const weft_task *t)
{
    const weft_task **stack = wf_grow(w->stack, w->n, &w->room, sizeof *stack);

    if (!stack)
        return false;
    w->stack = stack;
    w->stack[w->n++] = t;
    return true;
}

static bool tells_rows(const weft_task *t)
{
    const struct wf_task_source *s = wf_source_first(t);

    while (s && (s->file->row_bytes || s->file->find_row))
        s = wf_source_next(t, s->next);
    return !s && wf_source_first(t);
}

weft_status wf_readers_next(struct wf_readers *w, const weft_task **out, struct weft_error *err)
{
    char key[96];

    while (w->n) {
        const weft_task *t = w->stack[--w->n];

        if (tells_rows(t)) {
            *out = t;
            return WEFT_OK;
        }
        weft_task_key(t, key, sizeof key);
        if (wf_source_first(t) || !wf_task_keeps_rows(t))
            return weft_error_set(err, WEFT_UNSUPPORTED, "%s does not say where its rows come from%s", key,
                                  t->n_deps ? ": ask what it reads" : "");
        if (++w->n_steps > MOST_STEPS)
            return weft_error_set(err, WEFT_UNSUPPORTED, "%s: its rows are those of too many tasks", key);
        for (uint32_t i = wf_task_n_made_from(t); i-- > 0;)
            if (!push(w, wf_graph_at(wf_task_graph(t), wf_task_deps(t)[i])))
                return wf_error_nomem(err, "sources");
    }
    *out = NULL;
    return WEFT_OK;
}

weft_status wf_readers_init(struct wf_readers *w, const weft_task *t, struct weft_error *err)
{
    *w = (struct wf_readers){0};
    return push(w, t) ? WEFT_OK : wf_error_nomem(err, "sources");
}

void wf_readers_fini(struct wf_readers *w)
{
    wf_free(w->stack);
}

/* ---- Lines ------------------------------------------------------------------------ */

/* What is looked for: row `row`; found, it is bytes begin .. end-1. */
struct found {
    int64_t row, begin, end;
    bool    is_found;
};

/* Line [begin, end), if it is one of the source. True: no need to read on. */
static bool pass_line(const struct wf_task_source *s, struct found *f, int64_t *n, int64_t begin, int64_t end)
{
    if (begin < 0 || begin >= s->end)
        return begin >= 0;
    if (++*n <= f->row)
        return false;
    f->begin = begin;
    f->end = end;
    return f->is_found = true;
}

/* Line `row` of those that begin in the range, or how many there are. A reader begins one byte
 * early, so that it knows whether a line begins with the range. */
static weft_status find_line(const struct wf_task_source *s, struct found *f, int64_t *n, struct weft_error *err)
{
    FILE *from = fopen(s->file->path, "re");
    int64_t at = s->begin ? s->begin - 1 : 0, line = s->begin ? -1 : 0;
    bool is_over = false;
    weft_status st = WEFT_OK;
    int c;

    *n = 0;
    if (!from)
        return wf_error_errno(err, errno == ENOENT ? WEFT_NOT_FOUND : WEFT_IO, s->file->path, errno);
    if (fseeko(from, at, SEEK_SET))
        st = wf_error_errno(err, WEFT_IO, s->file->path, errno);
    while (!st && !is_over && (c = getc_unlocked(from)) != EOF) {
        at++;
        if (c == '\n') {
            is_over = pass_line(s, f, n, line, at);
            line = at;
        }
    }
    if (!st && ferror(from))
        st = wf_error_errno(err, WEFT_IO, s->file->path, errno);
    if (!st && !is_over && line < at) /* the last line may lack its end */
        pass_line(s, f, n, line, at);
    fclose(from);
    return st;
}

/* ---- One row ------------------------------------------------------------------------ */

/* Row f->row of a source, or how many rows it has, all before that. */
static weft_status find_in(const struct wf_task_source *s, struct found *f, int64_t *n, struct weft_error *err)
{
    const struct wf_source_file *file = s->file;
    const struct weft_task_source told = wf_source_told(s);

    if (file->row_bytes == WEFT_LINES)
        return find_line(s, f, n, err);
    *n = s->n_rows;
    if (file->row_bytes && !*n)
        *n = (s->end - s->begin) / file->row_bytes;
    if (f->row >= *n)
        return WEFT_OK;
    f->is_found = true;
    if (!file->row_bytes)
        return file->find_row(&told, f->row, &f->begin, &f->end, err);
    f->begin = s->begin + f->row * file->row_bytes;
    f->end = f->begin + file->row_bytes;
    return WEFT_OK;
}

static void tell(const struct wf_task_source *s, const struct found *f, struct weft_source_range *out)
{
    const bool is_numbered = s->n_rows || (!s->begin && s->file->row_bytes);

    *out = (struct weft_source_range){.path = s->file->path, .begin = f->begin, .end = f->end,
                                      .first_row = is_numbered ? s->first_row + f->row : -1, .n_rows = 1, .n_reads = 1};
}

weft_status weft_source_of_row(weft_task *t, int64_t row, struct weft_source_range *out, struct weft_error *err)
{
    struct found f = {.row = row};
    struct wf_readers w;
    const weft_task *reader = NULL;
    int64_t n_all = 0, n;
    char key[96];
    weft_status st = weft_task_status(t, err);

    if (st)
        return st;
    weft_task_key(t, key, sizeof key);
    if (row < 0)
        return weft_error_set(err, WEFT_RANGE, "%s: row %lld", key, (long long)row);
    st = wf_readers_init(&w, t, err);
    while (!st && !f.is_found && !(st = wf_readers_next(&w, &reader, err)) && reader)
        for (const struct wf_task_source *s = wf_source_first(reader); !st && !f.is_found && s;
             s = wf_source_next(reader, s->next)) {
            st = find_in(s, &f, &n, err);
            if (!st && f.is_found) {
                tell(s, &f, out);
                break;
            }
            f.row -= st ? 0 : n;
            n_all += st ? 0 : n;
        }
    if (!st && !f.is_found)
        st = weft_error_set(err, WEFT_RANGE, "%s: row %lld of %lld", key, (long long)row, (long long)n_all);
    wf_readers_fini(&w);
    return st;
}

weft_status weft_collection_source_of_row(struct weft_collection c, size_t part, int64_t row, struct weft_source_range *out,
                                          struct weft_error *err)
{
    weft_task *t;
    const weft_status st = wf_collection_at(c, part, &t, err);

    return st ? st : weft_source_of_row(t, row, out, err);
}
