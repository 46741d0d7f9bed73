/* pieces.c - the records of a range, some at a time, with the places of their cells. */
#include "lib/io/csv/pieces.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

weft_status wf_csv_changed(const struct wf_csv *f, struct weft_error *err)
{
    return weft_error_set(err, WEFT_IO, "%s: has changed since its columns were found", f->path);
}

weft_status wf_csv_pieces_init(struct wf_csv_pieces *p, const struct wf_csv *f, const struct wf_csv_range *range,
                               struct weft_error *err)
{
    weft_status st;

    *p = (struct wf_csv_pieces){
        .f = f,
        .steps = wf_csv_steps_of(wf_isa()),
        .file = {.fd = -1},
        .first_record = range->first_record,
        .line = range->first_line,
    };
    st = wf_file_open(&p->file, f->path, err);
    if (st)
        return st;
    if (!wf_file_is_same(&p->file.stamp, &f->stamp))
        return wf_csv_changed(f, err);
    return wf_csv_window_init(&p->window, &p->file, range->begin, range->end, f->piece_bytes, err);
}

void wf_csv_pieces_fini(struct wf_csv_pieces *p)
{
    wf_file_close(&p->file);
    wf_csv_window_fini(&p->window);
    wf_csv_record_fini(&p->record);
    wf_free(p->room);
    p->room = NULL;
}

/* Room for n numbers, what is there kept if `keep`. */
static weft_status make_room(struct wf_csv_pieces *p, int64_t n, bool keep, struct weft_error *err)
{
    uint32_t *room;

    if (n <= p->n_room)
        return WEFT_OK;
    n = keep && n < 2 * p->n_room ? 2 * p->n_room : n;
    room = keep ? wf_realloc(p->room, (size_t)n * sizeof *room) : wf_alloc_array((size_t)n, sizeof *room);
    if (!room)
        return wf_error_nomem(err, p->f->path);
    if (!keep)
        wf_free(p->room);
    p->room = room;
    p->n_room = n;
    return WEFT_OK;
}

/* By steps of 64 bytes: each record's cells begin where the one before ended. */
static bool index_fast(struct wf_csv_pieces *p)
{
    const struct wf_csv_phases phases = {.n_fields = p->f->n_fields, .line = p->f->lines};
    struct wf_csv_walk walk = {.dialect = &p->f->dialect, .phases = &phases};

    p->room[0] = (uint32_t)-1;
    if (!p->steps->index(&walk, p->window.text, p->window.n, p->room + 1))
        return false;
    p->used = walk.end;
    p->n_records = walk.n_records;
    p->n_lines = walk.n_lines;
    p->cuts_cr = walk.has_cr;
    p->stride = p->f->n_fields;
    return true;
}

/* Character by character: each record has its own begin, for there may be comments between. */
static weft_status index_plainly(struct wf_csv_pieces *p, struct weft_error *err)
{
    const int n = p->f->n_fields;
    struct wf_csv_record *r = &p->record;

    p->used = p->n_records = 0;
    p->stride = n + 1;
    p->cuts_cr = false;
    for (;;) {
        const enum wf_csv_found found =
            wf_csv_record_find(r, &p->f->dialect, p->window.text, p->window.n, p->used);
        uint32_t *ends;
        weft_status st;

        if (found == WF_CSV_NO_ROOM)
            return wf_error_nomem(err, p->f->path);
        if (found == WF_CSV_PARTIAL)
            break;
        p->used = r->next;
        if (found == WF_CSV_NOTHING)
            break;
        if (r->n > n || (r->n < n && !p->f->dialect.pads))
            return wf_csv_changed(p->f, err);
        st = make_room(p, (p->n_records + 1) * p->stride, true, err);
        if (st)
            return st;
        ends = p->room + p->n_records++ * p->stride;
        ends[0] = r->first[0] - 1;
        for (int i = 0; i < r->n; i++)
            ends[i + 1] = r->last[i];
        /* What is missing is empty: it ends where it begins. */
        for (int i = r->n; i < n; i++)
            ends[i + 1] = ends[i] + 1;
    }
    p->n_lines = wf_csv_count_lines(p->window.text, p->used);
    return WEFT_OK;
}

weft_status wf_csv_pieces_next(struct wf_csv_pieces *p, struct weft_error *err)
{
    weft_status st;

    p->first_record += p->n_records;
    p->line += p->n_lines;
    do {
        st = wf_csv_window_move(&p->window, p->used, err);
        if (!st)
            st = make_room(p, p->window.n + 1 + 64, false, err);
        if (st)
            return st;
        if (!index_fast(p))
            st = index_plainly(p, err);
        if (st)
            return st;
        if (!p->used && p->window.n >= WF_CSV_RECORD_MAX)
            return wf_csv_changed(p->f, err);
        /* A piece of only comments has lines and no records: go on behind it. */
        if (!p->n_records) {
            p->line += p->n_lines;
            p->n_lines = 0;
        }
    } while (!p->n_records && !(p->window.is_last && p->used == 0));
    p->text = p->window.text;
    p->ends = p->room;
    if (!p->n_records && p->window.n)
        return wf_csv_changed(p->f, err);
    return WEFT_OK;
}
